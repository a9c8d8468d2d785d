"""Scenarios with known figures: all people are alike and only leave, so that counts are binomial."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import numpy as np
import pytest

from nhstransit.log import Kind, rule_code
from nhstransit.run import Run
from nhstransit.scenario import Scenario
from nhstransit.studies import calibration
from nhstransit.studies.calibration import Calibration, Parameter, Target, calibrate
from tests.examples import THOROUGH
from tests.small import behaving, person, small_world

PEOPLE = 300
YEARS = 275 / 365.25
RESIGN = "behaviour.departures.resign"
OTHER = "behaviour.departures.other"
FREE = (
    Parameter(path=RESIGN, low=0.05, high=2.0, scale="log", reason="the truth is to be found"),
    Parameter(path=OTHER, low=0.01, high=1.0, scale="log", reason="likewise"),
)


@cache
def crowd(resign: float = 0.4, other: float = 0.1) -> Scenario:
    """300 people who are alike, over nine months; some resign and some leave for other reasons."""
    people = (person(staff) for staff in range(1, PEOPLE + 1))
    return small_world(*people, behaviour=behaving(resign=resign, other=other))


def counts(run: Run) -> dict[str, float]:
    """The numbers who resigned and who left for other reasons, and the share of all who left."""
    left = run.log.of(Kind.DEPARTED).rule
    resigned = int(np.isin(left, [rule_code("resignation"), rule_code("resignation-within-nhs")]).sum())
    return {"resigned": float(resigned), "otherwise": float(len(left) - resigned), "share": len(left) / PEOPLE}


def aims(resign: float, other: float) -> tuple[Target, ...]:
    """The expected figures for these hazards, from competing exponential times up to the last day."""
    left = PEOPLE * (1.0 - math.exp(-(resign + other) * YEARS))
    return (
        Target(name="resigned", kind="count", value=left * resign / (resign + other)),
        Target(name="otherwise", kind="count", value=left * other / (resign + other)),
        Target(name="share", kind="share", value=left / PEOPLE, size=PEOPLE),
    )


@cache
def found(resign: float = 0.4, other: float = 0.1) -> Calibration:
    """The fit to the expected figures for these hazards."""
    with quick_chains():
        return calibrate(
            crowd(),
            aims(resign, other),
            FREE,
            seeds=4,
            budget=96 if THOROUGH else 64,
            measure=counts,
            progress=False,
            draws=100,
        )


@contextmanager
def quick_chains(steps: int = 100) -> Iterator[None]:
    """Use shorter chains in tests that do not depend on their length; thorough tests use the default length."""
    with pytest.MonkeyPatch.context() as patch:
        if not THOROUGH:
            patch.setattr(calibration, "STEPS", steps)
        yield
