"""The store: stored runs are not repeated, committed runs stay, and problems are reported in one line."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from nhstransit import studies as sweeps
from nhstransit.errors import InputError, StoreError, SweepError
from nhstransit.studies import Draws, StoreWarning, Study, open_study, store, sweep
from nhstransit.studies.store import check, opened
from tests.studies.made import PLACE, cured, heads, leaving, left, noted, odd, outcome, pair, plan_of, tiny, uneven

pytestmark = pytest.mark.filterwarnings("ignore::nhstransit.studies.MissingWarning")  # some runs fail on purpose


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(PLACE, str(tmp_path))
    return tmp_path


def calls(folder: Path) -> int:
    """The number of runs since the last call."""
    file = folder / "calls"
    text = file.read_text() if file.exists() else ""
    file.unlink(missing_ok=True)
    return len(text.splitlines())


def made(folder: Path, replications: int = 3, **more: Any) -> Study:
    usual: dict[str, Any] = {"seed": 1, "measure": noted, "store": folder / "study.db"}
    return sweep(more.pop("scenarios", pair()), replications=replications, **{**usual, **more})


def test_stored_runs_are_not_repeated(folder: Path) -> None:
    """More replications or scenarios make only the new runs, and the results equal those of one sweep."""
    first = made(folder)
    assert calls(folder) == 6
    assert made(folder).sha256() == first.sha256() and calls(folder) == 0
    more = made(folder, 5)
    assert calls(folder) == 4
    third = {**pair(), "third": tiny(resign=3.0)}
    wider = made(folder, 5, scenarios=third)
    assert calls(folder) == 5
    assert wider.sha256() == sweep(third, replications=5, seed=1, measure=noted).sha256() != more.sha256()


def test_more_draws_extend_a_sweep(folder: Path) -> None:
    """Only the runs of additional draws are made. A changed draw is refused."""
    path = "behaviour.departures.resign"
    made(folder, draws=Draws(paths=(path,), rows=((0.1,), (0.2,))))
    assert calls(folder) == 12
    study = made(folder, draws=Draws(paths=(path,), rows=((0.1,), (0.2,), (0.3,))))
    assert (
        calls(folder) == 6
        and study.table()[path].tolist() == [0.1] * 3 + [0.2] * 3 + [0.3] * 3 + [0.1] * 3 + [0.2] * 3 + [0.3] * 3
    )
    with pytest.raises(StoreError, match="already has a different draw under the number 1; add new draws after"):
        made(folder, draws=Draws(paths=(path,), rows=((0.1,), (0.9,))))


def test_a_sweep_can_use_a_part_of_the_stored_runs(folder: Path) -> None:
    """A call for fewer replications or scenarios shows only those, and the store keeps the others."""
    made(folder, 4)
    assert len(made(folder, 2)) == 4 and len(made(folder, 4, scenarios={"calm": tiny()})) == 4
    assert len(open_study(folder / "study.db")) == 8


def test_a_name_means_one_scenario_in_a_sweep(folder: Path) -> None:
    """Another scenario under the same name is refused."""
    made(folder)
    with pytest.raises(StoreError, match="a different scenario under the name 'calm'; give this scenario another name"):
        made(folder, scenarios={"calm": tiny(resign=2.0)})
    assert len(made(folder)) == 6


def test_a_store_can_have_several_sweeps(folder: Path) -> None:
    """Another seed or measure is another sweep. The latest is opened by default, and earlier ones by number."""
    first = made(folder)
    second = made(folder, 2, seed=2)
    assert open_study(folder / "study.db").sha256() == second.sha256()
    assert open_study(folder / "study.db", sweep=1).sha256() == first.sha256()
    with pytest.raises(SweepError, match="sweep 3: is not in this store; give a number from 1 to 2"):
        open_study(folder / "study.db", sweep=3)


def test_a_failure_is_stored_with_its_trace(folder: Path) -> None:
    """Other runs are not affected. Failures have a seed and a trace, and the next sweep tries them again."""
    study = made(folder, 8, measure=odd)
    failures = study.failures()
    bad = [int(seed) for seed in study.results.seed if seed % 2]
    assert failures["seed"].tolist() == bad and 0 < len(bad) < 16
    assert failures["error"].tolist() == [f"ArithmeticError: seed {seed} is odd" for seed in bad]
    assert all("in odd" in trace and trace.startswith("Traceback") for trace in failures["trace"])
    assert study.table()["left"].isna().tolist() == [bool(seed % 2) for seed in study.results.seed.tolist()]


@pytest.mark.thorough
@pytest.mark.parametrize("executor", [None, 2])
def test_a_measure_that_would_end_the_program_is_a_failure(folder: Path, executor: int | None) -> None:
    """Only its runs fail; the sweep continues, in this process and in others."""
    study = made(folder, 6, measure=leaving, store=None, executor=executor)
    bad = int((study.results.seed % 2).sum())
    assert study.failures()["error"].tolist() == ["SystemExit: 3"] * bad and 0 < bad < len(study) == 12


def test_a_later_result_replaces_a_failure(folder: Path) -> None:
    """After the measure is corrected, the same call makes the failed runs, and no failure is left."""
    assert len(made(folder, measure=cured).failures()) == 6
    assert len(open_study(folder / "study.db").failures()) == 6
    (folder / "cured").touch()
    assert len(made(folder, measure=cured).failures()) == 0
    assert open_study(folder / "study.db").gaps(baseline="calm", level=None).loc[("restless", "left"), "pairs"] == 3


def test_runs_may_have_different_figures(folder: Path) -> None:
    """Figures that a run does not have are NaN in its row."""
    table = made(folder, 8, measure=uneven).table()
    odd_seed = table["seed"] % 2 == 1
    assert table.loc[odd_seed, "odd"].isna().all() and table.loc[odd_seed, "left"].notna().all()
    assert (
        (table.loc[~odd_seed, "odd"] == 0).all()
        and table.loc[~odd_seed, "left"].isna().all()
        and 0 < odd_seed.sum() < 16
    )


@pytest.mark.parametrize(
    ("measure", "message"),
    [("wordy", "measure: left: is 'three'; return a number"), ("listed", "measure: returned a list; return a mapping")],
)
def test_a_measure_without_numbers_is_a_failure(folder: Path, measure: str, message: str) -> None:
    """Each of its runs fails."""
    from tests.studies import made as functions

    errors = made(folder, 1, measure=getattr(functions, measure)).failures()["error"]
    assert len(errors) == 2 and all(message in error for error in errors)


def test_series_and_runs_are_stored(folder: Path) -> None:
    """A series is read back unchanged, and a saved run is the run of that seed."""
    study = made(folder, series=heads, keep=folder / "runs")
    table = study.series("heads")
    assert table.to_numpy().tolist() == [[1.0, 2.0, seed % 5] for seed in study.results.seed.tolist()]
    run = study.run("restless", replication=2, keep=folder / "runs")
    assert run.seed == study.results.seed[-1] and left(run)["left"] == study.table()["left"].iloc[-1]
    with pytest.raises(SweepError, match="series 'haeds': is not in this study"):
        study.series("haeds")
    with pytest.raises(SweepError, match="replication 7: does not exist for 'calm'"):
        study.run("calm", replication=7, keep=folder / "runs")


def test_figures_are_stored_if_only_saving_the_run_fails(folder: Path) -> None:
    """The run counts as failed, its figures and series are stored, and the next call saves it."""
    keep = folder / "runs"
    whole = made(folder, store=None, series=heads)
    keep.mkdir()
    for task in plan_of(pair(), 3).tasks(lambda left: 1, lambda keys: set()):
        (keep / task.points[0].run.hex()[:2]).write_text("in the way")
    study = made(folder, series=heads, keep=keep)
    assert study.failures()["error"].str.contains("RunError: .*cannot be written").tolist() == [True] * 6
    assert study.table().equals(whole.table()) and study.series("heads").equals(whole.series("heads"))
    for path in keep.iterdir():
        path.unlink()
    again = made(folder, series=heads, keep=keep)
    assert again.failures().empty and again.sha256() == whole.sha256()
    assert again.run("calm", replication=0, keep=keep).seed == whole.results.seed[0]


def test_monthly_heads_are_stored(folder: Path) -> None:
    """`monthly_heads` has the people of every kind of organisation at each month end.

    The last is the end of the run.
    """
    from nhstransit.scenario import load_scenario

    study = sweep(load_scenario("hamlet"), replications=1, seed=4, series=sweeps.monthly_heads)
    total = sum(study.series(f"heads: {kind}").iloc[0, -1] for kind in ("sha", "pct", "ccg", "community-provider"))
    assert total == study.table()["closing heads"].iloc[0]


def test_a_closed_store_is_one_file(folder: Path) -> None:
    """During writing there are also a write-ahead log and shared memory."""
    plan = plan_of(pair())
    kept = opened(folder / "study.db", writing=True)
    kept.register(plan)
    assert {path.name for path in folder.iterdir()} == {"study.db", "study.db-shm", "study.db-wal"}
    kept.close()
    assert [path.name for path in folder.iterdir()] == ["study.db"]
    assert (folder / "study.db").read_bytes()[18:20] == b"\x01\x01"  # without the mark of a log: valid on any disk


def test_a_store_can_be_read_during_writing(folder: Path) -> None:
    """A reader sees earlier commits, and closing the store during reading loses nothing."""
    plan = plan_of(pair())
    points = [point for task in plan.tasks(lambda left: 4, lambda keys: set()) for point in task.points]
    writer = opened(folder / "study.db", writing=True)
    writer.register(plan)
    writer.add([outcome(points[0], 1.0)])
    writer.commit()
    reader = opened(folder / "study.db")
    assert len(list(reader.rows("runs"))) == 1
    rows = reader.rows("runs")
    next(rows)
    writer.add([outcome(points[1], 2.0)])
    writer.close()
    reader.connection.close()
    assert len(open_study(folder / "study.db")) == 2


def test_commits_are_made_about_once_a_second(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outcomes wait until a second after the last commit, and are committed together."""
    now = [100.0]
    monkeypatch.setattr(store.time, "monotonic", lambda: now[0])
    plan = plan_of(pair())
    (first, second), *_ = [task.points for task in plan.tasks(lambda left: 2, lambda keys: set())]
    kept = opened(folder / "study.db", writing=True)
    kept.register(plan)
    kept.add([outcome(first, 1.0)])
    now[0] += 0.9
    kept.add([outcome(second, 1.0)])
    assert not kept.done([first.key, second.key])
    now[0] += 0.1
    kept.add([])
    assert kept.done([first.key, second.key]) == {first.key, second.key}
    kept.close()


def test_a_repeated_run_is_stored_once(folder: Path) -> None:
    """The first result stays."""
    plan = plan_of(tiny())
    point = next(plan.tasks(lambda left: 1, lambda keys: set())).points[0]
    kept = opened(folder / "study.db", writing=True)
    kept.register(plan)
    for figure in (1.0, 2.0):
        kept.add([outcome(point, figure)])
        kept.commit()
    kept.close()
    assert open_study(folder / "study.db").table()["left"].tolist() == [1.0]


def broken(sql: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        made(path.parent)
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.executescript(sql)
        connection.close()

    return change


def foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE recipes (name)")
    connection.close()


REFUSED: dict[str, tuple[Callable[[Path], Any], str]] = {
    "format": (
        broken("PRAGMA user_version = 3"),
        "study.db: format: is 3; this version reads format 2; use the version that wrote the store",
    ),
    "foreign": (
        foreign,
        "study.db: is an SQLite file, but not a store of runs; give the path of a store",
    ),
    "text": (
        lambda path: path.write_text("hello " * 200),
        "study.db: is not a store of runs, or its beginning is damaged",
    ),
    "folder": (lambda path: path.mkdir(), "study.db: cannot be opened; name a file in an existing folder"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_file_that_is_no_store_is_refused(what: str, folder: Path) -> None:
    """It is refused for reading and writing, and the file is unchanged."""
    create, message = REFUSED[what]
    path = folder / "study.db"
    create(path)
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(StoreError) as caught:
        made(folder)
    assert message in str(caught.value)
    if path.is_file():
        with pytest.raises(StoreError, match=re.escape(message)):
            open_study(path)
        assert path.read_bytes() == before and len(list(folder.glob("study*"))) == 1


@pytest.mark.parametrize("path", ["/proc/nowhere/study.db", "/proc/study.db", "{0}/file/study.db"])
def test_a_folder_that_is_not_writable_is_refused(path: str, folder: Path) -> None:
    """This includes folders in which not even root can write."""
    (folder / "file").touch()
    with pytest.raises(StoreError, match=r"study\.db: cannot be (created|opened|written)"):
        made(folder, store=path.format(folder))
    assert calls(folder) == 0


def test_a_missing_folder_is_made(folder: Path) -> None:
    assert len(made(folder, store=folder / "deep" / "er" / "study.db")) == 6


def test_reading_does_not_create_a_store(folder: Path) -> None:
    """A missing store is refused."""
    with pytest.raises(StoreError, match=r"study\.db: no such file; give the path of a store that a sweep has written"):
        open_study(folder / "study.db")
    assert not (folder / "study.db").exists()


def test_a_store_without_a_sweep_is_refused(folder: Path) -> None:
    opened(folder / "study.db", writing=True).close()
    with pytest.raises(StoreError, match="contains no sweep yet"):
        open_study(folder / "study.db")


def without_shared_memory(path: Path) -> None:
    """Make shared memory for a store's log impossible, as on some drives."""
    path.with_name(f"{path.name}-shm").symlink_to("/not/there")


def test_a_drive_without_shared_memory_uses_a_rollback_journal(folder: Path) -> None:
    """A warning says so. The store can be resumed, read and checked like any other."""
    without_shared_memory(folder / "study.db")
    with pytest.warns(StoreWarning, match=r"study\.db: the drive has no shared memory, so the store uses a rollback"):
        first = made(folder)
    with pytest.warns(StoreWarning):
        more = made(folder, 5)
    assert calls(folder) == 10 and len(first) == 6 and open_study(folder / "study.db").sha256() == more.sha256()
    assert not (folder / "study.db-wal").exists() and not check(folder / "study.db").damaged


@pytest.mark.parametrize(
    "message", ["SQLITE_IOERR_SHMMAP", "SQLITE_IOERR_SHMOPEN", "SQLITE_PROTOCOL", "SQLITE_IOERR_LOCK"]
)
def test_errors_for_missing_shared_memory_are_recognised(
    folder: Path, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite has several names for it. Other errors, and the same errors without a log, are reported as usual."""

    class Drive(sqlite3.Connection):
        wrong = "WAL"

        def execute(self, asked: str, *cells: Any) -> Any:
            if Drive.wrong in asked:
                error = sqlite3.OperationalError("disk I/O error")
                error.sqlite_errorname = message
                raise error
            return super().execute(asked, *cells)

    connect = sqlite3.connect
    monkeypatch.setattr(store.sqlite3, "connect", lambda *given, **named: connect(*given, factory=Drive, **named))
    with pytest.warns(StoreWarning):
        assert len(made(folder)) == 6
    Drive.wrong = "journal_mode"
    with pytest.raises(StoreError, match=r"disk I/O error|cannot be"):
        made(folder, 7)


def test_a_log_on_a_drive_without_shared_memory_is_read(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A store of a killed sweep that is moved with its log to such a drive has all its runs."""
    plan = plan_of(pair(), 3)
    kept = opened(folder / "study.db", writing=True)
    kept.register(plan)
    points = [task.points[0] for task in plan.tasks(lambda left: 1, lambda keys: set())]
    kept.add([outcome(point, 1.0) for point in points])
    kept.commit()
    other = tmp_path_factory.mktemp("other")
    for name in ("study.db", "study.db-wal"):
        shutil.copy(folder / name, other / name)
    kept.close()
    without_shared_memory(other / "study.db")
    assert len(open_study(other / "study.db")) == 6
    assert not (other / "study.db-wal").exists()


def test_a_copy_without_the_log_lacks_only_the_last_seconds(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy of the file during a sweep is a valid store.

    It has the plan immediately and the runs soon afterwards.
    """
    alone = tmp_path_factory.mktemp("alone") / "study.db"

    def copied() -> int:
        shutil.copy(folder / "study.db", alone)
        return len(open_study(alone))

    plan = plan_of(pair(), 3)
    kept = opened(folder / "study.db", writing=True)
    kept.register(plan)
    assert copied() == 0
    points = [task.points[0] for task in plan.tasks(lambda left: 1, lambda keys: set())]
    kept.add([outcome(point, 1.0) for point in points[:4]])
    kept.commit()
    assert copied() == 0  # the runs are in the log
    monkeypatch.setattr(store, "CHECKPOINT_SECONDS", 0.0)
    monkeypatch.setattr(store, "COMMIT_SECONDS", 0.0)
    kept.add(())  # no run has ended
    assert copied() == 4
    kept.add([outcome(point, 1.0) for point in points[4:]])
    assert copied() == 6
    kept.close()


def test_a_reader_does_not_delay_the_writer(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """During reading, committed runs stay in the log and are moved to the file later."""
    monkeypatch.setattr(store, "CHECKPOINT_SECONDS", 0.0)
    plan = plan_of(pair(), 3)
    kept = opened(folder / "study.db", writing=True)
    kept.register(plan)
    reader = sqlite3.connect(folder / "study.db", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM runs").fetchall()
    points = [task.points[0] for task in plan.tasks(lambda left: 1, lambda keys: set())]
    kept.add([outcome(point, 1.0) for point in points])
    kept.commit()
    reader.close()
    kept.close()
    assert len(open_study(folder / "study.db")) == 6 and [path.name for path in folder.iterdir()] == ["study.db"]


def test_a_store_locked_by_another_program_is_reported(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is reported after a waiting time. Committed runs are there when the lock is released."""
    monkeypatch.setattr(opened, "__kwdefaults__", {"writing": False, "private": False, "patience": 0.05})
    made(folder)
    other = sqlite3.connect(folder / "study.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreError, match=r"study\.db: is locked by another program; wait until it has finished"):
        made(folder, 5)
    other.execute("ROLLBACK")
    other.close()
    assert len(made(folder, 5)) == 10


def test_a_lock_during_a_sweep_loses_no_committed_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sweep stops with an error, and all earlier commits are there."""
    monkeypatch.setattr(store, "COMMIT_SECONDS", 0.0)
    monkeypatch.setattr(opened, "__kwdefaults__", {"writing": False, "private": False, "patience": 0.05})
    others: list[sqlite3.Connection] = []
    commit = store.Store.commit

    def locked(kept: store.Store) -> None:
        if (
            len(kept._pending)
            and kept.connection.execute("SELECT count(*) FROM runs").fetchone()[0] == 3
            and not others
        ):
            others.append(sqlite3.connect(folder / "study.db", isolation_level=None))
            others[0].execute("BEGIN IMMEDIATE")
        commit(kept)

    monkeypatch.setattr(store.Store, "commit", locked)
    with pytest.raises(StoreError, match="is locked by another program"):
        made(folder)
    others[0].close()
    assert len(open_study(folder / "study.db")) == 3
    assert made(folder).sha256() == made(folder, store=None).sha256()


@pytest.mark.parametrize("pages", [12, pytest.param(14, marks=pytest.mark.thorough)])
def test_a_full_disk_is_reported_and_loses_no_committed_run(
    folder: Path, pages: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite's page limit imitates the disk. The sweep stops with an error, and can be resumed when there is room."""
    begun = store._begun
    many = 40

    def limited(kept: store.Store, writing: bool) -> store.Store:
        kept = begun(kept, writing)
        kept.connection.execute(f"PRAGMA max_page_count = {pages}")
        return kept

    with monkeypatch.context() as patch:
        patch.setattr(store, "COMMIT_SECONDS", 0.0)
        patch.setattr(store, "_begun", limited)
        with pytest.raises(StoreError, match=r"study\.db: cannot grow: the disk is full; free some space"):
            made(folder, many)
    there = open_study(folder / "study.db")
    done = calls(folder)
    assert done - 1 <= len(there) <= done and 0 < len(there) < 2 * many
    assert made(folder, many).sha256() == made(folder, many, store=None).sha256()
    assert [path.name for path in folder.glob("study*")] == ["study.db"]


def test_reading_a_store_imports_nothing(folder: Path) -> None:
    """A store that names a harmful module can be opened, and the module is not imported."""
    made(folder)
    (folder / "harm.py").write_text(f"open({str(folder / 'harmed')!r}, 'w')\n")
    with closing(sqlite3.connect(folder / "study.db")) as connection, connection:
        connection.execute("UPDATE sweeps SET measure = 'harm:measure', series = 'harm:series'")
    connection.close()
    with pytest.raises(StoreError, match="damaged row in its table 'sweeps'"):
        open_study(folder / "study.db")
    assert not (folder / "harmed").exists()
    source = "".join(path.read_text("utf-8") for path in Path(sweeps.__file__).parent.rglob("*.py"))
    assert not re.search(r"\bpickle\b|\beval\(|\bexec\(|load_extension", source)


CELLS = {  # one cell of each table
    "sweeps": "seed",
    "scenarios": "replications",
    "draws": "number",
    "layouts": "names",
    "runs": "replication",
    "series": "body",
}


@pytest.mark.parametrize("table", CELLS)
def test_seals_of_every_table_are_checked(folder: Path, table: str) -> None:
    """A changed cell in any table is refused when it is read. After restoring the cell, the store is valid again."""
    study = made(folder, series=heads)
    column = CELLS[table]
    changed, back = (
        (f"{column} + 1", f"{column} - 1")
        if column not in ("names", "body")
        else (f"CAST({column} || ' ' AS {{0}})", f"CAST(substr({column}, 1, length({column}) - 1) AS {{0}})")
    )
    kind = "BLOB" if column == "body" else "TEXT"
    _set(folder, table, column, changed.format(kind))
    with pytest.raises(StoreError, match=f"has a damaged row in its table '{table}'; run `nhstransit store check"):
        open_study(folder / "study.db").sha256()
    _set(folder, table, column, back.format(kind))
    assert open_study(folder / "study.db").sha256() == study.sha256()


def _set(folder: Path, table: str, column: str, to: str) -> None:
    with closing(sqlite3.connect(folder / "study.db")) as connection, connection:
        connection.execute(f"UPDATE {table} SET {column} = {to}")
    connection.close()


def test_two_writers_leave_each_run_once(folder: Path) -> None:
    """Two sweeps of one plan commit to one store in turn."""
    plan = plan_of(pair(), 6)
    points = [point for task in plan.tasks(lambda left: 6, lambda keys: set()) for point in task.points]
    writers = [opened(folder / "study.db", writing=True) for _ in range(2)]
    for writer in writers:
        writer.register(plan)
    for number, point in enumerate(points):
        for writer in writers if number % 2 else reversed(writers):
            writer.add([outcome(point, float(number))])
            writer.commit()
    for writer in writers:
        writer.close()
    assert sorted(open_study(folder / "study.db").table()["left"]) == list(range(12))


def test_a_number_instead_of_a_store_is_refused(folder: Path) -> None:
    with pytest.raises(SweepError, match="store: is 5; give the path of a file, or None"):
        made(folder, store=5)


def test_an_invalid_executor_is_refused(folder: Path) -> None:
    """Only a number or an executor is valid."""
    for wrong in (0, -1, "many", True):
        with pytest.raises(InputError, match="executor: is"):
            made(folder, executor=wrong)
    assert not list(folder.iterdir())
