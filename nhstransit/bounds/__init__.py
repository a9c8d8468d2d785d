"""Bounds that no policy can beat, and flows expected by chance alone, to compare with a run.

A linear programme gives the fewest redundancies for a run's own stocks, funded posts and other departures (`bound`),
and the best of all plans for skills and years (`best_plan`). An absorbing Markov chain gives expected flows (`expect`).
"""

from __future__ import annotations

from nhstransit.bounds.chain import Chain, Grades
from nhstransit.bounds.expect import Expectation, expect
from nhstransit.bounds.least import Bound, Part, Suitable, bound
from nhstransit.bounds.plan import ManpowerPlan, Retraining, Skill
from nhstransit.bounds.planned import BestPlan, best_plan

__all__ = [
    "BestPlan",
    "Bound",
    "Chain",
    "Expectation",
    "Grades",
    "ManpowerPlan",
    "Part",
    "Retraining",
    "Skill",
    "Suitable",
    "best_plan",
    "bound",
    "expect",
]
