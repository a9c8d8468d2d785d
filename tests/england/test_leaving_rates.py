"""Leaving rates of bodies due to close: within the published range, and the effect of changing the rate."""

from __future__ import annotations

import attrs
import pytest

import nhstransit as nt
from nhstransit.behaviour import Departures
from nhstransit.england import crossing
from nhstransit.england.outcomes import bundled_outcomes

READING = bundled_outcomes().reading


def test_the_base_rate_follows_from_leaving_under_threat() -> None:
    """10.7% a year leave voluntarily, 2.4% of them by retiring; threat multiplies resignation by 1.1."""
    parent = attrs.fields_dict(Departures)["resign"].metadata["parent"]
    implied = (0.107 - 0.024) / 1.1
    assert implied == pytest.approx(Departures().resign, abs=0.008)
    lowest, highest = parent.range
    assert lowest < (0.09 - 0.024) / 1.1 < (0.125 - 0.024) / 1.1 < highest + 0.003


@pytest.fixture(scope="module")
def crossings() -> dict[float, nt.england.Crossing]:
    """The scope bridge of the hamlet at the base rate, and at two points more and less."""
    world = nt.load_scenario("hamlet")
    by_points = {}
    for points in (-0.02, 0.0, 0.02):
        rate = Departures().resign + points
        run = nt.simulate(world.having("behaviour.departures.resign", rate), seed=1)
        by_points[points] = crossing(run, reading=READING)
    return by_points


@pytest.mark.thorough
def test_two_points_of_resignation_change_unpaid_leavers(crossings: dict[float, nt.england.Crossing]) -> None:
    """A higher resignation rate gives more unpaid leavers."""
    fewest, as_it_is, most = (one.unpaid_leavers for one in crossings.values())
    assert fewest < as_it_is < most and most - fewest >= 10


def test_the_scope_bridge_adds_up_at_any_rate(crossings: dict[float, nt.england.Crossing]) -> None:
    """Everyone is in exactly one line of the bridge."""
    assert [one.unexplained for one in crossings.values()] == [0, 0, 0]


@pytest.mark.thorough
def test_leaving_rates_of_closing_bodies_match_those_published() -> None:
    """Unfitted, resignations and retirements are 9 to 11.5% of mean staff in each of the first two years."""
    run = nt.simulate(nt.load_scenario("england-2010-prior"), seed=1)
    exits = run.history.exits()
    mine = exits[exits["kind"].isin(["pct", "sha", "dh", "alb"])]
    for year in (2010, 2011):
        inside = (mine["date"] >= f"{year}-04-01") & (mine["date"] <= f"{year + 1}-03-31")
        own = mine[inside & mine["route"].isin(["resignation", "resignation-within-nhs", "retirement"])]
        stocks = [_staff(run, f"{year}-10-01"), _staff(run, f"{year}-04-01"), _staff(run, f"{year + 1}-03-31")]
        assert 0.09 < len(own) / (sum(stocks) / 3) < 0.115


def _staff(run: nt.Run, on: str) -> int:
    """People in post in the sending bodies at the end of a day."""
    spells = run.history.spells()
    there = (spells["start"] <= on) & ((spells["end"] > on) | spells["end"].isna())
    return int((there & spells["kind"].isin(["pct", "sha", "dh", "alb"])).sum())
