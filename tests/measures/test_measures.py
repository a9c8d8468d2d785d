"""The two levels of `measure`, its tables, and the definitions of measures."""

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


def test_headlines_are_computed_at_once_and_tables_on_first_use(run):
    """A table that is used twice is computed once."""
    measures = nt.measure(run)
    assert set(vars(measures)) == {"run", "headlines"}
    assert measures.accounts is measures.accounts
    assert set(vars(measures)) == {"run", "headlines", "accounts"}


def test_the_level_full_computes_every_table(run):
    """The tables equal those computed on first use."""
    measures = nt.measure(run, "full")
    assert set(TABLES) < set(vars(measures))
    for name, table in measures.tables.items():
        assert isinstance(table, pd.DataFrame), name
        pd.testing.assert_frame_equal(table, getattr(nt.measure(run), name))


def test_an_unknown_level_is_refused_with_the_nearest_name(run):
    with pytest.raises(InputError, match="full"):
        nt.measure(run, "ful")


@examples(5, 50)
@given(made_runs())
def test_any_log_can_be_measured(run):
    """Every table and headline figure can be computed and shown."""
    measures = nt.measure(run, "full")
    assert set(measures.headlines) == set(UNITS)
    assert "opening heads" in repr(measures) and "<table" in measures._repr_html_()


@pytest.mark.parametrize("make", [empty_run, all_leave_at_once])
def test_runs_without_people_can_be_measured(make):
    """There is nobody at the start, or everyone leaves at once."""
    nt.measure(make(), "full")


def test_headlines_have_units_and_stay_finite(run):
    """Each figure has a unit. None is infinite, even if nothing happens in the run."""
    for one in (run, empty_run(), all_leave_at_once()):
        figures = headlines(one)
        assert set(figures) == set(UNITS)
        assert all(abs(figure) < 1e15 for figure in figures.values())


def test_the_headline_of_knowledge_lost_equals_the_table_of_losses(run):
    """It is the share lost to the NHS, in per cent, and zero without people."""
    share = nt.measure(run).losses.loc["nhs", "share_of_knowledge"]
    assert headlines(run)["knowledge lost"] == pytest.approx(100 * share)
    assert headlines(empty_run())["knowledge lost"] == 0.0


def test_every_definition_is_complete_and_has_a_unique_name():
    """Each has a unit, a formula and a reference."""
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


def test_describe_returns_all_definitions_or_one(run):
    """An unknown name is refused with the nearest name."""
    measures = nt.measure(run)
    table = measures.describe()
    assert list(table.columns) == ["unit", "formula", "reference", "note"]
    one = measures.describe("payback")
    assert isinstance(one, Definition)
    assert "12 × exit cost" in str(one) and "National Audit Office" in str(one)
    with pytest.raises(InputError, match="payback"):
        measures.describe("paybak")


@pytest.mark.thorough
def test_measures_do_not_keep_a_run_in_memory():
    import gc
    import weakref

    made = hamlet_run(2)
    nt.measure(made, "full")
    last = weakref.ref(made)
    del made
    gc.collect()
    assert last() is None


def test_every_table_has_a_description():
    """The description is the docstring of the attribute."""
    assert all(description.endswith(".") for description in TABLES.values())
    assert isinstance(Measures.accounts, Table) and Measures.accounts.__doc__ == TABLES["accounts"]
