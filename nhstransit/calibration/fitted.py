"""A calibration: what was fitted, to what, how well, and what the data do not say."""

from __future__ import annotations

import hashlib
import math
from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import Floats, plain
from nhstransit.calibration.diagnosis import Profile, covered, profiled
from nhstransit.calibration.likelihood import standardised, variance_about
from nhstransit.calibration.moments import Moments
from nhstransit.calibration.parameters import Parameter, settings
from nhstransit.calibration.posterior import Surface, heights
from nhstransit.calibration.targets import Target
from nhstransit.errors import CalibrationError, nearest
from nhstransit.scenario import Scenario
from nhstransit.sweeps import Draws
from nhstransit.sweeps.draws import applied
from nhstransit.sweeps.statistics import real
from nhstransit.toml import Named

if TYPE_CHECKING:
    import pandas as pd

IDENTIFIED = 0.8  # of its prior width: a parameter that keeps more of it is not told by the data
EVEN = 1.0 / math.sqrt(12.0)  # standard deviation of a number even over the unit interval


@attrs.frozen(kw_only=True, eq=False, slots=False, repr=False)
class Calibration:
    """A fit: `values` at the likeliest point that was run, `draws` for `sweep`, and tables that judge both.

    `moments` holds every evaluation; `surface` the emulators; `sample` (draws, p) points of the unit cube.
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
        """What is fitted, by path."""
        return tuple(parameter.path for parameter in self.parameters)

    @cached_property
    def heights(self) -> Floats:
        """The log-likelihood of every point as it was run, without emulators; −∞ where a figure is missing, (n,)."""
        return heights(self.moments, self.surface)

    @property
    def best(self) -> int:
        """The number of the likeliest point that was run."""
        return int(self.heights.argmax())

    @cached_property
    def setting(self) -> tuple[tuple[str, Any], ...]:
        """Paths and fitted values, in pairs."""
        row = settings(self.parameters, self.scenario, self.moments.points[[self.best]])[0]
        return tuple(zip(self.paths, row, strict=True))

    @property
    def fitted(self) -> Scenario:
        """The scenario with the fitted values in their places, graded calibrated there."""
        world = applied(self.scenario, self.setting)
        return attrs.evolve(world, calibrated=Named({**world.calibrated, **dict(self.setting)}))

    @cached_property
    def draws(self) -> Draws:
        """The sample as draws for `sweep`: parameter sets as likely as the targets say."""
        return Draws(paths=self.paths, rows=settings(self.parameters, self.scenario, self.sample))

    @cached_property
    def fit(self) -> pd.DataFrame:
        """A row a target, indexed by name: kind, observed, fitted, difference, allowed, standardised.

        `allowed` is one standard deviation of everything that stands between the two; `standardised` the difference over it.
        """
        at, rows = self.best, []
        for place, target in enumerate(self.targets):
            mean, variance = self.moments.mean[[at], place], self.surface.variance[[place]]
            allowed = math.sqrt(float(variance_about(target, mean, variance)[0]))
            away = float(standardised(target, mean, variance)[0])
            fitted = float(mean[0])
            rows.append((target.name, target.kind, target.value, fitted, fitted - target.value, allowed, away))
        names = ("target", "kind", "observed", "fitted", "difference", "allowed", "standardised")
        return _frame(names, rows)

    @cached_property
    def identified(self) -> pd.DataFrame:
        """A row a parameter, indexed by path: low, high, fitted, the middle 80% of the sample, width left, told.

        `width left` is the sample's standard deviation over that of the range beforehand, on the parameter's scale; `told`
        whether the data say anything of it: width left is below 0.8.
        """
        rows = []
        for place, parameter in enumerate(self.parameters):
            column = self.sample[:, place]
            low, high = np.quantile(parameter.values(column), (0.1, 0.9))
            left = float(column.std() / EVEN)
            fitted = float(dict(self.setting)[parameter.path])
            rows.append((parameter.path, parameter.low, parameter.high, fitted, low, high, left, left < IDENTIFIED))
        names = ("parameter", "low", "high", "fitted", "10%", "90%", "width left", "told")
        return _frame(names, rows)

    def profile(self, path: str, *, points: int = 11) -> Profile:
        """How likely the figures are as one parameter is held at each of so many values and the others follow.

        Raises CalibrationError for a path that was not fitted, with the nearest, and for fewer than 3 points.
        """
        if path not in self.paths:
            raise CalibrationError(f"parameter {path!r}", "was not fitted", nearest(path, self.paths))
        points = plain(points)
        if type(points) is not int or points < 3:
            raise CalibrationError("points", f"are {points!r}", "give a whole number of 3 or more")
        place = self.paths.index(path)
        return profiled(self.surface, self.parameters[place], place, self.moments.points[self.best], points)

    def coverage(self, *, points: int = 20, level: float = 0.8) -> pd.DataFrame:
        """Whether the method finds what it is told: each of so many stored points taken for the truth in turn.

        Its own figures, with chance and sampling put in, are fitted by emulators that have not seen it. A row a parameter:
        the share of truths within the interval of that level, and the correlation of truth and middle of the sample.
        """
        points = plain(points)
        if type(points) is not int or points < 1:
            raise CalibrationError("points", f"are {points!r}", "give a whole number of 1 or more")
        if not real(level) or not 0 < level < 1:
            raise CalibrationError("level", f"is {level!r}", "give a share between 0 and 1, such as 0.8")
        found = covered(self.moments, self.surface, points, level, self.seed)
        return _frame(("parameter", "covered", "correlation"), list(zip(self.paths, *found, strict=True)))

    @cached_property
    def hash(self) -> str:
        """SHA-256, hexadecimal, of scenario, targets, parameters, seeds, budget and what came of them."""
        from nhstransit.sweeps.content import scenario_content

        said = (scenario_content(self.scenario), self.targets, self.parameters, self.seeds, self.budget, self.seed)
        return hashlib.sha256(repr((said, self.setting, self.draws.rows)).encode()).hexdigest()

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
        fit, parameters = (one.to_html(float_format="{:,.4g}".format) for one in (self.fit, self.identified))
        return f"{fit}{parameters}"


def _frame(names: tuple[str, ...], rows: list[Any]) -> pd.DataFrame:
    columns: dict[str, Any] = {name: [row[place] for row in rows] for place, name in enumerate(names)}
    return tables.frame(columns, index=names[0])
