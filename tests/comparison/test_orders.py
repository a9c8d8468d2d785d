"""Shapley shares compared with all orders, and computed from simulations of changed settings."""

from __future__ import annotations

import datetime as dt
import itertools
from fractions import Fraction
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nhstransit as nt
from nhstransit.comparison import between, responsible, shapley
from nhstransit.comparison.mechanisms import MOST, REST, made
from nhstransit.comparison.shapley import product_shares, shares
from nhstransit.engine.simulate import simulate
from nhstransit.grammar import Depart, Designate, Situation
from nhstransit.measures import headlines
from nhstransit.scenario import Scenario, differences
from tests.comparison.planted import pays, restless, with_policy
from tests.examples import examples
from tests.shared import hamlet_run, hamlet_without
from tests.small import Own, behaving, body, once
from tests.worlds import worlds

few = examples(4, 40)
numbers = st.integers(-(10**6), 10**6) | st.floats(-1e6, 1e6)


def in_every_order(worth: list[Any]) -> list[Fraction]:
    """The mean contribution of each player over all orders."""
    players = len(worth).bit_length() - 1
    total = [Fraction(0)] * players
    orders = list(itertools.permutations(range(players)))
    for order in orders:
        present = 0
        for player in order:
            total[player] += Fraction(worth[present | 1 << player]) - Fraction(worth[present])
            present |= 1 << player
    return [each / len(orders) for each in total]


@given(st.integers(0, 5).flatmap(lambda n: st.lists(numbers, min_size=2**n, max_size=2**n)))
def test_shares_are_the_mean_over_all_orders(worth: list[Any]) -> None:
    """They are exactly equal, and sum to the gap."""
    found = shares(worth)
    assert list(found) == in_every_order(worth)
    assert sum(found) == Fraction(worth[-1]) - Fraction(worth[0])


def test_shares_of_the_glove_game():
    """With one left and two right gloves, the left one has a share of 2/3 and each right one 1/6."""
    worth = [0, 0, 0, 1, 0, 1, 0, 1]  # player 0 has the left glove
    assert shares(worth) == (Fraction(2, 3), Fraction(1, 6), Fraction(1, 6))


def test_a_number_of_values_that_is_not_a_power_of_two_is_refused():
    """Three values fit no number of players."""
    with pytest.raises(nt.NhstransitError, match="worth: has 3 values; give 2ⁿ values"):
        shares([1, 2, 3])


@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=4))
def test_factors_have_shares_of_the_change_of_their_product(pairs: list[tuple[Any, Any]]) -> None:
    """Shares sum to the change, and a factor that does not change has none."""
    before, after = zip(*pairs, strict=True)
    found = product_shares(before, after)
    products = [Fraction(1), Fraction(1)]
    for old, new in pairs:
        products = [products[0] * Fraction(old), products[1] * Fraction(new)]
    assert sum(found) == products[1] - products[0]
    assert all(share == 0 for share, (old, new) in zip(found, pairs, strict=True) if old == new)


@pytest.fixture(scope="module")
def hamlet() -> Scenario:
    return nt.load_scenario("hamlet")


MOVES = {
    "no mars": lambda scenario: scenario.without("mars"),
    "quits": lambda scenario: scenario.having("behaviour.departures.resign", 0.15),
}


@pytest.mark.thorough
def test_shapley_shares_by_simulation_equal_brute_force(hamlet):
    """Two changes make four scenarios. The parts are means over both orders, and sum to the gap."""
    found = shapley(hamlet, MOVES, seed=1, measure="left")
    worth = [headlines(simulate(made(hamlet, MOVES, sets), seed=1))["left"] for sets in range(4)]
    assert list(found.parts) == in_every_order(worth)
    assert sum(found.parts) == found.gap == Fraction(worth[-1]) - Fraction(worth[0])
    assert found.residual == 0
    assert found.names == tuple(MOVES)
    assert "4 runs with seed 1" in repr(found)


@pytest.mark.thorough
def test_a_measure_can_be_a_users_own_function(hamlet):
    """The function of the run has its name in the text."""

    def posts_held(run: nt.Run) -> int:
        return int((run.closing.post >= 0).sum())

    found = shapley(hamlet, {"no mars": MOVES["no mars"]}, seed=1, measure=posts_held)
    runs = [simulate(world, seed=1) for world in (hamlet, hamlet.without("mars"))]
    assert found.parts == (posts_held(runs[1]) - posts_held(runs[0]),)
    assert repr(found).startswith("Posts held changes from")


def test_a_change_without_an_effect_has_a_part_of_zero():
    """One change adds a scheme and the other a description."""
    base = restless(30, behaviour=behaving())
    moves = {
        "pays": lambda scenario: with_policy(scenario, "planted", pays(range(5))),
        "words": lambda scenario: attrs.evolve(scenario, about="another description"),
    }
    found = shapley(base, moves, seed=1, measure="left with pay")
    assert found.parts == (5, 0)


@pytest.mark.parametrize(
    ("moves", "measure", "sentence"),
    [
        ({}, "left", "moves: there are 0; give 1 to 8"),
        (dict.fromkeys(map(str, range(MOST + 1)), MOVES["no mars"]), "left", "moves: there are 9; give 1 to 8"),
        (MOVES, "lefty", "measure: is 'lefty'; did you mean 'left'"),
    ],
)
def test_invalid_changes_and_measures_are_refused(hamlet, moves, measure, sentence):
    """There are no changes, too many changes, or an unknown measure."""
    with pytest.raises(nt.NhstransitError, match=sentence):
        shapley(hamlet, moves, seed=1, measure=measure)


def test_between_returns_the_changes_from_one_scenario_to_another(hamlet):
    """All changes together make the other scenario. Each alone changes the part in its name."""
    other = hamlet.without("mars").having("policies.rets.cap", 0.05).having("behaviour.departures.resign", 0.1)
    moves = between(hamlet, other)
    assert list(moves) == ["behaviour.departures", "policies.mars", "policies.rets"]
    assert made(hamlet, moves, 7) == other
    for index, name in enumerate(moves):
        changed = differences(hamlet, made(hamlet, moves, 1 << index))
        assert changed and all(change.path.startswith(name) for change in changed)


@few
@given(worlds(), st.data())
def test_between_works_in_both_directions(old: Scenario, data: st.DataObject) -> None:
    """All changes from one scenario to another, with fewer policies and other behaviour, make the other one."""
    removed = data.draw(st.sets(st.sampled_from(sorted(old.policies)))) if old.policies else set()
    new = old.without(*sorted(removed)).having("behaviour.departures.resign", data.draw(st.sampled_from((0.01, 0.02))))
    for start, end in ((old, new), (new, old)):
        moves = between(start, end)
        assert len(moves) == len(removed) + 1
        assert made(start, moves, (1 << len(moves)) - 1) == end


def test_the_change_responsible_for_a_divergence_is_found(hamlet):
    """MARS is removed and filling moves by a day. The removal of MARS alone causes the first differing event."""
    other = hamlet.without("mars").having("policies.filling.held", dt.date(2012, 10, 2))
    run = simulate(other, seed=1)
    baseline = hamlet_run()
    assert responsible(run, baseline) == ("policies.mars",)
    assert responsible(run, simulate(other, seed=1)) == ()


def test_runs_under_another_law_are_refused(hamlet):
    """They would differ from every trial run."""
    run, baseline = (
        attrs.evolve(made, provenance=attrs.evolve(made.provenance, law="other"))
        for made in (hamlet_run(), hamlet_without("mars"))
    )
    with pytest.raises(nt.NhstransitError, match="law: these runs used another law; give `law`"):
        responsible(run, baseline)


def test_a_change_that_depends_on_another_is_not_responsible():
    """One policy designates a person, and the other dismisses designated people.

    The first alone causes the divergence.
    """
    base = restless(6, behaviour=behaving())

    def does(situation: Situation) -> list[Depart]:
        rows = np.flatnonzero(situation.people.critical & situation.people.in_post)
        none = np.zeros(len(rows), "int64")
        last = np.full(len(rows), situation.day, "int32")
        return [Depart(rows=rows, last_day=last, severance=none, in_lieu=none, strain=none, remove=none > 0)]

    designates = once("2010-06-01", Designate(rows=np.array([2])))
    first = with_policy(base, "names", designates)
    both = with_policy(first, "pays", Own(dates=("2010-07-01",), does=does))
    assert responsible(simulate(both, seed=1), simulate(base, seed=1)) == ("policies.names",)
    assert responsible(simulate(both, seed=1), simulate(with_policy(base, "pays", both.policies["pays"]), seed=1)) == (
        "policies.names",
    )


def test_employers_and_staff_are_one_change():
    """A further employer is a change of the rest, together with the staff."""
    old = restless(5)
    new = restless(5, bodies=[body("Old"), body("Far")])
    assert list(between(old, new)) == [REST]


@pytest.mark.parametrize("worth", [float("nan"), float("inf"), np.float32("nan"), None, "3"])
def test_a_measure_without_a_finite_number_is_refused(worth: Any) -> None:
    """The message states the value."""
    with pytest.raises(
        nt.NhstransitError,
        match=r"measure: returns .* for a run; give a measure that returns a finite number for every run",
    ):
        shapley(restless(2), {"none": lambda scenario: scenario}, seed=1, measure=lambda run: worth)


@pytest.mark.parametrize("kind", [int, float, np.float32, np.int64, np.bool_, Fraction])
def test_any_type_of_number_is_accepted(kind: Any) -> None:
    """Numbers of Python and NumPy are accepted."""
    found = shapley(restless(2), {"none": lambda scenario: scenario}, seed=1, measure=lambda run: kind(1))
    assert (found.start, found.end, found.parts) == (1, 1, (0,))
