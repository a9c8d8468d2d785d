"""Second thoughts in words."""

from __future__ import annotations

from nhstransit.policies import SecondThoughts
from tests.policies.explained import one_trust, said
from tests.small import date


def test_they_say_how_long_is_long() -> None:
    """Months, and the share who lose heart."""
    policy = SecondThoughts(announced=date("2010-05-01"), until=date("2010-07-01"), kinds=("pct",), months=3)
    assert "Of movers who have had no other post for 3 months, 30% become leavers." in said(policy, one_trust())
