"""Fields of the frozen specifications: their allowed values, and the sources of their defaults.

Each function here returns an attrs field. Its validator raises messages in plain words, and its metadata contain a
`Parent`: the unit, source, quality and range of the default. A test checks that every number of a specification has a
parent.
"""

from __future__ import annotations

import datetime as dt
import math
import sys
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from types import NoneType, SimpleNamespace, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import attrs

from nhstransit.arrays import plain
from nhstransit.errors import ScenarioError, check_kind, check_several, nearest, shown

Quality = str
QUALITIES = ("seed", "official", "study", "press", "derived", "recalled", "assumption", "choice")
_NONE = attrs.NOTHING


@attrs.frozen(kw_only=True)
class Parent:
    """The source of a default. The quality `choice` marks a decision of the user, which has no source to cite.

    `law` names the dated parameter, and the number in it, that applies if the field is None. Legal numbers are stored
    only there; a value of the field is a local term that replaces the legal number. `later` marks a field that was
    added when scenarios without it had already been stored. It enters the content hash of a scenario only if it differs
    from its default, so that the hashes of those scenarios stay the same.
    """

    unit: str
    source: str = "your decision: set it for your question"
    quality: Quality = attrs.field(default="choice", validator=attrs.validators.in_(QUALITIES))
    range: tuple[float, float] | None = None
    law: str = ""
    later: bool = False


def assumed(unit: str, low: float, high: float, source: str) -> Parent:
    """The parent of a default that is an assumption, with its plausible range and its basis.

    Args:
        unit: unit of the default.
        low: lowest plausible value.
        high: highest plausible value.
        source: the basis of the value.
    """
    return Parent(unit=unit, source=source, quality="assumption", range=(low, high))


def from_law(
    unit: str, law: str, *, ends: tuple[float, float] | None = None, quality: Quality = "choice", later: bool = False
) -> Parent:
    """The parent of a local term that is None by default; if it is None, the legal number `law` of the day applies.

    Args:
        unit: unit of the term.
        law: name of the dated parameter and of the number in it.
        ends: lowest and highest plausible value of the local term.
        quality: grade of the default.
        later: whether the field was added after scenarios without it had been stored.
    """
    check_kind("unit", unit, str, "give text")
    check_kind("law", law, str, "give the name of a number of the law, such as mars_2010.most_months")
    source = f"the law's number {law} on the day applies unless you set a local term"
    return Parent(unit=unit, source=source, law=law, range=ends, quality=quality, later=later)


def parent_of(field: Any) -> Parent | None:
    """The parent of an attrs field, or None if it was made without one."""
    check_kind("field", field, attrs.Attribute, "give a field of an attrs class, such as one of attrs.fields(kind)")
    return field.metadata.get("parent")  # type: ignore[no-any-return]


_A_PARENT = "give a Parent, such as Parent(unit=..., source=..., quality=...)"
MOST_AMOUNT = 1e12  # pounds; the engine counts whole pence in 64 bits, and no real amount comes near this


def number(
    default: Any = _NONE, *, low: float = -math.inf, high: float = math.inf, parent: Parent, right: str = ""
) -> Any:
    """A float from `low` to `high`, or None if that is the default.

    Args:
        default: the default; a field without one is required.
        low: lowest allowed value.
        high: highest allowed value.
        parent: unit, source, quality and range of the default.
        right: end of the error message, which says what to give; by default made from the limits.
    """
    check_kind("parent", parent, Parent, _A_PARENT)
    wanted = right or f"give a number of {parent.unit} from {low:g} to {high:g}"
    return _field(default, parent, lambda item: _real(item) and low <= item <= high, wanted, float)


def share(default: Any = _NONE, *, parent: Parent) -> Any:
    """A float from 0 to 1."""
    return number(default, low=0.0, high=1.0, parent=parent, right="give a share from 0 to 1, such as 0.15")


def amount(default: Any = _NONE, *, high: float = MOST_AMOUNT, parent: Parent) -> Any:
    """A float from 0 to `high`, in the parent's unit.

    Args:
        default: the value if a policy or behaviour does not set the field; a field without one is required.
        high: the highest value allowed.
        parent: unit, source and grade of the default.
    """
    check_kind("parent", parent, Parent, _A_PARENT)
    return number(
        default, low=0.0, high=high, parent=parent, right=f"give {parent.unit} of 0 or more, at most {high:,.0f}"
    )


def whole(default: Any = _NONE, *, low: int = 0, high: int = 2**31 - 1, parent: Parent) -> Any:
    """An int from `low` to `high`.

    Args:
        default: the default; a field without one is required.
        low: lowest allowed value.
        high: highest allowed value.
        parent: unit, source, quality and range of the default.
    """
    check_kind("parent", parent, Parent, _A_PARENT)
    wanted = f"give a whole number of {parent.unit} from {low} to {high}"
    return _field(default, parent, lambda item: type(item) is int and low <= item <= high, wanted, None)


def one_of(options: Iterable[str], default: Any = _NONE) -> Any:
    """One of the words in `options`."""
    check_several("options", options)
    words = tuple(options)

    def _check(_: Any, field: Any, item: Any) -> None:
        if not isinstance(item, str) or item not in words:
            raise ScenarioError(field.name, f"is {shown(item)}", nearest(str(item), words))

    return attrs.field(default=default, converter=plain, validator=_check)


def some_of(options: Iterable[str], default: Any = _NONE) -> Any:
    """A tuple of words from `options`. It may be empty."""
    check_several("options", options)
    words = tuple(options)

    def _check(_: Any, field: Any, items: Any) -> None:
        if not isinstance(items, tuple):
            raise ScenarioError(field.name, f"is {shown(items)}", "give names in a tuple or list")
        for item in items:
            if not isinstance(item, str) or item not in words:
                raise ScenarioError(field.name, f"has the unknown name {shown(item)}", nearest(str(item), words))

    return attrs.field(default=default, converter=_listed, validator=_check)


def _listed(items: Any) -> Any:
    """A list or a similar collection as a tuple. Anything else is returned unchanged, and is refused later."""
    items = plain(items)
    return tuple(items) if isinstance(items, Iterable) and not isinstance(items, (str, bytes, Mapping)) else items


# For each declared type: the check of a value, and what messages advise for one value and for several.
_PLAIN: dict[Any, tuple[Callable[[Any], bool], str, str]] = {
    bool: (lambda item: isinstance(item, bool), "give True or False", "give them as True and False"),
    str: (lambda item: isinstance(item, str), "give text", "give names in a tuple or list"),
    float: (lambda item: _real(item), "give a number", "give numbers in a tuple or list"),
    int: (lambda item: type(item) is int, "give a whole number", "give whole numbers in a tuple or list"),
    dt.date: (
        lambda item: isinstance(item, dt.date) and not isinstance(item, dt.datetime),
        "give a date such as datetime.date(2010, 9, 15)",
        "give dates in a tuple or list",
    ),
}


def strict(kind: type, fields: list[Any]) -> list[Any]:
    """Give each field that has no check of its own a check of its declared type. For attrs' `field_transformer`.

    It checks flags, text, integers, numbers and dates (or None if the type allows it), mappings from names to these,
    and tuples of these or of a class. A required tuple must not be empty. The error for a value of another type names
    the field as it is written in a file.

    The declared type is the real one, with or without `from __future__ import annotations`, and however it is spelled
    (`dt.date` or `date`). A type that cannot be found when the class is made, such as a class local to a function of a
    module with that import, is not checked.

    Args:
        kind: the class that is being made.
        fields: its attrs fields, inherited ones first.

    Returns:
        The fields. Those that are checked have a converter and a validator.
    """
    check_kind("kind", kind, type, "give the class that is being made")
    return [_typed(field, _declared(kind, field)) for field in fields]


def _declared(kind: type, field: Any) -> Any:
    """The type of a field as an object; None if it cannot be found."""
    if not isinstance(field.type, str):
        return field.type
    # A type in a text is looked up in the module of the class that declares the field, which may be a base class.
    home = next((each for each in kind.__mro__ if field.name in vars(each).get("__annotations__", {})), kind)
    module = sys.modules.get(home.__module__)
    # `get_type_hints` needs an object with annotations; one with this field alone cannot fail because of another.
    holder = SimpleNamespace(__annotations__={field.name: field.type})
    try:
        return get_type_hints(holder, globalns=vars(module) if module else {})[field.name]
    except (NameError, AttributeError):
        return None


def _typed(field: Any, declared: Any) -> Any:
    """A field with the check of its declared type, if `strict` knows the type."""
    if declared is bool and field.validator is not None:
        field = field.evolve(validator=None)  # replace any other check, so that the message is the library's own
    if field.validator is not None:
        return field
    parts = [part for part in get_args(declared) if part is not NoneType]
    origin = get_origin(declared)
    # A plain type or None.
    if origin in (Union, UnionType):
        if len(parts) != 1 or parts[0] not in _PLAIN or NoneType not in get_args(declared):
            return field
        fits, right, _ = _PLAIN[parts[0]]
        check = _checked(lambda item: item is None or fits(item), f"{right}, or None")
        return field.evolve(converter=field.converter or plain, validator=check)
    # A plain type, a mapping to one, or a tuple of any length. Other types have no check here.
    if declared in _PLAIN:
        fits, right, _ = _PLAIN[declared]
        return field.evolve(converter=field.converter or plain, validator=_checked(fits, right))
    if isinstance(origin, type) and issubclass(origin, Mapping) and parts and parts[-1] in _PLAIN:
        return field.evolve(validator=_each(_PLAIN[parts[-1]][0]))
    if origin is tuple and len(parts) == 2 and parts[1] is Ellipsis:
        return _tuple_of(field, parts[0])
    return field


def _tuple_of(field: Any, part: Any) -> Any:
    """A field with the check of a tuple of one plain type or class."""
    if part in _PLAIN:
        fits, _, right = _PLAIN[part]
    elif isinstance(part, type):
        fits = lambda item: isinstance(item, part)  # noqa: E731
        right = f"give each as a {part.__name__}, in a tuple or list"
    else:
        return field
    return field.evolve(converter=_listed, validator=_many(fits, right, needed=field.default is attrs.NOTHING))


def _checked(fits: Callable[[Any], bool], right: str) -> Callable[[Any, Any, Any], None]:
    def _check(_: Any, field: Any, item: Any) -> None:
        if not fits(item):
            raise ScenarioError(field.name, f"is {shown(item)}", right)

    return _check


def _many(fits: Callable[[Any], bool], right: str, *, needed: bool) -> Callable[[Any, Any, Any], None]:
    def _check(_: Any, field: Any, items: Any) -> None:
        if not isinstance(items, tuple):
            raise ScenarioError(field.name, f"is {shown(items)}", right)
        if needed and not items:
            raise ScenarioError(field.name, "is empty", "give at least one")
        for place, item in enumerate(items):
            if not fits(item):
                raise ScenarioError(f"{field.name}[{place}]", f"is {shown(item)}", right)

    return _check


def _each(fits: Callable[[Any], bool]) -> Callable[[Any, Any, Any], None]:
    def _check(_: Any, field: Any, items: Any) -> None:
        if not isinstance(items, Mapping):
            raise ScenarioError(field.name, f"is {shown(items)}", "give a table of names and values")
        for name, item in items.items():
            if not isinstance(name, str) or not fits(item):
                raise ScenarioError(
                    f"{field.name}.{name}", f"is {shown(item)}", "give each name a value of the right type"
                )

    return _check


def in_order(thing: object, *names: str) -> None:
    """Raise ScenarioError unless the dates in these fields are in order. Two may be equal."""
    for earlier, later in pairwise(names):
        if getattr(thing, later) < getattr(thing, earlier):
            wrong = f"is {getattr(thing, later)}, before `{earlier}` ({getattr(thing, earlier)})"
            raise ScenarioError(later, wrong, "give a later date")


def _real(item: Any) -> bool:
    return isinstance(item, (int, float)) and not isinstance(item, bool) and math.isfinite(item)


def _field(
    default: Any, parent: Parent, fits: Callable[[Any], bool], wanted: str, convert: Callable[[Any], Any] | None
) -> Any:
    """An attrs field with a check whose message is `wanted`. None is allowed if None is the default."""

    def _check(_: Any, field: Any, item: Any) -> None:
        if not (item is None and default is None) and not fits(item):
            raise ScenarioError(field.name, f"is {shown(item)}", wanted)

    def converted(item: Any) -> Any:
        item = plain(item)
        # A whole number is accepted where a fraction is meant. Anything else is refused by the check.
        return convert(item) if convert and _real(item) else item

    return attrs.field(default=default, converter=converted, validator=_check, metadata={"parent": parent})
