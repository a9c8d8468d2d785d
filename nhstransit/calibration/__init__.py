"""Fitting a scenario to what was published: a point fit, a sample for `sweep`, and how far both can be trusted.

found = calibrate(scenario, targets_of(), parameters, budget=400, store="fit.db", executor=2)
found.fit, found.identified, found.draws
"""

from __future__ import annotations

from nhstransit.calibration.diagnosis import Profile
from nhstransit.calibration.fitted import Calibration
from nhstransit.calibration.parameters import Parameter
from nhstransit.calibration.targets import KINDS, Target, targets_of
from nhstransit.calibration.verb import calibrate

__all__ = ["KINDS", "Calibration", "Parameter", "Profile", "Target", "calibrate", "targets_of"]
