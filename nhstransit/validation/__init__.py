"""What a scenario gives beside everything that was published: verdicts, identities, tensions, and forecasts scored.

validate(nt.load_scenario("england-2010"), replications=20).table
"""

from __future__ import annotations

from nhstransit.validation.table import Line, Validation
from nhstransit.validation.verb import validate
from nhstransit.validation.verdicts import VERDICTS, Simulated

__all__ = ["VERDICTS", "Line", "Simulated", "Validation", "validate"]
