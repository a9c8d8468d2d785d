"""Carrying out effects: the closed set of what may follow from a policy, each checked before it touches the world."""

from __future__ import annotations

import attrs
import numpy as np

from nhstransit.arrays import AnyArray, Bools, Rows
from nhstransit.engine.minds import turn_disposition, turn_risk
from nhstransit.engine.processes.bodies import Bodies
from nhstransit.engine.processes.exits import Exits
from nhstransit.engine.processes.interims import Interims
from nhstransit.engine.processes.months import Months
from nhstransit.engine.processes.natural import Natural
from nhstransit.engine.processes.purses import Purses
from nhstransit.engine.wellformed import refuse, twice
from nhstransit.engine.world import World
from nhstransit.grammar import (
    Appoint,
    Back,
    Consult,
    Depart,
    Designate,
    Draw,
    Effect,
    Engage,
    Extend,
    Find,
    Hire,
    Lodge,
    OpenPosts,
    Pay,
    Purse,
    Rejoin,
    RemovePosts,
    Retain,
    Turn,
)
from nhstransit.log import MONEY, NOBODY, Kind, Phase
from nhstransit.workforce.columns import NEVER, RiskClass


class Applier:
    """Carries effects out on one world."""

    def __init__(self, world: World, processes: Processes) -> None:
        self._world, self._do = world, processes
        self._of_bodies = BodyApplier(world, processes)

    def purses(self, day: int) -> dict[str, Purse]:
        """What is left of each fund on a day."""
        return self._do.purses.now(day)

    def take(self, effect: Effect, day: int, phase: Phase, rule: int, name: str, willing: Bools) -> None:
        """Carry out one well-formed effect; `willing` (people,) are those who applied to be paid for going.

        Raises PolicyError, naming the policy, where it cannot be, as things stand.
        """
        rows = getattr(effect, "rows", None)
        if rows is not None:
            if not len(rows):
                return
            self._check_people(effect, rows, name)
        match effect:
            case Depart():
                self._depart(effect, day, phase, rule, name, willing)
            case Appoint():
                self._appoint(effect, day, phase, rule, name)
            case Hire():
                self._hire(effect, day, rule, name)
            case Rejoin():
                self._rejoin(effect, day, rule, name)
            case Back():
                self._back(effect, day, phase, rule, name)
            case Lodge():
                self._lodge(effect, day, rule, name)
            case Retain():
                self._retain(effect, day, phase, rule, name)
            case Designate():
                self._designate(effect, day, phase, rule)
            case Turn():
                self._turn(effect, day, phase, rule)
            case Consult():
                self._consult(effect, day, phase, rule)
            case Pay():
                self._pay(effect, day, phase, rule, name)
            case _:
                self._of_bodies.take(effect, day, phase, rule, name)

    def _check_people(self, effect: Effect, rows: Rows, name: str) -> None:
        """Each is named once, and here, or away where they come back."""
        refuse(twice(rows), name, "does the same to somebody twice", "name each once")
        gone, coming = self._world.columns["post"][rows] < 0, isinstance(effect, (Rejoin, Back))
        gone &= not _repays(effect)
        refuse(gone.any() and not coming, name, "acts on somebody who has left", "do not")
        refuse(coming and not gone.all(), name, "brings back somebody who is here", "leave them out")
        kept = self._world.columns["next_post"][rows] >= 0
        refuse(coming and kept.any(), name, "brings back somebody for whom a post is kept", "see `next_post`")

    def _depart(self, effect: Depart, day: int, phase: Phase, rule: int, name: str, willing: Bools) -> None:
        columns, rows = self._world.columns, effect.rows
        refuse((effect.last_day < day).any(), name, "agrees an exit in the past", "give a later last day")
        refuse((columns["exit_rule"][rows] >= 0).any(), name, "agrees a second exit", "leave out the settled")
        refuse((columns["next_post"][rows] >= 0).any(), name, "lets go who has a post", "leave out the settled")
        self._do.exits.agree(effect, day, phase, rule, willing[effect.rows])

    def _appoint(self, effect: Appoint, day: int, phase: Phase, rule: int, name: str) -> None:
        world, posts = self._world, effect.posts
        refuse(twice(posts), name, "fills one post twice", "appoint one person a post")
        refuse(not world.posts_now.vacant[posts].all(), name, "fills a post that is not vacant", "see `vacant`")
        bound = (world.columns["exit_rule"][effect.rows] >= 0) & ~world.columns["exit_voidable"][effect.rows]
        refuse(bound.any(), name, "appoints somebody whose exit is agreed", "leave them out")
        refuse((world.columns["next_post"][effect.rows] >= 0).any(), name, "appoints twice", "leave them out")
        closes = world.bodies.closes[world.columns["employer"][effect.rows]]
        late = (closes < NEVER) & (effect.start > closes + 1)
        refuse(late.any(), name, "promises a post that starts after the employer has closed", "let it start by then")
        self._do.exits.appoint(effect, day, phase, rule)

    def _hire(self, effect: Hire, day: int, rule: int, name: str) -> None:
        posts = effect.posts
        refuse(twice(posts), name, "hires twice for one post", "hire one person a post")
        refuse(not self._world.posts_now.vacant[posts].all(), name, "hires for a post not vacant", "see `vacant`")
        refuse(effect.start <= day, name, "lets newcomers start at once", "give a later day")
        self._do.exits.hire(effect, day, rule)

    def _rejoin(self, effect: Rejoin, day: int, rule: int, name: str) -> None:
        world, posts = self._world, effect.posts
        refuse(twice(posts), name, "fills one post twice", "bring back one person a post")
        refuse(not world.posts_now.vacant[posts].all(), name, "fills a post that is not vacant", "see `vacant`")
        refuse(world.columns["returned"][effect.rows].any(), name, "brings back somebody who is back", "see `returned`")
        over = effect.until is not None and (effect.until <= day).any()
        refuse(over, name, "brings somebody back for a term that is over", "give a later last day")
        self._do.exits.rejoin(effect, day, rule)

    def _lodge(self, effect: Lodge, day: int, rule: int, name: str) -> None:
        world, posts = self._world, effect.posts
        refuse(twice(posts), name, "fills one post twice", "lodge one person a post")
        refuse(not world.posts_now.vacant[posts].all(), name, "lodges in a post that is not vacant", "see `vacant`")
        bound = world.columns["exit_rule"][effect.rows] >= 0
        refuse(not bound.all(), name, "lodges somebody who is not going", "see `exit_rule`")
        refuse(effect.start <= day, name, "lodges people at once", "give a later day")
        self._do.exits.lodge(effect, rule)

    def _back(self, effect: Back, day: int, phase: Phase, rule: int, name: str) -> None:
        world, rows = self._world, effect.rows
        refuse(world.columns["returned"][rows].any(), name, "brings back somebody who is back", "see `returned`")
        world.record(day, phase, Kind.BACK, rule, rows)
        world.columns["returned"][rows] = True

    def _retain(self, effect: Retain, day: int, phase: Phase, rule: int, name: str) -> None:
        world, columns, rows = self._world, self._world.columns, effect.rows
        refuse(effect.until < day, name, "guarantees to a day that is past", "give a later day")
        refuse(not effect.premium >= 0, name, f"pays a premium of {effect.premium}", "give a share of 0 or more")
        running = columns["retained_until"][rows] >= day
        until = np.where(running, np.maximum(columns["retained_until"][rows], effect.until), effect.until)
        premium = np.where(running, np.maximum(columns["premium"][rows], effect.premium), effect.premium)
        basic = columns["pay_pence"][rows] - columns["supplement_pence"][rows]
        yearly = np.rint(basic * (columns["wte_hundredths"][rows] / 100.0) * premium)
        world.log.add(
            day,
            phase,
            Kind.RETAINED,
            rule,
            columns["staff"][rows],
            from_post=columns["post"][rows],
            to_post=until,
            pence=yearly.astype("int64"),
        )
        self._do.months.settle(rows, day, phase)
        columns["retained_from"][rows] = day
        columns["retained_until"][rows] = until
        columns["premium"][rows] = premium
        sooner = columns["contract_ends"][rows] < until
        self._do.natural.contract(rows[sooner], until[sooner])
        world.turn_class(rows, RiskClass.GUARANTEED, day, phase, rule)
        self._do.natural.rerate(rows, day)

    def _designate(self, effect: Designate, day: int, phase: Phase, rule: int) -> None:
        columns, rows = self._world.columns, effect.rows
        changed = rows[columns["critical"][rows] != effect.critical]
        if not effect.critical:
            changed = changed[~columns["listed"][changed]]
        kind = Kind.DESIGNATED if effect.critical else Kind.LAPSED
        self._world.record(day, phase, kind, rule, changed, from_post=columns["post"][changed])
        columns["critical"][changed] = effect.critical

    def _turn(self, effect: Turn, day: int, phase: Phase, rule: int) -> None:
        world, rows = self._world, effect.rows
        self._do.months.feel(rows, day)
        if effect.risk_class is not None:
            world.turn_class(rows, effect.risk_class, day, phase, rule)
        if effect.target is not None:
            pace = self._do.months.pace(effect.ramp_months, effect.half_life_months)
            turn_risk(world, rows, effect.target, effect.weight, day, pace)
        if effect.disposition is not None:
            turn_disposition(world, rows, effect.disposition, day, phase, rule)
        self._do.natural.rerate(rows, day)

    def _consult(self, effect: Consult, day: int, phase: Phase, rule: int) -> None:
        columns, rows = self._world.columns, effect.rows
        self._world.log.add(
            day,
            phase,
            Kind.CONSULTED,
            rule,
            columns["staff"][rows],
            from_post=columns["post"][rows],
            to_post=effect.until,
        )
        if effect.chosen:
            columns["notice_due"][rows] = effect.until + 1

    def _pay(self, effect: Pay, day: int, phase: Phase, rule: int, name: str) -> None:
        refuse(effect.kind not in MONEY, name, f"pays in {effect.kind!r}", "use a kind of money of the log")
        most = self._world.columns["paid_pence"][effect.rows]
        refuse(
            _repays(effect) and (effect.pence > most).any(), name, "claws back more than was paid", "see `paid_pence`"
        )
        posts = self._world.columns["post"][effect.rows]
        self._world.record(day, phase, effect.kind, rule, effect.rows, from_post=posts, pence=effect.pence)
        if effect.until >= 0:
            self._world.columns["course_until"][effect.rows] = effect.until


def _repays(effect: Effect) -> bool:
    """Whether money comes back, which those who have left can do."""
    return isinstance(effect, Pay) and effect.kind is Kind.CLAWBACK


# Carrying out effects on bodies, their posts and their money, each checked before it touches the world.


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
