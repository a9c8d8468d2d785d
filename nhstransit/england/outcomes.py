"""Published outcomes, read from TOML files and checked, and their provenance."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from nhstransit import toml
from nhstransit.england.figures import Outcomes, unit_named
from nhstransit.england.measures import MEASURES
from nhstransit.errors import FormatError, check_kind, check_path, nearest
from nhstransit.organisations.posts import found
from nhstransit.synthesis.parents import Known, bibliography

BUNDLED = "england/outcomes-2010.toml"
SINCE_2025 = "england/outcomes-2025.toml"


@cache
def bundled_outcomes() -> Outcomes:
    """The outcomes published for England, 2010 to 2013."""
    return load_outcomes(found(BUNDLED))


@cache
def outcomes_2025() -> Outcomes:
    """The outcomes published up to August 2026 for the reorganisation that began in March 2025."""
    return load_outcomes(found(SINCE_2025))


def outcomes_for(scenario: str) -> Outcomes:
    """The published outcomes that refer to a scenario with this name; by default those of 2010 to 2013."""
    check_kind("scenario", scenario, str, "give text")
    return outcomes_2025() if outcomes_2025().reading.fits(scenario) else bundled_outcomes()


def load_outcomes(path: str | Path) -> Outcomes:
    """Read the outcomes in a file, each with a measure, or a reason for having none.

    Raises:
        FormatError: a key, unit, measure, function or source is unknown, or the unit of a figure does not fit its
            measure. The message has the file and the outcome.
    """
    check_path("path", path)
    outcomes = toml.load(Path(path), Outcomes)
    try:
        check(outcomes)
    except FormatError as error:
        raise error.within(str(path)) from None
    return outcomes


def check(outcomes: Outcomes) -> None:
    """Raise FormatError if the measure, unit, function or source of an outcome is not valid."""
    books = bibliography()
    functions = outcomes.reading.functions
    for outcome in outcomes.outcome:
        for name in outcome.sources:
            if name not in books:
                raise FormatError(
                    f"{outcome.id}: sources", f"{name!r} is not in the bibliography", nearest(name, books)
                )
        for figure in outcome.figures:
            if figure.function and figure.function not in functions:
                raise FormatError(
                    f"{outcome.id}: function", f"is {figure.function!r}", nearest(figure.function, functions)
                )
            # A figure without a measure is shown without the run's value, so its unit need not match.
            if not figure.measure:
                continue
            if figure.measure not in MEASURES:
                raise FormatError(f"{outcome.id}: measure", f"is {figure.measure!r}", nearest(figure.measure, MEASURES))
            wanted = unit_named(figure.unit).measures
            gives = MEASURES[figure.measure].measures
            if wanted != gives:
                wrong = f"is {figure.unit!r}, but {figure.measure!r} is in {gives}"
                raise FormatError(f"{outcome.id}: unit", wrong, f"use a unit of {gives}, or another measure")


def provenance(outcomes: Outcomes | None = None) -> tuple[Known, ...]:
    """The provenance of every published figure, and of every other number that the comparison uses."""
    books = bibliography()
    known = outcomes or bundled_outcomes()
    lines = [
        Known(
            file=BUNDLED,
            what=f"{outcome.id}: {figure.part}" if figure.part else outcome.id,
            value=outcome.said or f"{figure.value:,.10g}",
            unit=figure.unit,
            sources=tuple(books[name] for name in outcome.sources),
            quality=outcome.quality,
            note=outcome.note or outcome.what,
            range=" to ".join(f"{end:g}" for end in outcome.band),
        )
        for outcome in known.outcome
        for figure in outcome.figures
    ]
    lines += [
        Known(
            file=BUNDLED,
            what=given.name,
            value=f"{given.value:,.10g}",
            unit=given.unit,
            sources=tuple(books[name] for name in given.sources),
            quality=given.quality,
            note=given.note,
        )
        for given in known.given
    ]
    return tuple(lines)
