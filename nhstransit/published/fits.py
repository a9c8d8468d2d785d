"""Fits that come with the library: which numbers of a scenario were fitted, to which published figures, and how well.

A fit is written by a committed script (`calibrations/`) and never by hand. Its values are graded *calibrated*: they say what
the published figures would want of the model, and nothing that was measured.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

import attrs

from nhstransit import toml
from nhstransit.errors import CalibrationError, nearest

FOLDER = "fits"


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
    """A published figure that was fitted to: observed, fitted, and the difference in standard deviations."""

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


def bundled_fits() -> tuple[str, ...]:
    """Names of the fits that come with the library: those with draws beside them."""
    with as_file(files("nhstransit.data") / FOLDER) as folder:
        return tuple(sorted(path.name.removesuffix("-draws.csv") for path in folder.glob("*-draws.csv")))


@cache
def bundled_fit(name: str = "england-2010") -> Fit:
    """A fit that comes with the library. Raises CalibrationError for a name that is none, with the nearest."""
    return load_fit(_place(name, ".toml"))


def fitted_draws(name: str = "england-2010") -> Path:
    """The CSV file of a bundled fit's parameter draws: `sweeps.read_draws` reads it."""
    return _place(f"{name}-draws", ".csv")


def load_fit(path: str | Path) -> Fit:
    """A fit in a file. Raises FormatError for one that is not written as a fit is."""
    return toml.load(Path(path), Fit)


def _place(name: str, end: str) -> Path:
    with as_file(files("nhstransit.data") / FOLDER) as folder:
        known = sorted(path.name.removesuffix(end) for path in folder.glob(f"*{end}"))
        if name not in known:
            raise CalibrationError(f"fit {name!r}", "is not bundled", nearest(name, known))
        return folder / f"{name}{end}"
