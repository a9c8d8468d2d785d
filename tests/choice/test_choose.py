"""`choose`: common luck, refusals, inert levers, limits, elimination, resumption, and what the result says."""

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
def test_no_reason_is_given_by_sums_of_another_kind(path: str, quota: float) -> None:
    """A cap on salaries is not held to payments, nor a budget to severance where a policy pays none."""
    run = nt.simulate(world().having(QUOTA, quota), seed=1)
    assert _reason(run, Change(path, None, 1e9)) == ""
    if quota:
        assert _reason(run, Change(path.replace("salary", "payment"), None, 1e9)).startswith(
            "the limit is never exceeded"
        )


@pytest.fixture(scope="module")
def scenario() -> nt.Scenario:
    return world()


def test_all_options_share_draws_and_luck(scenario: nt.Scenario) -> None:
    """The runs of one future have one seed and one draw in all options; and the paid leavers follow the quota."""
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


def test_the_figures_of_the_library_decide(scenario: nt.Scenario) -> None:
    """The usual objectives, each in its unit; money that nobody is paid costs nothing."""
    found = nt.choose(scenario, options={"no round": {"policies.mars.on": False}}, replications=10)
    assert [one.name for one in found.objectives] == list(USUAL)
    assert found.table().loc[("no round", "cost to the Exchequer"), "mean"] == 0.0
    assert found.table()["unit"].iloc[0] == "£"


def test_an_idle_lever_is_named_with_the_reason(scenario: nt.Scenario) -> None:
    """A budget above every sum."""
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


def test_a_quota_above_every_case_is_named(scenario: nt.Scenario) -> None:
    """Fewer apply than either quota allows."""
    wide = scenario.having(QUOTA, 0.95)
    one = nt.choose(wide, options={"wider": {QUOTA: 0.99}}, objectives=QUICK, replications=10, measure=counted)
    said = one.inert["wider"]
    assert said.startswith("the limit is never reached: ") and said.endswith("% of an employer's staff")


def test_a_policy_that_does_nothing_is_named(scenario: nt.Scenario) -> None:
    """A round that nobody can apply for; and then no other option is left."""
    idle = scenario.having("policies.mars.min_service_months", 600)
    options = {"no round": {"policies.mars.on": False}}
    one = nt.choose(idle, options=options, objectives=QUICK, replications=10, measure=counted)
    assert one.inert == {"no round": "MARS causes no event in the first future"}
    assert one.sentences()[0] == "Choose 'small': no other option is left."


@pytest.mark.parametrize(
    ("given", "said"),
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
def test_what_makes_no_choice_is_refused(given: dict[str, Any], said: str, scenario: nt.Scenario) -> None:
    """In one sentence, before the first run."""
    asked = {"options": OPTIONS, "objectives": GONE, "replications": 10, **given}
    with pytest.raises(InputError) as error:
        nt.choose(scenario, **asked)
    assert said in str(error.value) and "\n" not in str(error.value)


def test_a_figure_that_the_measure_lacks_is_refused(scenario: nt.Scenario) -> None:
    with pytest.raises(
        InputError, match="objective 'gon': is not a figure that the measure returns; did you mean 'gone'"
    ):
        asked = Objective(name="gon", way="less")
        nt.choose(scenario, options=OPTIONS, objectives=asked, replications=10, measure=counted)


def test_elimination_spends_fewer_runs_and_finds_the_same(scenario: nt.Scenario) -> None:
    """Options far behind are out after the first futures; figures are those of a choice with all futures."""
    asked: dict[str, Any] = {"options": OPTIONS, "objectives": PAID, "replications": 20, "seed": 3, "measure": counted}
    every = nt.choose(scenario, **asked)
    one = nt.choose(scenario, **asked, indifference=0.5)
    assert one.winner == every.winner == "no round" and set(one.eliminated) == set(every.names) - {"no round"}
    assert one.spent.sum() < every.spent.sum() and one.spent.min() == 10
    assert np.array_equal(one.figures[:, :, 0, :10], every.figures[:, :, 0, :10])


def test_elimination_over_draws_is_by_draw(scenario: nt.Scenario) -> None:
    """Units are draws; options that are out early have no figures for later draws; equal ones stay to the end."""
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
def test_a_store_resumes_and_gives_the_same(futures: dict[str, Any], tmp_path: Path, scenario: nt.Scenario) -> None:
    """A choice of two options, stopped; then all from the same store; then all in memory: equal to the last bit."""
    asked: dict[str, Any] = {"objectives": QUICK, "measure": counted, **futures}
    two = {name: OPTIONS[name] for name in list(OPTIONS)[:2]}
    nt.choose(scenario, options=two, **asked, store=tmp_path / "choice.db")
    again = nt.choose(scenario, options=OPTIONS, **asked, store=tmp_path / "choice.db")
    fresh = nt.choose(scenario, options=OPTIONS, **asked)
    assert again.sha256() == fresh.sha256() and again.study.sha256() == fresh.study.sha256()
    assert nt.choose(scenario, options=OPTIONS, **{**asked, "seed": 2}).sha256() != fresh.sha256()


@pytest.mark.thorough
def test_any_executor_gives_the_same(scenario: nt.Scenario) -> None:
    """This process, two others, and three threads: equal to the last bit, with and without draws."""
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
def test_a_choice_that_was_killed_gives_the_same(tmp_path: Path, scenario: nt.Scenario) -> None:
    """The process is killed after 17 of 40 runs. The same call makes the rest, and gives what an undisturbed one gives."""
    place = tmp_path / "choice.db"
    killed = {**os.environ, KILLED_AFTER: "17", "PYTHONPATH": str(Path(__file__).parents[2])}
    ended = subprocess.run([sys.executable, "-c", KILLED, str(place)], env=killed, check=False, capture_output=True)
    assert ended.returncode == -9, ended.stderr.decode()
    left = len(open_study(place))
    assert 0 < left <= 17
    aim = Objective(name="gone", way="less")
    asked: dict[str, Any] = {"options": OPTIONS, "objectives": [aim], "uncertainties": UNSURE, "futures": 10}
    again = nt.choose(scenario, **asked, measure=mortal, store=place)
    fresh = nt.choose(scenario, **asked, measure=mortal)
    assert len(again.study) == 40 and again.sha256() == fresh.sha256()


def test_a_grid_is_a_set_of_options(scenario: nt.Scenario) -> None:
    """The point that is the scenario as it stands is not among them twice."""
    design = grid(scenario, Levels(QUOTA, 0.1, 0.25, 0.5))
    one = nt.choose(scenario, options=design, objectives=PAID, replications=10, measure=counted)
    assert one.names == ("small", "quota=0.1", "quota=0.5")


@pytest.mark.thorough
def test_the_draws_of_a_fit_are_those_of_the_scenario() -> None:
    """As many as asked for; beside ranges, draw by draw; a variant has those of its world. Nothing is run."""
    england = nt.load_scenario("england-2010")
    fit = england.draws()
    assert draws_of(england, "fit").rows == fit.rows[:20] and draws_of(england, "fit", 40).rows == fit.rows[:40]
    assert draws_of(nt.load_scenario("england-2010-slower"), "fit").paths == fit.paths
    both = draws_of(england, ["fit", Range("policies.mars.removed", 0.7, 0.94)], 5)
    assert both.paths == (*fit.paths, "policies.mars.removed") and len(both) == 5
    assert both.rows[3][: len(fit.paths)] == fit.rows[3]


def test_numbers_of_draws_are_those_that_vary() -> None:
    """Dates count as days; texts, and numbers that are always the same, are left out."""
    rows = [[0.1, dt.date(2010, 4, 1), "a", 3], [0.2, dt.date(2010, 5, 1), "b", 3]]
    paths, values = numbers_of(Draws(paths=("x", "day", "word", "same"), rows=rows))
    assert paths == ("x", "day") and values[1, 1] - values[0, 1] == 30
