"""Effects can refer to posts that an earlier effect of the same answer opens."""

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
    """Posts like those of the people in these tests."""
    return OpenPosts(employer=np.zeros(count, int), function=np.zeros(count, int), band=np.full(count, SIXTH))


def test_people_are_appointed_to_posts_opened_in_the_same_answer() -> None:
    """Two effects open posts. Each person gets the right post although the later posts are filled first."""
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


def test_the_position_of_a_new_post_can_be_given_as_a_number() -> None:
    """A known position has the same result as a reference to the effect that opens the post."""
    made = opening(1)
    referred = (made, Appoint(rows=rows(0), posts=made.posts, start=on("2010-05-03")))
    numbered = (opening(1), Appoint(rows=rows(0), posts=np.array([1]), start=on("2010-05-03")))
    assert events_of(person(1), policies={"own": once("2010-05-03", *referred)}) == events_of(
        person(1), policies={"own": once("2010-05-03", *numbered)}
    )


def test_every_effect_on_posts_accepts_posts_opened_in_the_same_answer() -> None:
    """An interim covers one new post, and another new post is removed again."""
    made = opening(1)
    removed = opening(1)
    day = np.array([on("2010-05-03")])
    effects = (
        made,
        removed,
        Engage(posts=made.posts, who=np.array([-1]), until=day, pence=np.array([100])),
        RemovePosts(posts=removed.posts, pence=np.array([0])),
    )
    assert events_of(person(1), policies={"own": once("2010-05-03", *effects)})[:4] == [
        row("2010-05-03", DESK, Kind.OPENED, "own", -1, -1, 1, SIXTH_A_YEAR),
        row("2010-05-03", DESK, Kind.OPENED, "own", -1, -1, 2, SIXTH_A_YEAR),
        row("2010-05-03", DESK, Kind.INTERIM, "own", -1, -1, 1, 100),
        row("2010-05-03", DESK, Kind.REMOVED, "own", -1, 2, -1, 0),
    ]


@pytest.mark.parametrize("order", ["never", "too late"])
def test_posts_that_are_not_yet_open_are_refused(order: str) -> None:
    """The effect that opens them is missing from the answer, or comes later in it."""
    made = opening(1)
    there = Appoint(rows=rows(0), posts=made.posts, start=on("2010-05-03"))
    effects = (there,) if order == "never" else (there, made)
    wrong = (
        r"policies\.own: appoints to posts that are not yet open; put OpenPosts for them before it in the same answer"
    )
    with pytest.raises(PolicyError, match=wrong):
        events_of(person(1), policies={"own": once("2010-05-03", *effects)})


def test_two_people_cannot_be_appointed_to_one_new_post() -> None:
    """References to new posts are checked like numbers of posts."""
    made = opening(1)
    both = Appoint(rows=rows(0, 1), posts=made.posts[np.array([0, 0])], start=on("2010-05-03"))
    with pytest.raises(PolicyError, match="fills one post twice"):
        events_of(person(1), person(2), policies={"own": once("2010-05-03", made, both)})
