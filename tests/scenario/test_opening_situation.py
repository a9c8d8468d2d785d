"""The opening situation has the same columns as the engine on the first morning."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

import nhstransit as nt
from nhstransit.engine.world import World
from nhstransit.grammar import People, PostsNow
from nhstransit.law import Law
from nhstransit.scenario.opening import opening_situation


@pytest.fixture(scope="module")
def scenario():
    return nt.load_scenario("hamlet")


def test_the_columns_equal_those_of_the_engine(scenario):
    """Values and types of the columns of people and posts, and the opening pay bill."""
    posts, seats = scenario.opening
    world = World(scenario.calendar, scenario.roster, scenario.workforce, posts, seats, Law.bundled())
    seen = opening_situation(scenario)
    for kind, ours, theirs in ((People, seen.people, world.people), (PostsNow, seen.posts, world.posts_now)):
        for field in attrs.fields(kind):
            mine = getattr(ours, field.name)
            other = getattr(theirs, field.name)
            assert mine.dtype == other.dtype and np.array_equal(mine, other), field.name
    assert np.array_equal(seen.opening_bill, world.opening_bill)


def test_the_situation_is_read_only(scenario):
    """A policy cannot write to the columns."""
    seen = opening_situation(scenario)
    with pytest.raises(ValueError, match="read-only"):
        seen.people.risk[0] = 1.0
    with pytest.raises(ValueError, match="read-only"):
        seen.posts.funded[0] = False


def test_posts_open_on_later_days(scenario):
    """On a later day, posts that have opened by then are funded and vacant; people are as on the first day."""
    first = opening_situation(scenario)
    later = opening_situation(scenario, 800, "round", number=2)
    assert (later.day, later.stage, later.round) == (800, "round", 2)
    assert later.posts.funded.sum() - first.posts.funded.sum() == 108
    assert later.posts.vacant.sum() - first.posts.vacant.sum() == 108
    assert np.array_equal(later.people.post, first.people.post)
