"""Agreed exits and new posts. People leave and are paid on their last day, and start in posts on their first day."""

from __future__ import annotations

from functools import partial

import attrs
import numpy as np

from nhstransit.arrays import Bools, Ints, Longs, Rows
from nhstransit.engine.clock import Clock
from nhstransit.engine.instant import Instant
from nhstransit.engine.processes.natural import Natural
from nhstransit.engine.world import World
from nhstransit.grammar import Appoint, Depart, Hire, Lodge, Newcomers, Rejoin
from nhstransit.log import NOBODY, Kind, Phase
from nhstransit.scenario.order import GOING
from nhstransit.workforce.columns import NEVER, Status

_GOING = "agreed exits"  # name of the rule under which a day's agreed exits act; its number is `GOING`
NEWCOMER = -2  # in `reserved`: reserved for a newcomer who has not started yet


@attrs.frozen(eq=False, kw_only=True)
class _Batch:
    """Exits agreed on one occasion by one rule, in (n,) columns."""

    agreed: Instant
    rows: Rows
    last_day: Ints
    severance: Longs
    in_lieu: Longs
    strain: Longs
    remove: Bools
    willing: Bools  # (n,) whether the person applied for it


class Exits:
    """Everything that is agreed for a later day."""

    def __init__(self, world: World, clock: Clock, natural: Natural) -> None:
        self._world = world
        self._clock = clock
        self._natural = natural
        self._batches: list[_Batch] = []
        self._by_day: dict[int, list[int]] = {}
        self._coming: dict[tuple[int, int], list[Hire]] = {}
        self._agreed: dict[int, Instant] = {}  # the last instant at which each rule agreed an exit

    def agree(self, depart: Depart, at: Instant, willing: Bools) -> None:
        """Enter exits into the columns and the calendar. From today these people can no longer quit.

        Args:
            depart: the exits, with (n,) people, last days and pence.
            at: the instant at which they are agreed.
            willing: (n,) whether each person applied to leave, and so gives up the rest of a guarantee.
        """
        # The event reports what the person is to be paid. The strain cost goes to the pension scheme and is not part of it.
        columns = self._world.columns
        rows = depart.rows
        last = np.asarray(depart.last_day, "int32")
        paid = depart.severance + depart.in_lieu
        self._world.write(
            at,
            Kind.EXIT_AGREED,
            columns["staff"][rows],
            first=columns["post"][rows],
            second=last,
            pence=paid,
        )
        self._agreed[at.rule] = at
        columns["last_day"][rows] = last
        columns["exit_rule"][rows] = at.rule
        columns["exit_batch"][rows] = len(self._batches)
        columns["exit_voidable"][rows] = depart.voidable
        columns["status"][rows] = Status.LEAVING
        # If a redundancy is cancelled by a new post, the old post is still to be removed, under the rule that gave notice.
        columns["post_goes"][rows] = np.where(depart.remove & depart.voidable, at.rule, -1)
        # One event per last day acts on every batch with people who leave then, whichever policies agreed their exits.
        for leaving in np.unique(last).tolist():
            if leaving not in self._by_day:
                self._by_day[leaving] = []
                going = Instant(leaving, Phase.DEPARTURES, GOING, _GOING)
                self._clock.at(going, partial(self._go, leaving))
            self._by_day[leaving].append(len(self._batches))
        self._batches.append(
            _Batch(
                agreed=at,
                rows=rows,
                last_day=last,
                severance=depart.severance,
                in_lieu=depart.in_lieu,
                strain=depart.strain,
                remove=depart.remove,
                willing=willing,
            )
        )
        # People with an agreed exit do not resign, so two of their four clocks stop.
        self._natural.rerate(rows, at.day)

    def _go(self, day: int) -> None:
        """Act on a last day. People still in post, with that exit still agreed, leave and are paid."""

        def order(number: int) -> tuple[int, int]:
            """Batches act in the order of their rules, and those of one rule in the order in which they were agreed."""
            return self._clock.order(self._batches[number].agreed.rule), number

        for number in sorted(self._by_day.pop(day), key=order):
            batch = self._batches[number]
            # A person who left by another way, or whose exit was cancelled, no longer has this batch's number.
            agreed_still = self._world.columns["exit_batch"][batch.rows] == number
            here = (batch.last_day == day) & agreed_still
            if here.any():
                self._pay_and_go(batch, here, day)

    def _pay_and_go(self, batch: _Batch, here: Bools, day: int) -> None:
        # `here` is a mask of the batch. Everything below is cut to the people who leave today, (rows,).
        world = self._world
        rows = batch.rows[here]
        remove = batch.remove[here]
        at = batch.agreed.later(day, Phase.DEPARTURES)
        # Posts are read before the departure, after which these people have none.
        posts = world.columns["post"][rows]
        saving = world.yearly(rows[remove], day)
        # People who applied to leave gave up the rest of their guarantee.
        owed = world.unexpired(rows, day) * ~batch.willing[here]
        world.depart(rows, at)
        # `depart` resets what was paid for an earlier departure, so the new amounts are entered after it.
        paid = batch.severance + batch.in_lieu + batch.strain
        world.columns["paid_pence"][rows] = batch.severance[here]
        world.columns["paid_off"][rows] = paid[here] > 0
        self._natural.stop(rows)
        sums = (
            (Kind.SEVERANCE, batch.severance[here]),
            (Kind.IN_LIEU, batch.in_lieu[here]),
            (Kind.PENSION, batch.strain[here]),
            (Kind.BOUGHT_OUT, owed),
        )
        for kind, pence in sums:
            due = pence > 0
            world.record(at, kind, rows[due], first=posts[due], pence=pence[due])
        # Posts are removed after their holders have left, because only a vacant post can be removed.
        gone = posts[remove]
        if len(gone):
            world.remove_posts(gone, at, saving)

    def appoint(self, appoint: Appoint, at: Instant) -> None:
        """Appoint people to posts. They start at midnight of a later day, or in today's appointments."""
        # A start in the past means today. Posts that exist today can be taken up in today's appointments, but a later
        # start is at midnight, before any employer closes that day.
        rows = appoint.rows
        posts = np.asarray(appoint.posts, "int32")
        start = max(appoint.start, at.day)
        self._world.appoint(rows, posts, at)
        self._natural.rerate(rows, at.day)
        if start == at.day:
            first = at.later(start, Phase.APPOINTMENTS)
            self._clock.at(first, partial(self._start, rows, posts, first))
        else:
            first = at.later(start, Phase.CLOSURES)
            self._clock.at(_midnight(start), partial(self._start, rows, posts, first))

    def _start(self, rows: Rows, posts: Ints, at: Instant) -> None:
        """People still appointed to these posts start in them. Posts marked to go with them are removed."""
        # People who left meanwhile, or whose new post was removed, no longer have it as their next post.
        columns = self._world.columns
        here = (columns["next_post"][rows] == posts) & (columns["post"][rows] >= 0)
        if here.any():
            movers = rows[here]
            left = columns["post"][movers]
            # The saving is computed before they move, because the new employer may be in another area.
            saving = self._world.yearly(movers, at.day)
            self._world.start(movers, at)
            self._natural.rerate(movers, at.day)
            self._remove(movers, left, saving, at)

    def _remove(self, movers: Rows, left: Ints, saving: Longs, at: Instant) -> None:
        """Remove posts left by people under notice, by the rules that gave notice, unless the employer closes today."""
        # If the employer closes today, its closure removes all of its posts, and no post may be removed twice.
        world = self._world
        goes = world.columns["post_goes"]
        closes = world.bodies.closes[world.posts["employer"][left]]
        by = np.where(closes >= at.day, goes[movers], -1)
        goes[movers] = -1
        # The loop is over the few policies that gave notice. Each removal is logged under the policy that caused it.
        rules = np.unique(by[by >= 0]).tolist()
        for rule in sorted(rules, key=self._clock.order):
            mine = by == rule
            removed = self._agreed[rule].later(at.day, at.phase)
            world.remove_posts(left[mine], removed, saving[mine])

    def hire(self, hire: Hire, at: Instant) -> None:
        """Reserve posts for newcomers who start on a later day."""
        # All hires of one rule that start on one day arrive together, in one event.
        self._world.posts["reserved"][hire.posts] = NEWCOMER
        start = max(hire.start, at.day)
        if (start, at.rule) not in self._coming:
            self._coming[start, at.rule] = []
            first = at.later(start, Phase.ARRIVALS)
            self._clock.at(first, partial(self._arrive, first))
        self._coming[start, at.rule].append(hire)

    def _arrive(self, at: Instant) -> None:
        """Newcomers start if the posts reserved for them still exist."""
        # A post that was removed since is no longer funded. The newcomer for whom it was reserved never starts.
        hires = self._coming.pop((at.day, at.rule))
        posts = np.concatenate([hire.posts for hire in hires])
        exists = self._world.posts["funded"][posts]
        if exists.any():
            columns = {}
            for field in attrs.fields(Newcomers):
                parts = [getattr(hire.newcomers, field.name) for hire in hires]
                columns[field.name] = np.concatenate(parts)[exists]
            self._world.arrive(posts[exists], Newcomers(**columns), at)
            self._natural.join(at.day)

    def rejoin(self, rejoin: Rejoin, at: Instant) -> None:
        """Reserve posts for people who return in today's arrivals."""
        self._world.posts["reserved"][rejoin.posts] = rejoin.rows
        self._world.columns["next_post"][rejoin.rows] = rejoin.posts
        back = at.later(at.day, Phase.ARRIVALS)
        self._clock.at(back, partial(self._rejoin, rejoin, back))

    def _rejoin(self, rejoin: Rejoin, at: Instant) -> None:
        """People return if the posts reserved for them still exist."""
        still = self._world.columns["next_post"][rejoin.rows] == rejoin.posts
        if still.any():
            rows = rejoin.rows[still]
            until = NEVER if rejoin.until is None else rejoin.until[still]
            # New clocks depend on the risk class and start of service that the return sets.
            self._world.rejoin(rows, rejoin.posts[still], at)
            self._natural.rewind(rows, at.day)
            self._natural.contract(rows, until)

    def lodge(self, lodge: Lodge, at: Instant) -> None:
        """Reserve posts in which people serve the time until an agreed exit."""
        # `next_post` stays empty, so that these people can still be appointed to another post. On the day itself, the
        # reservation and the number of the agreed exit show whether the arrangement still applies.
        self._world.posts["reserved"][lodge.posts] = lodge.rows
        batch = self._world.columns["exit_batch"][lodge.rows].copy()
        first = at.later(lodge.start, Phase.CLOSURES)
        self._clock.at(_midnight(lodge.start), partial(self._move_in, lodge, batch, first))

    def _move_in(self, lodge: Lodge, batch: Ints, at: Instant) -> None:
        """People whose agreed exit is unchanged move in. Posts reserved for the other people become free."""
        columns = self._world.columns
        reserved = self._world.posts["reserved"]
        ours = reserved[lodge.posts] == lodge.rows
        in_post = columns["post"][lodge.rows] >= 0
        here = ours & in_post & (columns["exit_batch"][lodge.rows] == batch)
        # A post that is reserved for somebody else by now is not released.
        reserved[lodge.posts[ours & ~here]] = NOBODY
        rows = lodge.rows[here]
        if len(rows):
            columns["next_post"][rows] = lodge.posts[here]
            self._world.start(rows, at)
            self._natural.rerate(rows, at.day)


def _midnight(day: int) -> Instant:
    """The instant when people take up posts on a day: before employers close, whichever policy appointed them."""
    return Instant.of_engine(day, Phase.CLOSURES, "transfer")
