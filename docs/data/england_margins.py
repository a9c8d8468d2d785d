"""Write england-margins.md: for every margin of the bundled England, the number of people achieved and the target."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nhstransit.dates import epoch_day
from nhstransit.synthesis import england, load_margins, margin_report
from nhstransit.synthesis.staff import MARGINS, START

HEAD = """# England 2010: every margin, with target and result

A margin is the number of people in each category of a characteristic, such as band. These margins are for the base of
53,100 WTE and staff seed 2010. *Target* is the number of people that the stated shares imply, so it may be a fraction.
*Achieved* is the number of people in the synthesised staff. A margin without a grade and a source in brackets is an
assumption of the project: no published data divide these staff by band, function, age or service. The command `python
docs/data/england_margins.py` makes this page.

"""

HEADINGS = {  # margins whose categories need a unit
    "hours within sex": "hours within sex (percentage of full time)",
    "age": "age (years)",
    "service": "service (completed years)",
}
ASSUMED = ("assumption", "project")  # the grade and source that the page states once


def page() -> str:
    """The page as Markdown."""
    report = margin_report(load_margins(MARGINS), england().staff, epoch_day(START))
    lines = [
        f"The synthesised staff are {report.people:,} people, or {report.wte:,.1f} WTE. The largest difference from a "
        f"target is {report.worst(1):.2f} of a person in a margin of one characteristic, and {report.worst(2):.2f} in a "
        "margin of two.",
        "",
    ]
    for margin in dict.fromkeys(line.margin for line in report.lines):
        mine = [line for line in report.lines if line.margin == margin]
        lines += [
            f"## {HEADINGS.get(margin, margin)}",
            "",
            "| category | target (people) | achieved (people) |",
            "|---|---:|---:|",
            *map(_row, mine),
            "",
        ]
    return HEAD + "\n".join(lines).rstrip() + "\n"


def _row(line: Any) -> str:
    """A category, with grade and sources if they differ from those that the page states."""
    sources = ", ".join(source for source in line.sources if source != ASSUMED[1])
    grade = "" if (line.quality, *line.sources) == ASSUMED else f" ({line.quality}; source: {sources})"
    return f"| {line.category}{grade} | {line.target:,.2f} | {line.achieved:,} |"


if __name__ == "__main__":
    Path(__file__).with_name("england-margins.md").write_text(page(), "utf-8")
