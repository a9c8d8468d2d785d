"""Runs that many tests read, each played once in a process: a run is pure and its arrays are read-only."""

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

_APART = [field.name for field in attrs.fields(nt.Scenario) if field.eq is False]  # not compared by ==, but told of


def of_all_workers(name: str, make: Callable[[], Any]) -> Any:
    """What `make` returns, made by the worker that asks first and read from a file by the others."""
    place = Path(os.environ["NHSTRANSIT_TESTS_SHARED"]) / f"{name}.pickle"
    if place.exists():
        return pickle.loads(place.read_bytes())
    made = make()
    part = place.with_suffix(f".{os.getpid()}")  # renamed when it is whole, so that no worker reads half of it
    part.write_bytes(pickle.dumps(made, protocol=pickle.HIGHEST_PROTOCOL))
    part.replace(place)
    return made


@cache
def hamlet_run(seed: int = 1) -> nt.Run:
    """The bundled hamlet, 300 people."""
    return nt.simulate(nt.load_scenario("hamlet"), seed=seed)


@cache
def hamlet_without(policy: str, seed: int = 1) -> nt.Run:
    """The hamlet less one of its policies."""
    return nt.simulate(nt.load_scenario("hamlet").without(policy), seed=seed)


@cache
def england_run(name: str = "england-2010") -> nt.Run:
    """A national scenario with seed 1, about 60,000 people."""
    return of_all_workers(name, lambda: nt.simulate(nt.load_scenario(name), seed=1))


@cache
def opened_england() -> Opened:
    """England on 1 April 2010 from the bundled data: its organisations, and the opening staff when they are asked for."""
    return england()


@cache
def england_without(policy: str, name: str = "england-2010") -> nt.Run:
    """A national scenario less one of its policies, with seed 1."""
    return of_all_workers(
        f"{name}-without-{policy}", lambda: nt.simulate(nt.load_scenario(name).without(policy), seed=1)
    )


@cache
def hamlet_study() -> nt.Study:
    """Ten runs of a year of the hamlet, of the same world by another name, and of it less its scheme; with monthly heads."""
    world = nt.load_scenario("hamlet").having("end", dt.date(2011, 3, 31))
    worlds = {"as is": world, "again": world, "no scheme": world.without("mars")}
    return nt.sweep(worlds, replications=10, seed=1, series=monthly_heads, progress=False)


class Once:
    """`simulate`, which gives a run that it has made before: of an equal scenario with the same seed."""

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
    """Until `patch` is undone no world is played twice with one seed.

    For tests of what is said and written of runs. Those of the engine play their worlds themselves.
    """
    if not _ONCE:
        _ONCE.append(Once())
    # The front door first: where it looks names up anew each time, it would find what the engine was given, and undoing
    # would leave it there for every later test of the process.
    patch.setattr(nt, "simulate", _ONCE[0])
    patch.setattr(engine, "simulate", _ONCE[0])
