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
from nhstransit.scenario.draws import NONE, Draws, beside
from nhstransit.studies.design import Design, Range, latin_hypercube

FIT = "fit"
USUAL_FUTURES = 20


def draws_of(scenario: Scenario, given: Any, futures: int | None = None, seed: int = 1) -> Draws:
    """The draws of a choice.

    Args:
        scenario: the scenario as it stands.
        given: "fit" for the draws of the fit that the scenario's numbers come from; None for none; draws, such as
            `draws_from_fit` gives of another world's fit; a design; ranges, which are filled by a Latin hypercube; or
            several of these in a list, joined draw by draw.
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
            f"are {futures:,}, but the number of draws is {len(given):,}",
            "give more draws, or fewer futures",
        )
    return given if futures is None else attrs.evolve(given, rows=given.rows[:futures])


def _is_part(one: Any) -> bool:
    """Whether it can stand in a list of uncertainties."""
    return isinstance(one, (Range, Draws, Design)) or (isinstance(one, str) and one == FIT)


def _joined(scenario: Scenario, given: Sequence[Any], futures: int | None, seed: int) -> Draws:
    """Several parts side by side, draw by draw. All ranges are one part, filled to the same number of draws."""
    ranges = [one for one in given if isinstance(one, Range)]
    parts = [_drawn(scenario, one) for one in given if not isinstance(one, Range)]
    usual = [USUAL_FUTURES] if ranges or all(isinstance(one, str) for one in given) else []
    count = futures or min([len(one) for one in parts] + usual)
    few = next((one for one in parts if len(one) < count), None)
    if few is not None:
        raise InputError(
            "futures", f"are {count:,}, but the number of draws is {len(few):,}", "give more draws, or fewer futures"
        )
    parts = [attrs.evolve(one, rows=one.rows[:count]) for one in parts]
    if ranges:
        parts.append(latin_hypercube(scenario, *ranges, points=count, seed=seed).draws)
    return beside(parts)


def _drawn(scenario: Scenario, part: Any) -> Draws:
    """The draws of one part: a design's, those given, or those of the scenario's fit."""
    if isinstance(part, Design):
        return part.draws
    return part if isinstance(part, Draws) else _of_fit(scenario)


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
