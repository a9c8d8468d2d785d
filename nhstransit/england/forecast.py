"""Forecasts, stored on cards with a hash that reveals changes, and their scores once the outcome is known."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import attrs
import numpy as np

from nhstransit import tables, toml
from nhstransit.arrays import Floats
from nhstransit.england import bundled_outcomes, observed_figures
from nhstransit.errors import CalibrationError
from nhstransit.measures import state_on
from nhstransit.organisations.posts import found
from nhstransit.run import Run
from nhstransit.studies.scores import interval_score
from nhstransit.toml import Named

if TYPE_CHECKING:
    import pandas as pd

CARD = "fits/england-2010-forecast.toml"
HINDCAST = "fits/england-2010-hindcast.toml"  # not a forecast: its mechanisms were learnt later, its numbers were not
LEVEL = 0.8
UNITS = {"redundancies": "WTE", "cost": "£ million", "transfers": "people", "vacancies": "posts"}
OUTTURN = {"redundancies": "redundancies-total", "cost": "redundancies-cost", "transfers": "staff-transferred"}


@attrs.frozen(kw_only=True)
class Quantity:
    """One forecast number: its median, and the ends of its middle 80%."""

    name: str
    unit: str
    middle: float
    low: float
    high: float


@attrs.frozen(kw_only=True)
class Sealed:
    """A record with a hash of its other fields in its field `sha256`."""

    @property
    def content(self) -> str:
        """SHA-256, hexadecimal, of all fields of the record except the hash."""
        # The hash cannot cover itself, so its field is emptied first.
        unsealed = attrs.evolve(self, sha256="")  # type: ignore[call-arg]
        return hashlib.sha256(repr(attrs.astuple(unsealed)).encode()).hexdigest()

    def sealed(self) -> Self:
        """The record with its hash."""
        return attrs.evolve(self, sha256=self.content)  # type: ignore[call-arg]

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """Read a record from a TOML file. Raises CalibrationError if its hash does not match its content."""
        record = toml.load(Path(path), cls)
        if record.sha256 != record.content:  # type: ignore[attr-defined]
            right = "make the forecast again, as a new card"
            raise CalibrationError(str(path), "was changed after it was sealed", right)
        return record

    def write(self, path: str | Path) -> None:
        """Write the record as TOML. Raises CalibrationError if its hash does not match its content."""
        if self.sha256 != self.content:  # type: ignore[attr-defined]
            raise CalibrationError("card", "is not sealed", "write card.sealed()")
        toml.write(Path(path), toml.unstructure(self))


@attrs.frozen(kw_only=True)
class Card(Sealed):
    """A forecast: its day, the hash of its scenario, the number of simulated scenarios, its quantities, and its hash."""

    about: str
    as_of: str
    made_by: str
    scenario_sha256: str
    typical: float
    worlds: int
    quantity: tuple[Quantity, ...]
    sha256: str = ""

    def named(self, name: str) -> Quantity:
        """The forecast quantity with this name."""
        return next(one for one in self.quantity if one.name == name)


@cache
def bundled_card() -> Card:
    """The forecast of January 2011. Raises CalibrationError if its hash does not match its content."""
    return load_card(found(CARD))


@cache
def bundled_hindcast() -> Card:
    """The hindcast as of January 2011: its mechanisms were learnt from later events, but its numbers were known on the
    day.

    Raises CalibrationError if its hash does not match its content.
    """
    return load_card(found(HINDCAST))


def load_card(path: str | Path) -> Card:
    """Read a card from a file, and check its hash."""
    return Card.read(path)


def write_card(card: Card, path: str | Path) -> None:
    """Write a sealed card as TOML. Raises CalibrationError if its hash does not match its content."""
    card.write(path)


def forecast_figures(run: Run) -> Named[float]:
    """The forecast quantities of one run: redundancies in WTE, their cost, transfers, and vacancies, up to March 2013.

    Vacancies are open, empty posts of receiving organisations at the end of the day of transfer.
    """
    reading = bundled_outcomes().reading
    observed = observed_figures(run)
    state = state_on(run, reading.transferred_on)
    # Vacant posts of organisations that continue: funded, without a holder, and not of a sender, (posts,).
    empty = state.funded & (state.holder < 0)
    senders = run.scenario.roster.of_kinds(reading.senders)
    standing = ~senders[run.posts.employer]
    return Named(
        {
            "redundancies": observed["redundancies-total"],
            "cost": observed["redundancies-cost"],
            "transfers": observed["staff-transferred"],
            "vacancies": float((empty & standing).sum()),
        }
    )


def quantities(figures: Mapping[str, Floats]) -> tuple[Quantity, ...]:
    """The forecast of each figure from equally likely scenarios, (n,) each."""
    return tuple(
        Quantity(name=name, unit=UNITS[name], **_three(np.asarray(column, "float64")))
        for name, column in figures.items()
    )


def _three(column: Floats) -> dict[str, float]:
    # One decimal: further digits would be within the error of the number of scenarios.
    quantiles = np.quantile(column, (0.5 - LEVEL / 2, 0.5, 0.5 + LEVEL / 2))
    low, middle, high = (round(float(one), 1) for one in quantiles)
    return {"middle": middle, "low": low, "high": high}


def scored(card: Card | None = None) -> pd.DataFrame:
    """The card's forecast and two forecasts of the Department compared with the outcome, by quantity and forecaster.

    Without a card, the bundled forecast and the bundled hindcast are scored.

    Columns: unit, forecast, low, high, happened, absolute error, interval score. The Department published cases, and a
    likely and a highest cost, but no probabilities. Its interval here is from its lowest to its highest case. Its
    forecast of January 2011 is the middle case, with 60 per cent transferred. It does not state whether its counts are
    heads or WTE; they are compared with WTE. No outturn of vacancies was published, so they have no score.
    """
    ours = card or bundled_card()
    hindcast = bundled_hindcast() if card is None else None
    rows: list[tuple[Any, ...]] = []
    for name, forecasters in _forecasts(ours, hindcast).items():
        happened = _happened(name)
        for who, (middle, low, high) in forecasters.items():
            error = abs(middle - happened)  # NaN if no outcome was published
            known = math.isfinite(happened) and math.isfinite(low)
            score = interval_score(low, high, happened) if known else math.nan
            rows.append((name, who, UNITS[name], middle, low, high, happened, error, score))
    names = (
        "quantity",
        "forecaster",
        "unit",
        "forecast",
        "low",
        "high",
        "happened",
        "absolute error",
        "interval score",
    )
    return tables.of_rows(names, rows, index=["quantity", "forecaster"])


def _forecasts(card: Card, hindcast: Card | None) -> dict[str, dict[str, tuple[float, float, float]]]:
    """Each quantity's forecasts by forecaster: central value, low, high."""
    ours = {one.name: (one.middle, one.low, one.high) for one in card.quantity}
    later = {}
    if hindcast is not None:
        later = {one.name: (one.middle, one.low, one.high) for one in hindcast.quantity}
    # The middle case first, then the case with the fewest and the case with the most redundancies.
    january = {
        kind: [_part("ia-jan-2011", f"{share}% transferred, {kind}") for share in (60, 70, 50)]
        for kind in ("redundancies", "cost")
    }
    likely = _part("ia-sep-2011", "cost, likely")
    most = _part("ia-sep-2011", "cost, at most")
    volume = _part("ia-sep-2011", "redundancies")
    department = {
        "redundancies": {
            "January 2011": tuple(january["redundancies"]),
            "September 2011": (volume, math.nan, math.nan),
        },
        "cost": {"January 2011": tuple(january["cost"]), "September 2011": (likely, likely, most)},
    }
    return {
        name: {
            "this library": ours[name],
            **({"this library, hindcast": later[name]} if name in later else {}),
            **_department(department.get(name, {})),
        }
        for name in ours
    }


def _department(given: Mapping[str, Any]) -> dict[str, tuple[float, float, float]]:
    return {f"the Department, {when}": (three[0], three[1], three[2]) for when, three in given.items()}


def _part(outcome: str, part: str) -> float:
    """A figure of a published forecast."""
    figures = bundled_outcomes().named(outcome).figures
    return float(next(one.value for one in figures if one.part == part) or math.nan)


def _happened(name: str) -> float:
    """The published value of the outcome; NaN if none was published."""
    return float(bundled_outcomes().named(OUTTURN[name]).value or math.nan) if name in OUTTURN else math.nan
