"""Characters that could steer a terminal are refused where a file is read, and never printed."""

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
    """In names, keys and texts alike; the sentence shows them as they are written."""
    tables = copy.deepcopy(WORLD)
    change(tables)
    (tmp_path / "hamlet-staff.csv").write_bytes(STAFF)
    (tmp_path / "hamlet.toml").write_bytes(written(tables))
    with pytest.raises(FormatError, match=r"contains a control character .*write printable characters only") as caught:
        nt.load_scenario(tmp_path / "hamlet.toml")
    assert "\x1b" not in str(caught.value) and "\x07" not in str(caught.value)


@pytest.mark.parametrize("sign", ["\r", "\x0b", "\x0c", "\u2028", "\u202e", "\u2066"])
def test_signs_that_overwrite_a_line_or_turn_it_round_are_refused(sign: str, tmp_path: Path) -> None:
    """A carriage return, other ends of lines, and those that show a text in another order: in scenarios and in tables."""
    tables = copy.deepcopy(WORLD) | {"title": f"A hamlet{sign}in transition"}
    (tmp_path / "hamlet-staff.csv").write_bytes(STAFF)
    (tmp_path / "hamlet.toml").write_bytes(written(tables))
    with pytest.raises(FormatError, match="title: contains a control character") as caught:
        nt.load_scenario(tmp_path / "hamlet.toml")
    assert sign not in str(caught.value)
    if sign != "\r":
        (tmp_path / "table.csv").write_text(f"a,b\n1,x{sign}y\n", "utf-8")
        with pytest.raises(FormatError, match="line 2: contains a control character"):
            read_csv(tmp_path / "table.csv")


def test_a_table_with_control_characters_is_refused(tmp_path: Path) -> None:
    """With the line; tabs, line ends and Windows's line ends are no such characters."""
    path = tmp_path / "table.csv"
    path.write_text("a,b\r\n1,\t2\r\n3,\x1b[31m4\r\n", "utf-8", newline="")
    with pytest.raises(FormatError, match=r"line 3: contains a control character \('.x1b'\)"):
        read_csv(path)


def test_what_is_said_has_no_control_characters(capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever a sentence quotes, such as a word of the command line."""
    _tell(f"{RED}: is not a command")
    assert capsys.readouterr().err == "nhstransit: \\x1b[31mred\\x07: is not a command\n"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of two people, as it was kept."""
    return nt.save_run(played(person(1), person(2)), tmp_path_factory.mktemp("kept") / "run")


def texts_of(item: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of each text in what JSON holds."""
    if isinstance(item, dict):
        for key, part in item.items():
            yield from texts_of(part, (*path, key))
    elif isinstance(item, str):
        yield path


def test_every_text_of_a_kept_run_is_looked_at(kept: Path, tmp_path: Path) -> None:
    """Names of rules, versions, the source of the staff: also where a forger has written the digests anew."""
    whole = json.loads((kept / "run.json").read_text("utf-8"))
    paths = [path for path in texts_of(whole) if path != ("scenario",)]
    assert {path[0] for path in paths} >= {"seal", "provenance", "rules", "staff_source"}
    for number, path in enumerate(paths):
        changed = copy.deepcopy(whole)
        inner = changed
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] += RED
        place = tmp_path / str(number)
        shutil.copytree(kept, place)
        (place / "run.json").write_text(json.dumps(changed), "utf-8")
        (place / "manifest.json").unlink()
        write_manifest(place, {})
        with pytest.raises(RunError, match=r"contains a control character \('.*\); simulate the run again") as caught:
            nt.load_run(place)
        assert "\x1b" not in str(caught.value)


def test_the_scenario_of_a_kept_run_is_looked_at(kept: Path, tmp_path: Path) -> None:
    """TOML within JSON, in which the character is written as an escape twice over."""
    place = tmp_path / "run"
    shutil.copytree(kept, place)
    whole = json.loads((kept / "run.json").read_text("utf-8"))
    whole["scenario"] = whole["scenario"].replace('about = "', 'about = "\\u001b[31m', 1)
    assert "\\u001b" in whole["scenario"]
    (place / "run.json").write_text(json.dumps(whole), "utf-8")
    with pytest.raises(RunError, match="contains a control character") as caught:
        nt.load_run(place, accept_edited=True)
    assert "\x1b" not in str(caught.value)


CELLS = (
    ("scenarios", 1, "calm" + RED),
    ("layouts", 1, json.dumps(["left" + RED, "luck"])),
    ("draws", 3, json.dumps([["policies." + RED, 1]])),
    ("sweeps", 4, "measure" + RED),
    ("sweeps", 8, json.dumps({"library": RED})),
)


@pytest.mark.parametrize(("table", "column", "cell"), CELLS, ids=[f"{cell[0]} {cell[1]}" for cell in CELLS])
def test_every_text_of_a_store_is_looked_at(table: str, column: int, cell: str, tmp_path: Path) -> None:
    """Also where a forger has sealed and counted the rows anew; as JSON escapes it, too."""
    place = tmp_path / "study.db"
    sweep(tiny(), replications=2, seed=1, measure=left, store=place)
    resealed(table, column, cell)(place)
    told = f"has a control character in its table '{table}'; use a file"
    with closing(opened(place)) as store, pytest.raises(StoreError, match=told):
        for name in TABLES:
            list(store.rows(name))


def test_what_a_measure_said_of_its_fault_reaches_no_terminal_as_it_is(tmp_path: Path) -> None:
    """The trace is kept whole, and read with its control characters written out."""
    place = tmp_path / "study.db"
    sweep(tiny(), replications=2, seed=1, measure=left, store=place)
    resealed("runs", 10, f"Error: {RED}")(place)
    trace = open_study(place).failures()["error"].iloc[0] + str(open_study(place).results.failure)
    assert "\\x1b[31mred" in trace and "\x1b" not in trace


def test_names_with_control_characters_are_refused_before_they_are_kept() -> None:
    """Of scenarios and figures of a sweep, and of policies: what could not be read again is not written."""
    with pytest.raises(SweepError, match="is a name with a control character"):
        sweep({RED: tiny()}, replications=1, seed=1, measure=left)
    with pytest.raises(NhstransitError, match="has a control character in its name"):
        hamlet = nt.load_scenario("hamlet")
        attrs.evolve(hamlet, policies={RED: hamlet.policies["mars"]})
