"""How much people know, how much they lose on a move, and how soon newcomers learn and reach full output.

References:
    Docquier, Lohest and Marfouk, World Bank Economic Review 21 (2007) 193–218: rates of brain drain and selection.
    Argote, Beckman and Epple, Management Science 36 (1990) 140–154: knowledge that is not used is forgotten.
    Rigby and others, ICSE 2016, 1006–1016: knowledge at risk. Acerbi and Tasche, Journal of Banking and Finance 26 (2002)
    1487–1503: expected shortfall of a distribution with steps.
"""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np

from nhstransit import arithmetic
from nhstransit.arithmetic import exp, power
from nhstransit.arrays import AnyArray, Bools, Floats, Longs, guarded
from nhstransit.dates import DAYS_A_YEAR
from nhstransit.errors import InputError, ScenarioError
from nhstransit.fields import Parent, assumed, number, share
from nhstransit.log import NOBODY, Kind
from nhstransit.policies import POLICIES
from nhstransit.run import Run
from nhstransit.run.once import once
from nhstransit.run.spells import ARRIVED, AT_START, DAYS_A_MONTH, MOVED, spells
from nhstransit.workforce.columns import BANDS


def unlearned(service_years: AnyArray, scale_years: float) -> Floats:
    """The share of a job that is not yet learned, from 1 down to 0: `exp(−service / scale)`, any shape."""
    return np.asarray(arithmetic.exp(-np.asarray(service_years, "float64") / scale_years))


def worth(band_weight: AnyArray, skill: AnyArray, slope: float) -> Floats:
    """The knowledge of a person who has learned all of the job: `band weight × exp(γ skill)`, any shape; positive.

    Args:
        band_weight: the weight of the band.
        skill: the skill, in standard deviations.
        slope: γ.
    """
    return np.asarray(np.asarray(band_weight, "float64") * arithmetic.exp(slope * np.asarray(skill, "float64")))


def after_move(unknown: AnyArray, kept: AnyArray) -> Floats:
    """The share u not learned, after a move on which a share `kept` (0–1) is kept: `1 − kept (1 − u)`, any shape."""
    return np.asarray(1.0 - np.asarray(kept) * (1.0 - np.asarray(unknown, "float64")))


def output_share(months: AnyArray, start: AnyArray, scale_months: float) -> Floats:
    """Output of a new person after m months: `1 − (1 − start) exp(−m / scale)`, any shape, from `start` up to 1.

    Args:
        months: months since the start of the work.
        start: the share of full output at the start.
        scale_months: the time scale of learning, in months.
    """
    not_learned = arithmetic.exp(-np.asarray(months, "float64") / scale_months)
    return np.asarray(1.0 - (1.0 - np.asarray(start)) * not_learned)


def months_lost(since: AnyArray, until: AnyArray, start: AnyArray, scale_months: float) -> Floats:
    """Months of full output lost to newness between months `since` and `until` after the start, any shape.

    `∫ (1 − output) dm = (1 − start) scale (exp(−since / scale) − exp(−until / scale))`.

    Args:
        since: months after the start of the work.
        until: months after the start of the work.
        start: the share of full output at the start.
        scale_months: the time scale of learning, in months.
    """
    early = arithmetic.exp(-np.asarray(since, "float64") / scale_months)
    late = arithmetic.exp(-np.asarray(until, "float64") / scale_months)
    return np.asarray((1.0 - np.asarray(start)) * scale_months * (early - late))


@attrs.frozen(kw_only=True)
class Loss:
    """Losses through a group of leavers: `share` of people (m), share of `knowledge` (m_K), and `selection`, m_K over
    m.

    All three are NaN if there are no people. Selection is NaN if nobody left.
    """

    share: float
    knowledge: float
    selection: float


def loss(weight: Floats, left: Bools) -> Loss:
    """The shares of people and knowledge lost through the people in `left` (n,). `weight` (n,) is each person's
    knowledge, above 0.

    `m = |L|/|N|`, `m_K = Σ_L k / Σ_N k = m × SR`, `SR = mean_L(k) / mean_N(k)`. SR is above 1 if leavers knew more on
    average.
    """
    stock = float(weight.sum())
    if not stock > 0:
        return Loss(share=float("nan"), knowledge=float("nan"), selection=float("nan"))
    share = float(left.mean())
    knowledge = float(weight[left].sum()) / stock
    return Loss(share=share, knowledge=knowledge, selection=knowledge / share if share else float("nan"))


@attrs.frozen(kw_only=True)
class Tail:
    """The upper tail of a distribution of losses: its quantile at `level`, and the mean of the losses beyond it."""

    level: float
    at_risk: float
    shortfall: float


def tail(losses: Floats, level: float) -> Tail:
    """Knowledge at risk and expected shortfall of losses (n,) over replications, at a level between 0 and 1.

    Knowledge at risk is the least loss that a share `level` of runs does not exceed. Shortfall is the mean of the worst
    `1 − level`, with a run on the boundary counted in part: `1/(1−α) ∫_α^1 q(u) du`. Raises InputError if there are no
    runs, if a loss is not a number, or if the level is not between 0 and 1.
    """
    if not 0.0 < level < 1.0:
        raise InputError("level", f"is {level}", "give a share between 0 and 1, such as 0.95")
    ordered = np.sort(np.asarray(losses, "float64").ravel())
    if not len(ordered) or not np.isfinite(ordered).all():
        raise InputError(
            "losses", "there are no losses, or one is not a number", "give the loss of each run as a number"
        )
    count = len(ordered)
    # The number of runs up to the quantile. It is rounded, so that 0.95 × 20 is 19.
    edge = min(int(np.ceil(round(level * count, 9))), count)
    at_risk = float(ordered[edge - 1])
    # The run at the quantile counts for the part of it that lies beyond `level`.
    beyond = float(ordered[edge:].sum()) + at_risk * (edge - level * count)
    return Tail(level=level, at_risk=at_risk, shortfall=beyond / (count * (1.0 - level)))


def standing(
    group: AnyArray, first: AnyArray, past: AnyArray, *weights: AnyArray, groups: int, months: int
) -> list[Floats]:
    """Sums of each weight over the items present in each group and month, (groups, months) for each of `weights`.

    Args:
        group: (n,) the group of each item, numbered from 0.
        first: (n,) the first month in which it is present.
        past: (n,) the first month in which it is no longer present; `months` if it stays to the end. Items that end
            before they begin are left out.
        weights: (n,) each, or one number for all items: the weight of each item, equal in every month.
        groups: number of groups.
        months: number of months.
    """
    # Each item adds its weight in its first month and takes it off in its first month of absence, if that is before the
    # end. Running sums over the months are then the weights of the items present.
    size = groups * (months + 1)
    first = np.asarray(first)
    past = np.asarray(past)
    row = np.asarray(group, "int64") * (months + 1)
    here = np.flatnonzero(first < past)
    over = np.flatnonzero((first < past) & (past < months))
    steps_at = np.concatenate([row[here] + first[here], row[over] + past[over]])
    sums = []
    for weight in weights:
        each = np.broadcast_to(np.asarray(weight, "float64"), len(row))
        changes = np.concatenate([each[here], -each[over]])
        steps = np.bincount(steps_at, changes, size).reshape(groups, months + 1)
        sums.append(np.asarray(np.cumsum(steps, axis=1, dtype="float64")[:, :months]))
    return sums


def fewest_exits(cell: AnyArray, weight: Floats, needed: Floats) -> Longs:
    """The number of people who must leave each cell before its weight is below the weight needed, (cells,).

    People with the largest weights leave first. The result is zero if the weight is already below what is needed.

    Args:
        cell: (n,) cell of each person.
        weight: (n,) weight of each person.
        needed: (cells,) weight that each cell needs, above 0.
    """
    # By cell, the largest weights first.
    order = np.lexsort((-weight, cell))
    cell = np.asarray(cell)[order]
    weight = weight[order]
    total = np.bincount(cell, weight, len(needed))
    # `gone` is the weight that has left a cell once this person has left too: the running total, less what other cells
    # had before the cell's first person.
    gone = np.cumsum(weight)
    first = np.searchsorted(cell, np.arange(len(needed)))
    before_cell = np.concatenate([[0.0], gone])[first]
    gone -= before_cell[cell]
    enough = total[cell] - gone >= needed[cell] - 1e-9
    # After `still` exits the cell has enough, so the next exit is one too many.
    still = np.bincount(cell[enough], minlength=len(needed))
    return np.asarray(np.where(total >= needed - 1e-9, still + 1, 0), "int64")


# How much each person knows and keeps on a move. Every measure of expertise uses these weights.

PAY_WEIGHTS = (0.47, 0.51, 0.57, 0.67, 0.82, 1.0, 1.18, 1.43, 1.70, 2.04, 2.45, 2.93, 3.53)
# Types of policy that move the work together with its people.
WHOLE = ("transfer-whole", "transfer-arms", "transfer-functions", "split")
BRIDGES = ("bridging",)  # types of policy that retain people until they have handed over

_WEIGHTS = Parent(
    unit="midpoint of the band's pay in 2010-11 divided by that of band 6; for very senior managers, the median rate",
    source=(
        "the pay is that of the pay circular of 2010-11; pay is assumed to measure the knowledge that a job requires"
    ),
    quality="assumption",
    range=(0.4, 4.0),
)


def _weights(items: Any) -> Any:
    return tuple(items) if isinstance(items, (list, tuple)) else items


def _check_weights(_: Any, field: Any, items: Any) -> None:
    right = f"give {len(BANDS)} numbers above 0, from band {BANDS[0]} to {BANDS[-1]}"
    plain = isinstance(items, tuple) and all(type(item) in (int, float) for item in items)
    if not plain or len(items) != len(BANDS) or not all(0 < item < 1e6 for item in items):
        raise ScenarioError(field.name, f"{items!r} is not valid", right)


@attrs.frozen(kw_only=True)
class Knowledge:
    """The definition of a person's knowledge: `k = band weight × (1 − exp(−service / scale)) × exp(γ × skill)`.

    The band is a person's band on entry, because a regrading does not change what they know. A person who moves to
    another employer keeps the share `transfer_retention` of their knowledge, or `whole_retention` if the policy of the
    move is in `whole`. They keep at least `bridge_retention` if a policy in `bridges` had retained them in the post
    that they leave. People who come from outside also keep `transfer_retention` or `whole_retention`. Returners forget
    as well: for each month away they keep the share `retention_monthly`. Entries of `whole` and `bridges` are types of
    policy, whatever names the policies have in a scenario; any other entry is the name of a policy.
    """

    band_weights: tuple[float, ...] = attrs.field(
        default=PAY_WEIGHTS, converter=_weights, validator=_check_weights, metadata={"parent": _WEIGHTS}
    )
    band_power: float = number(
        1.0,
        low=0.0,
        high=5.0,
        parent=assumed(
            "power of the band weight; 0 counts all bands equally",
            0.0,
            1.5,
            "no source was used; the value is a judgement",
        ),
    )
    service_scale_years: float = number(
        5.0,
        low=0.1,
        high=100.0,
        parent=assumed("years", 3.0, 10.0, "the time in which 63% of a job is learned is a judgement"),
    )
    least_service_months: float = number(
        1.0,
        low=0.01,
        high=120.0,
        parent=assumed("months", 0.5, 3.0, "shorter service counts as this length, so that everyone knows something"),
    )
    skill_slope: float = number(
        0.3,
        low=0.0,
        high=5.0,
        parent=Parent(
            unit="log of knowledge per standard deviation of skill (γ)",
            source=(
                "Hunter, Schmidt and Judiesch (Journal of Applied Psychology 75, 1990, 28-42) report that"
                " the standard deviation of output is 32% of its mean in jobs of medium complexity, 19% "
                "in simple jobs and 48% in complex jobs"
            ),
            quality="recalled",
            range=(0.17, 0.4),
        ),
    )
    transfer_retention: float = share(
        0.8,
        parent=assumed(
            "share of a mover's knowledge still useful (τ)",
            0.7,
            0.9,
            "the share that is still useful with a new employer is a judgement",
        ),
    )
    whole_retention: float = share(
        0.95,
        parent=assumed(
            "share kept by people who move with a whole function",
            0.8,
            1.0,
            "people are assumed to lose little knowledge if their colleagues move with them",
        ),
    )
    whole: tuple[str, ...] = attrs.field(default=WHOLE, converter=tuple)
    bridge_retention: float = share(
        0.9,
        parent=assumed(
            "share kept by people who move from a bridge post",
            0.8,
            1.0,
            "people are assumed to lose less knowledge if they had time to hand over",
        ),
    )
    bridges: tuple[str, ...] = attrs.field(default=BRIDGES, converter=tuple)
    retention_monthly: float = share(
        0.98,
        parent=Parent(
            unit="share kept for each month away",
            source=(
                "Argote, Beckman and Epple (Management Science 36, 1990) report 0.75 for shipyards; the "
                "value is that of the slowest forgetting in later studies"
            ),
            quality="derived",
            range=(0.75, 0.99),
        ),
    )


KNOWLEDGE = Knowledge()


@attrs.frozen(eq=False, kw_only=True)
class Knowing:
    """What the person of each spell knows; columns (n,) in the order of the spells."""

    worth: Floats  # knowledge once all of the job is learned
    unknown: Floats  # share not learned, on the first day
    unknown_then: Floats  # share not learned, on the last day
    entering: Floats  # (people,) knowledge on entry
    scale_days: float

    @property
    def at_first(self) -> Floats:
        """Knowledge on the first day of the spell."""
        return np.asarray(self.worth * (1.0 - self.unknown))

    @property
    def at_last(self) -> Floats:
        """Knowledge on the last day of the spell."""
        return np.asarray(self.worth * (1.0 - self.unknown_then))


def weights(run: Run, knowledge: Knowledge = KNOWLEDGE) -> Floats:
    """The knowledge k of everyone on entry, at the start or on the day of arrival, (people,); positive."""
    return knowing(run, knowledge).entering


@once
def opening_weights(run: Run, knowledge: Knowledge = KNOWLEDGE) -> Floats:
    """The knowledge of the opening staff at the start, in the order of their rows, (opening staff,).

    Faster than `weights`, because later spells are not needed.
    """
    rows = np.flatnonzero(run.opening_post != NOBODY)
    unknown = _fresh(run, knowledge, rows, np.zeros(len(rows), "int64"))
    return guarded(_worth(run, knowledge)[rows] * (1.0 - unknown))


@once
def knowing(run: Run, knowledge: Knowledge = KNOWLEDGE) -> Knowing:
    """What people know at the start and end of each spell, cached by run and definition of knowledge.

    Computed from spell to spell: everyone's first spell, then everyone's second, and so on.
    """
    held = spells(run)
    scale = knowledge.service_scale_years * DAYS_A_YEAR
    learning = exp(-(held.end - held.start) / scale)
    worth = _worth(run, knowledge)
    unknown = _fresh(run, knowledge, held.row, held.start.astype("int64"))
    entering = np.zeros(len(worth))
    firsts = np.flatnonzero(held.first)
    entering[held.row[firsts]] = worth[held.row[firsts]] * (1.0 - unknown[firsts])
    keeps = _keeps(run, knowledge)
    # `unknown` is, so far, what service alone implies. From here on it includes what is lost on arrivals and moves.
    unknown = np.where(held.began == ARRIVED, after_move(unknown, keeps), unknown)
    # `turn` is the number of a person's earlier spells. A spell depends on the one before, so all spells with the same
    # number are computed together. Few people have many spells.
    places = np.arange(len(held))
    turn = places
    if len(held):
        first_of_person = np.maximum.accumulate(np.where(held.first, places, 0))
        turn = places - first_of_person
    for number_of in range(1, int(turn.max(initial=0)) + 1):
        now = np.flatnonzero(turn == number_of)
        unknown[now] = after_move(unknown[now - 1] * learning[now - 1], keeps[now])
    return Knowing(
        worth=worth[held.row],
        unknown=unknown,
        unknown_then=unknown * learning,
        entering=guarded(entering),
        scale_days=scale,
    )


def rules_of(run: Run, words: tuple[str, ...]) -> list[int]:
    """The rule codes of the run's policies that have one of these types or, for words that are not types, these names.

    The type of a user's own class is its registered name.
    """
    policies = run.scenario.policies
    types = [POLICIES[word] for word in words if word in POLICIES]
    codes = [run.code_of(word) for word in words if word not in policies]
    for name, policy in policies.items():
        found_by_type = name in POLICIES and type(policy) in POLICIES.values()
        if type(policy) in types or (name in words and not found_by_type):
            codes.append(run.code_of(name))
    return codes


def _worth(run: Run, knowledge: Knowledge) -> Floats:
    """The knowledge of each person once all of the job is learned, (people,)."""
    band = power(knowledge.band_weights, knowledge.band_power)[run.people.band]
    return worth(band, run.people.skill, knowledge.skill_slope)


def _fresh(run: Run, knowledge: Knowledge, rows: AnyArray, day: Longs) -> Floats:
    """The share of the job that these people have not learned, according to their service up to each person's own day."""
    years = (day + run.scenario.calendar.origin - run.people.service_from[rows]) / DAYS_A_YEAR
    return unlearned(np.maximum(years, knowledge.least_service_months / 12.0), knowledge.service_scale_years)


def _keeps(run: Run, knowledge: Knowledge) -> Floats:
    """The share of earlier knowledge kept at the start of each spell, (spells,)."""
    held = spells(run)
    employer = run.posts.employer
    whole = np.isin(held.rule, rules_of(run, knowledge.whole))
    keeps = np.where(whole, knowledge.whole_retention, knowledge.transfer_retention)
    bridged = _from_bridge(run, knowledge)
    keeps[bridged] = np.maximum(keeps[bridged], knowledge.bridge_retention)
    # Nothing is lost at the start, nor on a move or return within one employer, except by forgetting while away.
    keeps[held.began == AT_START] = 1.0
    again = np.flatnonzero(~held.first)
    same = employer[held.post[again]] == employer[held.post[again - 1]]
    keeps[again[same]] = 1.0
    away = np.maximum(held.start[again] - held.end[again - 1], 0) / DAYS_A_MONTH
    keeps[again] *= power(knowledge.retention_monthly, away)
    return np.asarray(keeps)


def _from_bridge(run: Run, knowledge: Knowledge) -> Bools:
    """Which spells began with a move from a bridge post, (spells,)."""
    held = spells(run)
    offers = run.log.promises(Kind.RETAINED).by(*rules_of(run, knowledge.bridges))
    # Person and position in the log in one integer, as the spells are sorted. `spell` is the one in which the person was
    # when the guarantee was given, and the next spell, if it began with a move, is the move from the bridge post.
    when = run.rows_of(offers.staff).astype("int64") << 32 | (offers.order + 1)
    begins = held.row.astype("int64") << 32 | held.place
    spell = np.searchsorted(begins, when, side="right") - 1
    after = np.zeros(len(held) + 1, bool)
    after[spell + 1] = True
    return np.asarray(after[:-1] & (held.began == MOVED))
