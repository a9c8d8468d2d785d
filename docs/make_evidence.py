# ruff: noqa: E501 (prose of a page)
"""Writes docs/model/behaviour-evidence.md: what each effect does in a crowd, beside its source. A test makes it again."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT))

from tests.behaviour.crowd import PEOPLE, Found  # noqa: E402
from tests.behaviour.evidence import findings  # noqa: E402

PAGE = ROOT / "docs" / "model" / "behaviour-evidence.md"
OPENING = f"""# What each effect of behaviour does, measured

Each line is an experiment: a crowd of {PEOPLE:,} people who are alike, in one body, played through the engine with one
thing changed and the same luck. What is counted in the log is beside what the source found, or what the number taken from it
implies, with the standard error of the count; where nothing is random, it is what a day or two may make out.

The page is made by `python docs/make_evidence.py`; the experiments are in `tests/behaviour`, and a test runs them again:
each must lie within four standard errors of what is wanted. **Agreement here means that the library does what it says**, not that
the numbers are right for England in 2010: most sizes are assumed ([behaviour](../concepts/behaviour.md)).

| effect | what is measured | wanted | found | where what is wanted comes from |
| --- | --- | ---: | ---: | --- |
"""
CLOSING = """
## How to read some of them

- **Retention pay postpones; it does not keep.** A year of 15% delays a departure by at most three months, and all those delayed have
  left three months after its end. What a guarantee does to perceived risk comes on top.
- **2010 and 2025.** Twelve months' pay instead of four and a half raises take-up from 5% to about 10%. The rest of the way to the
  interest stated in November 2025 is put down to risk. Interest is not an application: the slope may be too steep.
- **Contagion and waiting are off by default.** The lines show what they do when they are turned on.
- **An announcement** is felt from the next monthly reading, so the first month after it is left out of the count.
- Switch any effect off by its name: `scenario.having("behaviour.off", ("contagion", "announcement"))`.
"""


def page() -> str:
    """The whole page."""
    return OPENING + "".join(f"{line}\n" for line in lines(findings())) + CLOSING


def lines(found: tuple[Found, ...]) -> Iterator[str]:
    """A row of the table for each experiment."""
    before = ""
    for each in found:
        source = "as above" if each.source == before else each.source
        yield f"| `{each.effect}` | {each.what} | {each.wanted:.3f} | {each.found:.3f} ± {each.error:.3f} | {source} |"
        before = each.source


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
