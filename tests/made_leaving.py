"""Generated policies: MARS with panels and funds, and retention terms with renewals."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st

from nhstransit.organisations.funds import Fund
from nhstransit.policies import Mars, Rets
from nhstransit.policies.rets import Renewal
from nhstransit.toml import Named
from nhstransit.workforce.columns import BANDS

Days = st.SearchStrategy[dt.date]
Words = tuple[str, ...]
SHARES = st.sampled_from((1.0, 0.5, 0.0, 0.15)) | st.floats(0, 1)
REGIONS = ("North", "South")  # of the generated scenarios
FUND = "two-per-cent"


def in_order(days: Days, count: int) -> st.SearchStrategy[list[dt.date]]:
    """`count` days in ascending order, often equal."""
    return st.lists(days, min_size=count, max_size=count).map(sorted)


def some(kinds: Words) -> st.SearchStrategy[Words]:
    """Usually all of the kinds, otherwise some or none."""
    few = st.lists(st.sampled_from(kinds), unique=True).map(tuple)
    return st.sampled_from((False, False, False, True)).flatmap(lambda less: few if less else st.just(kinds))


def funds(kinds: Words) -> st.SearchStrategy[Named[Fund]]:
    """The fund that a scheme may use: one purse per employer or region that pays for a few cases, in some or all years."""
    fund = st.builds(
        Fund,
        pounds_a_head=st.sampled_from((2.0, 0.5, 0.1, 0.0, 50.0)),
        kinds=some(kinds),
        drawers=some(kinds),
        lodged=st.sampled_from(("body", "region")),
        years=st.sampled_from(((), (), (), ("2010-11", "2011-12", "2012-13"))),
    )
    return fund.map(lambda made: Named({FUND: made}))


def _mostly(usual: Any, *others: Any) -> st.SearchStrategy[Any]:
    """Usually the `usual` value. With other values, many schemes would approve nobody."""
    return st.sampled_from((*[usual] * 4, *others))


@st.composite
def severances(draw: st.DrawFn, days: Days, kinds: Words, functions: Words) -> Mars:
    announced, opens, closes, leaves = draw(in_order(days, 4))
    removed = draw(st.sampled_from((0.0, 0.5, 1.0)) | st.floats(0, 1))
    return Mars(
        announced=announced,
        opens=opens,
        closes=closes,
        leaves=leaves,
        kinds=draw(some(kinds)),
        functions=draw(_mostly((), functions[:1], functions[1:])),
        bands=draw(_mostly(BANDS, BANDS[:6], ())),
        min_service_months=draw(_mostly(0, 12, 24)),
        fixed_term=draw(st.booleans()),
        clinicians=draw(_mostly(True, False)),
        at_risk=draw(_mostly(True, False)),
        terms=draw(_mostly("mars_2010", "section16")),
        protected=draw(_mostly((), functions[:1], functions[2:])),
        payback_months=draw(_mostly(1200.0, 24.0, 5.0, 0.0)),
        quota=draw(_mostly(1.0, 0.5, 0.15, 0.0)),
        budget_pounds=draw(_mostly(None, 15_000.0, 60_000.0, 0.0)),
        fund=draw(st.sampled_from(("", FUND))),
        order=draw(st.sampled_from(("net-saving", "payback", "luck"))),
        removed=removed,
        redeployed=draw(st.sampled_from((1.0, 0.5, 0.0))) * (1.0 - removed),
        search_months=draw(st.sampled_from((3, 0, 12))),
        clawback_months=draw(st.sampled_from((0.0, 6.0, 60.0))),
    )


@st.composite
def retentions(draw: st.DrawFn, days: Days, kinds: Words, functions: Words) -> Rets:
    announced, offered, guaranteed = draw(in_order(days, 3))
    later = [day for day in draw(in_order(days, 2)) if day >= offered]
    renewals = tuple(Renewal(on=day, cap=draw(st.sampled_from((1.0, 0.5, 0.15, 0.0)))) for day in later)
    return Rets(
        announced=announced,
        offered=offered,
        guaranteed=guaranteed,
        kinds=draw(some(kinds)),
        functions=draw(st.just(()) | st.lists(st.sampled_from(functions), unique=True).map(tuple)),
        cap=draw(st.sampled_from((0.5, 1.0, 0.3, 0.15, 0.0))),
        scarcity=draw(st.sampled_from((0.0, 0.5, 3.0))),
        premium=draw(st.sampled_from((0.15, 0.3, 1.0, 0.0)) | st.floats(0, 1)),
        renewals=draw(st.sampled_from(((), renewals))),
    )
