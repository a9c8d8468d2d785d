"""Routes to a post, loans, courses, second thoughts and invitations read aloud, with counts that a plain count gives."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

import nhstransit as nt
from nhstransit.policies import Assignment, BestPeople, Development, Filling, SecondThoughts
from nhstransit.toml import Named
from tests.small import body, date, person, small_world


def aloud(policy: Any, name: str) -> str:
    """All that is said under the headings of one policy, in one line."""
    old = attrs.evolve(body("Old", closes="2010-12-15"), successors=("New",))
    home = [attrs.evolve(one, cluster="A") for one in (old, body("New", "ccg", ("finance", "6", 1)))]
    bodies = [*home, body("Care", "community-provider")]
    world = small_world(person(1), person(2), bodies=bodies, policies={name: policy})
    return " ".join(" ".join(one.sentences) for one in nt.explain(world).tellings if one.heading.startswith(name))


@pytest.mark.parametrize(
    ("reach", "words"),
    [
        ("successor", "It is a competitive slot-in: only staff of the bodies that a post's body succeeds may compete."),
        ("cluster", "It is a ring-fenced competition: only staff of the cluster may compete."),
        ("region", "It is an open competition in each region. Those with a right to slot in come before all others."),
        ("anywhere", "It is an open competition for staff anywhere."),
    ],
)
def test_a_round_says_which_route_it_is(reach: str, words: str) -> None:
    """Each reach by its name, and whether rights count."""
    days = {"announced": date("2010-05-01"), "held": date("2010-07-01"), "starts": date("2010-12-01")}
    told = aloud(Filling(**days, reach=reach, rights_first=reach == "region"), "slot-in")
    assert words in told


def test_a_loan_counts_who_might_go() -> None:
    """Both of the one employer, whose group has come."""
    told = aloud(Assignment(announced=date("2010-05-01"), waves=(date("2010-06-01"),)), "assignment")
    assert "2 people of the opening staff work for 1 employer with clinical commissioning groups of this wave" in told
    assert "willing to lend 15% of them on average, give or take 12 in a hundred" in told


def test_a_course_says_what_it_costs() -> None:
    """A place, a limit, and for how many it works."""
    course = Development(announced=date("2010-05-01"), courses=(date("2010-06-01"),), budget_pounds=9_000.0, works=0.4)
    told = aloud(course, "development")
    assert "A place costs £1,500, paid by the employer, up to £9,000 an employer." in told
    assert "After 6 months it has worked for 40% of those who took it." in told


def test_second_thoughts_say_how_long_is_long() -> None:
    """Months, and the share who lose heart."""
    policy = SecondThoughts(announced=date("2010-05-01"), until=date("2010-07-01"), kinds=("pct",), months=3)
    assert "Of movers with nothing to go to for 3 months, 30% lose heart." in aloud(policy, "second-thoughts")


def test_an_invitation_counts_places_and_people() -> None:
    """Two people for the one place."""
    places = Named({"community-provider": 1})
    policy = BestPeople(announced=date("2010-05-01"), invited=date("2010-06-01"), kinds=("pct",), places=places)
    told = aloud(policy, "best-people")
    assert "2 people of the opening staff are invited to 1 place in community providers." in told
    assert "Retraining takes 3 months and costs £2,500 a person." in told
