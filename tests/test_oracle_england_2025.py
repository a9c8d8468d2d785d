"""The engine and the oracle write the same log on small Englands of 2025: real boards, real dates, every policy."""

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


def compare(place: int, people: int) -> None:
    """Assert that engine and oracle agree on a small England of one region."""
    world = small_england_2025(REGIONS_2025[place], people, place, belief=(0.0, 0.5, 1.0)[place % 3])
    told = first_difference(simulate(world, seed=place).log, oracle(world, place), world)
    assert not told, told


@pytest.mark.parametrize("place", some((0, 1, 5), (5,)))
def test_engine_and_oracle_agree_on_boards(place: int) -> None:
    """On small Englands of three regions, one of them with boards divided, the logs have the same events in every column."""
    compare(place, PEOPLE)


@pytest.mark.thorough
@pytest.mark.parametrize(
    "lever",
    [
        {"law.section16@2015-04-01.taper_age": 58.0},
        {"policies.vr-boards.notice_worked": 0.5, "policies.vr-boards.most_months": 9.0},
    ],
    ids=["a taper before an age", "half of notice worked, at most nine months"],
)
def test_engine_and_oracle_agree_on_other_prices(lever: dict[str, float]) -> None:
    """The logs agree, and differ from those of the terms as they stand; what is paid falls, or goes in lieu of notice."""
    world = small_england_2025("South East", 60, 5)
    priced = world
    for path, value in lever.items():
        priced = priced.having(path, value)
    before = simulate(world, seed=5)
    after = simulate(priced, seed=5)
    told = first_difference(after.log, oracle(priced, 5), priced)
    assert not told, told
    assert before.log.tuples() != after.log.tuples()


@pytest.mark.thorough
@pytest.mark.parametrize("place", range(len(REGIONS_2025)))
def test_engine_and_oracle_agree_on_boards_of_each_region(place: int) -> None:
    """The same on a larger small England of each region."""
    compare(place, 150 + 5 * place)


@pytest.mark.thorough
def test_the_small_englands_play_every_policy() -> None:
    """Between them small Englands hear of every policy but the merging of senior posts, of which they have too few."""
    heard: set[str] = set()
    for place, region in enumerate(REGIONS_2025):
        world = small_england_2025(region, 600, place)
        names = {code: name for name, code in world.rules.items()}
        heard |= {names[rule] for rule in set(simulate(world, seed=place).log.rule.tolist())}
    assert set(england_2025().policies) - heard <= {"clustering"}


@pytest.mark.thorough
def test_engine_and_oracle_agree_on_the_other_paths() -> None:
    """Each measure of the path, with volunteers only or not, with vacancies or not; and a transfer to anywhere near."""
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
        told = first_difference(simulate(mixed, seed=number).log, oracle(mixed, number), mixed)
        assert not told, f"{measure}: {told}"
    to = world.policies["to-providers"]
    near = attrs.evolve(to, kinds=("icb", "csu", "nhs-england"), functions=(), receivers=("icb",), share=0.6)
    moved = world.having("policies.to-providers", near)
    assert isinstance(moved.policies["to-providers"], TransferFunctions)
    run = simulate(moved, seed=1)
    told = first_difference(run.log, oracle(moved, 1), moved)
    assert not told, told
    appointed = run.log.of(Kind.APPOINTED)
    assert (appointed.rule == moved.rules["to-providers"]).sum() >= 3
