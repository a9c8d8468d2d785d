"""The tables and sentences of a choice, on figures that are made, so that each answer is known."""

from __future__ import annotations

import datetime as dt
import math
import sys
from typing import Any

import numpy as np
import pytest

import nhstransit as nt
from nhstransit.choice import Choice, Elimination, Objective, discover
from nhstransit.errors import InputError
from nhstransit.report.document import as_markdown
from nhstransit.studies.statistics import wilson
from tests.choice.made import choice_of, one_limit

LEFT = Objective(name="left", way="less", most=28)
RANDOM = np.random.default_rng(5)
DRAWS = 24
BOTH = pytest.mark.parametrize(
    "box",
    [pytest.param(one_limit, id="quick"), pytest.param(discover, id="prim", marks=pytest.mark.thorough)],
    indirect=True,
)


@pytest.fixture(autouse=True)
def box(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What describes the futures in which an option fails: one limit at most, or whatever the test asks for."""
    monkeypatch.setattr("nhstransit.choice.result.discover", getattr(request, "param", one_limit))


@pytest.fixture(scope="module")
def found() -> Choice:
    """Four options, 24 draws of two numbers; option 3 costs more and loses more, option 1 nothing."""
    numbers = RANDOM.random((DRAWS, 2))
    luck = RANDOM.standard_normal((1, DRAWS))
    saving = np.array([[1.0], [0.0], [2.0], [0.5]]) * 1e6 + 1e5 * luck
    left = np.array([[20.0], [25.0], [31.0], [27.0]]) + 3 * luck
    return choice_of(np.array([saving, left])[..., None], ["cumulative net saving", LEFT], numbers.tolist())


def test_gaps_are_paired(found: Choice) -> None:
    """The shared luck drops out of a difference."""
    row = found.gaps().loc[("option 2", "cumulative net saving")]
    assert row["gap"] == pytest.approx(1e6) and row["high"] - row["low"] < 1.0
    table = found.table().loc[("option 2", "left")]
    assert table["low"] < 31 < table["high"] + 3 and (table["unit"], table["better"]) == ("people", "less")


def test_the_interval_of_a_mean_is_students(found: Choice) -> None:
    figures = found.figures[1, 0, :, 0]
    row = found.table().loc[("option 0", "left")]
    assert row["high"] - row["mean"] == pytest.approx(2.0687 * figures.std(ddof=1) / math.sqrt(DRAWS), rel=1e-4)


def test_regret_in_the_direction_of_the_objective(found: Choice) -> None:
    """Less is better of people who leave."""
    assert found.regret("left").loc["option 2", "mean"] == pytest.approx(11.0)
    assert found.regret("left").index[0] == "option 0"
    assert found.regret()["largest"].tolist() == pytest.approx([0.0, 1e6, 1.5e6, 2e6])


def test_the_favoured_option_keeps_within_the_limits(found: Choice) -> None:
    """Option 2 saves most, but loses 31 people: option 0 is the best within 28."""
    assert found.acceptable.tolist() == [True, True, False, True]
    assert found.favoured == found.winner == "option 0"
    left = found.figures[1, :, :, 0]
    assert found.satisficing()["all"].tolist() == pytest.approx((left <= 28).mean(axis=1).tolist())


def test_dominated_options_are_dropped(found: Choice) -> None:
    table = found.pareto()
    assert table["kept"].tolist() == [True, False, True, False]
    assert table.loc["option 1", "dominated_by"] == "option 0" and table.loc["option 1", "chance_dominated"] == 1.0
    assert (
        "These options are dropped because another dominates them with a probability of at least 95%: "
        "option 1 (by option 0) and option 3 (by option 0)." in found.sentences()
    )


def test_futures_won_are_kept_apart_from_the_chance_of_a_correct_selection() -> None:
    """Best in 60% of futures however many are run; the chance of correct selection goes to 1."""
    number = (np.arange(400) % 5 < 3).astype(float)
    gap = np.where(number > 0, 1.0, -0.8)[None, :]
    figures = np.concatenate([np.zeros((1, 400)), gap])[None, :, :, None]
    rows = [[one] for one in number.tolist()]
    few = choice_of(figures[:, :, :20], "social value", rows[:20])
    many = choice_of(figures, "social value", rows)
    assert few.futures_won()["share"].tolist() == many.futures_won()["share"].tolist() == [0.4, 0.6]
    assert few.selections()["chance"].iloc[0] < 0.9 < 0.999 < many.selections()["chance"].iloc[0]
    assert few.winner is None and many.winner == "option 1"
    assert many.chance_by_futures()["chance"].iloc[-1] == many.selections()["chance"].iloc[0]


def test_no_winner_says_how_many_futures_are_needed() -> None:
    gap = np.tile([1.0, -0.8], 10)
    found = choice_of(np.array([gap, np.zeros(20)])[None, :, None, :], "left")
    said = found.sentences()[0]
    assert found.winner is None
    assert said.startswith(
        "No option is clearly the best for less left. 'option 1' leads, and is the best of 2 with a probability of at least"
    )
    needed = found.selections()["needed"].iloc[0]
    assert 100 < needed < 600 and f"(about {needed:,.0f} would be enough" in said


def test_equal_options_have_no_winner() -> None:
    found = choice_of(np.tile(RANDOM.standard_normal(20), (1, 2, 1, 1)), "left")
    assert found.winner is None and "the two have the same figures in these futures" in found.sentences()[0]


def test_an_inert_option_neither_wins_nor_competes(found: Choice) -> None:
    """It is the same as the scenario as it stands, and would share its wins."""
    figures = np.repeat(found.figures.swapaxes(2, 3), [2, 1, 1, 1], axis=1)
    one = choice_of(figures, found.objectives, inert={"option 1": "no case is above the limit"})
    assert "option 1" not in one.futures_won().index and "option 1" not in one.pareto().index
    assert one.winner == "option 0"
    assert one.sentences()[-1] == "'option 1' changed no event in any run: no case is above the limit."


def test_draws_are_the_units_where_there_are_several() -> None:
    """Replications of one draw are not independent: their mean is one unit."""
    figures = RANDOM.standard_normal((1, 2, 12, 3))
    one = choice_of(figures, "left", [[float(at)] for at in range(12)])
    assert one.units.shape == (1, 2, 12) and one.common.shape == (1, 2, 36)
    assert one.units[0, 1, 4] == pytest.approx(-figures[0, 1, 4].mean())
    assert one.numbers[1][:4, 0].tolist() == [0.0, 0.0, 0.0, 1.0]


def test_failed_runs_take_their_future_with_them() -> None:
    figures = RANDOM.standard_normal((1, 2, 1, 14))
    figures[0, 1, 0, 3] = np.nan
    one = choice_of(figures, "left", failed=1)
    assert one.common.shape == (1, 2, 13) and "1 run failed, and their futures are left out." in one.sentences()
    figures[0, 0, 0, 4:] = np.nan
    with pytest.raises(
        InputError, match="futures: only 3 have results for every option, because 11 runs failed; run more"
    ):
        choice_of(figures, "left", failed=11).table()


def crossing(futures: int = 80) -> Choice:
    """Option 1 is better by n0 − 0.7, whatever n1 is; with luck of 0.1."""
    numbers = RANDOM.random((futures, 2))
    shared = RANDOM.standard_normal(futures)
    gap = numbers[:, 0] - 0.7 + 0.1 * RANDOM.standard_normal(futures)
    return choice_of(1e6 * np.array([shared, shared + gap])[None, :, :, None], "social value", numbers.tolist())


def test_the_number_that_could_overturn_is_named_with_its_switching_value() -> None:
    """Of two uncertain numbers one decides; knowing it is worth (0.3²)/2 × … = 0.045 on a uniform range."""
    found = crossing()
    table = found.information()
    assert list(table.index) == ["n0", "n1", "all of them"]
    assert table.loc["n0", "value"] == pytest.approx(45_000, abs=20_000) and table.loc["n0", "share"] > 0.9
    assert found.favoured == "option 0"
    assert found.switching().loc[("n0", "option 1"), "at"] == pytest.approx(0.7, abs=0.05)
    said = next(one for one in found.sentences() if one.startswith("Knowing 'n0'"))
    assert "; 'option 1' becomes the better option at 0." in said and "(values drawn: 0.0" in said


@BOTH
def test_where_the_favoured_option_fails_in_words() -> None:
    found = crossing()
    box = found.fails()
    assert [one.name for one in box.limits] == ["n0"] and box.limits[0].low == pytest.approx(0.7, abs=0.08)
    said = next(one for one in found.sentences() if one.startswith("'option 0' fails in"))
    assert "n0 is at least 0." in said
    assert found.fails(worse_by=150_000).failing < box.failing


def test_what_failing_is_without_a_limit_and_with_one(found: Choice) -> None:
    """Where no objective has a limit, it is said, with what sets one; where one has, the limit is named."""
    bare = crossing().sentences()
    assert bare[-1] == (
        "Here an option fails if another option is better in social value; to change this, set `least` or `most` of an "
        "objective."
    )
    assert found.sentences()[-1] == "Here an option fails if it is outside the limit of 'left' (at most 28 people)."


def test_a_limit_of_a_cost_below_zero_is_also_said_as_a_saving() -> None:
    """So that nobody has to turn the sign round."""
    figures = -1e6 * np.stack([np.linspace(1.0, 3.0, 12), np.linspace(1.5, 2.5, 12)])[None, :, :, None]
    one = choice_of(
        figures, [Objective(name="cost to the Exchequer", way="less", most=-2e6)], np.arange(12.0)[:, None].tolist()
    )
    assert one.sentences()[-1] == (
        "Here an option fails if it is outside the limit of 'cost to the Exchequer' (at most −£2.0m, which is a saving of "
        "at least £2.0m)."
    )


def test_too_few_draws_to_know_what_a_number_is_worth() -> None:
    """Eleven draws whose number decides all: no worth is found, and it is said that eleven cannot show it; twelve can."""
    gap = np.linspace(-1.0, 1.2, 12)
    numbers = np.arange(12.0)[:, None].tolist()
    told = []
    for many in (11, 12):
        figures = 1e6 * np.array([np.zeros(many), gap[:many]])[None, :, :, None]
        told.append(choice_of(figures, "social value", numbers[:many]).sentences())
    assert "11 draws cannot show what it would be worth to know an uncertain number: at least 12 are needed." in told[0]
    assert "Knowing every uncertain number before choosing would be worth £" in " ".join(told[1])


def test_few_failures_are_counted() -> None:
    """Two futures of twelve: how many they are, and how many would be needed."""
    gap = np.where(np.arange(12) < 10, -1.0, 1.0) * (1.0 + RANDOM.random(12) / 9)
    numbers = np.arange(12.0)[:, None].tolist()
    one = choice_of(np.array([np.zeros(12), gap])[None, :, :, None], "social value", numbers)
    assert one.failing().tolist() == [False] * 10 + [True] * 2
    assert one.failing("option 1").tolist() == [True] * 10 + [False] * 2
    assert one.sentences()[-2] == (
        "'option 0' fails in 2 of 12 futures. To find a pattern, at least 5 futures in which it fails and 5 in which it "
        "does not are needed."
    )


def test_without_ema_workbench_the_rest_of_a_choice_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence has the number of failures and what to install; the others are as they were."""
    found = crossing()
    whole = found.sentences()
    monkeypatch.setattr("nhstransit.choice.result.discover", discover)
    monkeypatch.setitem(sys.modules, "ema_workbench.analysis.prim", None)
    others = found.sentences()
    assert others[:-2] == whole[:-2] and others[-1] == whole[-1] and others[-2] != whole[-2]
    assert others[-2].startswith(
        f"'option 0' fails in {int(found.failing().sum())} of 80 futures. A pattern in these failures cannot "
    )
    assert 'scenario discovery needs EMA Workbench; install it with: pip install "nhstransit[discovery]"' in others[-2]


@BOTH
def test_days_are_told_as_days(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where what is uncertain is a date, no sentence has its number of days, nor has the report (here without drawings)."""
    monkeypatch.setattr("nhstransit.plots.svg", lambda axes, name: "<svg></svg>")
    days = [[dt.date(2010, 4, 1) + dt.timedelta(days=5 * at)] for at in range(40)]
    gap = np.where(np.arange(40) < 28, -1.0, 1.0) * (1.0 + RANDOM.random(40) / 9)
    found = choice_of(1e6 * np.array([np.zeros(40), gap])[None, :, :, None], "social value", days)
    told = " ".join(found.sentences())
    assert "e+05" not in told and "(values drawn: 1 April 2010 to 13 October 2010)" in told
    assert "n0 is at least 17 August 2010" in told or "n0 is at least 16 August 2010" in told
    assert "e+05" not in as_markdown(nt.report(found, real=False).document)


def test_data_for_ema_workbench(found: Choice) -> None:
    inputs, outputs = found.experiments("option 2")
    assert list(inputs.columns) == ["n0", "n1"] and list(outputs.columns) == ["cumulative net saving", "left"]
    assert outputs["left"].tolist() == pytest.approx(found.figures[1, 2, :, 0].tolist())


def test_without_what_is_asked_for_there_is_a_sentence(found: Choice) -> None:
    plain = choice_of(RANDOM.standard_normal((1, 2, 1, 12)), "left")
    calls: tuple[tuple[Any, str], ...] = (
        (plain.information, "uncertainties: include no number that varies; give draws, ranges or 'fit'"),
        (plain.switching, "uncertainties: include no number that varies"),
        (plain.satisficing, "objectives: have no limits; set a limit, such as"),
        (lambda: found.regret("cost"), "objective 'cost': is not in this choice"),
        (lambda: found.fails("option 9"), "option 'option 9': is not in this choice; did you mean"),
    )
    for call, said in calls:
        with pytest.raises(InputError, match=said):
            call()
    assert "No uncertain number varies here" in repr(plain)


def test_options_that_all_break_a_limit_are_named_so() -> None:
    """The favoured one is that which is most often within."""
    limit = Objective(name="left", way="less", most=0)
    figures = np.array([[10.0] * 12, [1.0] * 6 + [-0.5] * 6])
    one = choice_of(np.array([np.zeros((2, 12)), figures])[:, :, None, :], ["social value", limit])
    assert (
        one.sentences()[0]
        == "No option meets every limit on average over 12 futures; 'option 1' meets them most often."
    )
    assert one.favoured == "option 1"


def test_outside_every_limit_nobody_wins() -> None:
    """The best of those outside a limit is not the best within the limits, however sure its lead is."""
    limit = Objective(name="left", way="less", most=0)
    saving = np.array([[1.0], [5.0]]) + RANDOM.standard_normal((1, 12)) / 9
    one = choice_of(np.array([saving, np.full((2, 12), 3.0)])[:, :, None, :], ["social value", limit])
    assert one.contest[1].declared and one.winner is None


def test_the_favoured_is_the_one_that_leads_after_an_elimination() -> None:
    """It leads over the futures that the options left have; in the first ten, which all have, another does."""
    figures = np.full((1, 3, 1, 30), np.nan)
    figures[0, :, 0, :10] = np.array([[9.0], [0.0], [1.0]]) + RANDOM.standard_normal((3, 10)) / 9
    figures[0, 1:, 0, 10:] = np.array([[1.0], [0.0]]) + RANDOM.standard_normal((2, 20)) / 9
    one = choice_of(figures, "left", rule=Elimination(indifference=0.1), eliminated=("option 0",))
    names, found = one.contest
    assert one.favoured == names[found.best] == "option 2" and found.units == 30
    assert one.chance_by_futures().index[-1] == 30
    assert one.chance_by_futures()["chance"].iloc[-1] == pytest.approx(one.selections()["chance"].iloc[0])


def test_the_path_of_the_chance_is_among_the_options_in_play(found: Choice) -> None:
    """An option that is the same as the best does not keep the chance at zero."""
    figures = np.repeat(found.figures.swapaxes(2, 3), [2, 1, 1, 1], axis=1)[:1, [0, 1, 2, 4]]
    one = choice_of(figures, "cumulative net saving", inert={"option 1": ""})
    assert one.selections()["chance"].iloc[0] > 0.95
    assert one.chance_by_futures()["chance"].iloc[-1] == pytest.approx(one.selections()["chance"].iloc[0])


def test_replications_of_a_draw_are_not_further_draws() -> None:
    """Twelve draws of a number that does nothing, and eight replications that agree: no trace is found of it.

    The interval of a share of futures is that of twelve units, as of any other figure.
    """
    numbers = np.arange(12.0)[:, None]
    gaps = np.array([3.0, -2, 1, -3, 2, -1, 3, -1, -2, 2, -3, 1.5])
    figures = np.zeros((1, 2, 12, 8))
    figures[0, 1] = gaps[:, None] + RANDOM.standard_normal((12, 8)) / 100
    many = choice_of(figures, "social value", numbers.tolist())
    once = choice_of(figures.mean(axis=3, keepdims=True), "social value", numbers.tolist())
    assert many.information()["value"].tolist() == pytest.approx(once.information()["value"].tolist())
    assert not many.information()["trace"].any() and many.switching().empty
    low, high = (many.futures_won().loc["option 1", end] for end in ("low", "high"))
    assert (low, high) == pytest.approx(wilson(0.5, 12, 0.95))


def test_where_nothing_was_eliminated_nobody_is_said_to_be() -> None:
    """The only other option changed no event, and so was never behind."""
    figures = np.tile(RANDOM.standard_normal(20), (1, 2, 1, 1))
    one = choice_of(figures, "left", rule=Elimination(indifference=2.0), inert={"option 1": ""})
    assert one.sentences()[0] == "Choose 'option 0': no other option is left."


def test_one_option_left_by_elimination_is_the_winner() -> None:
    figures = np.full((1, 3, 1, 20), np.nan)
    figures[0, :, 0, :10] = RANDOM.standard_normal((3, 10))
    figures[0, 2, 0, :] = RANDOM.standard_normal(20)
    out = ("option 0", "option 1")
    one = choice_of(figures, "left", rule=Elimination(indifference=2.0), eliminated=out)
    assert one.winner == one.favoured == "option 2" and one.spent.tolist() == [10, 10, 20]
    assert (
        "the other options were eliminated, and it is the best with a probability of at least 95%" in one.sentences()[0]
    )


def test_all_numbers_together_are_worth_no_less_than_one() -> None:
    """Also where there are too few futures to regress on all of them at once: then they are worth what the first is."""
    numbers = RANDOM.random((14, 2))
    gap = 1e6 * (numbers[:, 0] - 0.5)
    table = choice_of(np.array([np.zeros(14), gap])[None, :, :, None], "social value", numbers.tolist()).information()
    assert table.loc["all of them"].tolist() == table.loc["n0"].tolist() and table.loc["n0", "trace"]


@BOTH
def test_a_draw_counts_once_where_an_option_fails() -> None:
    """Thirty draws with eight replications that all but agree are thirty cases for PRIM, with the quasi-p of thirty."""
    numbers = np.column_stack([np.linspace(0.0, 1.0, 30), RANDOM.random(30)])
    figures = np.zeros((1, 2, 30, 8))
    figures[0, 1] = (numbers[:, 0] - 0.7)[:, None] + RANDOM.standard_normal((30, 8)) / 1000
    many = choice_of(figures, "social value", numbers.tolist()).fails("option 0")
    once = choice_of(figures.mean(axis=3, keepdims=True), "social value", numbers.tolist()).fails("option 0")
    assert many.limits == once.limits and many.futures == once.futures == 30
    assert many.limits[0].quasi_p > 1e-6  # of 240 futures taken to be independent it would be some 1e-30
    assert str(many).startswith("fails in 30% of 30 draws; ") and str(once).startswith("fails in 30% of 30 futures; ")


def test_three_numbers_that_could_overturn_are_named() -> None:
    """One that overtakes, one with a slope that does not reach, and one that does nothing: in this order."""
    levels = np.linspace(0.0, 1.0, 5)
    numbers = np.array([[one, two, three] for one in levels for two in levels for three in levels])
    lead = 1.0 - 1.2 * numbers[:, 0] - 0.4 * numbers[:, 1]
    figures = 1e6 * np.array([np.zeros(125), lead])[None, :, :, None]
    found = choice_of(figures, "social value", numbers.tolist())
    table = found.overturning()
    assert list(table.index) == ["n0", "n1", "n2"] and table["trace"].tolist() == [True, True, False]
    assert table["lead"].tolist() == pytest.approx([-4e5, 0.0, 2e5], abs=1.0)
    assert table["where"].tolist()[:2] == [1.0, 1.0] and table["average"].tolist() == pytest.approx([2e5] * 3)
    assert table.loc["n0", "at"] == pytest.approx(2 / 3) and np.isnan(table.loc["n2", "at"])
    told = [one for one in found.sentences() if "(values drawn: " in one]
    assert len(told) == 3 and told[0].startswith("Knowing 'n0' would be worth £")
    assert "; 'option 0' becomes the better option at 0.667 (values drawn: 0 to 1)." in told[0]
    assert (
        told[2].startswith("n2: the lead over ")
        and "£200,000, compared with £200,000 on average (these runs show no clear trend)" in told[2]
    )


def test_where_nobody_competes_nothing_could_overturn() -> None:
    """One option within the limits."""
    figures = np.array([[np.zeros(12), np.ones(12)], [np.full(12, 900.0), np.full(12, 10.0)]])[..., None]
    limited = ["social value", Objective(name="left", way="less", most=100)]
    one = choice_of(figures, limited, np.arange(12.0)[:, None].tolist())
    assert one.favoured == "option 1" and one.overturning().empty


def test_futures_are_won_among_the_options_within_the_limits() -> None:
    """An option outside the limits is best everywhere, and is no rival: the favoured one wins all futures of two."""
    figures = np.zeros((2, 3, 1, 12))
    figures[0] = np.array([3.0, 2.0, 1.0])[:, None, None]
    figures[1] = np.array([900.0, 10.0, 10.0])[:, None, None]
    one = choice_of(figures, ["social value", Objective(name="left", way="less", most=100)])
    assert one.favoured == "option 1"
    assert (
        "It is the best of the 2 options within the limits in 100% of futures. More runs would not raise this share."
        in one.sentences()
    )
