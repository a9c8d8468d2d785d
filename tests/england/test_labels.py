"""Names of regions and bodies are only labels: shuffling them changes no national total."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

from nhstransit.comparison.divergence import diverge
from nhstransit.engine.simulate import simulate
from nhstransit.organisations.bodies import Organisation
from nhstransit.scenario import Scenario, load_scenario
from tests.small_england import NATIONAL, small_england

EQUAL = ("behaviour.severance.region_sd", "behaviour.severance.employer_sd")  # random effects of places, keyed by name


@pytest.mark.thorough
def test_a_renamed_region_has_the_same_events() -> None:
    """A sample of one region, renamed as another, gives the same log."""
    world = small_england("North East", 400, seed=1).having(EQUAL[0], 0.0)
    other = _in_regions(world, {"North East": "London"})
    assert diverge(simulate(world, seed=1), simulate(other, seed=1)).same


@pytest.mark.thorough
def test_shuffling_region_names_changes_no_event() -> None:
    """The names of all regions of England are shuffled."""
    england = load_scenario("england-2010").having(EQUAL[0], 0.0)
    names = [name for name in england.roster.regions if name != NATIONAL]
    other = _in_regions(england, _shuffled(names))
    assert diverge(simulate(england, seed=1), simulate(other, seed=1)).same


@pytest.mark.thorough
def test_shuffling_body_names_changes_no_national_total() -> None:
    """Exits by every route differ by no more than chance if names are shuffled within each kind of body.

    Names of bodies key the random numbers of their vacancies, so single events do differ.
    """
    england = load_scenario("england-2010")
    for path in EQUAL:
        england = england.having(path, 0.0)
    bodies = england.organisations
    names: dict[str, str] = {}
    for kind in sorted({body.kind for body in bodies}):
        names |= _shuffled([body.name for body in bodies if body.kind == kind])
    other = attrs.evolve(england, organisations=tuple(_renamed(body, names) for body in bodies))
    first, second = (_exits(world) for world in (england, other))
    for route in first.keys() | second.keys():
        before = first.get(route, 0)
        after = second.get(route, 0)
        assert abs(before - after) <= 4 * np.sqrt(before + after + 1), route


def _in_regions(world: Scenario, names: dict[str, str]) -> Scenario:
    bodies = tuple(attrs.evolve(body, region=names.get(body.region, body.region)) for body in world.organisations)
    return attrs.evolve(world, organisations=bodies)


def _renamed(body: Organisation, names: dict[str, str]) -> Organisation:
    successors = tuple(names.get(name, name) for name in body.successors)
    return attrs.evolve(body, name=names[body.name], parent=names.get(body.parent, body.parent), successors=successors)


def _shuffled(names: list[str]) -> dict[str, str]:
    return dict(zip(names, np.random.default_rng(2013).permutation(names).tolist(), strict=True))


def _exits(world: Scenario) -> dict[str, int]:
    return simulate(world, seed=1).history.exits()["route"].value_counts().to_dict()
