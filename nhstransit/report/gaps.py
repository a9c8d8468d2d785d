"""A gap from a baseline in words, by rules: its sign, whether its interval holds zero, numbers as one would say them."""

from __future__ import annotations

import math

from nhstransit.phrases import people, pounds


def said(number: float, unit: str) -> str:
    """A headline figure with its unit as one would say it, without its sign: "£1.9m a year", "52%", "120 people"."""
    size = abs(number)
    if unit.startswith("£"):
        return f"{pounds(size)}{unit[1:]}"
    if unit.startswith("%"):
        return f"{size:.0f}%" if size >= 1 or not size else f"{size:.1f}%"
    word = "person" if unit == "people" and round(size) == 1 else unit
    return f"{people(size) if size >= 1 or not size else f'{size:.1f}'} {word}".rstrip()


def signed(number: float, unit: str) -> str:
    """The same with a sign, as it stands in a table: "+£1.9m", "−12 people", "0 people"."""
    text = said(number, unit)
    return text if text == said(0.0, unit) else f"{'+' if number > 0 else '−'}{text}"


def gap_told(what: str, gap: float, unit: str, low: float = math.nan, high: float = math.nan) -> str:
    """One gap in a sentence.

    The interval decides the words: where it holds zero, no difference can be told from chance. Without an interval, the
    sentence says that the gap is that of these runs.

    Args:
        what: the figure, such as "exit cost".
        gap: the run less the baseline.
        unit: the unit of the figure.
        low: the low end of the interval; NaN where there is none.
        high: the high end.
    """
    name = f"{what[:1].upper()}{what[1:]}"
    known = math.isfinite(low) and math.isfinite(high)
    if not known:
        if not gap:
            return f"{name}: no difference."
        return f"{name}: {said(gap, unit)} {'more' if gap > 0 else 'less'} than in the baseline, in these runs."
    if low <= 0.0 <= high:
        if not low and not high:
            return f"{name}: no difference."
        return f"{name}: no difference that chance could not give ({signed(low, unit)} to {signed(high, unit)})."
    ends = sorted((abs(low), abs(high)))
    span = f"{said(ends[0], unit)} to {said(ends[1], unit)}"
    return f"{name}: {said(gap, unit)} {'more' if gap > 0 else 'less'} than in the baseline ({span})."
