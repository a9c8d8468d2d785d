"""The cost of people and posts on a given day, and the posts that policies opened or removed."""

from __future__ import annotations

import attrs
import numpy as np

from nhstransit.arrays import AnyArray, Bools, Bytes, Floats, Ints, Longs, Rows, Shorts
from nhstransit.dates import DAYS_A_YEAR, financial_year
from nhstransit.law import Law
from nhstransit.law.oncosts import CostLines
from nhstransit.log import Kind
from nhstransit.policies.returns import Returns, away_years, still_away
from nhstransit.run import Run
from nhstransit.run.exits import exits
from nhstransit.run.lives import lives
from nhstransit.run.lookup import last_at
from nhstransit.run.once import once
from nhstransit.workforce.columns import NEVER

_LINES = ("pay", "national_insurance", "pension", "levy", "central_pension")
_HIGHEST = 10**8  # pence a year, above anyone's pay


def pay_before(run: Run, rows: AnyArray, day: AnyArray) -> Longs:
    """Whole-time basic pay of each person, in pence a year, at the end of that person's own day, (n,).

    Args:
        run: the run.
        rows: (n,) rows in people.
        day: (n,) days, counted from the start of the scenario.
    """
    keys, pence = _pay_steps(run, rows)
    # Find each person's last change of pay up to the day. The keys combine row and day, so one search finds all of
    # them. Without a change of the person's own, the search finds somebody else's, or −1, and opening pay applies.
    wanted = np.asarray(rows, "int64") << 32 | np.asarray(day, "int64")
    place = np.searchsorted(keys, wanted, side="right") - 1
    changed = np.append(keys, -1)[place] >> 32 == rows
    opening = run.opening_pay[rows] if len(rows) else 0
    return np.where(changed, np.append(pence, 0)[place], opening).astype("int64")


def _pay_steps(run: Run, rows: AnyArray) -> tuple[Longs, Longs]:
    """Every change of pay of these people, sorted by person and day: keys (row × 2³² + day) and pence a year."""
    changes = run.log.changes(Kind.PAY)
    wanted = np.zeros(len(run.people), bool)
    wanted[rows] = True
    whose = run.rows_of(changes.staff)
    mine = np.flatnonzero(wanted[whose])
    keys = whose[mine].astype("int64") << 32 | changes.day[mine]
    order = np.argsort(keys, kind="stable")
    return keys[order], changes.pence[mine[order]]


def costs_of(law: Law, pence: AnyArray, wte: AnyArray, on: AnyArray) -> CostLines:
    """The lines of a year's cost of each person or post, at the rates of its own financial year, (n,) each.

    Args:
        law: the dated legal rules.
        pence: (n,) pay in pence a year.
        wte: (n,) whole-time equivalents.
        on: (n,) epoch days.
    """
    on = np.asarray(on, "int64")
    columns = {name: np.zeros(len(on), "int64") for name in _LINES}
    year = financial_year(on)
    # The rates of the first of these days in a financial year are used for the whole year.
    for each in np.unique(year).tolist():
        mine = np.flatnonzero(year == each)
        lines = law.cost_lines(pence[mine], wte[mine], int(on[mine].min()))
        for name, column in columns.items():
            column[mine] = getattr(lines, name)
    return CostLines(**columns)


def yearly_costs(run: Run, law: Law, pence: Longs, day: AnyArray) -> CostLines:
    """The lines of a year's cost of each post in pence, at the rates of the day of its removal or opening, (n,) each.

    The log contains only the total cost. Pay is recovered as the amount that has this total cost at the rates of the
    day. This is possible because cost rises continuously with pay.

    Args:
        run: the run.
        law: the dated legal rules.
        pence: (n,) the total yearly cost in pence.
        day: (n,) the day of each event.
    """
    on = np.asarray(day, "int64") + run.scenario.calendar.origin
    pay = np.zeros(len(pence), "int64")
    year = financial_year(on)
    for each in np.unique(year).tolist():
        mine = np.flatnonzero(year == each)
        # Cost is a straight line between the knots, so the inverse of the interpolation is exact up to a penny.
        first = int(on[mine].min())
        knots = _knots(law, first)
        costs = law.employer_cost(knots, 1.0, first)
        pay[mine] = np.rint(np.interp(pence[mine], costs, knots)).astype("int64")
    return costs_of(law, pay, np.ones(len(pence)), on)


def _knots(law: Law, on: int) -> Longs:
    """The levels of pay, in pence, at which the slope of cost against pay changes, from zero to above anyone's pay."""
    limits = law.parameters.table("employer_ni").on(on)
    named = [limits.number(name) for name in ("threshold", "lower_limit", "upper_accrual")]  # in pounds
    pence = [round(100 * limit) for limit in named]
    return np.unique(np.array([0, *pence, _HIGHEST], "int64"))


# The posts that policies opened in addition to the establishment: the cost of each, and its first and last days.
#
# A post that took over the work of another adds no cost, and a planned post belongs to no policy. Such posts have no
# row.


@attrs.frozen(eq=False, kw_only=True)
class Openings:
    """Posts whose cost is charged to a policy, one row per post in the order of the log; columns of shape (openings,)."""

    day: Ints  # day of the opening, on which the cost begins
    rule: Shorts  # code of the policy that opened it
    post: Ints
    pence: Longs  # per year, at the rates of the day
    until: Ints  # first day without the cost, the day after the removal; NEVER if the post remains

    def __len__(self) -> int:
        return len(self.day)


@once
def openings(run: Run) -> Openings:
    """The posts that policies opened in a run, and whose cost is charged to them."""
    made = run.log.openings
    made = made.take(np.flatnonzero(made.pence > 0))
    removed = lives(run).removed[made.post]
    return Openings(
        day=made.day,
        rule=made.rule,
        post=made.post,
        pence=made.pence,
        until=np.where(removed < NEVER, removed + 1, NEVER).astype("int32"),
    )


# The posts removed permanently. Each is credited once, to the event that removed it, with the way in which its saving
# ended.
#
# A saving ends early if the person who was paid to leave with the post returns to the payroll of the NHS, in these
# organisations or in others. A removed post cannot be filled again. If a similar post is opened instead, its cost is in
# `openings`.

ENDS = ("lasts", "returned")


@attrs.frozen(eq=False, kw_only=True)
class Removals:
    """Posts removed with a saving, one row per post in the order of the log; columns of shape (removals,)."""

    day: Ints  # day of the removal; the saving begins the day after
    rule: Shorts
    post: Ints
    pence: Longs  # per year, at the rates of the day
    row: Rows  # row of the person who left with the post, under the same policy; −1 if nobody did
    until: Ints  # first day without the saving, possibly the day of the removal; NEVER if it lasts
    end: Bytes  # index in `ENDS`

    def __len__(self) -> int:
        return len(self.day)

    def lasting(self, day: int) -> Bools:
        """Which posts were removed by the end of a day and still save money on that day, (removals,)."""
        return np.asarray((self.day <= day) & (self.until > day))


@once
def removals(run: Run) -> Removals:
    """The removals of a run.

    Posts removed because their employer closes, and posts opened by a policy, have no row.
    """
    gone = run.log.closures
    gone = gone.take(np.flatnonzero(gone.pence > 0))
    left = exits(run)
    last = last_at(left.post, len(run.posts))[gone.post]  # the last exit from each post, −1 if none
    # The person left with the post if that exit was on the day of the removal and under the same policy.
    same = last >= 0
    exit_ = last[same]
    same_rule = left.route[exit_] == gone.rule[same]
    same_day = left.day[exit_] == gone.day[same]
    same[same] = same_rule & same_day
    # −1 reads the appended entries: a post removed empty has nobody who could return.
    with_it = np.where(same, last, -1)
    back = np.append(left.back, np.int32(NEVER))[with_it]
    return Removals(
        day=gone.day,
        rule=gone.rule,
        post=gone.post,
        pence=gone.pence,
        row=np.append(left.row, np.intp(-1))[with_it],
        until=back,
        end=(back < NEVER).astype("int8"),
    )


# Expected returns after the scenario ends, from the return curves of the scenario's policies, in closed form.


def lost_days(run: Run, found: Removals, edges: Longs) -> Floats:
    """Expected number of days on which each leaver is back, between successive edges, (removals, edges − 1).

    `edges`, (edges,) or (removals, edges), are days after the scenario, in rising order. The result is zero for posts
    that were empty when removed, for savings already lost, and for people who left under a policy after which nobody
    returns. For a person who is away when the scenario ends, the chance of being still away later is that of the return
    curve, conditional on being away at the end.

    Args:
        run: the run.
        found: the removals of the run.
        edges: the days that separate the intervals.
    """
    lost = np.zeros((len(found), edges.shape[-1] - 1))
    for policy in run.scenario.policies.values():
        if not isinstance(policy, Returns):
            continue
        after = [run.code_of(name) for name in policy.after]
        still_saving = (found.row >= 0) & (found.until == NEVER)
        rows = np.flatnonzero(still_saving & np.isin(found.rule, after))
        # Years away when the scenario ends, and at each edge, (rows, edges).
        away = (run.scenario.calendar.days - 1 - found.day[rows]) / DAYS_A_YEAR
        curve = {"share": policy.share, "scale": policy.scale_years, "shape": policy.shape}
        least = _no_return_years(policy, run)
        until = away[:, None] + (edges if edges.ndim == 1 else edges[rows]) / DAYS_A_YEAR
        # Expected years away between edges, given that the person is away when the scenario ends: so they are divided by
        # the chance of that. The rest of each interval is the expected time back.
        kept = np.diff(away_years(until, least=least, **curve), axis=1)
        given = still_away(away, least=least, **curve)
        lost[rows] = (np.diff(until, axis=1) - kept / given[:, None]) * DAYS_A_YEAR
    return lost


def _no_return_years(policy: Returns, run: Run) -> float:
    """Years after leaving in which nobody comes back: the policy's own term, or the window of section 16."""
    if policy.clawback_months is not None:
        return policy.clawback_months / 12.0
    last = run.scenario.calendar.origin + run.scenario.calendar.days - 1
    return (run.scenario.dated_law.alternative_window_days(last) + 1) / DAYS_A_YEAR
