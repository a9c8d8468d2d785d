"""Headcount over time: the lines have the values of the measures, and every line has a name."""

from __future__ import annotations

import datetime as dt

import attrs
import numpy as np
import pytest
from matplotlib.figure import Figure

import nhstransit as nt
from nhstransit.dates import epoch_day
from nhstransit.measures import stocks
from nhstransit.organisations.bodies import KINDS
from nhstransit.plots.groups import GROUPS, OTHERS, group_of, groups_of
from nhstransit.plots.lines import milestones, series
from nhstransit.toml import Named


@pytest.fixture(scope="module")
def drawn(hamlet):
    """The figure of the hamlet, for tests that only read it."""
    return nt.plots.headcount(hamlet)


def lines(ax):
    """The lines of groups, by name."""
    return {line.get_label(): line for line in ax.get_lines() if not line.get_label().startswith("_")}


def words(ax):
    return [" ".join(text.get_text().split()) for text in ax.texts]


def test_each_kind_of_organisation_is_in_one_group():
    """No two groups share a kind, and `OTHERS` contains the remaining kinds."""
    grouped = [kind for group in GROUPS for kind in group.kinds]
    assert len(grouped) == len(set(grouped))
    assert {kind for kinds in groups_of().values() for kind in kinds} == set(KINDS)
    assert all(group_of(kind) in (*GROUPS, OTHERS) for kind in KINDS)


def test_no_two_groups_have_the_same_colour_and_stroke():
    assert len({(group.colour, group.stroke) for group in GROUPS}) == len(GROUPS)


def test_each_group_with_people_has_a_line(drawn):
    """The hamlet has four groups."""
    assert set(lines(drawn)) == {
        "strategic health authorities",
        "primary care trusts",
        "clinical commissioning groups",
        "community and other providers",
    }


@pytest.mark.parametrize("kind", ["sha", "pct", "ccg", "community-provider"])
def test_the_lines_have_the_values_of_the_measures(hamlet, drawn, kind):
    """The first point is the opening of the first month, and the others are the closings.

    A line ends at its first zero.
    """
    line = lines(drawn)[group_of(kind).name]
    table = stocks(hamlet)
    table = table[table["kind"] == kind]
    days = [hamlet.scenario.start, *map(dt.date.fromisoformat, table["month"])]
    expected = dict(zip(map(epoch_day, days), [table["opening"].iloc[0], *table["closing"]], strict=True))
    shown = dict(zip(line.get_xdata().tolist(), line.get_ydata().tolist(), strict=True))
    more = set(shown) - set(expected)
    assert more <= {epoch_day(dt.date(2013, 4, 1))}, "only the day after the closures is added"
    assert all(expected[day] == heads for day, heads in shown.items() if day not in more)
    assert all(heads == 0 for day, heads in expected.items() if day not in shown)


def test_a_closure_at_midnight_is_a_step(hamlet, drawn):
    """Trusts have people on 31 March 2013 and none on 1 April, when those who moved are with the groups."""
    last, first = (epoch_day(day) for day in (dt.date(2013, 3, 31), dt.date(2013, 4, 1)))
    held = {
        name: dict(zip(line.get_xdata().tolist(), line.get_ydata().tolist(), strict=True))
        for name, line in lines(drawn).items()
    }
    assert held["primary care trusts"][last] > 50 and held["primary care trusts"][first] == 0
    groups = held["clinical commissioning groups"]
    state = nt.measures.state_on(hamlet, (dt.date(2013, 4, 1) - dt.date(2010, 4, 1)).days)
    assert groups[last] < 20 < groups[first] <= (state.post >= 0).sum()


def test_the_lines_add_up_to_all_people_in_post(hamlet):
    _, heads = series(hamlet)
    everybody = stocks(hamlet, by="all")
    assert np.array_equal(sum(heads.values()), [everybody["opening"].iloc[0], *everybody["closing"]])


def test_every_line_is_named_beside_it(hamlet, drawn):
    """A name has the number of people at the end, or the largest number when the group is empty at the end.

    There is no legend.
    """
    _, heads = series(hamlet)
    for group, line in heads.items():
        name = f"{group.name} {line[-1]:,}" if line[-1] else f"{group.name}, {line.max():,} at most"
        assert words(drawn).count(name) == 1
    assert drawn.get_legend() is None


def test_milestones_are_the_first_days_of_policies(hamlet, drawn):
    """Each policy is shown once, in date order; policies that act every month are left out."""
    found = milestones(hamlet.scenario)
    assert [name for _, name in found] == [
        "Announcement of the reform", "MARS", "Retention terms (RETS)", "Destinations", "Filling of posts", "Redundancy",
    ]  # fmt: skip
    assert found[1][0] == dt.date(2010, 10, 29)
    assert found == sorted(found)
    texts = drawn.texts
    assert {"1", "2", "3", "4", "5", "6"} <= {text.get_text() for text in texts}
    assert any("2 MARS; 3 retention terms (RETS);" in " ".join(text.get_text().split()) for text in texts)
    assert {text.get_rotation() for text in texts} == {0.0}


def test_title_unit_and_source_are_shown(hamlet, drawn):
    """The source includes scenario, seed and what was fitted, and the note if there is one."""
    ax = nt.plots.headcount(hamlet, note="for ministers")
    assert "by kind of employer" in " ".join(ax.get_title(loc="left").split())
    assert ax.get_ylabel() == "people in post"
    source = "scenario hamlet, seed 1. Uncalibrated: nothing here was fitted."
    assert [text for text in words(ax) if text.endswith(f"{source} For ministers.")]
    assert [text for text in words(drawn) if text.endswith(source)]


@pytest.mark.thorough  # of two others: tests/plots/test_new_figures.py
def test_the_figure_is_drawn_on_given_axes(hamlet):
    """The given axes are returned, and the figure gets no other axes."""
    figure = Figure()
    ax = figure.add_subplot()
    assert nt.plots.headcount(hamlet, ax) is ax
    assert figure.axes == [ax]


def test_no_two_names_overlap(drawn):
    drawn.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in drawn.texts]
    assert not [
        (a.get_text(), b.get_text())
        for index, a in enumerate(drawn.texts)
        for b in drawn.texts[index + 1 :]
        if boxes[index].overlaps(boxes[drawn.texts.index(b)])
    ]


def test_no_name_is_cut_off(drawn):
    """Every text is within the figure."""
    drawn.figure.draw_without_rendering()
    edge = drawn.figure.bbox
    for box in (text.get_window_extent() for text in drawn.texts):
        assert edge.x0 <= box.x0 and box.x1 <= edge.x1 and edge.y0 <= box.y0 and box.y1 <= edge.y1


def test_a_short_scenario_has_monthly_ticks(hamlet):
    """A scenario of five and a half months has a tick at the start of each month."""
    short = attrs.evolve(hamlet.scenario, policies=Named(), end=dt.date(2010, 9, 15))
    ax = nt.plots.headcount(nt.simulate(short, seed=1))
    assert [label.get_text() for label in ax.get_xticklabels()][:3] == ["Apr 2010", "May 2010", "Jun 2010"]


def test_a_run_without_people_has_no_lines(nobody):
    assert not lines(nt.plots.headcount(nobody))
