"""How much faster is the engine than the same model with a SimPy process for each person?

    python -m benchmarks.engine [people ...] [--rounds N]

All contestants play the same world with the same luck and must log the same events; the table says how many differ. The
collector is frozen for all, and a second table has it as Python comes. The engine is timed as the library's user meets
it: joining the log and checking conservation included. The scenario, with its posts, is made beforehand for all.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from benchmarks.harness import alternate, table
from benchmarks.twin import run_twin
from benchmarks.worlds import world
from nhstransit.engine.simulate import simulate

AIM = 50  # times, at 50,000 people, against a process a person with the collector frozen


def differing(scenario: Any, drive: str) -> tuple[int, int]:
    """How many events the engine's log has, and how many of the engine's and the twin's have no match in the other's."""
    engine = Counter(
        (day, int(phase), int(kind), *rest) for day, phase, kind, *rest in simulate(scenario, seed=1).log.tuples()
    )
    twin = Counter(map(tuple, run_twin(scenario, 1, drive).events))
    return engine.total(), (engine - twin).total() + (twin - engine).total()


def contestants(scenario: Any) -> dict[str, Callable[[], Any]]:
    """Who runs, by name."""
    return {
        "engine": partial(simulate, scenario, seed=1),
        "process a person": partial(run_twin, scenario, 1, "process"),
        "one monthly loop": partial(run_twin, scenario, 1, "loop"),
    }


def main() -> None:
    """Print the tables."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("people", nargs="*", type=int, default=[1_000, 10_000, 50_000])
    asked.add_argument("--rounds", type=int, default=3)
    given = asked.parse_args()
    for collector in ("frozen", "default"):
        rows = []
        for people in given.people:
            scenario = world(people)
            simulate(scenario, seed=1)
            taken = alternate(contestants(scenario), given.rounds, collector)
            own = taken.pop("engine")
            logged, apart = differing(scenario, "process")
            ratios = [f"{seconds:.2f} s, {seconds / own:.1f}×" for seconds in taken.values()]
            rows.append([f"{people:,}", f"{own * 1000:.0f} ms", *ratios, f"{logged:,}", apart])
        print(f"\ncollector: {collector}; medians of {given.rounds} alternated rounds; aim {AIM}× at 50,000\n")
        print(table(["people", "engine", *taken, "events", "that differ"], rows))


if __name__ == "__main__":
    main()
