"""Perceived risk of losing the post, which changes with news and with time."""

from __future__ import annotations

from functools import partial

import attrs
import numpy as np

from nhstransit import arithmetic
from nhstransit.arrays import AnyArray, Bools, Floats, Rows
from nhstransit.fields import amount, assumed, number
from nhstransit.grammar import Answers, News, People, Prospects
from nhstransit.selection import highest
from nhstransit.streams import Chances
from nhstransit.workforce.columns import Disposition


def perceived(
    origin: AnyArray,
    target: AnyArray,
    since: AnyArray,
    day: int,
    ramp_days: AnyArray | float,
    half_life_days: AnyArray | float,
) -> Floats:
    """Risk on `day`. It ramps from `origin` to `target` after day `since`, then halves once per half-life.

    Args:
        origin: (n,) risk when the news arrived, 0 to 1.
        target: (n,) risk at the end of the ramp, 0 to 1.
        since: (n,) day of the news, on or before `day`.
        day: the day for which the risk is computed.
        ramp_days: length of the ramp in days, one value or (n,).
        half_life_days: half-life in days, one value or (n,).
    """
    elapsed = np.maximum(day - np.asarray(since, "float64"), 0.0)
    ramped, fading = unfolded(elapsed, ramp_days, half_life_days)
    # Fading applies to the whole risk, including the risk from before the news.
    risk = origin + (np.asarray(target) - origin) * ramped
    return np.asarray(risk * fading)


def unfolded(elapsed: AnyArray, ramp_days: AnyArray | float, half_life_days: AnyArray | float) -> tuple[Floats, Floats]:
    """The share of the effect of news that has built up, 0 to 1, and the share that has not yet faded, 1 to 0, any
    shape.

    Args:
        elapsed: days since the news, 0 or more.
        ramp_days: length of the ramp in days.
        half_life_days: half-life in days.
    """
    ramped = np.minimum(elapsed / ramp_days, 1.0)
    fading = arithmetic.exp2(-np.maximum(elapsed - ramp_days, 0.0) / half_life_days)
    return np.asarray(ramped), fading


def moved(current: AnyArray, target: AnyArray, weight: float) -> Floats:
    """The target of risk after news: `R + w (target − R)`, limited to 0–1.

    Args:
        current: perceived risk before the news, 0 to 1, any shape.
        target: risk that the news implies, 0 to 1.
        weight: how far the news moves the target of risk, 0 to 1.
    """
    return np.asarray(np.clip(current + weight * (np.asarray(target) - current), 0.0, 1.0))


# Leavers, stayers and movers: how news sets dispositions, and how fast perceived risk builds up and fades.

_NAMED = (
    "the NHS's chief executive described leavers, stayers and movers in November 2010 without"
    " saying how many there were; the size is a judgement"
)


_assumed = partial(assumed, source=_NAMED)


@attrs.frozen(kw_only=True)
class Outlook:
    """To each score a lasting random (Gumbel) draw of the person is added. The highest sum decides the disposition.

    The score of a mover is 0. The score of a leaver rises with a worse attitude to the reform and a better outside
    option. The score of a stayer rises as the pension comes nearer and as the loss of the post becomes more likely.
    """

    leaver: float = number(-1.0, low=-20, high=20, parent=_assumed("score", -3.0, 1.0))
    leaver_attitude: float = number(-0.8, low=-20, high=0, parent=_assumed("score per standard deviation", -2.0, 0.0))
    leaver_outside: float = number(0.4, low=-20, high=20, parent=_assumed("score per standard deviation", 0.0, 1.0))
    stayer: float = number(-0.8, low=-20, high=20, parent=_assumed("score", -3.0, 1.0))
    stayer_risk: float = number(1.0, low=-20, high=20, parent=_assumed("score at certain risk", 0.0, 3.0))
    stayer_pension: float = number(0.8, low=-20, high=20, parent=_assumed("score", 0.0, 2.0))
    drag: float = amount(
        0.0,
        parent=assumed(
            "standard deviations of attitude lost if all colleagues are disaffected",
            0.0,
            1.5,
            f"{_NAMED}, and the effect is off by default",
        ),
    )
    ramp_months: float = number(
        3.0,
        low=0.01,
        high=120,
        parent=assumed("months", 1.0, 6.0, "how quickly the effect of news builds up is a judgement"),
    )
    half_life_months: float = number(
        12.0,
        low=0.01,
        high=1200,
        parent=assumed("months", 6.0, 24.0, "how quickly perceived risk fades without further news is a judgement"),
    )

    def answer(self, proposals: News, prospects: Prospects, people: People, chances: Chances) -> Answers:
        """Each person's disposition. The draws are the same at every milestone, so only news changes dispositions.

        Args:
            proposals, prospects, people, chances: as in `grammar.Choice.answer`.
        """
        rows = proposals.rows
        # One row of scores for each disposition, (3, n).
        scores = np.empty((3, len(rows)))
        attitude = people.attitude[rows]
        outside = people.outside[rows]
        scores[0] = self.leaver + self.leaver_attitude * attitude + self.leaver_outside * outside
        scores[1] = self.stayer + self.stayer_risk * proposals.target + self.stayer_pension * prospects.pension_reached
        scores[0] -= self.leaver_attitude * self.drag * prospects.disaffected  # in effect, a worse attitude
        scores[2] = 0.0
        # With Gumbel draws, the highest score is a logit choice. The draws are keyed by disposition, not by position.
        for place, kind in enumerate((Disposition.LEAVER, Disposition.STAYER, Disposition.MOVER)):
            scores[place] += chances.luck.gumbel(f"disposition {kind.name.lower()}", 0, people.key[rows])
        # Rows begin with the leaver, so the code of a disposition is its row plus that of the leaver.
        return Answers(said=(highest(scores) + Disposition.LEAVER).astype("int8"))

    def sign(self, rows: Rows, people: People, chances: Chances) -> Bools:
        """Everyone counts as signing, because news needs no signature.

        Args:
            rows, people, chances: as in `grammar.Choice.sign`.
        """
        return np.ones(len(rows), bool)
