"""Bounds that no policy can improve on, and flows expected from a Markov chain, for comparison with a run.

`bound` computes the fewest redundancies possible with a run's own staff, funded posts and other departures, by linear
programming. `best_plan` computes the best plan for skills and years. `expect` computes expected flows from an absorbing
Markov chain.
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
