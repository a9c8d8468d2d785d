"""Validate: every published outcome beside what a scenario gives over replications, with a verdict on each."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from nhstransit.arrays import Floats, plain
from nhstransit.errors import CalibrationError, check_kind
from nhstransit.published import (
    Figure,
    Fit,
    Outcome,
    Outcomes,
    bundled_outcomes,
    checked_figures,
    fit_of,
)
from nhstransit.scenario import Scenario
from nhstransit.sweeps import Draws, sweep
from nhstransit.validation import identities, patterns, verdicts
from nhstransit.validation.table import Line, Validation
from nhstransit.validation.verdicts import Simulated, role_of, standardised, verdict_of

FEWEST, MIDDLE = 5, (0.1, 0.9)


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
    """Every published outcome beside the scenario's own figures, in the published unit, scope, days and sample.

    Args:
        scenario: the world to be judged, as it is: nothing is fitted here.
        replications: runs, each of which also asks other bodies where only some were asked.
        seed: the root of the runs' seeds.
        draws: parameter sets to run it under, so that the intervals hold what is not known of them as well.
        fit: which figures it was fitted to; the bundled one for a scenario that carries it.
        outcomes: what was published; England 2010–13 where not given.
        store: the SQLite file that keeps the runs' figures; None: memory.
        executor: a number of processes, or an executor as in `concurrent.futures`; None: this process.
        progress: whether to show a line; None: in a terminal and in a notebook.

    Returns:
        The table, with the identities that were asked and those that failed.

    Raises CalibrationError for fewer than five replications, and where every run failed; SweepError as `sweep` does.
    """
    replications = plain(replications)
    check_kind("scenario", scenario, Scenario)
    if type(replications) is not int or replications < FEWEST:
        raise CalibrationError("replications", f"are {replications!r}", f"give a whole number of {FEWEST} or more")
    found, known = outcomes or bundled_outcomes(), fit or fit_of(scenario)
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
        raise CalibrationError("a run", f"failed ({first['error']})", "mend the scenario: a verdict wants every run")
    columns = {name: study.results.cells(name).ravel() for name in study.measures}
    return _judged(scenario, found, known, columns, len(study))


def _judged(
    scenario: Scenario, outcomes: Outcomes, fit: Fit | None, columns: Mapping[str, Floats], runs: int
) -> Validation:
    """The lines of the table, from the figures of all runs by name, (runs,) each."""
    told = {name: _simulated(column) for name, column in columns.items() if np.isfinite(column).any()}
    means = {name: one.mean for name, one in told.items()}
    fitted_to = fit.fitted_to if fit else frozenset()
    lines = tuple(
        _line(outcome, figure, told, means, fitted_to) for outcome in outcomes.outcome for figure in outcome.figures
    )
    return Validation(
        scenario=scenario,
        runs=runs,
        fit=fit,
        lines=lines,
        simulated=told,
        identities=identities.asked(columns),
        broken=identities.broken(columns),
    )


def _line(
    outcome: Outcome,
    figure: Figure,
    told: Mapping[str, Simulated],
    means: Mapping[str, float],
    fitted_to: frozenset[str],
) -> Line:
    """One figure, judged."""
    name = f"{outcome.id}: {figure.part}" if figure.part else outcome.id
    simulated = told.get(name)
    verdict = verdict_of(figure.value, figure.tolerance, outcome.band, simulated)
    if outcome.said:
        found = patterns.holds(outcome.id, means)
        verdict = {True: verdicts.AS_SAID, False: verdicts.NOT_AS_SAID, None: verdicts.NOT_SIMULATED}[found]
    return Line(
        name=name,
        outcome=outcome,
        figure=figure,
        role=role_of(outcome.use, name, fitted_to),
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
