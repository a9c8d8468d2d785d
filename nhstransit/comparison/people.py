"""The people shared by two worlds, where each was at the end, and the rule that ended their employment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from nhstransit.arrays import AnyArray, Bools, Ints, Longs
from nhstransit.errors import InputError, check_kind
from nhstransit.log import EXIT_MONEY, NOBODY, Events
from nhstransit.phrases import inside
from nhstransit.run import Run
from nhstransit.run.exits import exits, last_route
from nhstransit.run.lookup import first_at
from nhstransit.workforce.columns import NEVER

if TYPE_CHECKING:
    from nhstransit.law import Law
import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

import attrs

from nhstransit.arrays import Bytes
from nhstransit.run.lookup import first_of, named_by
from nhstransit.scenario import Change, Scenario, names_in

HERE = "here"
SAME = ("born", "service_from", "sex", "function", "band")  # facts that identify the same person in two worlds


def opening(run: Run) -> Ints:
    """Identities of a run's opening staff, in order."""
    return run.people.staff[run.opening_post >= 0]


def shared(run: Run, baseline: Run) -> Ints:
    """Identities of the opening staff of both worlds, in order."""
    check_kind("run", run, Run)
    check_kind("baseline", baseline, Run)
    ours = opening(run)
    theirs = opening(baseline)
    return ours if np.array_equal(ours, theirs) else np.intersect1d(ours, theirs, assume_unique=True)


def gone(run: Run, staff: Ints) -> Bools:
    """Whether each of `staff` is out of post at the end, (n,)."""
    return np.asarray(run.closing.post[run.rows_of(staff)] < 0)


def last_rule(run: Run, staff: Ints) -> Longs:
    """The number of the rule by which each of `staff` last left, or −1 for people in post at the end, (n,)."""
    rows = run.rows_of(staff)
    return np.where(run.closing.post[rows] < 0, last_route(run)[rows], NOBODY).astype("int64")


def routes(run: Run, rules: AnyArray) -> list[str]:
    """Rule numbers from `last_rule` in words: "here", or the rule's name."""
    return [HERE if rule < 0 else run.rules.get(int(rule), str(int(rule))) for rule in rules]


def stamps(events: Events) -> Longs:
    """One whole number per event that combines its day and person."""
    return np.asarray(events.day.astype("int64") << 32 | events.staff)


def first_departure(run: Run, staff: Ints, since: AnyArray | int = 0) -> tuple[Ints, Bools]:
    """The first day from `since` on which each of `staff` left (`NEVER` if none), and whether paid, (n,) each.

    Args:
        run: the run.
        staff: (n,) identities.
        since: one day or (n,), counted from the start of the scenario.
    """
    left = exits(run)
    start = np.full(len(run.people), NEVER, "int64")
    rows = run.rows_of(staff)
    start[rows] = since
    # `NEVER` as the start of everyone else leaves out their exits.
    late = np.flatnonzero(left.day >= start[left.row])
    first = first_at(left.row[late], len(run.people))[rows]
    day = np.append(left.day[late], np.int32(NEVER))[first]
    return day, np.append(left.paid[late] > 0, False)[first]


def paid_for_going(run: Run, rule: int) -> tuple[Ints, Ints, Longs]:
    """People paid to leave by a rule: identities in order, with day and pence of the first payment, (n,) each."""
    events = run.log.steps(*EXIT_MONEY).by(rule)
    stamp = stamps(events)
    each, place = np.unique(stamp, return_inverse=True)
    pence = np.zeros(len(each), "int64")
    np.add.at(pence, place, events.pence)
    who, first = np.unique(each & 0xFFFFFFFF, return_index=True)
    return who.astype("int32"), (each[first] >> 32).astype("int32"), pence[first]


def check_pair(run: Run, baseline: Run) -> None:
    """Raise InputError unless two runs share seed and start, and have people in common with the same facts in both."""
    check_kind("run", run, Run)
    check_kind("baseline", baseline, Run)
    if run.seed != baseline.seed:
        wrong = f"have the seeds {run.seed} and {baseline.seed}"
        raise InputError(
            "the two runs", wrong, "simulate both with the same seed, so that they use the same random numbers"
        )
    check_start(run, baseline)
    staff = shared(run, baseline)
    if len(run.people) and not len(staff):
        raise InputError("the two runs", "have nobody in common at the start", "compare worlds with the same staff")
    _check_same_people(run, baseline, staff)


def _check_same_people(run: Run, baseline: Run, staff: Ints) -> None:
    """Raise InputError unless each of `staff` is the same person in both runs, by the facts of the opening in both."""
    ours = run.rows_of(staff)
    theirs = baseline.rows_of(staff)
    other = np.zeros(len(staff), bool)
    for fact in SAME:
        other |= _told(run, fact)[ours] != _told(baseline, fact)[theirs]
    if other.any():
        count = int(other.sum())
        first = int(staff[np.argmax(other)])
        wrong = f"give {count:,} of {len(staff):,} identities to different people, such as {first}"
        right = "compare worlds with the same staff: one staff list, or one staff_seed"
        raise InputError("the two runs", wrong, right)


def _told(run: Run, fact: str) -> AnyArray:
    """A column of people as they entered, (people,).

    A function is given by name, because its number may differ by world.
    """
    column: AnyArray = getattr(run.people, fact)
    return np.array(run.people.functions, object)[column] if fact == "function" else column


def check_law(run: Run, baseline: Run, law: Law | None) -> None:
    """Raise InputError unless both runs were simulated under `law` or, if it is None, each under its scenario's law.

    Args:
        run: the run.
        baseline: the run that it is compared with.
        law: the law that both should have been simulated under; None for each scenario's own.
    """
    from nhstransit.law.law import law_digest  # imported where it is used

    own = law_is_its_own(run) and law_is_its_own(baseline)
    if run.provenance.law != baseline.provenance.law and not own:
        wrong = "used different pay and severance rules: the dated parameters differ"
        right = 'simulate both with the same law, or set the law in a scenario: having("law.mars_2010.most_months", 9)'
        raise InputError("the two runs", wrong, right)
    wanted = {run.provenance.law, baseline.provenance.law}
    if (law is None and not own) or (law is not None and wanted != {law_digest(law)}):
        raise InputError("law", "is not the law of these runs", "give law=, the law that they were simulated under")


def law_is_its_own(run: Run) -> bool:
    """Whether a run was simulated under the law of its scenario, and not under one passed to `simulate`."""
    from nhstransit.law.law import law_digest  # imported where it is used

    return run.provenance.law == law_digest(run.scenario.dated_law)


def law_differs_unsaid(run: Run, baseline: Run) -> bool:
    """Whether two runs were simulated under different laws although the scenarios' settings do not show it."""
    differs = run.provenance.law != baseline.provenance.law
    return differs and not (law_is_its_own(run) and law_is_its_own(baseline))


def check_start(run: Run, baseline: Run) -> None:
    """Raise InputError unless two runs start on one date, so that their days can be compared."""
    if run.scenario.start != baseline.scenario.start:
        wrong = f"start on {run.scenario.start} and {baseline.scenario.start}"
        raise InputError("the two runs", wrong, "compare logs of worlds that start on the same date")


def in_turn(runs: Sequence[Run], baselines: Sequence[Run]) -> list[tuple[Run, Run]]:
    """Runs and baselines paired by seed, in the order of the runs.

    Raises InputError if there are none, if one side has a seed twice, or if the seeds of the two sides differ.
    """
    mine = [run.seed for run in runs]
    theirs = [run.seed for run in baselines]
    if not mine:
        raise InputError("runs", "no runs are given", "give at least one run and one baseline")
    for seeds in (mine, theirs):
        twice = next((seed for seed in seeds if seeds.count(seed) > 1), None)
        if twice is not None:
            raise InputError("runs", f"have the seed {twice} twice", "give each seed once in each scenario")
    if set(mine) != set(theirs):
        lone = sorted(set(mine) ^ set(theirs))[0]
        raise InputError(
            "runs", f"have the seed {lone} in one scenario only", "simulate both scenarios with the same seeds"
        )
    by_seed = {run.seed: run for run in baselines}
    return [(run, by_seed[run.seed]) for run in runs]


# People affected by the rule of a differing policy, and people affected only through others.
#
# *Direct* is the narrow word: a rule whose settings differ between the two scenarios put the person's name into the
# log of either world: applied, approved, refused, retained, named, informed, released. Everything else is through
# other people, or through something that the log does not show.

_DATE = re.compile(r"datetime\.date\((\d+), (\d+), (\d+)\)")
INERT = ("name", "title", "about")  # a scenario's description of itself, which has no effect
THROUGH = (
    "direct",
    "a post taken by another",
    "a post left by another",
    "chosen or kept in another's place",
    "otherwise",
)
DIRECT, TAKEN, LEFT, IN_PLACE, OTHERWISE = range(len(THROUGH))


def telling(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The changes that may have an effect: all except name, title and description."""
    return tuple(change for change in changes if change.path not in INERT)


def differing_policies(changes: Iterable[Change]) -> tuple[str, ...]:
    """Names of the policies that are in one scenario only, or set differently, in order."""
    return tuple(sorted({names_in(change.path)[1] for change in changes if change.path.startswith("policies.")}))


def spoken(new: Scenario, old: Scenario, changes: Iterable[Change]) -> list[str]:
    """Changes in few words: a policy that only one scenario has is one change, rather than one per setting.

    Args:
        new: the run's scenario.
        old: the baseline's scenario.
        changes: what differs between them.
    """
    told: dict[str, None] = {}
    for change in changes:
        steps = names_in(change.path)
        lone = steps[0] == "policies" and (steps[1] in new.policies) != (steps[1] in old.policies)
        where = "the run" if lone and steps[1] in new.policies else "the baseline"
        title = inside((old.policy_titles | new.policy_titles)[steps[1]]) if lone else ""
        told[f"{title} (only in {where})" if lone else _change_in_words(change)] = None
    return list(told)


def _change_in_words(change: Change) -> str:
    """A change in words: the path, the old setting and the new one."""
    return f"{change.path}: {plainly(change.old)} → {plainly(change.new)}"


def plainly(setting: Any) -> str:
    """A setting as Python writes it, except for dates, which are written as 2010-11-15."""
    return _DATE.sub(lambda found: str(dt.date(*map(int, found.groups()))), repr(setting))


def touched(run: Run, baseline: Run, staff: Ints, policies: Iterable[str]) -> Bools:
    """Which of `staff` are named by these policies' own rules in the log of either world, (n,).

    Args:
        run: the run.
        baseline: its baseline.
        staff: (n,) identities.
        policies: names of policies.
    """
    names = tuple(policies)
    found = np.zeros(len(staff), bool)
    for world in (run, baseline):
        codes = [world.code_of(name) for name in names]
        found |= named_by(world, codes)[world.rows_of(staff)]
    return found


@attrs.frozen(eq=False)
class Tenures:
    """One row per post and person who ever held the post or was promised it: by post, then last day; (n,) each."""

    post: Ints
    staff: Ints
    last: Longs

    @classmethod
    def of(cls, run: Run, posts: Ints) -> Tenures:
        """The tenures of some of a run's posts. The last day of a person who holds a post at the end is `NEVER`."""
        moves = run.log.moves
        promised = run.log.appointments
        wanted = np.zeros(len(run.posts) + 1, bool)  # the last element is for no post
        wanted[posts] = True
        wanted[-1] = False
        held = wanted[run.opening_post]
        still = wanted[run.closing.post]
        taken = wanted[moves.to_post]
        left = wanted[moves.from_post]
        to_come = wanted[promised.to_post]
        parts = (
            (run.opening_post[held], run.people.staff[held], np.zeros(held.sum(), "int64")),
            (run.closing.post[still], run.people.staff[still], np.full(still.sum(), NEVER)),
            (moves.to_post[taken], moves.staff[taken], moves.day[taken]),
            (moves.from_post[left], moves.staff[left], moves.day[left]),
            (promised.to_post[to_come], promised.staff[to_come], promised.day[to_come]),
        )
        where, who, day = (np.concatenate(column).astype("int64") for column in zip(*parts, strict=True))
        order = np.lexsort((day, who, where))
        where = where[order]
        who = who[order]
        day = day[order]
        final = np.ones(len(where), bool)
        final[:-1] = (where[1:] != where[:-1]) | (who[1:] != who[:-1])
        where = where[final]
        who = who[final]
        day = day[final]
        order = np.lexsort((day, where))
        return cls(where[order].astype("int32"), who[order].astype("int32"), day[order])

    def another(self, post: AnyArray, staff: AnyArray, since: AnyArray) -> Ints:
        """The latest other person to hold each post on or after a day; −1 for nobody or no post, (n,).

        Args:
            post: (n,) rows of posts; −1 for no post.
            staff: (n,) identities of the people to leave out.
            since: (n,) days, counted from the start of the scenario.
        """
        out = np.full(len(post), NOBODY, "int32")
        start = np.searchsorted(self.post, post, "left")
        stop = np.searchsorted(self.post, post, "right")
        for step in range(int((stop - start).max(initial=0))):
            place = np.minimum(start + step, len(self.post) - 1)
            fits = (start + step < stop) & (self.staff[place] != staff) & (self.last[place] >= since) & (post >= 0)
            out[fits] = self.staff[place[fits]]
        return out


def through(run: Run, baseline: Run, staff: Ints, stratum: Bytes, direct: Bools) -> tuple[Bytes, Ints]:
    """How each of `staff` with a differing stratum was affected, and through which other person.

    Indices in `THROUGH`, and identities or −1, (n,) each.

    For a person in post in one world only, that world's last post is looked up in the other world. If another person
    had it there, the post was taken or left by that person. For a person who stayed in the opening post, and was paid
    to leave in the other world, another person left in their place. People with the same state in both worlds are
    "otherwise", through nobody.

    Args:
        run: the run.
        baseline: its baseline.
        staff: (n,) identities.
        stratum: (n,) indices in `STRATA`.
        direct: (n,) who was touched by the differing rules themselves.
    """
    how = np.full(len(staff), OTHERWISE, "int8")
    whom = np.full(len(staff), NOBODY, "int32")
    worlds = (
        (stratum == 1, TAKEN, baseline, run),
        (stratum == 2, LEFT, run, baseline),
    )  # the world in which they are kept is named first
    for affected, word, kept, other in worlds:
        places = np.flatnonzero(affected & ~direct)
        won, since = _won(kept, staff[places])
        posts = same_post(kept, other, won)
        by = Tenures.of(other, posts).another(posts, staff[places], since)
        whom[places] = by
        stayed = (won < 0) & np.isin(last_rule(other, staff[places]), _letting_go(other))
        how[places] = np.where(by >= 0, word, np.where(stayed, IN_PLACE, OTHERWISE))
    how[direct & ((stratum == 1) | (stratum == 2))] = DIRECT
    return how, whom


def _won(run: Run, staff: Ints) -> tuple[Ints, Ints]:
    """The post that each holds at the end, or −1 if it is the opening one, and the day it was promised or taken."""
    rows = run.rows_of(staff)
    won = np.where(run.closing.post[rows] == run.opening_post[rows], NOBODY, run.closing.post[rows]).astype("int32")
    day = np.full(len(run.people), NEVER, "int32")
    for gained in (run.log.moves, run.log.appointments):
        final = gained.take((run.closing.post[run.rows_of(gained.staff)] == gained.to_post) & (gained.to_post >= 0))
        first = first_of(run, final)
        day = np.minimum(day, np.append(final.day, np.int32(NEVER))[first])
    return won, day[rows]


def same_post(kept: Run, other: Run, post: Ints) -> Ints:
    """Rows in the other run of these posts of one run, matched by key; −1 if it does not have the post, (n,).

    Args:
        kept: the run in which the posts are held.
        other: the other run.
        post: (n,) rows of posts of `kept`; −1 for no post.
    """
    if not len(other.posts) or not len(kept.posts):
        return np.full(len(post), NOBODY, "int32")
    if np.array_equal(kept.posts.key, other.posts.key):
        return post
    order = np.argsort(other.posts.key, kind="stable")
    wanted = kept.posts.key[np.maximum(post, 0)]
    place = np.minimum(np.searchsorted(other.posts.key, wanted, sorter=order), len(order) - 1)
    found = order[place]
    return np.where((post >= 0) & (other.posts.key[found] == wanted), found, NOBODY).astype("int32")


def _letting_go(run: Run) -> AnyArray:
    """The numbers of the rules that paid people to leave, (n,)."""
    paid = run.log.steps(*EXIT_MONEY)
    return np.unique(paid.rule)
