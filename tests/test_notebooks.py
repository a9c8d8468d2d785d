"""Notebooks run from top to bottom and are kept without what they print."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import pytest

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


def cells(path: Path) -> list[dict[str, Any]]:
    """The code cells of a notebook, in order."""
    return [cell for cell in json.loads(path.read_text("utf-8"))["cells"] if cell["cell_type"] == "code"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_runs_from_top_to_bottom(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its code cells, in order, in a fresh namespace and an empty folder, without a warning."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "agg")
    space: dict[str, Any] = {"__name__": "__main__"}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for place, cell in enumerate(cells(path), 1):
            exec(compile("".join(cell["source"]), f"{path.name}, code cell {place}", "exec"), space)
            shown = shown_last("".join(cell["source"]), space)
            assert shown is None or shown


def shown_last(text: str, space: dict[str, Any]) -> str | None:
    """What a notebook would show for the name that a cell ends with, if it ends with one."""
    name = text.rstrip().rpartition("\n")[2]
    thing = space.get(name)
    if thing is None:
        return None
    return str(thing._repr_html_() if hasattr(thing, "_repr_html_") else repr(thing))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_is_kept_without_its_output(path: Path) -> None:
    """No output, no count of runs; at most twelve cells."""
    everything = json.loads(path.read_text("utf-8"))["cells"]
    assert 0 < len(everything) <= 12
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells(path))
