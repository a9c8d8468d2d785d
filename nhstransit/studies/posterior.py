"""What is fitted: parameters, each one number of a scenario with its prior range and the reason why it is free."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import attrs
import numpy as np

from nhstransit.arrays import Bools, Floats, Rows
from nhstransit.errors import CalibrationError, nearest
from nhstransit.fields import one_of
from nhstransit.scenario import Scenario
from nhstransit.scenario.paths import is_whole
from nhstransit.streams import Luck
from nhstransit.studies import Draws, sweep
from nhstransit.studies.emulator import Emulator
from nhstransit.studies.likelihood import SAMPLING, Target, log_likelihood
from nhstransit.studies.statistics import real

SCALES = ("linear", "log", "logit")


@attrs.frozen(kw_only=True)
class Parameter:
    """An input: a dotted path, and its prior between `low` and `high`.

    The prior is uniform on the scale, or with a `mode` a triangle with its peak there. `reason` says why it is fitted
    and not set. `also` are further paths that always take the same value. `what` and `source` are for readers.

    Raises:
        CalibrationError: for an empty range, one that its scale does not allow ("log" needs numbers above 0, "logit"
            shares between 0 and 1), and a mode outside the range.
    """

    path: str
    low: float
    high: float
    scale: str = one_of(SCALES, "linear")
    reason: str = ""
    mode: float | None = None
    also: tuple[str, ...] = ()
    what: str = ""
    source: str = ""

    def __attrs_post_init__(self) -> None:
        place = f"parameter {self.path}"
        told = f"goes from {self.low!r} to {self.high!r}"
        if not (real(self.low) and real(self.high)) or self.high <= self.low:
            raise CalibrationError(place, told, "give two numbers, the lower first")
        if (self.scale != "linear" and self.low <= 0) or (self.scale == "logit" and self.high >= 1):
            raise CalibrationError(
                place, f"{told} on a {self.scale} scale", "give numbers above 0 (below 1 as well for logit)"
            )
        if self.mode is not None and not (real(self.mode) and self.low <= self.mode <= self.high):
            raise CalibrationError(place, f"has its mode at {self.mode!r}", "give a mode within the range")

    @property
    def shape(self) -> str:
        """The prior in words: "uniform", "log-uniform", "triangular"."""
        form = "uniform" if self.mode is None else "triangular"
        return form if self.scale == "linear" else f"{self.scale}-{form}"

    def values(self, shares: Floats) -> Floats:
        """The values at shares (n,) of the prior's probability, 0 to 1: its quantiles."""
        low = _onto(self.low, self.scale)
        high = _onto(self.high, self.scale)
        return _back(low + _quantile(np.asarray(shares, "float64"), self._peak) * (high - low), self.scale)

    def shares(self, values: Any) -> Floats:
        """The shares of the prior's probability, 0 to 1, that lie below values (n,): the inverse of `values`."""
        low = _onto(self.low, self.scale)
        high = _onto(self.high, self.scale)
        return _below(np.asarray((_onto(values, self.scale) - low) / (high - low)), self._peak)

    @property
    def _peak(self) -> float | None:
        """How far the mode lies between the ends, on the scale; None without one."""
        if self.mode is None:
            return None
        low = _onto(self.low, self.scale)
        high = _onto(self.high, self.scale)
        return float((_onto(self.mode, self.scale) - low) / (high - low))


def _quantile(shares: Floats, peak: float | None) -> Floats:
    """Quantiles on the unit interval of the uniform distribution, or of the triangular one with that peak, (n,)."""
    if peak is None:
        return shares
    inside = np.clip(shares, 0.0, 1.0)
    left = np.sqrt(inside * peak)
    right = 1.0 - np.sqrt((1.0 - inside) * (1.0 - peak))
    return np.asarray(np.where(inside < peak, left, right))


def _below(ways: Floats, peak: float | None) -> Floats:
    """The probability below points of the unit interval, (n,): the inverse of `_quantile`."""
    if peak is None:
        return ways
    ways = np.clip(ways, 0.0, 1.0)
    left = ways**2 / max(peak, 1e-12)
    right = 1.0 - (1.0 - ways) ** 2 / max(1.0 - peak, 1e-12)
    return np.asarray(np.where(ways < peak, left, right))


DIGITS = 6  # significant digits of a drawn value: more than the figures can determine, and what a file holds


def draws_at(parameters: tuple[Parameter, ...], scenario: Scenario, points: Floats) -> Draws:
    """Draws at points of the unit cube: each parameter's value at its path, and at those that share it.

    Args:
        parameters: the p parameters.
        scenario: the scenario that they are settings of.
        points: (n, p) points of the unit cube.
    """
    rows = settings(parameters, scenario, points)
    paths = tuple(path for one in parameters for path in (one.path, *one.also))
    times = [1 + len(one.also) for one in parameters]
    wide = [tuple(item for item, many in zip(row, times, strict=True) for _ in range(many)) for row in rows]
    return Draws(paths=paths, rows=tuple(wide))


def settings(parameters: tuple[Parameter, ...], scenario: Scenario, points: Floats) -> tuple[tuple[Any, ...], ...]:
    """The values at points of the unit cube, one row per point; whole numbers where the scenario has them.

    Args:
        parameters: the parameters, p of them.
        scenario: the scenario that they belong to.
        points: points of the unit cube, (n, p).
    """
    columns = []
    for place, parameter in enumerate(parameters):
        values = parameter.values(points[:, place])
        whole = is_whole(scenario, parameter.path)
        columns.append(np.rint(values).astype("int64").tolist() if whole else [short(item) for item in values])
    return tuple(zip(*columns, strict=True))


def short(number: float) -> float:
    """A number to as many digits as are kept."""
    return float(f"{number:.{DIGITS}g}")


def check_parameters(parameters: tuple[Parameter, ...], scenario: Scenario) -> None:
    """Raise an InputError for a repeated or unknown path, or a range with an end that the scenario does not allow."""
    paths = [path for parameter in parameters for path in (parameter.path, *parameter.also)]
    if not paths or len(set(paths)) != len(paths):
        raise CalibrationError("parameters", f"are {paths!r}", "give one or more, each path once")
    for corner in (np.zeros((1, len(paths))), np.ones((1, len(paths)))):
        for path, item in draws_at(parameters, scenario, corner).setting(0):
            scenario.having(path, item)


def _onto(values: Any, scale: str) -> Any:
    numbers = np.asarray(values, "float64")
    if scale == "log":
        return np.log(numbers)
    return np.log(numbers / (1.0 - numbers)) if scale == "logit" else numbers


def _back(numbers: Floats, scale: str) -> Floats:
    if scale == "log":
        return np.exp(numbers)
    return np.asarray(1.0 / (1.0 + np.exp(-numbers))) if scale == "logit" else numbers


# Evaluating points: figures simulated at points of the parameter space, with the same seeds at every point.
#
# Points are passed to `sweep` as scenarios, which share the seeds of their replications. Two points then differ by
# their parameters and not by chance, so that the likelihood is a smooth surface. The sweep's store keeps every
# evaluation by its key: an interrupted fit resumes, and a longer fit reuses a shorter one.


@attrs.frozen(kw_only=True, eq=False)
class Moments:
    """Points (n, p) of the unit cube, and for each target the mean over replications and the variances (n, t).

    `chance` is the variance of one run's figure over replications. `sampling` is the variance that a survey of only
    some organisations adds. Where a figure could not be read at a point, it is NaN there.
    """

    points: Floats
    mean: Floats
    chance: Floats
    sampling: Floats

    def __len__(self) -> int:
        return len(self.points)

    @property
    def whole(self) -> Bools:
        """At which points every figure is present, (n,)."""
        return np.asarray(np.isfinite(self.mean).all(axis=1))

    @property
    def variance(self) -> Floats:
        """The variance of one observation of each figure, (t,): chance and sampling, averaged over points."""
        both = self.chance + self.sampling
        there = np.isfinite(both)
        return np.asarray(np.where(there, both, 0.0).sum(axis=0) / np.maximum(there.sum(axis=0), 1))

    def and_(self, other: Moments) -> Moments:
        """These points followed by others."""
        both = {
            field.name: np.concatenate([getattr(self, field.name), getattr(other, field.name)])
            for field in attrs.fields(Moments)
        }
        return Moments(**both)


@attrs.frozen(kw_only=True, eq=False)
class Evaluator:
    """Simulates points of a scenario's parameters and reads the targets from the runs."""

    scenario: Scenario
    parameters: tuple[Parameter, ...]
    targets: tuple[Target, ...]
    seeds: int
    seed: int
    measure: Callable[..., Any]
    store: str | Path | None = None
    executor: Any = None
    progress: bool | None = None

    def moments(self, points: Floats) -> Moments:
        """The moments of the worlds at these points (n, p).

        Raises CalibrationError where no figure can be read at any of them.
        """
        draws = draws_at(self.parameters, self.scenario, points)
        names = [draws.content(place)[:24] for place in range(len(points))]
        study = sweep(
            {name: draws.world(self.scenario, place) for place, name in enumerate(names)},
            replications=self.seeds,
            seed=self.seed,
            measure=self.measure,
            store=self.store,
            executor=self.executor,
            progress=self.progress,
        )
        if study.results.failed.all():
            first = study.failures().iloc[0]
            raise CalibrationError("every point", f"failed ({first['error']})", "give ranges where runs succeed")
        rows = [study.results.place(name) for name in names]
        cells = [self._cells(study.results, target.name)[rows] for target in self.targets]
        spread = [self._sampling(study.results, target.name)[rows] for target in self.targets]
        return Moments(
            points=points,
            mean=np.stack([one.mean(axis=1) for one in cells], axis=1),
            chance=np.stack([_variance(one) for one in cells], axis=1),
            sampling=np.stack(spread, axis=1),
        )

    def _cells(self, results: Any, name: str) -> Floats:
        """One figure by world and replication, (worlds, seeds)."""
        if name not in results.measures:
            raise CalibrationError(f"target {name!r}", "cannot be read from any run", nearest(name, results.measures))
        return np.asarray(results.cells(name)[:, 0, : self.seeds])

    def _sampling(self, results: Any, name: str) -> Floats:
        """The variance over samples of organisations in each world, averaged over replications, (worlds,)."""
        if f"{name}{SAMPLING}" not in results.measures:
            return np.zeros(len(results.scenarios))
        return np.asarray((self._cells(results, f"{name}{SAMPLING}") ** 2).mean(axis=1))


def _variance(cells: Floats) -> Floats:
    """The variance over replications; zero with only one."""
    return np.asarray(cells.var(axis=1, ddof=1) if cells.shape[1] > 1 else np.zeros(len(cells)))


# The likelihood of points, by emulators in place of runs; and samples of points drawn from it.
#
# The sampler is differential evolution with Metropolis' rule (ter Braak 2006, Statistics and Computing 16(3)): many
# chains run together, and each steps along the difference of two others, so that no step size need be set. The
# prior is uniform on the unit cube.

JITTER = 1e-3  # width of a step's own noise
LEAP = 10  # every LEAP-th step takes the whole difference


@attrs.frozen(kw_only=True, eq=False)
class Surface:
    """The log-likelihood of all targets over the unit cube; `variance` (t,) is chance and sampling."""

    targets: tuple[Target, ...]
    emulators: tuple[Emulator, ...]
    variance: Floats
    temper: float = 1.0  # the temperature: the log-likelihood is divided by it

    def __call__(self, points: Floats) -> Floats:
        """The log-likelihood at points (m, p), with the emulators' predictive variance; −∞ outside the cube, (m,)."""
        inside = ((points >= 0.0) & (points <= 1.0)).all(axis=1)
        out = np.full(len(points), -math.inf)
        if inside.any():
            out[inside] = sum(self.pieces(points[inside])) / self.temper
        return out

    def pieces(self, points: Floats) -> list[Floats]:
        """The log-likelihood of each target, (m,) each."""
        found = []
        for target, emulator, variance in zip(self.targets, self.emulators, self.variance, strict=True):
            mean, doubt = emulator.predict(points)
            found.append(log_likelihood(target, mean, variance + doubt))
        return found

    def tempered(self, temper: float) -> Surface:
        """The same surface at another temperature."""
        return attrs.evolve(self, temper=temper)


def sampled(surface: Surface, start: Floats, *, steps: int, seed: int) -> Floats:
    """Sample from the surface's likelihood: points (steps, chains, p).

    The two halves of the chains take turns: one steps along differences within the other, which does not move. This
    makes the Metropolis rule exact.

    Args:
        surface: the log-likelihood to sample from.
        start: the points where the chains start, (chains, p).
        steps: how many steps each chain takes.
        seed: the root of the random numbers.
    """
    at = start.copy()
    chains, width = at.shape
    luck = _ChainLuck.of(Luck(seed), steps, chains, width)
    height = surface(at)
    path = np.empty((steps, chains, width))
    halves = np.arange(chains // 2), np.arange(chains // 2, chains)
    for step in range(steps):
        stride = 1.0 if step % LEAP == LEAP - 1 else 2.38 / math.sqrt(2 * width)
        for mine, others in (halves, halves[::-1]):
            new = at[mine] + stride * luck.difference(at, step, mine, others) + JITTER * luck.wobble[step, mine]
            found = surface(new)
            taken = np.log(luck.accepts[step, mine]) < found - height[mine]
            at[mine] = np.where(taken[:, None], new, at[mine])
            height[mine] = np.where(taken, found, height[mine])
        path[step] = at
    return path


TRIES = 40  # points on an ellipse before a chain stays where it is for a step; four or five are usual


def sliced(surface: Callable[[Floats], Floats], start: Floats, *, steps: int, seed: int) -> Floats:
    """Sample from a surface over the unit cube by elliptical slices: points (steps, chains, p).

    After Murray, Adams and MacKay (2010), AISTATS: each chain moves on an ellipse through its point and a draw of the
    prior, which is standard normal behind the cube's uniform. Nothing need be tuned, and many inputs that the figures say
    little of do not slow it, as they do differences of chains (`sampled`). After a third of the steps the ellipses are
    drawn from a normal distribution fitted to where the chains have been, and the surface is corrected for it (Nishihara,
    Murray and Adams 2014, JMLR 15): discard that third.

    Args:
        surface: the log-likelihood of points of the cube; −∞ where a point is ruled out.
        start: the points where the chains start, (chains, p), none of them ruled out.
        steps: how many steps each chain takes.
        seed: the root of the random numbers.
    """
    from scipy.special import ndtr, ndtri  # imported where it is used, because SciPy is slow to import

    chains, width = start.shape
    luck = _SliceLuck.of(Luck(seed), steps, chains, width)
    at = np.asarray(ndtri(np.clip(start, 1e-9, 1.0 - 1e-9)))
    warm = steps // 3
    path = np.empty((steps, chains, width))
    plain = _Ellipses(surface=surface, middle=np.zeros(width), root=np.eye(width), corrected=False)
    plain.move(at, luck, range(warm), path)
    been = path[warm // 2 : warm].reshape(-1, width) if warm else at
    if len(been) > 4 * width:
        whole = WIDER_SLICE * np.cov(been, rowvar=False) + 0.05 * np.eye(width)
        middle = been.mean(axis=0)
        root: Floats = np.asarray(np.linalg.cholesky(whole), "float64")
        _Ellipses(surface=surface, middle=middle, root=root, corrected=True).move(at, luck, range(warm, steps), path)
    else:
        plain.move(at, luck, range(warm, steps), path)
    return np.asarray(ndtr(path))


WIDER_SLICE = 1.2  # factor on the fitted covariance, so that its tails are no thinner than the surface's


@attrs.frozen(kw_only=True, eq=False)
class _Ellipses:
    """Moves of chains in the space behind the cube, on ellipses of a normal distribution with a middle and a root."""

    surface: Callable[[Floats], Floats]
    middle: Floats
    root: Floats
    corrected: bool  # whether the distribution is another than the prior's

    def height(self, at: Floats) -> Floats:
        """The log density of points over that of the ellipses' distribution, (m,)."""
        from scipy.special import ndtr

        found = self.surface(np.asarray(ndtr(at)))
        if not self.corrected:
            return found
        inner = np.linalg.solve(self.root, (at - self.middle).T)
        return np.asarray(found - 0.5 * (at**2).sum(axis=1) + 0.5 * (inner**2).sum(axis=0))

    def move(self, at: Floats, luck: _SliceLuck, steps: range, path: Floats) -> None:
        """Move the chains, and write each step of them into `path`.

        Args:
            at: (chains, p) where the chains are; changed in place.
            luck: the random numbers of all steps.
            steps: the steps to take.
            path: (steps, chains, p) where each step is written.
        """
        height = self.height(at)
        for step in steps:
            line = height + luck.level[step]
            direction = luck.direction[step] @ self.root.T
            angle = 2.0 * math.pi * luck.angles[step, 0]
            low = angle - 2.0 * math.pi
            high = angle.copy()
            moving = np.arange(len(at))
            for attempt in range(1, TRIES):
                turned = angle[moving, None]
                new = self.middle + (at[moving] - self.middle) * np.cos(turned) + direction[moving] * np.sin(turned)
                found = self.height(new)
                good = found > line[moving]
                at[moving[good]] = new[good]
                height[moving[good]] = found[good]
                moving = moving[~good]
                if not len(moving):
                    break
                back = angle[moving] < 0
                low[moving[back]] = angle[moving[back]]
                high[moving[~back]] = angle[moving[~back]]
                angle[moving] = low[moving] + luck.angles[step, attempt, moving] * (high[moving] - low[moving])
            path[step] = at


@attrs.frozen(eq=False)
class _SliceLuck:
    """All random numbers of a sampler by slices, drawn at once."""

    direction: Floats
    level: Floats
    angles: Floats

    @classmethod
    def of(cls, luck: Luck, steps: int, chains: int, width: int) -> _SliceLuck:
        """The random numbers of a sampler by slices.

        Args:
            luck: the draws.
            steps: number of steps.
            chains: number of chains.
            width: number of parameters.
        """
        keys = np.arange(steps * chains)
        normals = [luck.normal(f"slice direction {axis}", 0, keys).reshape(steps, chains) for axis in range(width)]
        angles = luck.uniform("slice angle", 0, np.arange(steps * TRIES * chains)).reshape(steps, TRIES, chains)
        return cls(
            direction=np.stack(normals, axis=2),
            level=np.log(luck.uniform("slice level", 0, keys)).reshape(steps, chains),
            angles=angles,
        )


@attrs.frozen(eq=False)
class _ChainLuck:
    """All random numbers of a sampler, drawn at once: (steps, chains) each, and (steps, chains, p)."""

    wobble: Floats
    accepts: Floats
    partner: Floats
    other: Floats

    @classmethod
    def of(cls, luck: Luck, steps: int, chains: int, width: int) -> _ChainLuck:
        """The random numbers of a sampler by differences between chains.

        Args:
            luck: the draws.
            steps: number of steps.
            chains: number of chains.
            width: number of parameters.
        """
        keys = np.arange(steps * chains)
        wobble = [luck.normal(f"chain step {axis}", 0, keys).reshape(steps, chains) for axis in range(width)]
        names = ("chain acceptance", "chain partner", "chain other partner")
        return cls(np.stack(wobble, axis=2), *(luck.uniform(name, 0, keys).reshape(steps, chains) for name in names))

    def difference(self, at: Floats, step: int, mine: Rows, others: Rows) -> Floats:
        """For each chain of one half, the difference between two chains of the other half, which is at rest, (mine, p).

        Args:
            at: (chains, p) where the chains are.
            step: number of the step.
            mine: positions of the chains of the half that moves.
            others: positions of the chains of the half at rest.
        """
        first = (self.partner[step, mine] * len(others)).astype("int64")
        apart = 1 + (self.other[step, mine] * (len(others) - 1)).astype("int64")
        return np.asarray(at[others[first]] - at[others[(first + apart) % len(others)]])


def heights(found: Moments, surface: Surface) -> Floats:
    """The log-likelihood of each point as it was run, without emulators; −∞ where a figure is missing, (n,)."""
    out = np.where(found.whole, 0.0, -math.inf)
    for place, target in enumerate(surface.targets):
        mean = np.where(found.whole, found.mean[:, place], target.value)
        out += log_likelihood(target, mean, np.full(len(mean), surface.variance[place]))
    return out


def spread_points(count: int, width: int, seed: int, decision: str = "design") -> Floats:
    """A Sobol' sequence with a random shift: points spread evenly over the unit cube, (count, width).

    Args:
        count: the number of points.
        width: the number of dimensions.
        seed: the root of the random shift.
        decision: the name of the random stream.
    """
    from scipy.stats import qmc  # takes half a second, so it is imported only where it is used

    plain = qmc.Sobol(width, scramble=False).random_base2(max(0, math.ceil(math.log2(count))))[:count]
    shift = Luck(seed).uniform(f"{decision} shift", 0, np.arange(width))
    return np.asarray((plain + shift + 1e-9) % 1.0)


def likeliest(surface: Surface, starts: Sequence[Floats]) -> Floats:
    """The point of the cube with the highest log-likelihood that is found by climbing from each start, (p,)."""
    tops = [climbed(lambda point: float(surface(point[None, :])[0]), start, 150) for start in starts]
    return max(tops, key=lambda top: top[0])[1]


def climbed(height: Callable[[Floats], float], start: Floats, calls: int) -> tuple[float, Floats]:
    """The maximum within the cube that the Nelder-Mead simplex finds from a start, and where it is (p,).

    The simplex needs no derivatives. A surface of emulators has kinks where the likelihood changes its distribution.

    Args:
        height: the log-likelihood of a point (p,).
        start: the point to start from, (p,).
        calls: the most evaluations for each dimension.
    """
    from scipy.optimize import Bounds, minimize  # imported where it is used, because SciPy is slow to import

    def depth(point: Floats) -> float:
        found = height(point)
        return -found if math.isfinite(found) else 1e300

    options: Any = {"maxfev": calls * len(start), "xatol": 1e-4, "fatol": 1e-3}
    bounds = Bounds(np.zeros(len(start)), np.ones(len(start)))
    found: Any = minimize(depth, np.asarray(start, "float64"), method="Nelder-Mead", bounds=bounds, options=options)
    return -float(found.fun), np.clip(found.x, 0.0, 1.0)
