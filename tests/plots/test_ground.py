"""Figures under a dark style: the library's own stay on white, and on dark axes of a user's own all text can be read."""

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


def said(axes: Axes, ground: str) -> dict[str, float]:
    """Texts by contrast with the ground, of those that stand on no mark."""
    axes.figure.draw_without_rendering()
    texts = [one for one in axes.findobj(Text) if one.get_text().strip() and one.get_label() != ON_FILL]
    return {one.get_text(): contrast(to_hex(one.get_color()), ground) for one in texts}


@pytest.mark.parametrize("name", EACH)
def test_on_dark_axes_of_a_users_own_text_can_be_read(name: str) -> None:
    """Each text has a contrast of 4.5 with the ground, and on light axes no colour is changed."""
    with style.context("dark_background"):
        own = drawing(name)(Figure(figsize=(7, 5)).add_subplot())
    found = said(own, "#000000")
    assert found and {text: ratio for text, ratio in found.items() if ratio < 4.5} == {}
    lines = [one for one in own.lines if not str(one.get_label()).startswith("_") and one.get_linestyle() != "None"]
    assert all(contrast(to_hex(one.get_color()), "#000000") >= 3.0 for one in lines)


@pytest.mark.parametrize("name", EACH)
def test_a_figure_of_the_librarys_own_is_the_same_under_every_style(name: str, tmp_path: Any) -> None:
    """Drawn and saved under a dark style it is the file that it is without one, and no setting is left changed."""
    plain = nt.plots.save(drawing(name)(), tmp_path / "plain.svg").read_bytes()
    with style.context("dark_background"):
        before = matplotlib.rcParams.copy()
        dark = nt.plots.save(drawing(name)(), tmp_path / "dark.svg").read_bytes()
        assert matplotlib.rcParams.copy() == before
    assert dark == plain


def test_light_axes_of_a_users_own_keep_their_colours() -> None:
    """The same colours as in a figure of the library's own."""
    own = drawing("survival")(Figure().add_subplot())
    ours = drawing("survival")()
    for kind in (Line2D, AxesImage):
        assert [str(one.properties().get("color")) for one in own.findobj(kind)] == [
            str(one.properties().get("color")) for one in ours.findobj(kind)
        ]
