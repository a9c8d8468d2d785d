"""Tiny worlds, told event for event: a round on redundancy terms."""

from __future__ import annotations

from typing import Any

import pytest

from nhstransit.errors import NhstransitError
from nhstransit.eventlog import Kind, Phase
from nhstransit.policies import Mars
from tests.small import date, person, row, told

DESK, OUT = Phase.WINDOWS, Phase.DEPARTURES


def voluntary(**fields: Any) -> Mars:
    days = {"announced": "2010-05-01", "opens": "2010-05-10", "closes": "2010-06-30", "leaves": "2010-09-30"}
    return Mars(**{name: date(day) for name, day in days.items()}, terms="section16", quota=1.0, removed=0.0, **fields)


def test_ten_years_bring_ten_months() -> None:
    """Ten complete years on £24,000: £20,000, twice what the resignation scheme would pay."""
    events = told(person(1), policies={"mars": voluntary()})
    assert row("2010-06-30", DESK, Kind.APPLIED, "mars", 1, 0, -1, 2_000_000) in events
    assert row("2010-09-30", OUT, Kind.SEVERANCE, "mars", 1, 0, -1, 2_000_000) in events
    assert Kind.PENSION not in [event[2] for event in events]


def test_with_the_age_for_it_a_pension_is_taken_early() -> None:
    """At 51, with ten years, the employer pays capital into the scheme; on resignation terms it pays none."""
    elder = person(1, born="1959-01-01", since="2000-04-01")
    early = told(elder, policies={"mars": voluntary(payback_months=1200.0)})
    assert sum(event[2] == Kind.PENSION for event in early) == 1
    days = {"announced": "2010-05-01", "opens": "2010-05-10", "closes": "2010-06-30", "leaves": "2010-09-30"}
    plain = Mars(**{name: date(day) for name, day in days.items()}, quota=1.0)
    assert Kind.PENSION not in [event[2] for event in told(elder, policies={"mars": plain})]


def test_other_terms_are_refused() -> None:
    """Terms are known by name."""
    with pytest.raises(NhstransitError, match="terms"):
        Mars(**{name: date("2010-05-01") for name in ("announced", "opens", "closes", "leaves")}, terms="section17")
