"""Counts of real people made safe to share: small ones hidden, all others rounded, by a rule that the page states.

Every count is rounded to the nearest multiple of a base. Totals are rounded separately, so parts may not add up to
their total. A count below the threshold, except zero, is shown as [c], as government tables mark it. If only one part
of a table would be hidden, the next smallest is hidden with it. More parts, or the total, are hidden if a small count
could still be worked out.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np
from numpy.typing import ArrayLike

from nhstransit.arrays import Bools, Floats, Longs
from nhstransit.errors import InputError

HIDDEN = "[c]"


@attrs.frozen(kw_only=True)
class Rule:
    """A rule of disclosure control.

    `threshold`: the smallest count that is shown. `base`: the multiple used for rounding.
    """

    threshold: int = 5
    base: int = 5

    def __attrs_post_init__(self) -> None:
        if not (type(self.threshold) is int and 1 <= self.threshold <= 1000):
            raise InputError("threshold", f"is {self.threshold!r}", "give a whole number from 1 to 1,000")
        if not (type(self.base) is int and 1 <= self.base <= 1000):
            raise InputError("base", f"is {self.base!r}", "give a whole number from 1 to 1,000")

    @property
    def sentence(self) -> str:
        """The rule in words, for the page."""
        return (
            f"Counts of people below {self.threshold} are {HIDDEN}; others are rounded to the nearest {self.base}, "
            "totals on their own, so that parts need not add up. Sums of money for groups that small are hidden too. A "
            "second page of the same staff, published beside this one, could undo it by the difference of the two."
        )

    def hides(self, counts: ArrayLike) -> Bools:
        """Which parts of one table are hidden, (n,): the small ones, and enough of the next smallest to protect them.

        A small part is protected if at least two values are possible for it, given the total and everything shown.
        """
        numbers = np.asarray(counts, "int64")
        small = (numbers > 0) & (numbers < self.threshold)
        hidden = small.copy()
        while small.any() and (hidden.sum() < 2 or self._pinned(numbers, small, hidden)):
            rest = np.flatnonzero(~hidden & (numbers > 0))
            if not len(rest):
                break
            hidden[rest[np.argmin(numbers[rest])]] = True
        return np.asarray(hidden)

    def total(self, counts: ArrayLike) -> str:
        """The total of the parts of one table, to be shown with them. It is hidden if it would reveal a small part."""
        numbers = np.asarray(counts, "int64")
        small = (numbers > 0) & (numbers < self.threshold)
        gives_away = small.any() and self._pinned(numbers, small, self.hides(numbers))
        return HIDDEN if gives_away else self.one(int(numbers.sum()))

    def _pinned(self, numbers: Longs, small: Bools, hidden: Bools) -> bool:
        """Whether some small part has only one possible value.

        The reader is assumed to know which hidden parts are small.
        """
        low, high = self._limits(numbers)
        shown = ~hidden & (numbers > 0)
        smallest = (
            high[shown].min() if shown.any() else np.inf
        )  # parts hidden to protect others are no larger than those shown
        low = np.where(small, 1, np.where(hidden, self.threshold, low))
        high = np.where(small, self.threshold - 1, np.where(hidden, smallest, high))
        least, most = (limit[0] for limit in self._limits(np.array([numbers.sum()])))
        if 0 < numbers.sum() < self.threshold:
            least, most = 1.0, float(self.threshold - 1)
        for part in np.flatnonzero(small).tolist():
            lowest = max(low[part], least - (high.sum() - high[part] if np.isfinite(high).all() else np.inf))
            highest = min(high[part], most - (low.sum() - low[part]))
            if highest - lowest < 1:
                return True
        return False

    def _limits(self, numbers: Longs) -> tuple[Floats, Floats]:
        """The least and the greatest possible values of shown counts, (n,) each."""
        shown = self.rounded(numbers)
        low = np.ceil((2 * shown - self.base) / 2)
        high = np.ceil((2 * shown + self.base) / 2) - 1
        return np.where(shown > 0, np.maximum(low, self.threshold), 0.0), high

    def rounded(self, counts: ArrayLike) -> Longs:
        """Counts to the nearest multiple of the base, halves up, any shape."""
        numbers = np.asarray(counts, "int64")
        return np.asarray((2 * numbers + self.base) // (2 * self.base) * self.base)

    def told(self, counts: Sequence[int] | Longs) -> list[str]:
        """The parts of one table as they may be shared."""
        hidden = self.hides(counts)
        return [
            HIDDEN if gone else f"{number:,}"
            for number, gone in zip(self.rounded(counts).tolist(), hidden.tolist(), strict=True)
        ]

    def one(self, count: float) -> str:
        """A single count, such as a total or a mean over runs, as it may be shared."""
        number = round(count)
        return HIDDEN if 0 < number < self.threshold else f"{int(self.rounded(number)):,}"

    def money(self, pounds: float, people: float) -> str:
        """A sum for a number of people, to the nearest £1,000.

        It is hidden if they are few, and empty if there are none.
        """
        if 0 < round(people) < self.threshold:
            return HIDDEN
        return f"£{round(pounds, -3):,.0f}" if round(people) else "–"

    def percentage(self, count: int, among: int) -> str:
        """A share of people in words, hidden if the people counted, or all the others, are few but not none."""
        if not among:
            return "none"
        few = [0 < number < self.threshold for number in (count, among - count)]
        return HIDDEN if any(few) else f"{count / among:.0%}"
