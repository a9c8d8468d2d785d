"""A forecast of a reorganisation in progress: facts public on a day, ranges for unknown numbers, and a sealed card.

Nothing that became public later is used. The law is cut off on the day, and later facts are listed and rejected. Each
simulated scenario has its own values of the unknown numbers, drawn from their ranges, its own staff and its own random
numbers.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from nhstransit import tables, toml
from nhstransit.england.forecast import LEVEL, Quantity, Sealed
from nhstransit.errors import CalibrationError, FormatError, Mistakes, nearest
from nhstransit.measures.reorganisation import reorganisation
from nhstransit.organisations.posts import found
from nhstransit.run import Run
from nhstransit.scenario import Scenario, load_scenario
from nhstransit.studies import sweep
from nhstransit.studies.content import scenario_content
from nhstransit.studies.posterior import spread_points
from nhstransit.studies.scores import interval_score
from nhstransit.toml import Named

if TYPE_CHECKING:
    import pandas as pd

BUNDLED = "england/foresight-2025-11-11.toml"
CARD = "fits/england-2025-forecast.toml"
FEWEST = 5  # scenarios; with fewer, the middle 80% is not determined
QUANTITIES = {
    "volunteers": "people",
    "compulsory": "people",
    "unpaid leavers": "people",
    "exit cost": "£ million",
    "recurrent saving": "£ million a year",
    "payback": "months",
    "boards' staff on 31 March 2027": "WTE",
    "all staff on 31 March 2028": "people",
    "critical work below a safe level": "% of functions and months",
    "back within 12 months": "% of those paid",
}


@attrs.frozen(kw_only=True)
class Unknown:
    """A number that was unknown on the day, and its range. In each scenario, one value is set at all of the `paths`."""

    name: str
    paths: tuple[str, ...]
    low: float
    high: float
    rests_on: tuple[str, ...]
    note: str = ""


@attrs.frozen(kw_only=True)
class Foresight:
    """The inputs of a forecast made on a day: a scenario, the unknown numbers, and the later facts that may not be
    used.

    Raises:
        CalibrationError: a part has no supporting fact or a later one, or the law of the scenario is not cut off on the
            day.
    """

    about: str
    as_of: dt.date
    of: str
    later: tuple[str, ...]  # ids of facts that were not public on the day
    rests_on: Named[tuple[str, ...]]  # ids of the facts that support each part of the scenario set for the forecast
    unknown: tuple[Unknown, ...]

    def __attrs_post_init__(self) -> None:
        parts = {**self.rests_on, **{one.name: one.rests_on for one in self.unknown}}
        for name, ids in parts.items():
            if not ids:
                raise CalibrationError(name, "has no source", "give the fact that supports it")
            # A forecast must not use a fact that became public after its day.
            for fact in ids:
                if fact in self.later:
                    raise CalibrationError(
                        name, f"is based on {fact!r}, which is later than {self.as_of}", "leave it out"
                    )
        for one in self.unknown:
            if not one.low < one.high:
                raise CalibrationError(
                    one.name, f"has a range from {one.low:g} to {one.high:g}", "give the lower end first"
                )

    def world(self) -> Scenario:
        """The scenario, with every unknown number in the middle of its range."""
        return self.moved({one.name: (one.low + one.high) / 2.0 for one in self.unknown})

    def moved(self, values: dict[str, float]) -> Scenario:
        """The scenario with these values of the unknown numbers, by name."""
        scenario = load_scenario(self.of)
        # Without a cut-off, the run would use law that was made after the day.
        if scenario.law_as_of is None or scenario.law_as_of > self.as_of:
            raise CalibrationError("of", f"uses the law as of {scenario.law_as_of}", f"set law_as_of = {self.as_of}")
        for one in self.unknown:
            # Paths of one unknown number move together.
            for path in one.paths:
                scenario = scenario.having(path, values[one.name])
        return scenario


@attrs.frozen(kw_only=True)
class Card(Sealed):
    """A sealed forecast: the day, the hash of the scenario, the number of simulated scenarios, and the quantities."""

    about: str
    as_of: str
    made_by: str
    scenario_sha256: str
    worlds: int
    quantity: tuple[Quantity, ...]
    sha256: str = ""


def load_foresight(path: str | Path | None = None) -> Foresight:
    """Read the inputs of a forecast; by default those of England on 11 November 2025."""
    return toml.load(found(BUNDLED) if path is None else Path(path), Foresight)


def read_card(path: str | Path | None = None) -> Card:
    """Read a card, by default the bundled one, and check its hash. Raises CalibrationError if the card was changed."""
    return Card.read(found(CARD) if path is None else path)


def save_card(card: Card, path: str | Path) -> None:
    """Write a sealed card as TOML. Raises CalibrationError if its hash does not match its content."""
    card.write(path)


def read_happened(path: str | Path, quantity: Sequence[Quantity]) -> Named[float]:
    """Read the outcomes of a card's quantities that were published later, by name, from a CSV file.

    The file has the columns `quantity` and `happened`, in the unit of the card, and one row for each published
    quantity. Further columns, such as a source, are ignored.

    Raises:
        FormatError: the file cannot be read or lacks a column, a name is not on the card or occurs twice, or a cell is
            not a number. All mistakes of the file are reported together.
    """
    place = Path(path)
    rows = tables.read_csv(place)
    for name in ("quantity", "happened"):
        if name not in rows:
            raise FormatError("", f"has no column {name!r}", "give the columns quantity and happened").in_file(place)
    known = [one.name for one in quantity]
    mistakes = Mistakes()
    values = dict[str, float]()
    # All mistakes are collected, so that the author can correct the file at once.
    for line, name, cell in zip(rows.lines, rows["quantity"], rows["happened"], strict=True):
        where = f"line {line}"
        if name not in known:
            mistakes.add(FormatError(where, f"{name!r} is not on the card", nearest(name, known)), line)
        elif name in values:
            mistakes.add(FormatError(where, f"{name!r} occurs a second time", "give one row for each quantity"), line)
        else:
            values[name] = _number(cell)
            if not math.isfinite(values[name]):
                mistakes.add(
                    FormatError(where, f"{cell!r} for {name!r} is not a number", "give a number, such as 1250.5"), line
                )
    if len(mistakes):
        raise mistakes.error().in_file(place)
    return Named(values)


def _number(cell: str) -> float:
    """The number in a cell; NaN if it is not a number."""
    try:
        return float(cell)
    except ValueError:
        return math.nan


def score_card(quantity: Sequence[Quantity], happened: Mapping[str, float]) -> pd.DataFrame:
    """Forecasts compared with published outcomes: one row per quantity of the card, in its order.

    Columns: quantity, unit, forecast, low, high, happened, absolute_error, inside ("yes" or "no"), interval_score (see
    `studies.scores.interval_score`; smaller is better). Quantities without a published outcome have NaN and "".
    """
    columns: dict[str, list[Any]] = {
        "quantity": [one.name for one in quantity],
        "unit": [one.unit for one in quantity],
        "forecast": [one.middle for one in quantity],
        "low": [one.low for one in quantity],
        "high": [one.high for one in quantity],
    }
    found = [happened.get(one.name, math.nan) for one in quantity]
    pairs = list(zip(quantity, found, strict=True))
    columns["happened"] = found
    columns["absolute_error"] = [abs(one.middle - value) for one, value in pairs]
    columns["inside"] = [_inside(one, value) for one, value in pairs]
    columns["interval_score"] = [
        interval_score(one.low, one.high, value) if math.isfinite(value) else math.nan for one, value in pairs
    ]
    return tables.frame(columns)


def _inside(one: Quantity, value: float) -> str:
    if not math.isfinite(value):
        return ""
    return "yes" if one.low <= value <= one.high else "no"


def ahead_figures(run: Run) -> Named[float]:
    """The forecast quantities of one run, by name: see `QUANTITIES`."""
    figures = reorganisation(run)
    roster = run.scenario.roster
    calendar = run.scenario.calendar
    from nhstransit.run.spells import held_on

    def staff_on(day: dt.date, kinds: tuple[str, ...]) -> Any:
        # A run that ends before the day is read on its last day.
        post = held_on(run, min(calendar.day(day), calendar.days - 1))
        employed = post >= 0  # −1 means no post; 0 replaces it as an index, and the mask excludes it again
        employer = run.posts.employer[np.where(employed, post, 0)]
        there = roster.of_kinds(kinds)[employer] & employed
        return run.people.wte_hundredths[there].astype("int64")

    boards = staff_on(dt.date(2027, 3, 31), ("icb",))
    everyone = staff_on(dt.date(2028, 3, 31), ("icb", "nhs-england", "csu", "dhsc", "dhsc-region"))
    values = {
        "volunteers": figures["exits: volunteers"],
        "compulsory": figures["exits: compulsory"],
        "unpaid leavers": figures["exits: unpaid"],
        "exit cost": figures["one-off cost"] / 1e6,
        "recurrent saving": figures["recurrent saving"] / 1e6,
        "payback": figures["payback"],
        "boards' staff on 31 March 2027": float(boards.sum()) / 100.0,
        "all staff on 31 March 2028": float(len(everyone)),
        "critical work below a safe level": figures["critical work below a safe level"],
        "back within 12 months": figures["back within 12 months"],
    }
    # In the order of the card.
    return Named({name: values[name] for name in QUANTITIES})


def worlds_of(known: Foresight, count: int, seed: int) -> dict[str, Scenario]:
    """Scenarios by name, with values spread evenly over the ranges of unknown numbers, and new opening staff in each.

    Args:
        known: the inputs of the forecast.
        count: the number of scenarios.
        seed: the seed of the design; scenario *n* has `staff_seed` seed + *n*.
    """
    worlds = {}
    # Each point is in the unit cube, with one coordinate for each unknown number.
    for number, point in enumerate(spread_points(count, len(known.unknown), seed)):
        values = {}
        for one, share in zip(known.unknown, point, strict=True):
            values[one.name] = one.low + float(share) * (one.high - one.low)
        worlds[f"world {number}"] = known.moved(values).having("staff_seed", seed + number)
    return worlds


def look_ahead(
    known: Foresight,
    *,
    made_by: str,
    worlds: int = 32,
    seed: int = 20251111,
    executor: Any = None,
    progress: bool | None = None,
) -> Card:
    """Simulate scenarios with different values of the unknown numbers, different staff and random numbers; seal the
    card.

    Args:
        known: the inputs of the forecast.
        made_by: the command that makes the card; it is written on the card.
        worlds: the number of scenarios; each is simulated once.
        seed: the seed of the staff, the random numbers and the values of unknown numbers.
        executor: a number of processes, or an executor as in `concurrent.futures`; by default this process.
        progress: whether to show a progress line; by default in a terminal and in a notebook.

    Raises:
        CalibrationError: there are fewer than five scenarios, or a run failed.
    """
    if worlds < FEWEST:
        raise CalibrationError("worlds", f"is {worlds!r}", f"give a whole number of {FEWEST} or more")
    made = worlds_of(known, worlds, seed)
    study = sweep(made, replications=1, seed=seed, measure=ahead_figures, executor=executor, progress=progress)
    if study.results.failed.any():
        first = study.failures().iloc[0]
        raise CalibrationError(
            "a run", f"failed ({first['error']})", "correct the scenario, because a forecast needs every run"
        )
    card = Card(
        about=known.about,
        as_of=str(known.as_of),
        made_by=made_by,
        scenario_sha256=scenario_content(known.world()),
        worlds=worlds,
        quantity=tuple(_quantity(name, unit, study.results.column(name)) for name, unit in QUANTITIES.items()),
    )
    return card.sealed()


def _quantity(name: str, unit: str, column: Any) -> Quantity:
    quantiles = np.quantile(column, (0.5 - LEVEL / 2, 0.5, 0.5 + LEVEL / 2))
    low, middle, high = (round(float(one), 1) for one in quantiles)
    return Quantity(name=name, unit=unit, middle=middle, low=low, high=high)
