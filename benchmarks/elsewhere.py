"""What would the plain part of a run cost with other tools: a SimPy process per person, a monthly pandas loop, Mesa?

    python -m benchmarks.elsewhere [people ...] [--rounds N]

The workload is what all of them can do: natural departures of invented people over two years, with the engine's luck,
hazards and integer clocks, and no policy, closure or contract that ends. Each contestant must find the same people leaving
in the same months; the last column counts those that differ. The engine and the oracle do more in that time (days instead
of months, pay awards, risk, the log, conservation). Mesa is asked for only where it is installed; it is no part of the
library or of its tests.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib.util
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from typing import Any

import attrs
import numpy as np
from oracle import oracle

from benchmarks.harness import alternate, table
from benchmarks.worlds import world
from nhstransit.arithmetic import log
from nhstransit.arrays import AnyArray, Longs
from nhstransit.behaviour import BetterOffer
from nhstransit.behaviour.departures import Departures, selection_factor
from nhstransit.clocks import UNITS, daily_units, threshold_units
from nhstransit.dates import DAYS_A_YEAR, day_of_month, months_of
from nhstransit.engine.simulate import simulate
from nhstransit.grammar import Exposure
from nhstransit.log import CAUSES, Kind
from nhstransit.scenario import Scenario
from nhstransit.streams import Luck
from nhstransit.workforce.columns import NEVER

SEED = 1
END = dt.date(2012, 3, 31)  # before any employer closes
Leaving = frozenset[tuple[int, int]]  # person, and month from the start


def crowd(people: int) -> Scenario:
    """Invented people in permanent jobs, of whom nobody leaves but of their own accord."""
    made = world(people)
    staff = made.workforce
    size = len(staff)
    plain = attrs.evolve(made.behaviour, better_offer=BetterOffer(belief=0.0))
    return attrs.evolve(
        made.without(*made.policies),
        end=END,
        staff=staff.having(contract=np.zeros(size), contract_ends=np.full(size, NEVER)),
        behaviour=plain,
    )


@attrs.frozen(eq=False, kw_only=True)
class Crowd:
    """What every contestant but the engine starts from."""

    staff: Any
    model: Departures
    base: AnyArray  # (people,) mean rate of resigning
    born: AnyArray  # (people,) first full month of life
    served: AnyArray  # (people,) first full month of service
    clocks: Longs  # (4, people) what is left on each
    months: list[tuple[int, int]]  # number and days of each month

    @classmethod
    def of(cls, scenario: Scenario) -> Crowd:
        """Draw the clocks of everyone, as the engine does."""
        staff = scenario.workforce
        model = scenario.behaviour.in_force().departures
        born, served = (months_of(days) + (day_of_month(days) > 1) for days in (staff.born, staff.service_from))
        origin = scenario.calendar.origin
        first = int(months_of(origin))
        shape = model.shape(np.maximum(first - born, 0) // 12, np.maximum(first - served, 0))
        starts = [0, *(int(day) for day in scenario.calendar.month_starts if day)]
        ends = [*starts[1:], scenario.calendar.days]
        keys = np.asarray(staff.staff)
        return cls(
            staff=staff,
            model=model,
            base=model.base(scenario.functions)[staff.function] * (1.0 / float(shape.mean())),
            born=born,
            served=served,
            clocks=threshold_units(-log(Luck(SEED).several([f"clock {cause}" for cause in CAUSES], 0, keys))),
            months=[(int(months_of(origin + start)), end - start) for start, end in zip(starts, ends, strict=True)],
        )


def by_engine(scenario: Scenario) -> Leaving:
    """The library, with its log."""
    return _months(scenario, simulate(scenario, seed=SEED).log)


def by_processes(scenario: Scenario) -> Leaving:
    """One SimPy process per person."""
    return _months(scenario, oracle(scenario, SEED))


def _months(scenario: Scenario, log: Any) -> Leaving:
    gone = [(event[4], event[0]) for event in log.tuples() if event[2] == Kind.DEPARTED]
    starts = np.asarray(scenario.calendar.month_starts)
    starts = starts[starts > 0]
    return frozenset((int(person), int(np.searchsorted(starts, day, "right"))) for person, day in gone)


def by_pandas(scenario: Scenario) -> Leaving:
    """A table of people, read once a month; whole columns at a time."""
    import pandas as pd

    made = Crowd.of(scenario)
    names = list(CAUSES)
    frame = pd.DataFrame(dict(zip(names, made.clocks, strict=True)))
    for name in ("skill", "outside", "staff"):
        frame[name] = getattr(made.staff, name)
    frame["base"] = made.base
    frame["born"] = made.born
    frame["served"] = made.served
    left = []
    for number, (month, days) in enumerate(made.months):
        exposed = _exposed(frame, month)
        rates = daily_units(np.minimum(made.model.rates(frame["base"].to_numpy(), exposed), 1e6), DAYS_A_YEAR)
        frame[names] -= rates.T * days
        gone = (frame[names] <= 0).any(axis=1)
        left += [(int(person), number) for person in frame.loc[gone, "staff"]]
        frame = frame[~gone]
    return frozenset(left)


def _exposed(frame: Any, month: int) -> Exposure:
    size = len(frame)
    nothing = np.zeros(size)
    return Exposure(
        age=(month - frame["born"]).clip(lower=0).to_numpy() // 12,
        service_months=(month - frame["served"]).clip(lower=0).to_numpy(),
        risk=np.zeros(size, "float32"),
        skill=frame["skill"].to_numpy(),
        outside=frame["outside"].to_numpy(),
        premium=nothing,
        disposition=np.zeros(size, "int8"),
        departed=nothing,
        redundancy_months=nothing,
    )


def by_mesa(scenario: Scenario) -> Leaving:
    """An agent per person, and a step a month."""
    import mesa

    made = Crowd.of(scenario)
    model = made.model
    staff = made.staff
    by_age = model.by_age.tolist()
    by_service = model.by_service.tolist()
    retirement = model.retirement.tolist()
    calm = np.zeros(len(staff), "float32")
    lasting = selection_factor(
        calm, staff.skill, staff.outside, model.skill_calm, model.skill_threat, model.outside
    ).astype("float64")
    within = model.within_nhs
    other = model.other
    left: list[tuple[int, int]] = []

    class Person(mesa.Agent):  # type: ignore[misc]
        """One person with four clocks."""

        def __init__(self, place: Any, row: int) -> None:
            super().__init__(place)
            self.staff = int(staff.staff[row])
            self.clocks = made.clocks[:, row].tolist()
            self.base = float(made.base[row])
            self.lasting = float(lasting[row])
            self.born = int(made.born[row])
            self.served = int(made.served[row])

        def step(self) -> None:
            """Run the clocks down by a month."""
            month, days = self.model.month
            age = min(max(month - self.born, 0) // 12, len(by_age) - 1)
            resign = self.base * (by_age[age] * by_service[min(max(month - self.served, 0), len(by_service) - 1)])
            resign *= self.lasting
            hazards = (other, retirement[age], resign * within, resign * (1.0 - within))
            for cause, hazard in enumerate(hazards):
                self.clocks[cause] -= round(min(hazard, 1e6) * (UNITS / DAYS_A_YEAR)) * days
            if min(self.clocks) <= 0:
                left.append((self.staff, self.model.number))
                self.remove()

    class Office(mesa.Model):  # type: ignore[misc]
        """Everyone, and the present month."""

        def __init__(self) -> None:
            super().__init__(seed=SEED)
            self.number = -1
            self.month = (0, 0)
            for row in range(len(staff)):
                Person(self, row)

    office = Office()
    for number, month in enumerate(made.months):
        office.number = number
        office.month = month
        office.agents.do("step")
    return frozenset(left)


CONTESTANTS: dict[str, Callable[[Scenario], Leaving]] = {
    "nhstransit": by_engine,
    "pandas": by_pandas,
    "mesa": by_mesa,
    "simpy": by_processes,
}


def main() -> None:
    """Print a table for each number of people: ratios first."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("people", nargs="*", type=int, default=[1_000])
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--without", nargs="+", default=[], choices=tuple(CONTESTANTS), help="leave contestants out")
    given = asked.parse_args()
    there = [name for name in CONTESTANTS if importlib.util.find_spec(name) and name not in given.without]
    for people in given.people:
        scenario = crowd(people)
        found = {name: CONTESTANTS[name](scenario) for name in there}
        taken = alternate(
            {name: partial(CONTESTANTS[name], scenario) for name in there}, given.rounds, clock="processor"
        )
        fastest = taken["nhstransit"]
        rows = [
            [
                name,
                version(name),
                f"{taken[name] / fastest:.1f}×",
                f"{taken[name]:.3f} s",
                len(found["nhstransit"] ^ found[name]),
            ]
            for name in there
        ]
        print(
            f"\n{people:,} people, {len(found['nhstransit']):,} departures; medians of {given.rounds} alternated rounds\n"
        )
        print(table(["with", "version", "processor time", "median", "departures that differ"], rows))


if __name__ == "__main__":
    main()
