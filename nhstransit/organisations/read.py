"""Read organisations and their posts from CSV or TOML, and write them. Errors state the file, line and column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from nhstransit import tables, toml
from nhstransit.dates import read_date
from nhstransit.errors import FormatError, InputError, Mistakes, OrganisationError, nearest, shown
from nhstransit.organisations.bodies import Establishment, Organisation, check

NEEDED = ("name", "kind", "region")
DATES = ("shadow", "opens", "authorised", "closes")
NUMBERS = ("population", "size", "wave")
OPTIONAL = (
    "cluster",
    "population",
    "size",
    "sized_by",
    "wave",
    *DATES,
    "parent",
    "high_cost_area",
    "successors",
)
POSTS = ("body", "function", "band", "posts")


@attrs.frozen(kw_only=True)
class BodiesFile:
    """The content of a TOML file of organisations, with one `[[body]]` for each."""

    about: str = ""
    body: tuple[Organisation, ...]


def read_bodies(path: Path, *, alone: bool = True) -> tuple[Organisation, ...]:
    """The organisations in a TOML file (`[[body]]`) or a CSV file with the columns of `NEEDED`, and any of `OPTIONAL`.

    In CSV, dates are written like 2013-03-31, an empty cell means none, and several successors are separated by
    semicolons.

    Args:
        path: the file.
        alone: whether all organisations are in this file. If not, the caller checks names across files.

    Raises:
        OrganisationError: for a cell that cannot be read, an organisation that closes before it opens, a repeated name,
            a parent or successor that does not exist, or a circle of successors.
        FormatError: for a file or header that cannot be read.
    """
    bodies = toml.load(path, BodiesFile).body if path.suffix == ".toml" else _from_csv(path)
    if not bodies:
        raise OrganisationError(str(path), "contains no organisations", "give at least one")
    if not alone:
        return bodies
    try:
        check(bodies)
    except InputError as error:
        raise error.in_file(path) from None
    return bodies


def read_posts(path: Path, bodies: Sequence[Organisation], functions: Sequence[str]) -> tuple[Organisation, ...]:
    """The same organisations with the posts in a CSV file: columns of `POSTS`, and `since` if posts come later.

    Args:
        path: the file.
        bodies: the organisations.
        functions: all functions of the scenario.

    Raises:
        OrganisationError: for an unknown organisation, function or band, a count that is not an integer, or posts for
            an organisation that has closed or does not exist yet.
        FormatError: for a file or header that cannot be read.
    """
    mistakes = Mistakes()
    cells = tables.read_csv(path, mistakes)
    _check_header(path, cells, POSTS, ("since",))
    # The posts of each organisation, of which a file may list several lines.
    lines: dict[str, list[Establishment]] = {body.name: [] for body in bodies}
    for place, name in enumerate(cells["body"]):
        row = {column: cells[column][place] for column in cells if column != "body"}
        line = _Line(path, cells.lines[place], mistakes)
        if name not in lines:
            line.refuse("body", name, nearest(name, lines))
        if row["function"] not in functions:
            line.refuse("function", row["function"], nearest(row["function"], functions))
        post = line.made(Establishment, row, numbers=("posts",))
        if post is not None and name in lines:
            lines[name].append(post)
    mistakes.tell()
    made = []
    # The organisation's own checks, such as posts after it has closed; its mistakes are collected too.
    for body in bodies:
        with mistakes.noted():
            made.append(attrs.evolve(body, establishment=(*body.establishment, *lines[body.name])))
    if mistakes:
        raise mistakes.error().in_file(path)
    return tuple(made)


def _from_csv(path: Path) -> tuple[Organisation, ...]:
    mistakes = Mistakes()
    cells = tables.read_csv(path, mistakes)
    _check_header(path, cells, NEEDED, OPTIONAL)
    bodies = []
    for place, number in enumerate(cells.lines):
        row: dict[str, Any] = {name: column[place] for name, column in cells.items()}
        line = _Line(path, number, mistakes)
        successors = row.pop("successors", "").split(";")
        names = tuple(name.strip() for name in successors if name.strip())
        body = line.made(Organisation, {**row, "successors": names}, needed=NEEDED, numbers=NUMBERS)
        if body is not None:
            bodies.append(body)
    mistakes.tell()
    return tuple(bodies)


@attrs.frozen
class _Line:
    """One line of a file, whose mistakes are all collected."""

    path: Path
    number: int
    mistakes: Mistakes

    def refuse(self, column: str, item: str, right: str) -> None:
        """Add a mistake for a cell.

        Args:
            column: name of the column.
            item: the cell.
            right: what would be right.
        """
        self.note(column, f"is {shown(item)}" if item else "is empty", right)

    def note(self, column: str, wrong: str, right: str) -> None:
        """Add a mistake for a cell, or for the line.

        Args:
            column: name of the column; "" for the whole line.
            wrong: what is wrong.
            right: what would be right.
        """
        place = f"line {self.number}: {column}" if column else f"line {self.number}"
        self.mistakes.add(OrganisationError(place, wrong, right).in_file(self.path), self.number)

    def made(
        self, kind: Any, row: Mapping[str, Any], *, needed: Sequence[str] = (), numbers: Sequence[str] = ()
    ) -> Any:
        """An object made from the cells. Empty cells are left out. None if one of the cells is wrong.

        Args:
            kind: class of the object.
            row: cells by column.
            needed: columns that may not be empty.
            numbers: columns of integers.
        """
        before = len(self.mistakes)
        # An empty cell means that the field has its default.
        given = {name: item for name, item in row.items() if item not in ("", ())}
        for name in needed:
            if name not in given:
                self.refuse(name, "", "give every body a value")
        for name in numbers:
            if name in given or name in POSTS:
                given[name] = self._whole(name, given.get(name, ""))
        for name in (*DATES, "since"):
            if name in given:
                given[name] = self._date(name, given[name])
        # With a cell that cannot be read, the class's own checks would only report what follows from it.
        if len(self.mistakes) > before:
            return None
        try:
            return kind(**given)
        except InputError as error:
            self.note(error.where, error.wrong, error.right)
            return None

    def _whole(self, name: str, item: str) -> int:
        if not (item.isascii() and item.isdecimal()) or len(item) > 9:
            self.refuse(name, item, "give a whole number of 0 or more")
            return 0
        return int(item)

    def _date(self, name: str, item: str) -> Any:
        try:
            return read_date(item)
        except ValueError as reason:
            self.refuse(name, item, str(reason))
            return None


def _check_header(path: Path, cells: Mapping[str, Any], needed: Sequence[str], optional: Sequence[str]) -> None:
    """Raise FormatError for every unknown column, and for every missing one.

    Args:
        path: the file.
        cells: columns of the file.
        needed: columns that must exist.
        optional: further columns that may exist.
    """
    tables.check_header(path, cells, needed, optional, FormatError)
