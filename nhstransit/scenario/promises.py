"""Promises that a scenario cannot keep: job guarantees that outlast every employer who could honour them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nhstransit.errors import ScenarioError
from nhstransit.organisations.bodies import Organisation
from nhstransit.policies import Extension, Rets

if TYPE_CHECKING:
    from nhstransit.scenario.spec import Scenario

_LIBRARY = "nhstransit.policies"


def check_promises(scenario: Scenario) -> None:
    """Raise ScenarioError for retention terms that guarantee a job for longer than any of their employers exists.

    Extensions are taken into account. An employer that closes sooner than others offers terms to its own last day. If
    the scenario has a policy of the user's own, which may extend employers too, only a run can decide. Nothing is then
    refused here.
    """
    modules = [type(policy).__module__ for policy in scenario.policies.values()]
    if not all(module.startswith(_LIBRARY) for module in modules):
        return
    for name, policy in scenario.policies.items():
        if isinstance(policy, Rets):
            _check(scenario, f"policies.{name}.guaranteed", policy.guaranteed, policy.kinds)


def _check(scenario: Scenario, place: str, day: dt.date, kinds: tuple[str, ...]) -> None:
    """Raise ScenarioError if every employer of these kinds has closed before the day."""
    employers = [body for body in scenario.organisations if body.kind in kinds]
    extensions = [policy for policy in scenario.policies.values() if isinstance(policy, Extension)]
    extensions.sort(key=lambda policy: policy.announced)
    closings = [_closing(body, extensions) for body in employers]
    known = [closes for closes in closings if closes is not None]
    # One employer that stays open, or closes late enough, is sufficient for the promise.
    if not employers or len(known) < len(closings) or max(known) >= day:
        return
    last = max(known)
    body = employers[known.index(last)]
    wrong = f"is {day}, after {body.name} closes ({last}), the last of the employers that it covers"
    raise ScenarioError(place, wrong, f"give {last} or an earlier day, or let the employer close later")


def _closing(body: Organisation, extensions: Sequence[Extension]) -> dt.date | None:
    """The last day of an employer, with extensions in the order of their announcement; None if it stays open."""
    closes = body.closes
    if closes is None:
        return None
    # An extension that is announced after the employer has closed comes too late for it.
    for policy in extensions:
        if body.kind in policy.kinds and policy.announced <= closes < policy.until:
            closes = policy.until
    return closes
