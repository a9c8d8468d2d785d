"""The vocabularies of the staff columns. A column contains the position of a word in its tuple here.

Append to a tuple, never reorder it, because stored runs contain the positions. A position identifies a name but does
not rank it: the `level` of a band in `BAND_TABLE` decides whether one band is above another.
"""

from __future__ import annotations

import hashlib
from enum import IntEnum
from functools import cached_property
from typing import Any, Literal, NamedTuple

import attrs
import numpy as np

from nhstransit.arrays import AnyArray, Bools, Bytes, Floats, Ints, Longs, Shorts, Singles, guarded
from nhstransit.dates import complete_years, date_of
from nhstransit.errors import Mistakes, StaffError, check_kind, shown
from nhstransit.pence import check_numbers


class Band(NamedTuple):
    """A pay band: its name, its level compared with other bands, and the contract that has its pay scale."""

    name: str
    level: float  # higher is more senior; only the order of levels counts, not their differences
    scale: Literal["agenda-for-change", "very-senior-managers"] = "agenda-for-change"


# One line for each band. Add a new band at the end, with a level between its neighbours' ("8e" would have 8.5). Add its
# pay and notice to the dated parameters, and its weight of knowledge to `Knowledge`.
BAND_TABLE = (
    Band("1", 1.0),
    Band("2", 2.0),
    Band("3", 3.0),
    Band("4", 4.0),
    Band("5", 5.0),
    Band("6", 6.0),
    Band("7", 7.0),
    Band("8a", 8.1),
    Band("8b", 8.2),
    Band("8c", 8.3),
    Band("8d", 8.4),
    Band("9", 9.0),
    Band("VSM", 10.0, "very-senior-managers"),
)
BANDS = tuple(band.name for band in BAND_TABLE)
SEXES = ("female", "male", "unknown")
CONTRACTS = ("permanent", "fixed-term")
SECTIONS = ("1995", "2008", "2015", "none")  # sections of the NHS Pension Scheme
ZONES = ("none", "fringe", "outer", "inner")  # zones of the high-cost-area supplement
VSM = BANDS.index("VSM")  # the code of very senior managers


def rank_of(band: Any) -> Longs:
    """The number of bands below each of these band codes, (n,) int64: 0 for the lowest band.

    The difference of two ranks is the number of bands down (or up) of a move. The difference of two codes is not.
    """
    check_numbers("band", band)
    return np.asarray(_ranks()[band])


def bands_below(band: Any, down: int) -> Longs:
    """The code of the band `down` bands lower than each of these, (n,) int64. Call it only if there is such a band."""
    return np.argsort(_ranks(), kind="stable")[rank_of(band) - down]


def at_least(band: Any, name: str) -> Bools:
    """Whether each of these bands, (n,), is the band `name` or a higher one."""
    return np.asarray(rank_of(band) >= rank_of(BANDS.index(name)))


def agenda_for_change() -> tuple[str, ...]:
    """The names of the bands of Agenda for Change, lowest first."""
    lowest_first = sorted(BAND_TABLE, key=lambda band: band.level)
    return tuple(band.name for band in lowest_first if band.scale == "agenda-for-change")


def _ranks() -> Longs:
    """The rank of each band, in order of code, (bands,)."""
    levels = np.array([band.level for band in BAND_TABLE])
    # The first sort gives the bands from lowest to highest; sorting that order gives each band's position in it.
    return np.argsort(np.argsort(levels, kind="stable"), kind="stable").astype("int64")


class Disposition(IntEnum):
    """The three groups of staff that the NHS's chief executive described. Nobody is in a group before the announcement."""

    NONE = 0
    LEAVER = 1
    STAYER = 2
    MOVER = 3


class RiskClass(IntEnum):
    """A person's official prospects in the post. They set the target of perceived risk."""

    NONE = 0  # nothing announced
    EXPOSED = 1  # target: the share of the function's posts that is expected to be cut
    GUARANTEED = 2  # target: zero while the guarantee lasts
    ASSIGNED = 3  # assigned to a shadow consortium; target: zero
    AT_RISK = 4  # has an at-risk letter; target: one
    SAFE = 5  # in a post of an employer that continues


class Status(IntEnum):
    """A person's status with their employer."""

    OUTSIDE = 0  # not in post: left, or not yet arrived
    IN_POST = 1
    LEAVING = 2  # an exit date is agreed or notice has been given


# The opening workforce: one row per person, one array per fact, sorted by staff number at the start.

NEVER = 2**31 - 1  # stands for an epoch day or day that never comes
YOUNGEST = 16  # youngest age at the start of service, in complete years

COLUMNS = {
    "staff": "int32",  # permanent staff number of the person, 0 or more, on which all the person's draws depend
    "employer": "int16",  # index of the employer in the list of employers
    "function": "int8",  # index of the function in the list of functions
    "band": "int8",  # code of the band, an index of BANDS
    "point": "int8",  # pay point within the band, from 0
    "pay_pence": "int32",  # whole-time basic pay per year; 0 if the dated pay tables determine it from band and point
    "wte_hundredths": "int8",  # whole-time equivalent in hundredths, 1 to 100
    "born": "int32",  # epoch day of birth
    "service_from": "int32",  # epoch day from which reckonable NHS service counts
    "sex": "int8",  # code of the sex, an index of SEXES
    "clinician": "bool",  # whether the person is a clinician
    "contract": "int8",  # code of the contract, an index of CONTRACTS
    "contract_ends": "int32",  # epoch day of the last day in post; NEVER for a permanent contract
    "section": "int8",  # code of the section of the pension scheme, an index of SECTIONS
    "critical": "bool",  # whether the person is business-critical
    "skill": "float32",  # standardised skill
    "outside": "float32",  # standardised strength of the person's outside option
    "attitude": "float32",  # standardised attitude to the reform; positive is in favour
}


@attrs.frozen(eq=False, kw_only=True, slots=False)
class Workforce:
    """Staff columns, each (n,) and read-only. `COLUMNS` describes each. Workforces with equal content are equal.

    If the staff come from a file, `source` is the file and `lines` contains the line on which each row begins. Messages
    about mistakes give these lines.

    Raises:
        StaffError: with the location of each mistake, for columns of unequal length or of text, a code out of range, a
            repeated or negative identity, a whole-time equivalent outside 1–100 hundredths, or service that began
            before a sixteenth birthday.
    """

    staff: Ints
    employer: Shorts
    function: Bytes
    band: Bytes
    point: Bytes
    pay_pence: Ints
    wte_hundredths: Bytes
    born: Ints
    service_from: Ints
    sex: Bytes
    clinician: Bools
    contract: Bytes
    contract_ends: Ints
    section: Bytes
    critical: Bools
    skill: Singles
    outside: Singles
    attitude: Singles
    employers: tuple[str, ...]
    functions: tuple[str, ...]
    source: str = "given in Python"
    lines: Ints | None = attrs.field(default=None, repr=False)

    def __attrs_post_init__(self) -> None:
        count = np.shape(self.staff)
        columns = {}
        for name, dtype in COLUMNS.items():
            given = np.asarray(getattr(self, name))
            if given.ndim != 1 or given.shape != count:
                many = count[0] if count else 0
                raise StaffError(name, f"has shape {given.shape}", f"give {many} entries, one per person")
            columns[name] = _fitted(name, given, dtype)
        order = np.argsort(columns["staff"], kind="stable")
        # The class is frozen, so its sorted and read-only columns are set in the way that attrs itself uses.
        for name, column in columns.items():
            object.__setattr__(self, name, guarded(np.ascontiguousarray(column[order])))
        if self.lines is not None:
            object.__setattr__(self, "lines", guarded(np.asarray(self.lines, "int32")[order]))
        check(self)

    def __len__(self) -> int:
        return len(self.staff)

    def __repr__(self) -> str:
        return f"Workforce({len(self):,} people, {self.wte.sum():,.1f} WTE, {len(self.employers)} employers)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Workforce) and self.content == other.content

    def __hash__(self) -> int:
        return hash(self.content)

    @property
    def wte(self) -> Floats:
        """Whole-time equivalents, (n,)."""
        return self.wte_hundredths / 100.0

    @cached_property
    def content(self) -> str:
        """The SHA-256 hash of the columns and their vocabularies, in hexadecimal."""
        digest = hashlib.sha256(repr((self.employers, self.functions)).encode())
        # Bytes in a fixed order, so that the hash is the same on every machine.
        for name in COLUMNS:
            column = getattr(self, name)
            little_endian = column.astype(column.dtype.newbyteorder("<"))
            digest.update(little_endian.tobytes())
        return digest.hexdigest()

    def columns(self) -> dict[str, Any]:
        """The columns by name."""
        return {name: getattr(self, name) for name in COLUMNS}

    def having(self, **columns: Any) -> Workforce:
        """This workforce with other columns or vocabularies, checked again. It no longer refers to lines of a file."""
        return attrs.evolve(self, **{"lines": None, **columns})


def _fitted(name: str, given: AnyArray, dtype: str) -> AnyArray:
    """A column converted to its type. Raises StaffError for a cell that is not a number or would change its value.

    Args:
        name: name of the column.
        given: (n,) the column.
        dtype: its type.
    """
    _refuse_text(name, given, dtype)
    # A cell that does not fit wraps round without an error, so the converted column is compared with the given one.
    with np.errstate(invalid="ignore", over="ignore"):
        try:
            column = given.astype(dtype)
        except OverflowError:  # a Python integer too large for any column
            column = given.astype("float64").astype(dtype)
    changed = column != given
    # Scores lose digits as 32-bit floats, which does no harm.
    if dtype != "float32" and changed.any():
        row = int(np.argmax(changed))
        raise StaffError(
            f"{name}[{row}]", f"is {shown(given[row])}, which does not fit", f"give a value that fits {dtype}"
        )
    return np.asarray(column)


_MEANS = {  # how a column represents text or a date
    "staff": "a whole number for each person, such as pandas.factorize makes of text",
    "employer": "indices of `employers`",
    "function": "indices of `functions`",
    "band": "indices of workforce.BANDS",
    "sex": "indices of workforce.SEXES",
    "contract": "indices of workforce.CONTRACTS",
    "section": "indices of workforce.SECTIONS",
    "clinician": "True or False",
    "critical": "True or False",
    "born": "epoch days, as dates.epoch_day counts them",
    "service_from": "epoch days, as dates.epoch_day counts them",
    "contract_ends": "epoch days, as dates.epoch_day counts them, or NEVER",
}


def _refuse_text(name: str, given: AnyArray, dtype: str) -> None:
    """Raise StaffError for a column with text, dates or empty cells, as pandas columns may have.

    Args:
        name: name of the column.
        given: (n,) the column.
        dtype: its type.
    """
    if given.dtype.kind in "biuf" or not len(given):
        return
    plain = np.array([isinstance(item, (int, float, np.bool_, np.integer, np.floating)) for item in given])
    if not plain.all():
        row = int(np.argmin(plain))
        right = f"give {_MEANS.get(name, f'numbers, as {dtype}')}"
        raise StaffError(f"{name}[{row}]", f"is {shown(given[row])}, which is not a number", right)


def check(people: Workforce) -> None:
    """Raise StaffError with every invalid row, identified by its line in the file or by its staff number."""
    mistakes = Mistakes()
    _refuse(mistakes, people, people.staff < 0, "staff", "is negative", "give each person a whole number of 0 or more")
    # Staff numbers are sorted, so a repeated one equals its neighbour.
    repeated = people.staff[1:] == people.staff[:-1]
    twice = np.concatenate([np.zeros(min(1, len(people)), bool), repeated])
    _refuse(mistakes, people, twice, "staff", "is given twice", "give each person a different number")
    vocabularies = {
        "employer": people.employers,
        "function": people.functions,
        "band": BANDS,
        "sex": SEXES,
        "contract": CONTRACTS,
        "section": SECTIONS,
    }
    for name, words in vocabularies.items():
        column = getattr(people, name)
        _refuse(
            mistakes,
            people,
            (column < 0) | (column >= len(words)),
            name,
            "is not a known code",
            "give a position in the vocabulary",
        )
    _refuse(mistakes, people, people.point < 0, "point", "is negative", "count pay points from 0")
    _refuse(mistakes, people, people.pay_pence < 0, "pay_pence", "is negative", "give pay of 0 or more")
    share = (people.wte_hundredths < 1) | (people.wte_hundredths > 100)
    _refuse(mistakes, people, share, "wte_hundredths", "is outside 1 to 100", "give hundredths of a whole-time post")
    # A loop over the wrong rows only.
    early = complete_years(people.born, people.service_from) < YOUNGEST
    for row in np.flatnonzero(early).tolist():
        since = date_of(people.service_from[row])
        born = date_of(people.born[row])
        wrong = f"is {since}, which is before the {YOUNGEST}th birthday of a person born on {born}"
        column = "service_from"
        right = "give a later start of service or an earlier date of birth"
        if born > since:
            column = "born"
            wrong = f"is {born}, after service began ({since})"
            right = f"give the date of birth; if the year was written with two digits, {born.year - 100}"
        mistakes.add(fault(people, row, column, wrong, right), *order_of(people, row, column))
    for name in ("skill", "outside", "attitude"):
        wrong = ~np.isfinite(getattr(people, name))
        _refuse(mistakes, people, wrong, name, "is not a number", "give a standardised score")
    mistakes.tell()


def _refuse(mistakes: Mistakes, people: Workforce, wrong: Bools, column: str, what: str, right: str) -> None:
    """Add a mistake for each row that is wrong in a column."""
    # A loop over the wrong rows only.
    for row in np.flatnonzero(wrong).tolist():
        shown_wrong = f"{what} ({getattr(people, column)[row]})"
        mistakes.add(fault(people, row, column, shown_wrong, right), *order_of(people, row, column))


def fault(people: Workforce, row: int, column: str, wrong: str, right: str) -> StaffError:
    """The error for a row, which gives file and line if the staff come from a file, and otherwise the identity.

    Args:
        people: the workforce.
        row: position of the row.
        column: name of the column.
        wrong: what is wrong.
        right: what would be right.
    """
    if people.lines is None:
        return StaffError(f"staff {people.staff[row]}: {column}", wrong, right)
    place = f"line {people.lines[row]}, staff {people.staff[row]}: {column}"
    error: StaffError = StaffError(place, wrong, right).in_file(people.source)
    return error


def order_of(people: Workforce, row: int, column: str) -> tuple[int, int]:
    """The sort key of a mistake in a staff list: line of the file, then column.

    Args:
        people: the workforce.
        row: row of the mistake, from 0.
        column: name of its column.
    """
    check_kind("people", people, Workforce)
    check_kind("column", column, str, "give text")
    # A list without lines, made in Python, is sorted by row. Pay is in pounds in a file and in pence here.
    line = row if people.lines is None else int(people.lines[row])
    return line, list(COLUMNS).index("pay_pence" if column == "pay_pounds" else column)
