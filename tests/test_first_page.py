"""The first page: what the README says of its first command, and what that command says of England, are true."""

from __future__ import annotations

import re
from pathlib import Path

import attrs
import numpy as np
import pytest

import nhstransit as nt
from nhstransit.england import bundled_fit, kept_figures, kept_intervals, status_of
from nhstransit.report import as_text, beside, story
from nhstransit.scenario import bundled_names, load_scenario
from tests.shared import england_run, england_without

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


@pytest.fixture(scope="module")
def england() -> nt.Measures:
    """England as the README plays it, measured."""
    return nt.measure(england_run())


@pytest.fixture(scope="module")
def page(england: nt.Measures) -> str:
    """What is printed of it."""
    return as_text(story(england, published=beside(england.run)))


def said(text: str) -> str:
    """A text on one line."""
    return " ".join(text.split())


def test_the_first_command_plays_the_fitted_england() -> None:
    """It names a bundled world, to which numbers were fitted."""
    name = re.search(r"nhstransit run (\S+)\n", README)
    assert name is not None and name[1] in bundled_names()
    assert status_of(load_scenario(name[1])).calibrated


def test_what_the_readme_says_of_the_fit_is_so() -> None:
    """How many numbers, to how many figures, and how many of all that can be held against it are missed."""
    fit = bundled_fit()
    numbers = len(fit.setting)
    figures = len(fit.target)
    assert f"{numbers} numbers of `england-2010` were fitted to {figures} published figures" in said(README)
    of = [one for one in kept_figures().values() if one.judged]
    missed = sum(one.missed for one in of)
    assert f"A run can be compared with {len(of)} published figures: " in said(README)
    assert f"The stored runs miss {missed} of the {len(of)}." in said(README)


def test_the_readme_says_what_the_figures_are(page: str) -> None:
    """Numbers once each, which are those that a run's page counts; their repetitions; patterns in words."""
    of = [one for one in kept_figures().values() if one.judged]
    words = sum(one.verdict in ("as reported", "not as reported") for one in of)
    counted = re.search(r"of the (\d+) published numbers that can be compared with it", said(page))
    assert counted is not None
    numbers = int(counted[1])
    others = len(of) - numbers - words
    told = f"{numbers} numbers that are each counted once, {others} that repeat or check these, and {words} patterns"
    assert f"{told} in words." in said(README) and f"(The page of a single run counts only the {numbers}.)" in said(
        README
    )


def test_the_readme_names_the_world_before_fitting_as_it_is() -> None:
    """To which nothing was fitted."""
    assert "`england-2010-prior`" in README and status_of(load_scenario("england-2010-prior")).kind == "prior"
    assert status_of(load_scenario("england-2010-prior")).banner.startswith("UNCALIBRATED: nothing here was fitted")


@pytest.mark.thorough
def test_how_many_people_the_readme_speaks_of(england: nt.Measures) -> None:
    """To the nearest ten thousand, from the first to the last year."""
    assert f"about {round(england.headlines['opening heads'], -4):,.0f} people" in said(README)
    scenario = england.run.scenario
    assert f"from {scenario.start.year} to {scenario.end.year}" in said(README)


def test_as_many_go_by_mars_as_the_readme_says(england: nt.Measures) -> None:
    """About 2,100 people were paid to go."""
    mars = england.run.code_of("mars")
    assert "MARS paid about 2,100 people to go." in said(README)
    assert 2_000 <= len(np.unique(england.run.log.exits.staff[england.run.log.exits.rule == mars])) <= 2_250


@pytest.mark.thorough
def test_the_findings_of_the_readme_are_found(england: nt.Measures) -> None:
    """About 2,100 people paid to go, one in ten of whom would have left unpaid; of ten posts, seven or eight not saved."""
    comparison = nt.compare(england.run, baseline=england_without("mars"))
    dead = comparison.deadweight("mars").loc[24]
    saved = comparison.posts_saved("mars").loc[24]
    assert "MARS paid about 2,100 people to go." in said(README) and 2_000 <= dead["takers"] <= 2_250
    assert "about one in ten of them would have left unpaid within two years" in said(README)
    assert 0.09 <= dead["share"] <= 0.12
    assert "about two thirds would have been paid to go" in said(README)
    assert 0.62 * dead["takers"] <= dead["paid_otherwise"] <= 0.71 * dead["takers"]
    assert "Of every ten posts removed when people left by MARS, about seven or eight would have been removed" in said(
        README
    )
    assert 0.7 <= 1 - saved["net"] / saved["removed"] <= 0.8
    assert "cost about four times as much as each post removed" in said(README)
    assert 3.5 <= saved["cost_a_net_post"] / saved["cost_a_post"] <= 4.5


def test_the_page_fits_80_columns_and_about_a_hundred_lines(page: str) -> None:
    """The command prints two or three lines more."""
    lines = page.splitlines()
    assert max(map(len, lines)) <= 80 and len(lines) <= 135


def test_the_page_is_of_a_fitted_world(page: str) -> None:
    """It says so, and nowhere that nothing was fitted."""
    assert "FITTED IN PART: 8 numbers were fitted to 27 published figures" in said(page)
    assert "ncalibrated" not in page and "UNCALIBRATED" not in page


def test_sums_are_rounded_and_policies_titled(page: str, england: nt.Measures) -> None:
    """No pence, no keys of policies."""
    assert f"Paying people to go cost £{england.headlines['exit cost'] / 1e6:.1f}m: redundancy £" in said(page)
    assert not re.search(r"£[\d,]+\.\d\d\b(?!bn)", page)
    cells = {line.partition("  ")[0] for line in page.splitlines()}
    assert "Competitive slot-in" in cells and not cells & set(england.run.scenario.policies)


def test_ranges_come_from_runs_that_are_kept(page: str) -> None:
    """The page says which, and the range beside a figure is the kept one."""
    kept = kept_figures()["mars-share-finance"]
    assert f"Ranges are the middle 80% of {kept.runs} runs stored with the library" in said(page)
    assert f"{kept.low:.0%} to {kept.high:.0%}" in said(page)


def test_headlines_have_their_stored_intervals(page: str, england: nt.Measures) -> None:
    """Each with low and high of one world, from runs that are kept and marked so; a variant has none."""
    kept = kept_intervals()["left with pay"]
    assert f"chance and the model's own error, and is from {kept.runs} runs stored with the library" in said(page)
    assert f"{england.headlines['left with pay']:,.0f} {kept.low_90:,.0f} {kept.high_90:,.0f} people" in said(page)


def test_a_variant_is_not_held_against_what_happened(england: nt.Measures) -> None:
    """What was published is of England as it happened: another world has no distance from it and no kept ranges.

    What is told of it hangs on its scenario, so the events may be those of the run that is there.
    """
    variant = england.run.scenario.having("policies.rets.cap", 0.5)
    other = nt.measure(attrs.evolve(england.run, scenario=variant))
    told = said(as_text(story(other, published=beside(other.run))))
    assert "No published figure describes this scenario" in told and "No ranges are stored for this scenario." in told
    assert "Headlines and their 90% intervals" not in told
    assert "NOT FITTED ITSELF: 8 numbers" in told and "Compared with what was published" not in told
