"""How long do the headline figures of the national run take, and all its tables, beside the run itself?

    python -m benchmarks.measures [--rounds N] [--collector frozen|default] [--tables N]

The bundled scenario of England, 2010 to 2014, seed 1. Simulating, headlines and full take turns in one process, timed by
the wall and by the processor, which other work on the machine moves less. Each measuring starts anew, with nothing worked
out before; the libraries it needs are loaded beforehand. Then the tables one by one in the order in which *full* makes
them, the dearest first: of work that tables share, the first of them bears the time.
"""

from __future__ import annotations

import argparse
import copy
import statistics
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import nhstransit
from benchmarks.harness import POLICIES, table
from nhstransit.engine.simulate import simulate
from nhstransit.measures.measures import TABLES, Measures, measure
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
            start = time.process_time()
            getattr(measures, name)
            taken[name].append(time.process_time() - start)
    return {name: statistics.median(times) for name, times in taken.items()}


def in_turn(
    contestants: Mapping[str, Callable[[], Any]], rounds: int, collector: str
) -> dict[str, tuple[float, float]]:
    """Median seconds by the wall and by the processor of each contestant, which take turns."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, contestant in contestants.items():
            with POLICIES[collector]():
                wall = time.perf_counter()
                own = time.process_time()
                result = contestant()
                taken[name].append((time.perf_counter() - wall, time.process_time() - own))
            del result
    return {name: tuple(map(statistics.median, zip(*times, strict=True))) for name, times in taken.items()}


def main() -> None:
    """Print both tables."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rounds", type=int, default=7)
    asked.add_argument("--collector", choices=tuple(POLICIES), default="default")
    asked.add_argument("--tables", type=int, default=12)
    given = asked.parse_args()
    scenario = nhstransit.load_scenario("england-2010-prior")
    run = simulate(scenario, seed=1)
    measure(run, "full")
    everyone = {
        "simulate": partial(simulate, scenario, seed=1),
        "headlines": partial(fresh, partial(measure, level="headlines"), run),
        "full": partial(fresh, partial(measure, level="full"), run),
    }
    print(f"{len(run.people):,} people in all, {len(run.log):,} events, {len(TABLES)} tables")
    taken = in_turn(everyone, given.rounds, given.collector)
    base = taken["simulate"][1]
    aims = {name: f"{aim} ms" for name, aim in AIMS.items()}
    rows = [
        [name, f"{1000 * wall:,.0f} ms", f"{1000 * own:,.0f} ms", f"{own / base:.3f}×", aims.get(name, "")]
        for name, (wall, own) in taken.items()
    ]
    print(table(["", "by the wall", "by the processor", "against simulate", "aim, at most"], rows))
    each = one_by_one(run, given.rounds)
    dearest = sorted(each, key=lambda name: -each[name])[: given.tables]
    all_ = sum(each.values())
    rows = [[name, f"{1000 * each[name]:,.1f} ms", f"{each[name] / all_:.0%}"] for name in dearest]
    rest = all_ - sum(each[name] for name in dearest)
    rows.append([f"the other {len(TABLES) - len(dearest)}", f"{1000 * rest:,.1f} ms", f"{rest / all_:.0%}"])
    print(f"\n{table(['table', 'by the processor', 'of all'], rows)}")


if __name__ == "__main__":
    main()
