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

# Tables by risk class: a look-up by code is much faster than a search for each person's class in `CALM`.
_IS_CALM = np.isin(np.arange(len(RiskClass)), CALM)
_FEELS = np.where(_IS_CALM, 0.0, 1.0)


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
    # Only the trajectory is stored. The risk itself is unchanged today and follows it when `feel` is next called.
    columns = world.columns
    now = columns["risk"][rows]
    columns["risk_from"][rows] = now
    columns["risk_to"][rows] = moved(now, target, weight)
    columns["risk_since"][rows] = day
    columns["risk_pace"][rows] = pace


def feel(world: World, rows: Any, day: int, ramp_days: AnyArray | float, half_life_days: AnyArray | float) -> None:
    """Recompute perceived risk for some people.

    Args:
        world: the state of the run, which is changed.
        rows: positions of people, or a slice.
        day: today, from the scenario's start.
        ramp_days: days over which news builds up, one value or one per row.
        half_life_days: half-life of news in days, one value or one per row.
    """
    columns = world.columns
    origin = columns["risk_from"][rows]
    target = columns["risk_to"][rows]
    since = columns["risk_since"][rows]
    risk = perceived(origin, target, since, day, ramp_days, half_life_days)
    # The trajectory of people who feel no risk continues, so that they resume it if their class changes.
    calm = _IS_CALM[columns["risk_class"][rows]]
    risk[calm] = 0.0
    columns["risk"][rows] = risk


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
    columns = world.columns
    # `take` without an axis reads the tables as if their rows followed one another, so a cell is pace · (day + 1) + days.
    cell = np.maximum(day - columns["risk_since"][rows], 0)
    if len(ramped) > 1:
        cell += columns["risk_pace"][rows] * np.int32(day + 1)
    origin = columns["risk_from"][rows]
    change = columns["risk_to"][rows] - origin
    # News builds up towards its target and then fades. The whole of the risk fades, not only the news.
    risk = (origin + change * ramped.take(cell)) * fading.take(cell)
    risk *= _FEELS.take(columns["risk_class"][rows])  # a product costs less than a selection of people
    columns["risk"][rows] = risk


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
    # A policy may set the same disposition again. Only changes are events, so that the log does not repeat a state.
    changed = old != new
    world.record(at, Kind.DISPOSITION, rows[changed], first=old[changed], second=new[changed])
    world.columns["disposition"][rows] = new
