# ruff: noqa: E501 (prose of a page)
"""Writes docs/model/behaviour-evidence.md: what each effect does in a crowd, beside its source. A test makes it again."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT))

from tests.behaviour.crowd import PEOPLE, Result  # noqa: E402
from tests.behaviour.evidence import results  # noqa: E402

PAGE = ROOT / "docs" / "model" / "behaviour-evidence.md"
OPENING = f"""# Measured effects of behaviour

Each row of the table is an experiment: the engine simulates {PEOPLE:,} identical people at one employer. Usually it simulates them a second
time with one setting changed and the same random numbers. The column *found* has the result, counted in the log. The column *expected* has
the finding of the source, or the value that the assumed number implies. The number after ± is the standard error of the result or, if
nothing is random, the effect of a day or two. *Hazard* is the rate at which people leave.

The experiments are in `tests/behaviour`, and a test runs them again: each result must be within four standard errors of the expected value.
**Agreement means that the code does what the documentation says.** It does not mean that the numbers are right for England in 2010: most
numbers are assumed ([behaviour](../concepts/behaviour.md)). `python docs/make_evidence.py` makes this page.

| effect | what is measured | expected | found | source of the expected value |
| --- | --- | ---: | ---: | --- |
"""
CLOSING = """
## How to read some of the rows

- **Retention pay delays departures but does not prevent them.** A premium of 15% for a year delays a departure by at most three months. A
  guarantee also lowers perceived risk; this effect is not in the rows on premiums.
- **Take-up in 2010 and 2025.** If twelve months' pay is offered instead of four and a half, take-up rises from 5% to about 10%. In November
  2025, about 16% expressed interest. The model explains the rise from 10% to 16% by a higher perceived risk. The model may overstate this effect of risk, because not everyone who expresses interest applies.
- **Contagion and waiting are off by default.** The rows show their effects when they are switched on.
- **An announcement** changes hazards from the 1st of the next month, so the experiments do not count the time before that day.
- You can [switch off any effect](../concepts/behaviour.md#without-one-effect) by its name in the first column.
"""


def page() -> str:
    """The whole page."""
    return OPENING + "".join(f"{line}\n" for line in lines(results())) + CLOSING


def lines(found: tuple[Result, ...]) -> Iterator[str]:
    """A row of the table for each experiment."""
    before = ""
    for each in found:
        source = "the same as in the row above" if each.source == before else each.source
        yield f"| `{each.effect}` | {each.what} | {each.expected:.3f} | {each.observed:.3f} ± {each.error:.3f} | {source} |"
        before = each.source


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
