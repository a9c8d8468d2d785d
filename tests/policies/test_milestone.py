"""News: its explanation, the people that it reaches, its day, and how far it moves perceived risk."""

from __future__ import annotations

import attrs
import pytest

from nhstransit.errors import ScenarioError
from nhstransit.log import Kind, Phase
from nhstransit.policies import Milestone
from tests.policies.explained import explanation
from tests.small import Own, body, date, events_of, on, person, played


def test_the_explanation_states_the_people_and_the_cuts_they_expect() -> None:
    """Two of the three posts that close in one region have no successor; in the other region none has."""
    assert explanation(Milestone(announced=date("2010-05-01"), kinds=("pct",))) == (
        "It reaches 2 of the 2 people in primary care trusts. Share of similar posts expected to be cut: lowest 67%, "
        "median 83%, highest 100%; the target of perceived risk moves 50% of the way to this share."
    )


def test_the_explanation_states_a_fixed_target() -> None:
    """The target is the same for everyone that the news reaches."""
    text = explanation(Milestone(announced=date("2010-05-01"), kinds=("pct",), target=1.0, weight=0.3))
    assert "expected to be cut: 100%; the target of perceived risk moves 30% of the way to this share." in text


def test_news_reaches_the_listed_functions_bands_and_employers_only() -> None:
    """One of four people is in the listed function, band and employer."""
    people = person(1), person(2, function="nursing"), person(3, band="7"), person(4, "Other")
    news = Milestone(announced=date("2010-05-03"), functions=("finance",), bands=("6",), employers=("Old",))
    log = played(*people, bodies=[body("Old"), body("Other")], policies={"news": news}).log
    assert log.of(Kind.RISK).staff.tolist() == [1]
    with pytest.raises(ScenarioError, match=r"employers: has the unknown name 'Odl'; did you mean 'Old'\?"):
        events_of(person(1), policies={"news": attrs.evolve(news, employers=("Odl",))})


def test_news_can_be_postponed_by_months() -> None:
    """News that is one or six months later arrives on the same day of the later month, or on its last day."""
    for months, day in ((0, "2010-05-31"), (1, "2010-06-30"), (6, "2010-11-30")):
        log = played(person(1), policies={"news": Milestone(announced=date("2010-05-31"), later_months=months)}).log
        assert log.of(Kind.RISK).day.tolist() == [on(day)]


def test_news_has_its_own_target_and_pace() -> None:
    """Perceived risk reaches the target of 0.5 after the ramp, and then halves with each half-life."""
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
