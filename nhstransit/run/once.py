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
_KEPT: WeakKeyDictionary[Run, dict[Any, Any]] = WeakKeyDictionary()  # a run never changes, nor does a result


def once(make: Callable[Concatenate[Run, P], T]) -> Callable[Concatenate[Run, P], T]:
    """Wrap `make` so that a second call for the same run and arguments returns the first result.

    Calls with arguments that cannot be hashed are computed every time. The result must not hold the run, because it
    would then keep the run alive.
    """
    asked = signature(make)

    @wraps(make)
    def kept(run: Run, *args: P.args, **kwargs: P.kwargs) -> T:
        if run not in _KEPT:  # a run is looked at closely the first time only
            _check_run(run)
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


def _check_run(run: object) -> None:
    """Raise InputError for anything but a run."""
    from nhstransit.run.run import Run  # which this module serves

    check_kind("run", run, Run)
