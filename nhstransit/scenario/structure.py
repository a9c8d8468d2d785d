"""The structure of a merged organisation, from a table: posts by function and band."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import attrs

from nhstransit import tables
from nhstransit.errors import Mistakes, StaffError, nearest, shown
from nhstransit.workforce.columns import BANDS
from nhstransit.workforce.mapping import function_name

_NEEDED = ("function", "band", "posts")
_MOST = 1_000_000


@attrs.frozen
class Line:
    """Posts of one function and band."""

    function: str
    band: str
    posts: int


def read_structure(path: Path, functions: Collection[str]) -> tuple[Line, ...]:
    """The posts of a structure, in the order of the file.

    A function may be written as in the extract ("Primary Care") or as in the staff list ("primary-care"). It may be a
    function that nobody is in yet; then none of today's staff can fill its posts.

    Args:
        path: a CSV file with the columns function, band and posts.
        functions: the functions of the staff list.

    Raises:
        StaffError, FormatError: with all mistakes, by line.
    """
    mistakes = Mistakes()
    rows = tables.read_csv(path, mistakes)
    for name in _NEEDED:
        if name not in rows:
            mistakes.add(StaffError("line 1", f"has no column {name!r}", f"give {', '.join(_NEEDED)}").in_file(path))
    if any(name not in rows for name in _NEEDED):
        mistakes.tell()
    found: dict[tuple[str, str], Line] = {}
    for line, word, band, count in zip(rows.lines, rows["function"], rows["band"], rows["posts"], strict=True):
        # A name of the staff list is used unchanged. Other words are converted as the extract's own words were.
        function = word if word in functions else function_name(word)
        name = band.strip().removeprefix("Band ").strip()
        name = name if name in BANDS else name.lower()  # "8A" is 8a, but VSM is in capital letters
        if name not in BANDS:
            mistakes.add(
                StaffError(f"line {line}: band", f"is {shown(band)}", nearest(band, BANDS)).in_file(path), line
            )
        elif not count.isdecimal() or int(count) > _MOST:
            wrong = f"is {shown(count)}"
            mistakes.add(StaffError(f"line {line}: posts", wrong, "give a whole number").in_file(path), line)
        elif (function, name) in found:
            wrong = f"has {function} in band {name} a second time"
            mistakes.add(StaffError(f"line {line}", wrong, "give each function and band once").in_file(path), line)
        else:
            found[function, name] = Line(function, name, int(count))
    if not found and not mistakes:
        mistakes.add(StaffError("", "has no posts", "give a line for each function and band").in_file(path))
    mistakes.tell()
    return tuple(found.values())
