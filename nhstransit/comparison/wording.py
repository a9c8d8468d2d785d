"""The text of a comparison: three sentences and a table, in a terminal and in a notebook."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from nhstransit import tables
from nhstransit.comparison.people import differing_policies, law_differs_unsaid, spoken
from nhstransit.measures.called import called
from nhstransit.phrases import inside, listed
from nhstransit.run import Run
from nhstransit.scenario import Change

if TYPE_CHECKING:
    import pandas as pd

CHANCE_ALONE = "intervals of chance alone"
_SHOWN = 2  # changes listed one by one
_LAW = "the dated parameters (the law)"


def what_differs(run: Run, baseline: Run, changes: Iterable[Change]) -> str:
    """The differences between the scenarios of two runs, and between the laws that they used, in one sentence.

    Args:
        run: the run.
        baseline: the run that it is compared with.
        changes: the settings that differ between their scenarios.
    """
    changes = tuple(changes)
    words = spoken(run.scenario, baseline.scenario, changes)
    law = law_differs_unsaid(run, baseline)
    if not words:
        return "No setting differs, but the dated parameters (the law) do." if law else "No setting differs."
    if len(words) <= _SHOWN:
        return f"What differs: {'; '.join([*words, *[_LAW] * law])}."
    # Too many to list one by one: their number, and the policies that they belong to.
    policies = differing_policies(changes)
    titles = baseline.scenario.policy_titles | run.scenario.policy_titles
    where = f", in {listed(inside(titles[name]) for name in policies)}" if policies else ""
    and_law = f", and {_LAW}" if law else ""
    return f"{len(changes)} settings differ{where}{and_law}."


def told_ends(run: Run, baseline: Run) -> str:
    """The last days of two runs in brackets, if they differ; otherwise ""."""
    ours = run.scenario.end
    theirs = baseline.scenario.end
    return "" if ours == theirs else f" ({ours} in the run, {theirs} in the baseline)"


def text(sentences: Iterable[str], table: pd.DataFrame, nothing: str, after: Iterable[str] = ()) -> str:
    """Sentences, one per line, then a table, then further sentences.

    An empty table is replaced by `nothing`.

    Args:
        sentences: the sentences before the table.
        table: the table.
        nothing: the sentence shown if the table is empty.
        after: the sentences after the table.
    """
    shown = _named(table).to_string(float_format=number, na_rep="") if len(table) else nothing
    return "\n".join([*sentences, "", shown, *(f"\n{line}" for line in after)])


def html(sentences: Iterable[str], table: pd.DataFrame, nothing: str, after: Iterable[str] = ()) -> str:
    """Sentences, a table and further sentences, as HTML for a notebook.

    Args:
        sentences: the sentences before the table, one paragraph each.
        table: the table of differences; may be empty.
        nothing: the sentence that replaces an empty table.
        after: the sentences after the table, one paragraph each.
    """
    caption = f"What differs, with {CHANCE_ALONE}" if "low" in table else "What differs"
    shown = tables.html(_named(table), caption, form=number) if len(table) else tables.paragraphs([nothing])
    return tables.paragraphs(sentences) + shown + tables.paragraphs(after)


def _named(table: pd.DataFrame) -> pd.DataFrame:
    """A table of measures, each under its title for readers."""
    return table.rename(index=called)


def number(cell: float) -> str:
    """A number with thousands separators, and as many decimals as suit its size."""
    size = abs(cell)
    if size >= 100 or cell == round(cell):
        return f"{cell:,.0f}"
    return f"{cell:,.1f}" if size >= 10 else f"{cell:,.3f}"


def amount(number: float, unit: str) -> str:
    """A number with its unit: £ before it, any other unit after it."""
    size = f"{abs(number):,.0f}"
    sign = "-" if number < 0 and size != "0" else ""
    return f"{sign}£{size}{unit[1:]}" if unit.startswith("£") else f"{sign}{size} {unit}".rstrip()
