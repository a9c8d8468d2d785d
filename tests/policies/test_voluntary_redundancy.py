"""Voluntary redundancy: its explanation, and its effect as a lever with the same seeds."""

from __future__ import annotations

import datetime as dt
from functools import cache

import pytest

from nhstransit.engine.simulate import simulate
from nhstransit.log import Kind, rule_code
from nhstransit.policies import VoluntaryRedundancy
from nhstransit.policies.voluntary_redundancy import Panel
from nhstransit.scenario import Scenario, load_scenario
from tests.policies.explained import explanation
from tests.small import START, date
from tests.small_england import small_england

HAMLET = load_scenario("hamlet")
SEEDS = (1, 2, 3)
NAME = "voluntary-redundancy"


def window(cut: float) -> VoluntaryRedundancy:
    """A window for applications, with exits on 31 March 2011."""
    panels = (Panel(closes=dt.date(2011, 1, 31), leaves=dt.date(2011, 3, 31)),)
    days = {"announced": dt.date(2010, 12, 15), "opens": dt.date(2011, 1, 4)}
    return VoluntaryRedundancy(**days, panels=panels, cut=cut)


@cache
def leavers(world: Scenario, seeds: tuple[int, ...] = SEEDS) -> dict[str, int]:
    """Number of people who leave by voluntary redundancy and by redundancy, summed over seeds."""
    rules = {name: rule_code(name) for name in (NAME, "redundancy")}
    logs = [simulate(world, seed=seed).log.of(Kind.DEPARTED) for seed in seeds]
    return {name: sum(int((log.rule == rule).sum()) for log in logs) for name, rule in rules.items()}


def test_the_explanation_before_a_run() -> None:
    """It states who may apply, the target, the leavers that count first, and how the panel decides."""
    panels = (Panel(closes=date("2010-05-03"), leaves=date("2010-09-30")),)
    policy = VoluntaryRedundancy(announced=START, opens=START, panels=panels, cut=0.5)
    text = explanation(policy)
    assert "2 of the 2 people in primary care trusts and strategic health authorities may apply." in text
    assert "By 30 September 2010 each employer's basic pay is to be 50% below its level at the start" in text
    assert "expected leaving (10% a year) count first" in text
    assert "approves the rest in random order until its bill is on the path" in text


@pytest.mark.thorough
def test_a_larger_first_step_replaces_redundancies_with_voluntary_exits() -> None:
    """In the hamlet, a first step of 0%, 20%, 30% and 40%: more voluntary exits, and fewer redundancies at closure."""
    found = [leavers(HAMLET), *(leavers(HAMLET.having(f"policies.{NAME}", window(cut))) for cut in (0.2, 0.3, 0.4))]
    voluntary = [one[NAME] for one in found]
    redundant = [one["redundancy"] for one in found]
    assert voluntary[0] == 0 and voluntary == sorted(voluntary) and voluntary[1] < voluntary[3]
    assert redundant[0] > redundant[3]


@pytest.mark.thorough
def test_a_larger_first_step_in_a_region_of_england() -> None:
    """In one small region, with a first step of 10% and of 20%, where the second window starts from the first step."""
    world = small_england("Yorkshire and the Humber", 2_000, 1)
    found = []
    for cut in (0.10, 0.20):
        moved = world.having(f"policies.{NAME}.cut", cut).having(f"policies.{NAME}-second.from_cut", cut)
        found.append(leavers(moved, (1, 2)))
    assert found[1][NAME] > 2 * found[0][NAME]
    assert found[1]["redundancy"] < found[0]["redundancy"]
