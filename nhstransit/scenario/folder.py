"""A folder for one organisation: staff list, scenario, mapping, data-quality report and the key of its pseudonyms."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs
import numpy as np

from nhstransit import tables, toml
from nhstransit.behaviour.observed import Observed
from nhstransit.errors import StaffError
from nhstransit.files import OWNER, write_text
from nhstransit.scenario.extract import mapping_text, read_extract, read_mapping
from nhstransit.scenario.leaving import PAGE as LEAVING
from nhstransit.scenario.leaving import RATES, behaviour_tables, rate_table, read_leavers, turnover
from nhstransit.scenario.leaving import text as leaving_text
from nhstransit.scenario.question import Ask, scenario_tables
from nhstransit.scenario.structure import read_structure
from nhstransit.scenario.tables import from_tables
from nhstransit.toml import Named
from nhstransit.workforce.assignments import Extracted
from nhstransit.workforce.identities import key_text, new_key, read_key
from nhstransit.workforce.mapping import StaffMapping
from nhstransit.workforce.read import write_staff

SCENARIO = "scenario.toml"
STAFF = "staff.csv"
MAPPING = "mapping.toml"
KEY = "identity.key"
REPORT = "quality.md"
LINES = "quality.csv"
IGNORE = ".gitignore"


@attrs.frozen(eq=False, kw_only=True)
class Made:
    """A folder that was made: the contents of the extract, the files written, and the rates of leaving, if any."""

    extracted: Extracted
    files: tuple[Path, ...]
    leaving: Observed | None = None


def make_folder(
    folder: Path,
    source: Path | Sequence[Path],
    *,
    question: str,
    on: dt.date | None = None,
    employer: str = "",
    kind: str = "",
    region: str = "England",
    successor: str = "",
    mapping: Path | None = None,
    order: str = "",
    sheet: str = "",
    own_numbers: bool = False,
    leavers: Path | None = None,
    structure: Path | None = None,
    transfers: Mapping[str, str] | None = None,
    today: dt.date | None = None,
) -> Made:
    """Read an extract and write the folder. Nothing is written unless everything is valid.

    The folder, the staff list and the key are readable by their owner only. People are identified by pseudonyms, made
    with the key in the folder or a new one. With `own_numbers` they are identified by their payroll numbers.

    Args:
        folder: the folder to write.
        source: the path of the extract, or the paths of extracts of different employers.
        question: one of `QUESTIONS`.
        on: the day that the extract describes; None: inferred from it.
        employer: the employer's name, if no column has it.
        kind: the kind of organisation of the employers.
        region: the region of the employers.
        successor: the name of the merged organisation; if it is "", it is made from the names of the employers.
        mapping: the TOML file of the mapping; None: the one in the folder, if there is one.
        order: dmy, mdy or ymd for all columns of dates.
        sheet: the sheet to read, in a workbook with several lists.
        own_numbers: whether to identify people by their payroll numbers.
        leavers: the path of a list of last year's leavers, which sets the rates of leaving.
        structure: the path of a table of the successor's posts by function and band; by default a post per person.
        transfers: for each function, the employer that its people transfer to under TUPE.
        today: the day to use as today, for tests.

    Raises:
        StaffError, FormatError, ScenarioError: for input that is not valid.
    """
    beside = folder / MAPPING
    meaning = read_mapping(mapping or (beside if beside.exists() else None))
    # The key of an earlier extract is used again, so that the same person gets the same pseudonym in both.
    key = None
    if not own_numbers:
        key = read_key(folder / KEY) if (folder / KEY).exists() else new_key()
    sources = (source,) if isinstance(source, Path) else tuple(source)
    extracted = read_extract(
        sources, mapping=meaning, on=on, order=order, sheet=sheet, employer=employer, key=key, today=today
    )
    # The kind given by the caller replaces kinds inferred from names, but not those that the mapping states.
    kinds = dict(extracted.mapping.kinds)
    if kind:
        kinds |= {name: kind for name in extracted.people.employers if name not in meaning.kinds}
    used = attrs.evolve(extracted.mapping, kinds=Named(kinds))
    start = used.on
    if start is None:
        raise StaffError(str(sources[0]), "does not state the day that it describes", "give the day with --on")
    name = "-".join(re.findall(r"[a-z0-9]+", folder.resolve().name.lower())) or "own"
    ask = Ask(
        question=question,
        start=start,
        kinds=kinds,
        region=region,
        successor=successor,
        name=name,
        structure=() if structure is None else read_structure(structure, extracted.people.functions),
        transfers=Named(transfers or {}),
    )
    written = scenario_tables(extracted.people, ask, staff_file=STAFF)
    pages: dict[str, str] = {}
    found = None
    if leavers is not None:
        gone = read_leavers(leavers, on=start, mapping=used, order=order)
        found = turnover(extracted, gone)
        written["behaviour"] = behaviour_tables(found)
        pages[LEAVING] = leaving_text(found, gone)
    # The whole scenario is built once before the first file is written, so that an error leaves no half-made folder.
    _checked(written, extracted)
    files = _write(folder, extracted, used, written, key, pages, found)
    return Made(extracted=extracted, files=files, leaving=found)


def write_draft(folder: Path, mapping: StaffMapping | None) -> Path | None:
    """Write the mapping as far as it was recognised, unless the folder has one. Returns the path, if any."""
    path = folder / MAPPING
    if mapping is None:
        return None
    if not path.exists():
        _make(folder)
        _private(path, mapping_text(mapping))
    return path


def _checked(written: dict[str, object], extracted: Extracted) -> None:
    """Raise ScenarioError or StaffError if the scenario that would be written is not valid."""
    rest = {name: item for name, item in written.items() if name != "staff"}
    bodies = rest["organisations"]
    names = tuple(body["name"] for body in bodies)  # type: ignore[attr-defined]
    people = extracted.people
    codes = [names.index(employer) for employer in people.employers]
    # Functions of the staff list come first and new ones of the structure after them, so that codes do not change.
    functions: tuple[str, ...] = tuple(rest["functions"])  # type: ignore[arg-type]
    moved = people.having(employer=np.array(codes)[people.employer], employers=names, functions=functions)
    # Through text and back, because the user will load the text and not these tables.
    as_read = toml.loads(toml.dumps(rest), SCENARIO)
    from_tables(as_read, staff=moved)


def _write(
    folder: Path,
    extracted: Extracted,
    mapping: StaffMapping,
    written: dict[str, object],
    key: bytes | None,
    pages: Mapping[str, str],
    leaving: Observed | None,
) -> tuple[Path, ...]:
    """Write the folder's files, each readable by its owner only.

    Args:
        folder: the folder.
        extracted: the extract.
        mapping: the meaning of headings and words.
        written: the tables of the scenario.
        key: the key of the pseudonyms; None if people are identified by their own numbers.
        pages: further pages by name.
        leaving: last year's rates of leaving; None without a list of leavers.
    """
    try:
        _make(folder)
        files = []
        if key is not None:
            _private(folder / KEY, key_text(key))
            files.append(folder / KEY)
        write_staff(folder / STAFF, extracted.people, mode=OWNER)
        _private(folder / MAPPING, mapping_text(mapping))
        _private(folder / SCENARIO, toml.dumps(written))
        _private(folder / REPORT, extracted.quality.text())
        lines = {str(name): cells for name, cells in extracted.quality.lines.items()}
        tables.write_csv(folder / LINES, lines, mode=OWNER)
        for name, page in pages.items():
            _private(folder / name, page)
            files.append(folder / name)
        if leaving is None:
            (folder / RATES).unlink(missing_ok=True)  # limits from an earlier list do not apply now
            (folder / LEAVING).unlink(missing_ok=True)
        else:
            rates = rate_table(leaving)
            tables.write_csv(folder / RATES, {str(name): rates[name].tolist() for name in rates.columns}, mode=OWNER)
            files.append(folder / RATES)
        _private(folder / IGNORE, "*\n")
    except OSError as error:
        right = "name a folder that you may write to"
        raise StaffError(str(folder), f"cannot be written ({error.strerror})", right) from None
    return (*files, *(folder / name for name in (STAFF, SCENARIO, MAPPING, REPORT, LINES)))


def _make(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def _private(path: Path, text: str) -> None:
    """Write a file that only its owner may read."""
    write_text(path, text, mode=OWNER)
