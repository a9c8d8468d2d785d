"""The choice models, written out for one person at a time.

Skill, outside option and attitude are in single precision, as in the staff columns, and so are their products with a
parameter. All other numbers are in double precision.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np

from nhstransit import arithmetic
from nhstransit.selection import logistic, persistent
from nhstransit.streams import Chances, combined, name_key
from nhstransit.workforce.columns import Disposition
from oracle.things import NEVER, Body, Person, Post
from oracle.world import World


def key(person: Person) -> Any:
    return np.array([person.key], "uint64")


def applies_for_severance(
    world: World, person: Person, chances: Chances, months: float, clawback_months: float, *, early_pension: bool
) -> bool:
    """Whether somebody applies for a severance of `months` of pay, with or without an early pension."""
    model = world.behaviour.severance
    typical = min(max(model.typical, 1e-9), 1 - 1e-9)
    log_months = np.log(np.array([max(months, 1e-6)]) / model.typical_months)
    score = math.log(typical / (1 - typical)) + model.payout * log_months
    risk = float(person.risk)
    waiting = model.wait_discount * risk * _redundancy_months(world, person)
    score += model.better_later * (months - waiting) + model.risk * risk
    weight = model.pension_reached if early_pension else model.pension_alone
    score += weight * pension_reached(world, person)
    score += model.outside * person.outside + model.skill * person.skill
    score += {Disposition.LEAVER: model.leaver, Disposition.STAYER: model.stayer}.get(person.disposition, 0.0)
    score -= model.clawback * clawback_months
    score += appetites(world)[person.body] if model.employer_sd or model.region_sd else 0.0
    lasting = chances.luck.normal("severance taste", 0, key(person))
    taste = persistent(lasting, chances.normal("taste", key(person)), model.lasting)
    if not taste[0] < logistic(score)[0]:
        return False
    waits = chances.luck.uniform("waits for a better offer", 0, key(person))[0]
    return bool(waits < chance_of_not_waiting(world, person, _redundancy_months(world, person), months))


def chance_of_not_waiting(world: World, person: Person, later: float, now: float) -> float:
    """The chance that somebody who would leave now does not wait for a better offer."""
    hope = world.hope
    if hope is None:
        return 1.0
    gain = max(hope.better * later - now, 0.0)
    return float(arithmetic.exp(np.array([-hope.worth * hope.belief * float(person.risk) * gain]))[0])


def appetites(world: World) -> dict[Body, float]:
    """Each employer's effect on the log-odds of applying. It leaves the mean odds, weighted by pay bill, unchanged."""
    if not world.appetites:
        model = world.behaviour.severance
        drawn = {}
        for body in world.bodies:
            own, region = (
                world.luck.normal(f"{what} appetite", 0, np.array([name_key(name)], "uint64"), among="organisation")[0]
                for what, name in (("employer", body.name), ("region", body.region))
            )
            drawn[body] = float(model.employer_sd * own + model.region_sd * region)
        bills = [world.bills.get(body, 0) for body in world.bodies]
        weights = np.array(bills if any(bills) else [1] * len(bills), "float64")
        level = math.log((weights * np.exp(np.array(list(drawn.values())))).sum() / weights.sum())
        world.appetites = {body: effect - level for body, effect in drawn.items()}
    return world.appetites


def signs(world: World, person: Person, chances: Chances) -> bool:
    """Whether somebody who was approved signs."""
    return bool(chances.uniform("signature", key(person))[0] < world.behaviour.severance.signs)


def accepts_terms(world: World, person: Person, chances: Chances) -> bool:
    """Whether somebody accepts a guarantee with a premium."""
    model = world.behaviour.retention
    chance = model.leaver if person.disposition == Disposition.LEAVER else model.accepts
    return bool(chances.uniform("acceptance", key(person))[0] < chance)


def competes(world: World, person: Person, chances: Chances) -> bool:
    """Whether somebody competes for a new post at all."""
    model = world.behaviour.post
    chance = {Disposition.LEAVER: model.leaver, Disposition.STAYER: model.stayer}.get(person.disposition, model.mover)
    return bool(chances.uniform("competing", key(person))[0] < chance)


def declines(world: World, person: Person) -> bool:
    """Whether somebody declines any post that is found for them. The draw is the same every time."""
    model = world.behaviour.post
    chance = {Disposition.LEAVER: model.leaver_declines, Disposition.STAYER: model.stayer_declines}.get(
        person.disposition, model.mover_declines
    )
    return bool(world.luck.uniform("declining", 0, key(person))[0] < chance)


def would_work_for(world: World, person: Person, there: Body) -> bool:
    """Whether somebody would work for an employer: in their own region always, elsewhere only if they would move home."""
    if steps_away(world, person.body, there) < 3:
        return True
    return bool(world.luck.uniform("moving home", 0, key(person))[0] >= world.behaviour.post.near_only)


def group_key(world: World, lead: Post) -> Any:
    """The key of draws about a group, from the names of its employer and function, and its band.

    It does not depend on which posts are vacant.
    """
    function = world.scenario.functions[lead.function]
    body, trade = (np.array([name_key(name)], "uint64") for name in (lead.body.name, function))
    return combined(combined(body, trade), np.array([lead.band << 32]))


def liking(world: World, person: Person, chances: Chances, lead: Post) -> float:
    """How much a candidate likes a group of posts, of which `lead` is the first."""
    model = world.behaviour.post
    here = person.post
    taste = chances.normal("liking", combined(key(person), group_key(world, lead)))[0]
    steps = steps_away(world, here.body, lead.body)
    taste -= model.distance * (steps == 3) + model.local * min(steps, 2)
    return float(taste - model.demotion * (here.band - lead.band))


def steps_away(world: World, here: Body, there: Body) -> int:
    """How far away an employer is: 0 a successor of one's own, 1 in the same cluster, 2 in the same region, 3 elsewhere."""
    own, other = (world.scenario.organisations[body.number] for body in (here, there))
    if other.name in own.successors:
        return 0
    if own.cluster and own.cluster == other.cluster:
        return 1
    return 2 if own.region == other.region else 3


def may_employ(world: World, body: Body) -> bool:
    """Whether an employer has been authorised, or needs no authorisation."""
    authorised = world.scenario.organisations[body.number].authorised
    return authorised is None or world.calendar.day(authorised) <= world.today


def stands_by(world: World, body: Body, day: int) -> bool:
    """Whether an employer's posts can be filled on a day, in shadow form or not."""
    founded = world.scenario.organisations[body.number].founded
    return founded is None or world.calendar.day(founded) <= day


def leaver_shares(world: World) -> dict[Body, float]:
    """For each employer, the share of the people in post whose disposition is leaver."""
    there = [person for person in world.people if person.post is not None]
    heads = Counter(person.body for person in there)
    averse = Counter(person.body for person in there if person.disposition == Disposition.LEAVER)
    return {body: averse[body] / count for body, count in heads.items()}


def outlook(world: World, person: Person, target: float, averse: float, luck: Any) -> Disposition:
    """The disposition that news gives to somebody: the one with the highest score. A mover's score is zero.

    `averse` is the share of colleagues who were leavers before the news.
    """
    model = world.behaviour.outlook
    scores = {
        Disposition.LEAVER: float(
            model.leaver + model.leaver_attitude * person.attitude + model.leaver_outside * person.outside
        ),
        Disposition.STAYER: model.stayer
        + model.stayer_risk * target
        + model.stayer_pension * pension_reached(world, person),
        Disposition.MOVER: 0.0,
    }
    scores[Disposition.LEAVER] -= model.leaver_attitude * model.drag * averse
    for kind in scores:
        scores[kind] += float(luck.gumbel(f"disposition {kind.name.lower()}", 0, key(person))[0])
    return max(scores, key=lambda kind: scores[kind])


def pension_reached(world: World, person: Person) -> bool:
    """Whether somebody has reached the minimum pension age today."""
    born = np.array([person.born])
    section = np.array([person.section])
    return bool(world.law.pension_reached(born, section, world.epoch(world.today))[0])


def _redundancy_months(world: World, person: Person) -> float:
    """Redundancy pay in months on the employer's closing day, or today if the employer continues."""
    leaving = world.epoch(world.today if person.body.closes == NEVER else person.body.closes)
    since = np.array([person.service_from])
    born = np.array([person.born])
    return float(world.law.redundancy_months(since, np.array([leaving]), born=born)[0])
