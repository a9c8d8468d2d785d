"""Figures that are rows of bars or points: names on the left, small print below, no frame."""

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
    """Inches of paper for rows, their title and their small print.

    Args:
        rows: how many.
        lines: lines of the longest name of a row.
    """
    return 1.9 + max(0.34, 0.06 + 0.145 * lines) * max(rows, 1)


def lines_of(names: Sequence[str]) -> int:
    """Lines of the longest name of a row."""
    return max((len(_lines(name).splitlines()) for name in names), default=1)


def _lines(name: str, letters: int = _LETTERS) -> str:
    """A name in as many lines as it needs."""
    return "\n".join(textwrap.fill(line, letters) for line in name.splitlines())


def _letters(ax: Axes) -> int:
    """Letters of a line of a row's name: fewer on narrow paper; names have two fifths of it at most."""
    return min(max(int(0.4 * cell(ax) * 72.0 / (0.55 * TEXT * scale(ax))), 12), _LETTERS)


def named(ax: Axes, names: Sequence[str]) -> None:
    """Names of rows from top to bottom, with the last at 0; no frame and no ticks."""
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
    """Ticks of the horizontal axis as gaps: with signs, money as one would say it, decimals where ticks need them.

    Args:
        ax: the axes.
        unit: the unit of the gaps, such as "£ a year", "people" or "% of knowledge".
    """

    def told(tick: float, _: object) -> str:
        if abs(tick) < 1e-9:
            return "0"
        if unit.startswith("£"):
            return signed(tick, "£")
        ticks = ax.get_xticks()
        places = next((few for few in range(4) if all(abs(one - round(one, few)) < 1e-9 for one in ticks)), 4)
        return f"{tick:+,.{places}f}".replace("-", "−")

    ax.xaxis.set_major_formatter(told)


def small_print(ax: Axes, said: str, note: str) -> None:
    """Notes below the figure, in as many lines as they need.

    Args:
        ax: the axes.
        said: the text.
        note: a further note; "" for none.
    """
    text = textwrap.fill(noted(said, note), max(int(across(ax) * 72.0 / (0.55 * SMALL * scale(ax))), 30))
    ax.set_xlabel(text, fontsize=SMALL, color=FAINT, loc="left", labelpad=10, parse_math=False)


def beside(scenario: Scenario, baseline: Scenario, seed: int, pairs: int = 1) -> str:
    """The worlds compared and what was fitted of them, for the small print.

    Args:
        scenario: the scenario.
        baseline: the one it is compared with.
        seed: the seed of the first pair.
        pairs: the number of pairs compared.
    """
    seeds = f"seed {seed}" if pairs == 1 else f"{pairs} seeds from {seed} on"
    notes = rests_on(status_of(one) for one in (scenario, baseline))
    return f"Source: nhstransit, scenario {scenario.name} compared with {baseline.name}, {seeds}. {notes}"


def of_a_table(scenario: Scenario | None) -> str:
    """What the numbers of a table rest on, for the small print: its scenario's, or that the table does not say.

    Args:
        scenario: the world that the table is of; None where the caller does not know.

    Raises:
        InputError: it is not a scenario.
    """
    if scenario is None:
        return "The table does not say whether anything was fitted."
    check_kind("scenario", scenario, Scenario)
    return f"Scenario {scenario.name}. {status_of(scenario).note}"


def rests_on(statuses: Iterable[Status]) -> str:
    """What was fitted of some worlds, each note once, for the small print."""
    return " ".join(dict.fromkeys(status.note for status in statuses))
