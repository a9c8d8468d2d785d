"""Clinicians who leave commissioning groups: those whom the reform put in charge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from nhstransit import tables
from nhstransit.arrays import AnyArray
from nhstransit.dates import DAYS_A_YEAR
from nhstransit.errors import InputError, nearest
from nhstransit.metrics.capacity import GROUP
from nhstransit.metrics.definition import Definition
from nhstransit.run import Run
from nhstransit.run.spells import ARRIVED, LEFT, MOVED, MOVED_ON, month_days, month_names, spells

if TYPE_CHECKING:
    import pandas as pd

ClinicianCut = Literal["month", "employer", "region", "all"]
CLINICIAN_CUTS = ("month", "employer", "region", "all")


def clinicians_leaving(run: Run, *, by: ClinicianCut = "month") -> pd.DataFrame:
    """Clinicians in commissioning groups and those of them who go, on the payroll. Indexed by group of the cut.

    Columns: in_post_at_end (of the month, or of the run), came, left (the bodies of the model), moved_on (to another
    employer), clinician_years in post, left_a_year (left over clinician_years; NaN where there were none). Family doctors
    on a group's board who are not its staff are not in the data. Raises InputError for another cut.
    """
    if by not in CLINICIAN_CUTS:
        raise InputError("by", f"is {by!r}", nearest(str(by), CLINICIAN_CUTS))
    who = _stays(run)
    days, end = month_days(run), run.scenario.calendar.days
    if by == "month":
        names = month_names(run)
        came, gone = np.searchsorted(days, who["start"]), np.minimum(np.searchsorted(days, who["end"]), len(days) - 1)
        worked = np.clip(days[:, None] + 1 - who["start"], 0, who["end"] - who["start"]).sum(axis=1)
        here = ((who["start"] <= days[:, None]) & (who["end"] > days[:, None])).sum(axis=1)
        years = np.diff(worked, prepend=0) / DAYS_A_YEAR
    else:
        roster = run.scenario.roster
        names = list({"employer": roster.names, "region": roster.regions, "all": ("all",)}[by])
        code = {"employer": who["body"], "region": roster.region[who["body"]], "all": who["body"] * 0}[by]
        came, gone = code, code
        here = np.bincount(code[who["end"] == end], minlength=len(names))
        years = np.bincount(code, who["end"] - who["start"], len(names)) / DAYS_A_YEAR
    there = np.arange(len(names)) if by == "month" else np.flatnonzero(np.bincount(came, minlength=len(names)))
    left = np.bincount(gone[who["left"]], minlength=len(names))[there]
    columns = {
        "in_post_at_end": here[there],
        "came": np.bincount(came[who["came"]], minlength=len(names))[there],
        "left": left,
        "moved_on": np.bincount(gone[who["moved_on"]], minlength=len(names))[there],
        "clinician_years": years[there],
        "left_a_year": np.where(years[there] > 0, left / np.where(years[there] > 0, years[there], 1.0), np.nan),
    }
    return tables.frame({by: [names[place] for place in there.tolist()], **columns}, index=by)


def _stays(run: Run) -> dict[str, AnyArray]:
    """Each time that a clinician was in a post of a commissioning group: body, days, how it began and ended, (n,)."""
    held, employer = spells(run), run.posts.employer
    body = employer[held.post].astype("int64") if len(employer) else held.post.astype("int64")
    groups = run.scenario.roster.of_kinds((GROUP,))
    mine = np.flatnonzero(run.people.clinician[held.row] & groups[body])
    before, after = np.append(body, -1)[mine - 1], np.append(body, -1)[mine + 1]
    began, ended = held.began[mine], held.ended[mine]
    return {
        "body": body[mine],
        "start": held.start[mine],
        "end": held.end[mine],
        "came": (began == ARRIVED) | ((began == MOVED) & (before != body[mine])),
        "left": ended == LEFT,
        "moved_on": (ended == MOVED_ON) & (after != body[mine]),
    }


DEFINITIONS = (
    Definition(
        name="clinicians leaving commissioning groups",
        unit="people; people a clinician-year",
        formula="left / Σ days in post × 365.25",
        reference="central rate of leaving, as in NHS workforce statistics but for time at risk in place of mean stock",
        note="a move to another post of the same group is neither coming nor going",
    ),
)
