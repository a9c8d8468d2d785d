"""Deferred acceptance: stable, best for candidates, the same as one knock at a time, and no worse for a post more."""

from __future__ import annotations

from itertools import product
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhstransit.policies.matching import UNMATCHED, deferred_acceptance
from tests.examples import THOROUGH


@attrs.frozen(eq=False, kw_only=True)
class Market:
    """Who may have what: the arguments of `deferred_acceptance` by name."""

    candidate: np.ndarray
    group: np.ndarray
    ranking: np.ndarray
    score: np.ndarray
    identity: np.ndarray
    places: np.ndarray

    def match(self) -> np.ndarray:
        return deferred_acceptance(**attrs.asdict(self, recurse=False))


def market(luck: np.random.Generator, people: int, groups: int, *, ties: bool = False, most: int = 4) -> Market:
    """A random market in which about half of all pairs are possible."""
    edges = np.argwhere(luck.random((people, groups)) < 0.5)
    luck.shuffle(edges)
    draw = (lambda: luck.integers(0, 3, len(edges)).astype(float)) if ties else (lambda: luck.random(len(edges)))
    return Market(
        candidate=edges[:, 0],
        group=edges[:, 1],
        ranking=draw(),
        score=draw(),
        identity=luck.permutation(people),
        places=luck.integers(0, most, groups),
    )


def preferences(m: Market) -> tuple[np.ndarray, np.ndarray]:
    """Two strict orders over all pairs, (people, groups): each person's over groups, each group's over people.

    Higher is better; −1 where a pair cannot be. Ties of a person go to the lower group, of a group to the lower identity.
    """
    likes = np.full((len(m.identity), len(m.places)), -1)
    wants = likes.copy()
    order = np.lexsort((m.group, -m.ranking))
    likes[m.candidate[order], m.group[order]] = np.arange(len(order), 0, -1)
    order = np.lexsort((m.identity[m.candidate], -m.score))
    wants[m.candidate[order], m.group[order]] = np.arange(len(order), 0, -1)
    return likes, wants


def blocking(m: Market, got: np.ndarray) -> np.ndarray:
    """Pairs, (people, groups), who would both rather have each other than what they have."""
    likes, wants = preferences(m)
    people, groups = likes.shape
    placed = np.flatnonzero(got >= 0)
    mine = np.zeros(people, int)
    mine[placed] = likes[placed, got[placed]]
    held = np.bincount(got[placed], minlength=groups)
    worst = np.full(groups, len(m.group) + 1)
    np.minimum.at(worst, got[placed], wants[placed, got[placed]])
    room = held < m.places
    return (likes > mine[:, None]) & (room | ((wants > worst) & (m.places > 0)))


def valid(m: Market, got: np.ndarray) -> bool:
    """Nobody has what was not open to them, and no group has more than its places."""
    placed = np.flatnonzero(got != UNMATCHED)
    open_to = set(zip(m.candidate.tolist(), m.group.tolist(), strict=True))
    pairs = set(zip(placed.tolist(), got[placed].tolist(), strict=True))
    return pairs <= open_to and bool((np.bincount(got[placed], minlength=len(m.places)) <= m.places).all())


def one_at_a_time(m: Market) -> list[int]:
    """Gale and Shapley as they wrote it: one candidate knocks at a time."""
    likes, wants = preferences(m)
    wishes = [[g for g in np.argsort(-row).tolist() if row[g] >= 0] for row in likes]
    got = [UNMATCHED] * len(wishes)  # type: ignore[var-annotated]
    inside = [[] for _ in m.places]
    free = list(range(len(wishes)))
    while free:
        person = free.pop()
        if not wishes[person]:
            continue
        group = wishes[person].pop(0)
        inside[group].append(person)
        got[person] = group
        if len(inside[group]) > m.places[group]:
            out = min(inside[group], key=lambda each: wants[each, group])
            inside[group].remove(out)
            got[out] = UNMATCHED
            free.append(out)
    return got


@pytest.mark.parametrize("ties", [False, True])
def test_random_markets_are_stable(ties: bool) -> None:
    """No candidate and group would both rather have each other, with and without ties."""
    luck = np.random.default_rng(1)
    placed = 0
    for _ in range(500 if THOROUGH else 150):
        m = market(luck, int(luck.integers(1, 40)), int(luck.integers(1, 10)), ties=ties)
        got = m.match()
        assert valid(m, got) and not blocking(m, got).any()
        placed += int((got >= 0).sum())
    assert placed > 600


def test_the_check_of_stability_can_fail() -> None:
    """Of random placements in a market with rivals most are blocked by some pair."""
    luck = np.random.default_rng(2)
    m = market(luck, 20, 5)
    got = m.match()
    swapped = got.copy()
    first = np.flatnonzero(got >= 0)[0]
    second = np.flatnonzero(got == UNMATCHED)[0]
    swapped[first] = UNMATCHED
    assert not blocking(m, got).any() and blocking(m, swapped).any() and second >= 0


@pytest.mark.parametrize("ties", [False, True])
def test_the_same_as_one_knock_at_a_time(ties: bool) -> None:
    """All candidates at a time and one at a time come to the same."""
    luck = np.random.default_rng(3)
    for _ in range(200):
        m = market(luck, int(luck.integers(1, 15)), int(luck.integers(1, 6)), ties=ties)
        assert m.match().tolist() == one_at_a_time(m)


def stable_matchings(m: Market) -> list[np.ndarray]:
    """Every stable matching, by trying all."""
    options: list[list[int]] = [[UNMATCHED, *np.flatnonzero(row >= 0).tolist()] for row in preferences(m)[0]]
    every = (np.array(each) for each in product(*options))
    return [got for got in every if valid(m, got) and not blocking(m, got).any()]


def test_best_for_every_candidate_among_all_stable_matchings() -> None:
    """By trying all matchings of tiny markets: each candidate has the best that any stable one gives them."""
    luck = np.random.default_rng(4)
    choices = 0
    for _ in range(120):
        m = market(luck, int(luck.integers(1, 5)), int(luck.integers(1, 4)), ties=bool(luck.integers(2)), most=3)
        likes, _ = preferences(m)
        likes = np.column_stack([likes, np.full(len(likes), 0)])  # no post, the last column, is better than impossible
        every = stable_matchings(m)
        got = m.match()
        assert any((each == got).all() for each in every)
        people = np.arange(len(got))
        for other in every:
            assert (likes[people, got] >= likes[people, other]).all()
        choices += len(every) > 1
    assert choices > 0


@given(st.integers(0, 2**32 - 1), st.booleans())
def test_a_post_more_harms_no_candidate(seed: int, ties: bool) -> None:
    """With a place more in any group everybody has what they had, or what they like better."""
    luck = np.random.default_rng(seed)
    m = market(luck, int(luck.integers(1, 30)), int(luck.integers(1, 7)), ties=ties)
    more = m.places.copy()
    more[luck.integers(len(more))] += 1
    likes = np.column_stack([preferences(m)[0], np.zeros(len(m.identity), int)])
    people = np.arange(len(m.identity))
    before = m.match()
    after = attrs.evolve(m, places=more).match()
    assert (likes[people, after] >= likes[people, before]).all()


@given(st.integers(0, 2**32 - 1))
def test_the_order_of_the_pairs_is_nothing(seed: int) -> None:
    """The same pairs in another order give the same matching."""
    luck = np.random.default_rng(seed)
    m = market(luck, 12, 4, ties=True)
    order = luck.permutation(len(m.candidate))
    pairs: dict[str, Any] = {name: getattr(m, name)[order] for name in ("candidate", "group", "ranking", "score")}
    assert (attrs.evolve(m, **pairs).match() == m.match()).all()


def test_ties_go_to_the_lower_identity_and_the_lower_group() -> None:
    """Two equals at one door: the lower identity; one person at two equal doors: the lower group."""
    ones = np.ones(2)
    door = {"candidate": np.array([0, 1]), "group": np.zeros(2, int), "ranking": ones, "score": ones}
    assert deferred_acceptance(**door, identity=np.array([9, 4]), places=np.array([1])).tolist() == [UNMATCHED, 0]
    doors = {"candidate": np.zeros(2, int), "group": np.array([1, 0]), "ranking": ones, "score": ones}
    assert deferred_acceptance(**doors, identity=np.array([7]), places=np.array([1, 1])).tolist() == [0]


def test_nobody_nothing_and_no_places() -> None:
    """No candidates, no pairs, and doors that stay shut."""
    none = np.empty(0, int)
    empty = np.empty(0)
    bare = {"candidate": none, "group": none, "ranking": empty, "score": empty}
    assert deferred_acceptance(**bare, identity=none, places=none).tolist() == []
    assert deferred_acceptance(**bare, identity=np.arange(3), places=np.array([2])).tolist() == [UNMATCHED] * 3
    shut = {"candidate": np.array([0]), "group": np.array([0]), "ranking": np.ones(1), "score": np.ones(1)}
    assert deferred_acceptance(**shut, identity=np.array([0]), places=np.array([0])).tolist() == [UNMATCHED]
