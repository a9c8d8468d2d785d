"""Where does the time of the national run go, policy by policy, and what did the policies built since the first cost?

    python -m benchmarks.policies [--rounds N] [--clock wall|processor]

The bundled scenario of England, seed 1. A policy's time is what passes between the beginning and the end of its
occasions: what it proposes, how people answer, whom it selects, and what takes effect that day; the rest is the
calendar's own, people's clocks and the checks at the end. The first forms are the same scenario without the policies
that came later and with one plain round in place of the four routes; contestants alternate.
"""

from __future__ import annotations

import argparse
from collections import Counter
from functools import partial
from typing import Any
from unittest import mock

import attrs

import nhstransit
from benchmarks.harness import CLOCKS, alternate, frozen, table
from nhstransit.engine.processes.scheme import Scheme
from nhstransit.engine.simulate import simulate
from nhstransit.scenario import Scenario

LATER = (
    "one-to-ones",
    "extension",
    "slot-in-results",
    "split",
    "bridging",
    "clustering",
    "clustering-shas",
    "assignment",
    "start-up",
    "slot-in",
    "ring-fenced",
)


def first_forms(scenario: Scenario) -> Scenario:
    """What there was at first: two plain rounds after the senior one, no clawback, nobody unseen, no alternatives."""
    world = scenario.without(*LATER)
    plain = attrs.evolve(
        world.policies["open-competition"], held=world.policies["filling-senior"].held.replace(month=10)
    )
    return (
        world.having("policies.filling", plain)
        .having("policies.returns.repays", {})
        .having("policies.returns.unseen", 0.0)
        .having("policies.redundancy.alternatives", ())
    )


def by_policy(scenario: Scenario, clock: str = "wall") -> tuple[Counter[str], float]:
    """Seconds in the occasions of each policy, and of the whole run."""
    now = CLOCKS[clock]
    taken: Counter[str] = Counter()
    plain = Scheme._act

    def timed(scheme: Any, *arguments: Any) -> None:
        start = now()
        plain(scheme, *arguments)
        taken[scheme._name] += now() - start

    with mock.patch.object(Scheme, "_act", timed), frozen():
        start = now()
        simulate(scenario, seed=1)
        return taken, now() - start


def main() -> None:
    """Print both tables."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--clock", choices=tuple(CLOCKS), default="wall")
    given = asked.parse_args()
    scenario = nhstransit.load_scenario("england-2010-prior")
    early = first_forms(scenario)
    contestants = {"every policy": partial(simulate, scenario, seed=1), "first forms": partial(simulate, early, seed=1)}
    for contestant in contestants.values():
        contestant()
    medians = alternate(contestants, given.rounds, clock=given.clock)
    ratio = medians["every policy"] / medians["first forms"]
    print(f"medians of {given.rounds} alternated rounds, collector frozen, clock: {given.clock}\n")
    rows = [[name, f"{seconds * 1000:,.0f} ms"] for name, seconds in medians.items()]
    print(table(["", "median"], [*rows, ["ratio", f"{ratio:.2f}×, at most 2"]]))
    taken, whole = by_policy(scenario, given.clock)
    shares = [[name, f"{seconds * 1000:,.1f} ms", f"{seconds / whole:.1%}"] for name, seconds in taken.most_common()]
    rest = whole - sum(taken.values())
    print()
    print(
        table(
            ["policy", "time", "of the run"], [*shares, ["all else", f"{rest * 1000:,.1f} ms", f"{rest / whole:.1%}"]]
        )
    )


if __name__ == "__main__":
    main()
