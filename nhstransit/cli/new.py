"""`nhstransit new`: from a payroll extract to a folder with a staff list, a scenario and a data-quality report."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nhstransit.cli.show import console

if TYPE_CHECKING:
    from nhstransit.workforce.quality import ExtractError

QUESTIONS = ("vr", "mars", "merge", "abolish", "halve")


@click.command("new")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--staff",
    "sources",
    required=True,
    multiple=True,
    type=click.Path(path_type=Path),
    help="The payroll extract; may be repeated, with one file for each employer.",
)
@click.option(
    "--question", type=click.Choice(QUESTIONS), default="vr", show_default=True, help="The question to answer."
)
@click.option(
    "--on", type=click.DateTime(["%Y-%m-%d"]), help="Day of the extract.  [default: the day in its title, or today]"
)
@click.option("--employer", default="", help="Name of the employer, if no column has it.")
@click.option(
    "--kind",
    default="",
    help="Kind of employer, if the name does not show it: pct, icb, acute-trust, alb, council …",
)
@click.option("--region", default="England", show_default=True, help="Region of the employer.")
@click.option("--successor", default="", help="Name of the merged organisation.")
@click.option(
    "--mapping",
    type=click.Path(path_type=Path),
    help="File with the meanings of column headings and words.  [default: FOLDER/mapping.toml]",
)
@click.option("--dates", type=click.Choice(("dmy", "mdy", "ymd")), default=None, help="Order of day, month and year.")
@click.option("--sheet", default="", help="The sheet to read, if a workbook has several lists.")
@click.option("--own-numbers", is_flag=True, help="Use the payroll's staff numbers instead of pseudonyms.")
@click.option(
    "--leavers", type=click.Path(path_type=Path), help="List of last year's leavers, to estimate rates of leaving."
)
@click.option(
    "--structure", type=click.Path(path_type=Path), help="For a merger: a CSV file of posts by function and band."
)
@click.option(
    "--transfer",
    "transfers",
    multiple=True,
    metavar="FUNCTION=EMPLOYER",
    help="A function that transfers to another employer (TUPE), even a new one; may be repeated.",
)
@click.option("--overwrite", is_flag=True, help="Replace the scenario and staff list in the folder.")
def command(
    folder: Path,
    sources: tuple[Path, ...],
    question: str,
    on: dt.datetime | None,
    employer: str,
    kind: str,
    region: str,
    successor: str,
    mapping: Path | None,
    dates: str | None,
    sheet: str,
    own_numbers: bool,
    leavers: Path | None,
    structure: Path | None,
    transfers: tuple[str, ...],
    overwrite: bool,
) -> int:
    """Make FOLDER from a payroll extract: staff.csv, scenario.toml, mapping.toml and a data-quality report.

    Only you can read the staff list and the key of its pseudonyms. No data leave your computer.

    \f
    Args: the options and arguments of the command, which have their own help texts.
    """
    from nhstransit.errors import StaffError
    from nhstransit.scenario.folder import make_folder
    from nhstransit.workforce.quality import ExtractError

    if (folder / "scenario.toml").exists() and not overwrite:
        raise StaffError(str(folder), "already contains a scenario", "name another folder, or add --overwrite")
    try:
        made = make_folder(
            folder,
            sources,
            question=question,
            on=on.date() if on else None,
            employer=employer,
            kind=kind,
            region=region,
            successor=successor,
            mapping=mapping,
            order=dates or "",
            sheet=sheet,
            own_numbers=own_numbers,
            leavers=leavers,
            structure=structure,
            transfers=dict(map(_transfer, transfers)),
        )
    # An extract often has many mistakes at once; they are listed one per line, with a file to correct them in.
    except ExtractError as error:
        return _tell(error, folder)
    paper = console()
    quality = made.extracted.quality
    people = made.extracted.people
    paper.print(
        f"{quality.rows:,} rows were read: {len(people):,} people ({people.wte.sum():,.1f} WTE), "
        f"{quality.rows_further:,} further assignments of these people, and {quality.rows_left_out:,} rows left out.",
        markup=False,
        soft_wrap=True,
    )
    for note in quality.notes:
        paper.print(f"  Note: {note}", markup=False, soft_wrap=True)
    for title, findings in (("Left out", quality.left_out), ("Corrected", quality.mended)):
        for one in findings:
            where = f"{one.heading}: " if one.heading else ""
            paper.print(f"  {title}: {len(one.lines):,} ({where}{one.rule})", markup=False, soft_wrap=True)
    if made.leaving is not None:
        paper.print(f"Leaving: {made.leaving.sentence}", markup=False, soft_wrap=True)
    paper.print(f"Written to {folder}/: {', '.join(path.name for path in made.files)}.", markup=False, soft_wrap=True)
    paper.print(f"Read {folder}/quality.md, then: nhstransit run {folder}", markup=False, soft_wrap=True)
    return 0


def _transfer(text: str) -> tuple[str, str]:
    """A function and the employer to which it transfers, from FUNCTION=EMPLOYER."""
    from nhstransit.errors import FormatError

    function, mark, employer = (part.strip() for part in text.partition("="))
    if not (function and mark and employer):
        right = 'write both, such as --transfer "estates=Oakdale Council"'
        raise FormatError(f"--transfer {text}", "has no function or no employer", right)
    return function, employer


def _tell(error: ExtractError, folder: Path) -> int:
    """Print all errors, one per line, and the file in which the mapping recognised so far can be corrected."""
    from nhstransit.scenario.folder import write_draft

    count = len(error.each())
    click.echo(f"nhstransit: {error.file} has {count:,} mistake{'s' * (count > 1)}:", err=True)
    for sentence in str(error).splitlines():
        click.echo(f"  {sentence}", err=True)
    draft = write_draft(folder, error.mapping)
    if draft is not None:
        click.echo(f"Correct the file, or define its words in {draft}; then run the command again.", err=True)
    return 2
