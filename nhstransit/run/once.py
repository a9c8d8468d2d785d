"""Work that several rooms share, done once for each run and released together with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, cast
from weakref import WeakKeyDictionary

from nhstransit.errors import check_kind

if TYPE_CHECKING:
    from nhstransit.run.run import Run

T = TypeVar("T")
P = ParamSpec("P")
# Results by run, then by function and arguments. Runs never change, so results stay right. The keys are weak references:
# when a run is no longer used, it and its results are released together.
_RESULTS: WeakKeyDictionary[Run, dict[Any, Any]] = WeakKeyDictionary()


def once(make: Callable[Concatenate[Run, P], T]) -> Callable[Concatenate[Run, P], T]:
    """Wrap `make` so that a second call for the same run and arguments returns the first result.

    Calls with arguments that cannot be hashed are computed every time. The result must not refer to the run, because the
    run could then never be released.
    """
    declared = signature(make)

    @wraps(make)
    def stored(run: Run, *args: P.args, **kwargs: P.kwargs) -> T:
        if run not in _RESULTS:  # the type is checked only the first time, because most calls find a result
            _check_run(run)
        # An argument may be given by position, by name or by default. `bind` makes these calls the same key.
        given = declared.bind(run, *args, **kwargs)
        given.apply_defaults()
        key = (make, *given.args[1:], *given.kwargs.values())
        found = _RESULTS.setdefault(run, {})
        # A key that cannot be hashed raises TypeError here, before anything is computed.
        try:
            if key in found:
                result: T = found[key]
                return result
        except TypeError:
            return make(run, *args, **kwargs)
        found[key] = result = make(run, *args, **kwargs)
        return result

    return cast("Callable[Concatenate[Run, P], T]", stored)


def _check_run(run: object) -> None:
    """Raise InputError for anything but a run."""
    from nhstransit.run.run import Run  # not at the top: that module and others of the room import this one

    check_kind("run", run, Run)
