"""Figures of a run beside its baseline: bars and points hold what the tables hold."""

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
    """The hamlet beside itself without MARS."""
    return nt.compare(hamlet, baseline=hamlet_without("mars"))


@pytest.fixture(scope="module")
def several():
    """A planted scheme over ten seeds, for a year."""
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


def test_strata_bars_are_the_table(pair):
    """To the right those left because of it, to the left those kept, and the dark part are the direct."""
    ax = nt.plots.strata(pair)
    table = pair.strata_by("function")
    widths = {label: [] for label in ("direct", "through")}
    for bars in ax.containers:
        widths[bars.get_label()].append([patch.get_width() for patch in bars])
    kept = np.array(widths["direct"][0])
    gone = np.array(widths["direct"][1])
    assert (-kept == table["kept_direct"]).all() and (gone == table["gone_direct"]).all()
    kept = kept + widths["through"][0]
    gone = gone + widths["through"][1]
    assert (-kept == table[COLUMNS[2]]).all() and (gone == table[COLUMNS[1]]).all()
    assert gone.sum() > 0


def test_at_most_thirty_groups_are_drawn_and_those_most_moved(pair, monkeypatch):
    """Of more groups the ones with most people gone or stayed because of it are shown, in the order of the table."""
    monkeypatch.setattr("nhstransit.plots.shares.MOST", 2)
    ax = nt.plots.strata(pair, by="band")
    table = pair.strata_by("band")
    moved = table[COLUMNS[1]] + table[COLUMNS[2]]
    names = [label.get_text().split("  ")[0] for label in ax.get_yticklabels()]
    assert len(names) == 2
    assert moved[names].min() >= moved.drop(names).max()


def test_the_waterfall_floats_from_nought_to_the_gap(pair):
    """Each bar begins where the one before ended, and the last bar is the gap."""
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
def test_names_and_small_print_lie_on_the_paper(pair, several, which):
    """No text is cut off, and rows have their names."""
    ax = drawn(pair, several)[which]
    ax.figure.draw_without_rendering()
    edge = ax.figure.bbox
    texts = [*ax.texts, *ax.get_yticklabels(), ax.xaxis.label, ax._left_title]
    for text in texts:
        box = text.get_window_extent()
        assert edge.x0 - 1 <= box.x0 and box.x1 <= edge.x1 + 1 and edge.y0 - 1 <= box.y0 and box.y1 <= edge.y1 + 1, text
    assert ax.get_title(loc="left")


@pytest.mark.parametrize("name", some(["strata", "waterfall", "gaps"], ["waterfall"]))
def test_given_axes_are_drawn_on_and_notes_are_told(pair, name):
    """Axes passed in come back, with the note in the small print."""
    ax = Figure().add_subplot()
    assert getattr(nt.plots, name)(pair.waterfall if name == "waterfall" else pair, ax, note="uncalibrated") is ax
    assert ax.get_xlabel().endswith("Uncalibrated.")


def test_equal_worlds_are_drawn_without_bars(hamlet):
    """Nothing moved: no bar has a length, no point is there, and nothing fails."""
    same = nt.compare(hamlet, baseline=hamlet)
    assert not any(patch.get_width() for patch in nt.plots.strata(same).patches)
    assert not any(patch.get_width() for patch in nt.plots.waterfall(same.waterfall).patches)
    assert len(nt.plots.gaps(same).lines[0].get_xdata()) == 0


def test_what_is_no_waterfall_is_refused(pair):
    """A comparison has one, and is told so."""
    with pytest.raises(nt.NhstransitError, match="steps: is a Comparison; give a waterfall, such as"):
        nt.plots.waterfall(pair)


def test_shares_on_the_axis_have_as_many_decimals_each():
    """One where any tick needs it, two for finer ones, none for whole numbers; zero is zero."""
    for ticks, told in (
        ([-0.02, 0.0, 0.01], ["-2%", "0", "+1%"]),
        ([-0.02, 0.0, 0.005], ["-2.0%", "0", "+0.5%"]),
        ([0.025, 0.05], ["+2.5%", "+5.0%"]),
        ([0.0025, 0.01], ["+0.25%", "+1.00%"]),
    ):
        assert [percent(share, np.array(ticks)) for share in ticks] == told
