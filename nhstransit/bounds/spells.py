"""Spells in post, read from a run: where each began, how it ended, and which posts it led to."""

from __future__ import annotations

from collections.abc import Iterable

import attrs
import numpy as np

from nhstransit.arrays import AnyArray, Bools, Ints, Longs, Rows
from nhstransit.errors import InputError, nearest
from nhstransit.log import CAUSES
from nhstransit.run import Run
from nhstransit.run.lives import lives
from nhstransit.run.spells import AT_START, LEFT, MOVED, spells
from nhstransit.workforce.columns import NEVER

OPENING = -1  # the day on which the spells of the opening staff begin: before the first


@attrs.frozen(eq=False, kw_only=True)
class Spells:
    """Spells in post, (n,) columns, ordered by person and time.

    `ends` is the last day of spells that ended by themselves, `let_go` of those that the employer ended by redundancy;
    NEVER if the spell did not end in that way. `moves` are the positions of spells that ended with another post,
    and `moved_to` is that post, one per move.
    """

    row: Rows  # row in run.people
    began: Ints
    post: Ints  # post in which it began
    ends: Ints
    let_go: Ints
    moves: Rows
    moved_to: Ints

    def __len__(self) -> int:
        return len(self.row)

    @property
    def opening(self) -> Bools:
        """Which spells are those of the opening staff, (n,)."""
        return np.asarray(self.began == OPENING)

    def only(self, kept: Bools) -> Spells:
        """Some of the spells, by mask (n,)."""
        place = np.cumsum(kept) - 1
        mine = kept[self.moves]
        columns = {name: getattr(self, name)[kept] for name in ("row", "began", "post", "ends", "let_go")}
        return Spells(moves=place[self.moves[mine]], moved_to=self.moved_to[mine], **columns)


def redundancy_rules(run: Run) -> tuple[str, ...]:
    """The rules of this run's scenario that make people redundant without consent: unsigned policies, and closure."""
    unsigned = (name for name, policy in run.scenario.policies.items() if not policy.signed)
    return (*unsigned, "closure")


def known_rules(run: Run, rules: Iterable[str]) -> tuple[str, ...]:
    """The same rules, after a check that people can leave by each and that none is a cause of their own.

    Raises InputError for an unknown rule, or one that makes nobody redundant.
    """
    possible = (*run.scenario.policies, "closure")
    chosen = (rules,) if isinstance(rules, str) else tuple(rules)
    for name in chosen:
        if name in (*CAUSES, "contract-end"):
            wrong = f"counts {name!r} as redundancy, which no policy decides"
            raise InputError("rules", wrong, nearest(name, possible))
        if name not in possible:
            raise InputError("rules", f"names {name!r}", nearest(name, possible))
    if not chosen:
        raise InputError("rules", "names no rule", nearest("redundancy", possible))
    return chosen


def spells_of(run: Run, rules: Iterable[str]) -> Spells:
    """All spells in post of a run. Departures by `rules` are redundancies; all others are taken as given."""
    held = spells(run)
    begins = held.began != MOVED  # a spell here continues over moves from post to post
    number = np.cumsum(begins) - 1
    ours = np.isin(held.exit_rule, [run.code_of(name) for name in rules])
    left = held.ended == LEFT
    count = int(begins.sum())
    return Spells(
        row=held.row[begins],
        began=np.where(held.began == AT_START, OPENING, held.start)[begins].astype("int32"),
        post=held.post[begins],
        ends=_on(number[left & ~ours], held.end[left & ~ours], count),
        let_go=_on(number[left & ours], held.end[left & ours], count),
        moves=number[~begins],
        moved_to=held.post[~begins],
    )


def after_redundancy(spells: Spells) -> Bools:
    """Spells of people who had been made redundant before, (n,). Without that they would not have come back."""
    dismissed = spells.let_go < NEVER
    before: Longs = np.cumsum(dismissed) - dismissed
    first = np.searchsorted(spells.row, spells.row)
    return np.asarray(before > before[first])


def funded_days(run: Run) -> tuple[Ints, Ints]:
    """For each post, the first day on which it can be filled and the day of its removal; NEVER if there is none."""
    life = lives(run)
    from_start = run.posts.opens <= 0
    there = run.scenario.roster.closes[run.posts.employer] >= 0
    first = np.where(from_start, np.where(there, OPENING, NEVER), life.opened)
    return first.astype("int32"), life.removed


def _on(spell: Longs, day: AnyArray, count: int) -> Ints:
    """The day of each spell that has one, else NEVER, (count,)."""
    out = np.full(count, NEVER, "int32")
    out[spell] = day
    return out
