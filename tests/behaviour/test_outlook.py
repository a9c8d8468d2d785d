"""Perceived risk and dispositions by hand: the ramp, the fading, the scores of leavers, stayers and movers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from nhstransit.behaviour.outlook import Outlook, moved, perceived, unfolded
from nhstransit.grammar import News
from nhstransit.workforce.columns import Disposition

LEAVER, STAYER, MOVER = (int(kind) for kind in (Disposition.LEAVER, Disposition.STAYER, Disposition.MOVER))


def test_news_unfolds_and_fades() -> None:
    """In a ramp of 90 days a third has built up after 30; fading begins when the ramp ends."""
    ramped, fading = unfolded(np.array([0.0, 30.0, 90.0, 455.0, 820.0]), 90.0, 365.0)
    assert ramped.tolist() == pytest.approx([0, 1 / 3, 1, 1, 1])
    assert fading.tolist() == pytest.approx([1, 1, 1, 0.5, 0.25])
    each, fades = unfolded(np.array([10.0, 10.0]), np.array([20.0, 5.0]), np.array([1.0, 5.0]))
    assert each.tolist() == [0.5, 1.0] and fades.tolist() == [1.0, 0.5]


def test_risk_on_a_day_by_hand() -> None:
    """People who heard on different days, from different risks: up, down, faded, and before the news."""
    found = perceived(
        np.array([0.2, 0.6, 0.2, 0.3]), np.array([0.8, 0.1, 0.8, 0.9]), np.array([100, 115, 0, 200]), 130, 60.0, 70.0
    )
    assert found.tolist() == pytest.approx([0.5, 0.475, 0.4, 0.3])
    assert perceived(np.array([0.4]), np.array([0.4]), np.array([0]), 1, 1.0, 9.0).tolist() == [0.4]


def test_news_moves_the_target_part_of_the_way() -> None:
    """A quarter of the way from 0.2 to 0.6 is 0.3; down as up; never below 0 nor above 1."""
    found = moved(np.array([0.2, 0.6, 0.9, 0.1, 0.5]), np.array([0.6, 0.2, 5.0, -5.0, 0.5]), 0.25)
    assert found.tolist() == pytest.approx([0.3, 0.5, 1.0, 0.0, 0.5])


class Given:
    """Luck that gives each person the numbers that a test has chosen, by the word of the decision and the person's key."""

    def __init__(self, **draws: list[float]) -> None:
        self.draws = {f"disposition {kind}": np.array(each) for kind, each in draws.items()}

    def gumbel(self, what: str, occasion: int, keys: Any) -> Any:
        assert occasion == 0, "the draws of every milestone are the same"
        return self.draws[what][keys]


MODEL = Outlook(
    leaver=-1.0, leaver_attitude=-0.8, leaver_outside=0.4, stayer=-0.8, stayer_risk=1.0, stayer_pension=0.8, drag=1.5
)
NO_LUCK: dict[str, list[float]] = {"leaver": [0.0] * 4, "stayer": [0.0] * 4, "mover": [0.0] * 4}


def answers(
    attitude: float = 0.0,
    outside: float = 0.0,
    target: float = 0.0,
    reached: bool = False,
    disaffected: float = 0.0,
    **draws: list[float],
) -> int:
    """The disposition of the third of four people, who alone has heard the news and alone is as described."""
    people = SimpleNamespace(
        attitude=np.array([9.0, 9.0, attitude, 9.0]),
        outside=np.array([9.0, 9.0, outside, 9.0]),
        key=np.array([0, 1, 3, 2]),
    )
    news = News(rows=np.array([2]), target=np.array([target]), weight=0.5)
    prospects = SimpleNamespace(pension_reached=np.array([reached]), disaffected=np.array([disaffected]))
    chances = SimpleNamespace(luck=Given(**{**NO_LUCK, **draws}))
    said = MODEL.answer(news, prospects, people, chances).said  # type: ignore[arg-type]
    assert said.shape == (1,) and said.dtype == np.int8
    return int(said[0])


@pytest.mark.parametrize(
    ("person", "disposition"),
    [
        ({}, MOVER),  # −1 and −0.8 against 0
        ({"attitude": -1.3}, LEAVER),  # −1 + 0.8 × 1.3 = 0.04
        ({"attitude": -1.2}, MOVER),  # −0.04
        ({"outside": 2.6}, LEAVER),  # −1 + 0.4 × 2.6 = 0.04
        ({"outside": 2.4}, MOVER),
        ({"attitude": -0.8, "outside": 1.0}, LEAVER),  # −1 + 0.64 + 0.4
        ({"target": 0.81}, STAYER),  # −0.8 + 0.81
        ({"target": 0.79}, MOVER),
        ({"reached": True, "target": 0.01}, STAYER),  # −0.8 + 0.8 + 0.01
        ({"reached": True, "target": -0.01}, MOVER),
        ({"attitude": -0.5, "disaffected": 0.51}, LEAVER),  # −1 + 0.4 + 0.8 × 1.5 × 0.51 = 0.012
        ({"attitude": -0.5, "disaffected": 0.49}, MOVER),
        ({"attitude": -2.0, "reached": True, "target": 0.5}, LEAVER),  # 0.6 against 0.5
        ({"attitude": -1.8, "reached": True, "target": 0.5}, STAYER),  # 0.44 against 0.5
    ],
)
def test_the_highest_score_decides(person: dict[str, Any], disposition: int) -> None:
    """Without luck, by attitude, outside option, the share of posts to go, pension and disaffected colleagues."""
    assert answers(**person) == disposition


@pytest.mark.parametrize(
    ("draws", "disposition"),
    [
        ({"leaver": [0, 0, 0, 1.1]}, LEAVER),
        ({"leaver": [0, 0, 0, 0.9]}, MOVER),
        ({"leaver": [5, 5, 5, 0.0]}, MOVER),  # others' luck
        ({"stayer": [0, 0, 0, 0.9]}, STAYER),
        ({"leaver": [0, 0, 0, 1.1], "mover": [0, 0, 0, 0.2]}, MOVER),
        ({"leaver": [0, 0, 0, 1.1], "stayer": [0, 0, 0, 1.0]}, STAYER),  # 0.1 against 0.2
    ],
)
def test_lasting_luck_is_added_to_each_score(draws: dict[str, list[float]], disposition: int) -> None:
    """By the person's own key, for each of the three."""
    assert answers(**draws) == disposition  # type: ignore[arg-type]


def test_everyone_signs() -> None:
    """There is nothing to sign, so nobody withdraws."""
    found = MODEL.sign(np.array([4, 7, 9]), None, None)  # type: ignore[arg-type]
    assert found.tolist() == [True, True, True] and found.dtype == np.bool_
