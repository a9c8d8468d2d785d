"""A stored fit: the fitted numbers of a scenario, the targets they were fitted to, and how well.

Its values are graded *calibrated*: they are the values at which the model fits the targets, and were not measured.
"""

from __future__ import annotations

from pathlib import Path

import attrs

from nhstransit import toml


@attrs.frozen(kw_only=True)
class FittedParameter:
    """A path, its fitted value, its prior range, the middle 80% of its sample, and the reason why it is fitted."""

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


@attrs.frozen(kw_only=True)
class FittedTarget:
    """A target of a fit: observed, fitted, and the difference in standard deviations."""

    name: str
    kind: str
    observed: float
    fitted: float
    allowed: float
    standardised: float


@attrs.frozen(kw_only=True)
class Fit:
    """A stored fit: its scenario, seeds and number of runs, and the content hashes that it depends on."""

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

    @property
    def fitted_to(self) -> frozenset[str]:
        """Names of the figures that were used as targets."""
        return frozenset(target.name for target in self.target)


def load_fit(path: str | Path) -> Fit:
    """Read a fit from a file. Raises FormatError for a file that is not a valid fit."""
    return toml.load(Path(path), Fit)
