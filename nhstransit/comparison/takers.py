"""Deadweight: who was paid to go and would have gone unpaid, in the paired world that made no offer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from nhstransit import tables
from nhstransit.arrays import Bools, Ints, Longs
from nhstransit.comparison.people import check_pair, first_departure, opening, paid_for_going
from nhstransit.dates import add_months
from nhstransit.errors import InputError, nearest
from nhstransit.eventlog import EXIT_MONEY
from nhstransit.run import Run

if TYPE_CHECKING:
    import pandas as pd

HORIZONS = (12, 24)  # months after the day on which the scheme let each go
MOST = 1200  # months of a horizon: a hundred years


def deadweight(run: Run, baseline: Run, scheme: str, *, months: Sequence[int] = HORIZONS) -> pd.DataFrame:
    """Of those a scheme paid to go, what they did in the world without it, a row a horizon, indexed by months.

    Args:
        run: the world with the scheme.
        baseline: the same world and luck, in which this rule pays nobody.
        scheme: the policy's name, such as "mars".
        months: horizons, counted from the day each went with the scheme's money.

    Returns:
        Columns takers; `unpaid` (left within the horizon with no payment), `paid_otherwise` (left within it and were paid by
        another rule), `not_gone` by then; `unseen` (not gone, and the horizon reaches past the runs' last day), these four
        making up the takers; share (unpaid over the takers whose fate is seen); pounds paid to the unpaid, and their share
        of all pounds of the scheme.

    Raises:
        InputError: for a policy that the run does not have or that pays nobody to go, one that pays in the baseline too,
            horizons that are no months, or runs that are no pair.
    """
    check_pair(run, baseline)
    check_scheme(run, baseline, scheme)
    check_months(months)
    staff, went, pence = paid_for_going(run, run.code_of(scheme))
    both = np.isin(staff, opening(baseline))
    staff, went, pence = staff[both], went[both], pence[both]
    announced = run.scenario.calendar.day(run.scenario.policies[scheme].announced)
    left, paid = first_departure(baseline, staff, announced)
    rows = [_row(baseline, span, went, left, paid, pence) for span in months]
    names = ("months", "takers", "unpaid", "paid_otherwise", "not_gone", "unseen", "share", "pounds", "share_of_pounds")
    return tables.frame(dict(zip(names, zip(*rows, strict=True), strict=True)), index="months")


def told_deadweight(pairs: Sequence[tuple[Run, Run]], *, months: int = HORIZONS[-1]) -> list[str]:
    """A sentence for each scheme that pays people to go in the runs and in none of the baselines: its deadweight.

    `pairs` are runs and their baselines, of one scenario on either side; people and pounds are added up over them.
    """
    sentences = []
    for name, policy in pairs[0][0].scenario.policies.items():
        if policy.question != "severance":
            continue
        if any(len(paid_for_going(other, other.code_of(name))[0]) for _, other in pairs):
            continue
        found = [deadweight(run, other, name, months=(months,)) for run, other in pairs]
        takers, unpaid, unseen = (
            sum(int(table[column].sum()) for table in found) for column in ("takers", "unpaid", "unseen")
        )
        pounds = sum(float(table["pounds"].sum()) for table in found)
        if takers:
            later = f"; of {unseen:,} it cannot be seen" if unseen else ""
            share = f" ({unpaid / (takers - unseen):.0%})" if takers > unseen else ""
            sentences.append(
                f"Deadweight of {name}: of {takers:,} people paid to go, {unpaid:,}{share} would have left unpaid within "
                f"{months} months{later}; they were paid £{pounds:,.0f}."
            )
    return sentences


def check_scheme(run: Run, baseline: Run, scheme: str) -> None:
    """Raise InputError unless a policy is in the run and pays nobody for going in the baseline."""
    policies = run.scenario.policies
    if scheme not in policies:
        raise InputError(f"policies.{scheme}", "is not in the run", nearest(scheme, policies))
    if len(paid_for_going(baseline, baseline.code_of(scheme))[0]):
        right = f"make the baseline of run.scenario.without({scheme!r})"
        raise InputError(f"policies.{scheme}", "pays people to go in the baseline too", right)
    if policies[scheme].question != "severance" and not len(paid_for_going(run, run.code_of(scheme))[0]):
        others = {run.rules[rule] for rule in np.unique(run.log.steps(*EXIT_MONEY).rule).tolist()}
        raise InputError(f"policies.{scheme}", "pays nobody to go in the run", nearest(scheme, others))


def check_months(months: Sequence[int]) -> None:
    """Raise InputError unless these are horizons: one at least, whole months of 0 or more."""
    each = list(months) if isinstance(months, Iterable) and not isinstance(months, str) else []
    if not each or not all(isinstance(span, (int, np.integer)) and 0 <= span <= MOST for span in each):
        raise InputError("months", f"are {months!r}", f"give whole numbers from 0 to {MOST}, such as {HORIZONS}")


def until(run: Run, days: Ints, months: int) -> Longs:
    """The day so many months after each day of a run, (n,)."""
    origin = run.scenario.calendar.origin
    return np.asarray(add_months(days.astype("int64") + origin, months) - origin)


def _row(
    baseline: Run, months: int, went: Ints, left: Ints, paid: Bools, pence: Longs
) -> tuple[int, int, int, int, int, int, float, float, float]:
    """One horizon."""
    end = until(baseline, went, months)
    out = left <= end
    unseen = ~out & (end >= baseline.scenario.calendar.days)
    unpaid = out & ~paid
    seen = len(went) - int(unseen.sum())
    lost, total = int(pence[unpaid].sum()), int(pence.sum())
    return (
        months,
        len(went),
        int(unpaid.sum()),
        int((out & paid).sum()),
        int((~out & ~unseen).sum()),
        int(unseen.sum()),
        int(unpaid.sum()) / seen if seen else float("nan"),
        lost / 100.0,
        lost / total if total else float("nan"),
    )
