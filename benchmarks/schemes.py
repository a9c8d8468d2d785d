"""The library's policies and choices at work in the twin: people gathered as columns, asked, and sorted out, in bulk."""

from __future__ import annotations

from functools import partial
from operator import attrgetter
from typing import Any

import attrs
import numpy as np

from benchmarks.lives import Person
from nhstransit.grammar import PERSONAL, Answers, Ask, Occasion, Proposals, Prospects, Situation, luck_of
from nhstransit.log import Kind, Phase
from nhstransit.streams import Chances, Luck
from nhstransit.workforce.columns import COLUMNS, NEVER, Disposition, Status

_NOBODY = np.empty(0, np.intp)
_TYPES = {**COLUMNS, "key": "uint64", "risk": "float32", "premium": "float64", "exit_voidable": "bool"}
_TYPES |= {"returned": "bool", "left_rule": "int16", "departures": "int16", "paid_pence": "int64"}


class Gathered:
    """Everybody's state as columns, each gathered when a policy first asks for it."""

    def __init__(self, people: list[Person]) -> None:
        self._people = people

    def __getattr__(self, name: str) -> Any:
        column = np.fromiter(map(attrgetter(name), self._people), _TYPES.get(name, "int32"), len(self._people))
        self.__dict__[name] = column
        return column

    @property
    def in_post(self) -> Any:
        return self.post >= 0

    @property
    def status(self) -> Any:
        leaving = np.where(self.exit_rule >= 0, int(Status.LEAVING), int(Status.IN_POST))
        return np.where(self.in_post, leaving, int(Status.OUTSIDE)).astype("int8")

    @property
    def settled(self) -> Any:
        return (self.exit_rule >= 0) | (self.next_post >= 0)

    def wte(self, rows: Any) -> Any:
        return self.wte_hundredths[rows] / 100.0


class Scheme:
    """One policy at work on the twin: propose, answer, select, confirm, take effect."""

    def __init__(self, name: str, policy: Any, behaviour: Any, twin: Any, applier: Any, luck: Luck) -> None:
        self._name, self._policy, self._behaviour, self._rule = name, policy, behaviour, twin.rules[name]
        self._twin, self._applier, self._luck = twin, applier, luck
        self._planned: set[Occasion] = set()
        self._plan()
        twin.estate.followers.append(self._plan)

    def _plan(self) -> None:
        """Enter its days into the calendar; again, those not known before, when a body is to close on another day."""
        occasions = self._policy.days(self._twin.calendar, self._twin.estate.bodies)
        fresh = [one for one in occasions if one.day >= 0 and one not in self._planned]
        self._planned |= set(fresh)
        steps = [(one.day, one.phase, partial(self._act, one, _NOBODY)) for one in fresh]
        self._twin.scheme(steps, self._rule)

    def _act(self, occasion: Occasion, asked: Any) -> None:
        twin, estate = self._twin, self._twin.estate
        situation = Situation(
            day=occasion.day,
            stage=occasion.stage,
            round=occasion.round,
            calendar=twin.calendar,
            people=twin.gather(),
            posts=estate.posts,
            bodies=estate.bodies,
            law=twin.law,
            functions=twin.functions,
            opening_bill=twin.opening_bill,
            to_find=estate.to_find,
            saved={twin.names[rule]: saved for rule, saved in estate.saved.items() if rule in twin.names},
            purses=estate.purses(occasion.day),
            asked=asked,
            rules=twin.rules,
            rule=self._rule,
        )
        proposals = self._policy.propose(situation)
        if proposals is None:
            return
        chances = Chances(self._luck, luck_of(self._name, self._policy), occasion.round)
        answers = self._answers(proposals, situation, chances)
        effects = self._policy.select(situation, proposals, answers, chances)
        signed = None
        question = self._policy.question
        if self._policy.signed and question is not None and type(proposals) is not Proposals:
            rows = proposals.rows[answers.yes if effects.chosen is None else effects.chosen]
            signed = np.zeros(len(twin.persons), bool)
            signed[rows] = self._behaviour.choice(question).sign(rows, situation.people, chances)
        if effects.chosen is not None:
            self._note(occasion, proposals, answers.yes, effects.chosen, signed)
        for effect in effects.then:
            self._take(effect if signed is None else _kept(effect, signed), occasion)

    def _answers(self, proposals: Any, situation: Situation, chances: Chances) -> Answers:
        question = self._policy.question
        if question is None or type(proposals) is Proposals:
            return Answers(said=np.ones(len(proposals), "int8"))
        prospects = self._prospects(proposals.rows, situation)
        return self._behaviour.choice(question).answer(proposals, prospects, situation.people, chances)

    def _prospects(self, rows: Any, situation: Situation) -> Prospects:
        """What each may expect, looked up once a person."""
        people, law, origin = situation.people, situation.law, situation.calendar.origin
        asked = np.zeros(len(people.staff), bool)
        asked[rows] = True
        each, place = np.flatnonzero(asked), np.cumsum(asked, dtype="int32")[rows] - 1
        closes = situation.bodies.closes[people.employer[each]]
        leaving = np.where(closes < NEVER, closes, situation.day) + origin
        here, bodies = people.employer[people.in_post], len(situation.bodies)
        averse = people.disposition[people.in_post] == Disposition.LEAVER
        share = np.bincount(here, averse, bodies) / np.maximum(np.bincount(here, minlength=bodies), 1)
        reached = law.pension_reached(people.born[each], people.section[each], situation.epoch_day)
        return Prospects(
            risk=people.risk[rows].astype("float64"),
            redundancy_months=law.redundancy_months(people.service_from[each], leaving)[place],
            pension_reached=reached[place],
            disaffected=share[people.employer[rows]],
        )

    def _note(self, occasion: Occasion, proposals: Any, yes: Any, chosen: Any, signed: Any) -> None:
        applied, first = np.unique(proposals.rows[yes], return_index=True)
        pence = getattr(proposals, "pence", None)
        approved = np.unique(proposals.rows[chosen])
        groups = [(Kind.APPLIED, applied, 0 if pence is None else pence[yes][first]), (Kind.APPROVED, approved, 0)]
        groups.append((Kind.REFUSED, np.setdiff1d(applied, approved), 0))
        if signed is not None:
            groups.append((Kind.WITHDREW, approved[~signed[approved]], 0))
        people = self._twin.gather()
        for kind, rows, sums in groups:
            staff, posts = people.staff[rows], people.post[rows]
            self._twin.add(occasion.day, occasion.phase, kind, self._rule, staff, from_post=posts, pence=sums)

    def _take(self, effect: Any, occasion: Occasion) -> None:
        if isinstance(effect, Ask):
            later = Occasion(effect.day, effect.stage, occasion.round, Phase.WINDOWS)
            self._twin.at(effect.day, later.phase, self._rule, partial(self._act, later, effect.rows))
        else:
            self._applier.take(effect, occasion.day, occasion.phase, self._rule)


def _kept(effect: Any, signed: Any) -> Any:
    """An effect on those who signed."""
    if not isinstance(effect, PERSONAL):
        return effect
    kept, fields = signed[effect.rows], attrs.asdict(effect, recurse=False)
    columns = {name: column[kept] for name, column in fields.items() if isinstance(column, np.ndarray)}
    return attrs.evolve(effect, **columns)
