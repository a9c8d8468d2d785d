"""Dated facts that a scenario states but does not simulate, such as statements, plans and bills. `explain` lists them."""

from __future__ import annotations

import datetime as dt

import attrs

from nhstransit.errors import ScenarioError
from nhstransit.fields import QUALITIES, one_of
from nhstransit.toml import Named

STATUSES = {"actual": "", "planned": "Planned", "missed": "Planned, and missed", "assumed": "Assumed"}
PRECISIONS = {"day": "", "week": "in that week", "month": "in that month", "quarter": "in that quarter"}


@attrs.frozen(kw_only=True)
class Dated:
    """One dated fact: what happened or is planned, how exact the day is, and its source.

    `played` lists the policies that simulate it, if any do.
    """

    on: dt.date
    what: str
    status: str = one_of(STATUSES, "actual")
    precision: str = one_of(PRECISIONS, "day")
    source: str
    quality: str = one_of(QUALITIES)
    note: str = ""
    played: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        if not self.what.strip():
            raise ScenarioError("what", "is empty", "say what happened or is planned")

    def sentences(self) -> tuple[str, ...]:
        """The fact in words, with its certainty and grade."""
        status = STATUSES[self.status]  # empty for an actual event, which needs no word
        about = ", ".join(part for part in (PRECISIONS[self.precision], f"quality: {self.quality}") if part)
        first = f"{status}: {self.what}" if status else self.what
        out = [f"{first} ({about})."]
        if self.played:
            out.append(f"Simulated by {', '.join(self.played)}.")
        return tuple(out)


@attrs.frozen(kw_only=True)
class Timeline:
    """The content of a TOML file of dated facts, by name."""

    about: str = ""
    dated: Named[Dated]
