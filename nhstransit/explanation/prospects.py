"""What people may look forward to, read aloud: routes to a post, loans, courses, second thoughts, invitations."""

from __future__ import annotations

import numpy as np

from nhstransit.explanation.words import kinds, many, people, percent
from nhstransit.grammar import Proposals, Situation
from nhstransit.policies.assignment import Assignment
from nhstransit.policies.best_people import BestPeople
from nhstransit.policies.development import Development
from nhstransit.policies.filling import Filling
from nhstransit.policies.second_thoughts import SecondThoughts

_ROUTES = {
    "successor": "It is a competitive slot-in: only staff of the bodies that a post's body succeeds may compete",
    "cluster": "It is a ring-fenced competition: only staff of the cluster may compete",
    "region": "It is an open competition in each region",
    "anywhere": "It is an open competition for staff anywhere",
}


def told_of_route(policy: Filling) -> tuple[str, ...]:
    """Which of the routes it is, and who comes first."""
    others = f"; posts in {kinds(policy.national)} are open to all" if policy.national else ""
    first = " Those with a right to slot in come before all others." if policy.rights_first else ""
    return (f"{_ROUTES[policy.reach]}{others}.{first}",)


def told_of_assignment(policy: Assignment, situation: Situation, proposals: Proposals) -> tuple[str, ...]:
    """Who might be lent by this wave, and how willing bodies are."""
    employers = np.unique(situation.people.employer[proposals.rows])
    return (
        f"{people(len(proposals))} of the opening staff work for {many(len(employers), 'employer')} with "
        f"{kinds(policy.consortia)} of this wave or before.",
        f"An employer is willing to lend {percent(policy.willing)} of them on average, give or take "
        f"{100 * policy.spread:g} in a hundred. Of those who would go the most skilled do; their employer stays.",
    )


def told_of_development(policy: Development) -> tuple[str, ...]:
    """What a course costs, who pays, and for how many it works."""
    limit = "" if policy.budget_pounds is None else f", up to £{policy.budget_pounds:,.0f} an employer"
    fund = f" out of the fund {policy.fund!r}" if policy.fund else ""
    return (
        f"A place costs £{policy.pounds:,.0f}, paid by the employer{fund}{limit}. Who the stayers are is to be seen.",
        f"After {many(policy.months, 'month')} it has worked for {percent(policy.works)} of those who took it.",
    )


def told_of_second_thoughts(policy: SecondThoughts) -> tuple[str, ...]:
    """How long is long, and how many lose heart."""
    return (
        f"Of movers with nothing to go to for {many(policy.months, 'month')}, {percent(policy.lose_heart)} lose heart. Who "
        "they are is to be seen.",
    )


def told_of_invitation(policy: BestPeople, situation: Situation, proposals: Proposals) -> tuple[str, ...]:
    """How many are invited to how many places."""
    return (
        f"{people(len(np.unique(proposals.rows)))} of the opening staff are invited to "
        f"{many(sum(policy.places.values()), 'place')} in {kinds(tuple(policy.places))}.",
        f"Retraining takes {many(policy.months, 'month')} and costs £{policy.pounds:,.0f} a person.",
    )
