"""`nhstransit migrate` carries scenario and study files of version 0.1.0 over, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

import nhstransit as nt
from nhstransit.scenario.migrate import MODULES, NOTE, migrated
from tests.cli.asking import asked, refused

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
    """The new file loads as the world that the old one meant; comments stay; the old file is not touched."""
    old = tmp_path / "mine.toml"
    old.write_text(SCENARIO, "utf-8")
    status, out, _ = asked(capsys, "migrate", str(old), "--out", str(tmp_path / "new.toml"))
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
    """Bases and modules have their new names; a scenario's own name stays."""
    found = migrated(STUDY)
    assert found.changes == (
        (4, "nhstransit.metrics", "nhstransit.measures"),
        (8, "england-2010-fitted", "england-2010"),
        (12, "england-2010", "england-2010-prior"),
    )
    assert 'name = "england-2010"\nbase = "england-2010"\n' in found.text
    assert "base = 'england-2010-prior'" in found.text


def test_margins_say_what_is_impossible() -> None:
    """The table of combinations that nobody can be in has a new name."""
    found = migrated('format = 1\n[[nought]]\nwhy = "nobody"\n')
    assert found.text == f'{NOTE}\nformat = 1\n[[impossible]]\nwhy = "nobody"\n'
    assert found.changes == ((2, "[[nought]]", "[[impossible]]"),)


def test_new_modules_exist() -> None:
    """Each module is carried over to one that can be imported."""
    for new in MODULES.values():
        __import__(new)


def test_what_cannot_be_carried_over_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that was carried over already, a store, a file that already exists, one that is not TOML."""
    old = tmp_path / "mine.toml"
    old.write_text(SCENARIO, "utf-8")
    new = str(tmp_path / "new.toml")
    asked(capsys, "migrate", str(old), "--out", new)
    again = str(tmp_path / "again.toml")
    assert "has already been carried over; use it as it is" in refused(capsys, "migrate", new, "--out", again)
    assert "already exists" in refused(capsys, "migrate", str(old), "--out", new)
    assert "contains runs" in refused(capsys, "migrate", str(tmp_path / "study.db"), "--out", again)
    assert "no such file" in refused(capsys, "migrate", str(tmp_path / "none.toml"), "--out", again)
    old.write_text("format = ", "utf-8")
    assert "mine.toml" in refused(capsys, "migrate", str(old), "--out", again)
    assert not Path(again).exists()
