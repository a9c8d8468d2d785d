"""What a bound on redundancies says, part by part, beside the simulated figure."""

from __future__ import annotations

from functools import cached_property
from math import ceil
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import Floats, Ints, Longs
from nhstransit.bounds.suitable import Suitable
from nhstransit.run import Run

if TYPE_CHECKING:
    import pandas as pd

_ROUNDING = 1e-6  # people; less than that of a person is none


@attrs.frozen(eq=False, kw_only=True)
class Part:
    """One part of the world, which shares neither people nor suitable posts with the others.

    `least` is the programme's own figure, `violation` and `gap` its proof; `prices` (cells, days) are the redundancies
    that one more post of each cell on each day would save.
    """

    name: str
    opening: int
    arrived: int
    left: int  # by other rules than redundancy
    posts: int  # funded on the last day
    simulated: int  # redundancies of those counted in the bound
    least: float
    violation: float
    gap: float
    days: Ints
    cells: tuple[tuple[str, str, str], ...]  # function, region and band
    funded: Longs
    prices: Floats

    @property
    def whole(self) -> int:
        """The least in whole people, which no policy can part."""
        return ceil(self.least - _ROUNDING)


@attrs.frozen(eq=False, slots=False, repr=False, kw_only=True)
class Bound:
    """The fewest redundancies that any policy could have had, and the regret of the one that was played."""

    run: Run
    rules: tuple[str, ...]  # by which a departure counts as redundancy
    suitable: Suitable
    beyond: int  # people whom the run moved to posts that `suitable` forbids: posts like these suit them as well
    newcomers: bool
    simulated: int
    parts: tuple[Part, ...]

    @property
    def least(self) -> int:
        """The bound, in people: the parts' figures, each rounded up."""
        return sum(part.whole for part in self.parts)

    @property
    def regret(self) -> int:
        """Redundancies of the run above the fewest possible: 0 or more."""
        return self.simulated - self.least

    @property
    def violation(self) -> float:
        """The most by which any part's plan oversteps a limit, in people."""
        return max((part.violation for part in self.parts), default=0.0)

    @property
    def gap(self) -> float:
        """The most by which any part's figure lies from what its dual proves, in people."""
        return max((part.gap for part in self.parts), default=0.0)

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row a part with people or posts, the others where there are some, and all together; indexed by part.

        *Others* are redundancies of people who had been made redundant before, or who came in the run where newcomers are
        left out: no policy need have them, so that the bound has none.
        """
        shown = [part for part in self.parts if part.opening or part.arrived or part.posts]
        others = self.simulated - sum(part.simulated for part in shown)
        rows: list[tuple[Any, ...]] = [
            (part.name, part.opening, part.arrived, part.left, part.posts, part.simulated, part.whole) for part in shown
        ]
        rows += [("others", 0, 0, 0, 0, others, 0)] if others else []
        sums = [sum(column) for column in list(zip(*rows, strict=True))[1:]] if rows else [0] * 6
        rows.append(("all", *sums))
        names = ("part", "opening", "arrived", "left", "posts", "simulated", "least")
        columns: dict[str, list[object]] = {name: [row[place] for row in rows] for place, name in enumerate(names)}
        columns["regret"] = [row[5] - row[6] for row in rows]
        return tables.frame(columns, index="part")

    @cached_property
    def scarce(self) -> pd.DataFrame:
        """Where one more post would have saved redundancies even at the best: a row a cell and day, dearest first.

        Columns: part, function, region, band, date, posts (funded that day), saved (redundancies a post).
        """
        date = self.run.scenario.calendar.date
        rows = [
            (
                part.name,
                *part.cells[cell],
                date(part.days[day]),
                part.funded[cell, day],
                round(part.prices[cell, day], 6),
            )
            for part in self.parts
            for cell, day in np.argwhere(part.prices > _ROUNDING).tolist()
        ]
        rows.sort(key=lambda row: (-row[-1], row[4], *row[:4]))
        names = ("part", "function", "region", "band", "date", "posts", "saved")
        return tables.frame({name: [row[place] for row in rows] for place, name in enumerate(names)})

    def _sentences(self) -> list[str]:
        """The bound in three sentences."""
        come = "the same arrivals" if self.newcomers else "nobody hired"
        return [
            f"{self.run.scenario.name}, seed {self.run.seed}: {self.simulated:,} redundancies "
            f"({', '.join(rule for rule in self.rules if self._used(rule)) or 'none by any rule'}).",
            f"With the same stocks, funded posts and other departures, and {come}, no policy could have had fewer than "
            f"{self.least:,}; {self.regret:,} were the policy's own.",
            f"Suitable are {self.suitable}{self._exceptions()}.",
        ]

    def _exceptions(self) -> str:
        """For whom the rule alone is not all, in words."""
        if not self.beyond:
            return ""
        whom, them = ("1 person", "that one") if self.beyond == 1 else (f"{self.beyond:,} people", "them")
        return f"; for {whom}, whom the run moved beyond that, also posts of the sort to which it moved {them}"

    def _used(self, rule: str) -> bool:
        """Whether anybody was let go by this rule."""

        return bool(len(self.run.log.exits.by(self.run.code_of(rule))))

    def __repr__(self) -> str:
        return "\n".join([*self._sentences(), "", self.table.to_string(float_format="{:,.0f}".format)])

    def _repr_html_(self) -> str:
        from html import escape

        told = "".join(f"<p>{escape(line)}</p>" for line in self._sentences())
        return told + str(self.table.to_html(float_format="{:,.0f}".format))
