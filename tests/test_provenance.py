"""Every parameter of the law has a source, and derived parameters follow from the others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from importlib.resources import files

import pytest

from nhstransit.law.parameters import QUALITIES, Entry, bundled
from nhstransit.toml import read

FOUND = bundled()
ENTRIES = FOUND.entries()
FOLDER = files("nhstransit") / "data" / "parameters"


def named(entry: Entry) -> str:
    return f"{entry.parameter} {entry.since}"


@pytest.mark.parametrize("entry", ENTRIES, ids=named)
def test_every_entry_has_a_unit_a_grade_and_known_sources(entry: Entry) -> None:
    """A source is in the bibliography, or is another parameter."""
    assert entry.unit and entry.quality in QUALITIES and entry.sources
    for source in entry.sources:
        assert source in FOUND.sources or any(other.parameter == source for other in ENTRIES)


@pytest.mark.parametrize("entry", ENTRIES, ids=named)
def test_a_grade_is_no_better_than_its_sources(entry: Entry) -> None:
    """Numbers that are only recalled are graded so, or as assumptions. Numbers that the project chose are assumptions."""
    only = set(entry.sources)
    if only <= {"recalled", "recalled-nhs"}:
        assert entry.quality in ("recalled", "assumption")
    if "project" in only:
        assert entry.quality == "assumption"


@pytest.mark.parametrize("source", FOUND.sources.values(), ids=lambda source: source.id)
def test_every_source_is_used(source: object) -> None:
    """Each source in the bibliography belongs to a parameter."""
    identity = source.id  # type: ignore[attr-defined]
    assert any(identity in entry.sources for entry in ENTRIES), identity


def test_assumptions_have_a_range_or_a_note() -> None:
    """The range says how uncertain the number is, and the note why it was chosen."""
    for entry in ENTRIES:
        assert entry.quality != "assumption" or entry.range or entry.note, named(entry)


def _keys(item: object) -> Iterator[str]:
    if isinstance(item, dict):
        for key, part in item.items():
            yield key
            yield from _keys(part)
    elif isinstance(item, list):
        for part in item:
            yield from _keys(part)


def test_parameter_files_contain_only_entries_gaps_and_a_description() -> None:
    """There can be no number without a source."""
    for path in sorted(FOLDER.iterdir(), key=str):
        tables = read(path)  # type: ignore[arg-type]
        assert set(tables) <= {"about", "number", "table", "grid", "missing"}, path


def test_missing_parameters_are_listed_with_a_reason() -> None:
    gaps = {gap.parameter for gap in FOUND.missing}
    assert {"afc_points", "employer_ni", "statutory_week_cap", "vsm_points", "optimism_bias", "gdp_deflator"} <= gaps
    assert all(gap.why for gap in FOUND.missing)


POINTS = {year: FOUND.grid("afc_points").on(dt.date(year, 4, 1)).value for year in (2010, 2011, 2012, 2013, 2025)}
UPLIFTED = {22_663: 22_676, 23_563: 23_589, 25_472: 25_528, 26_483: 26_556, 27_534: 27_625}


def test_the_first_year_of_the_pay_freeze_adds_250_pounds_to_low_pay() -> None:
    """Points of £21,000 or less rose by £250 in 2011-12. Circular 2/2011 raised five others."""
    for band, row in POINTS[2010].items():
        rule = (point + 250 if point <= 21_000 else point for point in row)
        assert POINTS[2011][band] == tuple(UPLIFTED.get(point, point) for point in rule)
    assert UPLIFTED[27_534] == round(27_534 * 1.0033)


def test_the_second_year_of_the_pay_freeze_adds_250_pounds_to_low_pay() -> None:
    """Points of £21,000 or less rose by £250 in 2012-13."""
    for band, row in POINTS[2011].items():
        assert POINTS[2012][band] == tuple(point + 250 if point <= 21_000 else point for point in row)


def test_points_of_2013_are_those_of_the_handbook() -> None:
    """The handbook's table of April 2014 has the points of 2013, except point 16. Points below 47 are compared."""
    table = (
        "14294 14653 15013 15432 15851 16271 16811 17425 17794 18285 18838 19268 19947 20638 21265 21388 22016 22903 23825 "
        "24799 25783 26822 27901 28755 29759 30764 31768 32898 34530 35536 36666 37921 39239 40558 42190 43822 45707 47088 "
        "49473 52235 54998 56504 59016 61779 65922 67805"
    )
    held = sorted({point for row in POINTS[2013].values() for point in row})
    assert held[:46] == [float(point) for point in table.split()]


def test_points_rose_by_one_per_cent_in_2013() -> None:
    """The difference is at most one pound."""
    for band, row in POINTS[2012].items():
        assert all(abs(new - old * 1.01) <= 1 for new, old in zip(POINTS[2013][band], row, strict=True))


RANGES = {
    2011: {"1": (13903, 14614), "2": (13903, 17003), "3": (15860, 18827), "4": (18402, 21798), "9": (77079, 97478)},
    2012: {"1": (14153, 14864), "2": (14153, 17253), "3": (16110, 19077), "4": (18652, 21798), "5": (21176, 27625)},
    2013: {"1": (14294, 15013), "2": (14294, 17425), "3": (16271, 19268), "4": (18838, 22016), "5": (21388, 27901)},
}


@pytest.mark.parametrize("year", RANGES)
def test_ends_of_bands_are_the_recalled_ranges(year: int) -> None:
    """This compares the first and last points of bands."""
    for band, ends in RANGES[year].items():
        assert (POINTS[year][band][0], POINTS[year][band][-1]) == ends


def test_2010_has_54_points() -> None:
    """The twelve bands of 2010-11 share 54 different values."""
    assert len({point for row in POINTS[2010].values() for point in row}) == 54


@pytest.mark.parametrize("year", POINTS)
def test_points_rise_within_a_band_and_from_band_to_band(year: int) -> None:
    """No band starts or ends below the band before it."""
    rows = list(POINTS[year].values())
    assert all(list(row) == sorted(set(row)) for row in rows)
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)
    assert [row[-1] for row in rows] == sorted(row[-1] for row in rows)


def test_a_pay_point_in_two_bands_has_one_value_in_each_year() -> None:
    for year in (2011, 2012, 2013):
        now: dict[float, float] = {}
        for band, row in POINTS[2010].items():
            for old, new in zip(row, POINTS[year][band], strict=True):
                assert now.setdefault(old, new) == new


def test_pay_of_very_senior_managers_follows_from_rates_of_2007() -> None:
    """Spot rates are those of 2007 raised twice by 2%. Directors get a share of them. Pay is in whole pounds."""
    old = FOUND.grid("vsm_spot_rates_2007").entries[0].row("chief_executive")
    rates = FOUND.grid("vsm_points").on(dt.date(2010, 4, 1)).row("VSM")
    share = FOUND.number("vsm_director_share").on(dt.date(2010, 4, 1)).value
    raised = [rate * 1.02**2 for rate in old]
    assert rates == tuple(round(share * rate) for rate in raised) + tuple(round(rate) for rate in raised)


def test_limits_of_supplements_rose_by_one_per_cent_in_2013() -> None:
    """They are rounded to the nearest pound."""
    series = FOUND.grid("high_cost_area")
    before = series.on(dt.date(2012, 4, 1))
    after = series.on(dt.date(2013, 4, 1))
    for zone in before.value:
        assert after.row(zone)[1:] == tuple(round(limit * 1.01) for limit in before.row(zone)[1:])


def test_supplements_agree_with_the_official_ones_of_2017() -> None:
    """Four awards of 1% raise the limits of 2010 to those of 2017, within a pound or two."""
    series = FOUND.grid("high_cost_area")
    early = series.on(dt.date(2010, 4, 1))
    late = series.on(dt.date(2017, 4, 1))
    for zone in early.value:
        for old, new in zip(early.row(zone)[1:], late.row(zone)[1:], strict=True):
            assert abs(new / 1.01**4 - old) <= 1.5


def test_discount_schedules_are_the_published_ones() -> None:
    """The limits and rates here were typed a second time from the Green Book of 2026."""
    published = {
        "standard": (3.5, 3.0, 2.5, 2.0, 1.5, 1.0),
        "health": (1.5, 1.29, 1.07, 0.86, 0.71, 0.43),
        "sensitivity": (3.0, 2.57, 2.14, 1.71, 1.29, 0.86),
    }
    for name, rates in published.items():
        entry = FOUND.grid(f"discount_green_book_2026_{name}").entries[0]
        assert entry.row("ends") == (30, 75, 125, 200, 300, 9999)
        assert entry.row("rates") == pytest.approx([rate / 100 for rate in rates])


def test_the_protected_pension_age_ends_on_5_april_2006() -> None:
    """The stored day number is that of 5 April 2006."""
    assert FOUND.number("protection_cutoff").on(15_000).value == (dt.date(2006, 4, 5) - dt.date(1970, 1, 1)).days
