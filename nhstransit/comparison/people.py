"""The people whom two worlds share, where each ended, and by which rule each went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from nhstransit.arrays import AnyArray, Bools, Ints, Longs
from nhstransit.errors import InputError
from nhstransit.eventlog import EXIT_MONEY, NOBODY, Events
from nhstransit.run import Run
from nhstransit.run.exits import exits, last_route
from nhstransit.run.lookup import first_at
from nhstransit.workforce.columns import NEVER

if TYPE_CHECKING:
    from nhstransit.entitlements import Law

HERE = "here"
SAME = ("born", "service_from", "sex", "function", "band")  # facts by which somebody is one person in two worlds


def opening(run: Run) -> Ints:
    """Identities of a run's opening staff, in order."""
    return run.people.staff[run.opening_post >= 0]


def shared(run: Run, baseline: Run) -> Ints:
    """Identities of the opening staff of both worlds, in order."""
    ours, theirs = opening(run), opening(baseline)
    return ours if np.array_equal(ours, theirs) else np.intersect1d(ours, theirs, assume_unique=True)


def gone(run: Run, staff: Ints) -> Bools:
    """Whether each of `staff` is out of post at the end, (n,)."""
    return np.asarray(run.closing.post[run.rows_of(staff)] < 0)


def last_rule(run: Run, staff: Ints) -> Longs:
    """The number of the rule by which each of `staff` last left, −1 for those in post at the end, (n,)."""
    rows = run.rows_of(staff)
    return np.where(run.closing.post[rows] < 0, last_route(run)[rows], NOBODY).astype("int64")


def routes(run: Run, rules: AnyArray) -> list[str]:
    """Rule numbers as `last_rule` gives them in words: "here", or the rule's name."""
    return [HERE if rule < 0 else run.rules.get(int(rule), str(int(rule))) for rule in rules]


def stamps(events: Events) -> Longs:
    """One whole number for the day and person of each event."""
    return np.asarray(events.day.astype("int64") << 32 | events.staff)


def first_departure(run: Run, staff: Ints, since: AnyArray | int = 0) -> tuple[Ints, Bools]:
    """The first day from `since` on that each of `staff` left, `NEVER` for none, and whether it was paid, (n,) each."""
    left = exits(run)
    start, rows = np.full(len(run.people), NEVER, "int64"), run.rows_of(staff)
    start[rows] = since
    late = np.flatnonzero(left.day >= start[left.row])
    first = first_at(left.row[late], len(run.people))[rows]
    day = np.append(left.day[late], np.int32(NEVER))[first]
    return day, np.append(left.paid[late] > 0, False)[first]


def paid_for_going(run: Run, rule: int) -> tuple[Ints, Ints, Longs]:
    """Whom a rule paid to go for the first time: identities in order, day and pence of that payment, (n,) each."""
    events = run.log.steps(*EXIT_MONEY).by(rule)
    stamp = stamps(events)
    each, place = np.unique(stamp, return_inverse=True)
    pence = np.zeros(len(each), "int64")
    np.add.at(pence, place, events.pence)
    who, first = np.unique(each & 0xFFFFFFFF, return_index=True)
    return who.astype("int32"), (each[first] >> 32).astype("int32"), pence[first]


def check_pair(run: Run, baseline: Run) -> None:
    """Raise InputError unless two runs share seed and start, and have people in common who are the same in both."""
    if run.seed != baseline.seed:
        wrong = f"have the seeds {run.seed} and {baseline.seed}"
        raise InputError("the two runs", wrong, "simulate both with one seed, so that they share their luck")
    check_start(run, baseline)
    staff = shared(run, baseline)
    if len(run.people) and not len(staff):
        raise InputError("the two runs", "have nobody in common at the start", "compare worlds with the same staff")
    _check_same_people(run, baseline, staff)


def _check_same_people(run: Run, baseline: Run, staff: Ints) -> None:
    """Raise InputError unless each of `staff` is one and the same person in both runs, by what both say of the opening."""
    ours, theirs = run.rows_of(staff), baseline.rows_of(staff)
    other = np.zeros(len(staff), bool)
    for fact in SAME:
        other |= _told(run, fact)[ours] != _told(baseline, fact)[theirs]
    if other.any():
        count, first = int(other.sum()), int(staff[np.argmax(other)])
        wrong = f"give {count:,} of {len(staff):,} identities to different people, such as {first}"
        right = "compare worlds with the same staff: one staff list, or one staff_seed"
        raise InputError("the two runs", wrong, right)


def _told(run: Run, fact: str) -> AnyArray:
    """A column of people as they entered, (people,); a function by its name, since two worlds may number them otherwise."""
    column: AnyArray = getattr(run.people, fact)
    return np.array(run.people.functions, object)[column] if fact == "function" else column


def check_law(run: Run, baseline: Run, law: Law | None) -> None:
    """Raise InputError unless both runs were simulated under `law`, the bundled one for None."""
    from nhstransit.entitlements.law import Law, law_digest  # loaded where it is used

    if run.provenance.law != baseline.provenance.law:
        wrong = "were simulated under two laws: the dated parameters differ"
        raise InputError("the two runs", wrong, "simulate both under one law, so that their days in post cost the same")
    if run.provenance.law != law_digest(law or Law.bundled()):
        raise InputError("law", "is not that of the runs", "give law=, the law that they were simulated under")


def check_start(run: Run, baseline: Run) -> None:
    """Raise InputError unless two runs start on one date, so that their days can be set side by side."""
    if run.scenario.start != baseline.scenario.start:
        wrong = f"start on {run.scenario.start} and {baseline.scenario.start}"
        raise InputError("the two runs", wrong, "compare logs of worlds that start on one date")


def in_turn(runs: Sequence[Run], baselines: Sequence[Run]) -> list[tuple[Run, Run]]:
    """Runs and baselines paired by seed, in the order of the runs.

    Raises InputError where there are none, where one side has a seed twice, or where the two sides have other seeds.
    """
    mine, theirs = [run.seed for run in runs], [run.seed for run in baselines]
    if not mine:
        raise InputError("runs", "are none", "give at least one run and one baseline")
    for seeds in (mine, theirs):
        twice = next((seed for seed in seeds if seeds.count(seed) > 1), None)
        if twice is not None:
            raise InputError("runs", f"have the seed {twice} twice", "give each seed once on either side")
    if set(mine) != set(theirs):
        lone = sorted(set(mine) ^ set(theirs))[0]
        raise InputError("runs", f"have the seed {lone} on one side only", "simulate both sides with the same seeds")
    by_seed = {run.seed: run for run in baselines}
    return [(run, by_seed[run.seed]) for run in runs]
