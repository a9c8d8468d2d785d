"""Labels that may be moved where a figure is fitted to its paper, and the strokes that lead to them."""

from __future__ import annotations

from matplotlib.text import Text

END = "at the end of a line"  # the gid of a label that may move up and down


def leads_to(label: Text) -> str:
    """The gid of the stroke that leads to a label."""
    return f"to {' '.join(label.get_text().split())}"
