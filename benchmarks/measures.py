"""How long do the headline figures of the national run take, and all its tables, beside the run itself?

    python -m benchmarks.measures [--rounds N] [--collector frozen|default] [--tables N]

The bundled scenario of England, 2010 to 2014, seed 1. Simulating, headlines and full take turns in one process. Each
measuring starts anew, with nothing worked out before; the libraries it needs are loaded beforehand. Then the tables one by
one in the order in which *full* makes them, the dearest first: a table that others share work with bears it if it comes
first.
"""

from __future__ import annotations

import argparse
import copy
import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import nhstransit
from benchmarks.harness import POLICIES, alternate, table
from nhstransit.engine.simulate import simulate
from nhstransit.metrics.measures import TABLES, Measures, measure
from nhstransit.run import Run

AIMS = {"headlines": 50, "full": 250}  # milliseconds, on one core


def fresh(ask: Callable[[Run], Any], run: Run) -> Any:
    """`ask` of a copy of the run that nothing was ever asked of; the copy shares its columns."""
    return ask(copy.copy(run))


def one_by_one(run: Run, rounds: int) -> dict[str, float]:
    """Median seconds of each table, made in turn on one copy of the run a round."""
    taken: dict[str, list[float]] = {name: [] for name in TABLES}
    for _ in range(rounds):
        measures = Measures(copy.copy(run))
        _ = measures.headlines
        for name in TABLES:
            start = time.perf_counter()
            getattr(measures, name)
            taken[name].append(time.perf_counter() - start)
    return {name: statistics.median(times) for name, times in taken.items()}


def main() -> None:
    """Print both tables."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rounds", type=int, default=7)
    asked.add_argument("--collector", choices=tuple(POLICIES), default="default")
    asked.add_argument("--tables", type=int, default=12)
    given = asked.parse_args()
    scenario = nhstransit.load_scenario("england-2010")
    run = simulate(scenario, seed=1)
    measure(run, "full")
    everyone = {
        "simulate": partial(simulate, scenario, seed=1),
        "headlines": partial(fresh, partial(measure, level="headlines"), run),
        "full": partial(fresh, partial(measure, level="full"), run),
    }
    print(f"{len(run.people):,} people in all, {len(run.log):,} events, {len(TABLES)} tables")
    taken = alternate(everyone, given.rounds, given.collector)
    rows = [
        [
            name,
            f"{1000 * seconds:,.0f} ms",
            f"{seconds / taken['simulate']:.3f}×",
            f"{AIMS[name]} ms" if name in AIMS else "",
        ]
        for name, seconds in taken.items()
    ]
    print(table(["", "median", "against simulate", "aim, at most"], rows))
    each = one_by_one(run, given.rounds)
    dearest = sorted(each, key=lambda name: -each[name])[: given.tables]
    rows = [[name, f"{1000 * each[name]:,.1f} ms", f"{each[name] / sum(each.values()):.0%}"] for name in dearest]
    rest = sum(each.values()) - sum(each[name] for name in dearest)
    rows.append(
        [f"the other {len(TABLES) - len(dearest)}", f"{1000 * rest:,.1f} ms", f"{rest / sum(each.values()):.0%}"]
    )
    print(f"\n{table(['table', 'median', 'of all'], rows)}")


if __name__ == "__main__":
    main()
