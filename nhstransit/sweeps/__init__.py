"""Many runs: designs, draws, a store that survives, executors, and the study of what was found."""

from __future__ import annotations

from nhstransit.sweeps.conduct import Stopped, sweep
from nhstransit.sweeps.design import Design, Levels, Range, crossed, grid, latin_hypercube, sobol, zipped
from nhstransit.sweeps.draws import Draws, read_draws
from nhstransit.sweeps.execute import Lent
from nhstransit.sweeps.missing import MissingWarning, StoreWarning, SweepWarning
from nhstransit.sweeps.study import Study, open_study
from nhstransit.sweeps.tasks import monthly_heads

__all__ = [
    "Design",
    "Draws",
    "Lent",
    "Levels",
    "MissingWarning",
    "Range",
    "Stopped",
    "StoreWarning",
    "Study",
    "SweepWarning",
    "crossed",
    "grid",
    "latin_hypercube",
    "monthly_heads",
    "open_study",
    "read_draws",
    "sobol",
    "sweep",
    "zipped",
]
