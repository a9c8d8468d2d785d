"""Calibrate a scenario to figures from outside the model: a point fit, a sample of fits for `sweep`, and diagnostics.

found = calibrate(scenario, targets, parameters, measure=measure, budget=400, store="fit.db", executor=2)
found.fit, found.identified, found.draws
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from nhstransit.arrays import Floats, plain
from nhstransit.errors import CalibrationError, check_kind
from nhstransit.measures import headlines
from nhstransit.scenario import Scenario
from nhstransit.studies.emulator import emulated
from nhstransit.studies.fits import Fit, FittedParameter, FittedTarget, load_fit
from nhstransit.studies.fitted import Calibration, Profile
from nhstransit.studies.likelihood import KINDS, MODEL_ERROR, SAMPLING, Target
from nhstransit.studies.posterior import (
    Evaluator,
    Moments,
    Parameter,
    Surface,
    check_parameters,
    heights,
    likeliest,
    sampled,
    spread_points,
)

# Calibrate: a scenario, its targets, and which numbers are free; a fit, a sample of fits, and how good they are.

CHAINS = 48
STEPS = 400  # of each chain; the first half is burn-in and is discarded
WAVES = 3  # after the initial points; each wave samples where the emulators so far find plausible points
FEWEST = 3  # points at which a figure must be present before it is emulated
FIRST = 0.4  # share of the points in the initial, evenly spread design


def calibrate(
    scenario: Scenario,
    targets: Iterable[Target],
    parameters: Iterable[Parameter],
    *,
    seeds: int = 2,
    budget: int = 200,
    seed: int = 2010,
    draws: int = 200,
    measure: Callable[..., Any] = headlines,
    store: str | Path | None = None,
    executor: Any = None,
    progress: bool | None = None,
) -> Calibration:
    """Fit a scenario's free parameters to target figures, and sample the parameter sets that fit as well.

    The scenario is first run at points spread evenly over the parameters' ranges. Waves of further points follow, where
    emulators of the targets find the targets plausible (history matching). Every point uses the same seeds. The point
    fit is the point with the highest log-likelihood among those that were run. The sample is drawn with the emulators
    and includes their predictive variance.

    Args:
        scenario: the scenario to fit; everything but the parameters keeps its value.
        targets: what to fit to, by the names that `measure` gives; `published.targets_of()` are those of England.
        parameters: what is free.
        seeds: replications of each point; the same seeds are used at every point.
        budget: the total number of runs.
        seed: the root of the replications' seeds, and of the sampling.
        draws: how many parameter sets the sample has.
        measure: a function that any process can import, from a run to figures by the targets' names. The default is
            `headlines`; use `published.expected_figures` for published targets.
        store: the SQLite file that keeps every evaluation; the same call resumes from it. None: memory.
        executor: a number of processes, or an executor as in `concurrent.futures`; None: this process.
        progress: whether to show a progress line; None: in a terminal and in a notebook.

    Returns:
        The calibration: fitted parameters, draws for `sweep`, diagnostics.

    Raises:
        CalibrationError: for invalid targets or parameters, a budget too small for them, or figures that no run gives.
        SweepError, StoreError: as `sweep` does; completed runs are kept in the store.
    """
    check_kind("scenario", scenario, Scenario)
    asked, free = _checked(tuple(targets), tuple(parameters), scenario, seeds, budget, draws)
    evaluator = Evaluator(
        scenario=scenario,
        parameters=free,
        targets=asked,
        seeds=seeds,
        seed=seed,
        measure=measure,
        store=store,
        executor=executor,
        progress=progress,
    )
    points = budget // seeds
    first = max(_least(free), int(FIRST * points))
    found = evaluator.moments(spread_points(first, len(free), seed))
    for wave, count in enumerate(_shared(points - first, WAVES)):
        found = found.and_(evaluator.moments(_next(found, asked, count, wave, seed)))
    surface = surface_of(found, asked)
    chains = sampled(surface, _starts(surface, found, CHAINS), steps=STEPS, seed=seed)
    return Calibration(
        scenario=scenario,
        parameters=free,
        targets=asked,
        seeds=seeds,
        budget=budget,
        seed=seed,
        moments=found,
        surface=surface,
        sample=_thinned(chains[STEPS // 2 :], draws),
    )


def surface_of(found: Moments, targets: tuple[Target, ...]) -> Surface:
    """The likelihood of the targets, by emulators fitted to the points at which each figure is present."""
    emulators = []
    for place, target in enumerate(targets):
        there = np.isfinite(found.mean[:, place])
        if there.sum() < FEWEST:
            wrong = f"could be read at {there.sum()} of {len(found)} points"
            raise CalibrationError(f"target {target.name!r}", wrong, "leave it out, or give ranges where runs have it")
        emulators.append(emulated(found.points[there], found.mean[there, place]))
    return Surface(targets=targets, emulators=tuple(emulators), variance=found.variance)


def _next(found: Moments, targets: tuple[Target, ...], count: int, wave: int, seed: int) -> Floats:
    """The next points to run: half of a wave drawn from the current sample.

    The sample is flattened in early waves; the last wave looks near the maximum.
    """
    surface = surface_of(found, targets)
    temper = 4.0 ** (WAVES - 1 - wave)
    starts = _starts(surface, found, CHAINS)
    chains = sampled(surface.tempered(temper), starts, steps=STEPS // 4, seed=seed + 1 + wave)
    points = _thinned(chains[STEPS // 8 :], max(count - 1, 1))
    top = likeliest(surface, [starts[0], starts[1]])
    return np.concatenate([points, top[None, :]])[-count:]


def _starts(surface: Surface, found: Moments, chains: int) -> Floats:
    """Starting points of the chains: the points that were run, most likely first, then an even spread, (chains, p)."""
    order = np.argsort(-heights(found, surface), kind="stable")
    best = found.points[order[: chains // 2]]
    spread = spread_points(512, found.points.shape[1], 0, "starts")
    order = np.argsort(-surface(spread), kind="stable")
    return np.concatenate([best, spread[order[: chains - len(best)]]])


def _thinned(path: Floats, count: int) -> Floats:
    """`count` points, evenly spaced through a sample (steps, chains, p), as (count, p)."""
    flat = path.transpose(1, 0, 2).reshape(-1, path.shape[2])
    return np.asarray(flat[np.linspace(0, len(flat) - 1, count).round().astype("int64")])


def _shared(points: int, waves: int) -> list[int]:
    return [part for part in (points // waves + (place < points % waves) for place in range(waves)) if part]


def _least(parameters: tuple[Parameter, ...]) -> int:
    """The smallest initial design: enough points for the linear and quadratic terms of a quadratic."""
    return 2 * len(parameters) + 2


def _checked(
    targets: tuple[Target, ...],
    parameters: tuple[Parameter, ...],
    scenario: Scenario,
    seeds: int,
    budget: int,
    draws: int,
) -> tuple[tuple[Target, ...], tuple[Parameter, ...]]:
    """The targets and parameters, after every input has been checked."""
    names = [target.name for target in targets]
    if not names or len(set(names)) != len(names):
        raise CalibrationError("targets", f"are {names!r}", "give one or more, each once: evidence counts once")
    check_parameters(parameters, scenario)
    if len(parameters) >= len(targets):
        wrong = f"are {len(parameters)} for {len(targets)} targets"
        raise CalibrationError(
            "parameters", wrong, "give fewer: a fit with as many parameters as targets proves nothing"
        )
    for name, number in (("seeds", seeds), ("draws", draws)):
        if type(plain(number)) is not int or number < 1:
            raise CalibrationError(name, f"is {number!r}", "give a whole number of 1 or more")
    fewest = seeds * (_least(parameters) + 2 * WAVES)
    if type(plain(budget)) is not int or budget < fewest:
        raise CalibrationError("budget", f"is {budget!r}", f"give a whole number of runs, at least {fewest} here")
    return targets, parameters


__all__ = [
    "KINDS",
    "MODEL_ERROR",
    "SAMPLING",
    "Calibration",
    "Fit",
    "FittedParameter",
    "FittedTarget",
    "Parameter",
    "Profile",
    "Target",
    "calibrate",
    "load_fit",
]
