"""Compares two logs event for event, and describes the first difference."""

from __future__ import annotations

from nhstransit.log import Log
from nhstransit.scenario import Scenario
from oracle.day import numbers

Event = tuple[int, ...]


def first_difference(engine: Log, oracle: Log, scenario: Scenario) -> str:
    """The first event in which two logs differ, as a sentence. Empty if they are equal in every column."""
    ours = oracle.ordered().tuples()
    theirs = engine.ordered().tuples()
    if ours == theirs:
        return ""
    index = next((n for n, pair in enumerate(zip(ours, theirs, strict=False)) if pair[0] != pair[1]), None)
    index = min(len(ours), len(theirs)) if index is None else index
    sentences = [
        f"{name} has {_described(events[index], scenario) if index < len(events) else 'nothing more'}"
        for name, events in (("the engine", theirs), ("the oracle", ours))
    ]
    return f"after {index} events in common {sentences[0]}; {sentences[1]}"


def _described(event: Event, scenario: Scenario) -> str:
    """A description of an event."""
    day, phase, kind, rule, staff, left, right, pence = event
    names = {code: name for name, code in numbers(scenario.policies).items()}
    who = f"staff {staff}" if staff >= 0 else "a post"
    where = f"{left} -> {right}, {pence} pence"
    date = scenario.calendar.date(day)
    return f"{who} {kind.name} by {names.get(rule, rule)} on day {day} ({date}) in {phase.name} ({where})"
