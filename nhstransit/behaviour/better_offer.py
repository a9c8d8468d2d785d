"""Waiting for a better offer: people who hope for more pay for leaving later neither resign nor apply now.

The same mechanism reduces resignations and applications. The gain from waiting is the months of pay that a person would
forgo by leaving now. The chance of leaving now is multiplied by `exp(−worth × belief × risk × gain)`. A person who
resigns forgoes the whole later offer. A person who applies forgoes only the amount by which the later offer exceeds the
present one.
"""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np

from nhstransit import arithmetic
from nhstransit.arrays import AnyArray, Bools, Floats, Rows
from nhstransit.fields import Parent, amount, assumed, number, share
from nhstransit.grammar import Answers, Choice, Exposure, People, Prospects, SeveranceOffer
from nhstransit.streams import Chances

RESIGNING = slice(2, 4)  # the rows of the hazards of resigning: see `log.CAUSES`


@attrs.frozen(kw_only=True)
class BetterOffer:
    """Belief in a better severance offer, and its effect on leaving. There is no effect if `belief` is zero.

    The later offer that people expect is `better` times redundancy pay under section 16, in months of pay, on the
    employer's closing day (or today, if the employer continues). Its effect rises with the perceived risk of losing the
    post.
    """

    belief: float = share(
        0.0,
        parent=assumed(
            "share",
            0.0,
            1.0,
            "in 2025 the headcounts of two boards hardly fell between the announcement and the offer,"
            " which people waiting for a better offer could explain; there may be other causes, so "
            "the effect is off by default",
        ),
    )
    better: float = number(
        1.25,
        low=0.0,
        high=10.0,
        parent=assumed(
            "multiple of redundancy pay", 1.0, 2.0, "no later offer was published; the value is a judgement"
        ),
    )
    worth: float = amount(
        0.06,
        parent=Parent(
            unit="log chance of leaving now per month of pay gained by waiting",
            source=(
                "the value halves resignations among people who are certain to lose their post and expect"
                " to gain ten months' pay, as the steady headcounts of 2025 suggest; the range follows "
                "from three cases of 2025-26, in which 11 and 19% of staff showed interest in an "
                "offer and 25% applied for one"
            ),
            quality="assumption",
            range=(0.0, 0.15),
        ),
    )

    def held_back(self, later: AnyArray, now: AnyArray | float, risk: AnyArray) -> Floats:
        """The factor on the chance of leaving now, from 0 to 1, (n,).

        Args:
            later: (n,) redundancy pay under section 16, in months of pay.
            now: (n,) months of pay offered for leaving now; 0 for a resignation.
            risk: (n,) perceived risk of losing the post, 0 to 1.
        """
        # Nobody gains from waiting if the present offer is at least as good as the one that they hope for.
        gain = np.maximum(self.better * np.asarray(later, "float64") - now, 0.0)
        log_factor = np.asarray(-self.worth * self.belief * np.asarray(risk, "float64") * gain)
        some = np.flatnonzero(log_factor)  # for everyone else (half of a national run), the factor is exactly 1
        factor = np.ones(log_factor.shape)
        factor.ravel()[some] = arithmetic.exp(log_factor.take(some))
        return factor


@attrs.frozen(kw_only=True)
class WaitingLeavers:
    """A model of leaving in which people who hope for a better offer resign less. It replaces `departures`.

    The engine then computes `Exposure.redundancy_months` also for staff of employers that continue, as if they left
    today.
    """

    model: Any  # a `models.Leaving`
    hope: BetterOffer

    @property
    def contagion(self) -> float:
        """As in the model."""
        return float(self.model.contagion)

    @property
    def waiting(self) -> float:
        """Above zero, so that the engine computes what waiting for redundancy would pay."""
        return 1.0

    def base(self, functions: tuple[str, ...]) -> Floats:
        """As in the model."""
        return np.asarray(self.model.base(functions))

    def shape(self, age: AnyArray, service_months: AnyArray) -> Floats:
        """As in the model."""
        return np.asarray(self.model.shape(age, service_months))

    def rates(self, base: Floats, people: Exposure) -> Floats:
        """The model's hazards, with both kinds of resignation reduced, (4, n)."""
        rates: Floats = self.model.rates(base, people)
        if people.redundancy_months.any():  # without redundancy pay, the factor is exactly 1
            rates[RESIGNING] *= self.hope.held_back(people.redundancy_months, 0.0, people.risk)
        return rates


@attrs.frozen(kw_only=True)
class WaitingApplicants:
    """A choice on severance in which people who hope for a better offer apply less. It replaces `severance`.

    One lasting draw for each person decides who waits, so that stronger belief never makes anyone apply.
    """

    model: Choice
    hope: BetterOffer

    def answer(self, proposals: SeveranceOffer, prospects: Prospects, people: People, chances: Chances) -> Answers:
        """The model's answers, except that people who wait do not apply.

        Args:
            proposals, prospects, people, chances: as in `grammar.Choice.answer`.
        """
        said = self.model.answer(proposals, prospects, people, chances).said
        factor = self.hope.held_back(prospects.redundancy_months, proposals.months, prospects.risk)
        # The draw does not depend on the round, so a person who waits in one round also waits in the next, unless the
        # factor rises.
        draws = chances.luck.uniform("waits for a better offer", 0, people.key[proposals.rows])
        return Answers(said=np.where(draws < factor, said, 0).astype("int8"))

    def sign(self, rows: Rows, people: People, chances: Chances) -> Bools:
        """As in the model.

        Args:
            rows, people, chances: as in `grammar.Choice.sign`.
        """
        return np.asarray(self.model.sign(rows, people, chances))
