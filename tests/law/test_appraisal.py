"""Appraisal: discount schedules, prices, lines with tags, and retention terms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import numpy as np
import pytest
from numpy.typing import ArrayLike

from nhstransit.arrays import Longs
from nhstransit.dates import date_of, epoch_day
from nhstransit.errors import InputError, ParameterError
from nhstransit.law import Law, RetentionTerms
from nhstransit.law import appraisal as ap
from nhstransit.law.oncosts import CostLines
from nhstransit.law.parameters import Parameters

LAW = Law.bundled()
FOUND = LAW.parameters
LINES = (
    ap.Line(name="severance", tag="transfer", pence=(-4_000_000_000, 0, 0)),
    ap.Line(name="pay saved", tag="cash", pence=(2_000_000_000, 7_520_000_000, 7_520_000_000)),
    ap.Line(name="output lost", tag="resource", pence=(-100_000_000, -50_000_000, 0), uplift=0.5),
)


def present_value(parameters: Parameters, lines: Iterable[ap.Line], *, view: str, schedule: str) -> float:
    """Net present value of a view under a schedule, in pence, in the prices of the lines. The first year is year 0.

    Args:
        parameters: the dated parameters, with the schedules.
        lines: the lines of the appraisal.
        view: "exchequer" or "social".
        schedule: name of the discount schedule.
    """
    totals = ap.total_by_year(lines, view)
    return float(ap.present_pence(totals, ap.schedule_factors(parameters, schedule, len(totals))))


def cash_by_year(epoch_days: ArrayLike, pence: ArrayLike, first_year: int, years: int) -> Longs:
    """Pence by April–March year, shape (years,), exact.

    Args:
        epoch_days: (n,) day of each amount.
        pence: (n,) amounts.
        first_year: first calendar year of the first financial year.
        years: number of financial years.

    Raises:
        InputError: for a day outside those years.
    """
    return ap.pence_by_year(epoch_days, pence, ap.year_starts(first_year, years))


def removed_post_lines(
    costs: CostLines, posts: ArrayLike, removed_on: ArrayLike, until: ArrayLike, first_year: int, years: int
) -> tuple[ap.Line, ap.Line]:
    """Savings from removing posts, once per post: pay with on-costs (cash), and lost National Insurance (transfer).

    Rows are removals in order of time. Only the first removal of a post counts.

    Args:
        costs: (n,) yearly cost of each removed post, line by line.
        posts: (n,) post of each removal.
        removed_on: (n,) epoch day from which the post costs nothing.
        until: (n,) epoch day of the end of the saving.
        first_year: first calendar year of the first financial year.
        years: number of financial years.
    """
    once = ap.first_of_each(posts)
    starts = ap.year_starts(first_year, years)

    def saved(pence: Longs) -> Longs:
        every = ap.saving_by_year(np.where(once, pence, 0), removed_on, until, starts)
        return np.asarray(every.sum(axis=0))

    receipts = saved(np.maximum(costs.national_insurance, 0))
    return (
        ap.Line(name="pay and on-costs of removed posts", tag="cash", pence=tuple(saved(costs.system).tolist())),
        ap.Line(name="National Insurance no longer received", tag="transfer", pence=tuple((-receipts).tolist())),
    )


def day(year: int, month: int, day_of_month: int) -> int:
    return epoch_day(dt.date(year, month, day_of_month))


def test_severance_costs_the_exchequer_but_not_society() -> None:
    """The Exchequer's total includes transfers and cash; society's total includes cash and resources."""
    assert ap.total_by_year(LINES, "exchequer").tolist() == [-2_000_000_000, 7_520_000_000, 7_520_000_000]
    assert ap.total_by_year(LINES, "social").tolist() == [1_850_000_000, 7_445_000_000, 7_520_000_000]


def test_views_differ_by_transfers_and_resources_only() -> None:
    """Exchequer value less social value is the value of transfers less the value of resources, under any schedule."""
    for schedule in ("green_book_2026_standard", "green_book_2026_health", "green_book_2003"):
        both = [present_value(FOUND, LINES, view=view, schedule=schedule) for view in ("exchequer", "social")]
        separate = [
            present_value(FOUND, [line], view=view, schedule=schedule)
            for line, view in ((LINES[0], "exchequer"), (LINES[2], "social"))
        ]
        assert both[0] - both[1] == pytest.approx(separate[0] - separate[1])


def test_present_value_by_hand() -> None:
    """£100 a year for three years at 3.5% from year 0 is £289.97."""
    line = ap.Line(name="saving", tag="cash", pence=(10_000, 10_000, 10_000))
    found = present_value(FOUND, [line], view="exchequer", schedule="green_book_2026_standard")
    assert found == pytest.approx(28_996.94, abs=0.01)


def test_unknown_schedules_and_years_beyond_a_schedule_are_refused() -> None:
    """The message lists the known schedules."""
    with pytest.raises(ParameterError, match="green_book_2003"):
        ap.schedule_factors(FOUND, "green_book", 3)
    with pytest.raises(InputError, match="31"):
        ap.schedule_factors(FOUND, "green_book_2003", 32)


@pytest.mark.parametrize("fault", ["tag", "view", "years", "none"])
def test_lines_that_cannot_be_summed_are_refused(fault: str) -> None:
    """Unknown tags and views, lines over different years and no lines at all are refused."""
    with pytest.raises(InputError):
        if fault == "tag":
            ap.Line(name="x", tag="income", pence=(1,))
        elif fault == "view":
            ap.total_by_year(LINES, "treasury")
        else:
            ap.total_by_year((*LINES, ap.Line(name="x", tag="cash", pence=(1,))) if fault == "years" else (), "social")


def test_real_terms_by_hand() -> None:
    """£100 of 2010-11 is £105.34 at prices of 2013-14. Indices that do not overlap are not combined."""
    assert ap.real_terms(FOUND, 10_000, 2010, 2013) == 10_534
    assert ap.real_terms(FOUND, 10_000, 2026, 2024) == 9_506
    with pytest.raises(ParameterError, match="2010 and 2025"):
        ap.real_terms(FOUND, 10_000, 2010, 2025)


def test_financial_years_run_from_april_to_march() -> None:
    """31 March and 1 April are in different years."""
    assert [date_of(each) for each in ap.year_starts(2010, 2)] == [dt.date(year, 4, 1) for year in (2010, 2011, 2012)]
    found = cash_by_year([day(2011, 3, 31), day(2011, 4, 1), day(2012, 3, 31)], [1, 20, 300], 2010, 2)
    assert found.tolist() == [1, 320]
    assert ap.years_covered(day(2010, 4, 1), day(2014, 3, 31)) == (2010, 4)


def test_a_removed_post_saves_its_full_cost_once() -> None:
    """A post removed on 1 October saves half a year and then whole years. A second removal saves nothing more."""
    costs = LAW.cost_lines(np.array([3_000_000, 3_000_000]), 1.0, day(2010, 10, 1))
    until = day(2013, 4, 1)
    saved, lost_receipts = removed_post_lines(costs, [7, 7], [day(2010, 10, 1), day(2011, 6, 1)], until, 2010, 3)
    whole = int(costs.employer[0])
    duty = int(costs.national_insurance[0])
    assert saved.pence == ((2 * whole * 182 + 365) // 730, whole, whole) and saved.tag == "cash"
    assert lost_receipts.pence[1:] == (-duty, -duty) and lost_receipts.tag == "transfer"


def test_retention_terms_of_2011() -> None:
    """They guarantee two years for at most 15% of staff. There are no terms before April 2010."""
    terms = RetentionTerms.on(FOUND, day(2011, 3, 15))
    assert terms.most_share == 0.15 and terms.guarantee_months == 24
    assert date_of(int(terms.guaranteed_to(day(2011, 4, 1)))) == dt.date(2013, 3, 31)
    assert terms.premium_pence(4_000_000, 1.0, 12) == 600_000
    with pytest.raises(ParameterError, match="2010-04-01"):
        RetentionTerms.on(FOUND, day(2010, 3, 31))


def test_a_retention_premium_above_pay_is_refused() -> None:
    with pytest.raises(InputError, match=r"premium=1\.5"):
        RetentionTerms(premium=1.5, guarantee_months=24, most_share=0.15)
