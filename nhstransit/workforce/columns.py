"""The opening workforce: one row a person, one array a fact, sorted by identity at the door."""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import Any

import attrs
import numpy as np

from nhstransit.arrays import AnyArray, Bools, Bytes, Floats, Ints, Shorts, Singles, guarded
from nhstransit.dates import complete_years
from nhstransit.errors import StaffError
from nhstransit.workforce.codes import BANDS, CONTRACTS, SECTIONS, SEXES

NEVER = 2**31 - 1  # an epoch day or day that does not come

COLUMNS = {
    "staff": "int32",  # permanent identity, 0 or more; all luck of a person hangs on it
    "employer": "int16",  # position in `employers`
    "function": "int8",  # position in `functions`
    "band": "int8",  # position in BANDS
    "point": "int8",  # pay point within the band, from 0
    "pay_pence": "int32",  # whole-time basic pay a year; 0: by band and point from the dated tables
    "wte_hundredths": "int8",  # whole-time equivalent, 1 to 100
    "born": "int32",  # epoch day
    "service_from": "int32",  # epoch day from which reckonable NHS service counts
    "sex": "int8",  # position in SEXES
    "clinician": "bool",
    "contract": "int8",  # position in CONTRACTS
    "contract_ends": "int32",  # epoch day, the last in post; NEVER for a permanent contract
    "section": "int8",  # section of the pension scheme, position in SECTIONS
    "critical": "bool",  # business-critical
    "skill": "float32",  # standardised
    "outside": "float32",  # outside option, standardised
    "attitude": "float32",  # to the reform, standardised; positive is in favour
}


@attrs.frozen(eq=False, kw_only=True, slots=False)
class Workforce:
    """Staff columns, each (n,) and read-only; `COLUMNS` says what each holds. Equal content is an equal workforce.

    Raises StaffError, with the place, for columns of unequal length, a code out of range, an identity given twice or
    negative, a whole-time equivalent outside 1–100 hundredths, or service that began before a sixteenth birthday.
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

    def __attrs_post_init__(self) -> None:
        order = np.argsort(np.asarray(self.staff), kind="stable")
        for name, dtype in COLUMNS.items():
            given = np.asarray(getattr(self, name))
            if given.shape != order.shape:
                raise StaffError(name, f"has shape {given.shape}", f"give {len(order)} entries, one a person")
            object.__setattr__(self, name, guarded(np.ascontiguousarray(_fitted(name, given[order], dtype))))
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
        """SHA-256 of the columns and their vocabularies, hexadecimal."""
        digest = hashlib.sha256(repr((self.employers, self.functions)).encode())
        for name in COLUMNS:
            column = getattr(self, name)
            digest.update(column.astype(column.dtype.newbyteorder("<")).tobytes())
        return digest.hexdigest()

    def columns(self) -> dict[str, Any]:
        """The columns by name."""
        return {name: getattr(self, name) for name in COLUMNS}

    def having(self, **columns: Any) -> Workforce:
        """This workforce with other columns or vocabularies, checked again."""
        return attrs.evolve(self, **columns)


def _fitted(name: str, given: AnyArray, dtype: str) -> AnyArray:
    """A column in its type; raises StaffError for a cell that would become another number in it."""
    with np.errstate(invalid="ignore", over="ignore"):
        column = given.astype(dtype)
    changed = column != given
    if dtype != "float32" and changed.any():
        row = int(np.argmax(changed))
        raise StaffError(f"{name}[{row}]", f"is {given[row]}, which does not fit", f"give what {dtype} can hold")
    return np.asarray(column)


def check(people: Workforce) -> None:
    """Raise StaffError for the first person whose row cannot be right; the row is told by identity."""
    _refuse(people, people.staff < 0, "staff", "is negative", "give each person a whole number of 0 or more")
    twice = np.concatenate([np.zeros(min(1, len(people)), bool), people.staff[1:] == people.staff[:-1]])
    _refuse(people, twice, "staff", "is given twice", "give each person one identity")
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
        _refuse(people, (column < 0) | (column >= len(words)), name, "is a code without a word", "give a known one")
    _refuse(people, people.point < 0, "point", "is negative", "count pay points from 0")
    _refuse(people, people.pay_pence < 0, "pay_pence", "is negative", "give pay of 0 or more")
    share = (people.wte_hundredths < 1) | (people.wte_hundredths > 100)
    _refuse(people, share, "wte_hundredths", "is outside 1 to 100", "give hundredths of a whole-time post")
    early = complete_years(people.born, people.service_from) < 16
    _refuse(people, early, "service_from", "lies before the 16th birthday", "give a later start or an earlier birth")
    for name in ("skill", "outside", "attitude"):
        _refuse(people, ~np.isfinite(getattr(people, name)), name, "is not a number", "give a standardised score")


def _refuse(people: Workforce, wrong: Bools, column: str, what: str, right: str) -> None:
    if wrong.any():
        row = int(np.argmax(wrong))
        raise StaffError(f"staff {people.staff[row]}: {column}", f"{what} ({getattr(people, column)[row]})", right)
