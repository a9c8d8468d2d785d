"""Hundreds of randomly altered scenario files: each loads, or is refused with an error that names the file."""

from __future__ import annotations

import copy
import datetime as dt
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from nhstransit.engine.simulate import simulate
from nhstransit.errors import MOST, InputError
from nhstransit.scenario import load_scenario
from tests.examples import THOROUGH
from tests.scenario.mutants import STAFF, TABLES, TEXT, Mutant, having, mutants, without, written

BATCHES = 10 if THOROUGH else 1


@cache
def every() -> list[Mutant]:
    """All altered files; in a normal session one in thirty. They are made on first use."""
    return list(mutants(1 if THOROUGH else 30))


def write_hamlet(folder: Path, text: bytes, staff: bytes = STAFF) -> Path:
    (folder / "hamlet.toml").write_bytes(text)
    (folder / "hamlet-staff.csv").write_bytes(staff)
    return folder / "hamlet.toml"


def refused(folder: Path, text: bytes, staff: bytes = STAFF) -> str:
    """The error for this scenario, without the folder."""
    with pytest.raises(InputError) as caught:
        load_scenario(write_hamlet(folder, text, staff))
    return str(caught.value).replace(f"{folder}/", "")


def test_the_unaltered_hamlet_loads(tmp_path: Path) -> None:
    """A copy, and a file written from its tables, equal the bundled scenario."""
    assert (
        load_scenario(write_hamlet(tmp_path, TEXT))
        == load_scenario(write_hamlet(tmp_path, written(TABLES)))
        == load_scenario("hamlet")
    )


@pytest.mark.thorough
@pytest.mark.parametrize("batch", range(BATCHES))
def test_an_altered_file_loads_or_is_refused_with_its_name(batch: int, tmp_path: Path) -> None:
    """Each line of the InputError names the file and one mistake."""
    for name, text, staff in every()[batch::BATCHES]:
        try:
            load_scenario(write_hamlet(tmp_path, text, staff))
        except InputError as error:
            for sentence in str(error).split("\n")[:MOST]:
                assert "\r" not in sentence, name
                assert sentence.startswith(str(tmp_path / "hamlet")), (name, sentence)
        except Exception as fault:
            raise AssertionError(name) from fault


@pytest.mark.thorough
def test_most_altered_files_are_refused(tmp_path: Path) -> None:
    """There are more than 900 of them, and most are invalid."""
    refusals = 0
    for _, text, staff in every()[::9]:
        try:
            load_scenario(write_hamlet(tmp_path, text, staff))
        except InputError:
            refusals += 1
    assert len(every()) > 900 and refusals > len(every()[::9]) * 0.6


@pytest.mark.thorough
@pytest.mark.parametrize("batch", range(BATCHES))
def test_an_altered_file_that_loads_can_be_run(batch: int, tmp_path: Path) -> None:
    """The run reaches its last day, or is refused with a reason on one line."""
    for name, text, staff in every()[batch::BATCHES]:
        try:
            simulate(load_scenario(write_hamlet(tmp_path, text, staff)), seed=1)
        except InputError as error:
            assert "\n" not in str(error), name
        except Exception as fault:
            raise AssertionError(name) from fault


ESTABLISHMENT = ("organisations", 0, "establishment", 0)
LATE = dt.date(2011, 1, 1)
EARLY = dt.date(2010, 8, 1)
FAULTS: list[tuple[Any, str]] = [
    (having(("format",), 2), "hamlet.toml: format: is 2; write `format = 1` at the top"),
    (without(("format",)), "hamlet.toml: format: is missing; "),
    (having(("format",), "1"), "hamlet.toml: format: is '1'; "),
    (having(("colour",), "blue"), "hamlet.toml: colour: is not a key that is allowed here; "),
    (without(("start",)), "hamlet.toml: start: is missing; add it"),
    (having(("start",), "2010-04-01"), "hamlet.toml: start: is '2010-04-01'; write a date such as"),
    (having(("end",), dt.date(2009, 1, 1)), "hamlet.toml: end: is 2009-01-01, before the start (2010-04-01); "),
    (having(("name",), 7), "hamlet.toml: name: is 7; write text in quotation marks"),
    (having(("staff_seed",), True), "hamlet.toml: staff_seed: is True; write a whole number"),
    (having(("functions",), "finance"), "hamlet.toml: functions: is 'finance'; write a list"),
    (having(("functions",), []), "hamlet.toml: functions: are (); name 1 to 100 functions"),
    (having(("organisations",), {}), "hamlet.toml: organisations: is a table; write a list"),
    (
        having(("organisations", 0, "kind"), "shaa"),
        "hamlet.toml: organisations[0].kind: is 'shaa'; did you mean 'sha'?",
    ),
    (having(("organisations", 5, "name"), "Northford PCT"), "hamlet.toml: Northford PCT: occurs twice; "),
    (
        having(("organisations", 1, "successors"), ["Nowhere"]),
        "hamlet.toml: Northford PCT: successor: refers to the unknown organisation 'Nowhere'; ",
    ),
    (
        having(("organisations", 1, "parent"), "Vale SHa"),
        "hamlet.toml: Northford PCT: parent: refers to the unknown organisation 'Vale SHa'; did you",
    ),
    (
        having(("organisations", 1, "closes"), dt.date(2010, 3, 1)),
        "hamlet.toml: Northford PCT: has staff on 2010-04-01",
    ),
    (
        having(("organisations", 4, "opens"), dt.date(2011, 3, 1)),
        "hamlet.toml: organisations[4].Northford and Millbrook",
    ),
    (having((*ESTABLISHMENT, "band"), "10"), "hamlet.toml: organisations[0].establishment[0].band: is '10'; "),
    (
        having((*ESTABLISHMENT, "function"), "finanse"),
        "hamlet.toml: organisations.Vale SHA.establishment: names the fun",
    ),
    (having((*ESTABLISHMENT, "posts"), 1.9), "hamlet.toml: organisations[0].establishment[0].posts: is 1.9; "),
    (having((*ESTABLISHMENT, "posts"), 0), "hamlet.toml: Vale SHA: has "),
    (having(("policies", "mars", "quota"), 1.2), "hamlet.toml: policies.mars.quota: is 1.2; give a share from 0 to 1"),
    (having(("policies", "mars", "quota"), "0.1"), "hamlet.toml: policies.mars.quota: is '0.1'; write a number"),
    (having(("policies", "mars", "quota"), True), "hamlet.toml: policies.mars.quota: is True; write a number"),
    (having(("policies", "mars", "closes"), EARLY), "hamlet.toml: policies.mars.closes: is 2010-08-01, before `opens`"),
    (
        having(("policies", "mars", "kinds"), ["pctt"]),
        "hamlet.toml: policies.mars.kinds: has the unknown name 'pctt'; did you mean",
    ),
    (
        having(("policies", "mars", "protected"), ["x"]),
        "hamlet.toml: policies.mars.protected: has the unknown name 'x'; ",
    ),
    (having(("policies", "mars", "type"), "marz"), "hamlet.toml: policies.mars.type: is 'marz'; did you mean 'mars'?"),
    (having(("policies", "mars", "type"), ["mars"]), "hamlet.toml: policies.mars.type: is "),
    (
        having(("policies", "mars", "announced"), dt.date(2010, 1, 1)),
        "hamlet.toml: policies.mars.announced: is 2010-01",
    ),
    (having(("policies", "marz"), {}), "hamlet.toml: policies.marz.type: is 'marz'; did you mean 'mars'?"),
    (having(("policies", "mars"), 5), "hamlet.toml: policies.mars: is 5; write a table"),
    (having(("policies",), 5), "hamlet.toml: policies: is not a table; "),
    (having(("behaviour",), {"departures": {"resign": -1.0}}), "hamlet.toml: behaviour.departures.resign: is -1.0; "),
    (having(("behaviour",), {"departures": {"quits": 1.0}}), "hamlet.toml: behaviour.departures.quits: is not a key"),
    (
        having(("staff", "file"), "nobody.csv"),
        "hamlet.toml: staff.file: is 'nobody.csv', which is neither a file beside the scenario",
    ),
    (
        having(("staff", "file"), "hamlet-stuff.csv"),
        "hamlet.toml: staff.file: is 'hamlet-stuff.csv', which is neither a file beside the scenario nor "
        "one of the library's; "
        "did you mean 'hamlet-staff.csv'? known: england/bodies-2010.csv, ",
    ),
    (
        having(("staff",), {"fil": "hamlet-staff.csv"}),
        "hamlet.toml: staff.fil: is not a key that is allowed here; did you mean 'file'? known: also, base, file, margins",
    ),
    (
        having(("staff", "file"), "../hamlet-staff.csv"),
        "hamlet.toml: staff.file: is '../hamlet-staff.csv', which is not the name of a file; ",
    ),
    (having(("staff", "file"), "nul\0.csv"), "hamlet.toml: staff"),
    (without(("staff",)), "hamlet.toml: staff: is missing; "),
]


@pytest.mark.parametrize(
    ("tables", "fault"), FAULTS, ids=[f"{n}-{fault[13:50]}" for n, (_, fault) in enumerate(FAULTS)]
)
def test_a_fault_is_refused_with_its_key(tables: Any, fault: str, tmp_path: Path) -> None:
    """The error contains the file, the key, what is wrong, and what would be right."""
    sentence = refused(tmp_path, written(tables))
    assert sentence.startswith(fault)
    assert all("; " in line and line.startswith("hamlet") for line in sentence.split("\n"))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (b"", "hamlet.toml: format: is missing; "),
        (b"format = 1\nname = ", "hamlet.toml: is not TOML: "),
        (b"format = 1\nname = 'a'\nname = 'b'", "hamlet.toml: is not TOML: "),
        (b"format = 1\nx = " + b"[" * 5_000, "hamlet.toml: is "),
        (b"format = 1\nx = " + b"9" * 10_000, "hamlet.toml: is not TOML: "),
        (b"\xff\xfeformat = 1", "hamlet.toml: is not UTF-8 text; "),
        (TEXT.replace(b"\n", b"\r\n"), ""),
    ],
)
def test_text_that_is_not_valid_toml_is_refused(text: bytes, fault: str, tmp_path: Path) -> None:
    """Line ends of Windows are accepted."""
    if fault:
        assert refused(tmp_path, text).startswith(fault)
    else:
        assert load_scenario(write_hamlet(tmp_path, text)) == load_scenario("hamlet")


def test_a_missing_file_or_a_folder_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(InputError, match=str(path)):
            load_scenario(path)


def test_a_name_with_a_line_break_is_reported_on_one_line(tmp_path: Path) -> None:
    """The line also names the file."""
    tables = copy.deepcopy(TABLES)
    for body in tables["organisations"][:2]:
        body["name"] = "two\nlines"
    lines = refused(tmp_path, written(tables)).split("\n")
    assert lines[0].startswith("hamlet.toml: two lines: occurs twice; ")
    assert all(line.startswith("hamlet") for line in lines[:MOST])
