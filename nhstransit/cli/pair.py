"""The run and the baseline of a command: scenarios by name or path, or saved runs by folder.

Settings apply to the run, and omitted policies are omitted from the baseline. So `--set` shows the effect of a change,
and `--without` the effect of a policy. In both cases the gap is run minus baseline.
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
    """The arguments as typed: the run and its settings, any baseline and the policies left out of it, and the seed."""

    world: str
    baseline: str | None
    left_out: tuple[str, ...]
    settings: tuple[str, ...]
    seed: int | None

    def runs(self, count: int = 1) -> list[tuple[Run, Run]]:
        """`count` pairs of runs, with consecutive seeds.

        A saved run with settings is simulated again, with its seed. Raises UsageError if run and baseline would be the
        same, or if another seed is requested for a saved run.
        """
        if not (self.baseline or self.left_out or self.settings):
            right = "change the run with --set, leave a policy out of the baseline with --without, or add a BASELINE"
            raise click.UsageError(f"the run would be compared with itself; {right}")
        kept = _kept(self.world)
        beside = _kept(self.baseline) if self.baseline else None
        if (kept or beside) and count > 1:
            raise click.UsageError("a saved run has only one seed; to run several seeds, give scenarios instead")
        seed = self._seed(kept, beside)
        mine = kept.scenario if kept else scenario_of(self.world)
        other = self._other(mine, beside)
        # Settings apply to the run only. A saved run cannot be changed, so its scenario is simulated again with them.
        if self.settings:
            mine = set_in(mine, self.settings)
            # Without any other baseline, the saved run itself is the baseline of the changed run.
            if beside is None and not (self.baseline or self.left_out):
                beside = kept
            kept = None
        pairs = []
        for each in range(seed, seed + count):
            run = kept or _simulated(mine, each)
            baseline = beside or _simulated(other, each)
            pairs.append((run, baseline))
        return pairs

    def told(self, runs: list[tuple[Run, Run]]) -> str:
        """A line that names the run and the baseline, each with its settings and omissions, and the seeds."""
        run, baseline = runs[0]
        mine = f"{run.scenario.name}{_with('with', self.settings)}"
        omitted = tuple(policy_in_words(run.scenario, name) for name in self.left_out)
        other = f"{baseline.scenario.name}{_with('without', omitted)}"
        seeds = f"seed {run.seed}" if len(runs) == 1 else f"seeds {run.seed} to {runs[-1][0].seed}"
        return f"Run: {mine}. Baseline: {other}. Both with {seeds}."

    def _seed(self, *kept: Run | None) -> int:
        """The seed of the option, otherwise that of a saved run, otherwise 1."""
        found = [run.seed for run in kept if run is not None]
        if self.seed is not None and found and self.seed != found[0]:
            raise click.UsageError(f"the saved run has the seed {found[0]}, not {self.seed}; leave out --seed")
        if found:
            return found[0]
        return 1 if self.seed is None else self.seed

    def _other(self, mine: Scenario, beside: Run | None) -> Scenario:
        """The baseline's scenario: BASELINE or else the run's own, without the policies left out."""
        if beside is not None and self.left_out:
            raise click.UsageError("the baseline is a saved run, so nothing can be left out of it; leave out --without")
        if self.baseline and beside is None:
            mine = scenario_of(self.baseline)
        return mine.without(*self.left_out)


def _with(word: str, parts: tuple[str, ...]) -> str:
    """Settings or omissions, to follow the name of a scenario."""
    return f" {word} {', '.join(parts)}" if parts else ""


def policy_in_words(scenario: Scenario, name: str) -> str:
    """The title of a policy within a sentence, such as "MARS".

    Args:
        scenario: a scenario that may have the policy.
        name: the name of the policy in a scenario file.
    """
    from nhstransit.phrases import inside
    from nhstransit.policies.titles import title_of

    return inside(scenario.policy_titles.get(name) or title_of(name))


def pair_options(command: Command) -> Command:
    """Decorate a command with the arguments and options for a run and its baseline; it receives them as a `Pair`."""

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

    # Click takes the name and the help text of a command from its function.
    _with_pair.__name__ = command.__name__
    _with_pair.__doc__ = command.__doc__
    # Keep the options that were added to `command` before this decorator.
    _with_pair.__click_params__ = list(getattr(command, "__click_params__", []))  # type: ignore[attr-defined]
    for option in (
        ACCEPT_EDITED,
        ALLOW_CODE,
        click.option(
            "--set",
            "settings",
            multiple=True,
            metavar="PATH=VALUE",
            help="Change a setting of RUN, not of the baseline; may be repeated.",
        ),
        click.option(
            "--without",
            "left_out",
            multiple=True,
            metavar="POLICY",
            help="Leave a policy out of the baseline; may be repeated.",
        ),
        click.option(
            "--seed",
            type=SEED,
            help="Seed of the random numbers of the run and of the baseline.  [default: 1, or the saved run's]",
        ),
        click.argument("baseline", required=False),
        click.argument("world", metavar="RUN"),
    ):
        # Click adds each option before the earlier ones, so the arguments come last here and first on the command line.
        option(_with_pair)
    return _with_pair  # type: ignore[return-value]


def _kept(name: str) -> Run | None:
    """The run saved in a folder of this name; None if there is no such folder, or if it is that of one organisation."""
    from nhstransit.run import load_run
    from nhstransit.run.folders import restore

    restore(Path(name))
    if is_folder(name) or not Path(name).is_dir():
        return None
    return load_run(name, allow_code=code_allowed(), accept_edited=edits_accepted())


def _simulated(scenario: Scenario, seed: int) -> Run:
    from nhstransit.engine.simulate import simulate

    return simulate(scenario, seed=seed)
