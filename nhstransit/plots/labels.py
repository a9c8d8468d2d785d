"""Labels that may be moved where a figure is fitted to its paper, and the strokes that lead to them."""

from __future__ import annotations

from matplotlib.text import Text

END = "_at the end of a line"  # the label (an attribute that no format writes) of a label that may move up and down


def leads_to(label: Text) -> str:
    """The label of the stroke that leads to a label."""
    return f"_to {' '.join(label.get_text().split())}"
