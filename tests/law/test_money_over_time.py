"""Money over time by hand: discount schedules, extended price indices, sums by year, and messages of refused values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import attrs
import numpy as np
import pytest

from nhstransit.errors import InputError
from nhstransit.law import Law
from nhstransit.law import appraisal as ap
from nhstransit.law.parameters import Parameters, TableEntry
from nhstransit.pence import BLOCK

FOUND = Law.bundled().parameters
WHOLE = "give whole pence as integers"
NAN = float("nan")


def test_a_schedule_covers_its_last_year() -> None:
    """10% up to year 1 and 20% from year 2: the factors of years 0 to 3 are 1, 1/1.1, 1/1.32 and 1/1.584."""
    found = ap.discount_factors(4, [1, 3], [0.1, 0.2])
    assert found.tolist() == pytest.approx([1, 1 / 1.1, 1 / 1.32, 1 / 1.584])
    assert ap.discount_factors(1, [1, 3], [0.1, 0.2]).tolist() == [1.0]
    assert ap.discount_factors(2, [1], [1]).tolist() == [1.0, 0.5]
    assert ap.discount_factors(2, [1], [-0.5]).tolist() == [1.0, 2.0]


def test_present_values_of_many_rows() -> None:
    """The table has any shape and more rows than one block of the computation."""
    factors = np.array([1.0, 0.5])
    many = np.arange(2 * (BLOCK + 3)).reshape(-1, 2)
    assert ap.present_pence(many, factors).tolist() == (many[:, 0] + many[:, 1] / 2).tolist()
    cube = np.arange(12).reshape(2, 3, 2)
    assert ap.present_pence(cube, factors).tolist() == (cube[..., 0] + cube[..., 1] / 2).tolist()
    assert float(ap.present_pence([10, 10], factors)) == 15.0
    assert ap.present_pence([1e300, -1e300], factors) == 5e299
    assert ap.present_pence(np.array([[2**40, 2]], "int64"), factors).dtype == np.float64


def test_payback_of_a_penny_a_year() -> None:
    """A penny at a saving of a penny a year pays back in twelve months. Without a saving, the result is infinite."""
    found = ap.payback_months([1, 5, 0, 0], [1, 0, 7, 0])
    assert found.tolist() == [12.0, np.inf, 0.0, np.inf] and found.dtype == np.float64
    assert ap.payback_months([10**15], [10**15]).tolist() == [12.0]


def test_sums_by_year_are_whole_pence() -> None:
    """The first and the last day of each year count, also with pence in small integer types."""
    pence = np.array([1, 20, 100], "int8")
    found = ap.pence_by_year([0, 364, 365], pence, [0, 365, 730])
    assert found.tolist() == [21, 100] and found.dtype == np.int64
    saved = ap.saving_by_year([365], [2**40], [2**40], [0, 365])
    assert saved.tolist() == [[0]] and saved.dtype == np.int64
    assert ap.saving_by_year([365], [-(2**40)], [2**40], [0, 365, 730]).tolist() == [[365, 365]]


@pytest.mark.parametrize("kind", ["int8", "int64", "uint16", "float64", "<U2"])
def test_the_first_row_of_each_key_is_marked(kind: str) -> None:
    """Keys are of any type, consecutive or far apart."""
    for keys in ([0, 1, 0, 2, 1], [9, 9, 9], [10, 9, 10, 3, 9], [1], [3, 2, 1, 0]):
        expected = [key not in keys[:index] for index, key in enumerate(keys)]
        found = ap.first_of_each(np.array(keys).astype(kind))
        assert found.tolist() == expected and found.dtype == np.bool_


def test_the_limits_of_optimism_bias() -> None:
    """The limit is 100% if there is any gain, and 1,000% if all amounts are costs."""
    assert ap.uplifted_pence([-100, 0], 10).tolist() == [-1_100, 0]
    assert ap.uplifted_pence([100], 1).tolist() == [0]
    found = ap.uplifted_pence(np.zeros(0, "int64"), 5.0)
    assert found.tolist() == [] and found.dtype == np.int64
    for gain in ([1], [-5, 1], [7]):
        with pytest.raises(
            InputError, match=r"^uplift: is 1.5; give a share from 0 to 1 \(up to 10 if all amounts are costs\)$"
        ):
            ap.uplifted_pence(gain, 1.5)
    assert ap.uplifted_pence(np.array([-100], "int8"), 0.25).tolist() == [-125]


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: ap.discount_factors(2, [1], [1.1]), "rates[0]: is 1.1; give rates a year from -0.5 to 1"),
        (lambda: ap.discount_factors(2, [1], [-0.6]), "rates[0]: is -0.6; give rates a year from -0.5 to 1"),
        (lambda: ap.discount_factors(3, [1], [0.1]), "years: are 3; give 1 to 2, which the schedule covers"),
        (lambda: ap.discount_factors(0, [1], [0.1]), "years: are 0; give 1 to 2, which the schedule covers"),
        (
            lambda: ap.present_pence([[1, 2, 3]], np.ones(2)),
            "pence_by_year: have the shape (1, 3); give 2 amounts per row",
        ),
        (lambda: ap.present_pence([1.0, NAN], np.ones(2)), "pence_by_year[1]: is nan; give finite amounts"),
        (lambda: ap.present_pence([1.0, 2e300], np.ones(2)), "pence_by_year[1]: is 2e+300; give finite amounts"),
        (lambda: ap.present_pence([1.0, -2e300], np.ones(2)), "pence_by_year[1]: is -2e+300; give finite amounts"),
        (lambda: ap.payback_months([-1], [1]), "cost_pence[0]: is -1; give a sum in whole pence of 0 or more"),
        (lambda: ap.payback_months([1], [-1]), "annual_saving_pence[0]: is -1; give a sum in whole pence of 0 or more"),
        (
            lambda: ap.payback_months([10**15 + 1], [1]),
            "cost_pence[0]: is 1000000000000001; give a sum in whole pence of 0 or more",
        ),
        (lambda: ap.payback_months([1.5], [1]), f"cost_pence: contains floats; {WHOLE}"),
        (lambda: ap.pence_by_year([730], [1], [0, 365, 730]), "days[0]: is 730; give a day within the years"),
        (lambda: ap.pence_by_year([-1], [1], [0, 365, 730]), "days[0]: is -1; give a day within the years"),
        (lambda: ap.pence_by_year([1], [1.5], [0, 365]), f"pence: contains floats; {WHOLE}"),
        (
            lambda: ap.pence_by_year([1], [10**12 + 1], [0, 365]),
            "pence[0]: is 1000000000001; give whole pence, below ten thousand million pounds",
        ),
        (
            lambda: ap.saving_by_year([-1], [1], [2], [0, 365]),
            "annual_pence[0]: is -1; give pence of 0 or more, below a thousand million pounds",
        ),
        (
            lambda: ap.saving_by_year([1], [2**40 + 1], [2], [0, 365]),
            "removed_on[0]: is 1099511627777; give a day as a whole number",
        ),
        (
            lambda: ap.saving_by_year([1], [1], [-(2**40) - 1], [0, 365]),
            "until[0]: is -1099511627777; give a day as a whole number",
        ),
        (lambda: ap.real_pence([1], 0.0, 1.0), "index[0]: is 0.0; give an index above 0, at most 1000"),
        (lambda: ap.real_pence([1], 1.0, 1000.5), "index[1]: is 1000.5; give an index above 0, at most 1000"),
        (lambda: ap.real_pence([1.5], 1.0, 1.0), f"pence: contains floats; {WHOLE}"),
        (lambda: ap.uplifted_pence([1.5], 0.0), f"pence: contains floats; {WHOLE}"),
        (
            lambda: ap.uplifted_pence([-1], 10.5),
            "uplift: is 10.5; give a share from 0 to 1 (up to 10 if all amounts are costs)",
        ),
        (
            lambda: ap.Line(name="x", tag="trasnfer", pence=(1,)),
            "tag: is 'trasnfer'; did you mean 'transfer'? known: cash, resource, transfer",
        ),
        (
            lambda: ap.total_by_year([ap.Line(name="x", tag="cash", pence=(1,))], "sozial"),
            "view: is 'sozial'; did you mean 'social'? known: exchequer, social",
        ),
        (
            lambda: ap.total_by_year([ap.Line(name="x", tag="cash", pence=each) for each in ((1, 2), (1,))], "social"),
            "lines: cover [1, 2] years; give one line or more, all for the same years",
        ),
    ],
)
def test_each_refused_value_has_its_message(call: Callable[[], object], sentence: str) -> None:
    """A message states where the fault is, what is wrong and what would be right."""
    with pytest.raises(InputError) as error:
        call()
    assert str(error.value) == sentence


def test_an_unknown_schedule_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(InputError, match=r"^schedule: is 'green_book_2004'; did you mean 'green_book_2003'\? known: "):
        ap.schedule_factors(FOUND, "green_book_2004", 3)


def test_totals_by_year_are_whole_pence() -> None:
    """They are zero if no line counts in a view."""
    lines = [ap.Line(name="x", tag="transfer", pence=(1, 2))]
    found = ap.total_by_year(lines, "social")
    assert found.tolist() == [0, 0] and found.dtype == np.int64
    assert ap.total_by_year(lines, "exchequer").tolist() == [1, 2]


def index(since: int, extended_to: int | None, **years: float) -> TableEntry:
    return TableEntry(
        parameter="gdp_deflator_x",
        unit="index",
        since=dt.date(since, 4, 1),
        until=dt.date(since + 2, 3, 31),
        carried_to=extended_to and dt.date(extended_to, 4, 1),
        sources=("s",),
        quality="seed",
        value={name.removeprefix("y"): value for name, value in years.items()},  # type: ignore[arg-type]
    )


def prices(*entries: TableEntry) -> Parameters:
    """The bundled parameters with these price indices instead of their own."""
    tables = {name: series for name, series in FOUND.tables.items() if not name.startswith("gdp_deflator")}
    model = FOUND.table(next(name for name in FOUND.tables if name.startswith("gdp_deflator")))
    for number, entry in enumerate(entries):
        tables[f"gdp_deflator_{number}"] = attrs.evolve(
            model, name=f"gdp_deflator_{number}", entries=(entry,), missing=()
        )
    return attrs.evolve(FOUND, tables=tables)


EXTENDED = prices(
    index(2010, 2030, y2010=100, y2011=104, y2012=110),
    index(2011, 2020, y2011=50, y2012=60, y2013=66),
    index(2030, None, y2030=1, y2031=2),
)


def test_prices_after_the_last_year_rise_at_the_last_rate() -> None:
    """With 10% a year from 2013 in the latest index that covers both years, £1 of 2015 is £1.21 of 2017."""
    assert ap.real_terms(EXTENDED, 100, 2015, 2017) == 121
    assert ap.real_terms(EXTENDED, 12_100, 2017, 2015) == 10_000
    assert ap.real_terms(EXTENDED, 6_600, 2013, 2014) == 7_260
    assert ap.real_terms(EXTENDED, 5_000, 2011, 2015) == pytest.approx(5_000 * 66 * 1.21 / 50, abs=1)
    assert ap.real_terms(EXTENDED, 5_000, 2020, 2011) == pytest.approx(5_000 * 50 / (66 * 1.1**7), abs=1)


def test_an_index_covers_years_from_its_first_year_to_its_extended_end() -> None:
    """The first index alone covers 2010 and 2021. Years outside every index are refused."""
    growth = 110 / 104
    assert ap.real_terms(EXTENDED, 10_000, 2012, 2021) == pytest.approx(10_000 * growth**9, abs=10)
    assert ap.real_terms(EXTENDED, 10_000, 2010, 2014) == pytest.approx(11_000 * growth**2, abs=10)
    assert ap.real_terms(EXTENDED, 10_000, 2010, 2030) == pytest.approx(11_000 * growth**18, abs=50)
    assert ap.real_terms(EXTENDED, 100, 2030, 2031) == 200
    for then, base in ((2010, 2031), (2009, 2012), (2031, 2032), (2012, 2009)):
        with pytest.raises(InputError) as error:
            ap.real_terms(EXTENDED, 1, then, base)
        held = "its indices cover 2010, 2011, 2012; 2011, 2012, 2013; 2030, 2031"
        assert str(error.value) == f"gdp_deflator: has no index with both {then} and {base}; {held}"
