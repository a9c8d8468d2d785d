"""Start-up money: for each region the need, the saving, what employers draw on funds, and what they have to find."""

from __future__ import annotations

from typing import Any

import numpy as np

from nhstransit.log import NOBODY, Kind
from nhstransit.policies import StartUp
from nhstransit.rounding import largest_remainder
from oracle import purses
from oracle.day import Phase
from oracle.things import Body
from oracle.world import World


def share_out(acting: Any, policy: StartUp) -> None:
    """Divide each region's shortfall among its employers by residents. They draw it on the funds or have to find it."""
    world = acting.world
    due: dict[Body, int] = {}
    for region in sorted({body.region for body in world.bodies}):
        payers = [body for body in world.bodies if body.region == region and body.kind in policy.kinds]
        residents = [world.scenario.organisations[body.number].population for body in payers]
        short = round(sum(residents) * _pounds(world, policy) * 100.0) - _saved(world, policy, region)
        if short > 0:
            due |= dict(zip(payers, largest_remainder(short, np.array(residents)).tolist(), strict=True))
    for fund in policy.funds:
        _draw(acting, fund, due)
    for body, pence in due.items():
        if pence > 0:
            world.to_find[body] = world.to_find.get(body, 0) + pence
            world.note(Phase.WINDOWS, Kind.TO_FIND, acting.rule, NOBODY, left=body.number, pence=pence)


def _pounds(world: Any, policy: StartUp) -> float:
    """Pounds per head: the policy's, or the law's today."""
    if policy.pounds_a_head is not None:
        return policy.pounds_a_head
    return world.law.parameters.number("ccg_start_up_a_head").on(world.epoch(world.today)).value


def _saved(world: World, policy: StartUp, region: str) -> int:
    rules = {world.rules[name] for name in policy.savers if name in world.scenario.policies}
    return sum(pence for (rule, body), pence in world.saved.items() if rule in rules and body.region == region)


def _draw(acting: Any, fund: str, due: dict[Body, int]) -> None:
    """Draw all that is due on each purse, or if there is too little, in proportion to what is due."""
    world = acting.world
    may = [body for body in due if body.kind in world.scenario.funds[fund].drawers]
    for key in {purses.purse(world, fund, body) for body in may}:
        mine = [body for body in may if purses.purse(world, fund, body) == key]
        asked = [due[body] for body in mine]
        left = purses.left(world, fund, mine[0])
        got = asked if sum(asked) <= left else largest_remainder(left, np.array(asked)).tolist()
        for body, pence in zip(mine, got, strict=True):
            if pence > 0:
                purses.draw(world, Phase.WINDOWS, acting.rule, fund, body, pence)
                due[body] -= pence
