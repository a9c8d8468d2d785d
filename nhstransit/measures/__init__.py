"""Results computed from runs: stocks, flows, money and careers. This package uses neither SimPy nor the engine."""

from __future__ import annotations

from nhstransit.measures.appraisal import Appraisal, appraisal_lines, present_values
from nhstransit.measures.careers import career
from nhstransit.measures.flows import headcount, stocks
from nhstransit.measures.funding import StartUp, start_up
from nhstransit.measures.headline_figures import headlines
from nhstransit.measures.measures import Measures, measure
from nhstransit.measures.money import accounts, entered, exit_costs, interims, pay_bill, staff_costs, staying_costs
from nhstransit.measures.saving import paybacks, persistence, qipp, savings, savings_by_year
from nhstransit.measures.schemes import schemes
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
