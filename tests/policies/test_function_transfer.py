"""Transfers of functions: people and posts move to another employer, and no post exists twice."""

from __future__ import annotations

import attrs
import pytest

from nhstransit.errors import ScenarioError
from nhstransit.log import Kind
from nhstransit.policies import TransferFunctions
from nhstransit.policies.cost_reduction import CostReduction, Step
from tests.small import START, behaving, body, date, person, played

TWO = (body("Old"), body("New", "community-provider"))


def transfer(**fields: object) -> TransferFunctions:
    """A transfer of the old trust's work to providers in its region on 1 July."""
    usual = {"announced": START, "held": date("2010-06-30"), "starts": date("2010-07-01"), "kinds": ("pct",)}
    return TransferFunctions(**{**usual, "receivers": ("community-provider",), **fields})


def test_people_move_with_their_posts_and_the_old_posts_are_removed_without_a_saving() -> None:
    """Two people move. Two new posts open at no cost, and the two old posts are removed with no saving."""
    log = played(person(1), person(2), bodies=TWO, policies={"functions": transfer()}).log
    assert log.of(Kind.MOVED).staff.tolist() == [1, 2]
    assert log.of(Kind.OPENED).pence.tolist() == [0, 0]
    removed = log.of(Kind.REMOVED)
    assert removed.first.tolist() == [0, 1] and removed.pence.tolist() == [0, 0]


def test_a_larger_share_moves_the_same_people_and_others() -> None:
    """For shares of 0%, 10%, 40% and 100% of forty people, each set of people contains the set before."""
    people = [person(staff) for staff in range(1, 41)]
    moved = []
    for share in (0.0, 0.1, 0.4, 1.0):
        run = played(*people, bodies=TWO, policies={"functions": transfer(share=share)})
        moved.append(set(run.log.of(Kind.MOVED).staff.tolist()))
    assert moved[0] < moved[1] < moved[2] < moved[3] and len(moved[3]) == 40


def test_only_the_listed_functions_move() -> None:
    """The policy lists nursing: a nurse moves and a finance officer stays."""
    people = (person(1), person(2, function="nursing"))
    log = played(*people, bodies=TWO, policies={"functions": transfer(functions=("nursing",))}).log
    assert log.of(Kind.MOVED).staff.tolist() == [2]


def test_a_person_under_notice_does_not_move() -> None:
    """A person with notice from a cut in June does not move in July, and no post opens for them."""
    cut = CostReduction(announced=START, path=(Step(by=date("2010-06-01"), cut=1.0),), consultation_days=0)
    policies = {"cost-reduction": cut, "functions": transfer()}
    log = played(person(1), bodies=TWO, policies=policies, behaviour=behaving(applies=False)).log
    assert len(log.of(Kind.MOVED)) == 0 and len(log.of(Kind.OPENED)) == 0
    assert log.of(Kind.DEPARTED).staff.tolist() == [1]


def test_without_a_receiving_employer_nobody_moves() -> None:
    """The only provider opens too late, or is in another region."""
    for other in (
        body("New", "community-provider", opens="2010-08-01"),
        body("New", "community-provider", region="Hill"),
    ):
        log = played(person(1), bodies=(body("Old"), other), policies={"functions": transfer()}).log
        assert len(log.of(Kind.OPENED, Kind.MOVED)) == 0


def test_the_default_receiver_is_the_successor() -> None:
    """A trust that closes transfers its staff and its vacant posts to its successor."""
    old = attrs.evolve(body("Old", "pct", ("finance", "6", 2), closes="2010-06-30"), successors=("New",))
    policies = {"functions": transfer(receivers=())}
    run = played(person(1), bodies=(old, body("New")), policies=policies)
    assert run.log.of(Kind.MOVED).staff.tolist() == [1] and len(run.log.of(Kind.OPENED)) == 2
    assert [run.scenario.organisations[index].name for index in run.posts.employer[run.closing.post]] == ["New"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"successor": "New"}, "give one of the two"),
        ({"starts": date("2010-06-30")}, "give a later day"),
    ],
)
def test_contradictory_fields_are_refused(fields: dict[str, object], words: str) -> None:
    """A policy may not give both a successor and receivers, nor start on the day on which it is held."""
    with pytest.raises(ScenarioError, match=words):
        transfer(**fields)


def test_an_unknown_successor_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(ScenarioError, match="New"):
        played(person(1), bodies=TWO, policies={"functions": transfer(receivers=(), successor="Nwe")})
