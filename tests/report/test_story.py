"""The story of a run: its numbers agree with the log, its length and width, and which people it mentions."""

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
    """The measures of the hamlet."""
    return nt.measure(hamlet_run())


def test_the_story_ends_after_a_postponed_closure() -> None:
    """When an organisation closes later than planned, vacancies are counted on the day after it actually closed."""
    longer = Extension(announced=date("2010-05-01"), until=date("2010-08-31"), kinds=("pct",))
    bodies = [body("Old", closes="2010-06-30"), body("New", "ccg")]
    world = small_world(person(1, "Old"), person(2, "New"), bodies=bodies, policies={"extension": longer})
    sections = {section.heading: section.text for section in story(measure(simulate(world, seed=1)), full=True)}
    assert "On 1 September 2010, " in sections["How it ended"] and "July" not in sections["How it ended"]


def test_the_story_fits_80_columns_and_100_lines(hamlet: Measures) -> None:
    """The full story is longer but not wider."""
    short = as_text(story(hamlet))
    full = as_text(story(hamlet, full=True))
    for text in (short, full):
        assert max(map(len, text.splitlines())) <= 80
    assert len(short.splitlines()) <= 100 < len(full.splitlines()) + 40
    assert len(full) > len(short)


def test_the_story_begins_with_the_banner_and_five_sentences(hamlet: Measures) -> None:
    """The banner says what was fitted in this scenario, and the five sentences follow in order."""
    first = story(hamlet)[0]
    assert first.heading == "A hamlet in transition"
    assert first.sentences[1] == status_of(hamlet.run.scenario).banner
    assert first.sentences[2:7] == five_sentences(hamlet)
    assert first.sentences[7].startswith("This is one run, with seed 1;")


def test_the_sentences_agree_with_the_measures(hamlet: Measures) -> None:
    """This covers counts and sums."""
    where, cost, bill, lost, far = five_sentences(hamlet)
    left = hamlet.headlines["exit cost"]
    assert where.startswith("Of 300 people in post on 1 April 2010, by 31 March 2014, ")
    assert sum(int(count) for count in re.findall(r"(\d+) \(\d+%\)", where)) == 300
    assert f"Paying people to go cost £{left / 1e6:.1f}m: redundancy £" in cost
    assert "fell by 43%" in bill and "people in post fell by 49%" in bill
    assert "153 (51%)" in lost and "band 3 (66%)" in lost
    assert far.startswith("No published figure describes this scenario")


def test_a_career_is_included_only_on_request(hamlet: Measures) -> None:
    """By default the story identifies nobody."""
    for full in (False, True):
        text = as_text(story(hamlet, full=full))
        assert "career" not in text and "Staff " not in text
    last = story(hamlet, person=7)[-1]
    assert last.heading == "One person's career" and last.text == str(nt.career(hamlet.run, 7))
    with pytest.raises(nt.NhstransitError, match="is not a person in this run"):
        story(hamlet, person=10_000)


def test_policies_are_named_by_their_titles(hamlet: Measures) -> None:
    """Neither the short nor the full story contains the key of a policy or rule."""
    for full in (False, True):
        cells = [row[0] for section in story(hamlet, full=full) for row in section.rows]
        assert {"MARS", "Redundancy", "Hiring by successors", "Resignation within the NHS"} <= set(cells)
        assert not {"mars", "rets", "hiring-successors", "resignation-within-nhs", "resignation within nhs"} & set(
            cells
        )


def test_scenarios_without_policies_or_people_have_a_story() -> None:
    """There is no division by zero people, and the words say that there are none."""
    calm = measure(simulate(small_world(person(1, "Old"), bodies=[body("Old")]), seed=1))
    assert "Nobody was paid to go; no removed post saves anything." in as_text(story(calm, full=True))
    assert "Nobody was in post on " in as_text(story(measure(empty_run()), full=True))
