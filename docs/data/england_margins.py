"""Writes england-margins.md: for every margin of the bundled England, people achieved against people wanted."""

from __future__ import annotations

from pathlib import Path

from nhstransit.dates import epoch_day
from nhstransit.synthesis import england, load_margins, margin_report
from nhstransit.synthesis.staff import MARGINS, START

HEAD = """# England 2010: every margin, achieved against target

Made by `python docs/data/england_margins.py` from the base of 53,100 WTE and staff seed 2010; a test makes it again.
A target is a share of all people, and a fraction of one may be wanted. Every margin here is an assumption of the
project unless its grade and sources say otherwise: the published data hold no split of these staff by band, function, age or
service.

"""

ASSUMED = ("assumption", "project")  # which the page says once


def page() -> str:
    """The page as Markdown."""
    report = margin_report(load_margins(MARGINS), england().staff, epoch_day(START))
    lines = [
        f"{report.people:,} people, {report.wte:,.1f} WTE. Worst gap of a one-way margin {report.worst(1):.2f} of a person, "
        f"of a two-way margin {report.worst(2):.2f}.",
        "",
        "| margin | category | target | achieved | gap | quality | sources |",
        "|---|---|---:|---:|---:|---|---|",
    ]
    lines += [
        f"| {line.margin} | {line.category} | {line.target:,.2f} | {line.achieved:,} | {line.gap:+.2f} "
        + ("| | |" if (line.quality, *line.sources) == ASSUMED else f"| {line.quality} | {', '.join(line.sources)} |")
        for line in report.lines
    ]
    return HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    Path(__file__).with_name("england-margins.md").write_text(page(), "utf-8")
