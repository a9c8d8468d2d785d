"""Figures of a choice: their marks, texts and data, from random values."""

from __future__ import annotations

import numpy as np
import pytest

import nhstransit as nt
from nhstransit.choice import Choice, Objective
from nhstransit.errors import InputError
from tests.choice.made import choice_of

RANDOM = np.random.default_rng(7)


@pytest.fixture(scope="module")
def choice() -> Choice:
    """Three options and 40 draws of two numbers. Option 1 dominates option 2, and option 0 has the fewest leavers."""
    numbers = RANDOM.random((40, 2))
    shared = RANDOM.standard_normal(40)
    value = 1e6 * (np.array([[0.0], [1.0], [0.5]]) + shared + (numbers[:, 0] - 0.5) * np.array([[0.0], [3.0], [0.0]]))
    left = np.array([[10.0], [20.0], [30.0]]) + shared
    return choice_of(
        np.array([value, left])[..., None], ["social value", Objective(name="left", way="less")], numbers.tolist()
    )


def test_dominated_options_are_marked_in_the_pareto_figure(choice: Choice) -> None:
    """Better is to the right and up. For the number of people who leave, fewer is up."""
    ax = nt.plots.pareto(choice)
    assert ax.data.set_index("option")["kept"].tolist() == [True, True, False]
    assert (
        ax.get_title(loc="left").replace("\n", " ")
        == "1 option is dominated; for social value the favoured option is option 1"
    )
    low, high = ax.get_ylim()
    assert low > high
    assert "option 1 £" in ax.alt and "people" in ax.alt
    turned = nt.plots.pareto(choice, across="left", up="social value")
    assert turned.get_xlim()[0] > turned.get_xlim()[1]


def test_the_regret_figure_shows_a_table_of_numbers(choice: Choice) -> None:
    ax = nt.plots.regret(choice)
    assert ax.data["left"].tolist() == pytest.approx([0.0, 10.0, 20.0])
    assert "20" in [text.get_text() for text in ax.texts]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["social\nvalue", "left\n(people)"]


def test_no_name_covers_a_point_in_the_pareto_figure(choice: Choice) -> None:
    """Points are drawn above the names."""
    ax = nt.plots.pareto(choice)
    above = min(line.get_zorder() for line in ax.get_lines() if line.get_marker() == "o")
    assert above > max(text.get_zorder() for text in ax.texts)


def test_the_selection_chance_is_drawn_against_the_number_of_futures(choice: Choice) -> None:
    ax = nt.plots.selection_chance(choice)
    assert len(ax.data) == 39 and ax.data["chance"].iloc[-1] == choice.selections()["chance"].iloc[0]
    assert "It first reaches 95% at" in ax.alt


def test_shares_of_futures_won_add_up_to_one(choice: Choice) -> None:
    ax = nt.plots.futures_won(choice)
    assert ax.data["share"].sum() == pytest.approx(1.0) and ax.data["option"].iloc[0] == "option 1"
    assert "does not" not in ax.get_title(loc="left") and "of futures" in ax.get_title(loc="left")


def test_the_information_figure_has_each_number_and_all_together(choice: Choice) -> None:
    ax = nt.plots.information(choice)
    assert list(ax.data["number"]) == ["n0", "n1", "all of them"]
    assert ax.get_title(loc="left").startswith("Knowing n0 would be worth most: £")


def test_choices_with_one_objective_or_without_uncertainty(choice: Choice) -> None:
    """The Pareto figure has the one objective on both axes; the figure of information is refused."""
    plain = choice_of(RANDOM.standard_normal((1, 2, 1, 12)), "left")
    assert "option 1" in nt.plots.pareto(plain).alt
    with pytest.raises(InputError, match="include no number that varies"):
        nt.plots.information(plain)
    with pytest.raises(InputError, match="objective 'lefft': is not in this choice; did you mean 'left'"):
        nt.plots.futures_won(choice, objective="lefft")
    with pytest.raises(InputError, match=r"choice: is 3; give what nt\.choose returns"):
        nt.plots.regret(3)
