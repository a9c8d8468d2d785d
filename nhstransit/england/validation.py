"""Validate a scenario against all published outcomes, with a verdict on each figure and a check of identities.

validate(nt.load_scenario("england-2010"), replications=20).table
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs

from nhstransit import tables
from nhstransit.england import Figure, Outcome
from nhstransit.england.fits import FITTED, MISS, NOT_AS_SAID, NOT_SIMULATED, SHOWN
from nhstransit.phrases import amount, per
from nhstransit.scenario import Scenario
from nhstransit.studies.calibration import Fit
from nhstransit.synthesis.parents import bibliography

if TYPE_CHECKING:
    import pandas as pd
from pathlib import Path

import numpy as np

from nhstransit.arrays import Floats, plain
from nhstransit.england import Outcomes, checked_figures, fit_of, identities
from nhstransit.england import identities as patterns
from nhstransit.england.outcomes import outcomes_for
from nhstransit.errors import CalibrationError, check_kind
from nhstransit.studies import Draws, sweep

# The verdict on a published figure, given the simulated figures: it agrees, or is missed.

HELD_OUT = "held out"
CHECK = "check"
CONTEXT = "context"
WITHIN = "within tolerance"
BAND = "within band"
CHANCE = "within chance"
AS_SAID = "as reported"
VERDICTS = {
    WITHIN: "the simulated mean is within the published tolerance",
    BAND: "outside the tolerance, but within the wider range of acceptance stated for the figure",
    CHANCE: "outside both, but the published figure, with its tolerance, is within the middle 80% of replications",
    MISS: "further from the published figure; `standardised` is the size of the miss",
    AS_SAID: "the runs have a pattern that was reported in words",
    NOT_AS_SAID: "the runs do not have a pattern that was reported in words",
    NOT_SIMULATED: "a run cannot produce this figure; the reason is in the table",
    SHOWN: "simulated, without a published figure to compare with",
}


@attrs.frozen(kw_only=True)
class Simulated:
    """A figure over replications: mean, standard deviation, and the ends of the middle 80%."""

    mean: float
    spread: float
    low: float
    high: float


def verdict_of(
    published: float | None, tolerance: float | None, band: tuple[float, ...], simulated: Simulated | None
) -> str:
    """The verdict on one number.

    Args:
        published: the published figure, or None.
        tolerance: its half-width due to rounding or sampling, or None.
        band: the ends of the range of acceptance, or empty.
        simulated: the simulated figure, or None.
    """
    if simulated is None:
        return NOT_SIMULATED
    if published is None:
        return SHOWN
    # From the strictest test to the most generous; the first that the figure passes is the verdict.
    allowed = tolerance or 0.0
    if abs(simulated.mean - published) <= allowed:
        return WITHIN
    if len(band) == 2 and band[0] <= simulated.mean <= band[1]:
        return BAND
    return CHANCE if simulated.low - allowed <= published <= simulated.high + allowed else MISS


def standardised(published: float | None, tolerance: float | None, simulated: Simulated | None) -> float | None:
    """Simulated mean less published figure, in standard deviations of tolerance and chance together.

    Args:
        published: the published figure, or None.
        tolerance: its half-width due to rounding or sampling, or None.
        simulated: the simulated figure, or None.
    """
    if simulated is None or published is None:
        return None
    allowed = math.hypot(tolerance or 0.0, simulated.spread)
    return (simulated.mean - published) / allowed if allowed > 0 else None


def role_of(use: str, name: str, fitted_to: frozenset[str], aside: frozenset[str] = frozenset()) -> str:
    """The role of a figure: fitted, held out, a check that repeats other figures, or context.

    Args:
        use: the use of the outcome.
        name: the figure's name.
        fitted_to: names of the figures that were targets of the fit.
        aside: names of outcomes that were left out of the fit because they check an input.
    """
    if name in fitted_to:
        return FITTED
    # A part has the name "outcome: part".
    whole = name.partition(":")[0]
    if whole in aside or whole in {one.partition(":")[0] for one in fitted_to}:
        return CHECK  # The other figures of a partly fitted outcome repeat it.
    return {"check": CHECK, "context": CONTEXT}.get(use, HELD_OUT)


# The validation of a scenario: one line per published figure.


@attrs.frozen(kw_only=True)
class Line:
    """One published figure: its role, its simulated value, the size of the miss, and the verdict."""

    name: str
    outcome: Outcome
    figure: Figure
    role: str
    simulated: Simulated | None
    standardised: float | None
    verdict: str

    @property
    def called(self) -> str:
        """The figure in words: the outcome, the part, and the unit per person or organisation."""
        rest = per(self.figure.unit)
        rest = "" if rest and rest in self.outcome.what else rest
        part = f" ({self.figure.part})" if self.figure.part else ""
        return f"{self.outcome.what}{part}{f', {rest}' if rest else ''}"

    def told(self, number: float | None) -> str:
        """A number in the unit of the figure, as text; "in words" if there is no number."""
        return "in words" if number is None else amount(number, self.figure.unit)

    @property
    def why(self) -> str:
        """Why there is no numerical verdict: a pattern in words, or a figure that a run cannot produce."""
        return self.outcome.said or self.outcome.unmodelled


@attrs.frozen(kw_only=True, eq=False, slots=False, repr=False)
class Validation:
    """Every published outcome compared with `runs` runs of a scenario.

    `identities` were checked in each run; `broken` are the identities that failed.

    `simulated` has every figure by name, including the lines of the scope bridge and the parts of the cost of a
    redundancy.
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
        """One row per figure, indexed by name.

        The columns are what, scope, source, quality, use, role, published, unit, tolerance, band, simulated, low and
        high (the middle 80%), standardised (simulated less published, in standard deviations of tolerance and chance),
        verdict and why.
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
            "band": [" to ".join(f"{end:g}" for end in one.figure.band) for one in self.lines],
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
        """The figures that the scenario misses, largest miss first; missing patterns come last."""
        out = [one for one in self.lines if one.verdict in (MISS, NOT_AS_SAID)]
        return tuple(sorted(out, key=lambda one: -abs(one.standardised or 0.0)))

    @property
    def judged(self) -> tuple[Line, ...]:
        """The figures that a run can produce."""
        return tuple(one for one in self.lines if one.verdict != NOT_SIMULATED)

    def tally(self) -> pd.DataFrame:
        """The number of figures by role and verdict."""
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
        return tables.html(self.table, "Published figures, with a verdict on each", form="{:,.4g}".format)


def _number(item: float | None) -> float:
    return math.nan if item is None else float(item)


# Compare every published outcome with a scenario over replications.

FEWEST = 5
MIDDLE = (0.1, 0.9)


def validate(
    scenario: Scenario,
    *,
    replications: int = 20,
    seed: int = 57,
    draws: Draws | None = None,
    fit: Fit | None = None,
    outcomes: Outcomes | None = None,
    store: str | Path | None = None,
    executor: Any = None,
    progress: bool | None = None,
) -> Validation:
    """Compare every published outcome with runs of the scenario, in the published unit, scope, days and sample.

    Args:
        scenario: the scenario to validate; nothing is fitted here.
        replications: the number of runs. For figures from a survey, each run also draws its own sample.
        seed: the seed from which the seeds of the runs are derived.
        draws: parameter sets, so that the intervals include parameter uncertainty.
        fit: the fit whose targets have the role "fitted"; by default the bundled fit of the scenario, if it has one.
        outcomes: the published outcomes; by default those that refer to the scenario (England 2010–13 or 2025–28).
        store: the SQLite file for the figures of the runs; by default they are stored in memory.
        executor: a number of processes, or an executor as in `concurrent.futures`; by default this process.
        progress: whether to show a progress line; by default in a terminal and in a notebook.

    Returns:
        The table, the identities that were checked, and the identities that failed.

    Raises:
        CalibrationError: there are fewer than five replications, or a run failed.
        SweepError: as in `sweep`.
    """
    replications = plain(replications)
    check_kind("scenario", scenario, Scenario)
    if type(replications) is not int or replications < FEWEST:
        raise CalibrationError("replications", f"is {replications!r}", f"give a whole number of {FEWEST} or more")
    found = outcomes or outcomes_for(scenario.name)
    known = fit or fit_of(scenario)
    study = sweep(
        scenario,
        replications=replications,
        seed=seed,
        draws=draws,
        measure=checked_figures,
        store=store,
        executor=executor,
        progress=progress,
    )
    if study.results.failed.any():
        first = study.failures().iloc[0]
        raise CalibrationError(
            "a run", f"failed ({first['error']})", "correct the scenario, because a verdict needs every run"
        )
    # Draws and replications together: one entry for each run, (runs,).
    columns = {name: study.results.cells(name).ravel() for name in study.measures}
    return _judged(scenario, found, known, columns, len(study))


def _judged(
    scenario: Scenario, outcomes: Outcomes, fit: Fit | None, columns: Mapping[str, Floats], runs: int
) -> Validation:
    """The lines of the table, from the figures of all runs by name, (runs,) each."""
    found = {name: _simulated(column) for name, column in columns.items() if np.isfinite(column).any()}
    means = {name: one.mean for name, one in found.items()}
    # Without a fit, no figure was a target and none was set aside.
    roles = (fit.fitted_to, fit.aside) if fit else (frozenset(), frozenset())
    lines = tuple(
        _line(outcome, figure, found, means, roles) for outcome in outcomes.outcome for figure in outcome.figures
    )
    return Validation(
        scenario=scenario,
        runs=runs,
        fit=fit,
        lines=lines,
        simulated=found,
        identities=identities.asked(columns),
        broken=identities.broken(columns),
    )


def _line(
    outcome: Outcome,
    figure: Figure,
    figures: Mapping[str, Simulated],
    means: Mapping[str, float],
    roles: tuple[frozenset[str], frozenset[str]],
) -> Line:
    """One figure with its verdict."""
    name = f"{outcome.id}: {figure.part}" if figure.part else outcome.id
    simulated = figures.get(name)
    verdict = verdict_of(figure.value, figure.tolerance, figure.band, simulated)
    # A pattern in words is tested over the means of all runs, and its numbers are not compared.
    if outcome.said:
        found = patterns.holds(outcome.id, means)
        verdict = {True: AS_SAID, False: NOT_AS_SAID, None: NOT_SIMULATED}[found]
    return Line(
        name=name,
        outcome=outcome,
        figure=figure,
        role=role_of(outcome.use, name, *roles),
        simulated=simulated,
        standardised=standardised(figure.value, figure.tolerance, simulated),
        verdict=verdict,
    )


def _simulated(column: Floats) -> Simulated:
    """Mean, spread and middle 80% of a figure over the runs that have it."""
    there = column[np.isfinite(column)]
    low, high = np.quantile(there, MIDDLE)
    spread = float(there.std(ddof=1)) if len(there) > 1 else 0.0
    return Simulated(mean=float(there.mean()), spread=spread, low=float(low), high=float(high))


__all__ = [
    "AS_SAID",
    "BAND",
    "CHANCE",
    "CHECK",
    "CONTEXT",
    "FITTED",
    "HELD_OUT",
    "MISS",
    "NOT_AS_SAID",
    "NOT_SIMULATED",
    "SHOWN",
    "VERDICTS",
    "WITHIN",
    "Line",
    "Simulated",
    "Validation",
    "role_of",
    "standardised",
    "validate",
    "verdict_of",
]
