"""What all policies of redundancy share: the law's redundancy terms, and the pay bill that is to be reduced."""

from __future__ import annotations

import numpy as np

from nhstransit.arrays import AnyArray, Bools, Ints, Longs, Rows
from nhstransit.grammar import Ask, Consult, Depart, Effect, Situation


def made_redundant(
    situation: Situation,
    rows: Rows,
    last: Ints,
    given: int,
    opened: int,
    *,
    with_posts: bool,
    most_months: float | None = None,
) -> Depart:
    """Exits on section 16 terms, cancelled if another post is found. Notice after the last day is paid in lieu.

    Args:
        situation: the present state of the run.
        rows: (n,) positions of people who leave.
        last: (n,) last day of each in post.
        given: day on which notice is given.
        opened: day on which consultation began. Section 16 as of that day applies, not as of the last day.
        with_posts: whether their posts are removed.
        most_months: a local limit on the months of pay; None for the law's limit alone.
    """
    people = situation.people
    law = situation.law
    origin = situation.calendar.origin
    pay = people.pay_pence[rows]
    wte = people.wte(rows)
    leaving = last + origin
    born = people.born[rows]
    since = people.service_from[rows]
    weeks = notice_weeks(situation, rows, given)
    terms_on = origin + opened
    section = people.section[rows]
    severance = law.redundancy(
        pay, wte, born, since, leaving, people.band[rows], terms_on=terms_on, most_months=most_months
    )
    # Notice that is not worked by the last day is paid in lieu, in weeks.
    unworked = np.maximum(weeks - np.maximum(last - given, 0) / 7.0, 0.0)
    strain = law.pension_strain(pay, wte, born, since, leaving, section, redundancy_pence=severance, terms_on=terms_on)
    return Depart(
        rows=rows,
        last_day=last,
        severance=severance,
        in_lieu=law.lieu(pay, wte, unworked),
        strain=strain,
        remove=np.full(len(rows), with_posts),
        voidable=True,
    )


def notice_weeks(situation: Situation, rows: Rows, given: int) -> Ints:
    """Weeks of notice of each person, (n,).

    Args:
        situation: the present state of the run.
        rows: (n,) positions of people.
        given: day on which notice is given, since the scenario's start.
    """
    people = situation.people
    epoch = situation.calendar.origin + given
    return situation.law.notice_weeks(people.band[rows], people.service_from[rows], epoch)


def consulted(situation: Situation, rows: Rows, *, chosen: bool = False) -> tuple[Effect, ...]:
    """Collective consultation by employer, as long as the law requires for its number of people, and reminders.

    A reminder comes with the stage "notice" on the day after consultation ends, with people in the order of `rows`.

    Args:
        situation: the present state of the run.
        rows: (n,) positions of people consulted.
        chosen: whether all of them have been selected to go.
    """
    employer = situation.people.employer[rows]
    # The law is read once for each distinct number of people. `place` leads from an employer to its number in `numbers`.
    numbers, place = np.unique(np.bincount(employer), return_inverse=True)
    days = [situation.law.consultation_days(int(number), situation.epoch_day) for number in numbers]
    last_of_employer = situation.day + np.array(days)[place]
    until = last_of_employer[employer].astype("int32")
    last_days = np.unique(until).tolist()
    asked = [Ask(rows=rows[until == day], day=day + 1, stage="notice") for day in last_days]
    return (Consult(rows=rows, until=until, chosen=chosen), *asked)


def staying(situation: Situation, *, notice: bool = False) -> Rows:
    """People whose pay counts in the pay bill: in post, without an agreed exit, and not selected to go, (n,).

    A person under notice who has another post does not count if their own post is to be removed.

    Args:
        situation: the present state of the run.
        notice: whether notice is given today. People whose consultation has just ended then still count.
    """
    people = situation.people
    # Notice is due on the day after consultation. If it is given today, people whose notice is due today still count.
    selected = people.notice_due >= situation.day + notice
    moving_on = (people.post_goes >= 0) & (people.next_post >= 0)
    return np.flatnonzero(people.in_post & (people.exit_rule < 0) & ~selected & ~moving_on)


def yearly_pay(situation: Situation, rows: Rows) -> Longs:
    """Pay in pence per year at each person's hours, with any high-cost-area supplement, (rows,)."""
    people = situation.people
    return np.rint(people.pay_pence[rows] * people.wte(rows)).astype("int64")


def until_met(employer: AnyArray, saving: Longs, excess: Longs) -> Bools:
    """Which people are to go, (n,): in order within each employer, until their savings reach its excess.

    Args:
        employer: (n,) positions of employers, sorted.
        saving: (n,) what each person's exit saves.
        excess: (bodies,) how much each employer is to save.
    """
    # `before` is the saving of earlier people of the same employer: the running total less the total before the
    # employer's first person. The person whose saving crosses the excess still goes.
    total = np.cumsum(saving)
    first = np.searchsorted(employer, employer)
    before = total - saving - (total[first] - saving[first])
    return np.asarray(before < excess[employer])
