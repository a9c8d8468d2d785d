"""A comparison as it is read: three sentences and a table, in a terminal and in a notebook."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from nhstransit.comparison.touched import differing_policies, spoken
from nhstransit.scenario import Change, Scenario

if TYPE_CHECKING:
    import pandas as pd

_SHOWN = 2  # changes told one by one


def what_differs(new: Scenario, old: Scenario, changes: Iterable[Change]) -> str:
    """What differs between two scenarios, in one sentence."""
    changes = tuple(changes)
    told = spoken(new, old, changes)
    if not told:
        return "No setting differs."
    if len(told) <= _SHOWN:
        return f"What differs: {'; '.join(told)}."
    policies = differing_policies(changes)
    where = f", in the policies {', '.join(policies)}" if policies else ""
    return f"{len(changes)} settings differ{where}."


def text(sentences: Iterable[str], table: pd.DataFrame, nothing: str) -> str:
    """Sentences, a line each, and a table under them; in place of an empty table, what that means."""
    shown = table.to_string(float_format=number, na_rep="") if len(table) else nothing
    return "\n".join([*sentences, "", shown])


def html(sentences: Iterable[str], table: pd.DataFrame, nothing: str) -> str:
    """The same for a notebook."""
    from html import escape

    told = "".join(f"<p>{escape(line)}</p>" for line in sentences)
    return told + (table.to_html(float_format=number, na_rep="") if len(table) else f"<p>{escape(nothing)}</p>")


def number(cell: float) -> str:
    """A number with thousands set apart, and as many decimals as its size leaves room for."""
    size = abs(cell)
    places = 0 if size >= 100 or cell == round(cell) else 1 if size >= 10 else 3
    return f"{cell:,.{places}f}"


def amount(number: float, unit: str) -> str:
    """A number with its unit: £ before it, anything else behind."""
    size = f"{abs(number):,.0f}"
    sign = "-" if number < 0 and size != "0" else ""
    return f"{sign}£{size}{unit[1:]}" if unit.startswith("£") else f"{sign}{size} {unit}".rstrip()
