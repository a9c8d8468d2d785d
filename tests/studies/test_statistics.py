"""What runs say together, held to closed forms, brute force and worlds made up with a known answer."""

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


def test_an_interval_is_students() -> None:
    """Ten numbers worked out by hand with the table's 2.262; fewer than ten are refused."""
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
def test_students_quantiles_are_those_of_the_tables(level: float, units: int, table: float) -> None:
    """Three cells of the printed table of t."""
    assert student(level, units) == pytest.approx(table, abs=5e-4)


@pytest.mark.parametrize("level", [0.0, 1.0, 95, "0.95", True])
def test_a_level_that_is_none_is_told(level: Any) -> None:
    """A share between 0 and 1."""
    with pytest.raises(SweepError, match=r"level: is .*; give a share between 0 and 1, such as 0\.95"):
        interval(np.arange(20.0), level, "x")


@given(spread=st.floats(1e-3, 1e3), half_width=st.floats(1e-2, 1e3), level=st.sampled_from([0.8, 0.95, 0.99]))
@examples(15, 300)
def test_what_is_needed_is_the_fewest(spread: float, half_width: float, level: float) -> None:
    """At that number the half-width is reached, and at one fewer it is not."""
    found = needed(spread, half_width, level)
    if math.isinf(found):
        assert student(level, statistics.MOST) * spread / math.sqrt(statistics.MOST) > half_width * 0.99
        return
    reach = [student(level, int(count)) * spread / math.sqrt(count) for count in (found, found - 1)]
    assert reach[0] <= half_width and (found == FEWEST or reach[1] > half_width)


def test_nothing_is_needed_of_what_does_not_vary() -> None:
    """No spread asks for the fewest units; no width is refused; no end is told as infinity."""
    assert needed(0.0, 1.0, 0.95) == FEWEST and needed(1e9, 1e-9, 0.95) == math.inf
    for wrong in (0.0, -1.0, NAN, math.inf):
        with pytest.raises(SweepError, match="half_width: is"):
            needed(1.0, wrong, 0.95)


@given(there=st.integers(0, 60), units=st.integers(1, 60), level=st.sampled_from([0.8, 0.95]))
@examples(15, 300)
def test_wilsons_ends_solve_their_equation(there: int, units: int, level: float) -> None:
    """At each end the share lies just z standard errors of that end away, unless it is 0 or 1."""
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
    """The k-th of n runs stands at k/(n + 1): with the fewest it is the outermost run, with one fewer it is refused."""
    rng = random.Random(1)
    runs = np.array([rng.random() for _ in range(fewest)])
    (found,) = quantiles(runs, (share,), "x")
    assert found == pytest.approx(runs.min() if share < 0.5 else runs.max())
    if fewest > 1:
        with pytest.raises(SweepError, match=f"too few for the .* quantile; run at least {fewest}"):
            quantiles(runs[1:], (share,), "x")


def test_units_are_draws_where_there_are_several() -> None:
    """One draw: its replications; several: each draw's mean over the runs that are there."""
    assert units_of(np.array([[1.0, NAN, 3.0]])).tolist() == [1.0, 3.0]
    assert units_of(np.array([[1.0, NAN, 3.0], [NAN, NAN, NAN], [5.0, 5.0, 8.0]])).tolist() == [2.0, 6.0]


def brute(cells: Any) -> tuple[float, float, float]:
    """The three variances by loops, for whole cells."""
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
def test_the_split_is_that_of_the_loops(shape: tuple[int, int, int]) -> None:
    """Policy, parameter and chance agree with plain loops."""
    rng = random.Random(sum(shape))
    cells = np.array([rng.gauss(0, 1) for _ in range(math.prod(shape))]).reshape(shape)
    cells += np.array([rng.gauss(0, 2) for _ in range(shape[0])])[:, None, None]
    found = split(cells, "x")
    assert (found.policy, found.parameter, found.chance) == pytest.approx(brute(cells.tolist()), rel=1e-9, abs=1e-12)


def made_up(rng: np.random.Generator, draws: int, replications: int) -> Any:
    """Scenarios at −1 and 1; draws of variance 4 that both share, and 1 that they do not; chance of 9, shared in part."""
    shared = rng.normal(0, 2, (1, draws, 1))
    own = rng.normal(0, 1, (2, draws, 1))
    luck = rng.normal(0, 2, (1, draws, replications)) + rng.normal(0, math.sqrt(5), (2, draws, replications))
    return np.array([-1.0, 1.0])[:, None, None] + shared + own + luck


def test_the_split_is_free_of_bias(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over 800 made-up studies each part's mean is the truth (1, 5, 9) within four standard errors, nothing cut off."""
    monkeypatch.setattr(statistics, "max", lambda floor, item: item, raising=False)
    rng = np.random.default_rng(5)
    parts = np.array([(s.policy, s.parameter, s.chance) for s in (split(made_up(rng, 12, 3), "x") for _ in range(800))])
    error = parts.std(axis=0) / math.sqrt(len(parts))
    assert (np.abs(parts.mean(axis=0) - [1.0, 5.0, 9.0]) < 4 * error).all(), (parts.mean(axis=0), error)


def test_paired_intervals_cover_as_often_as_they_say() -> None:
    """Of 2,000 intervals at 90% from 12 pairs of shared luck, 90% hold the true gap, to four standard errors."""
    rng = np.random.default_rng(6)
    luck = rng.normal(0, 10, (2_000, 12))
    own = rng.normal(0, 1, (2, 2_000, 12))
    gaps = (luck + own[0] + 0.7) - (luck + own[1])
    held = [one.low <= 0.7 <= one.high for one in (interval(row, 0.9, "x") for row in gaps)]
    assert abs(np.mean(held) - 0.9) < 4 * math.sqrt(0.09 / 2_000)


@pytest.mark.parametrize("common", [0, 1])
def test_a_split_needs_runs_in_common(common: int) -> None:
    """Scenarios that share no unit, or one, have no variance of policy that could be told from chance."""
    cells = np.random.default_rng(7).normal(size=(2, 1, 24))
    cells[0, 0, 12:] = cells[1, 0, : 12 - common] = NAN
    with pytest.raises(SweepError, match=f"x: has only {common} replications that succeeded in every scenario"):
        split(cells, "x")
    with pytest.raises(SweepError, match=f"x: has only {common} draws that succeeded in every scenario"):
        split(np.repeat(cells[:, 0, :, None], 2, axis=2), "x")


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ((2, 1, 5), "x: has only 8 replications beyond the first of each draw; add at least 2 more"),
        ((1, 20, 1), "x: has only 0 replications beyond the first"),
        ((1, 5, 4), "x: has 5 draws with results; give at least 10 draws, or only one"),
    ],
)
def test_too_few_runs_are_not_split(shape: tuple[int, int, int], said: str) -> None:
    """A sentence says what is missing."""
    with pytest.raises(SweepError) as caught:
        split(np.arange(float(math.prod(shape))).reshape(shape), "x")
    assert str(caught.value).startswith(said)
