"""Statistics over runs, compared with closed forms, brute force and data with known results."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhstransit.errors import SweepError
from nhstransit.studies import statistics
from nhstransit.studies.statistics import FEWEST, interval, needed, plain, quantiles, split, student, units_of, wilson
from tests.examples import examples

NAN = math.nan


def test_intervals_use_students_t() -> None:
    """An interval of ten numbers agrees with one by hand, with 2.262 from the table. Fewer than ten are refused."""
    found = interval(np.arange(1.0, 11.0), 0.95, "x")
    half = 2.2621571628 * math.sqrt(82.5 / 9) / math.sqrt(10)
    assert found.mean == 5.5 and found.units == 10
    assert found.low == pytest.approx(5.5 - half) and found.high == pytest.approx(5.5 + half)
    with pytest.raises(
        SweepError,
        match="x: has only 9 independent results, too few for an interval; run at",
    ):
        interval(np.arange(9.0), 0.95, "x")
    assert plain(np.array([1.0, 3.0])).spread == pytest.approx(math.sqrt(2)) and math.isnan(
        plain(np.array([1.0])).spread
    )


@pytest.mark.parametrize(("level", "units", "table"), [(0.95, 11, 2.228), (0.99, 31, 2.750), (0.9, 121, 1.658)])
def test_quantiles_of_students_t_agree_with_printed_tables(level: float, units: int, table: float) -> None:
    """Three values of the table are checked."""
    assert student(level, units) == pytest.approx(table, abs=5e-4)


@pytest.mark.parametrize("level", [0.0, 1.0, 95, "0.95", True])
def test_an_invalid_level_is_refused(level: Any) -> None:
    """A level must be a share between 0 and 1."""
    with pytest.raises(SweepError, match=r"level: is .*; give a share between 0 and 1, such as 0\.95"):
        interval(np.arange(20.0), level, "x")


@given(spread=st.floats(1e-3, 1e3), half_width=st.floats(1e-2, 1e3), level=st.sampled_from([0.8, 0.95, 0.99]))
@examples(15, 300)
def test_the_number_of_units_needed_is_the_smallest(spread: float, half_width: float, level: float) -> None:
    """This number reaches the half-width, and one fewer does not."""
    found = needed(spread, half_width, level)
    if math.isinf(found):
        assert student(level, statistics.MOST) * spread / math.sqrt(statistics.MOST) > half_width * 0.99
        return
    reach = [student(level, int(count)) * spread / math.sqrt(count) for count in (found, found - 1)]
    assert reach[0] <= half_width and (found == FEWEST or reach[1] > half_width)


def test_the_number_of_units_needed_at_its_limits() -> None:
    """Without spread it is the minimum. A width of zero is refused.

    An unreachable width needs infinitely many units.
    """
    assert needed(0.0, 1.0, 0.95) == FEWEST and needed(1e9, 1e-9, 0.95) == math.inf
    for wrong in (0.0, -1.0, NAN, math.inf):
        with pytest.raises(SweepError, match="half_width: is"):
            needed(1.0, wrong, 0.95)


@given(there=st.integers(0, 60), units=st.integers(1, 60), level=st.sampled_from([0.8, 0.95]))
@examples(15, 300)
def test_the_ends_of_wilsons_interval_solve_their_equation(there: int, units: int, level: float) -> None:
    """The share is z standard errors away from each end, unless the end is 0 or 1."""
    from scipy.special import ndtri

    share = min(there, units) / units
    z = float(ndtri(0.5 + level / 2))
    low, high = wilson(share, units, level)
    assert 0 <= low <= share <= high <= 1
    for end in (low, high):
        if 1e-12 < end < 1 - 1e-12:
            assert abs(share - end) == pytest.approx(z * math.sqrt(end * (1 - end) / units), abs=1e-9)


@pytest.mark.parametrize(("share", "fewest"), [(0.05, 19), (0.95, 19), (0.5, 1), (0.01, 99), (0.1, 9), (0.025, 39)])
def test_quantiles_are_not_extrapolated(share: float, fewest: int) -> None:
    """The k-th of n runs is at k/(n + 1).

    With the fewest runs, the quantile is the outermost run; with one fewer it is refused.
    """
    rng = random.Random(1)
    runs = np.array([rng.random() for _ in range(fewest)])
    (found,) = quantiles(runs, (share,), "x")
    assert found == pytest.approx(runs.min() if share < 0.5 else runs.max())
    if fewest > 1:
        with pytest.raises(SweepError, match=f"too few for the .* quantile; run at least {fewest}"):
            quantiles(runs[1:], (share,), "x")


def test_units_are_draws_if_there_are_several() -> None:
    """With one draw, units are its replications; with several, the mean of each draw over its available runs."""
    assert units_of(np.array([[1.0, NAN, 3.0]])).tolist() == [1.0, 3.0]
    assert units_of(np.array([[1.0, NAN, 3.0], [NAN, NAN, NAN], [5.0, 5.0, 8.0]])).tolist() == [2.0, 6.0]


def brute(cells: Any) -> tuple[float, float, float]:
    """The three variances, computed with loops, for complete data."""
    s = len(cells)
    d = len(cells[0])
    r = len(cells[0][0])
    mean: Callable[[list[float]], float] = lambda items: sum(items) / len(items)  # noqa: E731
    means = [[mean(list(cells[i][j])) for j in range(d)] for i in range(s)]
    squares = [(cells[i][j][k] - means[i][j]) ** 2 for i, j, k in itertools.product(range(s), range(d), range(r))]
    chance = sum(squares) / (s * d * (r - 1))
    parameter = 0.0
    if d > 1:
        parameter = mean([sum((m - mean(row)) ** 2 for m in row) / (d - 1) for row in means]) - chance / r
    policy = 0.0
    if s > 1:
        units = [[means[i][j] for j in range(d)] if d > 1 else list(cells[i][0]) for i in range(s)]
        n = len(units[0])
        middle = [mean([units[i][u] for i in range(s)]) for u in range(n)]
        apart = [[units[i][u] - middle[u] for u in range(n)] for i in range(s)]
        noise = mean([sum((a - mean(row)) ** 2 for a in row) / (n - 1) for row in apart]) / n
        policy = mean([mean(row) ** 2 for row in apart]) - noise
    return max(0.0, policy), max(0.0, parameter), chance


@pytest.mark.parametrize("shape", [(1, 1, 12), (3, 1, 12), (2, 10, 3), (1, 12, 2), (4, 15, 2)])
def test_the_parts_of_variance_agree_with_loops(shape: tuple[int, int, int]) -> None:
    """The parts are policy, parameter and chance."""
    rng = random.Random(sum(shape))
    cells = np.array([rng.gauss(0, 1) for _ in range(math.prod(shape))]).reshape(shape)
    cells += np.array([rng.gauss(0, 2) for _ in range(shape[0])])[:, None, None]
    found = split(cells, "x")
    assert (found.policy, found.parameter, found.chance) == pytest.approx(brute(cells.tolist()), rel=1e-9, abs=1e-12)


def made_up(rng: np.random.Generator, draws: int, replications: int) -> Any:
    """Scenarios at −1 and 1; draws have a common variance of 4 and a separate variance of 1, and chance has 9."""
    shared = rng.normal(0, 2, (1, draws, 1))
    own = rng.normal(0, 1, (2, draws, 1))
    noise = rng.normal(0, 2, (1, draws, replications)) + rng.normal(0, math.sqrt(5), (2, draws, replications))
    return np.array([-1.0, 1.0])[:, None, None] + shared + own + noise


def test_the_parts_of_variance_are_unbiased(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over 800 random studies, the mean of each part equals the true value within four standard errors."""
    monkeypatch.setattr(statistics, "max", lambda floor, item: item, raising=False)
    rng = np.random.default_rng(5)
    parts = np.array([(s.policy, s.parameter, s.chance) for s in (split(made_up(rng, 12, 3), "x") for _ in range(800))])
    error = parts.std(axis=0) / math.sqrt(len(parts))
    assert (np.abs(parts.mean(axis=0) - [1.0, 5.0, 9.0]) < 4 * error).all(), (parts.mean(axis=0), error)


def test_paired_intervals_have_their_stated_coverage() -> None:
    """90% of 2,000 intervals from 12 pairs contain the true gap, within four standard errors."""
    rng = np.random.default_rng(6)
    noise = rng.normal(0, 10, (2_000, 12))
    own = rng.normal(0, 1, (2, 2_000, 12))
    gaps = (noise + own[0] + 0.7) - (noise + own[1])
    held = [one.low <= 0.7 <= one.high for one in (interval(row, 0.9, "x") for row in gaps)]
    assert abs(np.mean(held) - 0.9) < 4 * math.sqrt(0.09 / 2_000)


@pytest.mark.parametrize("common", [0, 1])
def test_parts_of_variance_need_common_runs(common: int) -> None:
    """With no or only one common unit, the variance of policy cannot be separated from chance."""
    cells = np.random.default_rng(7).normal(size=(2, 1, 24))
    cells[0, 0, 12:] = cells[1, 0, : 12 - common] = NAN
    with pytest.raises(SweepError, match=f"x: has only {common} replications that succeeded in every scenario"):
        split(cells, "x")
    with pytest.raises(SweepError, match=f"x: has only {common} draws that succeeded in every scenario"):
        split(np.repeat(cells[:, 0, :, None], 2, axis=2), "x")


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((2, 1, 5), "x: has only 8 replications beyond the first of each draw; add at least 2 more"),
        ((1, 20, 1), "x: has only 0 replications beyond the first"),
        ((1, 5, 4), "x: has 5 draws with results; give at least 10 draws, or only one"),
    ],
)
def test_too_few_runs_for_parts_of_variance_are_refused(shape: tuple[int, int, int], message: str) -> None:
    """The error says what is missing."""
    with pytest.raises(SweepError) as caught:
        split(np.arange(float(math.prod(shape))).reshape(shape), "x")
    assert str(caught.value).startswith(message)
