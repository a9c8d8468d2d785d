"""Rounds in which posts are filled, in words."""

from __future__ import annotations

import attrs
import pytest

from nhstransit.policies import Filling
from tests.policies.explained import one_trust, said
from tests.small import body, date, person, small_world

ROUND = Filling(announced=date("2010-05-01"), held=date("2010-07-01"), starts=date("2010-12-01"))


@pytest.mark.parametrize(
    ("reach", "words"),
    [
        (
            "successor",
            "It is a competitive slot-in: only staff of the employers that a post's employer succeeds may compete.",
        ),
        ("cluster", "It is a ring-fenced competition: only staff of the cluster may compete."),
        ("region", "It is an open competition in each region. People with a right to slot in come before all others."),
        ("anywhere", "It is an open competition for staff anywhere."),
    ],
)
def test_a_round_says_which_route_it_is(reach: str, words: str) -> None:
    """Each reach by its name, and whether rights count."""
    assert words in said(attrs.evolve(ROUND, reach=reach, rights_first=reach == "region"), one_trust())


def test_a_competition_by_grade_says_which_functions_are_kindred() -> None:
    """By name, and who comes first."""
    words = "Staff in commissioning and finance may take each other's posts, after staff of the post's own function."
    assert words in said(attrs.evolve(ROUND, kindred=("commissioning", "finance")), one_trust())


def test_a_matching_says_that_nobody_need_apply() -> None:
    """The route in other words, and that people are considered who do not decline."""
    text = said(attrs.evolve(ROUND, reach="successor", matching=True), one_trust())
    assert "would be matched with posts, unless they decline." in text
    assert (
        "It is a slot-in: posts are matched with staff of the employers that the post's employer succeeds, by band and "
        "duties." in text
    )
    assert "Everyone who does not decline is considered." in text and "compete" not in text


def test_a_round_counts_people_and_posts() -> None:
    """Two people, and the one post of their successor."""
    text = said(ROUND, one_trust())
    assert text.startswith("2 of the 2 people in primary care trusts and strategic health authorities may compete.")
    assert "1 post would be vacant in" in text
    assert text.endswith("Kinds of post (body, function and band) open to each person: 1.")


def test_a_round_with_nothing_within_reach_asks_nobody() -> None:
    """Candidates there are, and vacant posts, but none of a function or band that anybody could go for."""
    bodies = (body("Old", closes="2010-09-30"), body("New", "ccg", ("nursing", "7", 2)))
    day = date("2010-06-01")
    world = small_world(person(1), bodies=bodies)
    assert said(Filling(announced=day, held=day, starts=day), world) == "Nobody in post is asked."
