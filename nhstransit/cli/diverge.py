"""`nhstransit diverge`: where two runs first differ, why, and the proof that they were identical until then."""

from __future__ import annotations

import click

from nhstransit.cli.pair import Pair, pair_options
from nhstransit.cli.show import tell_status


@click.command("diverge")
@pair_options
@click.option("--staff", type=int, help="Compare only the events of the person with this identity.")
@click.option(
    "--by-trial",
    is_flag=True,
    help="Test each difference on its own, and list the ones that are enough to make the runs differ.",
)
def command(pair: Pair, staff: int | None, by_trial: bool) -> None:
    """Find where RUN first differs from BASELINE: the day, policy or other rule, person and event, and the reason.

    RUN and BASELINE are each a scenario, by name or path, or the folder of a saved run. Without BASELINE, RUN is compared
    with its own scenario: --set changes RUN, and --without leaves a policy out of the baseline.

    \f
    Args: the options and arguments of the command, which have their own help texts.
    """
    from nhstransit.comparison import diverge, responsible

    runs = pair.runs()
    run, baseline = runs[0]
    audit = repr(diverge(run, baseline, staff=staff))
    found = responsible(run, baseline) if by_trial else ()  # before anything is printed, so that only an error appears
    click.echo(f"{pair.told(runs)}\n{audit}")
    tell_status(run.scenario, baseline.scenario)
    if by_trial:
        click.echo(
            f"Each of these alone makes the runs differ at the same event: {', '.join(found) or 'none of the differences'}."
        )
