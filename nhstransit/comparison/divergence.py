"""Why two runs diverge: which differing setting acted, or may have acted unseen, or what had diverged before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

import attrs

from nhstransit import tables
from nhstransit.comparison.people import law_differs_unsaid, spoken, telling
from nhstransit.log import CAUSES
from nhstransit.policies.titles import title_of
from nhstransit.run import Run
from nhstransit.scenario import Change, joined, names_in

if TYPE_CHECKING:
    pass
from functools import cached_property

import numpy as np

from nhstransit.comparison.people import check_start
from nhstransit.errors import InputError, check_kind
from nhstransit.log import Event
from nhstransit.run.parting import before, digests, parting, ranked, ranks
from nhstransit.scenario import differences

_OF_THE_ENGINE = {  # the parts of a scenario that the engine's own rules read
    **dict.fromkeys(CAUSES, ("behaviour.departures", "staff")),
    "pay": ("staff",),
    "contract-end": ("staff",),
    "opening": ("organisations",),
    "closure": ("organisations",),
    "transfer": ("organisations",),
    "month": ("behaviour.outlook",),
}
_SHOWN = 3  # changes listed in a sentence


@attrs.frozen(repr=False)
class Reason:
    """Why two runs diverge, in one sentence, with the changes responsible and the kind of reason.

    The kind is "own", "unseen", "earlier", "luck" or "none". "own": settings of the rule that acted, or of how people
    answer it. "unseen": settings of other rules, which could have acted by then without an event in the log. "earlier":
    the person's events differ because those of other people had differed. "luck": the seeds, the law or the library
    differ.
    """

    kind: str
    sentence: str
    changes: tuple[Change, ...] = ()

    def __str__(self) -> str:
        return self.sentence

    __repr__ = __str__


def reason_for(parted: Divergence, before: Divergence | None) -> Reason:
    """The reason for a divergence.

    If `parted` is of one person's events, `before` is the divergence of everyone's events.
    """
    if parted.same:
        return Reason("none", "Nothing differs between them.")
    changes = telling(parted.changes)
    rule = parted.rule
    if made := _made_otherwise(parted.run, parted.baseline):
        return Reason("luck", f"The runs were made differently: {', '.join(made)}.", changes)
    own = tuple(change for change in changes if _within(change.path, _parts(parted, rule)))
    if own:
        return Reason("own", f"The rule itself differs: {_told(parted, own)}.", own)
    if before is not None and before.event != parted.event:
        who = "a post" if before.person is None else f"staff {before.person}"
        return Reason(
            "earlier", f"The worlds had diverged before, on {before.date} by {before.rule} ({who}).", before.changes
        )
    unseen = tuple(change for change in changes if _could_act(parted, change))
    told = _told(parted, unseen) if unseen else "none is known"
    return Reason(
        "unseen",
        f"The rule itself does not differ; these differences could have acted by then without an event in the log: {told}.",
        unseen,
    )


def earliest(run: Run, baseline: Run, changes: Iterable[Change]) -> dt.date | None:
    """The first date on which a difference could act, or None if nothing can.

    A policy acts on or after its announcement, in whichever world announces it first. Everything else acts from the
    start.

    Args:
        run: the run.
        baseline: its baseline.
        changes: what differs between their scenarios.
    """
    if _made_otherwise(run, baseline):
        return run.scenario.start
    dates = [_acts(run, baseline, change.path) for change in telling(changes)]
    return max(min(dates), run.scenario.start) if dates else None


def _acts(run: Run, baseline: Run, path: str) -> dt.date:
    """The first date on which a differing setting could act."""
    if not path.startswith("policies."):
        return run.scenario.start
    name = names_in(path)[1]
    policies = (world.scenario.policies for world in (run, baseline))
    return min(policy[name].announced for policy in policies if name in policy)


def _parts(parted: Divergence, rule: str) -> tuple[str, ...]:
    """The paths of a scenario that a rule reads: its own settings, and the settings of how people answer it."""
    if rule in _OF_THE_ENGINE:
        return _OF_THE_ENGINE[rule]
    worlds = (parted.run.scenario, parted.baseline.scenario)
    questions = [getattr(world.policies[rule], "question", None) for world in worlds if rule in world.policies]
    return (joined("policies", rule), *(f"behaviour.{question}" for question in questions if question))


def _within(path: str, places: tuple[str, ...]) -> bool:
    return any(path == place or path.startswith(f"{place}.") for place in places)


def _could_act(parted: Divergence, change: Change) -> bool:
    return parted.date is not None and _acts(parted.run, parted.baseline, change.path) <= parted.date


def _made_otherwise(run: Run, baseline: Run) -> list[str]:
    """Differences between two runs other than their scenarios."""
    told = [f"seeds {baseline.seed} and {run.seed}"] if run.seed != baseline.seed else []
    if law_differs_unsaid(run, baseline):
        told.append("the dated parameters differ")
    for name, words in (("library", "the library"), ("numpy", "NumPy")):
        if getattr(run.provenance, name) != getattr(baseline.provenance, name):
            told.append(f"{words} differs")
    return told


def _told(parted: Divergence, changes: tuple[Change, ...]) -> str:
    told = spoken(parted.run.scenario, parted.baseline.scenario, changes)
    more = f", and {len(told) - _SHOWN} more" if len(told) > _SHOWN else ""
    return ", ".join(told[:_SHOWN]) + more


# Where two runs diverge: the first day, rule, person and event, the reason, and the proof that they were the same
# before.


@attrs.frozen(kw_only=True, eq=False, slots=False, repr=False)
class Divergence:
    """Where a run diverges from its baseline. If it does not, `event` and `day` are None.

    `event` is the first event, in the canonical order of a day, that is in one log only. `inside` says in which: "run"
    or "baseline". `shared` counts the events before its instant (day, phase and rule), which are the same in both.
    """

    run: Run
    baseline: Run
    staff: int | None = None  # the identity whose events alone are compared
    event: Event | None = None
    inside: str = ""
    shared: int = 0

    @property
    def day(self) -> int | None:
        """The day on which they diverge, counted from the start, or None if they do not."""
        return None if self.event is None else self.event.day

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return self.event is None

    @property
    def date(self) -> dt.date | None:
        """The day on which they diverge, as a date."""
        return None if self.day is None else self.run.scenario.calendar.date(self.day)

    @property
    def rule(self) -> str:
        """The name of the rule that acted differently; "" if none did."""
        return "" if self.event is None else self._world.rules.get(self.event.rule, str(self.event.rule))

    @property
    def person(self) -> int | None:
        """The identity in the first event, or None if the event is about a post or there is no event."""
        return None if self.event is None else self.event.staff

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """What differs between the scenarios, the baseline's part first."""
        return differences(self.baseline.scenario, self.run.scenario)

    @cached_property
    def earliest(self) -> dt.date | None:
        """The first date on which any difference could act. No policy acts before it is announced."""
        return earliest(self.run, self.baseline, self.changes)

    @cached_property
    def reason(self) -> Reason:
        """Why they diverge: settings of the rule, settings that may have acted unseen, or an earlier difference."""
        earlier = None if self.staff is None or self.same else diverge(self.run, self.baseline)
        return reason_for(self, earlier)

    @cached_property
    def digests(self) -> tuple[str, str]:
        """SHA-256 of all events before the instant of divergence, of the run's log and of the baseline's, as proof.

        Equal digests mean equal events. For runs that do not diverge they cover all events.
        """
        order = ranks(self.baseline, self.run)
        event = self.event
        if event is not None:
            event = attrs.evolve(event, rule=order.index(self.rule))
        ours, theirs = (before(ranked(world, order, self.staff), event) for world in (self.run, self.baseline))
        return digests(ours, theirs)

    @property
    def _title(self) -> str:
        """The title of the rule that acted differently."""
        return self._world.scenario.policy_titles.get(self.rule) or title_of(self.rule)

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
            f"The runs first differ on {self.date} (phase: {self.event.phase.name.lower()}; policy or rule: {self._title}).",
            f"The first event{whose} in one log alone is the {self.inside}'s: {self._event_told()}.",
            f"{self.reason}",
            f"Before it both logs have the same {self.shared:,} events ({proof}).",
        ]

    def _event_told(self) -> str:
        """The first event in words: the person, the event, the posts or the state, a day, and money."""
        event = self.event
        world = self._world
        if event is None:
            return ""
        who = f"staff {event.staff}" if event.staff is not None else "a post"
        if event.body is not None:
            who = world.scenario.roster.names[event.body]
        values = (
            ("from post", event.from_post),
            ("to post", event.to_post),
            ("from", event.before),
            ("to", event.after),
        )
        parts = [f"{word} {value}" for word, value in values if value is not None]
        if event.last_day is not None:
            parts.append(f"last day {world.scenario.calendar.date(event.last_day)}")
        if event.pence:
            parts.append(f"£{event.pence / 100:,.2f}")
        return f"{who} " + ", ".join([event.kind.name.lower().replace("_", " "), *parts])

    def __repr__(self) -> str:
        return "\n".join(self.told())

    def _repr_html_(self) -> str:
        return tables.paragraphs(self.told())


def diverge(run: Run, baseline: Run, *, staff: int | None = None) -> Divergence:
    """Where `run` diverges from `baseline`. The two must start on one date; scenarios and seeds may differ.

    Args:
        run: the run.
        baseline: the run to compare with.
        staff: a person's identity. Only that person's events are then compared, and the reason says what had diverged
            before.

    Raises:
        InputError: the runs start on different dates, or neither has this identity.
    """
    check_kind("run", run, Run)
    check_kind("baseline", baseline, Run)
    check_start(run, baseline)
    if staff is not None:
        _check_known(run, baseline, staff)
    order = ranks(baseline, run)
    ours = ranked(run, order, staff)
    theirs = ranked(baseline, order, staff)
    found = parting(ours, theirs)
    if found is None:
        return Divergence(run=run, baseline=baseline, staff=staff, shared=len(ours))
    inside, world = (("run", run), ("baseline", baseline))[found.inside]
    return Divergence(
        run=run,
        baseline=baseline,
        staff=staff,
        event=attrs.evolve(found.event, rule=world.code_of(order[found.event.rule])),
        inside=inside,
        shared=len(before(ours, found.event)),
    )


def _check_known(run: Run, baseline: Run, staff: int) -> None:
    """Raise InputError unless someone in either run has this identity."""
    if isinstance(staff, bool) or not isinstance(staff, (int, np.integer)):
        raise InputError("staff", f"is {staff!r}", "give a person's identity, a whole number")
    if not any((world.people.staff == staff).any() for world in (run, baseline)):
        everybody = np.union1d(run.people.staff, baseline.people.staff)
        known = f"from {everybody[0]} to {everybody[-1]}" if len(everybody) else "of runs that have people"
        raise InputError("staff", f"is {staff}, which is in neither run", f"give an identity {known}")


def first_difference(run: Run, baseline: Run) -> int | None:
    """The first day on which two logs differ, or None. Their calendars must start on one date."""
    return diverge(run, baseline).day


def assert_same_until(run: Run, baseline: Run, date: dt.date | None = None) -> Divergence:
    """Check that two runs are the same until a date. Return where they diverge later, if at all.

    Args:
        run: the run.
        baseline: the run to compare with.
        date: the date. By default, the first on which any difference between the scenarios could act
            (`Divergence.earliest`); for equal scenarios and seeds, after the last day.

    Raises:
        AssertionError: the runs diverge before the date. The message is the audit.
    """
    parted = diverge(run, baseline)
    limit = date or parted.earliest
    if parted.date is not None and (limit is None or parted.date < limit):
        wanted = "at all" if limit is None else f"before {limit}"
        raise AssertionError(f"the runs should not differ {wanted}\n{parted!r}")
    return parted
