"""Tiny worlds, told event for event: start-up money and what must be found for it, interims, returns and what they repay."""

from __future__ import annotations

import math
from typing import Any

import attrs
import numpy as np
import pytest

from nhstransit.engine.simulate import simulate
from nhstransit.errors import ScenarioError
from nhstransit.grammar import Appoint, Find, RemovePosts
from nhstransit.law import Law
from nhstransit.log import Kind, Phase
from nhstransit.measures.funding import start_up
from nhstransit.organisations.funds import Fund
from nhstransit.policies import CostReduction, Hiring, Interims, Mars, Redundancy, Returns, StartUp
from nhstransit.policies.cost_reduction import Step
from nhstransit.run import Run
from nhstransit.streams import Luck
from nhstransit.toml import Named
from nhstransit.workforce.columns import BANDS, RiskClass
from tests.small import START, behaving, body, date, on, once, person, played, row, rows, small_world, told

DESK = Phase.WINDOWS
OUT = Phase.DEPARTURES
NIGHT = Phase.CLOSURES
END = Phase.MONTH_END
MARS = Mars(
    announced=START,
    opens=START,
    closes=date("2010-04-20"),
    leaves=date("2010-05-20"),
    kinds=("pct",),
    quota=1.0,
    removed=1.0,
)
KEPT = attrs.evolve(MARS, removed=0.0)
START_UP = StartUp(announced=START, paid=date("2010-06-01"))
SAVED = 2_899_911  # pence a year by a post at £24,000, with on-costs
GONE = [  # the MARS leaver of the tests below, in short
    row("2010-04-20", DESK, Kind.APPLIED, "mars", 1, 0, -1, 1_000_000),
    row("2010-04-20", DESK, Kind.APPROVED, "mars", 1, 0),
    row("2010-04-20", DESK, Kind.EXIT_AGREED, "mars", 1, 0, on("2010-05-20"), 1_000_000),
    row("2010-05-20", OUT, Kind.DEPARTED, "mars", 1, 0),
    row("2010-05-20", OUT, Kind.SEVERANCE, "mars", 1, 0, -1, 1_000_000),
]


def peopled(name: str, people: int, **where: Any) -> Any:
    return attrs.evolve(body(name, **where), population=people)


def run_of(*people: Any, bodies: Any, policies: Any, **funds: Fund) -> Run:
    """A run of a small world with these funds."""
    world = attrs.evolve(small_world(*people, bodies=bodies), funds=Named(funds))
    return simulate(attrs.evolve(world, policies=Named(policies)), seed=1)


# Start-up money


def test_what_mars_did_not_save_is_to_be_found_by_residents() -> None:
    """30,000 people at £2 need £60,000; two posts save £57,998.22; two thirds of the rest fall to 20,000."""
    bodies = [peopled("Old", 20_000), peopled("Other", 10_000)]
    log = run_of(person(1), person(2, "Other"), bodies=bodies, policies={"mars": MARS, "start-up": START_UP}).log
    short = 6_000_000 - 2 * SAVED
    assert log.of(Kind.TO_FIND).tuples() == [
        row("2010-06-01", DESK, Kind.TO_FIND, "start-up", -1, 0, -1, short * 2 // 3),
        row("2010-06-01", DESK, Kind.TO_FIND, "start-up", -1, 1, -1, short // 3),
    ]


def test_funds_are_drawn_before_anything_is_to_be_found() -> None:
    """£1 a head lodged with each body meets half of the £2 a head; a second fund, of the region, half of what is left."""
    bodies = [peopled("Old", 20_000), peopled("Other", 10_000)]
    policy = attrs.evolve(START_UP, funds=("own", "shared"))
    own = Fund(pounds_a_head=1.0)
    shared = Fund(pounds_a_head=0.5, lodged="region")
    log = run_of(person(1), bodies=bodies, policies={"start-up": policy}, own=own, shared=shared).log
    assert log.tuples() == [
        row("2010-06-01", DESK, Kind.DRAWN, "start-up", -1, 0, 0, 2_000_000),
        row("2010-06-01", DESK, Kind.DRAWN, "start-up", -1, 1, 0, 1_000_000),
        row("2010-06-01", DESK, Kind.DRAWN, "start-up", -1, 0, 1, 1_000_000),
        row("2010-06-01", DESK, Kind.DRAWN, "start-up", -1, 1, 1, 500_000),
        row("2010-06-01", DESK, Kind.TO_FIND, "start-up", -1, 0, -1, 1_000_000),
        row("2010-06-01", DESK, Kind.TO_FIND, "start-up", -1, 1, -1, 500_000),
    ]


def test_a_region_with_more_than_it_needs_gives_nothing_away() -> None:
    """A post saved pays for 10,000 people in its own region, and not for anybody in the next."""
    bodies = [peopled("Old", 10_000), peopled("Far", 10_000, region="Hill")]
    run = run_of(person(1), bodies=bodies, policies={"mars": MARS, "start-up": START_UP})
    found = run.log.of(Kind.TO_FIND)
    assert (found.first.tolist(), found.pence.tolist()) == ([1], [2_000_000])


@pytest.mark.parametrize("terms", [{}, {"pounds_a_head": 5.0}, {"savers": ()}, {"kinds": ("sha",)}])
def test_the_day_it_is_due_agrees_with_the_table_of_the_metrics(terms: dict[str, Any]) -> None:
    """Region by region, what is to be found is the gross shortfall of the table, on the policy's own terms."""
    bodies = [
        peopled("Old", 16_000),
        peopled("Far", 7_777, region="Hill"),
        peopled("New", 99, region="Dale", kind="sha"),
    ]
    policies = {"mars": MARS, "start-up": attrs.evolve(START_UP, **terms)}
    run = run_of(person(1), person(2, "Far"), bodies=bodies, policies=policies)
    table = start_up(run)
    found = run.log.of(Kind.TO_FIND)
    regions = run.scenario.roster.region[found.first]
    pence = np.bincount(regions, found.pence, len(run.scenario.roster.regions))
    short = [table["shortfall"].get(region, 0.0) for region in run.scenario.roster.regions]
    assert pence.tolist() == pytest.approx([100 * pounds for pounds in short])
    assert pence.sum() == round(100 * table.loc["all", "shortfall"]) > 0
    assert table["policy"].unique().tolist() == ["start-up"]


def test_posts_that_go_after_the_money_was_due_do_not_meet_it() -> None:
    """What MARS saves on the evening of the day on which start-up money is due is neither in the log nor in the table."""
    due = attrs.evolve(START_UP, paid=date("2010-05-20"))
    table = start_up(run_of(person(1), bodies=[peopled("Old", 20_000)], policies={"mars": MARS, "start-up": due}))
    assert table.loc["all", ["saving", "shortfall"]].tolist() == [0.0, 40_000.0]
    table = start_up(run_of(person(1), bodies=[peopled("Old", 20_000)], policies={"mars": MARS, "start-up": START_UP}))
    assert table.loc["all", "saving"] == SAVED / 100


@pytest.mark.parametrize("people", [0, 14_499])
def test_nothing_is_to_be_found_where_nothing_is_short(people: int) -> None:
    """No residents need nothing; 14,499 need £28,998, which is less than the post of one who went has saved."""
    run = run_of(person(1), bodies=[peopled("Old", people)], policies={"mars": MARS, "start-up": START_UP})
    assert len(run.log.of(Kind.TO_FIND, Kind.DRAWN)) == 0


def test_an_unknown_fund_is_refused() -> None:
    """A fund that the scenario does not have is named before anything is played, with the nearest."""
    policies = {"start-up": attrs.evolve(START_UP, funds=("pursed",))}
    with pytest.raises(
        ScenarioError, match=r"^policies\.start-up\.funds: has the unknown name 'pursed'; did you mean 'purse'\?"
    ):
        run_of(person(1), bodies=[peopled("Old", 9)], policies=policies, purse=Fund(pounds_a_head=1.0))


@pytest.mark.parametrize(("pounds", "gone"), [(0, 0), (1, 1), (24_000, 1), (24_001, 2), (90_000, 2)])
def test_what_must_be_found_comes_sooner_and_never_deeper(pounds: int, gone: int) -> None:
    """Of four posts two must go by December and none in July; with money to find one or two go in July, never three."""
    people = [person(n) for n in range(4)]
    steps = Step(by=date("2010-07-01"), cut=0.0), Step(by=date("2010-12-01"), cut=0.5)
    policies = {
        "cost-reduction": CostReduction(announced=START, path=steps, consultation_days=0),
        "own": once("2010-06-01", Find(employer=np.array([0]), pence=np.array([pounds * 100]))),
    }
    agreed = told_days(played(*people, policies=policies), Kind.EXIT_AGREED)
    assert agreed == ["2010-07-01"] * gone + ["2010-12-01"] * (2 - gone)


def test_what_is_flagged_is_read_on_the_same_day() -> None:
    """Start-up money (rule 43) comes before the cost path (44): £1 a head is short on the day of the step, and one goes."""
    steps = Step(by=date("2010-06-01"), cut=0.0), Step(by=date("2010-12-01"), cut=0.5)
    policies = {
        "cost-reduction": CostReduction(announced=START, path=steps, consultation_days=0, volunteers=False),
        "start-up": attrs.evolve(START_UP, pounds_a_head=1.0),
    }
    log = run_of(person(1), person(2, skill=9.0), bodies=[peopled("Old", 1_000)], policies=policies).log
    assert log.tuples()[:2] == [
        row("2010-06-01", DESK, Kind.TO_FIND, "start-up", -1, 0, -1, 100_000),
        row("2010-06-01", DESK, Kind.EXIT_AGREED, "cost-reduction", 1, 0, on("2010-08-10"), 2_002_192),
    ]
    assert log.of(Kind.DEPARTED).staff.tolist() == [1]


def told_days(run: Run, kind: Kind) -> list[str]:
    return [run.scenario.calendar.date(day).isoformat() for day in run.log.of(kind).day.tolist()]


# Interims


def daily(band: str, dearer: float = 1.6) -> int:
    """Pence a day of an interim: so many times what an employee on the band's last point costs, a year of 365.25 days."""
    law = Law.bundled()  # May 2010
    today = 14_730
    code = np.array([BANDS.index(band)])
    pay = law.annual_pay(code, law.points(today)[code] - 1, today)
    return round(int(law.employer_cost(pay, np.ones(1), today)[0]) * dearer / 365.25)


def interims(**fields: Any) -> dict[str, Any]:
    """Every vacancy is covered on 1 May, and on no other day."""
    days = {"announced": date("2010-05-01"), "until": date("2010-05-01")}
    return {"interims": Interims(**{**days, "covered": 1.0, **fields})}


def test_a_vacancy_is_covered_for_a_month_and_paid_for_its_days() -> None:
    """31 days of May are paid on the last of them; on 1 June the cover is over."""
    bodies = [body("Old", "pct", ("finance", "6", 2))]
    assert told(person(1), bodies=bodies, policies=interims(months=1)) == [
        row("2010-05-01", DESK, Kind.INTERIM, "interims", -1, -1, 1, daily("6")),
        row("2010-05-31", END, Kind.AGENCY, "interims", -1, 1, -1, 31 * daily("6")),
        row("2010-06-01", Phase.OPENINGS, Kind.INTERIM_ENDED, "interims", -1, 1),
    ]


def test_cover_ends_when_somebody_takes_the_post() -> None:
    """Nineteen days are paid when the post is taken up on 20 May."""
    bodies = [body("Old"), body("New", "pct", ("finance", "6", 1))]
    moves = once("2010-05-10", Appoint(rows=rows(0), posts=np.array([1]), start=on("2010-05-20")))
    assert told(person(1), bodies=bodies, policies={**interims(), "mars": moves}) == [
        row("2010-05-01", DESK, Kind.INTERIM, "interims", -1, -1, 1, daily("6")),
        row("2010-05-10", DESK, Kind.APPOINTED, "mars", 1, 0, 1),
        row("2010-05-10", DESK, Kind.RISK, "mars", 1, RiskClass.NONE, RiskClass.SAFE),
        row("2010-05-20", NIGHT, Kind.AGENCY, "interims", -1, 1, -1, 19 * daily("6")),
        row("2010-05-20", NIGHT, Kind.INTERIM_ENDED, "interims", -1, 1),
        row("2010-05-20", NIGHT, Kind.MOVED, "mars", 1, 0, 1),
    ]


def test_cover_ends_with_the_post_and_with_its_body() -> None:
    """Removed on 3 May, two days are paid; closed on 10 May, ten."""
    posts = ("finance", "6", 2)
    removed = once("2010-05-03", RemovePosts(posts=np.array([1]), pence=np.array([0])))
    log = played(person(1), bodies=[body("Old", "pct", posts)], policies={**interims(), "own": removed}).log
    assert log.of(Kind.AGENCY).pence.tolist() == [2 * daily("6")]
    log = played(person(1), bodies=[body("Old", "pct", posts, closes="2010-05-10")], policies=interims()).log
    assert log.of(Kind.AGENCY).pence.tolist() == [10 * daily("6")]
    assert log.of(Kind.INTERIM_ENDED).day.tolist() == [on("2010-05-11")]


def test_a_post_is_covered_until_a_newcomer_comes() -> None:
    """Put out on 1 May, taken on 1 June: the post kept for the newcomer is covered for the 31 days of May."""
    day = date("2010-05-01")
    hire = Hiring(announced=day, until=day, kinds=("pct",), refill=1.0, weeks=0.0)
    bodies = [body("Old", "pct", ("finance", "6", 2))]
    log = played(person(1), bodies=bodies, policies={**interims(), "hiring": hire}).log
    assert log.of(Kind.INTERIM, Kind.INTERIM_ENDED, Kind.ARRIVED).tuples() == [
        row("2010-05-01", DESK, Kind.INTERIM, "interims", -1, -1, 1, daily("6")),
        row("2010-06-01", Phase.ARRIVALS, Kind.INTERIM_ENDED, "interims", -1, 1),
        row("2010-06-01", Phase.ARRIVALS, Kind.ARRIVED, "hiring", 2, -1, 1),
    ]
    assert log.of(Kind.AGENCY).pence.sum() == 31 * daily("6")


def test_a_post_promised_to_somebody_within_is_not_covered() -> None:
    """From 10 April the vacancy waits for a colleague who starts on 20 May: nobody covers it on 1 May."""
    bodies = [body("Old"), body("New", "pct", ("finance", "6", 1))]
    moves = once("2010-04-10", Appoint(rows=rows(0), posts=np.array([1]), start=on("2010-05-20")))
    log = played(person(1), bodies=bodies, policies={**interims(), "mars": moves}).log
    assert len(log.of(Kind.INTERIM)) == 0


def test_which_vacancies_are_covered() -> None:
    """None where the share is zero, nor outside the functions, bands and kinds of body named."""
    bodies = [body("Old", "pct", ("finance", "6", 2))]
    for none in ({"covered": 0.0}, {"functions": ("nursing",)}, {"bands": ("8a",)}, {"kinds": ("sha",)}):
        assert told(person(1), bodies=bodies, policies=interims(**none)) == []


# Returns


def returns(**fields: Any) -> dict[str, Any]:
    """MARS in May, and a return within days of it."""
    usual = {"announced": START, "after": ("mars",), "share": 1.0, "scale_years": 0.01}
    return {"mars": KEPT, "returns": Returns(**{**usual, **fields})}


def test_who_is_back_at_once_pays_all_back() -> None:
    """Not a month away of the five that were paid for: all of £10,000, on which no tax was due."""
    policies = returns(repays=Named({"mars": "mars_2010"}), deterred=0.0)
    assert told(person(1), policies=policies) == [
        *GONE,
        row("2010-06-01", DESK, Kind.CLAWBACK, "returns", 1, -1, -1, 1_000_000),
        row("2010-06-01", DESK, Kind.BACK, "returns", 1),
    ]


def test_who_is_deterred_comes_when_the_window_is_over() -> None:
    """Six months after 20 May nothing is owed: back on the next 1st, 1 December."""
    policies = returns(repays=Named({"mars": "mars_2010"}))
    assert told(person(1), policies=policies) == [*GONE, row("2010-12-01", DESK, Kind.BACK, "returns", 1)]


def test_who_was_put_off_may_never_come() -> None:
    """Where none of those put off comes after the window, nobody does."""
    policies = returns(repays=Named({"mars": "mars_2010"}), after_window=0.0)
    assert told(person(1), policies=policies) == GONE


@pytest.mark.parametrize(("away", "left"), [(1, 4), (2, 3), (4, 1), (5, 0)])
def test_the_unexpired_months_are_paid_back(away: int, left: int) -> None:
    """Of five months paid, each complete month away leaves one fewer to pay back: a fifth of the net sum each."""
    gone = date("2010-05-20")
    back = date(f"2010-{6 + away:02d}-01")
    policies = returns(announced=back, repays=Named({"mars": "mars_2010"}), deterred=0.0, tax_rate=0.4)
    people = person(1, pay=240_000)
    log = played(people, policies=policies).log
    paid = int(log.of(Kind.SEVERANCE).pence[0])
    net = 3_000_000 + (paid - 3_000_000) * 6 // 10
    owed = log.of(Kind.CLAWBACK)
    assert owed.pence.tolist() == ([round(net * left / 5)] if left else [])
    assert owed.day.tolist() == ([(back - START).days] if left else []) and gone < back


@pytest.mark.parametrize(
    ("leaves", "back"), [("2010-05-01", "2010-12-01"), ("2010-05-31", "2010-12-01"), ("2010-04-30", "2010-11-01")]
)
def test_nobody_deterred_ever_repays(leaves: str, back: str) -> None:
    """Wherever in the month somebody left, the end of the window is the first 1st on which nothing is owed, or later."""
    policies = returns(repays=Named({"mars": "mars_2010"})) | {"mars": attrs.evolve(KEPT, leaves=date(leaves))}
    log = played(person(1), policies=policies, end=date("2011-01-31")).log
    assert log.of(Kind.BACK).day.tolist() == [on(back)]
    assert len(log.of(Kind.CLAWBACK)) == 0


@pytest.mark.parametrize(("closes", "all_of_it"), [("2010-05-04", [2_002_192]), ("2010-05-03", [])])
def test_redundancy_is_void_within_four_weeks(closes: str, all_of_it: list[int]) -> None:
    """Back on 1 June 28 days after the last: all redundancy pay goes back; a day more, and none does."""
    days = dict.fromkeys(("announced", "letters", "consults"), START)
    back = Returns(
        announced=START, share=1.0, scale_years=0.01, repays=Named({"redundancy": "section16"}), deterred=0.0
    )
    policies = {"redundancy": Redundancy(**days), "returns": attrs.evolve(back, announced=date("2010-06-01"))}
    log = played(person(1), bodies=[body("Old", closes=closes)], policies=policies).log
    assert log.of(Kind.CLAWBACK).pence.tolist() == all_of_it
    assert log.of(Kind.BACK).day.tolist() == [on("2010-06-01")]


def test_a_returner_may_have_a_fixed_term() -> None:
    """Back on 1 June for three months, out on 31 August by the end of the contract; with a permanent one, to stay."""
    term = returns(clawback_months=0.0, kinds=("pct",), permanent=0.0, term_months=3)
    assert told(person(1), policies=term)[5:] == [
        row("2010-06-01", Phase.ARRIVALS, Kind.ARRIVED, "returns", 1, -1, 0),
        row("2010-06-01", Phase.ARRIVALS, Kind.PAY, "returns", 1, 0, 0, 2_547_200),
        row("2010-08-31", OUT, Kind.DEPARTED, "contract-end", 1, 0),
    ]
    assert len(told(person(1), policies=returns(clawback_months=0.0, kinds=("pct",)))[5:]) == 2


def test_the_old_term_is_over_when_somebody_returns() -> None:
    """Who left before a fixed term was over and came back for good stays when it would have ended."""
    policies = returns(clawback_months=0.0, kinds=("pct",)) | {"mars": attrs.evolve(KEPT, fixed_term=True)}
    log = played(person(1, ends="2010-10-31"), policies=policies).log
    assert log.of(Kind.DEPARTED).day.tolist() == [on("2010-05-20")]
    assert len(log.of(Kind.ARRIVED)) == 1


def test_some_come_back_unseen_as_interims() -> None:
    """A senior leaver covers a vacant post from the 1st after the day that luck gives within two years, for six months."""
    policies = returns(share=0.0, kinds=("pct",), unseen=1.0)
    luck = float(Luck(1).uniform("returns return", 0, np.array([1], "uint64"))[0])
    due = on("2010-05-20") + math.ceil(2 * 365.25 * luck)
    log = played(person(1, band="8a", pay=40_000), policies=policies, end=date("2012-12-31")).log
    first = next(day for day in range(due, 10_000) if is_first(day))
    (begun,) = log.of(Kind.INTERIM).tuples()
    assert begun[:7] == (first, DESK, Kind.INTERIM, 75, 1, -1, 0)
    paid = log.of(Kind.AGENCY)
    (over,) = log.of(Kind.INTERIM_ENDED).tuples()
    assert paid.pence.sum() == begun[7] * (over[0] - first) and set(paid.staff.tolist()) == {1}
    assert len(log.of(Kind.ARRIVED, Kind.BACK)) == 0


def is_first(day: int) -> bool:
    return START.fromordinal(START.toordinal() + day).day == 1


def test_nobody_unseen_without_a_vacancy_or_a_chance() -> None:
    """Where the post went, or the share is zero, nobody comes back unseen."""
    for changed in ({"mars": MARS}, {}):
        policies = returns(share=0.0, kinds=("pct",), unseen=1.0 if changed else 0.0) | changed
        log = played(person(1, band="8a", pay=40_000), policies=policies, end=date("2012-12-31")).log
        assert len(log.of(Kind.INTERIM)) == 0


def test_terms_of_clawback_are_known_ones() -> None:
    """Unknown terms are refused with the nearest."""
    with pytest.raises(ScenarioError, match=r"repays.mars: is 'mars_2011'; did you mean 'mars_2010'\?"):
        Returns(announced=START, repays=Named({"mars": "mars_2011"}))


def test_nobody_unwilling_is_made_a_returner() -> None:
    """Where nobody applies nobody goes, and so nobody comes back or repays."""
    policies = returns(repays=Named({"mars": "mars_2010"}), deterred=0.0)
    assert told(person(1), policies=policies, behaviour=behaving(applies=False)) == []
