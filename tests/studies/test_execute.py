"""Executors: results do not depend on the executor, and only lost runs are repeated."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from nhstransit.errors import SweepError
from nhstransit.studies import Draws, Lent, monthly_heads, sweep
from nhstransit.studies import executors as flights
from nhstransit.studies.executors import GIVEN_UP, SUSPECTED, Pooled, Processes, crew_of
from nhstransit.studies.sweeps import TASK_SECONDS, Pace
from nhstransit.studies.tasks import Outcome, Task, VersionError, outcomes_of, perform
from tests.examples import some
from tests.studies.made import PLACE, fatal, left, odd_and_noted, outcome, pair, plan_of, slow, tiny

pytestmark = pytest.mark.filterwarnings("ignore::nhstransit.studies.MissingWarning")  # some runs fail on purpose

ROOT = Path(__file__).parents[2]
DRAWS = Draws(paths=("behaviour.departures.resign",), rows=((0.5,), (1.0,)))


@pytest.mark.parametrize("workers", some([1, 2], [1]))  # starting a process takes longer than the runs
def test_serial_processes_and_threads_agree(workers: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hash of all results is the same, including failures with traces, series and draws. No run is made twice."""
    monkeypatch.setenv(PLACE, str(tmp_path))
    measured: dict[str, Any] = {"measure": odd_and_noted, "series": monthly_heads}
    made = []
    calls = tmp_path / "calls"
    with ThreadPoolExecutor(3) as threads:
        for index, executor in enumerate((None, Processes(workers), threads, Lent(threads, workers=7))):
            store = tmp_path / f"{index}.db"
            made.append(sweep(pair(), replications=4, seed=3, draws=DRAWS, store=store, executor=executor, **measured))
            assert not multiprocessing.active_children()  # workers end with their sweep
            seen = Counter(calls.read_text().splitlines())
            calls.unlink()
            assert len(seen) == 8 and set(seen.values()) == {2}  # each seed is run in both scenarios
    assert len({study.sha256() for study in made}) == 1
    assert 0 < len(made[0].failures()) < len(made[0]) == 16


@pytest.mark.thorough  # each loss starts two new processes; tests below use a fake executor
def test_a_run_that_kills_its_worker_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Suspected runs are tried alone to identify it; every other run has its usual result."""
    monkeypatch.setattr(flights, "GIVEN_UP", 1)
    scenario = {"calm": tiny()}
    seeds = [point.seed for point in points(10)]
    doomed = [seed for seed in seeds if seed % 7 == 0]
    study = sweep(scenario, replications=10, seed=1, measure=fatal, executor=2)
    assert len(doomed) == 1 and study.failures()["seed"].tolist() == doomed
    assert study.failures()["error"].iloc[0].startswith("lost with its worker 3 times, the last time alone: ")
    found, whole = (
        dict(zip(one.results.seed.tolist(), one.results.column("left").tolist(), strict=True))
        for one in (study, sweep(scenario, replications=10, seed=1, measure=left))
    )
    assert {seed: count for seed, count in found.items() if seed not in doomed} == {
        seed: count for seed, count in whole.items() if seed not in doomed
    }


def points(count: int) -> list[Any]:
    return [
        point
        for task in plan_of({"calm": tiny()}, count).tasks(lambda left: 4, lambda keys: set())
        for point in task.points
    ]


class Fake(Executor):
    """Runs tasks immediately, except those for which `fate` returns an error."""

    def __init__(self, fate: Callable[[Task, int], BaseException | None]) -> None:
        self.fate = fate
        self.tries = Counter[bytes]()
        self.inner: Executor | None = None  # the executor of the other tasks, if they are to run in parallel

    def submit(self, fn: Any, /, *args: Any, **more: Any) -> Future[Any]:
        future: Future[Any] = Future()
        task: Task = args[0]
        self.tries.update(point.key for point in task.points)
        error = self.fate(task, max(self.tries[point.key] for point in task.points))
        if error is None and self.inner is not None:
            return self.inner.submit(fn, *args)
        if error is None:
            future.set_result(fn(*args))
        else:
            future.set_exception(error)
        return future


@pytest.mark.parametrize("error", [CancelledError(), OSError("gone"), KeyError("worker")], ids=repr)
def test_only_lost_runs_are_repeated(error: BaseException) -> None:
    """A task that is lost once is tried again."""
    lost = points(12)[5].key
    fake = Fake(lambda task, tries: error if tries == 1 and lost in {point.key for point in task.points} else None)
    study = sweep({"calm": tiny()}, replications=12, seed=1, measure=left, executor=fake)
    assert study.sha256() == sweep({"calm": tiny()}, replications=12, seed=1, measure=left).sha256()
    again = {key for key, tries in fake.tries.items() if tries > 1}
    assert lost in again and max(fake.tries.values()) == 2 and len(again) < 12


def test_a_run_that_is_lost_repeatedly_is_a_failure() -> None:
    """After several losses, with other runs and alone, it fails with the last error; the other runs do not."""
    lost = points(12)[5].key
    fake = Fake(lambda task, tries: OSError("out of reach") if lost in {point.key for point in task.points} else None)
    study = sweep({"calm": tiny()}, replications=12, seed=1, measure=left, executor=fake)
    assert len(study.failures()) == 1 and len(study) == 12
    error = study.failures()["error"].iloc[0]
    assert error == "its worker process was lost 5 times, finally with no other run in progress: OSError: out of reach"
    assert fake.tries[lost] == SUSPECTED + GIVEN_UP


def test_suspected_runs_are_tried_alone() -> None:
    """No other run is in progress while a suspected run is tried."""
    seen: list[int] = []

    class Watched(Pooled):
        def _submit(self, flight: Any) -> None:
            super()._submit(flight)
            if flight.suspect:
                seen.append(len(self._flying))

    lost = plan_of({"calm": tiny()}, 12, measure=slow).point(points(1)[0].scenario, 0, 5).key
    with ThreadPoolExecutor(2) as threads:
        fake = Fake(lambda task, tries: OSError("gone") if lost in {point.key for point in task.points} else None)
        fake.inner = threads
        tasks = plan_of({"calm": tiny()}, 12, measure=slow).tasks(lambda left: 2, lambda keys: set())
        found = [one for some in Watched(Lent(fake, workers=2)).outcomes(tasks) for one in some]
    assert len(found) == 12 and sum(bool(one.failure) for one in found) == 1 and set(seen) == {1}


def test_a_broken_executor_of_the_user_is_reported(tmp_path: Path) -> None:
    """It cannot be replaced, so the sweep stops; completed runs are in the store."""
    fake = Fake(lambda task, tries: BrokenExecutor() if sum(fake.tries.values()) > 6 else None)
    with pytest.raises(SweepError, match="executor: is broken; call again with a new executor"):
        sweep({"calm": tiny()}, replications=10, seed=1, measure=left, executor=fake, store=tmp_path / "study.db")
    closed = ThreadPoolExecutor(1)
    closed.shutdown()
    with pytest.raises(SweepError, match=r"executor: accepts no more tasks .*; give an executor that is open"):
        sweep({"calm": tiny()}, replications=10, seed=1, measure=left, executor=closed, store=tmp_path / "study.db")
    study = sweep({"calm": tiny()}, replications=10, seed=1, measure=left, store=tmp_path / "study.db")
    assert study.sha256() == sweep({"calm": tiny()}, replications=10, seed=1, measure=left).sha256()


def test_a_task_that_breaks_its_pool_goes_to_the_next_pool() -> None:
    """A worker may die between two tasks. No run is missing."""

    class Breaks(Fake):
        def submit(self, fn: Any, /, *args: Any, **more: Any) -> Future[Any]:
            if not broken:
                raise BrokenExecutor
            return super().submit(fn, *args, **more)

    class Mended(Lent):
        def broke(self, executor: Executor) -> None:
            broken.append(executor)

    broken: list[Executor] = []
    tasks = plan_of({"calm": tiny()}, 3).tasks(lambda left: 1, lambda keys: set())
    found = [one for some in Pooled(Mended(Breaks(lambda task, tries: None))).outcomes(tasks) for one in some]
    assert len(broken) == 1 and len(found) == 3 and not any(one.failure for one in found)


class Bare(Executor):
    """An executor without `submit`."""


class Strange(Executor):
    """An executor whose `submit` returns no future or raises an error."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error

    def submit(self, fn: Any, /, *args: Any, **more: Any) -> Any:
        if self.error is not None:
            raise self.error
        return fn(*args)


@pytest.mark.parametrize(
    ("lent", "message"),
    [
        (
            Bare(),
            "executor: is a Bare, whose submit\\(\\) is not implemented; give a complete executor",
        ),
        (
            Strange(),
            r"executor: returned a tuple for a task; use an executor whose submit\(\) returns a concurrent.futures.Future",
        ),
        (
            Strange(AttributeError("no scheduler")),
            r"executor: accepts no more tasks \(no scheduler\); give an executor that is open",
        ),
        (Strange(OSError()), r"executor: accepts no more tasks \(OSError\)"),
    ],
)
def test_an_invalid_executor_is_refused(lent: Executor, message: str, tmp_path: Path) -> None:
    """The store is closed properly."""
    for executor in (lent, Lent(lent)):
        with pytest.raises(SweepError, match=message):
            sweep(tiny(), replications=2, seed=1, measure=left, executor=executor, store=tmp_path / "study.db")
    assert [path.name for path in tmp_path.iterdir()] == ["study.db"]


def test_a_worker_of_another_version_stops_the_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    """None of its runs is stored."""
    plan = plan_of(tiny())
    monkeypatch.setattr("nhstransit.studies.tasks.code_content", lambda: "another")
    with pytest.raises(VersionError, match="a worker: has different code of nhstransit from the process"):
        perform(next(plan.tasks(lambda left: 1, lambda keys: set())))


def test_a_task_does_not_depend_on_global_state() -> None:
    """Run twice in any order, tasks have the same outcomes, except for their duration."""
    tasks = list(plan_of(pair(), 3).tasks(lambda left: 3, lambda keys: set()))

    def found(some: Iterator[Task]) -> dict[bytes, tuple[Any, ...]]:
        return {one.point.key: (one.names, one.figures, one.failure) for task in some for one in outcomes_of(task)}

    assert found(iter(tasks)) == found(reversed(tasks)) and len(found(iter(tasks))) == 6


@pytest.mark.parametrize("make", [lambda workers: Lent(Fake(lambda task, tries: None), workers=workers), Processes])
@pytest.mark.parametrize("workers", [-1, 1.5, True, "2", None])
def test_an_invalid_number_of_workers_is_refused(make: Any, workers: Any) -> None:
    with pytest.raises(SweepError, match="give a whole number of 1 or more"):
        make(workers)


def test_zero_workers_and_a_missing_executor_are_refused() -> None:
    with pytest.raises(SweepError, match="processes: the number is 0; give a whole number of 1 or more"):
        Processes(0)
    with pytest.raises(SweepError, match="executor: is None; give an executor"):
        Lent(None)  # type: ignore[arg-type]


@pytest.mark.thorough
def test_workers_end_with_their_pool() -> None:
    """Closing a pool ends its processes immediately; a new start has new processes."""
    pool = Processes(1)
    try:
        first = pool.executor().submit(os.getpid).result()
        pool.close()
        assert not Path(f"/proc/{first}").exists() or "Z" in Path(f"/proc/{first}/stat").read_text()
        assert pool.executor().submit(os.getpid).result() != first
    finally:
        pool.close()


def test_workers_that_end_before_they_start_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """This happens when a script without a guard runs itself in each worker; here it is imitated."""

    class Broken:
        def __init__(self, *_: Any, **__: Any) -> None:
            pass

        def submit(self, *_: Any) -> Future[Any]:
            future: Future[Any] = Future()
            future.set_exception(BrokenExecutor())
            return future

        def shutdown(self, **_: Any) -> None:
            pass

    children = iter(([], [SimpleNamespace(exitcode=1)]))
    monkeypatch.setattr(flights, "ProcessPoolExecutor", Broken)
    monkeypatch.setattr(flights.multiprocessing, "active_children", lambda: next(children))
    with pytest.raises(
        SweepError, match="worker processes: ended while they were starting; put the code of your script under"
    ):
        Processes(1).executor()


@pytest.mark.thorough
def test_a_script_without_a_guard_is_reported(tmp_path: Path) -> None:
    """Its workers would run the script again. The error says what to write, and no process is left."""
    script = tmp_path / "script.py"
    script.write_text(
        textwrap.dedent("""
        from nhstransit.errors import SweepError
        from nhstransit.studies import sweep
        from tests.studies.made import left, tiny
        try:
            sweep(tiny(), replications=2, seed=1, measure=left, executor=2)
        except SweepError as error:
            print(error)
        """)
    )
    done = subprocess.run(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    assert (
        "worker processes: ended while they were starting; put the code of your script under `if __name__"
        in done.stdout
    )


def test_the_size_of_tasks_depends_on_time_and_workers() -> None:
    """First one run; then as many runs as take two seconds, with at least four tasks per worker."""
    pace = Pace(2)
    (point, *_) = points(1)
    assert pace.block(1_000) == 1
    pace.note((Outcome(point=point, seconds=0.04), Outcome(point=point, seconds=0.06)))
    assert pace.block(1_000_000) == round(TASK_SECONDS / 0.05) and pace.block(80) == 10 and pace.block(1) == 1


def test_completed_runs_are_kept_when_a_sweep_is_stopped() -> None:
    """Outcomes are taken from completed futures, but not from unfinished or lost ones."""
    with ThreadPoolExecutor(1) as threads:
        crew = crew_of(threads)
    assert isinstance(crew, Pooled)
    point = points(1)[0]
    for state in ("done", "waiting", "lost"):
        future: Future[Any] = Future()
        if state == "done":
            future.set_result((outcome(point, 1.0),))
        if state == "lost":
            future.set_exception(OSError())
        crew._flying[future] = None  # type: ignore[assignment]
    assert crew.finished() == (outcome(point, 1.0),)
