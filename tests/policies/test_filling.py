"""The explanation of a round in which posts are filled."""

from __future__ import annotations

import attrs
import pytest

from nhstransit.policies import Filling
from tests.policies.explained import explanation, one_trust
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
def test_the_explanation_states_the_route_into_the_posts(reach: str, words: str) -> None:
    """Each reach has its own sentence, which also states whether people with a right to slot in come first."""
    assert words in explanation(attrs.evolve(ROUND, reach=reach, rights_first=reach == "region"), one_trust())


def test_the_explanation_lists_kindred_functions() -> None:
    """It also states whose applications come first."""
    words = "Staff in commissioning and finance may take each other's posts, after staff of the post's own function."
    assert words in explanation(attrs.evolve(ROUND, kindred=("commissioning", "finance")), one_trust())


def test_the_explanation_of_a_matching_round_states_that_nobody_needs_to_apply() -> None:
    """Everyone who does not decline is considered."""
    text = explanation(attrs.evolve(ROUND, reach="successor", matching=True), one_trust())
    assert "would be matched with posts, unless they decline." in text
    assert (
        "It is a slot-in: posts are matched with staff of the employers that the post's employer succeeds, by band and "
        "duties." in text
    )
    assert "Everyone who does not decline is considered." in text and "compete" not in text


def test_the_explanation_counts_people_and_posts() -> None:
    """Two people may compete for the one post of the employer that succeeds theirs."""
    text = explanation(ROUND, one_trust())
    assert text.startswith("2 of the 2 people in primary care trusts and strategic health authorities may compete.")
    assert "1 post would be vacant in" in text
    assert text.endswith("Kinds of post (body, function and band) open to each person: 1.")


def test_a_round_without_suitable_posts_asks_nobody() -> None:
    """There are candidates and vacancies, but the vacancies are in another function and band."""
    bodies = (body("Old", closes="2010-09-30"), body("New", "ccg", ("nursing", "7", 2)))
    day = date("2010-06-01")
    world = small_world(person(1), bodies=bodies)
    assert explanation(Filling(announced=day, held=day, starts=day), world) == "Nobody in post is asked."
