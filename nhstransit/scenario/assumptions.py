"""What a scenario is based on: every number of its behaviour, its policies and its staff's margins."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from nhstransit.errors import check_kind
from nhstransit.fields import Parent, parent_of
from nhstransit.law.changes import number_at
from nhstransit.law.parameters import bundled
from nhstransit.scenario.paths import steps_of
from nhstransit.scenario.spec import Scenario
from nhstransit.synthesis import StaffSynthesis, load_margins, margin_at
from nhstransit.synthesis.parents import UNSURE, known
from nhstransit.toml import Named, joined

_OWN = Parent(unit="", source="set in this scenario")
_FITTED = "fitted to published figures"


@attrs.frozen(kw_only=True)
class Input:
    """One number of a scenario, or one margin summarised in a line.

    If the scenario sets a number that differs from the library's, `changed` is true and `default` is the library's
    value. The grade is then the grade of the new number: a decision stays a choice, a fitted number is calibrated, and
    any other number is an assumption.
    """

    path: str  # dotted, as in `Scenario.having`; the name of the margin for margins
    value: Any
    unit: str
    source: str
    quality: str
    range: tuple[float, float] | None = None
    changed: bool = False
    default: Any = None
    ranges: str = ""  # ranges of a margin, by category
    law: str = ""  # the number of the law that it replaces
    decided: bool = False  # whether someone decides it: a lever, whatever value the scenario sets

    @property
    def unsure(self) -> bool:
        """Whether the number is from memory or an assumption."""
        return self.quality in UNSURE

    @property
    def width(self) -> float:
        """The width of its range, divided by its value (if that is 0, by the range's larger end); 0.0 without a range."""
        if self.range is None or not isinstance(self.value, (int, float)):
            return 0.0
        low, high = self.range
        size = abs(self.value) or max(abs(low), abs(high))
        return (high - low) / size if size else 0.0


def assumptions(scenario: Scenario) -> tuple[Input, ...]:
    """Every number that the scenario is based on, with unit, source, grade and range.

    These are the numbers of behaviour, policies, funds and entered money, the numbers that the scenario sets in the law,
    and one line for each margin of synthesised staff. A policy or behaviour of the user's own is covered if its fields
    were made by `nhstransit.fields`.

    Raises:
        FormatError: if the margins of synthesised staff cannot be read.
    """
    check_kind("scenario", scenario, Scenario)
    return (*inputs_with_paths(scenario), *_law(scenario), *_margins(scenario))


def inputs_with_paths(scenario: Scenario) -> tuple[Input, ...]:
    """The numbers of behaviour, funds, policies and entered money: those whose path is in the scenario itself."""
    found = list(_walked(scenario.behaviour, "behaviour"))
    for name, fund in scenario.funds.items():
        found += _walked(fund, joined("funds", name))
    for name, policy in scenario.policies.items():
        found += _walked(policy, joined("policies", name))
    # A fitted number that was changed after the fit is an assumption again, so the value must still be the fitted one.
    fitted = {joined(*steps_of(scenario, path)): item for path, item in scenario.calibrated.items()}
    graded = []
    for one in found:
        still_fitted = one.path in fitted and fitted[one.path] == one.value
        graded.append(_fitted(one) if still_fitted else one)
    return (*graded, *_entered(scenario))


def _walked(thing: Any, path: str) -> Iterator[Input]:
    """The numbers in a specification and in its parts; items of a tuple are counted from 1."""
    # A number in a table or list has no field of its own, and so no unit, source or range from the library.
    if _number(thing):
        yield Input(path=path, value=thing, unit=_OWN.unit, source=_OWN.source, quality="assumption", changed=True)
    elif isinstance(thing, Named):
        for name, item in thing.items():
            yield from _walked(item, f"{path}.{joined(name)}")
    elif isinstance(thing, tuple):
        for place, item in enumerate(thing, 1):
            yield from _walked(item, f"{path}.{place}")
    elif attrs.has(type(thing)):
        for field in attrs.fields(type(thing)):
            parent = parent_of(field)
            here = f"{path}.{field.name}"
            item = getattr(thing, field.name)
            if parent is None:
                yield from _walked(item, here)
            else:
                yield _input(here, item, parent, field.default)


def _input(path: str, item: Any, parent: Parent, default: Any) -> Input:
    """One number with its provenance. A number that differs from its default does not have the default's source."""
    shown = "the law's" if item is None and parent.law else item
    usual = Input(
        path=path,
        value=shown,
        unit=parent.unit,
        source=parent.source,
        quality=parent.quality,
        range=parent.range,
        law=parent.law,
        decided=parent.quality == "choice",
    )
    if default is attrs.NOTHING or item == default:
        return usual
    # A decision may have any value and is still a decision. A number in place of one of the law is an assumption.
    quality = "choice" if parent.quality == "choice" and not parent.law else "assumption"
    source = f"{_OWN.source}; the library's own is {default:g}" if _number(default) else _OWN.source
    if parent.law:
        source = f"{_OWN.source}; the law's {parent.law} is replaced"
    return attrs.evolve(usual, changed=True, default=default, quality=quality, source=source)


def _fitted(one: Input) -> Input:
    """The number, graded as fitted. This is only for numbers that still have the fitted value."""
    source = f"{_FITTED}; the library's own is {one.default:g}" if _number(one.default) else _FITTED
    return attrs.evolve(one, quality="calibrated", source=source)


def _number(item: Any) -> bool:
    # In Python, True and False are also of the type int.
    return isinstance(item, (int, float)) and not isinstance(item, bool)


def _entered(scenario: Scenario) -> Iterator[Input]:
    """Money entered by the scenario's author, one number per amount, with the line's own source and grade."""
    for name, line in scenario.entered.items():
        for year, pounds in line.pounds.items():
            path = joined("entered", name, "pounds", year)
            yield Input(path=path, value=pounds, unit="pounds", source=line.source, quality=line.quality)


def _law(scenario: Scenario) -> Iterator[Input]:
    """The numbers of the law that the scenario sets."""
    for path, number in scenario.law.items():
        # The law's own value is a number, None for a term that a tariff does not use, or a tuple if it changes by date.
        default = number_at(bundled(), path)
        if default == number:
            continue
        own = f"{default:g}" if _number(default) else "none" if default is None else "several, by date"
        yield Input(
            path=f"law.{path}",
            value=number,
            unit="as the parameter",
            source=f"{_OWN.source}; the bundled law's own is {own}",
            quality="choice",
            changed=True,
            default=default,
            decided=True,
        )


def _margins(scenario: Scenario) -> Iterator[Input]:
    """The margins of a synthesised staff, one line each, and the numbers in them that the scenario sets."""
    staff = scenario.staff
    if not isinstance(staff, StaffSynthesis):
        return
    if scenario.margins:
        own = load_margins(staff.margins, scenario.home)
        for path, number in scenario.margins.items():
            default = margin_at(own, staff.base, path)
            yield Input(
                path=f"margins.{path}",
                value=number,
                unit="as the margin",
                source=f"{_OWN.source}; the margins' own is {default:g}",
                quality="assumption",
                changed=True,
                default=default,
            )
    # Several layers may use one file of margins, which is listed once.
    layers = {staff.margins: staff.margins_with(scenario.margins, scenario.home)}
    for layer in staff.also:
        layers.setdefault(layer.margins, load_margins(layer.margins, scenario.home))
    for name, margins in layers.items():
        for fact in known(margins, name):
            source = "; ".join(source.title for source in fact.sources)
            yield Input(
                path=f"{name}: {fact.what}",
                value=fact.value,
                unit=fact.unit,
                source=source,
                quality=fact.quality,
                ranges=fact.range,
            )
