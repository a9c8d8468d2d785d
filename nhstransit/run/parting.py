"""Where two logs diverge: the first event, in the canonical order of a day, that is in one log and not in the other."""

from __future__ import annotations

import hashlib

import attrs
import numpy as np

from nhstransit.log import COLUMNS, Event, Log
from nhstransit.run.run import Run

# Within a day events are compared in this order of columns, because the order in which an engine wrote them does not
# matter.
_CANONICAL = ("phase", "rule", "staff", "kind", "first", "second", "pence")


@attrs.frozen(kw_only=True)
class Parting:
    """The first event that is in only one of two logs. `inside` says which log: 0 for the first, 1 for the second."""

    event: Event
    inside: int


def ranks(*runs: Run) -> list[str]:
    """The names of all rules of some runs, in the order in which they act within a phase.

    If orders differ, the last run's wins.

    Runs of two scenarios may give one rule two numbers, so their logs are compared by these indices instead.
    """
    # Rules without an order in the scenario come first. Names decide only between rules of the same order.
    first: dict[str, int] = {}
    for run in runs:
        orders = run.scenario.orders
        first |= {name: orders.get(code, -1) for name, code in run.codes.items()}
    return sorted(first, key=lambda name: (first[name], name))


def ranked(run: Run, order: list[str], staff: int | None = None) -> Log:
    """The events of a run, or of one person, with the number of each rule replaced by its index in `order`.

    Args:
        run: the run.
        order: the names of rules, from `ranks`.
        staff: an identity; None for everyone.
    """
    # A table from rule number to index, so that the column is translated in one step.
    log = run.log if staff is None else run.log.about(staff)
    rank = np.zeros(max(run.codes.values()) + 1, "int16")
    for index, name in enumerate(order):
        if name in run.codes:
            rank[run.codes[name]] = index
    # The words explain rule numbers, which are no longer in this log.
    return attrs.evolve(log, rule=rank[log.rule], words=None)


def parting(ours: Log, theirs: Log) -> Parting | None:
    """Where two logs diverge, or None if both have the same events on every day."""
    # Two logs may differ in the order of events within a day and yet have the same events. So where they first differ,
    # the whole day is compared in canonical order, and the search goes on with the next day if nothing is found.
    alike = _alike(ours, theirs)
    while alike < max(len(ours), len(theirs)):
        longer = [log for log in (ours, theirs) if alike < len(log)]
        day = min(int(log.day[alike]) for log in longer)
        found = _first_alone(_on(ours, day), _on(theirs, day))
        if found is not None:
            return found
        # Up to the end of this day both logs have equally many events, so one position serves for both.
        start = int(ours.day.searchsorted(day, side="right"))
        rest = slice(start, None)
        alike = start + _alike(ours.take(rest), theirs.take(rest))
    return None


def before(log: Log, event: Event | None) -> Log:
    """The events before the instant (day, phase, rule) of an event; all events if it is None."""
    if event is None:
        return log
    # Three levels: an earlier day; on the same day an earlier phase; in the same phase an earlier rule.
    same_day = log.day == event.day
    same_phase = same_day & (log.phase == event.phase)
    earlier = log.day < event.day
    earlier |= same_day & (log.phase < event.phase)
    earlier |= same_phase & (log.rule < event.rule)
    return log.take(earlier)


def digests(ours: Log, theirs: Log) -> tuple[str, str]:
    """SHA-256 of each of two logs. Equal digests mean equal events, whatever their order within a day."""
    # Equal logs need no sort, which takes most of the time. Their digests are equal in any order.
    plain = all(np.array_equal(getattr(ours, name), getattr(theirs, name)) for name in COLUMNS)
    both = (ours, theirs)
    if not plain:
        both = (ours.ordered(), theirs.ordered())
    first, second = (hashlib.sha256(log.to_bytes()).hexdigest() for log in both)
    return first, second


def _alike(ours: Log, theirs: Log) -> int:
    """The number of leading events that are the same in both logs."""
    # Each column is compared only as far as all columns before it are the same.
    alike = min(len(ours), len(theirs))
    for name in COLUMNS:
        mine = getattr(ours, name)[:alike]
        other = getattr(theirs, name)[:alike]
        differs = mine != other
        if alike:
            first = int(differs.argmax())  # 0 if nothing differs, and then the entry itself is False
            if differs[first]:
                alike = first
    return alike


def _on(log: Log, day: int) -> Log:
    """The events of one day in canonical order."""
    start = int(log.day.searchsorted(day, side="left"))
    stop = int(log.day.searchsorted(day, side="right"))
    return log.take(slice(start, stop)).ordered()


def _first_alone(ours: Log, theirs: Log) -> Parting | None:
    """The first event, in canonical order, that one of two days has more often than the other."""
    # Both days are sorted. At the first difference, the lower of the two events is missing from the other day, because
    # all later events of that day are higher.
    place = _alike(ours, theirs)
    logs = (ours, theirs)
    longer = [inside for inside, log in enumerate(logs) if place < len(log)]
    if not longer:
        return None

    def rank(inside: int) -> tuple[int, ...]:
        return tuple(int(getattr(logs[inside], name)[place]) for name in _CANONICAL)

    first = min(longer, key=rank)
    return Parting(event=next(logs[first].take([place]).each()), inside=first)
