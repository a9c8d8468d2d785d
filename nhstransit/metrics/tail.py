"""Returns after the scenario ends, by the curve of the scenario's own policies of returns, in closed form."""

from __future__ import annotations

import numpy as np

from nhstransit.arrays import Floats, Longs
from nhstransit.dates import DAYS_A_YEAR
from nhstransit.entitlements import Law
from nhstransit.kernels.returns import away_years, still_away
from nhstransit.metrics.removals import Removals
from nhstransit.policies.returns import Returns
from nhstransit.run import Run
from nhstransit.workforce.columns import NEVER


def lost_days(run: Run, found: Removals, edges: Longs) -> Floats:
    """Expected days on which each leaver is back, from each edge up to the next, (removals, edges − 1).

    `edges`, (edges,) or (removals, edges), are days after the scenario, none before the one to its left. Nought for posts
    that stood empty when they went, for savings lost before, and for leavers by a rule after which nobody returns. Who is
    away when the scenario ends is away at a later time with the chance that the curve gives, given that.
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
    return (Law.bundled().alternative_window_days(last) + 1) / DAYS_A_YEAR
