"""History matching, then a posterior: many inputs with priors, figures in blocks, at most two waves of runs.

found = match(scenario, targets, inputs, discrepancy, measure=measure, waves=(128, 64), store="fit.db")
found.draws, found.identified, found.quality

Every point is run once with a seed of its own, so that an emulator's noise is chance. A point that some block of figures
rules out, all sources of error granted, is left (Craig and others 1997; Vernon, Goldstein and Bower 2010, Bayesian
Analysis 5(4)); the second wave looks only at what is left. The posterior is sampled there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import Floats, plain
from nhstransit.errors import CalibrationError, check_kind
from nhstransit.scenario import Scenario
from nhstransit.scenario.discrepancy import Discrepancy
from nhstransit.scenario.draws import Draws, applied
from nhstransit.studies.blocks import REPLICATIONS, Evidence, evidence_of
from nhstransit.studies.emulator import Emulator, Quality, emulated
from nhstransit.studies.ensemble import Ensemble, replicated, simulated_at, standing
from nhstransit.studies.likelihood import SAMPLING, Target
from nhstransit.studies.posterior import Parameter, check_parameters, climbed, draws_at, sliced, spread_points
from nhstransit.studies.scores import effective, rhat
from nhstransit.toml import Named

if TYPE_CHECKING:
    import pandas as pd

IDENTIFIED = 0.8  # share of the prior's width: an input that keeps more of it is not identified by the figures
EVEN = 1.0 / math.sqrt(12.0)  # standard deviation of a uniform distribution on the unit interval
SPREAD = 2**14  # points at which the share of the space that is left is counted
CHAINS = 64
STEPS = 600  # of each chain; the first third is burn-in and is discarded
CLIMB = 60  # evaluations of the posterior for each identified input, to find the point fit
FEWEST = 3  # points for each input below which no emulator is fitted
PREDICTIVE = 9  # the wave of the runs at draws from the posterior


@attrs.frozen(kw_only=True, eq=False)
class Emulated:
    """Figures emulated together: the means and variances of all at points of the unit cube."""

    names: tuple[str, ...]
    emulators: tuple[Emulator, ...]

    def predict(self, points: Floats) -> tuple[Floats, Floats]:
        """Predictive means and variances at points (m, p), (m, t) each."""
        found = [one.predict(points) for one in self.emulators]
        return np.stack([mean for mean, _ in found], axis=1), np.stack([doubt for _, doubt in found], axis=1)

    @property
    def quality(self) -> dict[str, Quality]:
        """How well each figure is predicted at points left out, by name."""
        return {name: one.quality for name, one in zip(self.names, self.emulators, strict=True)}


def emulated_figures(ensemble: Ensemble, names: Iterable[str]) -> Emulated:
    """Emulators of figures of an ensemble, each from the runs that gave it; its replications show what is chance.

    Raises CalibrationError for a figure that too few runs give.
    """
    names = tuple(names)
    found = []
    least = FEWEST * len(ensemble.paths)
    for name in names:
        figures = ensemble.of(name)
        there = np.isfinite(figures) & (ensemble.wave > 0)
        if there.sum() < least:
            wrong = f"could be read at {there.sum()} points for {len(ensemble.paths)} inputs"
            raise CalibrationError(f"figure {name!r}", wrong, f"give at least {least} points, or fewer inputs")
        same = figures[(ensemble.wave == 0) & np.isfinite(figures)]
        chance = float(same.std(ddof=1)) if len(same) >= REPLICATIONS else None
        found.append(emulated(ensemble.points[there], figures[there], chance=chance))
    return Emulated(names=names, emulators=tuple(found))


@attrs.frozen(kw_only=True, eq=False)
class Surface:
    """The log posterior over the unit cube, up to a constant: the blocks' likelihoods, −∞ where a point is ruled out.

    Points at which nothing is left are given their likelihood only, where `bounded` is false: so a sample can be drawn
    even where every point is ruled out, which is then said.
    """

    evidence: Evidence
    emulated: Emulated
    bounded: bool = True

    def __call__(self, points: Floats) -> Floats:
        """The log posterior at points (m, p), (m,)."""
        inside = ((points >= 0.0) & (points <= 1.0)).all(axis=1)
        out = np.full(len(points), -math.inf)
        if inside.any():
            mean, doubt = self.emulated.predict(points[inside])
            pieces, far = self.evidence.judged(mean, doubt)
            height = pieces.sum(axis=1)
            if self.bounded:
                height = np.where(far.max(axis=1) <= 1.0, height, -math.inf)
            out[inside] = height
        return out


@attrs.frozen(kw_only=True, eq=False, slots=False, repr=False)
class Matched:
    """A fit by history matching and a posterior: draws, the point fit, and how good all of it is.

    `ensemble` holds every run; `left` the share of the prior that is not ruled out after each wave; `chains` (steps,
    chains, p) the posterior's sample without its burn-in; `sample` (draws, p) points of the unit cube, thinned from it.
    """

    scenario: Scenario
    parameters: tuple[Parameter, ...]
    targets: tuple[Target, ...]
    discrepancy: Discrepancy
    evidence: Evidence
    ensemble: Ensemble
    emulated: Emulated
    left: tuple[float, ...]
    bounded: bool
    chains: Floats
    sample: Floats
    seed: int

    @property
    def paths(self) -> tuple[str, ...]:
        """The inputs' paths, without those that share their values."""
        return tuple(one.path for one in self.parameters)

    @property
    def runs(self) -> int:
        """How many runs were spent."""
        return len(self.ensemble)

    @cached_property
    def draws(self) -> Draws:
        """The sample as draws for `sweep`."""
        return draws_at(self.parameters, self.scenario, self.sample)

    @cached_property
    def _diagnostics(self) -> tuple[Floats, Floats]:
        return rhat(self.chains), effective(self.chains)

    @cached_property
    def identified(self) -> pd.DataFrame:
        """One row per input, indexed by path: its prior, and what the figures leave of it.

        Columns: shape, low, high (of the prior), standing (in the scenario), fitted, 10%, 50%, 90% (of the posterior),
        width left, identified, rhat, effective. `width left` is the posterior's standard deviation over the prior's, both in
        the prior's probability; `identified` is whether it is below 0.8. An input that is not identified is not moved in the
        fitted world, and varies in the draws.
        """
        flat = self.chains.reshape(-1, len(self.parameters))
        left = flat.std(axis=0) / EVEN
        mixed, many = self._diagnostics
        setting = dict(draws_at(self.parameters, self.scenario, self.point[None]).setting(0))
        stands = standing(self.parameters, self.scenario)
        rows = []
        for at, one in enumerate(self.parameters):
            ends = one.values(np.quantile(flat[:, at], (0.1, 0.5, 0.9)))
            now = float(one.values(stands[[at]])[0])
            found = bool(left[at] < IDENTIFIED)
            fitted = float(setting[one.path])
            prior = (one.path, one.shape, one.low, one.high)
            rows.append((*prior, now, fitted, *ends.tolist(), left[at], found, mixed[at], many[at]))
        names = ("input", "shape", "low", "high", "standing", "fitted", "10%", "50%", "90%", "width left", "identified")
        return _frame((*names, "rhat", "effective"), rows)

    @cached_property
    def point(self) -> Floats:
        """The point fit, (p,): inputs that are not identified keep the scenario's values.

        The others are where the posterior is highest given these, climbed to from their conditional means.
        """
        flat = self.chains.reshape(-1, len(self.parameters))
        middle = flat.mean(axis=0)
        stands = standing(self.parameters, self.scenario)
        moved = flat.std(axis=0) / EVEN < IDENTIFIED
        point = np.where(moved, middle, stands)
        if not moved.any():
            return point
        if not moved.all():
            whole = np.cov(flat, rowvar=False)
            across = whole[np.ix_(moved, ~moved)] @ np.linalg.pinv(whole[np.ix_(~moved, ~moved)])
            point[moved] += across @ (stands - middle)[~moved]
        surface = Surface(evidence=self.evidence, emulated=self.emulated, bounded=False)

        def height(free: Floats) -> float:
            point[moved] = free
            return float(surface(point[None])[0])

        point[moved] = climbed(height, np.clip(point[moved], 0.01, 0.99), CLIMB)[1]
        return point

    @cached_property
    def setting(self) -> tuple[tuple[str, Any], ...]:
        """Paths and values that the fit moves in the scenario, in pairs."""
        identified = dict(zip(self.paths, self.identified["identified"], strict=True))
        setting = dict(draws_at(self.parameters, self.scenario, self.point[None]).setting(0))
        moved = [path for one in self.parameters if identified[one.path] for path in (one.path, *one.also)]
        return tuple((path, setting[path]) for path in moved)

    @property
    def fitted(self) -> Scenario:
        """The scenario with the point fit, its moved values graded *calibrated*."""
        world = applied(self.scenario, self.setting)
        return attrs.evolve(world, calibrated=Named({**world.calibrated, **dict(self.setting)}))

    @cached_property
    def fit(self) -> pd.DataFrame:
        """One row per target, indexed by name: block, kind, observed, fitted, difference, allowed, standardised.

        `fitted` is emulated at the point fit; `allowed` one standard deviation of all sources of difference together.
        """
        mean, doubt = self.emulated.predict(self.point[None])
        kinds = {target.name: target.kind for target in self.targets}
        of = {at: name for name, rows in self.evidence.blocks for at in rows}
        rows = []
        for at, name in enumerate(self.evidence.names):
            allowed = math.sqrt(float(self.evidence.covariance[at, at] + doubt[0, at]))
            observed = float(self.evidence.values[at])
            away = float(mean[0, at]) - observed
            rows.append((name, of[at], kinds[name], observed, float(mean[0, at]), away, allowed, away / allowed))
        return _frame(("target", "block", "kind", "observed", "fitted", "difference", "allowed", "standardised"), rows)

    @cached_property
    def quality(self) -> pd.DataFrame:
        """One row per target: the emulator's R² on points left out, chance's share, coverage at 50% and 90%."""
        rows = [(name, one.r2, one.chance, one.within_50, one.within_90) for name, one in self.emulated.quality.items()]
        return _frame(("target", "r2", "chance", "within 50%", "within 90%"), rows)

    @property
    def rhat(self) -> float:
        """The largest split R-hat of any input."""
        return float(self._diagnostics[0].max())

    @property
    def effective(self) -> float:
        """The smallest effective sample size of any input."""
        return float(self._diagnostics[1].min())

    def __repr__(self) -> str:
        moved = int(self.identified["identified"].sum())
        shares = ", ".join(f"{share:.2%}" for share in self.left)
        lost = "" if self.bounded else "; no point is plausible: the model cannot give these figures"
        return (
            f"Matched {self.scenario.name!r}: {self.runs} runs; {moved} of {len(self.parameters)} inputs identified by "
            f"{len(self.evidence.names)} figures in {len(self.evidence.blocks)} blocks; space left after each wave: {shares}"
            f"; R-hat {self.rhat:.3f}, effective sample {self.effective:,.0f}{lost}"
        )

    def _repr_html_(self) -> str:
        fit = tables.html(self.fit, "Evidence, and what the fit gives", form="{:,.4g}".format)
        return fit + tables.html(self.identified, "Inputs, and how well they are identified", form="{:,.4g}".format)


def match(
    scenario: Scenario,
    targets: Iterable[Target],
    parameters: Iterable[Parameter],
    discrepancy: Discrepancy,
    *,
    measure: Callable[..., Any],
    waves: tuple[int, ...] = (128, 64),
    replications: int = 16,
    predictive: int = 0,
    draws: int = 200,
    steps: int = STEPS,
    seed: int = 2010,
    begun: Ensemble | None = None,
    store: str | Path | None = None,
    executor: Any = None,
    progress: bool | None = None,
) -> Matched:
    """Fit many inputs to figures in blocks: waves of runs, what they rule out, and a posterior on what is left.

    Args:
        scenario: the scenario to fit, with the inputs at their central values.
        targets: figures from outside; those in a block are used.
        parameters: the inputs, with their priors.
        discrepancy: the model's own error by block.
        measure: a function that any process can import, from a run to figures by the targets' names, and any others
            that the ensemble is to keep.
        waves: how many points each wave has, one or two waves; each is run once, with a seed of its own.
        replications: runs of the scenario as it stands, which give the covariance of chance; 4 or more.
        predictive: runs at draws from the posterior, kept with the ensemble.
        draws: how many parameter sets the sample has.
        steps: how many steps each of 64 chains takes; the first third is burn-in.
        seed: the root of all seeds and of the sampling.
        begun: runs of an earlier call with the same inputs, which are not made again. Its runs at draws count as they
            are: leave them out (`begun.where(begun.wave < 9)`) where figures or errors have changed since, as they are
            draws of the posterior of that call.
        store: the SQLite file that keeps every run; the same call resumes from it. None: memory.
        executor: a number of processes, or an executor as in `concurrent.futures`; None: this process.
        progress: whether to show a progress line; None: in a terminal and in a notebook.

    Raises:
        CalibrationError: for inputs, targets or numbers of runs that cannot be fitted.
        SweepError, StoreError: as `sweep` does; completed runs are kept in the store.
    """
    check_kind("scenario", scenario, Scenario)
    free = tuple(parameters)
    asked = tuple(targets)
    _check(free, scenario, waves, replications, draws, steps, begun)
    how: dict[str, Any] = {"store": store, "executor": executor, "progress": progress}

    def played(points: Floats, wave: int) -> Ensemble:
        return simulated_at(free, scenario, points, wave=wave, seed=seed + wave, measure=measure, how=how)

    def kept(wave: int) -> Ensemble | None:
        return None if begun is None or not (begun.wave == wave).any() else begun.where(begun.wave == wave)

    found = kept(0) or replicated(free, scenario, replications, seed=seed, measure=measure, how=how)
    found = found.and_(kept(1) or played(spread_points(waves[0], len(free), seed), 1))
    names = discrepancy.figures
    evidence = evidence_of(discrepancy, asked, found.matrix(names)[found.wave == 0], _sampling(found, names))
    machine = emulated_figures(found, names)
    left = [left_of(evidence, machine, len(free))]
    if len(waves) > 1:
        found = found.and_(kept(2) or played(_next(evidence, machine, len(free), waves[1], seed), 2))
        machine = emulated_figures(found, names)
        left.append(left_of(evidence, machine, len(free)))
    surface, starts = posterior_surface(evidence, machine, found, len(free))
    chains = sliced(surface, starts, steps=steps, seed=seed)[steps // 3 :]
    flat = chains.transpose(1, 0, 2).reshape(-1, len(free))
    sample = flat[np.linspace(0, len(flat) - 1, draws).round().astype("int64")]
    if predictive:
        found = found.and_(kept(PREDICTIVE) or played(sample[_apart(predictive, len(sample))], PREDICTIVE))
    return Matched(
        scenario=scenario,
        parameters=free,
        targets=asked,
        discrepancy=discrepancy,
        evidence=evidence,
        ensemble=found,
        emulated=machine,
        left=tuple(left),
        bounded=surface.bounded,
        chains=chains,
        sample=sample,
        seed=seed,
    )


def left_of(evidence: Evidence, machine: Emulated, width: int) -> float:
    """The share of the prior that no block rules out, counted at points spread evenly over it.

    Args:
        evidence: the figures.
        machine: their emulators.
        width: the number of inputs.
    """
    points = spread_points(SPREAD, width, 0, "left")
    return float(np.mean([evidence.plausible(*machine.predict(part)).mean() for part in np.array_split(points, 16)]))


def posterior_surface(evidence: Evidence, machine: Emulated, ensemble: Ensemble, width: int) -> tuple[Surface, Floats]:
    """The log posterior, and where its chains start, (CHAINS, p): plausible points, the likeliest first.

    Where no point is plausible, the surface is not bounded by what is ruled out.

    Args:
        evidence: the figures.
        machine: their emulators.
        ensemble: the runs, whose points are candidates together with an even spread.
        width: the number of inputs.
    """
    spread = np.concatenate([ensemble.points[ensemble.wave > 0], spread_points(2**12, width, 0, "starts")])
    for bounded in (True, False):
        surface = Surface(evidence=evidence, emulated=machine, bounded=bounded)
        height = np.concatenate([surface(part) for part in np.array_split(spread, 8)])
        order = np.argsort(-height, kind="stable")
        best = order[np.isfinite(height[order])][: 2 * CHAINS]
        if len(best) >= CHAINS // 2:
            starts = spread[np.resize(best, CHAINS)]
            return surface, np.clip(starts, 1e-6, 1.0 - 1e-6)
    raise CalibrationError("every point", "has no likelihood", "give figures that runs can give")


def _next(evidence: Evidence, machine: Emulated, width: int, count: int, seed: int) -> Floats:
    """The points of the second wave: spread far apart over what is not ruled out, or the least implausible."""
    spread = spread_points(SPREAD, width, seed, "second wave")
    worst = np.concatenate(
        [evidence.implausibility(*machine.predict(part)).max(axis=1) for part in np.array_split(spread, 16)]
    )
    many = max(8 * count, int((worst <= 1.0).sum()))
    near = spread[np.argsort(worst, kind="stable")[: min(many, 64 * count)]]
    chosen = [0]
    distance = ((near - near[0]) ** 2).sum(axis=1)
    while len(chosen) < count:
        chosen.append(int(distance.argmax()))
        distance = np.minimum(distance, ((near - near[chosen[-1]]) ** 2).sum(axis=1))
    return near[chosen]


def _apart(count: int, many: int) -> Any:
    """Indices of `count` of `many`, evenly spaced."""
    return np.linspace(0, many - 1, min(count, many)).round().astype("int64")


def _sampling(ensemble: Ensemble, names: tuple[str, ...]) -> Floats:
    """The standard deviation over samples of organisations of each figure, (t,); zero where all were asked."""
    columns = [ensemble.figures.get(f"{name}{SAMPLING}") for name in names]
    return np.array([0.0 if one is None else math.sqrt(float(np.nanmean(one**2))) for one in columns])


def _check(
    parameters: tuple[Parameter, ...],
    scenario: Scenario,
    waves: tuple[int, ...],
    replications: int,
    draws: int,
    steps: int,
    begun: Ensemble | None,
) -> None:
    """Raise CalibrationError for inputs or numbers of runs that cannot be fitted."""
    check_parameters(parameters, scenario)
    least = FEWEST * len(parameters)
    if not 1 <= len(waves) <= 2 or type(plain(waves[0])) is not int or waves[0] < least or min(waves) < 1:
        raise CalibrationError(
            "waves", f"are {waves!r}", f"give one or two numbers of points, the first {least} or more"
        )
    for name, number, fewest in (
        ("replications", replications, REPLICATIONS),
        ("draws", draws, 1),
        ("steps", steps, 3),
    ):
        if type(plain(number)) is not int or number < fewest:
            raise CalibrationError(name, f"is {number!r}", f"give a whole number of {fewest} or more")
    paths = tuple(one.path for one in parameters)
    if begun is not None and begun.paths != paths:
        raise CalibrationError("begun", f"has the inputs {list(begun.paths)}", "give an ensemble of the same inputs")


def _frame(names: tuple[str, ...], rows: list[Any]) -> pd.DataFrame:
    columns: Mapping[str, Any] = {name: [row[at] for row in rows] for at, name in enumerate(names)}
    return tables.frame(dict(columns), index=names[0])
