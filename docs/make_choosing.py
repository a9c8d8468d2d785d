"""Makes docs/model/choosing-2010.md: the worked choice of England 2010, as its report tells it.

Run it from the root of the project after a change of the scenarios or the model: `python docs/make_choosing.py [STORE]`. It
plays 144 runs of England, about ten minutes on one core; with a STORE it resumes.
"""

from __future__ import annotations

import sys
from pathlib import Path

from nhstransit.choice import choose_file
from nhstransit.report.choice_document import choice_document
from nhstransit.report.document import as_markdown
from nhstransit.studies.study_file import study_named

PAGE = Path(__file__).parent / "model" / "choosing-2010.md"
STUDY = "choose-england-2010"
ABOUT = """Made by `python docs/make_choosing.py` from the bundled study `{study}`, whose file says what each option is:
terms of severance and retention, certainty and pace. It is not made again with every change: `nhstransit choose {study}`
gives what this version gives. Uncertain are the inputs of the fit, and four assumptions within their ranges. **What sets
the options apart was not fitted**, so read the differences, not the levels. What the words mean: [how options are
compared](../concepts/choice.md).
"""


def main(store: str | None) -> None:
    """Make the choice, and write the page."""
    found = choose_file(study_named(STUDY), store=store, progress=False)
    title, rest = as_markdown(choice_document(found)).split("\n", 1)
    PAGE.write_text(f"{title}\n\n{ABOUT.format(study=STUDY)}{rest}", "utf-8")
    print("\n".join(found.sentences()))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
