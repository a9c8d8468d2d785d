"""Spells in post of a run: in which post each began, how it ended, and to which posts the person moved."""

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

OPENING = -1  # the day on which spells of the opening staff begin: the day before the run


@attrs.frozen(eq=False, kw_only=True)
class Spells:
    """Spells in post, ordered by person and time, as columns (n,). A spell continues over moves from post to post.

    `let_go` is the day on which a spell ended by redundancy, and `ends` the day on which it ended in any other way;
    NEVER if it did not end in that way. `moves` has the index of a spell for each move within it, and `moved_to` the new
    post.
    """

    row: Rows  # the person's row in run.people
    began: Ints
    post: Ints  # the post in which the spell began
    ends: Ints
    let_go: Ints
    moves: Rows
    moved_to: Ints

    def __len__(self) -> int:
        return len(self.row)

    @property
    def opening(self) -> Bools:
        """Whether each spell is of a member of the opening staff and began at the start, (n,)."""
        return np.asarray(self.began == OPENING)

    def only(self, kept: Bools) -> Spells:
        """The spells that are marked in `kept`, (n,)."""
        # The new index of each spell, so that moves refer to the spells that are left.
        place = np.cumsum(kept) - 1
        mine = kept[self.moves]
        columns = {name: getattr(self, name)[kept] for name in ("row", "began", "post", "ends", "let_go")}
        return Spells(moves=place[self.moves[mine]], moved_to=self.moved_to[mine], **columns)


def redundancy_rules(run: Run) -> tuple[str, ...]:
    """The names of policies that make people redundant without their consent (a signature), and "closure"."""
    unsigned = (name for name, policy in run.scenario.policies.items() if not policy.signed)
    return (*unsigned, "closure")


def known_rules(run: Run, rules: Iterable[str]) -> tuple[str, ...]:
    """Check names of policies, or "closure", whose departures count as redundancies, and return them.

    Raises:
        InputError: for no names, for an unknown name, and for a cause of leaving that is not redundancy.
    """
    possible = (*run.scenario.policies, "closure")
    chosen = (rules,) if isinstance(rules, str) else tuple(rules)
    for name in chosen:
        if name in (*CAUSES, "contract-end"):
            wrong = f"{name!r} is a cause of leaving, not a redundancy decided by a policy"
            raise InputError("rules", wrong, nearest(name, possible))
        if name not in possible:
            raise InputError("rules", f"{name!r} is not a policy of the scenario, or closure", nearest(name, possible))
    if not chosen:
        raise InputError("rules", "is empty", nearest("redundancy", possible))
    return chosen


def spells_of(run: Run, rules: Iterable[str]) -> Spells:
    """All spells in post of a run. Departures by `rules` count as redundancies."""
    # In the run's history a move begins a new spell. Here it continues the spell before it, so each spell in the history
    # belongs to the last one that did not begin with a move.
    held = spells(run)
    begins = held.began != MOVED
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
    """Whether each spell is of a person who had been made redundant before, (n,): a return made possible by it."""
    # Redundancies before each spell, of anyone. Spells are ordered by person, so the number at the person's first spell
    # is subtracted to leave the person's own.
    dismissed = spells.let_go < NEVER
    before: Longs = np.cumsum(dismissed) - dismissed
    first = np.searchsorted(spells.row, spells.row)
    return np.asarray(before > before[first])


def funded_days(run: Run) -> tuple[Ints, Ints]:
    """For each post, the first day on which it can be filled, and the day of its removal; NEVER for no such day."""
    life = lives(run)
    from_start = run.posts.opens <= 0
    # A post of an employer that does not exist in the scenario can never be filled.
    there = run.scenario.roster.closes[run.posts.employer] >= 0
    first = np.where(from_start, np.where(there, OPENING, NEVER), life.opened)
    return first.astype("int32"), life.removed


def _on(spell: Longs, day: AnyArray, count: int) -> Ints:
    """The day for each spell in `spell`, and NEVER for all others, (count,)."""
    out = np.full(count, NEVER, "int32")
    out[spell] = day
    return out
