"""A gap from a baseline in words, which depend on its sign and on whether its interval contains zero."""

from __future__ import annotations

import math

import attrs

from nhstransit.measures.suppression import HIDDEN, Rule
from nhstransit.phrases import between, difference, quantity, signed

COUNTS = ("people", "posts", "departures", "WTE")  # units that count people


@attrs.frozen(kw_only=True)
class Figures:
    """Figures of several scenarios in words; for real staff, under a rule of disclosure control.

    Under a rule, counts are rounded to its base and counts below its threshold are hidden; money is rounded to £1,000 and
    all other figures to a whole number. If `rule` is None, nothing is hidden or rounded for disclosure control.
    """

    rule: Rule | None = None

    def level(self, number: float, unit: str) -> str:
        """A figure with its unit, and a minus sign if it is negative."""
        safe = self._safe(number, unit)
        return HIDDEN if safe is None else f"{'−' if safe < 0 and round(safe) else ''}{quantity(safe, unit)}"

    def signed(self, number: float, unit: str) -> str:
        """A gap with its sign and unit."""
        safe = self._safe(number, unit)
        return HIDDEN if safe is None else signed(safe, unit)

    def between(self, low: float, high: float, unit: str) -> str:
        """An interval of a gap; hidden if either of its ends is hidden.

        Args:
            low: the low end.
            high: the high end.
            unit: the unit of both.
        """
        ends = self._safe(low, unit), self._safe(high, unit)
        if ends[0] is None or ends[1] is None:
            return HIDDEN
        return between(ends[0], ends[1], unit)

    def told(self, what: str, gap: float, unit: str, low: float, high: float, *, where: str, than: str) -> str:
        """One gap in a sentence; without its figures if any of them is too small to be shown.

        Args:
            what, gap, unit, low, high, where, than: as in `gap_told`.
        """
        numbers = [self._safe(one, unit) for one in (gap, low, high)]
        if None in numbers:
            return (
                f"{what[:1].upper()}{what[1:]} {where}: the gap, or an end of its interval, is too small to be shown."
            )
        safe, below, above = (math.nan if one is None else one for one in numbers)
        return gap_told(what, safe, unit, below, above, where=where, than=than)

    def _safe(self, number: float, unit: str) -> float | None:
        """A figure after disclosure control; None if it is hidden."""
        if self.rule is None or not math.isfinite(number):
            return number
        # Sums of money and shares are rounded too, since an exact mean could reveal an exact count.
        if unit not in COUNTS:
            return float(round(number, -3) if unit.startswith("£") else round(number))
        # A gap of zero reveals nobody; a small gap other than zero could.
        if 0 < abs(number) < self.rule.threshold:
            return None
        # The rule rounds counts, which have no sign; the sign of the gap is put back.
        return math.copysign(float(self.rule.rounded(round(abs(number)))), number)


def gap_told(
    what: str,
    gap: float,
    unit: str,
    low: float = math.nan,
    high: float = math.nan,
    *,
    where: str = "",
    than: str = "in the baseline",
) -> str:
    """One gap in a sentence.

    If the interval contains zero, the sentence says that there is no difference beyond chance. Without an interval, it
    says that the gap is only that of these runs.

    Args:
        what: the figure, such as "departures".
        gap: the run less the baseline.
        unit: the unit of the figure.
        low: the low end of the interval; NaN if there is no interval.
        high: the high end.
        where: the scenario of the figure, such as "with MARS"; "" if there is only one.
        than: the scenario that it is compared with, such as "without MARS".
    """
    name = f"{what[:1].upper()}{what[1:]}"
    among = f" {where}" if where else ""
    if gap and difference(gap, unit) == difference(0.0, unit):
        more = f"next to no difference{among}"  # the rounded gap is zero, so "0 more" would only confuse
    else:
        more = f"{difference(gap, unit)} {more_or_less(gap, unit)}{among} than {than}"
    known = math.isfinite(low) and math.isfinite(high)
    if not known:
        if not gap:
            return f"{name}: no difference{among}."
        return f"{name}: {more}, in these runs."
    if low <= 0.0 <= high:
        # An interval from zero to zero: the figure is the same in every pair.
        if not low and not high:
            return f"{name}: no difference{among}."
        return f"{name}: no difference{among} beyond what chance could cause (95% interval {between(low, high, unit)})."
    # The words "more" or "less" show the direction, so the ends have no sign and the smaller comes first.
    near, far = sorted((abs(low), abs(high)))
    return f"{name}: {more} (95% interval {between(near, far, unit).replace('+', '')})."


def more_or_less(gap: float, unit: str) -> str:
    """Return "more" or "less"; "fewer" for people and posts.

    Args:
        gap: the gap.
        unit: its unit.
    """
    if gap > 0:
        return "more"
    return "fewer" if unit in ("people", "posts") else "less"
