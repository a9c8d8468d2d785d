"""`nhstransit new`: a folder from an extract in one round, private, and a scenario that runs for each question."""

from __future__ import annotations

import csv
import stat
from pathlib import Path

import pytest

from nhstransit.engine.simulate import simulate
from nhstransit.report.answer import answer
from nhstransit.scenario import load_scenario
from tests.cli.asking import asked, refused
from tests.examples import some
from tests.made_extract import write_extract, write_leavers

OAKDALE = Path(__file__).parents[1] / "workforce" / "extracts" / "oakdale.csv"


@pytest.mark.parametrize("question", some(["vr", "mars", "abolish", "halve"], ["mars", "halve"]))
def test_an_extract_becomes_a_folder_that_runs(
    question: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each question's scenario loads, runs, and holds the seven people of the extract."""
    folder = tmp_path / "oakdale"
    status, out, err = asked(capsys, "new", str(folder), "--staff", str(OAKDALE), "--question", question)
    assert (status, err) == (0, "") and "12 rows were read: 7 people" in out and "4 rows left out" in out
    world = load_scenario(folder / "scenario.toml")
    assert len(world.workforce) == 7 and world.organisations[0].kind == "pct"
    assert len(simulate(world, seed=1).log)
    if question != "mars":  # one folder is enough for the command, which answers with runs of many seeds
        return
    monkeypatch.setitem(answer.__kwdefaults__, "runs", 1)
    monkeypatch.setitem(answer.__kwdefaults__, "draws", 2)
    status, out, err = asked(capsys, "run", str(folder), "--out", str(tmp_path / "out"))
    assert (status, err) == (0, "") and "Oakdale PCT" in out


def test_two_employers_merge_into_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Both close; a successor has a post for each but for half of the most senior; one employer cannot merge."""
    one = write_extract(tmp_path / "one.csv", 60, seed=1)
    two = write_extract(tmp_path / "two.csv", 60, seed=2, employer="998 Elmdale PCT")
    both = tmp_path / "both.csv"
    both.write_text(one.read_text("utf-8") + "".join(two.read_text("utf-8").splitlines(keepends=True)[1:]), "utf-8")
    folder = tmp_path / "merged"
    status, _, err = asked(
        capsys, "new", str(folder), "--staff", str(both), "--question", "merge", "--successor", "Dale PCT"
    )
    assert (status, err) == (0, "")
    world = load_scenario(folder / "scenario.toml")
    assert [body.name for body in world.organisations] == ["Elmdale PCT", "Oakdale PCT", "Dale PCT"]
    assert sum(line.posts for line in world.organisations[2].establishment) == len(world.workforce)
    sentence = refused(capsys, "new", str(tmp_path / "no"), "--staff", str(one), "--question", "merge")
    assert "has only one employer (Oakdale PCT)" in sentence and not (tmp_path / "no").exists()


def test_what_is_private_is_readable_by_its_owner_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The folder, the list, the key; people have pseudonyms that stay with the key when the list is read again."""
    folder = tmp_path / "oakdale"
    asked(capsys, "new", str(folder), "--staff", str(OAKDALE))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for name in ("staff.csv", "identity.key", "mapping.toml", "quality.csv"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    first = (folder / "staff.csv").read_text("utf-8")
    assert "2011000" not in first, "no number of the payroll"
    asked(capsys, "new", str(folder), "--staff", str(OAKDALE), "--overwrite")
    assert (folder / "staff.csv").read_text("utf-8") == first
    asked(capsys, "new", str(tmp_path / "own"), "--staff", str(OAKDALE), "--own-numbers")
    assert "20110001," in (tmp_path / "own" / "staff.csv").read_text("utf-8")


def test_mistakes_leave_a_mapping_to_correct_and_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """All mistakes on lines of their own, status 2; corrected in the mapping, the same command succeeds."""
    text = OAKDALE.read_text("utf-8-sig").replace("Local|VSM", "Cluster").replace("Maternity & Adoption", "Away")
    path = tmp_path / "extract.csv"
    path.write_text(text, "utf-8")
    folder = tmp_path / "oakdale"
    status, out, err = asked(capsys, "new", str(folder), "--staff", str(path))
    assert (status, out) == (2, "")
    assert "line 3, Assignment Status: is 'Away'" in err and "line 9, Grade: is 'Cluster'" in err
    assert [each.name for each in folder.iterdir()] == ["mapping.toml"]
    mapping = folder / "mapping.toml"
    mapping.write_text(
        mapping.read_text("utf-8").replace("[grades.", '[grades.Cluster]\nband = "VSM"\n\n[grades.', 1), "utf-8"
    )
    mapping.write_text(mapping.read_text("utf-8").replace("[statuses]", '[statuses]\nAway = "keep"'), "utf-8")
    status, out, err = asked(capsys, "new", str(folder), "--staff", str(path))
    assert (status, err) == (0, "") and "7 people" in out


def test_a_folder_is_not_overwritten_unasked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A scenario that is there stays, unless it is said."""
    folder = tmp_path / "oakdale"
    asked(capsys, "new", str(folder), "--staff", str(OAKDALE))
    assert "already contains a scenario" in refused(capsys, "new", str(folder), "--staff", str(OAKDALE))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--kind", "trustt"), "is of the kind 'trustt'"),
        (("--on", "1990-01-01"), "1990-01-01"),
    ],
)
def test_what_cannot_be_is_refused_with_nothing_written(
    words: tuple[str, ...], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One sentence, status 2, no folder."""
    assert told in refused(capsys, "new", str(tmp_path / "x"), "--staff", str(OAKDALE), *words)
    assert not (tmp_path / "x").exists()


def test_a_row_of_the_file_appears_in_no_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither a payroll number nor a birth of the extract stands in the report or on the screen."""
    source = write_extract(tmp_path / "extract.csv", 200)
    folder = tmp_path / "oakdale"
    gone = write_leavers(tmp_path / "leavers.csv", 200)
    _, out, _ = asked(capsys, "new", str(folder), "--staff", str(source), "--leavers", str(gone))
    lines = source.read_text("utf-8").splitlines()[1:]
    shown = out + (folder / "quality.md").read_text("utf-8") + (folder / "quality.csv").read_text("utf-8")
    shown += (folder / "mapping.toml").read_text("utf-8") + (folder / "scenario.toml").read_text("utf-8")
    shown += (folder / "leaving.md").read_text("utf-8") + (folder / "leaving.csv").read_text("utf-8")
    for line in lines:
        cells = line.split(",")
        assert cells[0] not in shown and cells[14] not in shown
    for line in gone.read_text("utf-8").splitlines()[1:]:
        number, _, _, born, *_ = line.split(",")
        assert number not in shown and born not in shown


def test_a_transfer_without_an_employer_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The sentence says how it is written."""
    words = ("--question", "abolish", "--transfer", "finance")
    sentence = refused(capsys, "new", str(tmp_path / "x"), "--staff", str(OAKDALE), *words)
    assert "estates=Oakdale Council" in sentence and not (tmp_path / "x").exists()


@pytest.mark.thorough
def test_two_pages_in_two_folders_are_warned_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By --out, by --report, and by a second folder made from the same extract; the first page is none."""
    own = tmp_path / "oakdale"
    asked(capsys, "new", str(own), "--staff", str(OAKDALE))
    status, _, err = asked(capsys, "run", str(own), "--out", str(tmp_path / "one" / "deep"))
    assert (status, err) == (0, "")
    status, _, err = asked(capsys, "run", str(own), "--threshold", "3", "--out", str(tmp_path / "two" / "deep"))
    assert status == 0 and err.count("\n") == 1
    assert err.startswith("Warning: 1 other page of the same staff was written before (listed in ") and str(own) in err
    asked(capsys, "run", str(own))
    status, _, err = asked(capsys, "report", str(own), "--out", str(tmp_path / "brief.md"))
    assert status == 0 and "Warning: 2 other pages" in err
    again = tmp_path / "oakdale-mars"
    asked(capsys, "new", str(again), "--staff", str(OAKDALE), "--question", "mars")
    status, _, err = asked(capsys, "run", str(again))
    assert status == 0 and "Warning: 3 other pages" in err


def test_a_column_that_is_missing_is_told_on_the_screen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Who may go, and for how much, depends on NHS service: its absence must not stand in the quality report alone."""
    source = write_extract(tmp_path / "extract.csv", 40)
    with source.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    place = rows[0].index("NHS CSD Date")
    with source.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([*row[:place], *row[place + 1 :]] for row in rows)
    _, out, _ = asked(capsys, "new", str(tmp_path / "x"), "--staff", str(source))
    assert "  Note: No column gives NHS service: it is counted from the start with this employer" in out
