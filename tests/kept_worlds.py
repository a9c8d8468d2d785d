"""Generated scenarios that many tests share. They are generated once per process, because that takes longer than a run.

In the usual session `worlds.worlds` returns these scenarios. In a thorough session each test gets its own.
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
SHOWN = 20  # scenarios in one set


def made(number: int, count: int, *, crowded: bool) -> list[tuple[Scenario, int]]:
    """Generate `count` scenarios, each with its own seed. Another `number` gives other scenarios."""
    generated: list[tuple[Scenario, int]] = []

    @seed(number)
    @settings(max_examples=count, phases=[Phase.generate])
    @given(fresh_worlds(crowded=crowded), seeds())
    def show(scenario: Scenario, run_seed: int) -> None:
        generated.append((scenario, run_seed))

    show()
    return generated


@cache
def kept_with_seeds(crowded: bool) -> tuple[tuple[Scenario, int], ...]:
    """The scenarios that all tests of the usual session share, with seeds. The first worker generates them for all."""
    name = "crowded" if crowded else "plain"
    worlds: tuple[tuple[Scenario, int], ...] = of_all_workers(name, lambda: tuple(made(1_000, KEPT, crowded=crowded)))
    return worlds


@cache
def kept(crowded: bool) -> tuple[Scenario, ...]:
    """The scenarios that `worlds.worlds` returns in the usual session."""
    return tuple(scenario for scenario, _ in kept_with_seeds(crowded))


@cache
def shown(number: int) -> tuple[tuple[Scenario, int], ...]:
    """The scenarios of a set, with seeds. Even sets are crowded. In the usual session sets 0 and 1 are shared ones."""
    crowded = number % 2 == 0
    if number < 2 and not THOROUGH:
        return kept_with_seeds(crowded)
    return tuple(made(number, SHOWN, crowded=crowded))


@cache
def run_of(number: int, index: int) -> Run:
    """The engine's run of one scenario of a set, without a planted fault."""
    scenario, run_seed = shown(number)[index]
    return simulate(scenario, seed=run_seed)


def kept_run(index: int, *, crowded: bool) -> Run:
    """A run that `worlds.runs` returns in the usual session, of one of the shared scenarios."""
    return run_of(0 if crowded else 1, index)


def known(number: int, index: int) -> Known:
    """One scenario of a set, with its seed and the engine's log."""
    run = run_of(number, index)
    return run.scenario, run.seed, run.log


@cache
def difference_from_oracle(number: int, index: int) -> str:
    """The first difference between the logs of oracle and engine, in one scenario of a set. Empty if they are equal."""
    scenario, run_seed, log = known(number, index)
    return first_difference(log, oracle(scenario, run_seed), scenario)
