"""The tables and sentences of a choice, from figures with known results."""

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
    """Replace scenario discovery with a quick version, unless a test asks for PRIM."""
    monkeypatch.setattr("nhstransit.choice.result.discover", getattr(request, "param", one_limit))


@pytest.fixture(scope="module")
def found() -> Choice:
    """Four options and 24 draws of two numbers. Options 1 and 3 save less and lose more people than option 0."""
    numbers = RANDOM.random((DRAWS, 2))
    noise = RANDOM.standard_normal((1, DRAWS))
    saving = np.array([[1.0], [0.0], [2.0], [0.5]]) * 1e6 + 1e5 * noise
    left = np.array([[20.0], [25.0], [31.0], [27.0]]) + 3 * noise
    return choice_of(np.array([saving, left])[..., None], ["cumulative net saving", LEFT], numbers.tolist())


def test_gaps_are_paired(found: Choice) -> None:
    """The common noise cancels in a difference."""
    row = found.gaps().loc[("option 2", "cumulative net saving")]
    assert row["gap"] == pytest.approx(1e6) and row["high"] - row["low"] < 1.0
    table = found.table().loc[("option 2", "left")]
    assert table["low"] < 31 < table["high"] + 3 and (table["unit"], table["better"]) == ("people", "less")


def test_the_interval_of_a_mean_uses_students_t(found: Choice) -> None:
    figures = found.figures[1, 0, :, 0]
    row = found.table().loc[("option 0", "left")]
    assert row["high"] - row["mean"] == pytest.approx(2.0687 * figures.std(ddof=1) / math.sqrt(DRAWS), rel=1e-4)


def test_regret_follows_the_direction_of_the_objective(found: Choice) -> None:
    """For the number of people who leave, less is better."""
    assert found.regret("left").loc["option 2", "mean"] == pytest.approx(11.0)
    assert found.regret("left").index[0] == "option 0"
    assert found.regret()["largest"].tolist() == pytest.approx([0.0, 1e6, 1.5e6, 2e6])


def test_the_favoured_option_is_within_the_limits(found: Choice) -> None:
    """Option 2 saves most but loses 31 people; option 0 is the best with at most 28."""
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


def test_futures_won_differ_from_the_probability_of_correct_selection() -> None:
    """The share of futures won stays at 60% with more futures; the probability of correct selection approaches 1."""
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


def test_without_a_winner_the_sentence_says_how_many_futures_are_needed() -> None:
    gap = np.tile([1.0, -0.8], 10)
    found = choice_of(np.array([gap, np.zeros(20)])[None, :, None, :], "left")
    sentence = found.sentences()[0]
    assert found.winner is None
    assert sentence.startswith(
        "No option is clearly the best for less left. 'option 1' leads, and is the best of 2 with a probability of at least"
    )
    needed = found.selections()["needed"].iloc[0]
    assert 100 < needed < 600 and f"(about {needed:,.0f} would be enough" in sentence


def test_equal_options_have_no_winner() -> None:
    found = choice_of(np.tile(RANDOM.standard_normal(20), (1, 2, 1, 1)), "left")
    assert found.winner is None and "the two have the same figures in these futures" in found.sentences()[0]


def test_an_inert_option_neither_wins_nor_competes(found: Choice) -> None:
    """It equals the unchanged scenario and would share its wins."""
    figures = np.repeat(found.figures.swapaxes(2, 3), [2, 1, 1, 1], axis=1)
    one = choice_of(figures, found.objectives, inert={"option 1": "no case is above the limit"})
    assert "option 1" not in one.futures_won().index and "option 1" not in one.pareto().index
    assert one.winner == "option 0"
    assert one.sentences()[-1] == "'option 1' changed no event in any run: no case is above the limit."


def test_draws_are_the_units_if_there_are_several() -> None:
    """Replications of one draw are not independent, so their mean is one unit."""
    figures = RANDOM.standard_normal((1, 2, 12, 3))
    one = choice_of(figures, "left", [[float(at)] for at in range(12)])
    assert one.units.shape == (1, 2, 12) and one.common.shape == (1, 2, 36)
    assert one.units[0, 1, 4] == pytest.approx(-figures[0, 1, 4].mean())
    assert one.numbers[1][:4, 0].tolist() == [0.0, 0.0, 0.0, 1.0]


def test_futures_with_failed_runs_are_left_out() -> None:
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
    """Option 1 is better by n0 − 0.7 with noise of 0.1; n1 has no effect."""
    numbers = RANDOM.random((futures, 2))
    shared = RANDOM.standard_normal(futures)
    gap = numbers[:, 0] - 0.7 + 0.1 * RANDOM.standard_normal(futures)
    return choice_of(1e6 * np.array([shared, shared + gap])[None, :, :, None], "social value", numbers.tolist())


def test_the_deciding_number_is_named_with_its_switching_value() -> None:
    """One of two uncertain numbers decides; on a uniform range, knowing it is worth 0.3²/2 = 0.045."""
    found = crossing()
    table = found.information()
    assert list(table.index) == ["n0", "n1", "all of them"]
    assert table.loc["n0", "value"] == pytest.approx(45_000, abs=20_000) and table.loc["n0", "share"] > 0.9
    assert found.favoured == "option 0"
    assert found.switching().loc[("n0", "option 1"), "at"] == pytest.approx(0.7, abs=0.05)
    sentence = next(one for one in found.sentences() if one.startswith("Knowing 'n0'"))
    assert "; 'option 1' becomes the better option at 0." in sentence and "(values drawn: 0.0" in sentence


@BOTH
def test_the_failures_of_the_favoured_option_are_described() -> None:
    found = crossing()
    box = found.fails()
    assert [one.name for one in box.limits] == ["n0"] and box.limits[0].low == pytest.approx(0.7, abs=0.08)
    sentence = next(one for one in found.sentences() if one.startswith("'option 0' fails in"))
    assert "n0 is at least 0." in sentence
    assert found.fails(worse_by=150_000).failing < box.failing


def test_failure_is_defined_by_a_limit(found: Choice) -> None:
    """Without a limit, the sentence says how to set one; with a limit, it names the limit."""
    bare = crossing().sentences()
    assert bare[-1] == (
        "Here an option fails if another option is better in social value; to change this, set `least` or `most` of an "
        "objective."
    )
    assert found.sentences()[-1] == "Here an option fails if it is outside the limit of 'left' (at most 28 people)."


def test_a_negative_limit_of_a_cost_is_also_described_as_a_saving() -> None:
    figures = -1e6 * np.stack([np.linspace(1.0, 3.0, 12), np.linspace(1.5, 2.5, 12)])[None, :, :, None]
    one = choice_of(
        figures, [Objective(name="cost to the Exchequer", way="less", most=-2e6)], np.arange(12.0)[:, None].tolist()
    )
    assert one.sentences()[-1] == (
        "Here an option fails if it is outside the limit of 'cost to the Exchequer' (at most −£2.0m, which is a saving of "
        "at least £2.0m)."
    )


def test_too_few_draws_for_a_value_of_information() -> None:
    """Eleven draws cannot show the value of a deciding number, and the sentence says so; twelve draws can."""
    gap = np.linspace(-1.0, 1.2, 12)
    numbers = np.arange(12.0)[:, None].tolist()
    sentences = []
    for many in (11, 12):
        figures = 1e6 * np.array([np.zeros(many), gap[:many]])[None, :, :, None]
        sentences.append(choice_of(figures, "social value", numbers[:many]).sentences())
    assert (
        "11 draws cannot show what it would be worth to know an uncertain number: at least 12 are needed."
        in sentences[0]
    )
    assert "Knowing every uncertain number before choosing would be worth £" in " ".join(sentences[1])


def test_few_failures_are_counted() -> None:
    """Two of twelve futures fail; the sentence has this number and the number that would be needed."""
    gap = np.where(np.arange(12) < 10, -1.0, 1.0) * (1.0 + RANDOM.random(12) / 9)
    numbers = np.arange(12.0)[:, None].tolist()
    one = choice_of(np.array([np.zeros(12), gap])[None, :, :, None], "social value", numbers)
    assert one.failing().tolist() == [False] * 10 + [True] * 2
    assert one.failing("option 1").tolist() == [True] * 10 + [False] * 2
    assert one.sentences()[-2] == (
        "'option 0' fails in 2 of 12 futures. To find a pattern, at least 5 futures in which it fails and 5 in which it "
        "does not are needed."
    )


def test_without_ema_workbench_the_other_sentences_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence has the number of failures and says what to install."""
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
def test_dates_are_shown_as_dates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the sentences nor the report show an uncertain date as a number of days."""
    monkeypatch.setattr("nhstransit.plots.svg", lambda axes, name: "<svg></svg>")
    days = [[dt.date(2010, 4, 1) + dt.timedelta(days=5 * at)] for at in range(40)]
    gap = np.where(np.arange(40) < 28, -1.0, 1.0) * (1.0 + RANDOM.random(40) / 9)
    found = choice_of(1e6 * np.array([np.zeros(40), gap])[None, :, :, None], "social value", days)
    text = " ".join(found.sentences())
    assert "e+05" not in text and "(values drawn: 1 April 2010 to 13 October 2010)" in text
    assert "n0 is at least 17 August 2010" in text or "n0 is at least 16 August 2010" in text
    assert "e+05" not in as_markdown(nt.report(found, real=False).document)


def test_a_choice_returns_data_for_ema_workbench(found: Choice) -> None:
    inputs, outputs = found.experiments("option 2")
    assert list(inputs.columns) == ["n0", "n1"] and list(outputs.columns) == ["cumulative net saving", "left"]
    assert outputs["left"].tolist() == pytest.approx(found.figures[1, 2, :, 0].tolist())


def test_requests_that_a_choice_cannot_answer_are_refused(found: Choice) -> None:
    plain = choice_of(RANDOM.standard_normal((1, 2, 1, 12)), "left")
    calls: tuple[tuple[Any, str], ...] = (
        (plain.information, "uncertainties: include no number that varies; give draws, ranges or 'fit'"),
        (plain.switching, "uncertainties: include no number that varies"),
        (plain.satisficing, "objectives: have no limits; set a limit, such as"),
        (lambda: found.regret("cost"), "objective 'cost': is not in this choice"),
        (lambda: found.fails("option 9"), "option 'option 9': is not in this choice; did you mean"),
    )
    for call, message in calls:
        with pytest.raises(InputError, match=message):
            call()
    assert "No uncertain number varies here" in repr(plain)


def test_the_sentence_says_when_all_options_break_a_limit() -> None:
    """The favoured option is then the one that is most often within the limits."""
    limit = Objective(name="left", way="less", most=0)
    figures = np.array([[10.0] * 12, [1.0] * 6 + [-0.5] * 6])
    one = choice_of(np.array([np.zeros((2, 12)), figures])[:, :, None, :], ["social value", limit])
    assert (
        one.sentences()[0]
        == "No option meets every limit on average over 12 futures; 'option 1' meets them most often."
    )
    assert one.favoured == "option 1"


def test_no_option_wins_outside_the_limits() -> None:
    """An option outside a limit does not win, however certain its lead is."""
    limit = Objective(name="left", way="less", most=0)
    saving = np.array([[1.0], [5.0]]) + RANDOM.standard_normal((1, 12)) / 9
    one = choice_of(np.array([saving, np.full((2, 12), 3.0)])[:, :, None, :], ["social value", limit])
    assert one.contest[1].declared and one.winner is None


def test_the_favoured_option_leads_in_the_futures_after_elimination() -> None:
    """It leads over the futures of the remaining options.

    Over the first ten futures, which all options have, another one leads.
    """
    figures = np.full((1, 3, 1, 30), np.nan)
    figures[0, :, 0, :10] = np.array([[9.0], [0.0], [1.0]]) + RANDOM.standard_normal((3, 10)) / 9
    figures[0, 1:, 0, 10:] = np.array([[1.0], [0.0]]) + RANDOM.standard_normal((2, 20)) / 9
    one = choice_of(figures, "left", rule=Elimination(indifference=0.1), eliminated=("option 0",))
    names, found = one.contest
    assert one.favoured == names[found.best] == "option 2" and found.units == 30
    assert one.chance_by_futures().index[-1] == 30
    assert one.chance_by_futures()["chance"].iloc[-1] == pytest.approx(one.selections()["chance"].iloc[0])


def test_the_selection_chance_ignores_options_without_effect(found: Choice) -> None:
    """An option that equals the best one does not keep the chance at zero."""
    figures = np.repeat(found.figures.swapaxes(2, 3), [2, 1, 1, 1], axis=1)[:1, [0, 1, 2, 4]]
    one = choice_of(figures, "cumulative net saving", inert={"option 1": ""})
    assert one.selections()["chance"].iloc[0] > 0.95
    assert one.chance_by_futures()["chance"].iloc[-1] == pytest.approx(one.selections()["chance"].iloc[0])


def test_replications_do_not_count_as_draws() -> None:
    """Twelve draws of a number without effect have eight replications that agree, and no effect of the number is found.

    The interval of a share of futures is also that of twelve units.
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


def test_without_elimination_no_option_is_described_as_eliminated() -> None:
    """The only other option changed no event, so it was never behind."""
    figures = np.tile(RANDOM.standard_normal(20), (1, 2, 1, 1))
    one = choice_of(figures, "left", rule=Elimination(indifference=2.0), inert={"option 1": ""})
    assert one.sentences()[0] == "Choose 'option 0': no other option is left."


def test_the_only_option_after_elimination_is_the_winner() -> None:
    figures = np.full((1, 3, 1, 20), np.nan)
    figures[0, :, 0, :10] = RANDOM.standard_normal((3, 10))
    figures[0, 2, 0, :] = RANDOM.standard_normal(20)
    out = ("option 0", "option 1")
    one = choice_of(figures, "left", rule=Elimination(indifference=2.0), eliminated=out)
    assert one.winner == one.favoured == "option 2" and one.spent.tolist() == [10, 10, 20]
    assert (
        "the other options were eliminated, and it is the best with a probability of at least 95%" in one.sentences()[0]
    )


def test_all_numbers_together_are_worth_at_least_as_much_as_one() -> None:
    """With too few futures for a regression on all numbers, all together are worth as much as the first."""
    numbers = RANDOM.random((14, 2))
    gap = 1e6 * (numbers[:, 0] - 0.5)
    table = choice_of(np.array([np.zeros(14), gap])[None, :, :, None], "social value", numbers.tolist()).information()
    assert table.loc["all of them"].tolist() == table.loc["n0"].tolist() and table.loc["n0", "trace"]


@BOTH
def test_a_draw_counts_once_in_scenario_discovery() -> None:
    """Thirty draws with eight similar replications each are thirty cases for PRIM."""
    numbers = np.column_stack([np.linspace(0.0, 1.0, 30), RANDOM.random(30)])
    figures = np.zeros((1, 2, 30, 8))
    figures[0, 1] = (numbers[:, 0] - 0.7)[:, None] + RANDOM.standard_normal((30, 8)) / 1000
    many = choice_of(figures, "social value", numbers.tolist()).fails("option 0")
    once = choice_of(figures.mean(axis=3, keepdims=True), "social value", numbers.tolist()).fails("option 0")
    assert many.limits == once.limits and many.futures == once.futures == 30
    assert many.limits[0].quasi_p > 1e-6  # 240 independent futures would have about 1e-30
    assert str(many).startswith("fails in 30% of 30 draws; ") and str(once).startswith("fails in 30% of 30 futures; ")


def test_at_most_three_numbers_are_named_in_order_of_value() -> None:
    """First a number with a switching value, then one with a slope but no switching value, then one without effect."""
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
    sentences = [one for one in found.sentences() if "(values drawn: " in one]
    assert len(sentences) == 3 and sentences[0].startswith("Knowing 'n0' would be worth £")
    assert "; 'option 0' becomes the better option at 0.667 (values drawn: 0 to 1)." in sentences[0]
    assert (
        sentences[2].startswith("n2: the lead over ")
        and "£200,000, compared with £200,000 on average (these runs show no clear trend)" in sentences[2]
    )


def test_without_a_competitor_no_number_could_change_the_choice() -> None:
    """Only one option is within the limits."""
    figures = np.array([[np.zeros(12), np.ones(12)], [np.full(12, 900.0), np.full(12, 10.0)]])[..., None]
    limited = ["social value", Objective(name="left", way="less", most=100)]
    one = choice_of(figures, limited, np.arange(12.0)[:, None].tolist())
    assert one.favoured == "option 1" and one.overturning().empty


def test_only_options_within_the_limits_win_futures() -> None:
    """An option outside the limits is best in every future, but the favoured option wins all of them."""
    figures = np.zeros((2, 3, 1, 12))
    figures[0] = np.array([3.0, 2.0, 1.0])[:, None, None]
    figures[1] = np.array([900.0, 10.0, 10.0])[:, None, None]
    one = choice_of(figures, ["social value", Objective(name="left", way="less", most=100)])
    assert one.favoured == "option 1"
    assert (
        "It is the best of the 2 options within the limits in 100% of futures. More runs would not raise this share."
        in one.sentences()
    )
