"""What all tests share: the wheel, and hypothesis derandomised and without a deadline, so that failures are faults.

Derandomised is not yet the same: hypothesis also tries constants that it reads from whatever modules of the project are
loaded by then, and which these are depends on what else was run before, by this worker. Tests that ask what a number of
made worlds has seen would pass on one day and fail on another; so here it finds none, and every session makes the same
worlds.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

os.environ["NHSTRANSIT_CACHE"] = ""  # no test finds staff that another process has made
# Two workers and dozens of processes import the library: where writing bytecode is switched off, each would compile it anew,
# which takes longer than what most of them are asked. Set before workers are started, who inherit it.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# Every core has a worker, or a process that a test has started: threads of linear algebra, whose matrices are small here,
# would only wait for one another, and the waiting takes processor time. Set before NumPy is imported, which reads it once.
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(name, "1")

if hasattr(providers, "_get_local_constants"):  # a private name, and only in versions that read modules for constants
    from hypothesis.internal.constants_ast import Constants

    providers._get_local_constants = Constants

settings.register_profile(
    "ci",
    max_examples=15,  # tests/examples.py says more, or less, of one test
    derandomize=True,
    deadline=None,
    print_blob=True,
    # Worlds that tests share are made, by hypothesis too, when the first of them draws one: tests/kept_worlds.py.
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.nested_given],
)
settings.register_profile("thorough", settings.get_profile("ci"), max_examples=1_000)
settings.load_profile("ci")


def pytest_configure(config: pytest.Config) -> None:
    """Many more examples where the long proofs are asked for: `pytest -m thorough`, or `pytest -m ""` for every test.

    And a folder in which one worker finds the worlds that another has made: tests/kept_worlds.py.
    """
    if not hasattr(config, "workerinput"):
        folder = tempfile.TemporaryDirectory(prefix="nhstransit-tests-")
        os.environ["NHSTRANSIT_TESTS_SHARED"] = folder.name
        config.add_cleanup(folder.cleanup)
    asked: str = config.getoption("markexpr", default="")
    if "not thorough" not in asked:
        settings.load_profile("thorough")


def pytest_collection() -> None:
    """Hardly anything becomes rubbish while tests are collected, and looking for it takes a tenth of the time."""
    gc.disable()


def pytest_collection_finish() -> None:
    """What is there when all tests are known stays to the end: the search for rubbish need not look at it so often.

    It is not frozen: older versions of Hypothesis ask the collector who holds a generator of random numbers.
    """
    gc.enable()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session")
def archives(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder with the source archive of this checkout, and the wheel that was built from it, without a network.

    They are built once for all workers: the first to need them builds, another waits until it has ended.
    """
    base = tmp_path_factory.getbasetemp()
    out = (base if worker_id == "master" else base.parent) / "archives"
    ended = out / "ended.txt"
    try:
        out.mkdir()
    except FileExistsError:
        while not ended.exists():
            time.sleep(0.1)
    else:
        build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out)]
        done = subprocess.run([*build, str(Path(__file__).parents[1])], capture_output=True, text=True, check=False)
        ended.write_text("" if done.returncode == 0 else done.stdout + done.stderr, "utf-8")
    assert not ended.read_text("utf-8")
    return out


@pytest.fixture(scope="session")
def wheel(archives: Path) -> Path:
    """The wheel, as a newcomer gets it who builds it from the source archive."""
    (made,) = archives.glob("*.whl")
    return made
