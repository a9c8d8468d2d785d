"""Objectives: the figures that decide between options, which direction is better, and the limits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from nhstransit.arrays import plain
from nhstransit.errors import InputError, nearest
from nhstransit.fields import one_of
from nhstransit.measures import decision, headline_figures
from nhstransit.studies.statistics import real

MORE = "more"
LESS = "less"
WAYS = (MORE, LESS)
KNOWN = {  # the direction of figures that have one; of all others the user must give it
    "cost to the Exchequer": LESS,
    "social value": MORE,
    "expertise kept": MORE,
    "months below cover": LESS,
    "long-serving staff lost": LESS,
    "equality gap": LESS,
    "forced exits": LESS,
    "left": LESS,
    "exit cost": LESS,
    "cumulative net saving": MORE,
    "recurrent saving": MORE,
    "net recurrent saving": MORE,
    "knowledge lost": LESS,
    "vacancies at the end": LESS,
}
UNITS = {**headline_figures.UNITS, **decision.UNITS}
USUAL = (
    "social value",
    "cost to the Exchequer",
    "expertise kept",
    "months below cover",
    "long-serving staff lost",
    "equality gap",
    "forced exits",
)


@attrs.frozen(kw_only=True)
class Objective:
    """One figure that decides: the name of a measure, its direction, its unit, and the limits it should stay within.

    Attributes:
        name: a figure of `measures.decision.decision_figures`, or of the measure that `choose` is given.
        way: "more" where more of it is better, "less" where less is.
        unit: the unit; "" for the figure's own.
        least: the lowest acceptable figure, in the unit; None for no limit.
        most: the highest acceptable figure, in the unit; None for no limit.

    Raises:
        InputError: for a direction other than "more" and "less", and for limits that are not numbers, exclude every
            figure, or are on the side where a figure cannot be too good.
    """

    name: str
    way: str = one_of(WAYS)
    unit: str = ""
    least: float | None = attrs.field(default=None, converter=plain)
    most: float | None = attrs.field(default=None, converter=plain)

    def __attrs_post_init__(self) -> None:
        for side in ("least", "most"):
            limit = getattr(self, side)
            if limit is not None and not real(limit):
                raise InputError(f"objective {self.name!r}: {side}", f"is {limit!r}", "give a number, or None")
        idle = "most" if self.way == MORE else "least"
        if getattr(self, idle) is not None:
            wrong = f"is given, but {self.way} of it is better"
            raise InputError(f"objective {self.name!r}: {idle}", wrong, f"give {self._side} instead")
        if not self.unit:
            object.__setattr__(self, "unit", UNITS.get(self.name, ""))

    @property
    def sign(self) -> float:
        """1 where more is better, −1 where less is: a figure times its sign is better the higher it is."""
        return 1.0 if self.way == MORE else -1.0

    @property
    def limit(self) -> float:
        """The limit times the sign, so that figures times the sign must be at least this; NaN for none."""
        value = getattr(self, self._side)
        return float("nan") if value is None else self.sign * float(value)

    @property
    def _side(self) -> str:
        return "least" if self.way == MORE else "most"

    def __str__(self) -> str:
        bound = getattr(self, self._side)
        said = "" if bound is None else f", at {self._side} {bound:,g}"
        unit = f" ({self.unit})" if self.unit else ""
        return f"{self.way} {self.name}{unit}{said}"


def objectives_of(given: Any) -> tuple[Objective, ...]:
    """Objectives from names, objectives, or tables with the fields of one; the first ranks the options.

    Raises:
        InputError: for none, a name given twice, a name that the library does not know, with the nearest, and a figure
            whose direction is not known and not given.
    """
    if isinstance(given, (str, Objective, Mapping)):
        given = (given,)
    if not isinstance(given, Iterable):
        right = "give names of figures, such as 'expertise kept', or Objective(name=..., way=...)"
        raise InputError("objectives", f"are {given!r}", right)
    found = tuple(_one(one) for one in given)
    if not found:
        raise InputError("objectives", "are empty", "give at least one, such as 'social value'")
    names = [one.name for one in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InputError("objectives", f"name {twice!r} twice", "name each figure once")
    return found


def _one(given: Any) -> Objective:
    if isinstance(given, Objective):
        return given
    if isinstance(given, str):
        return Objective(name=given, way=_way(given))
    if isinstance(given, Mapping):
        known = tuple(field.name for field in attrs.fields(Objective))
        for key in given:
            if key not in known:
                raise InputError(f"objective: {key}", "is not a part of an objective", nearest(str(key), known))
        if not isinstance(given.get("name"), str):
            raise InputError("objective", "has no name", "give the name of a figure, such as 'expertise kept'")
        return Objective(**{"way": given.get("way") or _way(given["name"]), **given})
    raise InputError("objectives", f"hold {given!r}", "give the names of figures, or Objective(name=..., way=...)")


def _way(name: str) -> str:
    """The direction of a figure that has one. Raises InputError for one that has none, and for an unknown name."""
    if name in KNOWN:
        return KNOWN[name]
    if name in UNITS and name != decision.DIGEST:
        raise InputError(
            f"objective {name!r}",
            "has no direction that is always better",
            "say with way= whether more or less is better",
        )
    raise InputError(f"objective {name!r}", "is not a figure of the library", nearest(name, KNOWN))
