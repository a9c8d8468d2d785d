"""A stored fit: the fitted numbers of a scenario, the targets that they were fitted to, and the quality of the fit.

The values are graded *calibrated*: they are values at which the model matches the targets, not measurements.
"""

from __future__ import annotations

from pathlib import Path

import attrs

from nhstransit import toml
from nhstransit.errors import check_path


@attrs.frozen(kw_only=True)
class FittedParameter:
    """A path, its fitted value, its prior range, the middle 80% of its sample, and the reason why it is fitted.

    `also` has paths that share the value. If `moved` is False, the figures do not identify the parameter: the fitted
    scenario has the value from before the fit, and only the draws vary it. `shape` is the shape of the prior.
    """

    path: str
    value: float
    low: float
    high: float
    scale: str
    tenth: float
    ninetieth: float
    width_left: float
    reason: str
    quality: str = "calibrated"
    also: tuple[str, ...] = ()
    moved: bool = True
    shape: str = ""
    what: str = ""


@attrs.frozen(kw_only=True)
class FittedTarget:
    """A target of a fit: the observed and the fitted value, and their difference in standard deviations.

    `r2` and `within_90` are the emulator's R² and 90% coverage at points left out. `block` is the figure's block.
    """

    name: str
    kind: str
    observed: float
    fitted: float
    allowed: float
    standardised: float
    block: str = ""
    r2: float = 0.0
    within_90: float = 0.0


@attrs.frozen(kw_only=True)
class Fit:
    """A stored fit: its scenario, seeds, number of runs, results, and hashes of what it depends on."""

    about: str
    scenario: str
    script: str
    seeds: int
    budget: int
    seed: int
    model_error: float
    scenario_sha256: str
    targets_sha256: str
    draws_sha256: str
    parameter: tuple[FittedParameter, ...]
    target: tuple[FittedTarget, ...]
    left_out: tuple[str, ...] = ()
    space_left: tuple[float, ...] = ()  # the share of the prior that is not ruled out after each wave
    plausible: bool = True  # whether any point is not ruled out
    rhat: float = 0.0  # the largest R-hat of any input
    effective: float = 0.0  # the smallest effective sample size of any input
    priors_sha256: str = ""
    discrepancy_sha256: str = ""
    across_worlds: float = 0.0

    @property
    def moved(self) -> tuple[FittedParameter, ...]:
        """The parameters whose values the fitted scenario changes."""
        return tuple(one for one in self.parameter if one.moved)

    @property
    def setting(self) -> dict[str, float]:
        """The values that the fitted scenario changes, by path; several paths may share one value."""
        return {path: one.value for one in self.moved for path in (one.path, *one.also)}

    @property
    def fitted_to(self) -> frozenset[str]:
        """Names of the figures that were used as targets."""
        return frozenset(target.name for target in self.target)

    @property
    def aside(self) -> frozenset[str]:
        """Names of outcomes that could be targets but were left out: they check an input, or cannot be compared."""
        return frozenset(one.partition(":")[0] for one in self.left_out)


def load_fit(path: str | Path) -> Fit:
    """Read a fit from a file. Raises FormatError for a file that is not a valid fit."""
    check_path("path", path)
    return toml.load(Path(path), Fit)
