"""`nhstransit compare`: two scenarios with the same random numbers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from nhstransit.cli.pair import Pair, pair_options, policy_in_words
from nhstransit.cli.report import REPORT, check_brief, write_report
from nhstransit.cli.show import tell_status
from nhstransit.phrases import listed

if TYPE_CHECKING:
    import pandas as pd

    from nhstransit.comparison import Comparison

CUTS = ("employer", "kind", "region", "function", "band", "sex", "age", "service")
ONE_PAIR = (
    "This is one pair of runs, so each gap is partly due to chance. For intervals, run several pairs: --seeds 10."
)


@click.command("compare")
@pair_options
@click.option(
    "--seeds",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Number of seeds to run, starting from --seed.",
)
@click.option("--changes", is_flag=True, help="Show every setting that differs, with its old and new value.")
@click.option("--by", type=click.Choice(CUTS), help="Show the four outcomes of the opening staff by group.")
@click.option(
    "--scheme",
    metavar="POLICY",
    help="Show how many people a severance scheme paid needlessly, and the posts it saved.",
)
@click.option("--retention", metavar="POLICY", help="Show how many people stayed because of retention terms.")
@click.option("--waterfall", is_flag=True, help="Show the gap in the cost of staff, mechanism by mechanism.")
@REPORT
def command(
    pair: Pair,
    seeds: int,
    changes: bool,
    by: str | None,
    scheme: str | None,
    retention: str | None,
    waterfall: bool,
    brief: Path | None,
) -> None:
    """Compare RUN with BASELINE, with the same random numbers: what differs, and which people are affected.

    RUN and BASELINE are each a scenario, by name or path, or the folder of a saved run. Without BASELINE, RUN is compared
    with its own scenario: --set changes RUN, and --without leaves a policy out of the baseline. Every gap is RUN minus the
    baseline.

    \f
    Args: the options and arguments of the command, which have their own help texts.
    """
    from nhstransit.comparison import compare
    from nhstransit.comparison.wording import number

    # Everything that can be wrong with the command is checked before anything is simulated.
    check_brief(brief)
    asked = {"--changes": changes, "--by": by, "--scheme": scheme, "--retention": retention, "--waterfall": waterfall}
    # Each of these tables belongs to one pair of runs.
    of_one = [name for name, given in asked.items() if given]
    if seeds > 1 and of_one:
        raise click.UsageError(f"--seeds {seeds} prints only the summary; leave out --seeds, or {listed(of_one)}")
    runs = pair.runs(seeds)
    if seeds > 1:
        several = compare([run for run, _ in runs], baseline=[baseline for _, baseline in runs])
        click.echo(f"{pair.told(runs)}\n{several!r}")
        tell_status(runs[0][0].scenario, runs[0][1].scenario)
        if brief is not None:
            write_report(lambda: several, brief)
        return
    one = compare(runs[0][0], baseline=runs[0][1])
    further = _further(one, changes, by, scheme, retention)
    steps = repr(one.waterfall) if waterfall else ""  # before printing, so that an error appears alone
    click.echo(f"{pair.told(runs)}\n{one!r}")
    for title, table in further:
        printed = table.rename(columns=_spoken).to_string(float_format=number, na_rep="")
        click.echo(f"\n{title}\n\n{printed}")
    if waterfall:
        click.echo(f"\n{steps}")
    click.echo(ONE_PAIR)
    tell_status(one.run.scenario, one.baseline.scenario)
    if brief is not None:
        write_report(lambda: one, brief)


def _further(
    one: Comparison, changes: bool, by: str | None, scheme: str | None, retention: str | None
) -> list[tuple[str, pd.DataFrame]]:
    """The further tables that were requested, each with its title."""
    from nhstransit.organisations.bodies import KINDS

    shown: list[tuple[str, pd.DataFrame]] = []
    if changes:
        shown.append(("Settings that differ", one.settings))
    if by:
        table = one.strata_by(by)  # type: ignore[arg-type]
        if by == "kind":  # the other groups are in words already
            table = table.rename(index=KINDS)
        shown.append((f"The opening staff at the end, by {by}", table))
    if scheme:
        title = policy_in_words(one.run.scenario, scheme)
        shown.append((f"Deadweight of {title}", one.deadweight(scheme)))
        shown.append((f"Posts saved by {title}", one.posts_saved(scheme).rename(columns=_spoken).T))
    if retention:
        title = policy_in_words(one.run.scenario, retention)
        shown.append((f"People who stayed because of {title}", one.additionality(retention)))
    return shown


def _spoken(column: object) -> object:
    """A column name with spaces instead of underscores."""
    return column.replace("_", " ") if isinstance(column, str) else column
