"""Figures that appear in a notebook without pyplot: as the last line of a cell, or when the cell ends.

A notebook shows an object by its PNG. A figure that a cell made and did not show is shown when the cell ends, as
pyplot's would be. The notebook's shell stores the list of these figures, so this module has no state.
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
    """A figure of the library. `waits` is True while a notebook is to show it at the end of the cell."""

    waits = False

    def draw(self, renderer: Any) -> None:
        """Draw the figure with the settings with which it was made, since matplotlib makes ticks only here."""
        with plain():
            super().draw(renderer)

    def _repr_png_(self) -> bytes:
        """The figure as a notebook shows it."""
        self.waits = False
        made = io.BytesIO()
        self.savefig(made, format="png", dpi=SCREEN_DPI, facecolor="white")
        return made.getvalue()

    def wait(self) -> None:
        """Register the figure to be shown when the cell ends, if this is a notebook."""
        shell = _notebook()
        if shell is not None:
            self.waits = True
            shell.events.register("post_execute", self._show)

    def _show(self) -> None:
        """Show the figure if it was not shown yet, and cancel the registration."""
        shell = _notebook()
        if shell is None:
            return
        shell.events.unregister("post_execute", self._show)
        if self.waits:
            from IPython.display import display

            display(self)


class Drawing(Axes):
    """Axes of a figure of the library. As the last line of a cell, they show that figure.

    `data` is the table that was drawn; `alt` is the text alternative.
    """

    data: pd.DataFrame
    alt: str = ""

    def _repr_png_(self) -> bytes:
        """The whole figure."""
        page: Any = self.figure  # a Page, because only pages have such axes
        png: bytes = page._repr_png_()
        return png


def shows_itself(draw: Callable[Asked, Axes]) -> Callable[Asked, Axes]:
    """Wrap a function that draws on axes, which are its second argument.

    New figures are drawn on white under any style, and a notebook shows them when they are complete. On a user's axes,
    labels are fitted to the size, and colours are lightened if the axes are dark.
    """

    @functools.wraps(draw)
    def drawn(*given: Asked.args, **named: Asked.kwargs) -> Axes:
        # The axes are the second argument, given by position or by name.
        users = (len(given) > 1 and given[1] is not None) or named.get("ax") is not None
        with nullcontext() if users else plain():
            axes = draw(*given, **named)
        if users:
            from nhstransit.plots.fit import fitted  # here, because that module imports this one

            # Sizes first, because they need the figure as it was drawn; colours do not change sizes.
            fitted(axes)
            suited(axes)
        if isinstance(axes, Drawing) and isinstance(axes.figure, Page):
            axes.figure.wait()
        return axes

    return drawn


def _notebook() -> Any:
    """The shell of the notebook in which this runs, or None. IPython is used only if it is already imported."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell if shell is not None and hasattr(shell, "kernel") else None
