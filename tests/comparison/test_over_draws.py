"""Two scenarios compared over draws: intervals of a single run by default, and of a mean as an option."""

from __future__ import annotations

import datetime as dt
from functools import cache

import attrs
import numpy as np
import pytest

import nhstransit as nt
from nhstransit.comparison import OverDraws
from nhstransit.errors import InputError, ScenarioError
from nhstransit.scenario.discrepancy import Block, BlockFigure, Discrepancy, HeadlineError
from nhstransit.scenario.draws import Draws
from tests.shared import hamlet_run

TAKE_UP = "behaviour.severance.typical"
DRAWS = Draws(paths=(TAKE_UP,), rows=tuple((0.01 + 0.01 * number,) for number in range(12)))
ERROR = Discrepancy(
    across_worlds=0.5,
    block=(Block(name="b", figure=(BlockFigure(name="f", share=0.1),)),),
    headline=(HeadlineError(names=("exit cost",), share=0.2),),
)


@cache
def short() -> nt.Scenario:
    """The hamlet to the end of the year of its first MARS scheme."""
    return nt.load_scenario("hamlet").having("end", dt.date(2011, 3, 31))


@cache
def short_comparison() -> OverDraws:
    """The short hamlet compared with itself without MARS, at twelve levels of take-up."""
    hamlet = short()
    return nt.compare(hamlet, baseline=hamlet.without("mars"), draws=DRAWS, seed=3)


@pytest.mark.thorough
def test_each_draw_is_a_pair_of_runs_with_the_same_seed() -> None:
    """The figures equal those of a sweep with the same draws."""
    hamlet = short()
    study = nt.sweep(hamlet, draws=DRAWS, replications=1, seed=3, progress=False)
    at = short_comparison().measures.index("left")
    assert np.array_equal(short_comparison().ours[:, at], study.results.cells("left").ravel())
    assert len(short_comparison()) == 12


@pytest.mark.thorough
def test_intervals_of_a_single_run_are_shown_and_intervals_of_a_mean_are_an_option() -> None:
    """The first includes the spread of the draws. The second is much narrower, and both are around the same gap."""
    world = short_comparison().intervals()
    mean = short_comparison().intervals(of="mean")
    left = short_comparison().gaps.loc["left with pay"]
    assert (left["low"], left["high"]) == tuple(world.loc["left with pay", ["low", "high"]])
    widths = [float(table.loc["left with pay", "high"] - table.loc["left with pay", "low"]) for table in (world, mean)]
    assert widths[0] > 2.0 * widths[1] > 0
    assert world.loc["left with pay", "gap"] == mean.loc["left with pay", "gap"]
    assert "90% of worlds" in repr(short_comparison()) and "<table" in short_comparison()._repr_html_()


def test_the_error_of_the_model_widens_intervals_less_if_it_is_correlated() -> None:
    """Perfectly correlated errors of the two scenarios mostly cancel, and independent errors add up."""
    with_error = attrs.evolve(
        short_comparison(), theirs=short_comparison().theirs + short_comparison().ours / 3, discrepancy=ERROR
    )  # both scenarios have some exit cost
    errors = [float(with_error.intervals(across=across).loc["exit cost", "by model"]) for across in (0.0, 0.5, 1.0)]
    first, second = (
        0.2 * abs(float(side[:, with_error.measures.index("exit cost")].mean()))
        for side in (with_error.ours, with_error.theirs)
    )
    assert errors[0] == pytest.approx((first**2 + second**2) ** 0.5) and errors[2] == pytest.approx(abs(first - second))
    assert errors[0] > errors[1] > errors[2]
    assert short_comparison().intervals().loc["exit cost", "by model"] == 0.0  # the hamlet states no model error


@pytest.mark.parametrize(
    ("changes", "message"), [({"of": "worlds"}, "world"), ({"level": 1.0}, "level"), ({"across": -0.1}, "across")]
)
def test_invalid_intervals_are_refused(changes: dict[str, float], message: str) -> None:
    """Refused are an unknown kind, a level or a correlation outside 0 to 1, and too few draws."""
    with pytest.raises(InputError, match=message):
        short_comparison().intervals(**changes)  # type: ignore[arg-type]
    few = attrs.evolve(short_comparison(), ours=short_comparison().ours[:3], theirs=short_comparison().theirs[:3])
    with pytest.raises(InputError, match="10 or more"):
        few.intervals()


def test_comparisons_that_cannot_have_intervals_are_refused_before_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """There are too few draws, or the scenarios start on different days."""
    monkeypatch.setattr("nhstransit.comparison.over_draws.simulate", _never)
    hamlet = nt.load_scenario("hamlet")
    with pytest.raises(InputError, match="draws: there are 9; give 10 or more for an interval"):
        nt.compare(hamlet, baseline=hamlet.without("mars"), draws=attrs.evolve(DRAWS, rows=DRAWS.rows[:9]))
    with pytest.raises(
        InputError, match=r"starts on 2010-05-01, but hamlet starts on .*; give scenarios that start on the same day"
    ):
        nt.compare(hamlet, baseline=hamlet.having("start", dt.date(2010, 5, 1)), draws=DRAWS)


def _never(world: nt.Scenario, seed: int) -> nt.Run:
    raise AssertionError(f"{world.name} was simulated with seed {seed}")


def test_runs_and_scenarios_cannot_be_mixed() -> None:
    """Draws need scenarios, and a scenario is compared with a scenario. Only a fitted scenario has its own draws."""
    hamlet = nt.load_scenario("hamlet")
    run = hamlet_run()
    with pytest.raises(InputError, match="give two scenarios"):
        nt.compare(run, baseline=run, draws=3)  # type: ignore[call-overload]
    with pytest.raises(InputError, match="run: is a Scenario, not a run; give runs"):
        nt.compare(hamlet, baseline=run)  # type: ignore[call-overload]
    with pytest.raises(ScenarioError, match="was not fitted"):
        nt.compare(hamlet, baseline=hamlet)
    with pytest.raises(ScenarioError, match="was not fitted"):
        nt.sweep(hamlet, replications=1, seed=1, draws="fit")
