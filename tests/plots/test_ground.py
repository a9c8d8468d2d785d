"""Figures under a dark style: the library's figures stay white, and text on a user's dark axes is readable."""

from __future__ import annotations

from typing import Any

import matplotlib
import pytest
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.text import Text

import nhstransit as nt
from nhstransit.plots.contrast import contrast
from nhstransit.plots.ground import ON_FILL
from tests.examples import some
from tests.plots.every import NAMES, drawing

FEW = ("pay_bill", "survival", "ratings")
EACH = some(NAMES, FEW[:1])


def contrast_of_texts(axes: Axes, ground: str) -> dict[str, float]:
    """The contrast of each text with the background, for texts that are not on a mark."""
    axes.figure.draw_without_rendering()
    texts = [one for one in axes.findobj(Text) if one.get_text().strip() and one.get_label() != ON_FILL]
    return {one.get_text(): contrast(to_hex(one.get_color()), ground) for one in texts}


@pytest.mark.parametrize("name", EACH)
def test_text_on_a_users_dark_axes_is_readable(name: str) -> None:
    """Each text has a contrast of at least 4.5 with the background, and each line of at least 3."""
    with style.context("dark_background"):
        own = drawing(name)(Figure(figsize=(7, 5)).add_subplot())
    found = contrast_of_texts(own, "#000000")
    assert found and {text: ratio for text, ratio in found.items() if ratio < 4.5} == {}
    lines = [one for one in own.lines if not str(one.get_label()).startswith("_") and one.get_linestyle() != "None"]
    assert all(contrast(to_hex(one.get_color()), "#000000") >= 3.0 for one in lines)


@pytest.mark.parametrize("name", EACH)
def test_the_librarys_figures_are_the_same_under_every_style(name: str, tmp_path: Any) -> None:
    """The saved file is identical under a dark style, and no setting of matplotlib is changed."""
    plain = nt.plots.save(drawing(name)(), tmp_path / "plain.svg").read_bytes()
    with style.context("dark_background"):
        before = matplotlib.rcParams.copy()
        dark = nt.plots.save(drawing(name)(), tmp_path / "dark.svg").read_bytes()
        assert matplotlib.rcParams.copy() == before
    assert dark == plain


def test_a_users_light_axes_have_the_usual_colours() -> None:
    """The colours are the same as in the library's figure."""
    own = drawing("survival")(Figure().add_subplot())
    ours = drawing("survival")()
    for kind in (Line2D, AxesImage):
        assert [str(one.properties().get("color")) for one in own.findobj(kind)] == [
            str(one.properties().get("color")) for one in ours.findobj(kind)
        ]
