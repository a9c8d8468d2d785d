"""Whom a run lost: people, knowledge and experience across three boundaries, and how leavers differ from those they left.

Everything here speaks of the opening staff as they were on the first day, so that leavers can be held beside the whole.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Literal

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import AnyArray, Bools, Floats, Rows, guarded
from nhstransit.dates import DAYS_A_YEAR, complete_years
from nhstransit.errors import InputError, nearest
from nhstransit.eventlog import NOBODY, RULES
from nhstransit.kernels import expertise as kernel
from nhstransit.metrics.definition import Definition
from nhstransit.metrics.knowledge import KNOWLEDGE, Knowledge, opening_weights
from nhstransit.run import Run
from nhstransit.run.exits import last_route, out_but_in_the_nhs
from nhstransit.run.groups import Grouping, PeopleCut, grouping
from nhstransit.run.once import once
from nhstransit.run.spells import held_on
from nhstransit.workforce.codes import BANDS

if TYPE_CHECKING:
    import pandas as pd

Boundary = Literal["employer", "system", "nhs"]
BOUNDARIES = {
    "employer": "no longer with their first employer",
    "system": "in none of the bodies that send or receive",
    "nhs": "out of the NHS, net of those who returned",
}
OUTSIDE = ("nhs-elsewhere",)  # kinds of body that stand for the NHS beyond the reform
LONG_YEARS = 15  # of service; the published count of paid leavers is of those with more
SENIOR = BANDS.index("8a")


@attrs.frozen(eq=False, kw_only=True)
class Lost:
    """The opening staff, (n,) columns, and which of them were lost."""

    rows: Rows
    left: Bools
    weight: Floats  # knowledge at the start

    @property
    def loss(self) -> kernel.Loss:
        """Shares lost of people and knowledge, and the ratio of the two."""
        return kernel.loss(self.weight, self.left)


def lost(
    run: Run,
    boundary: Boundary = "nhs",
    *,
    on: dt.date | None = None,
    rules: tuple[str, ...] = (),
    knowledge: Knowledge = KNOWLEDGE,
) -> Lost:
    """Who of the opening staff was beyond a boundary at the end of a date, the run's last by default.

    Args:
        run: the run.
        boundary: one of `BOUNDARIES`, which says what each means.
        on: the date.
        rules: count only those who last left by one of these, such as ("mars",); all by default.
        knowledge: how it is weighed.

    Raises InputError for another boundary, a date outside the scenario, or a rule by which nobody could leave.
    """
    if boundary not in BOUNDARIES:
        raise InputError("boundary", f"is {boundary!r}", nearest(str(boundary), BOUNDARIES))
    day = _day(run, on)
    rows, beyond = _opening_rows(run), _beyond(run, boundary, day)
    if rules:
        beyond = beyond & np.isin(last_route(run, day), _codes(run, rules))
    return Lost(rows=rows, left=beyond[rows], weight=opening_weights(run, knowledge))


@once
def _opening_rows(run: Run) -> Rows:
    """The rows of the opening staff, (n,)."""
    return guarded(np.flatnonzero(run.opening_post != NOBODY))


def knowledge_lost(run: Run, boundary: Boundary = "nhs", *, knowledge: Knowledge = KNOWLEDGE) -> float:
    """The share of the opening knowledge lost by the end, m_K: one number a run, for `knowledge_at_risk`."""
    return lost(run, boundary, knowledge=knowledge).loss.knowledge


def knowledge_at_risk(shares_lost: AnyArray, level: float = 0.95) -> kernel.Tail:
    """Quantile and expected shortfall of knowledge lost over replications.

    `shares_lost` (runs,) are those of `knowledge_lost`; a level of 0.95 (0.90 to 0.99 are usual) asks what one run in twenty
    exceeds. Raises InputError for no runs, a share that is no number, or a level outside (0, 1).
    """
    return kernel.tail(shares_lost, level)


def losses(
    run: Run, *, on: dt.date | None = None, rules: tuple[str, ...] = (), knowledge: Knowledge = KNOWLEDGE
) -> pd.DataFrame:
    """What was lost across each boundary, beside the opening staff themselves in the first row. Indexed by boundary.

    Columns: meaning, people, wte, share_of_people (m), share_of_knowledge (m_K), selection_ratio (m_K over m), knowledge,
    experience_years (service at the start), share_over_15_years, share_band_8a_up, share_clinicians (of those in the row).
    Arguments and errors as for `lost`.
    """
    whom = {name: lost(run, name, on=on, rules=rules, knowledge=knowledge) for name in BOUNDARIES}  # type: ignore[arg-type]
    everyone = attrs.evolve(whom["nhs"], left=whom["nhs"].rows >= 0)
    rows = [_row(run, each) for each in (everyone, *whom.values())]
    table = {name: [row[name] for row in rows] for name in rows[0]}
    meaning = ["all of the opening staff", *BOUNDARIES.values()]
    return tables.frame({"boundary": ["opening staff", *BOUNDARIES], "meaning": meaning, **table}, index="boundary")


def losses_by_route(
    run: Run, boundary: Boundary = "system", *, on: dt.date | None = None, knowledge: Knowledge = KNOWLEDGE
) -> pd.DataFrame:
    """What each way of leaving took of the opening staff. Indexed by route: the rule by which each of the lost last left.

    Columns as for `losses`, without the meaning; "moved" are those who never left the bodies of the scenario.
    """
    whom = lost(run, boundary, on=on, knowledge=knowledge)
    exits = last_route(run, _day(run, on))[whom.rows]
    codes = np.unique(exits[whom.left]).tolist()
    rows = [_row(run, attrs.evolve(whom, left=whom.left & (exits == code))) for code in codes]
    columns = {name: [row[name] for row in rows] for name in _row(run, whom)}
    return tables.frame({"route": [run.rules.get(code, "moved") for code in codes], **columns}, index="route")


def leaver_mix(
    run: Run,
    by: PeopleCut = "function",
    *,
    boundary: Boundary = "nhs",
    on: dt.date | None = None,
    rules: tuple[str, ...] = (),
    knowledge: Knowledge = KNOWLEDGE,
) -> pd.DataFrame:
    """Leavers and opening staff by group. Indexed by group, groups without opening staff left out.

    Columns: people_at_start, people_lost, share_lost (of the group), share_of_start, share_of_lost (of all lost),
    representation (share_of_lost over share_of_start), knowledge_lost, share_of_knowledge_lost (of the group's).
    `by` is a characteristic as in `nhstransit.run.groups`; the rest as for `lost`.
    """
    whom, cut = lost(run, boundary, on=on, rules=rules, knowledge=knowledge), grouping(run, by)
    start, gone, known, taken = by_group(whom, cut)
    there = np.flatnonzero(start > 0)
    start, gone, known, taken = start[there], gone[there], known[there], taken[there]
    share_of_start = start / max(start.sum(), 1.0)
    share_of_lost = gone / max(gone.sum(), 1.0)
    columns = {
        "people_at_start": start.astype("int64"),
        "people_lost": gone.astype("int64"),
        "share_lost": gone / start,
        "share_of_start": share_of_start,
        "share_of_lost": share_of_lost,
        "representation": share_of_lost / share_of_start,
        "knowledge_lost": taken,
        "share_of_knowledge_lost": taken / known,
    }
    return tables.frame({cut.by: [cut.names[code] for code in there.tolist()], **columns}, index=cut.by)


def by_group(whom: Lost, cut: Grouping) -> tuple[Floats, Floats, Floats, Floats]:
    """People and people lost, knowledge and knowledge lost, each (groups,)."""
    cell, size = cut.codes[whom.rows] * 2 + whom.left, len(cut)  # those still there beside those lost
    heads = np.asarray(np.bincount(cell, minlength=2 * size), "float64").reshape(size, 2)
    minds = np.asarray(np.bincount(cell, whom.weight, 2 * size), "float64").reshape(size, 2)
    return heads.sum(axis=1), heads[:, 1], minds.sum(axis=1), minds[:, 1]


def _row(run: Run, whom: Lost) -> dict[str, object]:
    people, who, loss = run.people, whom.rows[whom.left], whom.loss
    origin = run.scenario.calendar.origin
    return {
        "people": len(who),
        "wte": float(people.wte[who].sum()),
        "share_of_people": loss.share,
        "share_of_knowledge": loss.knowledge,
        "selection_ratio": loss.selection,
        "knowledge": float(whom.weight[whom.left].sum()),
        "experience_years": float((origin - people.service_from[who].astype("int64")).sum() / DAYS_A_YEAR),
        "share_over_15_years": _mean(complete_years(people.service_from[who], origin) >= LONG_YEARS),
        "share_band_8a_up": _mean(people.band[who] >= SENIOR),
        "share_clinicians": _mean(people.clinician[who]),
    }


def _mean(flags: AnyArray) -> float:
    return float(flags.mean()) if len(flags) else float("nan")


def _day(run: Run, on: dt.date | None) -> int:
    calendar = run.scenario.calendar
    day = calendar.days - 1 if on is None else calendar.day(on)
    if not 0 <= day < calendar.days:
        right = f"give one from {run.scenario.start} to {run.scenario.end}"
        raise InputError("on", f"{on} lies outside the scenario", right)
    return day


@once
def _beyond(run: Run, boundary: Boundary, day: int) -> Bools:
    """Who of the people is beyond the boundary at the end of a day, (people,); means something for opening staff only."""
    last = day == run.scenario.calendar.days - 1
    post = run.closing.post if last else held_on(run, day)
    employer, roster = run.posts.employer, run.scenario.roster
    out: Bools = np.asarray(post == NOBODY)
    if not len(employer):
        return out
    if boundary == "employer":
        return np.asarray(out | (employer[post] != employer[run.opening_post]))
    if boundary == "system":
        return np.asarray(out | roster.of_kinds(OUTSIDE)[employer[post]])
    return np.asarray(out & ~out_but_in_the_nhs(run, day))


def _codes(run: Run, rules: tuple[str, ...]) -> list[int]:
    known = {*RULES, *run.scenario.policies}
    for name in rules:
        if name not in known:
            raise InputError("rules", f"name {name!r}", nearest(name, known))
    return [run.code_of(name) for name in rules]


DEFINITIONS = (
    Definition(
        name="people lost",
        unit="share of the opening staff",
        formula="m = |L| / |N|",
        reference="Docquier, Lohest and Marfouk 2007",
        note="at three boundaries: the employer; sending and receiving bodies; the NHS net of those who returned",
    ),
    Definition(
        name="knowledge lost",
        unit="share of the knowledge of the opening staff",
        formula="m_K = Σ_L k / Σ_N k = m × SR",
        reference="Docquier, Lohest and Marfouk 2007; Docquier and Rapoport 2012",
    ),
    Definition(
        name="selection ratio",
        unit="ratio",
        formula="SR = mean_L(k) / mean_N(k)",
        reference="Docquier, Lohest and Marfouk 2007",
        note="1 if leavers were drawn by lot; above 1 the better left",
    ),
    Definition(
        name="experience-years lost",
        unit="years of NHS service at the start",
        formula="Σ_L service",
        reference="National Audit Office 2025, on skills kept at exits",
    ),
    Definition(
        name="representation",
        unit="ratio",
        formula="(|L_g| / |L|) / (|N_g| / |N|)",
        reference="shares of leavers by length of service, band, profession and function, as HSJ 2011 counted them",
    ),
    Definition(
        name="knowledge at risk",
        unit="share of the knowledge of the opening staff",
        formula="least x with P(m_K ≤ x) ≥ α over replications; beyond it 1/(1−α) ∫_α^1 q(u) du",
        reference="Rigby and others 2016; Acerbi and Tasche 2002",
        note="expected shortfall is the mean of the worst share 1 − α of runs",
    ),
)
