"""Rules of selection on toy problems with known answers: they keep their promises over many repetitions."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nhstransit.choice.selection import Elimination, chance_by_futures, ocba, selected
from nhstransit.errors import InputError
from tests.examples import THOROUGH

REPETITIONS = 1_000 if THOROUGH else 300


def normal(means: list[float], futures: int, seed: int, shared: float = 1.0) -> np.ndarray:
    """Figures (repetitions, options, futures): luck of standard deviation 1 of each option, and shared luck."""
    random = np.random.default_rng(seed)
    own = random.standard_normal((REPETITIONS, len(means), futures))
    return own + shared * random.standard_normal((REPETITIONS, 1, futures)) + np.array(means)[:, None]


def test_a_wrong_winner_is_declared_no_more_often_than_promised() -> None:
    """The best by half a standard deviation, 20 futures: wrong winners in at most 5%, right ones often."""
    found = [selected(one) for one in normal([0.0, 0.0, 0.5, 0.0], 20, 1)]
    declared = np.array([one.declared for one in found])
    right = np.array([one.best == 2 for one in found])
    assert (declared & ~right).mean() <= 0.01
    assert (declared & right).mean() > 0.04


def test_equal_means_have_no_winner() -> None:
    """Four equal options: a winner is declared in at most 5% of repetitions, within sampling error."""
    declared = np.mean([selected(one).declared for one in normal([1.0] * 4, 15, 2)])
    assert declared <= 0.05 + 2 * math.sqrt(0.05 * 0.95 / REPETITIONS)
    two = np.mean([selected(one).declared for one in normal([1.0, 1.0], 15, 3)])
    assert 0.02 < two <= 0.05 + 2 * math.sqrt(0.05 * 0.95 / REPETITIONS)


def test_a_clear_winner_is_declared() -> None:
    """Three standard deviations apart, 10 futures: declared in nearly every repetition."""
    found = [selected(one) for one in normal([0.0, 3.0, 0.0], 10, 4)]
    assert np.mean([one.declared and one.best == 1 for one in found]) > 0.98


def test_the_chance_of_correct_selection_is_a_lower_bound() -> None:
    """Where it says 0.9 to 1 the selection is right at least as often; it grows with the futures."""
    figures = normal([0.0, 0.4, 0.0], 40, 5)
    found = [selected(one) for one in figures]
    sure = np.array([one.chance >= 0.9 for one in found])
    right = np.array([one.best == 1 for one in found])
    assert sure.sum() > REPETITIONS / 20 and right[sure].mean() >= 0.9
    few = np.mean([selected(one[:, :10]).chance for one in figures])
    assert np.mean([one.chance for one in found]) > few + 0.1


def test_the_futures_still_needed_are_enough() -> None:
    """Projected from a first sample with known spread: with so many, the mean difference is significant."""
    gap = np.array([0.1, 0.3] * 10)
    found = selected(np.array([gap, np.zeros(20), np.full(20, -1.0)]))
    assert found.declared and found.needed <= 20
    close = selected(np.array([np.array([1.0, -0.8] * 10), np.zeros(20)]))
    assert not close.declared and 100 < close.needed < 600
    again = selected(
        np.array([np.tile([1.0, -0.8], int(close.needed) // 2 + 1), np.zeros(2 * (int(close.needed) // 2 + 1))])
    )
    assert again.declared


def test_shared_luck_drops_out() -> None:
    """Figures that differ by a constant are certain however much they vary together."""
    luck = np.random.default_rng(6).standard_normal(10) * 100
    found = selected(np.array([luck, luck + 1.0]))
    assert (found.best, found.chance, found.declared) == (1, 1.0, True)


def test_equal_figures_have_no_winner_and_need_endless_futures() -> None:
    """Two options that are the same in every future."""
    found = selected(np.zeros((2, 12)))
    assert (found.chance, found.declared, found.needed) == (0.0, False, math.inf)


def test_too_few_futures_are_refused() -> None:
    with pytest.raises(
        InputError, match="futures: the number is 9, which is too few to judge the best option; run at least"
    ):
        selected(np.zeros((2, 9)))


def test_the_chance_future_by_future_ends_at_the_chance() -> None:
    """One value for each number of futures from 2."""
    figures = normal([0.0, 0.4, 0.0], 40, 5)[0]
    path = chance_by_futures(figures)
    assert len(path) == 39 and path[-1] == pytest.approx(selected(figures).chance)


@pytest.mark.parametrize("shared", [0.0, 1.0])
def test_elimination_keeps_its_promise(shared: float) -> None:
    """The best by the indifference, four others equal (least favourable): right in at least 95%, within sampling error."""
    rule = Elimination(indifference=0.5)
    winner, took = rule.decided(normal([0.0, 0.0, 0.5, 0.0, 0.0], 600, 7, shared))
    assert (winner >= 0).all()
    assert (winner == 2).mean() >= 0.95 - 2 * math.sqrt(0.05 * 0.95 / REPETITIONS)
    assert took.min() >= rule.first and took.mean() < 400


def test_elimination_spends_runs_where_they_matter() -> None:
    """An option far behind is out after the first futures; the close rival stays longer."""
    rule = Elimination(indifference=0.5)
    figures = normal([0.0, 0.5, -5.0], 600, 8)
    variances = rule.variances(figures)
    alive = rule.left(figures[..., : rule.first].sum(-1), variances, np.ones((REPETITIONS, 3), bool), rule.first)
    assert alive[:, 2].mean() < 0.35 and alive[:, 1].mean() > 0.99 and alive[:, 0].mean() > 0.85


def test_elimination_without_an_end_names_no_winner() -> None:
    """Two options within the indifference when the futures end."""
    winner, took = Elimination(indifference=0.01).decided(normal([0.0, 0.0], 20, 9)[:5])
    assert (winner == -1).all() and (took == 20).all()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"indifference": 0}, "indifference: is 0; give the smallest difference that matters"),
        ({"indifference": 1.0, "level": 1.0}, "level: is 1.0; give a share between 0 and 1"),
        ({"indifference": 1.0, "first": 3}, "first: is 3; give 10 futures or more"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(given: dict[str, float], said: str) -> None:
    with pytest.raises(InputError, match=said):
        Elimination(**given)  # type: ignore[arg-type]


def test_ocba_by_its_ratios() -> None:
    """N1/N2 = (s1/d1)²/(s2/d2)², and the best has s√(Σ(N/s)²); the runs add up to the budget."""
    share = ocba([3.0, 2.0, 1.0], [1.0, 1.0, 2.0], 1_000_000)
    assert share.sum() == 1_000_000
    assert share[1] / share[2] == pytest.approx(1.0, rel=1e-4)
    assert share[0] / share[1] == pytest.approx(math.sqrt(1 + 0.25), rel=1e-4)


def test_ocba_finds_the_best_more_often_than_equal_shares() -> None:
    """Ten options of known spread, 100 runs: over many repetitions the right one is selected more often."""
    means = np.arange(10.0) / 4
    spreads = np.full(10, 1.0)
    share = ocba(means, spreads, 200)
    random = np.random.default_rng(10)
    noise = random.standard_normal((REPETITIONS, 10))
    right = [
        (means + spreads * noise / np.sqrt(np.maximum(runs, 1))).argmax(1) == 9 for runs in (share, np.full(10, 20))
    ]
    assert right[0].mean() > right[1].mean() + 0.05


@pytest.mark.parametrize(
    ("means", "spreads", "said"),
    [
        ([1.0], [1.0], "means: the number is 1, and the number of spreads is 1; give two or more"),
        ([1.0, 2.0], [1.0, 0.0], "spreads: one is 0; give standard deviations above 0"),
        ([2.0, 2.0], [1.0, 1.0], "means: two options have the same highest mean; make a few more"),
    ],
)
def test_ocba_without_a_best_is_refused(means: list[float], spreads: list[float], said: str) -> None:
    with pytest.raises(InputError, match=said):
        ocba(means, spreads, 10)
