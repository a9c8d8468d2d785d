"""Figures of policies, the pay bill, survival, regions and many runs: their data, texts and titles."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

import nhstransit as nt
from nhstransit.errors import InputError
from nhstransit.plots.bridge import bridge
from nhstransit.plots.survival import _thinned
from tests.examples import every
from tests.shared import hamlet_study


@pytest.fixture(scope="module")
def study():
    """A study of three scenarios with ten runs each and monthly heads."""
    return hamlet_study()


def test_the_bridge_adds_up_to_the_pay_bill(hamlet):
    """It leads from the pay bill of the first day to that of the last day, as measured."""
    parts = bridge(hamlet)
    table = nt.measure(hamlet).pay_bill
    assert parts[0] == pytest.approx(table["full_cost"].iloc[0])
    assert parts[:4].sum() == pytest.approx(parts[4])
    assert parts[4] == pytest.approx(table["full_cost"].iloc[-1])
    assert parts[1] < 0 < parts[2]


def test_policies_are_in_order_of_their_first_days(hamlet):
    """Each has its title and dates, and the figure's title names the first policy."""
    ax = nt.plots.policies(hamlet)
    assert list(ax.data["first_day"]) == sorted(ax.data["first_day"])
    assert "MARS\n29 October 2010" in [label.get_text() for label in ax.get_yticklabels()]
    assert ax.get_title(loc="left").startswith("Hiring is the first policy to act, on 1 June 2010; 8 act")


def test_survival_is_drawn_as_steps(hamlet):
    """Closures at midnight are steps instead of slopes, and the title has the measured share."""
    ax = nt.plots.survival(hamlet)
    (line,) = ax.lines
    assert line.get_drawstyle() == "steps-post"
    assert ax.get_title(loc="left") == "40% of the opening staff had not left by the end"
    assert float(nt.measure(hamlet).staying["share"].iloc[-1]) == pytest.approx(0.40)
    assert len(nt.plots.survival(hamlet, by="sex").lines) == 2


def test_a_long_survival_line_is_thinned_but_keeps_its_steps():
    """A large fall stays on its day. About 400 days are drawn, including the last."""
    share = np.linspace(1.0, 0.8, 2000)
    share[1234:] -= 0.3
    line = pd.DataFrame({"days": np.arange(2000), "share": share})
    drawn = _thinned(line)
    assert len(drawn) <= 403 and {0, 1233, 1234, 1999} <= set(drawn["days"])
    assert _thinned(line.head(400)) is not None and len(_thinned(line.head(400))) == 400


def test_each_region_has_a_panel(hamlet):
    """Its heading has the number of people at the start and at the end."""
    (panel,) = nt.plots.regions(hamlet).child_axes
    assert panel.get_title(loc="left") == "Vale\n300 to 152 (-49%)"
    assert panel.get_ylim()[0] == 0


@pytest.mark.thorough
def test_a_fan_has_the_quantiles_of_the_runs(study):
    """The quantiles are in order, and the median is that of the study."""
    ax = nt.plots.fan(study, series="heads: pct", scenario="as is")
    data = ax.data
    order = ["quantile 0.05", "quantile 0.25", "median", "quantile 0.75", "quantile 0.95"]
    assert (np.diff(data[order].to_numpy(), axis=1) >= 0).all()
    assert data["median"].iloc[0] == pytest.approx(study.series("heads: pct").loc["as is"].median().iloc[0])
    with pytest.raises(InputError, match="as is"):
        nt.plots.fan(study, series="heads: pct", scenario="as iss")


@pytest.mark.thorough
def test_the_title_names_only_scenarios_that_differ_beyond_chance(study):
    """A scenario is named only if the interval of its gap excludes zero."""
    title = nt.plots.study_gaps(study, baseline="as is", measure="left with pay").get_title(loc="left")
    row = study.gaps(baseline="as is", measures="left with pay").loc[("no scheme", "left with pay")]
    differs = bool(row["high"] < 0 or row["low"] > 0)
    assert ("no scheme differs from as is" in title) is differs
    assert ("no scenario differs" in title) is not differs


def test_a_tornado_is_ordered_by_the_size_of_effects():
    """The largest effect comes first. A table without a required column is refused."""
    table = pd.DataFrame({"low": [-1.0, -5.0], "high": [1.0, 4.0]}, index=["a", "b"])
    ax = nt.plots.tornado(table, what="people who left")
    assert [label.get_text() for label in ax.get_yticklabels()] == ["b", "a"]
    assert ax.get_title(loc="left") == "b has the largest effect on people who left"
    with pytest.raises(InputError, match="'high'"):
        nt.plots.tornado(table[["low"]], what="x")


@pytest.mark.parametrize(
    "name", every(4, ["headcount", "destinations", "knowledge", "policies", "pay_bill", "survival", "regions"])
)
def test_every_figure_of_a_run_has_data_and_a_text_alternative(hamlet, nobody, name):
    """This also holds on a user's axes and for a run without people."""
    own = Figure().add_subplot()
    draw = getattr(nt.plots, name)
    assert draw(hamlet, own) is own and own.figure.axes == [own]
    assert len(own.data) and re.search(r"\d", own.alt)
    if name != "destinations":
        assert draw(nobody).alt


def test_identifiers_in_an_svg_contain_the_name_of_the_figure(hamlet):
    """Two figures on one page share no identifier, and text is stored as text."""
    one, other = (nt.plots.svg(nt.plots.pay_bill(hamlet), name) for name in ("one", "other"))
    assert "people who left</text>" in one and one.startswith("<svg ")
    assert not set(re.findall(r'id="([^"]+)"', one)) & set(re.findall(r'id="([^"]+)"', other))
    assert set(re.findall(r"url\(#([^)]+)\)", one)) <= set(re.findall(r'id="([^"]+)"', one))
