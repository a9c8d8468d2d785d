"""How far employers and regions differ in appetite: it lasts, and hangs on the name alone."""

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


def test_an_appetite_hangs_on_the_name() -> None:
    """A body has the same appetite beside whatever others, in whatever order, and another by another seed."""
    alone = appetite(roster("Ash"), Luck(3))
    among = appetite(roster("Beech", "Ash"), Luck(3))
    assert alone[0] == among[1] != among[0]
    assert appetite(roster("Ash"), Luck(4))[0] != alone[0]


def test_appetites_are_standard_normals() -> None:
    """Over the bodies of the national scenario the mean is zero and the spread one, to four standard errors."""
    bodies = load_scenario("england-2010-prior").roster
    drawn = np.concatenate([appetite(bodies, Luck(seed)) for seed in range(20)])
    assert abs(drawn.mean()) < 4 / np.sqrt(len(drawn)) and drawn.std() == pytest.approx(
        1.0, abs=4 / np.sqrt(2 * len(drawn))
    )


def test_a_regions_appetite_is_that_of_all_its_employers() -> None:
    """Two bodies of one region have the same, one of another region has another."""
    bodies = [body("Ash"), body("Beech"), body("Cedar", region="Fells")]
    drawn = regional_appetite(small_world(person(1, "Ash"), bodies=bodies).roster, Luck(3))
    assert drawn[0] == drawn[1] != drawn[2]


def test_effects_leave_the_mean_odds_as_they_are() -> None:
    """Weighted by size, whatever was drawn: effects say who applies more, and not how many in all."""
    luck = np.random.default_rng(1)
    made = Appetites(employer=luck.normal(size=50), region=luck.normal(size=50), weight=luck.random(50))
    effect = made.log_odds(0.6, 0.8)
    assert np.average(np.exp(effect), weights=made.weight) == pytest.approx(1.0)
    assert made.log_odds(0.0, 0.0) == pytest.approx(np.zeros(50))


def test_labels_move_no_total() -> None:
    """The same employers under each other's names and regions: other effects, and the same mean odds."""
    luck = np.random.default_rng(2)
    made = Appetites(employer=luck.normal(size=50), region=luck.normal(size=50), weight=luck.random(50))
    order = luck.permutation(50)
    other = Appetites(employer=made.employer[order], region=made.region[order], weight=made.weight)
    effects = [one.log_odds(0.6, 0.8) for one in (made, other)]
    assert not np.allclose(*effects)
    assert [np.average(np.exp(one), weights=made.weight) for one in effects] == pytest.approx([1.0, 1.0])
