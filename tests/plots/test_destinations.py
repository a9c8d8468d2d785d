"""The figure of destinations: bands have the counts of the measures, and heights are in proportion to people."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle

import nhstransit as nt
from nhstransit.measures.whereabouts import whereabouts
from nhstransit.plots.alluvial import COLOURS, LEFT, LET_GO, MOVED, NODE, STAYED, _finding, bands


@pytest.fixture(scope="module")
def drawn(hamlet):
    """The figure of the hamlet, for tests that only read it."""
    return nt.plots.destinations(hamlet)


def test_the_bands_add_up_to_the_opening_staff(hamlet):
    """Each of the 300 people is in one band."""
    assert sum(bands(hamlet).values()) == 300


@pytest.mark.parametrize(
    ("family", "name", "fate", "where"),
    [
        (STAYED, STAYED, "there", ""),
        (MOVED, "clinical commissioning groups", "moved", "ccg"),
        (LEFT, "retired", "left", "retirement"),
        (LET_GO, "MARS", "left", "mars"),
        (LET_GO, "redundancy", "left", "redundancy"),
    ],
)
def test_the_bands_have_the_counts_of_the_measures(hamlet, family, name, fate, where):
    """Each destination on the right has as many people as in the table."""
    table = whereabouts(hamlet)
    expected = table[(table["fate"] == fate) & (table["where"] == where)]["people"].sum()
    assert sum(people for (_, end), people in bands(hamlet).items() if end == (family, name)) == expected > 0


def test_a_band_is_drawn_for_each_flow(hamlet, drawn):
    """There is also a block for each name on either side."""
    flows = bands(hamlet)
    assert sum(isinstance(patch, PathPatch) for patch in drawn.patches) == len(flows)
    blocks = [patch for patch in drawn.patches if isinstance(patch, Rectangle)]
    assert len(blocks) == len({start for start, _ in flows}) + len({end for _, end in flows})


def test_heights_are_in_proportion_to_people(drawn):
    """Both sides have the same total height, and the height of a block is its share of the people."""
    left = [patch.get_height() for patch in drawn.patches if isinstance(patch, Rectangle) and patch.get_x() < NODE]
    right = [patch.get_height() for patch in drawn.patches if isinstance(patch, Rectangle) and patch.get_x() > NODE]
    assert sum(left) == pytest.approx(sum(right))
    assert max(left) / sum(left) == pytest.approx(184 / 300)


def test_blocks_of_a_side_do_not_overlap(drawn):
    """Each block ends before the next begins, and all are within the axes."""
    blocks = [patch for patch in drawn.patches if isinstance(patch, Rectangle)]
    for left in (True, False):
        mine = [one for one in blocks if (one.get_x() < NODE) is left]
        spans = sorted((one.get_y(), one.get_y() + one.get_height()) for one in mine)
        assert all(end <= start for (_, end), (start, _) in pairwise(spans))
        assert spans[0][0] >= 0 and spans[-1][1] <= 1 + 1e-9


def test_names_include_people_and_shares(hamlet, drawn):
    """Names on the left have the number of people; names on the right also have the percentage of all."""
    words = [text.get_text() for text in drawn.texts]
    assert "primary care trusts\n184" in words
    redundancies = sum(people for (_, end), people in bands(hamlet).items() if end == (LET_GO, "redundancy"))
    assert f"redundancy  {redundancies} ({redundancies / 300:.0%})" in words
    shares = [int(re.findall(r"\((\d+)%\)", word)[0]) for word in words if word.endswith("%)")]
    assert sum(shares) == 100


def test_the_title_leaves_out_empty_groups(hamlet):
    """When all employers closed, nobody kept an employer, and the title does not mention this group."""
    flows = {("a", (MOVED, "b")): 30, ("a", (LEFT, "retired")): 70}
    assert _finding(hamlet, flows) == (
        "By March 2014, 70% of the opening staff of April 2010 had left and 30% had another employer"
    )
    assert _finding(hamlet, {("a", (MOVED, "b")): 3}).endswith(
        "everyone of the opening staff of April 2010 had another employer"
    )
    assert "%" not in _finding(hamlet, {})


def test_the_colours_of_groups_differ_in_lightness():
    """Lightness differs by more than 0.08, except for the group that is hatched."""

    def light(colour):
        red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
        return 0.299 * red + 0.587 * green + 0.114 * blue

    plain = sorted(light(colour) for family, colour in COLOURS.items() if family != LET_GO)
    assert all(b - a > 0.08 for a, b in pairwise(plain))


def test_title_and_source_are_shown(hamlet):
    """The text includes the number of people, scenario, seed and note."""
    ax = nt.plots.destinations(hamlet, note="for ministers")
    assert "April 2010" in ax.get_title(loc="left") and "March 2014" in ax.get_title(loc="left")
    source = "Numbers of people (heads), 300 in all. Source: nhstransit, scenario hamlet, seed 1."
    assert f"{source} Uncalibrated: nothing here was fitted. For ministers." in [text.get_text() for text in ax.texts]


@pytest.mark.thorough  # of two others: tests/plots/test_new_figures.py
def test_the_figure_is_drawn_on_given_axes(hamlet):
    """The given axes are returned, and the figure gets no other axes."""
    figure = Figure()
    ax = figure.add_subplot()
    assert nt.plots.destinations(hamlet, ax) is ax
    assert figure.axes == [ax]


def test_no_name_is_cut_off_or_covered(drawn):
    """Every text is within the figure, and no two texts overlap."""
    drawn.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in drawn.texts]
    edge = drawn.figure.bbox
    assert all(edge.x0 <= box.x0 and box.x1 <= edge.x1 and edge.y0 <= box.y0 and box.y1 <= edge.y1 for box in boxes)
    assert not any(a.overlaps(b) for index, a in enumerate(boxes) for b in boxes[index + 1 :])


def test_a_run_without_people_has_no_bands(nobody):
    assert not nt.plots.destinations(nobody).patches
