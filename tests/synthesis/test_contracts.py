"""Fixed-term contracts end, or are renewed at a rate and end later."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

from nhstransit.errors import StaffError
from nhstransit.synthesis import Margins, synthesise
from nhstransit.workforce.columns import NEVER, Workforce
from synthesis.made import BODIES, FUNCTIONS, ON, margins, shares_of


def fixed_terms(*, renewed: float = 0.0, months: int = 12) -> Workforce:
    """Two thousand people on fixed terms that end after 1 to 24 months or are renewed."""
    made: Margins = margins(shares_of("contract", {"fixed-term": 1.0}), heads=2_000)
    draws = attrs.evolve(made.draws, fixed_term_renewed=renewed, renewed_months=months)
    return synthesise(attrs.evolve(made, draws=draws), BODIES, FUNCTIONS, base="all", staff_seed=1, on=ON)


def years(people: Workforce) -> np.ndarray:
    """Years from the opening to the end of each contract, (people,)."""
    return (people.contract_ends - np.datetime64(ON, "D").astype("int64")) / 365.25


def test_without_renewal_every_contract_ends_within_two_years() -> None:
    assert years(fixed_terms()).max() < 2.0


def test_the_number_of_renewals_is_geometric() -> None:
    """At a rate of one half, half of all contracts are renewed at least once, a quarter at least twice, and so on."""
    first = fixed_terms().contract_ends
    last = fixed_terms(renewed=0.5).contract_ends
    renewals = np.rint((last - first) / 365.25)
    assert [(renewals >= times).mean() for times in (1, 2, 3)] == pytest.approx([0.5, 0.25, 0.125], abs=0.03)


def test_a_higher_renewal_rate_ends_no_contract_earlier() -> None:
    """Some contracts end later."""
    few = fixed_terms(renewed=0.3).contract_ends
    many = fixed_terms(renewed=0.6).contract_ends
    assert (many >= few).all() and (many > few).mean() > 0.2


def test_the_length_of_renewals_can_be_set() -> None:
    """Renewals of six months lengthen contracts half as much as renewals of twelve."""
    first = fixed_terms().contract_ends
    longer = [(fixed_terms(renewed=0.5, months=months).contract_ends - first).mean() for months in (6, 12)]
    assert longer[0] / longer[1] == pytest.approx(0.5, abs=0.01)


def test_permanent_contracts_have_no_last_day() -> None:
    """The renewal rate of fixed terms does not matter."""
    made = margins(heads=50)
    made = attrs.evolve(made, draws=attrs.evolve(made.draws, fixed_term_renewed=0.9))
    people = synthesise(made, BODIES, FUNCTIONS, base="all", staff_seed=1, on=ON)
    assert (people.contract_ends == NEVER).all()


def test_a_renewal_rate_of_one_is_refused() -> None:
    """A contract that is always renewed would never end."""
    with pytest.raises(StaffError, match=r"draws: fixed_term_renewed: is 1\.0; give a chance from 0 to 0\.95"):
        attrs.evolve(margins().draws, fixed_term_renewed=1.0)
