"""Fits the England scenario to what was published of it and may be fitted, and writes the fit that comes with the library.

    python calibrations/england_2010.py [--budget 160] [--workers 2] [--store fit.db]

The whole of it is one command: eight minutes in two processes on a busy machine of two cores. With a store, a stopped fit
goes on. Written are `nhstransit/data/fits/england-2010.toml`, its draws, and the scenario `england-2010`: the world before
fitting, `england-2010-prior`, with the fitted numbers set in it.
Only outcomes whose use is `calibrate` are fitted: `targets_of` refuses the others.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import nhstransit as nt
from nhstransit import toml
from nhstransit.scenario import Scenario
from nhstransit.studies.calibration import Calibration, Parameter, calibrate, targets_of
from nhstransit.studies.fitted import fit_of, write_fit
from nhstransit.studies.likelihood import MODEL_ERROR
from nhstransit.toml import Named

DATA = Path(nt.__file__).parent / "data"
SEED, SEEDS, BUDGET, DRAWS = 2010, 2, 160, 200

PARAMETERS = (
    Parameter(
        path="behaviour.severance.typical",
        low=0.005,
        high=0.06,
        scale="log",
        reason="How many people take an offer cannot be derived: no elasticity says at what level it acts. The number who "
        "left by MARS tells it, as far as panels let them.",
    ),
    Parameter(
        path="policies.mars.quota",
        low=0.03,
        high=0.15,
        scale="log",
        reason="No employer's limit was published. How far regions differ tells how often a limit bound.",
    ),
    Parameter(
        path="policies.mars.appetite.North West",
        low=0.3,
        high=6.0,
        scale="log",
        reason="The region with the largest published saving: an appetite of its own, one parameter for one figure.",
    ),
    Parameter(
        path="policies.mars.appetite.North East",
        low=0.05,
        high=2.0,
        scale="log",
        reason="The region with the smallest published saving: likewise. The other eight have no figure, so no parameter.",
    ),
    Parameter(
        path="policies.cost-reduction.forward_months",
        low=0,
        high=9,
        reason="How far down trusts were to be by which day was theirs to set; the straight line to 46 per cent is "
        "assumed. Redundancies in 57 trusts by mid-2011 tell how far ahead of it they were.",
    ),
)
LEFT_OUT = (
    "mars-apply-pooled: provider arms stand in its denominator, and the scenario is without them",
    "rehire-cohorts: the scenario ends in March 2014, and the shares are as of September 2018",
)
HEADING = """format = 1
# Made by `python calibrations/england_2010.py`; never by hand. England as it happened, with the numbers that the published
# figures tell best set to what was fitted: graded "calibrated". What was fitted, to what and how well stands in
# fits/england-2010.toml; `england-2010-prior` is the same world without any of it.
"""


def base() -> Scenario:
    """England as it happened, with an appetite of its own for the two regions of which there is a figure."""
    england = nt.load_scenario("england-2010-prior")
    return england.having("policies.mars.appetite", Named({"North East": 1.0, "North West": 1.0}))


def names() -> tuple[str, ...]:
    """The figures that are fitted: all that may be, less those that the scenario cannot say."""
    left_out = tuple(line.partition(":")[0] for line in LEFT_OUT)
    return tuple(target.name for target in targets_of() if not target.name.startswith(left_out))


def fitted(budget: int = BUDGET, seeds: int = SEEDS, **how: Any) -> Calibration:
    """The calibration of England."""
    return calibrate(base(), targets_of(names()), PARAMETERS, seeds=seeds, budget=budget, seed=SEED, draws=DRAWS, **how)


def write(found: Calibration) -> None:
    """The fit, its draws and the scenario that carries it."""
    fit = fit_of(
        found,
        about="England 2010-13 fitted to what was published of it and may be fitted",
        script="calibrations/england_2010.py",
        model_error=MODEL_ERROR,
        left_out=LEFT_OUT,
    )
    write_fit(found, fit, DATA / "fits", "england-2010")
    (DATA / "scenarios" / "england-2010.toml").write_text(HEADING + variant(fit.parameter), "utf-8")


def variant(parameters: Any) -> str:
    """The variant as TOML, but for its heading."""
    settings: dict[str, Any] = {}
    for one in parameters:
        path, _, last = one.path.rpartition(".")
        if path == "policies.mars.appetite":
            settings.setdefault(path, {})[last] = one.value
        else:
            settings[one.path] = int(one.value) if one.path.endswith("_months") else one.value
    tables = {
        "of": "england-2010-prior",
        "name": "england-2010",
        "title": "England 2010-13",
        "about": "The abolition of 151 primary care trusts and 10 strategic health authorities by April 2013: as it was.",
        "calibrated": settings,
    }
    return toml.dumps(tables).partition("\n")[2]


def main() -> None:
    """Fit, tell, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--budget", type=int, default=BUDGET, help="runs in all")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--store", type=Path, help="where every evaluation is kept")
    asked = parser.parse_args()
    found = fitted(asked.budget, store=asked.store, executor=asked.workers)
    print(found.fit.to_string(float_format="{:,.4g}".format))
    print(found.identified.to_string(float_format="{:,.4g}".format))
    for parameter in found.parameters:
        print(repr(found.profile(parameter.path)))
    print(found.coverage().to_string(float_format="{:.2f}".format))
    write(found)


if __name__ == "__main__":
    main()
