"""Where the opening staff were at the end, against plain counts."""

from __future__ import annotations

from collections import Counter

import pytest
from empty import empty_run
from hypothesis import given
from worlds import runs

import nhstransit as nt
from nhstransit.log import Kind
from nhstransit.measures.whereabouts import whereabouts
from tests.examples import examples


def plain(run):
    """The same, one person at a time, from the log's tuples."""
    last = {staff: rule for _, _, kind, rule, staff, *_ in run.log.tuples() if kind is Kind.DEPARTED}
    bodies = run.scenario.organisations
    found = Counter()
    for row, (post, end) in enumerate(zip(run.opening_post.tolist(), run.closing.post.tolist(), strict=True)):
        if post >= 0:
            began = run.posts.employer[post]
            if end < 0:
                place = ("left", run.rules[last[int(run.people.staff[row])]])
            elif run.posts.employer[end] == began:
                place = ("there", "")
            else:
                place = ("moved", bodies[run.posts.employer[end]].kind)
            found[(bodies[began].kind, *place)] += 1
    return found


def counted(run):
    table = whereabouts(run)
    return {row[:3]: row[3] for row in table.itertuples(index=False, name=None)}


@examples(5, 50)
@given(runs())
def test_each_person_is_somewhere(run):
    """In any world the table is the plain count."""
    assert counted(run) == plain(run)


def test_the_hamlet():
    """All three hundred are counted, in people and whole-time equivalents."""
    run = nt.simulate(nt.load_scenario("hamlet"), seed=1)
    assert counted(run) == plain(run)
    table = whereabouts(run)
    assert table["people"].sum() == 300
    assert table["wte"].sum() == pytest.approx(run.people.wte[run.opening_post >= 0].sum())


def test_nobody_is_nowhere():
    """A run without people gives a table without rows."""
    assert not len(whereabouts(empty_run()))
