"""Figures of a run, of a run compared with its baseline, of studies and of validation.

Each function returns axes with the numbers drawn (`.data`) and a text alternative (`.alt`). Only this package uses
matplotlib, and it changes no global settings.
"""

from __future__ import annotations

from nhstransit.plots import _load as _load  # first, before any import of matplotlib
from nhstransit.plots.alluvial import destinations
from nhstransit.plots.bridge import pay_bill
from nhstransit.plots.cascade import waterfall
from nhstransit.plots.choice import futures_won, information, pareto, regret, selection_chance
from nhstransit.plots.expertise import knowledge, ratings
from nhstransit.plots.gantt import policies, timeline
from nhstransit.plots.lines import headcount
from nhstransit.plots.matters import matters
from nhstransit.plots.paper import save, svg
from nhstransit.plots.points import gaps
from nhstransit.plots.regions import regions
from nhstransit.plots.shares import strata
from nhstransit.plots.study import fan, study_gaps, tornado, validation
from nhstransit.plots.survival import survival

__all__ = [
    "destinations",
    "fan",
    "futures_won",
    "gaps",
    "headcount",
    "information",
    "knowledge",
    "matters",
    "pareto",
    "pay_bill",
    "policies",
    "ratings",
    "regions",
    "regret",
    "save",
    "selection_chance",
    "strata",
    "study_gaps",
    "survival",
    "svg",
    "timeline",
    "tornado",
    "validation",
    "waterfall",
]
