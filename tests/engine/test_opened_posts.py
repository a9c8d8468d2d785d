"""Effects name the posts that an earlier effect of the same answer opens, whatever positions these will have."""

from __future__ import annotations

import numpy as np
import pytest

from nhstransit.errors import PolicyError
from nhstransit.grammar import Appoint, Engage, OpenPosts, RemovePosts
from nhstransit.log import Kind, Phase
from tests.small import SIXTH_A_YEAR, events_of, on, once, person, row, rows

DESK = Phase.WINDOWS
SEATS = Phase.APPOINTMENTS
SIXTH = 5  # the code of band 6


def opening(count: int) -> OpenPosts:
    """Posts like the one that everybody here holds."""
    return OpenPosts(employer=np.zeros(count, int), function=np.zeros(count, int), band=np.full(count, SIXTH))


def test_people_are_appointed_to_posts_opened_in_the_same_answer() -> None:
    """Two posts open in two effects; the posts of the second are named first, and each person gets the right one."""
    first = opening(1)
    second = opening(2)
    effects = (
        first,
        second,
        Appoint(rows=rows(0), posts=second.posts[np.array([False, True])], start=on("2010-05-03")),
        Appoint(rows=rows(1), posts=first.posts, start=on("2010-05-03")),
    )
    moved = [
        each
        for each in events_of(person(1), person(2), policies={"own": once("2010-05-03", *effects)})
        if each[1] == SEATS
    ]
    assert moved == [
        row("2010-05-03", SEATS, Kind.MOVED, "own", 1, 0, 4),
        row("2010-05-03", SEATS, Kind.MOVED, "own", 2, 1, 2),
    ]


def test_the_positions_may_be_guessed_as_before() -> None:
    """An answer that gives positions itself does the same as one that names the effect."""
    made = opening(1)
    named = (made, Appoint(rows=rows(0), posts=made.posts, start=on("2010-05-03")))
    guessed = (opening(1), Appoint(rows=rows(0), posts=np.array([1]), start=on("2010-05-03")))
    assert events_of(person(1), policies={"own": once("2010-05-03", *named)}) == events_of(
        person(1), policies={"own": once("2010-05-03", *guessed)}
    )


def test_every_effect_that_names_posts_takes_them() -> None:
    """A post opened in an answer is covered by an interim; another is opened and removed again."""
    made = opening(1)
    gone = opening(1)
    day = np.array([on("2010-05-03")])
    effects = (
        made,
        gone,
        Engage(posts=made.posts, who=np.array([-1]), until=day, pence=np.array([100])),
        RemovePosts(posts=gone.posts, pence=np.array([0])),
    )
    assert events_of(person(1), policies={"own": once("2010-05-03", *effects)})[:4] == [
        row("2010-05-03", DESK, Kind.OPENED, "own", -1, -1, 1, SIXTH_A_YEAR),
        row("2010-05-03", DESK, Kind.OPENED, "own", -1, -1, 2, SIXTH_A_YEAR),
        row("2010-05-03", DESK, Kind.INTERIM, "own", -1, -1, 1, 100),
        row("2010-05-03", DESK, Kind.REMOVED, "own", -1, 2, -1, 0),
    ]


@pytest.mark.parametrize("order", ["never", "too late"])
def test_posts_that_nothing_has_opened_are_refused(order: str) -> None:
    """An effect that names the posts of one that is not in the answer, or comes after it, is refused in a sentence."""
    made = opening(1)
    there = Appoint(rows=rows(0), posts=made.posts, start=on("2010-05-03"))
    effects = (there,) if order == "never" else (there, made)
    wrong = (
        r"policies\.own: appoints to posts that are not yet open; put OpenPosts for them before it in the same answer"
    )
    with pytest.raises(PolicyError, match=wrong):
        events_of(person(1), policies={"own": once("2010-05-03", *effects)})


def test_one_post_opened_is_not_given_to_two() -> None:
    """What is named is checked like any positions."""
    made = opening(1)
    both = Appoint(rows=rows(0, 1), posts=made.posts[np.array([0, 0])], start=on("2010-05-03"))
    with pytest.raises(PolicyError, match="fills one post twice"):
        events_of(person(1), person(2), policies={"own": once("2010-05-03", made, both)})
