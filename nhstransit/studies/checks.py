"""Checks of a fit with its emulators, without further runs: calibration, prediction of left-out blocks, intervals.

calibrated(found, trials=200).table     # simulation-based calibration: are the ranks of known truths uniform?
out_of_block(found)                     # each block predicted from the other blocks, scored, and compared with the prior
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import Floats, plain
from nhstransit.errors import CalibrationError, check_kind, nearest
from nhstransit.streams import Luck
from nhstransit.studies.blocks import FREEDOM
from nhstransit.studies.ensemble import Ensemble
from nhstransit.studies.matching import PREDICTIVE, Emulated, Matched, Surface, posterior_surface
from nhstransit.studies.posterior import sliced, spread_points
from nhstransit.studies.scores import crps, effective_of, interval_score, quantiles

if TYPE_CHECKING:
    import pandas as pd

POOL = 2**13
TRIALS = 200
BINS = 10
TEMPER = 4.0  # the log density of the reweighted sample is divided by this, so that it stays wide without any one block
STEPS = 240
ENDS = {0.5: (0.25, 0.75), 0.9: (0.05, 0.95)}


@attrs.frozen(kw_only=True, eq=False, slots=False)
class Ranks:
    """Simulation-based calibration: the rank of known true inputs in the posteriors of figures drawn from them.

    `ranks` is (trials, p), 0 to 1. `effective` is the effective sample size of each trial's posterior, (trials,).
    """

    paths: tuple[str, ...]
    ranks: Floats
    effective: Floats

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per input: mean rank, share of truths in the middle 50% and 90%, and the p-value for uniform ranks.

        The p-value is of a chi-squared test.
        """
        from scipy.stats import chisquare  # imported here, because SciPy is slow to import

        rows = []
        for at, path in enumerate(self.paths):
            rank = self.ranks[:, at]
            # The bin of each rank; a rank of 1 is in the last bin.
            bins = np.minimum((rank * BINS).astype("int64"), BINS - 1)
            counted = np.bincount(bins, minlength=BINS)
            inside = [float(((rank >= low) & (rank <= high)).mean()) for low, high in ENDS.values()]
            rows.append((path, float(rank.mean()), *inside, float(chisquare(counted).pvalue)))
        return _frame(("input", "mean rank", "within 50%", "within 90%", "p uniform"), rows)

    @property
    def worst(self) -> float:
        """The smallest p-value times the number of inputs (Bonferroni); below 0.05 the fit is miscalibrated."""
        return min(1.0, float(self.table["p uniform"].min()) * len(self.paths))


def calibrated(
    found: Matched, *, trials: int = TRIALS, pool: int = POOL, seed: int = 2010, narrowed: float = 1.0
) -> Ranks:
    """Simulation-based calibration (Talts and others 2018, arXiv:1804.06788) of a fit's likelihood and emulators.

    True inputs are drawn from the prior, and figures from the likelihood at each. The posterior for these figures is a
    reweighted sample of the prior. If the likelihood and the sampling are right, the rank of the truth in its posterior
    is uniform.

    Args:
        found: the fit.
        trials: the number of true inputs.
        pool: the number of points of the prior that are reweighted.
        seed: the root of the random numbers.
        narrowed: a factor on the standard deviations in the posterior's likelihood alone. A factor other than 1 is a
            deliberate fault, to test that the check finds it.

    Raises:
        CalibrationError: for a number of trials or points below 20.
    """
    check_kind("found", found, Matched)
    for name, number in (("trials", trials), ("pool", pool)):
        if type(plain(number)) is not int or number < 20:
            raise CalibrationError(name, f"is {number!r}", "give a whole number of 20 or more")
    width = len(found.parameters)
    luck = Luck(seed)
    # One even spread over the prior: the first `pool` points are reweighted, the last `trials` points are the truths.
    points = spread_points(pool + trials, width, seed, "calibration")
    mean, doubt = _predicted(found.emulated, points)
    rows = np.arange(trials)
    figures = _drawn(found, mean[pool:], doubt[pool:], luck, "calibration")
    judge = found.evidence
    # A narrower likelihood would be overconfident, and the ranks of the truths would no longer be uniform.
    if narrowed != 1.0:
        parts = {name: getattr(judge, name) * narrowed**2 for name in ("own", "chance", "discrepancy")}
        judge = attrs.evolve(judge, **parts)
    ranks = np.empty((trials, width))
    many = np.empty(trials)
    for row in rows.tolist():
        # The posterior for the figures of this truth, as weights of the points of the prior.
        drawn = attrs.evolve(judge, values=figures[row])
        pieces = drawn.pieces(mean[:pool], doubt[:pool] * narrowed**2)
        weights = _weights(pieces.sum(axis=1))
        # The rank of the truth is the posterior probability below it, (p,).
        below = points[:pool] < points[pool + row]
        ranks[row] = weights @ below
        many[row] = effective_of(weights)
    return Ranks(paths=found.paths, ranks=ranks, effective=many)


@attrs.frozen(kw_only=True, eq=False)
class Pool:
    """Points (n, p) from a flattened posterior with emulated figures, for reweighting to any part of the evidence."""

    points: Floats
    mean: Floats
    doubt: Floats
    pieces: Floats
    flat: Floats  # the log density that the points were drawn from, (n,)

    def weights(self, *without: int) -> Floats:
        """The weights of the posterior without the blocks with these indices, (n,), with sum 1.

        Weights above the square root of n times their mean are reduced to that (Ionides 2008, JCGS 17(2)).
        """
        used = [at for at in range(self.pieces.shape[1]) if at not in without]
        return _weights(self.pieces[:, used].sum(axis=1) - self.flat)


def pool_of(found: Matched, *, steps: int = STEPS) -> Pool:
    """A sample of the posterior with its log density divided by four, for reweighting to any part of the evidence."""
    # Points are not ruled out, because a part of the evidence may allow points that the whole evidence rules out.
    surface, starts = posterior_surface(found.evidence, found.emulated, found.ensemble, len(found.parameters))
    flat = _Flattened(attrs.evolve(surface, bounded=False))
    # Every second step after the burn-in, because neighbouring steps are nearly the same.
    chains = sliced(flat, starts, steps=steps, seed=found.seed + 3)[steps // 3 :: 2]
    points = chains.reshape(-1, len(found.parameters))
    mean, doubt = _predicted(found.emulated, points)
    pieces = found.evidence.pieces(mean, doubt)
    return Pool(points=points, mean=mean, doubt=doubt, pieces=pieces, flat=pieces.sum(axis=1) / TEMPER)


@attrs.frozen(eq=False)
class _Flattened:
    """A surface with its log posterior divided by `TEMPER`."""

    surface: Surface

    def __call__(self, points: Floats) -> Floats:
        return self.surface(points) / TEMPER


def out_of_block(found: Matched, *, pool: Pool | None = None) -> pd.DataFrame:
    """Each figure predicted by a fit without its block, and by the prior: one row per figure, indexed by name.

    Columns: block, published, mean, low 50%, high 50%, low 90%, high 90%, inside 50%, inside 90%, crps, interval score,
    width (of the 90% interval), then prior low 90%, prior high 90%, prior crps, prior interval score, and `effective`,
    the effective sample size of the reweighting. Intervals include the uncertainty of parameters, chance, sampling and
    the model's own error. Scores are in the figure's unit, so compare them only with the prior's.

    Args:
        found: the fit.
        pool: points to reweight; None to draw them.
    """
    check_kind("found", found, Matched)
    drawn = pool or pool_of(found)
    ours, prior = _noisy(found, drawn)
    rows = []
    for block, (name, figures) in enumerate(found.evidence.blocks):
        # The same points serve for every block, with the weights of the posterior without it.
        weights = drawn.weights(block)
        rows += [_predicted_row(found, at, name, ours, prior, weights) for at in figures]
    return _frame(_COLUMNS, rows)


def predicted_from(found: Matched, names: Iterable[str], *, pool: Pool | None = None) -> pd.DataFrame:
    """Figures predicted by a fit to other figures alone, such as those known by a date; columns as for `out_of_block`.

    Args:
        found: the fit.
        names: the figures to fit to; every other figure of the evidence is predicted.
        pool: points to reweight; None to draw them.

    Raises:
        CalibrationError: for a figure that is not in the evidence, and for a list of none or all of its figures.
    """
    check_kind("found", found, Matched)
    used = frozenset(names)
    known = found.evidence.names
    for name in used:
        if name not in known:
            raise CalibrationError(f"figure {name!r}", "is not in the evidence", nearest(name, known))
    if not used or len(used) == len(known):
        raise CalibrationError(
            "names",
            f"{len(used)} of {len(known)} figures are listed",
            "list some figures to fit to, and leave others to predict",
        )
    drawn = pool or pool_of(found)
    ours, prior = _noisy(found, drawn)
    # Blocks with their used figures only. A block without any is left out.
    blocks = []
    for name, figures in found.evidence.blocks:
        there = tuple(at for at in figures if known[at] in used)
        if there:
            blocks.append((name, there))
    some = attrs.evolve(found.evidence, blocks=tuple(blocks))
    # Importance sampling: the log density wanted, less the log density that the points were drawn from.
    weights = _weights(some.pieces(drawn.mean, drawn.doubt).sum(axis=1) - drawn.flat)
    rows = [
        _predicted_row(found, at, block, ours, prior, weights)
        for block, figures in found.evidence.blocks
        for at in figures
        if known[at] not in used
    ]
    return _frame(_COLUMNS, rows)


_COLUMNS = (
    *("figure", "block", "published", "mean", "low 50%", "high 50%", "low 90%", "high 90%", "inside 50%", "inside 90%"),
    *("crps", "interval score", "width", "prior low 90%", "prior high 90%", "prior crps", "prior interval score"),
    "effective",
)


def _noisy(found: Matched, drawn: Pool) -> tuple[Floats, Floats]:
    """Figures drawn at the pool's points and at points of the prior, with every source of uncertainty."""
    luck = Luck(found.seed)
    points = spread_points(2**11, len(found.parameters), found.seed, "prior")
    ours = _drawn(found, drawn.mean, drawn.doubt, luck, "out of block")
    return ours, _drawn(found, *_predicted(found.emulated, points), luck, "prior")


def _predicted_row(
    found: Matched, at: int, block: str, ours: Floats, prior: Floats, weights: Floats
) -> tuple[Any, ...]:
    """One row of `out_of_block`: a figure predicted with weights (n,) of the pool's points, and the prior's score."""
    value = float(found.evidence.values[at])
    after = _scored(ours[:, at], value, weights)
    before = _scored(prior[:, at], value, None)
    mean = float(weights @ ours[:, at])
    return (found.evidence.names[at], block, value, mean, *after.all, *before.short, effective_of(weights))


@attrs.frozen(kw_only=True)
class _Scored:
    """The interval ends and scores of a predictive sample of one figure."""

    ends: tuple[float, float, float, float]
    crps: float
    score: float
    value: float

    @property
    def all(self) -> tuple[Any, ...]:
        low, high = self.ends[2:]
        inside = [self.ends[at] <= self.value <= self.ends[at + 1] for at in (0, 2)]
        return (*self.ends, *inside, self.crps, self.score, high - low)

    @property
    def short(self) -> tuple[float, ...]:
        return (*self.ends[2:], self.crps, self.score)


def _scored(sample: Floats, value: float, weights: Floats | None) -> _Scored:
    shares = np.array([0.25, 0.75, 0.05, 0.95])
    low, high, lowest, highest = quantiles(sample, shares, weights).tolist()
    score = interval_score(lowest, highest, value, 0.9)
    return _Scored(ends=(low, high, lowest, highest), crps=crps(sample, value, weights), score=score, value=value)


@attrs.frozen(kw_only=True)
class Spread:
    """One figure over the posterior: its mean, standard deviations by source, and the ends of its intervals."""

    name: str
    mean: float
    by_parameter: float
    by_chance: float
    by_discrepancy: float
    low_50: float
    high_50: float
    low_90: float
    high_90: float
    runs: int


def intervals(ensemble: Ensemble, names: Mapping[str, tuple[float, float]], *, seed: int = 2010) -> dict[str, Spread]:
    """Intervals of a fit's figures, which include the uncertainty of parameters, chance and the model's error.

    Args:
        ensemble: the runs of a fit. Runs at draws of the posterior give the spread, replications the part due to chance.
        names: for each figure, the standard deviation of the model's error as a share of the figure, and as an absolute
            number, which is used if it is not zero.
        seed: the root of the random numbers of the model's error.

    Raises:
        CalibrationError: for an ensemble with fewer than ten runs at draws.
    """
    check_kind("ensemble", ensemble, Ensemble)
    check_kind("names", names, Mapping, "give a mapping, such as a dictionary")
    # Runs at draws vary by parameters and chance together, replications by chance alone.
    drawn = ensemble.where(ensemble.wave == PREDICTIVE)
    same = ensemble.where(ensemble.wave == 0)
    if len(drawn) < 10:
        wrong = f"has only {len(drawn)} runs at draws of the posterior"
        raise CalibrationError("ensemble", wrong, "make the fit with `predictive` = 10 or more")
    found = {}
    luck = Luck(seed)
    for name, (share, absolute) in names.items():
        if name not in drawn.figures:
            continue
        column = drawn.of(name)
        column = column[np.isfinite(column)]
        if len(column) < 10:
            continue
        again = same.of(name)
        chance = float(np.nanvar(again, ddof=1)) if np.isfinite(again).sum() > 1 else 0.0
        error = absolute or share * abs(float(column.mean()))
        # Each run is repeated 64 times with a different error of the model, which makes the quantiles smoother.
        normal = luck.normal(f"model error {name}", 0, np.arange(64 * len(column)))
        noisy = np.repeat(column, 64) + error * normal
        ends = np.quantile(noisy, (0.25, 0.75, 0.05, 0.95)).tolist()
        # The variance due to parameters is what remains after chance; sampling error can make the difference negative.
        found[name] = Spread(
            name=name,
            mean=float(column.mean()),
            by_parameter=math.sqrt(max(float(column.var(ddof=1)) - chance, 0.0)),
            by_chance=math.sqrt(chance),
            by_discrepancy=error,
            low_50=ends[0],
            high_50=ends[1],
            low_90=ends[2],
            high_90=ends[3],
            runs=len(column),
        )
    return found


def _predicted(machine: Emulated, points: Floats) -> tuple[Floats, Floats]:
    """Emulated means and variances, (m, t) each. Points are split into parts to limit memory."""
    parts = [machine.predict(part) for part in np.array_split(points, max(1, len(points) // 1024))]
    means = np.concatenate([mean for mean, _ in parts])
    variances = np.concatenate([doubt for _, doubt in parts])
    return means, variances


def _drawn(found: Matched, mean: Floats, doubt: Floats, luck: Luck, decision: str) -> Floats:
    """Figures drawn from the likelihood at points with these means and variances, (m, t each)."""
    rows = np.arange(len(mean))
    normal = np.stack([luck.normal(f"{decision} figure {at}", 0, rows) for at in range(mean.shape[1])], axis=1)
    # The sum of as many squared normal numbers as there are degrees of freedom is chi-squared, one for each block.
    squares = []
    for block in range(len(found.evidence.blocks)):
        parts = [luck.normal(f"{decision} block {block}", part, rows) ** 2 for part in range(int(FREEDOM))]
        squares.append(sum(parts))
    return found.evidence.drawn(mean, doubt, normal, np.stack(squares, axis=1))


def _weights(heights: Floats) -> Floats:
    """Weights with sum 1 from log densities, (n,); the largest are reduced: see `Pool.weights`."""
    # Relative to the largest, because the exponential of a log density can be too small for a float.
    raw = np.exp(heights - heights.max())
    most = math.sqrt(len(raw)) * raw.mean()
    cut = np.minimum(raw, most)
    return np.asarray(cut / cut.sum())


def _frame(names: tuple[str, ...], rows: list[Any]) -> pd.DataFrame:
    columns: Mapping[str, Any] = {name: [row[at] for row in rows] for at, name in enumerate(names)}
    return tables.frame(dict(columns), index=names[0])
