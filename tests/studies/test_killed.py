"""Killed without warning, at any moment: no run lost that was committed, none doubled, no process left behind.

Everything here waits for a state, such as runs in the store, and never for a time: however busy the machine, a sweep is
disturbed while it is under way. What a test starts is ended, and its pipe closed, however the test ends.
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
LONG = 600.0  # seconds after which a state that does not come is a fault, however busy the machine
pytestmark = pytest.mark.timeout(3 * LONG)
# A session that runs in the background ignores SIGINT, and its children inherit that: the script takes it back.
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
def unharmed() -> str:
    """The hash of the sweep that nobody disturbed."""
    return undisturbed(slow)


def undisturbed(measure: Callable[[Run], dict[str, float]]) -> str:
    """The hash of the sweep, made here and without a pause."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(made, "pause", 0.0)
        return sweep(pair(), replications=REPLICATIONS, seed=1, measure=measure).sha256()


def until(state: Callable[[], bool], what: str) -> None:
    """Wait for a state, as long as it takes."""
    end = time.monotonic() + LONG
    while not state():
        assert time.monotonic() < end, f"never came to pass: {what}"
        time.sleep(0.02)


class Begun:
    """A sweep in a process of its own, known with all its descendants by a word in their environment.

    Used with `with`, at the end of which nothing of it is left.
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
        for pid in self.everybody():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        if self.process.stderr:
            self.process.stderr.close()

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.process.poll() is not None

    def reaches(self, path: Path, count: int) -> None:
        """Wait until so many runs are committed, or it has ended."""
        until(lambda: self.over or rows(path) >= count, f"{count} runs")

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

    def alone(self) -> None:
        """Wait until nobody is left, who would otherwise have outlived the sweep."""
        until(lambda: not self.everybody(), "the end of every process of a sweep")

    def ended(self) -> None:
        """Wait for the end, which must be a good one, with nobody left."""
        told = self.process.communicate(timeout=LONG)[1].decode()
        assert self.process.returncode == 0, told
        self.alone()


def read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def rows(path: Path) -> int:
    """Runs committed so far."""
    try:
        return len(open_study(path))
    except StoreError:
        return 0


def killed(folder: Path, unharmed: str, times: int, seed: int) -> None:
    """The parent is killed so many times, at once or after some more runs, without orphans; then the sweep goes on."""
    rng = random.Random(seed)
    path = folder / "study.db"
    before = 0
    for _ in range(times):
        more = rng.choice([0, 0, 1, 2, 5, 9])
        with Begun(folder) as begun:
            begun.reaches(path, before + more)
            time.sleep(rng.uniform(0.0, 0.3))  # any moment will do
            begun.process.kill()
            begun.process.wait()
            begun.alone()
        there = rows(path)
        assert there >= before
        before = there
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(made, "pause", 0.0)
        sweep(pair(), replications=REPLICATIONS, seed=1, measure=slow, store=path)
    whole(path, unharmed)


def whole(path: Path, unharmed: str) -> None:
    """Every run once, each as it should be, in one file."""
    report = check(path)
    assert (report.runs, report.failed, report.missing, report.damaged) == (2 * REPLICATIONS, 0, 0, ())
    assert open_study(path).sha256() == unharmed
    assert [one.name for one in path.parent.glob("study*")] == ["study.db"]


def worn(folder: Path, times: int, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers are killed while the sweep goes on, which makes do with others and ends whole.

    It gets on only as far as it is let, so that it cannot end before the last is killed.
    """
    monkeypatch.setenv(PLACE, str(folder))
    rng = random.Random(seed)
    path = folder / "study.db"
    with Begun(folder, "held") as begun:
        for _ in range(times):
            lead(begun, path, rows(path) + rng.choice([1, 2, 3]))
            until(lambda: begun.over or len(begun.workers()) >= 2, "two workers")
            assert not begun.over
            os.kill(rng.choice(begun.workers()), signal.SIGKILL)
        (folder / "released").touch()
        begun.ended()
    whole(path, undisturbed(held))


def lead(begun: Begun, path: Path, count: int) -> None:
    """Let a sweep go on, a run at a time, until so many are committed."""

    def there() -> bool:
        if not list(path.parent.glob("token-*")):
            (path.parent / f"token-{uuid.uuid4().hex}").touch()
        return begun.over or rows(path) >= count

    until(there, f"{count} runs")


def test_the_parent_is_killed(tmp_path: Path, unharmed: str) -> None:
    """At a random instant, then resumed: every run once, equal to an uninterrupted sweep, no orphans."""
    killed(tmp_path, unharmed, 1, seed=1)


@pytest.mark.thorough
def test_workers_are_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One at a random instant within a sweep, which ends whole all the same."""
    worn(tmp_path, 1, 2, monkeypatch)


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(10))
def test_the_parent_is_killed_often(tmp_path: Path, unharmed: str, seed: int) -> None:
    """Fifty times in all, with resumption after every five."""
    killed(tmp_path, unharmed, 5, seed=100 + seed)


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(10))
def test_workers_are_killed_often(tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fifty times in all, five a sweep."""
    worn(tmp_path, 5, 200 + seed, monkeypatch)


@pytest.mark.thorough
def test_the_keyboard_ends_a_sweep_cleanly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C, which every process of the terminal hears: no orphan, no worker's traceback, one file, and it goes on."""
    monkeypatch.setenv(PLACE, str(tmp_path))
    path = tmp_path / "study.db"
    with Begun(tmp_path, "held") as begun:  # it cannot end before it is let go on
        lead(begun, path, 1)
        assert not begun.over
        for pid in begun.everybody():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT)
        said = begun.process.communicate(timeout=LONG)[1].decode()
        assert begun.process.returncode not in (0, -signal.SIGKILL)
        assert said.count("Traceback") == 1 and "runs completed; the same sweep" in said
        begun.alone()
    assert [one.name for one in tmp_path.glob("study*")] == ["study.db"]
    assert 0 < rows(path) < 2 * REPLICATIONS
    (tmp_path / "released").touch()
    sweep(pair(), replications=REPLICATIONS, seed=1, measure=held, store=path)
    whole(path, undisturbed(held))
