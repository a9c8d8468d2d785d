"""Departure clocks compared with closed forms: many people, one hazard at a time, and no policies."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhstransit.behaviour import Behaviour
from nhstransit.engine.simulate import simulate
from nhstransit.grammar import Appoint, Depart, Hire, Situation, Turn
from nhstransit.log import CAUSES, Kind, Log, rule_code
from nhstransit.streams import Luck
from tests.examples import examples, some
from tests.small import Own, behaving, body, newcomers, once, person, rows, small_world, workforce

CROWD = 20_000
LAST = dt.date(2014, 3, 31)
DAYS = (LAST - dt.date(2010, 4, 1)).days + 1
KS = 1.63  # times 1/√n: exceeded by chance for one seed in a hundred
LEVEL = {"age_slope": 0.0, "service_drop": 0.0}  # hazards do not depend on age or service


def crowd(behaviour: Behaviour, *, seed: int = 11, born: str = "1970-04-01") -> Log:
    """The departures, over four years, of 20,000 people who differ in their identity only."""
    one = workforce([person(0, born=born)], ["Old"])
    columns = {name: np.repeat(column, CROWD) for name, column in one.columns().items()}
    columns["staff"] = np.arange(CROWD)
    scenario = small_world(person(0), behaviour=behaviour, end=LAST)
    return simulate(scenario.having("staff", one.having(**columns)), seed=seed).log.of(Kind.DEPARTED)


def share_left_by(log: Log) -> np.ndarray:
    """Share of the people who have left by the end of each day, (days,)."""
    return np.cumsum(np.bincount(log.day, minlength=DAYS)) / CROWD


def hazard_by(rates: list[tuple[str, float]]) -> np.ndarray:
    """Integrated hazard by the end of each day, (days,), from pairs of a first day and a yearly rate."""
    starts = [(dt.date.fromisoformat(text) - dt.date(2010, 4, 1)).days for text, _ in rates]
    daily = np.zeros(DAYS)
    for (_, rate), start in zip(rates, starts, strict=True):
        daily[start:] = rate / 365.25
    return np.cumsum(daily)


def distance(log: Log, integrated: np.ndarray) -> float:
    """The Kolmogorov–Smirnov distance of departures from a closed form, times the square root of the number of people."""
    return float(np.abs(share_left_by(log) - -np.expm1(-integrated)).max() * np.sqrt(CROWD))


@pytest.mark.parametrize("cause", some(range(4), (0, 2)))
def test_a_constant_hazard_is_exponential(cause: int) -> None:
    """Under 30% a year from one cause the departures of four years follow 1 − exp(−0.3 t)."""
    share = {"within_nhs": 1.0 if cause == 2 else 0.0}
    hazards: dict[int, Any] = {0: {"other": 0.3}, 1: {"retire_56_to_59": 0.3, "retire_at_60": 0.3}}
    chosen = hazards.get(cause, {"resign": 0.3, **share})
    log = crowd(behaving(**chosen, **LEVEL), born="1953-05-01")
    assert set(log.rule.tolist()) == {rule_code(CAUSES[cause])}
    assert distance(log, hazard_by([("2010-04-01", 0.3)])) < KS


def test_the_distance_detects_a_wrong_rate() -> None:
    """A rate of 0.30 a year is not accepted as 0.33."""
    log = crowd(behaving(other=0.3))
    assert distance(log, hazard_by([("2010-04-01", 0.33)])) > 2 * KS


def test_a_hazard_that_changes_with_age() -> None:
    """People who are 60 on 15 June 2010 retire at 5% a year until 1 July, then at 90% for a year, then at 14%."""
    behaviour = behaving(retire_56_to_59=0.05, retire_at_60=0.9, retire_61_to_64=0.14)
    steps = [("2010-04-01", 0.05), ("2010-07-01", 0.9), ("2011-07-01", 0.14)]
    assert distance(crowd(behaviour, born="1950-06-15"), hazard_by(steps)) < KS


def test_a_hazard_that_grows_with_each_complete_year_of_age() -> None:
    """Resignation at 20% a year at age 40, with a log hazard that rises by 0.4 each birthday: a stepped Gompertz hazard."""
    behaviour = behaving(resign=0.2, age_slope=0.4, service_drop=0.0, within_nhs=0.0)
    steps = [(f"{2010 + year}-04-01", 0.2 * np.exp(0.4 * year)) for year in range(4)]
    assert distance(crowd(behaviour), hazard_by(steps)) < KS


def test_competing_causes_share_departures_in_proportion_to_their_hazards() -> None:
    """Each cause has the share λc/Σλ of departures, within four standard errors. All departures are exponential."""
    behaviour = behaving(resign=0.4, within_nhs=0.25, other=0.2, retire_56_to_59=0.1, retire_at_60=0.1, **LEVEL)
    log = crowd(behaviour, born="1953-05-01")
    assert distance(log, hazard_by([("2010-04-01", 0.7)])) < KS
    for cause, rate in zip(CAUSES, (0.2, 0.1, 0.1, 0.3), strict=True):
        share = rate / 0.7
        left = int((log.rule == rule_code(cause)).sum())
        assert abs(left - share * len(log)) < 4 * np.sqrt(len(log) * share * (1 - share))


def test_causes_are_independent() -> None:
    """People who die on a day die on the same day if nobody resigns.

    More people die, because none has resigned first.
    """
    both = crowd(behaving(resign=0.3, other=0.1, **LEVEL))
    alone = crowd(behaving(other=0.1, **LEVEL))
    dead = both.take(both.rule == rule_code("death-or-dismissal"))
    day = np.full(CROWD, -1)
    day[alone.staff] = alone.day
    assert (day[dead.staff] == dead.day).all() and 0 < len(dead) < len(alone)


def ends(scenario: Any) -> dict[int, tuple[int, int]]:
    """The day and the rule of each person's departure."""
    left = simulate(scenario, seed=7).log.of(Kind.DEPARTED)
    return {int(staff): (int(day), int(rule)) for staff, day, rule in zip(left.staff, left.day, left.rule, strict=True)}


TEAM = [person(staff, born=f"{1945 + staff}-03-03", skill=0.1 * (staff % 7)) for staff in range(24)]
BUSY = behaving(resign=0.9, other=0.2, retire_at_60=1.0, retire_61_to_64=0.7, retire_from_66=0.4)


@examples(5, 200)
@given(st.lists(st.tuples(st.integers(0, 270), st.sets(st.integers(0, 23))), max_size=8))
def test_reading_rates_more_often_changes_no_departure(cuts: list[tuple[int, set[int]]]) -> None:
    """Rates may be read again on any days, for any people."""

    def again(situation: Situation) -> list[Turn]:
        here = {index for day, indices in cuts if day == situation.day for index in indices}
        return [Turn(rows=rows(*(index for index in sorted(here) if situation.people.in_post[index])))]

    dates = tuple(str(dt.date(2010, 4, 1) + dt.timedelta(days=day)) for day in sorted({day for day, _ in cuts}))
    policies = {"cut": Own(dates=dates, does=again)} if cuts else {}
    cut = small_world(*TEAM, behaviour=BUSY, policies=policies)
    assert ends(cut) == ends(small_world(*TEAM, behaviour=BUSY))


@examples(6, 200)
@given(st.floats(0, 8), st.floats(0, 8), st.sampled_from(["resign", "other", "retire_61_to_64"]))
def test_a_higher_hazard_makes_departures_earlier(first: float, second: float, name: str) -> None:
    """Everyone who leaves under the lower hazard leaves under the higher one, and no later."""
    low, high = sorted((first, second))
    usual = {"resign": 0.3, "other": 0.1, **LEVEL}
    late = ends(small_world(*TEAM, behaviour=behaving(**{**usual, name: low})))
    early = ends(small_world(*TEAM, behaviour=behaving(**{**usual, name: high})))
    assert all(early[staff][0] <= day for staff, (day, _) in late.items())


def all_exits_agreed(when: str, last: int, voidable: bool = False) -> Own:
    """A policy that agrees everyone's exit on a date, with the last day `last`."""

    def agree(situation: Situation) -> list[Depart]:
        here = np.flatnonzero(situation.people.in_post)
        nothing = np.zeros(len(here), "int64")
        sums = {"severance": nothing, "in_lieu": nothing, "strain": nothing, "remove": nothing > 0}
        return [Depart(rows=here, last_day=np.full(len(here), last), voidable=voidable, **sums)]

    return Own(dates=(when,), does=agree)


def test_nobody_resigns_after_agreeing_an_exit_but_people_may_die() -> None:
    """People who die after the agreement die on the same day as without it."""
    people = [person(staff) for staff in range(400)]
    behaviour = behaving(resign=0.8, other=0.3, **LEVEL)
    agreed = ends(small_world(*people, behaviour=behaviour, policies={"mars": all_exits_agreed("2010-06-01", 200)}))
    free = ends(small_world(*people, behaviour=behaviour))
    dying = ends(small_world(*people, behaviour=behaving(other=0.3)))
    death = rule_code("death-or-dismissal")
    mars = rule_code("mars")
    for staff, (day, rule) in agreed.items():
        if day < 61:
            assert free[staff] == (day, rule)
        else:
            assert rule in (death, mars) and (rule == mars or dying[staff] == (day, death))
    assert {rule for day, rule in agreed.values() if day >= 61} == {death, mars}


def test_the_resignation_clock_pauses_under_notice() -> None:
    """People under notice from day 61 to day 161, who then get a post, resign a hundred days later."""
    people = [person(staff) for staff in range(60)]
    bodies = [body("Old"), body("New", "ccg", ("finance", "6", 60))]

    def appoint(situation: Situation) -> list[Appoint]:
        here = np.flatnonzero(situation.people.in_post)
        return [Appoint(rows=here, posts=np.flatnonzero(situation.posts.vacant)[-len(here) :], start=0)]

    policies = {
        "redundancy": all_exits_agreed("2010-06-01", 270, voidable=True),
        "found": Own(dates=("2010-09-09",), does=appoint),
    }
    behaviour = behaving(resign=1.5, within_nhs=0.0, **LEVEL)
    paused = ends(small_world(*people, bodies=bodies, behaviour=behaviour, policies=policies, end=LAST))
    free = ends(small_world(*people, bodies=bodies, behaviour=behaviour, end=LAST))
    assert paused == {staff: (day + 100 * (day >= 61), rule) for staff, (day, rule) in free.items()}
    assert len({day >= 61 for day, _ in free.values()}) == 2


def test_a_clock_continues_in_a_new_post() -> None:
    """A transfer at the same rate does not change the day of any departure."""
    people = [person(staff) for staff in range(50)]
    bodies = [body("Old"), body("New", "ccg", ("finance", "6", 50))]
    move = Appoint(rows=rows(*range(50)), posts=np.arange(50, 100), start=1)
    behaviour = behaving(resign=1.0, other=0.4, **LEVEL)
    moved = ends(small_world(*people, bodies=bodies, behaviour=behaviour, policies={"own": once("2010-04-01", move)}))
    assert moved == ends(small_world(*people, bodies=bodies, behaviour=behaviour))


def test_newcomers_have_their_own_clocks() -> None:
    """A newcomer's clock starts on the day after arrival, with a draw for the newcomer's own key."""
    keys = np.arange(1_000, 1_040)
    hire = Hire(posts=np.arange(40), newcomers=newcomers(*keys.tolist()), start=30)
    world = small_world(
        bodies=[body("Old", "pct", ("finance", "6", 40))],
        behaviour=behaving(other=2.0),
        policies={"own": once("2010-04-02", hire)},
    )
    expected = 30 + np.ceil(Luck(7).exponential("clock death-or-dismissal", 0, keys) * 365.25 / 2.0).astype(int)
    left = ends(world)
    assert left == {staff: (day, 1) for staff, day in enumerate(expected.tolist()) if day <= 274}
    assert 10 < len(left) < 40
