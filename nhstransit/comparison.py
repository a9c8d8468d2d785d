"""Two worlds with the same luck: what differs in the scenarios, in the results, and for each person."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import Bools, Bytes, Ints
from nhstransit.errors import InputError
from nhstransit.eventlog import COLUMNS
from nhstransit.metrics import headlines
from nhstransit.metrics.figures import UNITS
from nhstransit.run import Run
from nhstransit.scenario import Change, differences

if TYPE_CHECKING:
    import pandas as pd

STRATA = ("here either way", "gone because of it", "kept because of it", "gone either way")


@attrs.frozen(eq=False, slots=False, repr=False, kw_only=True)
class Comparison:
    """A run beside its baseline, person by person; everything is read from the two when it is first asked for."""

    run: Run
    baseline: Run

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """What differs between the scenarios: dotted paths, with the baseline's part first."""
        return differences(self.baseline.scenario, self.run.scenario)

    @cached_property
    def gaps(self) -> pd.DataFrame:
        """Headline figures of the run and the baseline, and the gap between them; indexed by measure."""
        ours, theirs = headlines(self.run), headlines(self.baseline)
        names = list(UNITS)
        columns = {
            "measure": names,
            "run": [ours[name] for name in names],
            "baseline": [theirs[name] for name in names],
            "gap": [ours[name] - theirs[name] for name in names],
            "unit": list(UNITS.values()),
        }
        return tables.frame(columns, index="measure")

    @cached_property
    def staff(self) -> Ints:
        """Identities of the opening staff that both worlds share, in order."""
        return np.intersect1d(_opening(self.run), _opening(self.baseline))

    @cached_property
    def stratum(self) -> Bytes:
        """Position in `STRATA` of each of `staff`: in post at the end in both worlds, one, or neither."""
        ours, theirs = _gone(self.run, self.staff), _gone(self.baseline, self.staff)
        return np.asarray(ours * 1 + theirs * 2, "int8")

    @cached_property
    def strata(self) -> pd.DataFrame:
        """How many of the opening staff are in each stratum; indexed by stratum."""
        counts = np.bincount(self.stratum, minlength=len(STRATA))
        return tables.frame({"stratum": STRATA, "people": counts}, index="stratum")

    @cached_property
    def first_difference(self) -> int | None:
        """The first day on which the logs part; None where they are the same."""
        return first_difference(self.run, self.baseline)

    def __repr__(self) -> str:
        gaps = self.gaps[self.gaps["gap"] != 0]
        lines = [*_sentences(self), ""]
        lines.append(gaps.to_string(float_format="{:,.0f}".format) if len(gaps) else "No headline figure differs.")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        from html import escape

        gaps = self.gaps[self.gaps["gap"] != 0]
        told = "".join(f"<p>{escape(line)}</p>" for line in _sentences(self))
        return told + (gaps.to_html(float_format="{:,.0f}".format) if len(gaps) else "")


def compare(run: Run, *, baseline: Run) -> Comparison:
    """`run` beside `baseline`: two worlds that should share their luck, so the seeds must be the same.

    Raises InputError for runs of different seeds or of worlds that have nobody in common.
    """
    if run.seed != baseline.seed:
        wrong = f"have the seeds {run.seed} and {baseline.seed}"
        raise InputError("the two runs", wrong, "simulate both with one seed, so that they share their luck")
    if not len(np.intersect1d(_opening(run), _opening(baseline))) and len(run.people):
        raise InputError("the two runs", "have nobody in common at the start", "compare worlds with the same staff")
    return Comparison(run=run, baseline=baseline)


def first_difference(run: Run, baseline: Run) -> int | None:
    """The first day on which two logs differ, or None; their calendars must start on one date."""
    if run.scenario.start != baseline.scenario.start:
        wrong = f"start on {run.scenario.start} and {baseline.scenario.start}"
        raise InputError("the two runs", wrong, "compare logs of worlds that start on one date")
    ours, theirs = run.log.ordered(), baseline.log.ordered()
    shared = min(len(ours), len(theirs))
    differs = np.zeros(shared, bool)
    for name in COLUMNS:
        differs |= getattr(ours, name)[:shared] != getattr(theirs, name)[:shared]
    if differs.any():
        place = int(np.argmax(differs))
        return int(min(ours.day[place], theirs.day[place]))
    if len(ours) == len(theirs):
        return None
    return int((ours if len(ours) > shared else theirs).day[shared])


def _opening(run: Run) -> Ints:
    return run.people.staff[run.opening_post >= 0]


def _gone(run: Run, staff: Ints) -> Bools:
    """Whether each of `staff` is out of post at the end."""
    return np.asarray(run.closing.post[run.rows_of(staff)] < 0)


def _sentences(comparison: Comparison) -> list[str]:
    """The comparison in at most three sentences."""
    changes = [str(change) for change in comparison.changes]
    removed = sorted(
        {change.path.split(".")[1] for change in comparison.changes if change.path.startswith("policies.")}
    )
    many = "1 setting differs" if len(changes) == 1 else f"{len(changes)} settings differ"
    what = many + (f", in the policies {', '.join(removed)}" if removed else "")
    first = comparison.first_difference
    if first is None:
        return [what + ".", "The two worlds are the same, event for event."]
    counts = comparison.strata["people"]
    told = ", ".join(f"{counts[name]:,} {name}" for name in STRATA)
    date = comparison.run.scenario.calendar.date(first)
    return [what + ".", f"The worlds are the same until {date}.", f"Of the opening staff at the end: {told}."]
