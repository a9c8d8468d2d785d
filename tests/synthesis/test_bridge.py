"""The scope bridge: its sum, and a run compared with it."""

from __future__ import annotations

import attrs
import pytest

from nhstransit.errors import StaffError
from nhstransit.synthesis import Crossing, check_crossing, load_bridge

BRIDGE = load_bridge()
RUN = Crossing(
    in_scope=60_300,
    redundancies=11_500,
    mars=2_200,
    unpaid_leavers=16_000,
    refills=9_000,
    from_outside=6_000,
    transferred=45_600,
)


def test_the_sum_equals_the_published_sum() -> None:
    """24,700 to 32,500 before entries, 13,500 to 21,300 entries needed, and 4,500 to 17,600 refills."""
    assert BRIDGE.before_entries() == (24_700, 32_500)
    assert BRIDGE.entries_needed() == (13_500, 21_300)
    assert BRIDGE.refills_needed() == (4_500, 17_600)
    assert BRIDGE.refill_rate() == pytest.approx((0.32, 0.80), abs=0.01)


def test_a_run_with_all_moves_counted_has_none_unexplained() -> None:
    """Opening staff, less three kinds of departure, plus two kinds of entry, equals transfers.

    One more transfer is unexplained.
    """
    assert RUN.unexplained == 0
    assert attrs.evolve(RUN, transferred=45_601).unexplained == 1


def test_the_table_shows_how_far_a_line_is_outside_its_range() -> None:
    """Refills within their range show 0; 400 too few transfers show -400."""
    table = check_crossing(BRIDGE, RUN).set_index("line")
    assert table.loc["refills", ["low", "high", "outside"]].tolist() == [4_500, 17_600, 0]
    assert table.loc["transferred, April 2013", "outside"] == -400
    assert table.loc["unexplained", "run"] == 0
    assert len(BRIDGE.frame()) == 9


def test_a_bridge_without_a_line_or_with_an_inverted_range_is_refused() -> None:
    """The sum needs every line exactly once and in order."""
    with pytest.raises(StaffError, match="step: does not have each line exactly once"):
        attrs.evolve(BRIDGE, step=BRIDGE.step[1:])
    with pytest.raises(StaffError, match="has the range 5 to 4"):
        attrs.evolve(BRIDGE.step[0], low=5, high=4)
