"""Notebooks run from top to bottom in a kernel, as Jupyter runs them, and are kept with their answers and figures."""

from __future__ import annotations

import base64
import io
import json
import os
import sys
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
GALLERY = ROOT / "docs" / "gallery"
NOTEBOOKS = sorted(GALLERY.glob("*.ipynb"))
KERNEL = {"argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"], "language": "python"}
pytestmark = pytest.mark.timeout(1_200)  # a kernel takes its time on a busy machine
RUN = 'import nhstransit as nt\nhamlet = nt.load_scenario("hamlet")\nrun = nt.simulate(hamlet, seed=1)'


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of Jupyter's own, with a kernel of this Python."""
    folder = tmp_path_factory.mktemp("jupyter")
    kernel = folder / "kernels" / "tested"
    kernel.mkdir(parents=True)
    (kernel / "kernel.json").write_text(json.dumps({**KERNEL, "display_name": "tested"}))
    return folder


@pytest.fixture
def executed(jupyter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Executes a notebook, or cells of text, in an empty folder; gives the cells with their outputs."""
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("JUPYTER_PATH", str(jupyter))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")

    def execute(*cells: str, book: Any = None) -> list[Any]:
        if book is None:
            book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in cells])
        resources = {"metadata": {"path": str(tmp_path)}}
        nbclient.NotebookClient(book, timeout=600, kernel_name="tested", resources=resources).execute()
        return [cell for cell in book.cells if cell.cell_type == "code"]

    return execute


def images(cell: Any) -> list[np.ndarray]:
    """The PNGs that a cell shows, as pixels."""
    from matplotlib.image import imread

    shown = [output.data["image/png"] for output in cell.outputs if "image/png" in output.get("data", {})]
    return [imread(io.BytesIO(base64.b64decode(text))) for text in shown]


def drawn(pixels: np.ndarray) -> bool:
    """Whether there is something on the paper: many places that are not white, in more than two colours."""
    marks = pixels[..., :3].reshape(-1, 3)
    marks = marks[(marks < 0.95).any(axis=1)]
    return len(marks) > 2_000 and len(np.unique(marks, axis=0)) > 20


@pytest.mark.thorough
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_runs_and_shows_its_figures(path: Path, executed: Any) -> None:
    """Every cell without an error or a warning, in under a minute of a quiet machine; each that draws shows one figure."""
    cells = executed(book=nbformat.read(path, as_version=4))
    for cell in cells:
        assert not [output for output in cell.outputs if output.output_type in ("error", "stream")]
        found = images(cell)
        assert len(found) == ("axes = nt.plots." in cell.source) and all(map(drawn, found))


def test_the_gallery_names_every_notebook() -> None:
    """Six to eight of them, each with its question."""
    index = (GALLERY / "README.md").read_text("utf-8")
    assert 6 <= len(NOTEBOOKS) <= 8
    for path in NOTEBOOKS:
        question = nbformat.read(path, as_version=4).cells[0].source.splitlines()[0].removeprefix("# ")
        assert f"| {question} | [" in index and f"({path.name})" in index


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_is_kept_with_its_output(path: Path) -> None:
    """From a question to an answer, run from top to bottom; figures have something on them, and an alternative text."""
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


def test_every_plot_shows_itself_once(executed: Any) -> None:
    """As the last line, silenced, kept under a name, in a loop, or as a figure; one drawn by the library's own report, or
    on axes that were given, is left alone."""
    one = "nt.plots.headcount(run)"
    ways = {
        one: 1,
        f"{one};": 1,
        f"axes = {one}": 1,
        f"axes = {one}\naxes.figure": 1,
        f"axes = {one}\nnt.plots.save(axes, 'kept.svg')": 1,
        "for draw in (nt.plots.headcount, nt.plots.destinations):\n    draw(run)": 2,
        "from nhstransit.report import write_results\nfiles = write_results(nt.measure(run), 'results')": 0,
        "from matplotlib.figure import Figure\naxes = nt.plots.headcount(run, ax=Figure().subplots())": 0,
        "axes.figure.axes[0].get_title(loc='left')": 0,
    }
    beside = 'comparison = nt.compare(run, baseline=nt.simulate(hamlet.without("mars"), seed=1))'
    for call in ("knowledge(run)", "ratings(run)", "destinations(run)", "strata(comparison)", "gaps(comparison)"):
        ways[f"nt.plots.{call}"] = 1
    ways["nt.plots.waterfall(comparison.waterfall)"] = 1
    ways["import sys; 'matplotlib.pyplot' in sys.modules"] = 0
    cells = executed(RUN, beside, *ways)[2:]
    for cell, (text, count) in zip(cells, ways.items(), strict=True):
        found = images(cell)
        assert len(found) == count and all(map(drawn, found)), text
    assert cells[-1].outputs[0].data["text/plain"] == "False"


def test_a_sweep_in_a_notebook_tells_to_the_end(executed: Any) -> None:
    """One output, replaced as it goes, that ends at the last run; no widgets are needed."""
    sweep = "from tests.studies.made import left, tiny\nstudy = nt.sweep(tiny(), replications=80, seed=1, measure=left)"
    (output,) = executed("import sys\nsys.modules['ipywidgets'] = None\nimport nhstransit as nt", sweep)[1].outputs
    assert "runs 80/80, 0 failed" in output.data["text/plain"] and 'value="80" max="80"' in output.data["text/html"]


@pytest.mark.parametrize(
    "backend",
    [
        "module://matplotlib_inline.backend_inline",
        *(pytest.param(name, marks=pytest.mark.thorough) for name in ("module://not_there", "not-there")),
    ],
)
def test_the_command_runs_from_a_notebook(executed: Any, backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """`!nhstransit run` draws its figures whatever backend the kernel exports to it."""
    monkeypatch.setenv("MPLBACKEND", backend)
    command = f"!{sys.executable} -m nhstransit run hamlet --out results"
    cells = executed(command, "import os; sorted(os.listdir('results')), os.environ['MPLBACKEND']")
    told = cells[-1].outputs[0].data["text/plain"]
    assert "headcount.png" in told and "destinations.png" in told and backend in told
