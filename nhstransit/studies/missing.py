"""Failed runs: when they are reported, when a scenario is stopped, and how results report what is missing."""

from __future__ import annotations

import inspect
import warnings
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from nhstransit.studies.tasks import Outcome

if TYPE_CHECKING:
    from nhstransit.studies.plan import Plan

FEW = 5  # a scenario is stopped after this many runs if all of them failed
DRAWS = 3  # these runs must come from this many draws (or all, if fewer), because a single draw may be the cause
CELLS = 10  # the sweep is stopped after failures in this many scenario-draw pairs, if no run succeeded
REPORTED = 3  # the first failure is reported for this many scenarios; the others are in `failures()`


class SweepWarning(UserWarning):
    """A warning about a sweep, which continues."""


class StoreWarning(SweepWarning):
    """A warning that a store is written in an unusual way."""


class MissingWarning(SweepWarning):
    """A warning that runs failed, or that figures are based on fewer runs than were requested."""


def tell(sentence: str, kind: type[SweepWarning] = MissingWarning) -> None:
    """Issue a warning at the line of the user's program that called the library."""
    # Frames of the library are skipped, so that the warning names the line that the user can change.
    house = str(Path(__file__).parents[1])
    frame = inspect.currentframe()
    level = 1
    while frame is not None and frame.f_code.co_filename.startswith(house):
        frame = frame.f_back
        level += 1
    warnings.warn(kind(sentence), stacklevel=level)


def error_of(trace: str) -> str:
    """The last line of a traceback, such as "ValueError: did not converge"."""
    lines = trace.strip().splitlines()
    return lines[-1].strip() if lines else ""


def reasons(traces: Iterable[str]) -> str:
    """The most frequent errors of some failures, three at most, as text; "" if there are no failures."""
    counted = Counter(error_of(trace) for trace in traces if trace)
    listed = [f"{error} ({count:,} times)" if count > 1 else error for error, count in counted.most_common(3)]
    more = len(counted) - len(listed)
    return "; ".join(listed) + (f"; and {more} other errors" if more else "")


@attrs.define(eq=False)
class Watch:
    """Records which scenarios and draws of a sweep have had a successful run, and which always fail.

    A cell is one scenario under one draw. With `quiet` no warnings are issued, because the caller reports failures.
    """

    plan: Plan
    quiet: bool = False
    _right: set[tuple[str, int]] = attrs.field(factory=set)
    _wrong: Counter[tuple[str, int]] = attrs.field(factory=Counter)
    _reported: list[str] = attrs.field(factory=list)
    _stopped: set[str] = attrs.field(factory=set)

    def note(self, outcomes: Sequence[Outcome]) -> None:
        """Count outcomes, and report the first failure of each scenario."""
        for outcome in outcomes:
            cell = (outcome.point.scenario, outcome.point.draw)
            # An outcome with names has figures. It may have a failure too, if only saving the run failed.
            if outcome.names:
                self._right.add(cell)
            elif outcome.failure:
                self._wrong[cell] += 1
            if outcome.failure and outcome.point.scenario not in self._reported:
                self._tell_first(outcome)

    def most(self, scenario: str, draw: int, there: int) -> int | None:
        """How many runs of a cell the next task may have: 0 if the cell is stopped, None for no limit.

        Args:
            scenario: the hash of the scenario's content.
            draw: the index of the draw.
            there: how many of the cell's runs are already in the store.
        """
        cell = (scenario, draw)
        # A stored result is a success of an earlier call.
        if there:
            self._right.add(cell)
        if cell in self._right:
            return None
        if self._wrong[cell] >= FEW or self._scenario_fails(scenario) or self._all_fail():
            self._tell_stopped(scenario, draw)
            return 0
        # Until a first success, only as many runs as are needed to decide whether to stop.
        return FEW - self._wrong[cell]

    def _scenario_fails(self, scenario: str) -> bool:
        """Whether a scenario has failed in enough runs and draws, without a success, to be stopped."""
        if any(content == scenario for content, _ in self._right):
            return False
        wrong = [count for (content, _), count in self._wrong.items() if content == scenario]
        return sum(wrong) >= FEW and len(wrong) >= min(DRAWS, len(self.plan.draws))

    def _all_fail(self) -> bool:
        """Whether runs have failed in enough cells, without a success in any, to stop the sweep."""
        return not self._right and len(self._wrong) >= CELLS

    def _tell_first(self, outcome: Outcome) -> None:
        self._reported.append(outcome.point.scenario)
        if self.quiet or len(self._reported) > REPORTED:
            return
        where = f"scenario {self._name(outcome.point.scenario)!r}: a run failed (seed {outcome.point.seed})"
        tell(f"{where}: {error_of(outcome.failure)}; other runs continue, and failures() will have the traceback")

    def _tell_stopped(self, scenario: str, draw: int) -> None:
        # The widest cause is reported, and only once.
        if self._all_fail():
            name = ""
            sentence = f"the sweep was stopped because all of its first {sum(self._wrong.values())} runs failed"
        elif self._scenario_fails(scenario):
            name = scenario
            sentence = f"scenario {self._name(scenario)!r} was stopped because all of its first runs failed"
        else:
            name = f"{scenario}/{draw}"
            sentence = (
                f"scenario {self._name(scenario)!r} was stopped for draw {draw} because all of its first runs failed"
            )
        if name in self._stopped:
            return
        self._stopped.add(name)
        if not self.quiet and len(self._stopped) <= REPORTED:
            tell(f"{sentence}; see failures(), correct the errors and call again: only missing runs will be made")

    def _name(self, content: str) -> str:
        return next(entry.name for entry in self.plan.entries if entry.content == content)
