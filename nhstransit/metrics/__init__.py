"""What a run says: stocks, flows, money, careers. Reads runs only; neither SimPy nor the engine is needed."""

from __future__ import annotations

from nhstransit.metrics.careers import career
from nhstransit.metrics.figures import Measures, headlines, measure
from nhstransit.metrics.flows import stocks
from nhstransit.metrics.money import accounts, pay_bill
from nhstransit.metrics.state import State, state_on
from nhstransit.metrics.steps import schemes

__all__ = [
    "Measures",
    "State",
    "accounts",
    "career",
    "headlines",
    "measure",
    "pay_bill",
    "schemes",
    "state_on",
    "stocks",
]
