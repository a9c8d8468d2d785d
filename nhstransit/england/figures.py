"""The units of published figures: what each measures, and its size in that measure's base unit.

A figure and a measure are compared only where they measure the same thing, so that heads are never compared with
whole-time equivalents, nor an amount with an amount per year.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from fnmatch import fnmatchcase

import attrs

from nhstransit import tables
from nhstransit.errors import FormatError, nearest
from nhstransit.fields import QUALITIES, Parent, number, one_of, some_of, whole
from nhstransit.organisations.bodies import KINDS
from nhstransit.toml import Named

PEOPLE = "people"
WTE = "whole-time equivalents"
POSTS = "posts"
BODIES = "bodies"
POUNDS = "pounds"
POUNDS_A_YEAR = "pounds a year"


@attrs.frozen
class Unit:
    """What is measured, and how many base units one unit is."""

    measures: str
    size: float = 1.0


UNITS = {
    "people": Unit(PEOPLE),
    "WTE": Unit(WTE),
    "posts": Unit(POSTS),
    "posts a person": Unit("posts a person"),
    "bodies": Unit(BODIES),
    "£": Unit(POUNDS),
    "£ million": Unit(POUNDS, 1e6),
    "£ billion": Unit(POUNDS, 1e9),
    "£ a year": Unit(POUNDS_A_YEAR),
    "£ million a year": Unit(POUNDS_A_YEAR, 1e6),
    "£ a person": Unit("pounds a person"),
    "£ a WTE": Unit("pounds a whole-time equivalent"),
    "£ a year a person": Unit("pounds a year a person"),
    "£ a year a resident": Unit("pounds a year a resident"),
    "£ a resident": Unit("pounds a resident"),
    "years": Unit("years"),
    "share of people": Unit("share of people"),
    "share of WTE": Unit("share of whole-time equivalents"),
    "share of posts": Unit("share of posts"),
    "share of bodies": Unit("share of bodies"),
    "share of cost": Unit("share of cost"),
    "ratio of costs": Unit("ratio of costs"),
    "ratio of shares of people": Unit("ratio of shares of people"),
}
COUNTED = {  # properties that a unit must have for a figure counted in these
    "heads": ("people", "£ a person", "£ a year a person", "share of people", "ratio of shares of people"),
    "WTE": ("WTE", "£ a WTE", "share of WTE"),
    "posts": ("posts", "posts a person", "share of posts"),
}


def unit_named(name: str) -> Unit:
    """The unit of that name. Raises FormatError, with the nearest, for an unknown name."""
    if name not in UNITS:
        raise FormatError("unit", f"is {name!r}", nearest(name, UNITS))
    return UNITS[name]


# Published outcomes as frozen objects: the figure, its unit and scope, its source, and how a run is compared with it.

USES = {
    "calibrate": "may be fitted",
    "validate": "must not be fitted",
    "check": "repeats other figures; never counted as evidence a second time",
    "context": "a forecast, a pattern, or entered and not simulated",
}
_PUBLISHED = Parent(unit="the figure's unit", source="the sources beside it", quality="derived")


@attrs.frozen(kw_only=True)
class Sample:
    """The sample of organisations behind a figure from only some of them: `bodies` out of `out_of`."""

    bodies: int = whole(low=1, parent=Parent(unit="bodies", source="the figure's own", quality="derived"))
    out_of: int = whole(low=1, parent=Parent(unit="bodies", source="the figure's own", quality="derived"))
    asked_by: str = "freedom of information"

    def __attrs_post_init__(self) -> None:
        if self.bodies > self.out_of:
            raise FormatError(
                "sample", f"asks {self.bodies} bodies out of {self.out_of}", "ask fewer, or raise `out_of`"
            )


@attrs.frozen(kw_only=True)
class Figure:
    """One number: its unit, and the half-width that is due to rounding or sampling alone.

    Empty fields are inherited from the outcome.

    `measure` names the function that computes the same from a run; `region`, `kinds` and `employers` (names) restrict it
    to some organisations.
    """

    part: str = ""
    value: float | None = number(None, parent=_PUBLISHED)
    unit: str = ""
    tolerance: float | None = number(None, low=0.0, parent=_PUBLISHED)
    band: tuple[float, ...] = ()
    measure: str = ""
    function: str = ""
    region: str = ""
    kinds: tuple[str, ...] = some_of(KINDS, ())
    employers: tuple[str, ...] = ()
    since: dt.date | None = None
    until: dt.date | None = None


_SHARED = tuple(field.name for field in attrs.fields(Figure) if field.name not in ("part", "value"))


@attrs.frozen(kw_only=True)
class Outcome:
    """A published outcome: one figure, or several published together; or a pattern in words (`said`).

    `since` and `until` are the first and last day that count; by default the run's own. `measure` computes the same
    from a run; where there is none, `unmodelled` says why. `band` is a suggested range of acceptance.
    """

    id: str
    what: str
    group: str
    value: float | None = number(None, parent=_PUBLISHED)
    figure: tuple[Figure, ...] = ()
    said: str = ""
    unit: str
    counted_in: str = one_of(("", "not stated", *COUNTED), "")
    scope: str
    period: str
    use: str = one_of(USES)
    tolerance: float | None = number(None, low=0.0, parent=_PUBLISHED)
    tolerance_from: str = ""
    band: tuple[float, ...] = ()
    sample: Sample | None = None
    sources: tuple[str, ...]
    quality: str = one_of(QUALITIES)
    note: str = ""
    measure: str = ""
    function: str = ""
    region: str = ""
    kinds: tuple[str, ...] = some_of(KINDS, ())
    employers: tuple[str, ...] = ()
    since: dt.date | None = None
    until: dt.date | None = None
    unmodelled: str = ""

    def __attrs_post_init__(self) -> None:
        told = [figure.value is not None for figure in self.figures]
        if (self.value is not None and self.figure) or any(told) != all(told) or bool(self.said) == all(told):
            right = "give `value`, or a `figure` for each part, or only `said`"
            raise FormatError(self.id, "gives no figure, or more than one", right)
        if not self.sources:
            raise FormatError(f"{self.id}: sources", "no source is given", "name at least one")
        for band in (self.band, *(figure.band for figure in self.figures)):
            if len(band) not in (0, 2) or list(band) != sorted(band):
                raise FormatError(f"{self.id}: band", f"is {list(band)}", "give a low and a high end")
        measured = [bool(figure.measure) for figure in self.figures]
        if bool(self.unmodelled) == all(measured) or any(measured) != all(measured):
            right = "give `measure` for every figure, or say in `unmodelled` why there is none"
            raise FormatError(self.id, "has neither a measure nor a reason for having none, or has both", right)
        for figure in self.figures:
            self._check_unit(figure)

    def _check_unit(self, figure: Figure) -> None:
        try:
            unit_named(figure.unit)
        except FormatError as error:
            raise error.within(self.id) from None
        for counted, units in COUNTED.items():
            if figure.unit in units and self.counted_in not in (counted, "not stated", ""):
                wrong = f"is {figure.unit!r}, but the figure is counted in {self.counted_in}"
                raise FormatError(f"{self.id}: unit", wrong, f"use a unit of {self.counted_in}; units are never mixed")

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Every figure with all its fields filled in: empty ones are taken from the outcome."""
        own = self.figure or (Figure(value=self.value),)
        return tuple(
            attrs.evolve(one, **{name: getattr(one, name) or getattr(self, name) for name in _SHARED}) for one in own
        )


@attrs.frozen(kw_only=True)
class Reading:
    """Which rules, organisations and functions of a run the published figures refer to.

    Rules are the names of policies in the log, or patterns such as `mars-*`. Organisations are given by kind. A
    function stands for the scenario's own names of it. Measures refer to names only through this object.
    """

    scenarios: tuple[str, ...]
    first_mars: tuple[str, ...]
    mars: tuple[str, ...]
    redundancy: tuple[str, ...]
    returns: tuple[str, ...]
    inflow: tuple[str, ...]
    senders: tuple[str, ...] = some_of(KINDS)
    asked: tuple[str, ...] = some_of(KINDS)
    arms: tuple[str, ...] = some_of(KINDS)
    senior_from: str
    long_service_years: int = whole(low=1, parent=Parent(unit="years", source="the figure's own", quality="derived"))
    transferred_on: dt.date
    functions: Named[tuple[str, ...]] = attrs.field(factory=Named)

    def named(self, role: str, names: Iterable[str]) -> list[str]:
        """Those of `names` that have a role, such as "redundancy"."""
        return [name for name in names if any(fnmatchcase(name, pattern) for pattern in getattr(self, role))]

    def fits(self, scenario: str) -> bool:
        """Whether the figures refer to a scenario of this name at all."""
        return bool(self.named("scenarios", (scenario,)))


@attrs.frozen(kw_only=True)
class Given:
    """A number that a measure needs and no run holds, such as pounds per resident; never an outcome."""

    name: str
    value: float = number(parent=_PUBLISHED)
    unit: str
    sources: tuple[str, ...]
    quality: str = one_of(QUALITIES)
    note: str = ""


@attrs.frozen(kw_only=True, repr=False)
class Outcomes:
    """All published outcomes of one transition, how a run is compared with them, and other numbers needed."""

    about: str = ""
    reading: Reading
    given: tuple[Given, ...] = ()
    outcome: tuple[Outcome, ...]

    def __attrs_post_init__(self) -> None:
        ids = [outcome.id for outcome in self.outcome]
        twice = next((name for name in ids if ids.count(name) > 1), None)
        if twice:
            raise FormatError(f"outcome {twice!r}", "appears twice", "give each outcome a different id")

    def named(self, identity: str) -> Outcome:
        """The outcome of that id. Raises FormatError, with the nearest, for one that is not there."""
        for outcome in self.outcome:
            if outcome.id == identity:
                return outcome
        raise FormatError(
            f"outcome {identity!r}", "does not exist", nearest(identity, [one.id for one in self.outcome])
        )

    def __repr__(self) -> str:
        uses = ", ".join(f"{sum(one.use == use for one in self.outcome)} {use}" for use in USES)
        return f"Outcomes({len(self.outcome)} published: {uses})"

    def _repr_html_(self) -> str:
        columns: dict[str, list[str]] = {"outcome": [one.id for one in self.outcome]}
        for name in ("what", "period", "quality", "use"):
            columns[name] = [str(getattr(one, name)) for one in self.outcome]
        return tables.paragraphs([self.about]) + tables.html(tables.frame(columns), "What was published")
