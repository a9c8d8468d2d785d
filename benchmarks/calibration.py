"""Which way of fitting finds most for the same number of runs: emulators in waves, a search of the runs, rejection?

    PYTHONPATH=. python benchmarks/calibration.py

A crowd whose hazards are known (three hundred people, counts in closed form) is fitted by each way from 24 evaluations of
four runs, under common luck, for several truths. Told are the log-likelihood of what was found, less that of the truth
itself under the same luck (higher is better), and how far off in widths of the range. For a sample: the emulators'
beside the best of an even spread (rejection), by how often the truth lies within the middle 80%, and the width.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nhstransit.studies.calibration import Target, calibrate
from nhstransit.studies.likelihood import log_likelihood
from nhstransit.studies.posterior import Evaluator, spread_points
from tests.studies.made_calibration import FREE, aims, counts, crowd

TRUTHS = ((0.2, 0.05), (0.4, 0.1), (0.3, 0.3), (0.8, 0.05), (1.2, 0.4))
EVALUATIONS = 24
SEEDS = 4


def height(evaluator: Evaluator, points: Any, variance: Any) -> Any:
    """The log-likelihood of points that are run."""
    found = evaluator.moments(np.clip(np.atleast_2d(points), 0.0, 1.0))
    pieces = zip(evaluator.targets, found.mean.T, variance, strict=True)
    return sum(log_likelihood(target, mean, np.full(len(mean), v)) for target, mean, v in pieces)


def searched(evaluator: Evaluator, variance: Any, method: str) -> Any:
    """What a searcher of SciPy's finds on the runs themselves, from the middle of the range."""
    from scipy.optimize import minimize

    return minimize(
        lambda point: -float(height(evaluator, point, variance)[0]),
        np.full(len(FREE), 0.5),
        method=method,
        bounds=[(0.0, 1.0)] * len(FREE),
        options={"maxfev": EVALUATIONS},
    ).x


def compared(truth: tuple[float, float], seed: int) -> dict[str, tuple[float, float]]:
    """For each way: log-likelihood less the truth's, and distance from the truth in widths of the range."""
    targets: tuple[Target, ...] = aims(*truth)
    ways = {"seeds": SEEDS, "seed": seed, "measure": counts, "progress": False}
    evaluator = Evaluator(scenario=crowd(), parameters=FREE, targets=targets, **ways)
    fit = calibrate(crowd(), targets, FREE, budget=EVALUATIONS * SEEDS, draws=100, **ways)
    variance = fit.surface.variance
    at = np.array([float(one.shares(value)) for one, value in zip(FREE, truth, strict=True)])
    spread = spread_points(EVALUATIONS, len(FREE), seed)
    heights = height(evaluator, spread, variance)
    found = {
        "emulators in waves": fit.moments.points[fit.best],
        "Nelder-Mead on runs": searched(evaluator, variance, "Nelder-Mead"),
        "COBYQA on runs": searched(evaluator, variance, "COBYQA"),
        "best of an even spread": spread[int(heights.argmax())],
    }
    own = float(height(evaluator, at, variance)[0])
    told = {name: (float(height(evaluator, p, variance)[0]) - own, math.dist(p, at)) for name, p in found.items()}
    kept = spread[np.argsort(-heights)[: max(3, EVALUATIONS // 10)]]
    for name, sample in (("sample: emulators", fit.sample), ("sample: rejection", kept)):
        low, high = np.quantile(sample, (0.1, 0.9), axis=0)
        told[name] = (float(((low <= at) & (at <= high)).mean()), float(sample.std(axis=0).mean()))
    return told


def main() -> None:
    """Print a line a way: means over truths and seeds."""
    rows = [compared(truth, seed) for truth in TRUTHS for seed in (1, 2)]
    print(f"{'way':26s} {'less truth':>11s} {'distance':>9s}   (samples: truths within 80%, width)")
    for name in rows[0]:
        first, second = (float(np.mean([row[name][place] for row in rows])) for place in (0, 1))
        print(f"{name:26s} {first:11.2f} {second:9.3f}")


if __name__ == "__main__":
    main()
