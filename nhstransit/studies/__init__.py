"""Studies of many runs: designs, draws, executors, a store of results, and summaries of them."""

from __future__ import annotations

from nhstransit.scenario.draws import Draws, draws_from_fit, read_draws
from nhstransit.studies.design import Design, Levels, Range, crossed, grid, latin_hypercube, sobol, zipped
from nhstransit.studies.executors import Lent
from nhstransit.studies.merging import Merged, merge_stores
from nhstransit.studies.missing import MissingWarning, StoreWarning, SweepWarning
from nhstransit.studies.study import Study, open_study
from nhstransit.studies.sweeps import Stopped, sweep
from nhstransit.studies.tasks import monthly_heads

__all__ = [
    "Design",
    "Draws",
    "Lent",
    "Levels",
    "Merged",
    "MissingWarning",
    "Range",
    "Stopped",
    "StoreWarning",
    "Study",
    "SweepWarning",
    "crossed",
    "draws_from_fit",
    "grid",
    "latin_hypercube",
    "merge_stores",
    "monthly_heads",
    "open_study",
    "read_draws",
    "sobol",
    "sweep",
    "zipped",
]
