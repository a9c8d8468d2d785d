"""Search: grid and simplex find the same best point of a known function, under limits and within the budget."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

import nhstransit as nt
from nhstransit.bounds import bound
from nhstransit.choice import Objective, Search, search
from nhstransit.errors import InputError
from nhstransit.run import Run
from nhstransit.streams import branch_seed
from nhstransit.studies import Range
from tests.choice.made import QUOTA, counted, world
from tests.examples import some

MONTHS = "policies.mars.payback_months"
LEVERS = (Range(QUOTA, 0.0, 1.0), Range(MONTHS, 6, 60))


def hill(run: Run) -> dict[str, float]:
    """A hill over two levers with its top at 0.3 and 24, and a slope; nothing else of the run."""
    mars = run.scenario.policies["mars"]
    return {"height": -((mars.quota - 0.3) ** 2) - ((mars.payback_months - 24) / 54) ** 2, "slope": mars.quota}


SEED = branch_seed(1, 0, 0)  # of the only future
HEIGHT = Objective(name="height", way="more")
SLOPE = Objective(name="slope", way="less", most=0.2)


@pytest.fixture(scope="module")
def scenario() -> nt.Scenario:
    """Three people until the day after the round: what is measured here is read off its policies."""
    return world(3).having("end", dt.date(2010, 7, 1))


@pytest.mark.parametrize("method", some(["grid", "nelder-mead", "direct"], []))
def test_a_known_top_is_found(method: str, scenario: nt.Scenario) -> None:
    """By a grid, a simplex and a search of the whole; no more runs than the budget, none twice."""
    found = search(scenario, *LEVERS, budget=49, method=method, objectives=HEIGHT, measure=hill)
    assert found.runs == 49 if method == "grid" else found.runs <= 49
    check_top(found)


def check_top(found: Search) -> None:
    """Every point once; the best of them near the top of the hill."""
    assert len(set(found.points)) == len(found.points)
    assert found.best[QUOTA] == pytest.approx(0.3, abs=0.06)
    assert found.best[MONTHS] == pytest.approx(24, abs=4)


def test_a_grid_and_a_simplex_agree_on_a_known_top(scenario: nt.Scenario) -> None:
    """Both after each other, which is the usual way."""
    both = search(scenario, *LEVERS, budget=40, objectives=HEIGHT, measure=hill)
    assert both.runs <= 40
    check_top(both)
    assert both.best_by("nelder-mead")[QUOTA] == pytest.approx(both.best_by("grid")[QUOTA], abs=0.2)
    assert both.scores.max() >= both.scores[0] and repr(both).startswith("Search over ")


@pytest.mark.parametrize("method", some(["grid", "nelder-mead", "both"], ["both"]))
def test_limits_move_the_best_point(method: str, scenario: nt.Scenario) -> None:
    """At most 0.2 of the slope: the best is on the limit, whichever way it is found."""
    found = search(scenario, LEVERS[0], objectives=[HEIGHT, SLOPE], measure=hill, budget=26, method=method)
    assert found.best[QUOTA] == pytest.approx(0.2, abs=0.03) and found.best[QUOTA] <= 0.2
    assert found.table["dominated"].any()


def test_limits_that_no_point_keeps_are_told(scenario: nt.Scenario) -> None:
    with pytest.raises(
        InputError, match="search: found no point within every limit; widen the ranges, or relax the limits"
    ):
        none = Objective(name="slope", way="less", most=-1)
        _ = search(scenario, LEVERS[0], objectives=[HEIGHT, none], measure=hill, budget=3, method="grid").best


def two_hills(run: Run) -> dict[str, float]:
    """One hill with its top at 0.2, and one at 0.7: between the tops, what the one gains the other loses."""
    quota = run.scenario.policies["mars"].quota
    return {"height": -((quota - 0.2) ** 2), "other": -((quota - 0.7) ** 2), "slope": quota}


@pytest.mark.thorough
@pytest.mark.parametrize("method", ["nelder-mead", "direct", "both"])
def test_both_ends_of_a_pareto_set_are_found(method: str, scenario: nt.Scenario) -> None:
    """Of two objectives without limits each is sought; what is not dominated lies between their tops."""
    aims = [HEIGHT, Objective(name="other", way="more")]
    found = search(scenario, LEVERS[0], objectives=aims, measure=two_hills, budget=36, method=method)
    assert found.runs <= 36
    assert found.best_for("height")[QUOTA] == pytest.approx(0.2, abs=0.03)
    assert found.best_for("other")[QUOTA] == pytest.approx(0.7, abs=0.03)
    kept = found.pareto[QUOTA]
    assert kept.iloc[0] == found.best[QUOTA] and kept.between(0.17, 0.73).all() and len(kept) > 2
    limited = search(scenario, LEVERS[0], objectives=[*aims, SLOPE], measure=two_hills, budget=36, method=method)
    assert (limited.pareto[QUOTA] <= 0.2).all() and limited.best_for("other")[QUOTA] == pytest.approx(0.2, abs=0.03)
    with pytest.raises(InputError, match="objective 'hight': is not in this search; did you mean 'height'"):
        found.best_for("hight")


def test_points_share_luck_and_draws(scenario: nt.Scenario) -> None:
    """More of a quota never pays fewer: with common luck the search has no noise, and the same call finds the same."""
    asked: dict[str, Any] = {
        "objectives": Objective(name="paid", way="less"),
        "measure": counted,
        "uncertainties": Range("behaviour.departures.resign", 0.2, 1.5),
        "futures": 3,
    }
    few = world(8).having("end", dt.date(2010, 7, 1))
    found = search(few, LEVERS[0], budget=15, method="grid", **asked)
    assert found.runs == 15 and found.figures[:, 0].tolist() == sorted(found.figures[:, 0].tolist())
    assert found.best[QUOTA] == 0.0
    assert search(few, LEVERS[0], budget=15, method="grid", **asked).points == found.points


@pytest.mark.parametrize(
    ("levers", "given", "said"),
    [
        ((), {}, "levers: the number given is 0; give 1 to 3, such as Range"),
        ((LEVERS[0], LEVERS[0]), {}, "lever 'policies.mars.quota': is given twice"),
        ((Range("policies.mars.quotta", 0, 1),), {}, "policies.mars.quotta"),
        ((Range(QUOTA, 0.0, 2.0),), {}, "quota"),
        ((LEVERS[0],), {"method": "newton"}, "method: is 'newton'"),
        (
            LEVERS,
            {"budget": 6},
            "budget: is 6, which is too small for this search; give 7 runs or more",
        ),
        (LEVERS, {"budget": 30, "replications": 10}, "give 70 runs or more: 7 points of 10 runs each"),
    ],
)
def test_what_cannot_be_searched_is_refused(
    levers: tuple[Range, ...], given: dict[str, Any], said: str, scenario: nt.Scenario
) -> None:
    with pytest.raises(InputError) as error:
        search(scenario, *levers, **{"budget": 50, "objectives": HEIGHT, "measure": hill, **given})
    assert said in str(error.value)


def redundancies(run: Run) -> dict[str, float]:
    """Redundancies of a run, and the fewest that any policy could have made of its stocks: the linear programme's."""
    found = bound(run)
    return {"made": float(found.simulated), "fewest": float(found.least)}


@pytest.mark.thorough
def test_no_point_of_a_search_beats_the_linear_programme() -> None:
    """In the hamlet, over how far down people may be placed and how much of a scheme there is: the best is above it."""
    made = Objective(name="made", way="less")
    fewest = Objective(name="fewest", way="less")
    levers = (Range(QUOTA, 0.0, 0.5), Range("policies.redundancy.bands_down", 0, 2))
    hamlet = nt.load_scenario("hamlet")
    found = search(hamlet, *levers, objectives=[made, fewest], measure=redundancies, budget=9, method="both")
    assert (found.figures[:, 0] >= found.figures[:, 1]).all() and found.figures[:, 0].max() > found.figures[:, 0].min()
    assert found.figures[:, 0].min() == redundancies(nt.simulate(_set(hamlet, found.best), seed=SEED))["made"]


def _set(scenario: nt.Scenario, setting: dict[str, Any]) -> nt.Scenario:
    for path, item in setting.items():
        scenario = scenario.having(path, item)
    return scenario
