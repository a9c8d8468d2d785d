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
from nhstransit.scenario import Scenario
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
def kept(crowded: bool) -> tuple[Scenario, ...]:
    """The worlds that `worlds.worlds` gives in the usual session."""
    return tuple(scenario for scenario, _ in made(1_000, KEPT, crowded=crowded))


@cache
def room(number: int) -> tuple[Known, ...]:
    """Twenty worlds with the engine's log of each, as it is without a fault; every other room is crowded."""
    found = made(number, SHOWN, crowded=number % 2 == 0)
    return tuple((scenario, luck, simulate(scenario, seed=luck).log) for scenario, luck in found)


@cache
def difference_from_oracle(number: int, place: int) -> str:
    """The first difference of the oracle's log from the engine's, in one world of a room; empty where there is none."""
    scenario, luck, log = room(number)[place]
    return first_difference(log, oracle(scenario, luck), scenario)
