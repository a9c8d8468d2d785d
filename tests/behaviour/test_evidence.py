"""Each effect has the direction and size of its source, played on a crowd of people who are alike."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from nhstransit.behaviour import EFFECTS
from tests.behaviour.evidence import EXPERIMENTS, finding, findings
from tests.examples import every

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("place", every(3, range(len(EXPERIMENTS))), ids=lambda place: EXPERIMENTS[place].func.__name__)
def test_what_is_found_is_what_is_wanted(place: int) -> None:
    """What is counted in the log lies within four standard errors of what the source, or the model, would have."""
    found = finding(place)
    assert found.agrees, found


@pytest.mark.thorough
def test_the_experiments_can_tell_an_effect_from_none() -> None:
    """All but a handful of effects stand ten standard errors off doing nothing, so that a fault would be seen."""
    weak = [found for found in findings() if found.error and abs(found.found - 1) < 10 * found.error]
    assert all("days" in found.what for found in weak), weak


@pytest.mark.thorough
def test_effects_that_a_crowd_can_show_are_shown() -> None:
    """Of the effects that can be switched off, those left without an experiment are named here, and tested elsewhere."""
    shown = {found.effect for found in findings()}
    elsewhere = {"age", "service", "threat", "distance", "demotion", "appetite", "better-offer"}
    assert set(EFFECTS) - shown == elsewhere


@pytest.mark.thorough
def test_the_page_of_evidence_is_what_the_experiments_find() -> None:
    """`python docs/make_evidence.py` would write the page that is there."""
    made = runpy.run_path(str(DOCS / "make_evidence.py"))
    assert made["PAGE"].read_text("utf-8") == made["page"]()
