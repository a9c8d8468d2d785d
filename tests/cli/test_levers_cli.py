"""`nhstransit levers`, and numbers of the law set at the command line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import nhstransit as nt
from nhstransit import tables
from nhstransit.scenario import load_scenario
from tests.cli.asking import asked, refused


def test_levers_under_a_path_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """Those of one parameter, and none besides."""
    status, told, _ = asked(capsys, "levers", "hamlet", "law.mars_2010", "--set", "law.mars_2010.most_months=9")
    out = " ".join(told.split())
    assert status == 0
    assert "law.mars_2010.most_months 9.0" in out and "set by the scenario decision" in out
    assert "section16" not in out


def test_a_word_finds_every_path_with_it(capsys: pytest.CaptureFixture[str]) -> None:
    """Of policies and of the law alike, whatever its capitals; a word that no path has is refused with the nearest."""
    status, out, _ = asked(capsys, "levers", "hamlet", "Mars")
    rows = [line.split()[0] for line in out.splitlines() if re.match(r"[a-z]+\.", line)]  # a wide cell may go on below
    assert status == 0
    assert {"policies.mars.quota", "law.mars_2010.most_months"} <= set(rows)
    assert all("mars" in path for path in rows)
    assert "marz: matches no setting of the scenario" in refused(capsys, "levers", "hamlet", "marz")


def test_words_of_a_title_find_the_policy(capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever the policy is called in the file; the title stands above the table, and a word of neither is refused."""
    status, out, _ = asked(capsys, "levers", "hamlet", "RETENTION terms")
    assert status == 0 and out.startswith("policies.rets: Retention terms (RETS)\n")
    rows = [line.split()[0] for line in out.splitlines() if re.match(r"policies\.\w+\.", line)]
    assert "policies.rets.cap" in rows and all(path.startswith("policies.rets.") for path in rows)
    assert "matches no setting of the scenario" in refused(capsys, "levers", "hamlet", "retaining terms")


def test_a_path_without_levers_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """With the nearest that has some."""
    told = refused(capsys, "levers", "hamlet", "law.mars_201")
    assert "law.mars_201: matches no setting of the scenario; did you mean 'law.mars_2010'" in told


def test_levers_can_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All of them, with their sources, as CSV."""
    status, out, _ = asked(capsys, "levers", "hamlet", "--csv", str(tmp_path / "levers.csv"))
    columns = tables.read_csv(tmp_path / "levers.csv")
    assert status == 0 and "rows are written to" in out
    assert columns["path"] == nt.levers(load_scenario("hamlet")).index.tolist()
    assert set(columns["kind"]) <= {"decision", "assumption", "unknown"}


def test_the_law_is_set_at_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    """With and without a day; a mistake ends with a sentence and status 2."""
    status, out, _ = asked(capsys, "explain", "hamlet", "--set", "law.mars_2010.most_months=9")
    assert status == 0 and "law.mars_2010.most_months" in out
    told = refused(capsys, "explain", "hamlet", "--set", "law.mars_2010.most_month=9")
    assert "law.mars_2010.most_month: does not exist; did you mean 'most_months'" in told


def test_a_variant_and_a_scenario_file_set_the_law(tmp_path: Path) -> None:
    """As tables: on top of what the base sets."""
    head = 'format = 1\nname = "nine"\n'
    (tmp_path / "nine.toml").write_text(head + 'of = "hamlet"\n[law.mars_2010]\nmost_months = 9\n', "utf-8")
    (tmp_path / "more.toml").write_text(head + 'of = "nine.toml"\n[law]\nexit_cap = 90000\n', "utf-8")
    world = load_scenario(tmp_path / "more.toml")
    assert dict(world.law) == {"mars_2010.most_months": 9, "exit_cap": 90_000}
    (tmp_path / "wrong.toml").write_text(head + 'of = "hamlet"\n[law.mars_2010]\nmost_month = 9\n', "utf-8")
    with pytest.raises(nt.NhstransitError, match=r"wrong.toml: law.mars_2010.most_month: does not exist"):
        load_scenario(tmp_path / "wrong.toml")
