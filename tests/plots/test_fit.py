"""Figures at the width of a column, a page and a screen: no label overlaps another or is cut off."""

from __future__ import annotations

from itertools import combinations

import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

import nhstransit as nt
from nhstransit.plots.ground import ON_FILL
from tests.examples import some
from tests.plots.every import NAMES, drawing
from tests.shared import england_run

FEW = ("survival",)
WIDTHS = (3.3, 6.0, 10.0)  # inches: a column of a paper, a page, a screen
SLACK = 1.0  # pixels by which boxes of text may touch


def boxes(axes: Axes) -> list[tuple[str, Bbox]]:
    """Every visible text with its box in pixels, except text in filled cells, which cannot overlap."""
    figure = axes.figure.figure
    assert figure is not None
    figure.draw_without_rendering()
    hidden = set()
    for part in figure.findobj(Axes):
        for axis in (part.xaxis, part.yaxis):
            low, high = sorted(axis.get_view_interval())
            for position, label in zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=True):
                if not part.axison or not low - 1e-9 <= position <= high + 1e-9:
                    hidden.add(id(label))
    return [
        (text.get_text(), text.get_window_extent())
        for text in figure.findobj(Text)
        if text.get_visible() and text.get_text().strip() and text.get_label() != ON_FILL and id(text) not in hidden
    ]


def collisions(texts: list[tuple[str, Bbox]]) -> list[tuple[str, str]]:
    """Pairs of texts that overlap."""
    found = []
    for (one, box), (other, beside) in combinations(texts, 2):
        wide = min(box.x1, beside.x1) - max(box.x0, beside.x0)
        high = min(box.y1, beside.y1) - max(box.y0, beside.y0)
        if wide > SLACK and high > SLACK:
            found.append((one, other))
    return found


def cut_off(axes: Axes, texts: list[tuple[str, Bbox]]) -> list[str]:
    """Texts that are partly outside the figure."""
    page = axes.figure.figure.bbox
    return [
        text
        for text, box in texts
        if box.x0 < page.x0 - SLACK or box.x1 > page.x1 + SLACK or box.y0 < page.y0 - SLACK or box.y1 > page.y1 + SLACK
    ]


@pytest.mark.parametrize("width", some(WIDTHS, WIDTHS[:1]))
@pytest.mark.parametrize("name", some(NAMES, FEW[:1]))
def test_labels_do_not_overlap_at_any_width(name: str, width: float) -> None:
    """The figure is drawn on a user's axes, with the default height, or a fifth more at the width of a column."""
    draw = drawing(name)
    high = draw().figure.get_figheight() * (1.2 if width < 5 else 1.0)
    axes = draw(Figure(figsize=(width, high), layout="constrained").add_subplot())
    texts = boxes(axes)
    assert collisions(texts) == []
    assert cut_off(axes, texts) == []


def test_no_label_of_the_figure_in_the_readme_is_cut_off() -> None:
    """Names of England's policies are longer than those of the hamlet."""
    axes = nt.plots.destinations(england_run())
    assert cut_off(axes, boxes(axes)) == []


@pytest.mark.parametrize("name", some(NAMES, FEW[:2]))
def test_labels_do_not_overlap_at_the_default_size(name: str) -> None:
    axes = drawing(name)()
    texts = boxes(axes)
    assert collisions(texts) == []
    assert cut_off(axes, texts) == []


def test_overlapping_and_cut_off_labels_are_found() -> None:
    """The checks find two texts at one position and one text outside the figure."""
    axes = Figure().add_subplot()
    axes.text(0.5, 0.5, "one")
    axes.text(0.5, 0.5, "two")
    axes.text(1.2, 0.5, "far away")
    texts = boxes(axes)
    assert ("one", "two") in collisions(texts) and cut_off(axes, texts) == ["far away"]
