"""The report of a choice: which to choose, and what would change our mind."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from nhstransit.choice import Choice
from nhstransit.choice.discovery import shown
from nhstransit.choice.information import FEWEST_DRAWS
from nhstransit.choice.result import ALL
from nhstransit.choice.words import floor_percent, inert, mind, said, too_few_to_know, which
from nhstransit.england import bundled_fit, status_of
from nhstransit.errors import InputError
from nhstransit.phrases import between, inside, percent, quantity
from nhstransit.report.document import UNASSURED, Document, Part, Picture
from nhstransit.report.run_document import made_from, number_in_words
from nhstransit.report.story import Section
from nhstransit.run.real_staff import has_real_staff
from nhstransit.scenario import Scenario, names_in

if TYPE_CHECKING:
    import pandas as pd

OTHERS = {  # numbers that no fit varied, and that have no name of their own
    "behaviour.better_offer.worth": "how much a month of pay gained by waiting counts",
    "law.later_award": "the pay award of each later year",
}
LEAST_CHANCE = 0.001  # a smaller chance is shown as "under 0.001"
WHICH = "Which to choose, and what would change our mind"


def choice_document(choice: Choice, *, real: bool | None = None) -> Document:
    """The report of a choice: the answer, options side by side, its certainty, regret, and the value of information.

    Args:
        choice: the choice.
        real: whether the staff are real people; by default the answer of `has_real_staff` for any of its options.

    Raises:
        InputError: the staff are real. The figures show every future, which would reveal small counts.
    """
    if any(has_real_staff(option.scenario) for option in choice.options) if real is None else real:
        right = (
            "report its study, which hides them (`nt.report(choice.study)`, or nhstransit report STORE), or set real=False "
            "if the staff are invented"
        )
        raise InputError("the choice", "is about real staff, whose small counts its page would reveal", right)
    # Without uncertain numbers there is nothing to learn, so the part on the value of information is left out.
    parts = [choice_part(choice), _side_by_side(choice), _sure(choice), _robust(choice)]
    if choice.numbers[0]:
        parts.append(_knowing(choice))
    parts.append(_made(choice))
    title = f"{len(choice.options)} options for {choice.options[0].scenario.title or choice.options[0].scenario.name}"
    banners = dict.fromkeys(status_of(option.scenario).banner for option in choice.options[:1])
    return Document(
        title=title,
        about=(
            f"The options are compared in {choice.common.shape[2]:,} futures. Within a future, all options have the same "
            "random numbers and the same values of the uncertain numbers."
        ),
        status=(*banners, UNASSURED),
        parts=tuple(parts),
    )


def choice_part(choice: Choice) -> Part:
    """The part that names the option to choose, with the futures that each option wins; other reports use it too."""
    words = _words(choice)
    sentences = tuple(_worded(one, words) for one in (*which(choice), *mind(choice), *inert(choice)))
    pictures = (Picture.of("choice-futures-won", _plots().futures_won(choice)),)
    return Part(heading=WHICH, sections=(Section(heading=WHICH, sentences=sentences),), pictures=pictures)


def _words(choice: Choice) -> dict[str, str]:
    """The words for each uncertain number, by its path; the path itself if there are no words or two numbers share them."""
    scenario = choice.options[0].scenario
    found = {path: _in_words(scenario, path) for path in choice.numbers[0]}
    # The words must identify a number: two numbers with the same words keep their paths.
    many = list(found.values())
    return {path: path if many.count(said) > 1 else said for path, said in found.items()}


def _in_words(scenario: Scenario, path: str) -> str:
    """A number in words: those of the fit of England, or those of the scenario. Policies always use the scenario's."""
    if names_in(path)[0] != "policies" and path in _fitted():
        return inside(_fitted()[path].partition(" (")[0])
    return OTHERS.get(path) or number_in_words(scenario, path)


def traced_in_words(scenario: Scenario, path: str) -> str:
    """A number in words, followed by its path unless it belongs to a policy."""
    said = _in_words(scenario, path)
    return said if said == path or names_in(path)[0] == "policies" else f"{said} ({path})"


@cache
def _fitted() -> dict[str, str]:
    """The words for each number that the bundled fit varied, by its path."""
    return {one.path: one.what for one in bundled_fit().parameter}


def _worded(sentence: str, words: dict[str, str]) -> str:
    """A sentence with words instead of the paths of numbers."""
    worded = sentence
    # The longest path first, because a path may begin with another.
    for path in sorted(words, key=len, reverse=True):
        worded = worded.replace(path, words[path])
    return worded if worded[:1] == sentence[:1] else f"{worded[:1].upper()}{worded[1:]}"


def _side_by_side(choice: Choice) -> Part:
    """Means of every objective, and gaps from the first option, with intervals."""
    names = [one.name for one in choice.objectives]
    units = [one.unit for one in choice.objectives]
    means = choice.table()
    gaps = choice.gaps()
    # Both tables are indexed by option and objective.
    rows = []
    for option in choice.names:
        levels = [float(_cell(means, (option, name), "mean")) for name in names]
        rows.append((option, *(_level(mean, unit) for mean, unit in zip(levels, units, strict=True))))
    # The first option is the one that the others are compared with, so it has no gap.
    differences = []
    for option in choice.names[1:]:
        spans = []
        for name, unit in zip(names, units, strict=True):
            low = float(_cell(gaps, (option, name), "low"))
            high = float(_cell(gaps, (option, name), "high"))
            spans.append(_span(low, high, unit))
        differences.append((option, *spans))
    changes = tuple((name, f"{words[:1].upper()}{words[1:]}") for name, words in choice.changes.items() if words)
    heading = "Options side by side"
    return Part(
        heading=heading,
        sections=(
            Section(heading="What each option changes", columns=("option", "changes"), rows=changes),
            Section(heading="Means over futures", columns=("option", *names), rows=tuple(rows)),
            Section(
                heading=f"Differences from {choice.names[0]!r}: 95% intervals of the paired differences",
                columns=("option", *names),
                rows=tuple(differences),
            ),
        ),
        pictures=(Picture.of("choice-pareto", _plots().pareto(choice)),),
    )


def _level(number: float, unit: str) -> str:
    """A mean with its unit, and a minus sign if it is negative."""
    if unit.startswith("%"):
        return signed_at(number, 1).removeprefix("+") + "%"
    text = quantity(number, unit)
    return f"−{text}" if number < 0 and text != quantity(0.0, unit) else text


def _span(low: float, high: float, unit: str) -> str:
    """The ends of the interval of a gap; a narrower interval of percentages has more decimals."""
    if not unit.startswith("%") and unit != "percentage points":
        return between(low, high, unit)
    width = high - low
    places = 1
    if width > 0:
        # Two significant digits of the width, between one and three decimals.
        digits = 1 - math.floor(math.log10(width))
        places = min(3, max(1, digits))
    return f"{signed_at(low, places)} to {signed_at(high, places)} percentage points"


def signed_at(number: float, places: int) -> str:
    """A number with its sign and this many decimals; zero has no sign."""
    text = f"{abs(number):.{places}f}"
    # A number that rounds to zero would otherwise be shown as −0.0.
    if not float(text):
        return text
    return f"{'−' if number < 0 else '+'}{text}"


def _cell(table: pd.DataFrame, row: Any, column: str) -> Any:
    return table.loc[row, column]


def _sure(choice: Choice) -> Part:
    """The best option for each objective, the probability that it is best, and how many futures would be enough."""
    rows = []
    for name, row in choice.selections().iterrows():
        needed = float(row["needed"])
        # No number of futures can tell two options apart that are the same.
        more = "no number is enough: the two are the same" if np.isinf(needed) else f"{needed:,.0f}"
        chance = floor_percent(float(row["chance"]))  # rounded down, because it is a lower bound
        rows.append((str(name), str(row["best"]), chance, str(row["rival"]), more))
    columns = ("objective", "best option", "probability that it is best, at least", "nearest rival", "futures needed")
    heading = "How sure"
    text = f"The table is based on {choice.units.shape[2]:,} independent futures. With more, the probability is higher."
    text += " This table ignores the limits." if choice.limited else ""
    return Part(
        heading=heading,
        sections=(Section(heading=heading, sentences=(text,), columns=columns, rows=tuple(rows)),),
        pictures=(Picture.of("choice-selection", _plots().selection_chance(choice)),),
    )


def _robust(choice: Choice) -> Part:
    """Regret, and dominance."""
    rows = tuple(
        (
            str(name),
            "kept" if row["kept"] else "dropped",
            str(row["dominated_by"]) or "none",
            percent(float(row["chance_dominated"])),
        )
        for name, row in choice.pareto().iterrows()
    )
    columns = ("option", "verdict", "option most likely to dominate it", "probability of that")
    heading = "Over all futures and objectives"
    return Part(
        heading=heading,
        sections=(
            Section(heading="Options that another option dominates in all objectives", columns=columns, rows=rows),
        ),
        pictures=(Picture.of("choice-regret", _plots().regret(choice)),),
    )


def _knowing(choice: Choice) -> Part:
    """The value of information about each uncertain number, and the value at which a rival becomes better."""
    scenario = choice.options[0].scenario
    traced = {path: traced_in_words(scenario, path) for path in choice.numbers[0]}
    traced[ALL] = "all uncertain numbers together"
    first = choice.objectives[0]
    rows = []
    for name, row in choice.information().iterrows():
        # The value of information is in the unit of the first objective.
        worth = [said(float(row[column]), first.unit) for column in ("value", "low", "high")]
        rows.append((traced.get(str(name), str(name)), *worth))
    switches = []
    for _, row in choice.switching().reset_index().iterrows():
        number = str(row["number"])
        dated = choice.dated(number)  # whether the number is a day, and is shown as a date
        at, low, high = (shown(float(row[column]), dated) for column in ("at", "low", "high"))
        switches.append((traced.get(number, number), str(row["rival"]), at, f"{low} to {high}"))
    heading = "Which study to commission first"
    none = () if switches else ("No single number, within its range, makes another option better.",)
    few = (too_few_to_know(choice),) if choice.units.shape[2] < FEWEST_DRAWS else ()
    columns = ("number", "rival", "the rival becomes the better option at", "values drawn")
    return Part(
        heading=heading,
        sections=(
            Section(
                heading=heading,
                sentences=few,
                columns=("number", "what knowing it is worth", "90% interval: low", "90% interval: high"),
                rows=tuple(rows),
            ),
            Section(heading="Switching values", sentences=none, columns=columns, rows=tuple(switches)),
            *_failures(choice, traced),
        ),
        pictures=(Picture.of("choice-information", _plots().information(choice, titles=_words(choice))),),
    )


def _failures(choice: Choice, traced: dict[str, str]) -> tuple[Section, ...]:
    """The limits of the box of futures in which the favoured option fails; no section if there is no box."""
    try:
        box = choice.fails()
    except InputError:  # the first part says why
        return ()
    rows = []
    for one in box.limits:
        # A side on which the box is open has an infinite end, and stays empty.
        ends = ["" if np.isinf(end) else shown(end, one.dated) for end in (one.low, one.high)]
        quasi_p = f"{one.quasi_p:.2g}" if one.quasi_p >= LEAST_CHANCE else f"under {LEAST_CHANCE:g}"
        rows.append((traced.get(one.name, one.name), *ends, quasi_p))
    text = f"Coverage {percent(box.coverage)}, density {percent(box.density)}, of {box.futures:,} {box.counted}s."
    text += " Quasi-p: the chance of so many failures if the limit made no difference."
    heading = f"In which futures {choice.favoured} fails"
    columns = ("number", "at least", "at most", "quasi-p")
    if not rows:
        return ()
    return (Section(heading=heading, sentences=(text,), columns=columns, rows=tuple(rows)),)


def _made(choice: Choice) -> Part:
    """Runs spent and the digest of all results."""
    rows: tuple[tuple[str, str], ...] = (("runs", f"{int(choice.spent.sum()):,}"),)
    if choice.failed:
        rows += (("runs that failed", f"{choice.failed:,}"),)
    rows += (("futures", f"{choice.common.shape[2]:,}"), ("digest of all results", choice.sha256()))
    return made_from(*rows)


def _plots() -> Any:
    from nhstransit import plots  # matplotlib is slow to load

    return plots
