"""The people in both of two runs, where each was at the end, and how their employment ended."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from nhstransit.arrays import AnyArray, Bools, Bytes, Ints, Longs
from nhstransit.errors import InputError, check_kind
from nhstransit.log import EXIT_MONEY, NOBODY, Events
from nhstransit.phrases import inside
from nhstransit.run import Run
from nhstransit.run.exits import exits, last_route
from nhstransit.run.lookup import first_at, first_of, named_by
from nhstransit.scenario import Change, Scenario, names_in
from nhstransit.workforce.columns import NEVER

if TYPE_CHECKING:
    from nhstransit.law import Law

HERE = "here"
SAME = ("born", "service_from", "sex", "function", "band")  # facts that must agree for one person in two runs


def opening(run: Run) -> Ints:
    """Identities of a run's opening staff, in order."""
    return run.people.staff[run.opening_post >= 0]


def shared(run: Run, baseline: Run) -> Ints:
    """Identities of the people who are in the opening staff of both runs, in order."""
    check_kind("run", run, Run)
    check_kind("baseline", baseline, Run)
    ours = opening(run)
    theirs = opening(baseline)
    return ours if np.array_equal(ours, theirs) else np.intersect1d(ours, theirs, assume_unique=True)


def gone(run: Run, staff: Ints) -> Bools:
    """Whether each of `staff` is out of post at the end, (n,)."""
    return np.asarray(run.closing.post[run.rows_of(staff)] < 0)


def last_rule(run: Run, staff: Ints) -> Longs:
    """The code of the policy or other cause of each person's last exit, or −1 for people in post at the end, (n,)."""
    rows = run.rows_of(staff)
    return np.where(run.closing.post[rows] < 0, last_route(run)[rows], NOBODY).astype("int64")


def routes(run: Run, rules: AnyArray) -> list[str]:
    """Codes from `last_rule` in words: "here", or the name of the policy or other cause."""
    codes = [int(rule) for rule in rules]
    return [HERE if code < 0 else run.rules.get(code, str(code)) for code in codes]


def stamps(events: Events) -> Longs:
    """One whole number per event that combines its day and person."""
    return np.asarray(events.day.astype("int64") << 32 | events.staff)


def first_departure(run: Run, staff: Ints, since: AnyArray | int = 0) -> tuple[Ints, Bools]:
    """The first day from `since` on which each of `staff` left (`NEVER` if none), and whether they were paid, (n,)
    each.

    Args:
        run: the run.
        staff: (n,) identities.
        since: one day or (n,), counted from the start of the scenario.
    """
    left = exits(run)
    start = np.full(len(run.people), NEVER, "int64")
    rows = run.rows_of(staff)
    start[rows] = since
    # Everyone else starts at `NEVER`, which leaves out their exits.
    late = np.flatnonzero(left.day >= start[left.row])
    # `first` is a position in `late`; −1, for nobody's exit, reads the appended last entry.
    first = first_at(left.row[late], len(run.people))[rows]
    day = np.append(left.day[late], np.int32(NEVER))[first]
    return day, np.append(left.paid[late] > 0, False)[first]


def paid_for_going(run: Run, rule: int) -> tuple[Ints, Ints, Longs]:
    """People paid to leave by a policy: identities in order, and the day and pence of the first payment, (n,) each."""
    # A person may get several payments on one day, such as severance and pay in lieu. They are one departure, whose stamp
    # has the day in front, so that a person's first stamp is that of the first day.
    events = run.log.steps(*EXIT_MONEY).by(rule)
    stamp = stamps(events)
    each, place = np.unique(stamp, return_inverse=True)
    pence = np.zeros(len(each), "int64")
    np.add.at(pence, place, events.pence)
    who, first = np.unique(each & 0xFFFFFFFF, return_index=True)
    return who.astype("int32"), (each[first] >> 32).astype("int32"), pence[first]


def check_pair(run: Run, baseline: Run) -> None:
    """Raise InputError unless two runs have the same seed and start, and the same people under the same identities."""
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
        raise InputError("the two runs", "have nobody in common at the start", "compare runs with the same staff")
    _check_same_people(run, baseline, staff)


def _check_same_people(run: Run, baseline: Run, staff: Ints) -> None:
    """Raise InputError unless each of `staff` has the same facts at the opening of both runs."""
    ours = run.rows_of(staff)
    theirs = baseline.rows_of(staff)
    other = np.zeros(len(staff), bool)
    for fact in SAME:
        other |= _fact(run, fact)[ours] != _fact(baseline, fact)[theirs]
    if other.any():
        count = int(other.sum())
        first = int(staff[np.argmax(other)])
        wrong = f"have different people under {count:,} of {len(staff):,} identities, such as {first}"
        right = "compare runs with the same staff list, or the same `staff_seed`"
        raise InputError("the two runs", wrong, right)


def _fact(run: Run, fact: str) -> AnyArray:
    """A fact about each person on entry, (people,).

    Functions are names, because their codes may differ between runs.
    """
    column: AnyArray = getattr(run.people, fact)
    return np.array(run.people.functions, object)[column] if fact == "function" else column


def check_law(run: Run, baseline: Run, law: Law | None) -> None:
    """Raise InputError unless both runs used `law` or, if it is None, each used the law of its scenario.

    Args:
        run: the run.
        baseline: the run that it is compared with.
        law: the law that both runs should have used; None for the law of each scenario.
    """
    from nhstransit.law.law import law_digest  # imported where it is used

    # Two scenarios may have different laws on purpose. Then each run must have used the law of its own scenario.
    own = law_is_its_own(run) and law_is_its_own(baseline)
    if run.provenance.law != baseline.provenance.law and not own:
        wrong = "used different pay and severance rules: the dated parameters differ"
        right = 'use the same law for both, or set the law in a scenario, as in having("law.mars_2010.most_months", 9)'
        raise InputError("the two runs", wrong, right)
    wanted = {run.provenance.law, baseline.provenance.law}
    if (law is None and not own) or (law is not None and wanted != {law_digest(law)}):
        raise InputError("law", "these runs used another law", "give `law`, the law that the runs were simulated with")


def law_is_its_own(run: Run) -> bool:
    """Whether a run used the law of its scenario, rather than a law passed to `simulate`."""
    from nhstransit.law.law import law_digest  # imported where it is used

    return run.provenance.law == law_digest(run.scenario.dated_law)


def law_differs_unsaid(run: Run, baseline: Run) -> bool:
    """Whether two runs used different laws although the settings of their scenarios do not show it."""
    differs = run.provenance.law != baseline.provenance.law
    return differs and not (law_is_its_own(run) and law_is_its_own(baseline))


def check_start(run: Run, baseline: Run) -> None:
    """Raise InputError unless two runs start on the same date, so that their days can be compared."""
    if run.scenario.start != baseline.scenario.start:
        wrong = f"start on {run.scenario.start} and {baseline.scenario.start}"
        raise InputError("the two runs", wrong, "compare runs that start on the same date")


def in_turn(runs: Sequence[Run], baselines: Sequence[Run]) -> list[tuple[Run, Run]]:
    """Runs and baselines paired by seed, in the order of the runs.

    Raises InputError if there are no runs, if either sequence has a seed twice, or if their seeds differ.
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


# People affected directly by a policy whose settings differ, and people affected only through other people.
#
# *Direct* has a narrow meaning: a policy whose settings differ has an event about the person in the log of either run,
# such as applied, approved, refused, retained, designated, informed or released. All other effects are through other
# people, or through something that the log does not show.

_DATE = re.compile(r"datetime\.date\((\d+), (\d+), (\d+)\)")
INERT = ("name", "title", "about")  # settings that describe a scenario and have no effect
THROUGH = (
    "direct",
    "a post taken by another",
    "a post left by another",
    "chosen or kept in another's place",
    "otherwise",
)
DIRECT, TAKEN, LEFT, IN_PLACE, OTHERWISE = range(len(THROUGH))


def telling(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The changes that may have an effect: all except changes of name, title and description."""
    return tuple(change for change in changes if change.path not in INERT)


def differing_policies(changes: Iterable[Change]) -> tuple[str, ...]:
    """Names of the policies that are in one scenario only, or have different settings, in order."""
    of_policies = [change.path for change in changes if change.path.startswith("policies.")]
    return tuple(sorted({names_in(path)[1] for path in of_policies}))


def spoken(new: Scenario, old: Scenario, changes: Iterable[Change]) -> list[str]:
    """Changes in few words. A policy that only one scenario has is one change, rather than one change per setting.

    Args:
        new: the run's scenario.
        old: the baseline's scenario.
        changes: the differences between them.
    """
    titles = old.policy_titles | new.policy_titles
    # The keys of a dictionary, because a policy in one scenario only has many changes with the same words.
    words: dict[str, None] = {}
    for change in changes:
        steps = names_in(change.path)
        in_one_only = steps[0] == "policies" and (steps[1] in new.policies) != (steps[1] in old.policies)
        if in_one_only:
            where = "the run" if steps[1] in new.policies else "the baseline"
            words[f"{inside(titles[steps[1]])} (only in {where})"] = None
        else:
            words[_change_in_words(change)] = None
    return list(words)


def _change_in_words(change: Change) -> str:
    """A change in words: the path, the old setting and the new one."""
    return f"{change.path}: {plainly(change.old)} → {plainly(change.new)}"


def plainly(setting: Any) -> str:
    """A setting as Python writes it, except for dates, which are written as 2010-11-15."""

    def in_words(found: re.Match[str]) -> str:
        year, month, day = map(int, found.groups())
        return str(dt.date(year, month, day))

    return _DATE.sub(in_words, repr(setting))


def touched(run: Run, baseline: Run, staff: Ints, policies: Iterable[str]) -> Bools:
    """Which of `staff` have an event of these policies in the log of either run, (n,).

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
    """One row per post and person who ever held the post or was promised it, sorted by post and last day; (n,) each."""

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
        entered = wanted[moves.to_post]
        left = wanted[moves.from_post]
        to_come = wanted[promised.to_post]
        # Posts, people and days on which they were seen in the post or promised it. The opening counts as day 0.
        parts = (
            (run.opening_post[held], run.people.staff[held], np.zeros(held.sum(), "int64")),
            (run.closing.post[still], run.people.staff[still], np.full(still.sum(), NEVER)),
            (moves.to_post[entered], moves.staff[entered], moves.day[entered]),
            (moves.from_post[left], moves.staff[left], moves.day[left]),
            (promised.to_post[to_come], promised.staff[to_come], promised.day[to_come]),
        )
        where, who, day = (np.concatenate(column).astype("int64") for column in zip(*parts, strict=True))
        # Sorted by post, person and day. Only the last day of each person in each post is kept, and what remains is
        # sorted by post and day.
        order = np.lexsort((day, who, where))
        where = where[order]
        who = who[order]
        day = day[order]
        final = np.ones(len(where), bool)
        another_post = where[1:] != where[:-1]
        another_person = who[1:] != who[:-1]
        final[:-1] = another_post | another_person
        where = where[final]
        who = who[final]
        day = day[final]
        order = np.lexsort((day, where))
        return cls(where[order].astype("int32"), who[order].astype("int32"), day[order])

    def another(self, post: AnyArray, staff: AnyArray, since: AnyArray) -> Ints:
        """The latest other person to hold each post on or after a day; −1 for nobody or no post, (n,).

        Args:
            post: (n,) rows of posts; −1 for no post.
            staff: (n,) staff numbers of the people to leave out.
            since: (n,) days, counted from the start of the scenario.
        """
        out = np.full(len(post), NOBODY, "int32")
        start = np.searchsorted(self.post, post, "left")
        stop = np.searchsorted(self.post, post, "right")
        # One pass for each tenure of the post with most tenures, which are few. Later ones overwrite earlier ones.
        for step in range(int((stop - start).max(initial=0))):
            place = np.minimum(start + step, len(self.post) - 1)
            there = (start + step < stop) & (post >= 0)
            fits = there & (self.staff[place] != staff) & (self.last[place] >= since)
            out[fits] = self.staff[place[fits]]
        return out


def through(run: Run, baseline: Run, staff: Ints, stratum: Bytes, direct: Bools) -> tuple[Bytes, Ints]:
    """How each of `staff` in post in one run only was affected, and through which other person.

    Returns indices in `THROUGH`, and identities or −1, (n,) each.

    The last post of such a person is looked up in the other run. If another person held it there, that person took or
    left the post. If the person stayed in the opening post, and was paid to leave in the other run, another person left
    in their place. People with the same outcome in both runs are "otherwise", with −1.

    Args:
        run: the run.
        baseline: its baseline.
        staff: (n,) identities.
        stratum: (n,) indices in `STRATA`.
        direct: (n,) whether a policy whose settings differ has an event about the person.
    """
    how = np.full(len(staff), OTHERWISE, "int8")
    other_person = np.full(len(staff), NOBODY, "int32")
    # Each line: the stratum, the word, the run in which the person is in post, and the other run.
    worlds = (
        (stratum == 1, TAKEN, baseline, run),
        (stratum == 2, LEFT, run, baseline),
    )
    for affected, word, kept, other in worlds:
        places = np.flatnonzero(affected & ~direct)
        won, since = _won(kept, staff[places])
        # The same posts in the other run, and the last other person who held each of them there from that day on.
        posts = same_post(kept, other, won)
        by = Tenures.of(other, posts).another(posts, staff[places], since)
        other_person[places] = by
        stayed = (won < 0) & np.isin(last_rule(other, staff[places]), _letting_go(other))
        how[places] = np.where(by >= 0, word, np.where(stayed, IN_PLACE, OTHERWISE))
    how[direct & ((stratum == 1) | (stratum == 2))] = DIRECT
    return how, other_person


def _won(run: Run, staff: Ints) -> tuple[Ints, Ints]:
    """The post that each person holds at the end, or −1 if it is the opening post, and the day of its promise or start."""
    rows = run.rows_of(staff)
    closing = run.closing.post[rows]
    won = np.where(closing == run.opening_post[rows], NOBODY, closing).astype("int32")
    # The earliest event that gave each person the post held at the end: an appointment, or a move without one.
    day = np.full(len(run.people), NEVER, "int32")
    for gained in (run.log.moves, run.log.appointments):
        of_closing = run.closing.post[run.rows_of(gained.staff)] == gained.to_post
        final = gained.take(of_closing & (gained.to_post >= 0))
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
        return post  # usual: neither run opened posts that the other did not
    order = np.argsort(other.posts.key, kind="stable")
    wanted = kept.posts.key[np.maximum(post, 0)]
    place = np.minimum(np.searchsorted(other.posts.key, wanted, sorter=order), len(order) - 1)
    found = order[place]
    same = (post >= 0) & (other.posts.key[found] == wanted)
    return np.where(same, found, NOBODY).astype("int32")


def _letting_go(run: Run) -> AnyArray:
    """The codes of the policies and other causes that paid people to leave, (n,)."""
    paid = run.log.steps(*EXIT_MONEY)
    return np.unique(paid.rule)
