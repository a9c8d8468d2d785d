"""Bundled fits: the fitted numbers of a scenario, the published figures used as targets, and the quality of the fit.

A fit is written by `nhstransit calibrate`, never by hand. Its values have the grade *calibrated*, because they were not
measured: they are the values at which the model fits the published figures.
"""

from __future__ import annotations

import math
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

import attrs

from nhstransit import tables
from nhstransit.errors import CalibrationError, nearest
from nhstransit.studies.fits import Fit, load_fit
from nhstransit.toml import Named

FOLDER = "fits"


def bundled_fits() -> tuple[str, ...]:
    """Names of the bundled fits, which are the fits with stored draws."""
    with as_file(files("nhstransit.data") / FOLDER) as folder:
        return tuple(sorted(path.name.removesuffix("-draws.csv") for path in folder.glob("*-draws.csv")))


@cache
def bundled_fit(name: str = "england-2010") -> Fit:
    """A bundled fit. Raises CalibrationError, with the nearest name, if the name is unknown."""
    return load_fit(_place(name, ".toml"))


def fitted_draws(name: str = "england-2010") -> Path:
    """The path of the CSV file with a bundled fit's parameter draws, for `sweeps.read_draws`."""
    return _place(f"{name}-draws", ".csv")


def _place(name: str, end: str) -> Path:
    with as_file(files("nhstransit.data") / FOLDER) as folder:
        known = sorted(path.name.removesuffix(end) for path in folder.glob(f"*{end}"))
        if name not in known:
            raise CalibrationError(f"fit {name!r}", "is not bundled", nearest(name, known))
        return folder / f"{name}{end}"


# Stored figures of a fitted scenario over several runs, so that a page can show them without a simulation.
#
# `python docs/make_validation.py --run` writes them. A thorough test computes them again.

FITTED = "fitted"  # the role of a figure that was a target of the fit
MISS = "miss"  # verdicts that count as a miss
NOT_AS_SAID = "not as reported"
NOT_SIMULATED = "not simulated"  # verdicts without a judgement of the figure
SHOWN = "no verdict"
_END = "-validation.csv"


@attrs.frozen(kw_only=True)
class Kept:
    """One figure over `runs` runs of a fitted scenario: its mean, the ends of the middle 80%, and the verdict.

    All numbers are in the published unit. `published`, `mean`, `low` and `high` are NaN if there is no such number.
    """

    name: str
    role: str
    published: float
    mean: float
    low: float
    high: float
    verdict: str
    runs: int

    @property
    def judged(self) -> bool:
        """Whether a run can produce the figure and there is a published figure to compare it with."""
        return self.verdict not in ("", NOT_SIMULATED, SHOWN)

    @property
    def missed(self) -> bool:
        """Whether the fitted scenario fails to reproduce the published figure."""
        return self.verdict in (MISS, NOT_AS_SAID)


def worlds_with(end: str) -> tuple[str, ...]:
    """Names of the fitted scenarios that have a stored table with this end of the file name."""
    with as_file(files("nhstransit.data") / "fits") as folder:
        return tuple(sorted(path.name.removesuffix(end) for path in folder.glob(f"*{end}")))


def stored_table(name: str, end: str, what: str) -> dict[str, list[str]]:
    """The columns of a stored table of a fitted scenario.

    Args:
        name: the fitted scenario, such as "england-2010".
        end: the end of the file name, which identifies the table.
        what: a word for the contents of the table, for the error.

    Raises:
        CalibrationError: the scenario has no such table. The message has the nearest name with one.
    """
    known = worlds_with(end)
    if name not in known:
        raise CalibrationError(f"scenario {name!r}", f"has no stored {what}", nearest(name, known))
    with as_file(files("nhstransit.data") / "fits" / f"{name}{end}") as path:
        return tables.read_csv(path)


def kept_names() -> tuple[str, ...]:
    """Names of the fitted scenarios that have stored figures."""
    return worlds_with(_END)


@cache
def kept_figures(name: str = "england-2010") -> Named[Kept]:
    """The stored figures of a fitted scenario, by name.

    Raises CalibrationError, with the nearest name, if the scenario has none.
    """
    columns = stored_table(name, _END, "figures")
    return Named({figure: _kept(columns, row) for row, figure in enumerate(columns["figure"])})


def _kept(columns: dict[str, list[str]], row: int) -> Kept:
    # An empty cell is a missing number.
    numbers = {name: float(columns[name][row] or math.nan) for name in ("published", "low", "high")}
    return Kept(
        name=columns["figure"][row],
        role=columns["role"][row],
        mean=float(columns["simulated"][row] or math.nan),
        verdict=columns["verdict"][row],
        runs=int(columns["runs"][row]),
        **numbers,
    )
