"""Choosing between options under uncertainty: which is best, how sure that is, and what would change the choice."""

from __future__ import annotations

from nhstransit.choice.benchmark import Benchmark, benchmark_policies, read_benchmark
from nhstransit.choice.choice_file import choose_file
from nhstransit.choice.discovery import Box, Limit, discover
from nhstransit.choice.information import switching_values, worth
from nhstransit.choice.objectives import KNOWN, USUAL, Objective
from nhstransit.choice.options import Option
from nhstransit.choice.result import Choice
from nhstransit.choice.search import Search, search
from nhstransit.choice.selection import Elimination, Selection, ocba, selected
from nhstransit.choice.verb import choose

__all__ = [
    "KNOWN",
    "USUAL",
    "Benchmark",
    "Box",
    "Choice",
    "Elimination",
    "Limit",
    "Objective",
    "Option",
    "Search",
    "Selection",
    "benchmark_policies",
    "choose",
    "choose_file",
    "discover",
    "ocba",
    "read_benchmark",
    "search",
    "selected",
    "switching_values",
    "worth",
]
