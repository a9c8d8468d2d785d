"""Perceived risk and dispositions by hand: ramp, fading, and the scores of leavers, stayers and movers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from nhstransit.behaviour.outlook import Outlook, moved, perceived, unfolded
from nhstransit.grammar import News
from nhstransit.workforce.columns import Disposition

LEAVER, STAYER, MOVER = (int(kind) for kind in (Disposition.LEAVER, Disposition.STAYER, Disposition.MOVER))


def test_news_builds_up_and_fades() -> None:
    """With a ramp of 90 days, a third has built up after 30 days. Fading starts at the end of the ramp."""
    ramped, fading = unfolded(np.array([0.0, 30.0, 90.0, 455.0, 820.0]), 90.0, 365.0)
    assert ramped.tolist() == pytest.approx([0, 1 / 3, 1, 1, 1])
    assert fading.tolist() == pytest.approx([1, 1, 1, 0.5, 0.25])
    each, fades = unfolded(np.array([10.0, 10.0]), np.array([20.0, 5.0]), np.array([1.0, 5.0]))
    assert each.tolist() == [0.5, 1.0] and fades.tolist() == [1.0, 0.5]


def test_perceived_risk_on_a_day_by_hand() -> None:
    """The people heard news on different days, with different risks: rising, falling, fading, and before the news."""
    found = perceived(
        np.array([0.2, 0.6, 0.2, 0.3]), np.array([0.8, 0.1, 0.8, 0.9]), np.array([100, 115, 0, 200]), 130, 60.0, 70.0
    )
    assert found.tolist() == pytest.approx([0.5, 0.475, 0.4, 0.3])
    assert perceived(np.array([0.4]), np.array([0.4]), np.array([0]), 1, 1.0, 9.0).tolist() == [0.4]


def test_news_moves_the_target_by_its_weight() -> None:
    """With a weight of 0.25, the target moves from 0.2 to 0.3 on the way to 0.6. It stays from 0 to 1."""
    found = moved(np.array([0.2, 0.6, 0.9, 0.1, 0.5]), np.array([0.6, 0.2, 5.0, -5.0, 0.5]), 0.25)
    assert found.tolist() == pytest.approx([0.3, 0.5, 1.0, 0.0, 0.5])


class FixedDraws:
    """Random numbers that a test has chosen, by decision and by the person's key."""

    def __init__(self, **draws: list[float]) -> None:
        self.draws = {f"disposition {kind}": np.array(each) for kind, each in draws.items()}

    def gumbel(self, what: str, occasion: int, keys: Any) -> Any:
        assert occasion == 0, "the draws of every milestone are the same"
        return self.draws[what][keys]


MODEL = Outlook(
    leaver=-1.0, leaver_attitude=-0.8, leaver_outside=0.4, stayer=-0.8, stayer_risk=1.0, stayer_pension=0.8, drag=1.5
)
ZERO_DRAWS: dict[str, list[float]] = {"leaver": [0.0] * 4, "stayer": [0.0] * 4, "mover": [0.0] * 4}


def answers(
    attitude: float = 0.0,
    outside: float = 0.0,
    target: float = 0.0,
    reached: bool = False,
    disaffected: float = 0.0,
    **draws: list[float],
) -> int:
    """The disposition of the third of four people, who alone hears the news and has these features."""
    people = SimpleNamespace(
        attitude=np.array([9.0, 9.0, attitude, 9.0]),
        outside=np.array([9.0, 9.0, outside, 9.0]),
        key=np.array([0, 1, 3, 2]),
    )
    news = News(rows=np.array([2]), target=np.array([target]), weight=0.5)
    prospects = SimpleNamespace(pension_reached=np.array([reached]), disaffected=np.array([disaffected]))
    chances = SimpleNamespace(luck=FixedDraws(**{**ZERO_DRAWS, **draws}))
    chosen = MODEL.answer(news, prospects, people, chances).said  # type: ignore[arg-type]
    assert chosen.shape == (1,) and chosen.dtype == np.int8
    return int(chosen[0])


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
def test_the_highest_score_decides_the_disposition(person: dict[str, Any], disposition: int) -> None:
    """Scores depend on attitude, outside option, expected cuts, pension and disaffected colleagues; draws are zero here."""
    assert answers(**person) == disposition


@pytest.mark.parametrize(
    ("draws", "disposition"),
    [
        ({"leaver": [0, 0, 0, 1.1]}, LEAVER),
        ({"leaver": [0, 0, 0, 0.9]}, MOVER),
        ({"leaver": [5, 5, 5, 0.0]}, MOVER),  # draws of other people
        ({"stayer": [0, 0, 0, 0.9]}, STAYER),
        ({"leaver": [0, 0, 0, 1.1], "mover": [0, 0, 0, 0.2]}, MOVER),
        ({"leaver": [0, 0, 0, 1.1], "stayer": [0, 0, 0, 1.0]}, STAYER),  # 0.1 against 0.2
    ],
)
def test_a_lasting_draw_is_added_to_each_score(draws: dict[str, list[float]], disposition: int) -> None:
    """Each of the three draws has the person's own key."""
    assert answers(**draws) == disposition  # type: ignore[arg-type]


def test_everyone_signs() -> None:
    """Nothing has to be signed, so nobody withdraws."""
    found = MODEL.sign(np.array([4, 7, 9]), None, None)  # type: ignore[arg-type]
    assert found.tolist() == [True, True, True] and found.dtype == np.bool_
