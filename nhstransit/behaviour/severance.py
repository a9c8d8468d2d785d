"""Voluntary severance: who applies."""

from __future__ import annotations

import attrs
import numpy as np

from nhstransit import arithmetic
from nhstransit.arrays import Bools, Floats, Rows
from nhstransit.fields import Parent, amount, assumed, number, share
from nhstransit.grammar import Answers, People, Prospects, SeveranceOffer
from nhstransit.selection import logistic, persistent
from nhstransit.streams import Chances
from nhstransit.workforce.columns import Disposition

_DISPOSED = (
    "the NHS's chief executive described leavers, stayers and movers in November 2010 without"
    " saying how many there were; the size is a judgement"
)


@attrs.frozen(kw_only=True)
class SeveranceChoice:
    """A logit model of whether a person accepts an offer of severance pay.

    The chance depends on the offer, the pay that a person would get by waiting, perceived risk, pension age, outside
    option, skill and disposition.

    `typical` is the chance that a mover of average traits, at no perceived risk, accepts an offer of `typical_months`.
    The other terms shift its log-odds. The effect of having reached the minimum pension age is `pension_reached` if the
    offer includes an early pension, and `pension_alone` if not. Employers and regions differ by lasting random effects,
    which do not change the mean over all employers. As `payout` and `better_later` are 0 or more, a better offer never
    deters anyone who would have applied.
    """

    typical: float = share(
        0.02,
        parent=assumed(
            "chance of applying",
            0.005,
            0.06,
            "the value is a starting point; it should be fitted to published applications",
        ),
    )
    typical_months: float = number(
        6.0,
        low=0.1,
        high=60.0,
        parent=assumed(
            "months of pay", 3.0, 12.0, "the number of months' pay to which `typical` refers is a judgement"
        ),
    )
    payout: float = amount(
        0.75,
        parent=Parent(
            unit="log-odds per log month",
            source=(
                "a study of civilian staff of the US Department of Defense found how separations rise "
                "with the payment offered; the value should not be fitted"
            ),
            quality="derived",
            range=(0.3, 1.2),
        ),
    )
    better_later: float = amount(
        0.0,
        parent=assumed(
            "log-odds per month of pay",
            0.0,
            0.2,
            "published figures cannot separate this effect from `risk`, so it is off by default",
        ),
    )
    wait_discount: float = share(
        0.9,
        parent=assumed(
            "multiplier", 0.7, 1.0, "the value discounts redundancy pay due in about two years; it should not be fitted"
        ),
    )
    risk: float = number(
        1.1,
        low=-10,
        high=10,
        parent=assumed(
            "log-odds at certain risk",
            0.0,
            3.0,
            "applications for severance in 2010 were fewer than expressions of interest in 2025, and "
            "the part of this difference that the higher offer does not explain is attributed to "
            "perceived risk",
        ),
    )
    pension_reached: float = number(
        0.693,
        low=-5,
        high=5,
        parent=Parent(
            unit="log-odds",
            source=(
                "a study of 2003 found that an offer of early retirement doubled separations of staff of "
                "the US Department of Defense aged 50 with more than 20 years' service"
            ),
            quality="study",
            range=(0.405, 1.099),
        ),
    )
    pension_alone: float = number(
        0.0,
        low=-5,
        high=5,
        parent=assumed(
            "log-odds", 0.0, 0.693, "no study was found of the effect of pension age without an early pension"
        ),
    )
    outside: float = number(
        0.25,
        low=-5,
        high=5,
        parent=assumed(
            "log-odds per standard deviation",
            0.0,
            0.6,
            "people with better prospects elsewhere are assumed to apply more often",
        ),
    )
    skill: float = number(
        0.0,
        low=-5,
        high=5,
        parent=assumed(
            "log-odds per standard deviation",
            -0.2,
            0.2,
            "studies disagree about whether skilled people apply more often",
        ),
    )
    leaver: float = number(1.5, low=-10, high=10, parent=assumed("log-odds", 0.0, 3.0, _DISPOSED))
    stayer: float = number(0.3, low=-10, high=10, parent=assumed("log-odds", -1.0, 1.0, _DISPOSED))
    employer_sd: float = amount(
        0.0,
        high=20.0,
        parent=assumed(
            "log-odds, standard deviation over employers of a region",
            0.0,
            0.6,
            "the shares of staff who applied in four trusts in October 2010 had a standard deviation "
            "of 0.47 on the log scale, without the part due to chance; the effect is off by default",
        ),
    )
    region_sd: float = amount(
        0.0,
        high=20.0,
        parent=assumed(
            "log-odds, standard deviation over regions",
            0.0,
            0.73,
            "the highest and the lowest savings per person of ten regions in 2010 imply 0.73 "
            "at most; the effect is off by default",
        ),
    )
    clawback: float = amount(
        0.02, parent=assumed("log-odds a month", 0.0, 0.1, "how far clawback deters people is a judgement")
    )
    lasting: float = share(
        0.7,
        parent=assumed(
            "share of the variance of random preference",
            0.3,
            1.0,
            "how much of a person's preference stays the same in later rounds is a judgement",
        ),
    )
    signs: float = share(
        0.9, parent=assumed("chance", 0.85, 0.95, "the share of approved applicants who sign is a judgement")
    )

    def answer(self, proposals: SeveranceOffer, prospects: Prospects, people: People, chances: Chances) -> Answers:
        """Who applies: the lasting and the new random part of a preference are combined and compared with the chance.

        Args:
            proposals, prospects, people, chances: as in `grammar.Choice.answer`.
        """
        rows = proposals.rows
        keys = people.key[rows]
        # The lasting part is drawn once per person (round 0, without the policy), the fresh part in each round.
        lasting = chances.luck.normal("severance taste", 0, keys)
        taste = persistent(lasting, chances.normal("taste", keys), self.lasting)
        chance = logistic(self._score(proposals, prospects, people))
        return Answers(said=(taste < chance).astype("int8"))

    def sign(self, rows: Rows, people: People, chances: Chances) -> Bools:
        """Which of the approved people sign.

        Args:
            rows, people, chances: as in `grammar.Choice.sign`.
        """
        return np.asarray(chances.uniform("signature", people.key[rows]) < self.signs)

    def _score(self, offer: SeveranceOffer, prospects: Prospects, people: People) -> Floats:
        """Log-odds of applying, (n,)."""
        rows = offer.rows
        # The log-odds of the typical chance, which must not be infinite at 0 or 1.
        share_ = min(max(self.typical, 1e-9), 1 - 1e-9)
        start = float(arithmetic.log(share_ / (1 - share_)))
        # The effect of pay is on the log scale: twice the pay has the same effect at every level.
        score = start + self.payout * arithmetic.log(np.maximum(offer.months, 1e-6) / self.typical_months)
        # The pay expected from waiting is redundancy pay, times the risk of redundancy, discounted.
        waiting = self.wait_discount * prospects.risk * prospects.redundancy_months
        score += self.better_later * (offer.months - waiting) + self.risk * prospects.risk
        pension = self.pension_reached if offer.early_pension else self.pension_alone
        score += pension * prospects.pension_reached
        score += self.outside * people.outside[rows] + self.skill * people.skill[rows]
        # Effects are by employer, (bodies,), and are looked up for each person.
        if prospects.appetites is not None and (self.employer_sd or self.region_sd):
            score += prospects.appetites.log_odds(self.employer_sd, self.region_sd)[people.employer[rows]]
        # By disposition, (dispositions,); movers and people without a disposition have no shift.
        shift = np.zeros(len(Disposition))
        shift[Disposition.LEAVER] = self.leaver
        shift[Disposition.STAYER] = self.stayer
        return np.asarray(score + shift[people.disposition[rows]] - self.clawback * offer.clawback_months)
