"""Why two runs part: which differing setting acted, or may have acted unseen, or what had parted before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

import attrs

from nhstransit.comparison.touched import spoken, telling
from nhstransit.eventlog import CAUSES
from nhstransit.run import Run
from nhstransit.scenario import Change, joined, names_in

if TYPE_CHECKING:
    from nhstransit.comparison.divergence import Divergence

_OF_THE_ENGINE = {  # the parts of a scenario from which the engine's own rules act
    **dict.fromkeys(CAUSES, ("behaviour.departures", "staff")),
    "pay": ("staff",),
    "contract-end": ("staff",),
    "opening": ("organisations",),
    "closure": ("organisations",),
    "transfer": ("organisations",),
    "month": ("behaviour.outlook",),
}
_SHOWN = 3  # changes told in a sentence


@attrs.frozen(repr=False)
class Reason:
    """Why, as one sentence; the changes it rests on, and how sure it is: "own", "unseen", "earlier", "luck" or "none".

    "own": settings of the rule that acted, or of how it is answered; "unseen": settings of others, which could have acted
    by then without a line in the log; "earlier": the person's events differ because others' had; "luck": the seeds, the
    law or the library differ.
    """

    kind: str
    sentence: str
    changes: tuple[Change, ...] = ()

    def __str__(self) -> str:
        return self.sentence

    __repr__ = __str__


def reason_for(parted: Divergence, before: Divergence | None) -> Reason:
    """The reason of a divergence; `before` is that of everybody's events where `parted` is of one person's."""
    if parted.same:
        return Reason("none", "Nothing parts them.")
    changes, rule = telling(parted.changes), parted.rule
    if made := _made_otherwise(parted.run, parted.baseline):
        return Reason("luck", f"The runs were made otherwise: {', '.join(made)}.", changes)
    own = tuple(change for change in changes if _within(change.path, _parts(parted, rule)))
    if own:
        return Reason("own", f"It is the rule's own doing: {_told(parted, own)}.", own)
    if before is not None and before.event != parted.event:
        who = "a post" if before.person is None else f"staff {before.person}"
        return Reason(
            "earlier", f"The worlds had parted before, on {before.date} by {before.rule} ({who}).", before.changes
        )
    unseen = tuple(change for change in changes if _could_act(parted, change))
    told = _told(parted, unseen) if unseen else "none is known"
    return Reason(
        "unseen", f"Nothing of the rule's own differs; what could have acted by then, unlogged: {told}.", unseen
    )


def earliest(run: Run, baseline: Run, changes: Iterable[Change]) -> dt.date | None:
    """The first date on which what differs could act, None where nothing does.

    A policy acts on or after its announcement, in whichever world it is announced first; everything else from the start.
    """
    if _made_otherwise(run, baseline):
        return run.scenario.start
    dates = [_acts(run, baseline, change.path) for change in telling(changes)]
    return max(min(dates), run.scenario.start) if dates else None


def _acts(run: Run, baseline: Run, path: str) -> dt.date:
    """The first date on which a differing setting could act."""
    if not path.startswith("policies."):
        return run.scenario.start
    name = names_in(path)[1]
    policies = (world.scenario.policies for world in (run, baseline))
    return min(policy[name].announced for policy in policies if name in policy)


def _parts(parted: Divergence, rule: str) -> tuple[str, ...]:
    """The paths of a scenario from which a rule acts: its own settings, and how people answer it."""
    if rule in _OF_THE_ENGINE:
        return _OF_THE_ENGINE[rule]
    worlds = (parted.run.scenario, parted.baseline.scenario)
    questions = [getattr(world.policies[rule], "question", None) for world in worlds if rule in world.policies]
    return (joined("policies", rule), *(f"behaviour.{question}" for question in questions if question))


def _within(path: str, places: tuple[str, ...]) -> bool:
    return any(path == place or path.startswith(f"{place}.") for place in places)


def _could_act(parted: Divergence, change: Change) -> bool:
    return parted.date is not None and _acts(parted.run, parted.baseline, change.path) <= parted.date


def _made_otherwise(run: Run, baseline: Run) -> list[str]:
    """What besides the scenarios tells two runs apart."""
    told = [f"seeds {baseline.seed} and {run.seed}"] if run.seed != baseline.seed else []
    for name, words in (("law", "the dated parameters"), ("library", "the library"), ("numpy", "NumPy")):
        if getattr(run.provenance, name) != getattr(baseline.provenance, name):
            told.append(f"{words} differ" if name == "law" else f"{words} differs")
    return told


def _told(parted: Divergence, changes: tuple[Change, ...]) -> str:
    told = spoken(parted.run.scenario, parted.baseline.scenario, changes)
    more = f", and {len(told) - _SHOWN} more" if len(told) > _SHOWN else ""
    return ", ".join(told[:_SHOWN]) + more
