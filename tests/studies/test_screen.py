"""Elementary effects of functions with known effects: a sum, a product, and a constant."""

from __future__ import annotations

import sys
from functools import cache

import numpy as np
import pytest

from nhstransit.errors import SweepError
from nhstransit.scenario import load_scenario
from nhstransit.studies import Range
from nhstransit.studies.design import at_shares
from nhstransit.studies.sensitivity import Screening, ranges_of, screen
from tests.studies.made import tiny
from tests.studies.made_calibration import crowd
from tests.studies.made_sensitivity import IDLE, OTHER, RANGES, RESIGN, broken, formula, holed, never, still


@cache
def screened() -> Screening:
    return screen(crowd(), RANGES, trajectories=6, measure=formula, progress=False)


def test_effects_of_a_sum_equal_its_slopes_everywhere() -> None:
    """In 3x + y, the effects are 3 and 1 without spread; another input has no effect."""
    table = screened().table("sum")
    assert list(table.index) == [RESIGN, OTHER, IDLE]
    assert table["mean"].tolist() == table["size"].tolist() == pytest.approx([3.0, 1.0, 0.0], abs=1e-9)
    assert table["spread"].tolist() == pytest.approx([0.0, 0.0, 0.0], abs=1e-9)


def test_effects_of_a_product_depend_on_the_starting_point() -> None:
    """In a product of two deviations, the sign of an effect depends on the other input."""
    table = screened().table("product")
    for path in (RESIGN, OTHER):
        assert table.loc[path, "spread"] > 0.1 and table.loc[path, "size"] > abs(table.loc[path, "mean"])
    assert table.loc[IDLE, "size"] == 0.0


def test_the_hazards_of_leaving_are_selected_first() -> None:
    """The number of leavers depends on both hazards. A constant figure is not a headline."""
    found = screened()
    assert set(found.chosen(2)) == {RESIGN, OTHER} and found.chosen(3)[2] == IDLE
    assert RESIGN in found.foremost(1).loc["sum", "1"] and "still" not in found.found
    assert "6 trajectories" in repr(found)


def test_paths_through_missing_points_are_left_out() -> None:
    """Points near the upper end of a range fail. The other paths are used, and both numbers are shown."""
    found = screen(tiny(), RANGES, trajectories=8, measure=holed, progress=False)
    kept = found.found["sum"].trajectories
    assert (
        2 <= kept < 8
        and f"from {kept} of 8 trajectories\n" in repr(found)
        and "of 32 points are missing because runs" in repr(found)
    )
    assert "did not converge" in found._repr_html_()
    assert found.table("sum")["size"].tolist() == pytest.approx([3.0, 1.0, 0.0], abs=1e-9)


def test_too_few_paths_are_refused() -> None:
    """Every path crosses the failing upper half of a range, so none is left of the two that are needed."""
    with pytest.raises(
        SweepError, match=r"of 16 points are missing.*only 0 of 4 trajectories complete, but 2 are needed"
    ):
        screen(tiny(), RANGES, trajectories=4, measure=broken, progress=False)
    with pytest.raises(SweepError, match="10 runs failed and none succeeded"):
        screen(tiny(), RANGES, trajectories=4, measure=never, progress=False)
    with pytest.raises(SweepError, match="headline 'still' never varies"):
        screen(tiny(), RANGES, trajectories=2, measure=still, progress=False)


@pytest.mark.thorough
def test_all_assumptions_of_a_scenario_can_be_screened() -> None:
    """All ranges of the hamlet can be set to their ends together.

    A share that another number limits needs its path.
    """
    hamlet = load_scenario("hamlet")
    ranges = ranges_of(hamlet)
    limited = ranges_of(hamlet, "policies.mars.redeployed")
    assert len(limited) == 1 and limited[0] not in ranges
    draws = at_shares(hamlet, ranges, list(np.array([[0.0] * len(ranges), [1.0] * len(ranges)]).T)).draws
    for index in range(2):
        draws.world(hamlet, index)


def test_a_range_of_whole_numbers_includes_its_upper_end() -> None:
    """A share of 1 is the largest value, not one more."""
    assert Range("policies.mars.payback_months", 10, 20).values(np.array([0.0, 0.999, 1.0]), True) == (10, 20, 20)


def test_an_invalid_screening_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """One path, one assumption, no replication, an unknown headline, and a missing SALib."""
    for wrong in ({"trajectories": 1}, {"seeds": 0}):
        with pytest.raises(SweepError, match="give"):
            screen(crowd(), RANGES, measure=formula, **wrong)
    with pytest.raises(SweepError, match="ranges: the number is 1"):
        screen(crowd(), RANGES[:1])
    with pytest.raises(SweepError, match="did you mean 'sum'"):
        screened().table("summ")
    monkeypatch.setitem(sys.modules, "SALib.sample.morris", None)
    with pytest.raises(SweepError, match=r"nhstransit\[screening\]"):
        screen(crowd(), RANGES)
