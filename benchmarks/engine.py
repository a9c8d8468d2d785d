"""How many times faster is the engine than the same model with one SimPy process per person?

    python -m benchmarks.engine [people ...] [--rounds N]

The second contestant is the oracle of `tests/oracle`, which plays the same world with the same luck. It must log the same
events: the last column counts those that differ. The oracle is written to be read and not to be fast, and it searches lists
of all posts and people, so its time grows faster than the number of people: the ratio says what a plain model costs, not
how fast a tuned one could be. The engine is timed as the library's user meets it: joining the log and checking conservation
included. The scenario, with its posts, is made beforehand for both.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from oracle import oracle

from benchmarks.harness import CLOCKS, POLICIES, alternate, table
from benchmarks.worlds import world
from nhstransit.engine.simulate import simulate
from nhstransit.scenario import Scenario


def differing(scenario: Scenario) -> tuple[int, int]:
    """How many events the engine logs, and how many events of either log have no match in the other."""
    engine = Counter(simulate(scenario, seed=1).log.tuples())
    plain = Counter(oracle(scenario, 1).tuples())
    return engine.total(), (engine - plain).total() + (plain - engine).total()


def contestants(scenario: Scenario) -> dict[str, Callable[[], Any]]:
    """What is timed, by name."""
    return {
        "engine": partial(simulate, scenario, seed=1),
        "one process per person": partial(oracle, scenario, 1),
    }


def main() -> None:
    """Print a table: the ratio first, then seconds."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("people", nargs="*", type=int, default=[300, 1_000])
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--collector", choices=tuple(POLICIES), default="frozen")
    asked.add_argument("--clock", choices=tuple(CLOCKS), default="processor")
    given = asked.parse_args()
    rows = []
    for people in given.people:
        scenario = world(people)
        simulate(scenario, seed=1)  # what is loaded and kept on first use is not timed
        seconds = alternate(contestants(scenario), given.rounds, given.collector, given.clock)
        engine, plain = seconds.values()
        logged, differ = differing(scenario)
        times = [f"{plain / engine:.0f}×", f"{engine:.2f} s", f"{plain:.2f} s"]
        rows.append([f"{people:,}", *times, f"{logged:,}", differ])
    print(f"collector: {given.collector}; clock: {given.clock}; medians of {given.rounds} alternated rounds\n")
    print(table(["people", "ratio", "engine", "one process per person", "events", "that differ"], rows))


if __name__ == "__main__":
    main()
