"""A notebook shows a figure once. tests/test_notebooks.py checks the same in Jupyter itself."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from matplotlib.figure import Figure

from tests.plots.every import drawing

tornado = drawing("tornado")  # every figure is shown by the same wrapper, and this one is drawn soonest
PNG = b"\x89PNG"


class Notebook:
    """A substitute for a notebook: a shell with a kernel, its events, and the displayed objects."""

    def __init__(self) -> None:
        self.kernel = object()
        self.events = self
        self.shown: list[Any] = []
        self._at_the_end: list[Callable[[], None]] = []

    def register(self, event: str, call: Callable[[], None]) -> None:
        assert event == "post_execute"
        self._at_the_end.append(call)

    def unregister(self, event: str, call: Callable[[], None]) -> None:
        assert event == "post_execute"
        self._at_the_end.remove(call)

    def end_cell(self, last: Any = None) -> list[bytes]:
        """The pictures that a cell shows; `last` is the value of its last line."""
        if last is not None:
            self.shown.append(last)
        pictures = [one._repr_png_() for one in self.shown]
        self.shown = []
        for call in tuple(self._at_the_end):
            call()
        pictures += [one._repr_png_() for one in self.shown]
        self.shown = []
        assert not self._at_the_end, "the next cell would show a figure again"
        return pictures


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> Notebook:
    """This process as a notebook."""
    made = Notebook()
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: made, version_info=(9, 0, 0)))
    monkeypatch.setitem(sys.modules, "IPython.display", SimpleNamespace(display=lambda one: made.shown.append(one)))
    return made


def test_a_figure_in_the_last_line_of_a_cell_is_shown_once(notebook):
    """The notebook itself shows it, so that it is not shown again at the end of the cell."""
    (picture,) = notebook.end_cell(tornado())
    assert picture.startswith(PNG)


def test_other_figures_of_a_cell_are_shown_once_at_its_end(notebook):
    """These figures are made in a loop and kept in a list."""
    kept = [draw() for draw in (tornado, drawing("matters"))]
    pictures = notebook.end_cell()
    assert len(pictures) == len(kept) and all(picture.startswith(PNG) for picture in pictures)
    assert notebook.end_cell() == []


def test_a_figure_on_given_axes_is_not_shown(notebook):
    """The owner of the axes decides when to show it."""
    tornado(ax=Figure().subplots())
    assert notebook.end_cell() == []


def test_outside_a_notebook_nothing_is_shown(monkeypatch):
    """This includes IPython in a terminal, which has no kernel."""
    made = Notebook()
    del made.kernel
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: made, version_info=(9, 0, 0)))
    tornado()
    assert made.end_cell() == []
