"""Sweeps that are killed at any moment lose and repeat no committed run, and leave no process behind.

Tests wait for a state, such as runs in the store, and never for a time. So a sweep is killed while it is in progress,
also on a busy machine. Each test ends its processes and closes their pipes, also if it fails.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import textwrap
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Self

import pytest

from nhstransit.errors import StoreError
from nhstransit.run import Run
from nhstransit.studies import open_study, sweep
from nhstransit.studies.store import check
from tests.studies import made
from tests.studies.made import PLACE, held, pair, slow

ROOT = Path(__file__).parents[2]
REPLICATIONS = 20
LONG = 600.0  # seconds to wait for a state before the test fails
pytestmark = pytest.mark.timeout(3 * LONG)
# A background session ignores SIGINT, and its child processes inherit this: the script restores the signal.
SCRIPT = """
import signal
import sys
from nhstransit.studies import store, sweep, sweeps as conduct
from tests.studies import made

signal.signal(signal.SIGINT, signal.default_int_handler)

if __name__ == "__main__":
    conduct.TASK_SECONDS = store.COMMIT_SECONDS = 0.1
    measure = getattr(made, sys.argv[3])
    sweep(made.pair(), replications=int(sys.argv[2]), seed=1, measure=measure, store=sys.argv[1], executor=2)
"""


@pytest.fixture(scope="module")
def expected_hash() -> str:
    """The hash of the undisturbed sweep."""
    return undisturbed(slow)


def undisturbed(measure: Callable[[Run], dict[str, float]]) -> str:
    """The hash of the same sweep in this process, without pauses."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(made, "pause", 0.0)
        return sweep(pair(), replications=REPLICATIONS, seed=1, measure=measure).sha256()


def until(state: Callable[[], bool], what: str) -> None:
    """Wait for a state."""
    end = time.monotonic() + LONG
    while not state():
        assert time.monotonic() < end, f"did not happen: {what}"
        time.sleep(0.02)


class StartedSweep:
    """A sweep in another process. A word in the environment identifies it and all its child processes.

    Use it in a `with` statement, which ends all its processes.
    """

    def __init__(self, folder: Path, measure: str = "slow") -> None:
        self.word = uuid.uuid4().hex
        script = folder / "script.py"
        script.write_text(textwrap.dedent(SCRIPT))
        self.process = subprocess.Popen(
            [sys.executable, str(script), str(folder / "study.db"), str(REPLICATIONS), measure],
            env={**os.environ, "PYTHONPATH": str(ROOT), "NHSTRANSIT_TEST_WORD": self.word, PLACE: str(folder)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        if self.process.stderr:
            self.process.stderr.close()

    @property
    def over(self) -> bool:
        """Whether the sweep has ended."""
        return self.process.poll() is not None

    def reaches(self, path: Path, count: int) -> None:
        """Wait until this number of runs is committed or the sweep has ended."""
        until(lambda: self.over or rows(path) >= count, f"{count} runs")

    def processes(self) -> set[int]:
        """All living processes of this sweep."""
        found = set()
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit() and self.word.encode() in read(folder / "environ"):
                found.add(int(folder.name))
        return found

    def workers(self) -> list[int]:
        """The worker processes, which Python spawned."""
        return [pid for pid in self.processes() if b"spawn_main" in read(Path(f"/proc/{pid}/cmdline"))]

    def wait_for_processes(self) -> None:
        """Wait until no process of the sweep is left."""
        until(lambda: not self.processes(), "the end of every process of a sweep")

    def wait_for_success(self) -> None:
        """Wait for the end; check that it was successful and no process is left."""
        errors = self.process.communicate(timeout=LONG)[1].decode()
        assert self.process.returncode == 0, errors
        self.wait_for_processes()


def read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def rows(path: Path) -> int:
    """The number of committed runs."""
    try:
        return len(open_study(path))
    except StoreError:
        return 0


def kill_parent(folder: Path, expected_hash: str, times: int, seed: int) -> None:
    """Kill the parent several times, check that no process is left, and then resume the sweep."""
    rng = random.Random(seed)
    path = folder / "study.db"
    before = 0
    for _ in range(times):
        more = rng.choice([0, 0, 1, 2, 5, 9])
        with StartedSweep(folder) as started:
            started.reaches(path, before + more)
            time.sleep(rng.uniform(0.0, 0.3))  # a random moment
            started.process.kill()
            started.process.wait()
            started.wait_for_processes()
        there = rows(path)
        assert there >= before
        before = there
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(made, "pause", 0.0)
        sweep(pair(), replications=REPLICATIONS, seed=1, measure=slow, store=path)
    check_complete(path, expected_hash)


def check_complete(path: Path, expected_hash: str) -> None:
    """Check that every run is there once with the expected result, in one file."""
    report = check(path)
    assert (report.runs, report.failed, report.missing, report.damaged) == (2 * REPLICATIONS, 0, 0, ())
    assert open_study(path).sha256() == expected_hash
    assert [one.name for one in path.parent.glob("study*")] == ["study.db"]


def kill_workers(folder: Path, times: int, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kill workers during a sweep, which replaces them and is completed.

    Tokens limit the progress of the sweep, so that it cannot end before the last worker is killed.
    """
    monkeypatch.setenv(PLACE, str(folder))
    rng = random.Random(seed)
    path = folder / "study.db"
    with StartedSweep(folder, "held") as started:
        for _ in range(times):
            let_run(started, path, rows(path) + rng.choice([1, 2, 3]))
            until(lambda: started.over or len(started.workers()) >= 2, "two workers")
            assert not started.over
            os.kill(rng.choice(started.workers()), signal.SIGKILL)
        (folder / "released").touch()
        started.wait_for_success()
    check_complete(path, undisturbed(held))


def let_run(started: StartedSweep, path: Path, count: int) -> None:
    """Let a sweep continue, one run at a time, until this number of runs is committed."""

    def reached() -> bool:
        if not list(path.parent.glob("token-*")):
            (path.parent / f"token-{uuid.uuid4().hex}").touch()
        return started.over or rows(path) >= count

    until(reached, f"{count} runs")


def test_a_sweep_can_be_resumed_after_its_parent_is_killed(tmp_path: Path, expected_hash: str) -> None:
    """The parent is killed at a random moment. After resuming, the result equals that of an uninterrupted sweep."""
    kill_parent(tmp_path, expected_hash, 1, seed=1)


@pytest.mark.thorough
def test_a_sweep_is_completed_after_a_worker_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker is killed at a random moment."""
    kill_workers(tmp_path, 1, 2, monkeypatch)


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(10))
def test_a_sweep_can_be_resumed_after_its_parent_is_killed_often(tmp_path: Path, expected_hash: str, seed: int) -> None:
    """The parent is killed fifty times, five times per sweep."""
    kill_parent(tmp_path, expected_hash, 5, seed=100 + seed)


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(10))
def test_a_sweep_is_completed_after_workers_are_killed_often(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fifty workers are killed, five per sweep."""
    kill_workers(tmp_path, 5, 200 + seed, monkeypatch)


@pytest.mark.thorough
def test_ctrl_c_ends_a_sweep_cleanly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every process of the terminal receives Ctrl-C.

    No process, no worker's traceback and only one file remain. The sweep can be resumed.
    """
    monkeypatch.setenv(PLACE, str(tmp_path))
    path = tmp_path / "study.db"
    with StartedSweep(tmp_path, "held") as started:  # it cannot end without further tokens
        let_run(started, path, 1)
        assert not started.over
        for pid in started.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT)
        errors = started.process.communicate(timeout=LONG)[1].decode()
        assert started.process.returncode not in (0, -signal.SIGKILL)
        assert errors.count("Traceback") == 1 and "runs completed; the same sweep" in errors
        started.wait_for_processes()
    assert [one.name for one in tmp_path.glob("study*")] == ["study.db"]
    assert 0 < rows(path) < 2 * REPLICATIONS
    (tmp_path / "released").touch()
    sweep(pair(), replications=REPLICATIONS, seed=1, measure=held, store=path)
    check_complete(path, undisturbed(held))
