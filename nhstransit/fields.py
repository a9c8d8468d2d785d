"""Fields of the frozen specifications: what may stand in one, and where its default comes from.

Each maker returns an attrs field whose validator speaks to the reader, and whose metadata hold a `Parent`: the unit,
source, quality and range of the default. A test walks every specification and refuses a number without a parent.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

import attrs

from nhstransit.errors import ScenarioError, nearest

Quality = str
QUALITIES = ("seed", "official", "study", "press", "derived", "recalled", "assumption", "choice")
_NONE = attrs.NOTHING


@attrs.frozen(kw_only=True)
class Parent:
    """Where a default comes from. `choice` is a lever of the user's, for which there is nothing to cite."""

    unit: str
    source: str = "a lever: set it as the question asks"
    quality: Quality = attrs.field(default="choice", validator=attrs.validators.in_(QUALITIES))
    range: tuple[float, float] | None = None


def assumed(unit: str, low: float, high: float, source: str) -> Parent:
    """The parent of a default that was chosen, not found: its plausible range, and what it rests on."""
    return Parent(unit=unit, source=source, quality="assumption", range=(low, high))


def parent_of(field: Any) -> Parent | None:
    """The parent of an attrs field, or None where it was made without one."""
    return field.metadata.get("parent")  # type: ignore[no-any-return]


def number(
    default: Any = _NONE, *, low: float = -math.inf, high: float = math.inf, parent: Parent, right: str = ""
) -> Any:
    """A float from `low` to `high`, or None where that is the default."""
    wanted = right or f"give a number of {parent.unit} from {low:g} to {high:g}"
    return _field(default, parent, lambda item: _real(item) and low <= item <= high, wanted, float)


def share(default: Any = _NONE, *, parent: Parent) -> Any:
    """A float from 0 to 1."""
    return number(default, low=0.0, high=1.0, parent=parent, right="give a share from 0 to 1, such as 0.15")


def amount(default: Any = _NONE, *, parent: Parent) -> Any:
    """A float of 0 or more, in the parent's unit."""
    return number(default, low=0.0, parent=parent, right=f"give {parent.unit} of 0 or more")


def whole(default: Any = _NONE, *, low: int = 0, high: int = 2**31 - 1, parent: Parent) -> Any:
    """An int from `low` to `high`."""
    wanted = f"give a whole number of {parent.unit} from {low} to {high}"
    return _field(default, parent, lambda item: type(item) is int and low <= item <= high, wanted, None)


def one_of(options: Iterable[str], default: Any = _NONE) -> Any:
    """One word out of `options`."""
    words = tuple(options)

    def check(_: Any, field: Any, item: Any) -> None:
        if item not in words:
            raise ScenarioError(field.name, f"is {item!r}", nearest(str(item), words))

    return attrs.field(default=default, validator=check)


def some_of(options: Iterable[str], default: Any = _NONE) -> Any:
    """A tuple of words, each out of `options`; may be empty."""
    words = tuple(options)

    def check(_: Any, field: Any, items: Any) -> None:
        for item in items:
            if item not in words:
                raise ScenarioError(field.name, f"names {item!r}", nearest(str(item), words))

    return attrs.field(default=default, converter=tuple, validator=check)


def in_order(thing: object, *names: str) -> None:
    """Raise ScenarioError unless the dates in these fields come one after another; two may be the same."""
    for earlier, later in pairwise(names):
        if getattr(thing, later) < getattr(thing, earlier):
            wrong = f"is {getattr(thing, later)}, before `{earlier}` ({getattr(thing, earlier)})"
            raise ScenarioError(later, wrong, "give a later date")


def _real(item: Any) -> bool:
    return isinstance(item, (int, float)) and not isinstance(item, bool) and math.isfinite(item)


def _field(
    default: Any, parent: Parent, fits: Callable[[Any], bool], wanted: str, convert: Callable[[Any], Any] | None
) -> Any:
    """An attrs field with a check in the reader's words; None passes where None is the default."""

    def check(_: Any, field: Any, item: Any) -> None:
        if not (item is None and default is None) and not fits(item):
            raise ScenarioError(field.name, f"is {item!r}", wanted)

    def plain(item: Any) -> Any:
        return convert(item) if convert and _real(item) else item

    return attrs.field(default=default, converter=plain, validator=check, metadata={"parent": parent})
