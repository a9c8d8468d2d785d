"""What people know and how soon they are of full use: weights of knowledge, what a move keeps, the climb of a newcomer.

References:
    Docquier, Lohest and Marfouk, World Bank Economic Review 21 (2007) 193–218: rates of brain drain and selection.
    Argote, Beckman and Epple, Management Science 36 (1990) 140–154: knowledge that is not used fades.
    Rigby and others, ICSE 2016, 1006–1016: knowledge at risk. Acerbi and Tasche, Journal of Banking and Finance 26 (2002)
    1487–1503: expected shortfall of a distribution with steps.
"""

from __future__ import annotations

import attrs
import numpy as np

from nhstransit import arithmetic
from nhstransit.arrays import AnyArray, Bools, Floats, Longs
from nhstransit.errors import InputError


def unlearned(service_years: AnyArray, scale_years: float) -> Floats:
    """`exp(−service / scale)` of years of service, any shape: the share of the job not learned yet, 1 down to 0."""
    return np.asarray(arithmetic.exp(-np.asarray(service_years, "float64") / scale_years))


def worth(band_weight: AnyArray, skill: AnyArray, slope: float) -> Floats:
    """`band weight × exp(γ skill)`, any shape: what a person who has learned all of the job knows; positive."""
    return np.asarray(np.asarray(band_weight, "float64") * arithmetic.exp(slope * np.asarray(skill, "float64")))


def after_move(unknown: AnyArray, kept: AnyArray) -> Floats:
    """The share not learned after a move that keeps `kept` (0–1) of what was: `1 − kept (1 − u)`, any shape."""
    return np.asarray(1.0 - np.asarray(kept) * (1.0 - np.asarray(unknown, "float64")))


def output_share(months: AnyArray, start: AnyArray, scale_months: float) -> Floats:
    """Output of somebody new after so many months: `1 − (1 − start) exp(−m / scale)`, any shape, `start` to 1."""
    return np.asarray(1.0 - (1.0 - np.asarray(start)) * arithmetic.exp(-np.asarray(months, "float64") / scale_months))


def months_lost(since: AnyArray, until: AnyArray, start: AnyArray, scale_months: float) -> Floats:
    """Whole-time months of output that the climb costs from month `since` to month `until` after it began, any shape.

    `∫ (1 − output) dm = (1 − start) scale (exp(−since / scale) − exp(−until / scale))`.
    """
    early, late = (arithmetic.exp(-np.asarray(when, "float64") / scale_months) for when in (since, until))
    return np.asarray((1.0 - np.asarray(start)) * scale_months * (early - late))


@attrs.frozen(kw_only=True)
class Loss:
    """What a group of leavers took: `share` of the people (m), `knowledge` share (m_K), and `selection`, m_K over m.

    All three are NaN where there is nobody, and selection where nobody left.
    """

    share: float
    knowledge: float
    selection: float


def loss(weight: Floats, left: Bools) -> Loss:
    """Shares lost of people with knowledge `weight` (n,), positive, of whom those in `left` (n,) went.

    `m = |L|/|N|`, `m_K = Σ_L k / Σ_N k = m × SR`, `SR = mean_L(k) / mean_N(k)`: above 1 the better left.
    """
    stock = float(weight.sum())
    if not stock > 0:
        return Loss(share=float("nan"), knowledge=float("nan"), selection=float("nan"))
    share, knowledge = float(left.mean()), float(weight[left].sum()) / stock
    return Loss(share=share, knowledge=knowledge, selection=knowledge / share if share else float("nan"))


@attrs.frozen(kw_only=True)
class Tail:
    """The bad end of a distribution of losses: its quantile at `level`, and the mean of what lies beyond."""

    level: float
    at_risk: float
    shortfall: float


def tail(losses: Floats, level: float) -> Tail:
    """Knowledge at risk and expected shortfall of losses (n,) over replications, at a level between 0 and 1.

    At risk is the least loss that a share `level` of runs does not exceed; shortfall is the mean of the worst `1 − level`,
    a run on the edge counted in part, `1/(1−α) ∫_α^1 q(u) du`. Raises InputError for no runs, a loss that is no number, or
    a level outside (0, 1).
    """
    if not 0.0 < level < 1.0:
        raise InputError("level", f"is {level}", "give a share between 0 and 1, such as 0.95")
    ordered = np.sort(np.asarray(losses, "float64").ravel())
    if not len(ordered) or not np.isfinite(ordered).all():
        raise InputError("losses", "are none, or hold one that is no number", "give the loss of each of several runs")
    count = len(ordered)
    edge = min(int(np.ceil(round(level * count, 9))), count)  # runs not beyond; 0.95 × 20 is 19, not a hair more
    at_risk = float(ordered[edge - 1])
    beyond = float(ordered[edge:].sum()) + at_risk * (edge - level * count)
    return Tail(level=level, at_risk=at_risk, shortfall=beyond / (count * (1.0 - level)))


def standing(
    group: AnyArray, first: AnyArray, past: AnyArray, *weights: AnyArray, groups: int, months: int
) -> list[Floats]:
    """Sums over what stands in each group in each month, (groups, months) for each of `weights`.

    Args:
        group: (n,) the group of each, from 0.
        first: (n,) the first month in which it stands.
        past: (n,) the first in which it stands no more; `months` for what goes on. What ends before it begins is left out.
        weights: (n,) each, or one number: what it counts for; the same in every month.
        groups: number of groups.
        months: number of months.
    """
    size = groups * (months + 1)
    first, past = np.asarray(first), np.asarray(past)
    row = np.asarray(group, "int64") * (months + 1)
    here, over = np.flatnonzero(first < past), np.flatnonzero((first < past) & (past < months))
    steps_at = np.concatenate([row[here] + first[here], row[over] + past[over]])
    sums = []
    for weight in weights:
        each = np.broadcast_to(np.asarray(weight, "float64"), len(row))
        steps = np.bincount(steps_at, np.concatenate([each[here], -each[over]]), size).reshape(groups, months + 1)
        sums.append(np.asarray(np.cumsum(steps, axis=1, dtype="float64")[:, :months]))
    return sums


def fewest_exits(cell: AnyArray, weight: Floats, needed: Floats) -> Longs:
    """How many of the weightiest in each cell must go before what is left falls under what is needed, (cells,).

    `cell` (n,) and `weight` (n,) are of people; `needed` (cells,) is positive. Nought where it lies under that already.
    """
    order = np.lexsort((-weight, cell))
    cell, weight = np.asarray(cell)[order], weight[order]
    total = np.bincount(cell, weight, len(needed))
    gone = np.cumsum(weight)
    first = np.searchsorted(cell, np.arange(len(needed)))
    gone -= np.concatenate([[0.0], gone])[first][cell]
    enough = total[cell] - gone >= needed[cell] - 1e-9
    still = np.bincount(cell[enough], minlength=len(needed))
    return np.asarray(np.where(total >= needed - 1e-9, still + 1, 0), "int64")
