"""What people expect: perceived risk, which builds and fades, and dispositions."""

from __future__ import annotations

from typing import Any

import numpy as np

from nhstransit.arrays import AnyArray, Rows
from nhstransit.behaviour.outlook import moved, perceived
from nhstransit.engine.instant import Instant
from nhstransit.engine.world import CALM, World
from nhstransit.log import Kind
from nhstransit.workforce.columns import RiskClass

_IS_CALM = np.isin(np.arange(len(RiskClass)), CALM)


def turn_risk(world: World, rows: Rows, target: AnyArray, weight: float, day: int, pace: int) -> None:
    """Perceived risk sets out from where it stands today towards `target`, at a pace told by its number."""
    now = world.columns["risk"][rows]
    world.columns["risk_from"][rows] = now
    world.columns["risk_to"][rows] = moved(now, target, weight)
    world.columns["risk_since"][rows], world.columns["risk_pace"][rows] = day, pace


def feel(world: World, rows: Any, day: int, ramp_days: AnyArray | float, half_life_days: AnyArray | float) -> None:
    """Read perceived risk anew for `rows` (positions or a slice); the two spans are one for all or one each."""
    c = world.columns
    risk = perceived(c["risk_from"][rows], c["risk_to"][rows], c["risk_since"][rows], day, ramp_days, half_life_days)
    risk[_IS_CALM[c["risk_class"][rows]]] = 0.0
    c["risk"][rows] = risk


def turn_disposition(world: World, rows: Rows, disposition: AnyArray, at: Instant) -> None:
    """Dispositions change, for those in whom they do."""
    old = world.columns["disposition"][rows]
    new = np.asarray(disposition, "int8")
    changed = old != new
    world.record(at, Kind.DISPOSITION, rows[changed], from_post=old[changed], to_post=new[changed])
    world.columns["disposition"][rows] = new
