"""Runs that many tests share, each simulated once per process. This is safe because a run's arrays are read-only."""

from __future__ import annotations

import datetime as dt
import os
import pickle
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import attrs
import pytest

import nhstransit as nt
from nhstransit.engine import simulate as engine
from nhstransit.studies import monthly_heads
from nhstransit.synthesis import Opened, england

_APART = [
    field.name for field in attrs.fields(nt.Scenario) if field.eq is False
]  # not compared by ==, but shown in reports


def of_all_workers(name: str, make: Callable[[], Any]) -> Any:
    """The result of `make`, which the first worker computes and the others read from a file."""
    path = Path(os.environ["NHSTRANSIT_TESTS_SHARED"]) / f"{name}.pickle"
    if path.exists():
        return pickle.loads(path.read_bytes())
    made = make()
    part = path.with_suffix(f".{os.getpid()}")  # renamed when complete, so that no worker reads a part of it
    part.write_bytes(pickle.dumps(made, protocol=pickle.HIGHEST_PROTOCOL))
    part.replace(path)
    return made


@cache
def hamlet_run(seed: int = 1) -> nt.Run:
    """A run of the bundled hamlet, with 300 people."""
    return nt.simulate(nt.load_scenario("hamlet"), seed=seed)


@cache
def hamlet_without(policy: str, seed: int = 1) -> nt.Run:
    """A run of the hamlet without one of its policies."""
    return nt.simulate(nt.load_scenario("hamlet").without(policy), seed=seed)


@cache
def england_run(name: str = "england-2010") -> nt.Run:
    """A run of a national scenario with seed 1, with about 60,000 people."""
    return of_all_workers(name, lambda: nt.simulate(nt.load_scenario(name), seed=1))


@cache
def opened_england() -> Opened:
    """England on 1 April 2010 from the bundled data: its organisations, and the opening staff (made on first use)."""
    return england()


@cache
def england_without(policy: str, name: str = "england-2010") -> nt.Run:
    """A run of a national scenario without one of its policies, with seed 1."""
    return of_all_workers(
        f"{name}-without-{policy}", lambda: nt.simulate(nt.load_scenario(name).without(policy), seed=1)
    )


@cache
def hamlet_study() -> nt.Study:
    """A sweep of one year of the hamlet, with monthly headcounts: as it is, again under another name, and without MARS."""
    world = nt.load_scenario("hamlet").having("end", dt.date(2011, 3, 31))
    worlds = {"as is": world, "again": world, "no scheme": world.without("mars")}
    return nt.sweep(worlds, replications=10, seed=1, series=monthly_heads, progress=False)


class Once:
    """A replacement of `simulate` that returns the stored run for an equal scenario and seed."""

    def __init__(self) -> None:
        self.simulate = nt.simulate
        self.runs: dict[tuple[str, int], list[nt.Run]] = {}

    def __call__(self, scenario: nt.Scenario, *, seed: int, **more: Any) -> nt.Run:
        if more or not isinstance(scenario, nt.Scenario) or type(seed) is not int:
            return self.simulate(scenario, seed=seed, **more)
        kept = self.runs.setdefault((scenario.name, seed), [])
        for run in kept:
            if run.scenario == scenario and all(getattr(run.scenario, n) == getattr(scenario, n) for n in _APART):
                return run
        kept.append(self.simulate(scenario, seed=seed))
        return kept[-1]


_ONCE: list[Once] = []


def worlds_are_played_once(patch: pytest.MonkeyPatch) -> None:
    """Until `patch` is undone, simulate each scenario only once per seed.

    For tests of reports and other texts about runs. Tests of the engine simulate their own scenarios.
    """
    if not _ONCE:
        _ONCE.append(Once())
    # The package's own name comes first. Otherwise it might look up the replaced name in the engine and store it, and
    # undoing the patch would not remove it there.
    patch.setattr(nt, "simulate", _ONCE[0])
    patch.setattr(engine, "simulate", _ONCE[0])
