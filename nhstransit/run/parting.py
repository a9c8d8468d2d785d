"""Where two logs diverge: the first event, in the canonical order of a day, that is in only one of them."""

from __future__ import annotations

import hashlib

import attrs
import numpy as np

from nhstransit.log import COLUMNS, Event, Log
from nhstransit.run.run import Run

# Events of a day are sorted by these columns before they are compared, since the order of writing does not matter.
_CANONICAL = ("phase", "rule", "staff", "kind", "first", "second", "pence")


@attrs.frozen(kw_only=True)
class Parting:
    """The first event that is in only one of two logs. `inside` says which log: 0 for the first, 1 for the second."""

    event: Event
    inside: int


def ranks(*runs: Run) -> list[str]:
    """The names of all rules of some runs, in the order in which they act within a phase.

    If the orders of runs differ, the order of the last run is used. A rule may have different numbers in two scenarios,
    so logs are compared by the indices in this list instead.
    """
    first: dict[str, int] = {}
    for run in runs:
        orders = run.scenario.orders
        first |= {name: orders.get(code, -1) for name, code in run.codes.items()}
    return sorted(first, key=lambda name: (first[name], name))


def ranked(run: Run, order: list[str], staff: int | None = None) -> Log:
    """The events of a run, or of one person, with the number of each rule replaced by its index in `order`.

    Args:
        run: the run.
        order: the names of rules in the order of `ranks`.
        staff: an identity; None for everyone.
    """
    log = run.log if staff is None else run.log.about(staff)
    rank = np.zeros(max(run.codes.values()) + 1, "int16")
    for place, name in enumerate(order):
        if name in run.codes:
            rank[run.codes[name]] = place
    return attrs.evolve(log, rule=rank[log.rule], words=None)


def parting(ours: Log, theirs: Log) -> Parting | None:
    """Where two logs diverge, or None if both have the same events on every day."""
    alike = _alike(ours, theirs)
    while alike < max(len(ours), len(theirs)):
        day = min(int(log.day[alike]) for log in (ours, theirs) if alike < len(log))
        found = _first_alone(_on(ours, day), _on(theirs, day))
        if found is not None:
            return found
        start = int(ours.day.searchsorted(day, side="right"))
        rest = slice(start, None)
        alike = start + _alike(ours.take(rest), theirs.take(rest))
    return None


def before(log: Log, event: Event | None) -> Log:
    """The events before the instant (day, phase, rule) of an event; all events if it is None."""
    if event is None:
        return log
    earlier = log.day < event.day
    now = log.day == event.day
    earlier |= now & ((log.phase < event.phase) | ((log.phase == event.phase) & (log.rule < event.rule)))
    return log.take(earlier)


def digests(ours: Log, theirs: Log) -> tuple[str, str]:
    """SHA-256 of each of two logs. Equal digests mean equal events in any order within a day."""
    plain = all(np.array_equal(getattr(ours, name), getattr(theirs, name)) for name in COLUMNS)
    both = (ours, theirs) if plain else (ours.ordered(), theirs.ordered())
    first, second = (hashlib.sha256(log.to_bytes()).hexdigest() for log in both)
    return first, second


def _alike(ours: Log, theirs: Log) -> int:
    """The number of leading events that are the same in both logs."""
    alike = min(len(ours), len(theirs))
    for name in COLUMNS:
        mine = getattr(ours, name)[:alike]
        other = getattr(theirs, name)[:alike]
        differs = mine != other
        place = int(differs.argmax()) if alike else 0
        alike = place if alike and differs[place] else alike
    return alike


def _on(log: Log, day: int) -> Log:
    """The events of one day in canonical order."""
    return log.take(slice(*(int(log.day.searchsorted(day, side=side)) for side in ("left", "right")))).ordered()


def _first_alone(ours: Log, theirs: Log) -> Parting | None:
    """The first event of a day, in canonical order, that is not in both logs."""
    place = _alike(ours, theirs)
    logs = (ours, theirs)
    there = [inside for inside, log in enumerate(logs) if place < len(log)]
    if not there:
        return None
    first = min(there, key=lambda inside: tuple(int(getattr(logs[inside], name)[place]) for name in _CANONICAL))
    return Parting(event=next(logs[first].take([place]).each()), inside=first)
