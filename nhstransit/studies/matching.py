"""History matching and a posterior, for many inputs with priors and figures in blocks, with one or two waves of runs.

found = match(scenario, targets, inputs, discrepancy, measure=measure, waves=(128, 64), store="fit.db")
found.draws, found.identified, found.quality

Every point is run once with its own seed, so the emulators' noise represents chance. A point is ruled out if a block of
figures is too far from it, with all sources of error included (Craig and others 1997; Vernon, Goldstein and Bower 2010,
Bayesian Analysis 5(4)). The second wave has only points that are not ruled out, and the posterior is sampled there.
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

IDENTIFIED = 0.8  # an input is identified if its posterior is narrower than this share of its prior
EVEN = 1.0 / math.sqrt(12.0)  # the standard deviation of a uniform distribution on the unit interval
SPREAD = 2**14  # the number of points from which the share of the prior that is not ruled out is estimated
CHAINS = 64
STEPS = 600  # steps of each chain; the first third is burn-in and is discarded
CLIMB = 60  # the most evaluations of the posterior for each identified input, to find the point fit
FEWEST = 3  # the fewest points for each input with which an emulator is fitted
PREDICTIVE = 9  # the wave number of runs at draws from the posterior


@attrs.frozen(kw_only=True, eq=False)
class Emulated:
    """The emulators of several figures, each with its name."""

    names: tuple[str, ...]
    emulators: tuple[Emulator, ...]

    def predict(self, points: Floats) -> tuple[Floats, Floats]:
        """Predictive means and variances at points (m, p), (m, t) each."""
        found = [one.predict(points) for one in self.emulators]
        means = np.stack([mean for mean, _ in found], axis=1)
        variances = np.stack([doubt for _, doubt in found], axis=1)
        return means, variances

    @property
    def quality(self) -> dict[str, Quality]:
        """How well each figure is predicted at points left out of the fit, by name."""
        return {name: one.quality for name, one in zip(self.names, self.emulators, strict=True)}


def emulated_figures(ensemble: Ensemble, names: Iterable[str]) -> Emulated:
    """Fit an emulator to each of some figures of an ensemble.

    Each emulator uses the runs that have its figure. Replications in the ensemble fix the variance due to chance.

    Raises:
        CalibrationError: for a figure that too few runs have.
    """
    names = tuple(names)
    found = []
    least = FEWEST * len(ensemble.paths)
    for name in names:
        figures = ensemble.of(name)
        # Wave 0 repeats the unchanged scenario. Its runs inform the noise and not the shape of the surface.
        there = np.isfinite(figures) & (ensemble.wave > 0)
        if there.sum() < least:
            wrong = f"is present at only {there.sum()} points, with {len(ensemble.paths)} inputs"
            raise CalibrationError(f"figure {name!r}", wrong, f"run at least {least} points, or give fewer inputs")
        same = figures[(ensemble.wave == 0) & np.isfinite(figures)]
        chance = float(same.std(ddof=1)) if len(same) >= REPLICATIONS else None
        found.append(emulated(ensemble.points[there], figures[there], chance=chance))
    return Emulated(names=names, emulators=tuple(found))


@attrs.frozen(kw_only=True, eq=False)
class Surface:
    """The log posterior over the unit cube, up to a constant: the sum of the blocks' log-likelihoods.

    If `bounded`, it is −∞ at points that a block rules out. If not, points are not ruled out, so that a sample can be
    drawn even if every point would be. `Matched.bounded` reports which of the two was used.
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
            # A point must be plausible for every block, so the most implausible block decides.
            if self.bounded:
                height = np.where(far.max(axis=1) <= 1.0, height, -math.inf)
            out[inside] = height
        return out


@attrs.frozen(kw_only=True, eq=False, slots=False, repr=False)
class Matched:
    """The result of `match`: draws of the posterior, the point fit, and the quality of both.

    `ensemble` has every run. `left` is the share of the prior that is not ruled out after each wave. `chains` is the
    sample of the posterior without its burn-in, (steps, chains, p), and `sample` is thinned from it, (draws, p), both as
    points of the unit cube. `bounded` is False if every point is ruled out.
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
        """The path of each input, without the further paths that share its value."""
        return tuple(one.path for one in self.parameters)

    @property
    def runs(self) -> int:
        """The number of runs made."""
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
        """One row per input, indexed by path: its prior and its posterior.

        Columns: shape, low, high (of the prior), standing (the scenario's value), fitted, 10%, 50%, 90% (of the
        posterior), width left, identified, rhat, effective. `width left` is the posterior's standard deviation divided
        by the prior's, both measured in the prior's probability. `identified` is whether it is below 0.8. An input that
        is not identified has the scenario's value in the fitted scenario, and varies only in the draws.
        """
        # Steps and chains together, (steps × chains, p).
        flat = self.chains.reshape(-1, len(self.parameters))
        # Points are in the unit cube, where every prior is uniform, so one deviation serves for all inputs.
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
        """The point fit, (p,). Inputs that are not identified have the scenario's values.

        Given these, the other inputs maximise the posterior. The optimisation starts from their conditional means.
        """
        flat = self.chains.reshape(-1, len(self.parameters))
        middle = flat.mean(axis=0)
        stands = standing(self.parameters, self.scenario)
        # The share of the prior's width that is left: see `identified`.
        moved = flat.std(axis=0) / EVEN < IDENTIFIED
        point = np.where(moved, middle, stands)
        if not moved.any():
            return point
        # The mean of the identified inputs, given the values of the inputs that are not, if the posterior were normal.
        # Their covariance may be singular, hence the pseudo-inverse.
        if not moved.all():
            whole = np.cov(flat, rowvar=False)
            between = whole[np.ix_(moved, ~moved)]
            fixed = whole[np.ix_(~moved, ~moved)]
            across = between @ np.linalg.pinv(fixed)
            point[moved] += across @ (stands - middle)[~moved]
        # The conditional mean may be ruled out, and the optimisation could not leave a region of −∞.
        surface = Surface(evidence=self.evidence, emulated=self.emulated, bounded=False)

        def height(free: Floats) -> float:
            point[moved] = free
            return float(surface(point[None])[0])

        start = np.clip(point[moved], 0.01, 0.99)
        point[moved] = climbed(height, start, CLIMB)[1]
        return point

    @cached_property
    def setting(self) -> tuple[tuple[str, Any], ...]:
        """Pairs of a path and its fitted value, for the identified inputs."""
        identified = dict(zip(self.paths, self.identified["identified"], strict=True))
        setting = dict(draws_at(self.parameters, self.scenario, self.point[None]).setting(0))
        moving = [one for one in self.parameters if identified[one.path]]
        moved = [path for one in moving for path in (one.path, *one.also)]
        return tuple((path, setting[path]) for path in moved)

    @property
    def fitted(self) -> Scenario:
        """The scenario with the fitted values of the identified inputs, which are graded *calibrated*."""
        scenario = applied(self.scenario, self.setting)
        return attrs.evolve(scenario, calibrated=Named({**scenario.calibrated, **dict(self.setting)}))

    @cached_property
    def fit(self) -> pd.DataFrame:
        """One row per target, indexed by name: block, kind, observed, fitted, difference, allowed, standardised.

        `fitted` is the emulated figure at the point fit. `allowed` is the standard deviation of all sources of
        difference together, and `standardised` is the difference divided by it.
        """
        mean, doubt = self.emulated.predict(self.point[None])
        kinds = {target.name: target.kind for target in self.targets}
        # The block of each figure, by the figure's index.
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
        """One row per target: the emulator's R² at points left out, the share of chance, and 50% and 90% coverage."""
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
        lost = "" if self.bounded else "; no point is plausible: the model cannot reproduce these figures"
        return (
            f"Matched {self.scenario.name!r}: {self.runs} runs; {moved} of {len(self.parameters)} inputs identified by "
            f"{len(self.evidence.names)} figures in {len(self.evidence.blocks)} blocks; not ruled out after each wave: "
            f"{shares}; R-hat {self.rhat:.3f}, effective sample {self.effective:,.0f}{lost}"
        )

    def _repr_html_(self) -> str:
        fit = tables.html(self.fit, "Published and fitted figures", form="{:,.4g}".format)
        return fit + tables.html(self.identified, "Inputs, and whether they are identified", form="{:,.4g}".format)


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
    """Fit many inputs to figures in blocks: run waves of points, rule points out, and sample the posterior of the rest.

    Args:
        scenario: the scenario to fit, with the inputs at their central values.
        targets: published figures, of which those in a block are used.
        parameters: the inputs, with their priors.
        discrepancy: the model's own error by block.
        measure: a function that any process can import, from a run to figures by the targets' names. The ensemble also
            has any other figures that it returns.
        waves: the number of points in each of one or two waves; each point is run once, with its own seed.
        replications: the number of runs of the unchanged scenario, 4 or more, from which the covariance due to chance is
            estimated.
        predictive: the number of further runs at draws from the posterior, which the ensemble includes.
        draws: the number of parameter sets in the sample.
        steps: the number of steps of each of 64 chains; the first third is burn-in.
        seed: the root of all seeds and of the sampling.
        begun: the ensemble of an earlier call with the same inputs, whose runs are not made again. Its runs at draws
            are from the posterior of that call. If figures or errors have changed since then, leave these runs out with
            `begun.where(begun.wave < 9)`.
        store: the path of an SQLite file for the runs, from which the same call resumes; None to hold them in memory.
        executor: a number of processes, or an executor as in `concurrent.futures`; None for this process alone.
        progress: whether to show a progress line; None to show it in a terminal and in a notebook.

    Raises:
        CalibrationError: for inputs, targets or numbers of runs with which no fit is possible.
        SweepError, StoreError: as for `sweep`; completed runs stay in the store.
    """
    check_kind("scenario", scenario, Scenario)
    free = tuple(parameters)
    asked = tuple(targets)
    _check(free, scenario, waves, replications, draws, steps, begun)
    how: dict[str, Any] = {"store": store, "executor": executor, "progress": progress}

    def simulated(points: Floats, wave: int) -> Ensemble:
        return simulated_at(free, scenario, points, wave=wave, seed=seed + wave, measure=measure, how=how)

    def earlier(wave: int) -> Ensemble | None:
        if begun is None or not (begun.wave == wave).any():
            return None
        return begun.where(begun.wave == wave)

    # Replications of the unchanged scenario, whose covariance is due to chance, and the first wave over the whole prior.
    found = earlier(0) or replicated(free, scenario, replications, seed=seed, measure=measure, how=how)
    found = found.and_(earlier(1) or simulated(spread_points(waves[0], len(free), seed), 1))
    names = discrepancy.figures
    unchanged = found.matrix(names)[found.wave == 0]
    evidence = evidence_of(discrepancy, asked, unchanged, _sampling(found, names))
    machine = emulated_figures(found, names)
    left = [left_of(evidence, machine, len(free))]
    # The second wave is spread over points that are not ruled out, and the emulators are fitted to both waves.
    if len(waves) > 1:
        found = found.and_(earlier(2) or simulated(_next(evidence, machine, len(free), waves[1], seed), 2))
        machine = emulated_figures(found, names)
        left.append(left_of(evidence, machine, len(free)))
    # The first third of the steps is burn-in: see `sliced`.
    surface, starts = posterior_surface(evidence, machine, found, len(free))
    chains = sliced(surface, starts, steps=steps, seed=seed)[steps // 3 :]
    # One chain after another, so that evenly spaced rows come from every chain and from all parts of it.
    flat = chains.transpose(1, 0, 2).reshape(-1, len(free))
    sample = flat[np.linspace(0, len(flat) - 1, draws).round().astype("int64")]
    # These runs check the posterior. No emulator is fitted to them.
    if predictive:
        found = found.and_(earlier(PREDICTIVE) or simulated(sample[_apart(predictive, len(sample))], PREDICTIVE))
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
    """The share of the prior that no block rules out, estimated at points spread evenly over it.

    Args:
        evidence: the figures.
        machine: their emulators.
        width: the number of inputs.
    """
    points = spread_points(SPREAD, width, 0, "left")
    # In sixteen parts, which limits the memory for covariances between these points and the runs.
    shares = [evidence.plausible(*machine.predict(part)).mean() for part in np.array_split(points, 16)]
    return float(np.mean(shares))


def posterior_surface(evidence: Evidence, machine: Emulated, ensemble: Ensemble, width: int) -> tuple[Surface, Floats]:
    """The log posterior, and the starting points of its chains, (CHAINS, p): plausible points, the likeliest first.

    If too few points are plausible, the surface is not bounded: see `Surface`.

    Args:
        evidence: the figures.
        machine: their emulators.
        ensemble: the runs, whose points are candidates together with an even spread.
        width: the number of inputs.
    """
    spread = np.concatenate([ensemble.points[ensemble.wave > 0], spread_points(2**12, width, 0, "starts")])
    # Points that are ruled out are allowed only if too few points would be left to start the chains from.
    for bounded in (True, False):
        surface = Surface(evidence=evidence, emulated=machine, bounded=bounded)
        height = np.concatenate([surface(part) for part in np.array_split(spread, 8)])
        order = np.argsort(-height, kind="stable")
        best = order[np.isfinite(height[order])][: 2 * CHAINS]
        if len(best) >= CHAINS // 2:
            # `resize` repeats the points if there are fewer of them than chains.
            starts = spread[np.resize(best, CHAINS)]
            return surface, np.clip(starts, 1e-6, 1.0 - 1e-6)
    raise CalibrationError("every point", "has a likelihood of zero", "give targets that the runs can come close to")


def _next(evidence: Evidence, machine: Emulated, width: int, count: int, seed: int) -> Floats:
    """The points of the second wave: spread far apart among points not ruled out, or among the least implausible."""
    spread = spread_points(SPREAD, width, seed, "second wave")
    # The implausibility of the worst block at each point, (SPREAD,); above 1 the point is ruled out.
    parts = np.array_split(spread, 16)
    worst = np.concatenate([evidence.implausibility(*machine.predict(part)).max(axis=1) for part in parts])
    # Candidates are the points not ruled out, with the least implausible first. Their number has a lower limit, so that
    # there is a choice, and an upper limit, so that the search below stays short.
    many = max(8 * count, int((worst <= 1.0).sum()))
    near = spread[np.argsort(worst, kind="stable")[: min(many, 64 * count)]]
    # Greedy selection: each further point is the one whose nearest selected point is furthest away.
    chosen = [0]
    distance = ((near - near[0]) ** 2).sum(axis=1)
    while len(chosen) < count:
        chosen.append(int(distance.argmax()))
        distance = np.minimum(distance, ((near - near[chosen[-1]]) ** 2).sum(axis=1))
    return near[chosen]


def _apart(count: int, many: int) -> Any:
    """Evenly spaced indices: `count` of the indices below `many`."""
    return np.linspace(0, many - 1, min(count, many)).round().astype("int64")


def _sampling(ensemble: Ensemble, names: tuple[str, ...]) -> Floats:
    """The standard deviation of each figure over samples of organisations, (t,); 0 for a figure of all organisations."""
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
    """Raise CalibrationError for inputs or numbers of runs with which no fit is possible."""
    check_parameters(parameters, scenario)
    least = FEWEST * len(parameters)
    one_or_two = 1 <= len(waves) <= 2
    if not one_or_two or type(plain(waves[0])) is not int or waves[0] < least or min(waves) < 1:
        raise CalibrationError(
            "waves", f"are {waves!r}", f"give one or two numbers of points, of which the first is {least} or more"
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
        raise CalibrationError(
            "begun", f"has other inputs: {list(begun.paths)}", "give an ensemble with the same inputs"
        )


def _frame(names: tuple[str, ...], rows: list[Any]) -> pd.DataFrame:
    columns: Mapping[str, Any] = {name: [row[at] for row in rows] for at, name in enumerate(names)}
    return tables.frame(dict(columns), index=names[0])
