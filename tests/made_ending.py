"""Generated policies: news, extensions, redundancy, cost reductions, start-up money, interims and returns."""

from __future__ import annotations

from hypothesis import strategies as st
from made_leaving import FUND, SHARES, Days, Words, in_order, some

from nhstransit.policies import (
    CostReduction,
    Extension,
    Interims,
    Milestone,
    Redundancy,
    Returns,
    StartUp,
    VoluntaryRedundancy,
)
from nhstransit.policies.cost_reduction import Step
from nhstransit.policies.voluntary_redundancy import Panel
from nhstransit.toml import Named

_CUTS = st.sampled_from((0.1, 0.05, 0.25, 0.1, 0.0, 0.5, 1.0)) | st.floats(0, 0.3)
_FUNCTIONS = st.sampled_from(((), (), (), ("finance",), ("quality", "corporate")))
_BANDS = st.sampled_from(((), (), (), ("5", "6"), ("8a", "VSM", "1")))
_PAID_TO_GO = ("mars", "mars-again", "redundancy", "cost-reduction", "more-cuts", "voluntary-redundancy")
_LEFT = (*_PAID_TO_GO, "resignation", "retirement", "resignation-within-nhs", "closure", "contract-end", "nothing")
_REPAID = {
    "mars": "mars_2010",
    "mars-again": "mars_2010",
    "redundancy": "section16",
    "cost-reduction": "section16",
    "voluntary-redundancy": "section16",
}
RESIDUARY = "ccg 1"  # exists in every crowded scenario


@st.composite
def milestones(draw: st.DrawFn, days: Days, kinds: Words) -> Milestone:
    return Milestone(
        announced=draw(days),
        kinds=draw(some(kinds)),
        weight=draw(SHARES),
        later_months=draw(st.sampled_from((0, 0, 0, 1, 12))),
        functions=draw(_FUNCTIONS),
        bands=draw(_BANDS),
        target=draw(st.none() | SHARES),
        ramp_months=draw(st.sampled_from((None, None, 0.01, 6.0))),
        half_life_months=draw(st.sampled_from((None, None, 0.5, 24.0))),
    )


@st.composite
def extensions(draw: st.DrawFn, days: Days, kinds: Words) -> Extension:
    announced, until = draw(in_order(days, 2))
    target = draw(SHARES)
    weight = draw(SHARES)
    return Extension(announced=announced, until=until, kinds=draw(some(kinds)), target=target, weight=weight)


@st.composite
def redundancies(draw: st.DrawFn, days: Days, kinds: Words, others: Words, crowded: bool) -> Redundancy:
    announced, letters, consults = draw(in_order(days, 3))
    return Redundancy(
        announced=announced,
        letters=letters,
        consults=consults,
        kinds=draw(some(kinds)),
        functions=draw(_FUNCTIONS),
        bands=draw(_BANDS),
        alternatives=draw(st.just(()) | some(others)),
        bands_down=draw(st.sampled_from((1, 0, 12))),
        unreasonable=draw(SHARES),
        residuary=draw(st.sampled_from(("", RESIDUARY))) if crowded else "",
    )


@st.composite
def cost_reductions(draw: st.DrawFn, days: Days, kinds: Words) -> CostReduction:
    count = draw(st.integers(1, 4))
    announced, *steps = draw(in_order(days, count + 1))
    cuts = sorted(draw(st.lists(_CUTS, min_size=count, max_size=count)))
    measure = draw(st.sampled_from(("pay", "pay", "heads", "wte", "pounds-a-head")))
    most = {"pay": 400_000.0, "heads": 12.0, "wte": 12.0, "pounds-a-head": 20.0}[measure]
    aimed = measure != "pay" or draw(st.booleans())
    path = [
        Step(by=by, target=round(most * (1 - cut), 2)) if aimed else Step(by=by, cut=cut)
        for by, cut in zip(steps, cuts, strict=True)
    ]
    return CostReduction(
        announced=announced,
        path=tuple(path),
        measure=measure,
        kinds=draw(some(kinds)),
        consultation_days=draw(st.sampled_from((30, 0, 90, 120)) | st.integers(0, 120)),
        forward_months=draw(st.sampled_from((0, 0, 1, 6))),
        functions=draw(_FUNCTIONS),
        bands=draw(_BANDS),
        volunteers=draw(st.sampled_from((True, True, False))),
        order=draw(st.sampled_from(("skill", "service", "cost"))),
        by_law=draw(st.sampled_from((False, False, True))),
    )


@st.composite
def volunteers(draw: st.DrawFn, days: Days, kinds: Words) -> VoluntaryRedundancy:
    count = draw(st.integers(1, 3))
    announced, opens, *dates = draw(in_order(days, 2 + 2 * count))
    first, last = sorted(draw(st.lists(_CUTS, min_size=2, max_size=2)))
    return VoluntaryRedundancy(
        announced=announced,
        opens=opens,
        panels=tuple(Panel(closes=dates[2 * n], leaves=dates[2 * n + 1]) for n in range(count)),
        kinds=draw(some(kinds)),
        functions=draw(_FUNCTIONS),
        bands=draw(_BANDS),
        from_cut=draw(st.sampled_from((0.0, first))),
        cut=last,
        year_end=draw(SHARES),
        expected_leaving=draw(st.sampled_from((0.1, 0.0, 1.0))),
        payback_months=draw(st.sampled_from((1_200.0, 24.0, 6.0))),
    )


@st.composite
def start_ups(draw: st.DrawFn, days: Days, kinds: Words) -> StartUp:
    announced, paid = draw(in_order(days, 2))
    return StartUp(
        announced=announced,
        paid=paid,
        kinds=draw(some(kinds)),
        savers=draw(st.sampled_from((("mars",), ("mars", "cost-reduction", "nothing"), ()))),
        funds=draw(st.sampled_from(((), (FUND,)))),
        pounds_a_head=draw(st.sampled_from((2.0, 0.0, 1.333, 0.1))),
    )


@st.composite
def coverings(draw: st.DrawFn, days: Days, kinds: Words) -> Interims:
    announced, until = draw(in_order(days, 2))
    return Interims(
        announced=announced,
        until=until,
        kinds=draw(some(kinds)),
        functions=draw(_FUNCTIONS),
        bands=draw(_BANDS),
        covered=draw(st.sampled_from((1.0, 1.0, 0.5, 0.0))),
        months=draw(st.sampled_from((1, 6, 3))),
        dearer=draw(st.sampled_from((1.6, 0.0, 2.5))),
    )


@st.composite
def returns(draw: st.DrawFn, days: Days, kinds: Words) -> Returns:
    return Returns(
        announced=draw(in_order(days, 3))[0],
        after=draw(st.just(_PAID_TO_GO) | st.lists(st.sampled_from(_LEFT), unique=True).map(tuple)),
        kinds=draw(some(kinds)),
        share=draw(st.sampled_from((1.0, 1.0, 0.5, 0.0))),
        scale_years=draw(st.sampled_from((0.01, 0.05, 1.12))),
        shape=draw(st.sampled_from((0.58, 1.0, 10.0, 0.1))),
        clawback_months=draw(st.sampled_from((0.0, 1.0, 6.0))),
        repays=Named(draw(st.sampled_from((_REPAID, {}, {"mars": "mars_2010"})))),
        tax_rate=draw(st.sampled_from((0.4, 0.0, 1.0))),
        deterred=draw(st.sampled_from((1.0, 0.5, 0.0))),
        after_window=draw(st.sampled_from((1.0, 0.5, 0.0))),
        after_months=draw(st.sampled_from((0.0, 6.0))),
        permanent=draw(st.sampled_from((1.0, 0.5, 0.0))),
        term_months=draw(st.sampled_from((12, 1))),
        unseen=draw(st.sampled_from((0.0, 1.0, 0.5))),
        months=draw(st.sampled_from((6, 1))),
    )
