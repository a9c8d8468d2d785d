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
from nhstransit.cli.words import ALLOW_CODE, code_allowed, study_played, warnings_told

if TYPE_CHECKING:
    from nhstransit.studies import Study
    from nhstransit.studies.study_file import StudyFile


def _shard(context: click.Context, option: click.Parameter, value: str | None) -> tuple[int, int] | None:
    """The two numbers of a text such as 3/16: a part, and how many equal parts there are."""
    if value is None:
        return None
    number, slash, of = value.partition("/")
    if not slash or not (number.isdecimal() and of.isdecimal()) or not 1 <= int(number) <= int(of):
        raise click.BadParameter(
            f"{value!r} is not a shard; write its number and how many there are, such as 3/16", context, option
        )
    return int(number), int(of)


@click.command("sweep")
@click.argument("study", type=click.Path(path_type=Path))
@click.option("--store", type=click.Path(path_type=Path), help="Where results are kept.  [default: STUDY with .db]")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes to run in.")
@click.option("--replications", type=click.IntRange(1), help="Number of replications, instead of the file's.")
@click.option("--keep", type=click.Path(path_type=Path), help="Also save every run in this folder.")
@click.option(
    "--shard",
    callback=_shard,
    metavar="K/N",
    help="Run only this part of all runs, such as 3/16, and keep it in its own store.",
)
@click.option(
    "--progress/--no-progress",
    default=None,
    help="Show progress; otherwise print one line per minute.  [default: in a terminal]",
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
    """Run the part of the TOML file STUDY that is not in the store yet; then print what the store holds.

    STUDY may be the name of a bundled study, such as england-2025; its table of gaps is then printed.

    With --shard the default store is named after the shard, STUDY-3-of-16.db; `nhstransit store merge` merges all
    shards.

    The exit status is 1 if every run failed.

    \f
    Args: one for each option and argument, described by its help.
    """
    from nhstransit.studies import sweep
    from nhstransit.studies.progress import wanted
    from nhstransit.studies.study_file import read_study, study_named

    if shard is not None and brief is not None:
        raise click.UsageError(
            "a report of one shard would cover only a part of the runs; merge all stores, then `nhstransit report STORE`"
        )
    check_brief(brief)
    path = study_named(study)
    asked = read_study(path, allow_code=code_allowed())
    part = "" if shard is None else "-{}-of-{}".format(*shard)
    kept = store or Path(f"{path.stem}{part}.db")
    with study_played(), _log_told(not wanted(progress)):
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
    if path != study and shard is None:
        _tell_gaps(found)
    if found.results.failed.all():
        context.exit(1)
    if brief is not None:
        with warnings_told():
            write_report(lambda: found, brief)


@contextmanager
def _log_told(told: bool) -> Iterator[None]:
    """Print the lines of the library's log meanwhile, with the time, on standard error."""
    log = logging.getLogger("nhstransit")
    level = log.level
    lines = logging.StreamHandler()
    lines.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%Y-%m-%d %H:%M:%S"))
    if told:
        log.addHandler(lines)
        log.setLevel(logging.INFO)
    try:
        yield
    finally:
        log.removeHandler(lines)
        log.setLevel(level)


def _tell_unchanged(found: Study, asked: StudyFile) -> None:
    """Name the scenarios that changed none of the figures in any run, with the reason where the model knows it."""
    from nhstransit.choice.inert import reason_in_words
    from nhstransit.scenario.draws import NONE

    names = list(asked.scenarios)
    for name in found.unchanged(baseline=names[0]):
        why = reason_in_words(asked.scenarios[names[0]], asked.scenarios[name], asked.draws or NONE, asked.seed)
        if why is None:
            click.echo(f"{name!r} changed none of the figures in any run, though it changed events.")
        else:
            click.echo(f"{name!r} changed no event compared with {names[0]!r}{f': {why}' if why else ''}.")


def _tell_gaps(found: Study) -> None:
    """Print the mean of every measure in the first scenario, and what each other scenario has more or less.

    Then the same by month, of what the study keeps by month.
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
