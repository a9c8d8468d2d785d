"""News: what it says of itself, whom it reaches, on which day, and how far it moves them."""

from __future__ import annotations

import attrs
import pytest

from nhstransit.errors import ScenarioError
from nhstransit.log import Kind, Phase
from nhstransit.policies import Milestone
from tests.policies.explained import said
from tests.small import Own, body, date, on, person, played, told


def test_it_is_told_with_its_people_and_what_they_expect() -> None:
    """Of the three posts that close in one region one has a place to go to; in the other region all go."""
    assert said(Milestone(announced=date("2010-05-01"), kinds=("pct",))) == (
        "It reaches 2 of the 2 people in primary care trusts. Share of similar posts expected to be cut: lowest 67%, "
        "median 83%, highest 100%; the target of perceived risk moves 50% of the way to this share."
    )


def test_a_target_of_its_own_is_told() -> None:
    """The same for all whom the news reaches."""
    words = said(Milestone(announced=date("2010-05-01"), kinds=("pct",), target=1.0, weight=0.3))
    assert "expected to be cut: 100%; the target of perceived risk moves 30% of the way to this share." in words


def test_news_may_be_for_some() -> None:
    """Of four people the news reaches the one in the function, band and body that it names."""
    people = person(1), person(2, function="nursing"), person(3, band="7"), person(4, "Other")
    news = Milestone(announced=date("2010-05-03"), functions=("finance",), bands=("6",), employers=("Old",))
    log = played(*people, bodies=[body("Old"), body("Other")], policies={"news": news}).log
    assert log.of(Kind.RISK).staff.tolist() == [1]
    with pytest.raises(ScenarioError, match=r"employers: has the unknown name 'Odl'; did you mean 'Old'\?"):
        told(person(1), policies={"news": attrs.evolve(news, employers=("Odl",))})


def test_certainty_may_come_later() -> None:
    """News put off by a month and a half-year comes on the day of that month, and never before its announcement."""
    for months, day in ((0, "2010-05-31"), (1, "2010-06-30"), (6, "2010-11-30")):
        log = played(person(1), policies={"news": Milestone(announced=date("2010-05-31"), later_months=months)}).log
        assert log.of(Kind.RISK).day.tolist() == [on(day)]


def test_news_has_a_target_and_a_pace_of_its_own() -> None:
    """Certainty of a half, quick to come and quick to fade: a half after a month, a quarter after a half-life more."""
    seen: list[float] = []
    dates = ("2010-05-01", "2010-06-01", "2010-07-01")
    look = Own(dates=dates, does=lambda s: seen.append(float(s.people.risk[0])) or (), phase=Phase.WINDOWS)
    quick = Milestone(announced=date("2010-05-01"), weight=1.0, target=0.5, ramp_months=0.5, half_life_months=1.0)
    slow = attrs.evolve(quick, ramp_months=None, half_life_months=None)
    for news in (quick, slow):
        played(person(1), bodies=[body("Old", closes="2010-09-30")], policies={"news": news, "own": look})
    month = 365.25 / 12
    assert seen[0] == 0.0
    assert seen[1] == pytest.approx(0.5 * 2 ** -((31 - month / 2) / month))
    assert seen[2] == pytest.approx(0.5 * 2 ** -((61 - month / 2) / month))
    assert seen[4] == pytest.approx(0.5 * 31 / (3 * month))
