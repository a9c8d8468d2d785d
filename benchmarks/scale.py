"""Does the time a person stay the same from a hundred thousand people to a million, and how much room does each take?

    python -m benchmarks.scale [people ...] [--rounds N]

*Time* is the median of alternated runs with the collector frozen.

*Room without the log* is the peak that tracemalloc sees from the first allocation of a run to its last day, temporaries
included, with a recorder that forgets what it is told; added to it, the columns of opening staff and posts that were
there before and are shared. The round of filling weighs at once all the posts that each may compete for, so the peak is
given without that policy too. *At rest* is what is held before the first day, without temporaries. *An event* is the
log's columns. *All in* is the peak resident memory of a fresh process that makes the world and runs it, less that of one
that only imports. A person is anybody ever in the run, half as many again as at the start; at rest nobody has come yet.
"""

from __future__ import annotations

import argparse
import json
import tracemalloc
from functools import partial
from typing import Any

from benchmarks.harness import alternate, elsewhere, peak_bytes, table
from benchmarks.worlds import world
from nhstransit.engine import simulate as verb
from nhstransit.engine.processes.natural import Natural
from nhstransit.engine.world import World
from nhstransit.law import Law
from nhstransit.log import Recorder
from nhstransit.streams import Luck

SLOWER = 1.6  # the aims
BYTES_A_PERSON = 300
BYTES_AN_EVENT = 32


class Forgetful(Recorder):
    """A recorder that keeps nothing."""

    def add(self, *event: Any, **columns: Any) -> None:
        """Forget it."""


def without_log(people: int, *left_out: str) -> dict[str, float]:
    """Bytes of a run's people and posts, at rest and at the peak, with no log kept, and without some policies."""
    scenario = world(people).without(*left_out)
    verb.simulate(world(300), seed=1)
    posts, seats = scenario.opening
    before = sum(column.nbytes for held in (scenario.workforce, posts) for column in held.columns().values())
    tracemalloc.start()
    made = World(scenario.calendar, scenario.roster, scenario.workforce, posts, seats, Law.bundled())
    made.log = Forgetful()
    tracemalloc.reset_peak()
    verb.play(scenario, made, Luck(1))
    peak = tracemalloc.get_traced_memory()[1]
    return {"everybody": len(made.columns["staff"]), "peak": before + peak, "rest": before + at_rest(scenario)}


def at_rest(scenario: Any) -> int:
    """Traced bytes of a world and its clocks before the first day."""
    tracemalloc.stop()
    tracemalloc.start()
    posts, seats = scenario.opening
    made = World(scenario.calendar, scenario.roster, scenario.workforce, posts, seats, Law.bundled())
    clocks = Natural(made, verb.Clock(1, scenario.orders), scenario.behaviour.departures, Luck(1), scenario.functions)
    held = tracemalloc.get_traced_memory()[0]
    del clocks
    return held


def all_in(people: int) -> dict[str, float]:
    """Peak of a process that makes a world and runs it, and the events it logged."""
    start = peak_bytes()
    run = verb.simulate(world(people), seed=1)
    log = sum(column.nbytes for column in run.log.columns().values())
    return {"peak": peak_bytes() - start, "events": len(run.log), "log": log}


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("people", nargs="*", type=int, default=[10_000, 100_000, 1_000_000])
    asked.add_argument("--rounds", type=int, default=3)
    measures = {
        "all_in": all_in,
        "without_log": without_log,
        "without_filling": lambda people: without_log(people, "filling"),
    }
    asked.add_argument("--measure", choices=tuple(measures))
    given = asked.parse_args()
    if given.measure:
        print(json.dumps(measures[given.measure](given.people[0])))
        return
    scenarios = {people: world(people) for people in given.people}
    runs = {str(people): partial(verb.simulate, scenario, seed=1) for people, scenario in scenarios.items()}
    taken = alternate(runs, given.rounds)
    del scenarios, runs
    rows = []
    base = next((people for people in given.people if people == 100_000), given.people[0])
    for people in given.people:
        full, bare, plain = (elsewhere("benchmarks.scale", people, "--measure", what) for what in measures)
        each = taken[str(people)] / people
        everybody = bare["everybody"]
        rows.append(
            [
                f"{people:,}",
                f"{taken[str(people)]:.2f} s",
                f"{each * 1e6:.1f} µs",
                f"{each / (taken[str(base)] / base):.2f}×",
                f"{bare['rest'] / people:.0f} B",
                f"{plain['peak'] / plain['everybody']:.0f} B",
                f"{bare['peak'] / everybody:.0f} B",
                f"{full['log'] / full['events']:.0f} B",
                f"{full['peak'] / everybody:.0f} B",
            ]
        )
    print(
        f"aims: {SLOWER}× a person at most, {BYTES_A_PERSON} B a person without the log, {BYTES_AN_EVENT} B an event\n"
    )
    header = [
        "people",
        "run",
        "a person",
        f"against {base:,}",
        "at rest",
        "peak, no filling",
        "peak",
        "an event",
        "all in",
    ]
    print(table(header, rows))


if __name__ == "__main__":
    main()
