"""Carry out effects. There is a fixed set of effects, and each one is checked before it changes the state of the run."""

from __future__ import annotations

from collections.abc import Mapping

import attrs
import numpy as np

from nhstransit.arrays import AnyArray, Bools, Rows
from nhstransit.engine.instant import Instant
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
from nhstransit.log import MONEY, NOBODY, Kind
from nhstransit.workforce.columns import NEVER, RiskClass

_VACANT = "name only posts where `situation.posts.vacant` is true"
_AWAY = "name only people whose `returned` is false"


class Applier:
    """Carries out effects in one run."""

    def __init__(self, world: World, processes: Processes) -> None:
        self._world = world
        self._do = processes
        self._of_bodies = BodyApplier(world, processes)

    def purses(self, day: int) -> Mapping[str, Purse]:
        """The amount left in each fund on a day, by name."""
        return self._do.purses.now(day)

    def take(self, effect: Effect, at: Instant, willing: Bools) -> Rows | None:
        """Carry out one well-formed effect.

        Args:
            effect: the effect to carry out, with positions for all posts that it names.
            at: the instant, with the policy that acts.
            willing: (people,) who applied to be paid for leaving.

        Returns:
            The positions of the posts that the effect opened, one for each of its rows. None for any other effect.

        Raises:
            PolicyError: if the effect cannot be carried out in the present state. The message names the policy.
        """
        # An effect on nobody would write empty events and schedule days on which nothing happens.
        rows = getattr(effect, "rows", None)
        if rows is not None:
            if not len(rows):
                return None
            self._check_people(effect, rows, at.name)
        match effect:
            case Depart():
                self._depart(effect, at, willing)
            case Appoint():
                self._appoint(effect, at)
            case Hire():
                self._hire(effect, at)
            case Rejoin():
                self._rejoin(effect, at)
            case Back():
                self._back(effect, at)
            case Lodge():
                self._lodge(effect, at)
            case Retain():
                self._retain(effect, at)
            case Designate():
                self._designate(effect, at)
            case Turn():
                self._turn(effect, at)
            case Consult():
                self._consult(effect, at)
            case Pay():
                self._pay(effect, at)
            case _:
                return self._of_bodies.take(effect, at)
        return None

    def _check_people(self, effect: Effect, rows: Rows, name: str) -> None:
        """Check that each person is named once and is in post, or has left if the effect brings people back."""
        columns = self._world.columns
        # A person named twice would be written once to the columns, but twice to the log.
        refuse(twice(rows), name, "names the same person twice", "name each person once")
        gone = columns["post"][rows] < 0
        coming = isinstance(effect, (Rejoin, Back))
        # A repayment may come from a person who has left, so it counts nobody as gone.
        gone &= not _repays(effect)
        refuse(gone.any() and not coming, name, "acts on somebody who has left", "name only people in post")
        refuse(coming and not gone.all(), name, "brings back somebody who is in post", "name only people who have left")
        # Somebody who has left and has a next post returns later today, because an earlier policy arranged it.
        promised = columns["next_post"][rows] >= 0
        refuse(
            coming and promised.any(),
            name,
            "brings back somebody who is already promised a post",
            "name only people whose `next_post` is -1",
        )

    def _depart(self, effect: Depart, at: Instant, willing: Bools) -> None:
        columns = self._world.columns
        rows = effect.rows
        # The last day may be today: policies act before the departures of a day.
        past = effect.last_day < at.day
        refuse(past.any(), at.name, "agrees an exit in the past", "give a later last day")
        # The columns have room for one exit and one next post per person.
        agreed = columns["exit_rule"][rows] >= 0
        refuse(agreed.any(), at.name, "agrees a second exit", "name only people whose `exit_rule` is -1")
        promised = columns["next_post"][rows] >= 0
        refuse(
            promised.any(),
            at.name,
            "agrees an exit for somebody who is promised a post",
            "name only people whose `next_post` is -1",
        )
        self._do.exits.agree(effect, at, willing[rows])

    def _appoint(self, effect: Appoint, at: Instant) -> None:
        world = self._world
        columns = world.columns
        rows = effect.rows
        posts = effect.posts
        vacant = world.posts_now.vacant[posts]
        refuse(twice(posts), at.name, "fills one post twice", "appoint one person per post")
        refuse(not vacant.all(), at.name, "fills a post that is not vacant", _VACANT)
        # A redundancy is voidable: a new post cancels it. Any other agreed exit binds both sides.
        agreed = columns["exit_rule"][rows] >= 0
        bound = agreed & ~columns["exit_voidable"][rows]
        refuse(
            bound.any(), at.name, "appoints somebody whose exit is agreed", "name only people without an agreed exit"
        )
        promised = columns["next_post"][rows] >= 0
        refuse(
            promised.any(),
            at.name,
            "appoints somebody who is promised a post",
            "name only people whose `next_post` is -1",
        )
        # A transfer on the day after the last day is in time, because moves come before the closure at that midnight.
        # Anybody who starts later would already have left with the employer.
        closes = world.bodies.closes[columns["employer"][rows]]
        late = (closes < NEVER) & (effect.start > closes + 1)
        refuse(late.any(), at.name, "promises a post that starts after the employer has closed", "give an earlier day")
        self._do.exits.appoint(effect, at)

    def _hire(self, effect: Hire, at: Instant) -> None:
        posts = effect.posts
        vacant = self._world.posts_now.vacant[posts]
        refuse(twice(posts), at.name, "hires twice for one post", "hire one person per post")
        refuse(not vacant.all(), at.name, "hires for a post that is not vacant", _VACANT)
        refuse(effect.start <= at.day, at.name, "lets newcomers start on the same day", "give a later day")
        self._do.exits.hire(effect, at)

    def _rejoin(self, effect: Rejoin, at: Instant) -> None:
        world = self._world
        posts = effect.posts
        vacant = world.posts_now.vacant[posts]
        refuse(twice(posts), at.name, "fills one post twice", "bring back one person per post")
        refuse(not vacant.all(), at.name, "fills a post that is not vacant", _VACANT)
        # `returned` marks people who work elsewhere in the NHS, or as interims. They are not free to return here.
        back = world.columns["returned"][effect.rows]
        refuse(back.any(), at.name, "brings back somebody who is back", _AWAY)
        # People return in today's arrivals, after the departures of today, so a term must last until tomorrow.
        over = effect.until is not None and (effect.until <= at.day).any()
        refuse(over, at.name, "brings back somebody for a term that is over", "give a later last day")
        self._do.exits.rejoin(effect, at)

    def _lodge(self, effect: Lodge, at: Instant) -> None:
        world = self._world
        posts = effect.posts
        vacant = world.posts_now.vacant[posts]
        refuse(twice(posts), at.name, "fills one post twice", "lodge one person per post")
        refuse(not vacant.all(), at.name, "lodges somebody in a post that is not vacant", _VACANT)
        bound = world.columns["exit_rule"][effect.rows] >= 0
        refuse(
            not bound.all(), at.name, "lodges somebody who is not under notice", "name only people with an agreed exit"
        )
        refuse(effect.start <= at.day, at.name, "lodges people on the same day", "give a later day")
        self._do.exits.lodge(effect, at)

    def _back(self, effect: Back, at: Instant) -> None:
        world = self._world
        rows = effect.rows
        back = world.columns["returned"][rows]
        refuse(back.any(), at.name, "brings back somebody who is back", _AWAY)
        world.record(at, Kind.BACK, rows)
        world.columns["returned"][rows] = True

    def _retain(self, effect: Retain, at: Instant) -> None:
        world = self._world
        columns = self._world.columns
        rows = effect.rows
        refuse(effect.until < at.day, at.name, "sets a guarantee that ends before today", "give a later day")
        # "not at least 0" also refuses NaN, which "below 0" would accept.
        refuse(not effect.premium >= 0, at.name, f"pays a premium of {effect.premium}", "give a share of 0 or more")
        # A guarantee that is still running is binding, so a second one can only improve it.
        old_until = columns["retained_until"][rows]
        old_premium = columns["premium"][rows]
        running = old_until >= at.day
        until = np.where(running, np.maximum(old_until, effect.until), effect.until)
        premium = np.where(running, np.maximum(old_premium, effect.premium), effect.premium)
        # The event reports what the premium costs in a full year at today's pay. The money itself is paid monthly.
        basic = columns["pay_pence"][rows] - columns["supplement_pence"][rows]
        wte = columns["wte_hundredths"][rows] / 100.0
        yearly = np.rint(basic * wte * premium)
        world.write(
            at,
            Kind.RETAINED,
            columns["staff"][rows],
            first=columns["post"][rows],
            second=until,
            pence=yearly.astype("int64"),
        )
        # Premiums earned under the old terms are paid before the columns with these terms are overwritten.
        self._do.months.settle(rows, at)
        columns["retained_from"][rows] = at.day
        columns["retained_until"][rows] = until
        columns["premium"][rows] = premium
        # Otherwise a fixed term would end the job before the guarantee does.
        sooner = columns["contract_ends"][rows] < until
        self._do.natural.contract(rows[sooner], until[sooner])
        # Rates depend on the premium and on perceived risk, so they are computed after both have changed.
        world.turn_class(rows, RiskClass.GUARANTEED, at)
        self._do.natural.rerate(rows, at.day)

    def _designate(self, effect: Designate, at: Instant) -> None:
        columns = self._world.columns
        rows = effect.rows
        changed = rows[columns["critical"][rows] != effect.critical]
        # People who are critical according to the staff list keep that status; a policy can end only what a policy gave.
        if not effect.critical:
            changed = changed[~columns["listed"][changed]]
        kind = Kind.DESIGNATED if effect.critical else Kind.LAPSED
        self._world.record(at, kind, changed, first=columns["post"][changed])
        columns["critical"][changed] = effect.critical

    def _turn(self, effect: Turn, at: Instant) -> None:
        world = self._world
        rows = effect.rows
        # Stored risk is usually that of the 1st of the month. Today's risk is the origin of a new trajectory.
        self._do.months.feel(rows, at.day)
        if effect.risk_class is not None:
            world.turn_class(rows, effect.risk_class, at)
        if effect.target is not None:
            pace = self._do.months.pace(effect.ramp_months, effect.half_life_months)
            turn_risk(world, rows, effect.target, effect.weight, at.day, pace)
        if effect.disposition is not None:
            turn_disposition(world, rows, effect.disposition, at)
        self._do.natural.rerate(rows, at.day)

    def _consult(self, effect: Consult, at: Instant) -> None:
        columns = self._world.columns
        rows = effect.rows
        self._world.write(
            at,
            Kind.CONSULTED,
            columns["staff"][rows],
            first=columns["post"][rows],
            second=effect.until,
        )
        # Notice is due on the day after the consultation ends.
        if effect.chosen:
            columns["notice_due"][rows] = effect.until + 1

    def _pay(self, effect: Pay, at: Instant) -> None:
        refuse(
            effect.kind not in MONEY,
            at.name,
            f"pays the unknown kind of money {effect.kind!r}",
            "use one of `log.MONEY`",
        )
        # `paid_pence` is the severance that each person got on leaving, which is the most that can be claimed back.
        most = self._world.columns["paid_pence"][effect.rows]
        refuse(
            _repays(effect) and (effect.pence > most).any(),
            at.name,
            "claws back more than was paid",
            "claw back at most `paid_pence`",
        )
        posts = self._world.columns["post"][effect.rows]
        self._world.record(at, effect.kind, effect.rows, first=posts, pence=effect.pence)
        if effect.until >= 0:
            self._world.columns["course_until"][effect.rows] = effect.until


def _repays(effect: Effect) -> bool:
    """Whether the effect can be a repayment. People who have left can make one."""
    return isinstance(effect, Pay) and effect.kind is Kind.CLAWBACK


@attrs.frozen(kw_only=True)
class Processes:
    """The processes of a run that effects can start."""

    natural: Natural
    exits: Exits
    months: Months
    bodies: Bodies
    interims: Interims
    purses: Purses


class BodyApplier:
    """Carries out the effects that concern employers rather than people."""

    def __init__(self, world: World, processes: Processes) -> None:
        self._world = world
        self._do = processes

    def take(self, effect: Effect, at: Instant) -> Rows | None:
        """Carry out one well-formed effect on employers, posts or money.

        Returns:
            The positions of the posts that the effect opened. None for any other effect.

        Raises:
            PolicyError: if the effect cannot be carried out in the present state. The message names the policy.
        """
        match effect:
            case Engage():
                self._engage(effect, at)
            case Draw():
                self._draw(effect, at)
            case Find():
                self._find(effect, at)
            case Extend():
                self._extend(effect, at)
            case OpenPosts():
                return self._open(effect, at)
            case RemovePosts():
                self._remove(effect, at)
        return None

    def _engage(self, effect: Engage, at: Instant) -> None:
        world = self._world
        columns = world.columns
        posts = effect.posts
        refuse(twice(posts), at.name, "covers one post twice", "engage one interim per post")
        # A post that is reserved for a newcomer is not vacant, but it can be covered until the newcomer starts.
        coverable = world.posts_now.coverable[posts]
        refuse(
            not coverable.all(),
            at.name,
            "covers a post that is not vacant",
            "name only posts where `situation.posts.coverable` is true",
        )
        covered = world.posts["interim"][posts] != NOBODY
        refuse(covered.any(), at.name, "covers a post that is covered already", "name only posts whose `interim` is -1")
        past = effect.until < at.day
        refuse(past.any(), at.name, "engages an interim until a day in the past", "give a later day")
        # `who` is −1 for a person from an agency. The remaining checks concern former employees only.
        who = effect.who[effect.who >= 0]
        refuse(twice(who), at.name, "engages somebody twice", "name each person once")
        here = (columns["post"][who] >= 0) | (columns["next_post"][who] >= 0)
        refuse(here.any(), at.name, "engages somebody who is in post", "engage people who have left")
        refuse(columns["returned"][who].any(), at.name, "engages somebody who is back", _AWAY)
        self._do.interims.engage(effect, at)

    def _draw(self, effect: Draw, at: Instant) -> None:
        refuse(
            effect.fund not in self._do.purses.now(at.day),
            at.name,
            f"draws on the fund {effect.fund!r}, which does not exist",
            "name a fund",
        )
        refuse(
            self._do.purses.lacks(effect, at.day),
            at.name,
            f"draws more from {effect.fund} than is left",
            "draw at most the `pence` of `situation.purses`",
        )
        self._do.purses.draw(effect, at)

    def _find(self, effect: Find, at: Instant) -> None:
        some = np.flatnonzero(effect.pence > 0)
        employer = effect.employer[some]
        pence = effect.pence[some]
        # `add.at` adds every entry of an employer that is there several times; `+=` would add only the last.
        np.add.at(self._world.to_find, employer, pence)
        self._world.record_bodies(at, Kind.TO_FIND, employer, NOBODY, pence=pence)

    def _extend(self, effect: Extend, at: Instant) -> None:
        bodies = effect.employer
        closes = self._world.bodies.closes[bodies]
        refuse(twice(bodies), at.name, "extends one employer twice", "name each employer once")
        # An employer whose last day is today has not closed yet: closures are at the next midnight.
        closed = (closes < at.day).any()
        stays_open = (closes >= NEVER).any()
        refuse(
            closed or stays_open,
            at.name,
            "extends an employer that is not going to close",
            "name only employers with a closing day in `situation.bodies.closes`",
        )
        past = effect.closes < at.day
        refuse(past.any(), at.name, "closes an employer on a day in the past", "give a later day")
        self._do.bodies.extend(effect, at)

    def _open(self, effect: OpenPosts, at: Instant) -> Rows:
        world = self._world
        given = effect.instead_of
        refuse(
            given is not None and twice(given[given >= 0]), at.name, "takes over one post twice", "name each post once"
        )
        employer = np.asarray(effect.employer)
        function = np.asarray(effect.function)
        band = np.asarray(effect.band)
        # A post can be taken over only while it is funded and its removal would be credited as a saving. Any other new
        # post is an additional one, and its cost is debited.
        instead = np.full(len(employer), NOBODY, "int32")
        if given is not None:
            known = np.maximum(given, 0)  # -1 would read the last post; the mask below leaves these entries out
            may = (given >= 0) & world.posts["credited"][known] & world.posts["funded"][known]
            instead[:] = np.where(may, given, NOBODY)
        takes_over = instead >= 0
        cost = self._least_cost(band, at.day) if effect.pence is None else effect.pence
        posts = world.add_posts(employer, function, band, at.day)
        # The right to the saving passes from the old post to the new one, so that it is credited only once.
        world.posts["credited"][posts] = takes_over
        world.posts["credited"][instead[takes_over]] = False
        world.open_posts(posts, at, pence=np.where(takes_over, 0, cost), instead_of=instead)
        return posts

    def _least_cost(self, band: AnyArray, day: int) -> AnyArray:
        """Yearly cost in pence of a full-time person on the lowest point of each band, with on-costs, (n,)."""
        law = self._world.law
        today = self._world.calendar.origin + day
        pay = law.annual_pay(band, np.zeros(len(band), "int8"), today)
        return law.employer_cost(pay, np.ones(len(band)), today)

    def _remove(self, effect: RemovePosts, at: Instant) -> None:
        refuse(twice(effect.posts), at.name, "removes one post twice", "name each post once")
        empty: AnyArray = self._world.posts_now.vacant[effect.posts]
        refuse(not empty.all(), at.name, "removes a post that is not vacant", _VACANT)
        self._world.remove_posts(np.asarray(effect.posts), at, effect.pence)
