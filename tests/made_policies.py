"""Policies for the made worlds: any of them, twice if you like, on days in legal order, with limits at their ends."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st

from nhstransit.policies import (
    CostReduction,
    Filling,
    Hiring,
    Inflow,
    Mars,
    Milestone,
    Redundancy,
    Rets,
    Returns,
    TransferWhole,
)
from nhstransit.policies.cost_reduction import Step
from nhstransit.toml import Named
from nhstransit.workforce.codes import BANDS

Days = st.SearchStrategy[dt.date]
_SHARES = st.sampled_from((1.0, 0.5, 0.0, 0.15)) | st.floats(0, 1)
_CUTS = st.sampled_from((0.1, 0.05, 0.25, 0.1, 0.0, 0.5, 1.0)) | st.floats(0, 0.3)
_PAID_TO_GO = ("mars", "mars-again", "redundancy", "cost-reduction", "more-cuts")
_LEFT = (*_PAID_TO_GO, "resignation", "retirement", "resignation-within-nhs", "closure", "contract-end", "nothing")


@st.composite
def policies(
    draw: st.DrawFn,
    days: Days,
    starts: list[dt.date],
    functions: tuple[str, ...],
    senders: tuple[str, ...],
    receivers: tuple[str, ...],
    without: tuple[str, ...] = (),
    crowded: bool = False,
) -> Named[Any]:
    """Policies by name. `days` gives their days; on `starts` new posts may start; `without` names types not to be made.

    Now and then they come in turn, as they did in England: what is told, what is offered, notice, posts; else anyhow.
    In a crowd all are there, and in turn.
    """
    early = middle = late = days
    if crowded or draw(st.booleans()):
        turns = draw(in_order(days, 6))
        early, middle, late = (st.sampled_from(turns[place : place + 3]) for place in (0, 1, 3))
    every = (*senders, *receivers)
    makers = {
        "announcement": ("milestone", milestones(early, senders)),
        "milestones": ("milestone", milestones(days, senders)),
        "rets": ("rets", retentions(days, senders, functions)),
        "more-rets": ("rets", retentions(days, senders, functions)),
        "mars": ("mars", severances(early, senders, functions)),
        "mars-again": ("mars", severances(days, every, functions)),
        "filling": ("filling", fillings(late, starts, senders, receivers)),
        "refilling": ("filling", fillings(days, starts, senders, receivers)),
        "redundancy": ("redundancy", redundancies(middle, senders)),
        "hiring": ("hiring", hirings(days, every)),
        "cost-reduction": ("cost-reduction", cost_reductions(middle, senders)),
        "more-cuts": ("cost-reduction", cost_reductions(days, every)),
        "inflow": ("inflow", inflows(late, receivers)),
        "more-inflow": ("inflow", inflows(days, every)),
        "transfer-whole": ("transfer-whole", transfers(late, starts, functions, senders, receivers)),
        "more-transfers": ("transfer-whole", transfers(days, starts, functions, senders, every)),
        "returns": ("returns", returns(days, every)),
        "more-returns": ("returns", returns(days, every)),
    }
    allowed = sorted(name for name, (kind, _) in makers.items() if kind not in without)
    if not allowed:
        return Named()
    names = allowed if crowded or draw(st.booleans()) else draw(st.lists(st.sampled_from(allowed), unique=True))
    return Named({name: draw(makers[name][1]) for name in names})


def in_order(days: Days, count: int) -> st.SearchStrategy[list[dt.date]]:
    """So many days, none before the one before it; often the same."""
    return st.lists(days, min_size=count, max_size=count).map(sorted)


def _some(kinds: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    """All of the kinds most of the time, else some or none."""
    few = st.lists(st.sampled_from(kinds), unique=True).map(tuple)
    return st.sampled_from((False, False, False, True)).flatmap(lambda less: few if less else st.just(kinds))


@st.composite
def milestones(draw: st.DrawFn, days: Days, kinds: tuple[str, ...]) -> Milestone:
    return Milestone(announced=draw(days), kinds=draw(_some(kinds)), weight=draw(_SHARES))


@st.composite
def retentions(draw: st.DrawFn, days: Days, kinds: tuple[str, ...], functions: tuple[str, ...]) -> Rets:
    announced, offered, guaranteed = draw(in_order(days, 3))
    return Rets(
        announced=announced,
        offered=offered,
        guaranteed=guaranteed,
        kinds=draw(_some(kinds)),
        functions=draw(st.just(()) | st.lists(st.sampled_from(functions), unique=True).map(tuple)),
        cap=draw(st.sampled_from((0.5, 1.0, 0.3, 0.15, 0.0))),
        premium=draw(st.sampled_from((0.15, 0.3, 1.0, 0.0)) | st.floats(0, 1)),
    )


@st.composite
def severances(draw: st.DrawFn, days: Days, kinds: tuple[str, ...], functions: tuple[str, ...]) -> Mars:
    announced, opens, closes, leaves = draw(in_order(days, 4))
    return Mars(
        announced=announced,
        opens=opens,
        closes=closes,
        leaves=leaves,
        kinds=draw(_some(kinds)),
        min_service_months=draw(st.sampled_from((12, 0, 24))),
        fixed_term=draw(st.booleans()),
        protected=draw(st.just(()) | st.lists(st.sampled_from(functions), unique=True, max_size=1).map(tuple)),
        payback_months=draw(st.sampled_from((1200.0, 24.0, 24.0, 5.0, 0.0))),
        quota=draw(st.sampled_from((1.0, 1.0, 0.5, 0.15, 0.0))),
        budget_pounds=draw(st.sampled_from((None, 15_000.0, 30_000.0, 60_000.0, 0.0))),
        order=draw(st.sampled_from(("net-saving", "payback", "luck"))),
        removed=draw(_SHARES),
        clawback_months=draw(st.sampled_from((6.0, 0.0, 60.0))),
    )


@st.composite
def fillings(
    draw: st.DrawFn, days: Days, starts: list[dt.date], senders: tuple[str, ...], receivers: tuple[str, ...]
) -> Filling:
    announced, held, late = draw(in_order(days, 3))
    soon = [day for day in starts if day >= held]
    return Filling(
        announced=announced,
        held=held,
        starts=draw(st.sampled_from((*soon, late, held))),
        senders=draw(_some(senders)),
        receivers=draw(st.sampled_from((receivers, (*receivers, *senders))) | _some(receivers)),
        national=draw(st.sampled_from(((), (), receivers[:1], receivers))),
        bands=draw(st.sampled_from((BANDS, BANDS, BANDS[5:]))),
        reach=draw(st.sampled_from(("region", "region", "anywhere"))),
        bands_down=draw(st.sampled_from((1, 0, 12))),
        assessment_error=draw(st.sampled_from((1.0, 0.0))),
    )


@st.composite
def redundancies(draw: st.DrawFn, days: Days, kinds: tuple[str, ...]) -> Redundancy:
    announced, letters, consults = draw(in_order(days, 3))
    return Redundancy(announced=announced, letters=letters, consults=consults, kinds=draw(_some(kinds)))


@st.composite
def hirings(draw: st.DrawFn, days: Days, kinds: tuple[str, ...]) -> Hiring:
    announced, until = draw(in_order(days, 2))
    return Hiring(
        announced=announced,
        until=until,
        kinds=draw(_some(kinds)),
        refill=draw(_SHARES),
        weeks=draw(st.sampled_from((0.0, 2.0, 14.0))),
        spread=draw(st.sampled_from((0.4, 0.0, 2.0))),
        from_nhs=draw(_SHARES),
        part_time=draw(_SHARES),
    )


@st.composite
def cost_reductions(draw: st.DrawFn, days: Days, kinds: tuple[str, ...]) -> CostReduction:
    count = draw(st.integers(1, 4))
    announced, *steps = draw(in_order(days, count + 1))
    cuts = sorted(draw(st.lists(_CUTS, min_size=count, max_size=count)))
    return CostReduction(
        announced=announced,
        path=tuple(Step(by=by, cut=cut) for by, cut in zip(steps, cuts, strict=True)),
        kinds=draw(_some(kinds)),
        consultation_days=draw(st.sampled_from((30, 0, 90, 120)) | st.integers(0, 120)),
    )


@st.composite
def inflows(draw: st.DrawFn, days: Days, kinds: tuple[str, ...]) -> Inflow:
    announced, kept, starts = draw(in_order(days, 3))
    people = st.dictionaries(st.sampled_from(kinds), st.sampled_from((1, 2, 0, 5_000)), min_size=1)
    return Inflow(
        announced=announced,
        kept=kept,
        starts=starts,
        people=Named(draw(people)),
        from_nhs=draw(_SHARES),
        part_time=draw(_SHARES),
    )


@st.composite
def transfers(
    draw: st.DrawFn,
    days: Days,
    starts: list[dt.date],
    functions: tuple[str, ...],
    senders: tuple[str, ...],
    receivers: tuple[str, ...],
) -> TransferWhole:
    announced, held, late = draw(in_order(days, 3))
    soon = [day for day in starts if day >= held]
    return TransferWhole(
        announced=announced,
        held=held,
        starts=draw(st.sampled_from((*soon, late, held))),
        functions=draw(st.just(()) | st.lists(st.sampled_from(functions), unique=True).map(tuple)),
        senders=draw(_some(senders)),
        receivers=draw(_some(receivers)),
    )


@st.composite
def returns(draw: st.DrawFn, days: Days, kinds: tuple[str, ...]) -> Returns:
    return Returns(
        announced=draw(in_order(days, 3))[0],
        after=draw(st.just(_PAID_TO_GO) | st.lists(st.sampled_from(_LEFT), unique=True).map(tuple)),
        kinds=draw(_some(kinds)),
        share=draw(st.sampled_from((1.0, 1.0, 0.5, 0.0))),
        scale_years=draw(st.sampled_from((0.01, 0.05, 1.12))),
        shape=draw(st.sampled_from((0.58, 1.0, 10.0, 0.1))),
        clawback_months=draw(st.sampled_from((0.0, 1.0, 6.0))),
    )
