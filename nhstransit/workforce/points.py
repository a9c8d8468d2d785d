"""Finds positions in the pay table from spine points, points within the band, named steps, or pay itself."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import numpy as np

from nhstransit.arrays import AnyArray, Bools, Floats, Longs
from nhstransit.errors import shown
from nhstransit.toml import Named
from nhstransit.workforce.cells import LOCAL, MEDICAL, Point, point_of
from nhstransit.workforce.columns import BANDS, VSM, agenda_for_change
from nhstransit.workforce.extract import Column

_NEAR = 1.0  # pounds; pay within this of a point's pay counts as that point's
_CHIEF = 5  # position of the lowest spot rate for a chief executive


@attrs.frozen(eq=False, kw_only=True)
class PayTable:
    """The pay table of one day.

    Attributes:
        on: the epoch day.
        pence: by band, whole-time pence per year of each point; empty for a band without points.
        spine: by band, the lowest and highest spine point; empty if payrolls use no spine points.
        section_starts: epoch days on which the later sections of the pension scheme began.
    """

    on: int
    pence: tuple[tuple[int, ...], ...]
    spine: Named[tuple[int, int]] = attrs.field(factory=Named)
    section_starts: tuple[int, ...] = ()

    def limits(self, grade: AnyArray) -> tuple[Floats, Floats]:
        """Lowest and highest pay in pounds of each row's band, 0 if it has no points, (rows,) each."""
        banded = [(band, points) for band, points in zip(BANDS, self.pence, strict=True) if points]
        low = {band: points[0] / 100 for band, points in banded}
        high = {band: points[-1] / 100 for band, points in banded}
        # Very senior managers have spot rates, not a range, so their lowest rate is no limit.
        low.pop("VSM", None)
        # Each distinct grade is looked up once.
        names, codes = np.unique(grade.astype(str), return_inverse=True)
        return (
            np.array([low.get(name, 0.0) for name in names.tolist()])[codes],
            np.array([high.get(name, 0.0) for name in names.tolist()])[codes],
        )

    def steps(self, band: int) -> list[int]:
        """The points of a band at which its pay changes, including the first."""
        points = self.pence[band]
        # Since 2018 a step lasts several years, each of which is a point with the same pay.
        return [point for point in range(len(points)) if not point or points[point] != points[point - 1]]


@attrs.frozen(eq=False, kw_only=True)
class Placed:
    """The positions of rows in the pay table.

    Attributes:
        band, point: (rows,) positions; 0 if a row has none.
        pay_pence: (rows,) the row's own pay; 0 if the table's pay applies.
        table_pence: (rows,) pay in the table; 0 if it has none.
        too_low: (rows,) whether the pay is below the band.
        faults: for each fault, its rows, the text, what is wrong and what would be right.
        without: rows for which no pay can be found, and the reason.
        rules: rows, role of the column, and the rule that was applied.
    """

    band: Longs
    point: Longs
    pay_pence: Longs
    table_pence: Longs
    too_low: Bools
    faults: tuple[tuple[Bools, str, str, str], ...]
    without: tuple[tuple[Bools, str], ...]
    rules: tuple[tuple[Bools, str, str], ...]


def place(
    table: PayTable,
    grade: AnyArray,
    pay: Floats,
    years: Longs,
    column: Column | None,
    heading: str,
    *,
    style: str,
    chief: Bools,
) -> Placed:
    """The band, point and own pay of each row.

    Args:
        table: pay on the day of the extract.
        grade: (rows,) band, "VSM", "medical", "local", or "" if it is not known.
        pay: (rows,) whole-time pounds per year, 0 if none is given.
        years: (rows,) complete years since the start in the grade, or with the employer.
        column: the column of points, if there is one.
        heading: heading of the column of points.
        style: "spine" or "within-band", if the user gives the meaning of its numbers.
        chief: (rows,) whether the row's job title is chief executive.
    """
    rows = len(grade)
    band = np.zeros(rows, "int64")
    point = np.zeros(rows, "int64")
    own = np.zeros(rows, "int64")
    rules: list[tuple[Bools, str, str]] = []
    faults: list[tuple[Bools, str, str, str]] = []
    without: list[tuple[Bools, str]] = []
    too_low = np.zeros(rows, bool)
    pence = np.rint(pay * 100).astype("int64")
    given = _given_points(table, grade, years, column, heading, style, faults, rules)
    # A loop over bands, of which there are few; all rows of a band are placed together.
    for name in agenda_for_change():
        code = BANDS.index(name)
        mine = grade == name
        if not mine.any():
            continue
        band[mine] = code
        points = np.array(table.pence[code], "int64")
        # A band without a pay table on that day: only the row's own pay can be used.
        if not len(points):
            paid = mine & (pence > 0)
            own[paid] = pence[paid]
            without.append((mine & (pence == 0), f"band {name} has no pay points on that day, and no pay is given"))
            continue
        # A point in the column has precedence; without it, pay or years decide.
        known = mine & (given >= 0)
        point[known] = np.minimum(given, len(points) - 1)[known]
        _by_pay_or_years(points, mine & ~known, pence, years, point, own, too_low, rules, has_pay=bool((pay > 0).any()))
        of_point = points[np.minimum(point, len(points) - 1)]
        apart = known & (pence > 0) & (np.abs(of_point - pence) > 0.01 * pence)
        rules.append(
            (apart, "pay", "differs from the pay point's pay by more than 1 per cent: the point's pay is used")
        )
    _managers(table, grade == "VSM", pence, chief, band, point, own, without, rules)
    _own_pay(table, grade == LOCAL, pence, "local", band, point, own, without, rules)
    _own_pay(table, grade == MEDICAL, pence, "medical", band, point, own, without, rules)
    return Placed(
        band=band,
        point=point,
        pay_pence=own,
        table_pence=_table_pence(table, band, point),
        too_low=too_low,
        faults=tuple(faults),
        without=tuple(without),
        rules=tuple(rules),
    )


def _given_points(
    table: PayTable,
    grade: AnyArray,
    years: Longs,
    column: Column | None,
    heading: str,
    style: str,
    faults: list[tuple[Bools, str, str, str]],
    rules: list[tuple[Bools, str, str]],
) -> Longs:
    """The point within the band that the column gives each row, (rows,); −1 if none. Adds to `faults` and `rules`.

    Args:
        table: pay on the day of the extract.
        grade: (rows,) band or other grade.
        years: (rows,) complete years since the start.
        column: the column of points, if there is one.
        heading: its heading.
        style: meaning of its numbers, if the user gives it.
        faults: list to which faults are added.
        rules: list to which applied rules are added.
    """
    given = np.full(len(grade), -1, "int64")
    if column is None:
        return given
    # Each distinct pair of a grade and a text is read once, however many rows have it.
    names, name_of = np.unique(grade.astype(str), return_inverse=True)
    texts = len(column.words)
    pairs, pair_of = np.unique(name_of * texts + column.codes, return_inverse=True)
    read = [(str(names[pair // texts]), column.words[pair % texts]) for pair in pairs.tolist()]
    meant = [point_of(word) for _, word in read]
    points = [(name, point) for (name, _), point in zip(read, meant, strict=True) if point]
    kind = _style_of(table, points, heading, style)
    unplaced = np.zeros(len(grade), bool)
    for position, ((name, word), point) in enumerate(zip(read, meant, strict=True)):
        if name not in agenda_for_change():
            continue
        mine = pair_of == position
        band = BANDS.index(name)
        if point is None:
            faults.append(
                (mine, word, "", "give a spine point, a point within the band, or entry, intermediate or top")
            )
        elif point.blank:
            continue
        elif _other_band(point, name):
            right = f"give a point of band {name}, or correct the grade"
            faults.append(
                (mine, word, f"is {shown(word)}, a point of band {point.code}, but the grade is {name}", right)
            )
        # A named step lasts several years, and years in the grade decide which of its points applies.
        elif point.step:
            low, high = _step(table, band, point.step)
            if low < 0:
                faults.append((mine, word, "", f"band {name} has no such step: give entry or top"))
            given[mine] = np.clip(years[mine], low, high)
        elif kind == "both" and not point.coded:
            right = 'write points = "spine" or points = "within-band" in the mapping file'
            faults.append(
                (mine, word, f"is {shown(word)}, which may be a spine point or a point within band {name}", right)
            )
        # A spine point runs through all bands, so the band's lowest one is subtracted.
        elif point.coded or kind == "spine":
            if name not in table.spine:
                unplaced |= mine
                continue
            low, high = table.spine[name]
            if not low <= point.number <= high:
                right = f"spine points of band {name} are {low} to {high}"
                faults.append((mine, word, f"is {shown(word)} in band {name}", right))
            given[mine] = point.number - low
        # A numbered step, from 1, ends where the next one begins.
        elif kind == "step":
            steps = table.steps(band)
            if point.number > len(steps):
                faults.append((mine, word, f"is {shown(word)} in band {name}", f"it has {len(steps)} steps"))
                continue
            ends = [*steps[1:], len(table.pence[band])]
            lowest = steps[point.number - 1]
            highest = ends[point.number - 1] - 1
            given[mine] = np.clip(years[mine], lowest, highest)
        elif kind == "within-band":
            count = len(table.pence[band])
            if point.number > count:
                faults.append((mine, word, f"is {shown(word)} in band {name}", f"points within it are 1 to {count}"))
            given[mine] = point.number - 1
        else:
            unplaced |= mine
    rules.append(
        (unplaced, "point", "a spine point, but payrolls had no spine points in that year: placed by pay, or by years")
    )
    return given


def _other_band(point: Point, name: str) -> bool:
    """Whether the code of a point means another band. Payrolls write the codes of bands 8 and 9 in several ways."""
    return bool(point.code) and point.code in "1234567" and point.code != name


def _style_of(table: PayTable, points: list[tuple[str, Point]], heading: str, style: str) -> str:
    """The meaning of a column's plain numbers: "spine", "within-band", "step", "both" if it is ambiguous, or ""."""
    if style:
        return style
    banded = agenda_for_change()
    plain = [(name, point.number) for name, point in points if point.number and not point.coded and name in banded]
    # First the heading, as far as it is clear.
    lowered = heading.lower()
    if "spin" in lowered or lowered.strip() == "scp":
        return "spine"
    # In years without spine points, numbers are points within the band or steps.
    if not table.spine:
        if lowered.strip() == "point":
            return "within-band"
        return "step" if "step" in lowered else ""
    if not plain:
        return "spine"
    tests: dict[str, Callable[[str, int], bool]] = {
        "spine": lambda name, number: table.spine[name][0] <= number <= table.spine[name][1],
        "within-band": lambda name, number: number <= len(table.pence[BANDS.index(name)]),
    }
    # Then the numbers: which of the two readings is possible for more of them.
    fits = {kind: sum(test(name, number) for name, number in plain) for kind, test in tests.items()}
    if fits["spine"] == fits["within-band"] == len(plain):
        # In a band whose spine begins at 1, both readings mean the same point.
        same = all(table.spine[name][0] == 1 for name, _ in plain)
        return "within-band" if same or lowered.strip() == "point" else "both"
    return max(fits, key=lambda kind: fits[kind])


def _step(table: PayTable, band: int, name: str) -> tuple[int, int]:
    """First and last point of the named step; −1 if the band has no such step."""
    steps = table.steps(band)
    last = len(table.pence[band]) - 1
    if name == "entry":
        return 0, (steps[1] - 1 if len(steps) > 1 else last)
    if name == "top":
        return steps[-1], last
    # Intermediate: all steps between the first and the last.
    if len(steps) > 2:
        return steps[1], steps[-1] - 1
    return -1, -1


def _by_pay_or_years(
    points: Longs,
    mine: Bools,
    pence: Longs,
    years: Longs,
    point: Longs,
    own: Longs,
    too_low: Bools,
    rules: list[tuple[Bools, str, str]],
    *,
    has_pay: bool,
) -> None:
    """Place the rows of one band that give no point: by their pay, or with one point per complete year.

    It writes to `point`, `own`, `too_low` and `rules`.
    """
    paid = mine & (pence > 0)
    # The first point whose pay is at least the given pay, less the tolerance.
    at = np.searchsorted(points, pence - round(_NEAR * 100))
    first = np.minimum(at, len(points) - 1)
    exact = paid & (np.abs(points[first] - pence) <= _NEAR * 100)
    # Several points may have the same pay; years decide among them.
    last = np.searchsorted(points, points[first], side="right") - 1
    point[exact] = np.clip(years, first, last)[exact]
    rules.append((exact, "point", "no point given: the point with the given pay is used"))
    # Pay between two points: the row's own pay, and the point below for increments.
    off = paid & ~exact
    below = np.searchsorted(points, pence, side="right") - 1
    point[off] = np.maximum(below, 0)[off]
    own[off] = pence[off]
    too_low |= off & (pence < points[0] * 0.99)
    rules.append(
        (off & ~too_low, "pay", "is not the pay of any point: the pay is used as it is, with the point below it")
    )
    unpaid = mine & (pence == 0)
    point[unpaid] = np.minimum(years, len(points) - 1)[unpaid]
    reason = "neither point nor pay given" if has_pay else "no point given"
    rules.append(
        (
            unpaid,
            "point",
            f"{reason}: one point is counted for each complete year since the start, up to the band's last",
        )
    )


def _managers(
    table: PayTable,
    mine: Bools,
    pence: Longs,
    chief: Bools,
    band: Longs,
    point: Longs,
    own: Longs,
    without: list[tuple[Bools, str]],
    rules: list[tuple[Bools, str, str]],
) -> None:
    """Place very senior managers: at their own pay, or at the spot rates if the table has them."""
    band[mine] = VSM
    own[mine] = pence[mine]
    unpaid = mine & (pence == 0)
    rates = len(table.pence[VSM])
    if not rates:
        without.append((unpaid, "a very senior manager without pay: give pay_pounds for the grade in the mapping file"))
        return
    point[unpaid & chief] = min(_CHIEF, rates - 1)
    rule = (
        "a very senior manager without pay: given the lowest spot rate, or a chief executive's if the job title says so"
    )
    rules.append((unpaid, "grade", rule))


def _own_pay(
    table: PayTable,
    mine: Bools,
    pence: Longs,
    what: str,
    band: Longs,
    point: Longs,
    own: Longs,
    without: list[tuple[Bools, str]],
    rules: list[tuple[Bools, str, str]],
) -> None:
    """Place local and medical grades with their own pay, in the lowest band whose range of pay includes it."""
    if not mine.any():
        return
    without.append(
        (mine & (pence == 0), f"a {what} grade without pay: give pay_pounds for the grade in the mapping file")
    )
    paid = mine & (pence > 0)
    own[paid] = pence[paid]
    # Bands with a pay table, lowest first. The first whose highest pay is enough; above all of them, the last.
    banded = [code for code in map(BANDS.index, agenda_for_change()) if table.pence[code]]
    tops = np.array([table.pence[code][-1] for code in banded])
    places = np.minimum(np.searchsorted(tops, pence), len(banded) - 1)
    codes = np.array(banded)[places]
    band[paid] = codes[paid]
    for code in np.unique(codes[paid]).tolist():
        here = paid & (codes == code)
        points = np.array(table.pence[code])
        point[here] = np.maximum(np.searchsorted(points, pence[here], side="right") - 1, 0)
    rules.append((paid, "grade", f"a {what} grade: its own pay is used, in the band whose pay is nearest"))


def _table_pence(table: PayTable, band: Longs, point: Longs) -> Longs:
    """Pay in the table, (rows,)."""
    # Rows of different lengths in one grid, in which a band's last point is repeated. A band without points has zeros.
    width = max(map(len, table.pence))
    grid = np.zeros((len(BANDS), width), "int64")
    for code, points in enumerate(table.pence):
        if points:
            grid[code] = [*points, *[points[-1]] * (width - len(points))]
    return np.asarray(grid[band, np.clip(point, 0, width - 1)])
