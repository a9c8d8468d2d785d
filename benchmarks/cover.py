"""Interims in the twin: one object for each cover of a post, paid month by month until it ends."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from nhstransit.grammar import Engage
from nhstransit.log import RULES, Kind, Phase


@dataclass(slots=True)
class Cover:
    """Who covers a post (staff −1: somebody from an agency), to which day, at what cost a day, paid up to when."""

    post: int
    staff: int
    until: int
    daily: int
    rule: int
    paid_to: int


class Covers:
    """All cover there is, by post."""

    def __init__(self, twin: Any, estate: Any) -> None:
        self._twin, self._estate = twin, estate
        self._covers: dict[int, Cover] = {}
        for day in {*twin.calendar.month_ends.tolist(), twin.calendar.days - 1}:
            twin.at(day, Phase.MONTH_END, RULES["month"], partial(self._pay, day))

    def engage(self, effect: Engage, day: int, phase: int, rule: int) -> None:
        """Cover begins today."""
        twin, interim = self._twin, self._estate.posts.interim
        columns = (effect.posts, effect.who, effect.until, effect.pence)
        for post, who, until, pence in zip(*(column.tolist() for column in columns), strict=True):
            staff = twin.persons[who].staff if who >= 0 else -1
            self._covers[post] = Cover(post, staff, until, pence, rule, day - 1)
            interim[post] = who if who >= 0 else -2
            if who >= 0:
                twin.persons[who].returned = True
            twin.events.append((day, phase, int(Kind.INTERIM), rule, staff, -1, post, pence))
        for last in set(effect.until.tolist()):
            twin.at(last + 1, Phase.OPENINGS, RULES["month"], partial(self._run_out, last))

    def end(self, post: int, day: int, phase: int) -> None:
        """Whoever covers this post does so no more from today."""
        if post in self._covers:
            cover = self._covers.pop(post)
            self._settle(cover, day - 1, day, phase)
            ended = (day, phase, int(Kind.INTERIM_ENDED), cover.rule, cover.staff, post, -1, 0)
            self._twin.events.append(ended)
            self._estate.posts.interim[post] = -1

    def _run_out(self, last: int) -> None:
        for cover in [cover for cover in self._covers.values() if cover.until == last]:
            self.end(cover.post, last + 1, int(Phase.OPENINGS))

    def _pay(self, day: int) -> None:
        for cover in self._covers.values():
            self._settle(cover, day, day, int(Phase.MONTH_END))

    def _settle(self, cover: Cover, to: int, day: int, phase: int) -> None:
        """Pay for the days since the last payment, the day `to` included."""
        last = max(min(cover.until, to), cover.paid_to)
        pence, cover.paid_to = cover.daily * (last - cover.paid_to), last
        if pence:
            self._twin.events.append((day, phase, int(Kind.AGENCY), cover.rule, cover.staff, cover.post, -1, pence))
