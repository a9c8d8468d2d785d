"""The explanation of a scenario: in date order, with correct counts, without the engine and without docstrings."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any, ClassVar

import attrs
import numpy as np
import pytest
from hypothesis import given

import nhstransit as nt
from nhstransit.dates import epoch_day
from nhstransit.errors import PolicyError
from nhstransit.grammar import News, PostOffer, Proposals, RetentionOffer, SeveranceOffer, Situation
from nhstransit.law import Law
from nhstransit.scenario import explain as module
from nhstransit.scenario.explain import Explanation
from tests.empty import empty_run
from tests.examples import examples
from tests.small import Own, on, person, small_world
from tests.source import module_file
from tests.worlds import worlds


@pytest.fixture(scope="module")
def scenario():
    return nt.load_scenario("hamlet")


@pytest.fixture(scope="module")
def explanation(scenario):
    return nt.explain(scenario)


def text_under(explanation, heading):
    """All sentences under a heading, joined."""
    (found,) = [" ".join(one.sentences) for one in explanation.tellings if one.heading == heading]
    return found


@pytest.mark.thorough
def test_the_engine_is_not_needed():
    """Explaining a scenario imports neither the engine nor SimPy, nor matplotlib."""
    code = "import sys, nhstransit as nt; str(nt.explain(nt.load_scenario('hamlet'))); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules = set(done.stdout.split())
    assert not {name for name in modules if name.startswith(("simpy", "nhstransit.engine", "matplotlib"))}


def test_explain_is_a_function_and_its_module_keeps_the_name():
    """`nhstransit.explain` is the function and `nhstransit.scenario.explain` its module, whichever is imported first."""
    assert nt.explain is module.explain
    assert isinstance(nt.explain(small_world(person(1))), Explanation)


def test_the_explanation_is_in_date_order(explanation, scenario):
    """From the first day of the scenario to the last."""
    dates = [one.date for one in explanation.tellings]
    assert dates == sorted(dates)
    assert (dates[0], dates[-1]) == (scenario.start, scenario.end)


def test_the_first_day_counts_people_and_employers(explanation):
    """The number of people, and of employers and their staff by kind, as in the hamlet's files."""
    text = text_under(explanation, "the first day")
    assert "300 people" in text
    assert "1 strategic health authority (58), 3 primary care trusts (184) and 1 community provider (58)" in text


def test_openings_and_closures_are_counted(explanation):
    """The days of shadow form, opening and closure, with the number of people who work there."""
    sentences_by_date = {
        one.date: " ".join(one.sentences) for one in explanation.tellings if one.heading == "organisations"
    }
    assert "2 clinical commissioning groups can be filled" in sentences_by_date[dt.date(2012, 4, 1)]
    assert "2 clinical commissioning groups employ staff from today" in sentences_by_date[dt.date(2013, 4, 1)]
    closing = sentences_by_date[dt.date(2013, 3, 31)]
    assert "1 strategic health authority and 3 primary care trusts" in closing
    assert "242 people" in closing


def test_the_explanation_says_what_depends_on_earlier_events(explanation):
    """For example, whose guarantee ends depends on who accepted it."""
    assert "events before that day" in text_under(explanation, "rets, end")


def test_repeated_days_of_a_policy_are_explained_once(explanation, scenario):
    """Hiring acts on the 1st of each month: it has one entry, with the number of further days."""
    days = len(scenario.policies["hiring"].days(scenario.calendar, scenario.roster))
    assert f"on {days - 1} more days" in text_under(explanation, "hiring")


def test_inputs_are_counted_by_grade(explanation, scenario):
    """The counts match the list of assumptions, and a number that the scenario sets is shown with what it replaces."""
    from nhstransit.scenario import assumptions

    inputs = assumptions(scenario)
    text = " ".join(explanation.inputs)
    assert text.startswith(f"{len(inputs)} inputs by grade: ")
    assert f"assumption {sum(one.quality == 'assumption' for one in inputs)}" in text
    assert "policies.rets.cap 0.1 (in place of the law's rets.most_share)" in text


def test_the_explanation_says_when_there_are_no_policies():
    """Only the first and the last day are then explained."""
    explanation = nt.explain(small_world(person(1)))
    assert "No employer acts" in explanation.about
    assert [one.heading for one in explanation.tellings] == ["the first day", "the last day"]


def test_a_policy_after_the_last_day_is_not_explained(scenario):
    early = attrs.evolve(scenario, end=dt.date(2010, 8, 31))
    assert not [one for one in nt.explain(early).tellings if "mars" in one.heading]


def test_a_scenario_without_people_can_be_explained():
    assert "0 people" in str(nt.explain(empty_run().scenario))


def test_html_is_escaped():
    html = nt.explain(attrs.evolve(small_world(person(1)), title="<b>&", about="<i>"))._repr_html_()
    assert "&lt;b&gt;&amp;" in html and "<i>" not in html


def test_lines_are_no_longer_than_a_hundred(explanation):
    """The text is wrapped for a terminal."""
    assert max(map(len, str(explanation).splitlines())) <= 100
    assert repr(explanation) == str(explanation)


@pytest.mark.thorough
@examples(5, 60)
@given(worlds())
def test_any_scenario_can_be_explained(world):
    """In date order, within the dates of the scenario, for any policies, and without Python objects in the text."""
    explanation = nt.explain(world)
    dates = [one.date for one in explanation.tellings]
    assert dates == sorted(dates)
    assert world.start <= dates[0] and dates[-1] == world.end
    assert not re.search(r"\bnan\b|Named\(|object at|\[\]", str(explanation))


# The explanation of a policy that a user wrote


@attrs.frozen(kw_only=True)
class Outing(Own):
    """A `docstring` that no reader of a scenario should see."""

    about: ClassVar[str] = "Two people go out."
    puts: Callable[[np.ndarray], Proposals | None]
    kinds: tuple[str, ...] = ()

    def propose(self, situation: Situation) -> Proposals | None:
        return self.puts(np.arange(len(situation.people.staff)))


def outing(puts, **fields):
    """The explanation of a policy that makes these proposals to the two people of a scenario on 1 June 2010."""
    policy = Outing(dates=("2010-06-01",), does=lambda situation: (), puts=puts, **fields)
    world = small_world(person(1), person(2), policies={"outing": policy})
    return text_under(nt.explain(world), "outing")


def column(*values: Any, kind: str = "int64") -> np.ndarray:
    return np.array(values, kind)


@pytest.mark.parametrize(
    ("puts", "sentences"),
    [
        (
            lambda rows: None,
            "It concerns nobody among the opening staff: the people concerned depend on events before that day.",
        ),
        (lambda rows: Proposals(rows=rows[:0]), "Nobody in post is asked."),
        (lambda rows: Proposals(rows=rows), "It concerns 2 people of the opening staff."),
        (
            lambda rows: SeveranceOffer(
                rows=rows,
                pence=column(600_000, 1_000_000),
                months=column(3, 5),
                last_day=on("2010-06-30"),
                clawback_months=6,
            ),
            "2 of 2 people may apply. Months of pay offered: lowest 3.0, median 4.0, highest 5.0; in pounds: "
            "lowest £6,000, median £8,000, highest £10,000. If all of them left by 30 June 2010, it would cost £16,000. "
            "People who return to the NHS within 6 months must repay some or all of the payment.",
        ),
        (
            lambda rows: RetentionOffer(rows=rows[:1], premium=0.1, until=on("2010-09-30")),
            "1 employer would offer terms for staying to 1 of 2 people. They are offered a job to 30 "
            "September 2010 and 10% on top of basic pay; in pounds a year: £2,400. The guarantee is binding: redundancy "
            "must wait until it ends, and it moves with the person to another post. The ceiling on such premiums "
            "is 30% (quality: official).",
        ),
        (
            lambda rows: PostOffer(
                rows=column(0, 0, 1),
                group=column(0, 1, 1),
                group_key=column(7, 8, 8, kind="uint64"),
                near=column(0, 0, 0, kind="int8"),
                bands_down=column(0, 1, 1, kind="int8"),
            ),
            "2 of 2 people may compete. Kinds of post (body, function and band) open to each person: lowest "
            "1, median 2, highest 2. For 1 person, only posts on a lower band are open.",
        ),
        (
            lambda rows: News(rows=rows, target=np.array([0.25, 0.25]), weight=0.5),
            "It reaches 2 of 2 people. Share of similar posts expected to be cut: 25%; the target of perceived risk "
            "moves 50% of the way to this share.",
        ),
    ],
    ids=["nobody", "none", "plain", "severance", "retention", "post", "news"],
)
def test_a_policy_without_explain_is_explained_by_its_proposals(puts, sentences):
    """The explanation says how many people get each kind of proposal, and on what terms."""
    assert outing(puts) == f"Two people go out. {sentences}"


@pytest.mark.parametrize(
    ("months", "period"), [(None, "4 weeks"), (1.0, "1 month"), (12.0, "12 months"), (4.3333333, "4.3 months")]
)
def test_clawback_is_in_weeks_or_in_rounded_months(months, period):
    """The law's window of 28 days for redundancy terms reads "4 weeks"; other periods are in months."""
    law_months = Law.bundled().scheme_clawback_months("section16", epoch_day(dt.date(2010, 6, 1)))
    offer = SeveranceOffer(
        rows=column(0),
        pence=column(600_000),
        months=column(3),
        last_day=on("2010-06-30"),
        clawback_months=law_months if months is None else months,
    )
    sentence = f"People who return to the NHS within {period} must repay some or all of the payment."
    assert offer.explain_clawback() == (sentence,)


def test_the_people_within_the_kinds_of_a_policy_are_counted():
    """A field `kinds` that lists kinds of employer limits the people who are counted."""
    news = outing(lambda rows: News(rows=rows[:1], target=np.array([0.25]), weight=0.5), kinds=("pct",))
    assert "It reaches 1 of the 2 people in primary care trusts." in news


def test_a_field_kinds_with_another_meaning_does_not_limit_the_count():
    """A user's policy may use `kinds` for something else; then everyone is counted."""
    news = outing(lambda rows: News(rows=rows[:1], target=np.array([0.25]), weight=0.5), kinds=("sporting",))
    assert "It reaches 1 of 2 people." in news


def test_a_policy_can_explain_itself():
    """Its `explain` receives the situation and the proposals, and the returned sentences are printed."""

    @attrs.frozen(kw_only=True)
    class Speaking(Outing):
        def explain(self, situation, proposals):
            return (f"On day {situation.day} {len(proposals)} go, by {situation.stage}.", "Nobody is left behind.")

    policy = Speaking(dates=("2010-06-01",), does=lambda situation: (), puts=lambda rows: Proposals(rows=rows))
    text = text_under(nt.explain(small_world(person(1), person(2), policies={"outing": policy})), "outing")
    assert text.endswith("On day 61 2 go, by 2010-06-01. Nobody is left behind.")


@pytest.mark.parametrize("returned", ["One string.", None, (1, 2)])
def test_an_explanation_that_is_no_tuple_of_sentences_is_refused(returned):
    """The error names the policy and says what to return."""

    @attrs.frozen(kw_only=True)
    class Wrong(Own):
        def explain(self, situation, proposals):
            return returned

    world = small_world(person(1), policies={"outing": Wrong(dates=("2010-06-01",), does=lambda situation: ())})
    with pytest.raises(
        PolicyError, match=r"^policies\.outing: has an `explain` that returned .*; return a tuple of sentences"
    ):
        nt.explain(world)


def test_a_docstring_is_never_printed():
    """A class without a description is explained by its name."""
    policy = Own(dates=("2010-06-01",), does=lambda situation: ())
    text = text_under(nt.explain(small_world(person(1), policies={"own": policy})), "own")
    assert text == "A policy of the class Own, which has no description (`about`). Nobody in post is asked."
    for name in ("nhstransit.scenario.explain", "nhstransit.grammar.explained", "nhstransit.policies.titles"):
        assert not re.search(r"__doc__|getdoc|^import re$", module_file(name).read_text("utf-8"), re.MULTILINE)


def test_the_explanation_imports_no_policy():
    """A new policy needs no change to the code that explains scenarios."""
    for name in ("nhstransit.scenario.explain", "nhstransit.grammar.explained", "nhstransit.grammar.policy"):
        assert "nhstransit.policies" not in module_file(name).read_text("utf-8")
