"""Money in tiny scenarios, event by event: start-up money, interims, returns and repayment."""

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
from tests.small import START, behaving, body, date, events_of, on, once, person, played, row, rows, small_world

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
SAVED = 2_899_911  # pence a year saved by removing a post at £24,000, with on-costs
LEFT = [  # the events of the MARS leaver in the tests below
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


def test_a_shortfall_is_shared_among_employers_by_residents() -> None:
    """30,000 residents need £60,000 and two posts save £57,998.22.

    The employer with 20,000 residents must find two thirds.
    """
    bodies = [peopled("Old", 20_000), peopled("Other", 10_000)]
    log = run_of(person(1), person(2, "Other"), bodies=bodies, policies={"mars": MARS, "start-up": START_UP}).log
    short = 6_000_000 - 2 * SAVED
    assert log.of(Kind.TO_FIND).tuples() == [
        row("2010-06-01", DESK, Kind.TO_FIND, "start-up", -1, 0, -1, short * 2 // 3),
        row("2010-06-01", DESK, Kind.TO_FIND, "start-up", -1, 1, -1, short // 3),
    ]


def test_funds_are_drawn_before_anything_is_to_be_found() -> None:
    """A fund of each employer meets half of the £2 a head. A fund of the region meets half of the rest."""
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


def test_a_surplus_in_one_region_does_not_reduce_a_shortfall_in_another() -> None:
    """One removed post meets the need of 10,000 residents in its own region only."""
    bodies = [peopled("Old", 10_000), peopled("Far", 10_000, region="Hill")]
    run = run_of(person(1), bodies=bodies, policies={"mars": MARS, "start-up": START_UP})
    found = run.log.of(Kind.TO_FIND)
    assert (found.first.tolist(), found.pence.tolist()) == ([1], [2_000_000])


@pytest.mark.parametrize("terms", [{}, {"pounds_a_head": 5.0}, {"savers": ()}, {"kinds": ("sha",)}])
def test_logged_shortfalls_agree_with_the_table_of_start_up_money(terms: dict[str, Any]) -> None:
    """In each region, the sum to find equals the shortfall in the table, on the terms of the policy."""
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


def test_posts_removed_after_the_due_day_do_not_count() -> None:
    """A saving that MARS makes later on the due day is not in the table either."""
    due = attrs.evolve(START_UP, paid=date("2010-05-20"))
    table = start_up(run_of(person(1), bodies=[peopled("Old", 20_000)], policies={"mars": MARS, "start-up": due}))
    assert table.loc["all", ["saving", "shortfall"]].tolist() == [0.0, 40_000.0]
    table = start_up(run_of(person(1), bodies=[peopled("Old", 20_000)], policies={"mars": MARS, "start-up": START_UP}))
    assert table.loc["all", "saving"] == SAVED / 100


@pytest.mark.parametrize("people", [0, 14_499])
def test_without_a_shortfall_no_money_must_be_found(people: int) -> None:
    """There is no need without residents. 14,499 residents need £28,998, less than one removed post saves."""
    run = run_of(person(1), bodies=[peopled("Old", people)], policies={"mars": MARS, "start-up": START_UP})
    assert len(run.log.of(Kind.TO_FIND, Kind.DRAWN)) == 0


def test_an_unknown_fund_is_refused_with_the_nearest_name() -> None:
    """It is refused before the run starts."""
    policies = {"start-up": attrs.evolve(START_UP, funds=("pursed",))}
    with pytest.raises(
        ScenarioError, match=r"^policies\.start-up\.funds: has the unknown name 'pursed'; did you mean 'purse'\?"
    ):
        run_of(person(1), bodies=[peopled("Old", 9)], policies=policies, purse=Fund(pounds_a_head=1.0))


@pytest.mark.parametrize(("pounds", "early"), [(0, 0), (1, 1), (24_000, 1), (24_001, 2), (90_000, 2)])
def test_money_to_find_makes_a_cut_earlier_but_not_larger(pounds: int, early: int) -> None:
    """Two of four posts must go by December and none by July. With money to find, one or two go in July."""
    people = [person(n) for n in range(4)]
    steps = Step(by=date("2010-07-01"), cut=0.0), Step(by=date("2010-12-01"), cut=0.5)
    policies = {
        "cost-reduction": CostReduction(announced=START, path=steps, consultation_days=0),
        "own": once("2010-06-01", Find(employer=np.array([0]), pence=np.array([pounds * 100]))),
    }
    agreed = days_of(played(*people, policies=policies), Kind.EXIT_AGREED)
    assert agreed == ["2010-07-01"] * early + ["2010-12-01"] * (2 - early)


def test_money_to_find_counts_on_the_same_day() -> None:
    """Start-up money acts before the cost path, so a shortfall on the day of a step makes one person leave."""
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


def days_of(run: Run, kind: Kind) -> list[str]:
    return [run.scenario.calendar.date(day).isoformat() for day in run.log.of(kind).day.tolist()]


# Interims


def day_rate(band: str, dearer: float = 1.6) -> int:
    """Pence a day for an interim: `dearer` times the yearly cost of the band's top point, over 365.25 days."""
    law = Law.bundled()  # May 2010
    today = 14_730
    code = np.array([BANDS.index(band)])
    pay = law.annual_pay(code, law.points(today)[code] - 1, today)
    return round(int(law.employer_cost(pay, np.ones(1), today)[0]) * dearer / 365.25)


def interims(**fields: Any) -> dict[str, Any]:
    """A policy that covers every vacancy on 1 May only."""
    days = {"announced": date("2010-05-01"), "until": date("2010-05-01")}
    return {"interims": Interims(**{**days, "covered": 1.0, **fields})}


def test_a_vacancy_is_covered_for_a_month_and_paid_for_its_days() -> None:
    """Pay for the 31 days of May is on 31 May, and cover ends on 1 June."""
    bodies = [body("Old", "pct", ("finance", "6", 2))]
    assert events_of(person(1), bodies=bodies, policies=interims(months=1)) == [
        row("2010-05-01", DESK, Kind.INTERIM, "interims", -1, -1, 1, day_rate("6")),
        row("2010-05-31", END, Kind.AGENCY, "interims", -1, 1, -1, 31 * day_rate("6")),
        row("2010-06-01", Phase.OPENINGS, Kind.INTERIM_ENDED, "interims", -1, 1),
    ]


def test_cover_ends_when_somebody_moves_into_the_post() -> None:
    """Nineteen days are paid on 20 May, when somebody starts in the post."""
    bodies = [body("Old"), body("New", "pct", ("finance", "6", 1))]
    moves = once("2010-05-10", Appoint(rows=rows(0), posts=np.array([1]), start=on("2010-05-20")))
    assert events_of(person(1), bodies=bodies, policies={**interims(), "mars": moves}) == [
        row("2010-05-01", DESK, Kind.INTERIM, "interims", -1, -1, 1, day_rate("6")),
        row("2010-05-10", DESK, Kind.APPOINTED, "mars", 1, 0, 1),
        row("2010-05-10", DESK, Kind.RISK, "mars", 1, RiskClass.NONE, RiskClass.SAFE),
        row("2010-05-20", NIGHT, Kind.AGENCY, "interims", -1, 1, -1, 19 * day_rate("6")),
        row("2010-05-20", NIGHT, Kind.INTERIM_ENDED, "interims", -1, 1),
        row("2010-05-20", NIGHT, Kind.MOVED, "mars", 1, 0, 1),
    ]


def test_cover_ends_when_the_post_is_removed_or_its_employer_closes() -> None:
    """Two days are paid for a post removed on 3 May, and ten days in an employer that closes on 10 May."""
    posts = ("finance", "6", 2)
    removed = once("2010-05-03", RemovePosts(posts=np.array([1]), pence=np.array([0])))
    log = played(person(1), bodies=[body("Old", "pct", posts)], policies={**interims(), "own": removed}).log
    assert log.of(Kind.AGENCY).pence.tolist() == [2 * day_rate("6")]
    log = played(person(1), bodies=[body("Old", "pct", posts, closes="2010-05-10")], policies=interims()).log
    assert log.of(Kind.AGENCY).pence.tolist() == [10 * day_rate("6")]
    assert log.of(Kind.INTERIM_ENDED).day.tolist() == [on("2010-05-11")]


def test_a_post_is_covered_until_a_newcomer_arrives() -> None:
    """A post reserved on 1 May for a newcomer who arrives on 1 June is covered in May."""
    day = date("2010-05-01")
    hire = Hiring(announced=day, until=day, kinds=("pct",), refill=1.0, weeks=0.0)
    bodies = [body("Old", "pct", ("finance", "6", 2))]
    log = played(person(1), bodies=bodies, policies={**interims(), "hiring": hire}).log
    assert log.of(Kind.INTERIM, Kind.INTERIM_ENDED, Kind.ARRIVED).tuples() == [
        row("2010-05-01", DESK, Kind.INTERIM, "interims", -1, -1, 1, day_rate("6")),
        row("2010-06-01", Phase.ARRIVALS, Kind.INTERIM_ENDED, "interims", -1, 1),
        row("2010-06-01", Phase.ARRIVALS, Kind.ARRIVED, "hiring", 2, -1, 1),
    ]
    assert log.of(Kind.AGENCY).pence.sum() == 31 * day_rate("6")


def test_a_post_promised_to_a_colleague_is_not_covered() -> None:
    """From 10 April the vacancy is reserved for a colleague who starts on 20 May."""
    bodies = [body("Old"), body("New", "pct", ("finance", "6", 1))]
    moves = once("2010-04-10", Appoint(rows=rows(0), posts=np.array([1]), start=on("2010-05-20")))
    log = played(person(1), bodies=bodies, policies={**interims(), "mars": moves}).log
    assert len(log.of(Kind.INTERIM)) == 0


def test_vacancies_outside_the_limits_of_the_policy_are_not_covered() -> None:
    """The limits are the share, the functions, the bands and the kinds of employer."""
    bodies = [body("Old", "pct", ("finance", "6", 2))]
    for none in ({"covered": 0.0}, {"functions": ("nursing",)}, {"bands": ("8a",)}, {"kinds": ("sha",)}):
        assert events_of(person(1), bodies=bodies, policies=interims(**none)) == []


# Returns


def returns(**fields: Any) -> dict[str, Any]:
    """MARS in May, and returns within days of leaving."""
    usual = {"announced": START, "after": ("mars",), "share": 1.0, "scale_years": 0.01}
    return {"mars": KEPT, "returns": Returns(**{**usual, **fields})}


def test_a_person_who_returns_at_once_repays_everything() -> None:
    """They were away for less than a month, so they repay all of £10,000, on which no tax was due."""
    policies = returns(repays=Named({"mars": "mars_2010"}), deterred=0.0)
    assert events_of(person(1), policies=policies) == [
        *LEFT,
        row("2010-06-01", DESK, Kind.CLAWBACK, "returns", 1, -1, -1, 1_000_000),
        row("2010-06-01", DESK, Kind.BACK, "returns", 1),
    ]


def test_a_deterred_person_returns_after_the_window() -> None:
    """The window ends six months after 20 May, and the person returns on the next 1st, 1 December."""
    policies = returns(repays=Named({"mars": "mars_2010"}))
    assert events_of(person(1), policies=policies) == [*LEFT, row("2010-12-01", DESK, Kind.BACK, "returns", 1)]


def test_a_deterred_person_may_never_return() -> None:
    """With `after_window` at zero, nobody returns after the window."""
    policies = returns(repays=Named({"mars": "mars_2010"}), after_window=0.0)
    assert events_of(person(1), policies=policies) == LEFT


@pytest.mark.parametrize(("away", "left"), [(1, 4), (2, 3), (4, 1), (5, 0)])
def test_the_unexpired_months_are_repaid(away: int, left: int) -> None:
    """Five months were paid. Each complete month away reduces the repayment by a fifth of the net sum."""
    left_on = date("2010-05-20")
    back = date(f"2010-{6 + away:02d}-01")
    policies = returns(announced=back, repays=Named({"mars": "mars_2010"}), deterred=0.0, tax_rate=0.4)
    people = person(1, pay=240_000)
    log = played(people, policies=policies).log
    paid = int(log.of(Kind.SEVERANCE).pence[0])
    net = 3_000_000 + (paid - 3_000_000) * 6 // 10
    owed = log.of(Kind.CLAWBACK)
    assert owed.pence.tolist() == ([round(net * left / 5)] if left else [])
    assert owed.day.tolist() == ([(back - START).days] if left else []) and left_on < back


@pytest.mark.parametrize(
    ("leaves", "back"), [("2010-05-01", "2010-12-01"), ("2010-05-31", "2010-12-01"), ("2010-04-30", "2010-11-01")]
)
def test_deterred_people_repay_nothing(leaves: str, back: str) -> None:
    """Whatever the day of leaving, they return on the first 1st on which they owe nothing."""
    policies = returns(repays=Named({"mars": "mars_2010"})) | {"mars": attrs.evolve(KEPT, leaves=date(leaves))}
    log = played(person(1), policies=policies, end=date("2011-01-31")).log
    assert log.of(Kind.BACK).day.tolist() == [on(back)]
    assert len(log.of(Kind.CLAWBACK)) == 0


@pytest.mark.parametrize(("closes", "all_of_it"), [("2010-05-04", [2_002_192]), ("2010-05-03", [])])
def test_redundancy_pay_is_repaid_after_a_return_within_four_weeks(closes: str, all_of_it: list[int]) -> None:
    """A return after 28 days means full repayment; after 29 days, none."""
    days = dict.fromkeys(("announced", "letters", "consults"), START)
    back = Returns(
        announced=START, share=1.0, scale_years=0.01, repays=Named({"redundancy": "section16"}), deterred=0.0
    )
    policies = {"redundancy": Redundancy(**days), "returns": attrs.evolve(back, announced=date("2010-06-01"))}
    log = played(person(1), bodies=[body("Old", closes=closes)], policies=policies).log
    assert log.of(Kind.CLAWBACK).pence.tolist() == all_of_it
    assert log.of(Kind.BACK).day.tolist() == [on("2010-06-01")]


def test_a_returner_may_have_a_fixed_term() -> None:
    """A contract of three months from 1 June ends on 31 August. A person with a permanent contract stays."""
    term = returns(clawback_months=0.0, kinds=("pct",), permanent=0.0, term_months=3)
    assert events_of(person(1), policies=term)[5:] == [
        row("2010-06-01", Phase.ARRIVALS, Kind.ARRIVED, "returns", 1, -1, 0),
        row("2010-06-01", Phase.ARRIVALS, Kind.PAY, "returns", 1, 0, 0, 2_547_200),
        row("2010-08-31", OUT, Kind.DEPARTED, "contract-end", 1, 0),
    ]
    assert len(events_of(person(1), policies=returns(clawback_months=0.0, kinds=("pct",)))[5:]) == 2


def test_the_fixed_term_before_leaving_does_not_apply_after_a_return() -> None:
    """A person on a fixed term leaves through MARS and returns permanently.

    They stay when the old term would have ended.
    """
    policies = returns(clawback_months=0.0, kinds=("pct",)) | {"mars": attrs.evolve(KEPT, fixed_term=True)}
    log = played(person(1, ends="2010-10-31"), policies=policies).log
    assert log.of(Kind.DEPARTED).day.tolist() == [on("2010-05-20")]
    assert len(log.of(Kind.ARRIVED)) == 1


def test_some_leavers_return_as_interims() -> None:
    """A senior leaver covers a vacant post for six months, from the 1st after a day drawn within two years."""
    policies = returns(share=0.0, kinds=("pct",), unseen=1.0)
    draw = float(Luck(1).uniform("returns return", 0, np.array([1], "uint64"))[0])
    due = on("2010-05-20") + math.ceil(2 * 365.25 * draw)
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


def test_nobody_returns_as_an_interim_without_a_vacancy_or_a_chance() -> None:
    """The leaver's post was removed, or the share is zero."""
    for changed in ({"mars": MARS}, {}):
        policies = returns(share=0.0, kinds=("pct",), unseen=1.0 if changed else 0.0) | changed
        log = played(person(1, band="8a", pay=40_000), policies=policies, end=date("2012-12-31")).log
        assert len(log.of(Kind.INTERIM)) == 0


def test_unknown_terms_of_repayment_are_refused_with_the_nearest_name() -> None:
    with pytest.raises(ScenarioError, match=r"repays.mars: is 'mars_2011'; did you mean 'mars_2010'\?"):
        Returns(announced=START, repays=Named({"mars": "mars_2011"}))


def test_without_leavers_there_are_no_returns() -> None:
    """Nobody applies for MARS, so nobody leaves, returns or repays."""
    policies = returns(repays=Named({"mars": "mars_2010"}), deterred=0.0)
    assert events_of(person(1), policies=policies, behaviour=behaving(applies=False)) == []
