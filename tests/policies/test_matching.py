"""Deferred acceptance: stable, best for candidates, and equal to the algorithm as Gale and Shapley published it."""

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
    """The arguments of `deferred_acceptance` by name."""

    candidate: np.ndarray
    group: np.ndarray
    ranking: np.ndarray
    score: np.ndarray
    identity: np.ndarray
    places: np.ndarray

    def match(self) -> np.ndarray:
        return deferred_acceptance(**attrs.asdict(self, recurse=False))


def market(rng: np.random.Generator, people: int, groups: int, *, ties: bool = False, most: int = 4) -> Market:
    """A random market in which about half of all pairs are possible."""
    edges = np.argwhere(rng.random((people, groups)) < 0.5)
    rng.shuffle(edges)
    draw = (lambda: rng.integers(0, 3, len(edges)).astype(float)) if ties else (lambda: rng.random(len(edges)))
    return Market(
        candidate=edges[:, 0],
        group=edges[:, 1],
        ranking=draw(),
        score=draw(),
        identity=rng.permutation(people),
        places=rng.integers(0, most, groups),
    )


def preferences(m: Market) -> tuple[np.ndarray, np.ndarray]:
    """Two strict orders over all pairs, (people, groups): each person's order of groups, each group's order of people.

    Higher is better; −1 marks an impossible pair. A person prefers the lower of two tied groups. A group prefers the
    lower identity of two tied people.
    """
    by_person = np.full((len(m.identity), len(m.places)), -1)
    by_group = by_person.copy()
    order = np.lexsort((m.group, -m.ranking))
    by_person[m.candidate[order], m.group[order]] = np.arange(len(order), 0, -1)
    order = np.lexsort((m.identity[m.candidate], -m.score))
    by_group[m.candidate[order], m.group[order]] = np.arange(len(order), 0, -1)
    return by_person, by_group


def blocking(m: Market, matched: np.ndarray) -> np.ndarray:
    """Blocking pairs, (people, groups): the person and the group both prefer each other to their present match."""
    by_person, by_group = preferences(m)
    people, groups = by_person.shape
    placed = np.flatnonzero(matched >= 0)
    mine = np.zeros(people, int)
    mine[placed] = by_person[placed, matched[placed]]
    held = np.bincount(matched[placed], minlength=groups)
    worst = np.full(groups, len(m.group) + 1)
    np.minimum.at(worst, matched[placed], by_group[placed, matched[placed]])
    room = held < m.places
    return (by_person > mine[:, None]) & (room | ((by_group > worst) & (m.places > 0)))


def valid(m: Market, matched: np.ndarray) -> bool:
    """Whether every match is a possible pair, and no group has more people than places."""
    placed = np.flatnonzero(matched != UNMATCHED)
    open_to = set(zip(m.candidate.tolist(), m.group.tolist(), strict=True))
    pairs = set(zip(placed.tolist(), matched[placed].tolist(), strict=True))
    return pairs <= open_to and bool((np.bincount(matched[placed], minlength=len(m.places)) <= m.places).all())


def one_at_a_time(m: Market) -> list[int]:
    """The algorithm as Gale and Shapley published it: one candidate applies at a time."""
    by_person, by_group = preferences(m)
    wishes = [[g for g in np.argsort(-row).tolist() if row[g] >= 0] for row in by_person]
    matched = [UNMATCHED] * len(wishes)  # type: ignore[var-annotated]
    inside = [[] for _ in m.places]
    free = list(range(len(wishes)))
    while free:
        person = free.pop()
        if not wishes[person]:
            continue
        group = wishes[person].pop(0)
        inside[group].append(person)
        matched[person] = group
        if len(inside[group]) > m.places[group]:
            out = min(inside[group], key=lambda each: by_group[each, group])
            inside[group].remove(out)
            matched[out] = UNMATCHED
            free.append(out)
    return matched


@pytest.mark.parametrize("ties", [False, True])
def test_random_markets_are_stable(ties: bool) -> None:
    """There is no blocking pair, with ties or without."""
    rng = np.random.default_rng(1)
    placed = 0
    for _ in range(500 if THOROUGH else 150):
        m = market(rng, int(rng.integers(1, 40)), int(rng.integers(1, 10)), ties=ties)
        matched = m.match()
        assert valid(m, matched) and not blocking(m, matched).any()
        placed += int((matched >= 0).sum())
    assert placed > 600


def test_the_check_of_stability_can_fail() -> None:
    """If a matched candidate loses their place, a blocking pair appears."""
    rng = np.random.default_rng(2)
    m = market(rng, 20, 5)
    matched = m.match()
    swapped = matched.copy()
    first = np.flatnonzero(matched >= 0)[0]
    second = np.flatnonzero(matched == UNMATCHED)[0]
    swapped[first] = UNMATCHED
    assert not blocking(m, matched).any() and blocking(m, swapped).any() and second >= 0


@pytest.mark.parametrize("ties", [False, True])
def test_the_result_is_the_same_as_with_one_application_at_a_time(ties: bool) -> None:
    """Rounds in which all free candidates apply lead to the same matching as single applications."""
    rng = np.random.default_rng(3)
    for _ in range(200):
        m = market(rng, int(rng.integers(1, 15)), int(rng.integers(1, 6)), ties=ties)
        assert m.match().tolist() == one_at_a_time(m)


def stable_matchings(m: Market) -> list[np.ndarray]:
    """Every stable matching, found by trying all matchings."""
    options: list[list[int]] = [[UNMATCHED, *np.flatnonzero(row >= 0).tolist()] for row in preferences(m)[0]]
    every = (np.array(each) for each in product(*options))
    return [matched for matched in every if valid(m, matched) and not blocking(m, matched).any()]


def test_no_stable_matching_is_better_for_any_candidate() -> None:
    """Checked against all stable matchings of tiny markets."""
    rng = np.random.default_rng(4)
    choices = 0
    for _ in range(120):
        m = market(rng, int(rng.integers(1, 5)), int(rng.integers(1, 4)), ties=bool(rng.integers(2)), most=3)
        by_person, _ = preferences(m)
        by_person = np.column_stack(
            [by_person, np.full(len(by_person), 0)]
        )  # the last column means unmatched, which beats an impossible pair
        every = stable_matchings(m)
        matched = m.match()
        assert any((each == matched).all() for each in every)
        people = np.arange(len(matched))
        for other in every:
            assert (by_person[people, matched] >= by_person[people, other]).all()
        choices += len(every) > 1
    assert choices > 0


@given(st.integers(0, 2**32 - 1), st.booleans())
def test_one_more_post_harms_no_candidate(seed: int, ties: bool) -> None:
    """With one more place in any group, each candidate keeps their group or gets one that they prefer."""
    rng = np.random.default_rng(seed)
    m = market(rng, int(rng.integers(1, 30)), int(rng.integers(1, 7)), ties=ties)
    more = m.places.copy()
    more[rng.integers(len(more))] += 1
    by_person = np.column_stack([preferences(m)[0], np.zeros(len(m.identity), int)])
    people = np.arange(len(m.identity))
    before = m.match()
    after = attrs.evolve(m, places=more).match()
    assert (by_person[people, after] >= by_person[people, before]).all()


@given(st.integers(0, 2**32 - 1))
def test_the_order_of_the_pairs_does_not_matter(seed: int) -> None:
    """The same pairs in another order lead to the same matching."""
    rng = np.random.default_rng(seed)
    m = market(rng, 12, 4, ties=True)
    order = rng.permutation(len(m.candidate))
    pairs: dict[str, Any] = {name: getattr(m, name)[order] for name in ("candidate", "group", "ranking", "score")}
    assert (attrs.evolve(m, **pairs).match() == m.match()).all()


def test_ties_go_to_the_lower_identity_and_the_lower_group() -> None:
    """One place goes to the lower identity of two tied people. One person gets the lower of two tied groups."""
    ones = np.ones(2)
    one_group = {"candidate": np.array([0, 1]), "group": np.zeros(2, int), "ranking": ones, "score": ones}
    assert deferred_acceptance(**one_group, identity=np.array([9, 4]), places=np.array([1])).tolist() == [UNMATCHED, 0]
    two_groups = {"candidate": np.zeros(2, int), "group": np.array([1, 0]), "ranking": ones, "score": ones}
    assert deferred_acceptance(**two_groups, identity=np.array([7]), places=np.array([1, 1])).tolist() == [0]


def test_markets_without_candidates_pairs_or_places() -> None:
    """Nobody is matched."""
    none = np.empty(0, int)
    empty = np.empty(0)
    bare = {"candidate": none, "group": none, "ranking": empty, "score": empty}
    assert deferred_acceptance(**bare, identity=none, places=none).tolist() == []
    assert deferred_acceptance(**bare, identity=np.arange(3), places=np.array([2])).tolist() == [UNMATCHED] * 3
    no_places = {"candidate": np.array([0]), "group": np.array([0]), "ranking": np.ones(1), "score": np.ones(1)}
    assert deferred_acceptance(**no_places, identity=np.array([0]), places=np.array([0])).tolist() == [UNMATCHED]
