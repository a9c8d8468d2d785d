"""Redundancy read aloud: the pool, the days of consultation, the weeks of notice and the months of pay."""

from __future__ import annotations

from collections import Counter

import numpy as np

from nhstransit.arrays import Rows
from nhstransit.explanation.words import NAMED, kinds, listed, many, millions, people, percent, pounds, said, span
from nhstransit.grammar import PostOffer, Proposals, Situation
from nhstransit.law import MarsTerms
from nhstransit.policies.redundancy import Redundancy
from nhstransit.workforce.columns import NEVER


def told_of_redundancy(policy: Redundancy, situation: Situation, proposals: Proposals) -> tuple[str, ...]:
    """What the stage holds for the pool, were it all of the opening staff whose bodies close."""
    rows = policy.pool(situation)
    if not len(rows):
        return ("Of the opening staff nobody is in the pool.",)
    count = f"{people(len(rows))} of the opening staff would be in the pool, had nobody left or found a post before."
    if situation.stage == "letters":
        return (count, "They get letters that say they are at risk.")
    if situation.stage == "consultation":
        return (count, *_consultation(situation, rows), _notice(situation, rows))
    too_late = _too_late(policy, situation, rows)
    return (count, *too_late, *_alternatives(policy, proposals), *_pay(policy, situation, rows), *_residue(policy))


def _too_late(policy: Redundancy, situation: Situation, rows: Rows) -> tuple[str, ...]:
    """A warning where an employer that closes today cannot have consulted by then for as long as the law asks."""
    heads = np.bincount(situation.people.employer[rows], minlength=len(situation.bodies))
    opens = situation.calendar.day(policy.consults)
    epoch = situation.calendar.origin + opens
    due = {place: situation.law.consultation_days(int(heads[place]), epoch) for place in np.flatnonzero(heads).tolist()}
    late = [place for place, days in due.items() if opens + days > situation.day]
    if not late:
        return ()
    names = [situation.bodies.names[place] for place in late]
    which = listed(names) if len(names) <= NAMED else f"{len(names):,} employers"
    latest = said(situation.calendar.date(situation.day - max(due[place] for place in late)))
    return (
        f"Not lawful: consultation that opens on {said(policy.consults)} cannot be over by the closing day of {which}; it "
        f"would have to open by {latest}.",
    )


def _alternatives(policy: Redundancy, proposals: Proposals) -> tuple[str, ...]:
    """How many would be offered something else first."""
    if not policy.alternatives:
        return ()
    offers = len(proposals) if isinstance(proposals, PostOffer) else 0
    return (
        f"{people(offers)} would first be offered a vacant post of their function, at most "
        f"{many(policy.bands_down, 'band')} down, in {kinds(policy.alternatives)}; "
        f"{percent(policy.unreasonable)} of refusals forfeit the pay.",
    )


def _residue(policy: Redundancy) -> tuple[str, ...]:
    return (f"Notice that runs on is served in {policy.residuary}.",) if policy.residuary else ()


def _consultation(situation: Situation, rows: Rows) -> tuple[str, ...]:
    """Days of consultation by the number in the pool of each employer."""
    law, today = situation.law, situation.epoch_day
    heads = np.bincount(situation.people.employer[rows])
    days = Counter(law.consultation_days(int(count), today) for count in heads[heads > 0].tolist())
    parts = [
        f"{number} days in {many(days[number], 'employer')}" if number else f"none in {many(days[number], 'employer')}"
        for number in sorted(days, reverse=True)
    ]
    until = said(situation.calendar.date(situation.day + max(days)))
    quality = law.parameters.table("consultation").on(today).quality
    return (f"Collective consultation lasts {listed(parts)}, to {until} at the latest (quality: {quality}).",)


def _notice(situation: Situation, rows: Rows) -> str:
    staff, law, today = situation.people, situation.law, situation.epoch_day
    weeks = law.notice_weeks(staff.band[rows], staff.service_from[rows], today)
    quality = law.parameters.table("contract_notice").on(today).quality
    return (
        f"Notice is {span(weeks, '{:.0f}')} weeks (quality: {quality}); what the closing day cuts off is paid in lieu."
    )


def _pay(policy: Redundancy, situation: Situation, rows: Rows) -> tuple[str, ...]:
    """Section 16 on the closing day, by the terms of the day on which consultation opens."""
    staff, law, origin = situation.people, situation.law, situation.calendar.origin
    closes = situation.bodies.closes[staff.employer[rows]].astype("int64")
    leaving = np.where(closes < NEVER, closes, situation.day) + origin
    since, band = staff.service_from[rows], staff.band[rows]
    opened = origin + min(situation.calendar.day(policy.consults), situation.day)
    months = law.redundancy_months(since, leaving, terms_on=opened)
    pence = law.redundancy(
        staff.pay_pence[rows], staff.wte(rows), staff.born[rows], since, leaving, band, terms_on=opened
    )
    entry = law.parameters.table("section16").on(opened)
    terms = MarsTerms.of(entry)
    needed = f"{terms.qualifying_weeks} weeks'" if terms.qualifying_weeks else f"{terms.qualifying_months} months'"
    return (
        f"Redundancy pays {span(months, '{:.0f}')} months of pay: {pounds(pence)}; {millions(int(pence.sum()))} for all.",
        f"Section 16 gives {entry.number('months_a_year'):g} month of pay for each complete year of service, at most "
        f"{entry.number('most_months'):g}, from {needed} service on (quality: {entry.quality}).",
        "A post found meanwhile makes it void.",
    )
