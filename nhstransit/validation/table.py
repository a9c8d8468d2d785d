"""The validation of a scenario: a line a published figure, read as a table or as a page."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs

from nhstransit import tables
from nhstransit.published import Figure, Fit, Outcome
from nhstransit.scenario import Scenario
from nhstransit.synthesis.parents import bibliography
from nhstransit.validation.verdicts import MISS, NOT_AS_SAID, NOT_SIMULATED, Simulated

if TYPE_CHECKING:
    import pandas as pd


@attrs.frozen(kw_only=True)
class Line:
    """One published figure: its role, what is simulated of it, by how much it is out, and the verdict."""

    name: str
    outcome: Outcome
    figure: Figure
    role: str
    simulated: Simulated | None
    standardised: float | None
    verdict: str

    @property
    def why(self) -> str:
        """Why there is no verdict in numbers: a pattern in words, or what a run cannot say."""
        return self.outcome.said or self.outcome.unmodelled


@attrs.frozen(kw_only=True, eq=False, slots=False, repr=False)
class Validation:
    """Every published outcome beside a scenario's `runs`; `identities` were asked of each, `broken` are those that fail.

    `simulated` has every figure by name, the lines of the scope bridge and parts of a redundancy's cost among them.
    """

    scenario: Scenario
    runs: int
    fit: Fit | None
    lines: tuple[Line, ...]
    simulated: Mapping[str, Simulated]
    identities: tuple[str, ...]
    broken: tuple[str, ...]

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row a figure, indexed by name: what, scope, source, quality, use, role, published, unit, tolerance, band.

        Then simulated, low and high (the middle 80%), standardised (by deviations of tolerance and chance), verdict, why.
        """
        books = bibliography()
        cited = [
            "; ".join(f"{books[name].publisher} {books[name].date}" for name in one.outcome.sources)
            for one in self.lines
        ]
        columns: dict[str, Any] = {
            "figure": [one.name for one in self.lines],
            "what": [one.outcome.what for one in self.lines],
            "scope": [one.outcome.scope for one in self.lines],
            "source": cited,
            "quality": [one.outcome.quality for one in self.lines],
            "use": [one.outcome.use for one in self.lines],
            "role": [one.role for one in self.lines],
            "published": [_number(one.figure.value) for one in self.lines],
            "unit": [one.figure.unit for one in self.lines],
            "tolerance": [_number(one.figure.tolerance) for one in self.lines],
            "band": [" to ".join(f"{end:g}" for end in one.outcome.band) for one in self.lines],
            "simulated": [one.simulated.mean if one.simulated else math.nan for one in self.lines],
            "low": [one.simulated.low if one.simulated else math.nan for one in self.lines],
            "high": [one.simulated.high if one.simulated else math.nan for one in self.lines],
            "standardised": [_number(one.standardised) for one in self.lines],
            "verdict": [one.verdict for one in self.lines],
            "why": [one.why for one in self.lines],
        }
        return tables.frame(columns, index="figure")

    @property
    def misses(self) -> tuple[Line, ...]:
        """The figures that the scenario does not give, furthest off first; patterns that are not there come last."""
        out = [one for one in self.lines if one.verdict in (MISS, NOT_AS_SAID)]
        return tuple(sorted(out, key=lambda one: -abs(one.standardised or 0.0)))

    @property
    def judged(self) -> tuple[Line, ...]:
        """The figures that a run can say."""
        return tuple(one for one in self.lines if one.verdict != NOT_SIMULATED)

    def tally(self) -> pd.DataFrame:
        """How many figures of each role got each verdict."""
        roles = list(dict.fromkeys(one.role for one in self.lines))
        kinds = list(dict.fromkeys(one.verdict for one in self.lines))
        columns: dict[str, Any] = {"role": roles}
        columns |= {
            kind: [sum(one.role == role and one.verdict == kind for one in self.lines) for role in roles]
            for kind in kinds
        }
        return tables.frame(columns, index="role")

    def __repr__(self) -> str:
        short = "" if not self.broken else f"; BROKEN: {'; '.join(self.broken)}"
        table = self.table[self.table["verdict"] != NOT_SIMULATED]
        shown = table[["role", "published", "unit", "simulated", "low", "high", "standardised", "verdict"]]
        missed = f"{len(self.misses)} of {len(self.judged)} missed{short}"
        head = f"Validation of {self.scenario.name!r} over {self.runs} runs: {missed}"
        return f"{head}\n{shown.to_string(float_format='{:,.4g}'.format, na_rep='')}"

    def _repr_html_(self) -> str:
        html: str = self.table.to_html(float_format="{:,.4g}".format, na_rep="")
        return html


def _number(item: float | None) -> float:
    return math.nan if item is None else float(item)
