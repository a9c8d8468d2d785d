"""The units that published figures come in: what each measures, and its size in that measure's own base.

A figure and a measure meet only where they speak of the same thing, so that heads are never set beside whole-time
equivalents, nor a sum beside a sum a year.
"""

from __future__ import annotations

import attrs

from nhstransit.errors import FormatError, nearest

PEOPLE, WTE, POSTS, BODIES = "people", "whole-time equivalents", "posts", "bodies"
POUNDS, POUNDS_A_YEAR = "pounds", "pounds a year"


@attrs.frozen
class Unit:
    """What is measured, and how many of its base one unit is."""

    measures: str
    size: float = 1.0


UNITS = {
    "people": Unit(PEOPLE),
    "WTE": Unit(WTE),
    "posts": Unit(POSTS),
    "posts a person": Unit("posts a person"),
    "bodies": Unit(BODIES),
    "£": Unit(POUNDS),
    "£ million": Unit(POUNDS, 1e6),
    "£ billion": Unit(POUNDS, 1e9),
    "£ a year": Unit(POUNDS_A_YEAR),
    "£ million a year": Unit(POUNDS_A_YEAR, 1e6),
    "£ a person": Unit("pounds a person"),
    "£ a WTE": Unit("pounds a whole-time equivalent"),
    "£ a year a person": Unit("pounds a year a person"),
    "£ a year a resident": Unit("pounds a year a resident"),
    "£ a resident": Unit("pounds a resident"),
    "years": Unit("years"),
    "share of people": Unit("share of people"),
    "share of WTE": Unit("share of whole-time equivalents"),
    "share of posts": Unit("share of posts"),
    "share of bodies": Unit("share of bodies"),
    "share of cost": Unit("share of cost"),
    "ratio of costs": Unit("ratio of costs"),
    "ratio of shares of people": Unit("ratio of shares of people"),
}
COUNTED = {  # what a unit must say of a figure counted in these
    "heads": ("people", "£ a person", "£ a year a person", "share of people", "ratio of shares of people"),
    "WTE": ("WTE", "£ a WTE", "share of WTE"),
    "posts": ("posts", "posts a person", "share of posts"),
}


def unit_named(name: str) -> Unit:
    """The unit of that name. Raises FormatError, with the nearest, for one that is not known."""
    if name not in UNITS:
        raise FormatError("unit", f"is {name!r}", nearest(name, UNITS))
    return UNITS[name]
