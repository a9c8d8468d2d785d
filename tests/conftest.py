"""Settings and fixtures of all tests.

Hypothesis is derandomised and has no deadline, so that a failure is a real fault. This is not enough for equal examples
in every session, because Hypothesis also tries constants from modules that are loaded at that time. Which modules are
loaded depends on the tests that this worker ran before. Some tests check what a number of generated scenarios contain,
and could fail on some days only. The search for constants is therefore switched off here.
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

os.environ["NHSTRANSIT_CACHE"] = ""  # no test reads staff that another process has synthesised
# Two workers and dozens of processes import the library. Without stored bytecode each of them would compile it again, which
# takes longer than most of these tests. This is set before the workers start, because they inherit it.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# Every core is already busy with a worker, or with a process that a test started. The matrices here are small, so threads
# of linear algebra would only wait for one another, which costs time. Set before NumPy is imported, which reads it once.
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(name, "1")

if hasattr(
    providers, "_get_local_constants"
):  # a private name, present only in versions that search modules for constants
    from hypothesis.internal.constants_ast import Constants

    providers._get_local_constants = Constants

settings.register_profile(
    "ci",
    max_examples=15,  # tests/examples.py sets other numbers for single tests
    derandomize=True,
    deadline=None,
    print_blob=True,
    # Scenarios that tests share are generated, also by Hypothesis, when the first test draws one: tests/kept_worlds.py.
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.nested_given],
)
settings.register_profile("thorough", settings.get_profile("ci"), max_examples=1_000)
settings.load_profile("ci")


def pytest_configure(config: pytest.Config) -> None:
    """Set many more examples for the thorough tests (`pytest -m thorough`, or `pytest -m ""` for every test).

    Also make a folder in which workers share generated scenarios (tests/kept_worlds.py).
    """
    if not hasattr(config, "workerinput"):
        folder = tempfile.TemporaryDirectory(prefix="nhstransit-tests-")
        os.environ["NHSTRANSIT_TESTS_SHARED"] = folder.name
        config.add_cleanup(folder.cleanup)
    asked: str = config.getoption("markexpr", default="")
    if "not thorough" not in asked:
        settings.load_profile("thorough")


def pytest_collection() -> None:
    """Switch garbage collection off during collection of tests, where it takes a tenth of the time and frees nothing."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Switch garbage collection on again, with fewer runs: objects that exist after collection of tests stay to the end.

    They are not frozen, because older versions of Hypothesis ask the collector for references to random generators.
    """
    gc.enable()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session")
def archives(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder with the source archive of this checkout and the wheel built from it, without a network.

    They are built once for all workers. The first worker that needs them builds them; the others wait.
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
    """The wheel, as built from the source archive."""
    (made,) = archives.glob("*.whl")
    return made
