"""The technical terms in a report: abbreviations written out at their first use, and a list of meanings."""

from __future__ import annotations

import re
from collections.abc import Iterator

import attrs

from nhstransit.report.document import Document, Part
from nhstransit.report.story import Section

HEADING = "Words used here"
QUOTED = re.compile(r"""(?<!\w)(['"‘“])(?:(?!\1).)+?['"’”](?!\w)""")  # reports put names chosen by the user in quotes
LONG = {  # the long form of an abbreviation, added in brackets at its first use in a sentence
    "MARS": "mutually agreed resignations",
    "RETS": "retention terms",
    "WTE": "whole-time equivalents",
    "PCTs": "primary care trusts",
    "SHAs": "strategic health authorities",
    "CCGs": "clinical commissioning groups",
    "ICBs": "integrated care boards",
    "QIPP": "the NHS's programme of efficiency savings",
}
MEANINGS = {  # the list in its order: a pattern of the term as it may occur; the term as listed, and its meaning
    r"MARS": (
        "MARS",
        "mutually agreed resignation scheme: people may apply to leave for a payment, and the employer selects",
    ),
    r"[Vv]oluntary redundancy": (
        "voluntary redundancy",
        "people apply to be made redundant, on the terms of the national agreement on redundancy pay",
    ),
    r"RETS|[Rr]etention (terms|premium)": (
        "retention terms (RETS)",
        "a payment for staying in a post until an agreed day",
    ),
    r"[Ss]everance": ("severance", "a payment to somebody for leaving: redundancy pay, or the payment of a scheme"),
    r"[Pp]ay in lieu": ("pay in lieu of notice", "pay for a notice period that is not worked"),
    r"[Pp]ension capital": (
        "pension capital",
        "the employer's payment so that somebody made redundant can draw a pension early, without a reduction",
    ),
    r"[Ii]nterims": ("interims", "people hired temporarily to do the work of vacant posts"),
    r"WTE": ("WTE", "whole-time equivalent: two people who each work half of full time are one"),
    r"[Kk]nowledge": (
        "knowledge",
        "people weighted by pay band, length of service and skill: an index, not a measurement",
    ),
    r"minimum cover": (
        "minimum cover",
        "the smallest team that can do the work safely, as assumed in the scenario",
    ),
    r"\bbands? |By band": ("band", "a pay band of the national agreement: 1 is the lowest paid, 9 the highest"),
    r"VSM|[Vv]ery senior manager": ("VSM", "very senior manager: paid outside the bands"),
    r"[Dd]eparture": ("departure", "one person leaving; somebody who leaves twice is two departures"),
    r"[Nn]et present value": (
        "net present value",
        "costs and gains of all years added up, with later years discounted as the Treasury's Green Book requires",
    ),
    r"Exchequer": ("Exchequer", "public money as a whole: what employers pay, less what comes back as tax"),
    r"[Bb]aseline": ("baseline", "the scenario that another is compared with"),
    r"same random numbers|seed": (
        "seed, same random numbers",
        "the seed determines all random numbers of a run; two runs with the same seed differ only through what was changed",
    ),
    r"95% interval": (
        "95% interval",
        "a range that would contain the true mean gap in 95 of 100 such studies, if only chance differed",
    ),
    r"middle 80%": ("middle 80%", "the range of runs without the lowest and the highest tenth"),
    r"[Uu]ncalibrated|UNCALIBRATED": ("uncalibrated", "none of the scenario's numbers was fitted to real data"),
    r"\bheads\b": ("heads", "people, whether they work full or part time"),
}


def explained(document: Document) -> Document:
    """The report with abbreviations written out at their first use in a sentence, and a list of its technical terms.

    The list is a part of its own before the last part, and contains only terms that occur.

    Args:
        document: the report.
    """
    # Abbreviations not yet written out. The order of the parts decides which use is the first.
    waiting = dict(LONG)
    parts = []
    for part in document.parts:
        sections = []
        for section in part.sections:
            sentences = tuple(_written_out(sentence, waiting) for sentence in section.sentences)
            sections.append(attrs.evolve(section, sentences=sentences))
        parts.append(attrs.evolve(part, sections=tuple(sections)))
    text = "\n".join(_texts(document))
    rows = tuple(shown for pattern, shown in MEANINGS.items() if re.search(pattern, text))
    if rows:
        section = Section(heading=HEADING, columns=("word", "meaning"), rows=rows)
        # Before the last part, which describes how the report was made.
        parts.insert(max(len(parts) - 1, 0), Part(heading=HEADING, sections=(section,)))
    return attrs.evolve(document, parts=tuple(parts))


def _written_out(sentence: str, waiting: dict[str, str]) -> str:
    """A sentence with abbreviations of `waiting` written out. These are then removed from `waiting`."""
    # A copy of the items, because entries are removed within the loop.
    for short, long in list(waiting.items()):
        # Found again for each abbreviation, because the sentence has grown since the last.
        quoted = [(one.start(), one.end()) for one in QUOTED.finditer(sentence)]
        every = re.finditer(rf"\b{re.escape(short)}\b", sentence)
        outside = (one for one in every if not any(low < one.start() < high for low, high in quoted))
        found = next(outside, None)
        if found is None:  # an abbreviation within quotation marks is part of a name
            continue
        del waiting[short]
        if long in sentence.lower() or sentence[found.start() - 1 : found.start()] == "(":
            continue  # the sentence already contains the long form
        sentence = f"{sentence[: found.end()]} ({long}){sentence[found.end() :]}"
    return sentence


def _texts(document: Document) -> Iterator[str]:
    """Every text of a report."""
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
