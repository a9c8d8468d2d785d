"""The scope bridge: from people in scope at the start to people transferred at the end, and what stays unexplained."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from nhstransit import tables
from nhstransit.errors import StaffError, check_kind
from nhstransit.fields import QUALITIES, one_of

if TYPE_CHECKING:
    import pandas as pd

START = "in scope, April 2010"
REDUNDANT = "redundancies"
MARS = "MARS leavers"
UNPAID = "unpaid leavers"
INFLOW = "people from outside the base"
END = "transferred, April 2013"
REFILLS = "refills"
NAMES = (START, REDUNDANT, MARS, UNPAID, INFLOW, END)


@attrs.frozen(kw_only=True)
class Step:
    """One line of the bridge in people, lowest and highest. `sign` is 1 for entries, −1 for exits, 0 for the end."""

    name: str = one_of(NAMES)
    low: int
    high: int
    sign: int
    sources: tuple[str, ...]
    quality: str = one_of(QUALITIES)
    note: str = ""

    def __attrs_post_init__(self) -> None:
        if not 0 <= self.low <= self.high or self.sign not in (-1, 0, 1):
            wrong = f"has the range {self.low} to {self.high} and the sign {self.sign}"
            right = "give 0 or more people, the lower number first, and a sign of 1, 0 or -1"
            raise StaffError(f"step {self.name!r}", wrong, right)


@attrs.frozen(kw_only=True)
class Bridge:
    """The published bridge: every step once, in order. Refills are the remainder and are never set."""

    about: str = ""
    step: tuple[Step, ...]

    def __attrs_post_init__(self) -> None:
        if tuple(step.name for step in self.step) != NAMES:
            raise StaffError("step", "does not have each line exactly once", f"give, in order: {', '.join(NAMES)}")

    def named(self, name: str) -> Step:
        """The step with this name."""
        return self.step[NAMES.index(name)]

    def before_entries(self) -> tuple[int, int]:
        """Fewest and most people of the opening staff who remain at the end, before anyone enters."""
        out = (REDUNDANT, MARS, UNPAID)
        fewest = self.named(START).low - sum(self.named(name).high for name in out)
        most = self.named(START).high - sum(self.named(name).low for name in out)
        return fewest, most

    def entries_needed(self) -> tuple[int, int]:
        """Fewest and most people who must have entered, as refills or from outside the base."""
        fewest, most = self.before_entries()
        return self.named(END).low - most, self.named(END).high - fewest

    def refills_needed(self) -> tuple[int, int]:
        """Fewest and most refills: the entries needed, less people from outside the base."""
        fewest, most = self.entries_needed()
        return max(0, fewest - self.named(INFLOW).high), most - self.named(INFLOW).low

    def refill_rate(self) -> tuple[float, float]:
        """The refills needed as a share of unpaid leavers' posts: roughly, lowest by lowest and highest by highest."""
        fewest, most = self.refills_needed()
        unpaid = self.named(UNPAID)
        return fewest / max(unpaid.low, 1), most / max(unpaid.high, 1)

    def frame(self) -> pd.DataFrame:
        """The steps, and what follows from them, as a DataFrame: line, lowest, highest, quality."""
        rows = [(step.name, step.low, step.high, step.quality) for step in self.step]
        rows += [
            ("left of the opening staff, before anybody comes in", *self.before_entries(), "derived"),
            ("refills and inflow needed", *self.entries_needed(), "derived"),
            ("refills needed", *self.refills_needed(), "derived"),
        ]
        names = ("line", "low", "high", "quality")
        columns = [list(column) for column in zip(*rows, strict=True)]
        return tables.frame(dict(zip(names, columns, strict=True)))


@attrs.frozen(kw_only=True)
class Crossing:
    """One run compared with the bridge: its own counts of people, each from its log."""

    in_scope: int
    redundancies: int
    mars: int
    unpaid_leavers: int
    refills: int
    from_outside: int
    transferred: int

    @property
    def unexplained(self) -> int:
        """People transferred that the other lines do not explain; 0 if every move is in one of them."""
        gone = self.redundancies + self.mars + self.unpaid_leavers
        return self.transferred - (self.in_scope - gone + self.refills + self.from_outside)


def check_crossing(bridge: Bridge, crossing: Crossing) -> pd.DataFrame:
    """The bridge as a table: each line's published range, the run's value, and the distance outside the range.

    Columns: line, low, high, run, outside. The last line is the unexplained part of the run's own sum.
    """
    check_kind("bridge", bridge, Bridge)
    check_kind("crossing", crossing, Crossing)
    own = {
        START: crossing.in_scope,
        REDUNDANT: crossing.redundancies,
        MARS: crossing.mars,
        UNPAID: crossing.unpaid_leavers,
        REFILLS: crossing.refills,
        INFLOW: crossing.from_outside,
        END: crossing.transferred,
    }
    spans = {step.name: (step.low, step.high) for step in bridge.step}
    spans[REFILLS] = bridge.refills_needed()
    low = [spans[name][0] for name in own]
    high = [spans[name][1] for name in own]
    # Negative below the range, positive above it, and 0 within it.
    outside = []
    for name, count in own.items():
        fewest, most = spans[name]
        outside.append(min(0, count - fewest) + max(0, count - most))
    return tables.frame(
        {
            "line": [*own, "unexplained"],
            "low": [*low, 0],
            "high": [*high, 0],
            "run": [*own.values(), crossing.unexplained],
            "outside": [*outside, crossing.unexplained],
        }
    )
