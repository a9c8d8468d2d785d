"""People, knowledge and experience lost, how leavers differ from all staff, and how unequal losses are between groups.

References:
    Theil, Economics and Information Theory (1967), chapter 4. Gini's ratio for groups of unequal size: Cowell, Measuring
    Inequality (3rd ed. 2011), chapter 2. Duncan and Duncan, American Sociological Review 20 (1955) 210–217: dissimilarity.
    Lin, IEEE Transactions on Information Theory 37 (1991) 145–151: Jensen–Shannon divergence.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import AnyArray, Bools, Floats, Rows, guarded
from nhstransit.dates import DAYS_A_YEAR, complete_years
from nhstransit.errors import InputError, check_kind, nearest
from nhstransit.log import NOBODY, RULES
from nhstransit.measures import knowledge as kernel
from nhstransit.measures.definitions import Definition
from nhstransit.measures.knowledge import KNOWLEDGE, Knowledge, opening_weights
from nhstransit.measures.readiness import GROUP
from nhstransit.pence import check_numbers
from nhstransit.run import Run
from nhstransit.run.exits import last_route, out_but_in_the_nhs
from nhstransit.run.groups import Grouping, PeopleCut, grouping
from nhstransit.run.once import once
from nhstransit.run.spells import ARRIVED, LEFT, MOVED, MOVED_ON, held_on, month_days, month_names, spells
from nhstransit.workforce.columns import at_least

if TYPE_CHECKING:
    import pandas as pd


def theil(lost: Floats, stock: Floats) -> float:
    """Theil's T of loss rates over groups with `lost` (g,) out of `stock` (g,): `Σ l_g ln(l_g / s_g)` of their shares.

    It is 0 if every group loses the same share, and at most the log of the total stock over the smallest group. It is
    NaN if nothing is lost.
    """
    shares = _shares(lost, stock)
    return float("nan") if shares is None else _divergence(*shares)


def gini(lost: Floats, stock: Floats) -> float:
    """Gini's ratio of loss rates over groups, weighted by their stock: 0 if rates are equal, near 1 if few groups lose
    all.

    `Σ_g Σ_h s_g s_h |x_g − x_h| / 2x̄` of the rates x, computed from the area under the Lorenz curve. NaN if nothing is
    lost.
    """
    shares = _shares(lost, stock)
    if shares is None:
        return float("nan")
    lost_share, stock_share = shares
    # The Lorenz curve: groups in order of their rate, cumulative loss against cumulative stock. Twice the area under it
    # is a sum of trapezia, and Gini's ratio is 1 less that. Rounding can make it slightly negative if rates are equal.
    order = np.argsort(lost_share / stock_share, kind="stable")
    loss_in_order = lost_share[order]
    height = np.cumsum(loss_in_order)
    twice_area = (stock_share[order] * (2.0 * height - loss_in_order)).sum()
    return max(float(1.0 - twice_area), 0.0)


def dissimilarity(one: Floats, other: Floats) -> float:
    """`½ Σ |p_g − q_g|` of two mixes given as amounts (g,): the share of one mix that would have to change group to
    match the other. NaN for an empty mix.
    """
    p = _mix(one)
    q = _mix(other)
    return float(0.5 * np.abs(p - q).sum())


def jensen_shannon(one: Floats, other: Floats) -> float:
    """Jensen–Shannon divergence of two mixes given as amounts (g,), in bits: 0 if identical, 1 if nothing is in common.

    `½ KL(p ‖ m) + ½ KL(q ‖ m)`, where m is their mean and logarithms are to base 2. NaN for an empty mix.
    """
    p = _mix(one)
    q = _mix(other)
    if np.isnan(p).any() or np.isnan(q).any():
        return float("nan")
    middle = (p + q) / 2.0
    return (_divergence(p, middle) + _divergence(q, middle)) / (2.0 * float(np.log(2.0)))


def _divergence(p: Floats, q: Floats) -> float:
    """`Σ p ln(p/q)` over the groups with p above zero. In these groups q must also be above zero."""
    some = p > 0
    terms = p[some] * np.log(p[some] / q[some])
    return max(float(terms.sum()), 0.0)


def _mix(amounts: Floats) -> Floats:
    amounts = np.asarray(amounts, "float64")
    total = amounts.sum()
    return np.asarray(amounts / total) if total > 0 else np.full(len(amounts), np.nan)


def _shares(lost: Floats, stock: Floats) -> tuple[Floats, Floats] | None:
    """Shares of the loss and of the stock by group, leaving out groups without stock. None if nothing is lost."""
    lost = np.asarray(lost, "float64")
    stock = np.asarray(stock, "float64")
    lost_from_nothing = (stock <= 0) & (lost > 0)
    if lost_from_nothing.any() or (lost < 0).any():
        raise InputError(
            "lost", "is negative or larger than the stock in some group", "give the part of each stock that was lost"
        )
    some = stock > 0
    if not lost.sum() > 0:
        return None
    return _mix(lost[some]), _mix(stock[some])


# People, knowledge and experience lost across three boundaries, and how leavers differ from the staff as a whole.
#
# All characteristics are those of the opening staff on the first day, so that leavers can be compared with all staff.

Boundary = Literal["employer", "system", "nhs"]
BOUNDARIES = {
    "employer": "no longer with their first employer",
    "system": "no longer with an organisation of this reform",
    "nhs": "out of the NHS, net of people who returned",
}
OUTSIDE = ("nhs-elsewhere",)  # kinds of organisation that represent the NHS beyond the reform
LONG_YEARS = 15  # years of service; the published count is of paid leavers with more
SENIOR = "8a"


@attrs.frozen(eq=False, kw_only=True)
class Lost:
    """The rows of the opening staff, whether each person was lost, and their knowledge at the start, (n,) each."""

    rows: Rows
    left: Bools
    weight: Floats  # knowledge of each person at the start

    @property
    def loss(self) -> kernel.Loss:
        """The shares of people and of knowledge that were lost, and the ratio of the two."""
        return kernel.loss(self.weight, self.left)


def lost(
    run: Run,
    boundary: Boundary = "nhs",
    *,
    on: dt.date | None = None,
    rules: tuple[str, ...] = (),
    knowledge: Knowledge = KNOWLEDGE,
) -> Lost:
    """Which of the opening staff were beyond a boundary at the end of a day, by default the run's last day.

    Args:
        run: the run.
        boundary: one of `BOUNDARIES`, where each is explained.
        on: the date.
        rules: count only people whose last exit was caused by one of these, such as ("mars",); all by default.
        knowledge: how knowledge is weighted.

    Raises:
        InputError: the boundary is unknown, the date is outside the scenario, or nobody can leave under one of the
            rules.
    """
    if boundary not in BOUNDARIES:
        raise InputError("boundary", f"is {boundary!r}", nearest(str(boundary), BOUNDARIES))
    day = _day(run, on)
    rows = _opening_rows(run)
    beyond = _beyond(run, boundary, day)
    if rules:
        beyond = beyond & np.isin(last_route(run, day), _codes(run, rules))
    return Lost(rows=rows, left=beyond[rows], weight=opening_weights(run, knowledge))


@once
def _opening_rows(run: Run) -> Rows:
    """The rows of the opening staff, (n,)."""
    return guarded(np.flatnonzero(run.opening_post != NOBODY))


def knowledge_lost(run: Run, boundary: Boundary = "nhs", *, knowledge: Knowledge = KNOWLEDGE) -> float:
    """The share of the opening staff's knowledge lost by the end of the run, m_K, as needed by `knowledge_at_risk`.

    Args:
        run: the run.
        boundary: one of `BOUNDARIES`.
        knowledge: how knowledge is weighted.
    """
    check_kind("run", run, Run)
    return lost(run, boundary, knowledge=knowledge).loss.knowledge


def knowledge_at_risk(shares_lost: AnyArray, level: float = 0.95) -> kernel.Tail:
    """Quantile and expected shortfall of knowledge lost over replications.

    `shares_lost` (runs,) are results of `knowledge_lost`. At a level of 0.95, the quantile is the loss that one run in
    twenty exceeds; levels from 0.90 to 0.99 are usual. Raises InputError if there are no runs, if a share is not a
    number, or if the level is not between 0 and 1.
    """
    check_numbers("shares_lost", shares_lost)
    return kernel.tail(shares_lost, level)


def losses(
    run: Run, *, on: dt.date | None = None, rules: tuple[str, ...] = (), knowledge: Knowledge = KNOWLEDGE
) -> pd.DataFrame:
    """Losses across each boundary, with all of the opening staff in the first row. Indexed by boundary.

    Columns: meaning, people, wte, share_of_people (m), share_of_knowledge (m_K), selection_ratio (m_K over m),
    knowledge, experience_years (service at the start), share_over_15_years, share_band_8a_up, share_clinicians (of the
    people in the row).

    Args:
        run, on, rules, knowledge: as in `lost`.

    Raises:
        InputError: as in `lost`.
    """
    check_kind("run", run, Run)
    each_lost = {name: lost(run, name, on=on, rules=rules, knowledge=knowledge) for name in BOUNDARIES}  # type: ignore[arg-type]
    everyone = attrs.evolve(each_lost["nhs"], left=each_lost["nhs"].rows >= 0)
    rows = [_row(run, each) for each in (everyone, *each_lost.values())]
    table = {name: [row[name] for row in rows] for name in rows[0]}
    meaning = ["all of the opening staff", *BOUNDARIES.values()]
    return tables.frame({"boundary": ["opening staff", *BOUNDARIES], "meaning": meaning, **table}, index="boundary")


def losses_by_route(
    run: Run, boundary: Boundary = "system", *, on: dt.date | None = None, knowledge: Knowledge = KNOWLEDGE
) -> pd.DataFrame:
    """The opening staff lost by each route. Indexed by route: the policy or other cause of each lost person's last
    exit.

    Columns: people, wte, share_of_people, share_of_knowledge, selection_ratio, knowledge, experience_years,
    share_over_15_years, share_band_8a_up, share_clinicians, as in `losses`. The route "moved" is for people who crossed
    the boundary but never left the employers of the scenario.

    Args:
        run, boundary, on, knowledge: as in `lost`.

    Raises:
        InputError: as in `lost`.
    """
    check_kind("run", run, Run)
    lost_staff = lost(run, boundary, on=on, knowledge=knowledge)
    exits = last_route(run, _day(run, on))[lost_staff.rows]
    codes = np.unique(exits[lost_staff.left]).tolist()
    rows = []
    for code in codes:
        by_route = attrs.evolve(lost_staff, left=lost_staff.left & (exits == code))
        rows.append(_row(run, by_route))
    columns = {name: [row[name] for row in rows] for name in _row(run, lost_staff)}
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
    """Leavers and opening staff by group. Indexed by group; groups without opening staff are left out.

    Columns: people_at_start, people_lost, share_lost (of the group), share_of_start, share_of_lost (of everyone lost),
    representation (share_of_lost over share_of_start), knowledge_lost, share_of_knowledge_lost (of the group's
    knowledge).

    Args:
        run: the run.
        by: a characteristic, as in `nhstransit.run.groups`.
        boundary, on, rules, knowledge: as in `lost`.

    Raises:
        InputError: as in `lost`, and for an unknown characteristic.
    """
    check_kind("run", run, Run)
    lost_staff = lost(run, boundary, on=on, rules=rules, knowledge=knowledge)
    cut = grouping(run, by)
    start, gone, known, known_lost = by_group(lost_staff, cut)
    there = np.flatnonzero(start > 0)
    start = start[there]
    gone = gone[there]
    known = known[there]
    known_lost = known_lost[there]
    share_of_start = start / max(start.sum(), 1.0)
    share_of_lost = gone / max(gone.sum(), 1.0)
    columns = {
        "people_at_start": start.astype("int64"),
        "people_lost": gone.astype("int64"),
        "share_lost": gone / start,
        "share_of_start": share_of_start,
        "share_of_lost": share_of_lost,
        "representation": share_of_lost / share_of_start,
        "knowledge_lost": known_lost,
        "share_of_knowledge_lost": known_lost / known,
    }
    return tables.frame({cut.by: [cut.names[code] for code in there.tolist()], **columns}, index=cut.by)


def by_group(lost_staff: Lost, cut: Grouping) -> tuple[Floats, Floats, Floats, Floats]:
    """The number of people, people lost, knowledge, and knowledge lost, each (groups,)."""
    cell = cut.codes[lost_staff.rows] * 2 + lost_staff.left  # two cells for each group: not lost, lost
    size = len(cut)
    # People and knowledge by group and whether lost, (groups, 2).
    heads = np.asarray(np.bincount(cell, minlength=2 * size), "float64").reshape(size, 2)
    known = np.asarray(np.bincount(cell, lost_staff.weight, 2 * size), "float64").reshape(size, 2)
    return heads.sum(axis=1), heads[:, 1], known.sum(axis=1), known[:, 1]


def _row(run: Run, lost_staff: Lost) -> dict[str, object]:
    people = run.people
    who = lost_staff.rows[lost_staff.left]
    loss = lost_staff.loss
    origin = run.scenario.calendar.origin
    return {
        "people": len(who),
        "wte": float(people.wte[who].sum()),
        "share_of_people": loss.share,
        "share_of_knowledge": loss.knowledge,
        "selection_ratio": loss.selection,
        "knowledge": float(lost_staff.weight[lost_staff.left].sum()),
        "experience_years": float((origin - people.service_from[who].astype("int64")).sum() / DAYS_A_YEAR),
        "share_over_15_years": _mean(complete_years(people.service_from[who], origin) >= LONG_YEARS),
        "share_band_8a_up": _mean(at_least(people.band[who], SENIOR)),
        "share_clinicians": _mean(people.clinician[who]),
    }


def _mean(flags: AnyArray) -> float:
    return float(flags.mean()) if len(flags) else float("nan")


def _day(run: Run, on: dt.date | None) -> int:
    calendar = run.scenario.calendar
    day = calendar.days - 1 if on is None else calendar.day(on)
    if not 0 <= day < calendar.days:
        right = f"give one from {run.scenario.start} to {run.scenario.end}"
        raise InputError("on", f"{on} is outside the scenario", right)
    return day


@once
def _beyond(run: Run, boundary: Boundary, day: int) -> Bools:
    """Whether each person is beyond the boundary at the end of a day, (people,).

    Valid for the opening staff only.
    """
    last = day == run.scenario.calendar.days - 1
    post = run.closing.post if last else held_on(run, day)
    employer = run.posts.employer
    roster = run.scenario.roster
    out: Bools = np.asarray(post == NOBODY)
    if not len(employer):
        return out
    # A person without a post has −1, which reads the last post here. `out` already marks these people.
    if boundary == "employer":
        return np.asarray(out | (employer[post] != employer[run.opening_post]))
    if boundary == "system":
        return np.asarray(out | roster.of_kinds(OUTSIDE)[employer[post]])
    return np.asarray(out & ~out_but_in_the_nhs(run, day))


def _codes(run: Run, rules: tuple[str, ...]) -> list[int]:
    known = {*RULES, *run.scenario.policies}
    for name in rules:
        if name not in known:
            raise InputError("rules", f"{name!r} is unknown", nearest(name, known))
    return [run.code_of(name) for name in rules]


DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        name="people lost",
        unit="share of the opening staff",
        formula="m = |L| / |N|",
        reference="Docquier, Lohest and Marfouk 2007",
        note="at three boundaries: the employer; sending and receiving bodies; the NHS, net of people who returned",
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
        note="expected to be 1 if leavers are a random sample; above 1 if people with more knowledge left",
    ),
    Definition(
        name="experience-years lost",
        unit="years of NHS service at the start",
        formula="Σ_L service",
        reference="National Audit Office 2025, on the loss of skills through exits",
    ),
    Definition(
        name="representation",
        unit="ratio",
        formula="(|L_g| / |L|) / (|N_g| / |N|)",
        reference="shares of leavers by length of service, band, profession and function, as counted by HSJ 2011",
    ),
    Definition(
        name="knowledge at risk",
        unit="share of the knowledge of the opening staff",
        formula="quantile: least x with P(m_K ≤ x) ≥ α over replications; expected shortfall: 1/(1−α) ∫_α^1 q(u) du",
        reference="Rigby and others 2016; Acerbi and Tasche 2002",
        note="expected shortfall is the mean over the worst share 1 − α of runs",
    ),
)


# Inequality of losses between regions or other groups, and the difference between the mix of leavers and of all staff.

CUTS: tuple[PeopleCut, ...] = ("function", "band", "region", "service", "age", "sex", "hours", "profession")


def concentration(
    run: Run, by: PeopleCut = "region", *, on: dt.date | None = None, knowledge: Knowledge = KNOWLEDGE
) -> pd.DataFrame:
    """The inequality of losses between groups of the opening staff. Indexed by boundary.

    Columns: theil_of_people and gini_of_people are of the shares of people lost by group; theil_of_knowledge and
    gini_of_knowledge are of the shares of knowledge lost. Each group is weighted by its people or knowledge at the
    start. NaN if nothing was lost.

    Args:
        run: the run.
        by: a characteristic of the opening staff.
        on: the date; by default the run's last day.
        knowledge: how knowledge is weighted.

    Raises:
        InputError: as in `lost`.
    """
    cut = grouping(run, by)
    rows = []
    for boundary in BOUNDARIES:
        start, gone, known, known_lost = by_group(lost(run, boundary, on=on, knowledge=knowledge), cut)  # type: ignore[arg-type]
        heads = (gone, start)
        minds = (known_lost, known)
        of_people = (theil(*heads), gini(*heads))
        of_knowledge = (theil(*minds), gini(*minds))
        rows.append((*of_people, *of_knowledge))
    names = ("theil_of_people", "gini_of_people", "theil_of_knowledge", "gini_of_knowledge")
    columns = {name: [row[place] for row in rows] for place, name in enumerate(names)}
    return tables.frame({"boundary": list(BOUNDARIES), **columns}, index="boundary")


def mix_shift(
    run: Run,
    cuts: Sequence[PeopleCut] = CUTS,
    *,
    boundary: Boundary = "nhs",
    on: dt.date | None = None,
    rules: tuple[str, ...] = (),
) -> pd.DataFrame:
    """The difference between the mix of leavers and the mix of the opening staff. Indexed by characteristic ("cut").

    Columns: dissimilarity (the share of leavers who would have to be in another group for the mixes to match),
    jensen_shannon_bits (0 to 1). NaN if nobody was lost.

    Args:
        run: the run.
        cuts: characteristics, as in `nhstransit.run.groups`; each has one row.
        boundary, on, rules: as in `lost`.

    Raises:
        InputError: as in `lost`, and for an unknown characteristic.
    """
    check_kind("run", run, Run)
    lost_staff = lost(run, boundary, on=on, rules=rules)
    rows = []
    for by in cuts:
        cut = grouping(run, by)
        start, gone, _, _ = by_group(lost_staff, cut)
        rows.append((cut.by, dissimilarity(gone, start), jensen_shannon(gone, start)))
    names = ("cut", "dissimilarity", "jensen_shannon_bits")
    return tables.of_rows(names, rows, index="cut")


DEFINITIONS += (
    Definition(
        name="Theil index of losses",
        unit="nats",
        formula="T = Σ_g l_g ln(l_g / s_g), l: shares of the loss, s: shares of the stock",
        reference="Theil 1967",
        note="0 if every group loses the same share",
    ),
    Definition(
        name="Gini ratio of losses",
        unit="ratio",
        formula="G = Σ_g Σ_h s_g s_h |x_g − x_h| / (2 x̄), x: share lost by each group",
        reference="Cowell 2011",
        note="0 if every group loses the same share; near 1 if few groups have all of the loss",
    ),
    Definition(
        name="dissimilarity",
        unit="share",
        formula="D = ½ Σ_g |p_g − q_g|, p: mix of leavers, q: mix of the opening staff",
        reference="Duncan and Duncan 1955",
    ),
    Definition(
        name="Jensen–Shannon divergence",
        unit="bits",
        formula="½ Σ p_g log2(p_g / m_g) + ½ Σ q_g log2(q_g / m_g), m = (p + q) / 2",
        reference="Lin 1991",
    ),
)


# Clinicians who leave commissioning groups. The reform put clinicians in charge.

ClinicianCut = Literal["month", "employer", "region", "all"]
CLINICIAN_CUTS = ("month", "employer", "region", "all")


def clinicians_leaving(run: Run, *, by: ClinicianCut = "month") -> pd.DataFrame:
    """Clinicians on the payroll of commissioning groups, and clinicians who leave. Indexed by `by`.

    Columns: in_post_at_end (of the month, or of the run), came, left (the employers of the scenario), moved_on (to
    another employer), clinician_years in post, left_a_year (left over clinician_years; NaN if clinician_years is zero).
    The data do not include family doctors on a group's board who are not its staff. Raises InputError if `by` is
    unknown.
    """
    if by not in CLINICIAN_CUTS:
        raise InputError("by", f"is {by!r}", nearest(str(by), CLINICIAN_CUTS))
    who = _stays(run)
    days = month_days(run)
    end = run.scenario.calendar.days
    if by == "month":
        names = month_names(run)
        # Tables of months against stays, (months, n). `worked` is days in post from the start of the run to the end of
        # each month, so the differences are the days in each month.
        came = np.searchsorted(days, who["start"])
        gone = np.minimum(np.searchsorted(days, who["end"]), len(days) - 1)
        month_end = days[:, None]
        length = who["end"] - who["start"]
        worked = np.clip(month_end + 1 - who["start"], 0, length).sum(axis=1)
        here = ((who["start"] <= month_end) & (who["end"] > month_end)).sum(axis=1)
        years = np.diff(worked, prepend=0) / DAYS_A_YEAR
    else:
        roster = run.scenario.roster
        names = list({"employer": roster.names, "region": roster.regions, "all": ("all",)}[by])
        body = who["body"]
        code = {"employer": body, "region": roster.region[body], "all": np.zeros_like(body)}[by]
        came = code
        gone = code
        here = np.bincount(code[who["end"] == end], minlength=len(names))
        years = np.bincount(code, who["end"] - who["start"], len(names)) / DAYS_A_YEAR
    # Every month has a row, but only groups that have had a clinician in post.
    there = np.arange(len(names))
    if by != "month":
        there = np.flatnonzero(np.bincount(came, minlength=len(names)))
    left = np.bincount(gone[who["left"]], minlength=len(names))[there]
    exposure = years[there]
    columns = {
        "in_post_at_end": here[there],
        "came": np.bincount(came[who["came"]], minlength=len(names))[there],
        "left": left,
        "moved_on": np.bincount(gone[who["moved_on"]], minlength=len(names))[there],
        "clinician_years": exposure,
        "left_a_year": np.where(exposure > 0, left / np.where(exposure > 0, exposure, 1.0), np.nan),
    }
    return tables.frame({by: [names[place] for place in there.tolist()], **columns}, index=by)


def _stays(run: Run) -> dict[str, AnyArray]:
    """Each stay of a clinician in a post of a commissioning group: employer, days, how it began and ended, (n,)."""
    held = spells(run)
    employer = run.posts.employer
    body = employer[held.post].astype("int64") if len(employer) else held.post.astype("int64")
    groups = run.scenario.roster.of_kinds((GROUP,))
    mine = np.flatnonzero(run.people.clinician[held.row] & groups[body])
    # Employers of the spells before and after. They belong to the same person only if the spell began or ended with a
    # move, and only then are they read below. The appended −1 stands before the first spell and after the last.
    padded = np.append(body, -1)
    before = padded[mine - 1]
    after = padded[mine + 1]
    began = held.began[mine]
    ended = held.ended[mine]
    return {
        "body": body[mine],
        "start": held.start[mine],
        "end": held.end[mine],
        "came": (began == ARRIVED) | ((began == MOVED) & (before != body[mine])),
        "left": ended == LEFT,
        "moved_on": (ended == MOVED_ON) & (after != body[mine]),
    }


DEFINITIONS += (
    Definition(
        name="clinicians leaving commissioning groups",
        unit="people; people per clinician-year",
        formula="left / Σ days in post × 365.25",
        reference="central rate of leaving, as in NHS workforce statistics, with time at risk in place of mean stock",
        note="moves between posts of the same commissioning group are not counted",
    ),
)
