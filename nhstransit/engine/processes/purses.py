"""Purses: the amount left in each named fund, refilled each financial year. No purse goes below zero."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from nhstransit.arrays import Longs, Rows, guarded
from nhstransit.dates import financial_year
from nhstransit.engine.instant import Instant
from nhstransit.engine.world import World
from nhstransit.grammar import Draw, Purse
from nhstransit.log import Kind
from nhstransit.organisations.bodies import Organisation
from nhstransit.organisations.funds import Fund


class Purses:
    """The funds of a scenario. A purse is filled when money of its financial year is first needed."""

    def __init__(self, world: World, funds: Mapping[str, Fund], bodies: Sequence[Organisation]) -> None:
        self._world = world
        self._funds = funds
        self._bodies = bodies
        self._names = list(funds)
        self._left: dict[tuple[str, int], Longs] = {}

    def now(self, day: int) -> Mapping[str, Purse]:
        """The amount left in each fund in the financial year of the day, read-only. It is computed when it is read."""
        return _Now(self, day)

    def of(self, name: str, day: int) -> Purse:
        """The amount left in one fund in the financial year of the day, read-only."""
        number = self._funds[name].purses(self._world.bodies)
        return Purse(number=guarded(number), pence=guarded(self._of(name, day)))

    def names(self) -> Sequence[str]:
        """The names of the funds, in the scenario's order."""
        return self._names

    def lacks(self, draw: Draw, day: int) -> bool:
        """Whether a purse would go below zero, or an employer may not draw on the fund at all."""
        # `number` is the purse of each employer, and negative for an employer without access. Several employers may share
        # a purse, so their amounts are added up before they are compared with what is left.
        number = self._funds[draw.fund].purses(self._world.bodies)[draw.employer]
        left = self._of(draw.fund, day)
        may = number >= 0
        asked = np.bincount(number[may], weights=draw.pence[may], minlength=len(left))
        without_access = draw.pence[~may] > 0
        return bool(without_access.any() or (asked > left).any())

    def draw(self, draw: Draw, at: Instant) -> None:
        """Take the money out of the fund."""
        number = self._funds[draw.fund].purses(self._world.bodies)[draw.employer]
        some: Rows = np.flatnonzero((draw.pence > 0) & (number >= 0))
        # `subtract.at` subtracts every entry of a purse that is there several times; `-=` would subtract only the last.
        left = self._of(draw.fund, at.day)
        np.subtract.at(left, number[some], draw.pence[some])
        fund = self._names.index(draw.fund)
        self._world.record_bodies(at, Kind.DRAWN, draw.employer[some], fund, draw.pence[some])

    def _of(self, name: str, day: int) -> Longs:
        # The stored array is the balance itself, which `draw` changes in place. Money that is left does not pass to the
        # next year, which has an entry of its own.
        year = int(financial_year(self._world.calendar.origin + day))
        if (name, year) not in self._left:
            fund = self._funds[name]
            self._left[name, year] = fund.filled(self._bodies, self._world.bodies, year)
        return self._left[name, year]


class _Now(Mapping[str, Purse]):
    """The funds of a day by name, computed when read: every policy may read every fund on each day, but few do."""

    def __init__(self, purses: Purses, day: int) -> None:
        self._purses = purses
        self._day = day

    def __getitem__(self, name: str) -> Purse:
        if name not in self._purses.names():
            raise KeyError(name)
        return self._purses.of(name, self._day)

    def __iter__(self) -> Iterator[str]:
        return iter(self._purses.names())

    def __len__(self) -> int:
        return len(self._purses.names())
