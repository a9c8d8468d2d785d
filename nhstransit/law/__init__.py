"""What the law entitles people to on a day: dated parameters and formulas, for whole columns at once.

    law = Law.bundled()
    law.redundancy(annual, wte, born, service_from, leaving)      # pence, one per person

Days are epoch days. Money is in pence. The last day of service counts as a day of service.
"""

from __future__ import annotations

from nhstransit.law.law import Law
from nhstransit.law.oncosts import CostLines
from nhstransit.law.retention import RetentionTerms
from nhstransit.law.severance import NO_NEXT_POST, MarsTerms
from nhstransit.workforce.columns import ZONES

__all__ = ["NO_NEXT_POST", "ZONES", "CostLines", "Law", "MarsTerms", "RetentionTerms"]
