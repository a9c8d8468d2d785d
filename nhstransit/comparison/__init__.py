"""Effects of a policy: two runs with the same random numbers, what the policy changed, the people affected, the cost."""

from __future__ import annotations

from nhstransit.comparison.divergence import Divergence, assert_same_until, diverge, first_difference
from nhstransit.comparison.mechanisms import between, responsible, shapley
from nhstransit.comparison.over_draws import OverDraws
from nhstransit.comparison.pair import Comparison
from nhstransit.comparison.people import THROUGH
from nhstransit.comparison.schemes import additionality, cost_of_one_kept, deadweight, posts_saved
from nhstransit.comparison.several import Comparisons, Interval, paired
from nhstransit.comparison.strata import CUTS, STRATA, bounds, frechet, recoupled
from nhstransit.comparison.verb import compare
from nhstransit.comparison.waterfall import MECHANISMS, Waterfall, waterfall

__all__ = [
    "CUTS",
    "MECHANISMS",
    "STRATA",
    "THROUGH",
    "Comparison",
    "Comparisons",
    "Divergence",
    "Interval",
    "OverDraws",
    "Waterfall",
    "additionality",
    "assert_same_until",
    "between",
    "bounds",
    "compare",
    "cost_of_one_kept",
    "deadweight",
    "diverge",
    "first_difference",
    "frechet",
    "paired",
    "posts_saved",
    "recoupled",
    "responsible",
    "shapley",
    "waterfall",
]
