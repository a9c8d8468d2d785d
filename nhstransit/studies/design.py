"""Designs: which points of a parameter space to run, as scenarios or as draws."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import attrs
import numpy as np

from nhstransit.arrays import Floats, plain
from nhstransit.errors import SweepError, check_kind
from nhstransit.phrases import number_of
from nhstransit.scenario import Scenario, names_in
from nhstransit.scenario.draws import Draws
from nhstransit.scenario.paths import ON, is_whole
from nhstransit.streams import Luck
from nhstransit.studies.statistics import real

SOBOL_BITS = 30


@attrs.frozen(init=False)
class Levels:
    """A list of values for one path, such as `Levels("policies.mars.payback_months", 12, 18, 24)`."""

    path: str
    values: tuple[Any, ...]

    def __init__(self, path: str, *values: Any) -> None:
        values = tuple(plain(item) for item in values)
        if not values or len(set(map(repr, values))) != len(values):
            raise SweepError(
                f"levels of {path}", f"are {values!r}", "give at least one value, and each value only once"
            )
        self.__attrs_init__(path, values)


@attrs.frozen
class Range:
    """A closed interval for one path, from `low` to `high`: numbers, or dates.

    If the scenario has a whole number at the path, the values in the range are whole numbers too.
    """

    path: str
    low: Any = attrs.field(converter=plain)
    high: Any = attrs.field(converter=plain)

    def __attrs_post_init__(self) -> None:
        dates = isinstance(self.low, dt.date) and isinstance(self.high, dt.date)
        if not (dates or (real(self.low) and real(self.high))) or self.high <= self.low:
            # Dates and numbers have no common order, so both ends must be of the same kind.
            wrong = f"is given as {self.low!r} to {self.high!r}"
            raise SweepError(f"range of {self.path}", wrong, "give two numbers, or two dates, the lower first")

    def ends(self, whole: bool) -> tuple[Any, Any]:
        """The lowest and the highest value."""
        if not whole:
            return self.low, self.high
        first = math.ceil(self.low)
        last = math.floor(self.high)
        if last < first:
            raise SweepError(f"range of {self.path}", "contains no whole number", "give a wider range")
        return first, last

    def values(self, shares: Floats, whole: bool) -> tuple[Any, ...]:
        """The values at positions in the range, given as shares from low (0) to high (1), (n,).

        Whole numbers and dates divide the range into equal parts.
        """
        if isinstance(self.low, dt.date):
            days = (self.high - self.low).days + 1
            return tuple(self.low + dt.timedelta(days=int(day)) for day in _steps(shares, days))
        if not whole:
            return tuple((self.low + shares * (self.high - self.low)).tolist())
        first, last = self.ends(whole)
        return tuple(int(first + step) for step in _steps(shares, last - first + 1))


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class Design(Mapping[str, Scenario]):
    """Variants of a base scenario: a mapping from names such as "quota=0.05" to scenarios, built on request.

    `sweep` accepts a design as its scenarios. It also accepts `design.draws`, the points as rows of values, as draws.
    """

    base: Scenario
    draws: Draws

    @property
    def names(self) -> tuple[str, ...]:
        """The points' names, in order."""
        return _names(self.draws)

    def __getitem__(self, name: str) -> Scenario:
        return self.draws.world(self.base, self.names.index(name)) if name in self.names else _no_point(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.draws)

    def items(self) -> Any:
        """Pairs of a name and a scenario."""
        return [(name, self.draws.world(self.base, place)) for place, name in enumerate(self.names)]

    def __repr__(self) -> str:
        return f"Design({len(self)} points over {', '.join(self.draws.paths)})"


def grid(scenario: Scenario, *levels: Levels) -> Design:
    """Every combination of the levels; the last level changes fastest.

    Raises:
        ScenarioError: for a path that does not exist, and for a value that is not allowed at its path.
    """
    _check_parts(scenario, levels, Levels)
    return _design(scenario, levels, product(*(level.values for level in levels)))


def zipped(scenario: Scenario, *levels: Levels) -> Design:
    """The levels in parallel: the first value of each, then the second of each, and so on. Errors as for `grid`."""
    _check_parts(scenario, levels, Levels)
    # Unequal lengths would leave some values without partners.
    counts = {level.path: len(level.values) for level in levels}
    if len(set(counts.values())) > 1:
        lengths = ", ".join(f"{path} has {number_of(count, 'value')}" for path, count in counts.items())
        raise SweepError("zipped levels", f"differ in length: {lengths}", "give every path the same number of values")
    return _design(scenario, levels, zip(*(level.values for level in levels), strict=True))


def crossed(*designs: Design) -> Design:
    """Every combination of a point from each design; the last design changes fastest.

    Raises:
        SweepError: for no designs, and for designs with different base scenarios.
    """
    for design in designs:
        check_kind("crossed", design, Design, "give designs, such as grid(scenario, Levels(...))")
    if not designs or any(design.base != designs[0].base for design in designs):
        raise SweepError("crossed designs", "have different base scenarios", "make all of them from the same scenario")
    paths = [path for design in designs for path in design.draws.paths]
    rows = [sum(parts, ()) for parts in product(*(design.draws.rows for design in designs))]
    return Design(base=designs[0].base, draws=Draws(paths=tuple(paths), rows=tuple(rows)))


def latin_hypercube(scenario: Scenario, *ranges: Range, points: int, seed: int = 0) -> Design:
    """A Latin hypercube: each range is divided into `points` equal parts, and each part has one point at random.

    The method is by McKay, Beckman and Conover (1979), Technometrics 21(2).

    Args:
        scenario: the base scenario.
        ranges: the ranges to vary, one for each path.
        points: the number of points.
        seed: the seed of the random positions and orders.

    Raises:
        ScenarioError: as for `grid`.
    """
    _check_parts(scenario, ranges, Range)
    points = _checked_points(points)
    luck = Luck(seed)
    numbers = np.arange(points)

    # A random permutation of the parts, and a random position within each part. Streams are keyed by path, so a further
    # range does not change the values of the others.
    def shares(path: str) -> Floats:
        order = np.argsort(luck.uniform(f"latin hypercube order of {path}", 0, numbers), kind="stable")
        inside = luck.uniform(f"latin hypercube place in {path}", 0, numbers)
        return np.asarray((order + inside) / points)

    return at_shares(scenario, ranges, [shares(one.path) for one in ranges])


def sobol(scenario: Scenario, *ranges: Range, points: int, seed: int = 0) -> Design:
    """The first `points` points of a Sobol' sequence with a random digital shift.

    The direction numbers are by Joe and Kuo (2008), SIAM J. Sci. Comput. 30(5), as in SciPy. A longer design with the
    same seed begins with the points of a shorter one.

    Args:
        scenario: the base scenario.
        ranges: the ranges to vary, one for each path.
        points: the number of points, a power of two.
        seed: the seed of the digital shift.

    Raises:
        ScenarioError: as for `grid`.
    """
    _check_parts(scenario, ranges, Range)
    points = _checked_points(points)
    if points & (points - 1):
        near = 2 ** round(math.log2(points))
        wrong = f"the number is {points}, which is not a power of two"
        raise SweepError("sobol points", wrong, f"give a power of two, such as {near}")
    from scipy.stats import qmc  # imported here, because SciPy is slow to import

    plain = qmc.Sobol(len(ranges), scramble=False, bits=SOBOL_BITS).random_base2(int(math.log2(points)))
    # Points as whole numbers of SOBOL_BITS bits, so that they can be shifted by an exclusive or of their digits.
    whole = np.rint(plain * 2**SOBOL_BITS).astype("uint64")
    luck = Luck(seed)
    shares = []
    for place, one in enumerate(ranges):
        # The shift is keyed by path, so a further range does not change the values of the others.
        random = luck.bits(f"sobol shift of {one.path}", 0, [0])[0]
        shift = random >> np.uint64(64 - SOBOL_BITS)
        # 0.5 puts each point in the middle of its smallest cell, so none is at an end of the range.
        shares.append(((whole[:, place] ^ shift) + 0.5) / 2**SOBOL_BITS)
    return at_shares(scenario, ranges, shares)


def at_shares(scenario: Scenario, ranges: Sequence[Range], shares: Sequence[Floats]) -> Design:
    """A design from positions in ranges. Both ends of each range must be valid in the scenario.

    Args:
        scenario: the base scenario.
        ranges: the ranges to vary.
        shares: for each range, the position of each point in it, from 0 (its low end) to 1 (its high end), (n,) each.

    Raises:
        ScenarioError: as for `grid`.
    """
    _check_some(ranges)
    # Both ends are tried in the scenario first, so a range that it does not allow is reported before any run.
    for one in ranges:
        for end in one.ends(_is_whole(scenario, one.path)):
            scenario.having(one.path, end)
    columns = [one.values(part, _is_whole(scenario, one.path)) for one, part in zip(ranges, shares, strict=True)]
    paths = tuple(one.path for one in ranges)
    rows = tuple(zip(*columns, strict=True))
    return Design(base=scenario, draws=Draws(paths=paths, rows=rows))


def _design(scenario: Scenario, levels: Sequence[Levels], rows: Any) -> Design:
    _check_some(levels)
    for level in levels:
        for item in level.values:
            scenario.having(level.path, item)
    return Design(base=scenario, draws=Draws(paths=tuple(level.path for level in levels), rows=tuple(rows)))


def _names(draws: Draws) -> tuple[str, ...]:
    """One name per point, such as "quota=0.05"; names are numbered if two would be equal."""
    lasts = [_last_step(path) for path in draws.paths]
    # The last step of a path is short, but two paths may have the same one.
    short = lasts if len(set(lasts)) == len(lasts) else list(draws.paths)
    names = []
    for row in draws.rows:
        parts = [f"{name}={_short(item)}" for name, item in zip(short, row, strict=True)]
        names.append(", ".join(parts))
    # Values that differ only after the sixth digit have equal names.
    if len(set(names)) == len(names):
        return tuple(names)
    return tuple(f"point {place}: {name}" for place, name in enumerate(names))


def _last_step(path: str) -> str:
    """The last step of a path; for a policy's `on` switch also the policy's name."""
    names = names_in(path)
    return ".".join(names[-2:]) if names[-1:] == (ON,) else (*names, "")[-2]


def _short(item: Any) -> str:
    return f"{item:.6g}" if isinstance(item, float) else str(item)


def _steps(shares: Floats, count: int) -> Floats:
    """The index of the part that each share is in, if 0 to 1 is divided into `count` equal parts; 1 is in the last."""
    return np.asarray(np.minimum(np.floor(shares * count), count - 1))


def _is_whole(scenario: Scenario, path: str) -> bool:
    return is_whole(scenario, path)


def _check_parts(scenario: Any, parts: Sequence[Any], kind: type) -> None:
    """Raise InputError unless `scenario` is a scenario and every part is of `kind`, a level or a range."""
    check_kind("scenario", scenario, Scenario)
    example = (
        'Levels("policies.mars.quota", 0.05, 0.1)' if kind is Levels else 'Range("policies.mars.quota", 0.05, 0.1)'
    )
    for part in parts:
        check_kind("the design", part, kind, f"give {example}")


def _checked_points(points: Any) -> int:
    points = plain(points)
    if type(points) is not int or points < 1:
        raise SweepError("points", f"is {points!r}", "give a whole number of 1 or more")
    return int(points)


def _check_some(parts: Sequence[Any]) -> None:
    if not parts:
        right = 'give at least one path and value, such as Levels("policies.mars.quota", 0.1)'
        raise SweepError("the design", "has no paths", right)


def _no_point(name: str) -> Scenario:
    raise KeyError(name)
