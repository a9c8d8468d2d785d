"""Imports every room, plays the hamlet, keeps it and reads it again: what any version of Python must be able to do."""

from __future__ import annotations

import pkgutil
import sys
import tempfile
from importlib import import_module
from pathlib import Path

import numpy as np
import scipy

import nhstransit as nt

if __name__ == "__main__":
    for module in pkgutil.walk_packages(nt.__path__, "nhstransit."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    run = nt.simulate(nt.load_scenario("hamlet"), seed=1)
    with tempfile.TemporaryDirectory() as folder:
        nt.save_run(run, Path(folder) / "run")
        again = nt.load_run(Path(folder) / "run")
    if again.log.to_bytes() != run.log.to_bytes():
        raise SystemExit("the run that was kept is not the run that was read")
    if len(nt.measure(run).headlines) == 0:
        raise SystemExit("the hamlet has no headlines")
    print(f"Python {sys.version.split()[0]}, NumPy {np.__version__}, SciPy {scipy.__version__}: {run}")
