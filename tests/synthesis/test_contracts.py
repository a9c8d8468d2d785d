"""Fixed terms end, or are renewed at a rate and end later."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

from nhstransit.errors import StaffError
from nhstransit.synthesis import Margins, synthesise
from nhstransit.workforce.columns import NEVER, Workforce
from synthesis.made import BODIES, FUNCTIONS, ON, margins, said


def fixed_terms(*, renewed: float = 0.0, months: int = 12) -> Workforce:
    """Two thousand people, all on fixed terms that end after 1 to 24 months, or are renewed."""
    made: Margins = margins(said("contract", {"fixed-term": 1.0}), heads=2_000)
    draws = attrs.evolve(made.draws, fixed_term_renewed=renewed, renewed_months=months)
    return synthesise(attrs.evolve(made, draws=draws), BODIES, FUNCTIONS, base="all", staff_seed=1, on=ON)


def years(people: Workforce) -> np.ndarray:
    """Years from the opening to the end of each contract, (people,)."""
    return (people.contract_ends - np.datetime64(ON, "D").astype("int64")) / 365.25


def test_without_renewal_every_term_ends_within_its_months() -> None:
    """All of them within two years of the opening."""
    assert years(fixed_terms()).max() < 2.0


def test_half_renewed_means_that_a_year_later_half_are_still_there() -> None:
    """Terms whose first end is known: the number of renewals is geometric, a year at a time."""
    first = fixed_terms().contract_ends
    last = fixed_terms(renewed=0.5).contract_ends
    renewals = np.rint((last - first) / 365.25)
    assert [(renewals >= times).mean() for times in (1, 2, 3)] == pytest.approx([0.5, 0.25, 0.125], abs=0.03)


def test_a_higher_rate_only_puts_ends_off() -> None:
    """Nobody's contract ends sooner, and some contracts end later."""
    few = fixed_terms(renewed=0.3).contract_ends
    many = fixed_terms(renewed=0.6).contract_ends
    assert (many >= few).all() and (many > few).mean() > 0.2


def test_a_renewed_term_has_its_own_length() -> None:
    """Terms of half a year instead of a year: half as much longer."""
    first = fixed_terms().contract_ends
    longer = [(fixed_terms(renewed=0.5, months=months).contract_ends - first).mean() for months in (6, 12)]
    assert longer[0] / longer[1] == pytest.approx(0.5, abs=0.01)


def test_permanent_contracts_have_no_end() -> None:
    """However often fixed terms are renewed."""
    made = margins(heads=50)
    made = attrs.evolve(made, draws=attrs.evolve(made.draws, fixed_term_renewed=0.9))
    people = synthesise(made, BODIES, FUNCTIONS, base="all", staff_seed=1, on=ON)
    assert (people.contract_ends == NEVER).all()


def test_a_chance_is_no_certainty() -> None:
    """A term that is always renewed would never end."""
    with pytest.raises(StaffError, match=r"draws: fixed_term_renewed: is 1\.0; give a chance from 0 to 0\.95"):
        attrs.evolve(margins().draws, fixed_term_renewed=1.0)
