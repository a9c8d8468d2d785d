"""`nhstransit forecast`: a forecast from what was known on a day, kept on a card with a hash, and scored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from nhstransit.cli.words import study_played, warnings_told


@click.group("forecast")
def command() -> None:
    """Make a sealed forecast of England from what was public on a day, or score one against what happened."""


@command.command("make")
@click.argument("known", required=False, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="A new TOML file for the card.")
@click.option("--worlds", type=click.IntRange(5), default=32, show_default=True, help="Worlds to run.")
@click.option(
    "--typical", type=click.FloatRange(0, 1, min_open=True), help="Take-up of an earlier card.  [default: it is fitted]"
)
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes to run in.")
@click.option("--progress/--no-progress", default=None, help="Show progress.  [default: in a terminal]")
def make(
    known: Path | None,
    out: Path,
    worlds: int,
    typical: float | None,
    workers: int,
    progress: bool | None,
) -> None:
    """Forecast England from what the TOML file KNOWN says was public; by default, on 19 January 2011.

    \f
    Args: one for each option and argument, described by its help.
    """
    from nhstransit.cli.new_files import check_new
    from nhstransit.england.exante import bundled_ex_ante, load_ex_ante
    from nhstransit.england.forecast import write_card
    from nhstransit.england.make_forecast import make_forecast
    from nhstransit.run.folders import made_aside

    check_new(out)
    public = bundled_ex_ante() if known is None else load_ex_ante(known)
    made_by = "nhstransit forecast make" + (f" {known}" if known else "")
    with study_played():
        how: dict[str, Any] = {"worlds": worlds, "typical": typical, "executor": workers, "progress": progress}
        card = make_forecast(public, made_by=made_by, **how)
    with made_aside(out, file=True) as place:
        write_card(card, place)
    for one in card.quantity:
        click.echo(f"{one.name}: {one.middle:,.1f} {one.unit}, 80% between {one.low:,.1f} and {one.high:,.1f}")
    click.echo(f"Sealed and written to {out}.")


@command.command("ahead")
@click.argument("known", required=False, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="A new TOML file for the card.")
@click.option("--worlds", type=click.IntRange(5), default=32, show_default=True, help="Worlds to run.")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes to run in.")
@click.option("--progress/--no-progress", default=None, help="Show progress.  [default: in a terminal]")
def ahead(known: Path | None, out: Path, worlds: int, workers: int, progress: bool | None) -> None:
    """Forecast a reorganisation under way, from what KNOWN says was public; by default England on 11 November 2025.

    \f
    Args: one for each option and argument, described by its help.
    """
    from nhstransit.cli.new_files import check_new
    from nhstransit.england.foresight import load_foresight, look_ahead, save_card
    from nhstransit.run.folders import made_aside

    check_new(out)
    made_by = "nhstransit forecast ahead" + (f" {known}" if known else "")
    with warnings_told():
        card = look_ahead(load_foresight(known), made_by=made_by, worlds=worlds, executor=workers, progress=progress)
    with made_aside(out, file=True) as place:
        save_card(card, place)
    for one in card.quantity:
        click.echo(f"{one.name}: {one.middle:,.1f} {one.unit}, 80% between {one.low:,.1f} and {one.high:,.1f}")
    click.echo(f"Sealed and written to {out}.")


@command.command("score")
@click.argument("card", required=False, type=click.Path(path_type=Path))
@click.option("--happened", type=click.Path(path_type=Path), help="A CSV file with columns quantity and happened.")
@click.option("--csv", "path", type=click.Path(path_type=Path), help="Write it to a CSV file.")
def score(card: Path | None, happened: Path | None, path: Path | None) -> None:
    """Compare the forecast on CARD, or the bundled one of January 2011, with the Department's and with what happened.

    A card made by `forecast ahead` has no outcomes yet: give those that have been published since with --happened. CARD
    may also be england-2025, the bundled card of November 2025.

    \f
    Args: one for each option and argument, described by its help.
    """
    from nhstransit import toml
    from nhstransit.cli.table import shown
    from nhstransit.england.forecast import bundled_card, load_card, scored
    from nhstransit.england.foresight import read_card, read_happened, score_card

    told: Any
    ahead = True
    if card is None:
        told = bundled_card()
        ahead = False
    elif str(card) == "england-2025":
        told = read_card()
    elif "typical" in toml.read(card):
        told = load_card(card)
        ahead = False
    else:
        told = read_card(card)
    outcomes = read_happened(happened, told.quantity) if happened is not None else {}
    click.echo(f"{told.about}; {told.worlds} worlds; sealed {told.sha256[:12]}")
    if happened is None and not ahead:
        shown(scored(None if card is None else told).reset_index(), path)
        return
    table = score_card(told.quantity, outcomes)
    shown(table if path is not None else table.drop(columns=["absolute_error", "interval_score"]), path)
    known = table[table["inside"] != ""]
    if len(known):
        inside = int((known["inside"] == "yes").sum())
        click.echo(
            f"{inside} of {len(known)} outcomes lie inside their interval; of 80% intervals four in five should."
        )
    else:
        click.echo("Nothing of it has been scored: give what was published with --happened FILE.")
