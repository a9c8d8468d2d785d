"""What an employer may do: one small frozen class a file, all in the one grammar.

`POLICIES` gives the class for each `type` a scenario file may name.
"""

from __future__ import annotations

from nhstransit.grammar import Policy
from nhstransit.policies.filling import Filling
from nhstransit.policies.hiring import Hiring
from nhstransit.policies.mars import Mars
from nhstransit.policies.milestone import Milestone
from nhstransit.policies.redundancy import Redundancy
from nhstransit.policies.rets import Rets

POLICIES: dict[str, type[Policy]] = {
    "filling": Filling,
    "hiring": Hiring,
    "mars": Mars,
    "milestone": Milestone,
    "redundancy": Redundancy,
    "rets": Rets,
}

__all__ = ["POLICIES", "Filling", "Hiring", "Mars", "Milestone", "Redundancy", "Rets"]
