"""The engine and the oracle, two models of one world, write the same log, event for event."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, seed, settings
from made_rare import plainly_made, with_prospects
from oracle import oracle
from oracle.words import first_difference

from nhstransit.engine.simulate import simulate
from nhstransit.log import Kind, rule_code
from nhstransit.scenario import Scenario, load_scenario
from tests.kept_worlds import difference_from_oracle
from tests.worlds import fresh_worlds, seeds

RULES_PLAYED = {  # a kind of event, and a policy by which it must have happened
    ("EXIT_AGREED", "cost-reduction"),
    ("REFUSED", "cost-reduction"),
    ("EXIT_AGREED", "voluntary-redundancy"),
    ("REFUSED", "voluntary-redundancy"),
    ("ARRIVED", "inflow"),
    ("MOVED", "transfer-whole"),
    ("ARRIVED", "returns"),
    ("BACK", "returns"),
    ("MOVED", "slot-in"),
    ("RISK", "assignment"),
    ("TRAINING", "development"),
    ("DISPOSITION", "development"),
    ("DISPOSITION", "second-thoughts"),
    ("TRAINING", "best-people"),
    ("MOVED", "best-people"),
}


def compared(part: int, examples: int, *, crowded: bool) -> None:
    """Run both models on so many made worlds."""

    @seed(part)
    @settings(max_examples=examples)
    @given(fresh_worlds(crowded=crowded), seeds())
    def agree(scenario: Scenario, luck: int) -> None:
        assert not first_difference(simulate(scenario, seed=luck).log, oracle(scenario, luck), scenario)

    agree()


def test_engine_and_oracle_write_the_same_log() -> None:
    """On 4 worlds of any kind the two logs have the same events in every column; the long proofs play every world kept."""
    assert not any(difference_from_oracle(1, place) for place in range(4))


@pytest.mark.thorough
def test_engine_and_oracle_agree_on_crowded_worlds() -> None:
    """On 2 crowded worlds the two logs have the same events."""
    assert not any(difference_from_oracle(0, place) for place in range(2))


@pytest.mark.thorough
def test_engine_and_oracle_agree_on_every_kind_of_event() -> None:
    """On worlds made plainly, which with the hamlet see every kind of event, the two logs have the same events."""
    seen: set[tuple[str, int]] = set()
    logs = [simulate(load_scenario("hamlet"), seed=1).log]  # on which they agree: the next test
    for luck, scenario in enumerate(plainly_made(), 1):
        logs.append(simulate(scenario, seed=luck).log)
        assert not first_difference(logs[-1], oracle(scenario, luck), scenario)
    for log in logs:
        seen.update((Kind(kind).name, rule) for kind, rule in zip(log.kind.tolist(), log.rule.tolist(), strict=True))
    assert {kind.name for kind in Kind} == {kind for kind, _ in seen}
    assert {(kind, rule_code(name)) for kind, name in RULES_PLAYED} <= seen


@pytest.mark.thorough
@pytest.mark.parametrize("place", range(3, 6))
def test_engine_and_oracle_agree_where_posts_are_contested(place: int) -> None:
    """On further small Englands with the policies that England did not have, the two logs have the same events."""
    world = with_prospects(place)
    assert not first_difference(simulate(world, seed=place).log, oracle(world, place), world)


@pytest.mark.parametrize(
    ("end", "events"),
    [("2010-12-31", 500), pytest.param("2014-03-31", 2_000, marks=pytest.mark.thorough)],
)
def test_engine_and_oracle_agree_on_the_hamlet(end: str, events: int) -> None:
    """On the hamlet, three hundred people over its first nine months or all of its four years, the logs are the same."""
    hamlet = load_scenario("hamlet").having("end", dt.date.fromisoformat(end))
    log = simulate(hamlet, seed=1).log
    assert len(log) > events
    assert not first_difference(log, oracle(hamlet, 1), hamlet)


@pytest.mark.thorough
@pytest.mark.parametrize("part", range(100, 120))
def test_the_same_on_thousands_of_worlds(part: int) -> None:
    """The same holds on 3,000 other made worlds, half of them crowded."""
    compared(part, 150, crowded=part % 2 == 0)
