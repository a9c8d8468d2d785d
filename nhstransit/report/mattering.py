"""The assumptions that matter most for the figures of a scenario: words, values, ranges and grades."""

from __future__ import annotations

import re

from nhstransit.report.story import Section
from nhstransit.scenario import Scenario
from nhstransit.scenario.assumptions import Input, inputs_with_paths
from nhstransit.toml import names_in

# Paths of behaviour and hiring with a total Sobol' index of 5% or more for some headline figure of England 2010-13, all
# inputs of the fit varied at once; the largest first. A test compares them with docs/data/what-matters.csv.
MATTER = {
    r"policies\.[\w-]+\.weeks": "weeks from an advertisement to a start",
    r"behaviour\.departures\.resign": "share of people who resign in a normal year",
    r"behaviour\.outlook\.leaver": "tendency to leave, as a score: with a higher score, more people want to leave",
    r"policies\.[\w-]+(\.freezes\.\d+)?\.refill": "share of vacancies that are filled again",
    r"behaviour\.departures\.risk_ratio": "resignations of people certain to lose their post, as a multiple of normal",
    r"behaviour\.severance\.typical": "chance that somebody whose post is safe applies to leave for six months' pay",
    r"behaviour\.post\.leaver_declines": "share of people who want to leave and decline a post found for them",
    r"behaviour\.outlook\.stayer": "tendency to stay without a post to move to, as a score",
}
HEADING = "Assumptions that matter"


def assumptions_that_matter(scenario: Scenario) -> Section:
    """A table of the numbers that have the largest effects on the headline figures of England 2010-13.

    Args:
        scenario: the scenario, whose own values are shown.
    """
    found = {one.path: one for one in inputs_with_paths(scenario)}
    rows = []
    for pattern, words in MATTER.items():
        for path, one in found.items():
            # A number that is left out (None) has no effect in this scenario.
            if re.fullmatch(pattern, path) and isinstance(one.value, int | float):
                steps = names_in(path)
                whose = f"{scenario.policy_titles[steps[1]]}: " if steps[0] == "policies" else ""
                while_frozen = " under a freeze" if "freezes" in steps else ""
                rows.append((f"{whose}{words}{while_frozen}", _said(one, one.value), _range(one), one.quality))
    text = (
        "Nobody observed these numbers of behaviour and hiring for these people. Each explains at least 5% of the variance "
        "of some headline figure of England 2010-13 when all uncertain numbers vary at once. The number of people in post "
        "at the start and the size of pay-bill cuts matter as much. The command nhstransit levers lists every number and "
        "its source."
    )
    return Section(
        heading=HEADING,
        sentences=(text,) if rows else (),
        columns=("assumption", "value", "range", "quality of source"),
        rows=tuple(rows),
    )


def _said(one: Input, number: float) -> str:
    """A number in words: a share or a chance in per cent."""
    if one.unit.startswith(("share", "chance", "leavers a year")):
        text = f"{100.0 * number:.1f}".removesuffix(".0")
        return f"{text}%"
    return f"{number:,.3g}".replace("-", "−")


def _range(one: Input) -> str:
    return "none given" if one.range is None else f"{_said(one, one.range[0])} to {_said(one, one.range[1])}"
