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


def test_every_published_figure_has_a_row() -> None:
    """The table has one row per figure, in the file's order, even for a scenario that is not England."""
    table = published_table(hamlet(), draws=3)
    assert len(table) == sum(len(one.figures) for one in bundled_outcomes().outcome)
    assert set(COLUMNS) <= set(table.columns)
    assert table.index.is_unique and table.index[0] == "mars-round1-leavers"
    blank = table["simulated"].isna()
    assert (table.loc[blank, "why"] != "").all() and blank.sum() > 20 and (~blank).sum() > 15
    assert table.loc["mars-round1-cost", "source"].startswith("Trade press")


def test_a_figure_is_shown_in_its_published_unit() -> None:
    """Pounds are converted to £ million; the difference is simulated less published."""
    pounds = row("redundancy cost")
    millions = row("redundancy cost", unit="£ million", value=0.5)
    assert pounds.simulated and millions.simulated == pytest.approx(pounds.simulated / 1e6)
    assert millions.difference == pytest.approx(millions.simulated - 0.5)
    assert millions.relative == pytest.approx((millions.simulated - 0.5) / 0.5)


def test_heads_and_whole_time_equivalents_are_separate_measures() -> None:
    """The same redundancies are fewer in WTE; an unknown unit is refused."""
    heads = row("redundancies").simulated
    wte = row("redundancies in WTE").simulated
    assert heads and wte and wte < heads
    with pytest.raises(FormatError, match="unit: is 'souls'"):
        outcome(unit="souls")


def test_a_scenario_that_lacks_something_gives_a_reason() -> None:
    """Covers a missing policy, region and kind of body, and a scenario that ends too early or starts too late."""
    run = played(person(1))
    lacking = {
        "the scenario has no policy mars": outcome(),
        "the scenario has no such organisation in Ayrshire": outcome("transferred", region="Ayrshire"),
        "the scenario has no such organisation": outcome("transferred", kinds=("phe",)),
        "the scenario ends on 2010-12-31, before 2013-04-01": outcome("transferred", until=dt.date(2013, 4, 1)),
        "the scenario starts on 2010-04-01, after 2009-04-01": outcome("transferred", since=dt.date(2009, 4, 1)),
    }
    for why, made in lacking.items():
        assert published_beside(run, outcomes(made)).rows[0].why == why


def test_unmodelled_figures_and_patterns_keep_their_text() -> None:
    """An unmodelled figure keeps its number and reason; a pattern keeps its words and has no difference."""
    entered = row("first MARS leavers", measure="", unmodelled="entered, not simulated")
    assert (entered.published, entered.simulated, entered.why) == (1.0, None, "entered, not simulated")
    pattern = row("women over their share", value=None, said="slightly more women")
    assert pattern.simulated and pattern.published is None and pattern.difference is None
    assert pattern.why == "slightly more women"


def test_a_share_beyond_the_run_is_not_compared() -> None:
    """Returns by September 2018, without a curve to extend them, are shown to the run's last day only."""
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


def test_the_table_prints_as_text_and_html() -> None:
    """Missing values are blank, never nan."""
    shown = published_beside(hamlet(), draws=2)
    assert "<table" in shown._repr_html_()
    assert not re.search(r"\bnan\b", repr(shown) + shown._repr_html_(), re.IGNORECASE)
    assert len(shown.simulated) == (~shown.table["simulated"].isna()).sum()
    assert math.isnan(shown.table.loc["mars-round1-leavers", "sampling"])


@pytest.mark.parametrize("draws", [-1, 2.5, True])
def test_an_impossible_number_of_draws_is_refused(draws: Any) -> None:
    """The message says what to give."""
    with pytest.raises(InputError, match=r"draws: is .*; give a whole number of samples, 0 for none"):
        published_table(hamlet(), draws=draws)


@pytest.mark.thorough
def test_the_table_of_england_takes_a_third_of_a_second() -> None:
    """Measured in processor time, without sampling draws; with them, every sampled figure has an error."""
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
