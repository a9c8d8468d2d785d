"""The definition of a measure. Each module of measures has its definitions beside its functions."""

from __future__ import annotations

import attrs


@attrs.frozen(kw_only=True)
class Definition:
    """The name, unit, formula and source of one measure, with a note that explains the symbols where needed."""

    name: str
    unit: str
    formula: str
    reference: str
    note: str = ""

    def __str__(self) -> str:
        text = f"{self.name} ({self.unit})\n  {self.formula}\n  after: {self.reference}"
        return f"{text}\n  {self.note}" if self.note else text
