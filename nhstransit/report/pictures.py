"""The figures of a results folder. Matplotlib is loaded only when they are drawn."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nhstransit.run.run import Run


def load_plots() -> None:
    """Load matplotlib, which takes longer than drawing."""
    import nhstransit.plots  # noqa: F401


def pictures(run: Run) -> dict[str, bytes]:
    """The two figures of a run, as the bytes of their files, by name; empty if nobody was ever in post."""
    from nhstransit import plots

    if not len(run.people):
        return {}
    drawn = {"headcount.png": plots.headcount(run), "destinations.png": plots.destinations(run)}
    # `save` chooses the format from the name of a file, so the figures are written before they are read.
    with TemporaryDirectory() as place:
        for name, axes in drawn.items():
            plots.save(axes, Path(place) / name, show=False)
        return {name: (Path(place) / name).read_bytes() for name in drawn}
