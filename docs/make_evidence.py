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
thing changed. What is counted in the log stands beside what the source found, or what the number taken from it implies.
Two worlds of one experiment share all their luck. The standard error is that of the count, given the larger of two counts;
where nothing is left to luck it is what a day or two may make out.

The page is made by `python docs/make_evidence.py`; the experiments are in `tests/behaviour`, and a test runs them again:
each must lie within four standard errors of what is wanted.

**Agreement here means that the library does what it says**, not that the numbers are right for England in 2010. Few effects
rest on a study; most sizes are assumed ([behaviour](../concepts/behaviour.md) gives each one's grade and range).

| effect | what is measured | wanted | found | standard error | where what is wanted comes from |
| --- | --- | ---: | ---: | ---: | --- |
"""
CLOSING = """
## How to read some of them

- **Retention pay puts off; it does not keep.** Clocks persist, and a premium slows them for as long as it is paid. A year
  of 15% puts a departure off by at most three months, and everybody whom it put off is gone three months after its end.
  There is no rebound term; one would count those exits twice. What a guarantee does to perceived risk comes on top.
- **2010 and 2025.** Twelve months' pay instead of four and a half takes take-up from 5% to about 10%. The rest of the way
  to the interest told in November 2025 is put down to risk. Interest is not an application: the slope may be too steep.
- **Contagion and waiting are off by default.** The lines show what they do when they are turned on.
- **An announcement** is felt from the next monthly reading, so the first month after it is left out of the count.
- Switch any effect off by its name: `scenario.having("behaviour.off", ("contagion", "announcement"))`.
"""


def page() -> str:
    """The whole page."""
    return OPENING + "".join(f"{line}\n" for line in lines(findings())) + CLOSING


def lines(found: tuple[Found, ...]) -> Iterator[str]:
    """A row of the table for each experiment."""
    for each in found:
        figures = " | ".join(f"{figure:.3f}" for figure in (each.wanted, each.found, each.error))
        yield f"| `{each.effect}` | {each.what} | {figures} | {each.source} |"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
