"""Each policy on its days: what it is, whom it would find eligible and what it would offer them."""

from __future__ import annotations

import datetime as dt
import inspect
import re
from collections.abc import Sequence
from typing import Any

from nhstransit.explanation.offers import told
from nhstransit.explanation.opening import opening_situation
from nhstransit.explanation.telling import Telling
from nhstransit.explanation.words import listed, said
from nhstransit.grammar import Policy
from nhstransit.law import Law
from nhstransit.scenario import Scenario

FEW = 6  # occasions of one stage that are told one by one


def days_of_policy(name: str, policy: Policy, scenario: Scenario, law: Law) -> list[Telling]:
    """The announcement of a policy, and each stage of it: a few occasions one by one, of many the first."""
    calendar = scenario.calendar
    if policy.announced > scenario.end:
        return []
    occasions = [one for one in policy.days(calendar, scenario.roster) if 0 <= one.day < calendar.days]
    tellings = [_announced(name, policy, idle=not occasions)]
    for stage in dict.fromkeys(one.stage for one in occasions):
        every = [one for one in occasions if one.stage == stage]
        for occasion in every if len(every) <= FEW else every[:1]:
            situation = opening_situation(scenario, occasion.day, stage, number=occasion.round, law=law)
            sentences = told(name, policy, situation, policy.propose(situation))
            if len(every) > FEW:
                last = said(calendar.date(every[-1].day))
                sentences = (*sentences, f"The same again on {len(every) - 1:,} more days, to {last}.")
            heading = name if stage in name else f"{name}, {stage}"
            tellings.append(Telling(calendar.date(occasion.day), heading, sentences))
    return _joined(name, tellings)


def _joined(name: str, tellings: list[Telling]) -> list[Telling]:
    """An announcement on which something happens the same day is told with it."""
    if len(tellings) < 2 or tellings[0].date != tellings[1].date:
        return tellings
    first = Telling(tellings[0].date, name, tellings[0].sentences + tellings[1].sentences)
    return [first, *tellings[2:]]


def _announced(name: str, policy: Policy, *, idle: bool) -> Telling:
    """What becomes known of it on the day of its announcement."""
    sentences = [_what(policy), *_dates(policy)]
    if idle:
        sentences.append("None of its days falls within the scenario.")
    return Telling(policy.announced, f"{name} is announced", tuple(sentences))


def _what(policy: Policy) -> str:
    """The first paragraph of the policy's own docstring; a field that it names is told by what stands in it."""
    text = inspect.getdoc(type(policy)) or f"A policy of the kind {type(policy).__name__}."
    first = " ".join(text.split("\n\n")[0].split())
    return re.sub(r"`(\w+)`", lambda found: _held(policy, found[1]), first)


def _held(policy: Policy, name: str) -> str:
    """What stands in a field, where it is a number or words."""
    item = getattr(policy, name, None)
    if isinstance(item, (int, float)) and not isinstance(item, bool):
        return f"{item:g}"
    if isinstance(item, tuple) and item and all(isinstance(word, str) for word in item):
        return listed(item)
    return name


def _dates(policy: Policy) -> Sequence[str]:
    """Its other dates by their names, in order."""
    fields: tuple[Any, ...] = getattr(type(policy), "__attrs_attrs__", ())
    dates = [
        (getattr(policy, field.name), field.name.replace("_", " "))
        for field in fields
        if isinstance(getattr(policy, field.name), dt.date) and field.name != "announced"
    ]
    return (f"Its days: {listed(f'{name} {said(date)}' for date, name in sorted(dates))}.",) if dates else ()
