"""Measures of boards and the centre since 2025: applications, approvals, heads, and the staff that an allowance funds."""

from __future__ import annotations

import numpy as np

from nhstransit.arrays import Bools
from nhstransit.england.evidence import Answer, Measure, Missing, View, ratio
from nhstransit.england.figures import PEOPLE, POUNDS_A_YEAR, WTE
from nhstransit.log import Kind
from nhstransit.policies import CostReduction

_SHARE = "share of people"
_NOBODY = "nobody in this view applied"


def _applicants(view: View) -> Bools:
    """Whether each person applied to the first rounds in the view, (people,)."""
    made = view.applications
    out = np.zeros(len(view.run.people), bool)
    out[made.row[view.by("first_mars", made.rule)]] = True
    return out


def applied_share(view: View) -> Answer:
    """Applicants to the first rounds as a share of everyone employed in the view on the day of the first application."""
    applied = _applicants(view)
    if not applied.any():
        return Missing(_NOBODY)
    made = view.applications
    first = int(made.day[view.by("first_mars", made.rule)].min())
    return ratio(int(applied.sum()), _heads(view, first), "nobody in this view")


def approved_share(view: View) -> Answer:
    """The share of applicants to the first rounds in the view that a panel approved."""
    applied = _applicants(view)
    passed = view.run.log.steps(Kind.APPROVED)
    rows = view.run.rows_of(passed.staff[view.by("first_mars", passed.rule)])
    # The log of approvals covers all organisations; the intersection below restricts it to applicants in the view.
    approved = np.zeros(len(applied), bool)
    approved[rows] = True
    return ratio(int((applied & approved).sum()), int(applied.sum()), _NOBODY)


def _heads(view: View, day: int) -> int:
    return int(view.record.in_bodies(view.record.held_on(day), view.bodies).sum())


def heads_on_last_day(view: View) -> Answer:
    """People in post on the last day in the view."""
    return float(_heads(view, view.last))


def net_change(view: View) -> Answer:
    """The change of heads from the start to the last day in the view, as a share of the start."""
    start = int(view.record.in_bodies(view.run.opening_post, view.bodies).sum())
    return ratio(_heads(view, view.last) - start, start, "nobody in this view at the start")


def fewer_people(view: View) -> Answer:
    """People in post at the start less people in post on the last day in the view."""
    start = int(view.record.in_bodies(view.run.opening_post, view.bodies).sum())
    return float(start - _heads(view, view.last))


def recurrent_saving(view: View) -> Answer:
    """The yearly cost of the posts removed in the view, in pounds with on-costs."""
    sums = view.sums
    return int(sums.pence[sums.kind == Kind.REMOVED].sum()) / 100.0


def _opening(view: View) -> tuple[int, float]:
    """Heads and whole-time equivalents in the view at the start."""
    there = view.record.in_bodies(view.run.opening_post, view.bodies)
    hundredths = view.run.people.wte_hundredths[there].astype("int64")
    return int(there.sum()), int(hundredths.sum()) / 100.0


def planned_wte(view: View) -> Answer:
    """Whole-time equivalents that the last step of an allowance funds in the view, or those at the start if fewer.

    It is computed from the cost paths of the scenario, so it is the plan of the boards and not the simulated result.
    """
    scenario = view.run.scenario
    total = 0.0
    for place in np.flatnonzero(view.bodies).tolist():
        body = scenario.organisations[place]
        # One organisation at a time, because an allowance depends on its own residents.
        have = _opening(view.seeing(np.arange(len(view.bodies)) == place))[1]
        if not have:
            continue
        allowed = []
        for path in scenario.policies.values():
            if not isinstance(path, CostReduction) or path.measure != "allowance" or body.kind not in path.kinds:
                continue
            # A path that names no organisations covers all of its kinds.
            if path.bodies and body.name not in path.bodies:
                continue
            # Pounds a resident, times residents, times the share for pay, over pounds a post.
            pounds = (path.path[-1].target or 0.0) * body.population
            allowed.append(pounds * path.pay_share / path.post_cost)
        # The strictest allowance decides. An allowance above the present size funds no further post.
        total += min([have, *allowed])
    return total if total else Missing("no allowance in this view")


def planned_cut(view: View) -> Answer:
    """Whole-time equivalents at the start less `planned_wte`."""
    planned = planned_wte(view)
    return planned if isinstance(planned, Missing) else _opening(view)[1] - float(planned)  # type: ignore[arg-type]


def planned_people(view: View) -> Answer:
    """`planned_wte` in heads, at the ratio of heads to whole-time equivalents at the start."""
    planned = planned_wte(view)
    heads, wte = _opening(view)
    return planned if isinstance(planned, Missing) else float(planned) * heads / wte  # type: ignore[arg-type]


BOARD_MEASURES = {
    "application share": Measure(measures=_SHARE, read=applied_share, needs=("first_mars",)),
    "approval share": Measure(measures=_SHARE, read=approved_share, needs=("first_mars",)),
    "heads on the last day": Measure(measures=PEOPLE, read=heads_on_last_day),
    "net change of heads": Measure(measures=_SHARE, read=net_change),
    "fewer people": Measure(measures=PEOPLE, read=fewer_people),
    "recurrent saving": Measure(measures=POUNDS_A_YEAR, read=recurrent_saving),
    "planned WTE": Measure(measures=WTE, read=planned_wte),
    "planned cut in WTE": Measure(measures=WTE, read=planned_cut),
    "planned people": Measure(measures=PEOPLE, read=planned_people),
}
