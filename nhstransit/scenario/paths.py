"""Dotted paths into a scenario: one thing changed, and what differs between two."""

from __future__ import annotations

from typing import Any

import attrs

from nhstransit import toml
from nhstransit.errors import InputError, ScenarioError, nearest
from nhstransit.grammar import Policy
from nhstransit.toml import Named
from nhstransit.workforce.columns import Workforce


@attrs.frozen
class Change:
    """One difference between two scenarios: where, what it was in the first and what it is in the second."""

    path: str
    old: Any
    new: Any

    def __str__(self) -> str:
        return f"{self.path}: {self.old!r} → {self.new!r}"


def having(thing: Any, path: str, item: Any, done: str = "") -> Any:
    """`thing` with the part at `path` replaced, everything on the way checked again; a new policy may go beside others."""
    step, _, rest = path.partition(".")
    here = f"{done}.{step}" if done else step
    new_policy = isinstance(thing, Named) and not rest and isinstance(item, Policy)
    old = None if new_policy else _part(thing, step, here)
    new = having(old, rest, item, here) if rest else item
    try:
        return _with(thing, step, new)
    except InputError as error:
        if error.where.startswith(here.split(".")[0]):
            raise
        place = here if error.where in ("", step) else f"{done}.{error.where}" if done else error.where
        raise type(error)(place, error.wrong, error.right) from None


def part_at(thing: Any, path: str) -> Any:
    """What stands at a dotted path. Raises ScenarioError for one that leads nowhere, with the nearest that does."""
    done = ""
    for step in path.split("."):
        done = f"{done}.{step}" if done else step
        thing = _part(thing, step, done)
    return thing


def differences(first: Any, second: Any) -> tuple[Change, ...]:
    """Every path at which two scenarios differ, in order of path; what one lacks is None there."""
    old, new = _apart(first, second)
    paths = sorted(set(old) | set(new))
    changes = [Change(path, old.get(path), new.get(path)) for path in paths if old.get(path) != new.get(path)]
    orders = [getattr(thing, "policies", {}) for thing in (first, second)]
    both = [tuple(name for name in one if name in orders[0] and name in orders[1]) for one in orders]
    if both[0] != both[1]:
        changes.append(Change("policies.(order)", *both))
    return tuple(changes)


def _apart(first: Any, second: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both by dotted path, without the parts that are one object in both: a world's bodies, most of the time."""
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
        return {prefix: thing.content}
    if attrs.has(type(thing)):
        parts = {field.name: getattr(thing, field.name) for field in _fields(thing)}
        kind = {f"{prefix}.type": type(thing).__name__} if prefix.startswith("policies.") else {}
        return kind | _flat_parts(parts, prefix)
    if isinstance(thing, Named):
        return _flat_parts(dict(thing), prefix)
    if isinstance(thing, tuple) and thing and all(hasattr(item, "name") for item in thing):
        return _flat_parts({item.name: item for item in thing}, prefix)
    return {prefix: thing}


def _flat_parts(parts: dict[str, Any], prefix: str) -> dict[str, Any]:
    joined: dict[str, Any] = {}
    for name, part in parts.items():
        joined |= flat(part, f"{prefix}.{name}" if prefix else name)
    return joined


def _fields(thing: Any) -> list[Any]:
    """The fields of a specification that say what it is."""
    return [field for field in attrs.fields(type(thing)) if field.init and not field.metadata.get("apart")]


def _names(thing: Any) -> list[str]:
    """What a path may go on to from here."""
    if attrs.has(type(thing)) and not isinstance(thing, Workforce):
        return [field.name for field in _fields(thing)]
    if isinstance(thing, Named):
        return list(thing)
    if isinstance(thing, tuple):
        return [item.name for item in thing if hasattr(item, "name")]
    return []


def _part(thing: Any, step: str, here: str) -> Any:
    names = _names(thing)
    if step not in names:
        right = nearest(step, names) if names else "end the path there"
        raise ScenarioError(here, "leads nowhere", right)
    if isinstance(thing, tuple):
        return next(item for item in thing if getattr(item, "name", None) == step)
    return thing[step] if isinstance(thing, Named) else getattr(thing, step)


def _with(thing: Any, step: str, new: Any) -> Any:
    if isinstance(thing, Named):
        return thing.having(step, new)
    if isinstance(thing, tuple):
        return tuple(new if getattr(item, "name", None) == step else item for item in thing)
    return attrs.evolve(thing, **{step: _strict(type(thing), step, new)})


def _strict(kind: type, step: str, item: Any) -> Any:
    """What is to stand in a field, checked against its declared type as strictly as in a file."""
    declared = next(field for field in attrs.fields(attrs.resolve_types(kind)) if field.name == step).type
    if item is None or declared is None or attrs.has(type(item)) or isinstance(item, Named):
        return item
    if isinstance(item, tuple) and any(attrs.has(type(part)) for part in item):
        return item
    return toml.structure(item, declared)
