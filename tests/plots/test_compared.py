"""Figures of a comparison: bars and points show the values of the tables."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from matplotlib.figure import Figure

import nhstransit as nt
from nhstransit.comparison.strata import COLUMNS
from nhstransit.plots.points import percent
from tests.comparison.planted import pays, restless, with_policy
from tests.examples import some
from tests.shared import hamlet_without


@pytest.fixture(scope="module")
def pair(hamlet):
    """The hamlet compared with the hamlet without MARS."""
    return nt.compare(hamlet, baseline=hamlet_without("mars"))


@pytest.fixture(scope="module")
def several():
    """A comparison of a simple scheme over ten seeds and one year."""
    base = restless(30).having("end", dt.date(2011, 3, 31))
    scheme = with_policy(base, "planted", pays(range(8)))
    runs, baselines = ([nt.simulate(world, seed=seed) for seed in range(10)] for world in (scheme, base))
    return nt.compare(runs, baseline=baselines)


def drawn(pair, several):
    return {
        "strata": nt.plots.strata(pair),
        "waterfall": nt.plots.waterfall(pair.waterfall),
        "gaps": nt.plots.gaps(pair),
        "several": nt.plots.gaps(several),
    }


def test_strata_bars_have_the_values_of_the_table(pair):
    """People who left because of the policy are to the right, people who stayed because of it to the left."""
    ax = nt.plots.strata(pair)
    table = pair.strata_by("function")
    widths = {label: [] for label in ("direct", "through")}
    for bars in ax.containers:
        widths[bars.get_label()].append([patch.get_width() for patch in bars])
    stayed = np.array(widths["direct"][0])
    left = np.array(widths["direct"][1])
    assert (-stayed == table["stayed_direct"]).all() and (left == table["left_direct"]).all()
    stayed = stayed + widths["through"][0]
    left = left + widths["through"][1]
    assert (-stayed == table[COLUMNS[2]]).all() and (left == table[COLUMNS[1]]).all()
    assert left.sum() > 0


def test_only_the_groups_with_the_most_changes_are_drawn(pair, monkeypatch):
    """The limit is lowered to two groups here."""
    monkeypatch.setattr("nhstransit.plots.shares.MOST", 2)
    ax = nt.plots.strata(pair, by="band")
    table = pair.strata_by("band")
    moved = table[COLUMNS[1]] + table[COLUMNS[2]]
    names = [label.get_text().split("  ")[0] for label in ax.get_yticklabels()]
    assert len(names) == 2
    assert moved[names].min() >= moved.drop(names).max()


def test_the_waterfall_leads_from_zero_to_the_gap(pair):
    """Each bar begins where the previous one ended, and the last bar is the gap."""
    ax = nt.plots.waterfall(pair.waterfall)
    steps = pair.waterfall
    bars = list(ax.patches)
    reached = 0.0
    for bar, part in zip(bars[:-1], [float(part) for part in steps.parts if part], strict=True):
        assert bar.get_x() == pytest.approx(min(reached, reached + part)) or bar.get_width() < 0
        assert bar.get_width() == pytest.approx(part)
        reached += part
    assert bars[-1].get_width() == pytest.approx(reached) == pytest.approx(float(steps.gap))


def test_points_are_gaps_over_the_baseline(pair, several):
    """A point a figure that differs; bars are the paired intervals, and one pair has none."""
    ax = nt.plots.gaps(several)
    table = several.gaps
    shown = table[(table["gap"] != 0) & (table["baseline"] != 0)]
    (points,) = [line for line in ax.lines if line.get_marker() == "o"]
    assert points.get_xdata() == pytest.approx((shown["gap"] / shown["baseline"]).to_numpy())
    (bars,) = ax.collections
    ends = several.intervals().loc[shown.index]
    lows = [segment[0][0] for segment in bars.get_segments()]
    assert lows == pytest.approx((ends["low"] / shown["baseline"]).to_numpy())
    alone = nt.plots.gaps(pair)
    assert not alone.collections and "There are too few pairs for intervals." in alone.get_xlabel()
    assert "the baseline's figure is zero: departures with a payment, cost of paying people to go." in " ".join(
        ax.get_xlabel().split()
    )


@pytest.mark.thorough
@pytest.mark.parametrize("which", ["strata", "waterfall", "gaps", "several"])
def test_all_text_is_within_the_figure(pair, several, which):
    """No text is cut off, and the figure has a title."""
    ax = drawn(pair, several)[which]
    ax.figure.draw_without_rendering()
    edge = ax.figure.bbox
    texts = [*ax.texts, *ax.get_yticklabels(), ax.xaxis.label, ax._left_title]
    for text in texts:
        box = text.get_window_extent()
        assert edge.x0 - 1 <= box.x0 and box.x1 <= edge.x1 + 1 and edge.y0 - 1 <= box.y0 and box.y1 <= edge.y1 + 1, text
    assert ax.get_title(loc="left")


@pytest.mark.parametrize("name", some(["strata", "waterfall", "gaps"], ["waterfall"]))
def test_figures_are_drawn_on_given_axes_with_the_note(pair, name):
    """The given axes are returned, with the note in the small print."""
    ax = Figure().add_subplot()
    assert getattr(nt.plots, name)(pair.waterfall if name == "waterfall" else pair, ax, note="uncalibrated") is ax
    assert ax.get_xlabel().endswith("Uncalibrated.")


def test_equal_runs_are_drawn_without_bars(hamlet):
    """No bar has a length, and there are no points."""
    same = nt.compare(hamlet, baseline=hamlet)
    assert not any(patch.get_width() for patch in nt.plots.strata(same).patches)
    assert not any(patch.get_width() for patch in nt.plots.waterfall(same.waterfall).patches)
    assert len(nt.plots.gaps(same).lines[0].get_xdata()) == 0


def test_a_comparison_is_refused_as_a_waterfall(pair):
    """The error says how to get the waterfall of a comparison."""
    with pytest.raises(nt.NhstransitError, match="steps: is a Comparison; give a waterfall, such as"):
        nt.plots.waterfall(pair)


def test_percentages_on_an_axis_have_the_same_number_of_decimals():
    """They have as many decimals as the finest tick needs; zero is written as 0."""
    for ticks, labels in (
        ([-0.02, 0.0, 0.01], ["-2%", "0", "+1%"]),
        ([-0.02, 0.0, 0.005], ["-2.0%", "0", "+0.5%"]),
        ([0.025, 0.05], ["+2.5%", "+5.0%"]),
        ([0.0025, 0.01], ["+0.25%", "+1.00%"]),
    ):
        assert [percent(share, np.array(ticks)) for share in ticks] == labels
