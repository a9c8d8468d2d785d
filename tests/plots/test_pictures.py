"""Each figure equals its stored picture within a tolerance; a figure with a deliberate fault does not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from matplotlib.axes import Axes
from matplotlib.text import Text

import nhstransit as nt
from tests.plots.every import NAMES, drawing
from tests.plots.pictures import KEPT, TOLERANCE, distance, kept, picture

FEW = ("knowledge", "pay_bill", "information")


def test_every_figure_has_a_stored_picture() -> None:
    """There are no other stored pictures."""
    assert set(NAMES) == set(nt.plots.__all__) - {"save", "svg", "timeline"}
    assert {path.stem for path in KEPT.glob("*.npy")} == set(NAMES)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in FEW else pytest.mark.thorough) for name in NAMES]
)
def test_a_figure_equals_its_stored_picture(name: str) -> None:
    """After an intended change, look at the figure, then run `PYTHONPATH=tests python -m tests.plots.pictures`."""
    assert distance(picture(drawing(name)()), kept(name)) < TOLERANCE


def without_its_line(axes: Axes) -> None:
    """Hide the longest line."""
    max(axes.lines, key=lambda line: len(line.get_xdata())).set_visible(False)


def with_another_colour(axes: Axes) -> None:
    """Make the longest line orange."""
    max(axes.lines, key=lambda line: len(line.get_xdata())).set_color("#D55E00")


def without_a_label(axes: Axes) -> None:
    """Hide the first label."""
    axes.texts[0].set_visible(False)


def with_another_title(axes: Axes) -> None:
    """Change the title."""
    axes.set_title("Nothing", loc="left")


@pytest.mark.parametrize("damage", [without_its_line, with_another_colour, without_a_label, with_another_title])
def test_a_deliberate_fault_is_detected(damage: Callable[[Axes], None]) -> None:
    """The distance is more than twice the tolerance."""
    axes = drawing("knowledge")()
    damage(axes)
    assert distance(picture(axes), kept("knowledge")) > 2 * TOLERANCE


def test_another_font_is_within_the_tolerance() -> None:
    """The other font has letters of other widths."""
    axes = drawing("knowledge")()
    for text in axes.figure.figure.findobj(Text):  # type: ignore[union-attr]
        text.set_fontfamily("DejaVu Serif")
    assert distance(picture(axes), kept("knowledge")) < TOLERANCE
