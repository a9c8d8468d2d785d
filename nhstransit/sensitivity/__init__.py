"""Which assumptions matter: how much of a headline's spread each makes, beside what chance makes.

found = rank(england, ranges_of(england), points=128, seeds=2, executor=2)
found.table("exit cost")
"""

from __future__ import annotations

from nhstransit.sensitivity.assumed import ranges_of
from nhstransit.sensitivity.rank import Ranking, rank

__all__ = ["Ranking", "ranges_of", "rank"]
