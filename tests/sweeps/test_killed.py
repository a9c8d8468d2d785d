"""Killed without warning, at any moment: no run lost that was committed, none doubled, no process left behind."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import textwrap
import time
import uuid
from pathlib import Path

import pytest

from nhstransit.sweeps import open_study, sweep
from nhstransit.sweeps.check import check
from tests.sweeps.made import pair, slow

ROOT = Path(__file__).parents[2]
REPLICATIONS = 30
SCRIPT = """
import sys
from nhstransit.sweeps import conduct, store, sweep
from tests.sweeps.made import pair, slow

if __name__ == "__main__":
    conduct.TASK_SECONDS = store.COMMIT_SECONDS = 0.1
    sweep(pair(), replications=int(sys.argv[2]), seed=1, measure=slow, store=sys.argv[1], executor=2)
"""


@pytest.fixture(scope="module")
def unharmed() -> str:
    """The hash of the sweep that nobody disturbed."""
    return sweep(pair(), replications=REPLICATIONS, seed=1, measure=slow).sha256()


class Begun:
    """A sweep in a process of its own, known with all its descendants by a word in their environment."""

    def __init__(self, folder: Path, replications: int = REPLICATIONS) -> None:
        self.word, script = uuid.uuid4().hex, folder / "script.py"
        script.write_text(textwrap.dedent(SCRIPT))
        self.process = subprocess.Popen(
            [sys.executable, str(script), str(folder / "study.db"), str(replications)],
            env={**os.environ, "PYTHONPATH": str(ROOT), "NHSTRANSIT_TEST_WORD": self.word},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )

    def everybody(self) -> set[int]:
        """All living processes of this sweep."""
        found = set()
        for place in Path("/proc").iterdir():
            if place.name.isdigit() and self.word.encode() in read(place / "environ"):
                found.add(int(place.name))
        return found

    def workers(self) -> list[int]:
        """Its worker processes: those that Python spawned to work."""
        return [pid for pid in self.everybody() if b"spawn_main" in read(Path(f"/proc/{pid}/cmdline"))]

    def alone(self, seconds: float = 20.0) -> bool:
        """Whether within some time nobody is left."""
        end = time.monotonic() + seconds
        while self.everybody() and time.monotonic() < end:
            time.sleep(0.02)
        return not self.everybody()

    def ended(self) -> None:
        assert self.process.wait(timeout=120) == 0, self.process.stderr and self.process.stderr.read().decode()
        self.forget()

    def forget(self) -> None:
        if self.process.stderr:
            self.process.stderr.close()


def read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def rows(path: Path) -> int:
    """Runs committed so far."""
    from nhstransit.errors import StoreError

    try:
        return len(open_study(path))
    except StoreError:
        return 0


def killed(folder: Path, unharmed: str, times: int, seed: int, most: float) -> None:
    """The parent is killed so many times at random instants, each time without orphans; then the sweep is let go on."""
    rng, path, before = random.Random(seed), folder / "study.db", 0
    for _ in range(times):
        begun = Begun(folder)
        time.sleep(rng.uniform(0.0, most))
        os.kill(begun.process.pid, signal.SIGKILL)
        begun.process.wait()
        begun.forget()
        assert begun.alone(), "a worker outlived its parent"
        there = rows(path)
        assert there >= before
        before = there
    last = Begun(folder)
    last.ended()
    assert last.alone()
    whole(path, unharmed)


def whole(path: Path, unharmed: str) -> None:
    """Every run once, each as it should be, in one file."""
    report = check(path)
    assert (report.runs, report.failed, report.missing, report.damaged) == (2 * REPLICATIONS, 0, 0, ())
    assert open_study(path).sha256() == unharmed
    assert [one.name for one in path.parent.glob("study*")] == ["study.db"]


def worn(folder: Path, unharmed: str, times: int, seed: int) -> None:
    """Workers are killed at random instants while the sweep goes on, which makes do with others and ends whole."""
    rng, begun, done = random.Random(seed), Begun(folder), 0
    while done < times and begun.process.poll() is None:
        workers = begun.workers()
        if len(workers) < 2:
            time.sleep(0.01)
            continue
        time.sleep(rng.uniform(0.0, 1.0))
        victim = rng.choice(workers)
        if Path(f"/proc/{victim}").exists():
            os.kill(victim, signal.SIGKILL)
            done += 1
    begun.ended()
    assert done == times and begun.alone()
    whole(folder / "study.db", unharmed)


def test_the_parent_is_killed(tmp_path: Path, unharmed: str) -> None:
    """Five times at random instants, then resumed: every run once, equal to an uninterrupted sweep, no orphans."""
    killed(tmp_path, unharmed, 5, seed=1, most=2.5)


def test_workers_are_killed(tmp_path: Path, unharmed: str) -> None:
    """Five times at random instants within one sweep, which ends whole all the same."""
    worn(tmp_path, unharmed, 5, seed=2)


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(10))
def test_the_parent_is_killed_often(tmp_path: Path, unharmed: str, seed: int) -> None:
    """Fifty times in all, with resumption after every five."""
    killed(tmp_path, unharmed, 5, seed=100 + seed, most=3.5)


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(10))
def test_workers_are_killed_often(tmp_path: Path, unharmed: str, seed: int) -> None:
    """Fifty times in all, five a sweep."""
    worn(tmp_path, unharmed, 5, seed=200 + seed)


def test_the_keyboard_ends_a_sweep_cleanly(tmp_path: Path, unharmed: str) -> None:
    """Ctrl-C, which every process of the terminal hears: no orphan, no worker's traceback, one file, and it goes on."""
    begun = Begun(tmp_path)
    while rows(tmp_path / "study.db") == 0 and begun.process.poll() is None:
        time.sleep(0.02)
    for pid in begun.everybody():
        os.kill(pid, signal.SIGINT)
    assert begun.process.wait(timeout=60) not in (0, -signal.SIGKILL)
    said = begun.process.stderr.read().decode() if begun.process.stderr else ""
    begun.forget()
    assert said.count("Traceback") == 1 and "runs kept; the same sweep goes on from there" in said
    assert begun.alone() and [path.name for path in tmp_path.glob("study*")] == ["study.db"]
    assert 0 < rows(tmp_path / "study.db") < 2 * REPLICATIONS
    last = Begun(tmp_path)
    last.ended()
    whole(tmp_path / "study.db", unharmed)
