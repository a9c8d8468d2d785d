"""The opening staff: people synthesised from margins, and what is known and assumed about them.

opening = england(base="53100", staff_seed=2010)      # bodies, functions, staff
margin_report(margins, opening.staff, on)             # achieved against target
"""

from __future__ import annotations

from nhstransit.synthesis.bridge import Bridge, Crossing, check_crossing
from nhstransit.synthesis.changes import MarginNumber, margin_at, margins_with, numbers_in
from nhstransit.synthesis.margins import Margins
from nhstransit.synthesis.opening import opening_key, synthesise
from nhstransit.synthesis.parents import (
    Known,
    Published,
    assumed,
    load_bridge,
    load_published,
    provenance,
    provenance_frame,
)
from nhstransit.synthesis.report import MarginReport, margin_report
from nhstransit.synthesis.staff import Layer, Opened, StaffSynthesis, england, load_margins

__all__ = [
    "Bridge",
    "Crossing",
    "Known",
    "Layer",
    "MarginNumber",
    "MarginReport",
    "Margins",
    "Opened",
    "Published",
    "StaffSynthesis",
    "assumed",
    "check_crossing",
    "england",
    "load_bridge",
    "load_margins",
    "load_published",
    "margin_at",
    "margin_report",
    "margins_with",
    "numbers_in",
    "opening_key",
    "provenance",
    "provenance_frame",
    "synthesise",
]
