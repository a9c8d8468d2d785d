"""Because of it: two worlds with the same luck, and a sober account of what the policy did to whom, and at what cost."""

from __future__ import annotations

from nhstransit.comparison.cascade import MECHANISMS, Waterfall, waterfall
from nhstransit.comparison.couplings import bounds, frechet, recoupled
from nhstransit.comparison.divergence import Divergence, assert_same_until, diverge, first_difference
from nhstransit.comparison.intervals import Interval, paired
from nhstransit.comparison.mechanisms import between, responsible, shapley
from nhstransit.comparison.pair import Comparison
from nhstransit.comparison.posts import posts_saved
from nhstransit.comparison.retention import additionality, cost_of_one_kept
from nhstransit.comparison.several import Comparisons
from nhstransit.comparison.strata import CUTS, STRATA
from nhstransit.comparison.takers import deadweight
from nhstransit.comparison.touched import THROUGH
from nhstransit.comparison.verb import compare

__all__ = [
    "CUTS",
    "MECHANISMS",
    "STRATA",
    "THROUGH",
    "Comparison",
    "Comparisons",
    "Divergence",
    "Interval",
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
