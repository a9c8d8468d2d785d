"""The commands of sweeps: run, resume, extend, read and check a study, and their errors."""

from __future__ import annotations

import io
import sqlite3
import tempfile
from contextlib import closing, redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import nhstransit as nt
from nhstransit.cli import main
from nhstransit.england import status_of
from nhstransit.studies import open_study
from nhstransit.studies.store import opened
from tests.cli.command import refused, run_command
from tests.studies.made import filled

STUDY = """
format = 1
seed = 2010
replications = {0}

[[scenarios]]
name = "as it was"
base = "hamlet"
having = {{ end = 2010-12-31 }}

[[scenarios]]
name = "no mars"
base = "hamlet"
without = ["mars"]
having = {{ end = 2010-12-31 }}
{1}
"""
THIRD = '[[scenarios]]\nname = "no rets"\nbase = "hamlet"\nwithout = ["rets"]\nhaving = { end = 2010-12-31 }\n'


def study(folder: Path, replications: int = 2, more: str = "") -> tuple[str, str]:
    path = folder / "study.toml"
    path.write_text(STUDY.format(replications, more), "utf-8")
    return str(path), str(folder / "study.db")


@cache
def swept() -> bytes:
    """The content of the store that the command makes for the study."""
    with tempfile.TemporaryDirectory() as folder:
        file, store = study(Path(folder))
        with pytest.raises(SystemExit) as end, redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            main(["sweep", file, "--store", store, "--no-progress"])
        assert not end.value.code
        return Path(store).read_bytes()


@pytest.mark.parametrize("workers", ["1", pytest.param("2", marks=pytest.mark.thorough)])  # also in tests/studies
def test_a_study_is_run_resumed_extended_and_read(
    workers: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """First two replications are run, then more and another scenario; then tables, gaps and a check are printed."""
    file, store = study(tmp_path)
    banner = f"as it was and no mars: {status_of(nt.load_scenario('hamlet')).banner}\n"
    assert run_command(capsys, "sweep", file, "--store", store)[:2] == (
        0,
        f"Study(as it was, no mars: 4 runs of 2 scenarios, 0 failed) in {store}\n{banner}",
    )
    first = open_study(store).table()
    file, store = study(tmp_path, 3, THIRD)
    status, out, _ = run_command(capsys, "sweep", file, "--store", store, "--workers", workers, "--no-progress")
    assert status == 0 and "9 runs of 3 scenarios, 0 failed" in out
    now = open_study(store).table()
    assert now[(now["replication"] < 2) & (now["scenario"] != "no rets")].reset_index(drop=True).equals(first)
    status, out, _ = run_command(capsys, "table", store, "--measure", "left")
    assert status == 0 and out.count("left") == 3 and "standard deviation" in out and "UNCALIBRATED" in out
    status, out, _ = run_command(
        capsys, "table", store, "--runs", "--measure", "left", "--csv", str(tmp_path / "runs.csv")
    )
    assert status == 0 and "9 rows are written to" in out
    assert len((tmp_path / "runs.csv").read_text().splitlines()) == 10
    status, out, _ = run_command(capsys, "store", "check", store)
    assert status == 0 and "9 runs, 0 of them failed; 0 still to run; 0 damaged" in out


def test_gaps_are_printed_with_the_number_of_runs_still_needed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The number is for an interval with the requested half width, for each scenario."""
    store = tmp_path / "study.db"
    kept = opened(store, writing=True)
    filled([[np.arange(12.0)], [np.arange(12.0) ** 2]], kept)
    kept.close()
    status, out, _ = run_command(capsys, "gaps", str(store), "--measure", "made", "--half-width", "0.5")
    assert status == 0 and "scenario 1" in out and "still needed" in out and "UNCALIBRATED" in out


def test_the_store_is_named_after_the_study(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without --store, it is in the current folder. --replications overrides the file, and --keep saves runs."""
    monkeypatch.chdir(tmp_path)
    file, _ = study(tmp_path, 9)
    assert run_command(capsys, "sweep", file, "--replications", "1", "--keep", "runs")[0] == 0
    assert len(open_study("study.db")) == 2 and len(list((tmp_path / "runs").rglob("run.json"))) == 2


def test_shards_are_run_separately_and_merged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each shard has its own store. The runs of a missing shard are counted."""
    monkeypatch.chdir(tmp_path)
    file, _ = study(tmp_path)
    status, out, _ = run_command(capsys, "sweep", file, "--shard", "1/2")
    assert status == 0
    assert "Study(as it was, no mars: shard 1 of 2, 2 runs of 2 scenarios, 0 failed) in study-1-of-2.db" in out
    status, out, _ = run_command(capsys, "store", "merge", "study-1-of-2.db", "--into", "all.db")
    assert out == "all.db: 2 runs from 1 store; no run was in two stores; 0 failed, 2 still to run\n"
    run_command(capsys, "sweep", file, "--shard", "2/2")
    status, out, _ = run_command(capsys, "store", "merge", "study-2-of-2.db", "study-1-of-2.db", "--into", "all.db")
    assert (
        out
        == "all.db: 4 runs from 3 stores; 2 were in more than one store, with equal results; 0 failed, 0 still to run\n"
    )


def test_gaps_of_too_few_runs_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The exit status is 2. Without intervals, the means are printed."""
    _, store = study(tmp_path)
    Path(store).write_bytes(swept())
    assert "has only 2 independent results, too few for an interval; run at least 10" in refused(capsys, "gaps", store)
    status, out, _ = run_command(capsys, "gaps", store, "--no-intervals", "--baseline", "no mars")
    assert status == 0 and "as it was" in out and "–" in out
    assert "scenario 'no marz': is not in this study; did you mean 'no mars'?" in refused(
        capsys, "gaps", store, "--baseline", "no marz"
    )
    assert "measure 'lft': is not in this study; did you mean 'left'?" in refused(
        capsys, "table", store, "--runs", "--measure", "lft"
    )
    assert "line: is nan" in refused(capsys, "gaps", store, "--no-intervals", "--line", "nan")
    assert "sweep 2: is not in this store" in refused(capsys, "table", store, "--sweep", "2")


def test_a_damaged_store_is_reported_mended_and_completed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`store check` names the row and ends with status 2.

    --mend saves the other rows, and a sweep makes the lost runs.
    """
    file, store = study(tmp_path)
    Path(store).write_bytes(swept())
    whole = open_study(store).sha256()
    with closing(sqlite3.connect(store)) as connection, connection:
        connection.execute(
            "UPDATE runs SET seed = seed + 1 WHERE key = (SELECT max(key) FROM runs WHERE replication = 1)"
        )
    connection.close()
    status, out, err = run_command(capsys, "store", "check", store)
    assert status == 2 and "draw 0, replication 1, seed" in out and "its row is damaged" in out
    right = "add --mend to save the undamaged rows, then run the sweep again for the others"
    assert err == f"nhstransit: {store}: is damaged; {right}\n"
    assert "has a damaged row in its table 'runs'" in refused(capsys, "table", store)
    status, out, _ = run_command(capsys, "store", "check", store, "--mend")
    assert status == 0 and f"the damaged file is now {store}.damaged" in out
    assert run_command(capsys, "sweep", file, "--store", store)[0] == 0 and open_study(store).sha256() == whole


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("sweep", "nowhere.toml"), "nowhere.toml: no such file; check the path"),
        (("table", "nowhere.db"), "nowhere.db: no such file; give the path of a store that a sweep has written"),
        (("gaps", "nowhere.db"), "nowhere.db: no such file"),
        (("store", "check", "nowhere.db"), "nowhere.db: no such file"),
        (
            ("sweep", "study.toml", "--shard", "17/16"),
            "'17/16' is not a shard; write its number and the number of shards",
        ),
        (("sweep", "study.toml", "--shard", "3"), "'3' is not a shard"),
        (
            ("sweep", "study.toml", "--shard", "1/2", "--report", "brief.html"),
            "a report of one shard would cover only part",
        ),
        (("store", "merge", "--into", "all.db"), "Missing argument 'FILES...'"),
        (("store", "merge", "nowhere.db", "--into", "all.db"), "nowhere.db: no such file"),
        (("sweep", "study.toml", "--workers", "0"), "Invalid value for '--workers'"),
        (("gaps", "nowhere.db", "--level", "95"), "Invalid value for '--level'"),
    ],
)
def test_a_missing_file_is_reported(words: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The error is one line, and the exit status is 2."""
    assert message in refused(capsys, *words)


def test_a_folder_for_runs_is_checked_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """If it is not writable, nothing is run, there is no store, and the exit status is 2."""
    file, store = study(tmp_path)
    for folder in ("/proc/zz", file):
        assert f"keep: {folder}: cannot be written (" in refused(
            capsys, "sweep", file, "--store", store, "--keep", folder
        )
    assert not Path(store).exists()


def test_a_stopped_sweep_ends_with_130(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message says how many runs are stored and that the same sweep can continue."""
    from nhstransit.studies import executors as execute
    from nhstransit.studies import tasks

    file, store = study(tmp_path, 6)
    outcomes = tasks.outcomes_of

    def stopping(task: tasks.Task):  # type: ignore[no-untyped-def]
        yield from outcomes(task)
        if task.points[-1].replication > 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(execute, "outcomes_of", stopping)
    status, out, err = run_command(capsys, "sweep", file, "--store", store)
    assert status == 130 and out == "" and "runs completed; the same sweep with the same store resumes" in err
    monkeypatch.undo()
    assert "12 runs of 2 scenarios, 0 failed" in run_command(capsys, "sweep", file, "--store", store)[1]


def test_failed_runs_are_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The first failure is reported immediately, then the number and reasons.

    The exit status is 1 if all runs failed.
    """
    file, store = study(tmp_path)
    text = Path(file).read_text().replace("seed =", 'measure = "tests.studies.made:wordy"\nseed =')
    Path(file).write_text(text)
    status, _, err = run_command(capsys, "sweep", file, "--store", store)
    assert status == 2 and "is code outside the library (tests.studies.made:wordy)" in err and "--allow-code" in err
    status, out, err = run_command(capsys, "sweep", file, "--store", store, "--allow-code")
    assert status == 1 and "4 failed" in out
    why = "nhstransit.errors.SweepError: measure: left: is 'three'"
    assert f"as it was: 2 runs failed, the first in draw 0, replication 0: {why}" in out
    assert "nhstransit: scenario 'as it was': a run failed (seed " in err and why in err and "Warning" not in err
    assert f"No run succeeded: {why}" in run_command(capsys, "table", store)[1]


def test_a_setting_that_changed_nothing_is_named_with_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A cap above every salary changes no event. A scenario that changes events is not named."""
    idle = '[[scenarios]]\nname = "capped high"\nbase = "hamlet"\n'
    idle += 'having = { end = 2010-12-31, "law.mars_2010.payment_cap" = 900000 }\n'
    file, store = study(tmp_path, 1, idle)
    status, out, _ = run_command(capsys, "sweep", file, "--store", store)
    assert status == 0
    assert (
        "'capped high' changed no event compared with 'as it was': the limit is never exceeded: the most that one person"
        in out
    )
    assert "'no mars'" not in out
