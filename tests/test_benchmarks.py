"""The benchmarks work: engine and oracle simulate the same model, and every benchmark can be imported."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import history
from benchmarks.engine import differing
from benchmarks.policies import first_forms
from benchmarks.worlds import world
from nhstransit.scenario import load_scenario

ROOT = Path(__file__).resolve().parent.parent
BENCHMARKS = sorted(path.stem for path in (ROOT / "benchmarks").glob("*.py"))


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_can_be_imported(name: str) -> None:
    """Everything that a benchmark imports from the library exists."""
    importlib.import_module("benchmarks" if name == "__init__" else f"benchmarks.{name}")


@pytest.mark.thorough
def test_engine_and_oracle_log_the_same_events_in_the_benchmark_scenario() -> None:
    events, differ = differing(world(100))
    assert events > 500
    assert differ == 0


@pytest.mark.thorough
def test_the_engine_is_timed_beside_the_oracle_from_the_repository_root() -> None:
    """Run as a module in a separate process, the benchmark finds the oracle and prints a ratio."""
    command = [sys.executable, "-m", "benchmarks.engine", "40", "--rounds", "1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    people, ratio, *_, differ = done.stdout.splitlines()[-1].strip("| ").split("|")
    assert people.strip() == "40"
    assert float(ratio.strip().rstrip("×")) > 0
    assert differ.strip() == "0"


@pytest.mark.thorough
def test_first_forms_of_england_have_fewer_policies() -> None:
    """The scenario that `benchmarks.policies` compares with can be made, and lacks policies that were added later."""
    england = load_scenario("england-2010-prior")
    assert len(first_forms(england).policies) < len(england.policies)


def test_a_scenario_that_has_become_slower_is_reported(tmp_path: Path) -> None:
    """It is compared with the median of its last five rows with the same versions. Small differences are not reported."""
    path = tmp_path / "history.csv"
    versions = {"python": "3.11", "numpy": "2.4"}
    for ratio in (9.0, 1.0, 1.0, 1.2, 1.0, 0.9):
        history.keep({"hamlet": (ratio, 3_000)}, versions, path)
    history.keep({"hamlet": (5.0, 3_000)}, {**versions, "numpy": "1.26"}, path)
    rows = history.kept(path)
    assert len(rows) == 7
    usual = history.usual(rows, "hamlet", versions)
    assert usual == 1.0
    before = {"hamlet": usual, "new": history.usual(rows, "new", versions)}
    assert before["new"] is None
    assert history.slower({"hamlet": (1.24, 3_000), "new": (7.0, 10)}, before) == []
    assert history.slower({"hamlet": (1.5, 3_000)}, before) == ["hamlet takes 1.50 times as long as it used to."]


def test_the_stored_history_can_be_read() -> None:
    """Each row has a day, a commit, versions, and a ratio above zero."""
    rows = history.kept()
    assert {row["world"] for row in rows} >= set(history.WORLDS)
    assert all(set(row) == set(history.COLUMNS) and float(row["ratio"]) > 0 for row in rows)
