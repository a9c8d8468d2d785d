"""The people: staff columns with their vocabularies, and functions that read a staff list."""

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
