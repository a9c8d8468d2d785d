"""Natural departures: four departure clocks per person, and contracts that end.

The log records each departure on its day. The departures of several days are carried out together, up to the next action
in the calendar (see `Clock.before_each`), because nothing can see them sooner. This saves a small scenario most of its
time, since it has hundreds of days on which one person leaves.

A clock is stored as what would be left on it at the end of the period (the month, or the rest of one) at its present
rate. So no daily update is needed, and a clock of zero or less runs out within the period. When a rate changes, the
difference for the remaining days is subtracted.
"""

from __future__ import annotations

import numpy as np

from nhstransit.arithmetic import log
from nhstransit.arrays import AnyArray, Bools, Ints, Longs, Rows, Shorts, distinct, picked
from nhstransit.behaviour import WaitingLeavers
from nhstransit.behaviour.departures import Departures
from nhstransit.clocks import daily_units, days_left, threshold_units
from nhstransit.dates import DAYS_A_YEAR, day_of_month, months_of
from nhstransit.engine.clock import Clock
from nhstransit.engine.instant import Instant
from nhstransit.engine.processes.waiting import WaitingPay
from nhstransit.engine.world import Room, World
from nhstransit.grammar import Exposure
from nhstransit.log import CAUSES, RULES, Phase
from nhstransit.streams import Luck
from nhstransit.workforce.columns import CONTRACTS, NEVER

BLOCK = 16_384
_RULES = np.array([RULES[cause] for cause in (*CAUSES, "contract-end")], "int16")  # by cause, contracts last
_THRESHOLDS = [f"clock {cause}" for cause in CAUSES]  # names of the draws that set each clock
_MONTH = Instant.of_engine(0, Phase.DEPARTURES, "month")  # the day is not read, only the order within a day
_CONTRACT_END = Instant.of_engine(0, Phase.DEPARTURES, "contract-end")
_NOBODY: Rows = np.empty(0, np.intp)
_RESIGNING = slice(2, 4)  # the two clocks that stop once an exit is agreed
_NOT_READ = np.zeros(1)  # placeholder for a column that no model reads, which is not computed
_PERMANENT = CONTRACTS.index("permanent")
_FIXED = CONTRACTS.index("fixed-term")
_MOST_HERE = 0.65  # share of a block; if fewer people are in post, it costs less to compute the rates of these only
_MONTHS = (-32_768, 32_767)  # the range of two bytes, which covers 2,700 years before and after 1970
_FASTEST = 1e6  # per year; a higher rate would overflow 64 bits


class Natural:
    """The departure clocks of everyone in the run, and the days on which they run out."""

    _end: AnyArray  # (4, people) units left on each clock at the end of the period
    _rate: AnyArray  # (4, people) units per day
    _due: AnyArray  # (people,) day on which the first clock runs out; NEVER if none does within the period
    _cause: AnyArray  # (people,) index of that clock in `CAUSES`
    _born: AnyArray  # (people,) months from January 1970
    _served: AnyArray  # (people,) months from January 1970

    def __init__(self, world: World, clock: Clock, model: Departures, luck: Luck, functions: tuple[str, ...]) -> None:
        self._world = world
        self._clock = clock
        self._model = model
        self._luck = luck
        clocks = np.empty((len(CAUSES), 0), "int64")
        days = np.empty(0, "int32")
        months = np.empty(0, "int16")  # from January 1970
        empty = {
            "end": clocks,
            "rate": clocks,
            "due": days,
            "cause": np.empty(0, "int8"),
            "born": months,
            "served": months,
        }
        self._room = Room(empty)
        self._start = 0
        self._length = 0
        self._month = int(months_of(world.calendar.origin))  # month of the period, counted from January 1970
        self._departed = np.zeros(len(world.bodies))
        self._due_soon: list[Rows] = []  # people whose clock runs out within this period; some have new rates since
        self._ending = _NOBODY  # people in order of the last day of their contract, then in order of entry
        self._ends: Ints = _NOBODY.astype("int32")  # (ending,) that last day
        self._soonest = NEVER  # no departure is due before this day
        self._wind(0)
        self._waiting = WaitingPay(world, everyone=isinstance(model, WaitingLeavers))
        # The normaliser reads age and service, which `_wind` has just entered.
        self._base = model.base(functions) * self._normaliser()
        self._set_contract_ends()
        clock.before_each(self._carry_out)

    def join(self, day: int) -> None:
        """Draw departure clocks for newcomers. They run from tomorrow."""
        # Newcomers arrive after the departures of today, so today is not one of the days that their clocks count.
        size = len(self._due)
        self._wind(size)
        self.rerate(np.arange(size, len(self._due)), day + 1)

    def rewind(self, rows: Rows, day: int) -> None:
        """Draw new departure clocks for returners, keyed by how many times each has left. They run from tomorrow."""
        # A draw has one occasion for all of its keys, so there is one draw for each number of departures. These are few.
        columns = self._world.columns
        departures = columns["departures"][rows]
        for spell in np.unique(departures).tolist():
            mine = rows[departures == spell]
            uniform = self._luck.several(_THRESHOLDS, int(spell), columns["key"][mine])
            self._end[:, mine] = threshold_units(-log(uniform))
        # With a rate of zero, `rerate` subtracts the whole of the new rate and not only a difference.
        self._rate[:, rows] = 0
        self._served[rows] = _first_full_month(columns["service_from"][rows])
        self.rerate(rows, day + 1)

    def _wind(self, size: int) -> None:
        """Add stopped clocks for everyone after the first `size` people."""
        columns = self._world.columns
        keys = columns["key"][size:]
        if size:  # otherwise these views would keep the old columns in memory while all are moved
            del self._end, self._rate, self._due, self._cause, self._born, self._served
        wound = self._room.with_more(
            size,
            len(keys),
            {
                "rate": 0,
                "due": NEVER,
                "cause": 0,
                "born": _first_full_month(columns["born"][size:]),
                "served": _first_full_month(columns["service_from"][size:]),
            },
        )
        self._end = wound["end"]
        self._rate = wound["rate"]
        self._due = wound["due"]
        self._cause = wound["cause"]
        self._born = wound["born"]
        self._served = wound["served"]
        # Minus the logarithm of a uniform draw is a unit-exponential threshold: the hazard at which the person leaves.
        # Blocks keep the temporary arrays in the processor's cache.
        for start in range(0, len(keys), BLOCK):
            mine = keys[start : start + BLOCK]
            uniform = self._luck.several(_THRESHOLDS, 0, mine)
            first = size + start
            self._end[:, first : first + len(mine)] = threshold_units(-log(uniform))

    def begin_period(self, day: int, length: int) -> None:
        """Begin a month, or the rest of one: recompute age, service and risk, and find who leaves within it."""
        self._start = day
        self._length = length
        self._month = int(months_of(self._world.calendar.origin + day))
        self._due_soon = []  # people due in the last period have left, or have new rates
        if self._model.contagion:
            self._count_departed()
        self._due[:] = NEVER
        posts = self._world.columns["post"]
        out = [_NOBODY]  # `concatenate` needs at least one array, also in a run without people
        for start in range(0, len(self._due), BLOCK):
            rows = slice(start, start + BLOCK)
            there = posts[rows] >= 0  # the clocks of people who have left are stopped
            here = np.flatnonzero(there)
            # At the start of a period `_end` is what was left at the end of the last one. So the use of the whole period
            # is subtracted, and not a difference of rates.
            if len(here) < _MOST_HERE * len(there):
                # Many have left: only the people in post are computed, as copies that `_put` writes back.
                here += start
                rates = self._rates(here)
                end = _of(self._end, here)
                end -= rates * length
                self._put(here, end, rates)
                out.append(here[_run_out(end)])
            else:
                # Nearly everyone is in post: views of the whole block are changed in place, without copies.
                rate = self._rate[:, rows]
                rate[:] = self._rates(rows)
                end = self._end[:, rows]
                end -= rate * length
                out.append(np.flatnonzero(_run_out(end) & there) + start)
        self._find(np.concatenate(out))

    def rerate(self, rows: Rows, day: int) -> None:
        """Recompute rates for these people after a change today. The new rates apply from today."""
        # `_end` assumes the old rates to the end of the period, so the difference counts for the days that remain.
        remaining = self._start + self._length - day
        rates = self._rates(rows)
        end = _of(self._end, rows)
        end -= (rates - _of(self._rate, rows)) * remaining
        self._put(rows, end, rates)
        # A slower clock may no longer run out in this period, so the old day is removed before a new one is found.
        self._due[rows] = NEVER
        self._find(rows[_run_out(end)])

    def _put(self, rows: Rows, end: Longs, rates: Longs) -> None:
        """Set the clocks of these people, (4, rows), one clock after another: all at once would take three times as long."""
        for cause in range(len(CAUSES)):
            self._end[cause, rows] = end[cause]
            self._rate[cause, rows] = rates[cause]

    def _rates(self, rows: Rows | slice) -> Longs:
        """Present rates of the four clocks in units per day, (4, rows)."""
        columns = self._world.columns
        posts = picked(columns["post"], rows)
        # A premium ends with its guarantee, but the columns keep the old values. Few people have a guarantee.
        running = np.flatnonzero(picked(columns["retained_until"], rows) >= self._clock.today)
        premium = np.zeros(len(posts))
        if len(running):
            premium[running] = columns["premium"][rows][running]
        exposure = Exposure(
            age=self._months_since(picked(self._born, rows)) // 12,
            service_months=self._months_since(picked(self._served, rows)),
            risk=picked(columns["risk"], rows),
            skill=picked(columns["skill"], rows),
            outside=picked(columns["outside"], rows),
            premium=premium,
            disposition=picked(columns["disposition"], rows),
            departed=self._departed[columns["employer"][rows]] if self._model.contagion else _NOT_READ,
            redundancy_months=self._waiting.months(rows, self._start) if self._model.waiting else _NOT_READ,
        )
        base = self._base.take(picked(columns["function"], rows))
        hazards = self._model.rates(base, exposure)  # (4, rows), per year
        np.minimum(hazards, _FASTEST, out=hazards)
        # A product with a mask stops clocks. It is left out if it would stop none.
        there = posts >= 0
        if not there.all():
            hazards *= there
        agreed = picked(columns["exit_rule"], rows) >= 0
        if agreed.any():
            hazards[_RESIGNING] *= ~agreed
        return daily_units(hazards, DAYS_A_YEAR)

    def _months_since(self, first: Shorts) -> Ints:
        """Complete months by the start of the period, (n,), from the first month that counts; 0 if that is still to come."""
        months: Ints = first.astype("int32")  # a model may multiply them, and 16 bits would be too few
        np.subtract(self._month, months, out=months)
        np.maximum(months, 0, out=months)
        return months

    def _count_departed(self) -> None:
        """Each employer's departures since the last period began, per head of its present staff."""
        world = self._world
        in_post = world.columns["post"] >= 0
        heads = np.bincount(world.columns["employer"][in_post], minlength=len(world.bodies))
        # An employer without staff has nobody to whom the share could apply, so any divisor will do.
        self._departed = world.departed / np.maximum(heads, 1)
        world.departed[:] = 0

    def _find(self, going: Rows) -> None:
        """Find the day and cause of departure of these people, whose clocks run out within the period."""
        # Days are counted from the start of the period, as if the present rate had been that of the whole period. This
        # finds the right day, because `_end` is right at the end of the period and the rate is right before it.
        rate = self._rate[:, going]
        at_start = self._end[:, going] + rate * self._length
        left = days_left(at_start, rate)  # (4, going); the first day of the period is day 1
        due = np.minimum(self._start + left.min(axis=0) - 1, NEVER)
        due[due <= self._passed()] = NEVER  # a day that has passed is never reached
        self._due[going] = due
        self._cause[going] = left.argmin(axis=0)  # the first of `CAUSES` if several run out on one day
        self._due_soon.append(going)
        self._soonest = min(self._soonest, int(due.min(initial=NEVER)))

    def _passed(self) -> int:
        """The last day whose natural departures come before the present."""
        return self._clock.last_day_before(_MONTH)

    def _carry_out(self) -> None:
        """People whose clock ran out, or whose contract ended, before the present leave, in order of day, then cause."""
        # This method is called before every action, and nearly always there is nothing to do.
        passed = self._passed()
        if passed < self._soonest:
            return
        # Contracts end after the agreed exits of their day. So the clocks of a day may have passed before its contracts.
        ended = self._clock.last_day_before(_CONTRACT_END)
        columns = self._world.columns
        rows, self._due_soon = _parted(self._due_soon, self._due, passed)
        rows = rows[columns["post"][rows] >= 0]
        leaving, last = self._contracts_to(ended)
        next_days = [int(self._due[later].min(initial=NEVER)) for later in self._due_soon]
        next_clock = min(next_days, default=NEVER)
        next_contract = int(self._ends[0]) if len(self._ends) else NEVER
        self._soonest = min(next_clock, next_contract)
        # `lexsort` sorts by its last key first, so by day and then by cause. It is stable: within a day and cause, people
        # stay in the order of their positions, and contracts in the order of their entry.
        days = np.concatenate([self._due[rows], last])
        contract_end = np.full(len(leaving), len(CAUSES), "int8")  # the number after those of the clocks
        causes = np.concatenate([self._cause[rows], contract_end])
        rows = np.concatenate([rows, leaving])
        order = np.lexsort((causes, days))
        rows = rows[order]
        days = days[order]
        causes = causes[order]
        if len(leaving):  # a person may have both a clock that runs out and a contract that ends: the first counts
            _, found = np.unique(rows, return_index=True)  # the first entry of each person, sorted by person
            first = np.sort(found)
            rows = rows[first]
            days = days[first]
            causes = causes[first]
        # Each event has a day and rule of its own, so those of the instant are not read.
        if len(rows):
            at = Instant.of_engine(int(days[-1]), Phase.DEPARTURES, "month")
            self._world.depart(rows, at, rules=_RULES[causes], days=days)
            self.stop(rows)

    def _contracts_to(self, day: int) -> tuple[Rows, Ints]:
        """People in post whose contract ends by a day, in order of its last day, and that day. They leave the list."""
        over = int(np.searchsorted(self._ends, day, side="right"))
        rows = self._ending[:over]
        ends = self._ends[:over]
        self._ending = self._ending[over:]
        self._ends = self._ends[over:]
        # An entry is never removed when a contract is extended or its holder leaves. Such entries are recognised here.
        columns = self._world.columns
        still = (columns["post"][rows] >= 0) & (columns["contract_ends"][rows] == ends)
        return rows[still], ends[still]

    def stop(self, rows: Rows) -> None:
        """Stop the clocks of people who have left."""
        self._rate[:, rows] = 0
        self._due[rows] = NEVER

    def _normaliser(self) -> float:
        """The reciprocal of the opening staff's mean age and service factor. With it, base rates are mean rates."""
        each = slice(len(self._born) // self._world.bodies.replications)  # all replications have the same opening staff
        age = self._months_since(self._born[each]) // 12
        shape = self._model.shape(age, self._months_since(self._served[each]))
        # Without staff, or if every factor is zero, there is no mean to divide by.
        return 1.0 / float(shape.mean()) if len(shape) and shape.any() else 1.0

    def _set_contract_ends(self) -> None:
        ends = self._world.columns["contract_ends"]
        rows = np.flatnonzero((ends < NEVER) & (ends >= 0))
        self._await(rows, ends[rows])

    def _await(self, rows: Rows, ends: Ints) -> None:
        """Enter the last days of contracts, (n,). A day that has passed is never reached."""
        ahead = ends > self._clock.last_day_before(_CONTRACT_END)
        # The sort is stable, so contracts that end on one day stay in the order in which they were entered.
        if ahead.any():
            ending = np.concatenate([self._ending, rows[ahead]])
            last = np.concatenate([self._ends, ends[ahead]])
            order = np.argsort(last, kind="stable")
            self._ending = ending[order]
            self._ends = last[order]
            self._soonest = min(self._soonest, int(last[order[0]]))

    def contract(self, rows: Rows, until: AnyArray | int) -> None:
        """Give each of these people a new contract. It is permanent if `until` is NEVER."""
        columns = self._world.columns
        ends = np.broadcast_to(until, len(rows))
        columns["contract"][rows] = np.where(ends < NEVER, _FIXED, _PERMANENT)
        columns["contract_ends"][rows] = ends
        fixed = ends < NEVER
        self._await(rows[fixed], ends[fixed].astype("int32"))


def _parted(parts: list[Rows], days: Ints, last: int) -> tuple[Rows, list[Rows]]:
    """The distinct people in these parts whose day in `days` is `last` or earlier, and a part with the other people."""
    # A person whose rates changed several times in the period is in several parts, always with the present day in `days`.
    if not parts:
        return _NOBODY, []
    rows = distinct(np.concatenate(parts))
    now = days[rows] <= last
    return rows[now], [rows[~now]]


def _of(clocks: Longs, rows: Rows) -> Longs:
    """The entries of four clocks, (4, people), for these people, (4, rows).

    They are copied one clock after another. Indexing with brackets would return another order of memory, in which later
    steps take many times as long, and `take` from all four clocks would copy everyone first.
    """
    found = np.empty((len(clocks), len(rows)), clocks.dtype)
    for clock, entries in zip(clocks, found, strict=True):
        clock.take(rows, out=entries, mode="clip")  # all positions exist; other modes use a buffer
    return found


def _run_out(end: Longs) -> Bools:
    """Which people have a clock, (4, n) at the end of the period, that runs out within it, (n,)."""
    return np.asarray((end <= 0).any(axis=0))


def _first_full_month(epoch_days: AnyArray) -> AnyArray:
    """First month counted as complete on the 1st: the same month for a 1st, else the next month; (n,) int16."""
    after_the_first = day_of_month(epoch_days) > 1
    months = months_of(epoch_days) + after_the_first
    return np.clip(months, *_MONTHS).astype("int16")
