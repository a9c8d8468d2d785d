"""Which assumptions matter: how much of a headline's spread each makes, beside what chance makes.

every = ranges_of(england)
some = screen(england, every, trajectories=4, executor=2).chosen(6)
found = rank(england, ranges_of(england, some), points=128, seeds=2, executor=2)
found.table("exit cost")
"""

from __future__ import annotations

from nhstransit.sensitivity.assumed import ranges_of
from nhstransit.sensitivity.rank import Ranking, rank
from nhstransit.sensitivity.screen import Effects, Screening, screen

__all__ = ["Effects", "Ranking", "Screening", "ranges_of", "rank", "screen"]
