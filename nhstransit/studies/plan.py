"""The runs of a sweep: scenarios × draws × replications, each run with its seed and the key of its result.

The seed of a run depends only on the sweep's seed, the index of the draw and the index of the replication. All
scenarios therefore share it (common random numbers), but no two draws or replications do.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import attrs

from nhstransit.arrays import plain
from nhstransit.errors import CONTROLS, InputError, SweepError
from nhstransit.phrases import number_of
from nhstransit.run.real_staff import has_real_staff
from nhstransit.scenario import Scenario
from nhstransit.scenario.draws import NONE, Draws, applied, lacks
from nhstransit.streams import Luck, branch_seed
from nhstransit.studies.content import (
    code_content,
    data_content,
    digest,
    function_content,
    function_name,
    scenario_content,
)
from nhstransit.studies.design import Design
from nhstransit.studies.tasks import Asked, Point, Task, run_key

Measure = Callable[..., Mapping[str, Any]]


@attrs.frozen
class Entry:
    """A scenario of a sweep, with its name in the sweep and the hash of its content."""

    name: str
    scenario: Scenario
    content: str


@attrs.frozen(kw_only=True, eq=False, slots=False, repr=False)
class Plan:
    """All runs of a sweep, before any of them is made. `key_root` is the common part of their keys.

    With a `shard` of (3, 16), the plan has only the third of sixteen equal parts.
    """

    entries: tuple[Entry, ...]
    draws: Draws
    replications: int
    seed: int
    asked: Asked
    key_root: str
    shard: tuple[int, int] | None = None

    @cached_property
    def worlds(self) -> tuple[Entry, ...]:
        """One entry for each different scenario content: a scenario with two names is run once."""
        # Later entries are overwritten by earlier ones, so the first name of a content is used.
        by_content = {entry.content: entry for entry in reversed(self.entries)}
        return tuple(by_content.values())[::-1]

    @cached_property
    def has_real_staff(self) -> bool:
        """Whether the opening staff of any of its scenarios may be real people."""
        return any(has_real_staff(entry.scenario) for entry in self.entries)

    def __len__(self) -> int:
        worlds = len(self.worlds)
        pairs = len(self.draws) * self.replications
        if self.shard is None:
            return worlds * pairs
        number, of = self.shard
        # Runs are dealt to the shards in turn: see `_dealt`.
        if pairs >= of:
            return worlds * len(range(number - 1, pairs, of))
        return len(range(number - 1, worlds * pairs, of))

    def _dealt(self, place: int, draw: int, replication: int) -> bool:
        """Whether a run of the scenario at index `place` in `worlds` belongs to the shard.

        All scenarios of one draw and replication are in the same shard, so that its store has pairs to compare. The
        scenarios are divided too if there are fewer draws and replications than shards. As long as that does not
        change, more replications do not move a run to another shard.
        """
        if self.shard is None:
            return True
        number, of = self.shard
        # Replications vary slowest, so more of them extend the sequence and do not renumber it.
        pair = replication * len(self.draws) + draw
        dealt = pair
        if len(self.draws) * self.replications < of:
            dealt = pair * len(self.worlds) + place
        return dealt % of == number - 1

    def points(self) -> Iterator[Point]:
        """Every run of the plan or its shard, including runs that a store already has."""
        for draw in range(len(self.draws)):
            for replication in range(self.replications):
                for place, entry in enumerate(self.worlds):
                    if self._dealt(place, draw, replication):
                        yield self.point(entry.content, draw, replication)

    def point(self, content: str, draw: int, replication: int) -> Point:
        """One run with its seed and its key, which depends on scenario, draw, seed, measure, code and data.

        Args:
            content: the hash of the scenario's content.
            draw: the index of the draw.
            replication: the index of the replication.
        """
        # The seed does not depend on the scenario: all scenarios share it (common random numbers).
        seed = branch_seed(self.seed, draw, replication)
        named = f"{content}/{self._draws[draw]}/{seed}/{self.key_root}"
        key = hashlib.sha256(named.encode()).digest()
        run = run_key(content, self._draws[draw], seed, self.asked.code, self.asked.data)
        return Point(content, draw, replication, seed, key, run)

    @cached_property
    def _draws(self) -> tuple[str, ...]:
        return tuple(self.draws.content(number) for number in range(len(self.draws)))

    def draw_content(self, number: int) -> str:
        """The hash of one draw."""
        return self._draws[number]

    def _setting(self, scenario: Scenario, number: int) -> tuple[tuple[str, Any], ...]:
        """The values of one draw that apply to a scenario, without values of policies that it does not have."""
        return tuple(pair for pair in self.draws.setting(number) if not lacks(scenario, pair[0]))

    def _numbers(self, draw: int) -> list[int]:
        """The replications of a draw in which at least one scenario belongs to the plan or its shard."""
        places = range(len(self.worlds))
        numbers = range(self.replications)
        return [number for number in numbers if any(self._dealt(place, draw, number) for place in places)]

    def tasks(
        self,
        block: Callable[[int], int],
        done: Callable[[list[bytes]], set[bytes]],
        most: Callable[[str, int, int], int | None] = lambda content, draw, there: None,
    ) -> Iterator[Task]:
        """The runs still to be made, as tasks: draw by draw, and in each draw the same replications of every scenario.

        Args:
            block: returns how many replications the next task should have, given how many runs may be left.
            done: returns which of some keys already have a result.
            most: returns how many runs of a scenario and draw the next task may have: None for no limit, 0 if they are
                stopped. Its arguments are the hash of the scenario's content, the index of the draw, and how many of
                the block's runs are already in the store. It is called again before each task.
        """
        left = len(self)
        for draw in range(len(self.draws)):
            numbers = self._numbers(draw)
            first = 0
            while first < len(numbers):
                last = min(first + max(1, block(left)), len(numbers))
                # Every scenario has the same block of replications, so an interrupted sweep has pairs to compare.
                for place, entry in enumerate(self.worlds):
                    here = [number for number in numbers[first:last] if self._dealt(place, draw, number)]
                    points = [self.point(entry.content, draw, number) for number in here]
                    kept = done([point.key for point in points])
                    wanted = tuple(point for point in points if point.key not in kept)
                    left -= len(points)
                    # A scenario that has not yet succeeded gets only a few runs at a time, and none once it is stopped.
                    room = most(entry.content, draw, len(kept))
                    while wanted and room != 0:
                        some = wanted if room is None else wanted[:room]
                        wanted = wanted[len(some) :]
                        setting = self._setting(entry.scenario, draw)
                        yield Task(scenario=entry.scenario, setting=setting, points=some, asked=self.asked)
                        room = most(entry.content, draw, len(kept)) if wanted else 0
                first = last


def planned(
    scenarios: Scenario | Mapping[str, Scenario],
    *,
    replications: int,
    seed: int,
    draws: Draws | Design | None,
    measure: Measure,
    series: Measure | None,
    keep: str | Path | None,
    shard: tuple[int, int] | None = None,
) -> Plan:
    """Make the plan of a sweep, and check all arguments before the first run.

    The opening staff of every scenario is made, and the first draw is applied to it.

    Args:
        scenarios, replications, seed, draws, measure, series, keep, shard: as in `sweep`.
    """
    replications = check_replications(replications)
    rows = draws.draws if isinstance(draws, Design) else draws
    if rows is None:
        rows = NONE
    if not isinstance(rows, Draws):
        raise SweepError("draws", f"are {draws!r}", "give Draws(paths=, rows=), read_draws(file), or a design")
    named = _named(scenarios)
    entries = tuple(_entry(name, scenario) for name, scenario in named.items())
    check_draws(named, rows)
    asked = Asked(
        measure=function_name(measure, "measure"),
        series=function_name(series, "series") if series else "",
        keep=_folder(keep) if keep else "",
        code=code_content(),
        data=data_content(),
    )
    # What every key of the sweep depends on. The folder for runs is not part of it, because it changes no figure.
    root = digest(function_content(measure), function_content(series), asked.code, asked.data)
    plan = Plan(
        entries=entries,
        draws=rows,
        replications=replications,
        seed=Luck(seed).seed,
        asked=asked,
        key_root=root,
        shard=None if shard is None else check_shard(shard),
    )
    if not len(plan):
        runs = len(attrs.evolve(plan, shard=None))
        wrong = f"would be empty, because the sweep has only {number_of(runs, 'run')}"
        raise SweepError(f"shard {plan.shard}", wrong, f"use at most {number_of(runs, 'shard')}")
    return plan


def _folder(keep: Any) -> str:
    """The absolute path of a folder for runs, created if necessary.

    Raises:
        SweepError: if the folder cannot be written to.
    """
    if not isinstance(keep, (str, Path)):
        raise SweepError("keep", f"is {keep!r}", "give the path of a folder")
    place = Path(keep).resolve()
    # Writing a temporary file is the only reliable test of whether a folder can be written to.
    try:
        place.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=place):
            pass
    except OSError as error:
        raise SweepError(
            f"keep: {keep}", f"cannot be written ({error.strerror})", "name a folder that you may write to"
        ) from None
    return str(place)


def _named(scenarios: Any) -> Mapping[str, Scenario]:
    named = {scenarios.name: scenarios} if isinstance(scenarios, Scenario) else scenarios
    if not isinstance(named, Mapping) or not named:
        wrong = "are empty" if isinstance(named, Mapping) else f"are of type {type(named).__name__}"
        raise SweepError("scenarios", wrong, 'give a scenario, or {"name": scenario, ...}, or a design')
    for name, scenario in named.items():
        if not isinstance(name, str) or not name.strip():
            raise SweepError(
                "scenarios", f"have the name {name!r}", "give each scenario a name of at least one letter or digit"
            )
        if not isinstance(scenario, Scenario):
            raise SweepError(f"scenarios: {name!r}", f"is {scenario!r}", "give a Scenario")
        if CONTROLS.search(name):
            raise SweepError(
                f"scenarios: {name!r}", "is a name with a control character", "use printable characters only"
            )
    return named


def check_replications(replications: Any) -> int:
    """Replications as a plain whole number. Raises SweepError for anything but a whole number of 1 or more."""
    replications = plain(replications)
    if type(replications) is not int or not 1 <= replications < 2**31:
        raise SweepError("replications", f"the number is {replications!r}", "give a whole number of 1 or more")
    return int(replications)


def check_shard(shard: Any) -> tuple[int, int]:
    """A shard as two plain whole numbers: its own, and the number of shards. Raises SweepError for anything else."""
    parts = tuple(map(plain, shard)) if isinstance(shard, (tuple, list)) else ()
    if len(parts) != 2 or not all(type(part) is int for part in parts) or not 1 <= parts[0] <= parts[1]:
        raise SweepError("shard", f"is {shard!r}", "give its number and the number of shards, such as (3, 16)")
    return int(parts[0]), int(parts[1])


def check_draws(named: Mapping[str, Scenario], draws: Draws) -> None:
    """Raise ScenarioError if the first draw is not valid in a scenario.

    A draw may set values of a policy that only one of the scenarios has.
    """
    # A path that no scenario has is an error. A path that only some have does not apply to the others.
    somewhere = {path for path in draws.paths if not all(lacks(scenario, path) for scenario in named.values())}
    for name, scenario in named.items():
        idle = {path for path in somewhere if lacks(scenario, path)}
        setting = tuple(pair for pair in draws.setting(0) if pair[0] not in idle)
        try:
            applied(scenario, setting)
        except InputError as error:
            raise error.within(f"scenario {name!r}") from None


def _entry(name: str, scenario: Scenario) -> Entry:
    """A scenario of the sweep. Its opening staff is made now, so that errors in it are reported before the first run."""
    try:
        _ = scenario.opening
        content = scenario_content(scenario)
    except InputError as error:
        raise error.within(f"scenario {name!r}") from None
    return Entry(name, scenario, content)
