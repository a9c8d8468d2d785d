"""The situation at the opening: everybody in the post they begin in, as a policy would find them."""

from __future__ import annotations

import numpy as np

from nhstransit.arrays import Rows, guarded
from nhstransit.dates import financial_year
from nhstransit.grammar import People, PostsNow, Purse, Situation
from nhstransit.law import Law
from nhstransit.log import NO_RULE
from nhstransit.scenario import Scenario
from nhstransit.scenario.opening import pay_bill, people_columns, post_columns, usual_pay

_NOBODY: Rows = np.empty(0, np.intp)


def opening_situation(
    scenario: Scenario, day: int = 0, stage: str = "", *, number: int = 0, law: Law | None = None
) -> Situation:
    """What a policy would see on a day if nobody had come, left or moved since the first, and no news had come.

    Args:
        scenario: the world.
        day: the day asked about; posts that open by then are there, vacant.
        stage: which of the policy's stages.
        number: which round.
        law: dated parameters in the place of the scenario's own.

    Raises ParameterError where the law holds no pay for the scenario's first day.
    """
    law = law or scenario.dated_law
    calendar = scenario.calendar
    posts, seats = scenario.opening
    staff = people_columns(calendar, scenario.workforce, seats, law, scenario.roster)
    places = post_columns(posts, seats, posts.opens <= day)
    return Situation(
        day=day,
        stage=stage,
        round=number,
        calendar=calendar,
        people=People(**{name: guarded(staff[name]) for name in People.__annotations__}),
        posts=PostsNow(**{name: guarded(places[name]) for name in PostsNow.__annotations__}),
        bodies=scenario.roster,
        law=law,
        functions=scenario.functions,
        opening_bill=guarded(pay_bill(staff, len(scenario.organisations))),
        usual_pay=guarded(usual_pay(staff)),
        to_find=guarded(np.zeros(len(scenario.organisations), "int64")),
        saved={},
        purses=_full(scenario, int(financial_year(calendar.origin + day))),
        asked=_NOBODY,
        rules=scenario.rules,
        rule=NO_RULE,
    )


def _full(scenario: Scenario, year: int) -> dict[str, Purse]:
    """Every fund as the financial year that begins in April of `year` finds it."""
    bodies, roster = scenario.organisations, scenario.roster
    return {
        name: Purse(number=fund.purses(roster), pence=fund.filled(bodies, roster, year))
        for name, fund in scenario.funds.items()
    }
