"""Where and why two runs diverge: the first event that differs, and the differing settings that may have caused it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cached_property

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.comparison.people import check_start, law_differs_unsaid, spoken, telling
from nhstransit.errors import InputError, check_kind
from nhstransit.log import CAUSES, Event
from nhstransit.policies.titles import title_of
from nhstransit.run import Run
from nhstransit.run.parting import before, digests, parting, ranked, ranks
from nhstransit.scenario import Change, differences, joined, names_in

_OF_THE_ENGINE = {  # for each cause that is not a policy: the parts of a scenario that it depends on
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

    The kind is one of five. "own": the policy that acted, or people's answers to it, have different settings. "unseen":
    other settings differ that could have acted by then without an event in the log. "earlier": this person's events
    differ because other people's events had already differed. "luck": the seeds, the law or the library differ. "none":
    nothing differs.
    """

    kind: str
    sentence: str
    changes: tuple[Change, ...] = ()

    def __str__(self) -> str:
        return self.sentence

    __repr__ = __str__


def reason_for(parted: Divergence, before: Divergence | None) -> Reason:
    """The reason for a divergence.

    If `parted` compares one person's events, `before` is the divergence of everyone's events.
    """
    if parted.same:
        return Reason("none", "The two runs do not differ.")
    # The most certain reasons first: differences outside the scenarios, then the settings of the cause itself, then an
    # earlier divergence of other people. Only what is left is attributed to settings that leave no event.
    changes = telling(parted.changes)
    rule = parted.rule
    if made := _made_otherwise(parted.run, parted.baseline):
        return Reason("luck", f"The cause is not in the scenarios: {', '.join(made)}.", changes)
    own = tuple(change for change in changes if _within(change.path, _parts(parted, rule)))
    if own:
        return Reason("own", f"The settings of {parted._title} differ: {_in_words(parted, own)}.", own)
    if before is not None and before.event != parted.event:
        who = "a post" if before.person is None else f"staff {before.person}"
        return Reason(
            "earlier",
            f"The runs had already diverged on {before.date}, through {before._title} ({who}).",
            before.changes,
        )
    unseen = tuple(change for change in changes if _could_act(parted, change))
    words = _in_words(parted, unseen) if unseen else "none is known"
    return Reason(
        "unseen",
        f"The settings of {parted._title} do not differ. These differences could have acted by then without an event in the "
        f"log: {words}.",
        unseen,
    )


def earliest(run: Run, baseline: Run, changes: Iterable[Change]) -> dt.date | None:
    """The first date on which a difference could act, or None if nothing can.

    A policy can act from its announcement, in the run that announces it first. All other settings can act from the
    start.

    Args:
        run: the run.
        baseline: its baseline.
        changes: the differences between their scenarios.
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
    """The settings that a policy or other cause depends on, as paths: its own, and those of people's answers to it."""
    if rule in _OF_THE_ENGINE:
        return _OF_THE_ENGINE[rule]
    worlds = (parted.run.scenario, parted.baseline.scenario)
    # The policy may be in one scenario only, and a policy that asks nobody has no question.
    questions = [getattr(world.policies[rule], "question", None) for world in worlds if rule in world.policies]
    return (joined("policies", rule), *(f"behaviour.{question}" for question in questions if question))


def _within(path: str, places: tuple[str, ...]) -> bool:
    return any(path == place or path.startswith(f"{place}.") for place in places)


def _could_act(parted: Divergence, change: Change) -> bool:
    return parted.date is not None and _acts(parted.run, parted.baseline, change.path) <= parted.date


def _made_otherwise(run: Run, baseline: Run) -> list[str]:
    """Differences between two runs other than their scenarios."""
    found = []
    if run.seed != baseline.seed:
        found.append(f"the seeds differ ({baseline.seed} and {run.seed})")
    if law_differs_unsaid(run, baseline):
        found.append("the dated parameters differ")
    for name, words in (("library", "the library"), ("numpy", "NumPy")):
        if getattr(run.provenance, name) != getattr(baseline.provenance, name):
            found.append(f"{words} differs")
    return found


def _in_words(parted: Divergence, changes: tuple[Change, ...]) -> str:
    words = spoken(parted.run.scenario, parted.baseline.scenario, changes)
    more = f", and {len(words) - _SHOWN} more" if len(words) > _SHOWN else ""
    return ", ".join(words[:_SHOWN]) + more


# Where two runs diverge: the first event that differs, its day, cause and person, the reason, and the proof that the
# runs were the same before.


@attrs.frozen(kw_only=True, eq=False, slots=False, repr=False)
class Divergence:
    """Where a run diverges from its baseline. If it does not, `event` and `day` are None.

    `event` is the first event, in the canonical order of a day, that is in one log only. `inside` is the log that has
    it: "run" or "baseline". `shared` counts the events before its instant (day, phase and rule), which are equal in
    both.
    """

    run: Run
    baseline: Run
    staff: int | None = None  # compare only the events of this identity; None for everyone
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
        """The name of the policy or other cause that acted differently; "" if none did."""
        if self.event is None:
            return ""
        code = self.event.rule
        return self._world.rules.get(code, str(code))

    @property
    def person(self) -> int | None:
        """The identity in the first event, or None if the event is about a post or there is no event."""
        return None if self.event is None else self.event.staff

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """The differences between the scenarios, each with the baseline's setting first."""
        return differences(self.baseline.scenario, self.run.scenario)

    @cached_property
    def earliest(self) -> dt.date | None:
        """The first date on which any difference could act. No policy acts before it is announced."""
        return earliest(self.run, self.baseline, self.changes)

    @cached_property
    def reason(self) -> Reason:
        """Why the runs diverge: a cause's own settings, settings that may have acted unseen, or an earlier difference."""
        earlier = None if self.staff is None or self.same else diverge(self.run, self.baseline)
        return reason_for(self, earlier)

    @cached_property
    def digests(self) -> tuple[str, str]:
        """SHA-256 of all events before the instant of divergence, for the run's log and for the baseline's log, as
        proof.

        Equal digests mean equal events. If the runs do not diverge, the digests cover all events.
        """
        # The same policy may have another code in the other run. Ranks are codes that both runs share.
        order = ranks(self.baseline, self.run)
        event = self.event
        if event is not None:
            event = attrs.evolve(event, rule=order.index(self.rule))
        ours = before(ranked(self.run, order, self.staff), event)
        theirs = before(ranked(self.baseline, order, self.staff), event)
        return digests(ours, theirs)

    @property
    def _title(self) -> str:
        """The title of the rule that acted differently."""
        return self._world.scenario.policy_titles.get(self.rule) or title_of(self.rule)

    @property
    def _world(self) -> Run:
        return self.run if self.inside == "run" else self.baseline

    def told(self) -> list[str]:
        """Where and why the runs diverge, in sentences."""
        whose = "" if self.staff is None else f" of staff {self.staff}"
        proof = f"both with SHA-256 {self.digests[0][:16]}…"
        if self.event is None:
            return [f"The two runs have the same {self.shared:,} events{whose} ({proof})."]
        phase = self.event.phase.name.lower()
        return [
            f"The runs first differ on {self.date} (phase: {phase}; policy or other cause: {self._title}).",
            f"The first event{whose} that is in one log only is in the log of the {self.inside}: {self._event_in_words()}.",
            f"{self.reason}",
            f"Before this event, both logs have the same {self.shared:,} events ({proof}).",
        ]

    def _event_in_words(self) -> str:
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
        kind = event.kind.name.lower().replace("_", " ")
        return f"{who} {', '.join([kind, *parts])}"

    def __repr__(self) -> str:
        return "\n".join(self.told())

    def _repr_html_(self) -> str:
        return tables.paragraphs(self.told())


def diverge(run: Run, baseline: Run, *, staff: int | None = None) -> Divergence:
    """Where `run` diverges from `baseline`. Both must start on the same date; scenarios and seeds may differ.

    Args:
        run: the run.
        baseline: the run to compare with.
        staff: a person's identity, to compare only that person's events. The reason then includes any earlier
            divergence of other people.

    Raises:
        InputError: the runs start on different dates, or this identity is in neither run.
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
    # `inside` is 0 if the event is in the run's log, and 1 if it is in the baseline's. Its rule is a rank, and is turned
    # into the code of the run that has the event.
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
        raise InputError("staff", f"is {staff!r}", "give a person's identity, which is a whole number")
    if not any((world.people.staff == staff).any() for world in (run, baseline)):
        everyone = np.union1d(run.people.staff, baseline.people.staff)
        known = f"from {everyone[0]} to {everyone[-1]}" if len(everyone) else "in runs that have people"
        raise InputError("staff", f"identity {staff} is in neither run", f"give an identity {known}")


def first_difference(run: Run, baseline: Run) -> int | None:
    """The first day on which two logs differ, or None. Both runs must start on the same date."""
    return diverge(run, baseline).day


def assert_same_until(run: Run, baseline: Run, date: dt.date | None = None) -> Divergence:
    """Check that two runs have the same events until a date. Return where they diverge later, if at all.

    Args:
        run: the run.
        baseline: the run to compare with.
        date: the date. By default, the first date on which any difference between the scenarios could act
            (`Divergence.earliest`). If scenarios and seeds are equal, the runs must not differ at all.

    Raises:
        AssertionError: the runs diverge before the date. The message describes where and why.
    """
    parted = diverge(run, baseline)
    limit = date or parted.earliest
    if parted.date is not None and (limit is None or parted.date < limit):
        wanted = "at all" if limit is None else f"before {limit}"
        raise AssertionError(f"the runs should not differ {wanted}\n{parted!r}")
    return parted
