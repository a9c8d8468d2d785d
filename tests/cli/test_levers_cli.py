"""`nhstransit levers`, and numbers of the law that are set at the command line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import nhstransit as nt
from nhstransit import tables
from nhstransit.scenario import load_scenario
from tests.cli.command import refused, run_command


def test_levers_under_a_path_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """Only the levers of one parameter are listed."""
    status, text, _ = run_command(capsys, "levers", "hamlet", "law.mars_2010", "--set", "law.mars_2010.most_months=9")
    out = " ".join(text.split())
    assert status == 0
    assert "law.mars_2010.most_months 9.0" in out and "set by the scenario decision" in out
    assert "section16" not in out


def test_a_word_finds_every_path_that_contains_it(capsys: pytest.CaptureFixture[str]) -> None:
    """Capital letters do not matter. For a word that no path contains, the error suggests the nearest."""
    status, out, _ = run_command(capsys, "levers", "hamlet", "Mars")
    rows = [line.split()[0] for line in out.splitlines() if re.match(r"[a-z]+\.", line)]  # wide cells have two lines
    assert status == 0
    assert {"policies.mars.quota", "law.mars_2010.most_months"} <= set(rows)
    assert all("mars" in path for path in rows)
    assert "marz: matches no setting of the scenario" in refused(capsys, "levers", "hamlet", "marz")


def test_words_of_a_policys_title_find_its_levers(capsys: pytest.CaptureFixture[str]) -> None:
    """The name of the policy in the file does not matter. The title is printed above the table."""
    status, out, _ = run_command(capsys, "levers", "hamlet", "RETENTION terms")
    assert status == 0 and out.startswith("policies.rets: Retention terms (RETS)\n")
    rows = [line.split()[0] for line in out.splitlines() if re.match(r"policies\.\w+\.", line)]
    assert "policies.rets.cap" in rows and all(path.startswith("policies.rets.") for path in rows)
    assert "matches no setting of the scenario" in refused(capsys, "levers", "hamlet", "retaining terms")


def test_a_path_without_levers_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """The error suggests the nearest path with levers."""
    error = refused(capsys, "levers", "hamlet", "law.mars_201")
    assert "law.mars_201: matches no setting of the scenario; did you mean 'law.mars_2010'" in error


def test_levers_are_written_as_csv(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The file has all levers with their sources."""
    status, out, _ = run_command(capsys, "levers", "hamlet", "--csv", str(tmp_path / "levers.csv"))
    columns = tables.read_csv(tmp_path / "levers.csv")
    assert status == 0 and "rows are written to" in out
    assert columns["path"] == nt.levers(load_scenario("hamlet")).index.tolist()
    assert set(columns["kind"]) <= {"decision", "assumption", "unknown"}


def test_the_law_can_be_set_at_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Paths may have a date. A mistake is refused with status 2."""
    status, out, _ = run_command(capsys, "explain", "hamlet", "--set", "law.mars_2010.most_months=9")
    assert status == 0 and "law.mars_2010.most_months" in out
    error = refused(capsys, "explain", "hamlet", "--set", "law.mars_2010.most_month=9")
    assert "law.mars_2010.most_month: does not exist; did you mean 'most_months'" in error


def test_variants_and_scenario_files_can_set_the_law(tmp_path: Path) -> None:
    """The tables of a variant are added to the settings of its base."""
    head = 'format = 1\nname = "nine"\n'
    (tmp_path / "nine.toml").write_text(head + 'of = "hamlet"\n[law.mars_2010]\nmost_months = 9\n', "utf-8")
    (tmp_path / "more.toml").write_text(head + 'of = "nine.toml"\n[law]\nexit_cap = 90000\n', "utf-8")
    world = load_scenario(tmp_path / "more.toml")
    assert dict(world.law) == {"mars_2010.most_months": 9, "exit_cap": 90_000}
    (tmp_path / "wrong.toml").write_text(head + 'of = "hamlet"\n[law.mars_2010]\nmost_month = 9\n', "utf-8")
    with pytest.raises(nt.NhstransitError, match=r"wrong.toml: law.mars_2010.most_month: does not exist"):
        load_scenario(tmp_path / "wrong.toml")
