"""Control characters, which could change a terminal, are refused in files and never printed."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import attrs
import pytest

import nhstransit as nt
from nhstransit.cli.main import _tell
from nhstransit.errors import FormatError, NhstransitError, RunError, StoreError, SweepError
from nhstransit.run.folders import write_manifest
from nhstransit.studies import open_study, sweep
from nhstransit.studies.store import TABLES, opened
from nhstransit.tables import read_csv
from tests.scenario.mutants import STAFF, written
from tests.scenario.mutants import TABLES as WORLD
from tests.small import person, played
from tests.studies.made import left, tiny
from tests.studies.test_forged import resealed

RED = "\x1b[31mred\x07"


def region(tables: Any) -> None:
    tables["organisations"][0]["region"] = RED


def policy(tables: Any) -> None:
    tables["policies"][RED] = tables["policies"].pop("mars") | {"type": "mars"}


def key(tables: Any) -> None:
    tables[RED] = 1


def about(tables: Any) -> None:
    tables["about"] = f"An account {RED}."


@pytest.mark.parametrize("change", [region, policy, key, about])
def test_a_scenario_with_control_characters_is_refused(change: Callable[[Any], None], tmp_path: Path) -> None:
    """This holds in names, keys and texts. The message shows the characters in escaped form."""
    tables = copy.deepcopy(WORLD)
    change(tables)
    (tmp_path / "hamlet-staff.csv").write_bytes(STAFF)
    (tmp_path / "hamlet.toml").write_bytes(written(tables))
    with pytest.raises(FormatError, match=r"contains a control character .*write printable characters only") as caught:
        nt.load_scenario(tmp_path / "hamlet.toml")
    assert "\x1b" not in str(caught.value) and "\x07" not in str(caught.value)


@pytest.mark.parametrize("character", ["\r", "\x0b", "\x0c", "\u2028", "\u202e", "\u2066"])
def test_characters_that_overwrite_or_reverse_a_line_are_refused(character: str, tmp_path: Path) -> None:
    """These are a carriage return, other ends of lines, and changes of text direction, in scenarios and tables."""
    tables = copy.deepcopy(WORLD) | {"title": f"A hamlet{character}in transition"}
    (tmp_path / "hamlet-staff.csv").write_bytes(STAFF)
    (tmp_path / "hamlet.toml").write_bytes(written(tables))
    with pytest.raises(FormatError, match="title: contains a control character") as caught:
        nt.load_scenario(tmp_path / "hamlet.toml")
    assert character not in str(caught.value)
    if character != "\r":
        (tmp_path / "table.csv").write_text(f"a,b\n1,x{character}y\n", "utf-8")
        with pytest.raises(FormatError, match="line 2: contains a control character"):
            read_csv(tmp_path / "table.csv")


def test_a_table_with_control_characters_is_refused(tmp_path: Path) -> None:
    """The message has the line. Tabs and line ends, also those of Windows, are allowed."""
    path = tmp_path / "table.csv"
    path.write_text("a,b\r\n1,\t2\r\n3,\x1b[31m4\r\n", "utf-8", newline="")
    with pytest.raises(FormatError, match=r"line 3: contains a control character \('.x1b'\)"):
        read_csv(path)


def test_messages_have_no_control_characters(capsys: pytest.CaptureFixture[str]) -> None:
    """They may quote words of the command line, which can contain such characters."""
    _tell(f"{RED}: is not a command")
    assert capsys.readouterr().err == "nhstransit: \\x1b[31mred\\x07: is not a command\n"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stored run of two people."""
    return nt.save_run(played(person(1), person(2)), tmp_path_factory.mktemp("kept") / "run")


def texts_of(item: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of each text in a JSON value."""
    if isinstance(item, dict):
        for key, part in item.items():
            yield from texts_of(part, (*path, key))
    elif isinstance(item, str):
        yield path


def test_every_text_of_a_stored_run_is_checked(kept: Path, tmp_path: Path) -> None:
    """This includes names of rules, versions and the source of the staff, even if the digests were forged."""
    whole = json.loads((kept / "run.json").read_text("utf-8"))
    paths = [path for path in texts_of(whole) if path != ("scenario",)]
    assert {path[0] for path in paths} >= {"seal", "provenance", "rules", "staff_source"}
    for number, path in enumerate(paths):
        changed = copy.deepcopy(whole)
        inner = changed
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] += RED
        folder = tmp_path / str(number)
        shutil.copytree(kept, folder)
        (folder / "run.json").write_text(json.dumps(changed), "utf-8")
        (folder / "manifest.json").unlink()
        write_manifest(folder, {})
        with pytest.raises(RunError, match=r"contains a control character \('.*\); simulate the run again") as caught:
            nt.load_run(folder)
        assert "\x1b" not in str(caught.value)


def test_the_scenario_of_a_stored_run_is_checked(kept: Path, tmp_path: Path) -> None:
    """It is TOML within JSON, so the character is escaped twice."""
    folder = tmp_path / "run"
    shutil.copytree(kept, folder)
    whole = json.loads((kept / "run.json").read_text("utf-8"))
    whole["scenario"] = whole["scenario"].replace('about = "', 'about = "\\u001b[31m', 1)
    assert "\\u001b" in whole["scenario"]
    (folder / "run.json").write_text(json.dumps(whole), "utf-8")
    with pytest.raises(RunError, match="contains a control character") as caught:
        nt.load_run(folder, accept_edited=True)
    assert "\x1b" not in str(caught.value)


CELLS = (
    ("scenarios", 1, "calm" + RED),
    ("layouts", 1, json.dumps(["left" + RED, "luck"])),
    ("draws", 3, json.dumps([["policies." + RED, 1]])),
    ("sweeps", 4, "measure" + RED),
    ("sweeps", 8, json.dumps({"library": RED})),
)


@pytest.mark.parametrize(("table", "column", "cell"), CELLS, ids=[f"{cell[0]} {cell[1]}" for cell in CELLS])
def test_every_text_of_a_store_is_checked(table: str, column: int, cell: str, tmp_path: Path) -> None:
    """This also holds if seals and counts of rows were forged, and for characters that JSON escapes."""
    path = tmp_path / "study.db"
    sweep(tiny(), replications=2, seed=1, measure=left, store=path)
    resealed(table, column, cell)(path)
    message = f"has a control character in its table '{table}'; use a file"
    with closing(opened(path)) as store, pytest.raises(StoreError, match=message):
        for name in TABLES:
            list(store.rows(name))


def test_control_characters_in_the_error_of_a_measure_are_escaped(tmp_path: Path) -> None:
    """The store has the original text, but it is read with its control characters in escaped form."""
    path = tmp_path / "study.db"
    sweep(tiny(), replications=2, seed=1, measure=left, store=path)
    resealed("runs", 10, f"Error: {RED}")(path)
    trace = open_study(path).failures()["error"].iloc[0] + str(open_study(path).results.failure)
    assert "\\x1b[31mred" in trace and "\x1b" not in trace


def test_names_with_control_characters_are_refused_before_they_are_stored() -> None:
    """This covers scenarios of a sweep and policies. Such names could not be read again."""
    with pytest.raises(SweepError, match="is a name with a control character"):
        sweep({RED: tiny()}, replications=1, seed=1, measure=left)
    with pytest.raises(NhstransitError, match="has a control character in its name"):
        hamlet = nt.load_scenario("hamlet")
        attrs.evolve(hamlet, policies={RED: hamlet.policies["mars"]})
