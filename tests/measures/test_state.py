"""What stood on any day can be rebuilt from the log alone."""

from __future__ import annotations

import datetime as dt

import attrs
import numpy as np
import pytest

import nhstransit as nt
from benchmarks.worlds import world
from nhstransit.grammar import NOTHING, Effects, Occasion
from nhstransit.log import Phase
from nhstransit.measures import state_on

SEEN: list[tuple[int, dict[str, np.ndarray]]] = []


@attrs.frozen(kw_only=True)
class Onlooker:
    """A policy that does nothing but keep what it sees early on some days, when the day before is just over."""

    announced: dt.date
    every: int = 97

    question = None
    signed = False

    def days(self, calendar, bodies):
        """Every so many days but the first of a month, on which the calendar has acted before."""
        days = set(range(1, calendar.days, self.every)) - set(calendar.month_starts.tolist())
        return [Occasion(day, "look", phase=Phase.OPENINGS) for day in sorted(days)]

    def propose(self, situation):
        """Keeps copies; proposes to nobody."""
        people = situation.people
        posts = situation.posts
        names = ("post", "employer", "function", "band", "point", "pay_pence", "disposition", "risk_class")
        seen = {name: getattr(people, name).copy() for name in names}
        seen |= {name: getattr(posts, name).copy() for name in ("funded", "holder")}
        SEEN.append((situation.day - 1, seen))

    def select(self, situation, proposals, answers, chances) -> Effects:
        """Never asked."""
        return NOTHING


@pytest.fixture(scope="module")
def watched():
    """A run, and the world as an onlooker in the engine saw it on many days."""
    SEEN.clear()
    scenario = world(700, seed=5)
    scenario = attrs.evolve(scenario, policies=scenario.policies.having("onlooker", Onlooker(announced=scenario.start)))
    return nt.simulate(scenario, seed=9), list(SEEN)


@pytest.mark.parametrize("name", ["post", "point", "pay_pence", "disposition", "risk_class", "funded", "holder"])
def test_the_log_gives_each_column_as_the_world_had_it(watched, name):
    """Post, point, pay, disposition, risk class and the posts' own columns are those the engine held, on every day."""
    run, seen = watched
    for day, columns in seen:
        state = getattr(state_on(run, day), name)
        there = len(columns[name])
        assert np.array_equal(state[:there], columns[name]), (name, day)


@pytest.mark.parametrize("name", ["employer", "function", "band"])
def test_where_people_work_follows_from_their_posts(watched, name):
    """Employer, function and band of those in post are those the engine held, on every day."""
    run, seen = watched
    for day, columns in seen:
        state = state_on(run, day)
        there = len(columns["post"])
        held = columns["post"] >= 0
        assert np.array_equal(getattr(state, name)[:there][held], columns[name][held]), (name, day)


def test_newcomers_are_not_there_before_they_come(watched):
    """Whoever comes later is out of post on every day before."""
    run, seen = watched
    for day, columns in seen:
        late = state_on(run, day).post[len(columns["post"]) :]
        assert (late == -1).all(), day


def test_a_day_outside_the_scenario_is_refused(watched):
    """A date before the start or after the end is an error that says which dates there are."""
    run, _ = watched
    with pytest.raises(nt.NhstransitError, match="give one from 2010-04-01 to 2014-03-31"):
        state_on(run, dt.date(2009, 1, 1))
    with pytest.raises(nt.NhstransitError, match="outside the scenario"):
        state_on(run, run.scenario.calendar.days)
