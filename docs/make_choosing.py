# ruff: noqa: E501 (prose of a page)
"""Make docs/model/choosing-2010.md and choosing-2025.md, the worked choices of England, from their reports.

Run it from the root of the project after a change of the scenarios or the model: `python docs/make_choosing.py 2010
[STORE]`, or 2025. It needs 144 runs for 2010 and 252 for 2025, about ten minutes on one core; with a STORE it resumes.
"""

from __future__ import annotations

import re
import runpy
import sys
import tomllib
from pathlib import Path

from nhstransit.choice import Choice, choose_file
from nhstransit.choice.discovery import shown
from nhstransit.report.choice_document import choice_document, traced_in_words
from nhstransit.report.document import as_markdown
from nhstransit.scenario import load_scenario
from nhstransit.studies.study_file import study_named

FOLDER = Path(__file__).parent / "model"
ABOUT = """The options differ in {what}. The bundled study `{study}` defines each of them.
{unsure}
**The differences between the options were not fitted.** The figures are more useful for comparing options than for
predicting what one option would cost. [How options are compared](../concepts/choice.md) explains the terms.

`python docs/make_choosing.py {year}` made this page. `nhstransit choose {study}` makes the same comparison with the
version that you have installed.
"""
WORDS = {
    "2010": (
        "severance and retention terms, in how early people know what will happen to their posts, and in pace",
        "The uncertain numbers are the inputs of the fit and four assumptions; the last section lists them.",
    ),
    "2025": (
        "the terms and the day of a second round of voluntary redundancy, in guarantees, in retention terms and in delays",
        "Twenty numbers are uncertain: thirteen are drawn from the fit of England 2010-13, and seven from the ranges of the "
        "forecast of 11 November 2025. An option must save about as much as was planned. The objective and this limit "
        "were set after a first look at the results, in which 'compulsion a year later' had the best cost in every future. So the "
        "conclusion is only a worked example.",
    ),
}
WHENCE = """
## Uncertain numbers, and where they come from

{why}

### Numbers drawn jointly from the fit of England 2010-13

{fitted}

### Numbers drawn from ranges

{ranged}
"""
SETTINGS = {  # settings in the descriptions of options, and plainer words for them
    "Without second round": "Without the second round",
    "without second round": "without the second round",
    "With MARS, second": "With a second round of MARS",
    "with MARS, second": "with a second round of MARS",
    "The terms MARS 2010: ": "MARS terms of 2010: ",
    "months a year from ": "months of pay for each year of service from ",
    "most months from ": "the most months of pay from ",
    ": most months 12": ": at most 12 months of pay",
    ": most months 6": ": at most 6 months of pay",
    "(RETS): cap from 3% to 10%": "(RETS): offered to at most 10% of an employer's staff instead of 3%",
    "cap from 0% to 10%": "offered to at most 10% of an employer's staff instead of nobody",
    " and offered 15 May 2026": " and the offer made on 15 May 2026",
    "notice worked from 100% to 50%": "share of notice that people work from 100% to 50%",
}
UNIT = re.compile(r"\d(%? [a-z][a-z -]*)$")  # the words after the last number of a cell
HEAD = "| uncertain number | lowest and highest value drawn |\n| --- | --- |\n"
WHY = {
    "2010": "The inputs of the fit are drawn jointly from its posterior. Four assumptions, which were not fitted, are drawn from\nranges.",
    "2025": """This scenario was not fitted, so its numbers come from two sources. How people *respond* to money, to risk and to
a post found for them is drawn from the fit of 2010-13, because the health service, redundancy terms and pension scheme are the same, and there
is no evidence from 2025. This assumes that different people respond in the same way fifteen years later.

The *levels* are not taken from that fit. These are the share of people who apply, the share of people who resign in a calm
year, and the share of vacancies that are filled again. They are drawn from ranges based on evidence of 2025. The values in
the scenario are outside all values drawn for 2010-13. The belief in a better offer is also drawn from a range, because in
2010-13 people believed in a different offer.

In the fit, the level of take-up and the effect of disliking the reform have a correlation of {together:.1f}. In this choice
they are drawn independently, so take-up varies more than in the draws of either scenario.""",
}


def condensed(text: str) -> str:
    """The report in the words of the page of inputs, with equal rows of a table combined, and without its figures.

    Of a figure's description only a finding over all objectives is kept: the text already states the other findings.
    """
    text = re.sub(r"^Figure: .+?\. (Over all objectives.+?\.) .+$", r"\1", text, flags=re.MULTILINE)
    text = re.sub(r"^Figure: .+\n\n?", "", text, flags=re.MULTILINE)
    text = re.sub(r"(?:^\|.+\|\n)+", _shortened, text, flags=re.MULTILINE)
    return plain(text)


def plain(text: str) -> str:
    """Replace the names of inputs by those of the page of inputs (model/priors.md), at the start of a sentence or within it."""
    plainer = runpy.run_path(str(Path(__file__).with_name("make_fit_pages.py")))["PLAINLY"]
    for sealed, words in plainer.items():
        old = re.sub(r" \([^)]*\)$", "", sealed)
        new = re.sub(r" \([^)]*\)$", "", words)
        text = text.replace(old, new).replace(old[0].lower() + old[1:], new[0].lower() + new[1:])
    for setting, words in SETTINGS.items():
        text = text.replace(setting, words)
    return re.sub(r"and (\d+) more: ", r"and \1 more policies: ", text)


def _shortened(table: re.Match[str]) -> str:
    """A table with the units of a column in its heading, and rows combined whose cells after the first are equal."""
    head, line, *rows = table[0].splitlines()
    columns = [list(column) for column in zip(*(_cells(row) for row in (head, *rows)), strict=True)]
    for column in columns[1:]:
        units = {found[1] if (found := UNIT.search(cell)) else "" for cell in column[1:]}
        if len(units) == 1 and (unit := units.pop()):
            column[1:] = [cell.removesuffix(unit) for cell in column[1:]]
            column[0] = f"{column[0]} ({unit.strip()})"
    names: dict[tuple[str, ...], list[str]] = {}
    for name, *cells in list(zip(*columns, strict=True))[1:]:
        names.setdefault(tuple(cells), []).append(name)
    heading = [column[0] for column in columns]
    lines = [_row(heading), line, *(_row(["; ".join(equal), *cells]) for cells, equal in names.items())]
    return "\n".join(lines) + "\n"


def _cells(row: str) -> list[str]:
    return row.removeprefix("| ").removesuffix(" |").split(" | ")


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _whence(found: Choice, study: Path, year: str) -> str:
    """The section that says where each uncertain number comes from, and why."""
    paths, values = found.numbers
    ranged = {one["path"] for one in tomllib.loads(study.read_text("utf-8"))["draws"]["ranges"]}
    scenario = found.options[0].scenario
    rows: dict[bool, list[str]] = {False: [], True: []}
    for path, column in zip(paths, values.T, strict=True):
        name = plain(traced_in_words(scenario, path).replace("_", r"\_"))
        drawn = f"{shown(column.min(), found.dated(path))} to {shown(column.max(), found.dated(path))}"
        rows[path in ranged].append(f"| {name} | {drawn} |")
    fit = load_scenario("england-2010").draws().table()
    together = fit["behaviour.severance.typical"].corr(fit["behaviour.severance.leaver"])
    fitted, ranges = (HEAD + "\n".join(rows[is_ranged]) for is_ranged in (False, True))
    return WHENCE.format(why=WHY[year].format(together=together), fitted=fitted, ranged=ranges)


def main(year: str, store: str | None) -> None:
    """Make the choice of England in a year, and write its page."""
    study = f"choose-england-{year}"
    found = choose_file(study_named(study), store=store, progress=False)
    title, rest = as_markdown(choice_document(found)).split("\n", 1)
    what, unsure = WORDS[year]
    about = ABOUT.format(study=study, year=year, what=what, unsure=unsure)
    whence = _whence(found, study_named(study), year)
    (FOLDER / f"choosing-{year}.md").write_text(f"{title}\n\n{about}{condensed(rest)}{whence}", "utf-8")
    print("\n".join(found.sentences()))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None)
