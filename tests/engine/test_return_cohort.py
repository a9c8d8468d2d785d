"""A cohort paid to go and simulated for years comes back as the published cohorts did, and as a window lets it."""

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
# Shares of all NHS redundancies of a year back in the NHS by September 2018, whose mean time away was so many years; written
# answer of January 2019 (Electronic Staff Record). The curve through all eight misses none by more than 0.0063.
PUBLISHED = {1: 363 / 2243, 2: 468 / 2405, 3: 690 / 3221}
OF_THE_CURVE = 0.0063


@cache
def cohort(**fields: Any) -> Run:
    """So many people leave on one day, paid a pound each, and nothing else happens but returns."""
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


def back_by(run: Run, day: str) -> float:
    """The share back in the NHS by the reading of a 1st."""
    return float((run.log.of(Kind.BACK).day <= on(day)).sum()) / MANY


@pytest.mark.parametrize("years", PUBLISHED)
def test_the_cohort_comes_back_as_published(years: int) -> None:
    """After one, two and three years as many are back as of the published cohorts, within sampling and the curve's error."""
    share = PUBLISHED[years]
    error = 3 * np.sqrt(share * (1 - share) / MANY)
    assert abs(back_by(cohort(), f"{2010 + years}-05-01") - share) < OF_THE_CURVE + error


def test_nobody_is_back_within_a_window_and_those_put_off_come_at_its_end() -> None:
    """Under a window of a year nobody is back before 1 May 2011, and then all who would have been."""
    run = cohort(clawback_months=12.0)
    assert back_by(run, "2011-04-01") == 0.0
    assert back_by(run, "2011-05-01") == back_by(cohort(), "2011-05-01")
    assert back_by(run, "2013-05-01") == back_by(cohort(), "2013-05-01")


def test_of_those_put_off_half_may_come_within_six_months_and_half_never() -> None:
    """With half of them coming, evenly over six months, a quarter is back after three and the others never are."""
    run = cohort(clawback_months=12.0, after_window=0.5, after_months=6.0)
    put_off = back_by(cohort(), "2011-05-01")
    later = back_by(cohort(), "2012-05-01") - put_off
    error = 3 * np.sqrt(put_off * 0.25 / MANY)
    assert abs(back_by(run, "2012-05-01") - later - put_off / 2) < error
    three = back_by(run, "2011-08-01") - (back_by(cohort(), "2011-08-01") - put_off)
    assert abs(three - put_off / 4) < error


def test_those_not_deterred_come_as_though_there_were_no_window() -> None:
    """Where nobody is deterred the cohort with a window is the cohort without one."""
    free = cohort(clawback_months=0.0)
    held = cohort(clawback_months=12.0, deterred=0.0)
    assert free.log.of(Kind.BACK).tuples() == held.log.of(Kind.BACK).tuples()


def test_those_unseen_come_on_top_of_the_curve() -> None:
    """Interims are others than return by the curve: below Band 8a a third of the share comes, within two years."""
    run = cohort(kinds=("pct",), share=0.0, unseen=0.3)
    unseen = len(run.log.of(Kind.INTERIM)) / MANY
    assert abs(unseen - 0.1) < 3 * np.sqrt(0.1 * 0.9 / MANY)
    on_top = cohort(unseen=0.3)
    assert on_top.log.of(Kind.BACK).tuples() == cohort().log.of(Kind.BACK).tuples()
