"""Printing of sections, tables and banners on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console
    from rich.text import Text

    from nhstransit.report import Section
    from nhstransit.scenario import Scenario
    from nhstransit.studies import Study


def console() -> Console:
    """Standard output as a rich console; if it is not a terminal, plain and wide enough for any table.

    Names are printed literally: brackets are not markup, and colons do not become emoji.
    """
    import sys

    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False, width=None if sys.stdout.isatty() else 180)


def print_story(sections: tuple[Section, ...], width: int | None = None) -> None:
    """Print the heading, sentences and table of each section, in the width of the terminal or the width given."""
    from nhstransit.report import as_text

    print(as_text(sections, width or console().width), end="")


def tell_status(*scenarios: Scenario) -> None:
    """Print the basis of these scenarios' numbers, one line per statement."""
    from nhstransit.england import status_of

    _tell_banners((scenario.name, status_of(scenario).banner) for scenario in scenarios)


def tell_statuses(study: Study) -> None:
    """Print the basis of the numbers of a study's scenarios, one line per statement."""
    from nhstransit.england import statuses_of

    _tell_banners((name, status.banner) for name, status in statuses_of(study).items())


def _tell_banners(named: Iterable[tuple[str, str]]) -> None:
    # Scenarios with the same banner share one line, in the order in which the banners first appear.
    shared: dict[str, list[str]] = {}
    for name, banner in named:
        names = shared.setdefault(banner, [])
        if name not in names:
            names.append(name)
    for banner, names in shared.items():
        called = " and ".join(names) if len(names) < 4 else f"{names[0]} and {len(names) - 1} other scenarios"
        print(f"{called}: {banner}")


def grid(frame: Any) -> Text:
    """A DataFrame as lines that fit the console; columns that do not fit are printed in a further table below."""
    from rich.text import Text

    from nhstransit.report.grid import grid_lines

    rows = [tuple(row) for row in frame.itertuples(index=False)]
    lines = grid_lines([str(name) for name in frame.columns], rows, console().width)
    return Text("\n".join(lines), no_wrap=True, overflow="ignore")
