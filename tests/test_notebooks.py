"""Notebooks run from top to bottom in a kernel, as in Jupyter, and are stored with their answers and figures."""

from __future__ import annotations

import base64
import io
import json
import os
import sys
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest

from tests.examples import THOROUGH

ROOT = Path(__file__).parents[1]
GALLERY = ROOT / "docs" / "gallery"
NOTEBOOKS = sorted(GALLERY.glob("*.ipynb"))
KERNEL = {"argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"], "language": "python"}
pytestmark = pytest.mark.timeout(1_200)  # a kernel is slow on a busy machine
INLINE = "module://matplotlib_inline.backend_inline"

# The cells of one notebook, with which several tests share a kernel
RUN = 'import nhstransit as nt\nhamlet = nt.load_scenario("hamlet")\nrun = nt.simulate(hamlet, seed=1)'
BESIDE = 'comparison = nt.compare(run, baseline=nt.simulate(hamlet.without("mars"), seed=1))'
ONE = "nt.plots.headcount(run)"
LOADED = "'matplotlib.pyplot' in sys.modules"
MORE = {
    "for draw in (nt.plots.headcount, nt.plots.destinations):\n    draw(run)": 2,
    f"axes = {ONE}\nnt.plots.save(axes, 'kept.svg')": 1,
    "nt.plots.gaps(comparison)": 1,
    "nt.plots.knowledge(run)": 1,
    "nt.plots.ratings(run)": 1,
    "nt.plots.destinations(run)": 1,
    "nt.plots.strata(comparison)": 1,
    "nt.plots.waterfall(comparison.waterfall)": 1,
}
WAYS = {  # cells, and the number of figures that each shows
    ONE: 1,
    f"{ONE};": 1,
    f"axes = {ONE}": 1,
    f"axes = {ONE}\naxes.figure": 1,
    "from nhstransit.report import write_results\nfiles = write_results(nt.measure(run), 'written')": 0,
    "from matplotlib.figure import Figure\naxes = nt.plots.headcount(run, ax=Figure().subplots())": 0,
    "axes.figure.axes[0].get_title(loc='left')": 0,
    **(MORE if THOROUGH else {}),
    LOADED: 0,
}
SWEEP = "from tests.studies.made import left, tiny\nstudy = nt.sweep(tiny(), replications=20, seed=1, measure=left)"
COMMAND = f"!{sys.executable} -m nhstransit run hamlet --out results"
SEEN = "import os; sorted(os.listdir('results')), os.environ['MPLBACKEND']"


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for Jupyter with a kernel of this Python."""
    folder = tmp_path_factory.mktemp("jupyter")
    kernel = folder / "kernels" / "tested"
    kernel.mkdir(parents=True)
    (kernel / "kernel.json").write_text(json.dumps({**KERNEL, "display_name": "tested"}))
    return folder


def execute(jupyter: Path, folder: Path, book: Any) -> list[Any]:
    """Run a notebook from top to bottom in an empty folder. Returns its code cells with their outputs."""
    import nbclient  # slow to import, and no other test needs it

    with pytest.MonkeyPatch.context() as patch:
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
            patch.setenv(name, str(folder / name))
        patch.setenv("JUPYTER_PATH", str(jupyter))
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
        resources = {"metadata": {"path": str(folder)}}
        nbclient.NotebookClient(book, timeout=600, kernel_name="tested", resources=resources).execute()
    return [cell for cell in book.cells if cell.cell_type == "code"]


def notebook(*cells: str) -> Any:
    """A notebook of these cells of code."""
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in cells])


@pytest.fixture(scope="module")
def cells(jupyter: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The cells of all tests, run in one kernel, because starting a kernel takes longer than the tests. Keyed by text."""
    patch = pytest.MonkeyPatch()
    patch.setenv("MPLBACKEND", INLINE)
    beside, command = ((BESIDE,), (COMMAND, SEEN)) if THOROUGH else ((), ())
    book = notebook("import sys\nsys.modules['ipywidgets'] = None", RUN, *beside, *WAYS, SWEEP, *command)
    done = execute(jupyter, tmp_path_factory.mktemp("notebook"), book)
    patch.undo()
    return {cell.source: cell for cell in done}


def images(cell: Any) -> list[np.ndarray]:
    """The PNG images that a cell shows, as pixels."""
    from matplotlib.image import imread

    shown = [output.data["image/png"] for output in cell.outputs if "image/png" in output.get("data", {})]
    return [imread(io.BytesIO(base64.b64decode(text))) for text in shown]


def drawn(pixels: np.ndarray) -> bool:
    """Whether an image contains a drawing: many pixels that are not white, in many colours."""
    marks = pixels[..., :3].reshape(-1, 3)
    marks = marks[(marks < 0.95).any(axis=1)]
    colours = (marks * 255).round().astype(int) @ np.array([65_536, 256, 1])
    return len(marks) > 2_000 and len(np.unique(colours)) > 20


@pytest.mark.thorough
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_runs_and_shows_its_figures(path: Path, jupyter: Path, tmp_path: Path) -> None:
    """No cell has an error or a warning, and each cell that draws shows one figure."""
    cells = execute(jupyter, tmp_path, nbformat.read(path, as_version=4))
    for cell in cells:
        assert not [output for output in cell.outputs if output.output_type in ("error", "stream")]
        found = images(cell)
        assert len(found) == ("axes = nt.plots." in cell.source) and all(map(drawn, found))


def test_the_gallery_names_every_notebook() -> None:
    """There are six to eight notebooks, each listed with its question."""
    index = (GALLERY / "README.md").read_text("utf-8")
    assert 6 <= len(NOTEBOOKS) <= 8
    for path in NOTEBOOKS:
        question = nbformat.read(path, as_version=4).cells[0].source.splitlines()[0].removeprefix("# ")
        assert f"| {question} | [" in index and f"({path.name})" in index


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_is_stored_with_its_output(path: Path) -> None:
    """It leads from a question to an answer, was run from top to bottom, and its figures have an alternative text."""
    cells = nbformat.read(path, as_version=4).cells
    assert cells[0].source.splitlines()[0].endswith("?") and len(cells) <= 16
    code = [cell for cell in cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert not [output for cell in code for output in cell.outputs if output.output_type in ("error", "stream")]
    assert code[-1].outputs[0].data["text/markdown"].startswith("**Answer.** ")
    drawing = [cell for cell in code if images(cell)]
    assert drawing
    for cell in drawing:
        assert all(map(drawn, images(cell))) and len(cell.metadata["mystnb"]["image"]["alt"]) > 40


@pytest.mark.thorough
def test_every_plot_is_shown_once(cells: dict[str, Any]) -> None:
    """This holds for a plot as the last line, with a semicolon, in a variable, in a loop, or as a figure. Plots in a
    report or on given axes are not shown.
    """
    for text, count in WAYS.items():
        found = images(cells[text])
        assert len(found) == count and all(map(drawn, found)), text
    assert cells[LOADED].outputs[0].data["text/plain"] == "False"


@pytest.mark.thorough
def test_a_sweep_in_a_notebook_shows_its_progress_to_the_end(cells: dict[str, Any]) -> None:
    """There is one output, which is updated up to the last run. No widgets are needed."""
    (output,) = cells[SWEEP].outputs
    assert "runs 20/20, 0 failed" in output.data["text/plain"] and 'value="20" max="20"' in output.data["text/html"]


def figures_of_the_command(cell: Any, backend: str) -> None:
    text = cell.outputs[0].data["text/plain"]
    assert "headcount.png" in text and "destinations.png" in text and backend in text


@pytest.mark.thorough
def test_the_command_runs_from_a_notebook(cells: dict[str, Any]) -> None:
    """`!nhstransit run` draws its figures although the kernel sets a backend for notebooks."""
    figures_of_the_command(cells[SEEN], INLINE)


@pytest.mark.thorough
@pytest.mark.parametrize("backend", ["module://not_there", "not-there"])
def test_the_command_runs_with_an_unknown_backend(
    jupyter: Path, tmp_path: Path, backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment may name a backend that does not exist."""
    monkeypatch.setenv("MPLBACKEND", backend)
    figures_of_the_command(execute(jupyter, tmp_path, notebook(COMMAND, SEEN))[-1], backend)
