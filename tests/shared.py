"""Runs that many tests read, each played once in a process: a run is pure and its arrays are read-only."""

from __future__ import annotations

from functools import cache

import nhstransit as nt


@cache
def hamlet_run(seed: int = 1) -> nt.Run:
    """The bundled hamlet, 300 people."""
    return nt.simulate(nt.load_scenario("hamlet"), seed=seed)


@cache
def england_run(name: str = "england-2010") -> nt.Run:
    """A national scenario with seed 1, about 60,000 people."""
    return nt.simulate(nt.load_scenario(name), seed=1)
