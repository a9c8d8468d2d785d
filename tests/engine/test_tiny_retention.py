"""Retention terms in tiny scenarios, event by event: from the designation to the last premium."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pytest

from nhstransit.errors import ScenarioError
from nhstransit.grammar import Depart, Designate, Extend, Retain, Situation
from nhstransit.log import Kind, Phase
from nhstransit.policies import Mars, Milestone, Rets
from nhstransit.policies.rets import Renewal
from nhstransit.workforce.columns import RiskClass
from tests.small import CERTAIN, Own, behaving, body, date, events_of, once, person, row, rows

OFFER = Phase.WINDOWS
MONTH_END = Phase.MONTH_END
OUT = Phase.DEPARTURES
PAY = 36_525  # £100 a day: a premium of a tenth is £10 a day


def rets(**changes: Any) -> dict[str, Rets]:
    """Terms offered to everyone on 10 June, with a guarantee to 14 September."""
    days = {"announced": date("2010-06-01"), "offered": date("2010-06-10"), "guaranteed": date("2010-09-14")}
    return {"rets": Rets(**{**days, "cap": 1.0, "premium": 0.1, **changes})}


def test_the_events_of_one_guarantee() -> None:
    """From 10 June to 14 September, 21, 31, 31 and 14 days of premium are paid.

    On 15 September the person is exposed.
    """
    assert events_of(person(4, pay=PAY), policies=rets()) == [
        row("2010-06-10", OFFER, Kind.DESIGNATED, "rets", 4, 0),
        row("2010-06-10", OFFER, Kind.RETAINED, "rets", 4, 0, 166, 365_250),  # day 166 is 14 September
        row("2010-06-10", OFFER, Kind.RISK, "rets", 4, RiskClass.NONE, RiskClass.GUARANTEED),
        row("2010-06-30", MONTH_END, Kind.PREMIUM, "month", 4, 0, -1, 21_000),
        row("2010-07-31", MONTH_END, Kind.PREMIUM, "month", 4, 0, -1, 31_000),
        row("2010-08-31", MONTH_END, Kind.PREMIUM, "month", 4, 0, -1, 31_000),
        row("2010-09-15", OFFER, Kind.RISK, "rets", 4, RiskClass.GUARANTEED, RiskClass.EXPOSED),
        row("2010-09-15", OFFER, Kind.LAPSED, "rets", 4, 0),
        row("2010-09-30", MONTH_END, Kind.PREMIUM, "month", 4, 0, -1, 14_000),
    ]


def test_the_premium_is_in_proportion_to_working_time() -> None:
    """At 20% of full time, the premium is £2 a day, and £42 for 10 to 30 June."""
    events = events_of(person(4, pay=PAY, wte=0.2), policies=rets(guaranteed=date("2010-06-30")))
    assert [event[2:] for event in events if event[7]] == [
        (Kind.RETAINED, 30, 4, 0, 90, 73_050),
        (Kind.PREMIUM, 0, 4, 0, -1, 4_200),
    ]


def test_a_person_who_declines_terms_is_designated_but_not_retained() -> None:
    """The designation lasts until the day on which the guarantee would have ended."""
    assert events_of(person(4, pay=PAY), policies=rets(), behaviour=behaving(accepts=False)) == [
        row("2010-06-10", OFFER, Kind.DESIGNATED, "rets", 4, 0),
        row("2010-09-15", OFFER, Kind.LAPSED, "rets", 4, 0),
    ]


def test_a_person_who_was_already_business_critical_stays_so() -> None:
    """The scheme neither designates them nor ends the designation."""
    log = events_of(person(4, pay=PAY, critical=True), policies=rets())
    assert not [event for event in log if event[2] in (Kind.DESIGNATED, Kind.LAPSED)]


def test_mars_refuses_designated_people_only_while_they_are_designated() -> None:
    """A panel on the last day of the guarantee refuses a person who declined it; a panel on the next day approves them."""
    for closes, kind in (("2010-09-14", Kind.REFUSED), ("2010-09-15", Kind.APPROVED)):
        days = {"announced": "2010-05-01", "opens": "2010-05-10", "closes": closes, "leaves": "2010-10-30"}
        mars = Mars(**{name: date(day) for name, day in days.items()}, quota=1.0)
        declining = attrs.evolve(behaving(), retention=behaving(accepts=False).retention)
        log = events_of(person(4), policies={**rets(), "mars": mars}, behaviour=declining)
        assert [event[2] for event in log if event[2] in (Kind.REFUSED, Kind.APPROVED)] == [kind]


def test_only_people_with_renewed_terms_stay_designated() -> None:
    """The terms of one of two people are renewed. The designation of the other ends on 31 July."""
    lapsed = [event[:5] for event in extended(("2010-07-01", 0.5)) if event[2] == Kind.LAPSED]
    assert lapsed == [row("2010-08-01", OFFER, Kind.LAPSED, "rets", 5)[:5]]


def test_the_most_skilled_people_are_designated_up_to_the_cap() -> None:
    """Half of three people is one, rounded down."""
    people = person(1), person(2, skill=1.5), person(3, skill=0.5)
    events = events_of(*people, policies=rets(cap=0.5), behaviour=behaving(accepts=False))
    assert events == [
        row("2010-06-10", OFFER, Kind.DESIGNATED, "rets", 2, 1),
        row("2010-09-15", OFFER, Kind.LAPSED, "rets", 2, 1),
    ]


def test_a_business_critical_person_is_not_designated_again() -> None:
    """A person who is critical in the staff list has no second designation in the log."""
    policies = {"own": once("2010-05-03", Designate(rows=rows(0, 1)))}
    assert events_of(person(1, critical=True), person(2), policies=policies) == [
        row("2010-05-03", OFFER, Kind.DESIGNATED, "own", 2, 1)
    ]


def test_business_critical_people_count_towards_the_cap() -> None:
    """Two of four people may be critical: the one in the staff list gets an offer, and the most skilled other person.

    If the person in the staff list is leaving, they get no offer but still count.
    """
    people = person(1, critical=True), person(2, skill=1), person(3, skill=2), person(4)
    log = events_of(*people, policies=rets(cap=0.5))
    assert [event[4] for event in log if event[2] == Kind.RETAINED] == [1, 3]
    assert [event[4] for event in log if event[2] == Kind.DESIGNATED] == [3]
    zero = np.zeros(1, "int64")
    sums = {"severance": zero, "in_lieu": zero, "strain": zero, "remove": np.array([False])}
    going = once("2010-06-01", Depart(rows=rows(0), last_day=np.array([200], "int32"), **sums))
    log = events_of(*people, policies={"going": going, **rets(cap=0.5)})
    assert [event[4] for event in log if event[2] == Kind.RETAINED] == [3]


def test_two_schemes_share_the_cap() -> None:
    """A second scheme on the same day designates nobody else."""
    policies = {**rets(cap=0.5), "rets-two": rets(cap=0.5)["rets"]}
    log = events_of(*(person(staff) for staff in range(4)), policies=policies)
    assert [event[4] for event in log if event[2] == Kind.RETAINED] == [0, 1]


def test_no_premium_is_paid_for_the_month_of_leaving() -> None:
    """A contract that ends on 20 June ends before the premium for June is paid."""
    events = events_of(person(4, pay=PAY, ends="2010-06-20"), policies=rets())
    assert events[-1] == row("2010-06-20", OUT, Kind.DEPARTED, "contract-end", 4, 0)


def test_a_guarantee_sets_perceived_risk_to_zero_while_it_lasts() -> None:
    """Risk is positive before the guarantee, and again at the first reading after its end."""
    seen: dict[str, float] = {}

    def look(situation: Situation) -> list[Any]:
        seen[situation.stage] = float(situation.people.risk[0])
        return []

    dates = ("2010-06-09", "2010-06-11", "2010-07-02", "2010-09-14", "2010-09-16", "2010-10-02")
    policies = {**rets(), "news": Milestone(announced=date("2010-04-01")), "look": Own(dates=dates, does=look)}
    events_of(person(4, pay=PAY), bodies=[body("Old", closes="2010-12-31")], policies=policies)
    assert [risk > 0 for risk in seen.values()] == [True, False, False, False, False, True]


def test_a_premium_reduces_resignation_until_the_guarantee_ends() -> None:
    """A very high premium prevents a resignation until the guarantee ends.

    A premium of 20 times pay, with the steepest elasticity, multiplies the hazard by 21⁻²⁰.
    Without it, the person leaves at once.
    """
    hazards = behaving(resign=CERTAIN, premium=-20.0, within_nhs=0.0)
    retain = Retain(rows=rows(0), until=29, premium=20.0)
    assert events_of(person(4, pay=PAY), policies={"own": once("2010-04-01", retain)}, behaviour=hazards) == [
        row("2010-04-01", OFFER, Kind.RETAINED, "own", 4, 0, 29, 73_050_000),
        row("2010-04-01", OFFER, Kind.RISK, "own", 4, RiskClass.NONE, RiskClass.GUARANTEED),
        row("2010-04-30", MONTH_END, Kind.PREMIUM, "month", 4, 0, -1, 6_000_000),  # £2,000 a day for 30 days
        row("2010-05-01", OUT, Kind.DEPARTED, "resignation", 4, 0),
    ]


NURSES = [body("Old", "pct", ("finance", "6", 3), ("nursing", "6", 1), closes="2010-12-31")]


def test_people_in_scarce_functions_come_before_more_skilled_people() -> None:
    """One nurse among three people in finance: log₂ 3 halvings, at 0.5 standard deviations each, exceed a skill of 0.7."""
    people = person(1, skill=0.7), person(2), person(3), person(4, function="nursing")
    for scarcity, named in ((0.0, 1), (0.5, 4), (0.4, 1)):
        policies = rets(cap=0.25, scarcity=scarcity)
        events = events_of(*people, bodies=NURSES, policies=policies, behaviour=behaving(accepts=False))
        assert [event[4] for event in events if event[2] == Kind.DESIGNATED] == [named]


class First(Own):
    """A policy for tests that acts at the place of the library's extensions, before retention terms."""

    place = 26


def extended(*renewals: tuple[str, float]) -> list[Any]:
    """Two people have a guarantee to 31 July, the closing day of Old. On 1 July it is extended to 30 September."""
    bodies = [body("Old", "pct", ("finance", "6", 2), closes="2010-07-31"), body("Other", "pct")]
    policies: dict[str, Any] = rets(
        guaranteed=date("2010-07-31"), renewals=tuple(Renewal(on=date(on), cap=cap) for on, cap in renewals)
    )
    extend = Extend(employer=np.array([0], "int32"), closes=np.array([182], "int32"))
    policies |= {"extension": First(dates=("2010-07-01",), does=lambda situation: (extend,))}
    return events_of(person(4, pay=PAY, skill=1.0), person(5, pay=PAY), bodies=bodies, policies=policies)


def test_a_renewal_extends_terms_for_a_smaller_share_of_people() -> None:
    """On 1 July, one of two people gets terms to the new closing day. The other keeps the old terms.

    Each gets the premium for July once, £310.
    """
    events = extended(("2010-07-01", 0.5))
    assert [event for event in events if event[4] in (4, 5) and event[0] > 70] == [
        row("2010-06-30", MONTH_END, Kind.PREMIUM, "month", 4, 0, -1, 21_000),
        row("2010-06-30", MONTH_END, Kind.PREMIUM, "month", 5, 1, -1, 21_000),
        row("2010-07-01", OFFER, Kind.RETAINED, "rets", 4, 0, 182, 365_250),  # day 182 is 30 September
        row("2010-07-31", MONTH_END, Kind.PREMIUM, "month", 4, 0, -1, 31_000),
        row("2010-07-31", MONTH_END, Kind.PREMIUM, "month", 5, 1, -1, 31_000),
        row("2010-08-01", OFFER, Kind.LAPSED, "rets", 5, 1),
        row("2010-08-01", OFFER, Kind.RISK, "rets", 5, RiskClass.GUARANTEED, RiskClass.EXPOSED),
        row("2010-08-31", MONTH_END, Kind.PREMIUM, "month", 4, 0, -1, 31_000),
        row("2010-09-30", MONTH_END, Kind.PREMIUM, "month", 4, 0, -1, 30_000),
        row("2010-10-01", Phase.CLOSURES, Kind.DEPARTED, "closure", 4, 0),
        row("2010-10-01", Phase.CLOSURES, Kind.DEPARTED, "closure", 5, 1),
    ]


def test_terms_renewed_within_a_month_are_paid_to_the_day_before() -> None:
    """On 16 July, 15 days are paid under the old terms. The other 16 days are paid at the end of the month."""
    paid = [event for event in extended(("2010-07-16", 0.5)) if event[2] == Kind.PREMIUM and event[4] == 4]
    assert [(event[0], event[1], event[7]) for event in paid[1:3]] == [
        (106, OFFER, 15_000),
        (121, MONTH_END, 16_000),
    ]


def test_earlier_renewals_count_towards_the_cap() -> None:
    """A person whose terms already reach the closing day counts in a second renewal four days later."""
    events = extended(("2010-07-01", 0.5), ("2010-07-05", 0.5))
    assert [event[4] for event in events if event[2] == Kind.RETAINED and event[6] == 182] == [4]


def test_renewals_that_renew_no_terms() -> None:
    """The cap is zero, or the renewal is before the extension. All guarantees end on their day."""
    for renewal in (("2010-07-01", 0.0), ("2010-06-30", 1.0)):
        events = extended(renewal)
        assert len([event for event in events if event[2] == Kind.RETAINED]) == 2
        ended = [event[0] for event in events if event[2] == Kind.RISK and event[6] == RiskClass.EXPOSED]
        assert ended == [122, 122]  # 1 August


def test_renewals_must_be_in_order() -> None:
    """A renewal before the offer, or before the previous renewal, is refused."""
    renewals = tuple(Renewal(on=date(day)) for day in ("2010-08-01", "2010-07-01"))
    with pytest.raises(ScenarioError, match=r"^renewals\[1\]: is on 2010-07-01, before 2010-08-01; "):
        rets(renewals=renewals)
    with pytest.raises(ScenarioError, match=r"^renewals\[0\]: is on 2010-05-01, before 2010-06-10; "):
        rets(renewals=(Renewal(on=date("2010-05-01")),))


def test_a_guarantee_without_a_premium() -> None:
    """Nothing is paid, and the guarantee still changes the risk class."""
    events = events_of(person(4, pay=PAY), policies=rets(premium=0.0))
    assert [event[2] for event in events] == [
        Kind.DESIGNATED,
        Kind.RETAINED,
        Kind.RISK,
        Kind.RISK,
        Kind.LAPSED,
    ]


def test_a_cap_of_zero_and_a_cap_of_one() -> None:
    """A cap of zero retains nobody; a cap of one retains everyone."""
    for cap, count in ((0.0, 0), (1.0, 3)):
        events = events_of(person(1), person(2), person(3), policies=rets(cap=cap))
        assert len([event for event in events if event[2] == Kind.RETAINED]) == count


def test_a_guarantee_of_one_day() -> None:
    """It pays a day's premium, and the person is exposed on the next day."""
    events = events_of(person(4, pay=PAY), policies=rets(guaranteed=date("2010-06-10")))
    assert events[-3:] == [
        row("2010-06-11", OFFER, Kind.RISK, "rets", 4, RiskClass.GUARANTEED, RiskClass.EXPOSED),
        row("2010-06-11", OFFER, Kind.LAPSED, "rets", 4, 0),
        row("2010-06-30", MONTH_END, Kind.PREMIUM, "month", 4, 0, -1, 1_000),
    ]
