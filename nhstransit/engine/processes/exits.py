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
        columns["post_goes"][rows] = np.where(depart.remove & depart.voidable, at.rule, -1)
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
        self._natural.rerate(rows, at.day)

    def _go(self, day: int) -> None:
        """Act on a last day. People still in post, with that exit still agreed, leave and are paid."""
        numbers = self._by_day.pop(day)
        for number in sorted(
            numbers, key=lambda number: (self._clock.order(self._batches[number].agreed.rule), number)
        ):
            batch = self._batches[number]
            here = (batch.last_day == day) & (self._world.columns["exit_batch"][batch.rows] == number)
            if here.any():
                self._pay_and_go(batch, here, day)

    def _pay_and_go(self, batch: _Batch, here: Bools, day: int) -> None:
        world = self._world
        rows = batch.rows[here]
        at = batch.agreed.later(day, Phase.DEPARTURES)
        posts = world.columns["post"][rows]
        saving = world.yearly(rows[batch.remove[here]], day)
        owed = world.unexpired(rows, day) * ~batch.willing[here]
        world.depart(rows, at)
        world.columns["paid_pence"][rows] = batch.severance[here]
        world.columns["paid_off"][rows] = (batch.severance + batch.in_lieu + batch.strain)[here] > 0
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
        gone = posts[batch.remove[here]]
        if len(gone):
            world.remove_posts(gone, at, saving)

    def appoint(self, appoint: Appoint, at: Instant) -> None:
        """Appoint people to posts. They start at midnight of a later day, or in today's appointments."""
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
        columns = self._world.columns
        here = (columns["next_post"][rows] == posts) & (columns["post"][rows] >= 0)
        if here.any():
            movers = rows[here]
            left = columns["post"][rows[here]]
            saving = self._world.yearly(
                movers, at.day
            )  # before they move, because the new employer may be in another area
            self._world.start(movers, at)
            self._natural.rerate(movers, at.day)
            self._remove(movers, left, saving, at)

    def _remove(self, movers: Rows, left: Ints, saving: Longs, at: Instant) -> None:
        """Remove posts left by people under notice, by the rules that gave notice, unless the employer closes today."""
        world = self._world
        goes = self._world.columns["post_goes"]
        stands = world.bodies.closes[world.posts["employer"][left]] >= at.day
        by = np.where(stands, goes[movers], -1)
        goes[movers] = -1
        for rule in sorted(np.unique(by[by >= 0]).tolist(), key=self._clock.order):
            mine = by == rule
            world.remove_posts(left[mine], self._agreed[rule].later(at.day, at.phase), saving[mine])

    def hire(self, hire: Hire, at: Instant) -> None:
        """Reserve posts for newcomers who start on a later day."""
        self._world.posts["reserved"][hire.posts] = NEWCOMER
        start = max(hire.start, at.day)
        if (start, at.rule) not in self._coming:
            self._coming[start, at.rule] = []
            first = at.later(start, Phase.ARRIVALS)
            self._clock.at(first, partial(self._arrive, first))
        self._coming[start, at.rule].append(hire)

    def _arrive(self, at: Instant) -> None:
        """Newcomers start if the posts reserved for them still exist."""
        hires = self._coming.pop((at.day, at.rule))
        posts = np.concatenate([hire.posts for hire in hires])
        stands = self._world.posts["funded"][posts]
        if stands.any():
            columns = {
                field.name: np.concatenate([getattr(hire.newcomers, field.name) for hire in hires])[stands]
                for field in attrs.fields(Newcomers)
            }
            self._world.arrive(posts[stands], Newcomers(**columns), at)
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
            self._world.rejoin(rows, rejoin.posts[still], at)
            self._natural.rewind(rows, at.day)
            self._natural.contract(rows, NEVER if rejoin.until is None else rejoin.until[still])

    def lodge(self, lodge: Lodge, at: Instant) -> None:
        """Reserve posts in which people serve the time until an agreed exit."""
        self._world.posts["reserved"][lodge.posts] = lodge.rows
        batch = self._world.columns["exit_batch"][lodge.rows].copy()
        first = at.later(lodge.start, Phase.CLOSURES)
        self._clock.at(_midnight(lodge.start), partial(self._move_in, lodge, batch, first))

    def _move_in(self, lodge: Lodge, batch: Ints, at: Instant) -> None:
        """People whose agreed exit is unchanged move in. Posts reserved for the other people become free."""
        columns = self._world.columns
        reserved = self._world.posts["reserved"]
        here = (reserved[lodge.posts] == lodge.rows) & (columns["post"][lodge.rows] >= 0)
        here &= columns["exit_batch"][lodge.rows] == batch
        reserved[lodge.posts[~here & (reserved[lodge.posts] == lodge.rows)]] = NOBODY
        rows = lodge.rows[here]
        if len(rows):
            columns["next_post"][rows] = lodge.posts[here]
            self._world.start(rows, at)
            self._natural.rerate(rows, at.day)


def _midnight(day: int) -> Instant:
    """The instant when people take up posts on a day: before employers close, whichever policy appointed them."""
    return Instant.of_engine(day, Phase.CLOSURES, "transfer")
