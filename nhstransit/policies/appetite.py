"""How far employers differ in their appetite for paying people to go, letting them go, or lending them."""

from __future__ import annotations

import numpy as np

from nhstransit.arrays import Floats
from nhstransit.organisations.roster import Roster
from nhstransit.streams import Luck, name_key


def appetite(bodies: Roster, luck: Luck) -> Floats:
    """A standard normal for each body, (bodies,): the same for every policy and round that asks, by the body's name."""
    keys = np.array([name_key(name) for name in bodies.names], "uint64")
    return luck.normal("employer appetite", 0, keys, among="organisation")
