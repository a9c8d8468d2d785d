"""Intervals for a mean gap over pairs of runs that share their luck seed by seed: by Student's t, or by the bootstrap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import attrs
import numpy as np
from numpy.typing import ArrayLike

from nhstransit.arrays import Floats
from nhstransit.errors import InputError, nearest
from nhstransit.streams import Luck

Method = Literal["t", "bootstrap"]
FEWEST: dict[Method, int] = {"t": 10, "bootstrap": 20}  # pairs; below them an interval would say more than is known
DRAWS = 4_000  # of the bootstrap


@attrs.frozen(kw_only=True)
class Interval:
    """A mean over pairs of runs, and the interval about it; `method` and `level` say of which kind it is."""

    mean: float
    low: float
    high: float
    pairs: int
    level: float
    method: str

    def __str__(self) -> str:
        return f"{self.mean:,.6g} ({self.level:.0%} {self.method} interval {self.low:,.6g} to {self.high:,.6g})"


def paired(gaps: ArrayLike, *, level: float = 0.95, method: Method = "t") -> Interval:
    """The mean of gaps, one a pair of runs, with an interval.

    Args:
        gaps: (pairs,) run less baseline, each pair with one seed.
        level: the share of such intervals that hold the true mean, between 0 and 1.
        method: "t": mean ± t(pairs − 1) × s ÷ √pairs (Student 1908), which takes gaps to be roughly normal; "bootstrap":
            percentiles of the means of resampled gaps (Efron 1979), which takes enough of them.

    Raises:
        InputError: for fewer than 10 pairs (t) or 20 (bootstrap), a level outside 0 to 1, another method, or a gap that is
            no finite number.
    """
    of = np.asarray(gaps, "float64").ravel()
    check(len(of), level, method)
    if not np.isfinite(of).all():
        place = int(np.argmin(np.isfinite(of)))
        raise InputError(f"gaps[{place}]", f"is {of[place]}", "give a finite number for each pair")
    low, high = _student(of, level) if method == "t" else _resampled(of, level)
    return Interval(mean=float(of.mean()), low=low, high=high, pairs=len(of), level=level, method=method)


def check(pairs: int, level: float, method: str) -> None:
    """Raise InputError unless so many pairs are enough for an interval of this kind."""
    if method not in FEWEST:
        raise InputError("method", f"is {method!r}", nearest(str(method), FEWEST))
    if not 0.0 < level < 1.0:
        raise InputError("level", f"is {level!r}", "give a share between 0 and 1, such as 0.95")
    if pairs < FEWEST[method]:
        told = f"{pairs} pair is" if pairs == 1 else f"{pairs} pairs are"
        wrong = f"{told} too few for a {method} interval"
        raise InputError("runs", wrong, f"simulate at least {FEWEST[method]} seeds on either side")


def _student(gaps: Floats, level: float) -> tuple[float, float]:
    from scipy.special import stdtrit  # scipy is loaded where it is used

    half = float(stdtrit(len(gaps) - 1, (1.0 + level) / 2.0)) * float(gaps.std(ddof=1)) / len(gaps) ** 0.5
    return float(gaps.mean()) - half, float(gaps.mean()) + half


def _resampled(gaps: Floats, level: float) -> tuple[float, float]:
    """Percentiles of resampled means; which are drawn hangs on the number of pairs alone, so that asking again agrees."""
    size = len(gaps)
    drawn = Luck(0).uniform("comparison bootstrap", size, np.arange(DRAWS * size), among="staff") * size
    means = gaps[drawn.astype("intp")].reshape(DRAWS, size).mean(axis=1)
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(means, [tail, 1.0 - tail])
    return float(low), float(high)


def spread(gaps: Sequence[float] | Floats) -> float:
    """The standard deviation of gaps over pairs, NaN for one pair alone."""
    return float(np.std(gaps, ddof=1)) if len(gaps) > 1 else float("nan")
