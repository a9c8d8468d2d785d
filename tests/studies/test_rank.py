"""Sobol' indices of functions with known indices, and the separation of chance from parameters."""

from __future__ import annotations

import pytest

from nhstransit.errors import SweepError
from nhstransit.scenario import load_scenario
from nhstransit.studies import Range
from nhstransit.studies.sensitivity import ranges_of, rank
from tests.studies.made import tiny
from tests.studies.made_calibration import crowd
from tests.studies.made_sensitivity import IDLE, OTHER, RANGES, RESIGN, broken, formula, holed, never, ranked, still


@pytest.mark.thorough
def test_indices_of_a_sum_follow_its_variances() -> None:
    """In 3x + y, x has nine tenths of the variance and y one tenth, in first-order and total indices."""
    table = ranked().table("sum")
    assert list(table.index[:2]) == [RESIGN, OTHER]
    assert table.loc[RESIGN].tolist() == pytest.approx([0.9, 0.9], abs=0.03)
    assert table.loc[OTHER].tolist() == pytest.approx([0.1, 0.1], abs=0.03)
    assert table.loc[IDLE].tolist() == pytest.approx([0.0, 0.0], abs=0.01)


def test_a_product_has_only_interaction() -> None:
    """For a product of two deviations, first-order indices are zero and total indices are one."""
    table = ranked().table("product")
    for path in (RESIGN, OTHER):
        assert table.loc[path].tolist() == pytest.approx([0.0, 1.0], abs=0.05)


def test_chance_is_separated_from_parameters() -> None:
    """A formula of parameters has no chance; the number of leavers has binomial variance."""
    split = ranked().split()
    assert split.loc["sum", "by chance"] == 0.0 and split.loc["sum", "parameters' share"] == 1.0
    assert split.loc["sum", "by parameters"] == pytest.approx((10 / 12) ** 0.5, rel=0.03)
    assert 4.0 < split.loc["left", "by chance"] < 12.0
    assert split.loc["left", "r2"] > 0.9 and "still" not in split.index


def test_the_two_hazards_of_leaving_have_the_largest_indices() -> None:
    """The number of leavers depends equally on both hazards, and not on severance pay."""
    table = ranked().table("left")
    assert set(table.index[:2]) == {RESIGN, OTHER} and table.loc[IDLE, "total"] < 0.05
    assert RESIGN in ranked().foremost(2).loc["sum", "1"]


@pytest.mark.thorough
def test_a_single_assumption_has_all_of_the_variance() -> None:
    """A single headline can be requested by name."""
    found = rank(crowd(), RANGES[:1], points=12, seeds=2, measure=formula, headline="sum", progress=False)
    assert found.table("sum").loc[RESIGN].tolist() == [1.0, 1.0] and list(found.found) == ["sum"]
    assert found.split().loc["sum", "by parameters"] == pytest.approx((9 / 12) ** 0.5, rel=0.03)
    with pytest.raises(SweepError, match="headline 'sums': was not measured; did you mean 'sum'"):
        rank(crowd(), RANGES[:1], points=10, seeds=2, measure=formula, headline="sums", progress=False)


def test_ranges_contain_the_value_and_are_valid() -> None:
    """Every range comes from the definition of its number."""
    scenario = load_scenario("hamlet")
    ranges = {one.path: one for one in ranges_of(scenario)}
    assert len(ranges) > 30 and ranges["behaviour.severance.typical"] == Range(
        "behaviour.severance.typical", 0.005, 0.06
    )
    for one in ranges.values():
        scenario.having(one.path, one.low)
        scenario.having(one.path, one.high)
    assert ranges_of(scenario, [RESIGN]) == (ranges[RESIGN],)


def test_an_invalid_ranking_is_refused() -> None:
    """Too few points or seeds, a path without a range, and an unknown headline."""
    with pytest.raises(SweepError, match="30 or more"):
        rank(crowd(), RANGES, points=20, measure=formula)
    with pytest.raises(SweepError, match="which are needed to estimate chance"):
        rank(crowd(), RANGES, points=40, seeds=1, measure=formula)
    with pytest.raises(SweepError, match=r"did you mean 'behaviour\.departures\.resign'"):
        ranges_of(load_scenario("hamlet"), ["behaviour.departures.resgn"])
    with pytest.raises(SweepError, match="'sum'"):
        ranked().table("sums")


@pytest.mark.thorough
def test_missing_points_are_counted_and_reported() -> None:
    """When 3 of 40 points fail, the ranking says so, as text and as HTML, and uses 37."""
    found = rank(tiny(), RANGES, points=40, seeds=2, measure=holed, progress=False)
    assert (
        "from 37 of 40 points\n3 of 40 points are missing because runs failed: ValueError: did not converge (6 times).\n"
        in repr(found)
    )
    assert "3 of 40 points are missing" in found._repr_html_() and found.found["sum"].points == 37
    assert found.table("sum").index[0] == RESIGN
    assert "missing" not in repr(ranked()) and "from 40 points" in repr(ranked())


def test_too_few_points_are_refused() -> None:
    """When half of the points fail, the error has the number of missing points, the reasons, and the number needed."""
    error = r"5 of 10 points are missing because runs failed: ValueError: did not converge \(10 times\); 8 points are needed"
    with pytest.raises(SweepError, match=error):
        rank(tiny(), RANGES[:1], points=10, seeds=2, measure=broken, progress=False)


def test_a_measure_that_always_fails_is_reported_after_a_few_runs() -> None:
    with pytest.raises(
        SweepError, match=r"10 runs failed and none succeeded \(ValueError: no such column \(10 times\)\)"
    ):
        rank(tiny(), RANGES, points=40, seeds=2, measure=never, progress=False)


def test_headlines_that_do_not_vary_are_refused() -> None:
    """The error says that none varies, or names a requested headline that does not vary."""
    with pytest.raises(SweepError, match="no headline varies: still, flat"):
        rank(tiny(), RANGES[:1], points=10, seeds=2, measure=still, progress=False)
    with pytest.raises(SweepError, match="headline 'still' does not vary over the ranges"):
        rank(tiny(), RANGES[:1], points=10, seeds=2, measure=formula, headline="still", progress=False)
    with pytest.raises(SweepError, match="headline 'still': does not vary over the ranges"):
        ranked().table("still")


def test_the_text_of_a_ranking_has_the_main_assumptions() -> None:
    """They are listed for each headline."""
    assert "Ranking of 3 assumptions" in repr(ranked()) and "<table" in ranked()._repr_html_()
