"""How much less does a replication of a small world cost when it is played side by side with others?

    python -m benchmarks.together [people ...] [--rounds N]

Both contestants make the same runs of the same seeds, alternated in one process, in processor time: as many as are played
at a time (`most_together`), and two of them apart. `hamlet` stands for the bundled world of that name.
"""

from __future__ import annotations

import argparse

from benchmarks.harness import alternate, table
from benchmarks.worlds import world
from nhstransit.engine.simulate import simulate
from nhstransit.engine.together import most_together, simulate_together
from nhstransit.scenario import Scenario, load_scenario

APART = 2  # runs played apart in a round: each costs the same


def ratio(scenario: Scenario, rounds: int) -> list[object]:
    """One row: the ratio first, then milliseconds of processor time a replication, apart and together."""
    _ = scenario.opening
    simulate(scenario, seed=0)
    many = most_together(scenario)
    taken = alternate(
        {
            "apart": lambda: [simulate(scenario, seed=seed) for seed in range(APART)],
            "together": lambda: simulate_together(scenario, seeds=range(many)),
        },
        rounds,
        clock="processor",
    )
    apart = taken["apart"] / APART
    together = taken["together"] / many
    people = f"{len(scenario.workforce):,}"
    return [
        scenario.name,
        people,
        f"{apart / together:.1f}×",
        many,
        f"{1e3 * apart:.1f} ms",
        f"{1e3 * together:.1f} ms",
    ]


def main() -> None:
    """Print one row for each world."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("people", nargs="*", default=["hamlet", "300", "1000", "3000"])
    asked.add_argument("--rounds", type=int, default=5)
    given = asked.parse_args()
    worlds = (load_scenario(people) if people == "hamlet" else world(int(people)) for people in given.people)
    rows = [ratio(scenario, given.rounds) for scenario in worlds]
    print(table(["world", "people", "ratio", "at a time", "apart", "together"], rows))


if __name__ == "__main__":
    main()
