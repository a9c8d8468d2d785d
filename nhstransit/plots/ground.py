"""Figures under matplotlib's styles: new figures are always on white; on a user's dark axes colours are lightened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import Collection
from matplotlib.colors import to_hex, to_rgb, to_rgba
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.spines import Spine
from matplotlib.text import Text

from nhstransit.plots.contrast import contrast

OF_TEXT = 4.5  # least contrast of text with the ground: Web Content Accessibility Guidelines 2.2, level AA
OF_MARKS = 3.0  # least contrast of marks with the ground
FAINT_ON_WHITE = 2.0  # a mark with less contrast than this with white is part of a grid, and stays faint
GRID = 0.25  # lightness of a grid on a dark ground, as a share of the way to white
ON_FILL = "_on a fill"  # matplotlib's label, which no format writes, of text on a filled mark
STYLED = ("axes.", "figure.", "grid.", "hatch.", "lines.", "patch.", "text.", "xtick.", "ytick.", "image.", "savefig.")


@contextmanager
def plain() -> Iterator[None]:
    """Use matplotlib's default settings of colours, lines and layout within the block, not those of a style."""
    ours: dict[Any, Any] = {
        name: matplotlib.rcParamsDefault[name] for name in matplotlib.rcParamsDefault if name.startswith(STYLED)
    }
    with matplotlib.rc_context(ours):
        yield


def suited(ax: Axes) -> None:
    """Lighten a figure on a user's axes if their ground is dark; otherwise change nothing.

    Text gets a contrast of at least 4.5 with the ground, and marks at least 3; a faint grid stays faint. Text on filled
    marks does not change.

    Args:
        ax: the axes, with the figure drawn.
    """
    ground = _ground(ax)
    # The default is contrast with white: a ground nearer to white than to black needs no change.
    if contrast(ground) < contrast(ground, "#000000"):
        return
    ink = _light("#222222", ground, OF_TEXT)
    for part in ax.findobj(Axes):  # panels too
        part.tick_params(colors=ink)
        if part is not ax:
            part.patch.set_visible(False)
    for artist in ax.findobj():
        if artist is not ax.patch:
            _lighten(artist, ground)


def _ground(ax: Axes) -> str:
    """The colour behind the axes: their own, or the figure's if they have none."""
    for patch in (ax.patch, ax.figure.patch):
        red, green, blue, opacity = to_rgba(patch.get_facecolor())
        # Axes that are switched off do not draw their own ground, so the figure's shows.
        if opacity > 0 and patch.get_visible() and (patch is not ax.patch or ax.axison):
            return to_hex((red, green, blue))
    return "#ffffff"


def _lighten(artist: Artist, ground: str) -> None:
    if isinstance(artist, Text):
        if artist.get_label() == ON_FILL:
            return
        # A box behind text hides lines, so it must have the colour of the ground.
        box = artist.get_bbox_patch()
        if box is not None:
            box.set_facecolor(ground)
        artist.set_color(_light(artist.get_color(), ground, OF_TEXT))
    elif isinstance(artist, Line2D):
        artist.set_color(_light(artist.get_color(), ground, OF_MARKS))
        artist.set_markerfacecolor(_light(artist.get_markerfacecolor(), ground, OF_MARKS))
    elif isinstance(artist, Spine):
        artist.set_edgecolor(_light(artist.get_edgecolor(), ground, OF_MARKS))
    elif isinstance(artist, Patch):
        artist.set_facecolor(_light(artist.get_facecolor(), ground, OF_MARKS, fills=True))
    elif isinstance(artist, Collection):
        for get, set_ in ((artist.get_facecolor, artist.set_facecolor), (artist.get_edgecolor, artist.set_edgecolor)):
            colours: Any = get()
            if len(colours):
                set_([_light(colour, ground, OF_MARKS) for colour in colours])


def _light(colour: Any, ground: str, least: float, *, fills: bool = False) -> Any:
    """A colour with enough contrast with the ground: itself, or the darkest lighter shade with enough contrast."""
    if isinstance(colour, str) and colour in ("none", "auto"):
        return colour
    red, green, blue, opacity = to_rgba(colour)
    shade = (red, green, blue)
    if not opacity:
        return colour
    made = to_hex(shade)
    # A grid is faint on white on purpose, and must not become the strongest mark on a dark ground.
    if least == OF_MARKS and not fills and contrast(made) < FAINT_ON_WHITE:
        return (*(base + GRID * (1.0 - base) for base in to_rgb(ground)), opacity)
    towards = 0.0
    # In steps of 4% towards white, so that the hue changes no more than it must.
    while contrast(made, ground) < least and towards < 1.0:
        towards += 0.04
        made = to_hex([min(one + towards * (1.0 - one), 1.0) for one in shade])  # type: ignore[arg-type]  # any sequence
    return (*to_rgb(made), opacity)
