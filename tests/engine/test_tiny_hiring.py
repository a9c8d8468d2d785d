"""Hiring: the time to fill a vacancy, freezes, and the pay points of newcomers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nhstransit.log import Kind
from nhstransit.policies import Hiring
from nhstransit.policies.hiring import Freeze
from nhstransit.run import Run
from tests.small import START, body, date, on, person, played

MANY = 2_000


def arrivals(*people: Any, posts: int = MANY, closes: str = "", **settings: Any) -> Run:
    """The run of a trust with `posts` posts, which hires from the first day to October."""
    days = {"closes": closes} if closes else {}
    hiring = Hiring(announced=settings.pop("announced", START), until=date("2010-10-01"), kinds=("pct",), **settings)
    bodies = [body("Old", "pct", ("finance", "6", posts), **days)]
    return played(*(people or (person(1),)), bodies=bodies, policies={"hiring": hiring})


def start_days(run: Run) -> dict[int, int]:
    """The day on which a newcomer started in each post, by post."""
    moves = run.log.moves
    arrived = moves.kind == Kind.ARRIVED
    return dict(zip(moves.to_post[arrived].tolist(), moves.day[arrived].tolist(), strict=True))


def test_the_time_to_hire_has_the_given_mean() -> None:
    """With 14 weeks to hire, each month fills about one in 3.2 of the remaining vacancies."""
    days = np.array(list(start_days(arrivals(refill=1.0, weeks=14.0)).values()))
    filled = [(days <= on(day)).sum() / (MANY - 1) for day in ("2010-05-01", "2010-06-01", "2010-07-01", "2010-08-01")]
    chance = 365.25 / 12 / 7 / 14
    assert filled == pytest.approx([1 - (1 - chance) ** months for months in (1, 2, 3, 4)], abs=0.03)


def test_every_vacancy_is_filled_in_the_end() -> None:
    """There is no freeze. With four weeks to hire, all vacancies are filled after a month."""
    assert len(start_days(arrivals(refill=1.0, weeks=5.0))) > 0.999 * (MANY - 1)
    assert set(start_days(arrivals(refill=1.0, weeks=4.0)).values()) == {on("2010-05-01")}


def test_a_longer_time_to_hire_makes_no_start_earlier() -> None:
    """Each post that is filled with the longer time is filled no later with the shorter time."""
    quick, slow = (start_days(arrivals(refill=1.0, weeks=weeks)) for weeks in (8.0, 20.0))
    assert set(slow) <= set(quick) and all(quick[post] <= slow[post] for post in slow)


def test_a_later_announcement_does_not_change_later_starts() -> None:
    """The draws of later months are the same, whether or not there were adverts before."""
    early = start_days(arrivals(refill=1.0))
    late = start_days(arrivals(refill=1.0, announced=date("2010-06-01")))
    after = {post: day for post, day in early.items() if day > on("2010-06-01")}
    assert {post: late[post] for post in after} == after


def test_a_freeze_applies_to_posts_that_become_vacant_during_it() -> None:
    """Posts vacated in April stay frozen after the end of the freeze. Posts vacated in July are filled."""
    people = [person(number, ends="2010-04-20" if number <= 5 else "2010-07-20") for number in range(1, 11)]
    freezes = (Freeze(until=date("2010-06-30"), refill=0.0),)
    run = arrivals(*people, posts=10, refill=1.0, weeks=0.0, freezes=freezes)
    assert start_days(run) == {post: on("2010-09-01") for post in range(5, 10)}
    assert len(start_days(arrivals(*people, posts=10, refill=1.0, weeks=0.0))) == 10


def test_a_freeze_can_release_a_share_of_posts() -> None:
    """30% of vacant posts are released, and the selection does not depend on the time to hire."""
    freezes = (Freeze(until=date("2010-06-30"), refill=0.3),)
    released = start_days(arrivals(refill=1.0, weeks=0.0, freezes=freezes))
    assert len(released) / MANY == pytest.approx(0.3, abs=0.03)
    assert set(start_days(arrivals(refill=1.0, weeks=20.0, freezes=freezes))) <= set(released)


def test_nobody_starts_after_the_last_day_of_the_employer() -> None:
    """In a trust that closes on 30 June, people start on 1 May and 1 June only."""
    assert set(start_days(arrivals(refill=1.0, closes="2010-06-30")).values()) == {on("2010-05-01"), on("2010-06-01")}


def test_a_share_of_newcomers_from_the_nhs_keep_their_pay_point() -> None:
    """Their points are consistent with their service. All other newcomers start at the lowest point."""
    quick = {"refill": 1.0, "weeks": 0.0}
    none, released, all_of_them, outside = (
        arrivals(**quick, keeps_point=share, from_nhs=nhs).people
        for share, nhs in ((0.0, 1.0), (0.5, 1.0), (1.0, 1.0), (1.0, 0.0))
    )
    assert not none.point[1:].any() and not outside.point[1:].any()
    assert all_of_them.point[1:].mean() == pytest.approx(2 * released.point[1:].mean(), rel=0.1)
    served = (on("2010-05-01") + 14_700 - all_of_them.service_from) / 365.25
    assert (all_of_them.point <= served)[1:].all() and all_of_them.point.max() == 8
