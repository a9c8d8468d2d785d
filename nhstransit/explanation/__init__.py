"""A scenario read aloud: what will happen, to whom, on what terms, before any of it does. Knows nothing of the engine."""

from __future__ import annotations

from nhstransit.explanation.aloud import explain
from nhstransit.explanation.opening import opening_situation
from nhstransit.explanation.telling import Explanation, Telling

__all__ = ["Explanation", "Telling", "explain", "opening_situation"]
