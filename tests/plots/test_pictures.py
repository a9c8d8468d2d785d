"""Each figure is the picture that was looked at and kept, within a tolerance; a planted fault is not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from matplotlib.axes import Axes
from matplotlib.text import Text

import nhstransit as nt
from tests.plots.every import NAMES, drawing
from tests.plots.pictures import KEPT, TOLERANCE, distance, kept, picture

FEW = ("knowledge", "pay_bill", "information")


def test_every_figure_of_the_library_is_kept() -> None:
    """And no other."""
    assert set(NAMES) == set(nt.plots.__all__) - {"save", "svg", "timeline"}
    assert {path.stem for path in KEPT.glob("*.npy")} == set(NAMES)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in FEW else pytest.mark.thorough) for name in NAMES]
)
def test_a_figure_is_the_kept_picture(name: str) -> None:
    """Where it is meant to differ: look at it, then `PYTHONPATH=tests python -m tests.plots.pictures`."""
    assert distance(picture(drawing(name)()), kept(name)) < TOLERANCE


def without_its_line(axes: Axes) -> None:
    """The longest line is gone."""
    max(axes.lines, key=lambda line: len(line.get_xdata())).set_visible(False)


def with_another_colour(axes: Axes) -> None:
    """The longest line is orange."""
    max(axes.lines, key=lambda line: len(line.get_xdata())).set_color("#D55E00")


def without_a_label(axes: Axes) -> None:
    """The first label of the data is gone."""
    axes.texts[0].set_visible(False)


def with_another_title(axes: Axes) -> None:
    """The finding is another one."""
    axes.set_title("Nothing", loc="left")


@pytest.mark.parametrize("spoil", [without_its_line, with_another_colour, without_a_label, with_another_title])
def test_a_planted_fault_is_seen(spoil: Callable[[Axes], None]) -> None:
    """By twice the tolerance and more."""
    axes = drawing("knowledge")()
    spoil(axes)
    assert distance(picture(axes), kept("knowledge")) > 2 * TOLERANCE


def test_another_font_is_not_a_fault() -> None:
    """All text in a font with other widths."""
    axes = drawing("knowledge")()
    for text in axes.figure.figure.findobj(Text):  # type: ignore[union-attr]
        text.set_fontfamily("DejaVu Serif")
    assert distance(picture(axes), kept("knowledge")) < TOLERANCE
