"""What every measure means, gathered from the modules of this room that say so beside their functions."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from nhstransit import tables
from nhstransit.errors import InputError, nearest
from nhstransit.metrics.definition import Definition
from nhstransit.toml import Named

if TYPE_CHECKING:
    import pandas as pd


@cache
def definitions() -> Named[Definition]:
    """The definition of every measure by its name."""
    import nhstransit.metrics as room

    found: dict[str, Definition] = {}
    for module in iter_modules(room.__path__):
        for one in getattr(import_module(f"{room.__name__}.{module.name}"), "DEFINITIONS", ()):
            found[one.name] = one
    return Named(found)


def definition_of(name: str) -> Definition:
    """The definition of one measure. Raises InputError for an unknown name, with the nearest."""
    held = definitions()
    if name not in held:
        raise InputError("measure", f"is {name!r}", nearest(name, held))
    return held[name]


def defined() -> pd.DataFrame:
    """All definitions as a table: unit, formula, reference, note; indexed by measure."""
    held = definitions().values()
    columns = ("unit", "formula", "reference", "note")
    table = {name: [getattr(one, name) for one in held] for name in columns}
    return tables.frame({"measure": [one.name for one in held], **table}, index="measure")
