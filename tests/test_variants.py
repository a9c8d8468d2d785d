"""Variants of England: each differs from the base in the expected direction, as a page of the documentation shows."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import pytest

DOCS = Path(__file__).parents[1] / "docs"


@pytest.fixture(scope="module")
def made() -> Any:
    """The script that makes the page, as a module."""
    spec = importlib.util.spec_from_file_location("make_variants", DOCS / "make_variants.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.thorough
@pytest.mark.timeout(900)
def test_the_page_of_variants_is_up_to_date(made: Any) -> None:
    """Every difference except three has the expected direction."""
    means = made.measured()
    base = means[made.BASE]
    unexpected = {
        (name, figure)
        for name, (_, directions) in made.EXPECTED.items()
        for figure, sign in directions.items()
        if (means[name][figure] - base[figure]) * sign <= 0
    }
    assert unexpected == {
        ("slower", "closing heads"),
        ("slower", "recurrent saving"),
        ("without mars", "recurrent saving"),
    }
    assert made.PAGE.read_text("utf-8") == made.page(means)


def test_the_page_of_variants_lists_every_bundled_variant(made: Any) -> None:
    from nhstransit.scenario import bundled_names

    variants = {name.removeprefix("england-2010-") for name in bundled_names() if name.startswith("england-2010-")}
    assert variants - {"prior", "community"} <= set(made.EXPECTED)


@pytest.mark.thorough
def test_all_staff_of_provider_arms_transfer() -> None:
    """On 1 April 2011 the staff of arms (more than 170,000) are in post elsewhere, and nobody is left in an arm."""
    import nhstransit as nt

    world = nt.load_scenario("england-2010-community")
    run = nt.simulate(world, seed=1)
    arms = world.roster.of_kinds(["pct-provider"])
    before = arms[nt.state_on(run, 364).employer] & (nt.state_on(run, 364).post >= 0)
    after = nt.state_on(run, 365)
    assert before.sum() > 170_000 and not arms[after.employer[after.post >= 0]].any()
    assert (after.post[before] >= 0).mean() > 0.999
    assert np.array_equal(nt.state_on(run, 364).pay_pence[before] > 0, after.pay_pence[before] > 0)
