"""Posts: the funded jobs of every organisation, as columns, with the holder of each at the start."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import attrs
import numpy as np

from nhstransit import toml
from nhstransit.arrays import AnyArray, Bytes, Ints, Keys, Longs, Shorts, guarded
from nhstransit.errors import FormatError, OrganisationError, nearest, shown
from nhstransit.files import leads_out
from nhstransit.organisations.areas import Areas
from nhstransit.organisations.bodies import Organisation, check
from nhstransit.organisations.funds import Funding, fund
from nhstransit.organisations.read import read_bodies, read_posts
from nhstransit.organisations.successors import Plans, funding_with
from nhstransit.rounding import largest_remainder
from nhstransit.streams import combined, name_key
from nhstransit.workforce.columns import BANDS, Workforce

COLUMNS = {
    "employer": "int16",  # position among the organisations
    "function": "int8",
    "band": "int8",
    "ordinal": "int32",  # from 0 within employer, function and band
    "key": "uint64",  # identity of the post, independent of other posts: from employer, function, band and ordinal
    "opens": "int32",  # first day on which it can be filled; 0 or less: open from the start
}


@attrs.frozen(eq=False, kw_only=True)
class Posts:
    """Post columns, each (n,) and read-only, ordered by employer, function, band and ordinal."""

    employer: Shorts
    function: Bytes
    band: Bytes
    ordinal: Ints
    key: Keys
    opens: Ints

    def __attrs_post_init__(self) -> None:
        for name, dtype in COLUMNS.items():
            object.__setattr__(self, name, guarded(np.ascontiguousarray(getattr(self, name), dtype)))

    def __len__(self) -> int:
        return len(self.employer)

    def __repr__(self) -> str:
        return f"Posts({len(self):,})"

    def columns(self) -> dict[str, Any]:
        """The columns by name."""
        return {name: getattr(self, name) for name in COLUMNS}


def build_posts(
    bodies: Sequence[Organisation],
    functions: Sequence[str],
    people: Workforce,
    day: Callable[[dt.date], int],
    *,
    vacant: Longs | None = None,
) -> tuple[Posts, Ints]:
    """The posts of all organisations, and the post that each person holds at the start, (people,).

    An organisation without an establishment has the posts of its opening staff, and `vacant` posts in the same
    proportions of functions and bands.

    Args:
        bodies: all organisations of the scenario.
        functions: all functions of the scenario.
        people: the opening staff.
        day: function from a date to the day counted from the scenario's start.
        vacant: number of vacant posts at the start, (bodies,), in organisations without an establishment; None for none.

    Raises:
        OrganisationError: if an organisation with an establishment has more people than posts in a function and band,
            or has staff before it exists.
    """
    lines = [line for place, body in enumerate(bodies) for line in _lines(place, body, functions, day)]
    listed = {place for place, body in enumerate(bodies) if body.establishment}
    # Staff by cell: one code for employer, function and band, with the employer in the highest bits.
    cell = _cells(people.employer, people.function, people.band)
    held, counts = np.unique(cell, return_counts=True)
    funded = counts if vacant is None else counts + _vacant(held, counts, vacant)
    # Organisations without an establishment get a line for each of their cells, open from the start.
    for code, count in zip(held.tolist(), funded.tolist(), strict=True):
        if code >> 16 not in listed:
            lines.append((code, 0, count))
    cells, opens = _spread(sorted(lines))
    posts = _columns(cells, opens, bodies, functions)
    # Only posts that are open on the first day can have holders then.
    _check_staffed(bodies, functions, held, counts, cells[opens <= 0])
    return posts, _seats(cell, cells)


def _vacant(held: Any, counts: Any, vacant: Longs) -> Longs:
    """Vacant posts of each cell with staff, (cells,): each organisation's are divided in proportion to its people."""
    more = np.zeros(len(held), "int64")
    employer = held >> 16
    # A loop over employers, each of which divides its own vacant posts.
    for place in np.unique(employer).tolist():
        cells = np.flatnonzero(employer == place)
        if vacant[place]:
            more[cells] = largest_remainder(int(vacant[place]), counts[cells].tolist())
    return more


def _lines(
    place: int, body: Organisation, functions: Sequence[str], day: Callable[[dt.date], int]
) -> list[tuple[int, int, int]]:
    """Cell code, opening day and number of posts of each line of an organisation's establishment."""
    founded = day(body.founded) if body.founded else 0
    found = []
    for line in body.establishment:
        code = place << 16 | functions.index(line.function) << 8 | BANDS.index(line.band)
        # A day before the start counts as day 0.
        opens = max(0, day(line.since) if line.since else founded)
        found.append((code, opens, line.posts))
    return found


def _cells(employer: Any, function: Any, band: Any) -> Any:
    """One sortable code for employer × function × band."""
    return (np.asarray(employer, "int64") << 16) | (np.asarray(function, "int64") << 8) | np.asarray(band, "int64")


def _spread(lines: list[tuple[int, int, int]]) -> tuple[Any, Any]:
    """One entry per post, from lines sorted by cell and opening day."""
    if not lines:
        return np.empty(0, "int64"), np.empty(0, "int32")
    codes, opens, counts = (np.array(column, "int64") for column in zip(*lines, strict=True))
    return np.repeat(codes, counts), np.repeat(opens, counts).astype("int32")


def _columns(cells: Any, opens: Any, bodies: Sequence[Organisation], functions: Sequence[str]) -> Posts:
    # Cells are sorted, so a post's number within its cell is its distance from the cell's first post.
    _, first, inverse = np.unique(cells, return_index=True, return_inverse=True)
    ordinal = np.arange(len(cells)) - first[inverse] if len(cells) else np.empty(0, "int64")
    employer = cells >> 16
    function = (cells >> 8) & 255
    band = cells & 255
    names = [body.name for body in bodies]
    return Posts(
        employer=employer.astype("int16"),
        function=function.astype("int8"),
        band=band.astype("int8"),
        ordinal=ordinal.astype("int32"),
        key=post_keys(names, functions, employer, function, band, ordinal),
        opens=opens,
    )


def post_keys(
    bodies: Sequence[str], functions: Sequence[str], employer: AnyArray, function: AnyArray, band: Any, ordinal: Any
) -> Keys:
    """Identity of posts, (n,), from their own names and numbers, so that it does not depend on other posts.

    Args:
        bodies: names of organisations.
        functions: names of functions.
        employer: (n,) positions in `bodies`.
        function: (n,) positions in `functions`.
        band: positions in `BANDS`.
        ordinal: number of the post within employer, function and band, from 0.
    """
    # Names and not positions, so that a further organisation in the file changes no other post's draws.
    body_keys = np.array([name_key(name) for name in bodies], "uint64")
    trade_keys = np.array([name_key(name) for name in functions], "uint64")
    place = combined(body_keys[employer], trade_keys[function])
    return combined(place, (np.asarray(band, "int64") << 32) | np.asarray(ordinal, "int64"))


def _check_staffed(
    bodies: Sequence[Organisation], functions: Sequence[str], held: Any, counts: Any, open_cells: Any
) -> None:
    """Check that every person has a post that is open on the first day."""
    codes, posts = np.unique(open_cells, return_counts=True)
    there = dict(zip(codes.tolist(), posts.tolist(), strict=True))
    for code, count in zip(held.tolist(), counts.tolist(), strict=True):
        if count > there.get(code, 0):
            name = bodies[code >> 16].name
            function = functions[(code >> 8) & 255]
            band = BANDS[code & 255]
            wrong = f"has {count} {function} staff in band {band} at the start but only {there.get(code, 0)} posts"
            raise OrganisationError(name, wrong, "give it at least as many posts, or leave its establishment out")


def _seats(cell: Any, cells: Any) -> Ints:
    """Each person's post. The first posts of a cell are assigned to its people in order of identity."""
    # People by cell, then by identity; each gets the post with the same rank among the posts of the cell.
    order = np.argsort(cell, kind="stable")
    _, first, inverse = np.unique(cell[order], return_index=True, return_inverse=True)
    rank = np.arange(len(cell)) - first[inverse] if len(cell) else np.empty(0, "int64")
    seats = np.empty(len(cell), "int32")
    seats[order] = np.searchsorted(cells, cell[order]) + rank
    return seats


# Sources of a scenario's organisations: files, and the money or numbers that determine successors' posts.


@attrs.frozen(kw_only=True)
class Places:
    """Names of files, which are beside the scenario's file or among the library's data.

    Attributes:
        bodies: tables of organisations, CSV or TOML, one after another.
        funding: a TOML file of plans for successors' posts.
        posts: a CSV file of additional posts.
        areas: a TOML file of the organisations that pay a high-cost-area supplement.
        include_outside: whether to include posts for people from outside the opening staff.
    """

    bodies: tuple[str, ...]
    funding: str = ""
    posts: str = ""
    areas: str = ""
    include_outside: bool = True

    def plans(self, folder: Path | None = None) -> Plans | None:
        """The plans for successors' posts; None if there is no such file. Raises FormatError with the line."""
        if not self.funding:
            return None
        plans = toml.load(found(self.funding, folder, place="funding"), Funding)
        return Plans(funding=plans, include_outside=self.include_outside)

    def organisations(
        self,
        functions: tuple[str, ...],
        *,
        folder: Path | None = None,
        changes: Mapping[str, float] | None = None,
    ) -> tuple[Organisation, ...]:
        """The organisations with their posts, checked together. Raises OrganisationError or FormatError with the line.

        Args:
            functions: all functions of the scenario.
            folder: folder of the scenario's own files.
            changes: numbers of the plans to change, by path.
        """
        alone = len(self.bodies) == 1
        read = [read_bodies(found(name, folder, place="bodies"), alone=alone) for name in self.bodies]
        out = tuple(body for bodies in read for body in bodies)
        # Names and successors may refer to organisations in another file, so they are checked together.
        check(out)
        if self.areas:
            out = toml.load(found(self.areas, folder, place="areas"), Areas).of(out)
        plans = self.plans(folder)
        if plans is not None:
            out = fund(out, funding_with(plans.funding, changes or {}), include_outside=self.include_outside)
        if not self.posts:
            return out
        return read_posts(found(self.posts, folder, place="posts"), out, functions)


def found(name: str, folder: Path | None = None, *, place: str = "file") -> Path:
    """The file with this name in `folder`, or else in the library's data. The name may not point outside these folders.

    Args:
        name: name of the file.
        folder: folder of the scenario's own files.
        place: the key whose value is the name, for messages.

    Raises:
        FormatError: if neither folder has it.
    """
    path = Path(name)
    if leads_out(name):
        right = "name a file beside the scenario's, without `..`"
        raise FormatError(place, f"is {shown(name)}, which is not the name of a file", right)
    with as_file(files("nhstransit") / "data") as bundled:
        # A file of the scenario has precedence over a file of the library with the same name.
        for root in (folder, bundled):
            if root is not None and (root / path).is_file():
                return root / path
        # Not found: suggest the nearest name of a file of the same kind.
        beside = () if folder is None else folder.iterdir()
        known = [item.name for item in beside if item.suffix == path.suffix and item.is_file()]
        known += [f"england/{item.name}" for item in (bundled / "england").iterdir() if item.suffix == path.suffix]
    wrong = f"is {shown(name)}, which is neither a file beside the scenario nor one of the library's"
    raise FormatError(place, wrong, nearest(name, known))
