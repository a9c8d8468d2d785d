"""Does a run take longer where the same staff have a hundred times as many employers?

    python -m benchmarks.employers [--people N] [--employers N ...] [--rounds N]

Invented people (`benchmarks/worlds.py`), four years, every policy of the hamlet. *Time* is the median of alternated runs in
processor time. *Memory* is the peak that tracemalloc sees in a run, in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import tracemalloc
from functools import partial

from benchmarks.harness import alternate, elsewhere, table
from benchmarks.worlds import world
from nhstransit.engine.simulate import simulate
from nhstransit.scenario import Scenario


def made(people: int, employers: int) -> Scenario:
    """A world of about so many people and employers at the start."""
    return world(people, a_body=max(1, people // employers))


def peak(people: int, employers: int) -> float:
    """Peak traced bytes of one run a person."""
    scenario = made(people, employers)
    _ = scenario.opening
    simulate(world(300), seed=1)
    tracemalloc.start()
    simulate(scenario, seed=1)
    return tracemalloc.get_traced_memory()[1] / people


def main() -> None:
    """Print a table, ratios first."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--people", type=int, default=100_000)
    asked.add_argument("--employers", type=int, nargs="+", default=[100, 1_000, 10_000])
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--peak", action="store_true", help="print only the peak, of the first number of employers")
    given = asked.parse_args()
    if given.peak:
        print(json.dumps(peak(given.people, given.employers[0])))
        return
    worlds = {str(employers): made(given.people, employers) for employers in given.employers}
    taken = alternate(
        {name: partial(simulate, scenario, seed=1) for name, scenario in worlds.items()},
        given.rounds,
        clock="processor",
    )
    del worlds
    rows = []
    first = None
    for employers in given.employers:
        held = elsewhere("benchmarks.employers", "--people", given.people, "--employers", employers, "--peak")
        seconds = taken[str(employers)]
        first = first or (seconds, held)
        ratios = (f"{seconds / first[0]:.2f}×", f"{held / first[1]:.2f}×")
        rows.append([f"{employers:,}", *ratios, f"{seconds:.2f} s", f"{held:,.0f} B"])
    print(f"{given.people:,} people\n")
    print(table(["employers", "time", "memory", "a run", "peak a person, log included"], rows))


if __name__ == "__main__":
    main()
