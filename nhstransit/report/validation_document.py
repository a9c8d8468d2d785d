"""The report of a validation: every published figure that can be compared with a run, the misses first."""

from __future__ import annotations

from collections.abc import Iterable

from nhstransit.england import status_of
from nhstransit.england.validation import AS_SAID, BAND, CHANCE, MISS, NOT_AS_SAID, SHOWN, WITHIN, Line, Validation
from nhstransit.phrases import listed, number_of
from nhstransit.report.document import UNASSURED, Document, Part, Picture
from nhstransit.report.many_document import ANSWER
from nhstransit.report.run_document import made_from, plots
from nhstransit.report.story import Section

NAMED = 3  # the most figures in a sentence
COLUMNS = ("published figure", "published", "this model", "middle 80%", "used for", "verdict")
MEANING = {  # the meaning of each verdict, in the order on a page
    WITHIN: "the model's mean is within the precision of the published figure",
    BAND: "the model's mean is further away, but within the wider range that the figure's source allows",
    CHANCE: "the model's mean is further away, but the published figure is within the middle 80% of runs",
    AS_SAID: "the model shows a pattern that was reported in words",
    NOT_AS_SAID: "the model does not show a pattern that was reported in words",
    MISS: "the model's mean is further from the published figure than any of these permits",
    SHOWN: "there is no published figure to compare it with",
}


def validation_document(found: Validation) -> Document:
    """The report of a validation: the answer, the misses with the largest first, and the figures that are met.

    Args:
        found: the validation.
    """
    simulated = [one for one in found.lines if one.simulated is not None]
    # `misses` is in order of size, the largest first; patterns without a number come last.
    missed = [one for one in found.misses if one.simulated is not None]
    met = [one for one in simulated if one not in missed]
    drawn = any(one.figure.value for one in simulated)
    return Document(
        title=f"{found.scenario.title or found.scenario.name} compared with published figures",
        about=found.scenario.about,
        status=(status_of(found.scenario).banner, UNASSURED),
        parts=(
            Part(
                heading=ANSWER,
                sections=(Section(heading=ANSWER, sentences=tuple(_answer(found))),),
                pictures=(Picture.of("validation", plots().validation(found)),) if drawn else (),
            ),
            Part(heading="Where the model misses", sections=(_table("Missed", missed),)),
            Part(heading="Where the model does not miss", sections=(_table("Met", met),)),
            Part(heading="How to read it", sections=(_read(simulated),)),
            made_from(
                ("scenario", found.scenario.name),
                ("runs", f"{found.runs:,}"),
                ("identities checked in every run", f"{len(found.identities):,}"),
            ),
        ),
    )


def _answer(found: Validation) -> Iterable[str]:
    yield f"How far is the model of {found.scenario.title or found.scenario.name} from published figures?"
    missed = found.misses
    runs = number_of(found.runs, "run")
    judged = f"{len(found.judged):,} published figures that can be compared"
    if not missed:
        yield f"Over {runs}, the model misses none of {judged}."
    else:
        yield f"Over {runs}, the model misses {len(missed):,} of {judged}."
        roles = dict.fromkeys(one.role for one in found.judged)
        parts = []
        for role in roles:
            mine = sum(one.role == role for one in missed)
            every = sum(one.role == role for one in found.judged)
            parts.append(f"{mine:,} of the {every:,} {_FITTED.get(role, role)}")
        yield f"The misses are {listed(parts)}."
        # A pattern reported in words has no numbers to put into a sentence.
        known = [one for one in missed if one.simulated is not None and one.figure.value is not None]
        largest = listed(
            f"{one.called}: {one.told(one.simulated.mean)}, published {one.told(one.figure.value)}"
            for one in known[:NAMED]
            if one.simulated is not None
        )
        if largest:
            yield f"The largest misses, relative to the effect of chance and rounding, are {largest}."
    for broken in found.broken:
        yield f"Broken identity: {broken}."


_FITTED = {
    "fitted": "fitted figures",
    "held out": "held-out figures",
    "check": "figures that check others",
    "context": "figures shown as context",
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
    """The verdicts on the page and their meanings."""
    there = {one.verdict for one in lines}
    rows = tuple((verdict, meaning) for verdict, meaning in MEANING.items() if verdict in there)
    return Section(
        heading="Verdicts",
        sentences=(
            "The column 'this model' has the mean over the runs, in the unit, on the days and for the organisations of the "
            "published figure. The model was fitted to the fitted figures only; held-out figures were not used in "
            "fitting. Checks repeat other figures in another form.",
        ),
        columns=("verdict", "meaning"),
        rows=rows,
    )
