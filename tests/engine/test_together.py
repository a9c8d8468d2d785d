"""Replications that are played side by side are the runs of their seeds, byte for byte, and never meet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given, seed, settings
from made_rare import asked, bought_out, lodged, short_of_money, taxed, with_prospects

from nhstransit.behaviour import Behaviour, PostChoice
from nhstransit.engine import together
from nhstransit.engine.simulate import simulate
from nhstransit.engine.together import most_together, simulate_together, why_apart
from nhstransit.errors import InputError
from nhstransit.grammar import BasePolicy, Situation
from nhstransit.run import Run
from nhstransit.run.store import described
from nhstransit.scenario import Scenario, load_scenario
from nhstransit.streams import REPLICATED, Luck, Lucks, combined, replicated
from tests.examples import THOROUGH
from tests.kept_worlds import kept
from tests.made_schemes import scheme_world
from tests.small import behaving, person, small_world
from tests.worlds import fresh_worlds, seeds

SEEDS = (7, 0, 2**63 - 1, 7)  # one of them twice: two replications of one seed are two equal runs


@attrs.frozen(kw_only=True)
class Own(BasePolicy):
    """A policy of the user's own, of which the engine cannot tell what it looks at."""


@attrs.frozen(kw_only=True)
class OwnChoice(PostChoice):
    """A choice of the user's own."""


def differing(scenario: Scenario, luck: Sequence[int]) -> list[int]:
    """The seeds whose run differs, in a single byte of what is kept of a run, from the one played with the others."""
    runs = simulate_together(scenario, seeds=luck)
    assert [run.seed for run in runs] == list(luck)
    return [run.seed for run in runs if described(run) != described(simulate(scenario, seed=run.seed))]


@pytest.fixture(scope="module")
def hamlet() -> Scenario:
    """Three hundred people over two years; in the long proofs over all four."""
    whole = load_scenario("hamlet")
    return whole if THOROUGH else whole.having("end", dt.date(2012, 3, 31))


@pytest.fixture(scope="module")
def apart(hamlet: Scenario) -> dict[int, str]:
    """What is kept of the hamlet's run of each seed, played by itself: with the digest of every part of it."""
    return {luck: described(simulate(hamlet, seed=luck)) for luck in set(SEEDS)}


def _as_apart(runs: Sequence[Run], apart: dict[int, str]) -> list[bool]:
    return [described(run) == apart[run.seed] for run in runs]


def test_the_hamlet_side_by_side_is_the_hamlet_apart(hamlet: Scenario, apart: dict[int, str]) -> None:
    """Log, people, posts, opening, closing and sums of each replication are those of its seed's run."""
    assert all(_as_apart(simulate_together(hamlet, seeds=SEEDS), apart))


def test_few_at_a_time_are_the_same_as_many(
    hamlet: Scenario, apart: dict[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where only three fit side by side, the fourth is played by itself, and all are as before."""
    monkeypatch.setattr(together, "_SIDE_BY_SIDE", 3 * len(hamlet.workforce))
    assert most_together(hamlet) == 3
    assert all(_as_apart(simulate_together(hamlet, seeds=SEEDS), apart))


@pytest.mark.thorough
@pytest.mark.parametrize("crowded", [False, True])
def test_made_worlds_side_by_side_are_those_apart(crowded: bool) -> None:
    """On worlds with every policy there is, with a body that winds up and people who come and go."""
    for number, scenario in enumerate(kept(crowded)[:2]):
        assert not why_apart(scenario)
        assert not differing(scenario, (number, number + 1, 2**63 - 1))


def test_rare_events_side_by_side_are_those_apart() -> None:
    """Lodged people, repayments, guarantees bought out, short funds: each stays in its replication."""
    for number, scenario in enumerate((taxed(), lodged(), asked(), bought_out(), short_of_money())):
        assert not differing(scenario, (number + 1, number + 2))


@pytest.mark.thorough
@pytest.mark.parametrize("place", [3, 4])
def test_small_englands_side_by_side_are_those_apart(place: int) -> None:
    """Worlds in the shape of England, with posts contested by every route and policies that England did not have."""
    assert not differing(with_prospects(place), (1, 2, 3, 4))


def test_employers_of_different_appetite_are_measured_by_their_own_replication() -> None:
    """The mean appetite of employers is one of each replication, which has draws of its own."""
    assert not differing(scheme_world(3), (3, 4, 5))


@pytest.mark.thorough
@pytest.mark.parametrize("crowded", [False, True])
def test_hundreds_of_made_worlds_side_by_side_are_those_apart(crowded: bool) -> None:
    """Any world, any seeds, five replications."""

    @seed(20)
    @settings(max_examples=300, deadline=None)
    @given(fresh_worlds(crowded=crowded), seeds())
    def same(scenario: Scenario, luck: int) -> None:
        assert not differing(scenario, (luck, 1, 2, (luck + 1) % 2**63, luck))

    same()


@pytest.mark.thorough
def test_many_scheme_worlds_side_by_side_are_those_apart() -> None:
    """Worlds with funds, two rounds and terms, in which employers and regions differ in appetite."""
    for number in range(60):
        assert not differing(scheme_world(number), (number, number + 1, number + 2))


def test_luck_by_position_would_be_seen(
    hamlet: Scenario, apart: dict[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were a key's seed told by where the key lies among those asked, and not by its replication, runs would differ."""
    sound = Lucks.bits

    def by_position(self: Lucks, decision: str, occasion: int, keys: Any, *, among: str = "staff") -> Any:
        place = np.arange(len(keys)) * len(self.seeds) // max(len(keys), 1)
        return sound(self, decision, occasion, replicated(keys["key"], place), among=among)

    monkeypatch.setattr(Lucks, "bits", by_position)
    assert not all(_as_apart(simulate_together(hamlet, seeds=SEEDS), apart))


def test_a_reminder_is_for_the_replications_that_asked_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Posts are wound up where somebody's notice ends. Were they in every replication on that day, runs would differ."""
    since = ("1995-04-01", "1998-10-01", "2000-04-01", "2001-04-01")
    people = [person(number, since=day) for number, day in enumerate(since, 1)]
    world = attrs.evolve(
        small_world(*people, bodies=lodged().organisations, behaviour=behaving(other=3.0)), policies=lodged().policies
    )
    assert not differing(world, range(6))
    everyone = property(lambda self: np.ones(len(self.bodies), bool))
    monkeypatch.setattr(Situation, "concerned", everyone)
    assert differing(world, range(6))


def test_what_keeps_replications_apart_is_told(hamlet: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """A class of one's own and a large world are played one run at a time, and it is said why."""
    assert why_apart(hamlet) == ""
    own = hamlet.having("policies.mine", Own(announced=hamlet.start))
    assert why_apart(own) == "the policy 'mine' is of a class of your own, Own"
    choosy = attrs.evolve(hamlet, behaviour=Behaviour(post=OwnChoice()))
    assert why_apart(choosy) == "behaviour.post is of a class of your own, OwnChoice"
    monkeypatch.setattr(together, "MOST_PEOPLE", 299)
    assert why_apart(hamlet).startswith("it has 300 people, and only scenarios of up to 299 ")
    with pytest.raises(InputError, match="scenario 'hamlet': cannot be run side by side: it has 300 people"):
        simulate_together(hamlet, seeds=(1, 2))


def test_models_of_waiting_are_told_by_what_they_wrap(hamlet: Scenario) -> None:
    """Belief in a better offer wraps two models of the library's own: replications stay together."""
    assert why_apart(hamlet.having("behaviour.better_offer.belief", 0.5)) == ""


def test_a_key_draws_by_its_replication_alone() -> None:
    """Each draw is that of its own seed, whatever keys stand beside it, in whatever order."""
    luck = Lucks((5, 9))
    order = np.array([3, 0, 1, 0, 7])
    which = np.array([1, 0, 0, 1, 1])
    keys = replicated(order.astype("uint64"), which)
    for drawn in ("uniform", "normal", "exponential"):
        found = getattr(luck, drawn)("mars answer", 2, keys)
        alone = [getattr(Luck((5, 9)[one]), drawn)("mars answer", 2, order[[at]])[0] for at, one in enumerate(which)]
        assert found.tolist() == alone
    several = luck.several(("skill", "age"), 0, keys)
    assert several[1].tolist() == luck.uniform("age", 0, keys).tolist() and several.shape == (2, 5)


def test_a_key_made_of_another_keeps_its_replication() -> None:
    """A post and its spell, or a person and a post: the number is as without replications, and so is its draw."""
    post = replicated(np.array([11, 11], "uint64"), np.array([0, 1]))
    made = combined(post, np.array([4, 4]))
    assert made.dtype == REPLICATED
    assert made["key"].tolist() == combined(np.array([11, 11], "uint64"), np.array([4, 4])).tolist()
    assert made["replication"].tolist() == [0, 1]
    assert combined(made, post)["replication"].tolist() == [0, 1]
