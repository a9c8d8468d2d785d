"""Applicants to the first national MARS as a share of staff, in two readings of the published figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nhstransit import tables
from nhstransit.arrays import Bools, Ints
from nhstransit.england.evidence import Record, codes
from nhstransit.england.figures import Reading
from nhstransit.england.outcomes import bundled_outcomes
from nhstransit.england.payroll import bundled_payroll
from nhstransit.errors import InputError, check_kind
from nhstransit.log import Kind
from nhstransit.run import Run

if TYPE_CHECKING:
    import pandas as pd

IN_SCOPE = "all applicants were staff in scope"
EVERYONE = "applicants came from everyone employed, provider arms included"


def mars_applicants(run: Run, *, reading: Reading | None = None) -> pd.DataFrame:
    """Applicants to the first national MARS as a share of staff, in two readings of the published figure.

    Four trusts reported applications as a share of all their employees, including their provider arms. No source says
    whether staff of the arms applied. In the first reading, none of them applied, so applicants are divided by the
    staff in scope. In the second reading, they applied at the rate of everyone else, so the published share is also the
    rate of staff in scope. If the run has no provider arms, the number employed is the staff in scope, scaled up by the
    payroll of April 2010, which includes the arms.

    Columns: reading, applicants, staff (heads), share, trusts_p10 and trusts_p90 (the tenth and ninetieth percentiles
    of the share over trusts). The second reading is left out if the run has neither provider arms nor the trusts of the
    payroll.

    Args:
        run: the run.
        reading: the policies and organisations that the published figures refer to; by default those of the bundled
            file.

    Raises:
        InputError: nobody applied.
    """
    check_kind("run", run, Run)
    read = reading or bundled_outcomes().reading
    record = Record(run)
    made = run.log.steps(Kind.APPLIED)
    mine = np.isin(made.rule, codes(run, read, "first_mars"))
    if not mine.any():
        raise InputError(
            "run", "has no applicants to the first national MARS", "give a run of a scenario with that scheme"
        )
    # Staff are counted on the day of the first application, whichever employer it was sent to.
    held = record.held_on(int(made.day[mine].min()))
    trusts = record.bodies_of(read.asked)
    senders = record.bodies_of(read.senders)
    arms = record.bodies_of(read.arms)
    employer = run.posts.employer
    # Heads and applications of each organisation, (organisations,), as in `senders`.
    heads = np.bincount(employer[held[held >= 0]], minlength=len(senders))
    applied = np.bincount(employer[made.post[mine]], minlength=len(senders))
    # A trust without staff has no share of applicants.
    in_scope = trusts & (heads > 0)
    staff = {IN_SCOPE: int(heads[trusts].sum())}
    # A run with provider arms has the wider denominator itself; without them it is scaled up from the payroll.
    if heads[arms].any():
        staff[EVERYONE] = int(heads[trusts | arms].sum())
    elif set(bundled_payroll().names) <= set(run.scenario.roster.names):
        staff[EVERYONE] = round(staff[IN_SCOPE] * _everyone_a_head(record, held, trusts))
    rates = applied[in_scope] / heads[in_scope]
    low, high = np.quantile(rates, [0.1, 0.9]).tolist()
    applicants = int(applied[trusts | arms].sum())
    rows = []
    for name, count in staff.items():
        # More staff and the same applicants: every share shrinks by the same factor.
        thinner = staff[IN_SCOPE] / count
        rows.append((name, applicants, count, applicants / count, low * thinner, high * thinner))
    names = ("reading", "applicants", "staff", "share", "trusts_p10", "trusts_p90")
    return tables.of_rows(names, rows)


def _everyone_a_head(record: Record, held: Ints, trusts: Bools) -> float:
    """WTE on the payroll of all trusts in its first month, over the WTE of these trusts in the run."""
    wte = record.run.people.wte[record.in_bodies(held, trusts)].sum()
    payroll = bundled_payroll()
    # A trust without an entry in a month is NaN, and counts as zero.
    return float(np.nansum(payroll.on(payroll.months[0])) / wte)
