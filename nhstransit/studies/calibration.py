"""Calibrate a scenario to published figures: a point fit, a sample of fits for `sweep`, and diagnostics.

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

CHAINS = 48
STEPS = 400  # steps of each chain; the first half is burn-in and is discarded
WAVES = 3  # waves after the initial points; each samples points that the emulators so far find plausible
FEWEST = 3  # the number of points at which a figure must be present before it is emulated
FIRST = 0.4  # the share of all points that are in the initial, evenly spread design


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

    The scenario is first run at points spread evenly over the parameters' ranges. In further waves it is run at points
    that emulators of the targets find plausible (history matching). The point fit is the simulated point with the
    highest log-likelihood. The sample is drawn with the emulators and includes their predictive variance.

    Args:
        scenario: the scenario to fit; only the parameters change.
        targets: the figures to fit to, under the names that `measure` uses; `published.targets_of()` returns England's.
        parameters: the numbers to fit.
        seeds: the number of replications of each point; every point has the same seeds.
        budget: the total number of runs.
        seed: the root of the replications' seeds and of the sampling.
        draws: the number of parameter sets in the sample.
        measure: a function that any process can import, from a run to figures by the targets' names. The default is
            `headlines`; use `published.expected_figures` for published targets.
        store: the path of an SQLite file for the results, from which the same call resumes; None to hold them in memory.
        executor: a number of processes, or an executor as in `concurrent.futures`; None for this process alone.
        progress: whether to show a progress line; None to show it in a terminal and in a notebook.

    Returns:
        The calibration: fitted parameters, draws for `sweep`, diagnostics.

    Raises:
        CalibrationError: for invalid targets or parameters, a budget too small for them, or a figure found in no run.
        SweepError, StoreError: as for `sweep`; completed runs stay in the store.
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
    # The budget counts runs. Every point is run with all seeds.
    points = budget // seeds
    first = max(_least(free), int(FIRST * points))
    found = evaluator.moments(spread_points(first, len(free), seed))
    # Each wave is sampled with emulators of all points so far.
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
    """The likelihood of the targets, with each figure's emulator fitted to the points at which it is present."""
    emulators = []
    for place, target in enumerate(targets):
        there = np.isfinite(found.mean[:, place])
        if there.sum() < FEWEST:
            wrong = f"has a figure at only {there.sum()} of {len(found)} points"
            right = "leave the target out, or give ranges in which runs have the figure"
            raise CalibrationError(f"target {target.name!r}", wrong, right)
        emulators.append(emulated(found.points[there], found.mean[there, place]))
    return Surface(targets=targets, emulators=tuple(emulators), variance=found.variance)


def _next(found: Moments, targets: tuple[Target, ...], count: int, wave: int, seed: int) -> Floats:
    """The next points to run: a thinned sample of the current surface, and the likeliest point.

    In early waves the surface is flattened, so that points are spread widely. The last wave is close to the maximum.
    """
    surface = surface_of(found, targets)
    temper = 4.0 ** (WAVES - 1 - wave)
    starts = _starts(surface, found, CHAINS)
    chains = sampled(surface.tempered(temper), starts, steps=STEPS // 4, seed=seed + 1 + wave)
    # The first half of the steps is burn-in. One of the points is reserved for the likeliest point.
    points = _thinned(chains[STEPS // 8 :], max(count - 1, 1))
    top = likeliest(surface, [starts[0], starts[1]])
    # The last rows, so that the likeliest point is included even if only one point is left.
    return np.concatenate([points, top[None, :]])[-count:]


def _starts(surface: Surface, found: Moments, chains: int) -> Floats:
    """Starting points of the chains: the points that were run, most likely first, then an even spread, (chains, p)."""
    # Half of the chains start where runs were likely, the other half where the emulators predict it.
    order = np.argsort(-heights(found, surface), kind="stable")
    best = found.points[order[: chains // 2]]
    spread = spread_points(512, found.points.shape[1], 0, "starts")
    order = np.argsort(-surface(spread), kind="stable")
    return np.concatenate([best, spread[order[: chains - len(best)]]])


def _thinned(path: Floats, count: int) -> Floats:
    """`count` points, evenly spaced through a sample (steps, chains, p), as (count, p)."""
    # One chain after another, so that evenly spaced rows come from every chain and from all parts of it.
    flat = path.transpose(1, 0, 2).reshape(-1, path.shape[2])
    rows = np.linspace(0, len(flat) - 1, count).round().astype("int64")
    return np.asarray(flat[rows])


def _shared(points: int, waves: int) -> list[int]:
    # As equal as possible: the first waves have one point more if the number is not divisible.
    parts = [points // waves + (place < points % waves) for place in range(waves)]
    return [part for part in parts if part]


def _least(parameters: tuple[Parameter, ...]) -> int:
    """The smallest number of initial points: enough for a linear and a quadratic term of each parameter."""
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
        raise CalibrationError("targets", f"are {names!r}", "give one or more targets, each only once")
    check_parameters(parameters, scenario)
    if len(parameters) >= len(targets):
        wrong = f"the number is {len(parameters)}, with {len(targets)} targets"
        right = "give fewer parameters than targets; otherwise any targets could be matched"
        raise CalibrationError("parameters", wrong, right)
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
