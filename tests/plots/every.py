"""Every figure of the library by name, drawn from small scenarios, a comparison, a study, a choice and a validation."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

import nhstransit as nt
from nhstransit.choice import Choice, Objective
from nhstransit.studies import Study, monthly_heads
from tests.choice.made import choice_of
from tests.england.made_validation import made
from tests.shared import hamlet_run, hamlet_without
from tests.small import END
from tests.studies.made import tiny

OF_A_RUN = ("headcount", "destinations", "knowledge", "ratings", "policies", "pay_bill", "survival", "regions")
OF_A_CHOICE = ("pareto", "regret", "selection_chance", "futures_won", "information")
OF_TWO = ("strata", "waterfall", "gaps")
OF_MANY = ("study_gaps", "fan", "tornado", "matters", "validation")
NAMES = (*OF_A_RUN, *OF_TWO, *OF_MANY, *OF_A_CHOICE)
TORNADO = pd.DataFrame(
    {"low": [-21.0, 4.0, -2.5], "high": [23.0, -6.0, 1.0]},
    index=["people who resign in a normal year", "vacancies that are filled again", "chance of applying"],
)
SHARES = pd.DataFrame(
    {"learned": [0.6, 0.2, 0.1, 0.7]},
    index=pd.MultiIndex.from_product([["exit cost", "departures"], ["pay", "resigning"]], names=["figure", "input"]),
)


@cache
def a_pair() -> nt.Comparison:
    """The hamlet compared with the hamlet without MARS."""
    return nt.compare(hamlet_run(), baseline=hamlet_without("mars"))


@cache
def a_study() -> Study:
    """Three scenarios of a few people with ten runs each and monthly heads."""
    worlds = {
        "as is": tiny(4, end=END),
        "restless": tiny(4, end=END, resign=1.5),
        "very restless": tiny(4, end=END, resign=3.0),
    }
    return nt.sweep(worlds, replications=10, seed=1, series=monthly_heads, progress=False)


@cache
def a_choice() -> Choice:
    """Three options with two objectives, in 24 futures of two uncertain numbers."""
    first = np.linspace(0.0, 1.0, 24)
    second = first[::-1]
    value = 1e6 * np.array([first, second, 0.4 + 0.1 * first])
    left = np.array([20.0 + first, 30.0 + second, 24.0 + first])
    objectives = ["social value", Objective(name="left", way="less")]
    return choice_of(np.array([value, left])[..., None], objectives, [[one, 1.0 - one**2] for one in first])


def drawing(name: str) -> Callable[..., Axes]:
    """The function that draws a figure; it accepts axes and a note."""
    plots: Any = nt.plots
    more: dict[str, Callable[..., Axes]] = {
        "strata": lambda ax=None, **kw: plots.strata(a_pair(), ax, **kw),
        "waterfall": lambda ax=None, **kw: plots.waterfall(a_pair().waterfall, ax, **kw),
        "gaps": lambda ax=None, **kw: plots.gaps(a_pair(), ax, **kw),
        "study_gaps": lambda ax=None, **kw: plots.study_gaps(a_study(), ax, baseline="as is", measure="left", **kw),
        "fan": lambda ax=None, **kw: plots.fan(a_study(), ax, series="heads: pct", scenario="as is", **kw),
        "tornado": lambda ax=None, **kw: plots.tornado(TORNADO, ax, what="people who left", **kw),
        "matters": lambda ax=None, **kw: plots.matters(SHARES, ax, **kw),
        "validation": lambda ax=None, **kw: plots.validation(made(60.0, 1.0), ax, **kw),
    }
    if name in OF_A_RUN:
        return partial(getattr(plots, name), hamlet_run())
    if name in OF_A_CHOICE:
        return partial(getattr(plots, name), a_choice())
    return more[name]
