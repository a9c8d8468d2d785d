"""Older names of what has a new one: each works for one more minor version, and warns with the new name.

A public name is renamed by one entry in `RENAMED`. The module that held it has `__getattr__ = older(__name__)`, or, like
the front door, asks `older` when it does not know a name. A test fails as soon as an entry has outlived its version.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from importlib import import_module
from typing import Any

import attrs


@attrs.frozen
class Renamed:
    """The new name of something, as `module` or `module:name`, and the version that brought it, such as 0.2.0."""

    new: str
    since: str

    @property
    def gone(self) -> str:
        """The version in which the older name is gone: the next minor one."""
        major, minor = self.since.split(".")[:2]
        return f"{major}.{int(minor) + 1}.0"

    @property
    def words(self) -> str:
        """The new name as one writes it."""
        return self.new.replace(":", ".")

    def found(self) -> Any:
        """What has the new name."""
        module, _, name = self.new.partition(":")
        thing = import_module(module)
        return getattr(thing, name) if name else thing


RENAMED = {
    "nhstransit.calibration": Renamed("nhstransit.studies.calibration", "0.2.0"),
    "nhstransit.entitlements": Renamed("nhstransit.law", "0.2.0"),
    "nhstransit.eventlog": Renamed("nhstransit.log", "0.2.0"),
    "nhstransit.explanation": Renamed("nhstransit.scenario.explain", "0.2.0"),
    "nhstransit.metrics": Renamed("nhstransit.measures", "0.2.0"),
    "nhstransit.parameters": Renamed("nhstransit.law.parameters", "0.2.0"),
    "nhstransit.published": Renamed("nhstransit.england", "0.2.0"),
    "nhstransit.sensitivity": Renamed("nhstransit.studies.sensitivity", "0.2.0"),
    "nhstransit.sweeps": Renamed("nhstransit.studies", "0.2.0"),
    "nhstransit.validation": Renamed("nhstransit.england", "0.2.0"),
}


def older(module: str, *, depth: int = 2) -> Callable[[str], Any]:
    """A `__getattr__` for a module, which finds what has an older name in it.

    Args:
        module: the name of the module.
        depth: how many calls lie between the warning and the line that is at fault.

    Returns:
        A function from a name to what has it now. It warns with a DeprecationWarning, and raises AttributeError for a
            name that the module never had.
    """

    def __getattr__(name: str) -> Any:  # noqa: N807 - it is that of the module
        found = RENAMED.get(f"{module}.{name}")
        if found is None:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        sentence = f"{module}.{name} is now {found.words}; the older name works until version {found.gone}"
        warnings.warn(sentence, DeprecationWarning, stacklevel=depth)
        return found.found()

    return __getattr__
