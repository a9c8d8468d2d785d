"""What the law gives these people on this day: dated parameters put to the kernels, for whole columns at once.

    law = Law.bundled()
    law.redundancy(annual, wte, born, service_from, leaving)      # pence, one a person

Days are epoch days; money is pence; the last day of service counts as served.
"""

from __future__ import annotations

from nhstransit.entitlements.exits import NO_NEXT_POST
from nhstransit.entitlements.law import Law
from nhstransit.entitlements.oncosts import CostLines
from nhstransit.entitlements.retention import RetentionTerms
from nhstransit.entitlements.terms import MarsTerms
from nhstransit.workforce.codes import ZONES

__all__ = ["NO_NEXT_POST", "ZONES", "CostLines", "Law", "MarsTerms", "RetentionTerms"]
