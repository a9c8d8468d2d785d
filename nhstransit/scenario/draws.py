"""Parameter draws: dotted paths into a scenario, and rows of values for those paths.

Policies, parameters and chance are separate: scenarios set the policies, draws the parameters, replications the chance.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections.abc import Sequence
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from nhstransit import tables, toml
from nhstransit.arrays import plain
from nhstransit.errors import FormatError, InputError, Mistakes, ScenarioError, SweepError, check_path, nearest
from nhstransit.phrases import listed
from nhstransit.scenario import Scenario, load_scenario, names_in, part_at, steps_of
from nhstransit.scenario.levers import every_lever
from nhstransit.scenario.paths import ON
from nhstransit.toml import Named

if TYPE_CHECKING:
    import pandas as pd


def _plain(item: Any) -> Any:
    """A value as plain Python: numbers of NumPy and pandas, dates and lists are converted."""
    # Tuples are used for lists, because draws are frozen and their digest must not change.
    item = plain(item)
    if isinstance(item, (list, tuple)):
        return tuple(_plain(part) for part in item)
    # A time of day is refused: in Python, it is also a date.
    known = isinstance(item, (bool, int, float, str, dt.date)) and not isinstance(item, dt.datetime)
    if not known or (isinstance(item, float) and not math.isfinite(item)):
        raise SweepError(
            "draws", f"contain {item!r}", "give finite numbers, texts, dates, true or false, or lists of them"
        )
    return item


def _paths(paths: Any) -> tuple[str, ...]:
    return tuple(paths)


def _rows(rows: Any) -> tuple[tuple[Any, ...], ...]:
    return tuple(tuple(_plain(item) for item in row) for row in rows)


@attrs.frozen(kw_only=True, repr=False)
class Draws:
    """Sets of parameters: `paths` (p,), and `rows` (n, p) of values for those paths; each row is one draw.

    Rows are identified by their index, from 0, and have equal weight.

    Raises:
        SweepError: for a row without one value per path, a repeated path, and values that a file cannot contain.
    """

    paths: tuple[str, ...] = attrs.field(default=(), converter=_paths)
    rows: tuple[tuple[Any, ...], ...] = attrs.field(default=((),), converter=_rows)

    def __attrs_post_init__(self) -> None:
        twice = next((path for path in self.paths if self.paths.count(path) > 1), None)
        if twice is not None:
            raise SweepError("draws", f"have the path {twice!r} twice", "give each path once")
        for number, row in enumerate(self.rows):
            if len(row) != len(self.paths):
                counts = f"has {len(row)} values for {len(self.paths)} paths"
                raise SweepError(f"draws: row {number}", counts, "give one value per path")
        if not self.rows:
            raise SweepError("draws", "have no rows", "give at least one")

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return f"Draws({len(self)} of {', '.join(self.paths) or 'nothing'})"

    def setting(self, number: int) -> tuple[tuple[str, Any], ...]:
        """Paths and values of one draw, in pairs."""
        return tuple(zip(self.paths, self.rows[number], strict=True))

    def world(self, scenario: Scenario, number: int) -> Scenario:
        """The scenario with one draw applied. Raises ScenarioError for a path or value that is not valid there."""
        return applied(scenario, self.setting(number))

    def first(self, count: int) -> Draws:
        """Some of the draws, `count` of them evenly spaced, or all if there are no more."""
        # Evenly spaced, because neighbouring rows of a fit may resemble each other.
        many = min(count, len(self))
        last = len(self) - 1
        places = [round(at * last / max(many - 1, 1)) for at in range(many)]
        return attrs.evolve(self, rows=tuple(self.rows[place] for place in places))

    def content(self, number: int) -> str:
        """SHA-256, hexadecimal, of one draw's paths and values; the order of the paths does not matter."""
        return hashlib.sha256(repr(sorted(self.setting(number))).encode()).hexdigest()

    def table(self) -> pd.DataFrame:
        """One row per draw and one column per path; indexed by draw."""
        columns: dict[str, Any] = {"draw": range(len(self))}
        columns |= {path: [row[place] for row in self.rows] for place, path in enumerate(self.paths)}
        return tables.frame(columns, index="draw")

    def write(self, path: str | Path) -> None:
        """Write the draws as CSV (one column per path), or as TOML if the name ends in .toml.

        `read_draws` reads both.
        """
        place = Path(path)
        if place.suffix == ".toml":
            toml.write(place, {"paths": list(self.paths), "rows": [list(row) for row in self.rows]})
            return
        columns = {path: [_cell(row[at]) for row in self.rows] for at, path in enumerate(self.paths)}
        tables.write_csv(place, columns)


DRAWS_END = "-draws.csv"  # of the file of a bundled fit's draws
NONE = Draws()  # one draw that changes nothing


def applied(scenario: Scenario, setting: tuple[tuple[str, Any], ...]) -> Scenario:
    """The scenario with each value at its path.

    Policies are switched off last, so that draws may also set values in them.

    Raises:
        ScenarioError: for a path or value that is not valid there.
    """

    def is_switch(pair: tuple[str, Any]) -> bool:
        return names_in(pair[0])[-1] == ON

    # False sorts before True, and the sort is stable: values in their order, and then switches.
    for path, item in sorted(setting, key=is_switch):
        try:
            scenario = scenario.having(path, item)
        except ScenarioError as error:
            raise _explained(scenario, path, error) from None
    return scenario


def fit_behind(scenario: Scenario) -> str:
    """The name of the bundled fit whose fitted numbers a scenario has. Raises ScenarioError if there is none."""
    with as_file(files("nhstransit.data") / "fits") as folder:
        known = sorted(path.name.removesuffix(DRAWS_END) for path in folder.glob(f"*{DRAWS_END}"))
    # A variant has another name than its base, so a fit is recognised by its fitted numbers and not by a name.
    for name in known:
        if scenario.calibrated and dict(load_scenario(name).calibrated) == dict(scenario.calibrated):
            return name
    wrong = "has fitted numbers that are not those of a bundled fit" if scenario.calibrated else "was not fitted"
    right = f"use a fitted scenario ({', '.join(known)}) or a variant of one, or read draws with `read_draws`"
    raise ScenarioError(f"scenario {scenario.name!r}", wrong, right)


def fitted_draws(scenario: Scenario) -> Draws:
    """The draws of the bundled fit behind a scenario. Raises ScenarioError if there is none."""
    with as_file(files("nhstransit.data") / "fits") as folder:
        return read_draws(folder / f"{fit_behind(scenario)}{DRAWS_END}")


def draws_from_fit(name: str, scenario: Scenario, *paths: str) -> Draws:
    """Joint draws of some numbers from a bundled fit, for a scenario that was not fitted itself.

    A number may mean something different in another scenario. So a number is refused if its value in this scenario is
    outside all draws of the fit. It was then set on different evidence, and needs a range of its own.

    Args:
        name: the fit, such as "england-2010".
        scenario: the scenario for which they are drawn.
        *paths: the numbers, among those that the fit varied.

    Returns:
        One row per draw of the fit; the numbers of a row come from one draw.

    Raises:
        InputError: for an unknown fit, no paths, and every path that the fit did not vary, that the scenario does not have,
            or whose value in the scenario is outside the fit's draws.
        SweepError: for a path that is given twice.
    """
    with as_file(files("nhstransit.data") / "fits") as folder:
        known = sorted(path.name.removesuffix(DRAWS_END) for path in folder.glob(f"*{DRAWS_END}"))
        if name not in known:
            raise InputError(f"fit {name!r}", "is not bundled", nearest(str(name), known))
        draws = read_draws(folder / f"{name}{DRAWS_END}")
    values = {lever.path: lever.value for lever in every_lever(scenario)}
    columns = zip(*draws.rows, strict=True)  # turns rows of values into one column per path
    drawn = dict(zip(draws.paths, columns, strict=True))
    if not paths:
        possible = [path for path in drawn if not _refused(values, drawn, path, scenario)]
        raise InputError(f"draws of {name!r}", "no numbers are given", f"give some of: {', '.join(possible)}")
    wrong = Mistakes()
    for path in paths:
        refused = _refused(values, drawn, path, scenario)
        if refused:
            wrong.add(InputError(f"draws of {name!r}: {path}", *refused))
    wrong.tell()
    # Whole rows are used, so that numbers which depend on each other in the fit still do.
    chosen = [drawn[path] for path in paths]
    return Draws(paths=paths, rows=tuple(zip(*chosen, strict=True)))


def _refused(
    values: dict[str, Any], drawn: dict[str, tuple[Any, ...]], path: str, scenario: Scenario
) -> tuple[str, str] | None:
    """Why a number cannot be drawn from a fit for this scenario, and what to do instead; None if it can be."""
    if path not in drawn:
        return "is not a number that this fit varied", nearest(path, drawn)
    if path not in values:
        return f"is not a number of {scenario.name}", "leave it out, or give the scenario the part that it belongs to"
    low = min(drawn[path])
    high = max(drawn[path])
    value = values[path]
    if low <= value <= high:
        return None
    wrong = (
        f"is {value:g} in {scenario.name}, outside all draws of the fit ({low:g} to {high:g}): it rests on different "
    )
    return f"{wrong}evidence", "give it a range of its own"


def beside(parts: Sequence[Draws]) -> Draws:
    """Join draws of different numbers row by row: the first row of each becomes the first draw, and so on.

    Raises:
        SweepError: for a path that two of them have, and for different numbers of rows.
    """
    lengths = [len(one) for one in parts]
    if len(set(lengths)) > 1:
        raise SweepError(
            "draws",
            f"have different lengths: {listed(map(str, lengths))} rows",
            "give all of them the same number of rows",
        )
    one_by_one = zip(*(part.rows for part in parts), strict=True)  # the first row of each part, then the second, ...
    rows = [tuple(item for row in several for item in row) for several in one_by_one]
    return Draws(paths=tuple(path for part in parts for path in part.paths), rows=tuple(rows))


def lacks(scenario: Scenario, path: str) -> bool:
    """Whether a path leads into a policy that the scenario does not have: a value drawn there has no effect in it."""
    kind, name = (*steps_of(scenario, path), "", "")[:2]  # a path may have fewer than two steps
    return kind == "policies" and name not in scenario.policies


def _explained(scenario: Scenario, path: str, error: ScenarioError) -> ScenarioError:
    """The error. If it is about an entry of a table that is empty in the scenario, it states what to do first."""
    parent, _, name = error.where.rpartition(".")
    if path.startswith(("law.", "margins.")):
        return error
    if not path.startswith(error.where) or not parent or part_at(scenario, parent) != Named():
        return error
    right = f"give the scenario a table with {name!r} at {parent} first"
    return ScenarioError(error.where, "does not exist: the table is empty here", right)


@attrs.frozen(kw_only=True)
class _Written:
    """The contents of a TOML file of draws."""

    paths: tuple[str, ...]
    rows: tuple[Any, ...]


def read_draws(path: str | Path) -> Draws:
    """Read draws from a CSV file (paths in the header, one row per draw) or a TOML file with `paths` and `rows`.

    A CSV cell is read as a TOML value (18, 0.15, 2010-10-29, true, ["pct"]) if it is one, otherwise as plain text.

    Raises:
        FormatError, SweepError: with the file, for contents that are not valid.
    """
    check_path("path", path)
    place = Path(path)
    try:
        if place.suffix == ".toml":
            written = toml.load(place, _Written)
            return Draws(paths=written.paths, rows=written.rows)
        columns = tables.read_csv(place)
        cells = [[_value(cell) for cell in column] for column in columns.values()]
        return Draws(paths=tuple(columns), rows=tuple(zip(*cells, strict=True)))
    except SweepError as error:
        raise error.in_file(place) from None
    except TypeError:
        raise FormatError(f"{place}: rows", "are not lists", "write rows = [[0.1, 18], [0.2, 12]]") from None


def _cell(item: Any) -> str:
    """A value as the text of a CSV cell; a text that would be read as something else is put in quotes."""
    if isinstance(item, str) and _value(item) == item:
        return item
    if not isinstance(item, (str, tuple)):
        return _short(item)
    # TOML quotes texts and writes lists; only the part after the key is used.
    return toml.dumps({"value": item}).partition("value = ")[2].strip()


def _short(item: Any) -> str:
    if isinstance(item, bool):
        return "true" if item else "false"
    return item.isoformat() if isinstance(item, dt.date) else repr(item)


def _value(cell: str) -> Any:
    """The text of a CSV cell as a value."""
    # Most cells are numbers, which Python reads much faster than a TOML parser does.
    if cell.strip("0123456789.+-eE") == "" and cell[-1:].isdigit():
        try:
            return int(cell) if cell.lstrip("+-").isdigit() else float(cell)
        except ValueError:
            pass  # a date has digits and hyphens too
    try:
        return toml.loads(f"format = {toml.FORMAT}\nvalue = {cell}", "cell")["value"]
    except FormatError:
        return cell
