"""How long does it take to make an opening workforce, and how does that grow? Run: python benchmarks/synthesis.py."""

from __future__ import annotations

import argparse
import datetime as dt
import time

import attrs

from nhstransit.organisations.posts import Places
from nhstransit.synthesis import Margins, load_margins
from nhstransit.synthesis import opening as opening_module
from nhstransit.synthesis.margins import Base
from nhstransit.synthesis.staff import BODIES, MARGINS
from nhstransit.toml import Named

ON = dt.date(2010, 4, 1)


def sized(margins: Margins, people: int) -> Margins:
    """England's margins with a base of so many people in PCTs."""
    base = Base(people=Named({"pct": people}), sources=("project",), quality="choice")
    return attrs.evolve(margins, base=Named({"sized": base}))


def seconds(people: int, repeats: int) -> float:
    """The best of some timings of one opening, none of them from the kept ones."""
    margins = sized(load_margins(MARGINS), people)
    functions = tuple(margins.functions)
    bodies = Places(bodies=(BODIES,)).organisations(functions)
    best = float("inf")
    for seed in range(repeats):
        start = time.perf_counter()
        made = opening_module.synthesise(margins, bodies, functions, base="sized", staff_seed=seed, on=ON)
        best = min(best, time.perf_counter() - start)
        assert len(made) == people
        opening_module.forget()
    return best


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--sizes", type=int, nargs="+", default=[50_000, 200_000, 1_000_000])
    asked.add_argument("--repeats", type=int, default=3)
    given = asked.parse_args()
    first = None
    print("people      seconds   of the first   people a second")
    for people in given.sizes:
        taken = seconds(people, given.repeats)
        first = first or taken
        print(f"{people:>9,}   {taken:7.3f}   {taken / first:12.2f}   {people / taken:15,.0f}")


if __name__ == "__main__":
    main()
