"""The store: what is there is not run again, what was committed stays, and whatever is wrong is told in one sentence."""

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

pytestmark = pytest.mark.filterwarnings("ignore::nhstransit.studies.MissingWarning")  # of runs meant to fail


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(PLACE, str(tmp_path))
    return tmp_path


def calls(place: Path) -> int:
    """How many runs were made since this was last asked."""
    file = place / "calls"
    text = file.read_text() if file.exists() else ""
    file.unlink(missing_ok=True)
    return len(text.splitlines())


def made(place: Path, replications: int = 3, **more: Any) -> Study:
    usual: dict[str, Any] = {"seed": 1, "measure": noted, "store": place / "study.db"}
    return sweep(more.pop("scenarios", pair()), replications=replications, **{**usual, **more})


def test_what_is_there_is_not_run_again(place: Path) -> None:
    """The same call runs nothing; more replications, scenarios or draws run just what is new; results are as if at once."""
    first = made(place)
    assert calls(place) == 6
    assert made(place).sha256() == first.sha256() and calls(place) == 0
    more = made(place, 5)
    assert calls(place) == 4
    third = {**pair(), "third": tiny(resign=3.0)}
    wider = made(place, 5, scenarios=third)
    assert calls(place) == 5
    assert wider.sha256() == sweep(third, replications=5, seed=1, measure=noted).sha256() != more.sha256()


def test_more_draws_extend(place: Path) -> None:
    """Rows behind those that are there are run; a changed row is refused."""
    path = "behaviour.departures.resign"
    made(place, draws=Draws(paths=(path,), rows=((0.1,), (0.2,))))
    assert calls(place) == 12
    study = made(place, draws=Draws(paths=(path,), rows=((0.1,), (0.2,), (0.3,))))
    assert (
        calls(place) == 6
        and study.table()[path].tolist() == [0.1] * 3 + [0.2] * 3 + [0.3] * 3 + [0.1] * 3 + [0.2] * 3 + [0.3] * 3
    )
    with pytest.raises(StoreError, match="already has a different draw under the number 1; add new draws after"):
        made(place, draws=Draws(paths=(path,), rows=((0.1,), (0.9,))))


def test_fewer_are_shown_than_are_there(place: Path) -> None:
    """A call for fewer replications or scenarios shows those, and loses none."""
    made(place, 4)
    assert len(made(place, 2)) == 4 and len(made(place, 4, scenarios={"calm": tiny()})) == 4
    assert len(open_study(place / "study.db")) == 8


def test_a_name_stands_for_one_scenario(place: Path) -> None:
    """In one sweep of a store a name cannot come to mean something else."""
    made(place)
    with pytest.raises(StoreError, match="a different scenario under the name 'calm'; give this scenario another name"):
        made(place, scenarios={"calm": tiny(resign=2.0)})
    assert len(made(place)) == 6


def test_sweeps_of_other_seeds_lie_side_by_side(place: Path) -> None:
    """Another seed or measure in the same store is another sweep; the one begun last is opened, earlier ones by number."""
    first = made(place)
    second = made(place, 2, seed=2)
    assert open_study(place / "study.db").sha256() == second.sha256()
    assert open_study(place / "study.db", sweep=1).sha256() == first.sha256()
    with pytest.raises(SweepError, match="sweep 3: is not in this store; give a number from 1 to 2"):
        open_study(place / "study.db", sweep=3)


def test_a_failure_is_a_row_with_its_trace(place: Path) -> None:
    """The others are as they would be; the failed are told, with seed and trace, and tried again by the next sweep."""
    study = made(place, 8, measure=odd)
    failures = study.failures()
    bad = [int(seed) for seed in study.results.seed if seed % 2]
    assert failures["seed"].tolist() == bad and 0 < len(bad) < 16
    assert failures["error"].tolist() == [f"ArithmeticError: seed {seed} is odd" for seed in bad]
    assert all("in odd" in trace and trace.startswith("Traceback") for trace in failures["trace"])
    assert study.table()["left"].isna().tolist() == [bool(seed % 2) for seed in study.results.seed.tolist()]


@pytest.mark.thorough
@pytest.mark.parametrize("executor", [None, 2])
def test_a_measure_that_would_end_the_program_is_a_failure(place: Path, executor: int | None) -> None:
    """Of its runs alone: the sweep goes on, here and in processes."""
    study = made(place, 6, measure=leaving, store=None, executor=executor)
    bad = int((study.results.seed % 2).sum())
    assert study.failures()["error"].tolist() == ["SystemExit: 3"] * bad and 0 < bad < len(study) == 12


def test_failures_give_way_to_a_later_try(place: Path) -> None:
    """Once what was wrong is put right the same call makes them, and nothing is left of the failure."""
    assert len(made(place, measure=cured).failures()) == 6
    assert len(open_study(place / "study.db").failures()) == 6
    (place / "cured").touch()
    assert len(made(place, measure=cured).failures()) == 0
    assert open_study(place / "study.db").gaps(baseline="calm", level=None).loc[("restless", "left"), "pairs"] == 3


def test_what_a_measure_gives_may_differ(place: Path) -> None:
    """Names that a run did not give are NaN in its row."""
    table = made(place, 8, measure=uneven).table()
    odd_seed = table["seed"] % 2 == 1
    assert table.loc[odd_seed, "odd"].isna().all() and table.loc[odd_seed, "left"].notna().all()
    assert (
        (table.loc[~odd_seed, "odd"] == 0).all()
        and table.loc[~odd_seed, "left"].isna().all()
        and 0 < odd_seed.sum() < 16
    )


@pytest.mark.parametrize(
    ("measure", "said"),
    [("wordy", "measure: left: is 'three'; return a number"), ("listed", "measure: returned a list; return a mapping")],
)
def test_a_measure_that_gives_no_numbers_is_told(place: Path, measure: str, said: str) -> None:
    """As the failure of each run."""
    from tests.studies import made as functions

    errors = made(place, 1, measure=getattr(functions, measure)).failures()["error"]
    assert len(errors) == 2 and all(said in error for error in errors)


def test_series_and_runs_are_kept(place: Path) -> None:
    """A series comes back number for number; a run kept beside the store is the run of that seed."""
    study = made(place, series=heads, keep=place / "runs")
    table = study.series("heads")
    assert table.to_numpy().tolist() == [[1.0, 2.0, seed % 5] for seed in study.results.seed.tolist()]
    run = study.run("restless", replication=2, keep=place / "runs")
    assert run.seed == study.results.seed[-1] and left(run)["left"] == study.table()["left"].iloc[-1]
    with pytest.raises(SweepError, match="series 'haeds': is not in this study"):
        study.series("haeds")
    with pytest.raises(SweepError, match="replication 7: does not exist for 'calm'"):
        study.run("calm", replication=7, keep=place / "runs")


def test_figures_are_kept_where_only_saving_fails(place: Path) -> None:
    """The run is told as failed, its figures and series stand, and the next call saves it."""
    keep = place / "runs"
    whole = made(place, store=None, series=heads)
    keep.mkdir()
    for task in plan_of(pair(), 3).tasks(lambda left: 1, lambda keys: set()):
        (keep / task.points[0].run.hex()[:2]).write_text("in the way")
    study = made(place, series=heads, keep=keep)
    assert study.failures()["error"].str.contains("RunError: .*cannot be written").tolist() == [True] * 6
    assert study.table().equals(whole.table()) and study.series("heads").equals(whole.series("heads"))
    for path in keep.iterdir():
        path.unlink()
    again = made(place, series=heads, keep=keep)
    assert again.failures().empty and again.sha256() == whole.sha256()
    assert again.run("calm", replication=0, keep=keep).seed == whole.results.seed[0]


def test_the_hamlets_months_are_kept(place: Path) -> None:
    """`monthly_heads` holds the heads of every kind of body at the end of each month, the last as the run closed."""
    from nhstransit.scenario import load_scenario

    study = sweep(load_scenario("hamlet"), replications=1, seed=4, series=sweeps.monthly_heads)
    total = sum(study.series(f"heads: {kind}").iloc[0, -1] for kind in ("sha", "pct", "ccg", "community-provider"))
    assert total == study.table()["closing heads"].iloc[0]


def test_one_file_when_closed(place: Path) -> None:
    """No log and no shared memory beside it; while it is written there is a write-ahead log."""
    plan = plan_of(pair())
    kept = opened(place / "study.db", writing=True)
    kept.register(plan)
    assert {path.name for path in place.iterdir()} == {"study.db", "study.db-shm", "study.db-wal"}
    kept.close()
    assert [path.name for path in place.iterdir()] == ["study.db"]
    assert (place / "study.db").read_bytes()[18:20] == b"\x01\x01"  # not marked as one with a log: any disk will do


def test_a_store_is_read_while_it_is_written(place: Path) -> None:
    """A reader sees what was committed before it looked, and closing with a reader there loses nothing."""
    plan = plan_of(pair())
    points = [point for task in plan.tasks(lambda left: 4, lambda keys: set()) for point in task.points]
    writer = opened(place / "study.db", writing=True)
    writer.register(plan)
    writer.add([outcome(points[0], 1.0)])
    writer.commit()
    reader = opened(place / "study.db")
    assert len(list(reader.rows("runs"))) == 1
    rows = reader.rows("runs")
    next(rows)
    writer.add([outcome(points[1], 2.0)])
    writer.close()
    reader.connection.close()
    assert len(open_study(place / "study.db")) == 2


def test_commits_come_about_each_second(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outcomes wait until a second has passed since the last commit, and go in together."""
    now = [100.0]
    monkeypatch.setattr(store.time, "monotonic", lambda: now[0])
    plan = plan_of(pair())
    (first, second), *_ = [task.points for task in plan.tasks(lambda left: 2, lambda keys: set())]
    kept = opened(place / "study.db", writing=True)
    kept.register(plan)
    kept.add([outcome(first, 1.0)])
    now[0] += 0.9
    kept.add([outcome(second, 1.0)])
    assert not kept.done([first.key, second.key])
    now[0] += 0.1
    kept.add([])
    assert kept.done([first.key, second.key]) == {first.key, second.key}
    kept.close()


def test_the_same_run_twice_is_one_row(place: Path) -> None:
    """Inserting is idempotent: the first result stays."""
    plan = plan_of(tiny())
    point = next(plan.tasks(lambda left: 1, lambda keys: set())).points[0]
    kept = opened(place / "study.db", writing=True)
    kept.register(plan)
    for figure in (1.0, 2.0):
        kept.add([outcome(point, figure)])
        kept.commit()
    kept.close()
    assert open_study(place / "study.db").table()["left"].tolist() == [1.0]


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
def test_what_is_no_store_of_ours_is_refused(what: str, place: Path) -> None:
    """For writing and for reading, in one sentence, and the file is left as it was."""
    lay, said = REFUSED[what]
    path = place / "study.db"
    lay(path)
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(StoreError) as caught:
        made(place)
    assert said in str(caught.value)
    if path.is_file():
        with pytest.raises(StoreError, match=re.escape(said)):
            open_study(path)
        assert path.read_bytes() == before and len(list(place.glob("study*"))) == 1


@pytest.mark.parametrize("path", ["/proc/nowhere/study.db", "/proc/study.db", "{0}/file/study.db"])
def test_a_folder_that_cannot_be_written_is_told(path: str, place: Path) -> None:
    """Also to root, who may write nearly anywhere: no traceback of SQLite's."""
    (place / "file").touch()
    with pytest.raises(StoreError, match=r"study\.db: cannot be (created|opened|written)"):
        made(place, store=path.format(place))
    assert calls(place) == 0


def test_a_folder_is_made(place: Path) -> None:
    """One that is not there yet, and may be, is made."""
    assert len(made(place, store=place / "deep" / "er" / "study.db")) == 6


def test_reading_makes_nothing(place: Path) -> None:
    """A store that is not there is told, and not made by looking."""
    with pytest.raises(StoreError, match=r"study\.db: no such file; give the path of a store that a sweep has written"):
        open_study(place / "study.db")
    assert not (place / "study.db").exists()


def test_a_store_without_a_sweep_is_told(place: Path) -> None:
    """An empty store says so."""
    opened(place / "study.db", writing=True).close()
    with pytest.raises(StoreError, match="contains no sweep yet"):
        open_study(place / "study.db")


def without_shared_memory(path: Path) -> None:
    """Make the shared memory of a store's log as impossible as on a drive that has none."""
    path.with_name(f"{path.name}-shm").symlink_to("/not/there")


def test_a_drive_without_shared_memory_has_a_rollback_journal(place: Path) -> None:
    """The sweep goes on with the older journal and says so; it is resumed, read and checked as any other."""
    without_shared_memory(place / "study.db")
    with pytest.warns(StoreWarning, match=r"study\.db: the drive has no shared memory, so the store uses a rollback"):
        first = made(place)
    with pytest.warns(StoreWarning):
        more = made(place, 5)
    assert calls(place) == 10 and len(first) == 6 and open_study(place / "study.db").sha256() == more.sha256()
    assert not (place / "study.db-wal").exists() and not check(place / "study.db").damaged


@pytest.mark.parametrize(
    "said", ["SQLITE_IOERR_SHMMAP", "SQLITE_IOERR_SHMOPEN", "SQLITE_PROTOCOL", "SQLITE_IOERR_LOCK"]
)
def test_whatever_is_said_of_such_a_drive(place: Path, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite has several names for it; what another error says, or the same without a log, is told as before."""

    class Drive(sqlite3.Connection):
        wrong = "WAL"

        def execute(self, asked: str, *cells: Any) -> Any:
            if Drive.wrong in asked:
                error = sqlite3.OperationalError("disk I/O error")
                error.sqlite_errorname = said
                raise error
            return super().execute(asked, *cells)

    connect = sqlite3.connect
    monkeypatch.setattr(store.sqlite3, "connect", lambda *given, **named: connect(*given, factory=Drive, **named))
    with pytest.warns(StoreWarning):
        assert len(made(place)) == 6
    Drive.wrong = "journal_mode"
    with pytest.raises(StoreError, match=r"disk I/O error|cannot be"):
        made(place, 7)


def test_a_log_left_on_such_a_drive_is_taken_in(place: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A store that was killed elsewhere, moved with its log to a drive without shared memory, has all its runs."""
    plan = plan_of(pair(), 3)
    kept = opened(place / "study.db", writing=True)
    kept.register(plan)
    points = [task.points[0] for task in plan.tasks(lambda left: 1, lambda keys: set())]
    kept.add([outcome(point, 1.0) for point in points])
    kept.commit()
    there = tmp_path_factory.mktemp("there")
    for name in ("study.db", "study.db-wal"):
        shutil.copy(place / name, there / name)
    kept.close()
    without_shared_memory(there / "study.db")
    assert len(open_study(there / "study.db")) == 6
    assert not (there / "study.db-wal").exists()


def test_the_file_alone_holds_all_but_the_last_seconds(
    place: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a sweep writes, a copy of the file without its log is a store: of the plan at once, of the runs soon after."""
    alone = tmp_path_factory.mktemp("alone") / "study.db"

    def copied() -> int:
        shutil.copy(place / "study.db", alone)
        return len(open_study(alone))

    plan = plan_of(pair(), 3)
    kept = opened(place / "study.db", writing=True)
    kept.register(plan)
    assert copied() == 0
    points = [task.points[0] for task in plan.tasks(lambda left: 1, lambda keys: set())]
    kept.add([outcome(point, 1.0) for point in points[:4]])
    kept.commit()
    assert copied() == 0  # it is in the log
    monkeypatch.setattr(store, "CHECKPOINT_SECONDS", 0.0)
    monkeypatch.setattr(store, "COMMIT_SECONDS", 0.0)
    kept.add(())  # a moment in which nothing ended
    assert copied() == 4
    kept.add([outcome(point, 1.0) for point in points[4:]])
    assert copied() == 6
    kept.close()


def test_a_reader_does_not_hold_up_the_writer(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While somebody reads, what was committed stays in the log, and is put into the file later."""
    monkeypatch.setattr(store, "CHECKPOINT_SECONDS", 0.0)
    plan = plan_of(pair(), 3)
    kept = opened(place / "study.db", writing=True)
    kept.register(plan)
    reader = sqlite3.connect(place / "study.db", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM runs").fetchall()
    points = [task.points[0] for task in plan.tasks(lambda left: 1, lambda keys: set())]
    kept.add([outcome(point, 1.0) for point in points])
    kept.commit()
    reader.close()
    kept.close()
    assert len(open_study(place / "study.db")) == 6 and [path.name for path in place.iterdir()] == ["study.db"]


def test_a_store_locked_by_another_is_told(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After some patience, in one sentence; what was committed is there when the lock is gone."""
    monkeypatch.setattr(opened, "__kwdefaults__", {"writing": False, "private": False, "patience": 0.05})
    made(place)
    other = sqlite3.connect(place / "study.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreError, match=r"study\.db: is locked by another program; wait until it has finished"):
        made(place, 5)
    other.execute("ROLLBACK")
    other.close()
    assert len(made(place, 5)) == 10


def test_a_lock_that_comes_midway_loses_nothing_committed(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sweep stops with a sentence; the rows of the commits before are all there."""
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
            others.append(sqlite3.connect(place / "study.db", isolation_level=None))
            others[0].execute("BEGIN IMMEDIATE")
        commit(kept)

    monkeypatch.setattr(store.Store, "commit", locked)
    with pytest.raises(StoreError, match="is locked by another program"):
        made(place)
    others[0].close()
    assert len(open_study(place / "study.db")) == 3
    assert made(place).sha256() == made(place, store=None).sha256()


@pytest.mark.parametrize("pages", [12, pytest.param(14, marks=pytest.mark.thorough)])
def test_a_full_disk_is_told_and_loses_nothing_committed(
    place: Path, pages: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite's page limit stands for the disk: the sweep stops with a sentence, and goes on once there is room."""
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
            made(place, many)
    there = open_study(place / "study.db")
    done = calls(place)
    assert done - 1 <= len(there) <= done and 0 < len(there) < 2 * many
    assert made(place, many).sha256() == made(place, many, store=None).sha256()
    assert [path.name for path in place.glob("study*")] == ["study.db"]


def test_what_a_store_says_is_never_imported(place: Path) -> None:
    """Names in it are text: a store that names a module which would do harm is opened, and the module is not."""
    made(place)
    (place / "harm.py").write_text(f"open({str(place / 'harmed')!r}, 'w')\n")
    with closing(sqlite3.connect(place / "study.db")) as connection, connection:
        connection.execute("UPDATE sweeps SET measure = 'harm:measure', series = 'harm:series'")
    connection.close()
    with pytest.raises(StoreError, match="damaged row in its table 'sweeps'"):
        open_study(place / "study.db")
    assert not (place / "harmed").exists()
    source = "".join(path.read_text("utf-8") for path in Path(sweeps.__file__).parent.rglob("*.py"))
    assert not re.search(r"\bpickle\b|\beval\(|\bexec\(|load_extension", source)


CELLS = {  # a cell of each table that a reader reads
    "sweeps": "seed",
    "scenarios": "replications",
    "draws": "number",
    "layouts": "names",
    "runs": "replication",
    "series": "body",
}


@pytest.mark.parametrize("table", CELLS)
def test_seals_of_every_table_are_checked(place: Path, table: str) -> None:
    """A changed cell in any table is seen when it is read, and nothing is made of it; put back, all is well again."""
    study = made(place, series=heads)
    column = CELLS[table]
    changed, back = (
        (f"{column} + 1", f"{column} - 1")
        if column not in ("names", "body")
        else (f"CAST({column} || ' ' AS {{0}})", f"CAST(substr({column}, 1, length({column}) - 1) AS {{0}})")
    )
    kind = "BLOB" if column == "body" else "TEXT"
    _set(place, table, column, changed.format(kind))
    with pytest.raises(StoreError, match=f"has a damaged row in its table '{table}'; run `nhstransit store check"):
        open_study(place / "study.db").sha256()
    _set(place, table, column, back.format(kind))
    assert open_study(place / "study.db").sha256() == study.sha256()


def _set(place: Path, table: str, column: str, to: str) -> None:
    with closing(sqlite3.connect(place / "study.db")) as connection, connection:
        connection.execute(f"UPDATE {table} SET {column} = {to}")
    connection.close()


def test_two_writers_do_not_harm_each_other(place: Path) -> None:
    """Two sweeps of one plan into one store, commit by commit in turn, leave each run once."""
    plan = plan_of(pair(), 6)
    points = [point for task in plan.tasks(lambda left: 6, lambda keys: set()) for point in task.points]
    writers = [opened(place / "study.db", writing=True) for _ in range(2)]
    for writer in writers:
        writer.register(plan)
    for number, point in enumerate(points):
        for writer in writers if number % 2 else reversed(writers):
            writer.add([outcome(point, float(number))])
            writer.commit()
    for writer in writers:
        writer.close()
    assert sorted(open_study(place / "study.db").table()["left"]) == list(range(12))


def test_a_store_that_is_no_name_is_told(place: Path) -> None:
    """A number in place of a file."""
    with pytest.raises(SweepError, match="store: is 5; give the path of a file, or None"):
        made(place, store=5)


def test_an_executor_that_is_none_is_told(place: Path) -> None:
    """In place of a number or an executor."""
    for wrong in (0, -1, "many", True):
        with pytest.raises(InputError, match="executor: is"):
            made(place, executor=wrong)
    assert not list(place.iterdir())
