"""The engine and the oracle write the same log of small Englands of 2025, with real boards, real dates and all policies."""

from __future__ import annotations

import attrs
import pytest
from oracle import oracle
from oracle.words import first_difference
from small_england_2025 import REGIONS_2025, england_2025, small_england_2025

from nhstransit.engine.simulate import simulate
from nhstransit.log import Kind
from nhstransit.policies import CostReduction, TransferFunctions
from nhstransit.policies.cost_reduction import Step
from tests.examples import some

PEOPLE = 45


def compare(index: int, people: int) -> None:
    """Assert that engine and oracle agree on a small England of one region."""
    world = small_england_2025(REGIONS_2025[index], people, index, belief=(0.0, 0.5, 1.0)[index % 3])
    difference = first_difference(simulate(world, seed=index).log, oracle(world, index), world)
    assert not difference, difference


@pytest.mark.parametrize("index", some((0, 1, 5), (5,)))
def test_engine_and_oracle_agree_on_boards(index: int) -> None:
    """In small Englands of three regions, one of which divides boards, the logs are equal in every column."""
    compare(index, PEOPLE)


@pytest.mark.thorough
@pytest.mark.parametrize(
    "lever",
    [
        {"law.section16@2015-04-01.taper_age": 58.0},
        {"policies.vr-boards.notice_worked": 0.5, "policies.vr-boards.most_months": 9.0},
    ],
    ids=["a taper before an age", "half of notice worked, at most nine months"],
)
def test_engine_and_oracle_agree_on_other_redundancy_terms(lever: dict[str, float]) -> None:
    """The logs of engine and oracle are equal, and differ from those with the usual terms."""
    world = small_england_2025("South East", 60, 5)
    priced = world
    for path, value in lever.items():
        priced = priced.having(path, value)
    before = simulate(world, seed=5)
    after = simulate(priced, seed=5)
    difference = first_difference(after.log, oracle(priced, 5), priced)
    assert not difference, difference
    assert before.log.tuples() != after.log.tuples()


@pytest.mark.thorough
@pytest.mark.parametrize("index", range(len(REGIONS_2025)))
def test_engine_and_oracle_agree_on_boards_of_each_region(index: int) -> None:
    """In a larger small England of each region the logs are equal."""
    compare(index, 150 + 5 * index)


@pytest.mark.thorough
def test_the_small_englands_contain_every_policy() -> None:
    """Together small Englands have events of every policy except clustering, for which they have too few senior posts."""
    acted: set[str] = set()
    for index, region in enumerate(REGIONS_2025):
        world = small_england_2025(region, 600, index)
        names = {code: name for name, code in world.rules.items()}
        acted |= {names[rule] for rule in set(simulate(world, seed=index).log.rule.tolist())}
    assert set(england_2025().policies) - acted <= {"clustering"}


@pytest.mark.thorough
def test_engine_and_oracle_agree_on_every_measure_of_a_cost_reduction() -> None:
    """With or without compulsory redundancy and removal of vacancies. Also for a transfer of functions within regions."""
    world = small_england_2025("Midlands", 40, 3)
    most = {"pay": 60_000.0, "heads": 3.0, "wte": 2.5, "pounds-a-head": 2.0, "allowance": 12.0}
    for number, (measure, target) in enumerate(most.items()):
        path = CostReduction(
            announced=world.start,
            path=(Step(by=world.policies["vr-boards"].path[0].by, target=target),),
            kinds=("icb", "nhs-england"),
            measure=measure,
            compulsory=number % 2 == 0,
            vacancies=number != 3,
            by_law=number == 4,
        )
        mixed = world.having("policies.vr-boards", path)
        difference = first_difference(simulate(mixed, seed=number).log, oracle(mixed, number), mixed)
        assert not difference, f"{measure}: {difference}"
    to = world.policies["to-providers"]
    near = attrs.evolve(to, kinds=("icb", "csu", "nhs-england"), functions=(), receivers=("icb",), share=0.6)
    moved = world.having("policies.to-providers", near)
    assert isinstance(moved.policies["to-providers"], TransferFunctions)
    run = simulate(moved, seed=1)
    difference = first_difference(run.log, oracle(moved, 1), moved)
    assert not difference, difference
    appointed = run.log.of(Kind.APPOINTED)
    assert (appointed.rule == moved.rules["to-providers"]).sum() >= 3
