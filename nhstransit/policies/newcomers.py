"""Who comes from outside: traits drawn by the luck of a post and its spell."""

from __future__ import annotations

import attrs
import numpy as np

from nhstransit.arithmetic import log
from nhstransit.arrays import Bools, Ints, Keys
from nhstransit.fields import Parent, number, share
from nhstransit.grammar import Keyed, Newcomers, Situation
from nhstransit.streams import Chances
from nhstransit.workforce.codes import SECTIONS

_YEAR = 365.25
_INVENTED = "newcomers' traits: no table found; assumed"


def _assumed(unit: str, low: float, high: float) -> Parent:
    return Parent(unit=unit, source=_INVENTED, quality="assumption", range=(low, high))


@attrs.frozen(kw_only=True)
class Traits(Keyed):
    """Shares and ages of newcomers; skill, outside option and attitude are standard normals."""

    from_nhs: float = share(0.45, parent=_assumed("share of newcomers", 0.2, 0.7))
    part_time: float = share(0.32, parent=_assumed("share of newcomers", 0.2, 0.45))
    women: float = share(0.75, parent=_assumed("share of newcomers", 0.68, 0.8))
    youngest: float = number(22.0, low=16, high=70, parent=_assumed("years of age", 18.0, 25.0))
    oldest: float = number(55.0, low=16, high=70, parent=_assumed("years of age", 45.0, 60.0))


def draw(traits: Traits, situation: Situation, chances: Chances, keys: Keys, day: Ints | int) -> Newcomers:
    """Newcomers with these keys, (n,), who start on `day`, one for all or (n,)."""

    def luck(what: str) -> np.ndarray:
        return chances.uniform(what, keys, among="post")

    def score(what: str) -> np.ndarray:
        return chances.normal(what, keys, among="post").astype("float32")

    today, count = situation.calendar.origin + day, len(keys)
    age = traits.youngest + (traits.oldest - traits.youngest) * luck("age")
    served = np.minimum(-6.0 * log(luck("service")), np.maximum(age - 17.0, 0.0))
    served *= luck("from the NHS") < traits.from_nhs
    return Newcomers(
        key=keys,
        point=np.zeros(count, "int8"),
        wte_hundredths=np.where(luck("part time") < traits.part_time, 60, 100).astype("int8"),
        born=(today - np.ceil(age * _YEAR)).astype("int32"),
        service_from=(today - np.floor(served * _YEAR)).astype("int32"),
        sex=(luck("sex") >= traits.women).astype("int8"),
        clinician=np.zeros(count, bool),
        section=np.full(count, SECTIONS.index("2008"), "int8"),
        skill=score("skill"),
        outside=score("outside"),
        attitude=score("attitude"),
    )


def some(newcomers: Newcomers, mask: Bools) -> Newcomers:
    """Those of the newcomers that the mask marks, (n,)."""
    return Newcomers(**{field.name: getattr(newcomers, field.name)[mask] for field in attrs.fields(Newcomers)})
