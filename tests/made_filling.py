"""Generated policies: rounds of filling, assignments, courses, second thoughts and invitations of the best people."""

from __future__ import annotations

import datetime as dt

from hypothesis import strategies as st
from made_leaving import FUND, SHARES, Days, Words, in_order, some

from nhstransit.policies import Assignment, BestPeople, Development, Filling, SecondThoughts
from nhstransit.policies.filling import REACHES
from nhstransit.toml import Named
from nhstransit.workforce.columns import BANDS


def few(functions: Words) -> st.SearchStrategy[Words]:
    """Usually an empty tuple, which covers all functions; otherwise some functions."""
    named = st.lists(st.sampled_from(functions), unique=True).map(tuple)
    return st.sampled_from((True, True, True, False)).flatmap(lambda every: st.just(()) if every else named)


@st.composite
def fillings(
    draw: st.DrawFn, days: Days, starts: list[dt.date], senders: Words, receivers: Words, functions: Words
) -> Filling:
    announced, held, late = draw(in_order(days, 3))
    soon = [day for day in starts if day >= held]
    return Filling(
        announced=announced,
        held=held,
        starts=draw(st.sampled_from((*soon, late, held))),
        senders=draw(some(senders)),
        receivers=draw(st.sampled_from((receivers, (*receivers, *senders))) | some(receivers)),
        national=draw(st.sampled_from(((), (), receivers[:1], receivers))),
        bands=draw(st.sampled_from((BANDS, BANDS, BANDS[5:]))),
        reach=draw(st.sampled_from(("region", *REACHES))),
        rights_first=draw(st.booleans()),
        kindred=draw(st.sampled_from(((), (), functions[:2], functions))),
        waves=draw(st.sampled_from(((), (), (), (0, 1), (2,)))),
        authorised=draw(st.sampled_from((False, False, True))),
        matching=draw(st.booleans()),
        bands_down=draw(st.sampled_from((1, 0, 12))),
        assessment_error=draw(st.sampled_from((1.0, 0.0))),
    )


@st.composite
def assignments(draw: st.DrawFn, days: Days, senders: Words, receivers: Words, functions: Words) -> Assignment:
    announced, *waves = draw(in_order(days, draw(st.integers(2, 4))))
    return Assignment(
        announced=announced,
        waves=tuple(waves),
        kinds=draw(some(senders)),
        consortia=draw(st.sampled_from((receivers, receivers, receivers[:1]))),
        functions=draw(few(functions)),
        willing=draw(st.sampled_from((0.9, 0.5, 0.15))),
        spread=draw(st.sampled_from((0.2, 0.0))),
        weight=draw(SHARES),
    )


@st.composite
def developments(draw: st.DrawFn, days: Days, kinds: Words, functions: Words) -> Development:
    announced, *courses = draw(in_order(days, draw(st.integers(2, 4))))
    return Development(
        announced=announced,
        courses=tuple(courses),
        kinds=kinds,
        functions=draw(few(functions)),
        bands=draw(st.sampled_from(((), BANDS[:6]))),
        pounds=draw(st.sampled_from((1_500.0, 4_000.0, 0.0))),
        budget_pounds=draw(st.sampled_from((None, None, 3_000.0, 0.0))),
        fund=draw(st.sampled_from(("", "", FUND))),
        months=draw(st.sampled_from((1, 0, 2, 12))),
        works=draw(st.sampled_from((1.0, 0.5, 0.0))),
    )


@st.composite
def thoughts(draw: st.DrawFn, days: Days, kinds: Words) -> SecondThoughts:
    announced, until = draw(in_order(days, 2))
    return SecondThoughts(
        announced=announced,
        until=until,
        kinds=draw(some(kinds)),
        months=draw(st.sampled_from((1, 2, 12))),
        lose_heart=draw(st.sampled_from((1.0, 0.5, 0.0))),
    )


@st.composite
def invitations(draw: st.DrawFn, days: Days, senders: Words, receivers: Words, functions: Words) -> BestPeople:
    announced, invited = draw(in_order(days, 2))
    places = st.fixed_dictionaries(dict.fromkeys(receivers, st.sampled_from((1, 2, 3, 0, 40))))
    return BestPeople(
        announced=announced,
        invited=invited,
        places=Named(draw(places)),
        kinds=draw(some(senders)),
        functions=draw(few(functions)),
        bands=draw(st.sampled_from(((), BANDS[:6]))),
        into=draw(st.sampled_from(("", *functions))),
        asked_a_place=draw(st.sampled_from((2.0, 1.0, 1.5))),
        months=draw(st.sampled_from((1, 0, 3))),
        pounds=draw(st.sampled_from((2_500.0, 0.0))),
    )
