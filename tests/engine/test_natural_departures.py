"""Natural departures: base rates are mean rates, and departures of colleagues can raise the hazard."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest

from nhstransit.dates import epoch_day
from nhstransit.grammar import Depart, Situation
from nhstransit.log import Kind
from nhstransit.toml import Named
from tests.behaviour.crowd import count_leavers, crowd, hazards, played
from tests.small import Own, behaving, body, events_of, person, row, rows

COUNT = 20_000
MONTH = dt.date(2010, 4, 30)


def test_the_base_rate_is_the_mean_rate_of_the_opening_staff() -> None:
    """With mixed ages and service, the first month's departures match 12% a year within four standard errors."""
    rng = np.random.default_rng(5)
    born = epoch_day(dt.date(1970, 1, 1)) + rng.integers(-7_000, 7_000, COUNT)
    since = epoch_day(dt.date(2010, 3, 1)) - rng.integers(0, 1_500, COUNT)
    model = hazards(age_slope=-0.07, service_floor=0.6, service_drop=1.2)
    left, _ = count_leavers(played(crowd(count=COUNT, end=MONTH, born=born, service_from=since), departures=model))
    expected = COUNT * 0.12 * 30 / 365.25
    assert left == pytest.approx(expected, abs=4 * math.sqrt(expected))


def test_a_functions_own_rate_replaces_the_general_rate() -> None:
    """The general rate is zero here, and people in finance leave at their own rate."""
    model = hazards(resign=0.0, by_function=Named({"finance": 0.6}))
    left, _ = count_leavers(played(crowd(count=COUNT, end=MONTH), departures=model))
    expected = -COUNT * math.expm1(-0.6 * 30 / 365.25)
    assert left == pytest.approx(expected, abs=4 * math.sqrt(expected))


def _first_person_leaves(situation: Situation) -> list[Depart]:
    """The first person leaves on 20 April without payment."""
    pence = {name: np.array([0]) for name in ("severance", "in_lieu", "strain")}
    return [Depart(rows=rows(0), last_day=np.array([19]), remove=np.array([False]), **pence)]


def test_contagion_reaches_colleagues_in_the_next_month_and_nobody_else() -> None:
    """One of two people leaves in April. With a hazard of 12 × 0.99 a year, the other leaves in May.

    Nobody leaves the other employer, because nobody had left it before.
    """
    people = person(1), person(2), person(3, "Other")
    hazards_ = behaving(contagion=0.99, within_nhs=0.0)
    events = events_of(
        *people,
        bodies=[body("Old"), body("Other")],
        policies={"own": Own(dates=("2010-04-01",), does=_first_person_leaves)},
        behaviour=hazards_,
        end=dt.date(2010, 5, 31),
        seed=3,
    )
    left = [(event[4], event[0]) for event in events if event[2] == Kind.DEPARTED]
    assert left[0] == (1, 19) and [staff for staff, _ in left] == [1, 2] and 30 <= left[1][1] <= 60


def test_contagion_is_off_by_default() -> None:
    """By default, nobody follows a colleague who leaves."""
    events = events_of(
        person(1),
        person(2),
        policies={"own": Own(dates=("2010-04-01",), does=_first_person_leaves)},
        behaviour=behaving(),
    )
    assert events[-1] == row("2010-04-20", 5, Kind.DEPARTED, "own", 1, 0)
