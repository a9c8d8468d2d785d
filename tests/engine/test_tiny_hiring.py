"""Vacancies are filled by a hazard, and a freeze holds those that fall vacant while it runs."""

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
    """A trust with so many posts, which hires from the first day to October."""
    days = {"closes": closes} if closes else {}
    hiring = Hiring(announced=settings.pop("announced", START), until=date("2010-10-01"), kinds=("pct",), **settings)
    bodies = [body("Old", "pct", ("finance", "6", posts), **days)]
    return played(*(people or (person(1),)), bodies=bodies, policies={"hiring": hiring})


def came(run: Run) -> dict[int, int]:
    """The day on which each post was taken up, by post."""
    moves = run.log.moves
    mine = moves.kind == Kind.ARRIVED
    return dict(zip(moves.to_post[mine].tolist(), moves.day[mine].tolist(), strict=True))


def test_the_time_to_hire_is_a_mean() -> None:
    """Each month's advert finds one in 3.2: a third are in post after one month, two thirds after three, and so on."""
    days = np.array(list(came(arrivals(refill=1.0, weeks=14.0)).values()))
    filled = [(days <= on(day)).sum() / (MANY - 1) for day in ("2010-05-01", "2010-06-01", "2010-07-01", "2010-08-01")]
    chance = 365.25 / 12 / 7 / 14
    assert filled == pytest.approx([1 - (1 - chance) ** months for months in (1, 2, 3, 4)], abs=0.03)


def test_no_vacancy_is_given_up() -> None:
    """With nothing frozen all are filled in the end; with a month to hire, all after a month."""
    assert len(came(arrivals(refill=1.0, weeks=5.0))) > 0.999 * (MANY - 1)
    assert set(came(arrivals(refill=1.0, weeks=4.0)).values()) == {on("2010-05-01")}


def test_a_longer_time_to_hire_only_puts_starts_off() -> None:
    """Every post that is filled in the end is filled no sooner."""
    quick, slow = (came(arrivals(refill=1.0, weeks=weeks)) for weeks in (8.0, 20.0))
    assert set(slow) <= set(quick) and all(quick[post] <= slow[post] for post in slow)


def test_moving_the_policy_changes_nobodys_luck() -> None:
    """Announced a month later, the adverts before are missing, and whoever is found by a later one comes as before."""
    early = came(arrivals(refill=1.0))
    late = came(arrivals(refill=1.0, announced=date("2010-06-01")))
    after = {post: day for post, day in early.items() if day > on("2010-06-01")}
    assert {post: late[post] for post in after} == after


def test_a_freeze_holds_the_posts_that_fall_vacant_while_it_runs() -> None:
    """Contracts that end in April are frozen and stay so when the freeze has ended; those that end in July are filled."""
    people = [person(number, ends="2010-04-20" if number <= 5 else "2010-07-20") for number in range(1, 11)]
    frozen = (Freeze(until=date("2010-06-30"), refill=0.0),)
    run = arrivals(*people, posts=10, refill=1.0, weeks=0.0, freezes=frozen)
    assert came(run) == {post: on("2010-09-01") for post in range(5, 10)}
    assert len(came(arrivals(*people, posts=10, refill=1.0, weeks=0.0))) == 10


def test_a_share_is_released_from_a_freeze() -> None:
    """Three in ten of the posts that are vacant from the start, and the same ones whatever the time to hire."""
    frozen = (Freeze(until=date("2010-06-30"), refill=0.3),)
    some = came(arrivals(refill=1.0, weeks=0.0, freezes=frozen))
    assert len(some) / MANY == pytest.approx(0.3, abs=0.03)
    assert set(came(arrivals(refill=1.0, weeks=20.0, freezes=frozen))) <= set(some)


def test_nobody_starts_on_the_last_day_of_a_body() -> None:
    """A trust that closes at the end of June hires for May and June, and for no later day."""
    assert set(came(arrivals(refill=1.0, closes="2010-06-30")).values()) == {on("2010-05-01"), on("2010-06-01")}


def test_part_of_the_newcomers_from_the_nhs_keep_their_point() -> None:
    """None do where the share is zero; where all do, points follow service; those from outside start at the lowest."""
    quick = {"refill": 1.0, "weeks": 0.0}
    none, some, all_of_them, outside = (
        arrivals(**quick, keeps_point=share, from_nhs=nhs).people
        for share, nhs in ((0.0, 1.0), (0.5, 1.0), (1.0, 1.0), (1.0, 0.0))
    )
    assert not none.point[1:].any() and not outside.point[1:].any()
    assert all_of_them.point[1:].mean() == pytest.approx(2 * some.point[1:].mean(), rel=0.1)
    served = (on("2010-05-01") + 14_700 - all_of_them.service_from) / 365.25
    assert (all_of_them.point <= served)[1:].all() and all_of_them.point.max() == 8
