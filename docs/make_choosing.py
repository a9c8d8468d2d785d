"""Makes docs/model/choosing-2010.md and choosing-2025.md: the worked choices of England, as their reports tell them.

Run it from the root of the project after a change of the scenarios or the model: `python docs/make_choosing.py 2010
[STORE]`, or 2025. It plays 144 runs of the one, or 252 of the other, some ten minutes on one core; with a STORE it resumes.
"""

from __future__ import annotations

import re
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
ABOUT = """Made by `python docs/make_choosing.py {year}` from the bundled study `{study}`, whose file says what each
option is: {what}. `nhstransit choose {study}` repeats this with the version you have installed. {unsure}
**What differs between the options was not fitted**, so read the differences, not the levels. The terms are explained under
[how options are compared](../concepts/choice.md#limits).
"""
WORDS = {
    "2010": (
        "terms of severance and retention, certainty and pace",
        "The inputs of the fit are uncertain, and so are four assumptions within their ranges.",
    ),
    "2025": (
        "the terms and the day of a second round, a guarantee, retention and delay",
        "Twenty numbers are uncertain: thirteen on which the fit of England 2010-13 has information, and seven assumptions "
        "within the ranges of the forecast of 11 November 2025. An option must save about as much as was planned. The "
        "objective and this limit were set after a first look at the results (ranked by cost, 'compulsion a year later' "
        "won in every future), so take the conclusion as a worked example.",
    ),
}
FIT = "the fit of England 2010-13, jointly"
RANGE = "its range"
WHENCE = """
## What is uncertain, and where it comes from

{why}

| number | drawn from | lowest and highest drawn |
| --- | --- | --- |
{rows}
"""
WHY = {
    "2010": "The inputs of the fit are drawn jointly from its posterior. Numbers in which the options differ, and that were "
    "not fitted, are drawn from ranges.",
    "2025": """This world was not fitted, so its numbers come from two sources. How people *respond* to money, to risk and to
a post found for them is taken from the fit of 2010-13: service, terms and pension scheme are the same, and there is no
evidence of 2025. It is an assumption that other people respond in the same way fifteen years later. *Levels* are not
taken from that fit. The shares of people who apply and who resign in a calm year, and of posts refilled, are set here on
evidence of 2025. They are outside all values drawn for 2010-13, so `draws_from_fit` refuses them; and in 2010-13 the
belief in a better offer was about a different offer. In the fit, the level of take-up and the effect of disliking the
reform have a correlation of {together:.1f}. Here they are drawn independently, so take-up varies more than in either
world.""",
}


def condensed(text: str) -> str:
    """The report without its figures' descriptions, of which the finding stays, and with equal rows of a table in one."""
    text = re.sub(r"^Figure: .+?\. (.+?)\. .+$", r"\1.", text, flags=re.MULTILINE)
    return re.sub(r"(?:^\|.+\|\n)+", _with_equal_rows_in_one, text, flags=re.MULTILINE)


def _with_equal_rows_in_one(table: re.Match[str]) -> str:
    """Rows with the same cells after the first stand in one row, at the place of the first of them."""
    head, line, *rows = table[0].splitlines()
    named: dict[str, list[str]] = {}
    for row in rows:
        name, _, cells = row.removeprefix("| ").partition(" | ")
        named.setdefault(cells, []).append(name)
    return "\n".join([head, line, *(f"| {', '.join(names)} | {cells}" for cells, names in named.items())]) + "\n"


def _whence(found: Choice, study: Path, year: str) -> str:
    """The section that says where each uncertain number comes from, and why."""
    paths, values = found.numbers
    ranged = {one["path"] for one in tomllib.loads(study.read_text("utf-8"))["draws"]["ranges"]}
    world = found.options[0].scenario
    rows = [
        f"| {traced_in_words(world, path).replace('_', chr(92) + '_')} | {RANGE if path in ranged else FIT} | "
        f"{shown(column.min(), found.dated(path))} to {shown(column.max(), found.dated(path))} |"
        for path, column in zip(paths, values.T, strict=True)
    ]
    fit = load_scenario("england-2010").draws().table()
    together = fit["behaviour.severance.typical"].corr(fit["behaviour.severance.leaver"])
    return WHENCE.format(why=WHY[year].format(together=together), rows="\n".join(rows))


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
