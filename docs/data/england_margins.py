"""Write england-margins.md: for every margin of the bundled England, the number of people achieved and the target."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nhstransit.dates import epoch_day
from nhstransit.synthesis import england, load_margins, margin_report
from nhstransit.synthesis.staff import MARGINS, START

HEAD = """# England 2010: every margin, with target and result

These margins are for the base of 53,100 WTE and staff seed 2010. A target is a share of all people, so it may be a
fraction. A margin without grade and source is an assumption of the project: no published data divide these staff by
band, function, age or service. `python docs/data/england_margins.py` makes this page.

"""

ASSUMED = ("assumption", "project")  # the grade and source that the page states once


def page() -> str:
    """The page as Markdown."""
    report = margin_report(load_margins(MARGINS), england().staff, epoch_day(START))
    lines = [
        f"{report.people:,} people, {report.wte:,.1f} WTE. The largest error is {report.worst(1):.2f} of a "
        f"person in a one-way margin and {report.worst(2):.2f} in a two-way margin.",
        "",
    ]
    for margin in dict.fromkeys(line.margin for line in report.lines):
        mine = [line for line in report.lines if line.margin == margin]
        lines += [f"## {margin}", "", "| category | target | achieved |", "|---|---:|---:|", *map(_row, mine), ""]
    return HEAD + "\n".join(lines).rstrip() + "\n"


def _row(line: Any) -> str:
    """A category, with grade and sources if they differ from those that the page states."""
    grade = "" if (line.quality, *line.sources) == ASSUMED else f" ({line.quality}: {', '.join(line.sources)})"
    return f"| {line.category}{grade} | {line.target:,.2f} | {line.achieved:,} |"


if __name__ == "__main__":
    Path(__file__).with_name("england-margins.md").write_text(page(), "utf-8")
