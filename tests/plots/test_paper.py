"""Saving figures: files are complete or not written, no global setting changes, and labels are spread out."""

from __future__ import annotations

import inspect
import subprocess
import sys
from itertools import pairwise

import attrs
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from matplotlib.text import Text

import nhstransit as nt
from nhstransit.errors import InputError, RunError
from nhstransit.plots.paper import apart
from nhstransit.studies import Study
from tests.examples import every
from tests.plots.every import drawing

HAMLET = """
import sys, matplotlib
before = matplotlib.rcParams.copy()
import nhstransit as nt
run = nt.simulate(nt.load_scenario("hamlet"), seed=1)
nt.plots.headcount(run), nt.plots.destinations(run)
print("matplotlib.pyplot" in sys.modules, matplotlib.rcParams.copy() == before)
"""


@pytest.mark.thorough
def test_drawing_does_not_load_pyplot():
    """Drawing also changes no setting of matplotlib."""
    done = subprocess.run([sys.executable, "-c", HAMLET], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]


def test_a_figure_is_saved_as_png(hamlet, tmp_path):
    """It has 150 dots per inch, and no other file is left."""
    path = nt.plots.save(nt.plots.headcount(hamlet).figure, tmp_path / "headcount.png")
    raw = path.read_bytes()
    assert raw.startswith(b"\x89PNG") and len(raw) > 20_000
    assert int.from_bytes(raw[16:20], "big") == 1500  # 10 inches at 150 dots per inch
    assert [found.name for found in tmp_path.iterdir()] == ["headcount.png"]


def test_the_same_run_makes_an_identical_file(hamlet, tmp_path):
    first, second = (
        nt.plots.save(nt.plots.destinations(hamlet).figure, tmp_path / f"{number}.png").read_bytes()
        for number in (1, 2)
    )
    assert first == second


def test_a_missing_folder_is_refused(tmp_path):
    """Nothing is written."""
    with pytest.raises(RunError, match="cannot be written"):
        nt.plots.save(Figure(), tmp_path / "none" / "headcount.png")
    assert not list(tmp_path.iterdir())


@given(st.lists(st.floats(0, 100), max_size=12), st.floats(0.5, 20))
def test_labels_are_spread_out(heights, least):
    """All are within the limits, in the requested order, and as far apart as there is room for."""
    got = apart(heights, least, 0.0, 100.0)
    step = min(least, 100.0 / max(len(heights) - 1, 1))
    ranked = sorted(got)
    assert all(-1e-6 <= height <= 100 + 1e-6 for height in got)
    assert all(b - a >= step - 1e-6 for a, b in pairwise(ranked))
    assert [got[index] for index in sorted(range(len(heights)), key=lambda index: heights[index])] == ranked


def test_labels_with_enough_room_do_not_move():
    assert apart([10.0, 50.0, 30.0], 5.0, 0.0, 100.0) == [10.0, 50.0, 30.0]


@pytest.mark.parametrize("name", every(2, ["headcount", "knowledge", "destinations", "ratings"]))
def test_names_are_not_read_as_mathematics(hamlet, name):
    """Dollar signs, backslashes and braces in a scenario's name and title are drawn unchanged."""
    title = "costs $1m$ to $\\frac{2m"
    scenario = attrs.evolve(hamlet.scenario, name="a $b^ c$", title=title)
    axes = getattr(nt.plots, name)(attrs.evolve(hamlet, scenario=scenario), note=title)
    axes.figure.draw_without_rendering()
    texts = [found for found in axes.figure.findobj(Text) if "$" in found.get_text()]
    assert texts and not any(found.get_parse_math() for found in texts)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("suffix", "start"), [(".png", b"\x89PNG"), (".svg", b"<?xml"), (".pdf", b"%PDF"), (".SVG", b"<?xml")]
)
def test_the_suffix_determines_the_format(hamlet, tmp_path, suffix, start):
    """PNG, SVG and PDF are written from a figure or its axes; the files are identical, and no other file is left."""
    axes = nt.plots.headcount(hamlet)
    first = nt.plots.save(axes, tmp_path / f"first{suffix}").read_bytes()
    again = nt.plots.save(nt.plots.headcount(hamlet).figure, str(tmp_path / f"again{suffix}")).read_bytes()
    assert first.startswith(start) and first == again
    assert (b"<svg" in first) is (suffix.lower() == ".svg")
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"again{suffix}", f"first{suffix}"]


@pytest.mark.parametrize("name", ["figure.jpg", "figure.svgz", "figure", "figure.png.txt", ".png"])
def test_another_suffix_is_refused(tmp_path, name):
    """The error lists the possible suffixes, and nothing is written."""
    with pytest.raises(InputError, match=r"end the name in \.png, \.svg, \.pdf"):
        nt.plots.save(Figure(), tmp_path / name)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda run: nt.plots.save(run, "a.png"), "figure: is a Run; give a figure or its axes"),
        (lambda run: nt.plots.save(nt.plots.headcount(run), 3), "path: is 3; give a path"),
        (lambda run: nt.plots.headcount(run.scenario), "run: is a Scenario; give a Run, such as simulate"),
        (lambda run: nt.plots.destinations(nt.measure(run)), "run: is a Measures; give a Run"),
        (lambda run: nt.plots.knowledge("hamlet"), "run: is 'hamlet'; give a Run"),
        (lambda run: nt.plots.ratings(None), "run: is None; give a Run"),
        (lambda run: nt.plots.strata(run), r"comparison: is a Run; give a Comparison, such as compare\(run, baseline="),
        (lambda run: nt.plots.waterfall(run), "steps: is a Run; give a waterfall"),
        (lambda run: nt.plots.gaps(run), "compared: is a Run; give the result of compare"),
        (lambda run: nt.plots.gaps(Study(source=None, sweep=1)), r"is a Study; give .* plots.study_gaps"),
        (lambda run: nt.plots.headcount(run, ax=1), "ax: is 1; give matplotlib axes"),
    ],
)
def test_arguments_of_the_wrong_kind_are_refused(hamlet, ask, message):
    """The error says what to give."""
    with pytest.raises(InputError, match=message):
        ask(hamlet)


def test_a_figure_can_be_saved_with_its_data(hamlet, tmp_path):
    """The CSV has the name of the figure, a byte order mark for Excel, and the drawn values.

    By default there is no CSV.
    """
    ax = nt.plots.pay_bill(hamlet)
    nt.plots.save(ax, tmp_path / "bill.svg", data=True)
    nt.plots.save(ax, tmp_path / "alone.svg")
    text = (tmp_path / "bill.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbfstep,pounds_a_year")
    again = pd.read_csv(tmp_path / "bill.csv")
    assert list(again["step"]) == list(ax.data["step"]) and again["pounds_a_year"].to_numpy() == pytest.approx(
        ax.data["pounds_a_year"].to_numpy()
    )
    assert not (tmp_path / "alone.csv").exists()


def test_data_of_a_figure_without_exactly_one_table_is_refused(tmp_path):
    """Nothing is written. For a figure with several tables, the caller gives the axes."""
    figure = Figure()
    with pytest.raises(InputError, match="has no numbers of its own; give the axes that a function of plots returned"):
        nt.plots.save(figure, tmp_path / "a.svg", data=True)
    for position in (1, 2):
        drawing("tornado")(figure.add_subplot(1, 2, position))
    with pytest.raises(InputError, match="has 2 tables"):
        nt.plots.save(figure, tmp_path / "a.svg", data=True)
    nt.plots.save(figure.axes[0], tmp_path / "a.svg", data=True)
    assert {path.name for path in tmp_path.iterdir()} == {"a.svg", "a.csv"}


def test_every_figure_is_shown_in_a_notebook() -> None:
    """Each public function that returns axes has the wrapper for notebooks."""
    draws = {
        name for name in nt.plots.__all__ if inspect.signature(getattr(nt.plots, name)).return_annotation == "Axes"
    }
    assert len(draws) >= 20
    assert [name for name in sorted(draws) if not hasattr(getattr(nt.plots, name), "__wrapped__")] == []
