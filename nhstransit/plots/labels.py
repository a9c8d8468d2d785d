"""Marks for labels that may move when a figure is fitted to its axes, and for the strokes that lead to them."""

from __future__ import annotations

from matplotlib.text import Text

END = "_at the end of a line"  # matplotlib's label, which no format writes, of text that may move up and down


def leads_to(label: Text) -> str:
    """Matplotlib's label for the stroke that leads to some text."""
    return f"_to {' '.join(label.get_text().split())}"
