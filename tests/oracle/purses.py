"""Funds: the money left in each financial year, in the purse of an employer or of its region."""

from __future__ import annotations

from nhstransit.dates import financial_year_name
from nhstransit.log import NOBODY, Kind
from oracle.day import Phase
from oracle.things import Body
from oracle.world import World

APRIL = 4


def left(world: World, fund: str, body: Body) -> int:
    """Pence that an employer may draw on a fund today."""
    terms = world.scenario.funds[fund]
    if body.kind not in terms.drawers:
        return 0
    return _filled(world, fund, body) - world.drawn.get(purse(world, fund, body), 0)


def purse(world: World, fund: str, body: Body) -> tuple[str, int, str]:
    """The key of a purse. Employers with the same key draw on the same money."""
    shared = world.scenario.funds[fund].lodged == "region"
    return fund, _year(world), body.region if shared else f"of {body.name}"


def draw(world: World, phase: Phase, rule: int, fund: str, body: Body, pence: int) -> None:
    """Draw money on a fund for an employer."""
    key = purse(world, fund, body)
    world.drawn[key] = world.drawn.get(key, 0) + pence
    number = list(world.scenario.funds).index(fund)
    world.note(phase, Kind.DRAWN, rule, NOBODY, left=body.number, right=number, pence=pence)


def _filled(world: World, fund: str, body: Body) -> int:
    """Pence in an employer's purse at the start of the financial year."""
    terms = world.scenario.funds[fund]
    if terms.years and financial_year_name(_year(world)) not in terms.years:
        return 0
    bodies = zip(world.bodies, world.scenario.organisations, strict=True)
    return sum(
        round(written.population * terms.pounds_a_head * 100.0)
        for other, written in bodies
        if other.kind in terms.kinds and purse(world, fund, other) == purse(world, fund, body)
    )


def _year(world: World) -> int:
    date = world.calendar.date(world.today)
    return date.year - (date.month < APRIL)
