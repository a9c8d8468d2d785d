"""Figures of a run, and of a run compared with its baseline.

The only room with matplotlib; it changes nothing global.
"""

from __future__ import annotations

from nhstransit.plots import _load as _load  # before anything that imports matplotlib
from nhstransit.plots.alluvial import destinations
from nhstransit.plots.cascade import waterfall
from nhstransit.plots.expertise import knowledge, ratings
from nhstransit.plots.lines import headcount
from nhstransit.plots.paper import save
from nhstransit.plots.points import gaps
from nhstransit.plots.shares import strata

__all__ = ["destinations", "gaps", "headcount", "knowledge", "ratings", "save", "strata", "waterfall"]
