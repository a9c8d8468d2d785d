"""Work that several measures share, done once for each run and let go with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Any, Concatenate, ParamSpec, TypeVar, cast
from weakref import WeakKeyDictionary

import numpy as np

from nhstransit.arrays import Longs, Rows
from nhstransit.eventlog import Kind, Log
from nhstransit.run import Run

T = TypeVar("T")
P = ParamSpec("P")
_KEPT: WeakKeyDictionary[Run, dict[Any, Any]] = WeakKeyDictionary()  # a run never changes, so nor does what follows


def once(make: Callable[Concatenate[Run, P], T]) -> Callable[Concatenate[Run, P], T]:
    """`make`, so that a run asked again in the same words gets what was worked out before.

    Arguments that cannot be hashed are asked about anew each time. The result must not hold the run.
    """
    asked = signature(make)

    @wraps(make)
    def kept(run: Run, *args: P.args, **kwargs: P.kwargs) -> T:
        words = asked.bind(run, *args, **kwargs)
        words.apply_defaults()
        key = (make, *words.args[1:], *words.kwargs.values())
        found = _KEPT.setdefault(run, {})
        try:
            if key in found:
                result: T = found[key]
                return result
        except TypeError:
            return make(run, *args, **kwargs)
        found[key] = result = make(run, *args, **kwargs)
        return result

    return cast("Callable[Concatenate[Run, P], T]", kept)


def events(run: Run, *kinds: Kind) -> Log:
    """The events of these kinds in the order of the log, picked out once for each run."""
    found = _KEPT.setdefault(run, {})
    if kinds not in found:
        found[kinds] = run.log.take(places(run, *kinds))
    picked: Log = found[kinds]
    return picked


def places(run: Run, *kinds: Kind) -> Rows:
    """Where in the log the events of these kinds stand, (events,), for telling what came after what."""
    order, ends = _sorted(run)
    parts = [order[ends[kind] : ends[kind + 1]] for kind in kinds]
    return parts[0] if len(parts) == 1 else np.sort(np.concatenate(parts), kind="stable")


@once
def _sorted(run: Run) -> tuple[Rows, Longs]:
    """The places of all events by kind, in the order of the log within each; and where each kind begins."""
    kind = run.log.kind
    counts = np.bincount(kind, minlength=max(Kind) + 1) if len(kind) else np.zeros(max(Kind) + 1, "int64")
    return np.argsort(kind, kind="stable"), np.concatenate(([0], np.cumsum(counts)))
