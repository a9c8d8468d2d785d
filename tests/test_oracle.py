"""The engine and the oracle, two implementations of one model, write the same log, event for event."""

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

RULES_PLAYED = {  # kinds of event, each with a policy by which it must have happened
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
    """Run both engines on `examples` generated scenarios."""

    @seed(part)
    @settings(max_examples=examples)
    @given(fresh_worlds(crowded=crowded), seeds())
    def agree(scenario: Scenario, run_seed: int) -> None:
        assert not first_difference(simulate(scenario, seed=run_seed).log, oracle(scenario, run_seed), scenario)

    agree()


def test_engine_and_oracle_write_the_same_log() -> None:
    """In four generated scenarios the two logs are equal in every column. A thorough test uses all shared scenarios."""
    assert not any(difference_from_oracle(1, index) for index in range(4))


@pytest.mark.thorough
def test_engine_and_oracle_agree_on_crowded_scenarios() -> None:
    """In two crowded scenarios the two logs are equal."""
    assert not any(difference_from_oracle(0, index) for index in range(2))


@pytest.mark.thorough
def test_engine_and_oracle_agree_on_every_kind_of_event() -> None:
    """In scenarios written by hand, which together with the hamlet contain every kind of event, the logs are equal."""
    seen: set[tuple[str, int]] = set()
    logs = [simulate(load_scenario("hamlet"), seed=1).log]  # compared with the oracle by another test below
    for run_seed, scenario in enumerate(plainly_made(), 1):
        logs.append(simulate(scenario, seed=run_seed).log)
        assert not first_difference(logs[-1], oracle(scenario, run_seed), scenario)
    for log in logs:
        seen.update((Kind(kind).name, rule) for kind, rule in zip(log.kind.tolist(), log.rule.tolist(), strict=True))
    assert {kind.name for kind in Kind} == {kind for kind, _ in seen}
    assert {(kind, rule_code(name)) for kind, name in RULES_PLAYED} <= seen


@pytest.mark.thorough
@pytest.mark.parametrize("index", range(3, 6))
def test_engine_and_oracle_agree_when_people_compete_for_posts(index: int) -> None:
    """In further small Englands, with policies that England did not have, the two logs are equal."""
    world = with_prospects(index)
    assert not first_difference(simulate(world, seed=index).log, oracle(world, index), world)


@pytest.mark.parametrize(
    ("end", "events"),
    [("2010-12-31", 500), pytest.param("2014-03-31", 2_000, marks=pytest.mark.thorough)],
)
def test_engine_and_oracle_agree_on_the_hamlet(end: str, events: int) -> None:
    """In the hamlet (300 people, over nine months or four years) the logs are equal."""
    hamlet = load_scenario("hamlet").having("end", dt.date.fromisoformat(end))
    log = simulate(hamlet, seed=1).log
    assert len(log) > events
    assert not first_difference(log, oracle(hamlet, 1), hamlet)


@pytest.mark.thorough
@pytest.mark.parametrize("part", range(100, 120))
def test_engine_and_oracle_agree_on_thousands_of_scenarios(part: int) -> None:
    """In 3,000 other generated scenarios, half of them crowded, the logs are equal."""
    compared(part, 150, crowded=part % 2 == 0)
