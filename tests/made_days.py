"""Generated dates: a few notable days of each scenario, so that many events happen on the same or adjacent days."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from hypothesis import strategies as st

FIRST = dt.date(2010, 4, 1)  # first and last day with parameters of the law
LAST = dt.date(2014, 3, 31)
DAY = dt.timedelta(days=1)
_STARTS = (FIRST, dt.date(2010, 5, 17), dt.date(2011, 3, 31), dt.date(2012, 2, 29), dt.date(2012, 12, 31))


@dataclass(frozen=True)
class Span:
    """The first and last day of a scenario, and a strategy for days in between that often coincide."""

    start: dt.date
    end: dt.date
    days: st.SearchStrategy[dt.date]


@st.composite
def spans(draw: st.DrawFn) -> Span:
    """A span of two weeks to two and a half years, which may start within a month."""
    start = draw(st.sampled_from(_STARTS) | st.dates(FIRST, dt.date(2013, 6, 30)))
    length = draw(st.sampled_from((400, 40, 200, 900)) | st.integers(14, 600))
    end = min(start + length * DAY, LAST)
    own = draw(st.lists(st.dates(start, end), min_size=1, max_size=4))
    return Span(start, end, _notable(start, end, own))


def _notable(start: dt.date, end: dt.date, own: list[dt.date]) -> st.SearchStrategy[dt.date]:
    """A strategy for days: the scenario's own notable days, the days after them, its ends, ends of months, or any day."""
    firsts = [day for day in (start + n * DAY for n in range((end - start).days + 1)) if day.day == 1]
    april = [day for day in firsts if day.month == 4]
    lasts = [first - DAY for first in firsts if first > start]
    pool = [*own, *firsts[:6], *lasts, *april, start, min(start + DAY, end), end]
    return st.sampled_from(pool) | st.sampled_from(own).map(lambda day: min(day + DAY, end)) | st.dates(start, end)
