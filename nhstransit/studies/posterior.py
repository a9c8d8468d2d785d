"""Parameters of a fit and their priors, the evaluation of points by runs, and samplers of the likelihood."""

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
    """An input of a fit: a dotted path, and its prior between `low` and `high`.

    The prior is uniform on the scale, or triangular with its peak at `mode`. `also` has further paths that always have
    the same value. `reason` (why the number is fitted), `what` (a description) and `source` (of the prior) are texts
    for readers.

    Raises:
        CalibrationError: for an empty range; for a range that its scale does not allow ("log" needs numbers above 0,
            "logit" numbers between 0 and 1); and for a mode outside the range.
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
        wrong = f"has a range of {self.low!r} to {self.high!r}"
        if not (real(self.low) and real(self.high)) or self.high <= self.low:
            raise CalibrationError(place, wrong, "give two numbers, the lower first")
        if (self.scale != "linear" and self.low <= 0) or (self.scale == "logit" and self.high >= 1):
            raise CalibrationError(
                place, f"{wrong} on a {self.scale} scale", "give numbers above 0, and for logit also below 1"
            )
        if self.mode is not None and not (real(self.mode) and self.low <= self.mode <= self.high):
            raise CalibrationError(place, f"has a mode of {self.mode!r}", "give a mode within the range")

    @property
    def shape(self) -> str:
        """The name of the prior, such as "uniform", "log-uniform" or "triangular"."""
        form = "uniform" if self.mode is None else "triangular"
        return form if self.scale == "linear" else f"{self.scale}-{form}"

    def values(self, shares: Floats) -> Floats:
        """Quantiles of the prior at probabilities from 0 to 1, (n,)."""
        low = _onto(self.low, self.scale)
        high = _onto(self.high, self.scale)
        inside = _quantile(np.asarray(shares, "float64"), self._peak)
        return _back(low + inside * (high - low), self.scale)

    def shares(self, values: Any) -> Floats:
        """The prior's probability below each of some values, 0 to 1, (n,): the inverse of `values`."""
        low = _onto(self.low, self.scale)
        high = _onto(self.high, self.scale)
        inside = (_onto(values, self.scale) - low) / (high - low)
        return _below(np.asarray(inside), self._peak)

    @property
    def _peak(self) -> float | None:
        """The position of the mode in the range, 0 to 1, on the scale; None if there is no mode."""
        if self.mode is None:
            return None
        low = _onto(self.low, self.scale)
        high = _onto(self.high, self.scale)
        return float((_onto(self.mode, self.scale) - low) / (high - low))


def _quantile(shares: Floats, peak: float | None) -> Floats:
    """Quantiles of the uniform distribution on the unit interval, or of the triangular one with this peak, (n,)."""
    if peak is None:
        return shares
    # The cumulative probability at the peak is the peak's position, which therefore separates the two branches.
    inside = np.clip(shares, 0.0, 1.0)
    left = np.sqrt(inside * peak)
    right = 1.0 - np.sqrt((1.0 - inside) * (1.0 - peak))
    return np.asarray(np.where(inside < peak, left, right))


def _below(ways: Floats, peak: float | None) -> Floats:
    """The probability below points of the unit interval, (n,): the inverse of `_quantile`."""
    if peak is None:
        return ways
    ways = np.clip(ways, 0.0, 1.0)
    # A peak at an end of the range would divide by zero in the branch that no point then uses.
    left = ways**2 / max(peak, 1e-12)
    right = 1.0 - (1.0 - ways) ** 2 / max(1.0 - peak, 1e-12)
    return np.asarray(np.where(ways < peak, left, right))


DIGITS = 6  # significant digits of a drawn value: as many as files have, and more than the figures can determine


def draws_at(parameters: tuple[Parameter, ...], scenario: Scenario, points: Floats) -> Draws:
    """Draws at points of the unit cube, with each parameter's value at its path and at the paths in `also`.

    Args:
        parameters: the p parameters.
        scenario: the scenario.
        points: points of the unit cube, (n, p).
    """
    rows = settings(parameters, scenario, points)
    paths = tuple(path for one in parameters for path in (one.path, *one.also))
    # Each value is repeated for the further paths of its parameter, in the order of `paths`.
    times = [1 + len(one.also) for one in parameters]
    wide = []
    for row in rows:
        repeated = [[item] * many for item, many in zip(row, times, strict=True)]
        wide.append(tuple(item for items in repeated for item in items))
    return Draws(paths=paths, rows=tuple(wide))


def settings(parameters: tuple[Parameter, ...], scenario: Scenario, points: Floats) -> tuple[tuple[Any, ...], ...]:
    """The values at points of the unit cube, one row per point; whole numbers at paths where the scenario has them.

    Args:
        parameters: the p parameters.
        scenario: the scenario.
        points: points of the unit cube, (n, p).
    """
    columns = []
    for place, parameter in enumerate(parameters):
        values = parameter.values(points[:, place])
        whole = is_whole(scenario, parameter.path)
        # A whole number must stay an int, because a scenario does not accept 3.0 where it has 3.
        columns.append(np.rint(values).astype("int64").tolist() if whole else [short(item) for item in values])
    return tuple(zip(*columns, strict=True))


def short(number: float) -> float:
    """A number rounded to `DIGITS` significant digits."""
    return float(f"{number:.{DIGITS}g}")


def check_parameters(parameters: tuple[Parameter, ...], scenario: Scenario) -> None:
    """Raise an InputError for a repeated or unknown path, or a range with an end that the scenario does not allow."""
    paths = [path for parameter in parameters for path in (parameter.path, *parameter.also)]
    if not paths or len(set(paths)) != len(paths):
        raise CalibrationError("parameters", f"are {paths!r}", "give one or more parameters, each path only once")
    # At one corner every parameter has the low end of its range, at the other the high end.
    for corner in (np.zeros((1, len(paths))), np.ones((1, len(paths)))):
        for path, item in draws_at(parameters, scenario, corner).setting(0):
            scenario.having(path, item)


def _onto(values: Any, scale: str) -> Any:
    numbers = np.asarray(values, "float64")
    if scale == "log":
        return np.log(numbers)
    if scale == "logit":
        return np.log(numbers / (1.0 - numbers))
    return numbers


def _back(numbers: Floats, scale: str) -> Floats:
    if scale == "log":
        return np.exp(numbers)
    if scale == "logit":
        return np.asarray(1.0 / (1.0 + np.exp(-numbers)))
    return numbers


# Evaluating points: figures simulated at points of the parameter space, with the same seeds at every point
#
# Points are passed to `sweep` as scenarios, which share the seeds of their replications. Two points then differ by
# their parameters and not by chance, so the likelihood is a smooth surface. The store has every evaluation, so an
# interrupted fit resumes, and a longer fit reuses the runs of a shorter one.


@attrs.frozen(kw_only=True, eq=False)
class Moments:
    """Points of the unit cube, (n, p), and for each target the mean over replications and two variances, (n, t) each.

    `chance` is the variance of one run's figure over replications. `sampling` is the variance added by a survey of only
    some organisations. A figure that is missing at a point is NaN.
    """

    points: Floats
    mean: Floats
    chance: Floats
    sampling: Floats

    def __len__(self) -> int:
        return len(self.points)

    @property
    def whole(self) -> Bools:
        """Whether every figure is present at each point, (n,)."""
        return np.asarray(np.isfinite(self.mean).all(axis=1))

    @property
    def variance(self) -> Floats:
        """The variance of one run's figure, from chance and sampling together, averaged over points, (t,)."""
        both = self.chance + self.sampling
        there = np.isfinite(both)
        total = np.where(there, both, 0.0).sum(axis=0)
        # A target that is missing at every point gets a variance of zero instead of 0/0.
        return np.asarray(total / np.maximum(there.sum(axis=0), 1))

    def and_(self, other: Moments) -> Moments:
        """These points, followed by those of `other`."""
        both = {
            field.name: np.concatenate([getattr(self, field.name), getattr(other, field.name)])
            for field in attrs.fields(Moments)
        }
        return Moments(**both)


@attrs.frozen(kw_only=True, eq=False)
class Evaluator:
    """Simulates a scenario at points of its parameters, and computes the targets' figures."""

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
        """The moments of the targets' figures at these points (n, p).

        Raises:
            CalibrationError: if every run failed, or if no run has one of the figures.
        """
        draws = draws_at(self.parameters, self.scenario, points)
        # Points are named by 24 hexadecimal digits of their content, so equal points are run only once.
        names = [draws.content(place)[:24] for place in range(len(points))]
        scenarios = {name: draws.world(self.scenario, place) for place, name in enumerate(names)}
        study = sweep(
            scenarios,
            replications=self.seeds,
            seed=self.seed,
            measure=self.measure,
            store=self.store,
            executor=self.executor,
            progress=self.progress,
        )
        if study.results.failed.all():
            first = study.failures().iloc[0]
            raise CalibrationError("every point", f"failed ({first['error']})", "give ranges in which runs succeed")
        # From the order of the study's scenarios to the order of the points.
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
        """One figure by point and replication, (points, seeds)."""
        if name not in results.measures:
            raise CalibrationError(f"target {name!r}", "is missing from every run", nearest(name, results.measures))
        # Each point is a scenario without draws, so its only draw has index 0.
        return np.asarray(results.cells(name)[:, 0, : self.seeds])

    def _sampling(self, results: Any, name: str) -> Floats:
        """The variance over samples of organisations at each point, averaged over replications, (points,)."""
        if f"{name}{SAMPLING}" not in results.measures:
            return np.zeros(len(results.scenarios))
        # The figure is a standard deviation. Variances can be averaged, standard deviations cannot.
        deviations = self._cells(results, f"{name}{SAMPLING}")
        return np.asarray((deviations**2).mean(axis=1))


def _variance(cells: Floats) -> Floats:
    """The variance over replications; zero for a single replication."""
    return np.asarray(cells.var(axis=1, ddof=1) if cells.shape[1] > 1 else np.zeros(len(cells)))


# The likelihood of points, computed with emulators instead of runs, and samples of points drawn from it
#
# The sampler `sampled` is differential evolution with the Metropolis rule (ter Braak 2006, Statistics and Computing
# 16(3)). Many chains run together. Each steps along the difference between two others, so no step size has to be chosen.
# The prior is uniform on the unit cube.

JITTER = 1e-3  # the standard deviation of the noise added to each step
LEAP = 10  # every LEAP-th step has the length of the whole difference


@attrs.frozen(kw_only=True, eq=False)
class Surface:
    """The log-likelihood of all targets over the unit cube. `variance` is due to chance and sampling, (t,)."""

    targets: tuple[Target, ...]
    emulators: tuple[Emulator, ...]
    variance: Floats
    temper: float = 1.0  # the temperature: the log-likelihood is divided by it

    def __call__(self, points: Floats) -> Floats:
        """The log-likelihood at points (m, p), (m,), including the emulators' variance; −∞ outside the cube."""
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

    The two halves of the chains take turns: one half steps along differences within the other half, which does not move.
    This makes the Metropolis rule exact.

    Args:
        surface: the log-likelihood to sample from.
        start: the starting points of the chains, (chains, p).
        steps: the number of steps of each chain.
        seed: the root of the random numbers.
    """
    at = start.copy()
    chains, width = at.shape
    # All random numbers are drawn before the first step, so they do not depend on which steps are accepted.
    luck = _ChainLuck.of(Luck(seed), steps, chains, width)
    height = surface(at)
    path = np.empty((steps, chains, width))
    halves = np.arange(chains // 2), np.arange(chains // 2, chains)
    for step in range(steps):
        # This length is the best for a normal posterior. A step of the whole difference can move between two peaks.
        stride = 1.0 if step % LEAP == LEAP - 1 else 2.38 / math.sqrt(2 * width)
        for mine, others in (halves, halves[::-1]):
            apart = luck.difference(at, step, mine, others)
            new = at[mine] + stride * apart + JITTER * luck.wobble[step, mine]
            found = surface(new)
            # The step and its reverse are equally likely, so only the likelihoods decide (the Metropolis rule).
            accepted = np.log(luck.accepts[step, mine]) < found - height[mine]
            at[mine] = np.where(accepted[:, None], new, at[mine])
            height[mine] = np.where(accepted, found, height[mine])
        path[step] = at
    return path


TRIES = 40  # the most points tried on an ellipse before a chain stays at its point; four or five are usual


def sliced(surface: Callable[[Floats], Floats], start: Floats, *, steps: int, seed: int) -> Floats:
    """Sample from a surface over the unit cube by elliptical slice sampling: points (steps, chains, p).

    The method is by Murray, Adams and MacKay (2010), AISTATS. Points are transformed so that the prior is standard
    normal. Each chain moves on an ellipse through its point and a draw of the prior. There is nothing to tune, and many
    inputs that the figures do not identify do not make it slower, unlike `sampled`.

    The first third of the steps should be discarded. After it, ellipses are drawn from a normal distribution fitted to
    the chains' points so far, and the surface is corrected for this (Nishihara, Murray and Adams 2014, JMLR 15).

    Args:
        surface: the log-likelihood of points of the cube; −∞ for points that are ruled out.
        start: the starting points of the chains, (chains, p), none of them ruled out.
        steps: the number of steps of each chain.
        seed: the root of the random numbers.
    """
    from scipy.special import ndtr, ndtri  # imported here, because SciPy is slow to import

    chains, width = start.shape
    luck = _SliceLuck.of(Luck(seed), steps, chains, width)
    # The inverse normal distribution is infinite at 0 and 1.
    at = np.asarray(ndtri(np.clip(start, 1e-9, 1.0 - 1e-9)))
    warm = steps // 3
    path = np.empty((steps, chains, width))
    # In the transformed space the prior is standard normal, so the first ellipses need no correction.
    plain = _Ellipses(surface=surface, middle=np.zeros(width), root=np.eye(width), corrected=False)
    plain.move(at, luck, range(warm), path)
    # The second half of the burn-in, with all chains together, (points, p).
    been = path[warm // 2 : warm].reshape(-1, width) if warm else at
    # With fewer points the covariance cannot be estimated, and the ellipses of the prior are used throughout.
    if len(been) > 4 * width:
        # The second term makes the matrix positive definite even if the chains hardly moved along an input.
        whole = WIDER_SLICE * np.cov(been, rowvar=False) + 0.05 * np.eye(width)
        middle = been.mean(axis=0)
        root: Floats = np.asarray(np.linalg.cholesky(whole), "float64")
        fitted = _Ellipses(surface=surface, middle=middle, root=root, corrected=True)
        fitted.move(at, luck, range(warm, steps), path)
    else:
        plain.move(at, luck, range(warm, steps), path)
    return np.asarray(ndtr(path))


WIDER_SLICE = 1.2  # factor on the fitted covariance, so that its tails are not thinner than the surface's


@attrs.frozen(kw_only=True, eq=False)
class _Ellipses:
    """Moves of chains on ellipses of a normal distribution, in the space in which the prior is standard normal."""

    surface: Callable[[Floats], Floats]
    middle: Floats  # the mean of the normal distribution, (p,)
    root: Floats  # the Cholesky root of its covariance, (p, p)
    corrected: bool  # whether this distribution differs from the prior

    def height(self, at: Floats) -> Floats:
        """The log density of the surface at points less that of the ellipses' distribution, (m,)."""
        from scipy.special import ndtr

        found = self.surface(np.asarray(ndtr(at)))
        if not self.corrected:
            return found
        # The log density of the prior less that of the ellipses' distribution; constants cancel.
        inner = np.linalg.solve(self.root, (at - self.middle).T)
        return np.asarray(found - 0.5 * (at**2).sum(axis=1) + 0.5 * (inner**2).sum(axis=0))

    def move(self, at: Floats, luck: _SliceLuck, steps: range, path: Floats) -> None:
        """Move the chains, and write their points after each step into `path`.

        Args:
            at: the present points of the chains, (chains, p), which are changed in place.
            luck: the random numbers of all steps.
            steps: the indices of the steps to take.
            path: the array for the points after each step, (steps, chains, p).
        """
        height = self.height(at)
        for step in steps:
            # A new point is accepted if it is above this level, which is drawn uniformly below the present height.
            line = height + luck.level[step]
            direction = luck.direction[step] @ self.root.T
            # The bracket of angles is a whole turn at first. Angle 0 is the present point, so it is always inside.
            angle = 2.0 * math.pi * luck.angles[step, 0]
            low = angle - 2.0 * math.pi
            high = angle.copy()
            # The indices of chains that have not found a point yet. All of them are tried together.
            moving = np.arange(len(at))
            for attempt in range(1, TRIES):
                turned = angle[moving, None]
                apart = at[moving] - self.middle
                new = self.middle + apart * np.cos(turned) + direction[moving] * np.sin(turned)
                found = self.height(new)
                good = found > line[moving]
                at[moving[good]] = new[good]
                height[moving[good]] = found[good]
                moving = moving[~good]
                if not len(moving):
                    break
                # A rejected angle becomes the end of the bracket on its side of the present point.
                back = angle[moving] < 0
                low[moving[back]] = angle[moving[back]]
                high[moving[~back]] = angle[moving[~back]]
                angle[moving] = low[moving] + luck.angles[step, attempt, moving] * (high[moving] - low[moving])
            path[step] = at


@attrs.frozen(eq=False)
class _SliceLuck:
    """All random numbers of `sliced`, drawn at once."""

    direction: Floats
    level: Floats
    angles: Floats

    @classmethod
    def of(cls, luck: Luck, steps: int, chains: int, width: int) -> _SliceLuck:
        """Draw the random numbers of `sliced`.

        Args:
            luck: the source of random numbers.
            steps: the number of steps.
            chains: the number of chains.
            width: the number of parameters.
        """
        # One key for each step and chain, so a chain's numbers do not depend on which points it accepts.
        keys = np.arange(steps * chains)
        normals = [luck.normal(f"slice direction {axis}", 0, keys).reshape(steps, chains) for axis in range(width)]
        tries = np.arange(steps * TRIES * chains)
        angles = luck.uniform("slice angle", 0, tries).reshape(steps, TRIES, chains)
        return cls(
            direction=np.stack(normals, axis=2),
            level=np.log(luck.uniform("slice level", 0, keys)).reshape(steps, chains),
            angles=angles,
        )


@attrs.frozen(eq=False)
class _ChainLuck:
    """All random numbers of `sampled`, drawn at once: `wobble` (steps, chains, p), the others (steps, chains) each."""

    wobble: Floats
    accepts: Floats
    partner: Floats
    other: Floats

    @classmethod
    def of(cls, luck: Luck, steps: int, chains: int, width: int) -> _ChainLuck:
        """Draw the random numbers of `sampled`.

        Args:
            luck: the source of random numbers.
            steps: the number of steps.
            chains: the number of chains.
            width: the number of parameters.
        """
        keys = np.arange(steps * chains)
        wobble = [luck.normal(f"chain step {axis}", 0, keys).reshape(steps, chains) for axis in range(width)]
        names = ("chain acceptance", "chain partner", "chain other partner")
        uniforms = [luck.uniform(name, 0, keys).reshape(steps, chains) for name in names]
        return cls(np.stack(wobble, axis=2), *uniforms)

    def difference(self, at: Floats, step: int, mine: Rows, others: Rows) -> Floats:
        """For each chain of the moving half, the difference between two chains of the other half, (mine, p).

        Args:
            at: the present points of the chains, (chains, p).
            step: the index of the step.
            mine: the indices of the chains in the moving half.
            others: the indices of the chains in the other half.
        """
        # The second chain is 1 to n − 1 positions after the first, so the two always differ.
        first = (self.partner[step, mine] * len(others)).astype("int64")
        apart = 1 + (self.other[step, mine] * (len(others) - 1)).astype("int64")
        second = (first + apart) % len(others)
        return np.asarray(at[others[first]] - at[others[second]])


def heights(found: Moments, surface: Surface) -> Floats:
    """The log-likelihood of the simulated figures of each point, without emulators, (n,); −∞ if one is missing."""
    out = np.where(found.whole, 0.0, -math.inf)
    for place, target in enumerate(surface.targets):
        # A missing figure is replaced by any finite number, because its point is −∞ already.
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
    from scipy.stats import qmc  # imported here, because SciPy is slow to import

    # The sequence is balanced only in blocks of a power of two, so a whole block is drawn and then cut.
    power = max(0, math.ceil(math.log2(count)))
    plain = qmc.Sobol(width, scramble=False).random_base2(power)[:count]
    shift = Luck(seed).uniform(f"{decision} shift", 0, np.arange(width))
    # Shifted points beyond 1 wrap round to 0. The first point of the sequence is 0, and 1e-9 moves it off the edge.
    return np.asarray((plain + shift + 1e-9) % 1.0)


def likeliest(surface: Surface, starts: Sequence[Floats]) -> Floats:
    """The point of the cube with the highest log-likelihood found by optimisation from several starts, (p,)."""
    tops = [climbed(lambda point: float(surface(point[None, :])[0]), start, 150) for start in starts]
    return max(tops, key=lambda top: top[0])[1]


def climbed(height: Callable[[Floats], float], start: Floats, calls: int) -> tuple[float, Floats]:
    """The maximum in the cube found by the Nelder-Mead simplex from a start, and its point, (p,).

    The simplex needs no derivatives. The surface has kinks where the likelihood changes from one distribution to
    another.

    Args:
        height: the log-likelihood of a point (p,).
        start: the starting point, (p,).
        calls: the most evaluations for each dimension.
    """
    from scipy.optimize import Bounds, minimize  # imported here, because SciPy is slow to import

    def depth(point: Floats) -> float:
        found = height(point)
        # The simplex cannot compare infinite values.
        return -found if math.isfinite(found) else 1e300

    options: Any = {"maxfev": calls * len(start), "xatol": 1e-4, "fatol": 1e-3}
    bounds = Bounds(np.zeros(len(start)), np.ones(len(start)))
    found: Any = minimize(depth, np.asarray(start, "float64"), method="Nelder-Mead", bounds=bounds, options=options)
    return -float(found.fun), np.clip(found.x, 0.0, 1.0)
