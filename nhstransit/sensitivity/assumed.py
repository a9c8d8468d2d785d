"""The assumptions of a scenario that have a range: what a study of sensitivity varies, by path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import attrs

from nhstransit.errors import SweepError, check_kind, nearest
from nhstransit.fields import Parent, parent_of
from nhstransit.scenario import Scenario, joined, part_at
from nhstransit.sweeps import Range
from nhstransit.toml import Named

VARIED = ("assumption", "derived", "study", "press", "recalled")  # grades of which a range is told


def ranges_of(scenario: Scenario, paths: str | Iterable[str] | None = None) -> tuple[Range, ...]:
    """Every number of the scenario's policies and behaviour whose source gives a range, or those of the paths given.

    What an effect that is off would be is left out, and so is a number that the scenario sets outside its range. Raises
    SweepError for a path that has none, with the nearest.
    """
    check_kind("scenario", scenario, Scenario)
    known = {one.path: one for one in _ranged(scenario)}
    if paths is None:
        return tuple(known.values())
    wanted = (paths,) if isinstance(paths, str) else tuple(paths)
    for path in wanted:
        if path not in known:
            raise SweepError(f"range of {path!r}", "is not told anywhere", nearest(path, known))
    return tuple(known[path] for path in wanted)


def _ranged(scenario: Scenario) -> Iterator[Range]:
    for root in ("behaviour", "policies"):
        yield from _within(part_at(scenario, root), root)


def _within(thing: Any, path: str) -> Iterator[Range]:
    """The ranges in a specification and in its parts."""
    if isinstance(thing, Named):
        for name, part in thing.items():
            yield from _within(part, f"{path}.{joined(name)}")
    elif attrs.has(type(thing)):
        for field in attrs.fields(type(thing)):
            item, place, parent = getattr(thing, field.name), f"{path}.{field.name}", parent_of(field)
            if parent is not None and parent.range and parent.quality in VARIED and _varies(item, parent):
                yield Range(place, *(_as_given(item, end) for end in parent.range))
            elif attrs.has(type(item)) or isinstance(item, Named):
                yield from _within(item, place)


def _varies(item: Any, parent: Parent) -> bool:
    """Whether a number lies in its parent's range, or is the law's, which a local term may replace."""
    return (item is None and bool(parent.law)) or (parent.range is not None and _inside(item, parent.range))


def _as_given(item: Any, end: float) -> Any:
    return end if item is None else type(item)(end)


def _inside(item: Any, ends: tuple[float, float]) -> bool:
    return isinstance(item, (int, float)) and not isinstance(item, bool) and ends[0] <= item <= ends[1]
