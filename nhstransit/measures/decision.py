"""The figures used to choose between options: the costs of a policy, the expertise kept and the groups affected."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from nhstransit.dates import complete_years
from nhstransit.errors import check_kind
from nhstransit.log import COLUMNS
from nhstransit.measures.appraisal import present_values
from nhstransit.measures.cover import grid
from nhstransit.measures.definitions import Definition
from nhstransit.measures.drain import LONG_YEARS, lost
from nhstransit.measures.equality import compulsory
from nhstransit.measures.headline_figures import headlines
from nhstransit.run import Run
from nhstransit.toml import Named
from nhstransit.workforce.columns import SEXES, at_least

OLD = 50  # years of age at the start
SENIOR = "8a"
SMALLEST = 10  # people in a group, and outside it; a difference of rates between fewer people is unreliable
DIGEST = "digest of events"
UNITS = {
    "cost to the Exchequer": "£",
    "social value": "£",
    "expertise kept": "% of knowledge",
    "months below cover": "function-months",
    "long-serving staff lost": "% of long-serving staff",
    "equality gap": "percentage points",
    "forced exits": "people",
    DIGEST: "",
}
DEFINITIONS = (
    Definition(
        name="cost to the Exchequer",
        unit="£, present value at the prices of the scenario's first financial year",
        formula="minus the net present value of the simulated lines, in the Exchequer's view",
        reference="HM Treasury, Green Book 2026",
        note="Negative if the run saves money. Lines entered by the scenario's author are left out.",
    ),
    Definition(
        name="equality gap",
        unit="percentage points",
        formula="max over characteristics of |x1 / n1 − x0 / n0|; x: people forced out, n: opening staff",
        reference="Equality Act 2010, section 149, under which the effects on groups are considered before a decision",
        note="Characteristics: sex; age 50 or over; Band 8a or over. A group of fewer than 10 people is left out.",
    ),
)


def decision_figures(run: Run) -> Named[float]:
    """The headline figures and the figures used to choose between options, by name. `UNITS` has the units of the latter.

    *Expertise kept* is the share of the opening staff's knowledge still in the NHS at the end. *Months below cover*
    counts employers' functions at month ends with less than the minimum cover. *Long-serving staff* had 15 years or
    more of service at the start; they are lost if they are out of the NHS at the end. *Forced exits* are people who
    left under a policy that had not selected them among its applicants. The *digest of events* is equal for two runs
    with the same events; it has no other meaning.

    Raises:
        InputError, ParameterError: the run cannot be appraised; see `present_values`.
    """
    check_kind("run", run, Run)
    worth: Any = present_values(run).loc["total simulated"]
    figures = headlines(run)
    lost_staff = lost(run, "nhs")
    origin = run.scenario.calendar.origin
    long = complete_years(run.people.service_from[lost_staff.rows], origin) >= LONG_YEARS
    forced = named_forced(run)
    return Named(
        {
            **figures,
            "cost to the Exchequer": -float(worth["exchequer"]),
            "social value": float(worth["social"]),
            "expertise kept": 100.0 - figures["knowledge lost"],
            "months below cover": float(grid(run).below.sum()),
            "long-serving staff lost": 100.0 * float(lost_staff.left[long].mean()) if long.any() else 0.0,
            "equality gap": equality_gap(run, forced),
            "forced exits": float(forced.sum()),
            DIGEST: events_digest(run),
        }
    )


def named_forced(run: Run) -> np.ndarray:
    """Whether each person left at least once under a policy that had not selected them among its applicants, (people,)."""
    left = run.log.exits
    leavers = run.rows_of(left.staff)
    mask = np.zeros(len(run.people), bool)
    mask[leavers[compulsory(run, left)]] = True
    return mask


def equality_gap(run: Run, forced: np.ndarray) -> float:
    """The largest difference in the rate of forced exits between a group of the opening staff and everyone outside it.

    The groups are women, people aged 50 or over, and people in band 8a or over. A group is left out unless there are
    ten people in it and ten outside it. In percentage points; 0 if every group is left out.

    Args:
        run: the run.
        forced: whether each person was forced out, (people,).
    """
    people = run.people
    there = np.flatnonzero(run.opening_post >= 0)
    groups = (
        people.sex == SEXES.index("female"),
        complete_years(people.born, run.scenario.calendar.origin) >= OLD,
        at_least(people.band, SENIOR),
    )
    gaps = [0.0]
    for group in groups:
        inside = group[there]
        if min(int(inside.sum()), int((~inside).sum())) >= SMALLEST:
            forced_here = forced[there]
            gap = forced_here[inside].mean() - forced_here[~inside].mean()
            gaps.append(100.0 * abs(float(gap)))
    return max(gaps)


def events_digest(run: Run) -> float:
    """A number from 0 to 2⁴⁸ that is equal for logs with the same events, whatever their order within a day."""
    # 48 bits of the digest, because a float64 holds whole numbers exactly only up to 2⁵³.
    log = run.log.ordered()
    content = hashlib.sha256()
    for name in COLUMNS:
        content.update(np.ascontiguousarray(getattr(log, name)).tobytes())
    return float(int.from_bytes(content.digest()[:6], "big"))
