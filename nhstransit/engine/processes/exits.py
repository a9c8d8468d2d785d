"""Agreed exits: the last day comes, people go, and what was agreed is paid; and new posts: the first day comes."""

from __future__ import annotations

from functools import partial

import attrs
import numpy as np

from nhstransit.arrays import Bools, Ints, Longs, Rows
from nhstransit.engine.clock import Clock
from nhstransit.engine.processes.natural import Natural
from nhstransit.engine.world import World
from nhstransit.grammar import Appoint, Depart, Hire, Lodge, Newcomers, Rejoin
from nhstransit.log import NOBODY, RULES, Kind, Phase
from nhstransit.scenario.order import GOING
from nhstransit.workforce.columns import NEVER, Status

NEWCOMER = -2  # in `reserved`: kept for somebody who is not yet in the world


@attrs.frozen(eq=False, kw_only=True)
class _Batch:
    """Exits agreed on one occasion by one rule: (n,) columns."""

    rule: int
    rows: Rows
    last_day: Ints
    severance: Longs
    in_lieu: Longs
    strain: Longs
    remove: Bools
    willing: Bools  # who applied for it


class Exits:
    """Everything agreed for a later day."""

    def __init__(self, world: World, clock: Clock, natural: Natural) -> None:
        self._world, self._clock, self._natural = world, clock, natural
        self._batches: list[_Batch] = []
        self._by_day: dict[int, list[int]] = {}
        self._coming: dict[tuple[int, int], list[Hire]] = {}

    def agree(self, depart: Depart, day: int, phase: Phase, rule: int, willing: Bools) -> None:
        """Enter exits into the columns and the calendar; quitting stops for these people from today.

        Who is `willing` (n,) applied for it, and so gives up what is left of a guarantee.
        """
        columns, rows = self._world.columns, depart.rows
        last = np.asarray(depart.last_day, "int32")
        paid = depart.severance + depart.in_lieu
        self._world.log.add(
            day,
            phase,
            Kind.EXIT_AGREED,
            rule,
            columns["staff"][rows],
            from_post=columns["post"][rows],
            to_post=last,
            pence=paid,
        )
        columns["last_day"][rows], columns["exit_rule"][rows] = last, rule
        columns["exit_batch"][rows], columns["exit_voidable"][rows] = len(self._batches), depart.voidable
        columns["status"][rows] = Status.LEAVING
        columns["post_goes"][rows] = np.where(depart.remove & depart.voidable, rule, -1)
        for leaving in np.unique(last).tolist():
            if leaving not in self._by_day:
                self._by_day[leaving] = []
                self._clock.at(leaving, Phase.DEPARTURES, GOING, partial(self._go, leaving))
            self._by_day[leaving].append(len(self._batches))
        self._batches.append(
            _Batch(
                rule=rule,
                rows=rows,
                last_day=last,
                severance=depart.severance,
                in_lieu=depart.in_lieu,
                strain=depart.strain,
                remove=depart.remove,
                willing=willing,
            )
        )
        self._natural.rerate(rows, day)

    def _go(self, day: int) -> None:
        """The last day of some: whoever is still here, with that exit still agreed, goes and is paid."""
        numbers = self._by_day.pop(day)
        for number in sorted(numbers, key=lambda number: (self._clock.order(self._batches[number].rule), number)):
            batch = self._batches[number]
            here = (batch.last_day == day) & (self._world.columns["exit_batch"][batch.rows] == number)
            if here.any():
                self._pay_and_go(batch, here, day)

    def _pay_and_go(self, batch: _Batch, here: Bools, day: int) -> None:
        world, rows = self._world, batch.rows[here]
        posts = world.columns["post"][rows]
        saving = world.yearly(rows[batch.remove[here]], day)
        owed = world.unexpired(rows, day) * ~batch.willing[here]
        world.depart(rows, day, Phase.DEPARTURES, batch.rule)
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
            world.record(day, Phase.DEPARTURES, kind, batch.rule, rows[due], from_post=posts[due], pence=pence[due])
        gone = posts[batch.remove[here]]
        if len(gone):
            world.remove_posts(gone, day, Phase.DEPARTURES, batch.rule, saving)

    def appoint(self, appoint: Appoint, day: int, phase: Phase, rule: int) -> None:
        """Promise posts, to start at midnight of a later day, or in today's appointments."""
        rows, posts, start = appoint.rows, np.asarray(appoint.posts, "int32"), max(appoint.start, day)
        self._world.appoint(rows, posts, day, phase, rule)
        self._natural.rerate(rows, day)
        when, name = (Phase.APPOINTMENTS, rule) if start == day else (Phase.CLOSURES, RULES["transfer"])
        self._clock.at(start, when, name, partial(self._start, rows, posts, start, when, rule))

    def _start(self, rows: Rows, posts: Ints, day: int, phase: Phase, rule: int) -> None:
        """Those still promised these posts take them up; posts that were to go with them go."""
        columns = self._world.columns
        here = (columns["next_post"][rows] == posts) & (columns["post"][rows] >= 0)
        if here.any():
            movers, left = rows[here], columns["post"][rows[here]]
            saving = self._world.yearly(movers, day)  # before they move: the new employer may lie in another area
            self._world.start(movers, day, phase, rule)
            self._natural.rerate(movers, day)
            self._remove(movers, left, saving, day, phase)

    def _remove(self, movers: Rows, left: Ints, saving: Longs, day: int, phase: Phase) -> None:
        """Posts that people under notice moved on from go, by the rules that gave it, unless their body shuts today."""
        world, goes = self._world, self._world.columns["post_goes"]
        stands = world.bodies.closes[world.posts["employer"][left]] >= day
        by = np.where(stands, goes[movers], -1)
        goes[movers] = -1
        for rule in sorted(np.unique(by[by >= 0]).tolist(), key=self._clock.order):
            mine = by == rule
            world.remove_posts(left[mine], day, phase, rule, saving[mine])

    def hire(self, hire: Hire, day: int, rule: int) -> None:
        """Keep posts for newcomers who start on a later day."""
        self._world.posts["reserved"][hire.posts] = NEWCOMER
        start = max(hire.start, day)
        if (start, rule) not in self._coming:
            self._coming[start, rule] = []
            self._clock.at(start, Phase.ARRIVALS, rule, partial(self._arrive, start, rule))
        self._coming[start, rule].append(hire)

    def _arrive(self, day: int, rule: int) -> None:
        """Those whose posts still stand start."""
        hires = self._coming.pop((day, rule))
        posts = np.concatenate([hire.posts for hire in hires])
        stands = self._world.posts["funded"][posts]
        if stands.any():
            columns = {
                field.name: np.concatenate([getattr(hire.newcomers, field.name) for hire in hires])[stands]
                for field in attrs.fields(Newcomers)
            }
            self._world.arrive(posts[stands], Newcomers(**columns), day, Phase.ARRIVALS, rule)
            self._natural.join(day)

    def rejoin(self, rejoin: Rejoin, day: int, rule: int) -> None:
        """Keep posts for people who come back in today's arrivals."""
        self._world.posts["reserved"][rejoin.posts] = rejoin.rows
        self._world.columns["next_post"][rejoin.rows] = rejoin.posts
        self._clock.at(day, Phase.ARRIVALS, rule, partial(self._rejoin, rejoin, day, rule))

    def _rejoin(self, rejoin: Rejoin, day: int, rule: int) -> None:
        """Those whose posts still stand are back."""
        still = self._world.columns["next_post"][rejoin.rows] == rejoin.posts
        if still.any():
            rows = rejoin.rows[still]
            self._world.rejoin(rows, rejoin.posts[still], day, Phase.ARRIVALS, rule)
            self._natural.rewind(rows, day)
            self._natural.contract(rows, NEVER if rejoin.until is None else rejoin.until[still])

    def lodge(self, lodge: Lodge, rule: int) -> None:
        """Keep posts in which people serve the rest of what is agreed."""
        self._world.posts["reserved"][lodge.posts] = lodge.rows
        batch = self._world.columns["exit_batch"][lodge.rows].copy()
        self._clock.at(lodge.start, Phase.CLOSURES, RULES["transfer"], partial(self._move_in, lodge, batch, rule))

    def _move_in(self, lodge: Lodge, batch: Ints, rule: int) -> None:
        """Those with the same exit still before them move; posts kept for the others are free."""
        columns, reserved = self._world.columns, self._world.posts["reserved"]
        here = (reserved[lodge.posts] == lodge.rows) & (columns["post"][lodge.rows] >= 0)
        here &= columns["exit_batch"][lodge.rows] == batch
        reserved[lodge.posts[~here & (reserved[lodge.posts] == lodge.rows)]] = NOBODY
        rows = lodge.rows[here]
        if len(rows):
            columns["next_post"][rows] = lodge.posts[here]
            self._world.start(rows, lodge.start, Phase.CLOSURES, rule)
            self._natural.rerate(rows, lodge.start)
