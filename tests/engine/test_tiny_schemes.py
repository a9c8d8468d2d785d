"""Tiny worlds, told event for event: local rounds, who may apply, the money of a fund, posts used again."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from nhstransit.engine.simulate import simulate
from nhstransit.errors import ScenarioError
from nhstransit.log import Kind, Phase
from nhstransit.organisations.funds import Fund
from nhstransit.policies import Mars, Redundancy, Rets
from nhstransit.policies.rets import Renewal
from nhstransit.scenario.explain import explain
from nhstransit.toml import Named
from nhstransit.workforce.columns import RiskClass
from tests.small import behaving, body, date, person, row, small_world

PANEL = Phase.WINDOWS
START = Phase.APPOINTMENTS
OUT = Phase.DEPARTURES
NEWS = Phase.MILESTONES
TEN_YEARS = 1_000_000  # pence for ten and three years' service at £24,000 a year
THREE_YEARS = 600_000
PEOPLE = person(1), person(2, since="2007-04-01"), person(3, "Other"), person(4, "Other", since="2007-04-01")
TWO = [body("Old", "pct", ("finance", "6", 2)), body("Other", "pct", ("finance", "6", 2), region="Fells")]


def mars(**changes: Any) -> Mars:
    """Announced in May, panel on 30 June, last day 30 September; everyone may go, and no post goes with them."""
    days = {"announced": "2010-05-01", "opens": "2010-05-10", "closes": "2010-06-30", "leaves": "2010-09-30"}
    return Mars(**{**{name: date(day) for name, day in days.items()}, "quota": 1.0, "removed": 0.0, **changes})


def told(*people: dict[str, Any], scheme: Mars, **rest: Any) -> list[Any]:
    """What happens where there is no policy but this one round."""
    rest.setdefault("bodies", TWO)
    return _played(*people, policies={"mars": scheme}, **rest)


def _played(
    *people: dict[str, Any], funds: dict[str, Fund] | None = None, residents: int = 0, policies: Any, **rest: Any
) -> list[Any]:
    """The same of any policies; every body has so many residents."""
    rest["bodies"] = [attrs.evolve(body, population=residents) for body in rest["bodies"]]
    scenario = small_world(*people, **rest)
    scenario = attrs.evolve(scenario, funds=Named(funds or {}), policies=Named(policies))
    return simulate(scenario, seed=1).log.tuples()


def of(events: list[Any], kind: Kind) -> list[int]:
    """The staff of whom an event of a kind is told."""
    return [event[4] for event in events if event[2] == kind]


OPEN_TO = [
    ("everybody", {}, [1, 2, 3, 4]),
    ("one region", {"regions": ("Fells",)}, [3, 4]),
    ("one body", {"bodies": ("Old",)}, [1, 2]),
    ("both at odds", {"bodies": ("Old",), "regions": ("Fells",)}, []),
    ("bands", {"bands": ("7", "8a")}, []),
    ("functions", {"functions": ("nursing",)}, []),
    ("kinds", {"kinds": ("sha",)}, []),
    ("service", {"min_service_months": 43}, [1, 3]),
]


@pytest.mark.parametrize(("who", "terms", "apply"), OPEN_TO, ids=[who for who, _, _ in OPEN_TO])
def test_a_round_is_open_to_those_it_names(who: str, terms: dict[str, Any], apply: list[int]) -> None:
    """In a world where everybody applies who may, those apply."""
    assert of(told(*PEOPLE, scheme=mars(**terms)), Kind.APPLIED) == apply


def test_clinicians_may_be_left_out() -> None:
    """A clinician applies, unless the round is not open to them."""
    people = person(1, clinician=True), person(2)
    assert of(told(*people, scheme=mars()), Kind.APPLIED) == [1, 2]
    assert of(told(*people, scheme=mars(clinicians=False)), Kind.APPLIED) == [2]


def test_those_at_risk_may_be_left_out() -> None:
    """With an at-risk letter of 1 May somebody applies in June, unless the round is not open to them."""
    bodies = [body("Old", closes="2010-12-31"), body("Other")]
    letters = {"announced": date("2010-05-01"), "letters": date("2010-05-01"), "consults": date("2010-12-30")}
    for at_risk, apply in ((True, [1, 3]), (False, [3])):
        policies = {"redundancy": Redundancy(**letters), "mars": mars(at_risk=at_risk)}
        events = _played(person(1), person(3, "Other"), bodies=bodies, policies=policies)
        assert of(events, Kind.APPLIED) == apply


@pytest.mark.parametrize(("appetite", "go"), [({}, 1), ({"Vale": 2.0}, 2), ({"Vale": 0.0}, 0), ({"Vale": 9.0}, 2)])
def test_a_regions_appetite_scales_the_quota(appetite: dict[str, float], go: int) -> None:
    """Of two, a quota of a half is one person; at twice the appetite it is both, at none nobody, and never more than all."""
    bodies = [body("Old", "pct", ("finance", "6", 2))]
    events = told(*PEOPLE[:2], scheme=mars(quota=0.5, appetite=Named(appetite)), bodies=bodies)
    assert len(of(events, Kind.EXIT_AGREED)) == go


def test_a_name_that_is_none() -> None:
    """A region or body that does not exist is told with the nearest, as is a scale below zero."""
    for terms, message in (
        ({"regions": ("Fell",)}, r"^policies\.mars\.regions: has the unknown name 'Fell'; did you mean 'Fells'\?"),
        ({"bodies": ("Otter",)}, r"^policies\.mars\.bodies: has the unknown name 'Otter'; did you mean 'Other'\?"),
        (
            {"appetite": Named({"Vail": 1.0})},
            r"^policies\.mars\.appetite: has the unknown name 'Vail'; did you mean 'Vale'\?",
        ),
    ):
        with pytest.raises(ScenarioError, match=message):
            told(*PEOPLE, scheme=mars(**terms))
    with pytest.raises(ScenarioError, match=r"^appetite\.Vale: is -1\.0; give a multiple"):
        mars(appetite=Named({"Vale": -1.0}))
    with pytest.raises(ScenarioError, match=r"^redeployed: is 0\.4, with 0\.7 removed; give shares"):
        mars(removed=0.7, redeployed=0.4)


def test_the_fund_pays_and_is_drawn_when_people_sign() -> None:
    """£16,000 in the purse of a body pays for £10,000 and £6,000; the sum is drawn on the day of the panel."""
    fund = {"non-recurrent": Fund(pounds_a_head=0.16)}
    scheme = mars(fund="non-recurrent", bodies=("Old",))
    assert told(*PEOPLE[:2], scheme=scheme, funds=fund, residents=100_000, bodies=TWO[:1]) == [
        row("2010-06-30", PANEL, Kind.APPLIED, "mars", 1, 0, -1, TEN_YEARS),
        row("2010-06-30", PANEL, Kind.APPLIED, "mars", 2, 1, -1, THREE_YEARS),
        row("2010-06-30", PANEL, Kind.APPROVED, "mars", 1, 0),
        row("2010-06-30", PANEL, Kind.APPROVED, "mars", 2, 1),
        row("2010-06-30", PANEL, Kind.EXIT_AGREED, "mars", 1, 0, 182, TEN_YEARS),
        row("2010-06-30", PANEL, Kind.EXIT_AGREED, "mars", 2, 1, 182, THREE_YEARS),
        row("2010-06-30", PANEL, Kind.DRAWN, "mars", -1, 0, 0, TEN_YEARS + THREE_YEARS),
        row("2010-09-30", OUT, Kind.DEPARTED, "mars", 1, 0),
        row("2010-09-30", OUT, Kind.DEPARTED, "mars", 2, 1),
        row("2010-09-30", OUT, Kind.SEVERANCE, "mars", 1, 0, -1, TEN_YEARS),
        row("2010-09-30", OUT, Kind.SEVERANCE, "mars", 2, 1, -1, THREE_YEARS),
    ]


PURSES = [  # pounds a head of 100,000 residents, where lodged, who draws on it, and who can be paid
    (0.16, "body", ("pct",), [1, 2, 3, 4]),
    (0.1599, "body", ("pct",), [2, 4]),  # best first: the larger saving is that of the smaller payment
    (0.0599, "body", ("pct",), []),  # the panel stops at the first that it cannot pay
    (0.11, "region", ("pct",), [1, 2, 3, 4]),  # £22,000 for both in one region: 6 + 6 + 10, and not the fourth
    (0.16, "body", ("sha",), []),
    (0.0, "body", ("pct",), []),
]


@pytest.mark.parametrize(("pounds", "lodged", "drawers", "go"), PURSES)
def test_a_purse_is_never_overdrawn(pounds: float, lodged: str, drawers: tuple[str, ...], go: list[int]) -> None:
    """What is drawn is what is agreed, within what each purse holds; panels that share one are cut as one, best first."""
    together = [TWO[0], body("Other", "pct", ("finance", "6", 2))]
    fund = {"lodged": Fund(pounds_a_head=pounds, lodged=lodged, drawers=drawers)}
    events = told(*PEOPLE, scheme=mars(fund="lodged"), funds=fund, residents=100_000, bodies=together)
    agreed = of(events, Kind.EXIT_AGREED)
    if lodged == "region":
        assert {2, 4} < set(agreed) and len(agreed) == 3
    else:
        assert agreed == go
    drawn = sum(event[7] for event in events if event[2] == Kind.DRAWN)
    assert drawn == sum(event[7] for event in events if event[2] == Kind.EXIT_AGREED) <= round(pounds * 2e7)


def test_who_does_not_sign_draws_nothing() -> None:
    """The money is drawn for exits that are agreed, not for those that the panel approved."""
    fund = {"non-recurrent": Fund(pounds_a_head=1.0)}
    rest: dict[str, Any] = {"funds": fund, "residents": 100_000, "behaviour": behaving(signs=False)}
    events = told(*PEOPLE, scheme=mars(fund="non-recurrent"), **rest)
    assert of(events, Kind.WITHDREW) == [1, 2, 3, 4] and not of(events, Kind.DRAWN)


def test_two_rounds_share_what_the_year_holds() -> None:
    """A second round in the same financial year finds what the first left; where the year is not the fund's, nothing."""
    second = mars(fund="pot", closes=date("2010-07-31"), kinds=("sha",))
    bodies = [TWO[0], body("Other", "sha", ("finance", "6", 2))]
    for years, pounds, go in (((), 0.16, [1, 2, 3, 4]), ((), 0.13, [1, 2, 4]), (("2011-12",), 0.16, [])):
        fund = {"pot": Fund(pounds_a_head=pounds * 2, kinds=("pct",), lodged="region", years=years)}
        policies = {"mars": mars(fund="pot", kinds=("pct",)), "mars-second": second}
        events = _played(*PEOPLE, bodies=bodies, policies=policies, funds=fund, residents=100_000)
        assert of(events, Kind.EXIT_AGREED) == go


def at_risk_world(**terms: Any) -> list[Any]:
    """Two bodies: one goes on and holds a round, the other closes at the year's end and sends letters in May."""
    bodies = [
        body("Old", "pct", ("finance", "6", 2)),
        body("Going", "sha", ("finance", "6", 1), ("finance", "7", 1), closes="2010-12-31"),
    ]
    people = person(1), person(7, "Going"), person(8, "Going", band="7", pay=30_000, skill=2.0)
    letters = Redundancy(announced=date("2010-05-01"), letters=date("2010-05-01"), consults=date("2010-12-30"))
    scheme = mars(kinds=("pct",), **{"redeployed": 1.0, **terms})
    return _played(*people, bodies=bodies, policies={"mars": scheme, "redundancy": letters})


def test_a_post_is_used_again_for_somebody_at_risk() -> None:
    """The day after, somebody at risk of the same band has the post, before a more skilled one of the band above.

    The second is made redundant on the closing day; the chain that the severance set off ends at a person at risk.
    """
    events = at_risk_world()
    mine = [event for event in events if event[4] in (1, 7) and event[3] in (40, 8, 60)]
    assert mine == [
        row("2010-05-01", NEWS, Kind.RISK, "redundancy", 7, RiskClass.NONE, RiskClass.AT_RISK),
        row("2010-06-30", PANEL, Kind.APPLIED, "mars", 1, 0, -1, TEN_YEARS),
        row("2010-06-30", PANEL, Kind.APPROVED, "mars", 1, 0),
        row("2010-06-30", PANEL, Kind.EXIT_AGREED, "mars", 1, 0, 182, TEN_YEARS),
        row("2010-09-30", OUT, Kind.DEPARTED, "mars", 1, 0),
        row("2010-09-30", OUT, Kind.SEVERANCE, "mars", 1, 0, -1, TEN_YEARS),
        row("2010-10-01", PANEL, Kind.APPOINTED, "mars", 7, 2, 0),
        row("2010-10-01", PANEL, Kind.RISK, "mars", 7, RiskClass.AT_RISK, RiskClass.SAFE),
        row("2010-10-01", START, Kind.MOVED, "mars", 7, 2, 0),
    ]
    assert [event[4] for event in events if event[2] == Kind.SEVERANCE] == [1, 8]


def test_a_post_not_kept_for_redeployment_is_nobodys() -> None:
    """With no share of posts used again nobody at risk is placed by the scheme."""
    assert not of(at_risk_world(redeployed=0.0), Kind.APPOINTED)


def test_a_post_that_ends_no_later_than_ones_own_is_not_offered() -> None:
    """Both bodies close on one day: to move from one to the other saves nobody."""
    bodies = [body("Old", "pct", closes="2010-12-31"), body("Going", "sha", closes="2010-12-31")]
    letters = Redundancy(announced=date("2010-05-01"), letters=date("2010-05-01"), consults=date("2010-12-30"))
    policies = {"mars": mars(kinds=("pct",), redeployed=1.0), "redundancy": letters}
    assert not of(_played(person(1), person(7, "Going"), bodies=bodies, policies=policies), Kind.APPOINTED)


@pytest.mark.parametrize(("months", "placed"), [(0, []), (1, []), (2, [7])])
def test_the_search_goes_on_until_it_is_over(months: int, placed: list[int]) -> None:
    """Letters of 15 October are too late for the day after and in time for 1 November, a month and a day on."""
    bodies = [body("Old", "pct"), body("Going", "sha", closes="2010-12-31")]
    letters = Redundancy(announced=date("2010-05-01"), letters=date("2010-10-15"), consults=date("2010-12-30"))
    policies = {"mars": mars(kinds=("pct",), redeployed=1.0, search_months=months), "redundancy": letters}
    events = _played(person(1), person(7, "Going"), bodies=bodies, policies=policies)
    assert of(events, Kind.APPOINTED) == placed


def test_closing_on_the_day_it_opens_and_leaving_too() -> None:
    """A round announced, opened, closed and left on one day is held, paid and over on it."""
    day = date("2010-06-30")
    events = told(PEOPLE[0], scheme=mars(announced=day, opens=day, closes=day, leaves=day), bodies=TWO[:1])
    assert {event[0] for event in events} == {90}
    kinds = [Kind.APPLIED, Kind.APPROVED, Kind.EXIT_AGREED, Kind.DEPARTED, Kind.SEVERANCE]
    assert [event[2] for event in events] == kinds


NOBODY_GOES = [{"quota": 0.0}, {"budget_pounds": 0.0}, {"payback_months": 0.0}, {"kinds": ()}, {"bands": ()}]


@pytest.mark.parametrize("terms", NOBODY_GOES, ids=str)
def test_extremes_let_nobody_go(terms: dict[str, Any]) -> None:
    """With no quota, no money, no patience, or open to nobody, no exit is agreed and no penny paid."""
    events = told(*PEOPLE, scheme=mars(**terms))
    assert not of(events, Kind.EXIT_AGREED) and not of(events, Kind.SEVERANCE)


def test_two_rounds_on_one_day_pay_nobody_twice() -> None:
    """Of two rounds with one closing day the first by rule takes all who may go, and the second finds nobody."""
    bodies = TWO
    events = _played(*PEOPLE, bodies=bodies, policies={"mars": mars(), "mars-second": mars()})
    assert sorted(of(events, Kind.SEVERANCE)) == [1, 2, 3, 4]
    assert {event[3] for event in events} == {40}


def test_a_round_says_what_it_has_besides() -> None:
    """The explanation of a scenario tells of quotas that differ, a fund that pays, posts used again, terms renewed."""
    scheme = mars(fund="pot", appetite=Named({"Vale": 2.0}), redeployed=0.12, search_months=2)
    terms = Rets(
        announced=date("2010-05-01"),
        offered=date("2010-05-10"),
        guaranteed=date("2010-09-30"),
        cap=1.0,
        scarcity=0.5,
        renewals=(Renewal(on=date("2010-08-01"), cap=0.05),),
    )
    scenario = attrs.evolve(
        small_world(*PEOPLE, bodies=TWO),
        funds=Named({"pot": Fund(pounds_a_head=1.0)}),
        policies=Named({"mars": scheme, "rets": terms}),
    )
    said = " ".join(str(explain(scenario)).split())
    for sentence in (
        "The quota is multiplied by 2 in Vale.",
        "The fund 'pot' pays: panels that share it stop at the first case that it cannot pay for.",
        "12% of the vacated posts are offered to people at risk on the day after the holder leaves and on the 1st of each "
        "month for 2 months.",
        "the most skilled first, scarce functions before common ones.",
        "On 1 August 2010 employers that close after that day renew the terms of at most 5% of their staff.",
    ):
        assert sentence in said, sentence


def test_a_fund_that_is_none() -> None:
    """A round paid from a fund that the scenario does not have is refused, with the nearest."""
    scenario = attrs.evolve(small_world(*PEOPLE, bodies=TWO), funds=Named({"pot": Fund(pounds_a_head=1.0)}))
    with pytest.raises(
        ScenarioError, match=r"^policies\.mars\.fund: has the unknown name 'pott'; did you mean 'pot'\?"
    ):
        attrs.evolve(scenario, policies=Named({"mars": mars(fund="pott")}))
