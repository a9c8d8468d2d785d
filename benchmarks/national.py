"""How long does the national run take, and its headline measures beside it?

    python -m benchmarks.national [--rounds N] [--collector frozen|default ...] [--clock wall|processor]

The bundled scenario of England before fitting, 2010 to 2014, with all its policies; seed 1. The scenario, with its posts, is
made beforehand; the engine's time includes the check of conservation. Headline measures are asked of a run of which nothing
was asked before.
"""

from __future__ import annotations

import argparse
from functools import partial

import nhstransit
from benchmarks.harness import CLOCKS, POLICIES, alternate, table
from benchmarks.measures import fresh
from nhstransit.engine.simulate import simulate
from nhstransit.measures import headlines

AIMS = {"engine": 150, "headline measures": 50}  # milliseconds, on one core


def main() -> None:
    """Print a table for each way of collecting garbage."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--collector", nargs="+", choices=tuple(POLICIES), default=list(POLICIES))
    asked.add_argument("--clock", choices=tuple(CLOCKS), default="wall")
    given = asked.parse_args()
    scenario = nhstransit.load_scenario("england-2010-prior")
    run = simulate(scenario, seed=1)
    contestants = {
        "engine": partial(simulate, scenario, seed=1),
        "headline measures": partial(fresh, headlines, run),
    }
    print(f"{len(scenario.workforce):,} people at the opening, {len(run.log):,} events")
    for collector in given.collector:
        taken = alternate(contestants, given.rounds, collector, given.clock)
        engine = taken["engine"]
        rows = [
            [name, f"{seconds / engine:.2f}×", f"{seconds * 1000:,.0f} ms", f"{AIMS[name]} ms"]
            for name, seconds in taken.items()
        ]
        print(f"\ncollector: {collector}; clock: {given.clock}; medians of {given.rounds} alternated rounds\n")
        print(table(["", "against the engine", "median", "aim, at most"], rows))


if __name__ == "__main__":
    main()
