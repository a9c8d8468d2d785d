"""The verb `simulate`: a scenario and a seed make a run."""

from __future__ import annotations

from nhstransit.engine.apply import Applier, Processes
from nhstransit.engine.clock import Clock
from nhstransit.engine.outcome import run_of
from nhstransit.engine.processes.bodies import Bodies
from nhstransit.engine.processes.exits import Exits
from nhstransit.engine.processes.interims import Interims
from nhstransit.engine.processes.months import Months
from nhstransit.engine.processes.natural import Natural
from nhstransit.engine.processes.purses import Purses
from nhstransit.engine.processes.scheme import Scheme
from nhstransit.engine.world import World
from nhstransit.errors import check_kind
from nhstransit.law.law import Law, law_digest
from nhstransit.run import Run, conserve
from nhstransit.scenario import Scenario
from nhstransit.scenario.spec import check_law_reaches
from nhstransit.streams import Luck


def simulate(scenario: Scenario, *, seed: int, law: Law | None = None) -> Run:
    """Run a scenario once, from its first day to its last. The same arguments produce the same bytes.

    Args:
        scenario: the scenario to run.
        seed: the root of all random draws, 0 to 2⁶³−1.
        law: dated parameters to use instead of the scenario's own, which are the bundled ones with its changes.

    Returns:
        The run. Its people, posts and pence have been checked against one another.

    Raises:
        InputError: for a seed out of range, a policy or behaviour that breaks the grammar, or a day outside the law's
            parameters.
        ConservationError: for a fault in the engine.
    """
    check_kind("scenario", scenario, Scenario)
    if law is not None:
        check_kind("law", law, Law)
    # What can be refused early is refused before the columns of all people are made.
    luck = Luck(seed)
    law = law or scenario.dated_law
    check_law_reaches(scenario, law)
    posts, seats = scenario.opening
    world = World(scenario.calendar, scenario.roster, scenario.workforce, posts, seats, law)
    play(scenario, world, luck)
    run = run_of(world, scenario, seed, seats, law_digest(law))
    # Every run is checked, not only those of tests: a fault in the engine must not become a figure in a report.
    conserve(run)
    return run


def play(scenario: Scenario, world: World, luck: Luck) -> None:
    """Set up the processes and run the calendar.

    Args:
        scenario: the scenario.
        world: the state on the first day, which the processes change. It may contain several replications side by side.
        luck: the random draws; `Lucks` for several replications.
    """
    # Months are made before interims. Both pay at one instant, the end of a month, and then act in the order made.
    clock = Clock(scenario.calendar.days, scenario.orders)
    behaviour = scenario.behaviour.in_force()
    natural = Natural(world, clock, behaviour.departures, luck, scenario.functions)
    exits = Exits(world, clock, natural)
    months = Months(world, clock, natural, behaviour.outlook)
    processes = Processes(
        natural=natural,
        exits=exits,
        months=months,
        bodies=Bodies(world, clock, natural),
        interims=Interims(world, clock),
        purses=Purses(world, scenario.funds, scenario.organisations * world.bodies.replications),
    )
    # The calendar refers to each scheme through its planned actions, so the schemes need no other reference.
    applier = Applier(world, processes)
    for name, policy in scenario.policies.items():
        Scheme(name, policy, behaviour, world, clock, applier, luck, scenario.rules)
    clock.run()
