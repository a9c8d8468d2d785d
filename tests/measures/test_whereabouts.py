"""Where the opening staff were at the end, compared with plain counts."""

from __future__ import annotations

from collections import Counter

import pytest
from empty import empty_run
from hypothesis import given
from worlds import runs

from nhstransit.log import Kind
from nhstransit.measures.whereabouts import whereabouts
from tests.examples import examples
from tests.shared import hamlet_run


def plain(run):
    """The number of people by kind of employer at the start and state at the end, from the events."""
    last = {staff: rule for _, _, kind, rule, staff, *_ in run.log.tuples() if kind is Kind.DEPARTED}
    bodies = run.scenario.organisations
    found = Counter()
    for row, (post, end) in enumerate(zip(run.opening_post.tolist(), run.closing.post.tolist(), strict=True)):
        if post >= 0:
            start_employer = run.posts.employer[post]
            if end < 0:
                outcome = ("left", run.rules[last[int(run.people.staff[row])]])
            elif run.posts.employer[end] == start_employer:
                outcome = ("there", "")
            else:
                outcome = ("moved", bodies[run.posts.employer[end]].kind)
            found[(bodies[start_employer].kind, *outcome)] += 1
    return found


def counted(run):
    table = whereabouts(run)
    return {row[:3]: row[3] for row in table.itertuples(index=False, name=None)}


@examples(5, 50)
@given(runs())
def test_whereabouts_equal_a_plain_count(run):
    assert counted(run) == plain(run)


def test_the_whereabouts_of_the_hamlet_include_everyone():
    """All three hundred people are counted, in heads and in whole-time equivalents."""
    run = hamlet_run()
    assert counted(run) == plain(run)
    table = whereabouts(run)
    assert table["people"].sum() == 300
    assert table["wte"].sum() == pytest.approx(run.people.wte[run.opening_post >= 0].sum())


def test_a_run_without_people_has_no_whereabouts():
    assert not len(whereabouts(empty_run()))
