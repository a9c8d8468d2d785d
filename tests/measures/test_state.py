"""The state of people and posts on any day can be rebuilt from the log alone."""

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
    """A policy that only records the situation early on some days, which is the state at the end of the day before."""

    announced: dt.date
    every: int = 97

    question = None
    signed = False

    def days(self, calendar, bodies):
        """Every `every` days, except the first of a month, when the calendar acts first."""
        days = set(range(1, calendar.days, self.every)) - set(calendar.month_starts.tolist())
        return [Occasion(day, "look", phase=Phase.OPENINGS) for day in sorted(days)]

    def propose(self, situation):
        """Record copies of columns, and make no proposal."""
        people = situation.people
        posts = situation.posts
        names = ("post", "employer", "function", "band", "point", "pay_pence", "disposition", "risk_class")
        seen = {name: getattr(people, name).copy() for name in names}
        seen |= {name: getattr(posts, name).copy() for name in ("funded", "holder")}
        SEEN.append((situation.day - 1, seen))

    def select(self, situation, proposals, answers, chances) -> Effects:
        """Never called, because there is no proposal."""
        return NOTHING


@pytest.fixture(scope="module")
def watched():
    """A run, and the states that the onlooker recorded on many days."""
    SEEN.clear()
    scenario = world(700, seed=5)
    scenario = attrs.evolve(scenario, policies=scenario.policies.having("onlooker", Onlooker(announced=scenario.start)))
    return nt.simulate(scenario, seed=9), list(SEEN)


@pytest.mark.parametrize("name", ["post", "point", "pay_pence", "disposition", "risk_class", "funded", "holder"])
def test_each_column_rebuilt_from_the_log_equals_the_recorded_column(watched, name):
    """The columns are equal on every recorded day."""
    run, seen = watched
    for day, columns in seen:
        state = getattr(state_on(run, day), name)
        there = len(columns[name])
        assert np.array_equal(state[:there], columns[name]), (name, day)


@pytest.mark.parametrize("name", ["employer", "function", "band"])
def test_employer_function_and_band_follow_from_the_post(watched, name):
    """They equal the recorded columns for people in post on every recorded day."""
    run, seen = watched
    for day, columns in seen:
        state = state_on(run, day)
        there = len(columns["post"])
        held = columns["post"] >= 0
        assert np.array_equal(getattr(state, name)[:there][held], columns[name][held]), (name, day)


def test_newcomers_are_out_of_post_before_they_arrive(watched):
    run, seen = watched
    for day, columns in seen:
        late = state_on(run, day).post[len(columns["post"]) :]
        assert (late == -1).all(), day


def test_a_day_outside_the_scenario_is_refused(watched):
    """The message states the first and the last date."""
    run, _ = watched
    with pytest.raises(nt.NhstransitError, match="give one from 2010-04-01 to 2014-03-31"):
        state_on(run, dt.date(2009, 1, 1))
    with pytest.raises(nt.NhstransitError, match="outside the scenario"):
        state_on(run, run.scenario.calendar.days)
