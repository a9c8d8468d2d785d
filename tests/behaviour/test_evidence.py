"""In simulations of a crowd of similar people, each effect has the direction and size of its source."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from nhstransit.behaviour import EFFECTS
from tests.behaviour.evidence import EXPERIMENTS, result, results
from tests.examples import every

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("index", every(3, range(len(EXPERIMENTS))), ids=lambda index: EXPERIMENTS[index].func.__name__)
def test_the_observed_effect_agrees_with_the_expected_effect(index: int) -> None:
    """The observed value is within four standard errors of the value from the source or the model."""
    outcome = result(index)
    assert outcome.agrees, outcome


@pytest.mark.thorough
def test_the_experiments_can_detect_their_effects() -> None:
    """Almost all effects are ten standard errors from no effect, so a fault would be found."""
    weak = [each for each in results() if each.error and abs(each.observed - 1) < 10 * each.error]
    assert all("days" in each.what for each in weak), weak


@pytest.mark.thorough
def test_every_effect_has_an_experiment_or_is_tested_elsewhere() -> None:
    """The effects without an experiment are listed here."""
    shown = {each.effect for each in results()}
    elsewhere = {"age", "service", "threat", "distance", "demotion", "appetite", "better-offer"}
    assert set(EFFECTS) - shown == elsewhere


@pytest.mark.thorough
def test_the_page_of_evidence_is_up_to_date() -> None:
    """`python docs/make_evidence.py` would write the same page."""
    made = runpy.run_path(str(DOCS / "make_evidence.py"))
    assert made["PAGE"].read_text("utf-8") == made["page"]()
