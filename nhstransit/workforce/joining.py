"""Joins several extracts into one staff list, as for a merger: each employer's people come from its own file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import attrs
import numpy as np

from nhstransit.arrays import AnyArray
from nhstransit.errors import StaffError
from nhstransit.phrases import listed, number_of
from nhstransit.toml import Named
from nhstransit.workforce.assignments import Extracted
from nhstransit.workforce.columns import COLUMNS, Workforce
from nhstransit.workforce.mapping import StaffMapping
from nhstransit.workforce.quality import Finding, Quality

_CODED = ("employer", "function")  # columns whose codes depend on the file's own vocabulary


def joined(parts: Sequence[Extracted], *, numbered: Callable[[Sequence[str]], AnyArray]) -> Extracted:
    """Extracts of different employers as one.

    Each payroll numbers its own people, so the same number in two files means two people; the report says how many such
    numbers there are. Functions with the same name become one function.

    Args:
        parts: two or more extracts of the same day, each with different employers.
        numbered: function from the distinct payroll identities to the integers that identify people here.

    Raises:
        StaffError: for an employer in two files, and for files of different days.
    """
    names = [part.quality.source for part in parts]
    _check_days(parts, names)
    employers = _distinct_employers(parts, names)
    functions = tuple(sorted({name for part in parts for name in part.people.functions}))
    vocabularies = {"employer": employers, "function": functions}
    columns: dict[str, Any] = {}
    for column in COLUMNS:
        columns[column] = np.concatenate([_column(part.people, column, vocabularies) for part in parts])
    # The first file's identities stay as they are; later files' get their employer's name.
    texts = [part.numbers if not place else _with_employers(part) for place, part in enumerate(parts)]
    every = [text for some in texts for text in some]
    columns["staff"] = numbered(every)
    # A workforce sorts its rows by identity, so the columns beside it are put in the same order.
    order = np.argsort(columns["staff"], kind="stable")
    started = np.concatenate([part.started for part in parts])[order]
    return Extracted(
        people=Workforce(**columns, employers=employers, functions=functions),
        quality=_quality([part.quality for part in parts], _shared(parts)),
        mapping=_mapping([part.mapping for part in parts]),
        numbers=tuple(every[place] for place in order.tolist()),
        started=started,
        titles=tuple(title for part in parts for title in part.titles),
    )


def _check_days(parts: Sequence[Extracted], names: Sequence[str]) -> None:
    days = [part.mapping.on for part in parts]
    if len(set(days)) > 1:
        dated = listed([f"{name} {day}" for name, day in zip(names, days, strict=True)])
        raise StaffError(
            "the files", f"describe different days ({dated})", "give one day with --on, or give files of the same day"
        )


def _distinct_employers(parts: Sequence[Extracted], names: Sequence[str]) -> tuple[str, ...]:
    """The employers of all files, in the files' order. Raises StaffError for one in two files."""
    found: dict[str, str] = {}
    for part, name in zip(parts, names, strict=True):
        for employer in part.people.employers:
            if employer in found:
                wrong = f"is in {found[employer]} and in {name}"
                right = "give each employer's people in one file, with a column that names the employer"
                raise StaffError(f"employer {employer!r}", wrong, right)
            found[employer] = name
    return tuple(found)


def _column(people: Workforce, name: str, vocabularies: dict[str, tuple[str, ...]]) -> AnyArray:
    """A column, with codes of the common vocabulary."""
    column: AnyArray = getattr(people, name)
    if name not in _CODED:
        return column
    own = people.employers if name == "employer" else people.functions
    # From the file's own codes to codes of the common vocabulary.
    codes = np.array([vocabularies[name].index(word) for word in own], "int64")
    return np.asarray(codes[column])


def _with_employers(part: Extracted) -> list[str]:
    """Payroll identities with the employer's name, so that the same number in two payrolls means two people."""
    codes = part.people.employer.tolist()
    return [f"{part.people.employers[code]}: {text}" for code, text in zip(codes, part.numbers, strict=True)]


def _shared(parts: Sequence[Extracted]) -> int:
    """The number of people in a later file who have the payroll number and date of birth of a person in an earlier
    file.
    """
    seen: set[tuple[str, int]] = set()
    count = 0
    # Each file is compared with all earlier ones, so a person in three files counts twice.
    for part in parts:
        mine = set(zip(part.numbers, part.people.born.tolist(), strict=True))
        count += len(mine & seen)
        seen |= mine
    return count


def _quality(parts: Sequence[Quality], shared: int) -> Quality:
    """One report, in which every rule and note names its file."""

    def findings(name: str) -> tuple[Finding, ...]:
        return tuple(
            Finding(one.heading, f"{one.rule} ({part.source})", one.lines)
            for part in parts
            for one in getattr(part, name)
        )

    notes = [f"{part.source}: {note}" for part in parts for note in part.notes]
    if shared:
        people = number_of(shared, "person")
        notes.append(
            f"{people} with the same number and date of birth in two files: counted in each file, with a post in each."
        )
    return Quality(
        source=listed([part.source for part in parts]),
        rows=sum(part.rows for part in parts),
        people=sum(part.people for part in parts),
        notes=tuple(notes),
        mended=findings("mended"),
        further=findings("further"),
        left_out=findings("left_out"),
        set_aside=tuple((line, f"{reason} ({part.source})") for part in parts for line, reason in part.set_aside),
        unused=tuple(dict.fromkeys(heading for part in parts for heading in part.unused)),
        unit=parts[0].unit,
        files=len(parts),
    )


def _mapping(parts: Sequence[StaffMapping]) -> StaffMapping:
    """The meanings on which all files agree, or that only one file has. Meanings that differ between files are left
    out, and are recognised in each file.
    """
    first = parts[0]
    changes: dict[str, Any] = {}
    for field in attrs.fields(StaffMapping):
        values = [getattr(part, field.name) for part in parts]
        # Tables of meanings are combined word by word; a single setting must be the same in all files.
        if isinstance(values[0], Named):
            words = dict.fromkeys(word for one in values for word in one)
            choices = {word: [one[word] for one in values if word in one] for word in words}
            agreed = {word: one[0] for word, one in choices.items() if all(x == one[0] for x in one)}
            changes[field.name] = Named(agreed)
        elif any(one != values[0] for one in values):
            changes[field.name] = field.default
    return attrs.evolve(first, **changes)
