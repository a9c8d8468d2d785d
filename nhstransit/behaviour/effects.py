"""Effects by name, with the parameter values at which each has no effect. A name in `off` switches an effect off."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from nhstransit.errors import ScenarioError


@attrs.frozen
class Neutral:
    """A parameter of a model, and the value at which it has no effect: a number, or the name of a parameter with that
    value.
    """

    model: str
    field: str
    to: float | str


def _of(model: str, **to: float | str) -> tuple[Neutral, ...]:
    return tuple(Neutral(model, field, value) for field, value in to.items())


EFFECTS: dict[str, tuple[Neutral, ...]] = {
    "announcement": _of("departures", risk_ratio=1.0),
    "age": _of("departures", age_slope=0.0),
    "service": _of("departures", service_floor=1.0, service_drop=0.0),
    "skill": (*_of("departures", skill_calm=0.0, skill_threat=0.0), *_of("severance", skill=0.0)),
    "threat": _of("departures", skill_threat="skill_calm"),
    "outside-option": (
        *_of("departures", outside=0.0),
        *_of("severance", outside=0.0),
        *_of("outlook", leaver_outside=0.0),
    ),
    "premium": _of("departures", premium=0.0),
    "waiting": (*_of("departures", waiting=0.0), *_of("severance", better_later=0.0)),
    "better-offer": _of("better_offer", belief=0.0),
    "contagion": _of("departures", contagion=0.0),
    "disposition": (
        *_of("departures", leaver=1.0, stayer=1.0),
        *_of("severance", leaver=0.0, stayer=0.0),
        *_of("retention", leaver="accepts"),
        *_of("post", stayer="mover", leaver="mover"),
        *_of("post", stayer_declines="mover_declines", leaver_declines="mover_declines"),
    ),
    "drag": _of("outlook", drag=0.0),
    "attitude": _of("outlook", leaver_attitude=0.0),
    "fading": _of("outlook", half_life_months=1200.0),
    "ramp": _of("outlook", ramp_months=0.01),
    "payout": _of("severance", payout=0.0),
    "risk-of-redundancy": _of("severance", risk=0.0),
    "pension": (*_of("severance", pension_reached=0.0, pension_alone=0.0), *_of("outlook", stayer_pension=0.0)),
    "clawback": _of("severance", clawback=0.0),
    "appetite": _of("severance", employer_sd=0.0, region_sd=0.0),
    "lasting-taste": _of("severance", lasting=0.0),
    "distance": _of("post", distance=0.0, local=0.0, near_only=0.0),
    "demotion": _of("post", demotion=0.0),
}


def neutral(model_name: str, model: Any, off: Iterable[str]) -> Any:
    """The model with the parameters of every effect in `off` at their neutral values.

    Args:
        model_name: name of the model within the behaviour.
        model: the model.
        off: names of effects, keys of `EFFECTS`.

    Raises:
        ScenarioError: for a user's own model that lacks such a parameter.
    """
    # All changes are made together, because one of them alone might not be valid.
    changes: dict[str, float] = {}
    for effect in off:
        parts = [part for part in EFFECTS[effect] if part.model == model_name]
        for part in parts:
            changes[part.field] = _value(model_name, model, effect, part)
    return attrs.evolve(model, **changes) if changes else model


def _value(model_name: str, model: Any, effect: str, part: Neutral) -> float:
    if not (attrs.has(type(model)) and part.field in attrs.fields_dict(type(model))):
        wrong = f"contains {effect!r}, but {model_name} is a {type(model).__name__} without `{part.field}`"
        raise ScenarioError("behaviour.off", wrong, "switch the effect off in that class")
    return part.to if isinstance(part.to, float) else float(getattr(model, part.to))
