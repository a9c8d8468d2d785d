"""MARS rounds in tiny scenarios, event by event: eligibility, funds, and redeployment into vacated posts."""

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
    """A round with its panel on 30 June and last day 30 September. Everyone may leave, and no post is removed."""
    days = {"announced": "2010-05-01", "opens": "2010-05-10", "closes": "2010-06-30", "leaves": "2010-09-30"}
    return Mars(**{**{name: date(day) for name, day in days.items()}, "quota": 1.0, "removed": 0.0, **changes})


def events_of_round(*people: dict[str, Any], scheme: Mars, **rest: Any) -> list[Any]:
    """The events of a scenario with this one round."""
    rest.setdefault("bodies", TWO)
    return _played(*people, policies={"mars": scheme}, **rest)


def _played(
    *people: dict[str, Any], funds: dict[str, Fund] | None = None, residents: int = 0, policies: Any, **rest: Any
) -> list[Any]:
    """The events of a scenario with these policies, in which every employer has `residents` residents."""
    rest["bodies"] = [attrs.evolve(body, population=residents) for body in rest["bodies"]]
    scenario = small_world(*people, **rest)
    scenario = attrs.evolve(scenario, funds=Named(funds or {}), policies=Named(policies))
    return simulate(scenario, seed=1).log.tuples()


def of(events: list[Any], kind: Kind) -> list[int]:
    """The staff of the events of a kind."""
    return [event[4] for event in events if event[2] == kind]


OPEN_TO = [
    ("everyone", {}, [1, 2, 3, 4]),
    ("one region", {"regions": ("Fells",)}, [3, 4]),
    ("one body", {"bodies": ("Old",)}, [1, 2]),
    ("contradictory", {"bodies": ("Old",), "regions": ("Fells",)}, []),
    ("bands", {"bands": ("7", "8a")}, []),
    ("functions", {"functions": ("nursing",)}, []),
    ("kinds", {"kinds": ("sha",)}, []),
    ("service", {"min_service_months": 43}, [1, 3]),
]


@pytest.mark.parametrize(("who", "terms", "apply"), OPEN_TO, ids=[who for who, _, _ in OPEN_TO])
def test_eligibility_follows_the_terms_of_the_round(who: str, terms: dict[str, Any], apply: list[int]) -> None:
    """Everyone who is eligible applies in this scenario."""
    assert of(events_of_round(*PEOPLE, scheme=mars(**terms)), Kind.APPLIED) == apply


def test_clinicians_may_be_left_out() -> None:
    """A clinician applies, unless the round excludes clinicians."""
    people = person(1, clinician=True), person(2)
    assert of(events_of_round(*people, scheme=mars()), Kind.APPLIED) == [1, 2]
    assert of(events_of_round(*people, scheme=mars(clinicians=False)), Kind.APPLIED) == [2]


def test_people_at_risk_may_be_left_out() -> None:
    """A person with an at-risk letter applies, unless the round excludes people at risk."""
    bodies = [body("Old", closes="2010-12-31"), body("Other")]
    letters = {"announced": date("2010-05-01"), "letters": date("2010-05-01"), "consults": date("2010-12-30")}
    for at_risk, apply in ((True, [1, 3]), (False, [3])):
        policies = {"redundancy": Redundancy(**letters), "mars": mars(at_risk=at_risk)}
        events = _played(person(1), person(3, "Other"), bodies=bodies, policies=policies)
        assert of(events, Kind.APPLIED) == apply


@pytest.mark.parametrize(("appetite", "go"), [({}, 1), ({"Vale": 2.0}, 2), ({"Vale": 0.0}, 0), ({"Vale": 9.0}, 2)])
def test_a_regions_appetite_scales_the_quota(appetite: dict[str, float], go: int) -> None:
    """Half of two people is one person. Twice the appetite allows both, and an appetite of zero allows nobody."""
    bodies = [body("Old", "pct", ("finance", "6", 2))]
    events = events_of_round(*PEOPLE[:2], scheme=mars(quota=0.5, appetite=Named(appetite)), bodies=bodies)
    assert len(of(events, Kind.EXIT_AGREED)) == go


def test_unknown_names_and_invalid_shares_are_refused() -> None:
    """The message suggests the nearest region or employer."""
    for terms, message in (
        ({"regions": ("Fell",)}, r"^policies\.mars\.regions: has the unknown name 'Fell'; did you mean 'Fells'\?"),
        ({"bodies": ("Otter",)}, r"^policies\.mars\.bodies: has the unknown name 'Otter'; did you mean 'Other'\?"),
        (
            {"appetite": Named({"Vail": 1.0})},
            r"^policies\.mars\.appetite: has the unknown name 'Vail'; did you mean 'Vale'\?",
        ),
    ):
        with pytest.raises(ScenarioError, match=message):
            events_of_round(*PEOPLE, scheme=mars(**terms))
    with pytest.raises(ScenarioError, match=r"^appetite\.Vale: is -1\.0; give a multiple"):
        mars(appetite=Named({"Vale": -1.0}))
    with pytest.raises(ScenarioError, match=r"^redeployed: is 0\.4, with 0\.7 removed; give shares"):
        mars(removed=0.7, redeployed=0.4)


def test_the_fund_is_drawn_when_people_sign() -> None:
    """An employer's £16,000 pay for £10,000 and £6,000. The sum is drawn on the day of the panel."""
    fund = {"non-recurrent": Fund(pounds_a_head=0.16)}
    scheme = mars(fund="non-recurrent", bodies=("Old",))
    assert events_of_round(*PEOPLE[:2], scheme=scheme, funds=fund, residents=100_000, bodies=TWO[:1]) == [
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


PURSES = [  # pounds for each of 100,000 residents, where the fund is held, kinds that draw on it, people it can pay
    (0.16, "body", ("pct",), [1, 2, 3, 4]),
    (0.1599, "body", ("pct",), [2, 4]),  # in order of net saving: the smaller payment comes first
    (0.0599, "body", ("pct",), []),  # the panel stops at the first case that it cannot pay
    (
        0.11,
        "region",
        ("pct",),
        [1, 2, 3, 4],
    ),  # £22,000 for both employers in one region: 6 + 6 + 10, and not the fourth case
    (0.16, "body", ("sha",), []),
    (0.0, "body", ("pct",), []),
]


@pytest.mark.parametrize(("pounds", "lodged", "drawers", "go"), PURSES)
def test_a_fund_is_never_overdrawn(pounds: float, lodged: str, drawers: tuple[str, ...], go: list[int]) -> None:
    """The sum drawn is the sum agreed, within each fund. Panels that share a fund stop in one common order."""
    employers = [TWO[0], body("Other", "pct", ("finance", "6", 2))]
    fund = {"lodged": Fund(pounds_a_head=pounds, lodged=lodged, drawers=drawers)}
    events = events_of_round(*PEOPLE, scheme=mars(fund="lodged"), funds=fund, residents=100_000, bodies=employers)
    agreed = of(events, Kind.EXIT_AGREED)
    if lodged == "region":
        assert {2, 4} < set(agreed) and len(agreed) == 3
    else:
        assert agreed == go
    drawn = sum(event[7] for event in events if event[2] == Kind.DRAWN)
    assert drawn == sum(event[7] for event in events if event[2] == Kind.EXIT_AGREED) <= round(pounds * 2e7)


def test_people_who_do_not_sign_draw_nothing() -> None:
    """Money is drawn for agreed exits only, not for approved cases that withdraw."""
    fund = {"non-recurrent": Fund(pounds_a_head=1.0)}
    rest: dict[str, Any] = {"funds": fund, "residents": 100_000, "behaviour": behaving(signs=False)}
    events = events_of_round(*PEOPLE, scheme=mars(fund="non-recurrent"), **rest)
    assert of(events, Kind.WITHDREW) == [1, 2, 3, 4] and not of(events, Kind.DRAWN)


def test_two_rounds_in_one_year_share_the_fund() -> None:
    """The second round has what the first one left.

    In a year that is not one of the fund's years, there is no money.
    """
    second = mars(fund="pot", closes=date("2010-07-31"), kinds=("sha",))
    bodies = [TWO[0], body("Other", "sha", ("finance", "6", 2))]
    for years, pounds, go in (((), 0.16, [1, 2, 3, 4]), ((), 0.13, [1, 2, 4]), (("2011-12",), 0.16, [])):
        fund = {"pot": Fund(pounds_a_head=pounds * 2, kinds=("pct",), lodged="region", years=years)}
        policies = {"mars": mars(fund="pot", kinds=("pct",)), "mars-second": second}
        events = _played(*PEOPLE, bodies=bodies, policies=policies, funds=fund, residents=100_000)
        assert of(events, Kind.EXIT_AGREED) == go


def at_risk_world(**terms: Any) -> list[Any]:
    """One employer holds a round. The other closes at the end of the year and sends at-risk letters in May."""
    bodies = [
        body("Old", "pct", ("finance", "6", 2)),
        body("Going", "sha", ("finance", "6", 1), ("finance", "7", 1), closes="2010-12-31"),
    ]
    people = person(1), person(7, "Going"), person(8, "Going", band="7", pay=30_000, skill=2.0)
    letters = Redundancy(announced=date("2010-05-01"), letters=date("2010-05-01"), consults=date("2010-12-30"))
    scheme = mars(kinds=("pct",), **{"redeployed": 1.0, **terms})
    return _played(*people, bodies=bodies, policies={"mars": scheme, "redundancy": letters})


def test_a_vacated_post_goes_to_a_person_at_risk() -> None:
    """On the next day, a person at risk in the same band gets the post, before a more skilled person in a higher band.

    The other person is made redundant on the closing day.
    """
    events = at_risk_world()
    selected = [event for event in events if event[4] in (1, 7) and event[3] in (40, 8, 60)]
    assert selected == [
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


def test_without_redeployment_nobody_at_risk_is_appointed() -> None:
    """The share of vacated posts for redeployment is zero."""
    assert not of(at_risk_world(redeployed=0.0), Kind.APPOINTED)


def test_a_post_that_ends_no_later_than_the_old_one_is_not_offered() -> None:
    """Both employers close on the same day."""
    bodies = [body("Old", "pct", closes="2010-12-31"), body("Going", "sha", closes="2010-12-31")]
    letters = Redundancy(announced=date("2010-05-01"), letters=date("2010-05-01"), consults=date("2010-12-30"))
    policies = {"mars": mars(kinds=("pct",), redeployed=1.0), "redundancy": letters}
    assert not of(_played(person(1), person(7, "Going"), bodies=bodies, policies=policies), Kind.APPOINTED)


@pytest.mark.parametrize(("months", "placed"), [(0, []), (1, []), (2, [7])])
def test_the_search_for_redeployment_lasts_the_given_months(months: int, placed: list[int]) -> None:
    """Letters on 15 October are too late for the day after the exit, but in time for the search on 1 November."""
    bodies = [body("Old", "pct"), body("Going", "sha", closes="2010-12-31")]
    letters = Redundancy(announced=date("2010-05-01"), letters=date("2010-10-15"), consults=date("2010-12-30"))
    policies = {"mars": mars(kinds=("pct",), redeployed=1.0, search_months=months), "redundancy": letters}
    events = _played(person(1), person(7, "Going"), bodies=bodies, policies=policies)
    assert of(events, Kind.APPOINTED) == placed


def test_a_round_can_open_close_and_end_on_one_day() -> None:
    """All its events are on that day."""
    day = date("2010-06-30")
    events = events_of_round(PEOPLE[0], scheme=mars(announced=day, opens=day, closes=day, leaves=day), bodies=TWO[:1])
    assert {event[0] for event in events} == {90}
    kinds = [Kind.APPLIED, Kind.APPROVED, Kind.EXIT_AGREED, Kind.DEPARTED, Kind.SEVERANCE]
    assert [event[2] for event in events] == kinds


NOBODY_GOES = [{"quota": 0.0}, {"budget_pounds": 0.0}, {"payback_months": 0.0}, {"kinds": ()}, {"bands": ()}]


@pytest.mark.parametrize("terms", NOBODY_GOES, ids=str)
def test_terms_under_which_no_exit_is_agreed(terms: dict[str, Any]) -> None:
    """The quota, the budget or the payback period is zero, or nobody is eligible."""
    events = events_of_round(*PEOPLE, scheme=mars(**terms))
    assert not of(events, Kind.EXIT_AGREED) and not of(events, Kind.SEVERANCE)


def test_two_rounds_on_one_day_pay_each_person_once() -> None:
    """The first round approves everyone, so the second has no applicants."""
    bodies = TWO
    events = _played(*PEOPLE, bodies=bodies, policies={"mars": mars(), "mars-second": mars()})
    assert sorted(of(events, Kind.SEVERANCE)) == [1, 2, 3, 4]
    assert {event[3] for event in events} == {40}


def test_the_explanation_states_optional_terms() -> None:
    """They are regional appetite, a fund, redeployment, scarcity and renewals."""
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
    text = " ".join(str(explain(scenario)).split())
    for sentence in (
        "The quota is multiplied by 2 in Vale.",
        "The fund 'pot' pays: panels that share it stop at the first case that it cannot pay for.",
        "12% of the vacated posts are offered to people at risk on the day after the holder leaves and on the 1st of each "
        "month for 2 months.",
        "the most skilled first, scarce functions before common ones.",
        "On 1 August 2010 employers that close after that day renew the terms of at most 5% of their staff.",
    ):
        assert sentence in text, sentence


def test_an_unknown_fund_is_refused_with_the_nearest_name() -> None:
    scenario = attrs.evolve(small_world(*PEOPLE, bodies=TWO), funds=Named({"pot": Fund(pounds_a_head=1.0)}))
    with pytest.raises(
        ScenarioError, match=r"^policies\.mars\.fund: has the unknown name 'pott'; did you mean 'pot'\?"
    ):
        attrs.evolve(scenario, policies=Named({"mars": mars(fund="pott")}))
