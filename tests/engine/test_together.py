"""Replications that are simulated side by side equal the separate runs of their seeds, to the byte."""

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
    """A user's own policy: the engine cannot know which data it reads."""


@attrs.frozen(kw_only=True)
class OwnChoice(PostChoice):
    """A user's own choice model."""


def differing(scenario: Scenario, run_seeds: Sequence[int]) -> list[int]:
    """The seeds whose separate run differs from the run that was simulated with the others, in any stored byte."""
    runs = simulate_together(scenario, seeds=run_seeds)
    assert [run.seed for run in runs] == list(run_seeds)
    return [run.seed for run in runs if described(run) != described(simulate(scenario, seed=run.seed))]


@pytest.fixture(scope="module")
def hamlet() -> Scenario:
    """Three hundred people over two years, or over all four in the thorough session."""
    whole = load_scenario("hamlet")
    return whole if THOROUGH else whole.having("end", dt.date(2012, 3, 31))


@pytest.fixture(scope="module")
def apart(hamlet: Scenario) -> dict[int, str]:
    """The stored description, with digests of all parts, of the hamlet's separate run of each seed."""
    return {number: described(simulate(hamlet, seed=number)) for number in set(SEEDS)}


def _as_apart(runs: Sequence[Run], apart: dict[int, str]) -> list[bool]:
    return [described(run) == apart[run.seed] for run in runs]


def test_replications_side_by_side_equal_separate_runs(hamlet: Scenario, apart: dict[int, str]) -> None:
    """They are equal in log, people, posts, opening and closing states, and sums."""
    assert all(_as_apart(simulate_together(hamlet, seeds=SEEDS), apart))


def test_the_number_of_replications_side_by_side_does_not_matter(
    hamlet: Scenario, apart: dict[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """If only three fit side by side, the fourth is simulated alone, and all runs are the same."""
    monkeypatch.setattr(together, "_SIDE_BY_SIDE", 3 * len(hamlet.workforce))
    assert most_together(hamlet) == 3
    assert all(_as_apart(simulate_together(hamlet, seeds=SEEDS), apart))


@pytest.mark.thorough
@pytest.mark.parametrize("crowded", [False, True])
def test_generated_scenarios_side_by_side_equal_separate_runs(crowded: bool) -> None:
    """The scenarios have every policy, an employer that closes, and people who leave and return."""
    for number, scenario in enumerate(kept(crowded)[:2]):
        assert not why_apart(scenario)
        assert not differing(scenario, (number, number + 1, 2**63 - 1))


def test_rare_events_side_by_side_equal_separate_runs() -> None:
    """Lodging, repayment, guarantees bought out and exhausted funds stay in their own replication."""
    for number, scenario in enumerate((taxed(), lodged(), asked(), bought_out(), short_of_money())):
        assert not differing(scenario, (number + 1, number + 2))


@pytest.mark.thorough
@pytest.mark.parametrize("number", [3, 4])
def test_small_englands_side_by_side_equal_separate_runs(number: int) -> None:
    """Small versions of England, with every route into posts and with policies that England did not have."""
    assert not differing(with_prospects(number), (1, 2, 3, 4))


def test_the_mean_appetite_of_employers_is_computed_within_each_replication() -> None:
    """Each replication has its own draws of appetite."""
    assert not differing(scheme_world(3), (3, 4, 5))


@pytest.mark.thorough
@pytest.mark.parametrize("crowded", [False, True])
def test_hundreds_of_generated_scenarios_side_by_side_equal_separate_runs(crowded: bool) -> None:
    """Five replications of each scenario, one seed twice."""

    @seed(20)
    @settings(max_examples=300, deadline=None)
    @given(fresh_worlds(crowded=crowded), seeds())
    def same(scenario: Scenario, number: int) -> None:
        assert not differing(scenario, (number, 1, 2, (number + 1) % 2**63, number))

    same()


@pytest.mark.thorough
def test_many_scheme_scenarios_side_by_side_equal_separate_runs() -> None:
    """They have funds, two rounds and retention terms, and different appetites by employer and region."""
    for number in range(60):
        assert not differing(scheme_world(number), (number, number + 1, number + 2))


def test_drawing_by_position_instead_of_replication_is_detected(
    hamlet: Scenario, apart: dict[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Runs differ if the seed of a key depends on its position among the keys instead of its replication."""
    sound = Lucks.bits

    def by_position(self: Lucks, decision: str, occasion: int, keys: Any, *, among: str = "staff") -> Any:
        which = np.arange(len(keys)) * len(self.seeds) // max(len(keys), 1)
        return sound(self, decision, occasion, replicated(keys["key"], which), among=among)

    monkeypatch.setattr(Lucks, "bits", by_position)
    assert not all(_as_apart(simulate_together(hamlet, seeds=SEEDS), apart))


def test_a_reminder_applies_to_its_own_replications_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Posts are removed where a person's notice ends. Runs differ if this happens in every replication on that day."""
    since = ("1995-04-01", "1998-10-01", "2000-04-01", "2001-04-01")
    people = [person(number, since=day) for number, day in enumerate(since, 1)]
    world = attrs.evolve(
        small_world(*people, bodies=lodged().organisations, behaviour=behaving(other=3.0)), policies=lodged().policies
    )
    assert not differing(world, range(6))
    everyone = property(lambda self: np.ones(len(self.bodies), bool))
    monkeypatch.setattr(Situation, "concerned", everyone)
    assert differing(world, range(6))


def test_the_reason_why_replications_cannot_run_together_is_stated(
    hamlet: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A scenario with a user's own class, or with many people, is simulated one run at a time."""
    assert why_apart(hamlet) == ""
    own = hamlet.having("policies.mine", Own(announced=hamlet.start))
    assert why_apart(own) == "the policy 'mine' is of a class of your own, Own"
    with_own_choice = attrs.evolve(hamlet, behaviour=Behaviour(post=OwnChoice()))
    assert why_apart(with_own_choice) == "behaviour.post is of a class of your own, OwnChoice"
    monkeypatch.setattr(together, "MOST_PEOPLE", 299)
    assert why_apart(hamlet).startswith("it has 300 people, and only scenarios of up to 299 ")
    with pytest.raises(InputError, match="scenario 'hamlet': cannot be run side by side: it has 300 people"):
        simulate_together(hamlet, seeds=(1, 2))


def test_a_better_offer_model_allows_replications_side_by_side(hamlet: Scenario) -> None:
    """The model of a better offer contains models of the library only."""
    assert why_apart(hamlet.having("behaviour.better_offer.belief", 0.5)) == ""


def test_a_draw_depends_on_the_key_and_its_replication_only() -> None:
    """Each draw is the draw of the replication's seed, whatever the other keys and their order."""
    draws = Lucks((5, 9))
    order = np.array([3, 0, 1, 0, 7])
    which = np.array([1, 0, 0, 1, 1])
    keys = replicated(order.astype("uint64"), which)
    for method in ("uniform", "normal", "exponential"):
        drawn = getattr(draws, method)("mars answer", 2, keys)
        alone = [getattr(Luck((5, 9)[one]), method)("mars answer", 2, order[[at]])[0] for at, one in enumerate(which)]
        assert drawn.tolist() == alone
    several = draws.several(("skill", "age"), 0, keys)
    assert several[1].tolist() == draws.uniform("age", 0, keys).tolist() and several.shape == (2, 5)


def test_a_combined_key_keeps_its_replication() -> None:
    """The number of the combined key is the same as without replications."""
    post = replicated(np.array([11, 11], "uint64"), np.array([0, 1]))
    made = combined(post, np.array([4, 4]))
    assert made.dtype == REPLICATED
    assert made["key"].tolist() == combined(np.array([11, 11], "uint64"), np.array([4, 4])).tolist()
    assert made["replication"].tolist() == [0, 1]
    assert combined(made, post)["replication"].tolist() == [0, 1]
