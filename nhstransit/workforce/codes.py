"""The small vocabularies behind the staff columns: a column holds the position of a word in its tuple here.

Append to a tuple, never reorder it: stored runs hold the positions.
"""

from __future__ import annotations

from enum import IntEnum

BANDS = ("1", "2", "3", "4", "5", "6", "7", "8a", "8b", "8c", "8d", "9", "VSM")
SEXES = ("female", "male", "unknown")
CONTRACTS = ("permanent", "fixed-term")
SECTIONS = ("1995", "2008", "2015", "none")  # sections of the NHS Pension Scheme
ZONES = ("none", "fringe", "outer", "inner")  # of the high-cost-area supplement
VSM = BANDS.index("VSM")


class Disposition(IntEnum):
    """The three kinds of people the NHS's chief executive described; nobody has one before the announcement."""

    NONE = 0
    LEAVER = 1
    STAYER = 2
    MOVER = 3


class RiskClass(IntEnum):
    """What a person may think will become of the post; it decides where perceived risk heads."""

    NONE = 0  # nothing announced
    EXPOSED = 1  # heads for the share of the function's posts expected to go
    GUARANTEED = 2  # nought while the guarantee runs
    ASSIGNED = 3  # lent to a shadow consortium: heads for nought
    AT_RISK = 4  # holds an at-risk letter: heads for one
    SAFE = 5  # in a post of a body that goes on


class Status(IntEnum):
    """Where a person stands with their employer."""

    OUTSIDE = 0  # not in post: left, or not yet arrived
    IN_POST = 1
    LEAVING = 2  # an exit date is agreed or notice has been given
