"""The first day, and the days on which bodies come and go."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable

import numpy as np

from nhstransit.dates import complete_years
from nhstransit.explanation.telling import Telling
from nhstransit.explanation.words import bodies, listed, many, millions, people, percent
from nhstransit.grammar import Situation
from nhstransit.organisations.bodies import KINDS, Organisation
from nhstransit.scenario import Scenario
from nhstransit.scenario.opening import pay_columns
from nhstransit.synthesis import StaffSynthesis

_EVENTS: tuple[tuple[str, Callable[[Organisation], dt.date | None]], ...] = (
    ("Posts of {} can be filled from today, in shadow form.", lambda body: body.shadow),
    ("{} authorised.", lambda body: body.authorised),
    ("{} from today.", lambda body: body.opens),
    ("It is the last day of {}.", lambda body: body.closes),
)


def first_day(scenario: Scenario, situation: Situation) -> Telling:
    """Who works where on the scenario's first day, in what posts and for how much."""
    staff, origin = situation.people, scenario.calendar.origin
    wte = staff.wte_hundredths / 100.0
    cost = situation.law.employer_cost(staff.pay_pence, wte, origin).sum()
    posts = situation.posts
    sentences = [
        f"{people(len(wte))} ({wte.sum():,.1f} WTE) work for {_employers(scenario, situation)}.",
        f"Of {many(int(posts.funded.sum()), 'post')} that can be filled, {posts.vacant.sum():,} are vacant.",
    ]
    if len(wte):
        age, served = (np.median(complete_years(since, origin)) for since in (staff.born, staff.service_from))
        pay = float((staff.pay_pence * wte).sum())
        sentences += [
            f"Half of the people are over {age:g} years old and half have over {served:g} years' service.",
            f"{_sort_of_pay(situation)} comes to {millions(pay)} a year, {millions(cost)} with on-costs.",
            *_below_the_table(scenario, situation),
        ]
    return Telling(scenario.start, "the first day", (*sentences, _source(scenario)))


def _sort_of_pay(situation: Situation) -> str:
    """What the pay bill holds."""
    if situation.people.supplement_pence.any():
        return "Basic pay with high-cost-area supplements"
    return "Basic pay"


def _below_the_table(scenario: Scenario, situation: Situation) -> tuple[str, ...]:
    """How many are paid less than the table gives at their point, and what becomes of that each April."""
    paid = pay_columns(scenario.workforce, situation.law, scenario.roster.area, scenario.calendar.origin)
    share = paid["scale_share"]
    below = share < 1.0
    if not below.any():
        return ()
    count, verb, stay = people(int(below.sum())), "are", "they stay"
    if below.sum() == 1:
        verb, stay = "is", "and stays"
    link = "; " if stay == "they stay" else ", "
    return (
        f"{count} {verb} paid below the table at their point, the furthest {percent(1.0 - float(share.min()))} below"
        f"{link}{stay} as far below it each April.",
    )


def days_of_bodies(scenario: Scenario, situation: Situation) -> list[Telling]:
    """What opens and closes on each day of the scenario, counted by kind of body."""
    days: dict[dt.date, list[str]] = {}
    for form, date_of in _EVENTS:
        found: dict[dt.date, Counter[str]] = {}
        for body in scenario.organisations:
            date = date_of(body)
            if date is not None and scenario.start <= date <= scenario.end:
                found.setdefault(date, Counter())[body.kind] += 1
        for date, counts in found.items():
            days.setdefault(date, []).append(_event(form, counts))
    for date, heads in _closing_heads(scenario, situation).items():
        days[date].append(f"{people(heads)} of the opening staff work there.")
    for date, posts in _fresh_posts(scenario).items():
        days.setdefault(date, []).append(f"{many(posts, 'new post')} can be filled from today.")
    return [Telling(date, "places", tuple(days[date])) for date in sorted(days)]


def last_day(scenario: Scenario) -> Telling:
    """The end of it."""
    return Telling(scenario.end, "the last day", (f"The story ends after {scenario.calendar.days:,} days.",))


def _event(form: str, counts: Counter[str]) -> str:
    several = listed(bodies(counts[kind], kind) for kind in KINDS if kind in counts)
    one = sum(counts.values()) == 1
    verbs = {"{} authorised.": "is" if one else "are", "{} from today.": "employs" if one else "employ"}
    verb = verbs.get(form)
    sentence = form.format(f"{several} {verb}" if verb else several)
    return sentence[0].upper() + sentence[1:]


def _employers(scenario: Scenario, situation: Situation) -> str:
    """The bodies with staff, by kind, with their people."""
    heads = np.bincount(situation.people.employer, minlength=len(scenario.organisations))
    parts = []
    for kind in KINDS:
        places = [place for place, body in enumerate(scenario.organisations) if body.kind == kind and heads[place]]
        if places:
            parts.append(f"{bodies(len(places), kind)} ({heads[places].sum():,})")
    return listed(parts) or "nobody"


def _closing_heads(scenario: Scenario, situation: Situation) -> dict[dt.date, int]:
    """How many of the opening staff work in the bodies that close on each day."""
    closes = situation.bodies.closes[situation.people.employer]
    days, counts = np.unique(closes[closes < scenario.calendar.days], return_counts=True)
    return {scenario.calendar.date(day): int(count) for day, count in zip(days, counts, strict=True)}


def _fresh_posts(scenario: Scenario) -> dict[dt.date, int]:
    """How many posts open on each day after the first."""
    opens = scenario.opening[0].opens
    days, counts = np.unique(opens[(opens > 0) & (opens < scenario.calendar.days)], return_counts=True)
    return {scenario.calendar.date(day): int(count) for day, count in zip(days, counts, strict=True)}


def _source(scenario: Scenario) -> str:
    if isinstance(scenario.staff, StaffSynthesis):
        spec = scenario.staff
        return f"They are made from margins ({spec.margins}, base {spec.base}), not read from any record of staff."
    return f"They are as the staff list gives them ({scenario.staff.source})."
