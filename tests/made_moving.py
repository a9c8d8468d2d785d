"""Generated policies: clustering, splits, bridging and transfers of arms."""

from __future__ import annotations

import datetime as dt

from hypothesis import strategies as st
from made_leaving import SHARES, Days, in_order, some

from nhstransit.policies import Bridging, Clustering, Split, TransferArms
from nhstransit.workforce.columns import BANDS


@st.composite
def clusterings(draw: st.DrawFn, days: Days, kinds: tuple[str, ...], functions: tuple[str, ...]) -> Clustering:
    announced, held = draw(in_order(days, 2))
    return Clustering(
        announced=announced,
        held=held,
        kinds=draw(some(kinds)),
        bands=draw(st.sampled_from((BANDS, BANDS[5:]))),
        functions=draw(st.just(()) | st.lists(st.sampled_from(functions), unique=True).map(tuple)),
        kept=draw(st.sampled_from((1, 0, 2))),
        assessment_error=draw(st.sampled_from((1.0, 0.0))),
        consultation_days=draw(st.sampled_from((30, 0, 90))),
    )


@st.composite
def splits(draw: st.DrawFn, days: Days, kinds: tuple[str, ...], functions: tuple[str, ...]) -> Split:
    announced, held = draw(in_order(days, 2))
    mine, becomes = draw(st.permutations(functions))[:2]
    kinds = draw(some(kinds))
    part = draw(SHARES)
    return Split(announced=announced, held=held, functions=(mine,), becomes=becomes, kinds=kinds, part=part)


@st.composite
def bridges(draw: st.DrawFn, days: Days, kinds: tuple[str, ...], functions: tuple[str, ...]) -> Bridging:
    announced, offered, until = draw(in_order(days, 3))
    return Bridging(
        announced=announced,
        offered=offered,
        until=until,
        functions=draw(st.lists(st.sampled_from(functions), min_size=1, unique=True).map(tuple)),
        kinds=draw(some(kinds)),
        premium=draw(st.sampled_from((0.0, 0.1))),
    )


@st.composite
def arms(
    draw: st.DrawFn, days: Days, starts: list[dt.date], kinds: tuple[str, ...], functions: tuple[str, ...]
) -> TransferArms:
    announced, held, late = draw(in_order(days, 3))
    soon = [day for day in starts if day >= held]
    return TransferArms(
        announced=announced,
        held=held,
        starts=draw(st.sampled_from(soon)) if soon else late,
        kinds=draw(some(kinds)),
        functions=draw(st.just(()) | st.lists(st.sampled_from(functions), unique=True).map(tuple)),
    )
