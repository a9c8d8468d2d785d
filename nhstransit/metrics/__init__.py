"""What a run says: stocks, flows, money, careers. Reads runs only; neither SimPy nor the engine is needed."""

from __future__ import annotations

from nhstransit.metrics.apart import entered
from nhstransit.metrics.appraisal import Appraisal, appraisal_lines, present_values
from nhstransit.metrics.careers import career
from nhstransit.metrics.contribution import qipp
from nhstransit.metrics.figures import headlines
from nhstransit.metrics.flows import headcount, stocks
from nhstransit.metrics.funding import StartUp, start_up
from nhstransit.metrics.measures import Measures, measure
from nhstransit.metrics.money import accounts, exit_costs, interims, pay_bill, staying_costs
from nhstransit.metrics.payback import paybacks
from nhstransit.metrics.saving import persistence, savings, savings_by_year
from nhstransit.metrics.staff_cost import staff_costs
from nhstransit.metrics.steps import schemes
from nhstransit.run.state import State, state_on

__all__ = [
    "Appraisal",
    "Measures",
    "StartUp",
    "State",
    "accounts",
    "appraisal_lines",
    "career",
    "entered",
    "exit_costs",
    "headcount",
    "headlines",
    "interims",
    "measure",
    "pay_bill",
    "paybacks",
    "persistence",
    "present_values",
    "qipp",
    "savings",
    "savings_by_year",
    "schemes",
    "staff_costs",
    "start_up",
    "state_on",
    "staying_costs",
    "stocks",
]
