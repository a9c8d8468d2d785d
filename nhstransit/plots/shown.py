"""Figures that show themselves in a notebook, without pyplot: at the end of a cell, or as its last line.

A notebook asks an object for its PNG. A figure that a cell made and did not show is shown when the cell ends, as
pyplot's would be. The notebook's own shell keeps the list of these, so this module has no state.
"""

from __future__ import annotations

import functools
import io
import sys
from collections.abc import Callable
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, ParamSpec

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nhstransit.plots.ground import plain, suited

if TYPE_CHECKING:
    import pandas as pd

SCREEN_DPI = 96
Asked = ParamSpec("Asked")


class Page(Figure):
    """A figure of the library. `waits` while a notebook is to show it at the end of the cell."""

    waits = False

    def draw(self, renderer: Any) -> None:
        """Draw it, with the settings that it was made with: ticks are made only now."""
        with plain():
            super().draw(renderer)

    def _repr_png_(self) -> bytes:
        """The figure as a notebook shows it."""
        self.waits = False
        made = io.BytesIO()
        self.savefig(made, format="png", dpi=SCREEN_DPI, facecolor="white")
        return made.getvalue()

    def wait(self) -> None:
        """Arrange to be shown when the cell ends, if this is a notebook."""
        shell = _notebook()
        if shell is not None:
            self.waits = True
            shell.events.register("post_execute", self._show)

    def _show(self) -> None:
        """Show the figure if it was not shown yet, and cancel the arrangement."""
        shell = _notebook()
        if shell is None:
            return
        shell.events.unregister("post_execute", self._show)
        if self.waits:
            from IPython.display import display

            display(self)


class Drawing(Axes):
    """Axes of a figure of the library. As the last line of a cell they show that figure.

    `data` is the table that was drawn; `alt` says in sentences what the figure shows.
    """

    data: pd.DataFrame
    alt: str = ""

    def _repr_png_(self) -> bytes:
        """The whole figure."""
        page: Any = self.figure  # a Page, because nothing else makes such axes
        png: bytes = page._repr_png_()
        return png


def shows_itself(draw: Callable[Asked, Axes]) -> Callable[Asked, Axes]:
    """Wrap a function that draws on axes, which are its second argument.

    The library's own figures are drawn on white whatever style is in use, and a notebook shows them once they are complete.
    On a user's dark axes colours are lightened.
    """

    @functools.wraps(draw)
    def drawn(*given: Asked.args, **named: Asked.kwargs) -> Axes:
        users = (len(given) > 1 and given[1] is not None) or named.get("ax") is not None
        with nullcontext() if users else plain():
            axes = draw(*given, **named)
        if users:
            from nhstransit.plots.fit import fitted  # which imports this module's Page

            fitted(axes)
            suited(axes)
        if isinstance(axes, Drawing) and isinstance(axes.figure, Page):
            axes.figure.wait()
        return axes

    return drawn


def _notebook() -> Any:
    """The shell of the notebook this runs in, or None. IPython is used only if it is already imported."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell if shell is not None and hasattr(shell, "kernel") else None
