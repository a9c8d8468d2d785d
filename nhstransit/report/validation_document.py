"""The report of a validation: every published figure that a run can give, the missed ones first, in words."""

from __future__ import annotations

from collections.abc import Iterable

from nhstransit.england import status_of
from nhstransit.england.validation import AS_SAID, BAND, CHANCE, MISS, NOT_AS_SAID, SHOWN, WITHIN, Line, Validation
from nhstransit.phrases import listed, number_of
from nhstransit.report.document import UNASSURED, Document, Part, Picture
from nhstransit.report.many_document import ANSWER
from nhstransit.report.run_document import made_from, plots
from nhstransit.report.story import Section

NAMED = 3  # figures in a sentence
COLUMNS = ("published figure", "published", "this model", "middle 80%", "used for", "verdict")
MEANING = {  # of the verdicts on a page, in their order
    WITHIN: "the model's mean is within the precision of the published figure",
    BAND: "further from it, but within the wider range that the figure's source allows",
    CHANCE: "further from it, but the published figure is within the middle 80% of runs",
    AS_SAID: "the model shows a pattern that was reported in words",
    NOT_AS_SAID: "the model does not show a pattern that was reported in words",
    MISS: "further from the published figure than any of these",
    SHOWN: "nothing was published to compare it with",
}


def validation_document(found: Validation) -> Document:
    """The report of a validation: the answer, the misses by name with the furthest off first, and what is met.

    Args:
        found: the validation.
    """
    simulated = [one for one in found.lines if one.simulated is not None]
    missed = [one for one in found.misses if one.simulated is not None]
    met = [one for one in simulated if one not in missed]
    drawn = any(one.figure.value for one in simulated)
    return Document(
        title=f"{found.scenario.title or found.scenario.name} beside what was published",
        about=found.scenario.about,
        status=(status_of(found.scenario).banner, UNASSURED),
        parts=(
            Part(
                heading=ANSWER,
                sections=(Section(heading=ANSWER, sentences=tuple(_answer(found))),),
                pictures=(Picture.of("validation", plots().validation(found)),) if drawn else (),
            ),
            Part(heading="Where the model misses", sections=(_table("Missed", missed),)),
            Part(heading="Where it does not", sections=(_table("Met", met),)),
            Part(heading="How to read it", sections=(_read(simulated),)),
            made_from(
                ("scenario", found.scenario.name),
                ("runs", f"{found.runs:,}"),
                ("identities checked in every run", f"{len(found.identities):,}"),
            ),
        ),
    )


def _answer(found: Validation) -> Iterable[str]:
    yield f"How far is {found.scenario.title or found.scenario.name}, in the model, from what was published?"
    missed = found.misses
    runs = number_of(found.runs, "run")
    judged = f"{len(found.judged):,} published figures that a run can give"
    if not missed:
        yield f"It misses none of {judged}, over {runs}."
    else:
        yield f"It misses {len(missed):,} of {judged}, over {runs}."
        roles = dict.fromkeys(one.role for one in found.judged)
        parts = []
        for role in roles:
            mine = sum(one.role == role for one in missed)
            parts.append(f"{mine:,} of the {sum(one.role == role for one in found.judged):,} {_FITTED.get(role, role)}")
        yield f"The misses are {listed(parts)}."
        known = [one for one in missed if one.simulated is not None and one.figure.value is not None]
        named = listed(
            f"{one.called}: {one.told(one.simulated.mean)}, published {one.told(one.figure.value)}"
            for one in known[:NAMED]
            if one.simulated is not None
        )
        if named:
            yield f"Furthest off, relative to what chance and rounding could do: {named}."
    for broken in found.broken:
        yield f"Broken identity: {broken}."


_FITTED = {
    "fitted": "to which it was fitted",
    "held out": "that were held out",
    "check": "that check other figures",
    "context": "that are context",
}


def _table(heading: str, lines: Iterable[Line]) -> Section:
    rows = []
    for one in lines:
        if one.simulated is None:
            continue
        low = one.told(one.simulated.low)
        high = one.told(one.simulated.high)
        rows.append(
            (
                one.called,
                one.told(one.figure.value),
                one.told(one.simulated.mean),
                low if low == high else f"{low} to {high}",
                one.role,
                one.verdict,
            )
        )
    nothing = () if rows else (f"{heading}: none.",)
    return Section(heading=heading, sentences=nothing, columns=COLUMNS, rows=tuple(rows))


def _read(lines: Iterable[Line]) -> Section:
    """The verdicts that occur, and what they mean."""
    there = {one.verdict for one in lines}
    rows = tuple((verdict, meaning) for verdict, meaning in MEANING.items() if verdict in there)
    return Section(
        heading="Verdicts",
        sentences=(
            "This model is the mean over the runs, in the unit, on the days and for the organisations of the published "
            "figure. Numbers of the model were fitted to the fitted figures; held-out figures were not looked "
            "at in fitting; checks repeat others in another form.",
        ),
        columns=("verdict", "meaning"),
        rows=rows,
    )
