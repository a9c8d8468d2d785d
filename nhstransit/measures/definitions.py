"""How a measure is defined. Each module of measures states its formulas beside its functions."""

from __future__ import annotations

import attrs


@attrs.frozen(kw_only=True)
class Definition:
    """One measure in words: its plain name, its unit, its formula in symbols that are explained, and its source."""

    name: str
    unit: str
    formula: str
    reference: str
    note: str = ""

    def __str__(self) -> str:
        told = f"{self.name} ({self.unit})\n  {self.formula}\n  after: {self.reference}"
        return f"{told}\n  {self.note}" if self.note else told
