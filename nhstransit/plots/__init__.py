"""Figures of a run: headcount over time, and who went where. The only room with matplotlib; nothing global is touched."""

from __future__ import annotations

from nhstransit.plots.alluvial import destinations
from nhstransit.plots.lines import headcount
from nhstransit.plots.paper import save

__all__ = ["destinations", "headcount", "save"]
