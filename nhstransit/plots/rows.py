"""Parts of figures with rows of bars or points: names on the left, small print below, no frame."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from matplotlib.axes import Axes

from nhstransit.england import Status, status_of
from nhstransit.errors import check_kind
from nhstransit.phrases import signed
from nhstransit.plots.paper import FAINT, INK, SMALL, TEXT, across, cell, noted, scale
from nhstransit.scenario import Scenario

_LETTERS = 42  # the longest line of a row's name


def height(rows: int, lines: int = 1) -> float:
    """The height of a figure in inches, from its rows, title and small print.

    Args:
        rows: the number of rows.
        lines: the number of lines in the longest name of a row.
    """
    return 1.9 + max(0.34, 0.06 + 0.145 * lines) * max(rows, 1)


def lines_of(names: Sequence[str]) -> int:
    """The number of lines in the longest name of a row."""
    return max((len(_lines(name).splitlines()) for name in names), default=1)


def _lines(name: str, letters: int = _LETTERS) -> str:
    """A name in as many lines as it needs."""
    return "\n".join(textwrap.fill(line, letters) for line in name.splitlines())


def _letters(ax: Axes) -> int:
    """The number of letters in a line of a row's name, so that names have at most two fifths of the width."""
    # A letter is about 0.55 of the font size wide; 72 points are one inch.
    letters = int(0.4 * cell(ax) * 72.0 / (0.55 * TEXT * scale(ax)))
    return min(max(letters, 12), _LETTERS)


def named(ax: Axes, names: Sequence[str]) -> None:
    """Write the names of rows from top to bottom, with the last at height 0; remove the frame and the ticks."""
    ax.set_yticks(
        range(len(names))[::-1],
        [_lines(name, _letters(ax)) for name in names],
        fontsize=TEXT,
        color=INK,
        parse_math=False,
    )
    ax.set_ylim(-0.6, max(len(names), 1) - 0.4)
    ax.tick_params(left=False, colors=INK)
    for spine in ax.spines.values():
        spine.set_visible(False)


def gap_ticks(ax: Axes, unit: str) -> None:
    """Format the ticks of the horizontal axis as gaps, with signs, units of money and as few decimals as possible.

    Args:
        ax: the axes.
        unit: the unit of the gaps, such as "£ a year", "people" or "% of knowledge".
    """

    def formatted(tick: float, _: object) -> str:
        if abs(tick) < 1e-9:
            return "0"
        if unit.startswith("£"):
            return signed(tick, "£")
        ticks = ax.get_xticks()
        # The fewest decimals, four at most, that show every tick exactly.
        places = 0
        while places < 4 and any(abs(one - round(one, places)) >= 1e-9 for one in ticks):
            places += 1
        return f"{tick:+,.{places}f}".replace("-", "−")

    ax.xaxis.set_major_formatter(formatted)


def small_print(ax: Axes, text: str, note: str) -> None:
    """Write small print below the figure, in as many lines as it needs.

    Args:
        ax: the axes.
        text: the text.
        note: a further note; "" for none.
    """
    # As in `paper.source`: letters of small print that fit into the width, but at least 30.
    letters = max(int(across(ax) * 72.0 / (0.55 * SMALL * scale(ax))), 30)
    lines = textwrap.fill(noted(text, note), letters)
    ax.set_xlabel(lines, fontsize=SMALL, color=FAINT, loc="left", labelpad=10, parse_math=False)


def beside(scenario: Scenario, baseline: Scenario, seed: int, pairs: int = 1) -> str:
    """The two scenarios compared and what was fitted in them, for the small print.

    Args:
        scenario: the scenario.
        baseline: the scenario that it is compared with.
        seed: the seed of the first pair.
        pairs: the number of pairs compared.
    """
    seeds = f"seed {seed}" if pairs == 1 else f"{pairs} seeds from {seed}"
    notes = rests_on(status_of(one) for one in (scenario, baseline))
    return f"Source: nhstransit, scenario {scenario.name} compared with {baseline.name}, {seeds}. {notes}"


def of_a_table(scenario: Scenario | None) -> str:
    """The scenario of a table and what was fitted in it, for the small print.

    Args:
        scenario: the scenario of the table; None if the caller does not know it.

    Raises:
        InputError: `scenario` is neither a scenario nor None.
    """
    if scenario is None:
        return "The scenario is not given, so the figure cannot show whether its numbers were fitted."
    check_kind("scenario", scenario, Scenario)
    return f"Scenario {scenario.name}. {status_of(scenario).note}"


def rests_on(statuses: Iterable[Status]) -> str:
    """What was fitted in some scenarios, each note once, for the small print."""
    return " ".join(dict.fromkeys(status.note for status in statuses))
