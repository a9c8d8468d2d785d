"""Draws from the fit of one scenario used in another: which numbers may be used, and that each draw stays together."""

from __future__ import annotations

import attrs
import pytest

import nhstransit as nt
from nhstransit.choice.uncertainties import draws_of
from nhstransit.errors import InputError, SweepError
from nhstransit.scenario.draws import beside, draws_from_fit
from nhstransit.studies import Draws, Range

PAYOUT = "behaviour.severance.payout"
RATIO = "behaviour.departures.risk_ratio"
TYPICAL = "behaviour.severance.typical"


@pytest.fixture(scope="module")
def hamlet() -> nt.Scenario:
    return nt.load_scenario("hamlet")


@pytest.fixture(scope="module")
def whole() -> Draws:
    return nt.load_scenario("england-2010").draws()


def test_the_numbers_of_one_draw_stay_together(hamlet: nt.Scenario, whole: Draws) -> None:
    """Each row holds the numbers of one draw of the fit, in the requested order, and the scenario can be set to them."""
    found = draws_from_fit("england-2010", hamlet, RATIO, PAYOUT)
    assert found.paths == (RATIO, PAYOUT) and len(found) == len(whole) == 200
    for row, fitted in zip(found.rows, whole.rows, strict=True):
        assert row == (fitted[whole.paths.index(RATIO)], fitted[whole.paths.index(PAYOUT)])
    assert found.world(hamlet, 3).behaviour.severance.payout == found.rows[3][1]


@pytest.mark.parametrize(
    ("paths", "message"),
    [
        ((TYPICAL,), f"draws of 'england-2010': {TYPICAL}: is 0.2 in hamlet, outside all draws of the fit (0.00"),
        (("margins.base.total",), "margins.base.total: is not a number of hamlet; leave it out"),
        (
            ("behaviour.severance.payot",),
            "is not a number that this fit varied; did you mean 'behaviour.severance.payout'",
        ),
        ((), "draws of 'england-2010': no numbers are given; give some of: behaviour.severance.payout, "),
    ],
)
def test_a_number_that_means_something_else_here_is_refused(
    hamlet: nt.Scenario, paths: tuple[str, ...], message: str
) -> None:
    """A value outside all draws, a number that the scenario does not have, a misspelling, and an empty request."""
    with pytest.raises(InputError) as error:
        draws_from_fit("england-2010", hamlet.having(TYPICAL, 0.2), *paths)
    assert message in str(error.value)


def test_the_error_names_every_number_that_cannot_be_used(hamlet: nt.Scenario) -> None:
    with pytest.raises(InputError) as error:
        draws_from_fit("england-2010", hamlet.having(TYPICAL, 0.2), TYPICAL, PAYOUT, "margins.base.total")
    assert [one.where.split(": ")[1] for one in error.value.each()] == [TYPICAL, "margins.base.total"]


def test_an_unknown_fit_and_a_repeated_number_are_refused(hamlet: nt.Scenario) -> None:
    with pytest.raises(InputError, match="fit 'england-2011': is not bundled; did you mean 'england-2010'"):
        draws_from_fit("england-2011", hamlet, PAYOUT)
    with pytest.raises(SweepError, match=r"draws: have the path 'behaviour.severance.payout' twice"):
        draws_from_fit("england-2010", hamlet, PAYOUT, PAYOUT)


def test_draws_with_different_paths_are_joined_row_by_row() -> None:
    one = Draws(paths=("a",), rows=[[1], [2]])
    two = Draws(paths=("b", "c"), rows=[[3, 4], [5, 6]])
    assert beside([one, two]).paths == ("a", "b", "c") and beside([one, two]).rows == ((1, 3, 4), (2, 5, 6))
    with pytest.raises(
        SweepError, match="draws: have different lengths: 2 and 1 rows; give all of them the same number of rows"
    ):
        beside([one, attrs.evolve(two, rows=two.rows[:1])])
    with pytest.raises(SweepError, match="draws: have the path 'a' twice"):
        beside([one, one])


def test_a_choice_joins_draws_of_a_fit_with_ranges(hamlet: nt.Scenario, whole: Draws) -> None:
    """Ranges get as many draws as requested, or 20. More draws than the fit has are refused."""
    fit = draws_from_fit("england-2010", hamlet, PAYOUT)
    unsure = Range(TYPICAL, 0.02, 0.2)
    found = draws_of(hamlet, [fit, unsure, Range(RATIO, 1.5, 2.5)], 12)
    assert found.paths == (PAYOUT, TYPICAL, RATIO) and len(found) == 12
    assert [row[0] for row in found.rows] == [row[0] for row in fit.rows[:12]]
    assert sorted(int((row[1] - 0.02) / 0.015) for row in found.rows) == list(range(12))  # one in each twelfth
    assert len(draws_of(hamlet, [fit, unsure])) == 20 and len(draws_of(hamlet, [fit])) == 200
    with pytest.raises(
        InputError,
        match="futures: is 300, but one of the sets of draws has only 200; give more draws, or fewer futures",
    ):
        draws_of(hamlet, [fit, unsure], 300)
    with pytest.raises(SweepError, match=r"have the path 'behaviour.severance.payout' twice"):
        draws_of(hamlet, [fit, Range(PAYOUT, 0.3, 1.2)])
