"""Why an option changed no event: what the model can say of a lever that did not bind, from one run without it."""

from __future__ import annotations

from typing import Any

import numpy as np

from nhstransit.choice.options import Option
from nhstransit.engine.simulate import simulate
from nhstransit.log import Kind
from nhstransit.phrases import percentage
from nhstransit.run import Run
from nhstransit.run.lookup import pence_of
from nhstransit.scenario import Change, Scenario, names_in
from nhstransit.scenario.draws import Draws, applied, lacks
from nhstransit.streams import branch_seed

SHARES = ("quota", "cap")  # fields that limit the share of an employer's staff whom a policy may approve or keep


def why_inert(scenario: Scenario, option: Option, draws: Draws, seed: int) -> str:
    """Why an option changed no event, in words; "" where the model does not know.

    One run of the scenario as it stands is made: that of the first future.

    Args:
        scenario: the scenario as it stands.
        option: the option.
        draws: the draws of the choice.
        seed: the root of its seeds.
    """
    setting = tuple(pair for pair in draws.setting(0) if not lacks(scenario, pair[0]))
    run = simulate(applied(scenario, setting), seed=branch_seed(seed, 0, 0))
    reasons = [_reason(run, change) for change in option.changes]
    return "; ".join(dict.fromkeys(reason for reason in reasons if reason))


def _reason(run: Run, change: Change) -> str:
    names = names_in(change.path)
    if names[0] == "policies" and len(names) > 1:
        return _of_policy(run, names[1], names[2:], change.new)
    if names[0] == "law" and _is_sum(names[-1]):
        return _above(
            int(pence_of(run, run.log.steps(Kind.SEVERANCE)).max(initial=0)), change.new, "is paid to one person"
        )
    return ""


def _of_policy(run: Run, policy: str, steps: tuple[str, ...], new: Any) -> str:
    """The reason for a lever of one policy."""
    code = run.scenario.rules.get(policy)
    if code is None or not run.log.caused_by(code):
        return f"{policy} causes no event here, in the first future"
    if not steps:
        return ""
    if _is_sum(steps[-1]):
        paid = run.log.steps(Kind.SEVERANCE).by(code)
        post = paid.post[paid.post >= 0]
        if not len(post):
            return ""  # what it may pay for otherwise, such as courses, is not severance
        sums = np.bincount(run.posts.employer[post], paid.pence[paid.post >= 0], len(run.scenario.roster))
        return _above(int(sums.max(initial=0.0)), new, f"an employer pays under {policy}")
    if steps[-1] in SHARES and isinstance(new, (int, float)):
        share = _highest_share(run, code)
        if 0.0 < share < float(new):
            return f"no case is above the limit: {percentage(share)} of an employer's staff is the most in {policy}"
    return ""


def _is_sum(name: str) -> bool:
    """Whether a field is a limit in pounds of what is paid; a cap on the salary that counts limits no payment."""
    return name in ("budget_pounds", "payment_cap")


def _above(pence: int, limit: Any, what: str) -> str:
    """That no case is above a limit in pounds; "" where one is."""
    if not isinstance(limit, (int, float)) or pence > 100 * limit:
        return ""
    return f"no case is above the limit: the most that {what} is £{pence / 100:,.0f}"


def _highest_share(run: Run, code: int) -> float:
    """The highest share of an employer's opening staff whom a policy approved or gave a guarantee."""
    named = run.log.steps(Kind.APPROVED, Kind.RETAINED).by(code)
    rows = np.unique(run.rows_of(named.staff))
    post = run.opening_post[rows]
    heads = np.bincount(run.posts.employer[run.opening_post[run.opening_post >= 0]], minlength=len(run.scenario.roster))
    mine = np.bincount(run.posts.employer[post[post >= 0]], minlength=len(heads))
    return float((mine / np.maximum(heads, 1)).max(initial=0.0))
