"""Carrying out effects on bodies, their posts and their money, each checked before it touches the world."""

from __future__ import annotations

import attrs
import numpy as np

from nhstransit.arrays import AnyArray
from nhstransit.engine.processes.bodies import Bodies
from nhstransit.engine.processes.exits import Exits
from nhstransit.engine.processes.interims import Interims
from nhstransit.engine.processes.months import Months
from nhstransit.engine.processes.natural import Natural
from nhstransit.engine.processes.purses import Purses
from nhstransit.engine.wellformed import refuse, twice
from nhstransit.engine.world import World
from nhstransit.eventlog import NOBODY, Kind, Phase
from nhstransit.grammar import Draw, Effect, Engage, Extend, Find, OpenPosts, RemovePosts
from nhstransit.workforce.columns import NEVER


@attrs.frozen(kw_only=True)
class Processes:
    """The processes of a run that effects set going."""

    natural: Natural
    exits: Exits
    months: Months
    bodies: Bodies
    interims: Interims
    purses: Purses


class BodyApplier:
    """Carries out on one world what concerns bodies rather than people."""

    def __init__(self, world: World, processes: Processes) -> None:
        self._world, self._do = world, processes

    def take(self, effect: Effect, day: int, phase: Phase, rule: int, name: str) -> None:
        """Carry out one well-formed effect. Raises PolicyError, naming the policy, where it cannot be, as things stand."""
        match effect:
            case Engage():
                self._engage(effect, day, phase, rule, name)
            case Draw():
                self._draw(effect, day, phase, rule, name)
            case Find():
                self._find(effect, day, phase, rule)
            case Extend():
                self._extend(effect, day, phase, rule, name)
            case OpenPosts():
                self._open(effect, day, phase, rule, name)
            case RemovePosts():
                self._remove(effect, day, phase, rule, name)

    def _engage(self, effect: Engage, day: int, phase: Phase, rule: int, name: str) -> None:
        world, posts, who = self._world, effect.posts, effect.who[effect.who >= 0]
        refuse(twice(posts), name, "covers one post twice", "engage one interim a post")
        refuse(not world.posts_now.coverable[posts].all(), name, "covers a post that is not vacant", "see `coverable`")
        refuse((world.posts["interim"][posts] != NOBODY).any(), name, "covers a covered post", "see `interim`")
        refuse((effect.until < day).any(), name, "engages to a day that is past", "give a later day")
        refuse(twice(who), name, "engages somebody twice", "name each once")
        here = (world.columns["post"][who] >= 0) | (world.columns["next_post"][who] >= 0)
        refuse(here.any(), name, "engages somebody who is here", "engage those who have left")
        refuse(world.columns["returned"][who].any(), name, "engages somebody who is back", "see `returned`")
        self._do.interims.engage(effect, day, phase, rule)

    def _draw(self, effect: Draw, day: int, phase: Phase, rule: int, name: str) -> None:
        refuse(effect.fund not in self._do.purses.now(day), name, f"draws on {effect.fund!r}", "name a fund")
        refuse(self._do.purses.lacks(effect, day), name, f"draws more of {effect.fund} than is left", "see `purses`")
        self._do.purses.draw(effect, day, phase, rule)

    def _find(self, effect: Find, day: int, phase: Phase, rule: int) -> None:
        some = np.flatnonzero(effect.pence > 0)
        np.add.at(self._world.to_find, effect.employer[some], effect.pence[some])
        self._world.record_bodies(
            day, phase, Kind.TO_FIND, rule, effect.employer[some], NOBODY, pence=effect.pence[some]
        )

    def _extend(self, effect: Extend, day: int, phase: Phase, rule: int, name: str) -> None:
        bodies, closes = effect.employer, self._world.bodies.closes[effect.employer]
        refuse(twice(bodies), name, "extends one body twice", "name each once")
        refuse(
            (closes < day).any() or (closes >= NEVER).any(), name, "extends a body not about to close", "see `closes`"
        )
        refuse((effect.closes < day).any(), name, "closes a body on a day that is past", "give a later day")
        self._do.bodies.extend(effect, day, phase, rule)

    def _open(self, effect: OpenPosts, day: int, phase: Phase, rule: int, name: str) -> None:
        given = effect.instead_of
        refuse(given is not None and twice(given[given >= 0]), name, "takes over one post twice", "name each once")
        employer, function, band = (np.asarray(c) for c in (effect.employer, effect.function, effect.band))
        world = self._world
        instead = np.full(len(employer), NOBODY, "int32")
        if effect.instead_of is not None:
            known = np.maximum(effect.instead_of, 0)
            may = (effect.instead_of >= 0) & world.posts["credited"][known] & world.posts["funded"][known]
            instead[:] = np.where(may, effect.instead_of, NOBODY)
        takes_over = instead >= 0
        cost = self._least_cost(band, day) if effect.pence is None else effect.pence
        posts = world.add_posts(employer, function, band, day)
        world.posts["credited"][posts] = takes_over
        world.posts["credited"][instead[takes_over]] = False
        world.open_posts(posts, day, phase, rule, pence=np.where(takes_over, 0, cost), instead_of=instead)

    def _least_cost(self, band: AnyArray, day: int) -> AnyArray:
        """Pence a year of somebody full time on the lowest point of each band, with on-costs, (n,)."""
        law, today = self._world.law, self._world.calendar.origin + day
        pay = law.annual_pay(band, np.zeros(len(band), "int8"), today)
        return law.employer_cost(pay, np.ones(len(band)), today)

    def _remove(self, effect: RemovePosts, day: int, phase: Phase, rule: int, name: str) -> None:
        refuse(twice(effect.posts), name, "removes one post twice", "name each once")
        empty: AnyArray = self._world.posts_now.vacant[effect.posts]
        refuse(not empty.all(), name, "removes a post that is not vacant", "see `vacant`")
        self._world.remove_posts(np.asarray(effect.posts), day, phase, rule, effect.pence)
