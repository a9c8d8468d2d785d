"""Costs entered by the user instead of simulated: checked when read, stored with a source, and changed by dotted path."""

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


def test_entered_costs_are_written_and_read_back(hamlet):
    """The tables of a scenario contain them."""
    assert from_tables(to_tables(hamlet), staff=hamlet.workforce).entered == hamlet.entered


def test_an_entered_sum_has_a_path(hamlet):
    """It can be changed by its dotted path, and it is listed among the assumptions of the scenario."""
    path = "entered.desks.pounds.2010-11"
    assert hamlet.having(path, 5.0).entered["desks"].pence_by_year() == {2010: 500}
    (line,) = [one for one in assumptions(hamlet) if one.path == path]
    assert (line.value, line.source, line.quality) == (1_000.5, "an invoice", "official")


def test_entered_costs_change_no_event(hamlet):
    """A run with entered costs has the same log as the run without them."""
    plain = nt.load_scenario("hamlet")
    assert nt.simulate(hamlet, seed=1).log.to_bytes() == nt.simulate(plain, seed=1).log.to_bytes()


@pytest.mark.parametrize("year", ["2010", "2010-12", "10-11", "2010/11", "next"])
def test_entered_costs_are_refused_outside_a_financial_year(year):
    """Any other form of year is refused, with an example of the right form."""
    with pytest.raises(ScenarioError, match='write one such as "2012-13"'):
        Entered(what="Desks", pounds=Named({year: 1.0}), source="x")


def test_invalid_sums_tags_and_tables_of_costs_are_refused(hamlet):
    """A sum that is not a number, an unknown tag, and a table without its source and with a sum in quotation marks."""
    with pytest.raises(ScenarioError, match="give pounds between -10,000 million and 10,000 million"):
        Entered(what="Desks", pounds=Named({"2010-11": float("nan")}), source="x")
    with pytest.raises(ScenarioError, match="tag: is 'money'"):
        Entered(what="Desks", pounds=Named({}), tag="money", source="x")
    with pytest.raises((FormatError, ScenarioError), match=r"entered\.desks"):
        from_tables(to_tables(hamlet) | {"entered": {"desks": {"what": "Desks", "pounds": {"2010-11": "1"}}}})


def test_england_enters_the_costs_that_ministers_stated():
    """Without redundancies, the lines add up to the costs stated to March 2013 and to March 2014, in million pounds."""
    lines = nt.load_scenario("england-2010-prior").entered.values()
    by_year = {year: sum(line.pounds[year] for line in lines) / 1e6 for year in ("2012-13", "2013-14")}
    assert by_year["2012-13"] == pytest.approx(1_096 - 435)
    assert sum(by_year.values()) == pytest.approx(1_316 - 456, abs=1)  # the printed parts are rounded
