"""Tiny worlds, told event for event: MARS, from the application to the money and the post that goes."""

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
    """Announced in May, panel on 30 June, last day 30 September; everyone may go and every post goes with them."""
    days = {"announced": "2010-05-01", "opens": "2010-05-10", "closes": "2010-06-30", "leaves": "2010-09-30"}
    return {
        "mars": Mars(**{**{name: date(day) for name, day in days.items()}, "quota": 1.0, "removed": 1.0, **changes})
    }


def test_applied_approved_agreed_gone_paid_and_the_post_removed() -> None:
    """Ten years' service is worth five months of £2,000; the post saves pay, National Insurance and pension a year.

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


def test_a_post_that_is_kept_is_not_removed() -> None:
    """Where no post goes with its holder, nothing is saved for good."""
    kinds = [event[2] for event in events_of(person(7), bodies=OLD, policies=mars(removed=0.0))]
    assert kinds == [Kind.APPLIED, Kind.APPROVED, Kind.EXIT_AGREED, Kind.DEPARTED, Kind.SEVERANCE]


def test_half_time_is_half_the_money() -> None:
    """Twenty years at half time: ten months of £1,000."""
    world: dict[str, Any] = {"bodies": OLD, "policies": mars(removed=0.0)}
    events = events_of(person(7, since="1990-04-01", wte=0.5), **world)
    assert events[-1] == row("2010-09-30", OUT, Kind.SEVERANCE, "mars", 7, 0, -1, 1_000_000)


def test_the_quota_refuses_the_second() -> None:
    """One of two may go: the panel takes the larger net saving, here the shorter service (£6,000 against £10,000)."""
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


def test_a_budget_a_penny_short_refuses() -> None:
    """£15,999.99 does not pay for £10,000 and £6,000; £16,000 does."""
    for pounds, refused in ((15_999.99, [1]), (16_000.0, [])):
        policies = mars(budget_pounds=pounds, removed=0.0)
        events = events_of(person(1), person(2, since="2007-04-01"), bodies=OLD, policies=policies)
        assert [event[4] for event in events if event[2] == Kind.REFUSED] == refused


def test_the_critical_the_protected_and_the_dear_are_refused() -> None:
    """Business-critical, in a protected function, or paid back too late: the panel says no to each."""
    bodies = [body("Old", "pct", ("finance", "6", 2), ("nursing", "6", 1))]
    people = person(1, critical=True), person(2, since="1980-04-01", born="1960-01-01"), person(3, function="nursing")
    # a year's pay, £24,000, takes ten months to pay back at £2,416.59 a month; five months' takes more than four
    events = events_of(*people, bodies=bodies, policies=mars(protected=("nursing",), payback_months=9.0))
    assert [event[2:5] for event in events] == [
        *[(Kind.APPLIED, 40, staff) for staff in (1, 2, 3)],
        *[(Kind.REFUSED, 40, staff) for staff in (1, 2, 3)],
    ]


def test_the_approved_may_withdraw() -> None:
    """Who does not sign stays, unpaid."""
    world: dict[str, Any] = {"bodies": OLD, "policies": mars(), "behaviour": behaving(signs=False)}
    assert events_of(person(7), **world) == [
        row("2010-06-30", PANEL, Kind.APPLIED, "mars", 7, 0, -1, 1_000_000),
        row("2010-06-30", PANEL, Kind.APPROVED, "mars", 7, 0),
        row("2010-06-30", PANEL, Kind.WITHDREW, "mars", 7, 0),
    ]


def test_nobody_applies_nothing_happens() -> None:
    """Where all say no, the panel has nothing to log."""
    assert events_of(person(7), bodies=OLD, policies=mars(), behaviour=behaving(applies=False)) == []


def test_without_a_years_service_nothing_is_offered() -> None:
    """Eleven months and a day short of the qualifying year; a fixed term counts for nothing either."""
    people = person(1, since="2009-10-02"), person(2, ends="2010-12-30")
    events = events_of(*people, bodies=OLD, policies=mars())
    assert events == [row("2010-12-30", OUT, Kind.DEPARTED, "contract-end", 2, 1)]


def test_retired_before_the_agreed_exit_and_so_not_paid() -> None:
    """Whoever retires between signing and the last day goes without severance, and the post stays.

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
    """A policy that on a date agrees with the first person to go on day `last`."""

    def agree(situation: Situation) -> list[Depart]:
        pence = {name: np.array([0]) for name in ("in_lieu", "strain")}
        paid = np.array([severance])
        return [Depart(rows=rows(0), last_day=np.array([last]), severance=paid, remove=np.array([False]), **pence)]

    return Own(dates=(when,), does=agree)


def test_dead_on_the_last_day_and_so_not_paid() -> None:
    """Death comes before agreed exits in the order of a day."""
    world: dict[str, Any] = {"policies": {"own": leaving("2010-04-01", 0, 500)}, "behaviour": behaving(other=CERTAIN)}
    assert events_of(person(7), **world) == [
        row("2010-04-01", PANEL, Kind.EXIT_AGREED, "own", 7, 0, 0, 500),
        row("2010-04-01", OUT, Kind.DEPARTED, "death-or-dismissal", 7, 0),
    ]


def test_who_has_agreed_to_go_does_not_resign() -> None:
    """Both resignation clocks, sure to run out today, stand still once the exit is agreed."""
    world: dict[str, Any] = {"policies": {"own": leaving("2010-04-01", 9, 500)}, "behaviour": behaving(resign=CERTAIN)}
    assert events_of(person(7), **world) == [
        row("2010-04-01", PANEL, Kind.EXIT_AGREED, "own", 7, 0, 9, 500),
        row("2010-04-10", OUT, Kind.DEPARTED, "own", 7, 0),
        row("2010-04-10", OUT, Kind.SEVERANCE, "own", 7, 0, -1, 500),
    ]


def test_an_exit_past_the_end_is_never_reached() -> None:
    """A last day after the scenario's is agreed, and that is all."""
    assert events_of(person(7), policies={"own": leaving("2010-04-01", 275, 500)}) == [
        row("2010-04-01", PANEL, Kind.EXIT_AGREED, "own", 7, 0, 275, 500)
    ]
