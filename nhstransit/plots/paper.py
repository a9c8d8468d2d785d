"""What all figures share: axes, title, small print, text alternative, and writing to a file."""

from __future__ import annotations

import io
import re
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from nhstransit import tables
from nhstransit.england import status_of
from nhstransit.errors import InputError, RunError, check_kind, check_path
from nhstransit.files import written
from nhstransit.plots.shown import Drawing, Page
from nhstransit.run import Run

if TYPE_CHECKING:
    import pandas as pd

DPI = 150
TITLE = 12.0  # sizes of text, in points
TEXT = 9.0
SMALL = 7.5
INK = "#222222"
FAINT = "#767676"
FORMATS: dict[str, dict[str, Any]] = {  # metadata by suffix, without dates, so that a file is always the same
    ".png": {"Software": "nhstransit"},
    ".svg": {"Creator": "nhstransit", "Date": None},
    ".pdf": {"Creator": "nhstransit", "CreationDate": None},
}


def axes(ax: Axes | None, width: float, height: float) -> Axes:
    """The given axes, or those of a new figure. pyplot is never used.

    Args:
        ax: matplotlib axes; None for a new figure.
        width: width of a new figure, in inches.
        height: height of a new figure, in inches.

    Raises:
        InputError: `ax` is neither axes nor None.
    """
    if ax is not None:
        check_kind("ax", ax, Axes, "give matplotlib axes, or None for a new figure")
        return ax
    made: Axes = Page(figsize=(width, height), layout="constrained").add_subplot(axes_class=Drawing)
    return made


def described(ax: Axes, data: pd.DataFrame, alt: str) -> Axes:
    """Set `ax.data`, the table that was drawn, and `ax.alt`, the text alternative.

    Args:
        ax: the axes, of the library or of the user.
        data: the numbers drawn, one row per mark.
        alt: sentences that describe the figure for readers who cannot see it.

    Returns:
        The axes.
    """
    ax.data = data  # type: ignore[attr-defined]
    ax.alt = alt  # type: ignore[attr-defined]
    return ax


def inches(ax: Axes) -> tuple[float, float]:
    """Approximate width and height of the axes."""
    figure = ax.figure
    # A subfigure is measured in pixels, a figure in inches.
    whole = figure.bbox if isinstance(figure, SubFigure) else figure.bbox_inches
    dpi = figure.dpi if isinstance(figure, SubFigure) else 1.0
    place = ax.get_position()
    return place.width * whole.width / dpi, place.height * whole.height / dpi


FULL = 6.5  # inches of paper from which text has its full size
NARROWEST = 0.72  # the smallest factor by which text is reduced


def cell(ax: Axes) -> float:
    """The width of the axes' paper in inches: that of the whole figure, or of the axes' columns in a grid."""
    figure: Any = ax.figure
    wide = float(figure.bbox.width / figure.dpi)
    spec = ax.get_subplotspec()
    if spec is None:
        # Axes placed by hand have no grid: alone they have the whole paper, and among others their own width.
        return wide if len(figure.axes) < 2 else inches(ax)[0]
    return wide * len(spec.colspan) / spec.get_gridspec().ncols


def scale(ax: Axes) -> float:
    """The factor for the size of text on these axes: 1, or less on narrow paper."""
    if isinstance(ax.figure, Page):
        return 1.0
    return min(max(cell(ax) / FULL, NARROWEST), 1.0)


def across(ax: Axes) -> float:
    """The width in inches for text above or below the axes, from their left edge to the right edge of the paper.

    Names of rows to the left of the axes reduce it by the width of their longest line.
    """
    lines = [line for label in ax.get_yticklabels() for line in label.get_text().splitlines()]
    letters = max(map(len, lines), default=4)
    # A letter is about 0.55 of the font size wide; 72 points are one inch.
    room = cell(ax) - 0.55 * TEXT * scale(ax) * letters / 72.0 - 0.4
    return max(room, 0.35 * cell(ax))


def title(ax: Axes, text: str) -> None:
    """Write the title of the figure above it on the left, in as many lines as it needs."""
    # Bold letters are about 0.62 of the font size wide.
    letters = max(int(across(ax) * 72.0 / (0.62 * TITLE * scale(ax))), 16)
    pad = 22 if ax.get_ylabel() else 10  # points; leaves room for a unit between the title and the axes
    ax.set_title(
        textwrap.fill(text, letters),
        loc="left",
        fontsize=TITLE,
        fontweight="bold",
        color=INK,
        pad=pad,
        parse_math=False,
    )


def unit(ax: Axes, text: str) -> None:
    """Write the unit of the vertical axis above it. Call it before `title`, which leaves room for it."""
    ax.set_ylabel(text, fontsize=TEXT, color=INK, rotation=0, ha="left", va="bottom", parse_math=False)
    ax.yaxis.set_label_coords(0.0, 1.015)


def source(ax: Axes, run: Run, what: str, note: str, below: float = 26.0) -> None:
    """Write small print below the figure: what it counts, the run, which numbers were fitted, and any further note.

    Args:
        ax: the axes.
        run: the run.
        what: a sentence on what the figure counts.
        note: a further note; "" for none.
        below: points from the axes down to the text.
    """
    origin = f"{what} Source: nhstransit, scenario {run.scenario.name}, seed {run.seed}."
    text = noted(f"{origin} {status_of(run.scenario).note}", note)
    letters = max(int(across(ax) * 72.0 / (0.55 * SMALL * scale(ax))), 30)
    text = textwrap.fill(text, letters)
    ax.annotate(
        text,
        (0.0, 0.0),
        xycoords="axes fraction",
        xytext=(0.0, -below),
        textcoords="offset points",
        fontsize=SMALL,
        color=FAINT,
        va="top",
        ha="left",
        parse_math=False,
    )


def noted(text: str, note: str) -> str:
    """Small print followed by the caller's note as a sentence."""
    return f"{text} {note[0].upper()}{note[1:].rstrip('.')}." if note else text


def apart(wanted: list[float], least: float, low: float, high: float) -> list[float]:
    """Positions as near as possible to those wanted, at least `least` from one another, from `low` to `high`.

    If there is not enough space for all, the distances are reduced.

    Args:
        wanted: the positions wanted.
        least: the least distance.
        low: the lowest position allowed.
        high: the highest position allowed.
    """
    if not wanted:
        return []
    # If all do not fit at the least distance, they share the whole range equally.
    step = min(least, (high - low) / max(len(wanted) - 1, 1))
    order = sorted(range(len(wanted)), key=lambda place: wanted[place])
    groups: list[list[float]] = []  # centre and number of each group of labels that touch
    for place in order:
        groups.append([wanted[place], 1.0])
        # Labels that touch become one group around the mean of their wanted positions, which keeps the squared
        # distances smallest.
        while len(groups) > 1:
            before, number = groups[-2]
            centre, count = groups[-1]
            if centre - before >= step * (count + number) / 2:
                break
            groups.pop()
            groups[-1] = [(before * number + centre * count) / (number + count), number + count]
    flat = []
    for centre, count in groups:
        flat += [centre + step * (rank - (count - 1) / 2) for rank in range(int(count))]
    flat = _within(flat, step, low, high)
    out = [0.0] * len(wanted)
    for place, height in zip(order, flat, strict=True):
        out[place] = height
    return out


def _within(heights: list[float], step: float, low: float, high: float) -> list[float]:
    """Rising heights moved into the range from `low` to `high`."""
    # Upwards, away from the low end; then downwards, away from the high end.
    for place, height in enumerate(heights):
        floor = low if place == 0 else heights[place - 1] + step
        heights[place] = max(height, floor)
    for place in range(len(heights) - 1, -1, -1):
        ceiling = high if place == len(heights) - 1 else heights[place + 1] - step
        heights[place] = min(heights[place], ceiling)
    return heights


def save(figure: Figure | Axes, path: Path | str, *, show: bool = True, data: bool = False) -> Path:
    """Write a figure in the format of the suffix: .png (150 dots per inch), .svg or .pdf.

    The file is written completely or not at all.

    Args:
        figure: the figure, or axes of it.
        path: the file; an existing one is replaced.
        show: whether a notebook also shows the figure at the end of the cell, as it shows every figure.
        data: whether to write the numbers (`data` of the axes) too, in a CSV file of the same name in UTF-8 with the
            byte-order mark that Excel needs.

    Returns:
        The path.

    Raises:
        InputError: the suffix is unknown, `figure` is not a figure, `path` is not a path, or `data` is requested for a
            figure with no table or several.
        RunError: the file cannot be written.
    """
    drawn = _figure_of(figure)
    numbers = _data_of(figure, drawn) if data else None
    check_path("path", path)
    target = Path(path)
    suffix = target.suffix.lower()
    if suffix not in FORMATS:
        wrong = (
            f"ends in {target.suffix!r}, which is not a format of a figure"
            if suffix
            else "has no suffix for its format"
        )
        raise InputError(str(target), wrong, f"end the name in {', '.join(FORMATS)}")
    if isinstance(drawn, Page) and not show:
        drawn.waits = False
    try:
        # Without the salt, identifiers within an SVG are random.
        with written(target) as part, matplotlib.rc_context({"svg.hashsalt": "nhstransit"}):
            drawn.savefig(part, format=suffix[1:], dpi=DPI, facecolor="white", metadata=FORMATS[suffix])
        if numbers is not None:
            columns = {str(name): numbers[name] for name in numbers}
            tables.write_csv(target.with_suffix(".csv"), columns, excel=True)
    except OSError as error:
        raise RunError(str(target), f"cannot be written ({error.strerror})", "name a folder that exists") from None
    return target


def _data_of(thing: Any, drawn: Figure) -> pd.DataFrame:
    """The table of some axes, or the one table of a figure's axes."""
    held = [thing] if isinstance(thing, Axes) else drawn.axes
    found: list[pd.DataFrame] = [one.data for one in held if hasattr(one, "data")]
    if len(found) != 1:
        wrong = "has no numbers of its own" if not found else f"has {len(found)} tables"
        raise InputError("figure", wrong, "give the axes that a function of plots returned, or use data=False")
    return found[0]


def svg(figure: Figure | Axes, name: str) -> str:
    """A figure as an SVG element for a page. Text remains text, and every identifier begins with `name`.

    Args:
        figure: the figure, or axes of it. A notebook does not show it again.
        name: lower-case letters, digits and hyphens; unique among the figures of a page.
    """
    drawn = _figure_of(figure)
    if isinstance(drawn, Page):
        drawn.waits = False
    made = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": "nhstransit", "svg.fonttype": "none"}):
        drawn.savefig(made, format="svg", facecolor="white", metadata=FORMATS[".svg"])
    text = made.getvalue()
    # A page has its own XML declaration and document type, so the element alone is used.
    text = text[text.index("<svg ") :]
    text = re.sub(r"\s*<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    # A style element would apply to the whole page, which has the same style rule for its figures.
    text = re.sub(r"\s*<style type=\"text/css\">.*?</style>", "", text, flags=re.DOTALL)
    # Several figures share one page: every identifier, and every reference to one, gets the figure's name.
    text = re.sub(r'(<[^<>]*?\s)id="([^"]+)"', rf'\1id="{name}-\2"', text)
    return re.sub(r'(url\(#|href="#)', rf"\1{name}-", text)


def _figure_of(thing: Any) -> Figure:
    """The given figure, or the figure of the given axes. Raises InputError for anything else."""
    found: Any = thing.figure if isinstance(thing, Axes) else thing
    if isinstance(found, SubFigure):
        found = found.figure  # the whole figure
    check_kind("figure", found, Figure, "give a figure or its axes, such as plots.headcount(run)")
    figure: Figure = found
    return figure
