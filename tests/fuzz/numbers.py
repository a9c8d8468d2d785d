"""Extreme values for every number of a scenario, and a function that tries one of them."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import attrs

import nhstransit as nt
from nhstransit.errors import InputError
from nhstransit.scenario import Scenario
from nhstransit.scenario.levers import Lever, every_lever
from nhstransit.scenario.paths import is_whole

LARGE = 1e18
NOT_A_NUMBER = float("nan")
Trial = tuple[str, Any]  # the path of a number, and its new value


def numbers(scenario: Scenario, *roots: str) -> list[Lever]:
    """The levers of a scenario that are numbers, below these roots ("law", "policies" …) or below any root."""
    return [
        lever
        for lever in every_lever(scenario)
        if _is_number(scenario, lever) and (not roots or lever.path.partition(".")[0] in roots)
    ]


def _is_number(scenario: Scenario, lever: Lever) -> bool:
    if lever.value is None:
        return True
    return type(lever.value) in (int, float)


def trials(scenario: Scenario, lever: Lever) -> Iterator[Trial]:
    """Values to try: zero, the ends of the plausible range, values beyond them, and values that cannot be valid."""
    low, high = lever.range or (0.0, float(lever.value or 1.0))
    width = max(high - low, abs(high), 1.0)
    values: list[Any] = [0, low, high, low - width, high + width, 100 * high, LARGE, -1, NOT_A_NUMBER]
    values += [float("inf"), 5e-324, 2**31 - 1, 2**63]
    if is_whole(scenario, lever.path):
        values = [int(value) if abs(value) < 1e300 else value for value in values if value == value] + [NOT_A_NUMBER]
    for value in dict.fromkeys(map(repr, values)):
        yield lever.path, next(one for one in values if repr(one) == value)


@attrs.frozen
class Tried:
    """The result of a trial: the message with which it was refused, or "" if the run was completed."""

    path: str
    value: Any
    refused: str


def tried(scenario: Scenario, path: str, value: Any) -> Tried:
    """Set one number, simulate and measure. Warnings count as errors.

    Raises:
        AssertionError: if there is neither a run nor an InputError.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            run = nt.simulate(scenario.having(path, value), seed=1)
            nt.measure(run).headlines  # noqa: B018
    except InputError as error:
        message = str(error)
        assert all(line.strip() for line in message.split("\n")), (path, value, message)
        return Tried(path, value, message)
    except Exception as fault:
        raise AssertionError(f"{path} = {value!r}: {type(fault).__name__}: {fault}") from fault
    return Tried(path, value, "")
