"""Redundancy terms that the law gives to people let go on a day: one piece of code for every policy that lets go."""

from __future__ import annotations

import numpy as np

from nhstransit.arrays import Ints, Rows
from nhstransit.grammar import Ask, Consult, Depart, Effect, Situation


def made_redundant(
    situation: Situation, rows: Rows, last: Ints, given: int, opened: int, *, with_posts: bool
) -> Depart:
    """Exits on section 16 terms, voidable by another post. Notice that does not fit is paid in lieu.

    Args:
        situation: the present state of the world.
        rows: (n,) positions of people who go.
        last: (n,) last day of each in post.
        given: day on which notice is given.
        opened: day on which consultation began. Its section 16 applies, whatever the law is on the last day.
        with_posts: whether their posts are removed.
    """
    people, law, origin = situation.people, situation.law, situation.calendar.origin
    pay, wte, leaving = people.pay_pence[rows], people.wte(rows), last + origin
    born, since = people.born[rows], people.service_from[rows]
    weeks = notice_weeks(situation, rows, given)
    terms_on, section = origin + opened, people.section[rows]
    severance = law.redundancy(pay, wte, born, since, leaving, people.band[rows], terms_on=terms_on)
    strain = law.pension_strain(pay, wte, born, since, leaving, section, redundancy_pence=severance, terms_on=terms_on)
    return Depart(
        rows=rows,
        last_day=last,
        severance=severance,
        in_lieu=law.lieu(pay, wte, np.maximum(weeks - np.maximum(last - given, 0) / 7.0, 0.0)),
        strain=strain,
        remove=np.full(len(rows), with_posts),
        voidable=True,
    )


def notice_weeks(situation: Situation, rows: Rows, given: int) -> Ints:
    """Weeks of notice of each person, if given on a day, (rows,)."""
    people = situation.people
    epoch = situation.calendar.origin + given
    return situation.law.notice_weeks(people.band[rows], people.service_from[rows], epoch)


def consulted(situation: Situation, rows: Rows, *, chosen: bool = False) -> tuple[Effect, ...]:
    """Collective consultation by employer, as long as the law requires for its number, and a reminder to give notice.

    The reminder comes back with the stage "notice" on the day after consultation ends, with people in the order of
    `rows`.

    Args:
        situation: the present state of the world.
        rows: (n,) positions of people consulted.
        chosen: whether all of them have been selected to go.
    """
    employer = situation.people.employer[rows]
    numbers, place = np.unique(np.bincount(employer), return_inverse=True)
    days = [situation.law.consultation_days(int(number), situation.epoch_day) for number in numbers]
    until = (situation.day + np.array(days)[place])[employer].astype("int32")
    asked = [Ask(rows=rows[until == day], day=int(day) + 1, stage="notice") for day in np.unique(until)]
    return (Consult(rows=rows, until=until, chosen=chosen), *asked)
