"""A scenario in words before a run: what is to happen, to how many people, on what terms. Nothing is simulated.

This file covers the order of the days and the organisations' openings and closings. The text about a policy comes from
the policy's own class (`explain`).
"""

from __future__ import annotations

import datetime as dt
import textwrap
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import attrs
import numpy as np

from nhstransit.dates import complete_years
from nhstransit.errors import PolicyError, check_kind, shown
from nhstransit.grammar import Policy, Situation
from nhstransit.grammar.explained import about, explained
from nhstransit.law import Law
from nhstransit.organisations.bodies import KINDS, Organisation, number_of_bodies
from nhstransit.phrases import date, listed, number_of, percentage, sum_of_money
from nhstransit.scenario.assumptions import Input, assumptions
from nhstransit.scenario.opening import opening_situation, pay_columns
from nhstransit.scenario.spec import Scenario
from nhstransit.synthesis import StaffSynthesis

WIDE = 100  # characters in a line
FEW = 6  # most occasions of a stage that are all described; if there are more, only the first is
WIDEST = 5  # number of inputs that are listed for their wide range


@attrs.frozen
class Telling:
    """The events of one day: a heading and its sentences."""

    date: dt.date
    heading: str
    sentences: tuple[str, ...]

    def __str__(self) -> str:
        return f"{date(self.date)} · {self.heading}\n{_filled(self.sentences, indent='    ')}"


@attrs.frozen(repr=False)
class Explanation:
    """A scenario in words: what it is, what is to happen in order of date, and what it is all based on."""

    title: str
    about: str
    tellings: tuple[Telling, ...]
    inputs: tuple[str, ...]

    def __str__(self) -> str:
        rests = f"Sources and assumptions\n{_filled(self.inputs, indent='    ')}"
        parts = [self.title, _filled((self.about,)), *map(str, self.tellings), rests]
        return "\n\n".join(part for part in parts if part)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from html import escape

        days = "".join(
            f"<dt><b>{date(one.date)}</b> · {escape(one.heading)}</dt><dd>{escape(' '.join(one.sentences))}</dd>"
            for one in self.tellings
        )
        rests = f"<p><b>Sources and assumptions.</b> {escape(' '.join(self.inputs))}</p>"
        return f"<p><strong>{escape(self.title)}</strong></p><p>{escape(self.about)}</p><dl>{days}</dl>{rests}"


def explain(scenario: Scenario, *, law: Law | None = None) -> Explanation:
    """Explain a scenario in words: what will happen, day by day; nothing is simulated.

    Counts are of the opening staff, as if no one had come, left or moved before. For a policy, they are the people that
    it would affect on its own day, under the law of that day and at opening pay.

    Args:
        scenario: the scenario to explain.
        law: dated parameters to use instead of the scenario's own.

    Raises:
        InputError: for staff that cannot be synthesised, or a day that the law's parameters do not cover.
    """
    check_kind("scenario", scenario, Scenario)
    if law is not None:
        check_kind("law", law, Law)
    law = law or scenario.dated_law
    opening = opening_situation(scenario, law=law)
    tellings = _days_of_bodies(scenario, opening)
    tellings += [Telling(one.on, name, one.sentences()) for name, one in scenario.dated.items()]
    for name, policy in scenario.policies.items():
        tellings += _days_of_policy(name, policy, scenario, law)
    # The sort is stable: on one day, organisations come first, then dated facts, then policies in the file's order.
    tellings.sort(key=lambda telling: telling.date)
    if not scenario.policies:
        quiet = "No employer acts: people leave of their own accord, or when their employer closes."
    else:
        quiet = "Counts are of the opening staff, as if nobody came, left or moved before, at opening pay."
    description = f"{scenario.about} From {date(scenario.start)} to {date(scenario.end)}. {quiet}"
    return Explanation(
        title=scenario.title or scenario.name,
        about=description.strip(),
        tellings=(_first_day(scenario, opening), *tellings, _last_day(scenario)),
        inputs=_inputs(assumptions(scenario)),
    )


# Policies


def _days_of_policy(name: str, policy: Policy, scenario: Scenario, law: Law) -> list[Telling]:
    """The announcement of a policy, and each of its stages: all occasions if there are few, otherwise the first.

    Args:
        name: the policy's name.
        policy: the policy.
        scenario: the scenario that has it.
        law: the dated parameters to use.
    """
    calendar = scenario.calendar
    if policy.announced > scenario.end:
        return []
    occasions = [one for one in policy.days(calendar, scenario.roster) if 0 <= one.day < calendar.days]
    tellings = [_announced(name, policy, idle=not occasions)]
    # Stages in the order in which they first occur: a dictionary keeps the order of its keys, and a set does not.
    for stage in dict.fromkeys(one.stage for one in occasions):
        every = [one for one in occasions if one.stage == stage]
        # A policy that acts each month would fill pages with the same sentences.
        described = every if len(every) <= FEW else every[:1]
        for occasion in described:
            situation = opening_situation(scenario, occasion.day, stage, number=occasion.round, law=law)
            proposals = policy.propose(situation)
            sentences = _sentences(name, explained(policy, situation, proposals))
            if len(every) > FEW:
                last = date(calendar.date(every[-1].day))
                sentences = (*sentences, f"The same happens on {len(every) - 1:,} more days, the last on {last}.")
            heading = name if stage in name else f"{name}, {stage}"
            tellings.append(Telling(calendar.date(occasion.day), heading, sentences))
    return _joined(name, tellings)


def _sentences(name: str, given: Any) -> tuple[str, ...]:
    """What a policy's `explain` returned. Raises PolicyError, naming the policy, if this is not sentences."""
    if not isinstance(given, (tuple, list)) or not all(isinstance(sentence, str) for sentence in given):
        right = "return a tuple of sentences, each a str"
        raise PolicyError(f"policies.{name}", f"has an `explain` that returned {shown(given)}", right)
    return tuple(given)


def _joined(name: str, tellings: list[Telling]) -> list[Telling]:
    """The events of a policy, with its announcement merged into other events of the same day."""
    if len(tellings) < 2 or tellings[0].date != tellings[1].date:
        return tellings
    first = Telling(tellings[0].date, name, tellings[0].sentences + tellings[1].sentences)
    return [first, *tellings[2:]]


def _announced(name: str, policy: Policy, *, idle: bool) -> Telling:
    """What becomes known about a policy on the day of its announcement."""
    sentences = [about(policy), *_dates(policy)]
    if idle:
        sentences.append("None of its days is within the scenario.")
    return Telling(policy.announced, f"{name} is announced", tuple(sentences))


def _dates(policy: Policy) -> tuple[str, ...]:
    """The dates of a policy other than its announcement, by the names of its fields, in order."""
    # A user's own policy need not be an attrs class, and then has no fields that could be listed.
    fields: tuple[Any, ...] = getattr(type(policy), "__attrs_attrs__", ())
    dates = []
    for field in fields:
        day = getattr(policy, field.name)
        if isinstance(day, dt.date) and field.name != "announced":
            dates.append((day, field.name.replace("_", " ")))
    dates.sort()
    if not dates:
        return ()
    return (f"Its dates: {listed(f'{name} {date(day)}' for day, name in dates)}.",)


# The first day, the last, and the days on which organisations open and close


_EVENTS: tuple[tuple[str, Callable[[Organisation], dt.date | None]], ...] = (
    ("Posts of {} can be filled from today, in shadow form.", lambda body: body.shadow),
    ("{} authorised.", lambda body: body.authorised),
    ("{} from today.", lambda body: body.opens),
    ("It is the last day of {}.", lambda body: body.closes),
)


def _first_day(scenario: Scenario, situation: Situation) -> Telling:
    """How many people work where on the scenario's first day, in how many posts and at what cost."""
    staff = situation.people
    origin = scenario.calendar.origin
    wte = staff.wte_hundredths / 100.0
    cost = situation.law.employer_cost(staff.pay_pence, wte, origin).sum()
    posts = situation.posts
    sentences = [
        f"{number_of(len(wte), 'person')} ({wte.sum():,.1f} WTE) work for {_employers(scenario, situation)}.",
        f"Of {number_of(int(posts.funded.sum()), 'post')} that can be filled, {posts.vacant.sum():,} are vacant.",
    ]
    if len(wte):
        age = np.median(complete_years(staff.born, origin))
        served = np.median(complete_years(staff.service_from, origin))
        pay = float((staff.pay_pence * wte).sum())
        sentences += [
            f"Half of the people are over {age:g} years old and half have over {served:g} years' service.",
            f"{_sort_of_pay(situation)} comes to {sum_of_money(pay)} a year, {sum_of_money(cost)} with on-costs.",
            *_below_the_table(scenario, situation),
            *_later_awards(scenario),
        ]
    sentences += _carried_law(scenario)
    return Telling(scenario.start, "the first day", (*sentences, _source(scenario)))


def _last_day(scenario: Scenario) -> Telling:
    return Telling(scenario.end, "the last day", (f"The scenario ends after {scenario.calendar.days:,} days.",))


def _sort_of_pay(situation: Situation) -> str:
    """What the pay bill includes."""
    if situation.people.supplement_pence.any():
        return "Basic pay with high-cost-area supplements"
    return "Basic pay"


def _below_the_table(scenario: Scenario, situation: Situation) -> tuple[str, ...]:
    """How many people are paid less than the pay table has for their point, and what happens each April."""
    paid = pay_columns(scenario.workforce, situation.law, scenario.roster.area, scenario.calendar.origin)
    share = paid["scale_share"]
    below = int((share < 1.0).sum())
    if not below:
        return ()
    verb = "is" if below == 1 else "are"
    furthest = percentage(1.0 - float(share.min()))
    return (
        f"{number_of(below, 'person')} {verb} paid less than the pay table has for their point, by up to {furthest}. This "
        "percentage stays the same each April.",
    )


def _carried_law(scenario: Scenario) -> tuple[str, ...]:
    """What the scenario assumes about the law after the last day that is known."""
    if scenario.law_carried_to is None:
        return ()
    return (
        f"If a rate, limit or table of the law is not known for a day up to {date(scenario.law_carried_to)}, the last "
        "known one is assumed to continue, with sums unchanged in pounds (law_carried_to).",
    )


def _later_awards(scenario: Scenario) -> tuple[str, ...]:
    """What is assumed about pay after the last pay table, if the scenario ends later."""
    law = scenario.dated_law
    calendar = scenario.calendar
    awards = law.later_awards(calendar.origin + 1, calendar.origin + calendar.days - 1)
    if not awards:
        return ()
    first, share = awards[0]
    own = law.own_pay_award(first)
    return (
        f"The library has no pay table for {date(calendar.date(first - calendar.origin))} and later: the last one is "
        f"raised by {percentage(share)} each 1 April (law.later_award), and pay outside the tables by {percentage(own)} "
        "(law.own_pay_award); both are assumptions.",
    )


def _source(scenario: Scenario) -> str:
    """The source of the opening staff."""
    if isinstance(scenario.staff, StaffSynthesis):
        spec = scenario.staff
        return (
            f"The staff are synthesised from margins ({spec.margins}, base {spec.base}), not read from staff records."
        )
    return f"The staff are those of the staff list ({scenario.staff.source})."


def _employers(scenario: Scenario, situation: Situation) -> str:
    """The organisations with staff, by kind, with their headcount."""
    people = np.bincount(situation.people.employer, minlength=len(scenario.organisations))
    parts = []
    for kind in KINDS:
        of_kind = [index for index, body in enumerate(scenario.organisations) if body.kind == kind]
        theirs = [index for index in of_kind if people[index]]
        if theirs:
            parts.append(f"{number_of_bodies(len(theirs), kind)} ({people[theirs].sum():,})")
    return listed(parts) or "nobody"


def _days_of_bodies(scenario: Scenario, situation: Situation) -> list[Telling]:
    """What opens and closes on each day of the scenario, counted by kind of organisation."""
    # One sentence per day and kind of event, with counts, because hundreds of organisations may close on one day.
    days: dict[dt.date, list[str]] = {}
    for form, date_of in _EVENTS:
        found: dict[dt.date, Counter[str]] = {}
        for body in scenario.organisations:
            day = date_of(body)
            if day is not None and scenario.start <= day <= scenario.end:
                found.setdefault(day, Counter())[body.kind] += 1
        for day, counts in found.items():
            days.setdefault(day, []).append(_event(form, counts))
    # A closing day within the scenario has an entry already. For opening days of posts this need not be so.
    closes = situation.bodies.closes[situation.people.employer]
    for day, people in _counts_by_day(scenario, closes).items():
        days[day].append(f"{number_of(people, 'person')} of the opening staff work there.")
    opens = scenario.opening[0].opens
    for day, posts in _counts_by_day(scenario, opens[opens > 0]).items():
        days.setdefault(day, []).append(f"{number_of(posts, 'new post')} can be filled from today.")
    return [Telling(day, "organisations", tuple(days[day])) for day in sorted(days)]


def _event(form: str, counts: Counter[str]) -> str:
    """One of `_EVENTS` as a sentence about a number of organisations of each kind."""
    bodies = listed(number_of_bodies(counts[kind], kind) for kind in KINDS if kind in counts)
    one = sum(counts.values()) == 1
    verbs = {"{} authorised.": "is" if one else "are", "{} from today.": "employs staff" if one else "employ staff"}
    verb = verbs.get(form)
    sentence = form.format(f"{bodies} {verb}" if verb else bodies)
    return sentence[0].upper() + sentence[1:]


def _counts_by_day(scenario: Scenario, days: np.ndarray) -> dict[dt.date, int]:
    """How often each day within the scenario occurs in a column of days, by date."""
    found, counts = np.unique(days[days < scenario.calendar.days], return_counts=True)
    return {scenario.calendar.date(day): int(count) for day, count in zip(found, counts, strict=True)}


# What it is based on


def _inputs(inputs: tuple[Input, ...]) -> tuple[str, ...]:
    """How many inputs there are of each grade, what the scenario has changed, and which are the most uncertain."""
    grades = Counter(one.quality for one in inputs)
    counts = listed(f"{quality} {count:,}" for quality, count in grades.most_common())
    total = number_of(len(inputs), "input")
    sentences = [f"{total} by grade: {counts}." if inputs else "The scenario has no numbers of its own."]
    changed = [_changed(one) for one in inputs if one.changed]
    if changed:
        sentences.append(f"Set in this scenario: {listed(changed)}.")
    unsure = [one for one in inputs if one.unsure and one.width]
    widest = sorted(unsure, key=lambda one: -one.width)[:WIDEST]
    if widest:
        wide = listed(f"{one.path} {one.value:g} ({_range(one)})" for one in widest)
        sentences.append(f"The assumptions with the widest ranges for their size are {wide}.")
    return tuple(sentences)


def _changed(one: Input) -> str:
    """A number's present value, and its default."""
    was = f" (the library's default: {one.default:g})" if isinstance(one.default, (int, float)) else ""
    if one.law:
        was = f" (in place of the law's {one.law})"
    value = f"{one.value:g}" if isinstance(one.value, (int, float)) else str(one.value)
    return f"{one.path} {value}{was}"


def _range(one: Input) -> str:
    low, high = one.range or (0.0, 0.0)
    return f"{low:g} to {high:g}"


def _filled(sentences: Iterable[str], indent: str = "") -> str:
    """Sentences as one paragraph of lines; a hyphenated word, such as a policy's name, is not split."""
    text = " ".join(sentences)
    return textwrap.fill(text, WIDE, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)
