"""Redundancy terms: what the law gives to people let go on a day, one piece for every policy that lets go."""

from __future__ import annotations

import numpy as np

from nhstransit.arrays import Ints, Rows
from nhstransit.grammar import Depart, Situation


def made_redundant(situation: Situation, rows: Rows, last: Ints, given: int, *, with_posts: bool) -> Depart:
    """Exits on section 16 terms, voidable by another post; what of the notice does not fit is paid in lieu.

    Args:
        situation: the world as it stands.
        rows: (n,) who goes.
        last: (n,) last day of each in post.
        given: day on which notice is given.
        with_posts: whether their posts go for good.
    """
    people, law, origin = situation.people, situation.law, situation.calendar.origin
    pay, wte, leaving = people.pay_pence[rows], people.wte(rows), last + origin
    born, since = people.born[rows], people.service_from[rows]
    weeks = law.notice_weeks(people.band[rows], since, origin + given)
    severance = law.redundancy(pay, wte, born, since, leaving, people.band[rows])
    return Depart(
        rows=rows,
        last_day=last,
        severance=severance,
        in_lieu=law.lieu(pay, wte, np.maximum(weeks - np.maximum(last - given, 0) / 7.0, 0.0)),
        strain=law.pension_strain(pay, wte, born, since, leaving, people.section[rows], redundancy_pence=severance),
        remove=np.full(len(rows), with_posts),
        voidable=True,
    )
