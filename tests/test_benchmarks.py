"""The benchmarks still say what they say: contestants play the same model, and each question can be put."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.engine import differing
from benchmarks.policies import first_forms
from benchmarks.worlds import world
from nhstransit.scenario import load_scenario

ROOT = Path(__file__).resolve().parent.parent
BENCHMARKS = sorted(path.stem for path in (ROOT / "benchmarks").glob("*.py"))


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_can_be_imported(name: str) -> None:
    """Whatever a benchmark takes from the library is still there."""
    importlib.import_module("benchmarks" if name == "__init__" else f"benchmarks.{name}")


def test_the_engine_and_its_contestant_log_the_same_events() -> None:
    """On an invented world of the benchmarks' own, the oracle logs every event of the engine and no other."""
    events, differ = differing(world(100))
    assert events > 500
    assert differ == 0


@pytest.mark.thorough
def test_the_engine_is_timed_beside_the_oracle_from_the_repository_root() -> None:
    """Started as a module in a process of its own, the benchmark finds the oracle and prints a ratio."""
    command = [sys.executable, "-m", "benchmarks.engine", "40", "--rounds", "1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    people, ratio, *_, differ = done.stdout.splitlines()[-1].strip("| ").split("|")
    assert people.strip() == "40"
    assert float(ratio.strip().rstrip("×")) > 0
    assert differ.strip() == "0"


@pytest.mark.thorough
def test_first_forms_of_england_have_fewer_policies() -> None:
    """The scenario that `benchmarks.policies` compares with can still be made, and lacks what came later."""
    england = load_scenario("england-2010-prior")
    assert len(first_forms(england).policies) < len(england.policies)
