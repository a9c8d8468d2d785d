"""`nhstransit forecast`: make a forecast from what was known on a day, store it with a hash, and score it later."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from nhstransit.cli.words import study_stoppable, warnings_told


@click.group("forecast")
def command() -> None:
    """Make a sealed forecast of England from what was public on a day, or score a forecast against outcomes."""


@command.command("make")
@click.argument("known", required=False, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="A new TOML file for the card.")
@click.option("--worlds", type=click.IntRange(5), default=32, show_default=True, help="Number of draws to simulate.")
@click.option(
    "--typical",
    type=click.FloatRange(0, 1, min_open=True),
    help="Typical take-up, such as that of an earlier card.  [default: it is fitted]",
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
    """Forecast England from the information in the TOML file KNOWN. By default it is what was public on 19 January 2011.

    \f
    Args: the options and arguments of the command, which have their own help texts.
    """
    from nhstransit.cli.new_files import check_new
    from nhstransit.england.exante import bundled_ex_ante, load_ex_ante
    from nhstransit.england.forecast import write_card
    from nhstransit.england.make_forecast import make_forecast
    from nhstransit.run.folders import made_aside

    check_new(out)
    public = bundled_ex_ante() if known is None else load_ex_ante(known)
    made_by = "nhstransit forecast make" + (f" {known}" if known else "")
    with study_stoppable():
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
@click.option("--worlds", type=click.IntRange(5), default=32, show_default=True, help="Number of draws to simulate.")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes to run in.")
@click.option("--progress/--no-progress", default=None, help="Show progress.  [default: in a terminal]")
def ahead(known: Path | None, out: Path, worlds: int, workers: int, progress: bool | None) -> None:
    """Forecast a reform that is still under way from the information in the TOML file KNOWN.

    By default it is what was public about England on 11 November 2025.

    \f
    Args: the options and arguments of the command, which have their own help texts.
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
@click.option(
    "--happened", type=click.Path(path_type=Path), help="Outcomes: a CSV file with columns quantity and happened."
)
@click.option("--csv", "path", type=click.Path(path_type=Path), help="Write the comparison to a CSV file.")
def score(card: Path | None, happened: Path | None, path: Path | None) -> None:
    """Compare the forecast saved in the file CARD with outcomes. By default, CARD is the bundled forecast of January 2011.

    The comparison of January 2011 includes the Department's own forecast. A card of `forecast ahead` contains no
    outcomes: give those published since with --happened. CARD may also be england-2025, the bundled card of November
    2025.

    \f
    Args: the options and arguments of the command, which have their own help texts.
    """
    from nhstransit import toml
    from nhstransit.cli.table import shown
    from nhstransit.england.forecast import bundled_card, load_card, scored
    from nhstransit.england.foresight import read_card, read_happened, score_card

    forecast: Any
    ahead = True
    if card is None:
        forecast = bundled_card()
        ahead = False
    elif str(card) == "england-2025":
        forecast = read_card()
    # Only a card of `forecast make` has a fitted take-up; a card of `forecast ahead` has not.
    elif "typical" in toml.read(card):
        forecast = load_card(card)
        ahead = False
    else:
        forecast = read_card(card)
    outcomes = read_happened(happened, forecast.quantity) if happened is not None else {}
    click.echo(f"{forecast.about}; {forecast.worlds} draws; sealed with hash {forecast.sha256[:12]}")
    if happened is None and not ahead:
        shown(scored(None if card is None else forecast).reset_index(), path)
        return
    table = score_card(forecast.quantity, outcomes)
    # A file gets every column; the terminal gets those that a reader compares.
    shown(table if path is not None else table.drop(columns=["absolute_error", "interval_score"]), path)
    known = table[table["inside"] != ""]
    if len(known):
        inside = int((known["inside"] == "yes").sum())
        click.echo(f"{inside} of {len(known)} outcomes are inside their 80% interval; four in five should be.")
    else:
        click.echo("No outcomes are known yet; give the published outcomes with --happened FILE.")
