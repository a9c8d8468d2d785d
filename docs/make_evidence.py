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

Each line is an experiment: the engine simulates {PEOPLE:,} identical people at one employer, and usually again with one setting changed and
the same random numbers. The table compares the count in the log with the finding of the source, or with the value that the assumed number
implies. The number after ± is the standard error of the count or, if nothing is random, the effect of a day or two.

The experiments are in `tests/behaviour`, and a test runs them again: each result must be within four standard errors of the expected value.
**Agreement means that the library does what it says**, not that the numbers are right for England in 2010: most of them are assumed
([behaviour](../concepts/behaviour.md)). `python docs/make_evidence.py` makes this page.

| effect | what is measured | expected | found | source of the expected value |
| --- | --- | ---: | ---: | --- |
"""
CLOSING = """
## How to read some of them

- **Retention pay delays departures but does not prevent them.** A premium of 15% for a year delays a departure by at most three months. The
  effect of a guarantee on perceived risk is additional.
- **2010 and 2025.** Twelve months' pay instead of four and a half raises take-up from 5% to about 10%. The rest of the difference from the
  interest stated in November 2025 is attributed to risk. This slope may be too steep, because interest is not yet an application.
- **Contagion and waiting are off by default.** The lines show their effects when they are on.
- **An announcement** has its effect from the 1st of the next month, so the first month after it is not counted.
- [Any effect can be switched off](../concepts/behaviour.md#without-one-effect) by its name.
"""


def page() -> str:
    """The whole page."""
    return OPENING + "".join(f"{line}\n" for line in lines(results())) + CLOSING


def lines(found: tuple[Result, ...]) -> Iterator[str]:
    """A row of the table for each experiment."""
    before = ""
    for each in found:
        source = "as above" if each.source == before else each.source
        yield f"| `{each.effect}` | {each.what} | {each.expected:.3f} | {each.observed:.3f} ± {each.error:.3f} | {source} |"
        before = each.source


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
