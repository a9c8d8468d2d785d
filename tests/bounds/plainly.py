"""The fewest redundancies of a small run by trying every set of people, read from the log in plain Python."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from nhstransit.bounds import Suitable
from nhstransit.log import Kind
from nhstransit.run import Run

Spell = tuple[
    int, int, int, list[int]
]  # post in which it began, first day, day on which it ended by itself, later posts


def spells(run: Run, rules: Sequence[str], *, newcomers: bool) -> list[Spell]:
    """Spells in post; whoever was made redundant by one of `rules` would have stayed to the end, and not come back."""
    codes = {run.code_of(rule) for rule in rules}
    end = run.scenario.calendar.days
    going: dict[int, tuple[int, int, list[int]]] = {}
    for staff, post in zip(run.people.staff.tolist(), run.opening_post.tolist(), strict=True):
        if post >= 0:
            going[staff] = (post, -1, [])
    told = []
    dismissed = set()
    for day, _, kind, rule, staff, _, to_post, _ in run.log.tuples():
        if kind == Kind.ARRIVED and staff not in dismissed and newcomers:
            going[staff] = (to_post, day, [])
        elif kind == Kind.MOVED and staff in going:
            going[staff][2].append(to_post)
        elif kind == Kind.DEPARTED and staff in going:
            post, began, later = going.pop(staff)
            told.append((post, began, end if rule in codes else day, later))
            dismissed |= {staff} if rule in codes else set()
    return told + [(post, began, end, later) for post, began, later in going.values()]


def fewest(run: Run, rules: Sequence[str], suitable: Suitable, *, newcomers: bool) -> int:
    """The size of the smallest set of spells without which everybody else has a suitable post on every day.

    Whoever the run moved to a post that is not suitable may have any like those to which it so moved people of the sort.
    """
    there = spells(run, rules, newcomers=newcomers)
    beyond = [[other for other in later if not _fits(run, suitable, post, other)] for post, _, _, later in there]
    suits = []
    for (post, *_), mine in zip(there, beyond, strict=True):
        kin = [to for (own, *_), moved in zip(there, beyond, strict=True) if _alike(run, own, post) for to in moved]
        also = [to for to in kin if mine]
        suits.append(
            {
                other
                for other in range(len(run.posts))
                if _fits(run, suitable, post, other) or any(_serves(run, suitable, to, other) for to in also)
            }
        )
    states = {
        (tuple(place for place, (_, began, ended, _) in enumerate(there) if began <= day < ended), frozenset(funded))
        for day, funded in _funded(run)
    }
    for size in range(len(there) + 1):
        for gone in itertools.combinations(range(len(there)), size):
            if all(_held([place for place in present if place not in gone], suits, posts) for present, posts in states):
                return size
    raise AssertionError


def _funded(run: Run) -> list[tuple[int, set[int]]]:
    """The funded posts at the end of every day on which anything happened, and at the last."""
    closes = run.scenario.roster.closes.tolist()
    now = {
        post
        for post, (opens, body) in enumerate(zip(run.posts.opens.tolist(), run.posts.employer.tolist(), strict=True))
        if opens <= 0 and closes[body] >= 0
    }
    at_end: dict[int, set[int]] = {}
    for day, _, kind, _, _, from_post, to_post, _ in run.log.tuples():
        now = now | {to_post} if kind == Kind.OPENED else now - {from_post} if kind == Kind.REMOVED else now
        at_end[day] = now
    return list(at_end.items())


def _fits(run: Run, suitable: Suitable, own: int, other: int) -> bool:
    posts = run.posts
    bodies = run.scenario.organisations
    here = bodies[posts.employer[own]]
    there = bodies[posts.employer[other]]
    down = int(posts.band[own]) - int(posts.band[other])
    near = suitable.reach == "anywhere" or here.region == there.region or there.kind in suitable.national
    trade = suitable.across_functions or posts.function[own] == posts.function[other]
    return bool(near and trade and -suitable.bands_up <= down <= suitable.bands_down)


def _alike(run: Run, one: int, other: int) -> bool:
    """Whether two posts are of one function, region and band."""
    return _sort(run, one) == _sort(run, other)


def _serves(run: Run, suitable: Suitable, one: int, other: int) -> bool:
    """Whether two posts are of one function and band, and in one region or both open to all regions."""
    bodies = [run.scenario.organisations[run.posts.employer[post]] for post in (one, other)]
    open_to_all = [suitable.reach == "anywhere" or body.kind in suitable.national for body in bodies]
    if all(open_to_all):
        return _sort(run, one)[::2] == _sort(run, other)[::2]
    return not any(open_to_all) and _alike(run, one, other)


def _sort(run: Run, post: int) -> tuple[int, str, int]:
    posts = run.posts
    return int(posts.function[post]), run.scenario.organisations[posts.employer[post]].region, int(posts.band[post])


def _held(present: list[int], suits: list[set[int]], funded: frozenset[int]) -> bool:
    """Whether all who are there can hold a funded post each: augmenting paths."""
    holder: dict[int, int] = {}

    def seat(person: int, seen: set[int]) -> bool:
        for post in suits[person] & funded:
            if post not in seen:
                seen.add(post)
                if post not in holder or seat(holder[post], seen):
                    holder[post] = person
                    return True
        return False

    return all(seat(person, set()) for person in present)
