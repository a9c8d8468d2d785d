"""`nhstransit compare`: two worlds with the same luck."""

from __future__ import annotations

import click

from nhstransit.cli.words import ALLOW_CODE, SEED, scenario_of


@click.command("compare")
@click.argument("scenario")
@click.option("--seed", type=SEED, default=1, show_default=True, help="Root of all luck, shared by both worlds.")
@click.option("--without", "left_out", multiple=True, metavar="POLICY", help="What the baseline goes without.")
@click.option("--set", "settings", multiple=True, metavar="PATH=VALUE", help="What is otherwise in the baseline.")
@ALLOW_CODE
def command(scenario: str, seed: int, left_out: tuple[str, ...], settings: tuple[str, ...]) -> None:
    """Simulate SCENARIO and a baseline that goes without some of it, and say what differs and for whom."""
    from nhstransit.comparison import compare
    from nhstransit.engine.simulate import simulate

    if not left_out and not settings:
        raise click.UsageError(
            "the baseline is the scenario itself; say what it goes --without, or what to --set in it"
        )
    run = simulate(scenario_of(scenario), seed=seed)
    baseline = simulate(scenario_of(scenario, left_out, settings), seed=seed)
    click.echo(repr(compare(run, baseline=baseline)))
