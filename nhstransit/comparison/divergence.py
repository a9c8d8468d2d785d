"""Where two runs part: the first day, rule, person and event, why, and the proof that they were the same until then."""

from __future__ import annotations

import datetime as dt
import hashlib
from functools import cached_property

import attrs
import numpy as np

from nhstransit.comparison.people import check_start
from nhstransit.comparison.reasons import Reason, earliest, reason_for
from nhstransit.errors import InputError, check_kind
from nhstransit.eventlog import COLUMNS, NOBODY, OF_BODIES, Kind, Log, Phase
from nhstransit.run import Run
from nhstransit.scenario import Change, differences

EVENT = ("phase", "rule", "staff", "kind", "from_post", "to_post", "pence")  # the canonical order within a day


@attrs.frozen(kw_only=True, eq=False, slots=False, repr=False)
class Divergence:
    """Where a run parts from its baseline; `event` is None, and `day` too, where it does not.

    `event` is the first, in the canonical order of a day, that stands in one log alone; `inside` says in which: "run" or
    "baseline". `shared` counts the events before its instant (day, phase and rule), which are the same in both.
    """

    run: Run
    baseline: Run
    staff: int | None = None  # whose events alone are looked at
    day: int | None = None
    event: tuple[int, ...] | None = None
    inside: str = ""
    shared: int = 0

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return self.event is None

    @property
    def date(self) -> dt.date | None:
        """The day on which they part, as a date."""
        return None if self.day is None else self.run.scenario.calendar.date(self.day)

    @property
    def rule(self) -> str:
        """The name of the rule that acted otherwise; "" where none did."""
        return "" if self.event is None else self._world.rules.get(self.event[3], str(self.event[3]))

    @property
    def person(self) -> int | None:
        """The identity in the first event; None where it is of a post, or there is none."""
        return None if self.event is None or self.event[4] == NOBODY else self.event[4]

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """What differs between the scenarios, the baseline's part first."""
        return differences(self.baseline.scenario, self.run.scenario)

    @cached_property
    def earliest(self) -> dt.date | None:
        """The first date on which anything that differs could act: no policy acts before it is announced."""
        return earliest(self.run, self.baseline, self.changes)

    @cached_property
    def reason(self) -> Reason:
        """Why they part: settings of the rule itself, what may have acted before unseen, or an earlier difference."""
        before = None if self.staff is None or self.same else diverge(self.run, self.baseline)
        return reason_for(self, before)

    @cached_property
    def digests(self) -> tuple[str, str]:
        """SHA-256 of all events before the instant at which they part, of the run's log and of the baseline's: the proof.

        Equal digests are equal events; of runs that do not part they cover everything.
        """
        ranks = _ranks(self.run, self.baseline)
        event = self.event
        if event is not None:
            event = (*event[:3], ranks.index(self.rule), *event[4:])
        ours, theirs = (_before(_of(world, self.staff, ranks), event) for world in (self.run, self.baseline))
        plain = all(np.array_equal(getattr(ours, name), getattr(theirs, name)) for name in COLUMNS)
        both = (ours, theirs) if plain else (ours.ordered(), theirs.ordered())
        first, second = (hashlib.sha256(log.to_bytes()).hexdigest() for log in both)
        return first, second

    @property
    def _world(self) -> Run:
        return self.run if self.inside == "run" else self.baseline

    def told(self) -> list[str]:
        """The audit in sentences."""
        whose = "" if self.staff is None else f" of staff {self.staff}"
        proof = f"sha-256 {self.digests[0][:16]}… on both sides"
        if self.event is None:
            return [f"The two runs are the same, event for event: {self.shared:,} events{whose}, {proof}."]
        return [
            f"The runs part on {self.date}, in the phase of {Phase(self.event[1]).name.lower()}, by {self.rule}.",
            f"The first event{whose} in one log alone is the {self.inside}'s: {self._event_told()}.",
            f"{self.reason}",
            f"Before it both logs have the same {self.shared:,} events ({proof}).",
        ]

    def _event_told(self) -> str:
        _, _, kind, _, staff, old, new, pence = self.event or (NOBODY,) * len(COLUMNS)
        who = f"staff {staff} " if staff != NOBODY else "a body " if kind in OF_BODIES else "a post "
        columns = [f"{side} {post}" for side, post in (("from_post", old), ("to_post", new)) if post != NOBODY]
        money = [f"£{pence / 100:,.2f}"] if pence else []
        return who + ", ".join([Kind(kind).name.lower().replace("_", " "), *columns, *money])

    def __repr__(self) -> str:
        return "\n".join(self.told())

    def _repr_html_(self) -> str:
        from html import escape

        return "".join(f"<p>{escape(line)}</p>" for line in self.told())


def diverge(run: Run, baseline: Run, *, staff: int | None = None) -> Divergence:
    """Where `run` parts from `baseline`: any two runs that start on one date, whatever their scenarios and seeds.

    `staff` is a person's identity: then only that person's events are looked at, and the reason says what had parted
    before. Raises InputError for runs that start on two dates, and for an identity that neither has.
    """
    check_kind("run", run, Run)
    check_kind("baseline", baseline, Run)
    check_start(run, baseline)
    if staff is not None:
        _check_known(run, baseline, staff)
    ranks = _ranks(run, baseline)
    ours, theirs = _of(run, staff, ranks), _of(baseline, staff, ranks)
    alike = _prefix(ours, theirs)
    while alike < max(len(ours), len(theirs)):
        day = min(int(log.day[alike]) for log in (ours, theirs) if alike < len(log))
        mine, other = _on(ours, day), _on(theirs, day)
        found = _first_alone(mine, other)
        if found is not None:
            event, inside = found
            shared = len(_before(ours, event))
            world = run if inside == "run" else baseline
            event = (*event[:3], world.code_of(ranks[event[3]]), *event[4:])
            return Divergence(
                run=run, baseline=baseline, staff=staff, day=day, event=event, inside=inside, shared=shared
            )
        done = (int(log.day.searchsorted(day, side="right")) for log in (ours, theirs))
        start, _ = done
        alike = start + _prefix(ours.take(slice(start, None)), theirs.take(slice(start, None)))
    return Divergence(run=run, baseline=baseline, staff=staff, shared=len(ours))


def _check_known(run: Run, baseline: Run, staff: int) -> None:
    """Raise InputError unless somebody of either run has this identity."""
    if isinstance(staff, bool) or not isinstance(staff, (int, np.integer)):
        raise InputError("staff", f"is {staff!r}", "give a person's identity, a whole number")
    if not any((world.people.staff == staff).any() for world in (run, baseline)):
        everybody = np.union1d(run.people.staff, baseline.people.staff)
        known = f"of those from {everybody[0]} to {everybody[-1]}" if len(everybody) else "of runs that have people"
        raise InputError("staff", f"is {staff}, whom neither run has", f"give an identity {known}")


def first_difference(run: Run, baseline: Run) -> int | None:
    """The first day on which two logs differ, or None; their calendars must start on one date."""
    return diverge(run, baseline).day


def assert_same_until(run: Run, baseline: Run, date: dt.date | None = None) -> Divergence:
    """Raise AssertionError, with the audit, where two runs part before a date; returns where they part later, if at all.

    Without a date it is the first on which anything that differs between the scenarios could act (`Divergence.earliest`);
    of equal scenarios and seeds, past the last day.
    """
    parted = diverge(run, baseline)
    limit = date or parted.earliest
    if parted.date is not None and (limit is None or parted.date < limit):
        wanted = "at all" if limit is None else f"before {limit}"
        raise AssertionError(f"the runs should not part {wanted}\n{parted!r}")
    return parted


def _ranks(run: Run, baseline: Run) -> list[str]:
    """The names of all rules of both worlds, in the order in which they act within a phase."""
    first: dict[str, int] = {}
    for world in (baseline, run):
        orders = world.scenario.orders
        first |= {name: orders.get(code, -1) for name, code in world.codes.items()}
    return sorted(first, key=lambda name: (first[name], name))


def _of(run: Run, staff: int | None, ranks: list[str]) -> Log:
    """A run's events, or one person's, each with the position of its rule in `ranks` in place of its number."""
    log = run.log if staff is None else run.log.take(run.log.staff == staff)
    rank = np.zeros(max(run.codes.values()) + 1, "int16")
    for place, name in enumerate(ranks):
        if name in run.codes:
            rank[run.codes[name]] = place
    return attrs.evolve(log, rule=rank[log.rule])


def _prefix(ours: Log, theirs: Log) -> int:
    """How many events from the first on are the same in the same places."""
    alike = min(len(ours), len(theirs))
    for name in COLUMNS:
        mine, other = getattr(ours, name)[:alike], getattr(theirs, name)[:alike]
        differs = mine != other
        place = int(differs.argmax()) if alike else 0
        alike = place if alike and differs[place] else alike
    return alike


def _on(log: Log, day: int) -> Log:
    """The events of one day in canonical order."""
    return log.take(slice(*(int(log.day.searchsorted(day, side=side)) for side in ("left", "right")))).ordered()


def _first_alone(ours: Log, theirs: Log) -> tuple[tuple[int, ...], str] | None:
    """Of two days in canonical order, the first event that one has and the other has not, or not so often."""
    place = _prefix(ours, theirs)
    ends = [(_row(log, place), name) for log, name in ((ours, "run"), (theirs, "baseline")) if place < len(log)]
    if not ends:
        return None
    return min(ends, key=lambda end: tuple(end[0][list(COLUMNS).index(name)] for name in EVENT))


def _row(log: Log, place: int) -> tuple[int, ...]:
    return tuple(int(getattr(log, name)[place]) for name in COLUMNS)


def _before(log: Log, event: tuple[int, ...] | None) -> Log:
    """The events before the instant (day, phase, rule) of one; all, where there is none."""
    if event is None:
        return log
    day, phase, _, rule = event[:4]
    earlier = log.day < day
    now = log.day == day
    earlier |= now & ((log.phase < phase) | ((log.phase == phase) & (log.rule < rule)))
    return log.take(earlier)
