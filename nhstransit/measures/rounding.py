"""Counts of real people made fit to be shared: small ones hidden, all others rounded, by a rule that the page states.

Every count is rounded to the nearest multiple of a base, totals too and apart from their parts, so that parts do not add up
to totals. A count below the threshold, zero apart, is [c], as government tables mark it. Where just one part of a table
would be hidden, the next smallest is hidden with it; and more of them, or the total, where a small one could still be
worked out.
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
    """A rule of disclosure control. `threshold`: the smallest count that is shown. `base`: what counts are rounded to."""

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
        """Which parts of one table are hidden, (n,): the small ones, and as many of the next smallest as guard them.

        A small part is guarded where two numbers or more are possible for it, from all that is shown and the total.
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
        """The total of the parts of one table, to be shown beside them; hidden where it would give a small one away."""
        numbers = np.asarray(counts, "int64")
        small = (numbers > 0) & (numbers < self.threshold)
        gives_away = small.any() and self._pinned(numbers, small, self.hides(numbers))
        return HIDDEN if gives_away else self.one(int(numbers.sum()))

    def _pinned(self, numbers: Longs, small: Bools, hidden: Bools) -> bool:
        """Whether a small part could be but one number, for a reader who knows which of the hidden parts are small."""
        low, high = self._limits(numbers)
        shown = ~hidden & (numbers > 0)
        smallest = (
            high[shown].min() if shown.any() else np.inf
        )  # those hidden to guard others are no larger than those shown
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
        """The least and the most that shown counts can be, (n,) each."""
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
        """A sum for so many people, to the nearest £1,000; hidden where they are few, nothing where there are none."""
        if 0 < round(people) < self.threshold:
            return HIDDEN
        return f"£{round(pounds, -3):,.0f}" if round(people) else "–"

    def percentage(self, count: int, among: int) -> str:
        """A share of people in words, hidden where those counted, or all the others, are few but not none."""
        if not among:
            return "none"
        few = [0 < number < self.threshold for number in (count, among - count)]
        return HIDDEN if any(few) else f"{count / among:.0%}"
