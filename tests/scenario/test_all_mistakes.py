"""All mistakes in a scenario and its staff list are reported together, in the order of the file."""

from __future__ import annotations

import codecs
import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from nhstransit import toml
from nhstransit.errors import InputError
from nhstransit.scenario import load_scenario
from nhstransit.studies import read_draws
from nhstransit.studies.study_file import read_study
from tests.scenario.mutants import STAFF, TABLES, TEXT, having, written


def refused(folder: Path, tables: Any, staff: bytes = STAFF) -> list[str]:
    """The lines of the error for these tables, without the folder: one line for each mistake."""
    (folder / "hamlet.toml").write_bytes(written(tables))
    (folder / "hamlet-staff.csv").write_bytes(staff)
    with pytest.raises(InputError) as caught:
        load_scenario(folder / "hamlet.toml")
    return str(caught.value).replace(f"{folder}/", "").split("\n")


def many(*changes: tuple[tuple[Any, ...], Any]) -> dict[str, Any]:
    """The hamlet's tables with several items changed."""
    tables: dict[str, Any] = having(*changes[0])
    for path, item in changes[1:]:
        part: Any = tables
        for step in path[:-1]:
            part = part[step]
        part[path[-1]] = item
    return tables


def test_mistakes_of_every_kind_are_reported_together(tmp_path: Path) -> None:
    """Wrong types, values out of range, unknown keys and unknown names: each with its path, in the order of the file."""
    tables = many(
        (("end",), "2014"),
        (("policies", "mars", "quota"), 1.2),
        (("policies", "mars", "kinds"), ["pctt"]),
        (("policies", "mars", "colour"), "blue"),
        (("policies", "rets", "premium"), "high"),
        (("behaviour",), {"departures": {"resign": -1.0, "quits": 1.0}}),
        (("organisations", 0, "kind"), "shaa"),
        (("organisations", 1, "region"), 7),
    )
    lines_of_error = refused(tmp_path, tables)
    assert all(line.startswith("hamlet.toml: ") for line in lines_of_error)
    paths = [line.split(": ")[1] for line in lines_of_error]
    expected = [
        "end",
        "organisations[0].kind",
        "organisations[1].region",
        "policies.mars.colour",
        "policies.mars.kinds",
        "policies.mars.quota",
        "policies.rets.premium",
        "behaviour.departures.quits",
        "behaviour.departures.resign",
    ]
    assert sorted(paths) == sorted(expected)
    tops = list(dict.fromkeys(path.partition(".")[0].partition("[")[0] for path in paths))
    assert tops == [key for key in tables if key in tops]


def test_mistakes_between_the_parts_of_a_scenario_are_reported_together(tmp_path: Path) -> None:
    """Its name, dates, employers and policies, together with the mistakes in its staff list; each line names its file."""
    lines = STAFF.split(b"\n")
    lines[3] = lines[3].replace(b"female", b"F").replace(b",male", b",M")
    lines[7] = lines[7][:20]
    tables = many(
        (("name",), "../x"),
        (("end",), dt.date(2009, 1, 1)),
        (("policies", "mars", "protected"), ["finanse"]),
        (("organisations", 1, "parent"), "Vale SHa"),
    )
    lines_of_error = refused(tmp_path, tables, b"\n".join(lines))
    starts = (
        "hamlet.toml: name: ",
        "hamlet.toml: end: ",
        "hamlet.toml: policies.mars.protected: has the unknown name 'finanse'; ",
    )
    for start in (
        *starts,
        "hamlet.toml: Northford PCT: parent: refers to the unknown organisation 'Vale SHa'; did you mean 'Vale SHA'? they ",
    ):
        assert any(line.startswith(start) for line in lines_of_error), start
    staff = [line for line in lines_of_error if line.startswith("hamlet-staff.csv: ")]
    assert [line.split(": ")[1] for line in staff] == ["line 4", "line 8"]


def test_an_error_shows_twenty_mistakes_and_counts_the_rest(tmp_path: Path) -> None:
    """Twenty lines, and a last line with the number of further mistakes."""
    lines_of_error = refused(tmp_path, many(*((("functions", index), index) for index in range(5)), (("extra",), {})))
    assert len(lines_of_error) == 6
    every = refused(tmp_path, having(("extra",), {}) | {f"extra-{number}": 1 for number in range(30)})
    assert len(every) == 21 and every[-1].startswith("and ") and every[-1].endswith(" more")


def test_an_error_in_a_staff_list_names_the_staff_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A staff list beside the scenario in the current folder is named staff.csv."""
    monkeypatch.chdir(tmp_path)
    for content, fault in (
        (b"", "is empty"),
        (b"staff\n\xff", "line 2: is not UTF-8 text"),
        (None, "is neither a file"),
    ):
        tables = many((("staff", "file"), "staff.csv"))
        Path("hamlet.toml").write_bytes(written(tables))
        Path("staff.csv").unlink(missing_ok=True)
        if content is not None:
            Path("staff.csv").write_bytes(content)
        with pytest.raises(InputError) as caught:
            load_scenario("hamlet.toml")
        where = "hamlet.toml: staff.file: is 'staff.csv', which " if content is None else "staff.csv: "
        assert str(caught.value).startswith(f"{where}{fault}")


def test_a_byte_order_mark_is_ignored(tmp_path: Path) -> None:
    """In scenarios, variants, studies, draws and staff lists; editors on Windows write it."""
    for name, text in (
        ("world.toml", TEXT.replace(b"hamlet-staff.csv", b"staff.csv")),
        ("variant.toml", b'format = 1\nof = "world.toml"\nname = "v"\n'),
        ("draws.toml", b'format = 1\npaths = ["policies.mars.quota"]\nrows = [[0.1]]\n'),
        ("draws.csv", b"policies.mars.quota\n0.1\n"),
        ("staff.csv", STAFF),
        (
            "study.toml",
            b'format = 1\nseed = 1\nreplications = 1\n[[scenarios]]\nname = "a"\nbase = "variant.toml"\n'
            b'[draws]\nfile = "draws.toml"\n',
        ),
    ):
        (tmp_path / name).write_bytes(codecs.BOM_UTF8 + text)
    assert load_scenario(tmp_path / "variant.toml").policies == load_scenario("hamlet").policies
    assert read_study(tmp_path / "study.toml").draws == read_draws(tmp_path / "draws.csv")
    assert toml.read(tmp_path / "world.toml") == {key: item for key, item in TABLES.items() if key != "format"} | {
        "staff": {"file": "staff.csv"}
    }


def test_all_mistakes_in_a_study_file_are_reported_together(tmp_path: Path) -> None:
    """Unknown keys, wrong types and missing keys."""
    (tmp_path / "s.toml").write_text('format = 1\nseed = "1"\ncolour = 1\n[[scenarios]]\nname = 3\n', "utf-8")
    with pytest.raises(InputError) as caught:
        read_study(tmp_path / "s.toml")
    paths = [line.split(": ")[1] for line in str(caught.value).split("\n")]
    assert paths == ["seed", "colour", "scenarios[0].name", "scenarios[0].base", "replications"]
