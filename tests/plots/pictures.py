"""Figures as small pictures, compared with stored pictures within a tolerance that allows other fonts and versions.

A figure is drawn at low resolution on axes with a fixed position. Each text is replaced by a bar in its colour, whose length
depends on the number of letters. The picture is then averaged over squares. So every mark and label is compared with its
colour, but not the shapes of letters or the layout of the figure.

`PYTHONPATH=tests python -m tests.plots.pictures` draws all figures again and stores them in tests/plots/kept.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from nhstransit.arrays import Floats
from tests.plots.every import NAMES, drawing

KEPT = Path(__file__).parent / "kept"
DPI = 40  # dots per inch before averaging
SQUARE = 8  # dots per side of a square that is averaged
TOLERANCE = 2.0  # the largest allowed distance, on the scale from 0 to 255
POSITION = (0.3, 0.2, 0.4, 0.6)  # of the axes within the figure: left, bottom, width, height
LETTER = 0.55  # width of a letter, as a share of the font size
LINE = 1.2  # height of a line, as a share of the font size


def picture(axes: Axes) -> Floats:
    """Averages of red, green and blue over squares, from 0 to 255, (down, across, 3)."""
    figure: Any = axes.figure
    figure.set_layout_engine("none")
    figure.set_dpi(DPI)
    axes.set_position(POSITION)
    figure.draw_without_rendering()
    bars = [
        bar for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip() for bar in barred(text)
    ]
    for text in figure.findobj(Text):
        text.set_visible(False)
    for bar in bars:
        figure.add_artist(bar)
    made = io.BytesIO()
    figure.savefig(made, format="rgba", dpi=DPI, facecolor="white")
    across = int(figure.get_figwidth() * DPI) // SQUARE
    dots = np.frombuffer(made.getvalue(), "uint8").reshape(-1, int(figure.get_figwidth() * DPI), 4)[..., :3]
    down = len(dots) // SQUARE
    whole = dots[: down * SQUARE, : across * SQUARE].astype("float64")
    return np.asarray(whole.reshape(down, SQUARE, across, SQUARE, 3).mean(axis=(1, 3)))


def barred(text: Text) -> list[Rectangle]:
    """A bar for each line of a text in its colour, in dots of the figure."""
    x, y = text.get_transform().transform(text.get_unitless_position())
    dots = text.get_fontsize() / 72.0 * DPI
    lines = text.get_text().splitlines()
    high = LINE * dots * len(lines)
    foot = {"top": y - high, "bottom": y, "baseline": y}.get(text.get_va(), y - high / 2)
    found = []
    for number, line in enumerate(lines):
        wide = LETTER * dots * len(line.strip())
        left = {"left": x, "right": x - wide}.get(text.get_ha(), x - wide / 2)
        at = foot + high - (number + 0.9) * LINE * dots
        found.append(Rectangle((left, at), wide, 0.8 * dots, color=text.get_color(), linewidth=0, transform=None))
    return found


def distance(one: Floats, other: Floats) -> float:
    """The root mean square difference over the 1% of squares that differ most; infinite for different sizes."""
    if one.shape != other.shape:
        return float("inf")
    apart = np.sort(((one - other) ** 2).mean(axis=2).ravel())
    return float(np.sqrt(apart[-max(len(apart) // 100, 8) :].mean()))


def kept(name: str) -> Floats:
    """The stored picture of a figure."""
    return np.load(KEPT / f"{name}.npy").astype("float64")


def main() -> None:
    """Draw every figure and store its picture."""
    KEPT.mkdir(exist_ok=True)
    for name in NAMES:
        np.save(KEPT / f"{name}.npy", picture(drawing(name)()).round().astype("uint8"))


if __name__ == "__main__":
    main()
