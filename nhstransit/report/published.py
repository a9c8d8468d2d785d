"""A list of the pages that were written about your own staff, used to warn of a second page.

Two pages about the same or nearly the same staff can undo each other's disclosure control, because a reader can subtract
one from the other. They may differ in scenario, seed, threshold or rounding, or use a staff list of another month. The
list has the digest of each page and the employers that it is about. It is a file in the folder of the page and in that
of its scenario.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from nhstransit import tables
from nhstransit.errors import FormatError, InputError
from nhstransit.files import OWNER
from nhstransit.run.folders import digest
from nhstransit.scenario import Scenario

LIST = "published.csv"
_PAGE = "page"
_EMPLOYER = "employer"


def other_pages(page: str, scenario: Scenario, folder: Path) -> dict[Path, int]:
    """How many other pages were written about any of the same employers, by the list that has them.

    Lists are read from `folder`, from the scenario's folder, and from all folders beside these two. An identical page
    does not count, and a page in two lists counts once.

    Args:
        page: the text of the page that is to be written.
        scenario: the scenario that it is about.
        folder: where it is to be written.

    Raises:
        FormatError: the list in `folder` or in the scenario's folder was edited.
    """
    mine = set(_employers(scenario))
    known = {digest(page.encode())}
    found: dict[Path, int] = {}
    own = _own(scenario, folder)
    # The page's own folders come first, so a page in two lists counts in the nearer one.
    for place in dict.fromkeys((*own, *_beside(own))):
        rows = _rows(place / LIST, strict=place in own)
        # A list without employers is from an older version, and may be about the same staff.
        pages = {each for each, employer in rows if employer in mine or not employer} - known
        if pages:
            found[place / LIST] = len(pages)
        # Pages already counted do not count again in the next list.
        known |= pages
    return found


def note_page(page: str, scenario: Scenario, folder: Path) -> None:
    """Add a page to the lists in a folder and in its scenario's folder. Only their owner can read these lists.

    Args:
        page: the page's text.
        scenario: the scenario that it reports.
        folder: the folder of one organisation.
    """
    mine = {(digest(page.encode()), employer) for employer in _employers(scenario)}
    for place in _own(scenario, folder):
        if not place.is_dir():
            continue
        # Sorted, so that the order of writing is not recorded, and each page once.
        rows = sorted({*_rows(place / LIST, strict=True), *mine})
        columns = {_PAGE: [row[0] for row in rows], _EMPLOYER: [row[1] for row in rows]}
        tables.write_csv(place / LIST, {**columns, "written_by": ["nhstransit"] * len(rows)}, mode=OWNER)


def warning(found: dict[Path, int]) -> str:
    """The warning that other pages were written; "" if there are none."""
    count = sum(found.values())
    if not count:
        return ""
    pages = "1 other page" if count == 1 else f"{count:,} other pages"
    lists = ", ".join(str(path) for path in found)
    return (
        f"Warning: {pages} about the same staff {'was' if count == 1 else 'were'} written before (listed in {lists}). "
        "If more than one is published, their differences could reveal hidden counts: publish only one of them, or "
        "write all with a larger --rounding."
    )


def _employers(scenario: Scenario) -> list[str]:
    """The names of the employers of the opening staff."""
    staff = scenario.workforce
    return [staff.employers[code] for code in np.unique(staff.employer).tolist()]


def _own(scenario: Scenario, folder: Path) -> tuple[Path, ...]:
    """The folder of the page and the folder of its scenario, without repetition."""
    places = [folder.resolve()]
    if scenario.home is not None and scenario.home.is_dir():
        places.append(scenario.home.resolve())
    return tuple(dict.fromkeys(places))


def _beside(folders: tuple[Path, ...]) -> Iterator[Path]:
    """Readable folders with a list that have the same parent folder as one of `folders`."""
    for parent in dict.fromkeys(folder.parent for folder in folders):
        try:
            yield from sorted(path.parent for path in parent.glob(f"*/{LIST}"))
        except OSError:
            continue


def _rows(path: Path, *, strict: bool) -> list[tuple[str, str]]:
    """The pages of a list with their employers, which older lists do not have. Empty if the file is not such a list.

    Args:
        path: the list, which need not exist.
        strict: whether to raise FormatError if the file is not such a list.
    """
    try:
        if not path.exists():
            return []
        rows = tables.read_csv(path)
        if _PAGE in rows:
            employers = rows[_EMPLOYER] if _EMPLOYER in rows else [""] * len(rows[_PAGE])
            return list(zip(rows[_PAGE], employers, strict=True))
    except (InputError, OSError):
        if strict:
            raise
        return []
    if strict:
        raise FormatError("", f"has no column {_PAGE!r}", "restore it, or remove the file").in_file(path)
    return []
