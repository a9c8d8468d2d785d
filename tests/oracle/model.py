"""Runs the oracle: a scenario and a seed make a log."""

from __future__ import annotations

from nhstransit.law import Law
from nhstransit.log import Log
from nhstransit.scenario import Scenario
from oracle.calendar import begin_calendar
from oracle.day import Phase
from oracle.lives import begin_lives
from oracle.schemes import begin_schemes
from oracle.world import ORDERS, World


def oracle(scenario: Scenario, seed: int, law: Law | None = None) -> Log:
    """The log of one run, simulated person by person. `law` replaces the law of the scenario."""
    world = World(scenario, seed, law)
    begin_lives(world)
    begin_calendar(world)
    begin_schemes(world)
    world.env.run(until=world.days * len(Phase) * ORDERS)
    return world.log()
