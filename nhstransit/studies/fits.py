"""A fit as it is kept: which numbers of a scenario were fitted, to which targets, and how well.

Its values are graded *calibrated*: they say what the targets would want of the model, and nothing that was measured.
"""

from __future__ import annotations

from pathlib import Path

import attrs

from nhstransit import toml


@attrs.frozen(kw_only=True)
class FittedParameter:
    """A path, its fitted value, the range it had beforehand and the middle 80% of what the figures leave it, and why."""

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
    """A target that was fitted to: observed, fitted, and the difference in standard deviations."""

    name: str
    kind: str
    observed: float
    fitted: float
    allowed: float
    standardised: float


@attrs.frozen(kw_only=True)
class Fit:
    """A fit as it is kept: of which scenario, with which seeds and how many runs, and the hashes that it follows from."""

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
        """Names of the figures that were fitted to."""
        return frozenset(target.name for target in self.target)


def load_fit(path: str | Path) -> Fit:
    """A fit in a file. Raises FormatError for one that is not written as a fit is."""
    return toml.load(Path(path), Fit)
