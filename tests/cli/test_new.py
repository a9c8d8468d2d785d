"""`nhstransit new`: from a payroll extract to a private folder with a scenario that runs, for each question."""

from __future__ import annotations

import csv
import stat
from pathlib import Path

import pytest

from nhstransit.engine.simulate import simulate
from nhstransit.report.answer import answer
from nhstransit.scenario import load_scenario
from tests.cli.command import refused, run_command
from tests.examples import some
from tests.made_extract import write_extract, write_leavers

OAKDALE = Path(__file__).parents[1] / "workforce" / "extracts" / "oakdale.csv"


@pytest.mark.parametrize("question", some(["vr", "mars", "abolish", "halve"], ["mars", "halve"]))
def test_an_extract_becomes_a_folder_that_runs(
    question: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The scenario of each question can be run and has the seven people of the extract."""
    folder = tmp_path / "oakdale"
    status, out, err = run_command(capsys, "new", str(folder), "--staff", str(OAKDALE), "--question", question)
    assert (status, err) == (0, "") and "12 rows were read: 7 people" in out and "4 rows left out" in out
    world = load_scenario(folder / "scenario.toml")
    assert len(world.workforce) == 7 and world.organisations[0].kind == "pct"
    assert len(simulate(world, seed=1).log)
    if question != "mars":  # one folder is enough for the command, which is slow
        return
    monkeypatch.setitem(answer.__kwdefaults__, "runs", 1)
    monkeypatch.setitem(answer.__kwdefaults__, "draws", 2)
    status, out, err = run_command(capsys, "run", str(folder), "--out", str(tmp_path / "out"))
    assert (status, err) == (0, "") and "Oakdale PCT" in out


def test_two_employers_merge_into_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Both close, and a successor has posts for all except half of the most senior staff.

    One employer cannot merge.
    """
    one = write_extract(tmp_path / "one.csv", 60, seed=1)
    two = write_extract(tmp_path / "two.csv", 60, seed=2, employer="998 Elmdale PCT")
    both = tmp_path / "both.csv"
    both.write_text(one.read_text("utf-8") + "".join(two.read_text("utf-8").splitlines(keepends=True)[1:]), "utf-8")
    folder = tmp_path / "merged"
    status, _, err = run_command(
        capsys, "new", str(folder), "--staff", str(both), "--question", "merge", "--successor", "Dale PCT"
    )
    assert (status, err) == (0, "")
    world = load_scenario(folder / "scenario.toml")
    assert [body.name for body in world.organisations] == ["Elmdale PCT", "Oakdale PCT", "Dale PCT"]
    assert sum(line.posts for line in world.organisations[2].establishment) == len(world.workforce)
    sentence = refused(capsys, "new", str(tmp_path / "no"), "--staff", str(one), "--question", "merge")
    assert "has only one employer (Oakdale PCT)" in sentence and not (tmp_path / "no").exists()


def test_private_files_are_readable_only_by_their_owner(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """This covers the folder, the staff list and the key. With the key, people keep their pseudonyms."""
    folder = tmp_path / "oakdale"
    run_command(capsys, "new", str(folder), "--staff", str(OAKDALE))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for name in ("staff.csv", "identity.key", "mapping.toml", "quality.csv"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    first = (folder / "staff.csv").read_text("utf-8")
    assert "2011000" not in first, "no payroll number is printed"
    run_command(capsys, "new", str(folder), "--staff", str(OAKDALE), "--overwrite")
    assert (folder / "staff.csv").read_text("utf-8") == first
    run_command(capsys, "new", str(tmp_path / "own"), "--staff", str(OAKDALE), "--own-numbers")
    assert "20110001," in (tmp_path / "own" / "staff.csv").read_text("utf-8")


def test_after_mistakes_only_a_mapping_to_correct_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each mistake is on its own line, and the status is 2. With a corrected mapping, the command succeeds."""
    text = OAKDALE.read_text("utf-8-sig").replace("Local|VSM", "Cluster").replace("Maternity & Adoption", "Away")
    path = tmp_path / "extract.csv"
    path.write_text(text, "utf-8")
    folder = tmp_path / "oakdale"
    status, out, err = run_command(capsys, "new", str(folder), "--staff", str(path))
    assert (status, out) == (2, "")
    assert "line 3, Assignment Status: is 'Away'" in err and "line 9, Grade: is 'Cluster'" in err
    assert [each.name for each in folder.iterdir()] == ["mapping.toml"]
    mapping = folder / "mapping.toml"
    mapping.write_text(
        mapping.read_text("utf-8").replace("[grades.", '[grades.Cluster]\nband = "VSM"\n\n[grades.', 1), "utf-8"
    )
    mapping.write_text(mapping.read_text("utf-8").replace("[statuses]", '[statuses]\nAway = "keep"'), "utf-8")
    status, out, err = run_command(capsys, "new", str(folder), "--staff", str(path))
    assert (status, err) == (0, "") and "7 people" in out


def test_a_folder_is_overwritten_only_on_request(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By default an existing scenario stays."""
    folder = tmp_path / "oakdale"
    run_command(capsys, "new", str(folder), "--staff", str(OAKDALE))
    assert "already contains a scenario" in refused(capsys, "new", str(folder), "--staff", str(OAKDALE))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--kind", "trustt"), "is of the kind 'trustt'"),
        (("--on", "1990-01-01"), "1990-01-01"),
    ],
)
def test_invalid_options_are_refused_and_nothing_is_written(
    words: tuple[str, ...], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The error is one line with status 2, and there is no folder."""
    assert message in refused(capsys, "new", str(tmp_path / "x"), "--staff", str(OAKDALE), *words)
    assert not (tmp_path / "x").exists()


def test_output_and_report_contain_no_row_of_the_extract(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither contains a payroll number or a date of birth."""
    source = write_extract(tmp_path / "extract.csv", 200)
    folder = tmp_path / "oakdale"
    leavers = write_leavers(tmp_path / "leavers.csv", 200)
    _, out, _ = run_command(capsys, "new", str(folder), "--staff", str(source), "--leavers", str(leavers))
    lines = source.read_text("utf-8").splitlines()[1:]
    shown = out + (folder / "quality.md").read_text("utf-8") + (folder / "quality.csv").read_text("utf-8")
    shown += (folder / "mapping.toml").read_text("utf-8") + (folder / "scenario.toml").read_text("utf-8")
    shown += (folder / "leaving.md").read_text("utf-8") + (folder / "leaving.csv").read_text("utf-8")
    for line in lines:
        cells = line.split(",")
        assert cells[0] not in shown and cells[14] not in shown
    for line in leavers.read_text("utf-8").splitlines()[1:]:
        number, _, _, born, *_ = line.split(",")
        assert number not in shown and born not in shown


def test_a_transfer_without_an_employer_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The error shows the right form."""
    words = ("--question", "abolish", "--transfer", "finance")
    sentence = refused(capsys, "new", str(tmp_path / "x"), "--staff", str(OAKDALE), *words)
    assert "estates=Oakdale Council" in sentence and not (tmp_path / "x").exists()


@pytest.mark.thorough
def test_a_second_answer_in_another_folder_has_a_warning(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """This covers --out, --report and a second folder from the same extract. The first answer has no warning."""
    own = tmp_path / "oakdale"
    run_command(capsys, "new", str(own), "--staff", str(OAKDALE))
    status, _, err = run_command(capsys, "run", str(own), "--out", str(tmp_path / "one" / "deep"))
    assert (status, err) == (0, "")
    status, _, err = run_command(capsys, "run", str(own), "--threshold", "3", "--out", str(tmp_path / "two" / "deep"))
    assert status == 0 and err.count("\n") == 1
    assert err.startswith("Warning: 1 other page of the same staff was written before (listed in ") and str(own) in err
    run_command(capsys, "run", str(own))
    status, _, err = run_command(capsys, "report", str(own), "--out", str(tmp_path / "brief.md"))
    assert status == 0 and "Warning: 2 other pages" in err
    again = tmp_path / "oakdale-mars"
    run_command(capsys, "new", str(again), "--staff", str(OAKDALE), "--question", "mars")
    status, _, err = run_command(capsys, "run", str(again))
    assert status == 0 and "Warning: 3 other pages" in err


def test_a_missing_column_for_service_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Eligibility and payments depend on NHS service, so the quality report alone is not enough."""
    source = write_extract(tmp_path / "extract.csv", 40)
    with source.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    column = rows[0].index("NHS CSD Date")
    with source.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([*row[:column], *row[column + 1 :]] for row in rows)
    _, out, _ = run_command(capsys, "new", str(tmp_path / "x"), "--staff", str(source))
    assert "  Note: No column gives NHS service: it is counted from the start with this employer" in out
