"""The fewest redundancies of a small run, from the log in plain Python, by trying every set of people."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from nhstransit.bounds import Suitable
from nhstransit.log import Kind
from nhstransit.run import Run

Spell = tuple[int, int, int, list[int]]  # first post, first day, day of the end without redundancy, later posts


def spells(run: Run, rules: Sequence[str], *, newcomers: bool) -> list[Spell]:
    """Spells in post.

    People made redundant under `rules` are assumed to stay to the end, and their returns are ignored.
    """
    codes = {run.code_of(rule) for rule in rules}
    end = run.scenario.calendar.days
    current: dict[int, tuple[int, int, list[int]]] = {}
    for staff, post in zip(run.people.staff.tolist(), run.opening_post.tolist(), strict=True):
        if post >= 0:
            current[staff] = (post, -1, [])
    finished = []
    dismissed = set()
    for day, _, kind, rule, staff, _, to_post, _ in run.log.tuples():
        if kind == Kind.ARRIVED and staff not in dismissed and newcomers:
            current[staff] = (to_post, day, [])
        elif kind == Kind.MOVED and staff in current:
            current[staff][2].append(to_post)
        elif kind == Kind.DEPARTED and staff in current:
            post, began, later = current.pop(staff)
            finished.append((post, began, end if rule in codes else day, later))
            dismissed |= {staff} if rule in codes else set()
    return finished + [(post, began, end, later) for post, began, later in current.values()]


def fewest(run: Run, rules: Sequence[str], suitable: Suitable, *, newcomers: bool) -> int:
    """The size of the smallest set of spells whose removal leaves a suitable post for everyone else on every day.

    A person whom the run moved to an unsuitable post can have any post like the ones to which the run moved similar people.
    """
    all_spells = spells(run, rules, newcomers=newcomers)
    beyond = [[other for other in later if not _fits(run, suitable, post, other)] for post, _, _, later in all_spells]
    suits = []
    for (post, *_), mine in zip(all_spells, beyond, strict=True):
        similar = [
            to for (own, *_), moved in zip(all_spells, beyond, strict=True) if _alike(run, own, post) for to in moved
        ]
        extra = [to for to in similar if mine]
        suits.append(
            {
                other
                for other in range(len(run.posts))
                if _fits(run, suitable, post, other) or any(_serves(run, suitable, to, other) for to in extra)
            }
        )
    states = {
        (
            tuple(index for index, (_, began, ended, _) in enumerate(all_spells) if began <= day < ended),
            frozenset(funded),
        )
        for day, funded in _funded(run)
    }
    for size in range(len(all_spells) + 1):
        for removed in itertools.combinations(range(len(all_spells)), size):
            if all(
                _held([index for index in present if index not in removed], suits, posts) for present, posts in states
            ):
                return size
    raise AssertionError


def _funded(run: Run) -> list[tuple[int, set[int]]]:
    """The funded posts at the end of every day with events."""
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
    all_spells = bodies[posts.employer[other]]
    down = int(posts.band[own]) - int(posts.band[other])
    near = suitable.reach == "anywhere" or here.region == all_spells.region or all_spells.kind in suitable.national
    right_function = suitable.across_functions or posts.function[own] == posts.function[other]
    return bool(near and right_function and -suitable.bands_up <= down <= suitable.bands_down)


def _alike(run: Run, one: int, other: int) -> bool:
    """Whether two posts have the same function, region and band."""
    return _sort(run, one) == _sort(run, other)


def _serves(run: Run, suitable: Suitable, one: int, other: int) -> bool:
    """Whether two posts have the same function and band, and are in one region or both open to every region."""
    bodies = [run.scenario.organisations[run.posts.employer[post]] for post in (one, other)]
    open_to_all = [suitable.reach == "anywhere" or body.kind in suitable.national for body in bodies]
    if all(open_to_all):
        return _sort(run, one)[::2] == _sort(run, other)[::2]
    return not any(open_to_all) and _alike(run, one, other)


def _sort(run: Run, post: int) -> tuple[int, str, int]:
    posts = run.posts
    return int(posts.function[post]), run.scenario.organisations[posts.employer[post]].region, int(posts.band[post])


def _held(present: list[int], suits: list[set[int]], funded: frozenset[int]) -> bool:
    """Whether everyone present can hold a suitable funded post, by augmenting paths."""
    holder: dict[int, int] = {}

    def find_post(person: int, seen: set[int]) -> bool:
        for post in suits[person] & funded:
            if post not in seen:
                seen.add(post)
                if post not in holder or find_post(holder[post], seen):
                    holder[post] = person
                    return True
        return False

    return all(find_post(person, set()) for person in present)
