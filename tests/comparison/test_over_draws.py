"""Two scenarios over draws: the interval of a world is the default, and that of a mean the option."""

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
def found() -> OverDraws:
    """The short hamlet beside itself without its first MARS scheme, at twelve levels of take-up."""
    hamlet = short()
    return nt.compare(hamlet, baseline=hamlet.without("mars"), draws=DRAWS, seed=3)


@pytest.mark.thorough
def test_each_draw_is_a_pair_with_the_same_luck() -> None:
    """The figures of the first draw are those of two runs with the seed that a sweep gives it."""
    hamlet = short()
    study = nt.sweep(hamlet, draws=DRAWS, replications=1, seed=3, progress=False)
    at = found().measures.index("left")
    assert np.array_equal(found().ours[:, at], study.results.cells("left").ravel())
    assert len(found()) == 12


@pytest.mark.thorough
def test_the_interval_of_a_world_is_shown_and_that_of_a_mean_is_the_option() -> None:
    """The first holds the draws' own spread; the second is far narrower, and both lie about the same gap."""
    world = found().intervals()
    mean = found().intervals(of="mean")
    left = found().gaps.loc["left with pay"]
    assert (left["low"], left["high"]) == tuple(world.loc["left with pay", ["low", "high"]])
    widths = [float(table.loc["left with pay", "high"] - table.loc["left with pay", "low"]) for table in (world, mean)]
    assert widths[0] > 2.0 * widths[1] > 0
    assert world.loc["left with pay", "gap"] == mean.loc["left with pay", "gap"]
    assert "90% of worlds" in repr(found()) and "<table" in found()._repr_html_()


def test_the_models_own_error_widens_a_gap_by_how_far_it_is_shared() -> None:
    """Errors that both worlds share wholly leave the gap's share only; independent ones add up."""
    told = attrs.evolve(
        found(), theirs=found().theirs + found().ours / 3, discrepancy=ERROR
    )  # both have some exit cost
    errors = [float(told.intervals(across=across).loc["exit cost", "by model"]) for across in (0.0, 0.5, 1.0)]
    first, second = (
        0.2 * abs(float(side[:, told.measures.index("exit cost")].mean())) for side in (told.ours, told.theirs)
    )
    assert errors[0] == pytest.approx((first**2 + second**2) ** 0.5) and errors[2] == pytest.approx(abs(first - second))
    assert errors[0] > errors[1] > errors[2]
    assert found().intervals().loc["exit cost", "by model"] == 0.0  # the hamlet states none


@pytest.mark.parametrize(
    ("changes", "said"), [({"of": "worlds"}, "world"), ({"level": 1.0}, "level"), ({"across": -0.1}, "across")]
)
def test_what_is_no_interval_is_refused(changes: dict[str, float], said: str) -> None:
    """An unknown kind, a level or a correlation outside 0 to 1, and too few draws."""
    with pytest.raises(InputError, match=said):
        found().intervals(**changes)  # type: ignore[arg-type]
    few = attrs.evolve(found(), ours=found().ours[:3], theirs=found().theirs[:3])
    with pytest.raises(InputError, match="10 or more"):
        few.intervals()


def test_what_cannot_be_told_is_refused_before_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too few draws for any interval, and worlds that start on different days."""
    monkeypatch.setattr("nhstransit.comparison.over_draws.simulate", _never)
    hamlet = nt.load_scenario("hamlet")
    with pytest.raises(InputError, match="draws: there are 9; give 10 or more for an interval"):
        nt.compare(hamlet, baseline=hamlet.without("mars"), draws=attrs.evolve(DRAWS, rows=DRAWS.rows[:9]))
    with pytest.raises(
        InputError, match=r"starts on 2010-05-01, but hamlet starts on .*; give scenarios that start on the same day"
    ):
        nt.compare(hamlet, baseline=hamlet.having("start", dt.date(2010, 5, 1)), draws=DRAWS)


def _never(world: nt.Scenario, seed: int) -> nt.Run:
    raise AssertionError(f"{world.name} was played with seed {seed}")


def test_runs_and_scenarios_are_not_mixed() -> None:
    """Draws go with scenarios, scenarios with scenarios; a scenario that was not fitted has no draws of its own."""
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
