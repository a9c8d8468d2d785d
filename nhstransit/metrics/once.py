"""Work that several measures share, done once for each run and let go with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import numpy as np

from nhstransit.eventlog import Kind, Log
from nhstransit.run import Run

T = TypeVar("T")
_KEPT: WeakKeyDictionary[Run, dict[Any, Any]] = WeakKeyDictionary()  # a run never changes, so nor does what follows


def once(make: Callable[[Run], T]) -> Callable[[Run], T]:
    """`make`, so that a run asked about again gets what was worked out before; the result must not hold the run."""

    @wraps(make)
    def kept(run: Run) -> T:
        found = _KEPT.setdefault(run, {})
        if make not in found:
            found[make] = make(run)
        result: T = found[make]
        return result

    return kept


def events(run: Run, *kinds: Kind) -> Log:
    """The events of these kinds in the order of the log, picked out once for each run."""
    found = _KEPT.setdefault(run, {})
    if kinds not in found:
        kind = run.log.kind
        found[kinds] = run.log.take(np.flatnonzero(kind == kinds[0] if len(kinds) == 1 else np.isin(kind, kinds)))
    picked: Log = found[kinds]
    return picked


def places(run: Run, *kinds: Kind) -> Any:
    """Where in the log the events of these kinds stand, (events,), for telling what came after what."""
    return np.flatnonzero(np.isin(run.log.kind, kinds))
