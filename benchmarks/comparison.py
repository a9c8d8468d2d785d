"""How long does comparing two national runs take, in full, beside simulating one?

    python -m benchmarks.comparison [--rounds N] [--collector frozen|default ...]

The bundled scenario of England, 2010 to 2014, seed 1, beside itself without MARS. In full is everything a `Comparison` can
be asked: settings that differ, headline gaps, strata by three cuts, routes, brain drain, bounds, waterfall, where the logs
part with the proof, deadweight, posts saved. Each round compares runs that nothing has been asked of before, so that no
measure is at hand. Finding where logs part by sorting both whole stands beside finding it by their common beginning.
Processor time is told apart from time by the clock, which on a machine shared with others says more of the others.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import attrs
import numpy as np

import nhstransit as nt
from benchmarks.harness import POLICIES, alternate, table
from nhstransit.comparison import Comparison, diverge
from nhstransit.log import COLUMNS
from nhstransit.run import Run

AIM = 300  # milliseconds, in full, on one core
PARTS: dict[str, Callable[[Comparison], Any]] = {
    "settings that differ": lambda one: one.changes,
    "headline gaps (two runs measured)": lambda one: one.gaps,
    "strata, direct and through others": lambda one: one.strata,
    "strata by employer, function, band": lambda one: [one.strata_by(cut) for cut in ("employer", "function", "band")],
    "routes": lambda one: one.routes,
    "brain drain": lambda one: one.drain,
    "bounds in four groupings": lambda one: one.bounds,
    "waterfall": lambda one: one.waterfall,
    "where they part, with proof": lambda one: one.divergence.digests,
    "deadweight": lambda one: one.deadweight("mars"),
    "posts saved": lambda one: one.posts_saved("mars"),
}


def in_full(run: Run, baseline: Run) -> None:
    """Ask everything of two runs that have not been asked before."""
    one = nt.compare(attrs.evolve(run), baseline=attrs.evolve(baseline))
    for part in PARTS.values():
        part(one)
    repr(one)


def alone(part: Callable[[Comparison], Any], run: Run, baseline: Run) -> None:
    """Ask one thing of two runs that have not been asked before."""
    part(nt.compare(attrs.evolve(run), baseline=attrs.evolve(baseline)))


def processor(contestant: Callable[[], Any], rounds: int) -> float:
    """Median seconds of this process's own work over so many rounds."""
    taken = []
    for _ in range(rounds):
        with POLICIES["frozen"]():
            start = time.process_time()
            contestant()
            taken.append(time.process_time() - start)
    return statistics.median(taken)


def by_sorting(run: Run, baseline: Run) -> int:
    """The first place in which two logs differ once both are sorted whole."""
    ours = run.log.ordered()
    theirs = baseline.log.ordered()
    shared = min(len(ours), len(theirs))
    differs = np.zeros(shared, bool)
    for name in COLUMNS:
        differs |= getattr(ours, name)[:shared] != getattr(theirs, name)[:shared]
    return int(np.argmax(differs))


def main() -> None:
    """Print the tables."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--collector", nargs="+", choices=tuple(POLICIES), default=["frozen"])
    given = asked.parse_args()
    england = nt.load_scenario("england-2010-prior")
    run = nt.simulate(england, seed=1)
    baseline = nt.simulate(england.without("mars"), seed=1)
    print(f"{len(england.workforce):,} people at the opening, {len(run.log):,} and {len(baseline.log):,} events")
    contestants: dict[str, Callable[[], Any]] = {
        "simulate one of the two": lambda: nt.simulate(england, seed=1),
        "compare in full": lambda: in_full(run, baseline),
    }
    contestants |= {f"— {name}": lambda part=part: alone(part, run, baseline) for name, part in PARTS.items()}  # type: ignore[misc]
    contestants |= {
        "where they part": lambda: diverge(run, baseline),
        "where they part, by sorting both logs": lambda: by_sorting(run, baseline),
    }
    own_work = {name: processor(contestant, given.rounds) for name, contestant in contestants.items()}
    for collector in given.collector:
        taken = alternate(contestants, given.rounds, collector)
        own = taken["simulate one of the two"]
        rows = [
            [
                name,
                f"{own_work[name] * 1000:,.0f} ms",
                f"{seconds * 1000:,.0f} ms",
                f"{seconds / own:.2f}×",
                f"{AIM} ms" if name == "compare in full" else "",
            ]
            for name, seconds in taken.items()
        ]
        print(f"\ncollector: {collector}; medians of {given.rounds} alternated rounds\n")
        print(table(["", "processor", "clock", "against simulate", "aim, at most"], rows))


if __name__ == "__main__":
    main()
