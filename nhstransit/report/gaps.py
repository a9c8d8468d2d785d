"""A gap from a baseline in words, by rules: its sign, whether its interval holds zero, numbers as one would say them."""

from __future__ import annotations

import math

from nhstransit.phrases import between, difference


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

    The interval decides the words: where it holds zero, a difference cannot be distinguished from
    chance. Without an interval, the sentence says that the gap is that of these runs.

    Args:
        what: the figure, such as "departures".
        gap: the run less the baseline.
        unit: the unit of the figure.
        low: the low end of the interval; NaN where there is none.
        high: the high end.
        where: of which world the figure is, such as "with MARS"; "" where only one is spoken of.
        than: what it is compared with, such as "without MARS".
    """
    name = f"{what[:1].upper()}{what[1:]}"
    among = f" {where}" if where else ""
    more = f"{difference(gap, unit)} {_more_or_less(gap, unit)}{among} than {than}"
    known = math.isfinite(low) and math.isfinite(high)
    if not known:
        if not gap:
            return f"{name}: no difference{among}."
        return f"{name}: {more}, in these runs."
    if low <= 0.0 <= high:
        if not low and not high:
            return f"{name}: no difference{among}."
        return f"{name}: no difference{among} that chance could not give (95% interval {between(low, high, unit)})."
    near, far = sorted((abs(low), abs(high)))
    return f"{name}: {more} (95% interval {between(near, far, unit).replace('+', '')})."


def _more_or_less(gap: float, unit: str) -> str:
    """More or less; fewer of what is counted."""
    if gap > 0:
        return "more"
    return "fewer" if unit in ("people", "posts") else "less"
