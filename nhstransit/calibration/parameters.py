"""What is fitted: one number of a scenario each, the range it may have before anything is seen, and why it is free."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np

from nhstransit.arrays import Floats
from nhstransit.errors import CalibrationError
from nhstransit.fields import one_of
from nhstransit.scenario import Scenario, part_at
from nhstransit.sweeps.statistics import real

SCALES = ("linear", "log", "logit")


@attrs.frozen(kw_only=True)
class Parameter:
    """A dotted path, its range, and the scale on which every value in it is as likely as any other beforehand.

    `reason` says why it is fitted and not set. Raises CalibrationError for a range that is none, or that its scale cannot
    hold: "log" wants numbers above 0, "logit" shares between 0 and 1.
    """

    path: str
    low: float
    high: float
    scale: str = one_of(SCALES, "linear")
    reason: str = ""

    def __attrs_post_init__(self) -> None:
        place, told = f"parameter {self.path}", f"goes from {self.low!r} to {self.high!r}"
        if not (real(self.low) and real(self.high)) or self.high <= self.low:
            raise CalibrationError(place, told, "give two numbers, the lower first")
        if (self.scale != "linear" and self.low <= 0) or (self.scale == "logit" and self.high >= 1):
            raise CalibrationError(place, f"{told} on a {self.scale} scale", "give ends that it can hold")

    def values(self, shares: Floats) -> Floats:
        """The values at shares (n,) of the way from low to high, on the scale."""
        low, high = _onto(self.low, self.scale), _onto(self.high, self.scale)
        return _back(low + np.asarray(shares, "float64") * (high - low), self.scale)

    def shares(self, values: Any) -> Floats:
        """The way from low to high, 0 to 1, at which values (n,) lie: the inverse of `values`."""
        low, high = _onto(self.low, self.scale), _onto(self.high, self.scale)
        return np.asarray((_onto(values, self.scale) - low) / (high - low))


def settings(parameters: tuple[Parameter, ...], scenario: Scenario, points: Floats) -> tuple[tuple[Any, ...], ...]:
    """The values at points (n, p) of the unit cube, a row a point; whole numbers where the scenario has them."""
    columns = []
    for place, parameter in enumerate(parameters):
        values = parameter.values(points[:, place])
        whole = type(part_at(scenario, parameter.path)) is int
        columns.append(np.rint(values).astype("int64").tolist() if whole else values.tolist())
    return tuple(zip(*columns, strict=True))


def check_parameters(parameters: tuple[Parameter, ...], scenario: Scenario) -> None:
    """Raise where a path is given twice, leads nowhere, or an end of a range cannot stand in the scenario."""
    paths = [parameter.path for parameter in parameters]
    if not paths or len(set(paths)) != len(paths):
        raise CalibrationError("parameters", f"are {paths!r}", "give one or more, each path once")
    for corner in (np.zeros((1, len(paths))), np.ones((1, len(paths)))):
        for path, item in zip(paths, settings(parameters, scenario, corner)[0], strict=True):
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
