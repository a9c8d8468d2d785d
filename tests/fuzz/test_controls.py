"""Characters that could steer a terminal are refused where a file is read, and never printed."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import nhstransit as nt
from nhstransit.cli.main import _tell
from nhstransit.errors import FormatError
from nhstransit.tables import read_csv
from tests.scenario.mutants import STAFF, TABLES, written

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
    tables = copy.deepcopy(TABLES)
    change(tables)
    (tmp_path / "hamlet-staff.csv").write_bytes(STAFF)
    (tmp_path / "hamlet.toml").write_bytes(written(tables))
    with pytest.raises(FormatError, match=r"holds a control character .*write letters and signs only") as caught:
        nt.load_scenario(tmp_path / "hamlet.toml")
    assert "\x1b" not in str(caught.value) and "\x07" not in str(caught.value)


def test_a_table_with_control_characters_is_refused(tmp_path: Path) -> None:
    """With the line; tabs, line ends and Windows's line ends are no such characters."""
    path = tmp_path / "table.csv"
    path.write_text("a,b\r\n1,\t2\r\n3,\x1b[31m4\r\n", "utf-8", newline="")
    with pytest.raises(FormatError, match=r"line 3: holds a control character \('.x1b'\)"):
        read_csv(path)


def test_what_is_said_has_no_control_characters(capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever a sentence quotes, such as a word of the command line."""
    _tell(f"{RED}: is not a command")
    assert capsys.readouterr().err == "nhstransit: \\x1b[31mred\\x07: is not a command\n"
