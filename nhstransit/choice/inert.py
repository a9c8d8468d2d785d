"""Why an option changed no event. One run of the scenario without the option shows whether its levers could matter."""

from __future__ import annotations

from typing import Any

import numpy as np

from nhstransit.choice.options import Option
from nhstransit.comparison.people import telling
from nhstransit.engine.simulate import simulate
from nhstransit.log import Kind
from nhstransit.measures.decision import events_digest
from nhstransit.phrases import inside, percentage
from nhstransit.run import Run
from nhstransit.run.lookup import pence_of
from nhstransit.scenario import Change, Scenario, differences, names_in
from nhstransit.scenario.draws import Draws, applied, lacks
from nhstransit.streams import branch_seed

SHARES = ("quota", "cap")  # fields that limit the share of an employer's staff that a policy may approve or retain


def why_inert(scenario: Scenario, option: Option, draws: Draws, seed: int) -> str:
    """Why an option changed no event, in words; "" if no reason is found.

    The function simulates the unchanged scenario once, in the first future.

    Args:
        scenario: the unchanged scenario.
        option: the option.
        draws: the draws of the choice.
        seed: the root of the seeds of the choice.
    """
    run = simulate(_first(scenario, draws), seed=branch_seed(seed, 0, 0))
    reasons = [_reason(run, change) for change in option.changes]
    return "; ".join(dict.fromkeys(reason for reason in reasons if reason))


def reason_in_words(scenario: Scenario, other: Scenario, draws: Draws, seed: int) -> str | None:
    """Why another scenario has the same events, in words; "" if no reason is found; None if its events differ.

    The function simulates both scenarios once, in the first future.

    Args:
        scenario: the unchanged scenario.
        other: the other scenario.
        draws: the draws of the study.
        seed: the root of the seeds of the study.

    Raises:
        ScenarioError, PolicyError: if one of the two scenarios cannot be simulated.
    """
    # One run of each is enough, because the events differ in no run of the study.
    scenarios = (_first(scenario, draws), _first(other, draws))
    digests = {events_digest(simulate(one, seed=branch_seed(seed, 0, 0))) for one in scenarios}
    if len(digests) > 1:
        return None
    option = Option(name=other.name, scenario=other, changes=telling(differences(scenario, other)))
    return why_inert(scenario, option, draws, seed)


def _first(scenario: Scenario, draws: Draws) -> Scenario:
    """A scenario with the values of the first draw, except values of policies that it does not have."""
    setting = tuple(pair for pair in draws.setting(0) if not lacks(scenario, pair[0]))
    return applied(scenario, setting)


def _reason(run: Run, change: Change) -> str:
    names = names_in(change.path)
    if names[0] == "policies" and len(names) > 1:
        return _of_policy(run, names[1], names[2:], change.new)
    if names[0] == "law" and _is_sum(names[-1]):
        paid = pence_of(run, run.log.steps(Kind.SEVERANCE))
        return _above(int(paid.max(initial=0)), change.new, "one person is paid")
    return ""


def _of_policy(run: Run, policy: str, steps: tuple[str, ...], new: Any) -> str:
    """The reason for a lever of one policy."""
    code = run.scenario.rules.get(policy)
    title = inside(run.scenario.policy_titles.get(policy, policy))
    if code is None or not run.log.caused_by(code):
        return f"{title} causes no event in the first future"
    if not steps:
        return ""
    # A limit on payments: the largest sum that one employer paid under this policy.
    if _is_sum(steps[-1]):
        paid = run.log.steps(Kind.SEVERANCE).by(code)
        post = paid.post[paid.post >= 0]
        # The policy pays for something else, such as courses, which this run cannot compare with the limit.
        if not len(post):
            return ""
        employer = run.posts.employer[post]
        sums = np.bincount(employer, paid.pence[paid.post >= 0], len(run.scenario.roster))
        return _above(int(sums.max(initial=0.0)), new, f"one employer pays under {title}")
    # A limit on a share of staff: the highest share that the policy reached in one employer.
    if steps[-1] in SHARES and isinstance(new, (int, float)):
        share = _highest_share(run, code)
        if 0.0 < share < float(new):
            return f"the limit is never reached: {title} covers at most {percentage(share)} of an employer's staff"
    return ""


def _is_sum(name: str) -> bool:
    """Whether a field limits payments in pounds. A cap on the salary used in a formula does not limit payments."""
    return name in ("budget_pounds", "payment_cap")


def _above(pence: int, limit: Any, what: str) -> str:
    """A clause saying that no payment is above a limit in pounds; "" if one is."""
    if not isinstance(limit, (int, float)) or pence > 100 * limit:
        return ""
    return f"the limit is never exceeded: the most that {what} is £{pence / 100:,.0f}"


def _highest_share(run: Run, code: int) -> float:
    """The highest share of one employer's opening staff that a policy approved to leave or guaranteed a post."""
    named = run.log.steps(Kind.APPROVED, Kind.RETAINED).by(code)
    # A person may be approved by several steps of a policy, and counts once.
    rows = np.unique(run.rows_of(named.staff))
    post = run.opening_post[rows]
    # People without a post at the start have −1 and belong to no employer.
    opening = run.opening_post[run.opening_post >= 0]
    heads = np.bincount(run.posts.employer[opening], minlength=len(run.scenario.roster))
    mine = np.bincount(run.posts.employer[post[post >= 0]], minlength=len(heads))
    return float((mine / np.maximum(heads, 1)).max(initial=0.0))
