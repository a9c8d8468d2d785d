"""How employers and regions differ in appetite for voluntary schemes: it depends only on the name and the seed."""

from __future__ import annotations

import numpy as np
import pytest

from nhstransit.organisations.appetites import Appetites, appetite, regional_appetite
from nhstransit.organisations.bodies import Roster
from nhstransit.scenario import load_scenario
from nhstransit.streams import Luck
from tests.small import body, person, small_world


def roster(*names: str) -> Roster:
    scenario = small_world(person(1, names[0]), bodies=[body(name) for name in names])
    return scenario.roster


def test_an_appetite_depends_only_on_the_name_and_the_seed() -> None:
    """The other employers and their order do not matter."""
    alone = appetite(roster("Ash"), Luck(3))
    among = appetite(roster("Beech", "Ash"), Luck(3))
    assert alone[0] == among[1] != among[0]
    assert appetite(roster("Ash"), Luck(4))[0] != alone[0]


def test_appetites_are_standard_normals() -> None:
    """In the national scenario, the mean is 0 and the standard deviation 1, each within four standard errors."""
    bodies = load_scenario("england-2010-prior").roster
    drawn = np.concatenate([appetite(bodies, Luck(seed)) for seed in range(20)])
    assert abs(drawn.mean()) < 4 / np.sqrt(len(drawn)) and drawn.std() == pytest.approx(
        1.0, abs=4 / np.sqrt(2 * len(drawn))
    )


def test_employers_of_a_region_share_its_appetite() -> None:
    """An employer of another region has another regional appetite."""
    bodies = [body("Ash"), body("Beech"), body("Cedar", region="Fells")]
    drawn = regional_appetite(small_world(person(1, "Ash"), bodies=bodies).roster, Luck(3))
    assert drawn[0] == drawn[1] != drawn[2]


def test_effects_do_not_change_the_mean_odds() -> None:
    """The mean is weighted by size: effects change where people apply, not how many apply."""
    rng = np.random.default_rng(1)
    made = Appetites(employer=rng.normal(size=50), region=rng.normal(size=50), weight=rng.random(50))
    effect = made.log_odds(0.6, 0.8)
    assert np.average(np.exp(effect), weights=made.weight) == pytest.approx(1.0)
    assert made.log_odds(0.0, 0.0) == pytest.approx(np.zeros(50))


def test_exchanging_names_does_not_change_the_mean_odds() -> None:
    """When employers exchange names and regions, the effects differ but the mean odds are the same."""
    rng = np.random.default_rng(2)
    made = Appetites(employer=rng.normal(size=50), region=rng.normal(size=50), weight=rng.random(50))
    order = rng.permutation(50)
    other = Appetites(employer=made.employer[order], region=made.region[order], weight=made.weight)
    effects = [one.log_odds(0.6, 0.8) for one in (made, other)]
    assert not np.allclose(*effects)
    assert [np.average(np.exp(one), weights=made.weight) for one in effects] == pytest.approx([1.0, 1.0])
