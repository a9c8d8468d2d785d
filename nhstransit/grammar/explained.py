"""Explanations of a policy and of one of its days, before a run: the policy's own sentences, or those of its proposals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nhstransit.errors import check_kind
from nhstransit.grammar.situation import Situation
from nhstransit.organisations.bodies import KINDS

if TYPE_CHECKING:
    from nhstransit.grammar.policy import Proposals

TO_BE_SEEN: tuple[str, ...] = (
    "It concerns nobody among the opening staff: the people concerned depend on events before that day.",
)
NOBODY_ASKED: tuple[str, ...] = ("Nobody in post is asked.",)


def about(policy: Any) -> str:
    """The policy's own description (`about`), or a sentence with the name of its class if it has none."""
    own = getattr(policy, "about", "")
    if isinstance(own, str) and own:
        return own
    return f"A policy of the class {type(policy).__name__}, which has no description (`about`)."


def explained(policy: Any, situation: Situation, proposals: Proposals | None) -> Any:
    """The explanation of a day from the policy's own `explain`. For a policy without one, the explanation of its
    proposals.

    It is returned unchecked: a user's own policy may return something other than sentences.

    Args:
        policy: any policy.
        situation: the day, with the opening staff.
        proposals: what its `propose` returned on that day; None if it found nobody.
    """
    check_kind("situation", situation, Situation)
    own = getattr(policy, "explain", None)
    if own is None:
        return explained_by_proposals(policy, situation, proposals)
    return own(situation, proposals)


def explained_by_proposals(policy: object, situation: Situation, proposals: Proposals | None) -> tuple[str, ...]:
    """Explain a day of any policy: how many people, out of how many, receive a proposal, and on which terms.

    The total is the staff of the kinds of employer in the policy's field `kinds` or `senders`, or everyone if it has
    neither.

    Args:
        policy: any policy, the user's own included.
        situation: the day, with the opening staff.
        proposals: what its `propose` returned on that day; None if it found nobody.
    """
    check_kind("situation", situation, Situation)
    if proposals is None:
        return TO_BE_SEEN
    if not len(proposals):
        return NOBODY_ASKED
    return proposals.explain(situation, _kinds_of(policy))


def _kinds_of(policy: object) -> tuple[str, ...]:
    """The kinds of employer whose staff a policy is for; empty if its field contains anything but kinds."""
    # The two usual names of the field that lists the kinds of employer; a user's own class may have neither.
    named = getattr(policy, "kinds", None) or getattr(policy, "senders", None) or ()
    if not isinstance(named, (tuple, list)) or not all(isinstance(kind, str) and kind in KINDS for kind in named):
        return ()
    return tuple(named)
