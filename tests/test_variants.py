"""England otherwise: each variant differs from the base in the direction that it should, as the page of the docs says."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import pytest

DOCS = Path(__file__).parents[1] / "docs"


@pytest.fixture(scope="module")
def made() -> Any:
    """The maker of the page, as a module."""
    spec = importlib.util.spec_from_file_location("make_variants", DOCS / "make_variants.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.thorough
@pytest.mark.timeout(900)
def test_the_page_of_variants_is_what_they_give(made: Any) -> None:
    """Made again, the page is the same, and every change but three has the direction that was expected."""
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


def test_the_page_names_every_bundled_variant(made: Any) -> None:
    """A variant that is bundled is tabled."""
    from nhstransit.scenario import bundled_names

    variants = {name.removeprefix("england-2010-") for name in bundled_names() if name.startswith("england-2010-")}
    assert variants - {"prior", "community"} <= set(made.EXPECTED)


@pytest.mark.thorough
def test_provider_arms_leave_whole() -> None:
    """Of 200,000 people of the arms, all who are still there on 1 April 2011 go on, and nobody is left in an arm."""
    import nhstransit as nt

    world = nt.load_scenario("england-2010-community")
    run = nt.simulate(world, seed=1)
    arms = world.roster.of_kinds(["pct-provider"])
    before = arms[nt.state_on(run, 364).employer] & (nt.state_on(run, 364).post >= 0)
    after = nt.state_on(run, 365)
    assert before.sum() > 170_000 and not arms[after.employer[after.post >= 0]].any()
    assert (after.post[before] >= 0).mean() > 0.999
    assert np.array_equal(nt.state_on(run, 364).pay_pence[before] > 0, after.pay_pence[before] > 0)
