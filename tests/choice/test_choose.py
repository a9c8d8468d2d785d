"""`choose`: common random numbers, invalid requests, settings without effect, elimination and stores."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pytest

import nhstransit as nt
from nhstransit.choice import USUAL, Objective
from nhstransit.choice.inert import _reason
from nhstransit.choice.uncertainties import draws_of, numbers_of
from nhstransit.errors import InputError
from nhstransit.scenario import Change
from nhstransit.studies import Draws, Levels, Range, grid, open_study
from tests.choice.made import KILLED_AFTER, OPTIONS, QUOTA, RESIGN, UNSURE, counted, mortal, world

GONE = Objective(name="left", way="less")
PAID = Objective(name="paid", way="less", unit="people")
QUICK = (Objective(name="gone", way="less", unit="people"), PAID)


@pytest.mark.parametrize(
    ("path", "quota"), [("law.section16@2015-04-01.salary_cap", 0.25), ("policies.mars.budget_pounds", 0.0)]
)
def test_a_limit_is_explained_only_by_payments_of_its_kind(path: str, quota: float) -> None:
    """A cap on salaries is not compared with payments, and a budget of a policy without payments not with severance."""
    run = nt.simulate(world().having(QUOTA, quota), seed=1)
    assert _reason(run, Change(path, None, 1e9)) == ""
    if quota:
        assert _reason(run, Change(path.replace("salary", "payment"), None, 1e9)).startswith(
            "the limit is never exceeded"
        )


@pytest.fixture(scope="module")
def scenario() -> nt.Scenario:
    return world()


def test_all_options_share_draws_and_seeds(scenario: nt.Scenario) -> None:
    """In one future, the runs of all options have the same seed and draw. The paid leavers depend on the quota."""
    found = nt.choose(scenario, options=OPTIONS, objectives=QUICK, uncertainties=UNSURE, futures=10, measure=counted)
    table = found.study.table()
    assert (table.groupby(["draw", "replication"])["seed"].nunique() == 1).all() and len(table) == 40
    assert (table.groupby("draw")[RESIGN].nunique() == 1).all()
    assert found.figures.shape == (2, 4, 10, 1)
    assert found.names == ("small", "no round", "a small round", "a large round")
    paid = found.figures[1, :, :, 0].mean(axis=1)
    assert paid[1] == 0.0 < paid[2] < paid[0] < paid[3]
    assert found.table().loc[("no round", "paid"), "changes"] == "without MARS"
    assert found.table().loc[("a small round", "paid"), "changes"] == "MARS: quota from 25% to 10%"


def test_choose_uses_the_decision_figures_by_default(scenario: nt.Scenario) -> None:
    """The objectives have units, and a scheme without payments costs nothing."""
    found = nt.choose(scenario, options={"no round": {"policies.mars.on": False}}, replications=10)
    assert [one.name for one in found.objectives] == list(USUAL)
    assert found.table().loc[("no round", "cost to the Exchequer"), "mean"] == 0.0
    assert found.table()["unit"].iloc[0] == "£"


def test_an_option_without_effect_is_named_with_the_reason(scenario: nt.Scenario) -> None:
    """Here the budget is larger than all payments."""
    one = nt.choose(
        scenario,
        options={"a budget": {"policies.mars.budget_pounds": 1e6}, "no round": {"policies.mars.on": False}},
        objectives=QUICK,
        replications=10,
        measure=counted,
    )
    assert set(one.inert) == {"a budget"}
    assert one.inert["a budget"].startswith(
        "the limit is never exceeded: the most that one employer pays under MARS is £"
    )


def test_a_quota_that_is_never_reached_is_named(scenario: nt.Scenario) -> None:
    """Fewer people apply than either quota allows."""
    wide = scenario.having(QUOTA, 0.95)
    one = nt.choose(wide, options={"wider": {QUOTA: 0.99}}, objectives=QUICK, replications=10, measure=counted)
    reason = one.inert["wider"]
    assert reason.startswith("the limit is never reached: ") and reason.endswith("% of an employer's staff")


def test_a_policy_that_does_nothing_is_named(scenario: nt.Scenario) -> None:
    """Nobody can apply in this round, so that no other option remains."""
    idle = scenario.having("policies.mars.min_service_months", 600)
    options = {"no round": {"policies.mars.on": False}}
    one = nt.choose(idle, options=options, objectives=QUICK, replications=10, measure=counted)
    assert one.inert == {"no round": "MARS causes no event in the first future"}
    assert one.sentences()[0] == "Choose 'small': no other option is left."


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"options": {}}, "options: are empty; give them by name"),
        ({"options": [1]}, "options: are [1]; give them by name"),
        (
            {"options": {"x": {QUOTA: 0.25}}},
            "option 'x': changes nothing in the scenario; set a value that differs",
        ),
        (
            {"options": {"x": {QUOTA: 0.1}, "y": {QUOTA: 0.1}}},
            "option 'y': is the same as option 'x'; leave one of the two out",
        ),
        ({"options": {"x": {"policies.mars.quotta": 1}}}, "option 'x': policies.mars.quotta"),
        (
            {"options": {"x": {"policies.mars.on": False, QUOTA: 0.1}}},
            "option 'x': policies.mars.quota: is set in a policy",
        ),
        (
            {"options": {"x": {RESIGN: 0.3}}, "uncertainties": UNSURE},
            "is uncertain in this choice, so no option can set it",
        ),
        ({"options": {"x": "hamlett"}}, "option 'x': is 'hamlett', which is not a bundled scenario"),
        ({"options": {"x": 3}}, "option 'x': is 3; give a scenario"),
        ({"options": {"x": {}}}, "option 'x': is empty"),
        ({"options": {"small": {QUOTA: 0.1}}}, "option 'small': has the name of the unchanged scenario"),
        ({"options": {"x": "england-2025"}}, "option 'x': starts on 2025-"),
        (
            {"objectives": "expertise"},
            "objective 'expertise': is not a figure of the library; did you mean 'expertise kept'",
        ),
        (
            {"objectives": "staff cost"},
            "objective 'staff cost': is a figure of which neither more nor less is always better",
        ),
        ({"objectives": []}, "objectives: are empty"),
        ({"objectives": ["left", "left"]}, "objectives: 'left' is given twice"),
        (
            {"objectives": [{"name": "left", "mosst": 3}]},
            "objective: mosst: is not a field of an objective; did you mean 'most'",
        ),
        (
            {"objectives": [{"name": "left", "least": 3}]},
            "objective 'left': least: cannot be set, because less",
        ),
        ({"objectives": 3}, "objectives: are 3; give names of figures"),
        (
            {"replications": 9},
            "replications: the number is 9, which is too few to compare the options; give at least 10",
        ),
        (
            {"uncertainties": UNSURE, "futures": 9},
            "draws: the number is 9, which is too few to compare the options; give at least 10",
        ),
        (
            {"uncertainties": "fit"},
            "uncertainties: 'fit' cannot be used: small was not fitted; give draws, ranges or None",
        ),
        ({"uncertainties": "fits"}, "uncertainties: are 'fits'; give 'fit', None, draws"),
        ({"futures": 30}, "futures: is set without uncertainties"),
        (
            {"uncertainties": Draws(paths=(RESIGN,), rows=((0.1,),)), "futures": 30},
            "futures: is 30, but the number of draws is only 1",
        ),
        (
            {"options": {"calmer": world().having(RESIGN, 0.1)}, "uncertainties": UNSURE},
            f"option 'calmer': {RESIGN}: is uncertain in this choice, so no option can set it",
        ),
        (
            {"indifference": 1.0, "objectives": (GONE, attrs.evolve(PAID, most=3.0)), "measure": counted},
            "indifference: is set, and so is a limit of 'paid'",
        ),
        ({"indifference": -1}, "indifference: is -1; give the smallest difference that matters"),
        ({"measure": counted, "objectives": "gone"}, "objective 'gone': is a figure of your own measure"),
        ({"level": 2.0}, "level: is 2.0; give a share between 0 and 1"),
    ],
)
def test_an_invalid_choice_is_refused(given: dict[str, Any], message: str, scenario: nt.Scenario) -> None:
    """The error is one line and comes before the first run."""
    asked = {"options": OPTIONS, "objectives": GONE, "replications": 10, **given}
    with pytest.raises(InputError) as error:
        nt.choose(scenario, **asked)
    assert message in str(error.value) and "\n" not in str(error.value)


def test_an_objective_that_the_measure_does_not_return_is_refused(scenario: nt.Scenario) -> None:
    with pytest.raises(
        InputError, match="objective 'gon': is not a figure that the measure returns; did you mean 'gone'"
    ):
        asked = Objective(name="gon", way="less")
        nt.choose(scenario, options=OPTIONS, objectives=asked, replications=10, measure=counted)


def test_elimination_needs_fewer_runs_for_the_same_result(scenario: nt.Scenario) -> None:
    """Options that are far behind are dropped after the first futures. The figures equal those with all futures."""
    asked: dict[str, Any] = {"options": OPTIONS, "objectives": PAID, "replications": 20, "seed": 3, "measure": counted}
    every = nt.choose(scenario, **asked)
    one = nt.choose(scenario, **asked, indifference=0.5)
    assert one.winner == every.winner == "no round" and set(one.eliminated) == set(every.names) - {"no round"}
    assert one.spent.sum() < every.spent.sum() and one.spent.min() == 10
    assert np.array_equal(one.figures[:, :, 0, :10], every.figures[:, :, 0, :10])


def test_elimination_uses_draws_as_units(scenario: nt.Scenario) -> None:
    """Dropped options have no figures for later draws; equal options stay to the end."""
    one = nt.choose(
        scenario,
        options={"a large round": {QUOTA: 0.6}, "much the same": {"policies.mars.budget_pounds": 1e6}},
        objectives=PAID,
        uncertainties=UNSURE,
        futures=12,
        indifference=0.5,
        measure=counted,
    )
    assert one.eliminated == ("a large round",) and np.isnan(one.figures[0, 1, -1, 0])
    assert one.spent.tolist() == [12, 10, 12] and one.units.shape[2] == 10
    assert one.winner == "small" and set(one.inert) == {"much the same"}


@pytest.mark.parametrize(
    "futures",
    [
        pytest.param({"replications": 10}, id="luck"),
        pytest.param({"uncertainties": UNSURE, "futures": 10}, id="draws", marks=pytest.mark.thorough),
    ],
)
def test_a_resumed_choice_equals_an_unbroken_one(
    futures: dict[str, Any], tmp_path: Path, scenario: nt.Scenario
) -> None:
    """A choice of two options is stored, extended to all options from the store, and compared with one in memory."""
    asked: dict[str, Any] = {"objectives": QUICK, "measure": counted, **futures}
    two = {name: OPTIONS[name] for name in list(OPTIONS)[:2]}
    nt.choose(scenario, options=two, **asked, store=tmp_path / "choice.db")
    again = nt.choose(scenario, options=OPTIONS, **asked, store=tmp_path / "choice.db")
    fresh = nt.choose(scenario, options=OPTIONS, **asked)
    assert again.sha256() == fresh.sha256() and again.study.sha256() == fresh.study.sha256()
    assert nt.choose(scenario, options=OPTIONS, **{**asked, "seed": 2}).sha256() != fresh.sha256()


@pytest.mark.thorough
def test_every_executor_has_the_same_result(scenario: nt.Scenario) -> None:
    """One process, two processes and three threads have identical results, with and without draws."""
    asked: dict[str, Any] = {"options": OPTIONS, "objectives": QUICK, "measure": counted}
    for more in ({"replications": 10}, {"uncertainties": UNSURE, "futures": 10}):
        here = nt.choose(scenario, **asked, **more).sha256()
        assert nt.choose(scenario, **asked, **more, executor=2).sha256() == here
        with ThreadPoolExecutor(3) as threads:
            assert nt.choose(scenario, **asked, **more, executor=threads).sha256() == here


KILLED = """
import sys
from nhstransit.studies import store
from tests.choice.made import OPTIONS, UNSURE, mortal, world
import nhstransit as nt

store.COMMIT_SECONDS = 0.0
nt.choose(
    world(), options=OPTIONS, objectives=[nt.choice.Objective(name="gone", way="less")], uncertainties=UNSURE, futures=10,
    measure=mortal, store=sys.argv[1],
)
"""


@pytest.mark.thorough
def test_a_killed_choice_can_be_resumed(tmp_path: Path, scenario: nt.Scenario) -> None:
    """The process is killed after 17 of 40 runs. The same call makes the others and has the same result."""
    path = tmp_path / "choice.db"
    killed = {**os.environ, KILLED_AFTER: "17", "PYTHONPATH": str(Path(__file__).parents[2])}
    ended = subprocess.run([sys.executable, "-c", KILLED, str(path)], env=killed, check=False, capture_output=True)
    assert ended.returncode == -9, ended.stderr.decode()
    left = len(open_study(path))
    assert 0 < left <= 17
    aim = Objective(name="gone", way="less")
    asked: dict[str, Any] = {"options": OPTIONS, "objectives": [aim], "uncertainties": UNSURE, "futures": 10}
    again = nt.choose(scenario, **asked, measure=mortal, store=path)
    fresh = nt.choose(scenario, **asked, measure=mortal)
    assert len(again.study) == 40 and again.sha256() == fresh.sha256()


def test_a_grid_can_be_the_options(scenario: nt.Scenario) -> None:
    """The point that equals the unchanged scenario is included only once."""
    design = grid(scenario, Levels(QUOTA, 0.1, 0.25, 0.5))
    one = nt.choose(scenario, options=design, objectives=PAID, replications=10, measure=counted)
    assert one.names == ("small", "quota=0.1", "quota=0.5")


@pytest.mark.thorough
def test_a_choice_can_use_the_draws_of_a_fit() -> None:
    """It has the requested number of draws, also together with ranges. A variant has the draws of its base.

    Nothing is run.
    """
    england = nt.load_scenario("england-2010")
    fit = england.draws()
    assert draws_of(england, "fit").rows == fit.rows[:20] and draws_of(england, "fit", 40).rows == fit.rows[:40]
    assert draws_of(nt.load_scenario("england-2010-slower"), "fit").paths == fit.paths
    both = draws_of(england, ["fit", Range("policies.mars.removed", 0.7, 0.94)], 5)
    assert both.paths == (*fit.paths, "policies.mars.removed") and len(both) == 5
    assert both.rows[3][: len(fit.paths)] == fit.rows[3]


def test_uncertain_numbers_are_those_that_vary() -> None:
    """Dates count as numbers of days. Text and constant numbers are left out."""
    rows = [[0.1, dt.date(2010, 4, 1), "a", 3], [0.2, dt.date(2010, 5, 1), "b", 3]]
    paths, values = numbers_of(Draws(paths=("x", "day", "word", "same"), rows=rows))
    assert paths == ("x", "day") and values[1, 1] - values[0, 1] == 30
