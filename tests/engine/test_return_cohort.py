"""A cohort that was paid to leave returns at the published rates, and as the repayment window allows."""

from __future__ import annotations

from functools import cache
from typing import Any

import attrs
import numpy as np
import pytest

from nhstransit.engine.simulate import simulate
from nhstransit.grammar import Depart
from nhstransit.log import Kind
from nhstransit.policies import Returns
from nhstransit.run import Run
from nhstransit.toml import Named
from nhstransit.workforce.columns import Workforce
from tests.small import START, date, on, once, person, small_world

MANY = 8_000
LEFT = "2010-04-30"
# Shares of a year's NHS redundancies that were back in the NHS by September 2018, by mean years away. Source: written answer
# of January 2019 (Electronic Staff Record). The curve fits all eight published shares to within 0.0063.
PUBLISHED = {1: 363 / 2243, 2: 468 / 2405, 3: 690 / 3221}
CURVE_ERROR = 0.0063


@cache
def cohort(**fields: Any) -> Run:
    """A run in which 8,000 people leave on one day, with a pound each, and nothing happens but returns."""
    world = small_world(person(1), policies={}, end=date("2014-03-31"))
    one = world.workforce
    columns = {name: np.repeat(column, MANY) for name, column in one.columns().items()}
    staff = Workforce(**{**columns, "staff": np.arange(MANY)}, employers=one.employers, functions=one.functions)
    zero = np.zeros(MANY, "int64")
    all_go = Depart(
        rows=np.arange(MANY),
        last_day=np.full(MANY, on(LEFT), "int32"),
        severance=zero + 100,
        in_lieu=zero,
        strain=zero,
        remove=np.zeros(MANY, bool),
    )
    policies = {"mars": once("2010-04-02", all_go), "returns": Returns(announced=START, **fields)}
    return simulate(attrs.evolve(world, staff=staff, policies=Named(policies)), seed=2018)


def share_back_by(run: Run, day: str) -> float:
    """The share who are back in the NHS by a day, which is the first of a month."""
    return float((run.log.of(Kind.BACK).day <= on(day)).sum()) / MANY


@pytest.mark.parametrize("years", PUBLISHED)
def test_the_cohort_returns_at_the_published_rates(years: int) -> None:
    """After one, two and three years, the share back equals the published share within sampling error and curve error."""
    share = PUBLISHED[years]
    error = 3 * np.sqrt(share * (1 - share) / MANY)
    assert abs(share_back_by(cohort(), f"{2010 + years}-05-01") - share) < CURVE_ERROR + error


def test_nobody_returns_within_the_window_and_deterred_people_return_at_its_end() -> None:
    """With a window of a year, nobody is back before 1 May 2011. On that day everyone is back who would have been."""
    run = cohort(clawback_months=12.0)
    assert share_back_by(run, "2011-04-01") == 0.0
    assert share_back_by(run, "2011-05-01") == share_back_by(cohort(), "2011-05-01")
    assert share_back_by(run, "2013-05-01") == share_back_by(cohort(), "2013-05-01")


def test_a_share_of_deterred_people_returns_evenly_after_the_window() -> None:
    """If half of them return over six months, a quarter is back after three months, and half never return."""
    run = cohort(clawback_months=12.0, after_window=0.5, after_months=6.0)
    deterred = share_back_by(cohort(), "2011-05-01")
    later = share_back_by(cohort(), "2012-05-01") - deterred
    error = 3 * np.sqrt(deterred * 0.25 / MANY)
    assert abs(share_back_by(run, "2012-05-01") - later - deterred / 2) < error
    after_three_months = share_back_by(run, "2011-08-01") - (share_back_by(cohort(), "2011-08-01") - deterred)
    assert abs(after_three_months - deterred / 4) < error


def test_if_nobody_is_deterred_the_window_changes_no_return() -> None:
    """The returns equal those of a cohort without a window."""
    without_window = cohort(clawback_months=0.0)
    with_window = cohort(clawback_months=12.0, deterred=0.0)
    assert without_window.log.of(Kind.BACK).tuples() == with_window.log.of(Kind.BACK).tuples()


def test_returns_off_the_payroll_are_in_addition_to_the_curve() -> None:
    """Below Band 8a, a third of the share return as interims, and the returns on the payroll do not change."""
    run = cohort(kinds=("pct",), share=0.0, unseen=0.3)
    unseen = len(run.log.of(Kind.INTERIM)) / MANY
    assert abs(unseen - 0.1) < 3 * np.sqrt(0.1 * 0.9 / MANY)
    on_top = cohort(unseen=0.3)
    assert on_top.log.of(Kind.BACK).tuples() == cohort().log.of(Kind.BACK).tuples()
