"""The table of gaps with units, gaps by month, and scenarios that changed nothing."""

from __future__ import annotations

import attrs
import pytest

from nhstransit.errors import SweepError
from nhstransit.run import Run
from nhstransit.studies import Study, sweep
from nhstransit.studies.gap_table import gap_table, month_table
from tests.small import END
from tests.studies.made import tiny


def figures(run: Run) -> dict[str, float]:
    """The number of leavers, and amounts of money."""
    gone = float((run.closing.post < 0).sum())
    return {"gone": gone, "cost": 2.5e6 * gone, "cost in 2010-11": 2.5e6, "never": float("nan")}


def by_month(run: Run) -> dict[str, list[float]]:
    """The number of leavers in two months."""
    gone = float((run.closing.post < 0).sum())
    return {"gone by month": [0.0, gone]}


@pytest.fixture(scope="module")
def study() -> Study:
    """Three scenarios, of which two have the same events."""
    calm = tiny(4, end=END)
    worlds = {
        "calm": calm,
        "restless": tiny(4, end=END, resign=1.5),
        "named": attrs.evolve(calm, title="another title"),
    }
    return sweep(worlds, replications=3, seed=1, measure=figures, series=by_month)


def test_gaps_have_units_and_money_is_in_millions(study: Study) -> None:
    """A figure for one year has the unit of its measure. Without units, names are unchanged."""
    found = gap_table(study, units={"gone": "people", "cost": "£ a year"})
    assert list(found.index) == ["gone (people)", "cost (£m a year)", "cost in 2010-11 (£m a year)", "never"]
    gone = study.table().groupby("scenario")["gone"].mean()
    gap = 2.5 * (gone["restless"] - gone["calm"])
    assert gap > 0 and float(found.loc["cost (£m a year)", "calm"]) == pytest.approx(2.5 * gone["calm"], abs=0.01)
    assert float(found.loc["cost (£m a year)", "restless"]) == pytest.approx(gap, abs=0.01)
    assert found.loc["cost in 2010-11 (£m a year)"].tolist() == ["2.50", "none", "none"]
    assert found.loc["never"].tolist() == ["no figure"] * 3
    assert list(gap_table(study).index) == ["gone", "cost", "cost in 2010-11", "never"]


def test_gaps_by_month(study: Study) -> None:
    """The table has the mean of the first scenario and the gaps of the others.

    In the first month there are no gaps.
    """
    found = month_table(study, "gone by month")
    assert study.kept_series == ("gone by month",)
    assert list(found.index) == [1, 2] and found.loc[1].tolist() == ["0.00", "none", "none"]
    gone = study.table().groupby("scenario")["gone"].mean()
    assert found.loc[2, "restless"] == f"{gone['restless'] - gone['calm']:+,.1f}"
    with pytest.raises(SweepError, match="series 'heads': is not in this study"):
        month_table(study, "heads")


def test_scenarios_that_changed_nothing_are_named(study: Study) -> None:
    """All their figures are the same in every run. A study of one scenario has no such scenarios."""
    assert study.unchanged() == ("named",)
    assert study.unchanged(baseline="restless") == ()
    assert sweep({"calm": tiny()}, replications=1, seed=1).unchanged() == ()
    with pytest.raises(SweepError, match="scenario 'none such': is not in this study"):
        study.unchanged(baseline="none such")
