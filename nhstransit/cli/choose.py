"""`nhstransit choose`: which of a study's options to choose, how certain that is, and what would change the choice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nhstransit.cli.report import REPORT, check_brief, write_report
from nhstransit.cli.words import ALLOW_CODE, code_allowed, study_stoppable, warnings_told

if TYPE_CHECKING:
    import pandas as pd

    from nhstransit.choice import Choice

TABLES = {
    "options": "the mean of each objective for each option, with intervals",
    "gaps": "each option compared with the unchanged scenario",
    "pareto": "which options are dominated, with probabilities",
    "regret": "how much worse each option is than the best, in each future",
    "won": "the share of futures in which each option is the best within the limits",
    "limits": "the share of futures in which each option meets the limits",
    "selections": "the best option for each objective, with its probability",
    "information": "the value of information about each uncertain number",
    "switching": "the value of each uncertain number at which another option becomes best",
    "fails": "the futures in which the favoured option fails, as ranges of the uncertain numbers",
}


@click.command("choose")
@click.argument("study", type=click.Path(path_type=Path))
@click.option("--store", type=click.Path(path_type=Path), help="File for the results.  [default: STUDY with .db]")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes to run in.")
@click.option("--futures", type=click.IntRange(1), help="Number of futures, instead of the file's.")
@click.option("--replications", type=click.IntRange(1), help="Number of replications, instead of the file's.")
@click.option("--table", "name", type=click.Choice(list(TABLES)), help="Print this table instead of sentences.")
@click.option("--csv", "path", type=click.Path(path_type=Path), help="Write the table to a CSV file.")
@click.option("--progress/--no-progress", default=None, help="Show progress.  [default: in a terminal]")
@REPORT
@ALLOW_CODE
def command(
    study: Path,
    store: Path | None,
    workers: int,
    futures: int | None,
    replications: int | None,
    name: str | None,
    path: Path | None,
    progress: bool | None,
    brief: Path | None,
) -> None:
    """Run the options of the TOML file STUDY, unless they are in the store already, and print which option to choose.

    STUDY is a study file with a table [choice], or the name of a bundled study, such as choose-hamlet. Its first scenario
    is the unchanged one, and the other scenarios are the options. All have the same draws and random numbers.

    \f
    Args: the options and arguments of the command, which have their own help texts.
    """
    from nhstransit.choice.choice_file import choose_file
    from nhstransit.cli.show import tell_statuses
    from nhstransit.studies.study_file import study_named

    check_brief(brief)
    place = study_named(study)
    # The store is in the present folder, since a bundled study is where the user may not write.
    kept = store or Path(place.with_suffix(".db").name)
    with study_stoppable():
        found = choose_file(
            place,
            allow_code=code_allowed(),
            futures=futures,
            replications=replications,
            store=kept,
            executor=workers,
            progress=progress,
        )
    if name is not None or path is not None:
        _print(found, name or "options", path)
        return
    for sentence in found.sentences():
        click.echo(sentence)
    tell_statuses(found.study)
    if brief is not None:
        with warnings_told():
            write_report(lambda: found, brief)


def _print(found: Choice, name: str, path: Path | None) -> None:
    from nhstransit.cli.table import shown

    shown(_table(found, name).reset_index(), path)


def _table(found: Choice, name: str) -> pd.DataFrame:
    """The table of that name."""
    # Functions and not tables, because some of these tables take a while to make.
    makers: dict[str, Callable[[], pd.DataFrame]] = {
        "options": found.table,
        "gaps": found.gaps,
        "pareto": found.pareto,
        "regret": found.regret,
        "won": found.futures_won,
        "limits": found.satisficing,
        "selections": found.selections,
        "information": found.information,
        "switching": found.switching,
        "fails": lambda: found.fails().table,
    }
    return makers[name]()
