"""Figures of knowledge and readiness hold what the metrics say, bear names, and stand an empty world."""

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


def test_the_lines_are_those_of_the_metrics(hamlet):
    """People, knowledge and knowledge a person, at the start and at each month end, the start being 100."""
    ax = nt.plots.knowledge(hamlet)
    lines = {line.get_label(): line.get_ydata() for line in ax.get_lines() if not line.get_label().startswith("_")}
    table = knowledge_by_month(hamlet)
    assert lines["people in post"] == pytest.approx([100, *(table["people"] / 3)])
    assert lines["knowledge"][1:] == pytest.approx(100 * (table["closing"] / table["opening"][0]).to_numpy())
    product = lines["knowledge a person"] * lines["people in post"] / 100
    assert product == pytest.approx(lines["knowledge"])
    assert any(word.startswith("knowledge a person") for word in words(ax))


def test_the_bars_are_those_of_the_metrics(hamlet):
    """Each colour's bars add up to its successors over the months in which any is rated."""
    ax = nt.plots.ratings(hamlet, kind="")
    table = ratings_by_month(hamlet)
    heights = [sum(bar.get_height() for bar in bars) for bars in ax.containers]
    assert heights == [table[name].sum() for name in ("green", "amber", "red")]
    assert len(ax.containers[0]) == (table.sum(axis=1) > 0).sum() == 12


def test_a_kind_there_is_not_is_refused(hamlet):
    """The nearest known kind is named."""
    with pytest.raises(InputError, match="did you mean 'ccg'"):
        nt.plots.ratings(hamlet, kind="ccgs")


@pytest.mark.parametrize("draw", every(2, [nt.plots.knowledge, nt.plots.ratings]))
def test_given_axes_are_drawn_on_and_an_empty_world_can_be(draw, nobody, hamlet, tmp_path):
    """Axes given are those returned; without people nothing is drawn, and without complaint."""
    ax = Figure().add_subplot()
    assert draw(hamlet, ax, note="uncalibrated") is ax
    assert "Uncalibrated." in ax.texts[-1].get_text()
    empty = draw(nobody)
    assert all(np.isfinite(line.get_ydata()).all() for line in empty.get_lines())
    assert nt.plots.save(empty.figure, tmp_path / "empty.png").stat().st_size > 1000
