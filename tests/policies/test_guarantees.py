"""A guarantee given by a user's own policy is kept or bought out, and every measure counts the cost."""

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
    """A guarantee to the end of 2013 for everyone in the employers that close in March 2013."""
    rows = np.flatnonzero(situation.employed_by(("pct", "sha")))
    return [Retain(rows=rows, until=situation.calendar.day(UNTIL), premium=0.1)]


@cache
def pair() -> tuple[Run, Run]:
    """Runs of the hamlet with the guarantee and without it."""
    hamlet = nt.load_scenario("hamlet")
    guaranteed = hamlet.having("policies.pledge", Own(dates=("2012-10-01",), does=everyone_at_risk))
    return nt.simulate(guaranteed, seed=1), hamlet_run()


def test_everyone_guaranteed_is_kept_or_bought_out() -> None:
    """Early leavers are paid the rest of the guarantee, except people who leave by a natural cause."""
    run, _ = pair()
    log = run.log
    last = run.scenario.calendar.day(UNTIL)
    guaranteed = log.take((log.kind == Kind.RETAINED) & (log.second == last))
    assert len(guaranteed) > 100
    left = log.of(Kind.DEPARTED)
    early = left.take(np.isin(left.staff, guaranteed.staff) & (left.day < last) & (left.day > guaranteed.day[0]))
    natural = np.isin(early.rule, [RULES[cause] for cause in CAUSES])
    paid = log.of(Kind.BOUGHT_OUT)
    assert len(paid) > 10
    assert sorted(paid.staff.tolist()) == sorted(early.staff[~natural].tolist())


def test_the_cost_of_buying_out_is_in_the_accounts_the_exit_cost_and_the_waterfall() -> None:
    """The log, accounts, exit costs and headline agree, and the waterfall has no residual."""
    run, baseline = pair()
    pounds = run.log.of(Kind.BOUGHT_OUT).pence.sum() / 100.0
    table = accounts(run)
    assert table.loc[table["line"] == "guarantees bought out", "pounds"].sum() == pytest.approx(pounds)
    costs = exit_costs(run)
    assert costs["bought_out"].sum() == pytest.approx(pounds)
    assert costs["total"].sum() == pytest.approx(headlines(run)["exit cost"])
    comparison = nt.compare(run, baseline=baseline)
    assert comparison.waterfall.residual == 0
    assert comparison.gaps.loc["staff cost", "gap"] == pytest.approx(float(comparison.waterfall.gap), abs=0.005)
    assert comparison.gaps.loc["staff cost", "gap"] > 0


def test_a_guarantee_past_the_closing_day_is_refused() -> None:
    """The hamlet's own guarantees end in time, so none is bought out."""
    hamlet = nt.load_scenario("hamlet")
    with pytest.raises(
        ScenarioError, match=r"policies\.rets\.guaranteed: is 2013-12-31, after .* closes \(2013-03-31\)"
    ):
        hamlet.having("policies.rets.guaranteed", UNTIL)
    assert len(hamlet_run().log.of(Kind.BOUGHT_OUT)) == 0
