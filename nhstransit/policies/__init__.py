"""Policies: what an employer may do. Each policy is one small frozen class in a file of its own.

`POLICIES` maps each `type` that a scenario file may use to its class.
"""

from __future__ import annotations

from nhstransit.grammar import Policy
from nhstransit.policies.arms import TransferArms
from nhstransit.policies.assignment import Assignment
from nhstransit.policies.best_people import BestPeople
from nhstransit.policies.bridging import Bridging
from nhstransit.policies.clustering import Clustering
from nhstransit.policies.cost_reduction import CostReduction
from nhstransit.policies.development import Development
from nhstransit.policies.extension import Extension
from nhstransit.policies.filling import Filling
from nhstransit.policies.function_transfer import TransferFunctions
from nhstransit.policies.hiring import Hiring
from nhstransit.policies.inflow import Inflow
from nhstransit.policies.interims import Interims
from nhstransit.policies.mars import Mars
from nhstransit.policies.milestone import Milestone
from nhstransit.policies.redundancy import Redundancy
from nhstransit.policies.rets import Rets
from nhstransit.policies.returns import Returns
from nhstransit.policies.second_thoughts import SecondThoughts
from nhstransit.policies.split import Split
from nhstransit.policies.start_up import StartUp
from nhstransit.policies.transfer import TransferWhole
from nhstransit.policies.voluntary_redundancy import VoluntaryRedundancy

POLICIES: dict[str, type[Policy]] = {
    "assignment": Assignment,
    "best-people": BestPeople,
    "bridging": Bridging,
    "clustering": Clustering,
    "cost-reduction": CostReduction,
    "development": Development,
    "extension": Extension,
    "filling": Filling,
    "hiring": Hiring,
    "inflow": Inflow,
    "interims": Interims,
    "mars": Mars,
    "milestone": Milestone,
    "redundancy": Redundancy,
    "rets": Rets,
    "returns": Returns,
    "second-thoughts": SecondThoughts,
    "start-up": StartUp,
    "split": Split,
    "transfer-arms": TransferArms,
    "transfer-functions": TransferFunctions,
    "transfer-whole": TransferWhole,
    "voluntary-redundancy": VoluntaryRedundancy,
}

__all__ = [
    "POLICIES",
    "Assignment",
    "BestPeople",
    "Bridging",
    "Clustering",
    "CostReduction",
    "Development",
    "Extension",
    "Filling",
    "Hiring",
    "Inflow",
    "Interims",
    "Mars",
    "Milestone",
    "Redundancy",
    "Rets",
    "Returns",
    "SecondThoughts",
    "Split",
    "StartUp",
    "TransferArms",
    "TransferFunctions",
    "TransferWhole",
    "VoluntaryRedundancy",
]
