"""A fitted scenario has its draws with it; another says that it has none."""

from __future__ import annotations

import pytest

from nhstransit.errors import ScenarioError
from nhstransit.scenario import load_scenario
from nhstransit.scenario.discrepancy import fitted_discrepancy
from nhstransit.scenario.draws import Draws


def test_the_fitted_england_has_its_draws() -> None:
    """Two hundred rows, with every number that the fit moved among their paths; a variant has the same."""
    england = load_scenario("england-2010")
    draws = england.draws()
    assert len(draws) == 200 and set(england.calibrated) <= set(draws.paths)
    assert load_scenario("england-2010-slower").draws() == draws == england.without("mars").draws()
    assert fitted_discrepancy(england).of_headline("exit cost") > 0


@pytest.mark.parametrize("name", ["hamlet", "england-2010-prior"])
def test_a_world_that_was_not_fitted_has_none(name: str) -> None:
    """It says so, and what would be right."""
    with pytest.raises(ScenarioError, match=r"was not fitted; use a fitted scenario \(england-2010\)"):
        load_scenario(name).draws()


def test_some_of_the_draws_are_spread_through_them() -> None:
    """The first and the last are among them; more than there are is all of them."""
    draws = Draws(paths=("p",), rows=tuple((number,) for number in range(9)))
    assert [row[0] for row in draws.first(3).rows] == [0, 4, 8] and draws.first(1).rows == ((0,),)
    assert draws.first(20) == draws
