"""Headcount over time: what the lines hold is what the metrics say, and every line has its name."""

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
    """The lines that stand for groups, by name."""
    return {line.get_label(): line for line in ax.get_lines() if not line.get_label().startswith("_")}


def words(ax):
    return [" ".join(text.get_text().split()) for text in ax.texts]


def test_each_kind_of_body_stands_in_one_group():
    """The groups share no kind, and `OTHERS` takes what they leave."""
    grouped = [kind for group in GROUPS for kind in group.kinds]
    assert len(grouped) == len(set(grouped))
    assert {kind for kinds in groups_of().values() for kind in kinds} == set(KINDS)
    assert all(group_of(kind) in (*GROUPS, OTHERS) for kind in KINDS)


def test_no_two_groups_are_drawn_alike():
    """Colour or stroke tells any two groups apart."""
    assert len({(group.colour, group.stroke) for group in GROUPS}) == len(GROUPS)


def test_a_line_for_each_group_that_has_people(drawn):
    """The hamlet has four groups."""
    assert set(lines(drawn)) == {
        "strategic health authorities",
        "primary care trusts",
        "clinical commissioning groups",
        "community and other providers",
    }


@pytest.mark.parametrize("kind", ["sha", "pct", "ccg", "community-provider"])
def test_the_lines_hold_what_the_metrics_say(hamlet, drawn, kind):
    """The first point is the opening of the first month; the others are its closings; zero is drawn once at an end."""
    line = lines(drawn)[group_of(kind).name]
    table = stocks(hamlet)
    table = table[table["kind"] == kind]
    days = [hamlet.scenario.start, *map(dt.date.fromisoformat, table["month"])]
    want = dict(zip(map(epoch_day, days), [table["opening"].iloc[0], *table["closing"]], strict=True))
    shown = dict(zip(line.get_xdata().tolist(), line.get_ydata().tolist(), strict=True))
    more = set(shown) - set(want)
    assert more <= {epoch_day(dt.date(2013, 4, 1))}, "the day after the closures"
    assert all(want[day] == heads for day, heads in shown.items() if day not in more)
    assert all(heads == 0 for day, heads in want.items() if day not in shown)


def test_a_closure_at_midnight_is_a_step(hamlet, drawn):
    """On 31 March 2013 the trusts have people, on 1 April none; those who moved are with the groups on that day."""
    last, first = (epoch_day(day) for day in (dt.date(2013, 3, 31), dt.date(2013, 4, 1)))
    held = {
        name: dict(zip(line.get_xdata().tolist(), line.get_ydata().tolist(), strict=True))
        for name, line in lines(drawn).items()
    }
    assert held["primary care trusts"][last] > 50 and held["primary care trusts"][first] == 0
    groups = held["clinical commissioning groups"]
    state = nt.measures.state_on(hamlet, (dt.date(2013, 4, 1) - dt.date(2010, 4, 1)).days)
    assert groups[last] < 20 < groups[first] <= (state.post >= 0).sum()


def test_all_groups_together_are_everybody(hamlet):
    """The lines add up to the people in post."""
    _, heads = series(hamlet)
    everybody = stocks(hamlet, by="all")
    assert np.array_equal(sum(heads.values()), [everybody["opening"].iloc[0], *everybody["closing"]])


def test_every_line_is_named_beside_it(hamlet, drawn):
    """Names carry the people at the end, or the most there ever were of those that have gone; there is no legend."""
    _, heads = series(hamlet)
    for group, line in heads.items():
        told = f"{group.name} {line[-1]:,}" if line[-1] else f"{group.name}, {line.max():,} at most"
        assert words(drawn).count(told) == 1
    assert drawn.get_legend() is None


def test_milestones_are_the_first_days_of_policies(hamlet, drawn):
    """Each policy once, in order of date; what acts month after month is left out."""
    found = milestones(hamlet.scenario)
    assert [name for _, name in found] == [
        "Announcement of the reform", "MARS", "Retention terms (RETS)", "Destinations", "Filling of posts", "Redundancy",
    ]  # fmt: skip
    assert found[1][0] == dt.date(2010, 10, 29)
    assert found == sorted(found)
    told = drawn.texts
    assert {"1", "2", "3", "4", "5", "6"} <= {text.get_text() for text in told}
    assert any("2 MARS; 3 retention terms (RETS);" in " ".join(text.get_text().split()) for text in told)
    assert {text.get_rotation() for text in told} == {0.0}


def test_title_unit_and_source_are_told(hamlet, drawn):
    """Title, unit on the axis, scenario and seed, what was fitted; a note where one is given."""
    ax = nt.plots.headcount(hamlet, note="for ministers")
    assert "by kind of employer" in " ".join(ax.get_title(loc="left").split())
    assert ax.get_ylabel() == "people in post"
    said = "scenario hamlet, seed 1. Uncalibrated: nothing here was fitted."
    assert [text for text in words(ax) if text.endswith(f"{said} For ministers.")]
    assert [text for text in words(drawn) if text.endswith(said)]


@pytest.mark.thorough  # of two others: tests/plots/test_new_figures.py
def test_given_axes_are_drawn_on(hamlet):
    """Axes passed in come back, and no others are made."""
    figure = Figure()
    ax = figure.add_subplot()
    assert nt.plots.headcount(hamlet, ax) is ax
    assert figure.axes == [ax]


def test_names_stay_clear_of_one_another(drawn):
    """No two texts overlap, once drawn."""
    drawn.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in drawn.texts]
    assert not [
        (a.get_text(), b.get_text())
        for place, a in enumerate(drawn.texts)
        for b in drawn.texts[place + 1 :]
        if boxes[place].overlaps(boxes[drawn.texts.index(b)])
    ]


def test_no_name_is_cut_off(drawn):
    """Every text lies within the figure."""
    drawn.figure.draw_without_rendering()
    edge = drawn.figure.bbox
    for box in (text.get_window_extent() for text in drawn.texts):
        assert edge.x0 <= box.x0 and box.x1 <= edge.x1 and edge.y0 <= box.y0 and box.y1 <= edge.y1


def test_a_short_scenario_has_monthly_ticks(hamlet):
    """Five and a half months: a tick at the 1st of each."""
    short = attrs.evolve(hamlet.scenario, policies=Named(), end=dt.date(2010, 9, 15))
    ax = nt.plots.headcount(nt.simulate(short, seed=1))
    assert [label.get_text() for label in ax.get_xticklabels()][:3] == ["Apr 2010", "May 2010", "Jun 2010"]


def test_nobody_is_drawn_as_nothing(nobody):
    """A run without people gives axes without lines."""
    assert not lines(nt.plots.headcount(nobody))
