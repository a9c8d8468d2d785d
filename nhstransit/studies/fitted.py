"""The result of a calibration: fitted parameters, targets, the quality of the fit, and which parameters are identified."""

from __future__ import annotations

import hashlib
import math
from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import Floats, plain
from nhstransit.errors import CalibrationError, nearest
from nhstransit.scenario import Scenario
from nhstransit.scenario.draws import applied
from nhstransit.studies import Draws
from nhstransit.studies.likelihood import Target, standardised, variance_about
from nhstransit.studies.posterior import Moments, Parameter, Surface, draws_at, heights, short
from nhstransit.studies.statistics import real
from nhstransit.toml import Named

if TYPE_CHECKING:
    import pandas as pd
from collections.abc import Mapping
from pathlib import Path

from nhstransit import toml
from nhstransit.streams import Luck
from nhstransit.studies.content import scenario_content
from nhstransit.studies.emulator import Emulator
from nhstransit.studies.fits import Fit, FittedParameter, FittedTarget
from nhstransit.studies.matching import Matched
from nhstransit.studies.posterior import climbed, sampled, spread_points

IDENTIFIED = 0.8  # a parameter is identified if its sample is narrower than this share of its prior
EVEN = 1.0 / math.sqrt(12.0)  # the standard deviation of a uniform distribution on the unit interval


@attrs.frozen(kw_only=True, eq=False, slots=False, repr=False)
class Calibration:
    """The result of `calibrate`: the most likely point that was run, `draws` for `sweep`, and tables of diagnostics.

    `moments` has every evaluation, `surface` the emulators, and `sample` the draws as points of the unit cube, (draws,
    p).
    """

    scenario: Scenario
    parameters: tuple[Parameter, ...]
    targets: tuple[Target, ...]
    seeds: int
    budget: int
    seed: int
    moments: Moments
    surface: Surface
    sample: Floats

    @property
    def paths(self) -> tuple[str, ...]:
        """The fitted parameters' paths."""
        return tuple(parameter.path for parameter in self.parameters)

    @cached_property
    def heights(self) -> Floats:
        """The log-likelihood of the simulated figures of every point, without emulators, (n,); −∞ if one is missing."""
        return heights(self.moments, self.surface)

    @property
    def best(self) -> int:
        """The index of the most likely point that was run."""
        return int(self.heights.argmax())

    @cached_property
    def setting(self) -> tuple[tuple[str, Any], ...]:
        """Pairs of a path and its fitted value."""
        return draws_at(self.parameters, self.scenario, self.moments.points[[self.best]]).setting(0)

    @property
    def fitted(self) -> Scenario:
        """The scenario with the fitted values, graded *calibrated*."""
        scenario = applied(self.scenario, self.setting)
        return attrs.evolve(scenario, calibrated=Named({**scenario.calibrated, **dict(self.setting)}))

    @cached_property
    def draws(self) -> Draws:
        """The sample as draws for `sweep`: parameter sets distributed according to the likelihood of the targets."""
        return draws_at(self.parameters, self.scenario, self.sample)

    @cached_property
    def fit(self) -> pd.DataFrame:
        """One row per target, indexed by name: kind, observed, fitted, difference, allowed, standardised.

        `allowed` is the standard deviation of all sources of difference together. `standardised` is the difference
        divided by `allowed`.
        """
        # The fit is judged by the runs of the most likely point, and not by the emulators.
        at = self.best
        rows = []
        for place, target in enumerate(self.targets):
            mean = self.moments.mean[[at], place]
            variance = self.surface.variance[[place]]
            allowed = math.sqrt(float(variance_about(target, mean, variance)[0]))
            away = float(standardised(target, mean, variance)[0])
            fitted = float(mean[0])
            rows.append((target.name, target.kind, target.value, fitted, fitted - target.value, allowed, away))
        names = ("target", "kind", "observed", "fitted", "difference", "allowed", "standardised")
        return _frame(names, rows)

    @cached_property
    def identified(self) -> pd.DataFrame:
        """One row per parameter, indexed by path: low, high, fitted, 10% and 90% (of the sample), width left, identified.

        `width left` is the sample's standard deviation divided by the prior's, both on the parameter's scale.
        `identified` is whether `width left` is below 0.8.
        """
        rows = []
        for place, parameter in enumerate(self.parameters):
            # Points are in the unit cube, where every prior is uniform.
            column = self.sample[:, place]
            low, high = np.quantile(parameter.values(column), (0.1, 0.9))
            left = float(column.std() / EVEN)
            fitted = float(dict(self.setting)[parameter.path])
            rows.append((parameter.path, parameter.low, parameter.high, fitted, low, high, left, left < IDENTIFIED))
        names = ("parameter", "low", "high", "fitted", "10%", "90%", "width left", "identified")
        return _frame(names, rows)

    def profile(self, path: str, *, points: int = 11) -> Profile:
        """The profile log-likelihood of one parameter at `points` values, with the other parameters optimised at each.

        Raises:
            CalibrationError: for a path that was not fitted, and for fewer than 3 points.
        """
        if path not in self.paths:
            raise CalibrationError(f"parameter {path!r}", "was not fitted", nearest(path, self.paths))
        points = plain(points)
        if type(points) is not int or points < 3:
            raise CalibrationError("points", f"is {points!r}", "give a whole number of 3 or more")
        place = self.paths.index(path)
        return profiled(self.surface, self.parameters[place], place, self.moments.points[self.best], points)

    def coverage(self, *, points: int = 20, level: float = 0.8) -> pd.DataFrame:
        """Test whether the method recovers known true values: each of `points` simulated points is the truth in turn.

        The figures of the point, with chance and sampling error added, are the targets of a fit whose emulators do not
        use the point. The table has one row per parameter: the share of true values within the interval of that level,
        and the correlation between the true values and the medians of the samples.
        """
        points = plain(points)
        if type(points) is not int or points < 1:
            raise CalibrationError("points", f"is {points!r}", "give a whole number of 1 or more")
        if not real(level) or not 0 < level < 1:
            raise CalibrationError("level", f"is {level!r}", "give a share between 0 and 1, such as 0.8")
        found = covered(self.moments, self.surface, points, level, self.seed)
        return _frame(("parameter", "covered", "correlation"), list(zip(self.paths, *found, strict=True)))

    @cached_property
    def hash(self) -> str:
        """SHA-256 of scenario, targets, parameters, seeds, budget and results, hexadecimal."""
        from nhstransit.studies.content import scenario_content

        inputs = (scenario_content(self.scenario), self.targets, self.parameters, self.seeds, self.budget, self.seed)
        return hashlib.sha256(repr((inputs, self.setting, self.draws.rows)).encode()).hexdigest()

    def __repr__(self) -> str:
        fitted = ", ".join(f"{path} = {value:.4g}" for path, value in self.setting)
        away = self.fit["standardised"].to_numpy()
        furthest = int(np.abs(away).argmax())
        lost = int((~self.moments.whole).sum())
        points = f"{len(self.moments)} points × {self.seeds}" + (f", {lost} of them missing a figure" if lost else "")
        return (
            f"Calibration of {self.scenario.name!r}: {fitted}; {len(self.targets)} targets, "
            f"{points}; furthest off {self.targets[furthest].name} "
            f"({away[furthest]:+.1f} standard deviations)"
        )

    def _repr_html_(self) -> str:
        fit = tables.html(self.fit, "Targets and fitted figures", form="{:,.4g}".format)
        return fit + tables.html(
            self.identified, "Fitted parameters, and whether they are identified", form="{:,.4g}".format
        )


def _frame(names: tuple[str, ...], rows: list[Any]) -> pd.DataFrame:
    columns: dict[str, Any] = {name: [row[place] for row in rows] for place, name in enumerate(names)}
    return tables.frame(columns, index=names[0])


# How far a fit can be trusted: profiles of its parameters, and whether known true values are recovered

DROP = 1.92  # the fall of the log-likelihood at the ends of a 95% interval (half of chi-squared's 3.84)
CHAINS = 24
STEPS = 160


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Profile:
    """The profile of one parameter: at each of its `values`, the highest log-likelihood less its maximum, (k,)."""

    path: str
    values: Floats
    heights: Floats

    @property
    def within(self) -> tuple[float, float]:
        """The lowest and highest values whose log-likelihood is at most 1.92 below the maximum.

        The figures do not reject these values. Between values the log-likelihood is interpolated linearly.
        """
        # There is always one such value, because the highest has a difference of 0.
        near = np.flatnonzero(self.heights >= -DROP)
        return self._end(int(near[0]), -1), self._end(int(near[-1]), 1)

    def _end(self, inside: int, way: int) -> float:
        """The value beyond `inside` at which the log-likelihood falls by 1.92; the end of the range if it does not."""
        outside = inside + way
        # The range ends here, so the interval is cut off at its end.
        if not 0 <= outside < len(self.values):
            return float(self.values[inside])
        high = self.heights[inside]
        # A value that is ruled out has −∞, from which no line can be drawn.
        low = max(self.heights[outside], -1e6)
        step = (high + DROP) / (high - low)
        across = self.values[outside] - self.values[inside]
        return float(self.values[inside] + step * across)

    @property
    def flat(self) -> bool:
        """Whether every value in the range is compatible with the figures."""
        return bool((self.heights >= -DROP).all())

    @property
    def table(self) -> pd.DataFrame:
        """The values and their log-likelihoods."""
        return tables.frame({"value": self.values, "height": self.heights})

    def __repr__(self) -> str:
        low, high = self.within
        found = "flat: not identified by the figures" if self.flat else f"from {low:.4g} to {high:.4g}"
        return f"Profile of {self.path}: {found}"


def profiled(surface: Surface, parameter: Parameter, place: int, best: Floats, points: int) -> Profile:
    """The profile of one parameter, computed with the emulators.

    Args:
        surface: the likelihood of the targets, computed with emulators.
        parameter: the parameter to profile.
        place: its index among the parameters.
        best: the most likely point of the unit cube, (p,).
        points: the number of values of the parameter.
    """
    shares = np.linspace(0.0, 1.0, points)
    # Heights are relative to the highest, so a profile can be compared with DROP.
    tops = np.array([_highest(surface, place, float(share), best) for share in shares])
    return Profile(path=parameter.path, values=parameter.values(shares), heights=tops - tops.max())


def _highest(surface: Surface, place: int, share: float, best: Floats) -> float:
    """The highest log-likelihood with one parameter fixed, optimised from the best of evenly spread points."""
    others = [axis for axis in range(len(best)) if axis != place]

    # Points with the profiled parameter fixed at `share` and the other parameters as given.
    def held(free: Floats) -> Floats:
        points = np.full((len(free), len(best)), share)
        points[:, others] = free
        return points

    # The most likely point is one of the starts, so that the profile is never below the maximum at its own value.
    spread = spread_points(256, len(best), 0, "profile")
    starts = np.concatenate([spread[:, others], best[None, others]])
    found = surface(held(starts))
    if not others:
        return float(found[0])
    start = starts[int(found.argmax())]

    def height(free: Floats) -> float:
        inside = np.clip(free, 0.0, 1.0)
        return float(surface(held(inside[None, :]))[0])

    top = climbed(height, start, 60)[0]
    # The simplex may end below its best start.
    return max(top, float(found.max()))


def covered(found: Moments, surface: Surface, points: int, level: float, seed: int) -> tuple[Floats, Floats]:
    """For each parameter, the share of true values inside the interval, and their correlation with estimates, (p,) each.

    Args:
        found: the points that were run, and their moments.
        surface: the emulators of the targets.
        points: how many simulated points are used as the truth.
        level: the level of the interval, between 0 and 1.
        seed: the root of the random numbers.
    """
    # Evenly spaced among the points that have every figure.
    numbers = np.flatnonzero(found.whole)
    selected = numbers[np.linspace(0, len(numbers) - 1, min(points, len(numbers))).round().astype("int64")]
    hits = []
    truths = found.points[selected]
    middles = []
    for number in selected.tolist():
        sample = _sample_without(found, surface, number, seed)
        ends = np.quantile(sample, (0.5 - level / 2, 0.5 + level / 2), axis=0)
        truth = found.points[number]
        hits.append((ends[0] <= truth) & (truth <= ends[1]))
        middles.append(np.median(sample, axis=0))
    estimates = np.array(middles)
    correlations = [_correlation(truths[:, axis], estimates[:, axis]) for axis in range(truths.shape[1])]
    return np.mean(hits, axis=0), np.array(correlations)


def _sample_without(found: Moments, surface: Surface, number: int, seed: int) -> Floats:
    """A sample of the parameters fitted to the figures of one point, with emulators of the other points."""
    luck = Luck(seed)
    pretended = []
    for place, target in enumerate(surface.targets):
        # The mean of the point's replications, with the noise that one published figure would have.
        normal = luck.normal(f"pretended {target.name}", 0, np.array([number]))[0]
        chance = normal * math.sqrt(surface.variance[place])
        value = float(found.mean[number, place] + chance)
        # Noise must not produce a value that no target can have.
        if target.kind == "share":
            value = min(max(value, 1e-3), 1 - 1e-3)
        if target.kind == "count":
            value = max(value, 0.0)
        # The pretended figure comes from the model itself, so the model has no error, and nothing was rounded.
        pretended.append(attrs.evolve(target, value=value, model_error=0.0, tolerance=0.0))
    blind = attrs.evolve(
        surface,
        targets=tuple(pretended),
        emulators=tuple(_blinded(emulator, found.points[number]) for emulator in surface.emulators),
    )
    # The chains start from the likeliest of evenly spread points. The first half of their steps is burn-in.
    spread = spread_points(256, found.points.shape[1], seed, "pretence")
    likeliest = np.argsort(-blind(spread), kind="stable")[:CHAINS]
    path = sampled(blind, spread[likeliest], steps=STEPS, seed=seed)
    return path[STEPS // 2 :].reshape(-1, found.points.shape[1])


def _blinded(emulator: Emulator, point: Floats) -> Emulator:
    """The emulator without one of its points."""
    return emulator.without((emulator.points == point).all(axis=1))


def _correlation(first: Floats, second: Floats) -> float:
    # A correlation is not defined for a constant, and two points are always on a line.
    if len(first) < 3 or first.std() == 0 or second.std() == 0:
        return math.nan
    return float(np.corrcoef(first, second)[0, 1])


# Files of a fit and its draws, which `load_fit` and `read_draws` read


def fit_of(found: Calibration, *, about: str, script: str, model_error: float, left_out: tuple[str, ...] = ()) -> Fit:
    """The calibration as a fit to be stored.

    Args:
        found: the calibration.
        about: a description of the fit.
        script: the command that made it.
        model_error: the standard deviation of the model's own error, as a share of a figure.
        left_out: the published figures that may be fitted but were not, each with its reason.
    """
    table = found.fit
    identified = found.identified
    return Fit(
        about=about,
        scenario=found.scenario.name,
        script=script,
        seeds=found.seeds,
        budget=found.budget,
        seed=found.seed,
        model_error=model_error,
        scenario_sha256=scenario_content(found.scenario),
        targets_sha256=hashlib.sha256(repr(found.targets).encode()).hexdigest(),
        draws_sha256=hashlib.sha256(repr(found.draws.rows).encode()).hexdigest(),
        parameter=tuple(
            FittedParameter(
                path=one.path,
                value=short(float(dict(found.setting)[one.path])),
                low=one.low,
                high=one.high,
                scale=one.scale,
                tenth=short(float(identified["10%"].iloc[place])),
                ninetieth=short(float(identified["90%"].iloc[place])),
                width_left=short(float(identified["width left"].iloc[place])),
                reason=one.reason,
            )
            for place, one in enumerate(found.parameters)
        ),
        target=tuple(
            FittedTarget(
                name=target.name,
                kind=target.kind,
                observed=target.value,
                fitted=short(float(table["fitted"].iloc[place])),
                allowed=short(float(table["allowed"].iloc[place])),
                standardised=round(float(table["standardised"].iloc[place]), 2),
            )
            for place, target in enumerate(found.targets)
        ),
        left_out=left_out,
    )


def fit_of_matched(
    found: Matched, *, about: str, script: str, left_out: tuple[str, ...] = (), hashes: Mapping[str, str] | None = None
) -> Fit:
    """A fit by history matching as a fit to be stored.

    Args:
        found: the fit.
        about: a description of the fit.
        script: the command that made it.
        left_out: the published figures that may be fitted but were not, each with its reason.
        hashes: the SHA-256 of the files of "priors" and "discrepancy", by these names.
    """
    table = found.fit
    quality = found.quality
    inputs = found.identified
    given = hashes or {}
    return Fit(
        about=about,
        scenario=found.scenario.name,
        script=script,
        seeds=1,
        budget=found.runs,
        seed=found.seed,
        model_error=0.0,
        scenario_sha256=scenario_content(found.scenario),
        targets_sha256=hashlib.sha256(repr(found.targets).encode()).hexdigest(),
        draws_sha256=hashlib.sha256(repr(found.draws.rows).encode()).hexdigest(),
        space_left=tuple(short(share) for share in found.left),
        plausible=found.bounded,
        rhat=round(found.rhat, 3),
        effective=round(found.effective, 1),
        priors_sha256=given.get("priors", ""),
        discrepancy_sha256=given.get("discrepancy", ""),
        across_worlds=found.discrepancy.across_worlds,
        parameter=tuple(
            FittedParameter(
                path=one.path,
                value=short(float(inputs["fitted"].iloc[at])),
                low=float(one.low),
                high=float(one.high),
                scale=one.scale,
                tenth=short(float(inputs["10%"].iloc[at])),
                ninetieth=short(float(inputs["90%"].iloc[at])),
                width_left=round(float(inputs["width left"].iloc[at]), 3),
                reason=one.source or one.reason,
                also=one.also,
                moved=bool(inputs["identified"].iloc[at]),
                shape=one.shape,
                what=one.what,
            )
            for at, one in enumerate(found.parameters)
        ),
        target=tuple(
            FittedTarget(
                name=str(name),
                kind=str(table["kind"].iloc[at]),
                observed=float(table["observed"].iloc[at]),
                fitted=short(float(table["fitted"].iloc[at])),
                allowed=short(float(table["allowed"].iloc[at])),
                standardised=round(float(table["standardised"].iloc[at]), 2),
                block=str(table["block"].iloc[at]),
                r2=round(float(quality["r2"].iloc[at]), 3),
                within_90=round(float(quality["within 90%"].iloc[at]), 3),
            )
            for at, name in enumerate(table.index)
        ),
        left_out=left_out,
    )


def write_fit(found: Calibration | Matched, fit: Fit, folder: str | Path, name: str) -> None:
    """Write the fit and its draws into a folder: `name`.toml and `name`-draws.csv.

    Args:
        found: the calibration, which has the draws.
        fit: the same calibration as a fit.
        folder: the folder to write into.
        name: the first part of both file names.
    """
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    toml.write(place / f"{name}.toml", toml.unstructure(fit))
    found.draws.write(place / f"{name}-draws.csv")
