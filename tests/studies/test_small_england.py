"""Calibration on a small England with published measures, all policies, and known parameters."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

from nhstransit.engine.simulate import simulate
from nhstransit.england import expected_figures, targets_of
from nhstransit.scenario import Scenario
from nhstransit.streams import branch_seed
from nhstransit.studies.calibration import Calibration, Parameter, calibrate
from tests.small_england import small_england

TYPICAL = "behaviour.severance.typical"
FORWARD = "policies.cost-reduction.forward_months"
FREE = (
    Parameter(path=TYPICAL, low=0.005, high=0.06, scale="log", reason="the truth is to be found"),
    Parameter(path=FORWARD, low=0, high=9, reason="likewise"),
)
NAMES = ("mars-round1-leavers", "mars-round1-cost", "mars-round1-saving", "redundancies-total", "redundancies-cost")


def fitted(world: Scenario, truth: Scenario, budget: int, seeds: int) -> Calibration:
    """The fit of a scenario to the expected figures of another, with different random numbers."""
    runs = [expected_figures(simulate(truth, seed=branch_seed(99, number))) for number in range(2)]
    means = {name: float(np.mean([run[name] for run in runs])) for name in NAMES}
    targets = [
        attrs.evolve(one, value=means[one.name], model_error=0.02 * means[one.name], tolerance=0.0)
        for one in targets_of(NAMES)
    ]
    return calibrate(
        world, targets, FREE, measure=expected_figures, seeds=seeds, budget=budget, progress=False, draws=50
    )


@pytest.mark.thorough  # for the hamlet: tests/cli/test_calibrate_cli.py
def test_a_fit_of_published_figures_works_with_a_small_budget() -> None:
    """Twelve runs of one region are enough for every part of a fit."""
    world = small_england("North East", 300, seed=1)
    found = fitted(world, world.having(TYPICAL, 0.04), budget=12, seeds=1)
    assert len(found.moments) == 12 and len(found.draws) == 50 and len(found.fit) == 5
    assert found.fitted.having(TYPICAL, 0.02).having(FORWARD, 0) == world.having(TYPICAL, 0.02).having(FORWARD, 0)


@pytest.mark.thorough
def test_known_parameters_of_a_small_england_are_recovered() -> None:
    """A take-up of 0.04 and dates four months earlier are within the middle 95% of the sample.

    Take-up is identified.
    """
    world = small_england("North West", 2000, seed=2)
    found = fitted(world, world.having(TYPICAL, 0.04).having(FORWARD, 4), budget=120, seeds=2)
    for path, truth in ((TYPICAL, 0.04), (FORWARD, 4.0)):
        column = [row[found.paths.index(path)] for row in found.draws.rows]
        low, high = np.quantile(column, (0.025, 0.975))
        assert low <= truth <= high, (path, low, high)
    assert found.identified.loc[TYPICAL, "identified"]
