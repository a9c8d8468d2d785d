"""The opening staff: made once from margins, a list of employers and a staff seed, and cached by content."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import numpy as np

from nhstransit import arithmetic
from nhstransit.arrays import Bools, Floats, Ints, Longs
from nhstransit.dates import epoch_day
from nhstransit.errors import StaffError, check_kind, check_several, nearest
from nhstransit.law import Law
from nhstransit.organisations.bodies import Organisation
from nhstransit.rounding import largest_remainder
from nhstransit.streams import Luck
from nhstransit.synthesis.cells import employers_of, fill, fitted_shares, summed_shares, words_of
from nhstransit.synthesis.kept import kept_or_made
from nhstransit.synthesis.margins import VARIABLES, Base, Draws, Margins
from nhstransit.synthesis.people import Opening, people_of
from nhstransit.toml import Named
from nhstransit.workforce.columns import Workforce

METHOD = 3  # increase it when the way people are drawn changes
KEPT = 8  # opening workforces in the cache
_KEPT: OrderedDict[str, Workforce] = OrderedDict()


def synthesise(
    margins: Margins,
    bodies: Sequence[Organisation],
    functions: Sequence[str],
    *,
    base: str,
    staff_seed: int,
    on: dt.date,
    first_staff: int = 0,
    law: Law | None = None,
) -> Workforce:
    """The workforce on a day: whole people who meet every margin, divided over the employers that exist on that day.

    The same arguments produce the same people, byte for byte. They are made once and cached by content.

    Args:
        margins: what is known and assumed about them.
        bodies: all organisations of the scenario, in its order. Organisations founded later get nobody.
        functions: all functions of the scenario, in its order.
        base: name of one of `margins.base`.
        staff_seed: root of all random draws, 0 to 2⁶³−1.
        on: the opening day.
        first_staff: the lowest identity; the others follow.
        law: the law, for pay points and pension sections; by default the bundled law.

    Raises:
        StaffError: for margins that contradict each other, an unknown base or function, or a kind without any
            organisation.
    """
    check_kind("margins", margins, Margins)
    check_several("bodies", bodies)
    check_several("functions", functions)
    check_kind("base", base, str, "give text")
    check_kind("on", on, dt.date, "give a date, such as datetime.date(2010, 9, 15)")
    key = opening_key(
        margins,
        bodies,
        functions,
        base=base,
        staff_seed=staff_seed,
        on=on,
        first_staff=first_staff,
        law=law,
    )
    # Two stores: `_KEPT` in memory for this process, and files for later ones. In memory, the order is that of last use,
    # and the workforce that was not used for the longest time is removed.
    if key not in _KEPT:
        luck = Luck(staff_seed)
        law = law or Law.bundled()
        opening = Opening(margins, bodies, tuple(functions), epoch_day(on), _points(on, law), luck, law, first_staff)
        names = tuple(body.name for body in bodies)
        _KEPT[key] = kept_or_made(key, names, tuple(functions), lambda: _make(opening, base, on))
        if len(_KEPT) > KEPT:
            _KEPT.popitem(last=False)
    _KEPT.move_to_end(key)
    return _KEPT[key]


def opening_key(
    margins: Margins,
    bodies: Sequence[Organisation],
    functions: Sequence[str],
    *,
    base: str,
    staff_seed: int,
    on: dt.date,
    first_staff: int = 0,
    law: Law | None = None,
) -> str:
    """SHA-256, in hexadecimal, of everything that determines the opening workforce.

    Args:
        margins, bodies, functions, base, staff_seed, on, first_staff, law: as in `synthesise`.
    """
    check_kind("margins", margins, Margins)
    check_several("bodies", bodies)
    check_several("functions", functions)
    check_kind("base", base, str, "give text")
    check_kind("on", on, dt.date, "give a date, such as datetime.date(2010, 9, 15)")
    # Of the organisations and the law only what affects the staff is in the key. So a change of posts or pay does not make
    # the same people again.
    places = [
        (body.name, body.kind, body.population, body.size, body.sized_by, body.founded, body.closes) for body in bodies
    ]
    table = (_points(on, law).tolist(), _sections(on, law))
    whole = (METHOD, margins, places, tuple(functions), base, staff_seed, on, first_staff, *table)
    return hashlib.sha256(repr(whole).encode()).hexdigest()


def forget() -> None:
    """Clear the cache of opening workforces."""
    _KEPT.clear()


def _points(on: dt.date, law: Law | None) -> Ints:
    """Number of pay points of each band on the day."""
    return (law or Law.bundled()).points(epoch_day(on))


def _sections(on: dt.date, law: Law | None) -> tuple[int, ...]:
    """First days of the pension's later sections, by the law of the day."""
    return (law or Law.bundled()).pension_starts(epoch_day(on))


def _make(opening: Opening, base: str, on: dt.date) -> Workforce:
    margins = opening.margins
    functions = opening.functions
    words = words_of(margins)
    for name in words.function:
        if name not in functions:
            where = f"margin of function: {name}"
            raise StaffError(where, "is not a function of the scenario", nearest(name, functions))
    # The base may be in WTE. The fitted shares of hours give the mean WTE per person, by which it is divided.
    shares = fitted_shares(margins, words).table
    hours = np.array([int(name) / 100 for name in words.hours])
    participation = float(arithmetic.dot(hours, summed_shares(shares, (VARIABLES.index("hours"),))))
    heads = headcounts(margins.heads_base(base), opening.bodies, participation, on)
    _check_counts(margins, int(heads.sum()))
    cells = fill(margins, words, shares, int(heads.sum()), opening.luck)
    start = float(opening.luck.uniform("opening employers", 0, [0])[0])
    return people_of(opening, cells, employers_of(cells, heads, start, _mixes(opening, words.band)))


def _mixes(opening: Opening, bands: Sequence[str]) -> list[tuple[Bools, Floats]]:
    """Which employers have a band mix of their own, (employers,), and its shares, (bands,)."""
    kinds = [body.kind for body in opening.bodies]
    found = []
    for mix in opening.margins.mix:
        mine = np.array([kind == mix.kind for kind in kinds])
        shares = np.array([mix.shares.get(band, 0.0) for band in bands])
        found.append((mine, shares))
    return found


def headcounts(base: Base, bodies: Sequence[Organisation], participation: float, on: dt.date) -> Longs:
    """People in each organisation, (b,).

    A kind's total is its number of people, or its WTE divided by `participation`. The organisations of the kind get it
    by largest remainder: in proportion to `size` if every one was counted (`sized_by`), otherwise in proportion to
    residents if every one has some, otherwise evenly.

    Args:
        base: number of staff by kind or organisation.
        bodies: all organisations of the scenario.
        participation: mean whole-time equivalent per person.
        on: the opening day.

    Raises:
        StaffError: for a kind or organisation that does not exist on the day.
    """
    here = [place for place, body in enumerate(bodies) if body.founded is None or body.founded <= on]
    heads = np.zeros(len(bodies), "int64")
    if base.heads:
        names = {bodies[place].name: place for place in here}
        for name, count in base.heads.items():
            if name not in names:
                raise StaffError(f"base: {name}", f"is not an organisation on {on}", nearest(name, names))
            heads[names[name]] = count
        return heads
    # The total is rounded once, then divided over kinds, and each kind over its organisations. So all levels add up.
    total = sum(base.people.values()) or round(sum(base.wte.values()) / participation)
    sizes: Named[Any] = base.people or base.wte
    counts = largest_remainder(total, list(sizes.values())).tolist()
    for kind, count in zip(sizes, counts, strict=True):
        places = [place for place in here if bodies[place].kind == kind]
        if count and not places:
            raise StaffError(f"base: {kind}", f"has no organisation on {on}", "add one, or leave the kind out")
        heads[places] = largest_remainder(count, _weights([bodies[place] for place in places]))
    return heads


def vacancies(draws: Draws, bodies: Sequence[Organisation], people: Workforce) -> Longs:
    """Posts that nobody holds at the opening, (bodies,): the given share of all posts of employers of some kinds.

    Args:
        draws: the share and the kinds.
        bodies: all organisations of the scenario.
        people: the opening staff.
    """
    # The share is of all posts and not of people: with a share v, there are v / (1 − v) vacant posts per person.
    heads = np.bincount(people.employer, minlength=len(bodies))
    mine = np.array([body.kind in draws.vacant_kinds for body in bodies], bool)
    vacant = np.rint(heads * (draws.vacant / (1.0 - draws.vacant)))
    return np.where(mine, vacant, 0).astype("int64")


def _weights(bodies: Sequence[Organisation]) -> list[int]:
    """The weights by which the staff of a kind are divided over its organisations, (organisations,)."""
    # A measure that only some organisations have cannot be used: the others would get nobody.
    sizes = [body.size for body in bodies]
    if all(body.sized_by for body in bodies) and any(sizes):
        return sizes
    residents = [body.population for body in bodies]
    return residents if all(residents) else [1] * len(bodies)


def _check_counts(margins: Margins, heads: int) -> None:
    """Check that counts add up to these people."""
    for margin in margins.margin:
        total = sum(margin.counts.values())
        if margin.counts and total != heads:
            wrong = f"counts {total:,} people, but the base has {heads:,}"
            raise StaffError(f"margin of {margin.name}", wrong, "give counts of the same people, or shares")
