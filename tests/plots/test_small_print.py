"""The small print of every figure says whether its numbers were fitted, in the words of `england.status_of`."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.text import Text

import nhstransit as nt
from nhstransit.choice import Objective
from nhstransit.comparison import mechanisms
from nhstransit.england import status_of
from nhstransit.england.validation import Validation
from nhstransit.scenario import Scenario
from nhstransit.studies import monthly_heads
from tests.choice.made import choice_of
from tests.shared import hamlet_run
from tests.studies.made import tiny

OF_A_CHOICE = ("pareto", "regret", "selection_chance", "futures_won", "information")
NO_FIGURES = {"save", "svg", "timeline"}
TABLE = pd.DataFrame({"low": [-1.0], "high": [2.0]}, index=["pay"])
SHARES = pd.DataFrame(
    {"learned": [0.6]}, index=pd.MultiIndex.from_tuples([("exit cost", "pay")], names=["figure", "input"])
)


def fitted_by_its_author(world: Scenario) -> Scenario:
    """The same scenario, with one number marked as fitted."""
    resign = world.behaviour.departures.resign
    return attrs.evolve(world, calibrated={"behaviour.departures.resign": resign})


@pytest.fixture(scope="module")
def worlds() -> tuple[Scenario, Scenario]:
    """The hamlet with one fitted number, and the bundled hamlet."""
    plain = hamlet_run().scenario
    return fitted_by_its_author(plain), plain


@pytest.fixture(scope="module")
def figures(worlds: tuple[Scenario, Scenario]) -> dict[str, tuple[Axes, Any]]:
    """Each figure by name, with its scenarios."""
    world = worlds[0]
    plots = nt.plots
    run = attrs.evolve(hamlet_run(), scenario=world)
    pair = nt.compare(run, baseline=hamlet_run())
    small = fitted_by_its_author(tiny())
    several = {"as is": small, "restless": tiny(resign=1.5)}
    study = nt.sweep(several, replications=10, seed=1, series=monthly_heads, progress=False)
    numbers = np.linspace(0.0, 1.0, 24)
    figures = np.array([[numbers, numbers[::-1]], [numbers**2, numbers]])[
        ..., None
    ]  # of two objectives, of two options
    chosen = choice_of(figures, ["social value", Objective(name="left", way="less")], [[one] for one in numbers])
    options = tuple(attrs.evolve(one, scenario=small) for one in chosen.options)
    chosen = attrs.evolve(chosen, options=options)
    judged = Validation(scenario=world, runs=5, fit=None, lines=(), simulated={}, identities=(), broken=())
    of_a_run = ("headcount", "destinations", "knowledge", "ratings", "policies", "pay_bill", "survival", "regions")
    drawn: dict[str, tuple[Axes, Any]] = {name: (getattr(plots, name)(run), (world,)) for name in of_a_run}
    return drawn | {
        "strata": (plots.strata(pair), worlds),
        "waterfall": (plots.waterfall(pair.waterfall), worlds),
        "gaps": (plots.gaps(pair), worlds),
        "study_gaps": (plots.study_gaps(study, baseline="restless", measure="left"), several.values()),
        "fan": (plots.fan(study, series="heads: pct", scenario="as is"), (small,)),
        "tornado": (plots.tornado(TABLE, what="people who left", scenario=world), (world,)),
        **{name: (getattr(plots, name)(chosen), (small,)) for name in OF_A_CHOICE},
        "matters": (plots.matters(SHARES, scenario=world), (world,)),
        "validation": (plots.validation(judged), (world,)),
    }


def small_print(axes: Axes) -> str:
    """All text of the figure in one line."""
    return " ".join(" ".join(text.get_text() for text in axes.figure.findobj(Text)).split())


def test_every_figure_says_whether_its_numbers_were_fitted(figures: dict[str, tuple[Axes, Any]]) -> None:
    """It says so for each of its scenarios."""
    assert set(figures) == set(nt.plots.__all__) - NO_FIGURES
    notes = {"Uncalibrated: nothing here was fitted.", "Fitted in part: 1 number, by its author."}
    for name, (axes, of) in figures.items():
        expected = {status_of(world).note for world in of}
        assert expected <= notes, name
        assert {note for note in notes if note in small_print(axes)} == expected, name


def test_a_waterfall_between_two_scenarios_says_it_for_both(worlds: tuple[Scenario, Scenario]) -> None:
    """A waterfall of Shapley values names both scenarios, the seed, and what was fitted in each."""
    plain = tiny()
    moves = {"fit": fitted_by_its_author}
    steps = mechanisms.shapley(plain, moves, seed=3, measure="left")
    text = small_print(nt.plots.waterfall(steps))
    assert "scenario small compared with small, seed 3. Fitted in part: 1 number, by its author. Uncalibrated:" in text


def test_a_figure_without_a_scenario_says_that_it_is_not_known() -> None:
    """A tornado and a grid of shares are drawn from tables, which may belong to any scenario."""
    for axes in (nt.plots.tornado(TABLE, what="people who left"), nt.plots.matters(SHARES)):
        assert "The scenario is not given, so the figure cannot show whether its numbers were fitted." in small_print(
            axes
        )
    with pytest.raises(nt.NhstransitError, match="scenario: is 'hamlet'; give a Scenario"):
        nt.plots.tornado(TABLE, what="people who left", scenario="hamlet")
