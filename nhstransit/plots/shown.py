"""Figures that show themselves in a notebook, without pyplot: at the end of a cell, or as its last line.

What a notebook asks of an object is its PNG. A figure that a cell made and did not show is shown when the cell ends, as
pyplot's would be; the notebook's own shell keeps the note of it, so that nothing here remembers anything.
"""

from __future__ import annotations

import functools
import io
import sys
from collections.abc import Callable
from typing import Any, ParamSpec

from matplotlib.axes import Axes
from matplotlib.figure import Figure

SCREEN_DPI = 96
Asked = ParamSpec("Asked")


class Page(Figure):
    """A figure of the library's own; `waits` while a notebook is to show it at the end of the cell."""

    waits = False

    def _repr_png_(self) -> bytes:
        """The figure as a notebook shows it."""
        self.waits = False
        made = io.BytesIO()
        self.savefig(made, format="png", dpi=SCREEN_DPI, facecolor="white")
        return made.getvalue()

    def wait(self) -> None:
        """Be shown when the cell ends, where this is a notebook."""
        shell = _notebook()
        if shell is not None:
            self.waits = True
            shell.events.register("post_execute", self._show)

    def _show(self) -> None:
        """Show the figure if it was not shown yet, and ask for nothing more."""
        shell = _notebook()
        if shell is None:
            return
        shell.events.unregister("post_execute", self._show)
        if self.waits:
            from IPython.display import display

            display(self)


class Drawing(Axes):
    """Axes of a figure of the library's own; as the last line of a cell they show that figure."""

    def _repr_png_(self) -> bytes:
        """The whole figure."""
        page: Any = self.figure  # a Page: nothing else makes such axes
        png: bytes = page._repr_png_()
        return png


def shows_itself(draw: Callable[Asked, Axes]) -> Callable[Asked, Axes]:
    """A function that draws on axes: where they are the library's own, a notebook shows the figure once it is complete."""

    @functools.wraps(draw)
    def drawn(*given: Asked.args, **named: Asked.kwargs) -> Axes:
        axes = draw(*given, **named)
        if isinstance(axes, Drawing) and isinstance(axes.figure, Page):
            axes.figure.wait()
        return axes

    return drawn


def _notebook() -> Any:
    """The shell of the notebook this runs in; None elsewhere. IPython is asked only where it is loaded already."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell if shell is not None and hasattr(shell, "kernel") else None
