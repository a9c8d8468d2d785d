"""The changes between two scenarios in words: policies by title, without consequential changes, and dates grouped."""

from __future__ import annotations

import datetime as dt

import attrs
import pytest

import nhstransit as nt
from nhstransit.comparison.changes import changes_in_words


@pytest.fixture(scope="module")
def hamlet() -> nt.Scenario:
    return nt.load_scenario("hamlet")


def test_a_removed_or_added_policy_is_one_change(hamlet: nt.Scenario) -> None:
    """It has the policy's title. Consequences in other policies, such as returns after it, are left out."""
    less = hamlet.without("mars")
    assert changes_in_words(hamlet, less) == "without MARS"
    assert changes_in_words(less, hamlet) == "with MARS"
    assert changes_in_words(hamlet, hamlet) == changes_in_words(hamlet, attrs.evolve(hamlet, title="Another")) == ""


@pytest.mark.parametrize(
    ("path", "item", "text"),
    [
        ("policies.mars.quota", 0.5, "MARS: quota from 15% to 50%"),
        ("policies.mars.closes", dt.date(2010, 10, 30), "MARS: closes 30 October 2010 instead of 29 October 2010"),
        ("policies.mars.budget_pounds", 250_000, "MARS: budget pounds £250,000, which was not set before"),
        ("policies.mars.kinds", ["pct"], "MARS: kinds from pct and sha to pct"),
        ("law.mars_2010.payment_cap", 30_000, "the terms MARS 2010: payment cap £30,000, which was not set before"),
        ("law.mars_2010.most_months", 9, "the terms MARS 2010: most months from 12 to 9"),
        ("behaviour.departures.resign", 0.09, "behaviour: departures resign from 7% to 9%"),
        ("end", dt.date(2013, 3, 31), "end 31 March 2013 instead of "),
    ],
)
def test_a_changed_setting_has_its_unit_and_its_old_value(
    hamlet: nt.Scenario, path: str, item: object, text: str
) -> None:
    assert changes_in_words(hamlet, hamlet.having(path, item)).startswith(text)


def test_changes_of_one_policy_are_grouped(hamlet: nt.Scenario) -> None:
    other = hamlet.having("policies.mars.quota", 0.5).having("policies.mars.payback_months", 12)
    text = changes_in_words(hamlet, other.without("rets"))
    assert (
        text
        == "without retention terms (RETS); MARS: payback months from 24 months to 12 months and quota from 15% to 50%"
    )


@pytest.mark.thorough
def test_dates_that_move_by_the_same_time_are_one_change() -> None:
    """Organisations are grouped by setting, and policies by the number of months."""
    england = nt.load_scenario("england-2010")
    slower = changes_in_words(england, nt.load_scenario("england-2010-slower"))
    assert slower.startswith("opening 9 months later in 429 organisations; shadow form 9 months later in 429 org")
    assert slower.endswith(" and 15 more: 9 months later") and slower.count(";") == 4
    boards = nt.load_scenario("england-2025")
    later = boards.having("policies.compulsory.path.1.by", dt.date(2027, 11, 2))
    assert changes_in_words(boards, later) == (
        "compulsory redundancy in boards: by 2 November 2027 instead of 2 November 2026"
    )


def test_changes_above_the_limit_are_counted(hamlet: nt.Scenario) -> None:
    other = hamlet.having("policies.mars.quota", 0.5).having("behaviour.departures.resign", 0.09).without("rets")
    assert changes_in_words(hamlet, other, most=1) == "without retention terms (RETS); 2 further changes"
