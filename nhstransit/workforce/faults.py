"""Finds impossible rows of the staff at the start: impossible ages, monthly pay, contradictory contracts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import attrs
import numpy as np

from nhstransit.arrays import Bools, Ints, Longs
from nhstransit.dates import complete_years, date_of, epoch_day
from nhstransit.errors import Mistakes
from nhstransit.workforce.columns import BANDS, CONTRACTS, NEVER, SECTIONS, VSM, Workforce, fault, order_of

OLDEST = 100  # complete years on the scenario's first day
LEAST_POUNDS = 10_000  # lowest possible whole-time pay per year
MOST_POUNDS = 1_000_000  # highest possible whole-time pay per year
_LEAST_SHARE = 0.5  # lowest possible pay, as a share of the pay at the band's first point
_MEANT = {  # what a sum that is too low may mean, and its factor to a year's pay
    "thousands of pounds": 1_000.0,
    "a month's pay": 12.0,
    "a week's pay": 52.14,
    "an hour's pay": 1_955.0,
}


@attrs.frozen(kw_only=True)
class Opening:
    """The first day of a scenario, with the pay bands and pension sections that exist on it.

    Attributes:
        start: the first day.
        points: (13,) number of points of each band; 0 if a band has no pay table on that day.
        first_pence: (13,) pence per year at each band's first point; 0 if a band has no pay table on that day.
        sections: number of pension sections that have begun; they are the first ones of `SECTIONS`.
    """

    start: dt.date
    points: Ints
    first_pence: Longs
    sections: int


Fault = tuple[int, str, str, str]  # row, column, what is wrong, what would be right


def note_unfit(people: Workforce, opening: Opening, mistakes: Mistakes) -> None:
    """Add every row that is impossible for a person in post on the first day of a scenario to `mistakes`.

    Args:
        people: the workforce.
        opening: the first day of the scenario, with its pay bands.
        mistakes: the list to which they are added.
    """
    for row, column, wrong, right in unfit(people, opening):
        mistakes.add(fault(people, row, column, wrong, right), *order_of(people, row, column))


def unfit(people: Workforce, opening: Opening) -> Iterator[Fault]:
    """Rows that are impossible for a person in post on the first day: dates, contract, point and pay."""
    start = opening.start
    first = epoch_day(opening.start)
    leave_out = "leave out people who are not in post on its first day, or give another day"
    # All loops here are over wrong rows only.
    old = complete_years(people.born, np.full(len(people), first)) > OLDEST
    for row in _rows(old):
        wrong = f"is {date_of(people.born[row])}, more than {OLDEST} years before the scenario starts ({start})"
        yield row, "born", wrong, "give the date of birth, such as 1965-03-31"
    for row in _rows(people.service_from > first):
        wrong = f"is {date_of(people.service_from[row])}, after the scenario starts ({start})"
        yield row, "service_from", wrong, leave_out
    yield from _contracts(people, start, leave_out)
    for row in _rows((people.section >= opening.sections) & (people.section != SECTIONS.index("none"))):
        wrong = (
            f"is {SECTIONS[people.section[row]]}, a section that nobody could join when the scenario starts ({start})"
        )
        yield row, "section", wrong, f"give {', '.join(SECTIONS[: opening.sections])} or none"
    # A band without a pay table on that day has 0 points, and then any point is allowed.
    many = opening.points[people.band]
    for row in _rows((people.point >= many) & (many > 0)):
        count = int(many[row])
        band = BANDS[people.band[row]]
        wrong = f"is pay point {people.point[row] + 1}, but band {band} has {_points(count)} on {start}"
        yield row, "point", wrong, f"give a point from 1 to {count}, or another band"
    yield from _pay(people, opening)


def _contracts(people: Workforce, start: dt.date, leave_out: str) -> Iterator[Fault]:
    """Contracts that contradict themselves, or that ended before the first day."""
    ends = people.contract_ends
    fixed = people.contract == CONTRACTS.index("fixed-term")
    for row in _rows(~fixed & (ends != NEVER)):
        wrong = f"is {date_of(ends[row])}, although the contract is permanent"
        yield row, "contract_ends", wrong, "leave it empty, or make the contract fixed-term"
    for row in _rows(fixed & (ends == NEVER)):
        right = "give its last day, such as 2012-03-31, or make the contract permanent"
        yield row, "contract_ends", "is empty, although the contract is fixed-term", right
    over = fixed & (ends < epoch_day(start))
    for row in _rows(over):
        last = date_of(ends[row])
        since = date_of(people.service_from[row])
        wrong = f"is {last}, before the scenario starts ({start})"
        if last < since:
            wrong = f"is {last}, before service began ({since})"
        yield row, "contract_ends", wrong, leave_out


def _pay(people: Workforce, opening: Opening) -> Iterator[Fault]:
    """Pay that cannot be whole-time pay for a year: too low for anyone or for the band, or too high for anyone."""
    pence = people.pay_pence.astype("int64")
    first = opening.first_pence.copy()
    if first[VSM] == 0:
        first[VSM] = first.max(initial=0)  # very senior managers are paid above every band
    # By band: half of the pay at its first point, but never below what anyone can be paid.
    by_band = np.maximum(first * _LEAST_SHARE, LEAST_POUNDS * 100.0)
    least = by_band[people.band]
    for row in _rows((pence > 0) & (pence < least)):
        pounds = pence[row] / 100
        lowest = least[row] / 100
        wrong = f"is £{_pounds(pounds)}, too low for a year's whole-time pay in band {BANDS[people.band[row]]}"
        yield (
            row,
            "pay_pounds",
            wrong,
            f"give £{lowest:,.0f} or more, or 0 to use the pay point's{_meant(pounds, lowest)}",
        )
    for row in _rows(pence > MOST_POUNDS * 100):
        wrong = f"is £{_pounds(pence[row] / 100)}, more than anyone's whole-time pay for a year"
        right = f"give pounds, not pence (£{_pounds(pence[row] / 10_000)}?), up to £{MOST_POUNDS:,}"
        yield row, "pay_pounds", wrong, right


def _meant(pounds: float, lowest: float) -> str:
    """What a sum that is too low probably means: the reading that is nearest to pay within the band."""
    usual = lowest / _LEAST_SHARE * 1.2  # about the middle of a band
    # Distance on the log scale, so that twice as much and half as much are equally far away.
    near = {what: abs(np.log(pounds * times / usual)) for what, times in _MEANT.items()}
    what = min(near, key=lambda name: near[name])
    if near[what] > np.log(2.0):
        return ""
    return f"; if it is {what}, write {pounds * _MEANT[what]:.0f}"


def _pounds(pounds: float) -> str:
    return f"{pounds:,.0f}" if pounds == round(pounds) else f"{pounds:,.2f}"


def _points(count: int) -> str:
    return f"{count} pay {'point' if count == 1 else 'points'}"


def _rows(wrong: Bools) -> list[int]:
    return [int(row) for row in np.flatnonzero(wrong)]
