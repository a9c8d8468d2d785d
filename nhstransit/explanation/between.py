"""What passes between bodies, read aloud: start-up money, longer lives; and cover of vacant posts."""

from __future__ import annotations

import numpy as np

from nhstransit.explanation.words import kinds, listed, many, millions, percent, said
from nhstransit.grammar import Situation
from nhstransit.policies.extension import Extension
from nhstransit.policies.interims import Interims
from nhstransit.policies.start_up import StartUp
from nhstransit.workforce.columns import NEVER


def told_of_start_up(policy: StartUp, situation: Situation) -> tuple[str, ...]:
    """What is needed, and what is to meet it: nothing is saved yet."""
    short = policy.shortfalls(situation)
    pounds = policy.pounds(situation.law, situation.epoch_day)
    residents = int(situation.bodies.population[situation.bodies.of_kinds(policy.kinds)].sum())
    funds = (
        f"the funds {listed(policy.funds)}, then what they must find sooner" if policy.funds else "what they must find"
    )
    return (
        f"£{pounds:g} a head of {residents:,} residents of {kinds(policy.kinds)} is "
        f"{millions(int(short.sum()))} in {many(int((short > 0).sum()), 'region')}, before anything is saved.",
        f"It is met by what {listed(policy.savers) or 'nobody'} saves in each region; what is short, by {funds}.",
    )


def told_of_extension(policy: Extension, situation: Situation) -> tuple[str, ...]:
    """Which bodies live longer, and how far that calms."""
    bodies = policy.concerned(situation)
    closes = situation.bodies.closes[bodies]
    first = said(situation.calendar.date(int(closes.min()))) if len(bodies) else ""
    count = "1 body" if len(bodies) == 1 else f"{len(bodies):,} bodies"
    heads = int(np.isin(situation.people.employer, bodies).sum())
    return (
        f"{count} with {heads:,} of the opening staff would have closed from {first} on and close on {said(policy.until)}.",
        f"The risk they feel moves {percent(policy.weight)} of the way to {percent(policy.target)}.",
    )


def told_of_interims(policy: Interims, situation: Situation) -> tuple[str, ...]:
    """How many posts there would be to cover."""
    posts = situation.posts
    vacant = posts.vacant & situation.bodies.of_kinds(policy.kinds)[posts.employer] & (posts.opens < NEVER)
    return (
        f"{percent(policy.covered)} of the vacancies in {kinds(policy.kinds)} are covered, "
        f"{policy.months} months at a time, at {policy.dearer:g} times the cost of an employee.",
        f"{many(int(vacant.sum()), 'post')} would be vacant on this day.",
    )
