"""Failed runs: reported at once, abandoned where a scenario always fails, and named wherever results lack them."""

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

FEW = 5  # runs of a scenario, all of them failed, after which it is stopped
DRAWS = 3  # draws that they must come from, where there are as many: a single draw may be at fault
CELLS = 10  # scenario-draw pairs, all of them failed, after which the whole sweep is stopped
TOLD = 3  # scenarios whose first failure is reported; later ones are in `failures()`


class SweepWarning(UserWarning):
    """A warning that the reader of a sweep should see, and that does not stop the sweep."""


class StoreWarning(SweepWarning):
    """A store is written differently from usual."""


class MissingWarning(SweepWarning):
    """Runs failed, or figures rest on fewer runs than were requested: what is missing, and why."""


def tell(sentence: str, kind: type[SweepWarning] = MissingWarning) -> None:
    """Warn of what is missing, at the line of the user's program that made the call."""
    house = str(Path(__file__).parents[1])
    frame = inspect.currentframe()
    level = 1
    while frame is not None and frame.f_code.co_filename.startswith(house):
        frame = frame.f_back
        level += 1
    warnings.warn(kind(sentence), stacklevel=level)


def error_of(trace: str) -> str:
    """The error at the end of a trace, such as "ValueError: did not converge"."""
    lines = trace.strip().splitlines()
    return lines[-1].strip() if lines else ""


def reasons(traces: Iterable[str]) -> str:
    """The errors of some failures, the most frequent first, three at most; empty where there are none."""
    counted = Counter(error_of(trace) for trace in traces if trace)
    listed = [f"{error} ({count:,} times)" if count > 1 else error for error, count in counted.most_common(3)]
    more = len(counted) - len(listed)
    return "; ".join(listed) + (f"; and {more} other errors" if more else "")


@attrs.define(eq=False)
class Watch:
    """Follows a sweep's failures: which scenarios and draws have had a successful run, and which always fail.

    `quiet` is for callers that report failures themselves. A cell is one scenario under one draw.
    """

    plan: Plan
    quiet: bool = False
    _right: set[tuple[str, int]] = attrs.field(factory=set)
    _wrong: Counter[tuple[str, int]] = attrs.field(factory=Counter)
    _told: list[str] = attrs.field(factory=list)
    _stopped: set[str] = attrs.field(factory=set)

    def note(self, outcomes: Sequence[Outcome]) -> None:
        """Count outcomes, and report the first failure of each scenario."""
        for outcome in outcomes:
            cell = (outcome.point.scenario, outcome.point.draw)
            if outcome.names:
                self._right.add(cell)
            elif outcome.failure:
                self._wrong[cell] += 1
            if outcome.failure and outcome.point.scenario not in self._told:
                self._tell_first(outcome)

    def most(self, scenario: str, draw: int, there: int) -> int | None:
        """How many runs of a cell the next task may hold: 0 where the cell is stopped, None where there is no limit.

        Args:
            scenario: the hash of the scenario's content.
            draw: the index of the draw.
            there: how many of the cell's runs are already in the store.
        """
        cell = (scenario, draw)
        if there:
            self._right.add(cell)
        if cell in self._right:
            return None
        if self._wrong[cell] >= FEW or self._scenario_fails(scenario) or self._all_fail():
            self._tell_stopped(scenario, draw)
            return 0
        return FEW - self._wrong[cell]

    def _scenario_fails(self, scenario: str) -> bool:
        """Whether a scenario failed often enough, under every draw that was tried."""
        if any(content == scenario for content, _ in self._right):
            return False
        wrong = [count for (content, _), count in self._wrong.items() if content == scenario]
        return sum(wrong) >= FEW and len(wrong) >= min(DRAWS, len(self.plan.draws))

    def _all_fail(self) -> bool:
        """Whether every run in many cells failed."""
        return not self._right and len(self._wrong) >= CELLS

    def _tell_first(self, outcome: Outcome) -> None:
        self._told.append(outcome.point.scenario)
        if self.quiet or len(self._told) > TOLD:
            return
        where = f"scenario {self._name(outcome.point.scenario)!r}: a run failed (seed {outcome.point.seed})"
        tell(f"{where}: {error_of(outcome.failure)}; the others continue, and failures() will have its trace")

    def _tell_stopped(self, scenario: str, draw: int) -> None:
        if self._all_fail():
            name = ""
            sentence = f"every one of the first {sum(self._wrong.values())} runs failed: the sweep is stopped"
        elif self._scenario_fails(scenario):
            name = scenario
            sentence = f"scenario {self._name(scenario)!r}: its first runs all failed: it is stopped"
        else:
            name = f"{scenario}/{draw}"
            sentence = (
                f"scenario {self._name(scenario)!r}: its first runs under draw {draw} all failed: it is stopped there"
            )
        if name in self._stopped:
            return
        self._stopped.add(name)
        if not self.quiet and len(self._stopped) <= TOLD:
            tell(f"{sentence}; see failures(), correct what is wrong and call again: only what is missing is run")

    def _name(self, content: str) -> str:
        return next(entry.name for entry in self.plan.entries if entry.content == content)
