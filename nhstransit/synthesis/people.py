"""From filled cells to people: dates of birth and service, pay points, contracts, and traits without statistics.

A person's age is within the cell's age band, and service within its service band, on the calendar. Service never begins
before the sixteenth birthday. Everything here is drawn by staff number from the staff seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np

from nhstransit import arithmetic
from nhstransit.arrays import AnyArray, Bools, Bytes, Floats, Ints, Longs
from nhstransit.dates import add_months, complete_years
from nhstransit.law import Law
from nhstransit.organisations.bodies import Organisation
from nhstransit.streams import Luck
from nhstransit.synthesis.cells import ADULT, Cells
from nhstransit.synthesis.margins import Latents, Margins
from nhstransit.workforce.columns import BANDS, CONTRACTS, NEVER, SEXES, VSM, Workforce

MOST_RENEWALS = 40  # of a fixed term
DIRECTOR_POINTS = 5  # spot rates of directors, by size of employer; those of chief executives follow


@attrs.frozen(eq=False)
class Opening:
    """What the columns are made from: people, employers, the day, and the law with its pay scale."""

    margins: Margins
    bodies: Sequence[Organisation]
    functions: tuple[str, ...]
    on: int
    points: Ints
    luck: Luck
    law: Law
    first_staff: int = 0

    def uniform(self, what: str, staff: Any) -> Floats:
        """A uniform random number for each person, for one of the facts that are drawn."""
        return self.luck.uniform(f"opening {what}", 0, staff)


def people_of(opening: Opening, cells: Cells, placed: Longs) -> Workforce:
    """The workforce of filled cells.

    Args:
        opening: the first day, its employers and margins.
        cells: the filled cells of the margins.
        placed: (employers, functions, bands) number of people of each employer.
    """
    # `row` is each person's cell. A code is a position among the words of the margins, and `_positions` translates it to
    # the position among the words of the staff list.
    row, employer = _matched(cells, placed, opening.luck)
    codes = {name: cells.codes[row, axis] for axis, name in enumerate(cells.words._fields)}
    staff = opening.first_staff + np.arange(len(row))
    words = cells.words
    born, service_from = _lives(opening, cells, codes["age"], codes["service"], staff)
    band = _positions(words.band, BANDS)[codes["band"]]
    contract = _positions(words.contract, CONTRACTS)[codes["contract"]]
    skill, outside, attitude = latents(opening.margins.latents, opening.luck, staff)
    columns: dict[str, Any] = {
        "staff": staff,
        "employer": employer,
        "function": _positions(words.function, opening.functions)[codes["function"]],
        "band": band,
        "point": _points(opening, employer, band, service_from, staff),
        "pay_pence": np.zeros(len(row), "int32"),
        "wte_hundredths": np.array([int(name) for name in words.hours])[codes["hours"]],
        "born": born,
        "service_from": service_from,
        "sex": _positions(words.sex, SEXES)[codes["sex"]],
        "clinician": np.array([name == "yes" for name in words.clinician])[codes["clinician"]],
        "contract": contract,
        "contract_ends": _contract_ends(opening, contract, staff),
        "section": opening.law.pension_section(service_from, opening.on),
        "critical": _critical(opening, employer, skill, staff),
    }
    return Workforce(
        **columns,
        skill=skill.astype("float32"),
        outside=outside.astype("float32"),
        attitude=attitude.astype("float32"),
        employers=tuple(body.name for body in opening.bodies),
        functions=opening.functions,
        source=opening.margins.about or "synthesised from margins",
    )


def _positions(words: Sequence[str], among: Sequence[str]) -> Longs:
    return np.array([among.index(word) for word in words], "int64")


def _matched(cells: Cells, placed: Longs, luck: Luck) -> tuple[Longs, Longs]:
    """Cell and employer of each person, ordered by employer. Employers are drawn at random within function and band."""
    count = int(cells.people.sum())
    row = np.repeat(np.arange(len(cells.people)), cells.people)
    # People are sorted by function and band, and at random within them: 12 bits for the two, and 52 random bits below.
    cell_face = cells.codes[:, 0] * len(cells.words.band) + cells.codes[:, 1]
    face = cell_face[row].astype("uint64")
    bits = luck.bits("opening place", 0, np.arange(count)) >> np.uint64(12)
    row = row[np.argsort((face << np.uint64(52)) | bits, kind="stable")]
    # Places at employers are listed in the same order, function by function and band by band. So the two lists match.
    by_face = placed.transpose(1, 2, 0)  # (functions, bands, employers)
    each_employer = np.tile(np.arange(len(placed)), by_face[..., 0].size)
    employer = np.repeat(each_employer, by_face.ravel())
    order = np.argsort(employer, kind="stable")
    return row[order], employer[order]


def _lives(opening: Opening, cells: Cells, age: Longs, service: Longs, staff: Longs) -> tuple[Ints, Ints]:
    """Epoch days of birth and of the start of service, drawn together within each cell.

    Args:
        opening: the day and the draws.
        cells: the occupied cells.
        age: (n,) position of the age band of each person.
        service: (n,) position of the service band of each person.
        staff: (n,) identities.
    """
    # Intervals are [from, to) in complete years: the youngest have a birthday on the day, and the oldest are one day short
    # of the upper end. People in a band of service must also be old enough for the fewest years in it.
    on = opening.on
    ages = np.array([opening.margins.ages[name] for name in cells.words.age])
    years = np.array([opening.margins.years[name] for name in cells.words.service])
    at_least = np.maximum(ages[:, None, 0], years[None, :, 0] + ADULT)  # (ages, services)
    earliest = add_months(on, -12 * ages[:, 1]) + 1
    latest = add_months(on, -12 * at_least)
    born = _between(earliest[age], latest[age, service], opening.uniform("age", staff))
    # Then the start of service is drawn, from the first day of its band, or from the sixteenth birthday if that is later,
    # to the last day of the band.
    sixteen = add_months(born, 12 * ADULT)
    earliest_start = add_months(on, -12 * years[:, 1]) + 1
    first = np.maximum(earliest_start[service], sixteen)
    last = add_months(on, -12 * years[:, 0])[service]
    return born, _between(np.minimum(first, last), last, opening.uniform("service", staff))


def _between(first: Longs, last: Longs, uniform: Floats) -> Ints:
    """A day from `first` to `last`, both included."""
    return np.asarray(first + np.floor(uniform * (last - first + 1)), "int32")


def _points(opening: Opening, employer: Longs, band: Longs, service_from: Ints, staff: Longs) -> Bytes:
    """Pay points. The years in the band are a random part of all service.

    Each year is a point, unless the margins set the share of people at the top of their band. Then the people with the
    most years, relative to the band's number of points, are at the top. Other people's points are in proportion to their
    years, on a scale on which the fewest years of anyone at the top count as the last point.
    """
    years = complete_years(service_from, opening.on) * opening.uniform("years in band", staff)
    last = np.maximum(opening.points[band] - 1, 0)  # the top point of each person's band, counted from 0
    top = opening.margins.draws.top_of_band
    several = (last > 0) & (band != VSM)
    if top is not None and several.any():
        # `way` is how far people are through their band. The set share of people have `least` or more of it.
        way = years / np.maximum(last, 1)
        count = int(several.sum())
        rank = min(int((1.0 - top) * several.sum()), count - 1)
        least = np.sort(way[several])[rank]
        years = way / least * last if least > 0 else years
    point = np.minimum(np.floor(years), last)
    # The spot rates of very senior managers are not a scale that people climb, so they do not follow from years.
    senior = np.flatnonzero(band == VSM)
    if len(senior) and opening.points[VSM] == 2 * DIRECTOR_POINTS:
        point[senior] = _senior_points(opening, employer[senior], staff[senior])
    return point.astype("int8")


def _senior_points(opening: Opening, employer: Longs, staff: Longs) -> Longs:
    """Spot rates by residents (the highest for employers without residents), with one chief executive per employer."""
    steps = np.array(opening.margins.draws.vsm_residents, "int64")
    residents = np.array([body.population or 10**9 for body in opening.bodies])[employer]
    size = np.minimum(np.searchsorted(steps, residents, side="left"), DIRECTOR_POINTS - 1)
    # Sorted by employer and then at random: the first of each employer is its chief executive, whose rates follow those
    # of directors.
    order = np.lexsort((opening.uniform("chief executive", staff), employer))
    sorted_employer = employer[order]
    first = np.ones(len(order), bool)
    first[1:] = sorted_employer[1:] != sorted_employer[:-1]
    size[order[first]] += DIRECTOR_POINTS
    return size


def _contract_ends(opening: Opening, contract: Longs, staff: Longs) -> Ints:
    """The last day in post: whole months after the opening, less one day. NEVER for a permanent contract.

    The term that runs at the opening may be renewed when it ends, and so may each later term. The last day is that of
    the last term. The number of renewals is drawn once, so that a higher chance of renewal can only postpone the end.
    """
    draws = opening.margins.draws
    fewest, most = draws.fixed_term_months
    months = fewest + np.floor(opening.uniform("contract end", staff) * (most - fewest + 1))
    months += draws.renewed_months * _renewals(opening, staff)
    ends = add_months(opening.on, months.astype("int64")) - 1
    return np.where(contract == CONTRACTS.index("fixed-term"), ends, NEVER).astype("int32")


def _renewals(opening: Opening, staff: Longs) -> Longs:
    """How often each fixed term is renewed, (n,): a geometric number, at most `MOST_RENEWALS`."""
    chance = opening.margins.draws.fixed_term_renewed
    if not chance:
        return np.zeros(len(staff), "int64")
    # There are k renewals or more if the draw is at most the chance to the power k.
    drawn = np.maximum(opening.uniform("renewals", staff), 1e-300)
    times = np.floor(arithmetic.log(drawn) / float(arithmetic.log(chance)))
    return np.asarray(np.minimum(times, MOST_RENEWALS), "int64")


def _critical(opening: Opening, employer: Longs, skill: Floats, staff: Longs) -> Bools:
    """The set share of each employer's staff: people with the highest sum of skill and an equally variable random part."""
    # Sorted by employer and then from the highest score down. A person's rank is the position in this order, less the
    # position at which the employer's people begin.
    score = skill + opening.luck.normal("opening critical", 0, staff)
    order = np.lexsort((-score, employer))
    size = np.bincount(employer, minlength=len(opening.bodies))
    begins = np.cumsum(size) - size
    rank = np.empty(len(order), "int64")
    rank[order] = np.arange(len(order)) - begins[employer[order]]
    wanted = np.rint(opening.margins.draws.critical_share * size)
    return np.asarray(rank < wanted[employer])


def latents(spec: Latents, luck: Luck, staff: AnyArray) -> tuple[Floats, Floats, Floats]:
    """Skill, outside option and attitude of each person, (n,): standard normals with the correlations of `spec`.

    Args:
        spec: the correlations.
        luck: the draws.
        staff: (n,) identities, which key the draws.
    """
    first = luck.normal("opening skill", 0, staff)
    second = luck.normal("opening outside", 0, staff)
    third = luck.normal("opening attitude", 0, staff)
    # The Cholesky root of the correlation matrix, written by hand: a library's result differs between processors.
    own_outside = np.sqrt(1.0 - spec.skill_outside * spec.skill_outside)
    shared = (spec.outside_attitude - spec.skill_attitude * spec.skill_outside) / own_outside
    left = 1.0 - spec.skill_attitude * spec.skill_attitude - shared * shared
    own_attitude = np.sqrt(max(left, 0.0))
    outside = spec.skill_outside * first + own_outside * second
    attitude = spec.skill_attitude * first + shared * second + own_attitude * third
    return first, outside, attitude
