"""Payroll by trust and month: the published index reproduced, and each way of sizing a trust."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from nhstransit.england.payroll import (
    ALONE,
    BACK,
    PARTED,
    RESIDENTS,
    Payroll,
    TrustSize,
    bundled_payroll,
    chained,
    sizes_frame,
    trust_sizes,
)

MONTHS = tuple(
    (dt.date(2010 + (3 + at) // 12, 1 + (3 + at) % 12, 28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
    for at in range(27)
)
INDEX = {"2010-09": 0.978, "2010-12": 0.929, "2011-03": 0.860, "2011-04": 0.815, "2011-06": 0.786, "2011-12": 0.753}
RESIDENTS_OF = {"Alone": 200_000, "Parted": 200_000, "Back": 200_000, "Never": 400_000, "Gone": 200_000}


def made() -> Payroll:
    """One steady trust, three whose services leave in 2010, in 2011 and never, and one whose entries end in 2011."""
    steady = 200.0 * np.ones(27)
    parted = np.where(np.arange(27) < 5, 900.0, 150.0)
    back = np.where(np.arange(27) < 20, 900.0, 300.0)
    back[20] = 350.0  # the remaining services leave a month later
    never = 1_500.0 * np.ones(27)
    ends_early = np.where(np.arange(27) < 12, 400.0, np.nan)
    fte = np.array([steady, parted, back, never, ends_early])
    return Payroll(names=tuple(RESIDENTS_OF), months=MONTHS, fte=fte)


def sizes() -> dict[str, TrustSize]:
    return {one.name: one for one in trust_sizes(made(), RESIDENTS_OF)}


def test_the_published_index_is_reproduced() -> None:
    """The chained index of trusts below 500 FTE and the June 2012 count match those published."""
    paid = bundled_payroll()
    assert len(paid.names) == 151 and paid.months == MONTHS
    chain = {f"{month:%Y-%m}": value for month, value in zip(paid.months, paid.chain().tolist(), strict=True)}
    assert {month: round(chain[month], 3) for month in INDEX} == INDEX
    low, high = paid.band()
    assert (round(float(low[-1]), 3), round(float(high[-1]), 3)) == (0.715, 0.828)
    june = paid.on(dt.date(2012, 6, 30))
    assert (june < 700).sum() == 129 and june[june < 700].sum() == pytest.approx(29_906, abs=1)


def test_each_trust_is_sized_as_its_entry_allows() -> None:
    """Alone uses the first entry; Parted, the month after the step; Never and Gone, their residents."""
    found = sizes()
    assert {name: one.how for name, one in found.items()} == {
        "Alone": ALONE,
        "Parted": PARTED,
        "Back": BACK,
        "Never": RESIDENTS,
        "Gone": RESIDENTS,
    }
    assert found["Alone"].size == 200.0 and found["Alone"].read_on == MONTHS[0]
    assert found["Parted"].read_on == MONTHS[6] and found["Parted"].fte == 150.0
    assert found["Back"].read_on == MONTHS[21] and found["Back"].fte == 300.0


def test_a_later_month_is_divided_by_the_index() -> None:
    """300 FTE at an index of 0.8 means 375 in April 2010; the band of the index gives the error."""
    paid = made()
    falling = Payroll(names=paid.names, months=paid.months, fte=paid.fte * np.linspace(1, 0.8, 27))
    found = {one.name: one for one in trust_sizes(falling, RESIDENTS_OF)}
    index = falling.chain()[21]
    assert index < 0.9
    assert found["Back"].size == pytest.approx(found["Back"].fte / index)
    assert found["Back"].low <= found["Back"].size <= found["Back"].high


def test_trusts_sized_by_residents_use_the_mean_rate() -> None:
    """Three trusts with 650 FTE for 600,000 residents imply 433 FTE for 400,000."""
    found = sizes()
    rate = sum(found[name].size for name in ("Alone", "Parted", "Back")) / 600_000
    assert found["Never"].size == pytest.approx(400_000 * rate)
    assert found["Never"].low < found["Never"].size < found["Never"].high


def test_june_2012_tests_only_trusts_not_sized_by_it() -> None:
    """Trusts sized in 2012, without their own entry, or with other trusts' staff are not tested."""
    tested = {
        one.name: one
        for one in trust_sizes(bundled_payroll(), dict.fromkeys(bundled_payroll().names, 300_000))
        if one.tested
    }
    assert all(one.read_on is not None and one.read_on <= dt.date(2011, 12, 31) for one in tested.values())
    assert "Cambridgeshire PCT" in tested and "Brighton and Hove City PCT" in tested
    assert "Stockton-On-Tees Teaching PCT" not in tested  # took in the staff of three neighbours in April 2011
    assert "Hartlepool PCT" not in tested  # on their payroll
    assert "Surrey PCT" not in tested  # sized by June 2012 itself
    assert len(sizes_frame(tuple(tested.values()))) == len(tested) == 70


def test_a_chained_index_compares_the_same_trusts() -> None:
    """Two trusts fall by 10% and 20%; if the second is left out, the index falls by 10%."""
    stock = np.array([[100.0, 90.0], [100.0, 80.0]])
    assert chained(stock, np.array([[True], [True]])).tolist() == pytest.approx([1.0, 0.85])
    assert chained(stock, np.array([[True], [False]])).tolist() == pytest.approx([1.0, 0.9])
