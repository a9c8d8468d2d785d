"""Older names of renamed things. Each works for one more minor version, with a warning that gives the new name.

A public name is renamed by one entry in `RENAMED`. The module that contained it has `__getattr__ = older(__name__)`.
The package itself calls `older` for a name that it does not know. A renamed module can be imported by its older name
too (`OlderModules`). A test fails if an entry is still here after its last version.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import attrs


@attrs.frozen
class Renamed:
    """The new name of something, as `module` or `module:name`, and the version that introduced it, such as 0.2.0."""

    new: str
    since: str

    @property
    def gone(self) -> str:
        """The version that drops the older name: the next minor version."""
        major, minor = self.since.split(".")[:2]
        return f"{major}.{int(minor) + 1}.0"

    @property
    def words(self) -> str:
        """The new name as it is written in code."""
        return self.new.replace(":", ".")

    def found(self) -> Any:
        """The object with the new name."""
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


def newer_module(name: str) -> tuple[str, Renamed] | None:
    """The new name and the entry of a renamed module, or of a module within it; None for any other module.

    For a module that never existed it returns None, and Python raises its usual error.
    """
    for old, entry in RENAMED.items():
        within = name.removeprefix(old)
        # The module itself, or a part of it after a full stop; "nhstransit.logbook" is not part of "nhstransit.log".
        if within != name and (not within or within.startswith(".")):
            found = f"{entry.new}{within}"
            return (found, entry) if _is_module(found) else None
    return None


def _is_module(name: str) -> bool:
    """Whether there is a module of this name. `module:name` is not one; `older` handles it."""
    try:
        return ":" not in name and find_spec(name) is not None
    except ModuleNotFoundError:  # its parent is not a package
        return False


class OlderModules(MetaPathFinder, Loader):
    """Lets `from nhstransit.metrics import x` and `import nhstransit.metrics.drain` work, with a warning.

    The older name becomes a second name of the same module, so that nothing is loaded twice. Python stores it in
    `sys.modules`, so only the first import warns.
    """

    @classmethod
    def join(cls) -> None:
        """Register with Python's import system, once. It must come first, or a module within a renamed package would be
        loaded a second time.
        """
        if not any(isinstance(finder, cls) for finder in sys.meta_path):
            sys.meta_path.insert(0, cls())

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The specification of a module with an older name; None for every other.

        Args:
            fullname: full name of the module that is imported.
            path: not used; Python's import system passes it.
            target: not used; Python's import system passes it.
        """
        if not fullname.startswith("nhstransit.") or newer_module(fullname) is None:
            return None
        return ModuleSpec(fullname, self)

    def exec_module(self, module: ModuleType) -> None:
        """Replace the empty module by the one with the newer name, and warn at the line of the import."""
        name = module.__name__
        found = newer_module(name)
        if found is None:  # only if the entry was removed between finding and loading
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        new, entry = found
        warnings.warn(_sentence(name, new, entry), DeprecationWarning, stacklevel=2)
        sys.modules[name] = import_module(new)


def _sentence(old: str, new: str, entry: Renamed) -> str:
    return f"{old} is now {new}; the older name works until version {entry.gone}"


def older(module: str, *, depth: int = 2) -> Callable[[str], Any]:
    """A `__getattr__` for a module, which finds renamed objects by their older names.

    Args:
        module: the name of the module.
        depth: number of calls between the warning and the user's line that it should point to.

    Returns:
        A function that returns the object for an older name. It warns with a DeprecationWarning, and raises
        AttributeError for a
            name that the module never had.
    """

    def __getattr__(name: str) -> Any:  # noqa: N807 - it becomes the module's own
        found = RENAMED.get(f"{module}.{name}")
        if found is None:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        sentence = _sentence(f"{module}.{name}", found.words, found)
        warnings.warn(sentence, DeprecationWarning, stacklevel=depth)
        return found.found()

    return __getattr__
