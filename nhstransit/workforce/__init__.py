"""The people: staff columns and the vocabularies behind them, and reading a staff list."""

from __future__ import annotations

from nhstransit.workforce.columns import (
    BANDS,
    CONTRACTS,
    SECTIONS,
    SEXES,
    Disposition,
    RiskClass,
    Status,
    Workforce,
    at_least,
    order_of,
    rank_of,
)

__all__ = [
    "BANDS",
    "CONTRACTS",
    "SECTIONS",
    "SEXES",
    "Disposition",
    "RiskClass",
    "Status",
    "Workforce",
    "at_least",
    "order_of",
    "rank_of",
]
