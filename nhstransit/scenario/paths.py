"""Dotted paths into a scenario: changing one value, and listing the differences between two scenarios."""

from __future__ import annotations

from collections.abc import Mapping
from types import UnionType
from typing import Any, Union, get_args, get_origin

import attrs

from nhstransit import toml
from nhstransit.arrays import plain
from nhstransit.errors import InputError, ScenarioError, check_kind, nearest, shown
from nhstransit.grammar import Policy
from nhstransit.toml import Changes, InOrder, Named, first_name, joined, names_in, written
from nhstransit.workforce.columns import Workforce

ON = "on"  # the last step of a path to a policy's switch


@attrs.frozen
class Change:
    """One difference between two scenarios: the path, the value in the first and the value in the second."""

    path: str
    old: Any
    new: Any

    def __str__(self) -> str:
        return f"{self.path}: {self.old!r} → {self.new!r}"


def having(thing: Any, path: str, item: Any, done: str = "") -> Any:
    """`thing` with the part at `path` replaced, and everything above it validated again. A new policy may be added.

    Args:
        thing: a scenario, or a part of one.
        path: the dotted path from `thing`.
        item: the new value.
        done: the part of the path that is already resolved, for errors.

    Raises:
        InputError: for a path that does not exist, and for a value that is not valid there.
    """
    step, rest = _parted(thing, path, done)
    policy_of_table = isinstance(thing, Named) and isinstance(item, Policy)
    if policy_of_table and step not in thing and not path.startswith('"'):
        step = path  # a new policy, whose name may contain full stops
        rest = ""
    here = f"{done}.{written(step)}" if done else written(step)
    # Numbers of the law, margins and successors are in other files. The rest of the path is a path in such a file.
    if rest and isinstance(getattr(thing, step, None), Changes):
        return _with_number(thing, step, rest, plain(item))
    new_policy = policy_of_table and not rest
    old = None if new_policy else _part(thing, step, here)
    # Every level above the changed value is made anew, so that each class checks its fields again.
    new = having(old, rest, item, here) if rest else plain(item)
    try:
        return _with(thing, step, new)
    except InputError as error:
        # The path of an error may begin at this level or at the top. It is completed only in the first case.
        if error.where.startswith(here.split(".")[0]):
            raise
        place = here if error.where in ("", step) else f"{done}.{error.where}" if done else error.where
        raise type(error)(place, error.wrong, error.right) from None


def part_at(thing: Any, path: str) -> Any:
    """The value at a dotted path. Raises ScenarioError for a path that does not exist, with the nearest that does."""
    check_kind("path", path, str, "give text")
    done = ""
    rest = path
    while rest or not done:  # an empty path takes one step too, and so is an error
        step, rest = _parted(thing, rest, done)
        done = f"{done}.{written(step)}" if done else written(step)
        owner = thing
        thing = _part(thing, step, done)
        if rest and isinstance(thing, Changes):
            return _number(owner, step, rest)
    return thing


def switched_policy(scenario: Any, path: str) -> str:
    """The name of the policy that a path such as "policies.mars.on" switches on or off; "" for any other path."""
    if not path.startswith("policies."):
        return ""
    steps = steps_of(scenario, path)
    if len(steps) != 3 or steps[2] != ON:
        return ""
    # A policy with a field of this name has no switch: the path means the field.
    policy = scenario.policies.get(steps[1])
    return "" if policy is not None and ON in _names(policy) else steps[1]


def _with_number(scenario: Any, root: str, path: str, item: Any) -> Any:
    """A scenario with one number of its law, margins or successors set; None restores the value of their own file."""
    # One path can be written in several ways, with and without quotation marks. It is stored in one of them.
    old: Changes = getattr(scenario, root)
    canonical = joined(*names_in(path))
    if item is None:
        _number(scenario, root, canonical)  # an error if there is no such path
        return _with_changes(scenario, root, Changes(old.without(canonical)))
    try:
        changed = Changes({**old, canonical: item})
    except InputError as error:
        raise error.within(root) from None
    return _with_changes(scenario, root, changed)


def _with_changes(scenario: Any, root: str, changed: Changes) -> Any:
    """A scenario with other changes to its law, margins or successors. Changes to successors also change their posts."""
    if root != "successors":
        return attrs.evolve(scenario, **{root: changed})
    try:
        return scenario.with_successors(changed)
    except InputError as error:
        raise error.within(root) from None


def _number(scenario: Any, root: str, path: str) -> Any:
    """The value at a path of the law or of the margins."""
    try:
        return scenario.number_at(root, path)
    except InputError as error:
        raise error.within(root if error.where else joined(root, *names_in(path))) from None


def steps_of(thing: Any, path: str) -> tuple[str, ...]:
    """The names in a path into `thing`, as far as it exists; the rest is split at its full stops."""
    check_kind("path", path, str, "give text")
    found: list[str] = []
    rest = path
    while rest:
        step, rest = _parted(thing, rest, "")
        found.append(step)
        names = _names(thing)
        thing = _part(thing, step, step) if step in names else None
    return tuple(found)


def _parted(thing: Any, path: str, done: str) -> tuple[str, str]:
    """The first step of a path and the rest: a quoted name, the longest known name, or the text up to a full stop."""
    if path.startswith('"'):
        return first_name(path, done)
    # Names of organisations may contain full stops. The longest name that fits is the step.
    dotted_names = [name for name in _names(thing) if "." in name]
    longer = [name for name in dotted_names if path == name or path.startswith(f"{name}.")]
    if longer:
        name = max(longer, key=len)
        return name, path[len(name) + 1 :]
    step, _, rest = path.partition(".")
    return step, rest


def is_whole(thing: Any, path: str) -> bool:
    """Whether the value at a path is a whole number. For None, the declared type of the field decides."""
    item = part_at(thing, path)
    if item is not None:
        return type(item) is int
    root = path.partition(".")[0]
    if isinstance(getattr(thing, root, None), Changes):
        return False  # a term that a tariff does not use is a number of pounds
    *before, step = steps_of(thing, path)
    owner = part_at(thing, joined(*before))
    declared = _declared(type(owner), step) if attrs.has(type(owner)) else None
    if declared is None:
        return False
    classes = _classes(declared)
    return int in classes and float not in classes


def differences(first: Any, second: Any) -> tuple[Change, ...]:
    """Every path at which two scenarios differ, in order of path. A scenario without that path has None."""
    for name, thing in (("first", first), ("second", second)):
        if not attrs.has(type(thing)):
            check_kind(name, thing, (), "give a Scenario, such as load_scenario(name), or a part of one")
    old, new = _apart(first, second)
    changes = []
    for path in sorted(set(old) | set(new)):
        if old.get(path) != new.get(path):
            change = Change(path, old.get(path), new.get(path))
            changes.append(_with_defaults(change, first, second))
    # The order of policies matters in a run. Only policies that both have can be in another order.
    orders = [list(getattr(thing, "policies", {})) for thing in (first, second)]
    common = set(orders[0]) & set(orders[1])
    both = [tuple(name for name in order if name in common) for order in orders]
    if both[0] != both[1]:
        changes.append(Change("policies.(order)", *both))
    return tuple(changes)


def _with_defaults(change: Change, first: Any, second: Any) -> Change:
    """A change in the law or the margins, with the default number if a scenario sets none."""
    root = change.path.partition(".")[0]
    if not isinstance(getattr(first, root, None), Changes):
        return change
    try:
        old = part_at(first, change.path) if change.old is None else change.old
        new = part_at(second, change.path) if change.new is None else change.new
    except InputError:  # one of the two has no such margins
        return change
    return attrs.evolve(change, old=old, new=new)


def _apart(first: Any, second: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both by dotted path, without the parts that are the same object in both, such as the organisations."""
    # To list everything in hundreds of organisations takes most of the time, and a changed copy shares them.
    if not attrs.has(type(first)) or type(first) is not type(second):
        return flat(first), flat(second)
    old: dict[str, Any] = {}
    new: dict[str, Any] = {}
    for field in _fields(first):
        parts = [getattr(thing, field.name) for thing in (first, second)]
        if parts[0] is not parts[1]:
            old |= flat(parts[0], field.name)
            new |= flat(parts[1], field.name)
    return old, new


def flat(thing: Any, prefix: str = "") -> dict[str, Any]:
    """Everything in a specification by its dotted path."""
    if isinstance(thing, Workforce):
        return {prefix: thing.content}  # a digest in place of thousands of rows
    if attrs.has(type(thing)):
        parts = {field.name: getattr(thing, field.name) for field in _fields(thing)}
        # Two policies of different classes may have the same fields, so the class is an entry of its own.
        kind = {f"{prefix}.type": type(thing).__name__} if prefix.startswith("policies.") else {}
        return kind | _flat_parts(parts, prefix)
    if isinstance(thing, Changes):
        return {f"{prefix}.{path}": number for path, number in thing.items()}
    if isinstance(thing, Named):
        return _flat_parts(dict(thing), prefix)
    if isinstance(thing, tuple) and thing and all(hasattr(item, "name") for item in thing):
        return _flat_parts({item.name: item for item in thing}, prefix)
    return {prefix: thing}


def _flat_parts(parts: dict[str, Any], prefix: str) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    for name, part in parts.items():
        whole |= flat(part, f"{prefix}.{written(name)}" if prefix else written(name))
    return whole


def _fields(thing: Any) -> list[Any]:
    """The fields of a specification that are part of its content."""
    return [field for field in attrs.fields(type(thing)) if field.init and not field.metadata.get("apart")]


def _names(thing: Any) -> list[str]:
    """The possible next steps of a path from here; items without a name are counted from 1."""
    if attrs.has(type(thing)) and not isinstance(thing, Workforce):
        return [field.name for field in _fields(thing)]
    if isinstance(thing, Changes):
        return []  # a path into it counts as one step, because its numbers are in another file
    if isinstance(thing, Named):
        return list(thing)
    if isinstance(thing, tuple):
        return [_called(item, place) for place, item in enumerate(thing, 1)]
    return []


def _called(item: Any, place: int) -> str:
    """The name of an item of a tuple, or its number."""
    return item.name if attrs.has(type(item)) and hasattr(item, "name") else str(place)


def _part(thing: Any, step: str, here: str) -> Any:
    names = _names(thing)
    if step == ON and isinstance(thing, Policy) and step not in names:
        return True
    if step not in names:
        right = nearest(step, names) if names else "end the path one step earlier"
        raise ScenarioError(here, "does not exist", right)
    if isinstance(thing, tuple):
        return thing[names.index(step)]
    return thing[step] if isinstance(thing, Named) else getattr(thing, step)


def _with(thing: Any, step: str, new: Any) -> Any:
    # A table or list contains items of one kind, so an existing item shows which kind a new one must have.
    if isinstance(thing, Named):
        example = next(iter(thing.values()), 0)
        if new is None or (thing and not isinstance(new, _kind(example))):
            raise ScenarioError(step, f"is {_described(new)}", f"give {_wanted(example)}")
        return thing.having(step, new)
    if isinstance(thing, tuple):
        index = _names(thing).index(step)
        if not isinstance(new, _kind(thing[index])):
            raise ScenarioError(step, f"is {_described(new)}", f"give {_wanted(thing[index])}, or a longer path")
        return (*thing[:index], new, *thing[index + 1 :])
    return attrs.evolve(thing, **{step: _strict(type(thing), step, new)})


def _kind(item: Any) -> Any:
    """The type that a value must have to replace `item` among others of its kind."""
    if isinstance(item, Policy):
        return Policy
    number = isinstance(item, (int, float)) and not isinstance(item, bool)
    return (int, float) if number else type(item)


def _wanted(item: Any) -> str:
    """A description of the values that may replace `item`."""
    if isinstance(item, Policy):
        return "a policy, or a longer path into it"
    kind = type(item)
    words = {int: "a number", float: "a number", str: "text", bool: "True or False"}
    return words.get(kind, _a(kind.__name__))


def _a(name: str) -> str:
    return f"an {name}" if name[:1] in "AEIOU" else f"a {name}"


def _described(item: Any) -> str:
    """A short description of the value given."""
    if isinstance(item, (dict, list)):
        return "a table" if isinstance(item, dict) else "a list"
    return _a(type(item).__name__) if attrs.has(type(item)) else shown(item)


def _strict(kind: type, step: str, item: Any) -> Any:
    """The new value of a field, checked against its declared type as strictly as in a file."""
    declared = _declared(kind, step)
    if declared is None:
        return item
    classes = _classes(declared)
    if declared is Changes:
        return item  # the field's converter checks the value
    if item is None:
        if type(None) in classes or declared is Any:
            return item
        raise ScenarioError(step, "is None", "give a value of the right kind; only optional values can be None")
    # Four forms of value need different checks: a collection of specifications, a single specification where a collection
    # is declared, a single specification, and values that a file can contain.
    if isinstance(item, (Named, tuple)) and not _plainly(item):
        return _named_or_many(declared, step, item)
    origin = get_origin(declared)
    parts = get_args(declared)
    of_protocols = any(_is_protocol(part) for part in parts)
    if origin in (Named, InOrder, tuple) and (attrs.has(type(item)) or of_protocols):
        raise ScenarioError(step, f"is {_described(item)}", f"set one of its parts, as {step}.NAME")
    if attrs.has(type(item)) or any(attrs.has(each) for each in classes) or _is_protocol(declared):
        return _object(declared, classes, step, item)
    return toml.structure(item, declared)


def _declared(kind: type, step: str) -> Any:
    """The declared type of a field; None if it cannot be determined, as for a class made in a function."""
    try:
        fields = attrs.fields(attrs.resolve_types(kind))
    except (NameError, TypeError, AttributeError):
        return None
    found = next(field for field in fields if field.name == step).type
    return None if isinstance(found, str) else found


def _classes(declared: Any) -> tuple[Any, ...]:
    """The alternatives of a declared type."""
    return get_args(declared) if isinstance(declared, UnionType) or get_origin(declared) is Union else (declared,)


def _is_protocol(declared: Any) -> bool:
    # `isinstance` does not accept every protocol, and Python has no public test for them before version 3.13.
    return bool(getattr(declared, "_is_protocol", False))


def _plainly(item: Any) -> bool:
    """Whether a tuple contains only values that a file can contain."""
    parts = item.values() if isinstance(item, Named) else item
    return isinstance(item, tuple) and not any(attrs.has(type(part)) for part in parts)


def _object(declared: Any, classes: tuple[Any, ...], step: str, item: Any) -> Any:
    """A specification or other object, if the field may have one of its class."""
    kinds = tuple(each for each in classes if isinstance(each, type) and each is not type(None))
    if isinstance(item, Mapping) and len(kinds) == 1 and attrs.has(kinds[0]):
        return toml.structure(item, kinds[0])
    if _is_protocol(declared) or not kinds or any(_is_protocol(each) for each in kinds):
        fits = attrs.has(type(item))  # the owner of the field checks what the protocol requires
    else:
        fits = isinstance(item, kinds)
    if not fits:
        names = [each.__name__ for each in kinds] or [getattr(declared, "__name__", str(declared))]
        raise ScenarioError(step, f"is {_described(item)}", f"give {' or '.join(map(_a, names))}")
    return item


def _named_or_many(declared: Any, step: str, item: Any) -> Any:
    """A mapping or tuple of specifications, if the field may have one."""
    origin = get_origin(declared)
    part = next((each for each in get_args(declared) if each is not Ellipsis), Any)
    parts = item.values() if isinstance(item, Named) else item
    base = Named if isinstance(item, Named) else tuple
    if not (isinstance(origin, type) and issubclass(origin, base)):
        raise ScenarioError(step, f"is {_described(item)}", "give a value of the right kind (see the reference)")
    for one in parts:
        fits = isinstance(one, part) if isinstance(part, type) and not _is_protocol(part) else True
        if part is float:
            fits = isinstance(one, (int, float)) and not isinstance(one, bool)
        if not fits:
            raise ScenarioError(
                step, f"contains {_described(one)}", f"give each as {_a(getattr(part, '__name__', str(part)))}"
            )
    return item
