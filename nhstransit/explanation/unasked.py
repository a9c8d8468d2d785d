"""Policies that ask nobody, read aloud: hiring, people from outside, whole transfers, returns."""

from __future__ import annotations

import math

import numpy as np

from nhstransit.explanation.words import bodies, kinds, listed, many, people, percent, said
from nhstransit.grammar import Answers, Appoint, Proposals, Situation
from nhstransit.policies.hiring import Hiring
from nhstransit.policies.inflow import Inflow
from nhstransit.policies.returns import Returns
from nhstransit.policies.transfer import TransferWhole
from nhstransit.streams import Chances, Luck


def told_of_hiring(policy: Hiring, situation: Situation) -> tuple[str, ...]:
    """What share of vacancies is refilled, and how many there would be."""
    return (
        f"{percent(policy.refill)} of the vacancies in {kinds(policy.kinds)} are refilled from outside, after "
        f"{policy.weeks:g} weeks on average.",
        f"{many(_vacant(situation, policy.kinds), 'post')} would be vacant on this day.",
    )


def told_of_inflow(policy: Inflow, situation: Situation) -> tuple[str, ...]:
    """How many come, and into what."""
    parts = [f"{count:,} into {bodies(1, kind).removeprefix('1 ')}" for kind, count in policy.people.items() if count]
    vacant = sum(min(count, _vacant(situation, (kind,))) for kind, count in policy.people.items())
    return (
        f"{people(sum(policy.people.values()))} are to come from outside: {listed(parts)}, to start on "
        f"{said(policy.starts)}.",
        f"{many(vacant, 'post')} would be vacant for them.",
    )


def told_of_returns(policy: Returns) -> tuple[str, ...]:
    """Who comes back in the end, and how soon."""
    half = policy.scale_years * math.log(2.0) ** (1.0 / policy.shape)
    return (
        f"Of those who left by {listed(policy.after)}, {percent(policy.share)} come back to the NHS in the end, half of "
        f"them within {12 * half:.0f} months. Who they are is to be seen.",
        *_repaid(policy),
        *_unseen(policy),
    )


def _repaid(policy: Returns) -> tuple[str, ...]:
    if not policy.repays:
        return ()
    terms = listed(f"{name} ({terms})" for name, terms in policy.repays.items())
    return (
        f"Who left by {terms} and is back within the window of those terms repays the unexpired months, net of tax.",
    )


def _unseen(policy: Returns) -> tuple[str, ...]:
    if not policy.unseen:
        return ()
    share = percent(policy.unseen)
    return (f"Another {share} of those in Band 8a and above, a third of that below, come back unseen as interims.",)


def told_of_transfer(name: str, policy: TransferWhole, situation: Situation, concerned: Proposals) -> tuple[str, ...]:
    """How many would go along whole, were all of the opening staff still there; no luck enters."""
    said_yes = Answers(said=np.ones(len(concerned), "int8"))
    effects = policy.select(situation, concerned, said_yes, Chances(Luck(0), name, situation.round))
    moved = sum(len(effect.rows) for effect in effects.then if isinstance(effect, Appoint))
    vacant = _vacant(situation, policy.receivers)
    return (
        f"It concerns {people(len(concerned))} of the opening staff, and {many(vacant, 'post')} in "
        f"{kinds(policy.receivers)}.",
        f"{people(moved)} would go along if all were still there; the fewer are left, the more go.",
    )


def _vacant(situation: Situation, names: tuple[str, ...]) -> int:
    """Posts that would be vacant in these kinds of body on this day."""
    posts = situation.posts
    return int((posts.vacant & situation.bodies.of_kinds(names)[posts.employer]).sum())
