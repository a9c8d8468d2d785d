"""The uncertain numbers of a choice: their draws, which are the same for every option."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np

from nhstransit.arrays import Floats
from nhstransit.errors import InputError, ScenarioError, check_kind
from nhstransit.scenario import Scenario
from nhstransit.scenario.draws import NONE, Draws, beside
from nhstransit.studies.design import Design, Range, latin_hypercube

FIT = "fit"
USUAL_FUTURES = 20


def draws_of(scenario: Scenario, given: Any, futures: int | None = None, seed: int = 1) -> Draws:
    """The draws of a choice.

    Args:
        scenario: the unchanged scenario.
        given: "fit" for the draws of the fit that the scenario's numbers come from; None for no uncertain numbers;
            draws, such as `draws_from_fit` returns for the fit of another scenario; a design; ranges, from which a
            Latin hypercube is drawn; or a list of several of these, joined draw by draw.
        futures: how many draws to use; None for all, or for 20 from a fit or ranges.
        seed: the seed of a Latin hypercube.

    Raises:
        InputError: for "fit" if the scenario has no bundled fit, for fewer draws than futures, and for any other value.
    """
    check_kind("scenario", scenario, Scenario)
    if futures is not None and (type(futures) is not int or futures < 1):
        raise InputError("futures", f"is {futures!r}", "give a whole number of draws, 1 or more, or None")
    if given is None:
        if futures is not None:
            raise InputError(
                "futures", "is set without uncertainties", "set `replications` instead, or give uncertainties"
            )
        return NONE
    if isinstance(given, Range):
        given = (given,)
    if isinstance(given, (list, tuple)) and given and all(_is_part(one) for one in given):
        return _joined(scenario, given, futures, seed)
    if isinstance(given, Design):
        given = given.draws
    if isinstance(given, str) and given == FIT:
        given = _of_fit(scenario)
        futures = futures or min(USUAL_FUTURES, len(given))
    if not isinstance(given, Draws):
        right = "give 'fit', None, draws, a design, or ranges such as Range('behaviour.departures.resign', 0.05, 0.1)"
        raise InputError("uncertainties", f"are {given!r}", right)
    if futures is not None and futures > len(given):
        raise InputError(
            "futures",
            f"is {futures:,}, but the number of draws is only {len(given):,}",
            "give more draws, or fewer futures",
        )
    return given if futures is None else attrs.evolve(given, rows=given.rows[:futures])


def _is_part(one: Any) -> bool:
    """Whether a value may be an item in a list of uncertainties."""
    return isinstance(one, (Range, Draws, Design)) or (isinstance(one, str) and one == FIT)


def _joined(scenario: Scenario, given: Sequence[Any], futures: int | None, seed: int) -> Draws:
    """Join several parts draw by draw. All ranges together are one part, with as many draws as the others."""
    ranges = [one for one in given if isinstance(one, Range)]
    parts = [_drawn(scenario, one) for one in given if not isinstance(one, Range)]
    # Without a given number, the shortest part decides. Ranges, and the many draws of a fit, are limited to the usual 20.
    usual = [USUAL_FUTURES] if ranges or all(isinstance(one, str) for one in given) else []
    count = futures or min([len(one) for one in parts] + usual)
    few = next((one for one in parts if len(one) < count), None)
    if few is not None:
        raise InputError(
            "futures",
            f"is {count:,}, but one of the sets of draws has only {len(few):,}",
            "give more draws, or fewer futures",
        )
    parts = [attrs.evolve(one, rows=one.rows[:count]) for one in parts]
    if ranges:
        parts.append(latin_hypercube(scenario, *ranges, points=count, seed=seed).draws)
    return beside(parts)


def _drawn(scenario: Scenario, part: Any) -> Draws:
    """The draws of one part: a design, draws, or "fit" for the draws of the scenario's fit."""
    if isinstance(part, Design):
        return part.draws
    return part if isinstance(part, Draws) else _of_fit(scenario)


def _of_fit(scenario: Scenario) -> Draws:
    """The draws of the fit of a scenario. Raises InputError if it has no fit."""
    try:
        return scenario.draws()
    except ScenarioError as error:
        right = f"give draws, ranges or None ({error.right})"
        raise InputError("uncertainties", f"'fit' cannot be used: {scenario.name} {error.wrong}", right) from None


def numbers_of(draws: Draws) -> tuple[tuple[str, ...], Floats]:
    """The paths of the draws that are numbers, dates or switches, and their values as floats, (draws, paths).

    Texts, lists and paths with a single value are left out.
    """
    paths = []
    columns = []
    for place, path in enumerate(draws.paths):
        column = [_number(row[place]) for row in draws.rows]
        if None not in column and len(set(column)) > 1:
            paths.append(path)
            columns.append(column)
    # The reshape is for draws without any number that varies, whose array would otherwise have no column axis.
    return tuple(paths), np.array(columns, float).T.reshape(len(draws), len(paths))


def _number(item: Any) -> float | None:
    if isinstance(item, dt.date):
        return float(item.toordinal())
    return float(item) if isinstance(item, (bool, int, float)) else None
