"""Search: every method finds the best point of a known function, within limits and the budget."""

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
    """A function of two levers with its maximum at 0.3 and 24, and a linear one; nothing depends on the events."""
    mars = run.scenario.policies["mars"]
    return {"height": -((mars.quota - 0.3) ** 2) - ((mars.payback_months - 24) / 54) ** 2, "slope": mars.quota}


SEED = branch_seed(1, 0, 0)  # the seed of the only future
HEIGHT = Objective(name="height", way="more")
SLOPE = Objective(name="slope", way="less", most=0.2)


@pytest.fixture(scope="module")
def scenario() -> nt.Scenario:
    """Three people until the day after the round; the measures here depend only on the policies."""
    return world(3).having("end", dt.date(2010, 7, 1))


@pytest.mark.parametrize("method", some(["grid", "nelder-mead", "direct"], []))
def test_each_method_finds_a_known_maximum(method: str, scenario: nt.Scenario) -> None:
    """The number of runs is within the budget, and no point is run twice."""
    found = search(scenario, *LEVERS, budget=49, method=method, objectives=HEIGHT, measure=hill)
    assert found.runs == 49 if method == "grid" else found.runs <= 49
    check_top(found)


def check_top(found: Search) -> None:
    """Check that every point is run once and the best is near the maximum."""
    assert len(set(found.points)) == len(found.points)
    assert found.best[QUOTA] == pytest.approx(0.3, abs=0.06)
    assert found.best[MONTHS] == pytest.approx(24, abs=4)


def test_a_grid_followed_by_a_simplex_finds_a_known_maximum(scenario: nt.Scenario) -> None:
    """This is the default method."""
    both = search(scenario, *LEVERS, budget=40, objectives=HEIGHT, measure=hill)
    assert both.runs <= 40
    check_top(both)
    assert both.best_by("nelder-mead")[QUOTA] == pytest.approx(both.best_by("grid")[QUOTA], abs=0.2)
    assert both.scores.max() >= both.scores[0] and repr(both).startswith("Search over ")


@pytest.mark.parametrize("method", some(["grid", "nelder-mead", "both"], ["both"]))
def test_limits_move_the_best_point(method: str, scenario: nt.Scenario) -> None:
    """With at most 0.2 of the linear function, every method finds the best point on the limit."""
    found = search(scenario, LEVERS[0], objectives=[HEIGHT, SLOPE], measure=hill, budget=26, method=method)
    assert found.best[QUOTA] == pytest.approx(0.2, abs=0.03) and found.best[QUOTA] <= 0.2
    assert found.table["dominated"].any()


def test_limits_that_no_point_meets_are_reported(scenario: nt.Scenario) -> None:
    with pytest.raises(
        InputError, match="search: found no point within every limit; widen the ranges, or relax the limits"
    ):
        none = Objective(name="slope", way="less", most=-1)
        _ = search(scenario, LEVERS[0], objectives=[HEIGHT, none], measure=hill, budget=3, method="grid").best


def two_hills(run: Run) -> dict[str, float]:
    """Two functions with maxima at 0.2 and 0.7; between the maxima, one rises while the other falls."""
    quota = run.scenario.policies["mars"].quota
    return {"height": -((quota - 0.2) ** 2), "other": -((quota - 0.7) ** 2), "slope": quota}


@pytest.mark.thorough
@pytest.mark.parametrize("method", ["nelder-mead", "direct", "both"])
def test_both_ends_of_a_pareto_set_are_found(method: str, scenario: nt.Scenario) -> None:
    """Both maxima are found, and points that are not dominated are between them."""
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


def test_points_share_seeds_and_draws(scenario: nt.Scenario) -> None:
    """With common random numbers, a higher quota never pays fewer people, and the same call has the same result."""
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
    ("levers", "given", "message"),
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
def test_an_invalid_search_is_refused(
    levers: tuple[Range, ...], given: dict[str, Any], message: str, scenario: nt.Scenario
) -> None:
    with pytest.raises(InputError) as error:
        search(scenario, *levers, **{"budget": 50, "objectives": HEIGHT, "measure": hill, **given})
    assert message in str(error.value)


def redundancies(run: Run) -> dict[str, float]:
    """Redundancies of a run, and the fewest that any policy could have reached, from the linear programme."""
    found = bound(run)
    return {"made": float(found.simulated), "fewest": float(found.least)}


@pytest.mark.thorough
def test_no_point_of_a_search_is_better_than_the_linear_programme() -> None:
    """In the hamlet, the search varies how many bands lower people may be placed and the size of a scheme."""
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
