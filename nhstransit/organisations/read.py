"""Reading bodies and their posts from CSV or TOML, and writing them; a fault is told by file, line and column."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs

from nhstransit import tables, toml
from nhstransit.errors import FormatError, InputError, OrganisationError, nearest
from nhstransit.organisations.bodies import Establishment, Organisation, check

NEEDED = ("name", "kind", "region")
DATES = ("shadow", "opens", "authorised", "closes")
OPTIONAL = ("cluster", "population", "wave", *DATES, "parent", "high_cost_area", "successors")
POSTS = ("body", "function", "band", "posts")


@attrs.frozen(kw_only=True)
class BodiesFile:
    """What a TOML file of bodies holds: one `[[body]]` each."""

    about: str = ""
    body: tuple[Organisation, ...]


def read_bodies(path: Path, *, alone: bool = True) -> tuple[Organisation, ...]:
    """The bodies in a TOML file (`[[body]]`) or a CSV file with the columns of `NEEDED`, and any of `OPTIONAL`.

    In CSV, dates are written 2013-03-31, an empty cell is nothing, and several successors are parted by semicolons.
    Raises OrganisationError or FormatError for a cell that cannot be read, a body that closes before it opens, a name
    given twice, a parent or successor that is not there, or a circle of successors. Where the file is not `alone`, what
    its bodies name may be in another, and the caller checks them together.
    """
    bodies = toml.load(path, BodiesFile).body if path.suffix == ".toml" else _from_csv(path)
    if not bodies:
        raise OrganisationError(str(path), "names no body", "give at least one")
    if not alone:
        return bodies
    try:
        check(bodies)
    except InputError as error:
        raise OrganisationError(f"{path}: {error.where}", error.wrong, error.right) from None
    return bodies


def write_bodies(path: Path, bodies: Sequence[Organisation]) -> None:
    """Write bodies, without their posts, as the CSV that `read_bodies` reads."""
    columns: dict[str, list[Any]] = {}
    for name in (*NEEDED, *OPTIONAL):
        cells = [getattr(body, name) for body in bodies]
        if name == "successors":
            cells = ["; ".join(names) for names in cells]
        elif name in ("population", "wave"):
            cells = [size or "" for size in cells]
        columns[name] = ["" if cell is None else str(cell) for cell in cells]
    tables.write_csv(path, columns)


def read_posts(path: Path, bodies: Sequence[Organisation], functions: Sequence[str]) -> tuple[Organisation, ...]:
    """The same bodies with the posts in a CSV file: columns of `POSTS`, and `since` where posts come later.

    Raises OrganisationError or FormatError for a body, function or band that is not there, a count that is not whole,
    or posts for a body that is shut or does not stand yet.
    """
    cells = tables.read_csv(path)
    _check_header(path, cells, POSTS, ("since",))
    lines: dict[str, list[Establishment]] = {body.name: [] for body in bodies}
    for place, name in enumerate(cells["body"]):
        where = f"{path}: line {place + 2}"
        if name not in lines:
            raise OrganisationError(f"{where}: body", f"is {name!r}", nearest(name, lines))
        if cells["function"][place] not in functions:
            function = cells["function"][place]
            raise OrganisationError(f"{where}: function", f"is {function!r}", nearest(function, functions))
        row = {column: cells[column][place] for column in cells if column != "body"}
        lines[name].append(_made(where, Establishment, {**row, "posts": _whole(where, "posts", row["posts"])}))
    try:
        return tuple(attrs.evolve(body, establishment=(*body.establishment, *lines[body.name])) for body in bodies)
    except InputError as error:
        raise OrganisationError(f"{path}: {error.where}", error.wrong, error.right) from None


def _from_csv(path: Path) -> tuple[Organisation, ...]:
    cells = tables.read_csv(path)
    _check_header(path, cells, NEEDED, OPTIONAL)
    return tuple(_body(path, cells, place) for place in range(len(cells["name"])))


def _body(path: Path, cells: dict[str, list[str]], place: int) -> Organisation:
    where = f"{path}: line {place + 2}"
    row: dict[str, Any] = {name: column[place] for name, column in cells.items() if column[place]}
    for name in NEEDED:
        if name not in row:
            raise OrganisationError(f"{where}: {name}", "is empty", "give every body one")
    for name in ("population", "wave"):
        if name in row:
            row[name] = _whole(where, name, row[name])
    if "successors" in row:
        row["successors"] = tuple(name.strip() for name in row["successors"].split(";") if name.strip())
    body: Organisation = _made(where, Organisation, row)
    return body


def _made(where: str, kind: Any, row: dict[str, Any]) -> Any:
    """One attrs object out of a row; its dates are read, and its own fault is told by line."""
    given = {name: item for name, item in row.items() if item != ""}
    for name in (*DATES, "since"):
        if name in given:
            given[name] = _date(where, name, given[name])
    try:
        return kind(**given)
    except InputError as error:
        raise OrganisationError(f"{where}: {error.where}", error.wrong, error.right) from None


def _whole(where: str, name: str, item: str) -> int:
    if not (item.isascii() and item.isdecimal()) or len(item) > 9:
        raise OrganisationError(f"{where}: {name}", f"is {item!r}", "give a whole number of 0 or more")
    return int(item)


def _date(where: str, name: str, item: str) -> dt.date:
    try:
        return dt.date.fromisoformat(item)
    except ValueError:
        raise OrganisationError(f"{where}: {name}", f"is {item!r}", "give a date such as 2013-03-31") from None


def _check_header(path: Path, cells: dict[str, list[str]], needed: Sequence[str], optional: Sequence[str]) -> None:
    for name in cells:
        if name not in (*needed, *optional):
            raise FormatError(f"{path}: column {name!r}", "is not known", nearest(name, (*needed, *optional)))
    for name in needed:
        if name not in cells:
            raise FormatError(f"{path}: column {name!r}", "is missing", f"add it; needed: {', '.join(needed)}")
