"""The one path of every policy through a run: propose, answer, select, confirm, take effect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property, partial
from typing import Any

import attrs
import numpy as np

from nhstransit.arrays import Bools, Floats, Ints, Longs, Rows, guarded
from nhstransit.behaviour import Behaviour
from nhstransit.engine.apply import Applier
from nhstransit.engine.clock import Clock
from nhstransit.engine.instant import Instant
from nhstransit.engine.wellformed import check_effect, check_rows, refuse, with_positions
from nhstransit.engine.world import World
from nhstransit.errors import PolicyError, nearest
from nhstransit.grammar import (
    PERSONAL,
    QUESTIONS,
    Answers,
    Ask,
    Effect,
    Effects,
    Occasion,
    OpenPosts,
    Policy,
    Proposals,
    Prospects,
    Question,
    Situation,
    joined,
    luck_of,
)
from nhstransit.log import ENGINE_RULES, Kind, Phase
from nhstransit.organisations.appetites import Appetites
from nhstransit.streams import Chances, Luck
from nhstransit.workforce.columns import NEVER, Disposition

_NOBODY: Rows = np.empty(0, np.intp)


class Scheme:
    """One policy at work in one run."""

    def __init__(
        self,
        name: str,
        policy: Policy,
        behaviour: Behaviour,
        world: World,
        clock: Clock,
        applier: Applier,
        luck: Luck,
        rules: Mapping[str, int],
    ) -> None:
        self._name = name
        self._policy = policy
        self._behaviour = behaviour
        self._world = world
        self._clock = clock
        self._applier = applier
        self._luck = luck
        self._rule = rules[name]
        self._rules = rules
        # Of policies only: what a policy may read about other rules leaves out those of the engine.
        self._names = {code: known for known, code in rules.items() if known not in ENGINE_RULES}
        self._key = luck_of(name, policy)
        if policy.question is not None and policy.question not in QUESTIONS:
            raise PolicyError(
                f"policies.{name}",
                f"has an unknown question, {policy.question!r}",
                nearest(str(policy.question), QUESTIONS),
            )
        self._planned: set[Occasion] = set()
        self._plan()
        world.followers.append(self._plan)

    def _plan(self) -> None:
        """Enter the policy's days into the calendar. Called again for new days when a closing day changes."""
        # What a policy decides must be in the calendar before the departures of the day, which carry it out.
        occasions = self._policy.days(self._world.calendar, self._world.bodies)
        late = [occasion for occasion in occasions if occasion.phase >= Phase.DEPARTURES]
        refuse(late, self._name, "acts after the day's departures have begun", "choose an earlier phase")
        # A day that was planned before is in the calendar already, and a second entry would make the policy act twice.
        fresh = [one for one in occasions if one.day >= 0 and one not in self._planned]
        self._planned |= set(fresh)
        steps = [(self._at(one), partial(self._act, one, _NOBODY)) for one in fresh]
        self._clock.scheme(steps)

    def _at(self, occasion: Occasion) -> Instant:
        """The instant of an occasion of this policy."""
        return Instant(occasion.day, occasion.phase, self._rule, self._name)

    def _act(self, occasion: Occasion, asked: Rows) -> None:
        """Act on one occasion, through the five steps."""
        at = self._at(occasion)
        situation = self._situation(occasion, asked)
        proposals = self._policy.propose(situation)
        if proposals is None:
            return
        if not isinstance(proposals, Proposals):
            raise PolicyError(
                f"policies.{self._name}", f"returned {proposals!r} as its proposals", "return Proposals, or None"
            )
        # All parts are answered and selected before anything takes effect, so no part sees the effects of another.
        chances = Chances(self._luck, self._key, occasion.round)
        said = Said(len(situation.people.staff))
        selected = [self._selected(part, situation, chances, said) for part in proposals.parts()]
        self._note(at, said)
        willing = said.willing
        signed = said.signed if said.signs else None
        # Each effect is checked just before it is carried out, because it may refer to posts that an earlier one opened.
        opened: dict[OpenPosts, Rows] = {}  # positions of the posts that effects of this answer have opened so far
        for given in joined(selected):
            effect = with_positions(given, opened, self._name)
            check_effect(effect, self._name, self._world)
            if signed is not None:
                effect = _kept(effect, signed)
            made = self._take(effect, occasion, at, willing)
            if isinstance(given, OpenPosts) and made is not None:
                opened[given] = made

    def _selected(self, proposals: Proposals, situation: Situation, chances: Chances, said: Said) -> tuple[Effect, ...]:
        """Answers to proposals, the selection and signatures, which are entered in `said`. Returns the effects."""
        self._check(proposals)
        answers = self._answers(proposals, situation, chances)
        effects = self._policy.select(situation, proposals, answers, chances)
        self._check_effects(effects, proposals)
        question = self._policy.question
        # Plain `Proposals` ask nobody anything, so nobody signs. Without a selection, everyone who accepted is selected.
        if self._policy.signed and question is not None and type(proposals) is not Proposals:
            chosen = proposals.rows[answers.yes if effects.chosen is None else effects.chosen]
            signs = self._signatures(question, chosen, chances)
            said.sign(chosen[signs])
        # Applications and decisions are logged only where the employer selects.
        if effects.chosen is not None:
            yes = proposals.rows[answers.yes]
            pence = getattr(proposals, "pence", None)
            offered = None if pence is None else pence[answers.yes]
            said.apply(yes, proposals.rows[effects.chosen], offered)
            if question == "severance" and offered is not None:
                said.give_up(yes, offered)
        return effects.then

    def _situation(self, occasion: Occasion, asked: Rows) -> Situation:
        world = self._world
        return Situation(
            day=occasion.day,
            stage=occasion.stage,
            round=occasion.round,
            calendar=world.calendar,
            people=world.people,
            posts=world.posts_now,
            bodies=world.bodies,
            law=world.law,
            functions=world.functions,
            opening_bill=world.opening_bill,
            usual_pay=guarded(world.usual_pay),
            to_find=guarded(world.to_find),
            saved=self._by_name(world.saved),
            applied=self._by_name(world.applied),
            purses=self._applier.purses(occasion.day),
            asked=asked,
            rules=self._rules,
            rule=self._rule,
        )

    def _answers(self, proposals: Proposals, situation: Situation, chances: Chances) -> Answers:
        """What people answer. If nobody is asked, everyone counts as accepting."""
        question = self._policy.question
        if question is None or type(proposals) is Proposals:
            return Answers(said=np.ones(len(proposals), "int8"))
        choice = self._behaviour.choice(question)
        prospects = self._prospects(proposals.rows, situation)
        answers = choice.answer(proposals, prospects, situation.people, chances)
        if answers.said.shape != (len(proposals),):
            wrong = f"returned answers of shape {answers.said.shape} for {len(proposals)} proposals"
            raise PolicyError(f"behaviour.{question}", wrong, "return one answer for each proposal")
        return answers

    def _prospects(self, rows: Rows, situation: Situation) -> Prospects:
        """What each person may expect: risk, redundancy pay on the employer's closing day, and access to a pension."""
        appetites = self._appetites if self._policy.question == "severance" else None
        return Expected(rows, situation, appetites, self._disaffected)

    @cached_property
    def _appetites(self) -> Appetites:
        """The effects of employers and regions on applying for severance."""
        world = self._world
        return Appetites.of(world.bodies, self._luck, world.opening_bill.astype("float64"))

    def _disaffected(self) -> Floats:
        """Share of each employer's staff who are leavers by disposition and still there, (bodies,)."""
        people = self._world.people
        bodies = len(self._world.bodies)
        in_post = people.in_post
        here = people.employer[in_post]
        heads = np.bincount(here, minlength=bodies)
        averse = people.disposition[in_post] == Disposition.LEAVER
        leavers = np.bincount(here, weights=averse, minlength=bodies)
        return leavers / np.maximum(heads, 1)  # an employer without staff has a share of 0

    def _by_name(self, kept: Mapping[int, Longs]) -> dict[str, Longs]:
        """The columns by employer, (bodies,), of the rules that are policies: by name, and read-only."""
        found = {}
        for rule, column in kept.items():
            if rule in self._names:
                found[self._names[rule]] = guarded(column)
        return found

    def _signatures(self, question: Question, rows: Rows, chances: Chances) -> Bools:
        """Which of the people chosen sign, (rows,)."""
        choice = self._behaviour.choice(question)
        signs = np.asarray(choice.sign(rows, self._world.people, chances))
        if signs.shape != rows.shape:
            wrong = f"returned an array of shape {signs.shape} for {len(rows)} approved people"
            raise PolicyError(f"behaviour.{question}", wrong, "return one boolean for each person")
        return signs

    def _note(self, at: Instant, said: Said) -> None:
        """Log applications and the panel's decisions, if people were asked and the employer selects."""
        if not said.chooses:
            return
        posts = self._world.columns["post"]
        self._world.count_applications(np.flatnonzero(said.applied), at)
        # The kinds follow one another in the log as the steps do in time. Within a kind, people are in order of position.
        groups: list[tuple[Kind, Bools, Any]] = [
            (Kind.APPLIED, said.applied, said.offered[said.applied]),
            (Kind.APPROVED, said.approved, 0),
            (Kind.REFUSED, said.applied & ~said.approved, 0),
        ]
        if said.signs:
            groups.append((Kind.WITHDREW, said.approved & ~said.signed, 0))
        for kind, mask, sums in groups:
            rows = np.flatnonzero(mask)
            staff = self._world.columns["staff"][rows]
            self._world.write(at, kind, staff, first=posts[rows], pence=sums)

    def _take(self, effect: Effect, occasion: Occasion, at: Instant, willing: Bools) -> Rows | None:
        """Carry out an effect, or enter a reminder into the calendar. Returns the positions of posts that it opened."""
        # A reminder acts in the phase of windows. For today, that phase must not be over yet.
        if isinstance(effect, Ask):
            past = (effect.day, Phase.WINDOWS) < (at.day, at.phase)
            refuse(past, self._name, f"sets a reminder for day {effect.day}, in the past", "give a later day")
            later = Occasion(effect.day, effect.stage, occasion.round, Phase.WINDOWS)
            self._clock.at(self._at(later), partial(self._act, later, effect.rows))
            return None
        return self._applier.take(effect, at, willing)

    def _check(self, proposals: Proposals) -> None:
        """Raise PolicyError unless every proposal is to a person in post."""
        check_rows(proposals.rows, self._name, self._world, "proposes to")
        there = self._world.columns["post"][proposals.rows] >= 0
        refuse(not there.all(), self._name, "proposes to somebody who has left", "propose to people in post")

    def _check_effects(self, effects: Effects, proposals: Proposals) -> None:
        """Raise PolicyError unless the selection is well-formed."""
        known = isinstance(effects, Effects)
        refuse(
            not known, self._name, f"returned a {type(effects).__name__} as its selection", "return Effects, or NOTHING"
        )
        # A mask of another type would be read as positions, and would select other people without an error.
        if effects.chosen is not None:
            chosen = np.asarray(effects.chosen)
            fits = chosen.shape == (len(proposals),) and chosen.dtype == bool
            refuse(
                not fits,
                self._name,
                f"has a wrong `chosen` for {len(proposals)} proposals",
                "give one boolean for each proposal",
            )


class Said:
    """Which people applied, were approved and signed: masks of people, (people,), over all parts of the proposals."""

    def __init__(self, people: int) -> None:
        self.chooses = False  # whether the employer selects
        self.signs = False  # whether people sign
        self.applied = np.zeros(people, bool)
        self.approved = np.zeros(people, bool)
        self.signed = np.zeros(people, bool)
        self.willing = np.zeros(people, bool)  # applied to be paid for leaving
        self._people = people

    @cached_property
    def offered(self) -> Longs:
        """Pence in the first offer that each person accepted, (people,); zero if no accepted offer was money."""
        return np.zeros(self._people, "int64")

    def apply(self, yes: Rows, chosen: Rows, pence: Longs | None) -> None:
        """Enter the people who accepted, the people that the employer selected, and the pence offered, if any.

        Args:
            yes: positions of the people who accepted; one person may be there several times.
            chosen: positions of the people that the employer selected.
            pence: what each of `yes` was offered; None if the offer is not money.
        """
        self.chooses = True
        self.applied[yes] = True
        self.approved[chosen] = True
        if pence is not None:
            self.offered[yes[::-1]] = pence[::-1]  # reversed: the first of several offers is written last and stays

    def give_up(self, yes: Rows, pence: Longs) -> None:
        """Enter the people who applied to be paid for leaving, and so give up the rest of a guarantee."""
        self.willing[yes] = pence > 0

    def sign(self, rows: Rows) -> None:
        """Enter the people who signed."""
        self.signs = True
        self.signed[rows] = True


class Expected(Prospects):
    """Prospects, each computed when a choice reads it. A choice of posts has millions of rows and reads none of them."""

    rows: Rows
    situation: Situation
    averse: Callable[[], Floats]

    def __init__(
        self, rows: Rows, situation: Situation, appetites: Appetites | None, disaffected: Callable[[], Floats]
    ) -> None:
        # Prospects are frozen, so the fields are set directly. `appetites` is a slot of the base class, which `vars` lacks.
        vars(self).update(rows=rows, situation=situation, averse=disaffected)
        object.__setattr__(self, "appetites", appetites)

    @cached_property
    def _each(self) -> tuple[Rows, Ints]:
        """The distinct people, and the index of each row among them: one person may have many proposals."""
        # A mask of everyone finds the distinct people without a sort. The running count of asked people, minus one, is
        # then each person's index among them.
        asked = np.zeros(len(self.situation.people.staff), bool)
        asked[self.rows] = True
        running = np.cumsum(asked, dtype="int32")
        return np.flatnonzero(asked), running[self.rows] - 1

    @cached_property
    def risk(self) -> Floats:
        """Perceived risk, (rows,)."""
        return self.situation.people.risk[self.rows].astype("float64")

    @cached_property
    def redundancy_months(self) -> Floats:
        """Redundancy pay on the employer's closing day, in months of pay, (rows,)."""
        # The formula is computed once per person, and `[index]` repeats the result for each of the person's proposals.
        situation = self.situation
        each, index = self._each
        people = situation.people
        closes = situation.bodies.closes[people.employer[each]]
        leaving = np.where(closes < NEVER, closes, situation.day) + situation.calendar.origin
        since = people.service_from[each]
        born = people.born[each]
        months = situation.law.redundancy_months(since, leaving, born=born)
        return months[index]

    @cached_property
    def pension_reached(self) -> Bools:
        """Which people are past the minimum pension age, (rows,)."""
        situation = self.situation
        each, index = self._each
        people = situation.people
        born = people.born[each]
        section = people.section[each]
        reached = situation.law.pension_reached(born, section, situation.epoch_day)
        return reached[index]

    @cached_property
    def disaffected(self) -> Floats:
        """Share of the employer's staff who are leavers by disposition and still there, (rows,)."""
        return self.averse()[self.situation.people.employer[self.rows]]


def _kept(effect: Effect, signed: Bools) -> Effect:
    """The effect cut to the people who signed. Effects that need no signature are unchanged."""
    # Every array of such an effect has one entry per person, so all of them are cut by the same mask.
    if not isinstance(effect, PERSONAL):
        return effect
    kept = signed[effect.rows]
    columns: dict[str, Any] = {}
    for field in attrs.fields(type(effect)):
        given = getattr(effect, field.name)
        if isinstance(given, np.ndarray):
            columns[field.name] = given[kept]
    return attrs.evolve(effect, **columns)
