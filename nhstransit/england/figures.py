"""Published outcomes and their units: the quantity that each unit measures, and its size in base units.

A figure is compared with a run only in the same quantity. Heads are never compared with whole-time equivalents, nor an
amount with an amount per year.
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
    """The quantity that a unit measures, and its size in base units."""

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
COUNTED = {  # units that can be used for a figure counted in heads, WTE or posts
    "heads": ("people", "£ a person", "£ a year a person", "share of people", "ratio of shares of people"),
    "WTE": ("WTE", "£ a WTE", "share of WTE"),
    "posts": ("posts", "posts a person", "share of posts"),
}


def unit_named(name: str) -> Unit:
    """The unit with this name. Raises FormatError, with the nearest name, if it is unknown."""
    if name not in UNITS:
        raise FormatError("unit", f"is {name!r}", nearest(name, UNITS))
    return UNITS[name]


# Published outcomes: the figure, its unit and scope, its source, and how a run is compared with it.

USES = {
    "calibrate": "may be fitted",
    "validate": "must not be fitted",
    "check": "repeats other figures, so it is not counted as further evidence",
    "context": "a forecast, a pattern, or a number that is entered and not simulated",
}
_PUBLISHED = Parent(unit="the figure's unit", source="the sources listed with it", quality="derived")


@attrs.frozen(kw_only=True)
class Sample:
    """The sample of organisations of a figure from a survey: `bodies` out of `out_of`."""

    bodies: int = whole(low=1, parent=Parent(unit="bodies", source="the figure's own", quality="derived"))
    out_of: int = whole(low=1, parent=Parent(unit="bodies", source="the figure's own", quality="derived"))
    asked_by: str = "freedom of information"

    def __attrs_post_init__(self) -> None:
        if self.bodies > self.out_of:
            raise FormatError(
                "sample",
                f"has {self.bodies} organisations out of {self.out_of}",
                "give fewer `bodies`, or raise `out_of`",
            )


@attrs.frozen(kw_only=True)
class Figure:
    """One number, its unit, and its tolerance: the half-width due to rounding or sampling alone.

    Empty fields have the values of the outcome.

    `measure` is the name of the function that computes the figure from a run. `region`, `kinds` and `employers` (names)
    restrict the figure to some organisations.
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
    """A published outcome: one figure, several figures published together, or a pattern in words (`said`).

    `since` and `until` are the first and last day that count; by default those of the run. `measure` is the name of the
    function that computes the figure from a run. Without a measure, `unmodelled` is the reason. `band` is a suggested
    range of acceptance.
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
        given = [figure.value is not None for figure in self.figures]
        twice = self.value is not None and bool(self.figure)
        mixed = any(given) != all(given)
        # A pattern in words has no number, and every other outcome has one for each part.
        if twice or mixed or bool(self.said) == all(given):
            right = "give `value`, or a `figure` for each part, or only `said`"
            raise FormatError(self.id, "has no figure, or has figures in more than one way", right)
        if not self.sources:
            raise FormatError(f"{self.id}: sources", "no source is given", "give at least one")
        for band in (self.band, *(figure.band for figure in self.figures)):
            if len(band) not in (0, 2) or list(band) != sorted(band):
                raise FormatError(f"{self.id}: band", f"is {list(band)}", "give the lowest value, then the highest")
        measured = [bool(figure.measure) for figure in self.figures]
        # Exactly one of the two: a measure for every figure, or a reason why there is none.
        if bool(self.unmodelled) == all(measured) or any(measured) != all(measured):
            right = "give `measure` for every figure, or give the reason for having none in `unmodelled`"
            raise FormatError(self.id, "has neither a measure nor a reason for having none, or has both", right)
        for figure in self.figures:
            self._check_unit(figure)

    def _check_unit(self, figure: Figure) -> None:
        try:
            unit_named(figure.unit)
        except FormatError as error:
            raise error.within(self.id) from None
        for counted, units in COUNTED.items():
            # A number of heads must not be compared with WTE or posts.
            if figure.unit in units and self.counted_in not in (counted, "not stated", ""):
                wrong = f"is {figure.unit!r}, but the figure is counted in {self.counted_in}"
                raise FormatError(f"{self.id}: unit", wrong, f"use a unit of {self.counted_in}")

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Every figure, with empty fields filled from the outcome."""
        own = self.figure or (Figure(value=self.value),)
        filled = []
        for one in own:
            shared = {name: getattr(one, name) or getattr(self, name) for name in _SHARED}
            filled.append(attrs.evolve(one, **shared))
        return tuple(filled)


@attrs.frozen(kw_only=True)
class Reading:
    """The policies, organisations and functions of a run that the published figures refer to.

    Policies are given by name, or by a pattern such as `mars-*`. Organisations are given by kind. Each published
    function has a list of the scenario's names for it. Measures use these names only through this object.
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
        """The names, among `names`, of policies that have a role, such as "redundancy"."""
        return [name for name in names if any(fnmatchcase(name, pattern) for pattern in getattr(self, role))]

    def fits(self, scenario: str) -> bool:
        """Whether the figures refer to a scenario with this name."""
        return bool(self.named("scenarios", (scenario,)))


@attrs.frozen(kw_only=True)
class Given:
    """A number that a measure needs and that is not in a run, such as pounds per resident. It is never an outcome."""

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
        """The outcome with this id. Raises FormatError, with the nearest id, if there is none."""
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
