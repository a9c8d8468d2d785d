"""The report of the answer for one organisation: the page that the organisation may share, in every report format."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from nhstransit.england import status_of
from nhstransit.measures.suppression import HIDDEN
from nhstransit.phrases import date, inside, persons
from nhstransit.report.answer import Answer
from nhstransit.report.document import UNASSURED, Document, Part
from nhstransit.report.many_document import ANSWER
from nhstransit.report.run_document import NOT_IN_IT, how_made
from nhstransit.report.story import Section
from nhstransit.scenario import Scenario


def answer_document(found: Answer) -> Document:
    """The report of an answer: the same sections, sentences and hidden counts as its page, and nothing more.

    A report of the run itself would have further tables of the same people. A reader could then find hidden counts by
    subtracting one table from another.

    Args:
        found: the answer.
    """
    scenario = found.run.scenario
    people = found.rule.one(int((found.run.opening_post >= 0).sum()))
    staff = people if people == HIDDEN else persons(int(people.replace(",", "")))
    question = (
        "Who may leave, what would it cost, which people would be lost, and how certain are the answers? They are about "
        f"{staff} in post on {date(scenario.start)}, followed to {date(scenario.end)}."
    )
    parts = [Part(heading=ANSWER, sections=(Section(heading=ANSWER, sentences=(question,)),))]
    titles = {name: _title(scenario, name) for name in scenario.policies}
    # Section by section, unchanged: counts were hidden for exactly these tables together.
    for section in found.sections:
        heading = _titled(section.heading, titles)
        parts.append(Part(heading=heading, sections=(attrs.evolve(section, heading=heading),)))
    heading = "What is not in it"
    parts.append(Part(heading=heading, sections=(Section(heading=heading, sentences=NOT_IN_IT),)))
    parts.append(how_made((found.run,)))
    return Document(
        title=scenario.title or scenario.name,
        about=scenario.about,
        status=(status_of(scenario).banner, UNASSURED),
        parts=tuple(parts),
        real=True,
    )


def _titled(heading: str, titles: Mapping[str, str]) -> str:
    """The heading, with the title of a policy instead of its name at the end."""
    what, colon, name = heading.rpartition(": ")
    return f"{what}: {inside(titles[name])}" if colon and name in titles else heading


def _title(scenario: Scenario, name: str) -> str:
    """The title of a policy; the title of its class if its own title is only its name."""
    title = scenario.policy_titles[name]
    return getattr(scenario.policies[name], "title", "") or title if title.lower() == name else title
