"""A calibration written down: the fit and its draws, as files that `published.load_fit` and `sweeps.read_draws` read."""

from __future__ import annotations

import hashlib
from pathlib import Path

from nhstransit import toml
from nhstransit.calibration.fitted import Calibration
from nhstransit.published.fits import Fit, FittedParameter, FittedTarget
from nhstransit.sweeps.content import scenario_content

DIGITS = 6  # significant, of what is written: more than the figures can tell


def fit_of(found: Calibration, *, about: str, script: str, model_error: float, left_out: tuple[str, ...] = ()) -> Fit:
    """The calibration as a fit to be kept; `left_out` says of figures that may be fitted why they were not."""
    table, told = found.fit, found.identified
    return Fit(
        about=about,
        scenario=found.scenario.name,
        script=script,
        seeds=found.seeds,
        budget=found.budget,
        seed=found.seed,
        model_error=model_error,
        scenario_sha256=scenario_content(found.scenario),
        targets_sha256=hashlib.sha256(repr(found.targets).encode()).hexdigest(),
        draws_sha256=hashlib.sha256(repr(_rows(found)).encode()).hexdigest(),
        parameter=tuple(
            FittedParameter(
                path=one.path,
                value=_short(float(dict(found.setting)[one.path])),
                low=one.low,
                high=one.high,
                scale=one.scale,
                tenth=_short(float(told["10%"].iloc[place])),
                ninetieth=_short(float(told["90%"].iloc[place])),
                width_left=_short(float(told["width left"].iloc[place])),
                reason=one.reason,
            )
            for place, one in enumerate(found.parameters)
        ),
        target=tuple(
            FittedTarget(
                name=target.name,
                kind=target.kind,
                observed=target.value,
                fitted=_short(float(table["fitted"].iloc[place])),
                allowed=_short(float(table["allowed"].iloc[place])),
                standardised=round(float(table["standardised"].iloc[place]), 2),
            )
            for place, target in enumerate(found.targets)
        ),
        left_out=left_out,
    )


def write_fit(found: Calibration, fit: Fit, folder: str | Path, name: str) -> None:
    """Write the fit and its draws into a folder: `name`.toml and `name`-draws.csv."""
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    toml.write(place / f"{name}.toml", toml.unstructure(fit))
    kept = type(found.draws)(paths=found.paths, rows=_rows(found))
    kept.write(place / f"{name}-draws.csv")


def _rows(found: Calibration) -> tuple[tuple[float | int, ...], ...]:
    """The draws to six digits, whole numbers as they are."""
    return tuple(tuple(item if isinstance(item, int) else _short(item) for item in row) for row in found.draws.rows)


def _short(number: float) -> float:
    return float(f"{number:.{DIGITS}g}")
