"""What nobody knows: draws of uncertain numbers, the same for every option."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np

from nhstransit.arrays import Floats
from nhstransit.errors import InputError, ScenarioError, check_kind
from nhstransit.scenario import Scenario
from nhstransit.scenario.draws import NONE, Draws
from nhstransit.studies.design import Design, Range, latin_hypercube

FIT = "fit"
USUAL_FUTURES = 20


def draws_of(scenario: Scenario, given: Any, futures: int | None = None, seed: int = 1) -> Draws:
    """The draws of a choice.

    Args:
        scenario: the scenario as it stands.
        given: "fit" for the draws of the fit that the scenario's numbers come from; None for none; draws; a design;
            ranges, which are filled by a Latin hypercube; or "fit" and any of these in a list, joined draw by draw.
        futures: how many draws; None for all, or for 20 from a fit or ranges.
        seed: the seed of a Latin hypercube.

    Raises:
        InputError: for "fit" where no bundled fit is behind the scenario, fewer draws than futures, and anything else.
    """
    check_kind("scenario", scenario, Scenario)
    if futures is not None and (type(futures) is not int or futures < 1):
        raise InputError("futures", f"are {futures!r}", "give a whole number of draws, or None")
    if given is None:
        if futures is not None:
            raise InputError(
                "futures", "are given without uncertainties", "give replications instead, or uncertainties"
            )
        return NONE
    if isinstance(given, Range):
        given = (given,)
    if isinstance(given, (list, tuple)) and FIT in given:
        return _beside_fit(scenario, [one for one in given if not (isinstance(one, str) and one == FIT)], futures, seed)
    if _are_ranges(given):
        return latin_hypercube(scenario, *given, points=futures or USUAL_FUTURES, seed=seed).draws
    if isinstance(given, Design):
        given = given.draws
    if isinstance(given, str) and given == FIT:
        given = _of_fit(scenario)
        futures = futures or min(USUAL_FUTURES, len(given))
    if not isinstance(given, Draws):
        right = "give 'fit', None, draws, a design, or ranges such as Range('behaviour.departures.resign', 0.05, 0.1)"
        raise InputError("uncertainties", f"are {given!r}", right)
    if futures is not None and futures > len(given):
        raise InputError("futures", f"are {futures:,} of {len(given):,} draws", "give more draws, or fewer futures")
    return given if futures is None else attrs.evolve(given, rows=given.rows[:futures])


def _are_ranges(given: Any) -> bool:
    several = isinstance(given, Sequence) and not isinstance(given, str) and bool(given)
    return several and all(isinstance(one, Range) for one in given)


def _beside_fit(scenario: Scenario, rest: Sequence[Any], futures: int | None, seed: int) -> Draws:
    """The draws of the fit with other draws beside them, draw by draw; the fit's own numbers may not be among these."""
    fit = _of_fit(scenario)
    if not rest:
        return draws_of(scenario, FIT, futures)
    others = draws_of(scenario, rest[0] if len(rest) == 1 else rest, futures, seed)
    count = min(len(others), len(fit)) if futures is None else futures
    if count > len(fit):
        raise InputError("futures", f"are {count:,} of {len(fit):,} draws of the fit", "give fewer futures")
    rows = [one + other for one, other in zip(fit.rows[:count], others.rows[:count], strict=True)]
    return Draws(paths=fit.paths + others.paths, rows=tuple(rows))


def _of_fit(scenario: Scenario) -> Draws:
    """The draws of the fit behind a scenario. Raises InputError where there is none."""
    try:
        return scenario.draws()
    except ScenarioError as error:
        right = f"give draws, ranges or None ({error.right})"
        raise InputError("uncertainties", f"are 'fit', and {scenario.name} {error.wrong}", right) from None


def numbers_of(draws: Draws) -> tuple[tuple[str, ...], Floats]:
    """The draws that are numbers, dates or switches, as floats: their paths, and (draws, paths).

    Texts and lists, and paths with one value only, are left out.
    """
    paths = []
    columns = []
    for place, path in enumerate(draws.paths):
        column = [_number(row[place]) for row in draws.rows]
        if None not in column and len(set(column)) > 1:
            paths.append(path)
            columns.append(column)
    return tuple(paths), np.array(columns, float).T.reshape(len(draws), len(paths))


def _number(item: Any) -> float | None:
    if isinstance(item, dt.date):
        return float(item.toordinal())
    return float(item) if isinstance(item, (bool, int, float)) else None
