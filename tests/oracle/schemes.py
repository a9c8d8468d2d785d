"""Every policy as a process that waits for its next step."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import attrs
import simpy

from nhstransit.policies import (
    Assignment,
    BestPeople,
    Bridging,
    Clustering,
    CostReduction,
    Development,
    Extension,
    Filling,
    Hiring,
    Inflow,
    Interims,
    Mars,
    Milestone,
    Redundancy,
    Rets,
    Returns,
    SecondThoughts,
    Split,
    StartUp,
    TransferArms,
    TransferFunctions,
    TransferWhole,
    VoluntaryRedundancy,
)
from nhstransit.streams import Chances
from oracle.cost import Path
from oracle.day import Phase
from oracle.filling import fill
from oracle.hiring import hire
from oracle.inflow import reserve_posts
from oracle.interims import cover_vacancies
from oracle.mars import sit
from oracle.moving import Arms, Parting, bridge, merge
from oracle.news import announce, day_of, live_longer
from oracle.prospects import Courses, invite, lend, look
from oracle.redundancy import Abolition
from oracle.retention import offer_and_renew
from oracle.returns import call_back
from oracle.start_up import share_out
from oracle.transfer import Functions, transfer
from oracle.voluntary import Window
from oracle.world import World

Step = tuple[int, Phase, Callable[[], None]]


@attrs.frozen
class Acting:
    """A policy in a run: its number in the log and its random numbers."""

    world: World
    rule: int
    chances: Chances
    kept: dict[int, list[Any]] = attrs.field(factory=dict)  # posts for redeployment, by last day of their holders


def begin_schemes(world: World) -> None:
    """A process for each policy."""
    for name, policy in world.scenario.policies.items():
        key = getattr(policy, "luck", "") or name
        acting = Acting(world, world.rules[name], Chances(world.luck, key, 0))
        steps = sorted(_steps(acting, policy), key=lambda step: step[:2])
        world.env.process(_scheme(acting, steps))


def _scheme(acting: Acting, steps: list[Step]) -> Generator[simpy.Event, None, None]:
    for day, phase, happen in steps:
        yield acting.world.until(day, phase, acting.rule)
        happen()


def _steps(acting: Acting, policy: object) -> list[Step]:
    """The steps of a policy: day, phase and function."""
    day = acting.world.calendar.day
    if isinstance(policy, Milestone):
        return [(day_of(acting.world, policy), Phase.MILESTONES, lambda: announce(acting, policy))]
    if isinstance(policy, Rets):
        return offer_and_renew(acting, policy)
    if isinstance(policy, Mars):
        return [(day(policy.closes), Phase.WINDOWS, lambda: sit(acting, policy))]
    if isinstance(policy, Filling):
        return [(day(policy.held), Phase.WINDOWS, lambda: fill(acting, policy))]
    if isinstance(policy, Redundancy):
        return Abolition(acting, policy).steps()
    if isinstance(policy, Hiring):
        until = day(policy.until)
        return [(first, Phase.WINDOWS, lambda: hire(acting, policy)) for first in _firsts(acting, policy, until)]
    return _steps_of_cost(acting, policy)


def _steps_of_cost(acting: Acting, policy: object) -> list[Step]:
    """The steps of policies on cost, transfers, inflow and returns."""
    day = acting.world.calendar.day
    if isinstance(policy, CostReduction):
        return Path(acting, policy).steps()
    if isinstance(policy, VoluntaryRedundancy):
        return Window(acting, policy).steps()
    if isinstance(policy, Inflow):
        return [(day(policy.kept), Phase.WINDOWS, lambda: reserve_posts(acting, policy))]
    if isinstance(policy, TransferWhole):
        return [(day(policy.held), Phase.WINDOWS, lambda: transfer(acting, policy))]
    if isinstance(policy, Returns):
        until = acting.world.days - 1
        return [(first, Phase.WINDOWS, lambda: call_back(acting, policy)) for first in _firsts(acting, policy, until)]
    if isinstance(policy, Clustering):
        return [(day(policy.held), Phase.WINDOWS, lambda: merge(acting, policy))]
    if isinstance(policy, Split):
        return Parting(acting, policy).steps()
    if isinstance(policy, Bridging):
        return bridge(acting, policy)
    if isinstance(policy, TransferArms):
        return Arms(acting, policy).steps()
    if isinstance(policy, TransferFunctions):
        return Functions(acting, policy).steps()
    return _steps_of_employers(acting, policy)


def _steps_of_employers(acting: Acting, policy: object) -> list[Step]:
    """The steps of extensions, start-up money and interims."""
    day = acting.world.calendar.day
    if isinstance(policy, Extension):
        return [(day(policy.announced), Phase.MILESTONES, lambda: live_longer(acting, policy))]
    if isinstance(policy, StartUp):
        return [(day(policy.paid), Phase.WINDOWS, lambda: share_out(acting, policy))]
    if isinstance(policy, Interims):
        firsts = _firsts(acting, policy, day(policy.until))
        return [(first, Phase.WINDOWS, lambda: cover_vacancies(acting, policy)) for first in firsts]
    return _steps_of_prospects(acting, policy)


def _steps_of_prospects(acting: Acting, policy: object) -> list[Step]:
    """The steps of policies that change people's prospects."""
    day = acting.world.calendar.day
    if isinstance(policy, Assignment):
        return lend(acting, policy)
    if isinstance(policy, Development):
        return Courses(acting, policy).steps()
    if isinstance(policy, SecondThoughts):
        firsts = _firsts(acting, policy, day(policy.until))
        return [(first, Phase.WINDOWS, lambda: look(acting, policy)) for first in firsts]
    if isinstance(policy, BestPeople):
        return [(day(policy.invited), Phase.WINDOWS, lambda: invite(acting, policy))]
    raise TypeError(f"the oracle cannot simulate {type(policy).__name__}")


def _firsts(acting: Acting, policy: Hiring | Interims | Returns | SecondThoughts, until: int) -> list[int]:
    """The 1sts of months from the announcement to a day, included."""
    world = acting.world
    first = world.calendar.day(policy.announced)
    end = min(until + 1, world.days)
    return [day for day in range(first, end) if world.calendar.date(day).day == 1]
