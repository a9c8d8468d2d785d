"""Objectives: the figures that decide between options, whether more or less of each is better, and their limits."""

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
KNOWN = {  # figures of which more, or less, is always better; for other figures the user must give the direction
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
    """One figure by which options are judged: its name, direction, unit and limit.

    Attributes:
        name: a figure of `measures.decision.decision_figures`, or of the measure passed to `choose`.
        way: "more" if a higher figure is better, "less" if a lower figure is better.
        unit: the unit; "" for the usual unit of the figure.
        least: the lowest acceptable figure, in the unit; None for no limit.
        most: the highest acceptable figure, in the unit; None for no limit.

    Raises:
        InputError: for a direction other than "more" and "less"; for a limit that is not a number; and for `most` if
            more is better, or `least` if less is better.
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
        # Of two limits, only the one against the wrong direction makes sense.
        idle = "most" if self.way == MORE else "least"
        if getattr(self, idle) is not None:
            wrong = f"cannot be set, because {self.way} of this figure is better"
            raise InputError(f"objective {self.name!r}: {idle}", wrong, f"set `{self._side}` instead")
        if not self.unit:
            # The class is frozen, so the default unit is set in the way that attrs itself uses.
            object.__setattr__(self, "unit", UNITS.get(self.name, ""))

    @property
    def sign(self) -> float:
        """1 if more is better, −1 if less is better. A figure multiplied by its sign is better the higher it is."""
        return 1.0 if self.way == MORE else -1.0

    @property
    def limit(self) -> float:
        """The limit multiplied by the sign: figures multiplied by the sign must be at least this. NaN for no limit."""
        value = getattr(self, self._side)
        return float("nan") if value is None else self.sign * float(value)

    @property
    def _side(self) -> str:
        return "least" if self.way == MORE else "most"

    def __str__(self) -> str:
        bound = getattr(self, self._side)
        limit = "" if bound is None else f", at {self._side} {bound:,g}"
        unit = f" ({self.unit})" if self.unit else ""
        return f"{self.way} {self.name}{unit}{limit}"


def objectives_of(given: Any) -> tuple[Objective, ...]:
    """Objectives from figure names, `Objective` values, or tables with their fields. The first ranks the options.

    Raises:
        InputError: for no objectives; for a name that is given twice or unknown; and for a figure without a usual
            direction, if none is given.
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
        raise InputError("objectives", f"{twice!r} is given twice", "give each figure once")
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
                raise InputError(f"objective: {key}", "is not a field of an objective", nearest(str(key), known))
        if not isinstance(given.get("name"), str):
            raise InputError("objective", "has no name", "set `name` to the name of a figure, such as 'expertise kept'")
        way = given.get("way") or _way(given["name"])
        return Objective(**{"way": way, **given})
    raise InputError("objectives", f"include {given!r}", "give the names of figures, or Objective(name=..., way=...)")


def _way(name: str) -> str:
    """The usual direction of a figure. Raises InputError for a figure without one, and for an unknown name."""
    if name in KNOWN:
        return KNOWN[name]
    if name in UNITS and name != decision.DIGEST:
        raise InputError(
            f"objective {name!r}",
            "is a figure of which neither more nor less is always better",
            "set `way` to 'more' or 'less'",
        )
    raise InputError(f"objective {name!r}", "is not a figure of the library", nearest(name, KNOWN))
