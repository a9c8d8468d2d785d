"""Made worlds that many tests look at, made once in a process: to make a world takes longer than to play it.

In a thorough session `worlds.worlds` gives each test worlds of its own; in the usual one, of these.
"""

from __future__ import annotations

from functools import cache

from hypothesis import Phase, given, seed, settings
from oracle import oracle
from oracle.words import first_difference

from nhstransit.engine.simulate import simulate
from nhstransit.log import Log
from nhstransit.run import Run
from nhstransit.scenario import Scenario
from tests.examples import THOROUGH
from tests.shared import of_all_workers
from tests.worlds import KEPT, fresh_worlds, seeds

Known = tuple[Scenario, int, Log]
SHOWN = 20  # worlds in a room of the oracle's gallery


def made(number: int, count: int, *, crowded: bool) -> list[tuple[Scenario, int]]:
    """So many worlds, each with a seed of its own; another number gives others."""
    shown: list[tuple[Scenario, int]] = []

    @seed(number)
    @settings(max_examples=count, phases=[Phase.generate])
    @given(fresh_worlds(crowded=crowded), seeds())
    def show(scenario: Scenario, luck: int) -> None:
        shown.append((scenario, luck))

    show()
    return shown


@cache
def kept_with_seeds(crowded: bool) -> tuple[tuple[Scenario, int], ...]:
    """The worlds that all tests of the usual session share, each with a seed; made by the worker that asks first."""
    name = "crowded" if crowded else "plain"
    worlds: tuple[tuple[Scenario, int], ...] = of_all_workers(name, lambda: tuple(made(1_000, KEPT, crowded=crowded)))
    return worlds


@cache
def kept(crowded: bool) -> tuple[Scenario, ...]:
    """The worlds that `worlds.worlds` gives in the usual session."""
    return tuple(scenario for scenario, _ in kept_with_seeds(crowded))


@cache
def shown(number: int) -> tuple[tuple[Scenario, int], ...]:
    """The worlds of a room with their seeds; every other room is crowded. In the usual session two are of those kept."""
    crowded = number % 2 == 0
    if number < 2 and not THOROUGH:
        return kept_with_seeds(crowded)
    return tuple(made(number, SHOWN, crowded=crowded))


@cache
def run_of(number: int, place: int) -> Run:
    """One world of a room as the engine plays it, without a fault."""
    scenario, luck = shown(number)[place]
    return simulate(scenario, seed=luck)


def kept_run(place: int, *, crowded: bool) -> Run:
    """A run that `worlds.runs` gives in the usual session: of the worlds that are kept."""
    return run_of(0 if crowded else 1, place)


def known(number: int, place: int) -> Known:
    """One world of a room with its seed and the engine's log of it."""
    run = run_of(number, place)
    return run.scenario, run.seed, run.log


@cache
def difference_from_oracle(number: int, place: int) -> str:
    """The first difference of the oracle's log from the engine's, in one world of a room; empty where there is none."""
    scenario, luck, log = known(number, place)
    return first_difference(log, oracle(scenario, luck), scenario)
