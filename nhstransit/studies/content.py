"""Content hashes of everything a run depends on. They identify a result in the store.

A run depends on its scenario, draw, seed, measure, code and data. A class or function written by the user is hashed by
its name and source text; the code that it calls is not.
"""

from __future__ import annotations

import datetime as dt
import enum
import functools
import hashlib
import inspect
import platform
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.metadata import version
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import attrs
import numpy as np

from nhstransit.errors import InputError, SweepError
from nhstransit.fields import parent_of
from nhstransit.files import content_of
from nhstransit.organisations.posts import found
from nhstransit.run.run import library_version
from nhstransit.scenario import Scenario
from nhstransit.synthesis import StaffSynthesis
from nhstransit.toml import MOST_BYTES, Changes, InOrder
from nhstransit.workforce.columns import Workforce

LABELS = ("name", "title", "about", "dated")  # fields of a scenario that do not affect a run
ABOVE_RUNS = {  # parts of the library that no run or measure depends on
    "__init__.py",
    "__main__.py",
    "bounds",
    "choice",
    "cli",
    "comparison",
    "data",
    "plots",
    "report",
    "studies",
}


def digest(*parts: str) -> str:
    """SHA-256 of texts, hexadecimal. Their lengths are hashed too, so that different lists have different hashes."""
    return hashlib.sha256("".join(f"{len(part)}:{part}" for part in parts).encode()).hexdigest()


def scenario_content(scenario: Scenario) -> str:
    """The hash of everything in a scenario except its name, title and description.

    The files from which it synthesises staff are included. An empty table of settings is hashed like a missing one.

    Raises:
        SweepError: for a part whose content cannot be hashed.
    """
    parts = []
    for field in attrs.fields(Scenario):
        part = getattr(scenario, field.name)
        # A part that sets nothing is left out, so that scenarios stored before the part existed keep their hash.
        ignored = field.name in LABELS or field.metadata.get("apart")
        if not ignored and not _sets_nothing(part):
            parts.append(f"{field.name}={_text(part, field.name)}")
    # Staff are synthesised from files of margins. A file may change without its name, so its content is hashed.
    if isinstance(scenario.staff, StaffSynthesis):
        names = (scenario.staff.margins, *(layer.margins for layer in scenario.staff.also))
        for name in names:
            margins = content_of(found(name, scenario.home), MOST_BYTES)
            parts.append(hashlib.sha256(margins).hexdigest())
    return digest(*parts)


def _sets_nothing(part: Any) -> bool:
    """Whether a part is None or an empty table of changes."""
    return part is None or (isinstance(part, Changes) and not part)


@cache
def code_content() -> str:
    """The hash of the code that makes and measures runs: the library's source and the versions of its dependencies."""
    # Processors of different kinds round some functions differently in the last digit.
    versions = [library_version(), platform.machine(), version("numpy"), version("scipy"), version("simpy")]
    with as_file(files("nhstransit")) as house:
        modules = [path for path in sorted(house.rglob("*.py")) if path.relative_to(house).parts[0] not in ABOVE_RUNS]
        return digest(*versions, *_read(modules, house))


@cache
def data_content() -> str:
    """The hash of every bundled data file: law, organisations, margins and so on."""
    with as_file(files("nhstransit") / "data") as folder:
        paths = [path for path in sorted(folder.rglob("*")) if path.suffix in (".toml", ".csv")]
        return digest(*_read(paths, folder))


def _read(paths: list[Path], house: Path) -> Iterator[str]:
    # Names are hashed too, so that a renamed file counts as a change.
    for path in paths:
        yield path.relative_to(house).as_posix()
        yield hashlib.sha256(path.read_bytes()).hexdigest()


def function_name(function: Callable[..., Any], role: str) -> str:
    """The name `module:function` of a function that any process can import.

    Raises:
        SweepError: for a function that cannot be imported: a lambda, a nested function, or a method of an object.
    """
    name = f"{getattr(function, '__module__', None)}:{getattr(function, '__qualname__', None)}"
    try:
        # A decorated function may have the name of another one, so the name must lead back to the same object.
        same = named_function(name, role) is function
    except InputError:
        same = False
    if not same:
        wrong = f"is {function!r}, which a worker process cannot import"
        raise SweepError(role, wrong, "define the function at the top level of a module")
    return name


def named_function(name: str, role: str) -> Callable[..., Any]:
    """The function with the name `module:function`. Raises SweepError if it does not exist."""
    from importlib import import_module

    module, _, path = name.partition(":")
    try:
        thing: Any = functools.reduce(getattr, path.split("."), import_module(module))
    except (ImportError, AttributeError, ValueError):
        raise SweepError(role, f"is {name!r}, which cannot be imported here", 'name it as "module:function"') from None
    if not callable(thing):
        raise SweepError(role, f"is {name!r}, which is not a function", 'name it as "module:function"')
    return thing  # type: ignore[no-any-return]


def function_content(function: Callable[..., Any] | None) -> str:
    """The name and source of a measure as text; "" for None."""
    return "" if function is None else f"{function.__module__}:{function.__qualname__}:{_source(function)}"


def _text(thing: Any, place: str) -> str:
    """Everything in an object as text, such that equal objects have equal texts in every process."""
    if thing is None or isinstance(thing, (bool, int, float, str, bytes, dt.date)):
        return repr(thing)
    # The class is checked before other classes, because the content of a workforce is computed once and stored.
    if isinstance(thing, Workforce):
        return f"Workforce {thing.content}"
    if isinstance(thing, enum.Enum):
        return f"{_name(type(thing))}.{thing.name}"
    if isinstance(thing, (tuple, list)):
        return f"({','.join(_text(part, f'{place}[{at}]') for at, part in enumerate(thing))})"
    if isinstance(thing, Mapping):
        # The order of entries counts only for an `InOrder` mapping. Other mappings are sorted.
        keys = list(thing) if isinstance(thing, InOrder) else sorted(thing)
        parts = (f"{_text(key, place)}:{_text(thing[key], f'{place}.{key}')}" for key in keys)
        return f"{{{','.join(parts)}}}"
    # Dtype and shape are hashed too, because arrays of different types can have the same bytes.
    if isinstance(thing, (np.ndarray, np.generic)):
        body = hashlib.sha256(np.ascontiguousarray(thing).tobytes()).hexdigest()
        return f"{thing.dtype} {thing.shape} {body}"
    if isinstance(thing, (np.ndarray, np.generic)):
        return f"{thing.dtype} {thing.shape} {hashlib.sha256(np.ascontiguousarray(thing).tobytes()).hexdigest()}"
    if isinstance(thing, functools.partial):
        return f"partial{_text((thing.func, thing.args, thing.keywords), place)}"
    if isinstance(thing, Path):
        return f"path {thing.as_posix()}"
    if isinstance(thing, type) or inspect.isroutine(thing):
        return f"{_name(thing)} {_source(thing)}"
    return _object(thing, place)


def _object(thing: Any, place: str) -> str:
    kind = type(thing)
    if not attrs.has(kind):
        wrong = f"is a {kind.__name__}, whose content cannot be hashed"
        raise SweepError(place, wrong, "define its class as a frozen attrs class, so that the store can identify it")
    fields = [field.name for field in attrs.fields(kind) if field.init and not _added_and_unused(thing, field)]
    parts = ",".join(f"{name}={_text(getattr(thing, name), f'{place}.{name}')}" for name in fields)
    # A class inherits behaviour, so the source of every base class written by the user is part of its content.
    own = "".join(_source(base) for base in kind.__mro__ if base is not object)
    return f"{_name(kind)}({parts}){own}"


def _added_and_unused(thing: Any, field: attrs.Attribute[Any]) -> bool:
    """Whether a field with its default value can be ignored, because earlier stored scenarios did not have the field."""
    parent = parent_of(field)
    return parent is not None and parent.later and getattr(thing, field.name) == field.default


def _name(thing: Any) -> str:
    return f"{getattr(thing, '__module__', '')}:{getattr(thing, '__qualname__', '')}"


@cache
def _source(thing: Any) -> str:
    """The hash of the source of a user's class or function; the library's own code is hashed as a whole instead."""
    if getattr(thing, "__module__", "").partition(".")[0] in ("nhstransit", "builtins", "typing"):
        return ""
    try:
        return hashlib.sha256(inspect.getsource(thing).encode()).hexdigest()
    except (OSError, TypeError):
        code = getattr(thing, "__code__", None)  # Python has no source text of functions defined at a prompt
        return "" if code is None else hashlib.sha256(code.co_code + repr(code.co_consts).encode()).hexdigest()
