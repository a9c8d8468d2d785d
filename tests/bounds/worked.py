"""The two published problems, from the files in tests/cases/bounds."""

from __future__ import annotations

from pathlib import Path

import attrs

from nhstransit import toml
from nhstransit.bounds import Grades, ManpowerPlan

FOLDER = Path(__file__).parents[1] / "cases" / "bounds"


@attrs.frozen(kw_only=True)
class Optima:
    fewest_redundancies: float
    least_cost: float
    redundancies_at_least_cost: float


@attrs.frozen(kw_only=True)
class PlanCase:
    about: str
    source: str
    quality: str
    expected: Optima
    plan: ManpowerPlan


@attrs.frozen(kw_only=True)
class LongRun:
    shares: tuple[float, ...]
    pay_bill: float


@attrs.frozen(kw_only=True)
class GradesCase:
    about: str
    source: str
    quality: str
    expected: LongRun
    grades: Grades


def williams() -> PlanCase:
    return toml.load(FOLDER / "williams.toml", PlanCase)


def four_grades() -> GradesCase:
    return toml.load(FOLDER / "four-grades.toml", GradesCase)
