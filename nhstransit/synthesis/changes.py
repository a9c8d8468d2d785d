"""Single numbers of the margins, each reached by a path: `function.finance`.

| path | number |
|---|---|
| `base.total` | staff in the base that is used; its parts stay in proportion |
| `base.pct` | size of one kind of employer (or of one employer) in it |
| `function.finance` | share of all people; the other shares of the row are scaled so that all add up to 1 |
| `hours.sex.female.60` | share of one category within another; the other shares are scaled in the same way |
| `mix.sha.8a` | share of one band in one kind of employer |
| `median.service.band.VSM` | median years of service in one band |
| `tilt.band.age` | how strongly two variables go together |
| `odds.band.function.corporate.2` | relative odds of a category within another |
| `latents.skill_outside` | a correlation |
| `draws.critical_share`, `draws.vacant`, `draws.fixed_term_months` | what is drawn after the cells are filled |

If some shares of a row are set, the others are scaled to the remainder. If all are set, they are scaled to add up to 1,
so that a study can vary them together. The sizes of a base are scaled in the same way to a total that is set.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from nhstransit.errors import InputError, StaffError, check_kind, gathered, nearest
from nhstransit.synthesis.margins import TOTAL, Base, Draws, Margin, Margins, Median, Mix, Odds, Tilt, in_proportion
from nhstransit.toml import Named, joined, names_in

_MONTHS = "fixed_term_months"
_DRAWS = {  # single numbers of the draws that can be set, with their units
    "critical_share": "share of staff",
    "fixed_term_renewed": "chance at the end of each term",
    "vacant": "share of posts",
    "top_of_band": "share of staff",
}
_LATENTS = ("skill_outside", "skill_attitude", "outside_attitude")


@attrs.frozen(kw_only=True)
class MarginNumber:
    """One number of the margins: its path, the number, its unit, the part that it is in, and its plausible range."""

    path: str
    value: float
    unit: str
    part: Any  # with `sources` and `quality`
    range: tuple[float, float] | None = None


def margins_with(margins: Margins, base: str, changes: Mapping[str, float]) -> Margins:
    """The margins with some numbers set to other values by path. Paths to sizes mean the base named `base`.

    Args:
        margins: the margins to start from.
        base: name of the base.
        changes: new numbers by path.

    Raises:
        StaffError: for paths that do not exist, and for numbers that are not allowed there.
    """
    check_kind("margins", margins, Margins)
    check_kind("base", base, str, "give text")
    check_kind("changes", changes, Mapping, "give a mapping, such as a dictionary")
    if not changes:
        return margins
    # All wrong paths are reported at once, before anything is changed.
    known = {number.path: number for number in numbers_in(margins, base)}
    found: list[InputError] = []
    for path, number in changes.items():
        if path not in known:
            found.append(StaffError(path, "does not exist", nearest(path, known)))
        elif isinstance(known[path].value, int) and number != round(number):
            found.append(StaffError(path, f"is {number:g}", "give a whole number"))
    if found:
        raise gathered(found)
    # A number that is set to its own value must not scale the others of its row, not even by a rounding error.
    new = {path: number for path, number in changes.items() if known[path].value != number}
    return _changed(margins, base, new) if new else margins


def margin_at(margins: Margins, base: str, path: str) -> float:
    """The number of the margins at a path. Raises StaffError for a path that does not exist.

    Args:
        margins: the margins.
        base: name of the base.
        path: path to the number.
    """
    check_kind("margins", margins, Margins)
    check_kind("base", base, str, "give text")
    check_kind("path", path, str, "give text")
    known = {number.path: number.value for number in numbers_in(margins, base)}
    canonical = joined(*names_in(path))
    if canonical not in known:
        raise StaffError(path, "does not exist", nearest(path, known))
    return known[canonical]


def numbers_in(margins: Margins, base: str) -> Iterator[MarginNumber]:
    """Every number of the margins that has a path, first those of the base named `base`."""
    check_kind("margins", margins, Margins)
    check_kind("base", base, str, "give text")
    yield from _of_base(margins.heads_base(base))
    for margin in margins.margin:
        if not margin.counts:  # counts cover everyone, so none can be changed alone
            yield from _of_margin(margin)
    for mix in margins.mix:
        for name, share in mix.shares.items():
            span = _span(mix, "", mix.shares, name)
            path = joined("mix", mix.kind, name)
            yield MarginNumber(path=path, value=share, unit="share of people", part=mix, range=span)
    for median in margins.median:
        path = joined("median", median.of, median.within, median.group)
        yield MarginNumber(path=path, value=median.years, unit="years", part=median, range=_pair(median.range))
    for tilt in margins.tilt:
        yield MarginNumber(
            path=joined("tilt", *tilt.of), value=tilt.strength, unit="log odds", part=tilt, range=_pair(tilt.range)
        )
    for odds in margins.odds:
        for group, row in odds.by.items():
            for name, item in row.items():
                path = joined("odds", odds.of, odds.within, group, name)
                span = (item / odds.spread, item * odds.spread) if odds.spread else None
                yield MarginNumber(path=path, value=item, unit="relative odds", part=odds, range=span)
    for name in _LATENTS:
        yield MarginNumber(
            path=joined("latents", name),
            value=getattr(margins.latents, name),
            unit="correlation",
            part=margins.latents,
            range=_pair(margins.latents.ranges.get(name, ())),
        )
    yield from _of_draws(margins.draws)


def _of_draws(draws: Draws) -> Iterator[MarginNumber]:
    """The numbers in `_DRAWS`, and the most months until a fixed-term contract ends."""
    numbers: list[tuple[str, float, str]] = []
    for name, unit in _DRAWS.items():
        value = getattr(draws, name)
        if value is not None:  # None switches a part of the method off, so there is no number to vary
            numbers.append((name, value, unit))
    numbers.append((_MONTHS, draws.fixed_term_months[-1], "months at most"))
    for name, value, unit in numbers:
        span = _pair(draws.ranges.get(name, ()))
        yield MarginNumber(path=joined("draws", name), value=value, unit=unit, part=draws, range=span)


def _as_set(total: float) -> float:
    """A total rounded to 12 digits. So it equals the number that was set, in spite of rounding errors in its parts."""
    return total if isinstance(total, int) else float(f"{total:.12g}")


def _of_base(base: Base) -> Iterator[MarginNumber]:
    total = _as_set(sum(base.sizes.values()))
    span = _pair(base.ranges.get(TOTAL, ()))
    yield MarginNumber(path=joined("base", TOTAL), value=total, unit=base.unit, part=base, range=span)
    for name, size in base.sizes.items():
        span = _pair(base.ranges.get(name, ()))
        yield MarginNumber(path=joined("base", name), value=size, unit=base.unit, part=base, range=span)


def _of_margin(margin: Margin) -> Iterator[MarginNumber]:
    for group, row in margin.rows():
        if len(row) == 1:
            continue  # everyone of the group is in one category: no share can be varied
        for name, share in row.items():
            names = (margin.of, margin.within, group, name) if group else (margin.of, name)
            span = _span(margin, group, row, name)
            yield MarginNumber(path=joined(*names), value=share, unit="share of people", part=margin, range=span)


def _span(margin: Margin | Mix, group: str, row: Named[Any], name: str) -> tuple[float, float] | None:
    """The range of one share: its own, the complement of the range of the only other share, or from `spread`.

    A range of shares within another variable is for all groups together, so it is not the range of a single number.
    """
    own = {} if group else margin.ranges
    if name in own:
        return _pair(own[name])
    others = [other for other in row if other != name]
    if len(others) == 1 and others[0] in own:
        low, high = own[others[0]]
        return 1.0 - high, 1.0 - low
    # A factor of the odds keeps both ends between 0 and 1. A share of 0 or 1 has no finite odds, and so no range.
    share = row[name]
    if not margin.spread or not 0 < share < 1:
        return None
    odds = share / (1.0 - share)
    low = odds / margin.spread
    high = odds * margin.spread
    return low / (1.0 + low), high / (1.0 + high)


def _pair(ends: tuple[float, ...]) -> tuple[float, float] | None:
    return (ends[0], ends[1]) if ends else None


def _changed(margins: Margins, base: str, new: Mapping[str, float]) -> Margins:
    """The margins with these numbers, whose paths are known to exist."""
    # Each part picks its own numbers from `new` by their paths, and is unchanged if there are none.
    parts = {"latents": _fields_with(margins.latents, "latents", new)}
    parts["draws"] = _draws_with(margins.draws, new)
    parts["base"] = margins.base.having(base, _base_with(margins.heads_base(base), new))
    parts["margin"] = tuple(_margin_with(margin, new) for margin in margins.margin)
    parts["mix"] = tuple(_mix_with(mix, new) for mix in margins.mix)
    parts["median"] = tuple(_median_with(median, new) for median in margins.median)
    parts["tilt"] = tuple(_tilt_with(tilt, new) for tilt in margins.tilt)
    parts["odds"] = tuple(_odds_with(odds, new) for odds in margins.odds)
    return attrs.evolve(margins, **parts)


def _mix_with(mix: Mix, new: Mapping[str, float]) -> Mix:
    return attrs.evolve(mix, shares=_row_with(mix.shares, ("mix", mix.kind), new, scaled=True))


def _median_with(median: Median, new: Mapping[str, float]) -> Median:
    path = joined("median", median.of, median.within, median.group)
    return attrs.evolve(median, years=new.get(path, median.years))


def _tilt_with(tilt: Tilt, new: Mapping[str, float]) -> Tilt:
    path = joined("tilt", *tilt.of)
    return attrs.evolve(tilt, strength=new.get(path, tilt.strength))


def _odds_with(odds: Odds, new: Mapping[str, float]) -> Odds:
    return attrs.evolve(odds, by=_rows_with(odds.by, ("odds", odds.of, odds.within), new))


def _fields_with(part: Any, name: str, new: Mapping[str, float]) -> Any:
    """A part with all fields that are set changed at once."""
    fields = [field.name for field in attrs.fields(type(part))]
    wanted = {field: new[joined(name, field)] for field in fields if joined(name, field) in new}
    return attrs.evolve(part, **wanted) if wanted else part


def _draws_with(draws: Draws, new: Mapping[str, float]) -> Draws:
    """The draws with the numbers that are set. For the months of a fixed term, only the most can be set."""
    path = joined("draws", _MONTHS)
    others = {name: item for name, item in new.items() if name != path}
    plain: Draws = _fields_with(draws, "draws", others)
    if path not in new:
        return plain
    fewest = min(draws.fixed_term_months[0], int(new[path]))
    return attrs.evolve(plain, fixed_term_months=(fewest, int(new[path])))


def _base_with(base: Base, new: Mapping[str, float]) -> Base:
    """The base with sizes that are set. If a total is set, the other sizes are scaled so that all add up to it."""
    # Numbers of people are whole and WTE are not, so a size is converted to the type that it has in the file.
    sizes = base.sizes
    given = {}
    for name, size in sizes.items():
        path = joined("base", name)
        if path in new:
            given[name] = type(size)(new[path])
    total = new.get(joined("base", TOTAL))
    if total is None:
        return base.having(Named({**sizes, **given}))
    others = Named({name: size for name, size in sizes.items() if name not in given})
    if not others:
        return base.having(in_proportion(Named(given), total))
    rest = total - sum(given.values())
    if rest < 0 or not sum(others.values()):
        wrong = f"is {total:g}, but the sizes that are set add up to {sum(given.values()):g}"
        raise StaffError(joined("base", TOTAL), wrong, "give a larger total, or smaller parts")
    filled = in_proportion(others, rest)
    return base.having(Named({name: given.get(name, filled.get(name)) for name in sizes}))


def _margin_with(margin: Margin, new: Mapping[str, float]) -> Margin:
    if margin.counts:
        return margin
    if margin.by:
        rows = {
            group: _row_with(row, (margin.of, margin.within, group), new, scaled=True)
            for group, row in margin.by.items()
        }
        return attrs.evolve(margin, by=Named(rows))
    return attrs.evolve(margin, shares=_row_with(margin.shares, (margin.of,), new, scaled=True))


def _rows_with(rows: Named[Named[float]], before: tuple[str, ...], new: Mapping[str, float]) -> Named[Named[float]]:
    return Named({group: _row_with(row, (*before, group), new, scaled=False) for group, row in rows.items()})


def _row_with(row: Named[float], before: tuple[str, ...], new: Mapping[str, float], *, scaled: bool) -> Named[float]:
    """A row with some of its numbers set. For shares, the others are scaled so that all add up to 1."""
    given = {name: new[joined(*before, name)] for name in row if joined(*before, name) in new}
    if not given:
        return row
    others = {name: item for name, item in row.items() if name not in given}
    if not scaled:
        return Named({**others, **given})
    total = sum(given.values())
    rest = sum(others.values())
    where = joined(*before, min(given))
    # If a study sets every share of a row, the shares are relative to one another.
    if not others and len(row) > 1 and min(given.values()) >= 0 and total > 0:
        return Named({name: given[name] / total for name in row})
    # Otherwise the shares that are set keep their values, and the other shares are scaled to the remainder.
    if min(given.values()) < 0 or total > 1 + 1e-9:
        raise StaffError(
            where, f"the shares set here add up to {total:g}", "give shares of 0 or more that add up to 1 at most"
        )
    if rest == 0 and abs(total - 1) > 1e-9:
        raise StaffError(
            where, f"leaves a share of {1 - total:g} without a group", "give another group of the row a share above 0"
        )
    factor = max(1 - total, 0.0) / rest if rest else 0.0
    scaled_others = {name: item * factor for name, item in others.items()}
    return Named({**scaled_others, **given})
