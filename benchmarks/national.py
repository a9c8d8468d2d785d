"""How long does the national run take, beside the twin, and its headline measures?

    python -m benchmarks.national [--rounds N] [--collector frozen|default ...] [--clock wall|processor] [--agreed]

The bundled scenario of England, 2010 to 2014, with all its policies; seed 1. The twin plays the same policies with the
same luck and logs the same events: `--agreed` counts those that differ in both ways of driving it, and times nothing.
The scenario, with its posts, is made beforehand for all; the engine's time has conservation in it.
"""

from __future__ import annotations

import argparse
from functools import partial

import nhstransit
from benchmarks.engine import contestants, differing
from benchmarks.harness import CLOCKS, POLICIES, alternate, table
from benchmarks.measures import fresh
from nhstransit.engine.simulate import simulate
from nhstransit.measures import headlines

AIMS = {"engine": 150, "headline measures": 50}  # milliseconds, on one core


def main() -> None:
    """Print the tables, or how many events differ."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--collector", nargs="+", choices=tuple(POLICIES), default=list(POLICIES))
    asked.add_argument("--clock", choices=tuple(CLOCKS), default="wall")
    asked.add_argument("--agreed", action="store_true")
    given = asked.parse_args()
    scenario = nhstransit.load_scenario("england-2010-prior")
    run = simulate(scenario, seed=1)
    if given.agreed:
        counts = [(drive, *differing(scenario, drive)) for drive in ("process", "loop")]
        print(table(["twin", "events", "that differ"], [[drive, f"{all_:,}", apart] for drive, all_, apart in counts]))
        return
    everyone = contestants(scenario) | {"headline measures": partial(fresh, headlines, run)}
    print(f"{len(scenario.workforce):,} people at the opening, {len(run.log):,} events")
    for collector in given.collector:
        taken = alternate(everyone, given.rounds, collector, given.clock)
        own = taken["engine"]
        rows = [
            [name, f"{seconds * 1000:,.0f} ms", f"{seconds / own:.2f}×", f"{AIMS[name]} ms" if name in AIMS else ""]
            for name, seconds in taken.items()
        ]
        print(f"\ncollector: {collector}; clock: {given.clock}; medians of {given.rounds} alternated rounds\n")
        print(table(["", "median", "against the engine", "aim, at most"], rows))


if __name__ == "__main__":
    main()
