"""MARS in tiny scenarios, event by event: from the application to the payment and the removal of the post."""

from __future__ import annotations

from typing import Any

import numpy as np

from nhstransit.grammar import Depart, Situation
from nhstransit.log import Kind, Phase
from nhstransit.policies import Mars
from tests.small import CERTAIN, Own, behaving, body, date, events_of, person, row, rows

PANEL = Phase.WINDOWS
OUT = Phase.DEPARTURES
OLD = [body("Old", "pct", ("finance", "6", 3))]


def mars(**changes: Any) -> dict[str, Mars]:
    """A round with its panel on 30 June and last day 30 September. Everyone may leave, and every post is removed."""
    days = {"announced": "2010-05-01", "opens": "2010-05-10", "closes": "2010-06-30", "leaves": "2010-09-30"}
    return {
        "mars": Mars(**{**{name: date(day) for name, day in days.items()}, "quota": 1.0, "removed": 1.0, **changes})
    }


def test_the_events_of_one_mars_exit() -> None:
    """Ten years' service pay five months of £2,000. The post saves a year's pay, National Insurance and pension.

    Insurance: 12.8% of £24,000 − £5,715 is £2,340.48, less the rebate of 3.7% of £24,000 − £5,044, £701.37 (rounded
    each): £1,639.11. Pension: 14% of £24,000 is £3,360. Together with the pay £28,999.11.
    """
    assert events_of(person(7), bodies=OLD, policies=mars()) == [
        row("2010-06-30", PANEL, Kind.APPLIED, "mars", 7, 0, -1, 1_000_000),
        row("2010-06-30", PANEL, Kind.APPROVED, "mars", 7, 0),
        row("2010-06-30", PANEL, Kind.EXIT_AGREED, "mars", 7, 0, 182, 1_000_000),  # day 182 is 30 September
        row("2010-09-30", OUT, Kind.DEPARTED, "mars", 7, 0),
        row("2010-09-30", OUT, Kind.SEVERANCE, "mars", 7, 0, -1, 1_000_000),
        row("2010-09-30", OUT, Kind.REMOVED, "mars", -1, 0, -1, 2_899_911),
    ]


def test_the_post_can_be_kept() -> None:
    """Then no removal is in the log."""
    kinds = [event[2] for event in events_of(person(7), bodies=OLD, policies=mars(removed=0.0))]
    assert kinds == [Kind.APPLIED, Kind.APPROVED, Kind.EXIT_AGREED, Kind.DEPARTED, Kind.SEVERANCE]


def test_severance_is_in_proportion_to_working_time() -> None:
    """Twenty years at half time pay ten months of £1,000."""
    world: dict[str, Any] = {"bodies": OLD, "policies": mars(removed=0.0)}
    events = events_of(person(7, since="1990-04-01", wte=0.5), **world)
    assert events[-1] == row("2010-09-30", OUT, Kind.SEVERANCE, "mars", 7, 0, -1, 1_000_000)


def test_the_quota_limits_approvals() -> None:
    """One of two may leave. The panel approves the larger net saving: £6,000 for the shorter service, not £10,000."""
    world: dict[str, Any] = {"bodies": OLD, "policies": mars(quota=0.5, removed=0.0)}
    assert events_of(person(1), person(2, since="2007-04-01"), **world) == [
        row("2010-06-30", PANEL, Kind.APPLIED, "mars", 1, 0, -1, 1_000_000),
        row("2010-06-30", PANEL, Kind.APPLIED, "mars", 2, 1, -1, 600_000),
        row("2010-06-30", PANEL, Kind.APPROVED, "mars", 2, 1),
        row("2010-06-30", PANEL, Kind.REFUSED, "mars", 1, 0),
        row("2010-06-30", PANEL, Kind.EXIT_AGREED, "mars", 2, 1, 182, 600_000),
        row("2010-09-30", OUT, Kind.DEPARTED, "mars", 2, 1),
        row("2010-09-30", OUT, Kind.SEVERANCE, "mars", 2, 1, -1, 600_000),
    ]


def test_the_budget_is_exact_to_the_penny() -> None:
    """£16,000 pay for £10,000 and £6,000, and £15,999.99 do not."""
    for pounds, refused in ((15_999.99, [1]), (16_000.0, [])):
        policies = mars(budget_pounds=pounds, removed=0.0)
        events = events_of(person(1), person(2, since="2007-04-01"), bodies=OLD, policies=policies)
        assert [event[4] for event in events if event[2] == Kind.REFUSED] == refused


def test_critical_protected_and_expensive_cases_are_refused() -> None:
    """The three people are business-critical, in a protected function, or take too long to pay back."""
    bodies = [body("Old", "pct", ("finance", "6", 2), ("nursing", "6", 1))]
    people = person(1, critical=True), person(2, since="1980-04-01", born="1960-01-01"), person(3, function="nursing")
    # a year's pay of £24,000 takes ten months to pay back at £2,416.59 a month
    events = events_of(*people, bodies=bodies, policies=mars(protected=("nursing",), payback_months=9.0))
    assert [event[2:5] for event in events] == [
        *[(Kind.APPLIED, 40, staff) for staff in (1, 2, 3)],
        *[(Kind.REFUSED, 40, staff) for staff in (1, 2, 3)],
    ]


def test_approved_people_may_withdraw() -> None:
    """A person who does not sign stays, unpaid."""
    world: dict[str, Any] = {"bodies": OLD, "policies": mars(), "behaviour": behaving(signs=False)}
    assert events_of(person(7), **world) == [
        row("2010-06-30", PANEL, Kind.APPLIED, "mars", 7, 0, -1, 1_000_000),
        row("2010-06-30", PANEL, Kind.APPROVED, "mars", 7, 0),
        row("2010-06-30", PANEL, Kind.WITHDREW, "mars", 7, 0),
    ]


def test_without_applications_the_log_is_empty() -> None:
    assert events_of(person(7), bodies=OLD, policies=mars(), behaviour=behaving(applies=False)) == []


def test_people_with_under_a_years_service_or_a_fixed_term_cannot_apply() -> None:
    """One person is a day short of a year's service, and the other is on a fixed term."""
    people = person(1, since="2009-10-02"), person(2, ends="2010-12-30")
    events = events_of(*people, bodies=OLD, policies=mars())
    assert events == [row("2010-12-30", OUT, Kind.DEPARTED, "contract-end", 2, 1)]


def test_a_person_who_retires_before_the_agreed_exit_is_not_paid() -> None:
    """The post stays too.

    Sixty on 15 August 2010: the reading of 1 September finds 60 complete years.
    """
    world: dict[str, Any] = {"bodies": OLD, "policies": mars(), "behaviour": behaving(retire_at_60=CERTAIN)}
    assert events_of(person(7, born="1950-08-15"), **world) == [
        row("2010-06-30", PANEL, Kind.APPLIED, "mars", 7, 0, -1, 1_000_000),
        row("2010-06-30", PANEL, Kind.APPROVED, "mars", 7, 0),
        row("2010-06-30", PANEL, Kind.EXIT_AGREED, "mars", 7, 0, 182, 1_000_000),
        row("2010-09-01", OUT, Kind.DEPARTED, "retirement", 7, 0),
    ]


def leaving(when: str, last: int, severance: int = 0) -> Own:
    """A policy that on a date agrees the first person's exit on day `last`."""

    def agree(situation: Situation) -> list[Depart]:
        pence = {name: np.array([0]) for name in ("in_lieu", "strain")}
        paid = np.array([severance])
        return [Depart(rows=rows(0), last_day=np.array([last]), severance=paid, remove=np.array([False]), **pence)]

    return Own(dates=(when,), does=agree)


def test_a_person_who_dies_on_the_last_day_is_not_paid() -> None:
    """Death comes before agreed exits in the order of a day."""
    world: dict[str, Any] = {"policies": {"own": leaving("2010-04-01", 0, 500)}, "behaviour": behaving(other=CERTAIN)}
    assert events_of(person(7), **world) == [
        row("2010-04-01", PANEL, Kind.EXIT_AGREED, "own", 7, 0, 0, 500),
        row("2010-04-01", OUT, Kind.DEPARTED, "death-or-dismissal", 7, 0),
    ]


def test_a_person_with_an_agreed_exit_does_not_resign() -> None:
    """Both resignation clocks would run out today, but they stop once the exit is agreed."""
    world: dict[str, Any] = {"policies": {"own": leaving("2010-04-01", 9, 500)}, "behaviour": behaving(resign=CERTAIN)}
    assert events_of(person(7), **world) == [
        row("2010-04-01", PANEL, Kind.EXIT_AGREED, "own", 7, 0, 9, 500),
        row("2010-04-10", OUT, Kind.DEPARTED, "own", 7, 0),
        row("2010-04-10", OUT, Kind.SEVERANCE, "own", 7, 0, -1, 500),
    ]


def test_an_exit_after_the_end_of_the_scenario_does_not_occur() -> None:
    """The log has the agreement only."""
    assert events_of(person(7), policies={"own": leaving("2010-04-01", 275, 500)}) == [
        row("2010-04-01", PANEL, Kind.EXIT_AGREED, "own", 7, 0, 275, 500)
    ]
