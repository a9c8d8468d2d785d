"""A fitted scenario has the draws of its fit; a scenario that was not fitted refuses to return draws."""

from __future__ import annotations

import pytest

from nhstransit.errors import ScenarioError
from nhstransit.scenario import load_scenario
from nhstransit.scenario.discrepancy import fitted_discrepancy
from nhstransit.scenario.draws import Draws


def test_the_fitted_england_has_its_draws() -> None:
    """There are 200 draws, and their paths include every number that the fit changed. A variant has the same draws."""
    england = load_scenario("england-2010")
    draws = england.draws()
    assert len(draws) == 200 and set(england.calibrated) <= set(draws.paths)
    assert load_scenario("england-2010-slower").draws() == draws == england.without("mars").draws()
    assert fitted_discrepancy(england).of_headline("exit cost") > 0


@pytest.mark.parametrize("name", ["hamlet", "england-2010-prior"])
def test_a_scenario_that_was_not_fitted_has_no_draws(name: str) -> None:
    """The error says so and names a fitted scenario."""
    with pytest.raises(ScenarioError, match=r"was not fitted; use a fitted scenario \(england-2010\)"):
        load_scenario(name).draws()


def test_a_selection_of_draws_is_evenly_spread() -> None:
    """It includes the first and the last draw. Asking for more draws than there are returns all of them."""
    draws = Draws(paths=("p",), rows=tuple((number,) for number in range(9)))
    assert [row[0] for row in draws.first(3).rows] == [0, 4, 8] and draws.first(1).rows == ((0,),)
    assert draws.first(20) == draws
