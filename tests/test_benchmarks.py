"""The benchmarks still say what they say: the twin plays the engine's model, and each question can be put."""

from __future__ import annotations

import importlib
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, seed, settings
from made_rare import plainly_made
from worlds import seeds, worlds

from benchmarks.engine import differing
from benchmarks.policies import first_forms
from benchmarks.twin import run_twin
from nhstransit.engine.simulate import simulate
from nhstransit.log import Kind
from nhstransit.scenario import Scenario, load_scenario

DRIVES = ("process", "loop")
BENCHMARKS = sorted(path.stem for path in (Path(__file__).parent.parent / "benchmarks").glob("*.py"))


@pytest.mark.parametrize("drive", DRIVES)
def test_the_twin_logs_the_events_of_the_hamlet(drive: str) -> None:
    """However its people are driven, the twin writes the engine's log of the hamlet, event for event."""
    events, apart = differing(load_scenario("hamlet"), drive)
    assert events > 2000
    assert apart == 0


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_can_be_imported(name: str) -> None:
    """Whatever a benchmark takes from the library is still there."""
    importlib.import_module(f"benchmarks.{name}")


@pytest.mark.thorough
@pytest.mark.parametrize("crowded", (True, False))
def test_the_twin_logs_the_events_of_made_worlds(crowded: bool) -> None:
    """On 100 worlds of a kind, both ways of driving the twin give the engine's events."""

    @seed(7)
    @settings(max_examples=100)
    @given(worlds(crowded=crowded), seeds())
    def agree(scenario: Scenario, luck: int) -> None:
        engine = Counter(simulate(scenario, seed=luck).log.tuples())
        for drive in DRIVES:
            assert Counter(map(tuple, run_twin(scenario, luck, drive).events)) == engine

    agree()


def test_the_twin_logs_every_kind_of_event() -> None:
    """On worlds made plainly, which between them see every kind of event, the twin gives the engine's events."""
    seen: set[int] = set()
    for luck, scenario in enumerate(plainly_made(), 1):
        log = simulate(scenario, seed=luck).log
        seen.update(log.kind.tolist())
        assert Counter(map(tuple, run_twin(scenario, luck, DRIVES[1]).events)) == Counter(log.tuples())
    assert seen == set(Kind)


@pytest.mark.thorough
def test_first_forms_of_england_have_fewer_policies() -> None:
    """The scenario that `benchmarks.policies` compares with can still be made, and lacks what came later."""
    england = load_scenario("england-2010-prior")
    assert len(first_forms(england).policies) < len(england.policies)
