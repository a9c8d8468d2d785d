"""What people expect: dispositions, and perceived risk, which builds up and fades."""

from __future__ import annotations

from typing import Any

import numpy as np

from nhstransit.arrays import AnyArray, Floats, Rows
from nhstransit.behaviour.outlook import moved, perceived
from nhstransit.engine.instant import Instant
from nhstransit.engine.world import CALM, World
from nhstransit.log import Kind
from nhstransit.workforce.columns import RiskClass

_IS_CALM = np.isin(np.arange(len(RiskClass)), CALM)
_FEELS = np.where(_IS_CALM, 0.0, 1.0)  # by risk class


def turn_risk(world: World, rows: Rows, target: AnyArray, weight: float, day: int, pace: int) -> None:
    """Start a new trajectory of perceived risk, from today's value towards `target`.

    Args:
        world: the state of the run, which is changed.
        rows: (n,) positions of people.
        target: (n,) risk that the news suggests, 0 to 1.
        weight: how far the news moves perceived risk towards the target, 0 to 1.
        day: today, from the scenario's start.
        pace: number of the pace at which the news builds up and fades, from `Months.pace`.
    """
    now = world.columns["risk"][rows]
    world.columns["risk_from"][rows] = now
    world.columns["risk_to"][rows] = moved(now, target, weight)
    world.columns["risk_since"][rows] = day
    world.columns["risk_pace"][rows] = pace


def feel(world: World, rows: Any, day: int, ramp_days: AnyArray | float, half_life_days: AnyArray | float) -> None:
    """Recompute perceived risk for some people.

    Args:
        world: the state of the run, which is changed.
        rows: positions of people, or a slice.
        day: today, from the scenario's start.
        ramp_days: days over which news builds up, one value or one per row.
        half_life_days: half-life of news in days, one value or one per row.
    """
    c = world.columns
    risk = perceived(c["risk_from"][rows], c["risk_to"][rows], c["risk_since"][rows], day, ramp_days, half_life_days)
    risk[_IS_CALM[c["risk_class"][rows]]] = 0.0
    c["risk"][rows] = risk


def feel_all(world: World, rows: slice, day: int, ramped: Floats, fading: Floats) -> None:
    """Recompute perceived risk for a slice of people, as `feel` does but from a table by days since the news.

    The number of days since the news has few possible values, so a table costs less than a formula for each person.

    Args:
        world: the state of the run, which is changed.
        rows: a slice of people.
        day: today, from the scenario's start.
        ramped: (paces, day + 1) how far news of each pace has built up, by days since.
        fading: (paces, day + 1) the share of it that has not faded.
    """
    c = world.columns
    cell = np.maximum(day - c["risk_since"][rows], 0)
    if len(ramped) > 1:
        cell += c["risk_pace"][rows] * np.int32(day + 1)
    origin = c["risk_from"][rows]
    risk = (origin + (c["risk_to"][rows] - origin) * ramped.take(cell)) * fading.take(cell)
    risk *= _FEELS.take(c["risk_class"][rows])  # a product costs less than a selection of people
    c["risk"][rows] = risk


def turn_disposition(world: World, rows: Rows, disposition: AnyArray, at: Instant) -> None:
    """Set dispositions, for people whose disposition changes.

    Args:
        world: the state of the run, which is changed.
        rows: (n,) positions of people.
        disposition: (n,) codes of `Disposition`.
        at: the instant of the events.
    """
    old = world.columns["disposition"][rows]
    new = np.asarray(disposition, "int8")
    changed = old != new
    world.record(at, Kind.DISPOSITION, rows[changed], first=old[changed], second=new[changed])
    world.columns["disposition"][rows] = new
