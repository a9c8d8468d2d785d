"""Bodies, posts and money of the twin: what opens and closes, what is saved, drawn and to be found."""

from __future__ import annotations

from functools import partial
from typing import Any

import attrs
import numpy as np

from benchmarks.cover import Covers
from nhstransit.dates import financial_year
from nhstransit.grammar import Draw, Extend, Find, OpenPosts, PostsNow, Purse, RemovePosts
from nhstransit.log import RULES, Kind, Phase
from nhstransit.organisations.posts import post_keys
from nhstransit.workforce.columns import NEVER


class Estate:
    """Posts in columns, for policies look at all of them; each opens and goes on its own."""

    def __init__(self, twin: Any, scenario: Any) -> None:
        self._twin, self._told, self._funds = twin, scenario.organisations, scenario.funds
        self._functions, self.bodies = scenario.functions, scenario.roster
        self.closes = self.bodies.closes.tolist()
        self.to_find = np.zeros(len(self.bodies), "int64")
        self.saved: dict[int, Any] = {}
        self._left: dict[tuple[str, int], Any] = {}
        self._ordinals: dict[tuple[int, ...], int] = {}
        self.followers: list[Any] = []  # told when a body is to close on another day
        self.covers = Covers(twin, self)
        self._found(*scenario.opening)

    def _found(self, posts: Any, seats: Any) -> None:
        """Posts, and the days on which bodies open and close."""
        still, self._ordinal = -np.ones(len(posts), "int32"), posts.ordinal
        columns = {name: getattr(posts, name) for name in ("employer", "function", "band", "key", "opens")}
        self.posts = PostsNow(
            **columns,
            funded=(posts.opens <= 0) & (self.bodies.closes[posts.employer] >= 0),
            holder=still,
            reserved=still.copy(),
            spell=np.zeros(len(posts), "int32"),
            interim=still.copy(),
        )
        self.posts.holder[seats] = np.arange(len(seats))
        for day in np.unique(posts.opens[posts.opens > 0]).tolist():
            opening = partial(self._open, day, np.flatnonzero(posts.opens == day))
            self._twin.at(day, Phase.OPENINGS, RULES["opening"], opening)
        self._close_on(self.closes)

    def _open(self, day: int, posts: Any) -> None:
        self.posts.funded[posts] = True
        nobody = np.full(len(posts), -1)
        self._twin.add(day, Phase.OPENINGS, Kind.OPENED, RULES["opening"], nobody, to_post=posts)

    def _close_on(self, days: list[int]) -> None:
        for last in {day for day in days if 0 <= day < NEVER}:
            self._twin.at(last + 1, Phase.CLOSURES, RULES["closure"], partial(self._close, last))

    def _close(self, last: int) -> None:
        """Bodies whose last day, as things stand, was yesterday: whoever is left goes, and the posts."""
        rule, posts = RULES["closure"], self.posts
        for person in self._twin.persons:
            if person.post >= 0 and self.closes[person.employer] == last:
                self._twin.depart(person, last + 1, int(Phase.CLOSURES), rule)
        for post in np.flatnonzero((self.bodies.closes == last)[posts.employer] & posts.funded).tolist():
            self.remove(post, last + 1, int(Phase.CLOSURES), rule, 0)

    def remove(self, post: int, day: int, phase: int, rule: int, pence: int) -> None:
        """An empty post goes, and with it any promise and cover of it."""
        posts, row = self.posts, int(self.posts.reserved[post])
        if row >= 0:
            self._twin.persons[row].next_post = -1
        self.covers.end(post, day, phase)
        posts.funded[post], posts.reserved[post] = False, -1
        self._twin.events.append((day, phase, 2, rule, -1, post, -1, pence))
        if rule not in self.saved:
            self.saved[rule] = np.zeros(len(self.bodies), "int64")
        self.saved[rule][posts.employer[post]] += pence

    def remove_posts(self, effect: RemovePosts, day: int, phase: int, rule: int) -> None:
        """A policy does away with vacant posts."""
        for post, pence in zip(effect.posts.tolist(), effect.pence.tolist(), strict=True):
            self.remove(post, day, phase, rule, pence)

    def open_posts(self, effect: OpenPosts, day: int, phase: int, rule: int) -> None:
        """New posts, which can be filled from now on."""
        size, fresh = len(self.posts.key), len(effect.employer)
        cells = [np.asarray(cell) for cell in (effect.employer, effect.function, effect.band)]
        ordinal = np.array([self._next(cell) for cell in zip(*(c.tolist() for c in cells), strict=True)], "int32")
        starts = dict(zip(("employer", "function", "band"), cells, strict=True))
        starts["key"] = post_keys(self.bodies.names, self._functions, *cells, ordinal)
        starts |= {"opens": np.full(fresh, day), "funded": np.ones(fresh, bool), "spell": np.zeros(fresh)}
        starts |= dict.fromkeys(("holder", "reserved", "interim"), np.full(fresh, -1))
        old = {name: getattr(self.posts, name) for name in starts}
        columns = {name: np.append(column, starts[name].astype(column.dtype)) for name, column in old.items()}
        self.posts = attrs.evolve(self.posts, **columns)
        self._twin.add(day, phase, Kind.OPENED, rule, np.full(fresh, -1), to_post=np.arange(size, size + fresh))

    def _next(self, cell: tuple[int, ...]) -> int:
        """The next number of a post of this body, function and band."""
        if not self._ordinals:
            posts = (self.posts.employer, self.posts.function, self.posts.band, self._ordinal)
            for *known, ordinal in zip(*(column.tolist() for column in posts), strict=True):
                self._ordinals[tuple(known)] = max(self._ordinals.get(tuple(known), 0), ordinal + 1)
        self._ordinals[cell] = self._ordinals.get(cell, 0) + 1
        return self._ordinals[cell] - 1

    def extend(self, effect: Extend, day: int, phase: int, rule: int) -> None:
        """Bodies close on another day than was meant; policies look at their days again."""
        closes = self.bodies.closes.copy()
        closes[effect.employer] = effect.closes
        self.bodies, self.closes = attrs.evolve(self.bodies, closes=closes), closes.tolist()
        nobody = np.full(len(effect.employer), -1)
        self._twin.add(day, phase, Kind.EXTENDED, rule, nobody, from_post=effect.employer, to_post=effect.closes)
        self._close_on(effect.closes.tolist())
        for follow in self.followers:
            follow()

    def find(self, effect: Find, day: int, phase: int, rule: int) -> None:
        """Bodies have more to find."""
        for body, pence in zip(effect.employer.tolist(), effect.pence.tolist(), strict=True):
            if pence > 0:
                self.to_find[body] += pence
                self._twin.events.append((day, phase, int(Kind.TO_FIND), rule, -1, body, -1, pence))

    def purses(self, day: int) -> dict[str, Purse]:
        """What is left of each fund in the financial year of the day."""
        funds = self._funds.items()
        return {name: Purse(number=fund.purses(self.bodies), pence=self._purse(name, day)) for name, fund in funds}

    def draw(self, effect: Draw, day: int, phase: int, rule: int) -> None:
        """Money is taken out of purses."""
        fund, left = list(self._funds).index(effect.fund), self._purse(effect.fund, day)
        number = self._funds[effect.fund].purses(self.bodies).tolist()
        for body, pence in zip(effect.employer.tolist(), effect.pence.tolist(), strict=True):
            if pence > 0 and number[body] >= 0:
                left[number[body]] -= pence
                self._twin.events.append((day, phase, int(Kind.DRAWN), rule, -1, body, fund, pence))

    def _purse(self, name: str, day: int) -> Any:
        year = int(financial_year(self._twin.origin + day))
        if (name, year) not in self._left:
            self._left[name, year] = self._funds[name].filled(self._told, self.bodies, year)
        return self._left[name, year]
