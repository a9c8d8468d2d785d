"""Published figures compared with a run, each in its own unit, scope and sample of organisations; and the scope bridge.

published_table(run)        # published | source | quality | simulated | difference scope_bridge(run)           # from
people in scope to people transferred, in heads exits_by_year(run, "region")  # people who left, by financial year
"""

from __future__ import annotations

from nhstransit.england.applications import mars_applicants
from nhstransit.england.bridge import crossing, scope_bridge
from nhstransit.england.figures import UNITS, Figure, Given, Outcome, Outcomes, Reading, Sample
from nhstransit.england.fits import Kept, bundled_fit, bundled_fits, fitted_draws, kept_figures, kept_names
from nhstransit.england.intervals import KeptInterval, coverage, headline_intervals, interval_names, kept_intervals
from nhstransit.england.measures import MEASURES
from nhstransit.england.observe import Observer
from nhstransit.england.outcomes import bundled_outcomes, load_outcomes, outcomes_2025, outcomes_for, provenance
from nhstransit.england.path import exits_by_year, stock_on_payroll
from nhstransit.england.payroll import Payroll, TrustSize, bundled_payroll, sizes_frame, trust_sizes
from nhstransit.england.status import Status, fit_of, status_of, statuses_of
from nhstransit.england.table import (
    BRIDGE,
    PARTS,
    Published,
    Row,
    checked_figures,
    ensemble_figures,
    expected_figures,
    observed_figures,
    published_beside,
    published_table,
)
from nhstransit.england.targets import targets_of

__all__ = [
    "BRIDGE",
    "MEASURES",
    "PARTS",
    "UNITS",
    "Figure",
    "Given",
    "Kept",
    "KeptInterval",
    "Observer",
    "Outcome",
    "Outcomes",
    "Payroll",
    "Published",
    "Reading",
    "Row",
    "Sample",
    "Status",
    "TrustSize",
    "bundled_fit",
    "bundled_fits",
    "bundled_outcomes",
    "bundled_payroll",
    "checked_figures",
    "coverage",
    "crossing",
    "ensemble_figures",
    "exits_by_year",
    "expected_figures",
    "fit_of",
    "fitted_draws",
    "headline_intervals",
    "interval_names",
    "kept_figures",
    "kept_intervals",
    "kept_names",
    "load_outcomes",
    "mars_applicants",
    "observed_figures",
    "outcomes_2025",
    "outcomes_for",
    "provenance",
    "published_beside",
    "published_table",
    "scope_bridge",
    "sizes_frame",
    "status_of",
    "statuses_of",
    "stock_on_payroll",
    "targets_of",
    "trust_sizes",
]
