"""Money entered, not simulated: read strictly, kept with its source, and changed by its path."""

from __future__ import annotations

import pytest

import nhstransit as nt
from nhstransit.errors import FormatError, ScenarioError
from nhstransit.scenario import Entered, assumptions, from_tables, to_tables
from nhstransit.toml import Named

LINE = Entered(what="Desks", pounds=Named({"2010-11": 1_000.5}), source="an invoice", quality="official")


@pytest.fixture(scope="module")
def hamlet():
    return nt.load_scenario("hamlet").having("entered", Named({"desks": LINE}))


def test_it_is_written_and_read(hamlet):
    """The tables of a scenario hold its lines, and make the same scenario again."""
    assert from_tables(to_tables(hamlet), staff=hamlet.workforce).entered == hamlet.entered


def test_it_has_a_path(hamlet):
    """A sum is changed by its dotted path, and is told among what the scenario rests on."""
    path = "entered.desks.pounds.2010-11"
    assert hamlet.having(path, 5.0).entered["desks"].pence_by_year() == {2010: 500}
    (told,) = [one for one in assumptions(hamlet) if one.path == path]
    assert (told.value, told.source, told.quality) == (1_000.5, "an invoice", "official")


def test_it_changes_no_event(hamlet):
    """A run with money entered has the log of the run without."""
    plain = nt.load_scenario("hamlet")
    assert nt.simulate(hamlet, seed=1).log.to_bytes() == nt.simulate(plain, seed=1).log.to_bytes()


@pytest.mark.parametrize("year", ["2010", "2010-12", "10-11", "2010/11", "next"])
def test_only_financial_years_hold_money(year):
    """Another word for a year is refused, and one is shown."""
    with pytest.raises(ScenarioError, match='write one such as "2012-13"'):
        Entered(what="Desks", pounds=Named({year: 1.0}), source="x")


def test_only_sums_that_tables_can_hold(hamlet):
    """No number is refused as such; an endless sum, and an unknown tag or grade, in a sentence."""
    with pytest.raises(ScenarioError, match="give pounds between -10,000 million and 10,000 million"):
        Entered(what="Desks", pounds=Named({"2010-11": float("nan")}), source="x")
    with pytest.raises(ScenarioError, match="tag: is 'money'"):
        Entered(what="Desks", pounds=Named({}), tag="money", source="x")
    with pytest.raises((FormatError, ScenarioError), match=r"entered\.desks"):
        from_tables(to_tables(hamlet) | {"entered": {"desks": {"what": "Desks", "pounds": {"2010-11": "1"}}}})


def test_england_enters_what_ministers_stated():
    """But for redundancies, the lines add up to the stated costs to March 2013 and to March 2014, in million pounds."""
    lines = nt.load_scenario("england-2010-prior").entered.values()
    by_year = {year: sum(line.pounds[year] for line in lines) / 1e6 for year in ("2012-13", "2013-14")}
    assert by_year["2012-13"] == pytest.approx(1_096 - 435)
    assert sum(by_year.values()) == pytest.approx(1_316 - 456, abs=1)  # printed parts miss the total by rounding
