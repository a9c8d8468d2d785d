"""The knowledge of a workforce by month: lost with leavers, partly lost on moves, brought by arrivals, and learned."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arithmetic import exp, log
from nhstransit.arrays import AnyArray, Bools, Floats, Ints, Longs
from nhstransit.errors import InputError
from nhstransit.measures import knowledge as kernel
from nhstransit.measures.definitions import Definition
from nhstransit.measures.knowledge import KNOWLEDGE, Knowing, Knowledge, knowing
from nhstransit.run import Run
from nhstransit.run.groups import Cut, groups
from nhstransit.run.once import once
from nhstransit.run.spells import (
    ARRIVED,
    AT_START,
    DAYS_A_MONTH,
    LEFT,
    MOVED,
    Spells,
    month_days,
    month_names,
    month_of,
    spells,
)

if TYPE_CHECKING:
    import pandas as pd

FLOWS = ("arrived", "transferred_in", "transferred_out", "left", "lost_on_moves", "learned")
BASES = ("not lost", "seen", "expected", "never")


@attrs.frozen(eq=False, kw_only=True)
class Stock:
    """Knowledge by group and month, each (groups, months). `full` is the amount once everyone in post has learned the
    job.
    """

    names: list[str]
    opening: Floats
    arrived: Floats
    transferred_in: Floats
    transferred_out: Floats
    left: Floats
    lost_on_moves: Floats
    learned: Floats
    closing: Floats
    full: Floats
    people: Longs


@once
def stock(run: Run, *, by: Cut = "all", knowledge: Knowledge = KNOWLEDGE) -> Stock:
    """Knowledge by month and group of posts: opening + arrived + in − out − left − lost on moves + learned = closing.

    A transfer counts the person's knowledge before the move. The loss on the move is deducted from the receiving group.
    Learning is the remainder. The result is cached by run, grouping and definition of knowledge.

    Args:
        run: the run.
        by: how the posts that people hold are grouped.
        knowledge: the definition of knowledge.
    """
    held = spells(run)
    known = knowing(run, knowledge)
    group, names = groups(run, by)
    days = month_days(run)
    mine = group[held.post] if len(group) else held.post
    month = month_of(run)
    first = month[held.start]
    past = month[held.end]
    count = {"groups": len(names), "months": len(days)}
    # What a person has not learned at time t is worth × unknown × exp(−(t − start) / scale). The part that depends on t is
    # the same for everyone, so `behind` is added up first and multiplied by it once for each month.
    gap = known.worth * known.unknown * exp(held.start / known.scale_days)
    full, behind, heads = kernel.standing(mine, first, past, known.worth, gap, np.ones(1), **count)
    closing = full - behind * exp(-days / known.scale_days)
    shape = (len(names), len(days))
    arrived, into, out, left, lost = _flows(held, known, mine, shape, (first, past))
    opened = held.began == AT_START
    at_start = np.bincount(mine[opened], known.at_first[opened], len(names))
    # Each month opens with what the month before closed with.
    opening = np.column_stack([at_start, closing[:, :-1]])
    return Stock(
        names=names,
        opening=opening,
        arrived=arrived,
        transferred_in=into,
        transferred_out=out,
        left=left,
        lost_on_moves=lost,
        learned=closing - (opening + arrived + into - out - left - lost),
        closing=closing,
        full=full,
        people=np.rint(heads).astype("int64"),
    )


def _flows(
    held: Spells, known: Knowing, group: Ints, shape: tuple[int, int], months: tuple[AnyArray, AnyArray]
) -> tuple[Floats, ...]:
    """Arrived, transferred in and out, left, lost on moves: each (groups, months)."""
    first, past = months

    def _by_month(mask: AnyArray, group: AnyArray, month: AnyArray, amount: AnyArray) -> Floats:
        """The sum of the amounts of the spells in the mask, by group and month."""
        which = np.flatnonzero(mask)
        cell = group[which].astype("int64") * shape[1] + month[which]
        sums = np.bincount(cell, amount[which], shape[0] * shape[1])
        return np.asarray(sums.reshape(shape), "float64")

    # The previous spell's knowledge at its end, and its group. Both are read only for spells that began with a move, whose
    # previous entry is the same person's.
    before = np.concatenate([[0.0], known.at_last[:-1]]) if len(held) else known.at_last
    origin = np.concatenate([group[:1], group[:-1]])
    moved = held.began == MOVED
    across = moved & (origin != group)
    return (
        _by_month(held.began == ARRIVED, group, first, known.at_first),
        _by_month(across, group, first, before),
        _by_month(across, origin, first, before),
        _by_month(held.ended == LEFT, group, past, known.at_last),
        _by_month(moved, group, first, before - known.at_first),
    )


def knowledge_by_month(
    run: Run,
    *,
    by: Cut = "all",
    knowledge: Knowledge = KNOWLEDGE,
) -> pd.DataFrame:
    """Knowledge by month and group of posts. The unit is one average, fully trained person in band 6.

    Columns: month (its last day), the group, opening, arrived, transferred_in, transferred_out, left,
    lost_on_moves, learned, closing, people (heads at the end), knowledge_a_person (0 if there are no people). opening +
    arrived + transferred_in − transferred_out − left − lost_on_moves + learned = closing.

    Args:
        run: the run.
        by: how the posts that people hold are grouped.
        knowledge: the definition of knowledge.
    """
    one = stock(run, by=by, knowledge=knowledge)
    labels = month_names(run)
    there = one.people > 0
    mean = np.where(there, one.closing / np.where(there, one.people, 1), 0.0)
    columns = {name: getattr(one, name).T.ravel() for name in ("opening", *FLOWS)}
    return tables.frame(
        {
            "month": np.repeat(labels, len(one.names)),
            by: np.tile(one.names, len(labels)),
            **columns,
            "closing": np.where(there, one.closing, 0.0).T.ravel(),
            "people": one.people.T.ravel(),
            "knowledge_a_person": mean.T.ravel(),
        }
    )


def rebuilt(
    run: Run,
    *,
    by: Cut = "all",
    share: float = 1.0,
    a_person: bool = False,
    knowledge: Knowledge = KNOWLEDGE,
) -> pd.DataFrame:
    """How long until knowledge is again `share` of what it was at the start, by group of posts.

    Args:
        run: the run.
        by: how the posts that people hold are grouped.
        share: the share of the knowledge at the start to be reached; above 0.
        a_person: use knowledge per head instead of the total. The knowledge of a smaller employer may be less in total
            but equal per head.
        knowledge: the definition of knowledge.

    Returns:
        Indexed by group, for groups with knowledge at the start: knowledge_at_start, lowest_share (of it),
            lowest_month, fell_month (the first below the target; "" if none), rebuilt_month (the first from which
            knowledge stays at or above the target), months_to_rebuild (from fell_month to rebuilt_month), and basis.
            The basis is "not lost" if knowledge is never below the target, and "seen" if it is rebuilt within the run.
            It is "expected" if learning alone would rebuild it after the run, provided that nobody leaves. It is
            "never" if learning alone cannot rebuild it; the months are then infinite.

    Raises:
        InputError: `share` is not above 0.
    """
    if not 0.0 < share < float("inf"):
        raise InputError("share", f"is {share}", "give a share of the knowledge at the start above 0, such as 0.95")
    one = stock(run, by=by, knowledge=knowledge)
    days = month_days(run)
    heads = np.maximum(one.people, 1)
    path = one.closing
    full = one.full[:, -1]
    start = one.opening[:, 0]
    if a_person:
        path = path / heads
        full = full / heads[:, -1]
        start = start / _opening_heads(run, by)
    there = np.flatnonzero(one.opening[:, 0] > 0)
    rows = [
        _recovery(path[place], float(start[place]), float(full[place]), share, days, knowledge)
        for place in there.tolist()
    ]
    # A month of −1 means none, and indexes the empty label at the end.
    labels = np.array([*month_names(run), ""])
    columns = np.array(rows, "float64").reshape(-1, 6).T
    return tables.frame(
        {
            by: [one.names[place] for place in there.tolist()],
            "knowledge_at_start": start[there],
            "lowest_share": columns[0],
            "lowest_month": labels[columns[1].astype("int64")],
            "fell_month": labels[columns[2].astype("int64")],
            "rebuilt_month": labels[columns[3].astype("int64")],
            "months_to_rebuild": columns[4],
            "basis": [BASES[int(code)] for code in columns[5].tolist()],
        },
        index=by,
    )


def _opening_heads(run: Run, by: Cut) -> Longs:
    """Heads by group at the start, or 1 if there are none."""
    group, names = groups(run, by)
    seated = run.opening_post[run.opening_post >= 0]
    if not len(seated):
        return np.ones(len(names), "int64")
    return np.maximum(np.bincount(group[seated], minlength=len(names)), 1)


def _recovery(
    path: Floats, start: float, full: float, share: float, days: Ints, knowledge: Knowledge
) -> tuple[float, int, int, int, float, int]:
    """For one group: lowest share, its month, month of the fall, month of recovery (−1: none), months between, and
    basis.
    """
    # The tolerance prevents that rounding counts as a loss. The last entry of each result is an index in `BASES`.
    target = share * start * (1.0 - 1e-9)
    lowest = int(np.argmin(path))
    lowest_share = float(path[lowest]) / start
    under: Bools = path < target
    if not under.any():
        return lowest_share, lowest, -1, -1, 0.0, 0
    fell = int(np.argmax(under))
    last = int(np.flatnonzero(under)[-1])
    # Knowledge may reach the target and fall below it again. Only the last time counts as recovery.
    if last + 1 < len(path):
        return lowest_share, lowest, fell, last + 1, (days[last + 1] - days[fell]) / DAYS_A_MONTH, 1
    since = (days[-1] - days[fell]) / DAYS_A_MONTH
    if full <= target:
        return lowest_share, lowest, fell, -1, float("inf"), 3
    # After the run, knowledge approaches `full` exponentially. This is the time at which that curve crosses the target.
    still = 12.0 * knowledge.service_scale_years * log((full - path[-1]) / (full - target))
    return lowest_share, lowest, fell, -1, since + float(still), 2


DEFINITIONS = (
    Definition(
        name="knowledge",
        unit="average, fully trained people in band 6",
        formula="k = (w_band)^p × (1 − exp(−service / s)) × exp(γ × skill)",
        reference="this project's own measure; the service term has the form of a learning curve (Argote 2013)",
        note="w: band weight, p: its power, s: years in which 63% of a job is learned; always above 0",
    ),
    Definition(
        name="knowledge by month",
        unit="average, fully trained people in band 6",
        formula="K_t = K_(t−1) − Σ k(leavers) − (1 − τ) Σ k(movers) + k(arrivals) + learned",
        reference="Argote, Beckman and Epple 1990, with losses at exits instead of gradual forgetting (Lopez and Sune 2013)",
        note="τ: share kept on a move to another employer; learned: what people in post have learned since the month before",
    ),
    Definition(
        name="months to rebuild expertise",
        unit="months",
        formula="first month end from which K ≥ share × K_0, less the first with K < share × K_0; after the end of the run "
        "t = s ln((A − K) / (A − share × K_0)), A: knowledge of people in post once they have learned the job",
        reference="this project's own measure; closed form of the learning curve",
        note="infinite if A ≤ share × K_0, because then only more people can rebuild it",
    ),
)
