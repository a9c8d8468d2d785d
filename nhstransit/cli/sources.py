"""`nhstransit sources`: every bundled number and its source."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from nhstransit.cli.show import console, print_story
from nhstransit.fields import QUALITIES

if TYPE_CHECKING:
    from nhstransit.report import Section
    from nhstransit.synthesis import Known

LONGEST = 60  # the most characters of a value that are shown


@click.command("sources")
@click.option(
    "--quality",
    "grades",
    multiple=True,
    type=click.Choice(QUALITIES),
    help="List only numbers with sources of this grade.",
)
@click.option(
    "--csv", "path", type=click.Path(path_type=Path), help="Write the list to a CSV file instead of printing it."
)
def command(grades: tuple[str, ...], path: Path | None) -> None:
    """Print every bundled number: its name, value and unit, the grade of its source and the publisher."""
    from nhstransit import england as published
    from nhstransit import synthesis

    every = (*synthesis.provenance(), *published.provenance())
    numbers = tuple(number for number in every if not grades or number.quality in grades)
    if path is None:
        print_story(_sections(numbers))
    else:
        _written(numbers, path)
    many = "1 number" if len(numbers) == 1 else f"{len(numbers):,} numbers"
    console().print(f"\n{many}" + (f", written to {path}" if path else "") + ".", soft_wrap=True)


def _written(numbers: tuple[Known, ...], path: Path) -> None:
    from nhstransit import tables
    from nhstransit.errors import InputError
    from nhstransit.synthesis import provenance_frame

    frame = provenance_frame(numbers)
    try:
        tables.write_csv(path, {str(name): frame[name] for name in frame.columns})
    except OSError as error:
        raise InputError(
            str(path), f"cannot be written ({error.strerror})", "name a file that can be written"
        ) from None


def _sections(numbers: tuple[Known, ...]) -> tuple[Section, ...]:
    """One table per file."""
    from nhstransit import tables
    from nhstransit.report import Section

    sections = []
    for file in dict.fromkeys(number.file for number in numbers):
        here = [number for number in numbers if number.file == file]
        columns = {
            "what": [number.what for number in here],
            "value": [short(number.value) for number in here],
            "unit": [number.unit for number in here],
            "quality": [number.quality for number in here],
            "range": [short(number.range) for number in here],
            "from": ["; ".join(_cited(number)) for number in here],
        }
        sections.append(Section.of(file, "", tables.frame(columns)))
    return tuple(sections)


def _cited(number: Known) -> list[str]:
    """The publishers and dates of a number's sources, without duplicates."""
    return list(dict.fromkeys(f"{source.publisher} {source.date}".strip() or source.title for source in number.sources))


def short(text: str) -> str:
    """A value, cut between words if it is too long."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rsplit(' ', 1)[0]} …"
