"""The assumptions of a scenario that matter most to its figures, in words, with their values, ranges and grades."""

from __future__ import annotations

import re

from nhstransit.report.story import Section
from nhstransit.scenario import Scenario
from nhstransit.scenario.assumptions import Input, inputs_with_paths
from nhstransit.toml import names_in

# Paths of behaviour and hiring that explain a twentieth or more of the variance of a headline figure of England 2010-13, the
# largest first: total Sobol' index, all inputs of the fit varied at once. A test holds them to docs/data/what-matters.csv.
MATTER = {
    r"policies\.[\w-]+\.weeks": "weeks from an advertisement to a start",
    r"behaviour\.departures\.resign": "people who resign in a calm year",
    r"behaviour\.outlook\.leaver": "how much people lean towards leaving, as a score: more wish to go where it is higher",
    r"policies\.[\w-]+(\.freezes\.\d+)?\.refill": "vacancies that are filled again",
    r"behaviour\.departures\.risk_ratio": "resignations of people sure to lose their post, as a multiple of a calm year's",
    r"behaviour\.severance\.typical": "chance that somebody whose post is safe applies for six months' pay to go",
    r"behaviour\.post\.leaver_declines": "people minded to leave who decline a post found for them",
    r"behaviour\.outlook\.stayer": "how much people lean towards staying with no post to go to, as a score",
}
HEADING = "Assumptions that matter"


def assumptions_that_matter(scenario: Scenario) -> Section:
    """A table of the numbers that moved the headline figures of the library's largest world most.

    Args:
        scenario: the scenario, whose own values are shown.
    """
    found = {one.path: one for one in inputs_with_paths(scenario)}
    rows = []
    for pattern, words in MATTER.items():
        for path, one in found.items():
            if re.fullmatch(pattern, path) and isinstance(one.value, int | float):
                steps = names_in(path)
                whose = f"{scenario.policy_titles[steps[1]]}: " if steps[0] == "policies" else ""
                while_frozen = " under a freeze" if "freezes" in steps else ""
                rows.append((f"{whose}{words}{while_frozen}", _said(one, one.value), _range(one), one.quality))
    text = (
        "These are the numbers of behaviour and hiring that nobody observed of these people and that explain a twentieth or "
        "more of the spread of some headline figure of England 2010-13 when all are varied at once. How many people are in "
        "post at first and how far pay bills are cut matter as much. The command nhstransit levers lists every number with "
        "its source."
    )
    return Section(
        heading=HEADING,
        sentences=(text,) if rows else (),
        columns=("assumption", "value", "from and to", "how it is known"),
        rows=tuple(rows),
    )


def _said(one: Input, number: float) -> str:
    """A number in its unit: a share or a chance in per cent."""
    if one.unit.startswith(("share", "chance", "leavers a year")):
        text = f"{100.0 * number:.1f}".removesuffix(".0")
        return f"{text}%"
    return f"{number:,.3g}".replace("-", "−")


def _range(one: Input) -> str:
    return "none given" if one.range is None else f"{_said(one, one.range[0])} to {_said(one, one.range[1])}"
