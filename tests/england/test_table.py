"""The table of published figures: units, scopes and reasons."""

from __future__ import annotations

import datetime as dt
import math
import re
import time
from typing import Any

import pytest

from nhstransit.engine.simulate import simulate
from nhstransit.england import Figure, bundled_outcomes, crossing, published_beside, published_table
from nhstransit.england.table import Row
from nhstransit.errors import FormatError, InputError
from nhstransit.scenario import load_scenario
from tests.england.made import hamlet, hamlet_scenario, outcome, outcomes
from tests.small import person, played

COLUMNS = ("published", "unit", "source", "quality", "use", "simulated", "difference", "relative", "sampling", "why")


def row(measure: str, /, **changes: Any) -> Row:
    return published_beside(hamlet(), outcomes(outcome(measure, **changes)), draws=0).rows[0]


def test_every_published_figure_has_a_line() -> None:
    """The bundled table has a line a figure, in the file's order, also for a world that is not England."""
    table = published_table(hamlet(), draws=3)
    assert len(table) == sum(len(one.figures) for one in bundled_outcomes().outcome)
    assert set(COLUMNS) <= set(table.columns)
    assert table.index.is_unique and table.index[0] == "mars-round1-leavers"
    silent = table["simulated"].isna()
    assert (table.loc[silent, "why"] != "").all() and silent.sum() > 20 and (~silent).sum() > 15
    assert table.loc["mars-round1-cost", "source"].startswith("Trade press")


def test_a_figure_is_shown_in_its_published_unit() -> None:
    """Pounds become millions, and the error of sampling with them; the difference is simulated less published."""
    pounds = row("redundancy cost")
    millions = row("redundancy cost", unit="£ million", value=0.5)
    assert pounds.simulated and millions.simulated == pytest.approx(pounds.simulated / 1e6)
    assert millions.difference == pytest.approx(millions.simulated - 0.5)
    assert millions.relative == pytest.approx((millions.simulated - 0.5) / 0.5)


def test_heads_and_whole_time_equivalents_are_two_figures() -> None:
    """The same redundancies are fewer in WTE; a unit of one is refused for the measure of the other."""
    heads = row("redundancies").simulated
    wte = row("redundancies in WTE").simulated
    assert heads and wte and wte < heads
    with pytest.raises(FormatError, match="unit: is 'souls'"):
        outcome(unit="souls")


def test_what_the_scenario_lacks_is_said() -> None:
    """No such policy, no such region or kind of body, a scenario too short or too late: each is told in words."""
    quiet = played(person(1))
    lacking = {
        "the scenario has no policy mars": outcome(),
        "the scenario has no such organisation in Ayrshire": outcome("transferred", region="Ayrshire"),
        "the scenario has no such organisation": outcome("transferred", kinds=("phe",)),
        "the scenario ends on 2010-12-31, before 2013-04-01": outcome("transferred", until=dt.date(2013, 4, 1)),
        "the scenario starts on 2010-04-01, after 2009-04-01": outcome("transferred", since=dt.date(2009, 4, 1)),
    }
    for why, made in lacking.items():
        assert published_beside(quiet, outcomes(made)).rows[0].why == why


def test_reasons_and_patterns_are_shown_as_such() -> None:
    """What is not modelled keeps its number and its reason; a pattern keeps its words, and has no difference."""
    entered = row("first MARS leavers", measure="", unmodelled="entered, not simulated")
    assert (entered.published, entered.simulated, entered.why) == (1.0, None, "entered, not simulated")
    pattern = row("women over their share", value=None, said="slightly more women")
    assert pattern.simulated and pattern.published is None and pattern.difference is None
    assert pattern.why == "slightly more women"


def test_a_share_still_growing_when_the_run_ends_has_no_difference() -> None:
    """Returns by September 2018, where no curve of the run carries them on, are shown to its last day and not compared."""
    parts = (Figure(part="2012-13", value=0.24), Figure(part="2016-17", value=0.2), Figure(part="2010-11", value=0.25))
    made = outcome("returned", value=None, figure=parts, until=dt.date(2018, 9, 30))
    world = hamlet_scenario()
    run = simulate(world.having("policies.returns.after", ("mars",)), seed=4)
    then, late, none = published_beside(run, outcomes(made), draws=0).rows
    assert then.simulated is not None and then.difference is None and not then.comparable
    assert "2014-03-31, when the run ends; the published share is by 2018-09-30" in then.why
    assert late.why == "the scenario ends on 2014-03-31"
    assert none.why == "nobody was made redundant in 2010-11"
    assert then.figure == "returned: 2012-13"


def test_it_is_told_as_text_and_html() -> None:
    """Blank where there is nothing, never nan."""
    shown = published_beside(hamlet(), draws=2)
    assert "<table" in shown._repr_html_()
    assert not re.search(r"\bnan\b", repr(shown) + shown._repr_html_(), re.IGNORECASE)
    assert len(shown.simulated) == (~shown.table["simulated"].isna()).sum()
    assert math.isnan(shown.table.loc["mars-round1-leavers", "sampling"])


@pytest.mark.parametrize("draws", [-1, 2.5, True])
def test_a_number_of_draws_that_cannot_be_is_refused(draws: Any) -> None:
    """In a sentence."""
    with pytest.raises(InputError, match=r"draws: is .*; give a whole number of samples, 0 for none"):
        published_table(hamlet(), draws=draws)


@pytest.mark.thorough
def test_the_table_of_england_takes_a_third_of_a_second() -> None:
    """In the processor's own time, without the further draws; every sampled figure has its error with them."""
    run = simulate(load_scenario("england-2010-prior"), seed=1)
    best = math.inf
    for _ in range(3):
        started = time.process_time()
        assert len(published_beside(run, draws=0).table)
        best = min(best, time.process_time() - started)
    assert best < 0.3
    assert crossing(run).unexplained == 0
    full = published_beside(run)
    measured = [one for one in full.rows if one.outcome.sample and one.simulated is not None]
    assert len(measured) >= 9 and all(one.sampling for one in measured)
