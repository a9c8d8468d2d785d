"""`nhstransit migrate` converts scenario and study files of version 0.1.0."""

from __future__ import annotations

from pathlib import Path

import pytest

import nhstransit as nt
from nhstransit.scenario.migrate import MODULES, NOTE, migrated
from tests.cli.command import refused, run_command

SCENARIO = """format = 1
of = "england-2010"   # before the fit, in 0.1.0
name = "mine"
about = "Not of = 'england-2010', which stays in a sentence."
"""
STUDY = """format = 1
seed = 1
replications = 2
measure = "nhstransit.metrics:headlines"

[[scenarios]]
name = "england-2010"
base = "england-2010-fitted"

[[scenarios]]
name = "before"
base = 'england-2010'
"""


def test_a_scenario_keeps_its_meaning(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The new file loads as the scenario of the old file and keeps its comments; the old file is unchanged."""
    old = tmp_path / "mine.toml"
    old.write_text(SCENARIO, "utf-8")
    status, out, _ = run_command(capsys, "migrate", str(old), "--out", str(tmp_path / "new.toml"))
    assert status == 0
    assert (
        out == f"line 2: england-2010 → england-2010-prior\n1 name changed. The new file is {tmp_path / 'new.toml'}.\n"
    )
    text = (tmp_path / "new.toml").read_text("utf-8")
    expected = SCENARIO.replace('of = "england-2010"', 'of = "england-2010-prior"', 1)
    assert text == f"{NOTE}\n{expected}"
    assert old.read_text("utf-8") == SCENARIO
    assert not nt.load_scenario(tmp_path / "new.toml").calibrated
    assert nt.load_scenario(old).calibrated


def test_a_study_keeps_its_meaning() -> None:
    """Bases and modules get their new names; the name of a scenario stays."""
    found = migrated(STUDY)
    assert found.changes == (
        (4, "nhstransit.metrics", "nhstransit.measures"),
        (8, "england-2010-fitted", "england-2010"),
        (12, "england-2010", "england-2010-prior"),
    )
    assert 'name = "england-2010"\nbase = "england-2010"\n' in found.text
    assert "base = 'england-2010-prior'" in found.text


def test_the_table_of_impossible_combinations_is_renamed() -> None:
    found = migrated('format = 1\n[[nought]]\nwhy = "nobody"\n')
    assert found.text == f'{NOTE}\nformat = 1\n[[impossible]]\nwhy = "nobody"\n'
    assert found.changes == ((2, "[[nought]]", "[[impossible]]"),)


def test_new_names_of_modules_exist() -> None:
    """Each new name of a module can be imported."""
    for new in MODULES.values():
        __import__(new)


def test_files_that_cannot_be_converted_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is already converted, a store, an existing output file, and a file that is not TOML."""
    old = tmp_path / "mine.toml"
    old.write_text(SCENARIO, "utf-8")
    new = str(tmp_path / "new.toml")
    run_command(capsys, "migrate", str(old), "--out", new)
    again = str(tmp_path / "again.toml")
    assert "has already been carried over; use it as it is" in refused(capsys, "migrate", new, "--out", again)
    assert "already exists" in refused(capsys, "migrate", str(old), "--out", new)
    assert "contains runs" in refused(capsys, "migrate", str(tmp_path / "study.db"), "--out", again)
    assert "no such file" in refused(capsys, "migrate", str(tmp_path / "none.toml"), "--out", again)
    old.write_text("format = ", "utf-8")
    assert "mine.toml" in refused(capsys, "migrate", str(old), "--out", again)
    assert not Path(again).exists()
