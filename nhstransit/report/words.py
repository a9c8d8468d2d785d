"""The words of the trade that a report uses, each explained where it is first used and in a list of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator

import attrs

from nhstransit.report.document import Document, Part
from nhstransit.report.story import Section

HEADING = "Words used here"
QUOTED = re.compile(r"""(?<!\w)(['"‘“])(?:(?!\1).)+?['"’”](?!\w)""")  # a name of the user's, as reports quote it
LONG = {  # what an abbreviation stands for, put behind it at its first use in a sentence
    "MARS": "mutually agreed resignations",
    "RETS": "retention terms",
    "WTE": "whole-time equivalents",
    "PCTs": "primary care trusts",
    "SHAs": "strategic health authorities",
    "CCGs": "clinical commissioning groups",
    "ICBs": "integrated care boards",
    "QIPP": "the NHS's programme of efficiency savings",
}
MEANINGS = {  # in the list, in this order: the words as they may occur, what is shown, what it means
    r"MARS": (
        "MARS",
        "mutually agreed resignation scheme: people may apply to leave for a payment, and an employer chooses",
    ),
    r"[Vv]oluntary redundancy": (
        "voluntary redundancy",
        "people apply to be made redundant, on the terms of the national agreement on redundancy pay",
    ),
    r"RETS|[Rr]etention (terms|premium)": (
        "retention terms (RETS)",
        "a payment for staying in a post until an agreed day",
    ),
    r"[Ss]everance": ("severance", "what is paid to somebody for leaving: redundancy pay, or the payment of a scheme"),
    r"[Pp]ay in lieu": ("pay in lieu of notice", "pay for a notice period that is not worked"),
    r"[Pp]ension capital": (
        "pension capital",
        "what an employer pays so that somebody made redundant can draw a pension early, without a reduction",
    ),
    r"[Ii]nterims": ("interims", "people hired for a time to do the work of vacant posts"),
    r"WTE": ("WTE", "whole-time equivalent: two people who each work half of full time are one"),
    r"[Kk]nowledge": (
        "knowledge",
        "people counted by what they know: weighed by pay band, length of service and skill; a weight, not a measurement",
    ),
    r"minimum cover": (
        "minimum cover",
        "the smallest team that can do the work safely, as the scenario assumes it",
    ),
    r"\bbands? |By band": ("band", "a pay band of the national agreement: 1 is the lowest paid, 9 the highest"),
    r"VSM|[Vv]ery senior manager": ("VSM", "very senior manager: paid outside the bands"),
    r"[Dd]eparture": ("departure", "one person leaving; somebody who leaves twice is two departures"),
    r"[Nn]et present value": (
        "net present value",
        "costs and gains of all years added up, later years counted for less, as the Treasury's Green Book requires",
    ),
    r"Exchequer": ("Exchequer", "the public purse as a whole: what employers pay, less what comes back as tax"),
    r"[Bb]aseline": ("baseline", "the world that another is compared with"),
    r"same random numbers|seed": (
        "seed, same random numbers",
        "the number that sets all random draws of a run; two runs with the same seed differ only by what was changed",
    ),
    r"95% interval": (
        "95% interval",
        "a range that would hold the true mean gap in 95 of 100 such studies, as far as chance goes",
    ),
    r"middle 80%": ("middle 80%", "the range of runs without the lowest and the highest tenth"),
    r"[Uu]ncalibrated|UNCALIBRATED": ("uncalibrated", "none of its numbers was fitted to what happened"),
    r"\bheads\b": ("heads", "people, whether they work full or part time"),
}


def explained(document: Document) -> Document:
    """The report with abbreviations written out at their first use in a sentence, and a list of the words that it uses.

    The list is a part of its own, before the last part, and holds only words that occur.

    Args:
        document: the report.
    """
    waiting = dict(LONG)
    parts = []
    for part in document.parts:
        sections = []
        for section in part.sections:
            told = tuple(_written_out(sentence, waiting) for sentence in section.sentences)
            sections.append(attrs.evolve(section, sentences=told))
        parts.append(attrs.evolve(part, sections=tuple(sections)))
    text = "\n".join(_texts(document))
    rows = tuple(shown for pattern, shown in MEANINGS.items() if re.search(pattern, text))
    if rows:
        section = Section(heading=HEADING, columns=("word", "meaning"), rows=rows)
        parts.insert(max(len(parts) - 1, 0), Part(heading=HEADING, sections=(section,)))
    return attrs.evolve(document, parts=tuple(parts))


def _written_out(sentence: str, waiting: dict[str, str]) -> str:
    """A sentence with the abbreviations that wait for their first use written out; those are taken off the list."""
    for short, long in list(waiting.items()):
        quoted = [(one.start(), one.end()) for one in QUOTED.finditer(sentence)]
        every = re.finditer(rf"\b{re.escape(short)}\b", sentence)
        found = next((one for one in every if not any(low < one.start() < high for low, high in quoted)), None)
        if found is None:  # within quotation marks it is a part of a name
            continue
        del waiting[short]
        if long in sentence.lower() or sentence[found.start() - 1 : found.start()] == "(":
            continue  # it stands beside its meaning already
        sentence = f"{sentence[: found.end()]} ({long}){sentence[found.end() :]}"
    return sentence


def _texts(document: Document) -> Iterator[str]:
    """Every text of a report that a reader sees."""
    yield from (*document.status, document.about)
    for part in document.parts:
        for section in part.sections:
            yield section.heading
            yield from section.sentences
            yield from section.columns
            for row in section.rows:
                yield from row
        for picture in part.pictures:
            yield picture.alt
