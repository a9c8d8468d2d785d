"""Two worlds named on the command line: scenarios by name or path, or saved runs by folder.

Settings apply to the run, and policies left out are left out of the baseline. So `--set` asks what a change would do,
and `--without` what a policy has done. In both cases the gap is run minus baseline.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import attrs
import click

from nhstransit.cli.words import (
    ACCEPT_EDITED,
    ALLOW_CODE,
    SEED,
    code_allowed,
    edits_accepted,
    is_folder,
    scenario_of,
    set_in,
)

if TYPE_CHECKING:
    from nhstransit.run import Run
    from nhstransit.scenario import Scenario

Command = TypeVar("Command", bound=Callable[..., Any])


@attrs.frozen(kw_only=True)
class Pair:
    """The arguments as written: the run, its settings, the baseline if named, the policies it leaves out, the seed."""

    world: str
    baseline: str | None
    left_out: tuple[str, ...]
    settings: tuple[str, ...]
    seed: int | None

    def runs(self, count: int = 1) -> list[tuple[Run, Run]]:
        """`count` pairs of runs, with consecutive seeds.

        A saved run with settings is simulated again, with its seed. Raises UsageError where the two worlds would be the
        same, or where another seed is requested for a saved run.
        """
        if not (self.baseline or self.left_out or self.settings):
            right = "change the run with --set, leave a policy out of the baseline with --without, or name a BASELINE"
            raise click.UsageError(f"the baseline is the scenario itself; {right}")
        kept = _kept(self.world)
        beside = _kept(self.baseline) if self.baseline else None
        if (kept or beside) and count > 1:
            raise click.UsageError("a saved run has one seed; name scenarios to run several seeds")
        seed = self._seed(kept, beside)
        mine = kept.scenario if kept else scenario_of(self.world)
        other = self._other(mine, beside)
        if self.settings:
            mine = set_in(mine, self.settings)
            beside = beside or (None if self.baseline or self.left_out else kept)
            kept = None
        return [(kept or _played(mine, each), beside or _played(other, each)) for each in range(seed, seed + count)]

    def told(self, runs: list[tuple[Run, Run]]) -> str:
        """A line that names the run and the baseline, each with its settings and omissions, and the seeds."""
        run, baseline = runs[0]
        mine = f"{run.scenario.name}{_with('with', self.settings)}"
        other = f"{baseline.scenario.name}{_with('without', self.left_out)}"
        seeds = f"seed {run.seed}" if len(runs) == 1 else f"seeds {run.seed} to {runs[-1][0].seed}"
        return f"Run: {mine}. Baseline: {other}. Both with {seeds}."

    def _seed(self, *kept: Run | None) -> int:
        """The seed that was given, otherwise that of a saved run, otherwise 1."""
        found = [run.seed for run in kept if run is not None]
        if self.seed is not None and found and self.seed != found[0]:
            raise click.UsageError(f"the saved run has the seed {found[0]}, not {self.seed}; leave out --seed")
        return found[0] if found else 1 if self.seed is None else self.seed

    def _other(self, mine: Scenario, beside: Run | None) -> Scenario:
        """The baseline's scenario: the named one or the run's own, without the policies left out."""
        if beside is not None and self.left_out:
            raise click.UsageError("the baseline is a saved run; nothing in it can be left out")
        if self.baseline and beside is None:
            mine = scenario_of(self.baseline)
        return mine.without(*self.left_out)


def _with(word: str, parts: tuple[str, ...]) -> str:
    """Settings or omissions, as the end of a name."""
    return f" {word} {', '.join(parts)}" if parts else ""


def pair_options(command: Command) -> Command:
    """Decorate a command with the arguments and options that name two worlds; it receives them as a `Pair`."""

    def _with_pair(
        world: str,
        baseline: str | None,
        seed: int | None,
        left_out: tuple[str, ...],
        settings: tuple[str, ...],
        **rest: Any,
    ) -> Any:
        made = Pair(world=world, baseline=baseline, seed=seed, left_out=left_out, settings=settings)
        return command(made, **rest)

    _with_pair.__name__ = command.__name__
    _with_pair.__doc__ = command.__doc__
    _with_pair.__click_params__ = list(getattr(command, "__click_params__", []))  # type: ignore[attr-defined]
    for option in (
        ACCEPT_EDITED,
        ALLOW_CODE,
        click.option("--set", "settings", multiple=True, metavar="PATH=VALUE", help="Set in RUN, not in the baseline."),
        click.option("--without", "left_out", multiple=True, metavar="POLICY", help="Left out of the baseline."),
        click.option(
            "--seed",
            type=SEED,
            help="Seed of all random draws, shared by both worlds.  [default: 1, or the saved run's]",
        ),
        click.argument("baseline", required=False),
        click.argument("world", metavar="RUN"),
    ):
        option(_with_pair)
    return _with_pair  # type: ignore[return-value]


def _kept(name: str) -> Run | None:
    """The run saved in a folder of this name; None where there is no such folder, or it is one organisation's own."""
    from nhstransit.run import load_run
    from nhstransit.run.folders import restore

    restore(Path(name))
    if is_folder(name) or not Path(name).is_dir():
        return None
    return load_run(name, allow_code=code_allowed(), accept_edited=edits_accepted())


def _played(scenario: Scenario, seed: int) -> Run:
    from nhstransit.engine.simulate import simulate

    return simulate(scenario, seed=seed)
