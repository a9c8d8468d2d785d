"""The public modules and names. The reference lists all of them, and pages of the documentation import no others.

`python docs/make_reference.py` writes the list of names; `docs/conf.py` makes a page of the site for each module.
"""

from __future__ import annotations

import importlib
import inspect
from typing import Any

ALL = ()  # every name that the module lists in `__all__`
PUBLIC: dict[str, tuple[str, ...]] = {
    "nhstransit": ALL,
    "nhstransit.scenario": ALL,
    "nhstransit.scenario.opening": ("opening_situation",),
    "nhstransit.engine.together": ("simulate_together", "why_apart"),
    "nhstransit.policies": ALL,
    "nhstransit.policies.cost_reduction": ("Step",),
    "nhstransit.grammar": ALL,
    "nhstransit.behaviour": ALL,
    "nhstransit.law": ALL,
    "nhstransit.law.parameters": ALL,
    "nhstransit.workforce": ALL,
    "nhstransit.organisations": ALL,
    "nhstransit.synthesis": ALL,
    "nhstransit.run": ALL,
    "nhstransit.run.groups": ("CHARACTERISTICS", "Characteristic", "group_of"),
    "nhstransit.log": ("Event", "Kind", "Log", "Phase", "rule_code"),
    "nhstransit.measures": ALL,
    "nhstransit.measures.drain": (
        "clinicians_leaving",
        "concentration",
        "knowledge_at_risk",
        "knowledge_lost",
        "leaver_mix",
        "losses",
        "losses_by_route",
        "mix_shift",
    ),
    "nhstransit.measures.expertise": ("knowledge_by_month", "rebuilt"),
    "nhstransit.measures.knowledge": ("Knowledge",),
    "nhstransit.measures.cover": ("Cover", "holders", "lost_work", "months_below"),
    "nhstransit.measures.readiness": (
        "READINESS",
        "Readiness",
        "ServiceChange",
        "capacity_gap",
        "ratings_by_month",
        "readiness",
    ),
    "nhstransit.measures.equality": ("crossed", "equality", "outcomes", "payments"),
    "nhstransit.measures.survival": ("LogRank", "log_rank", "routes_out", "staying"),
    "nhstransit.measures.turnover": ("half_life", "time_at_risk", "turnover"),
    "nhstransit.measures.disclosure": ("Cross", "Publication", "publication"),
    "nhstransit.measures.real_staff": ("staff_are_real",),
    "nhstransit.comparison": ALL,
    "nhstransit.bounds": ALL,
    "nhstransit.studies": ALL,
    "nhstransit.studies.calibration": (
        "Calibration",
        "Fit",
        "Parameter",
        "Target",
        "calibrate",
        "load_fit",
    ),
    "nhstransit.studies.matching": ("Matched", "match"),
    "nhstransit.studies.checks": ("Ranks", "calibrated", "intervals", "out_of_block", "predicted_from"),
    "nhstransit.studies.importance": ("importance",),
    "nhstransit.studies.sensitivity": ALL,
    "nhstransit.choice": ALL,
    "nhstransit.measures.decision": ("decision_figures",),
    "nhstransit.england": ALL,
    "nhstransit.plots": ALL,
    "nhstransit.report": ALL,
    "nhstransit.errors": (
        "CalibrationError",
        "CodeError",
        "ConservationError",
        "FormatError",
        "InputError",
        "NhstransitError",
        "OrganisationError",
        "ParameterError",
        "PolicyError",
        "RestoredWarning",
        "RunError",
        "ScenarioError",
        "StaffError",
        "StoreError",
        "SweepError",
    ),
    "nhstransit.fields": (
        "Parent",
        "amount",
        "from_law",
        "in_order",
        "number",
        "one_of",
        "parent_of",
        "share",
        "some_of",
        "strict",
        "whole",
    ),
    "nhstransit.dates": (
        "Calendar",
        "add_months",
        "complete_months",
        "complete_years",
        "date_of",
        "epoch_day",
        "financial_year",
        "months_later",
    ),
    "nhstransit.streams": ("Chances", "Luck"),
    "nhstransit.phrases": ("amount", "date", "listed", "number_of", "people", "percent", "pounds", "sum_of_money"),
    "nhstransit.toml": ("Named",),
}


def names(path: str) -> list[str]:
    """The public names of a module, in alphabetical order; modules among the names of `nhstransit` are left out."""
    module = importlib.import_module(path)
    listed = PUBLIC[path] or module.__all__
    return sorted(name for name in listed if not inspect.ismodule(getattr(module, name)))


def is_function(thing: Any) -> bool:
    """Whether it is a function, including one wrapped by `functools.cache`, which is an object of another type."""
    return inspect.isfunction(thing) or inspect.isfunction(getattr(thing, "__wrapped__", None))
