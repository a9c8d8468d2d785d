"""Generated sets of policies, some twice, on days in a valid order, with limits often at the ends of their ranges."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st
from made_ending import (
    cost_reductions,
    coverings,
    extensions,
    milestones,
    redundancies,
    returns,
    start_ups,
    volunteers,
)
from made_filling import assignments, developments, fillings, invitations, thoughts
from made_leaving import SHARES, in_order, retentions, severances, some
from made_moving import arms, bridges, clusterings, splits

from nhstransit.policies import Hiring, Inflow, TransferWhole
from nhstransit.policies.hiring import Freeze
from nhstransit.toml import Named

Days = st.SearchStrategy[dt.date]


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
    """Policies by name. New posts may start on the days in `starts`. `without` lists types that are left out.

    Sometimes policies follow one another as in England: news, offers, notice, new posts. Otherwise they have any order.
    With `crowded`, all policies exist and follow one another.
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
        "filling": ("filling", fillings(late, starts, senders, receivers, functions)),
        "refilling": ("filling", fillings(days, starts, senders, receivers, functions)),
        "slot-in": ("filling", fillings(late, starts, senders, receivers, functions)),
        "assignment": ("assignment", assignments(early, senders, receivers, functions)),
        "development": ("development", developments(days, senders, functions)),
        "second-thoughts": ("second-thoughts", thoughts(days, every)),
        "best-people": ("best-people", invitations(middle, senders, receivers, functions)),
        "redundancy": ("redundancy", redundancies(middle, senders, receivers, crowded)),
        "extension": ("extension", extensions(days, senders)),
        "start-up": ("start-up", start_ups(early, senders)),
        "interims": ("interims", coverings(days, every)),
        "hiring": ("hiring", hirings(days, every)),
        "cost-reduction": ("cost-reduction", cost_reductions(middle, senders)),
        "more-cuts": ("cost-reduction", cost_reductions(days, every)),
        "voluntary-redundancy": ("voluntary-redundancy", volunteers(early, senders)),
        "more-volunteers": ("voluntary-redundancy", volunteers(days, every)),
        "inflow": ("inflow", inflows(late, receivers)),
        "more-inflow": ("inflow", inflows(days, every)),
        "transfer-whole": ("transfer-whole", transfers(late, starts, functions, senders, receivers)),
        "more-transfers": ("transfer-whole", transfers(days, starts, functions, senders, every)),
        "clustering": ("clustering", clusterings(days, senders, functions)),
        "split": ("split", splits(days, senders, functions)),
        "bridging": ("bridging", bridges(days, senders, functions)),
        "transfer-arms": ("transfer-arms", arms(late, starts, senders, functions)),
        "returns": ("returns", returns(days, every)),
        "more-returns": ("returns", returns(days, every)),
    }
    allowed = sorted(name for name, (kind, _) in makers.items() if kind not in without)
    if not allowed:
        return Named()
    names = allowed if crowded or draw(st.booleans()) else draw(st.lists(st.sampled_from(allowed), unique=True))
    return Named({name: draw(makers[name][1]) for name in names})


@st.composite
def freezes(draw: st.DrawFn, days: Days) -> tuple[Freeze, ...]:
    lasts = sorted(draw(st.sets(days, max_size=2)))
    return tuple(Freeze(until=day, refill=draw(SHARES)) for day in lasts)


@st.composite
def hirings(draw: st.DrawFn, days: Days, kinds: tuple[str, ...]) -> Hiring:
    announced, until = draw(in_order(days, 2))
    return Hiring(
        announced=announced,
        until=until,
        kinds=draw(some(kinds)),
        refill=draw(SHARES),
        weeks=draw(st.sampled_from((0.0, 2.0, 14.0))),
        freezes=draw(freezes(days)),
        from_nhs=draw(SHARES),
        part_time=draw(SHARES),
        authorised=draw(st.booleans()),
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
        from_nhs=draw(SHARES),
        part_time=draw(SHARES),
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
        senders=draw(some(senders)),
        receivers=draw(some(receivers)),
        bands_down=draw(st.sampled_from((1, 0, 12))),
    )
