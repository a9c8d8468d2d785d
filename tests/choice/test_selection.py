"""Rules of selection on small problems with known answers, over many repetitions."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nhstransit.choice.selection import Elimination, chance_by_futures, ocba, selected
from nhstransit.errors import InputError
from tests.examples import THOROUGH

REPETITIONS = 1_000 if THOROUGH else 300


def normal(means: list[float], futures: int, seed: int, shared: float = 1.0) -> np.ndarray:
    """Figures (repetitions, options, futures) with noise of standard deviation 1 per option, and common noise."""
    random = np.random.default_rng(seed)
    own = random.standard_normal((REPETITIONS, len(means), futures))
    return own + shared * random.standard_normal((REPETITIONS, 1, futures)) + np.array(means)[:, None]


def test_a_wrong_winner_is_declared_in_at_most_five_per_cent() -> None:
    """The best option leads by half a standard deviation over 20 futures; the right winner is declared often."""
    found = [selected(one) for one in normal([0.0, 0.0, 0.5, 0.0], 20, 1)]
    declared = np.array([one.declared for one in found])
    right = np.array([one.best == 2 for one in found])
    assert (declared & ~right).mean() <= 0.01
    assert (declared & right).mean() > 0.04


def test_equal_means_have_no_winner() -> None:
    """Among four equal options, a winner is declared in at most 5% of repetitions, within sampling error."""
    declared = np.mean([selected(one).declared for one in normal([1.0] * 4, 15, 2)])
    assert declared <= 0.05 + 2 * math.sqrt(0.05 * 0.95 / REPETITIONS)
    two = np.mean([selected(one).declared for one in normal([1.0, 1.0], 15, 3)])
    assert 0.02 < two <= 0.05 + 2 * math.sqrt(0.05 * 0.95 / REPETITIONS)


def test_a_clear_winner_is_declared() -> None:
    """Options differ by three standard deviations over 10 futures."""
    found = [selected(one) for one in normal([0.0, 3.0, 0.0], 10, 4)]
    assert np.mean([one.declared and one.best == 1 for one in found]) > 0.98


def test_the_probability_of_correct_selection_is_a_lower_bound() -> None:
    """When it is 0.9 to 1, the selection is right at least as often. It rises with the number of futures."""
    figures = normal([0.0, 0.4, 0.0], 40, 5)
    found = [selected(one) for one in figures]
    sure = np.array([one.chance >= 0.9 for one in found])
    right = np.array([one.best == 1 for one in found])
    assert sure.sum() > REPETITIONS / 20 and right[sure].mean() >= 0.9
    few = np.mean([selected(one[:, :10]).chance for one in figures])
    assert np.mean([one.chance for one in found]) > few + 0.1


def test_the_stated_number_of_futures_is_enough() -> None:
    """With the number projected from a first sample, the mean difference is significant."""
    gap = np.array([0.1, 0.3] * 10)
    found = selected(np.array([gap, np.zeros(20), np.full(20, -1.0)]))
    assert found.declared and found.needed <= 20
    close = selected(np.array([np.array([1.0, -0.8] * 10), np.zeros(20)]))
    assert not close.declared and 100 < close.needed < 600
    again = selected(
        np.array([np.tile([1.0, -0.8], int(close.needed) // 2 + 1), np.zeros(2 * (int(close.needed) // 2 + 1))])
    )
    assert again.declared


def test_common_noise_cancels() -> None:
    """Options that differ by a constant have a certain order, however large the common noise is."""
    noise = np.random.default_rng(6).standard_normal(10) * 100
    found = selected(np.array([noise, noise + 1.0]))
    assert (found.best, found.chance, found.declared) == (1, 1.0, True)


def test_equal_figures_have_no_winner_and_need_infinitely_many_futures() -> None:
    """Two options are the same in every future."""
    found = selected(np.zeros((2, 12)))
    assert (found.chance, found.declared, found.needed) == (0.0, False, math.inf)


def test_too_few_futures_are_refused() -> None:
    with pytest.raises(
        InputError, match="futures: the number is 9, which is too few to judge the best option; run at least"
    ):
        selected(np.zeros((2, 9)))


def test_the_chance_by_number_of_futures_ends_at_the_final_chance() -> None:
    """There is one value for each number of futures from 2."""
    figures = normal([0.0, 0.4, 0.0], 40, 5)[0]
    path = chance_by_futures(figures)
    assert len(path) == 39 and path[-1] == pytest.approx(selected(figures).chance)


@pytest.mark.parametrize("shared", [0.0, 1.0])
def test_elimination_selects_the_best_in_at_least_95_per_cent(shared: float) -> None:
    """In the least favourable case, the best leads four equal options by the indifference."""
    rule = Elimination(indifference=0.5)
    winner, took = rule.decided(normal([0.0, 0.0, 0.5, 0.0, 0.0], 600, 7, shared))
    assert (winner >= 0).all()
    assert (winner == 2).mean() >= 0.95 - 2 * math.sqrt(0.05 * 0.95 / REPETITIONS)
    assert took.min() >= rule.first and took.mean() < 400


def test_elimination_drops_distant_options_first() -> None:
    """An option far behind is dropped after the first futures; a close competitor stays longer."""
    rule = Elimination(indifference=0.5)
    figures = normal([0.0, 0.5, -5.0], 600, 8)
    variances = rule.variances(figures)
    alive = rule.left(figures[..., : rule.first].sum(-1), variances, np.ones((REPETITIONS, 3), bool), rule.first)
    assert alive[:, 2].mean() < 0.35 and alive[:, 1].mean() > 0.99 and alive[:, 0].mean() > 0.85


def test_elimination_that_does_not_finish_has_no_winner() -> None:
    """Two options are within the indifference when the futures end."""
    winner, took = Elimination(indifference=0.01).decided(normal([0.0, 0.0], 20, 9)[:5])
    assert (winner == -1).all() and (took == 20).all()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"indifference": 0}, "indifference: is 0; give the smallest difference that matters"),
        ({"indifference": 1.0, "level": 1.0}, "level: is 1.0; give a share between 0 and 1"),
        ({"indifference": 1.0, "first": 3}, "first: is 3; give 10 futures or more"),
    ],
)
def test_an_invalid_elimination_rule_is_refused(given: dict[str, float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Elimination(**given)  # type: ignore[arg-type]


def test_ocba_has_the_optimal_ratios() -> None:
    """N1/N2 = (s1/d1)²/(s2/d2)², the best option has s√(Σ(N/s)²), and the runs add up to the budget."""
    share = ocba([3.0, 2.0, 1.0], [1.0, 1.0, 2.0], 1_000_000)
    assert share.sum() == 1_000_000
    assert share[1] / share[2] == pytest.approx(1.0, rel=1e-4)
    assert share[0] / share[1] == pytest.approx(math.sqrt(1 + 0.25), rel=1e-4)


def test_ocba_selects_the_best_more_often_than_equal_allocation() -> None:
    """The problem has ten options with known spread and 100 runs."""
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
    ("means", "spreads", "message"),
    [
        ([1.0], [1.0], "means: the number is 1, and the number of spreads is 1; give two or more"),
        ([1.0, 2.0], [1.0, 0.0], "spreads: one is 0; give standard deviations above 0"),
        ([2.0, 2.0], [1.0, 1.0], "means: two options have the same highest mean; make a few more"),
    ],
)
def test_ocba_without_a_best_is_refused(means: list[float], spreads: list[float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        ocba(means, spreads, 10)
