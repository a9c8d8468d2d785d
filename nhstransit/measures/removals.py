"""What people and posts cost on a given day: pay before an event, and the yearly cost of a post line by line."""

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
_HIGHEST = 10**8  # pence a year of pay, beyond any in the service


def pay_before(run: Run, rows: AnyArray, day: AnyArray) -> Longs:
    """Whole-time basic pay in pence a year of each person at the end of their own day, (n,).

    Args:
        run: the run.
        rows: (n,) rows in people.
        day: (n,) days, counted from the start of the scenario.
    """
    keys, pence = _pay_steps(run, rows)
    # The last change of pay up to the day: one search in keys that combine row and day, instead of one per person.
    place = np.searchsorted(keys, np.asarray(rows, "int64") << 32 | np.asarray(day, "int64"), side="right") - 1
    told = np.append(keys, -1)[place] >> 32 == rows
    return np.where(told, np.append(pence, 0)[place], run.opening_pay[rows] if len(rows) else 0).astype("int64")


def _pay_steps(run: Run, rows: AnyArray) -> tuple[Longs, Longs]:
    """Every change of pay of these people, by person and day, in order: row × 2³² + day, and pence a year."""
    told = run.log.changes(Kind.PAY)
    wanted = np.zeros(len(run.people), bool)
    wanted[rows] = True
    whose = run.rows_of(told.staff)
    mine = np.flatnonzero(wanted[whose])
    keys = whose[mine].astype("int64") << 32 | told.day[mine]
    order = np.argsort(keys, kind="stable")
    return keys[order], told.pence[mine[order]]


def costs_of(law: Law, pence: AnyArray, wte: AnyArray, on: AnyArray) -> CostLines:
    """The lines of a year's cost, each at the rates of its own financial year, (n,) each.

    Args:
        law: the dated rules.
        pence: (n,) pay in pence a year.
        wte: (n,) whole-time equivalents.
        on: (n,) epoch days.
    """
    on = np.asarray(on, "int64")
    columns = {name: np.zeros(len(on), "int64") for name in _LINES}
    year = financial_year(on)
    for each in np.unique(year).tolist():
        mine = np.flatnonzero(year == each)
        lines = law.cost_lines(pence[mine], wte[mine], int(on[mine].min()))
        for name, column in columns.items():
            column[mine] = getattr(lines, name)
    return CostLines(**columns)


def yearly_costs(run: Run, law: Law, pence: Longs, day: AnyArray) -> CostLines:
    """The lines of a year's cost in pence of each post, at the rates of the day it was removed or opened, (n,) each.

    The log holds only the total. Pay is recovered as the amount with that total cost at the rates of the day. This is
    possible because the cost rises with pay without a step.

    Args:
        run: the run.
        law: the dated rules.
        pence: (n,) the total yearly cost in pence.
        day: (n,) the day of each event.
    """
    on = np.asarray(day, "int64") + run.scenario.calendar.origin
    pay = np.zeros(len(pence), "int64")
    year = financial_year(on)
    for each in np.unique(year).tolist():
        mine = np.flatnonzero(year == each)
        knots = _knots(law, int(on[mine].min()))
        costs = law.employer_cost(knots, 1.0, int(on[mine].min()))
        pay[mine] = np.rint(np.interp(pence[mine], costs, knots)).astype("int64")
    return costs_of(law, pay, np.ones(len(pence)), on)


def _knots(law: Law, on: int) -> Longs:
    """Levels of pay in pence at which the slope of its cost changes, from zero to more than anyone's pay."""
    limits = law.parameters.table("employer_ni").on(on)
    named = [limits.number(name) for name in ("threshold", "lower_limit", "upper_accrual")]
    return np.unique(np.array([0, *(round(100 * limit) for limit in named), _HIGHEST], "int64"))


# The posts that policies opened in addition to the establishment: what each is debited for, from when to when.
#
# A post that took over the work of another costs nothing more. A planned post does not belong to a policy. Neither
# has a row.


@attrs.frozen(eq=False, kw_only=True)
class Openings:
    """Posts that are debited, one row per post in the order of the log; columns of shape (openings,)."""

    day: Ints  # day of the opening, on which the cost begins
    rule: Shorts  # rule that opened it
    post: Ints
    pence: Longs  # per year, at the rates of the day
    until: Ints  # first day without the cost, the day after the removal; NEVER if the post remains

    def __len__(self) -> int:
        return len(self.day)


@once
def openings(run: Run) -> Openings:
    """The posts that policies opened in a run and are debited for."""
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


# The posts removed for good. Each is credited once, to the event that removed it, together with how its saving ended.
#
# A saving ends early if the person who was paid to leave with the post is back on the payroll of the NHS, in these
# organisations or in others. A removed post cannot be filled again. If a similar one is opened instead, that one is
# debited (`openings`).

ENDS = ("lasts", "returned")


@attrs.frozen(eq=False, kw_only=True)
class Removals:
    """Posts removed with a saving, one row per post in the order of the log; columns of shape (removals,)."""

    day: Ints  # day of the removal; the saving begins the day after
    rule: Shorts
    post: Ints
    pence: Longs  # per year, at the rates of the day
    row: Rows  # row in people of the one who left with the post by the same rule; −1 if it was empty, or they moved on
    until: Ints  # first day without the saving, possibly that of the removal; NEVER if it lasts
    end: Bytes  # index in `ENDS`

    def __len__(self) -> int:
        return len(self.day)

    def lasting(self, day: int) -> Bools:
        """Which posts were removed by the end of a day and still save on it, (removals,)."""
        return np.asarray((self.day <= day) & (self.until > day))


@once
def removals(run: Run) -> Removals:
    """The removals of a run.

    A post that is removed because its employer closes, or that a policy opened, has no row.
    """
    gone = run.log.closures
    gone = gone.take(np.flatnonzero(gone.pence > 0))
    left = exits(run)
    last = last_at(left.post, len(run.posts))[gone.post]  # who left each post for good, -1 for nobody
    same = last >= 0
    same[same] = (left.route[last[same]] == gone.rule[same]) & (left.day[last[same]] == gone.day[same])
    with_it = np.where(same, last, -1)  # the exit that came with the removal
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


# Returns after the scenario ends, by the curve of the scenario's own policies of returns, in closed form.


def lost_days(run: Run, found: Removals, edges: Longs) -> Floats:
    """Expected days on which each leaver is back, from each edge up to the next, (removals, edges − 1).

    `edges`, (edges,) or (removals, edges), are days after the scenario, in rising order. The result is zero for posts
    that were empty when removed, for savings already lost, and for leavers by a rule after which nobody returns. For a
    person who is away when the scenario ends, the chance to be still away later follows the curve, conditional on being
    away at the end.

    Args:
        run: the run.
        found: the removals of the run.
        edges: the days between which returns are counted.
    """
    lost = np.zeros((len(found), edges.shape[-1] - 1))
    for policy in run.scenario.policies.values():
        if not isinstance(policy, Returns):
            continue
        after = [run.code_of(name) for name in policy.after]
        rows = np.flatnonzero((found.row >= 0) & (found.until == NEVER) & np.isin(found.rule, after))
        away = (run.scenario.calendar.days - 1 - found.day[rows]) / DAYS_A_YEAR
        curve = {"share": policy.share, "scale": policy.scale_years, "shape": policy.shape}
        least = _no_return_years(policy, run)
        until = away[:, None] + (edges if edges.ndim == 1 else edges[rows]) / DAYS_A_YEAR
        kept = np.diff(away_years(until, least=least, **curve), axis=1)
        given = still_away(away, least=least, **curve)
        lost[rows] = (np.diff(until, axis=1) - kept / given[:, None]) * DAYS_A_YEAR
    return lost


def _no_return_years(policy: Returns, run: Run) -> float:
    """Years after leaving in which nobody comes back: by the policy's own term, or the window of section 16."""
    if policy.clawback_months is not None:
        return policy.clawback_months / 12.0
    last = run.scenario.calendar.origin + run.scenario.calendar.days - 1
    return (run.scenario.dated_law.alternative_window_days(last) + 1) / DAYS_A_YEAR
