"""`nhstransit sweep`: run, resume or extend a study file."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nhstransit.cli.report import REPORT, check_brief, write_report
from nhstransit.cli.show import tell_statuses
from nhstransit.cli.words import ALLOW_CODE, code_allowed, study_stoppable, warnings_told

if TYPE_CHECKING:
    from nhstransit.studies import Study
    from nhstransit.studies.study_file import StudyFile


def _shard(context: click.Context, option: click.Parameter, value: str | None) -> tuple[int, int] | None:
    """The two numbers in a text such as 3/16: the number of a part, and how many parts there are."""
    if value is None:
        return None
    number, slash, of = value.partition("/")
    if not slash or not (number.isdecimal() and of.isdecimal()) or not 1 <= int(number) <= int(of):
        raise click.BadParameter(
            f"{value!r} is not a shard; write its number and the number of shards, such as 3/16", context, option
        )
    return int(number), int(of)


@click.command("sweep")
@click.argument("study", type=click.Path(path_type=Path))
@click.option("--store", type=click.Path(path_type=Path), help="File for the results.  [default: STUDY with .db]")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes to run in.")
@click.option("--replications", type=click.IntRange(1), help="Number of replications, instead of the file's.")
@click.option("--keep", type=click.Path(path_type=Path), help="Also save every run in this folder.")
@click.option(
    "--shard",
    callback=_shard,
    metavar="K/N",
    help="Run only this part of all runs, such as 3/16, and save it in its own store.",
)
@click.option(
    "--progress/--no-progress",
    default=None,
    help="Show progress; without it, print one line per minute.  [default: in a terminal]",
)
@REPORT
@ALLOW_CODE
@click.pass_context
def command(
    context: click.Context,
    study: Path,
    store: Path | None,
    workers: int,
    replications: int | None,
    keep: Path | None,
    shard: tuple[int, int] | None,
    progress: bool | None,
    brief: Path | None,
) -> None:
    """Run the study in the TOML file STUDY, except for runs that are in the store already; then print a summary.

    STUDY may also be the name of a bundled study, such as england-2025. For a bundled study, a table of the
    differences between its scenarios and the baseline is printed.

    With --shard, the name of the default store includes the shard: STUDY-3-of-16.db. To merge all shards, use
    `nhstransit store merge`.

    The exit status is 1 if every run failed.

    \f
    Args: the options and arguments of the command, which have their own help texts.
    """
    from nhstransit.studies import sweep
    from nhstransit.studies.progress import wanted
    from nhstransit.studies.study_file import read_study, study_named

    if shard is not None and brief is not None:
        raise click.UsageError(
            "a report of one shard would cover only part of the runs; leave out --report, merge the stores of all shards, "
            "and use `nhstransit report STORE`"
        )
    check_brief(brief)
    path = study_named(study)
    asked = read_study(path, allow_code=code_allowed())
    # Each shard has a store of its own, so that several machines never write to one file.
    part = "" if shard is None else "-{}-of-{}".format(*shard)
    kept = store or Path(f"{path.stem}{part}.db")
    with study_stoppable(), _log_shown(not wanted(progress)):
        found = sweep(
            asked.scenarios,
            replications=replications or asked.replications,
            seed=asked.seed,
            draws=asked.draws,
            measure=asked.measure,
            series=asked.series,
            store=kept,
            executor=workers,
            keep=keep,
            progress=progress,
            shard=shard,
        )
    _tell(found, kept)
    if shard is None:
        _tell_unchanged(found, asked)
    # The path differs from what was typed only for a bundled study.
    if path != study and shard is None:
        _tell_gaps(found)
    # A report needs at least one run.
    if found.results.failed.all():
        context.exit(1)
    if brief is not None:
        with warnings_told():
            write_report(lambda: found, brief)


@contextmanager
def _log_shown(wanted: bool) -> Iterator[None]:
    """While the block runs, print the library's log messages with the time on standard error, if wanted."""
    log = logging.getLogger("nhstransit")
    level = log.level
    lines = logging.StreamHandler()
    lines.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%Y-%m-%d %H:%M:%S"))
    # Without a progress line, the log is the only sign that a long sweep is running.
    if wanted:
        log.addHandler(lines)
        log.setLevel(logging.INFO)
    try:
        yield
    finally:
        log.removeHandler(lines)
        log.setLevel(level)


def _tell_unchanged(found: Study, asked: StudyFile) -> None:
    """Print the scenarios that changed no figure in any run, with the reason if the model can find it."""
    from nhstransit.choice.inert import reason_in_words
    from nhstransit.scenario.draws import NONE

    names = list(asked.scenarios)
    for name in found.unchanged(baseline=names[0]):
        why = reason_in_words(asked.scenarios[names[0]], asked.scenarios[name], asked.draws or NONE, asked.seed)
        if why is None:
            click.echo(f"{name!r} changed events, but none of the figures in any run.")
        else:
            click.echo(f"{name!r} changed no event compared with {names[0]!r}{f': {why}' if why else ''}.")


def _tell_gaps(found: Study) -> None:
    """Print the mean of every measure in the first scenario, and the gap of each other scenario from it.

    Measures that the study has by month follow, month by month.
    """
    from nhstransit.cli.show import console, grid
    from nhstransit.measures.reorganisation import UNITS
    from nhstransit.studies.gap_table import gap_table, month_table

    if len(found.results.names) > 1 and not found.results.failed.all():
        console().print(grid(gap_table(found, units=UNITS).reset_index()))
        for name in found.kept_series:
            click.echo(f"\n{name}, by month:")
            console().print(grid(month_table(found, name).reset_index()))


def _tell(found: Study, kept: Path) -> None:
    click.echo(f"{found!r} in {kept}")
    tell_statuses(found)
    failures = found.failures()
    for scenario in dict.fromkeys(failures["scenario"]):
        mine = failures[failures["scenario"] == scenario]
        first = mine.iloc[0]
        where = f"{len(mine):,} runs failed, the first in draw {first['draw']}, replication {first['replication']}"
        click.echo(f"{scenario}: {where}: {first['error']}")
