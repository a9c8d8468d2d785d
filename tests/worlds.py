"""Small worlds made by hypothesis: a few dozen people at most, and everything that can happen happening close together.

`worlds()` gives scenarios, `seeds()` seeds. Dates come from a handful of notable days of each world (its first and last,
the 1st of a month, April, a leap day) and the days beside them, so that policies, closures, contracts and birthdays fall
on one another; in crowded worlds people stay until the policies get at them. Every world can be built and run; all of
them shrink.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import numpy as np
from hypothesis import strategies as st
from made_behaviours import FUNCTIONS, behaviours
from made_policies import policies

from nhstransit.dates import EPOCH, add_months, complete_years, date_of, epoch_day
from nhstransit.organisations.bodies import Establishment, Organisation
from nhstransit.scenario import Scenario
from nhstransit.toml import Named
from nhstransit.workforce.codes import BANDS, CONTRACTS, SECTIONS, VSM
from nhstransit.workforce.columns import NEVER, Workforce

FIRST, LAST = dt.date(2010, 4, 1), dt.date(2014, 3, 31)  # days for which the law's parameters are held
SENDING, RECEIVING = ("pct", "sha", "alb"), ("ccg", "community-provider", "csu")
ROOM = 1_000  # identities left free for newcomers
_DAY = dt.timedelta(days=1)
_STARTS = (FIRST, dt.date(2010, 5, 17), dt.date(2011, 3, 31), dt.date(2012, 2, 29), dt.date(2012, 12, 31))


def seeds() -> st.SearchStrategy[int]:
    """Any seed, the first and the last often."""
    return st.sampled_from((0, 1, 2**63 - 1)) | st.integers(0, 2**63 - 1)


@st.composite
def worlds(draw: st.DrawFn, *, most: int = 40, without: tuple[str, ...] = (), crowded: bool = False) -> Scenario:
    """A scenario of at most so many people, with any of the policies but those of the types in `without`.

    A crowded one has all of those, one after another, a body that closes late, another that has posts to fill, and people
    who rarely leave of themselves.
    """
    start, end = draw(spans())
    notable = draw(notable_days(start, end))
    bare = draw(bodies(start, end, notable, crowded))
    chosen = draw(policies(notable, FUNCTIONS, SENDING, RECEIVING, without, crowded))
    staffed = [place for place, body in enumerate(bare) if _stands(body, start)]
    staff = draw(workforces(bare, staffed, start, notable, most, leave_room="hiring" in _types(chosen)))
    return Scenario(
        name="made",
        start=start,
        end=end,
        functions=FUNCTIONS,
        organisations=draw(establishments(bare, staff, start, end, notable)),
        staff=staff,
        policies=chosen,
        behaviour=draw(behaviours(calm=crowded)),
    )


def _types(chosen: Named[Any]) -> set[str]:
    return {type(policy).__name__.lower() for policy in chosen.values()}


def _stands(body: Organisation, start: dt.date) -> bool:
    """Whether a body employs on the first day."""
    return not (body.founded and body.founded > start) and not (body.closes and body.closes < start)


# Days


@st.composite
def spans(draw: st.DrawFn) -> tuple[dt.date, dt.date]:
    """First and last day: from the 1st of a month or not, for a fortnight to two and a half years."""
    start = draw(st.sampled_from(_STARTS) | st.dates(FIRST, dt.date(2013, 6, 30)))
    length = draw(st.sampled_from((400, 40, 200, 900)) | st.integers(14, 600))
    return start, min(start + length * _DAY, LAST)


@st.composite
def notable_days(draw: st.DrawFn, start: dt.date, end: dt.date) -> st.SearchStrategy[dt.date]:
    """A strategy for days within a span that often fall together, in any order."""
    own = draw(st.lists(st.dates(start, end), min_size=1, max_size=4))
    edges = [start, min(start + _DAY, end), end]
    firsts = [day for day in (start + n * _DAY for n in range((end - start).days + 1)) if day.day == 1]
    april = [day for day in firsts if day.month == 4]
    pool = [*own, *firsts[:6], *(first - _DAY for first in firsts if first > start), *april, *edges]
    return st.sampled_from(pool) | st.sampled_from(own).map(lambda day: min(day + _DAY, end)) | st.dates(start, end)


# Bodies


@st.composite
def bodies(
    draw: st.DrawFn, start: dt.date, end: dt.date, notable: st.SearchStrategy[dt.date], crowded: bool
) -> list[Organisation]:
    """One to five bodies without posts; the first of them stands on the first day."""
    made = [
        Organisation(name="pct 0", kind="pct", region="North", closes=end - draw(st.integers(0, 9)) * _DAY),
        Organisation(name="ccg 1", kind="ccg", region="North"),
    ]
    count = draw(st.sampled_from((3, 2, 4, 5, 1)))
    made = made if crowded else []
    return [*made, *(draw(_body(place, start, end, notable)) for place in range(len(made), count))]


_SENDERS = ("closes", "closes", "closes", "closes", "goes on", "long gone")
_RECEIVERS = ("goes on", "opens", "goes on", "goes on", "both")


@st.composite
def _body(
    draw: st.DrawFn, place: int, start: dt.date, end: dt.date, notable: st.SearchStrategy[dt.date]
) -> Organisation:
    sends = place == 0 or (place > 1 and draw(st.booleans()))
    kind = draw(st.sampled_from(SENDING if sends else RECEIVING))
    shadow = opens = closes = None
    fate = draw(st.sampled_from(_SENDERS if sends else _RECEIVERS))
    if fate in ("opens", "both"):
        shadow, opens = sorted((draw(notable), draw(notable)))
        shadow = draw(st.sampled_from((shadow, None)))
    if fate in ("closes", "both"):
        closes = draw(st.sampled_from((end - _DAY, end, min(end + 20 * _DAY, LAST))) | notable)
        closes = max(filter(None, (closes, shadow, opens)))
    if fate == "long gone" and place:
        closes = draw(st.sampled_from((start - _DAY, start - 400 * _DAY)))
    region = draw(st.sampled_from(("North", "North", "South")))
    return Organisation(name=f"{kind} {place}", kind=kind, region=region, shadow=shadow, opens=opens, closes=closes)


@st.composite
def establishments(
    draw: st.DrawFn,
    bare: list[Organisation],
    staff: Workforce,
    start: dt.date,
    end: dt.date,
    notable: st.SearchStrategy[dt.date],
) -> tuple[Organisation, ...]:
    """The bodies with posts: none listed, or enough for their people and some to spare, some of them from later on."""
    return tuple(draw(_established(body, place, staff, notable)) for place, body in enumerate(bare))


@st.composite
def _established(
    draw: st.DrawFn, body: Organisation, place: int, staff: Workforce, notable: st.SearchStrategy[dt.date]
) -> Organisation:
    here = staff.employer == place
    cells = sorted(set(zip(staff.function[here].tolist(), staff.band[here].tolist(), strict=True)))
    if cells and draw(st.booleans()):
        return body
    taken = sorted(set(zip(staff.function.tolist(), staff.band.tolist(), strict=True)))
    lines = [
        Establishment(
            function=FUNCTIONS[function],
            band=BANDS[band],
            posts=int(((staff.function == function) & (staff.band == band) & here).sum()),
        )
        for function, band in cells
    ]
    for function, band in draw(st.lists(st.sampled_from(taken), min_size=2 * (not cells), max_size=6)):
        lower = draw(st.sampled_from((0, 0, 1)))
        since = draw(st.sampled_from((False, False, True))) and draw(notable)
        if since and ((body.founded and since < body.founded) or (body.closes and since > body.closes)):
            since = None
        spare = Establishment(
            function=FUNCTIONS[function],
            band=BANDS[max(band - lower, 0)],
            posts=draw(st.integers(1, 3)),
            since=since or None,
        )
        lines.append(spare)
    return attrs.evolve(body, establishment=tuple(lines))


# People


@st.composite
def workforces(
    draw: st.DrawFn,
    bare: list[Organisation],
    staffed: list[int],
    start: dt.date,
    notable: st.SearchStrategy[dt.date],
    most: int,
    leave_room: bool,
) -> Workforce:
    """One to `most` people in the bodies that stand."""
    top = 2**31 - 2 - (ROOM if leave_room else 0)
    identity = st.integers(0, 60) | st.integers(top - 5, top) | st.integers(0, top)
    count = draw(st.sampled_from((6, 12, 3, 20)) | st.integers(1, most))
    staff = draw(st.lists(identity, min_size=count, max_size=count, unique=True))
    people = [draw(_person(staffed, start, notable)) for _ in staff]
    columns = {name: np.array([person[name] for person in people]) for name in people[0]}
    return Workforce(
        staff=np.array(staff),
        employers=tuple(body.name for body in bare),
        functions=FUNCTIONS,
        sex=np.zeros(len(staff)),
        clinician=np.zeros(len(staff), bool),
        **columns,
    )


_AGES = (50, 52, 55, 51, 57, 60, 65, 66, 54, 49, 40, 41, 22, 75)
_LEAP_BORN = tuple(dt.date(year, 2, 29) for year in (1944, 1948, 1952, 1956, 1960, 1984))
_SERVED = (200, 60, 144, 0, 1, 11, 12, 13, 24, 290)  # months
_SCORES = st.sampled_from((0.0, 0.0, 1.0, -1.0, 0.3, -2.2)) | st.floats(-2.5, 2.5, width=32)


@st.composite
def _person(draw: st.DrawFn, staffed: list[int], start: dt.date, notable: st.SearchStrategy[dt.date]) -> dict[str, Any]:
    """One person's row."""
    born, since = draw(_service(start, notable))
    fixed = draw(st.sampled_from((False, False, False, True)))
    band = draw(st.sampled_from((4, 4, 4, 5, 7, 0, VSM)))
    return {
        "employer": draw(st.sampled_from(staffed)),
        "function": draw(st.sampled_from((0, 0, 0, 1, 2))),
        "band": band,
        "point": draw(st.integers(0, 12)),
        "pay_pence": draw(st.sampled_from((0, 0, 0, 1, 3_141_593, 2_000_000_00))),
        "wte_hundredths": draw(st.sampled_from((100, 100, 60, 1, 37))),
        "born": born,
        "service_from": since,
        "contract": CONTRACTS.index("fixed-term") if fixed else CONTRACTS.index("permanent"),
        "contract_ends": epoch_day(draw(notable)) if fixed else NEVER,
        "section": draw(st.sampled_from((0, 0, 1, 2, len(SECTIONS) - 1))),
        "critical": draw(st.sampled_from((False, False, False, True))),
        "skill": draw(_SCORES),
        "outside": draw(_SCORES),
        "attitude": draw(_SCORES),
    }


@st.composite
def _service(draw: st.DrawFn, start: dt.date, notable: st.SearchStrategy[dt.date]) -> tuple[int, int]:
    """Birthday and first day of service as epoch days: anniversaries fall on notable days, or on 29 February."""
    if draw(st.integers(0, 4)) == 0:
        born = epoch_day(draw(st.sampled_from(_LEAP_BORN)))
    else:
        born = int(add_months(epoch_day(draw(notable)), -12 * draw(st.sampled_from(_AGES) | st.integers(18, 75))))
    anchor = draw(notable | st.sampled_from((dt.date(2008, 2, 29), dt.date(2004, 2, 29))))
    since = int(add_months(epoch_day(anchor), -draw(st.sampled_from(_SERVED) | st.integers(0, 500))))
    since = min(since, epoch_day(start))
    while complete_years(born, since) < 16:
        since = min(int(add_months(born, 192)) + 1, epoch_day(start))
        born = min(born, int(add_months(since, -193)))
    assert date_of(since) <= start and born > -(80 * 366) + epoch_day(EPOCH)
    return born, since
