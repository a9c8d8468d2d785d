"""Make a forecast of England from facts public on a day: fit one number, vary the unknown numbers, and seal a card."""

from __future__ import annotations

from typing import Any

import attrs

from nhstransit.england import expected_figures, targets_of
from nhstransit.england.exante import ExAnte, forecast_parameters
from nhstransit.england.forecast import UNITS, Card, forecast_figures, quantities
from nhstransit.errors import CalibrationError
from nhstransit.scenario import Scenario
from nhstransit.studies import sweep
from nhstransit.studies.calibration import Parameter, calibrate
from nhstransit.studies.content import scenario_content
from nhstransit.studies.posterior import spread_points

SEED = 20110119
WORLDS = 32
SEEDS = 2  # of the fit of the one number
BUDGET = 24
DRAWS = 50
FEWEST = 5  # scenarios; with fewer, the middle 80% is not determined


def make_forecast(
    public: ExAnte,
    *,
    made_by: str,
    worlds: int = WORLDS,
    seed: int = SEED,
    typical: float | None = None,
    executor: Any = None,
    progress: bool | None = None,
) -> Card:
    """Fit take-up to known outcomes, simulate scenarios with different values of the unknown numbers, and seal the
    card.

    Args:
        public: England as it was known on a day.
        made_by: the command that makes the card; it is written on the card.
        worlds: the number of scenarios, spread evenly over the ranges of unknown numbers; each is simulated once.
        seed: the seed of the runs and of the values of unknown numbers.
        typical: the take-up fitted for an earlier card of the same day; by default it is fitted.
        executor: a number of processes, or an executor as in `concurrent.futures`; by default this process.
        progress: whether to show a progress line; by default in a terminal and in a notebook.

    Raises:
        CalibrationError: there are fewer than five scenarios, or a run failed.
        SweepError, StoreError: as in `sweep`.
    """
    if worlds < FEWEST:
        raise CalibrationError("worlds", f"is {worlds!r}", f"give a whole number of {FEWEST} or more")
    how: dict[str, Any] = {"executor": executor, "progress": progress}
    # The fitted value first, then its draws; a value given from an earlier card has no draws.
    take_up = [typical] if typical is not None else _take_up(public, seed, how)
    # One run of each scenario: the scenarios differ in everything that is unknown, so chance is included too.
    study = sweep(_worlds(public, take_up, worlds, seed), replications=1, seed=seed, measure=forecast_figures, **how)
    if study.results.failed.any():
        first = study.failures().iloc[0]
        raise CalibrationError(
            "a run", f"failed ({first['error']})", "correct the scenario, because a forecast needs every run"
        )
    card = Card(
        about=f"Redundancies, their cost, transfers and vacancies at March 2013, from what was public on {_day(public)}",
        as_of=str(public.as_of),
        made_by=made_by,
        scenario_sha256=scenario_content(public.world()),
        typical=round(take_up[0], 5),
        worlds=worlds,
        quantity=quantities({name: study.results.column(name) for name in UNITS}),
    )
    return card.sealed()


def _take_up(public: ExAnte, seed: int, how: dict[str, Any]) -> list[float]:
    """Fit take-up, the chance that a person accepts an offer, to known outcomes: the fitted value, then draws."""
    free = Parameter(path=public.fitted.path, low=public.fitted.low, high=public.fitted.high, scale="log")
    found = calibrate(
        public.world(),
        targets_of(public.fitted.targets),
        [free],
        measure=expected_figures,
        seeds=SEEDS,
        budget=BUDGET,
        seed=seed,
        draws=DRAWS,
        **how,
    )
    fitted = float(found.setting[0][1])
    return [fitted, *(float(row[0]) for row in found.draws.rows)]


def _worlds(public: ExAnte, take_up: list[float], count: int, seed: int) -> dict[str, Scenario]:
    """Scenarios by name, spread evenly over the ranges of unknown numbers and over the draws of take-up."""
    ranges = forecast_parameters(public)
    fitted = public.fitted.path.rpartition(".")[2]
    # The draws, without the fitted value; without draws, that value alone.
    sample = take_up[1:] or take_up
    people = public.world().workforce  # computed once, so that every scenario has the same people
    worlds = {}
    for number, point in enumerate(spread_points(count, len(ranges) + 1, seed)):
        # `point` has one coordinate for each range, and a last one that selects a draw of take-up.
        moved = {}
        for (name, (low, high)), share in zip(ranges.items(), point, strict=False):
            moved[name] = low + share * (high - low)
        moved[fitted] = sample[int(point[-1] * len(sample))]
        worlds[f"world {number}"] = attrs.evolve(public.world(**moved), staff=people)
    return worlds


def _day(public: ExAnte) -> str:
    """The day in words, such as 19 January 2011."""
    return f"{public.as_of.day} {public.as_of:%B %Y}"
