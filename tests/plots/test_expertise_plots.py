"""Figures of knowledge and readiness show the measures, have names, and can be drawn for a run without people."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure

import nhstransit as nt
from nhstransit.errors import InputError
from nhstransit.measures.expertise import knowledge_by_month
from nhstransit.measures.readiness import ratings_by_month
from tests.examples import every


def words(ax):
    return [text.get_text().strip() for text in ax.texts]


def test_the_lines_have_the_values_of_the_measures(hamlet):
    """People, knowledge and knowledge per person at the start and at each month end, with 100 at the start."""
    ax = nt.plots.knowledge(hamlet)
    lines = {line.get_label(): line.get_ydata() for line in ax.get_lines() if not line.get_label().startswith("_")}
    table = knowledge_by_month(hamlet)
    assert lines["people in post"] == pytest.approx([100, *(table["people"] / 3)])
    assert lines["knowledge"][1:] == pytest.approx(100 * (table["closing"] / table["opening"][0]).to_numpy())
    product = lines["knowledge a person"] * lines["people in post"] / 100
    assert product == pytest.approx(lines["knowledge"])
    assert any(word.startswith("knowledge a person") for word in words(ax))


def test_the_bars_have_the_values_of_the_measures(hamlet):
    """The bars of each colour add up to the ratings of that colour, over the months with any rating."""
    ax = nt.plots.ratings(hamlet, kind="")
    table = ratings_by_month(hamlet)
    heights = [sum(bar.get_height() for bar in bars) for bars in ax.containers]
    assert heights == [table[name].sum() for name in ("green", "amber", "red")]
    assert len(ax.containers[0]) == (table.sum(axis=1) > 0).sum() == 12


def test_an_unknown_kind_of_organisation_is_refused(hamlet):
    """The error contains the nearest known kind."""
    with pytest.raises(InputError, match="did you mean 'ccg'"):
        nt.plots.ratings(hamlet, kind="ccgs")


@pytest.mark.parametrize("draw", every(2, [nt.plots.knowledge, nt.plots.ratings]))
def test_figures_use_given_axes_and_can_show_a_run_without_people(draw, nobody, hamlet, tmp_path):
    """The given axes are returned. A run without people has finite values and can be saved."""
    ax = Figure().add_subplot()
    assert draw(hamlet, ax, note="uncalibrated") is ax
    assert "Uncalibrated." in ax.texts[-1].get_text()
    empty = draw(nobody)
    assert all(np.isfinite(line.get_ydata()).all() for line in empty.get_lines())
    assert nt.plots.save(empty.figure, tmp_path / "empty.png").stat().st_size > 1000
