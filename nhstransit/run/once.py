"""Results that are computed once for each run and released together with it."""

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
_KEPT: WeakKeyDictionary[Run, dict[Any, Any]] = WeakKeyDictionary()  # safe, because runs and results never change


def once(make: Callable[Concatenate[Run, P], T]) -> Callable[Concatenate[Run, P], T]:
    """Wrap `make` so that a second call for the same run and arguments returns the first result.

    With arguments that cannot be hashed, `make` is called every time. The result must not refer to the run, because the
    run would then never be released.
    """
    asked = signature(make)

    @wraps(make)
    def kept(run: Run, *args: P.args, **kwargs: P.kwargs) -> T:
        if run not in _KEPT:  # check only the first time, because the check takes time
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
    from nhstransit.run.run import Run  # here, because that module is imported with this one

    check_kind("run", run, Run)
