"""The two levels of measuring, every table by its name, and what each measure says of itself."""

from __future__ import annotations

import pandas as pd
import pytest
from empty import empty_run
from hypothesis import given
from made_logs import all_leave_at_once, made_runs

import nhstransit as nt
from nhstransit.errors import InputError
from nhstransit.measures import headlines
from nhstransit.measures.definitions import Definition
from nhstransit.measures.headline_figures import UNITS
from nhstransit.measures.measures import TABLES, Measures, Table, definitions
from tests.examples import examples
from tests.shared import hamlet_run


@pytest.fixture(scope="module")
def run():
    return hamlet_run()


def test_headlines_are_made_at_once_and_tables_when_asked_for(run):
    """After `measure` the headline figures alone are there; a table asked for twice is made once."""
    measures = nt.measure(run)
    assert set(vars(measures)) == {"run", "headlines"}
    assert measures.accounts is measures.accounts
    assert set(vars(measures)) == {"run", "headlines", "accounts"}


def test_full_makes_every_table(run):
    """At the level "full" nothing is left to be made, and the tables are those asked for one by one."""
    measures = nt.measure(run, "full")
    assert set(TABLES) < set(vars(measures))
    for name, table in measures.tables.items():
        assert isinstance(table, pd.DataFrame), name
        pd.testing.assert_frame_equal(table, getattr(nt.measure(run), name))


def test_another_level_is_refused(run):
    """The nearest level is named."""
    with pytest.raises(InputError, match="full"):
        nt.measure(run, "ful")


@examples(5, 50)
@given(made_runs())
def test_any_log_can_be_measured(run):
    """Every table and headline figure of a random log can be made, and told."""
    measures = nt.measure(run, "full")
    assert set(measures.headlines) == set(UNITS)
    assert "opening heads" in repr(measures) and "<table" in measures._repr_html_()


@pytest.mark.parametrize("make", [empty_run, all_leave_at_once])
def test_edges_can_be_measured(make):
    """Nobody there at all, and nobody there any more."""
    nt.measure(make(), "full")


def test_headlines_have_units_and_stay_finite(run):
    """Each figure has a unit; all are sums, so that none is infinite even where nothing happened."""
    for one in (run, empty_run(), all_leave_at_once()):
        figures = headlines(one)
        assert set(figures) == set(UNITS)
        assert all(abs(figure) < 1e15 for figure in figures.values())


def test_knowledge_lost_is_the_share_of_the_drain(run):
    """The headline is the drain's own share beyond the NHS, in per cent; and nobody's knowledge is none lost."""
    share = nt.measure(run).losses.loc["nhs", "share_of_knowledge"]
    assert headlines(run)["knowledge lost"] == pytest.approx(100 * share)
    assert headlines(empty_run())["knowledge lost"] == 0.0


def test_every_definition_is_whole_and_named_once():
    """A name, a unit, a formula and a reference each; no two modules give one name to different things."""
    from importlib import import_module
    from pkgutil import iter_modules

    import nhstransit.measures as room

    stated = [
        one
        for module in iter_modules(room.__path__)
        for one in getattr(import_module(f"nhstransit.measures.{module.name}"), "DEFINITIONS", ())
    ]
    assert len({one.name for one in stated}) == len(stated) == len(definitions())
    assert all(one.unit and one.formula and one.reference for one in stated)


def test_describe_tells_all_or_one(run):
    """A table of every measure, or one definition with formula and source; an unknown name gets the nearest."""
    measures = nt.measure(run)
    table = measures.describe()
    assert list(table.columns) == ["unit", "formula", "reference", "note"]
    one = measures.describe("payback")
    assert isinstance(one, Definition)
    assert "12 × exit cost" in str(one) and "National Audit Office" in str(one)
    with pytest.raises(InputError, match="payback"):
        measures.describe("paybak")


@pytest.mark.thorough
def test_what_was_worked_out_goes_with_its_run():
    """Nothing keeps a run alive once nobody holds it."""
    import gc
    import weakref

    made = hamlet_run(2)
    nt.measure(made, "full")
    last = weakref.ref(made)
    del made
    gc.collect()
    assert last() is None


def test_tables_say_what_they_are():
    """Each table has a line of its own that says so, and is found on the class by it."""
    assert all(told.endswith(".") for told in TABLES.values())
    assert isinstance(Measures.accounts, Table) and Measures.accounts.__doc__ == TABLES["accounts"]
