"""Two logs compared event for event, and what differs told in words."""

from __future__ import annotations

from nhstransit.log import Log
from nhstransit.scenario import Scenario
from oracle.day import numbers

Event = tuple[int, ...]


def first_difference(engine: Log, oracle: Log, scenario: Scenario) -> str:
    """The first event on which the two disagree, as a sentence; empty where they agree in every column."""
    ours = oracle.ordered().tuples()
    theirs = engine.ordered().tuples()
    if ours == theirs:
        return ""
    place = next((n for n, pair in enumerate(zip(ours, theirs, strict=False)) if pair[0] != pair[1]), None)
    place = min(len(ours), len(theirs)) if place is None else place
    told = [
        f"{name} has {_told(events[place], scenario) if place < len(events) else 'nothing more'}"
        for name, events in (("the engine", theirs), ("the oracle", ours))
    ]
    return f"after {place} events in common {told[0]}; {told[1]}"


def _told(event: Event, scenario: Scenario) -> str:
    """An event in words."""
    day, phase, kind, rule, staff, left, right, pence = event
    names = {code: name for name, code in numbers(scenario.policies).items()}
    who = f"staff {staff}" if staff >= 0 else "a post"
    where = f"{left} -> {right}, {pence} pence"
    date = scenario.calendar.date(day)
    return f"{who} {kind.name} by {names.get(rule, rule)} on day {day} ({date}) in {phase.name} ({where})"
