"""What was published, beside a run: each figure in its own unit and scope, sampled as it was, and the scope bridge.

published_table(run)        # published | source | quality | simulated | difference
scope_bridge(run)           # from those in scope to those transferred, in heads
"""

from __future__ import annotations

from nhstransit.published.bridge import crossing, scope_bridge
from nhstransit.published.figures import BRIDGE, PARTS, SAMPLING, checked_figures, expected_figures, observed_figures
from nhstransit.published.fits import Fit, bundled_fit, bundled_fits, fitted_draws, load_fit
from nhstransit.published.kept import Kept, kept_figures, kept_names
from nhstransit.published.load import bundled_outcomes, load_outcomes, provenance
from nhstransit.published.measures import MEASURES
from nhstransit.published.observe import Observer
from nhstransit.published.specs import Figure, Given, Outcome, Outcomes, Reading, Sample
from nhstransit.published.status import Status, fit_of, status_of
from nhstransit.published.table import Published, Row, published_beside, published_table
from nhstransit.published.units import UNITS

__all__ = [
    "BRIDGE",
    "MEASURES",
    "PARTS",
    "SAMPLING",
    "UNITS",
    "Figure",
    "Fit",
    "Given",
    "Kept",
    "Observer",
    "Outcome",
    "Outcomes",
    "Published",
    "Reading",
    "Row",
    "Sample",
    "Status",
    "bundled_fit",
    "bundled_fits",
    "bundled_outcomes",
    "checked_figures",
    "crossing",
    "expected_figures",
    "fit_of",
    "fitted_draws",
    "kept_figures",
    "kept_names",
    "load_fit",
    "load_outcomes",
    "observed_figures",
    "provenance",
    "published_beside",
    "published_table",
    "scope_bridge",
    "status_of",
]
