"""The report of the answer for one organisation: the page that its owner may share, in every format of a report."""

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
    """The report of an answer: the same sections, sentences and hidden counts as its page, and nothing besides.

    A report of the run itself would have tables of the same people that the page does not have, and the two could give
    away by their difference what each of them hides.

    Args:
        found: the answer.
    """
    scenario = found.run.scenario
    people = found.rule.one(int((found.run.opening_post >= 0).sum()))
    staff = people if people == HIDDEN else persons(int(people.replace(",", "")))
    question = (
        f"Who may go, what would it cost, which people would be lost, and how sure is that? About {staff} in post on "
        f"{date(scenario.start)}, followed to {date(scenario.end)}."
    )
    parts = [Part(heading=ANSWER, sections=(Section(heading=ANSWER, sentences=(question,)),))]
    titles = {name: _title(scenario, name) for name in scenario.policies}
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
    """A heading that ends in the name of a policy, with the title of the policy instead."""
    what, colon, name = heading.rpartition(": ")
    return f"{what}: {inside(titles[name])}" if colon and name in titles else heading


def _title(scenario: Scenario, name: str) -> str:
    """The title of a policy; that of its kind where its title is no more than its name."""
    title = scenario.policy_titles[name]
    return getattr(scenario.policies[name], "title", "") or title if title.lower() == name else title
