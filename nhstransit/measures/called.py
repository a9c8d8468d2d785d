"""The title and unit that readers see for each measure of a study: headline figures and those of a reorganisation."""

from __future__ import annotations

from nhstransit.measures import headline_figures, reorganisation


def called(measure: str) -> str:
    """The title of a measure for readers. A measure defined by the user keeps its own name.

    >>> called("exits: compulsory")
    'people made redundant against their will'
    """
    return reorganisation.TITLES.get(measure) or headline_figures.in_words(measure)


def unit_of(measure: str) -> str:
    """The unit of a measure; "" for a measure defined by the user.

    >>> unit_of("critical work below a safe level in 2026-27")
    '% of functions and months'
    """
    whole = reorganisation.BELOW if measure.startswith(f"{reorganisation.BELOW} in ") else measure
    return headline_figures.UNITS.get(whole) or reorganisation.UNITS.get(whole, "")


def worth_showing(measures: tuple[str, ...]) -> list[str]:
    """The most important measures: the five headline figures, or else those of a reorganisation, or else all.

    Args:
        measures: the names of a study's measures.

    Returns:
        Names among them, the most important first.
    """
    for family in (headline_figures.FIVE, reorganisation.SIX):
        found = [name for name in family if name in measures]
        if found:
            return found
    return list(measures)
