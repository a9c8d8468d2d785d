"""What the story of a run says, held against the log; how long and wide it is, and of whom it speaks."""

from __future__ import annotations

import re

import pytest
from small import body, date, person, small_world

import nhstransit as nt
from nhstransit.engine.simulate import simulate
from nhstransit.england import status_of
from nhstransit.measures import Measures, measure
from nhstransit.policies import Extension
from nhstransit.report import as_text, five_sentences, story
from tests.empty import empty_run
from tests.shared import hamlet_run


@pytest.fixture(scope="module")
def hamlet() -> Measures:
    """The hamlet, measured."""
    return nt.measure(hamlet_run())


def test_the_last_closure_is_the_one_put_off() -> None:
    """Where a body lives longer than was planned, vacancies are counted on the day after it really closed."""
    longer = Extension(announced=date("2010-05-01"), until=date("2010-08-31"), kinds=("pct",))
    bodies = [body("Old", closes="2010-06-30"), body("New", "ccg")]
    world = small_world(person(1, "Old"), person(2, "New"), bodies=bodies, policies={"extension": longer})
    told = {section.heading: section.text for section in story(measure(simulate(world, seed=1)), full=True)}
    assert "On 1 September 2010, " in told["How it ended"] and "July" not in told["How it ended"]


def test_it_fits_80_columns_and_a_hundred_lines(hamlet: Measures) -> None:
    """In full it is longer, and no wider."""
    short = as_text(story(hamlet))
    full = as_text(story(hamlet, full=True))
    for text in (short, full):
        assert max(map(len, text.splitlines())) <= 80
    assert len(short.splitlines()) <= 100 < len(full.splitlines()) + 40
    assert len(full) > len(short)


def test_it_begins_with_what_was_fitted_and_five_sentences(hamlet: Measures) -> None:
    """The banner is that of the world, and the five follow it in their order."""
    first = story(hamlet)[0]
    assert first.heading == "A hamlet in transition"
    assert first.sentences[1] == status_of(hamlet.run.scenario).banner
    assert first.sentences[2:7] == five_sentences(hamlet)
    assert first.sentences[7].startswith("This is one run, with seed 1;")


def test_the_sentences_say_what_the_log_says(hamlet: Measures) -> None:
    """Counts and sums are those of the measures."""
    where, cost, bill, lost, far = five_sentences(hamlet)
    left = hamlet.headlines["exit cost"]
    assert where.startswith("Of 300 people in post on 1 April 2010, by 31 March 2014, ")
    assert sum(int(count) for count in re.findall(r"(\d+) \(\d+%\)", where)) == 300
    assert f"Paying people to go cost £{left / 1e6:.1f}m: redundancy £" in cost
    assert "fell by 43%" in bill and "people in post fell by 49%" in bill
    assert "153 (51%)" in lost and "band 3 (66%)" in lost
    assert far.startswith("No published figure describes this scenario")


def test_a_career_is_told_only_where_it_is_asked_for(hamlet: Measures) -> None:
    """By default the story speaks of nobody by identity; asked for, it tells that person's."""
    for full in (False, True):
        text = as_text(story(hamlet, full=full))
        assert "career" not in text and "Staff " not in text
    last = story(hamlet, person=7)[-1]
    assert last.heading == "One person's career" and last.text == str(nt.career(hamlet.run, 7))
    with pytest.raises(nt.NhstransitError, match="is not a person in this run"):
        story(hamlet, person=10_000)


def test_policies_are_named_by_their_titles(hamlet: Measures) -> None:
    """No key of a policy or rule is printed, in short or in full."""
    for full in (False, True):
        cells = [row[0] for section in story(hamlet, full=full) for row in section.rows]
        assert {"MARS", "Redundancy", "Hiring by successors", "Resignation within the NHS"} <= set(cells)
        assert not {"mars", "rets", "hiring-successors", "resignation-within-nhs", "resignation within nhs"} & set(
            cells
        )


def test_a_world_without_policies_and_one_without_people_have_a_story() -> None:
    """Nothing is divided by nobody, and the words say so."""
    calm = measure(simulate(small_world(person(1, "Old"), bodies=[body("Old")]), seed=1))
    assert "Nobody was paid to go; no removed post saves anything." in as_text(story(calm, full=True))
    assert "Nobody was in post on " in as_text(story(measure(empty_run()), full=True))
