"""Labels on axes of any size: smaller text, wrapped and separated labels, room at the sides, fewer ticks."""

from __future__ import annotations

import textwrap
from itertools import pairwise
from typing import Any

from matplotlib.axes import Axes
from matplotlib.text import Annotation, Text
from matplotlib.ticker import FixedLocator, MaxNLocator

from nhstransit.plots.ground import ON_FILL
from nhstransit.plots.labels import END, leads_to
from nhstransit.plots.paper import apart, cell, scale

SHARE = 0.4  # the largest share of the paper's width for the labels of one side
AIR = 4.0  # pixels between labels
LEAST = 6.0  # the smallest size of text, in points
ROUNDS = 3  # rounds of layout; labels are measured again in each


def fitted(ax: Axes) -> None:
    """Fit a figure on a user's axes to their size, so that nothing overlaps or is cut off if there is room.

    Args:
        ax: the axes, with the figure drawn.
    """
    factor = scale(ax)
    if factor < 1.0:
        _smaller(ax, factor)
    # The stroke that leads to each label, which is found by the label's text, before wrapping changes that.
    strokes = {id(label): _stroke(ax, label) for label in ax.texts if label.get_label() == END}
    for label in _labels(ax):
        label.set_in_layout(False)  # `_widened` makes room for labels within the axes
    figure: Any = ax.figure.figure
    # Each step changes the size of the axes, and with it the sizes that the other steps measured.
    for _ in range(ROUNDS):
        figure.draw_without_rendering()
        _thinned(ax)
        _wrapped(ax)
        figure.draw_without_rendering()
        _widened(ax)
    figure.draw_without_rendering()
    _spread(ax, strokes)


def _smaller(ax: Axes, factor: float) -> None:
    """Reduce all text by a factor, but not below the least size."""
    for part in ax.findobj(Axes):
        for axis in (part.xaxis, part.yaxis):
            labels = axis.get_ticklabels()
            if labels:
                axis.set_tick_params(labelsize=max(float(labels[0].get_fontsize()) * factor, LEAST))
    ticks = set()
    for part in ax.findobj(Axes):
        for axis in (part.xaxis, part.yaxis):
            ticks |= {id(one) for one in axis.get_ticklabels()}
    # Matplotlib makes the labels of ticks again at each drawing, so their size is set on the axis above, not here.
    for text in ax.findobj(Text):
        if id(text) not in ticks:
            size = float(text.get_fontsize())
            text.set_fontsize(max(size * factor, min(LEAST, size)))


def _stroke(ax: Axes, label: Text) -> Any:
    """The stroke that leads to a label; None if there is none."""
    return next((line for line in ax.lines if line.get_label() == leads_to(label)), None)


def _labels(ax: Axes) -> list[Text]:
    """Labels at positions of the data, except for labels on filled marks."""
    return [
        one
        for one in ax.texts
        if not isinstance(one, Annotation)
        and one.get_transform() == ax.transData
        and one.get_label() != ON_FILL
        and one.get_text().strip()
    ]


def _wrapped(ax: Axes) -> None:
    """Wrap labels at the sides, so that none is wider than its share of the paper."""
    most = SHARE * cell(ax) * ax.figure.dpi
    for label in _labels(ax):
        wide = label.get_window_extent().width
        text = label.get_text()
        if wide > most and label.get_horizontalalignment() != "center":
            # The width of the longest line shows how many letters fit.
            longest = max(map(len, text.splitlines()))
            letters = max(int(longest * most / wide), 8)
            lines = [textwrap.fill(line.strip(), letters) for line in text.splitlines()]
            label.set_text("\n".join(lines))


def _widened(ax: Axes) -> None:
    """Widen the horizontal limits, so that labels to the right and left of the data are within the axes."""
    low, high = ax.get_xlim()
    right = [one for one in _labels(ax) if one.get_horizontalalignment() == "left"]
    left = [one for one in _labels(ax) if one.get_horizontalalignment() == "right"]
    turned = low > high
    box = ax.bbox
    over = [one for one in right if one.get_window_extent().x1 > box.x1]
    under = [one for one in left if one.get_window_extent().x0 < box.x0]
    if turned or not (over or under):
        return
    # The data coordinates of the outermost labels, and the pixels that they need beyond these.
    after = max((float(one.get_position()[0]) for one in over), default=high)
    before = min((float(one.get_position()[0]) for one in under), default=low)
    beyond = max((one.get_window_extent().width + AIR for one in over), default=0.0)
    ahead = max((one.get_window_extent().width + AIR for one in under), default=0.0)
    # Pixels per unit of data once the labels have their space. Without any left, the limits stay as they are.
    pixels = (box.width - beyond - ahead) / max(after - before, 1e-12)
    if pixels > 0:
        ax.set_xlim(before - ahead / pixels, after + beyond / pixels)


def _spread(ax: Axes, strokes: dict[int, Any]) -> None:
    """Separate the labels at the ends of lines, and move the strokes that lead to them."""
    for side in ("left", "right"):
        labels = [one for one in ax.texts if one.get_label() == END and one.get_horizontalalignment() == side]
        if not labels:
            continue
        boxes = [one.get_window_extent() for one in labels]
        order = sorted(range(len(labels)), key=lambda place: boxes[place].y0 + boxes[place].y1)
        high = max(box.height for box in boxes)
        wanted = [(boxes[place].y0 + boxes[place].y1) / 2 for place in order]
        # Labels that do not overlap stay where they are.
        if all(boxes[b].y0 - boxes[a].y1 >= 0 for a, b in pairwise(order)):
            continue
        found = apart(wanted, high + 1.0, ax.bbox.y0 + high / 2, ax.bbox.y1 - high / 2)
        # Heights are in pixels here; labels are placed in units of the data.
        inverse = ax.transData.inverted()
        for place, height in zip(order, found, strict=True):
            label = labels[place]
            x, _ = label.get_position()
            at = float(inverse.transform((0.0, height))[1])
            label.set_position((x, at))
            stroke = strokes.get(id(label))
            if stroke is not None:
                ends = list(stroke.get_ydata())
                stroke.set_ydata([*ends[:-1], at])


def _thinned(ax: Axes) -> None:
    """Remove every second tick of an axis until labels do not overlap."""
    for axis, side in ((ax.xaxis, 0), (ax.yaxis, 1)):
        # Each pass halves the ticks, so four passes leave about one in sixteen.
        for _ in range(4):
            if not _crowded(axis, side):
                break
            locator = axis.get_major_locator()
            if isinstance(locator, FixedLocator):
                if side and not ax.xaxis.get_visible():
                    break
                ticks = list(axis.get_ticklocs())
                texts = [one.get_text() for one in axis.get_ticklabels()]
                if side and any("\n" in text or len(text) > 9 for text in texts):
                    break  # these are names of rows, which must all be shown
                axis.set_ticks(ticks[::2], texts[::2])
            else:
                fewer = max(len(axis.get_ticklocs()) // 2, 2)
                axis.set_major_locator(MaxNLocator(fewer, integer=whole(axis)))
            paper: Any = ax.figure
            paper.draw_without_rendering()


def whole(axis: Any) -> bool:
    """Whether the ticks of an axis are whole numbers."""
    return all(float(tick).is_integer() for tick in axis.get_ticklocs())


def _crowded(axis: Any, side: int) -> bool:
    """Whether labels of ticks overlap along an axis."""
    labels = [one for one in axis.get_ticklabels() if one.get_text() and one.get_visible()]
    boxes = [one.get_window_extent() for one in labels]
    boxes.sort(key=lambda box: box.y0 if side else box.x0)
    # Each label is compared with the next one along the axis.
    if side:
        return any(after.y0 < before.y1 - 1 for before, after in pairwise(boxes))
    return any(after.x0 < before.x1 + AIR for before, after in pairwise(boxes))
