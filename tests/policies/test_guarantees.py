"""A guarantee that a policy of a user's own gives is kept or bought out, and what that costs is counted everywhere."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

import numpy as np
import pytest

import nhstransit as nt
from nhstransit.errors import ScenarioError
from nhstransit.grammar import Retain, Situation
from nhstransit.log import CAUSES, RULES, Kind
from nhstransit.measures import accounts, exit_costs, headlines
from nhstransit.run import Run
from tests.shared import hamlet_run
from tests.small import Own

UNTIL = dt.date(2013, 12, 31)


def everyone_at_risk(situation: Situation) -> list[Any]:
    """A guarantee to the end of 2013 to all in the employers that close in March 2013."""
    rows = np.flatnonzero(situation.employed_by(("pct", "sha")))
    return [Retain(rows=rows, until=situation.calendar.day(UNTIL), premium=0.1)]


@cache
def pair() -> tuple[Run, Run]:
    """The hamlet with the guarantee, and without."""
    hamlet = nt.load_scenario("hamlet")
    given = hamlet.having("policies.pledge", Own(dates=("2012-10-01",), does=everyone_at_risk))
    return nt.simulate(given, seed=1), hamlet_run()


def test_everyone_guaranteed_is_kept_or_bought_out() -> None:
    """Those who leave before the day by redundancy or closure are paid the rest; all others go of their own accord."""
    run, _ = pair()
    log = run.log
    last = run.scenario.calendar.day(UNTIL)
    given = log.take((log.kind == Kind.RETAINED) & (log.second == last))
    assert len(given) > 100
    left = log.of(Kind.DEPARTED)
    early = left.take(np.isin(left.staff, given.staff) & (left.day < last) & (left.day > given.day[0]))
    own_ways = np.isin(early.rule, [RULES[cause] for cause in CAUSES])
    paid = log.of(Kind.BOUGHT_OUT)
    assert len(paid) > 10
    assert sorted(paid.staff.tolist()) == sorted(early.staff[~own_ways].tolist())


def test_what_buying_out_costs_is_in_accounts_exit_cost_and_waterfall() -> None:
    """The same pence in the log, the accounts, the table of exit costs and the headline; nothing stays unexplained."""
    run, baseline = pair()
    pounds = run.log.of(Kind.BOUGHT_OUT).pence.sum() / 100.0
    table = accounts(run)
    assert table.loc[table["line"] == "guarantees bought out", "pounds"].sum() == pytest.approx(pounds)
    costs = exit_costs(run)
    assert costs["bought_out"].sum() == pytest.approx(pounds)
    assert costs["total"].sum() == pytest.approx(headlines(run)["exit cost"])
    found = nt.compare(run, baseline=baseline)
    assert found.waterfall.residual == 0
    assert found.gaps.loc["staff cost", "gap"] == pytest.approx(float(found.waterfall.gap), abs=0.005)
    assert found.gaps.loc["staff cost", "gap"] > 0


def test_the_hamlets_terms_past_its_closing_are_refused() -> None:
    """With the employer, its closing day and the latest right date; to that date they are kept."""
    hamlet = nt.load_scenario("hamlet")
    with pytest.raises(
        ScenarioError, match=r"policies\.rets\.guaranteed: is 2013-12-31, after .* closes \(2013-03-31\)"
    ):
        hamlet.having("policies.rets.guaranteed", UNTIL)
    assert len(hamlet_run().log.of(Kind.BOUGHT_OUT)) == 0
