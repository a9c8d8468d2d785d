"""Tables and numbers as Markdown, for the page of the validation."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence


def grid(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [" | ".join(head), " | ".join("---" for _ in head), *(" | ".join(row) for row in rows)]
    return "\n".join(f"| {line} |" for line in lines)


def number(item: float) -> str:
    """A number as one reads it: no decimals from a hundred on, four digits below; nothing for none."""
    if math.isnan(item):
        return ""
    return f"{item:,.0f}" if abs(item) >= 100 else f"{item:.4g}"
