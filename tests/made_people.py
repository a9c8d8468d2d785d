"""Generated staff: birthdays and anniversaries on notable days, many equal scores, small and large staff numbers."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
from hypothesis import strategies as st
from made_behaviours import FUNCTIONS
from made_days import Span

from nhstransit.dates import add_months, complete_years, epoch_day
from nhstransit.organisations.bodies import Organisation
from nhstransit.scenario.spec import opening_of
from nhstransit.workforce.columns import BANDS, CONTRACTS, NEVER, SECTIONS, VSM, Workforce

ROOM = 1_000  # staff numbers reserved for newcomers
BANDS_MADE = (BANDS.index("5"), BANDS.index("6"), BANDS.index("8a"), BANDS.index("1"), VSM)
_AGES = (50, 52, 55, 51, 57, 60, 65, 66, 54, 49, 40, 41, 22, 75)
_LEAP_BORN = tuple(dt.date(year, 2, 29) for year in (1944, 1948, 1952, 1956, 1960, 1984))
_LEAP_DAYS = st.sampled_from((dt.date(2008, 2, 29), dt.date(2004, 2, 29)))
_SERVED = (200, 60, 144, 0, 1, 11, 12, 13, 24, 290)  # months
_ROUND_SCORES = st.sampled_from((0.0, 1.0, -1.0, -2.2))
_SCORES = st.just(0.0) | _ROUND_SCORES | st.floats(-2.5, 2.5, width=32)
_FIXED = CONTRACTS.index("fixed-term")
_PERMANENT = CONTRACTS.index("permanent")


@st.composite
def workforces(draw: st.DrawFn, bodies: list[Organisation], span: Span, most: int, newcomers: bool) -> Workforce:
    """One to `most` people in a few kinds of job, at employers that exist on the first day."""
    top = 2**31 - 2 - (ROOM if newcomers else 0)
    identity = st.integers(0, 60) | st.integers(top - 5, top) | st.integers(0, top)
    count = min(most, draw(st.sampled_from((6, 12, 3, 20)) | st.integers(1, most)))
    staff = draw(st.lists(identity, min_size=count, max_size=count, unique=True))
    job = st.tuples(st.integers(0, len(FUNCTIONS) - 1), st.sampled_from(BANDS_MADE))
    jobs = draw(st.lists(job, min_size=1, max_size=4))
    staffed = {index: body.closes for index, body in enumerate(bodies) if _stands(body, span.start)}
    people = [draw(_person(staffed, jobs, span)) for _ in staff]
    columns = {name: np.array([person[name] for person in people]) for name in people[0]}
    return Workforce(
        staff=np.array(staff),
        employers=tuple(body.name for body in bodies),
        functions=FUNCTIONS,
        sex=np.zeros(count),
        clinician=np.arange(count) % 3 == 1,
        **columns,
    )


def _stands(body: Organisation, start: dt.date) -> bool:
    """Whether an employer exists on the first day."""
    return not (body.founded and body.founded > start) and not (body.closes and body.closes < start)


@st.composite
def _person(
    draw: st.DrawFn, staffed: dict[int, dt.date | None], jobs: list[tuple[int, int]], span: Span
) -> dict[str, Any]:
    """One person's row."""
    employer = draw(st.sampled_from(sorted(staffed)))
    (function, band) = draw(st.sampled_from(jobs))
    (born, since) = draw(_service(span))
    fixed = draw(st.sampled_from((False, False, False, True)))
    bands = opening_of(span.start)
    least = -(-int(bands.first_pence[band]) // 2)  # lower pay would be refused as not yearly
    return {
        "employer": employer,
        "function": function,
        "band": band,
        "point": draw(st.integers(0, int(bands.points[band]) - 1)),
        "pay_pence": draw(st.sampled_from((0, 0, 0, max(least, 10_000_00), 4_141_593, 1_000_000_00))),
        "wte_hundredths": draw(st.sampled_from((100, 100, 60, 1, 37))),
        "born": born,
        "service_from": since,
        "contract": _FIXED if fixed else _PERMANENT,
        "contract_ends": draw(_ends(staffed[employer], span)) if fixed else NEVER,
        "section": draw(st.sampled_from((0, *range(bands.sections), len(SECTIONS) - 1))),
        "critical": draw(st.sampled_from((False, False, False, False, True))),
        "skill": draw(_SCORES),
        "outside": draw(_SCORES),
        "attitude": draw(_SCORES),
    }


def _ends(closes: dt.date | None, span: Span) -> st.SearchStrategy[int]:
    """Epoch day on which a fixed term ends: a notable day, or the employer's last day."""
    return (st.just(closes) | span.days if closes else span.days).map(epoch_day)


@st.composite
def _service(draw: st.DrawFn, span: Span) -> tuple[int, int]:
    """Birthday and first day of service as epoch days. Anniversaries are on notable days or on 29 February."""
    if draw(st.integers(0, 4)) == 0:
        born = epoch_day(draw(st.sampled_from(_LEAP_BORN)))
    else:
        age = draw(st.sampled_from(_AGES) | st.integers(18, 75))
        born = int(add_months(epoch_day(draw(span.days)), -12 * age))
    anniversary = draw(span.days | _LEAP_DAYS)
    since = int(add_months(epoch_day(anniversary), -draw(st.sampled_from(_SERVED) | st.integers(0, 500))))
    since = min(since, epoch_day(span.start))
    if complete_years(born, since) < 16:
        since = min(int(add_months(born, 12 * 16)) + 1, epoch_day(span.start))
        born = min(born, int(add_months(since, -12 * 16 - 1)))
    return born, since
