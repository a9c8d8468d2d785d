"""The figures of a results folder. Only this file of the folder's loads matplotlib, and only when they are drawn."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nhstransit.run.run import Run


def load_plots() -> None:
    """Load matplotlib, which takes longer than to draw."""
    import nhstransit.plots  # noqa: F401


def draw_figures(run: Run, folder: Path) -> tuple[str, ...]:
    """Draw the two figures of a run into a folder; nothing where nobody was ever in post. Returns the names of the files.

    Args:
        run: the run.
        folder: where the figures are written.
    """
    from nhstransit import plots

    if not len(run.people):
        return ()
    drawn = {"headcount.png": plots.headcount(run), "destinations.png": plots.destinations(run)}
    for name, axes in drawn.items():
        plots.save(axes, folder / name, show=False)
    return tuple(drawn)
