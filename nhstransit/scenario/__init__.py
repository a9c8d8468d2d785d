"""Scenarios: complete, checked descriptions of what is to be simulated, and ways to derive other scenarios from them."""

from __future__ import annotations

from nhstransit.scenario.assumptions import Input, assumptions
from nhstransit.scenario.bundled import bundled_names, bundled_variant, load_scenario
from nhstransit.scenario.dated import Dated
from nhstransit.scenario.entered import Entered
from nhstransit.scenario.levers import Lever, levers
from nhstransit.scenario.paths import Change, differences, part_at, steps_of
from nhstransit.scenario.spec import Scenario
from nhstransit.scenario.tables import from_tables, to_tables
from nhstransit.toml import joined, names_in

__all__ = [
    "Change",
    "Dated",
    "Entered",
    "Input",
    "Lever",
    "Scenario",
    "assumptions",
    "bundled_names",
    "bundled_variant",
    "differences",
    "from_tables",
    "joined",
    "levers",
    "load_scenario",
    "names_in",
    "part_at",
    "steps_of",
    "to_tables",
]
