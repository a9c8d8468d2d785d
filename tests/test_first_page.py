"""The README and the page that its first command prints are correct."""

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
    """The measures of England, as simulated in the README."""
    return nt.measure(england_run())


@pytest.fixture(scope="module")
def page(england: nt.Measures) -> str:
    """The printed page of that run."""
    return as_text(story(england, published=beside(england.run)))


def on_one_line(text: str) -> str:
    """The text on one line."""
    return " ".join(text.split())


def test_the_first_command_simulates_the_fitted_england() -> None:
    """It names a bundled scenario that was fitted."""
    name = re.search(r"nhstransit run (\S+)\n", README)
    assert name is not None and name[1] in bundled_names()
    assert status_of(load_scenario(name[1])).calibrated


def test_the_readme_states_the_size_and_the_misses_of_the_fit() -> None:
    """The numbers fitted, the figures used, the figures that can be compared, and the figures that the runs miss."""
    fit = bundled_fit()
    numbers = len(fit.setting)
    figures = len(fit.target)
    assert f"{numbers} numbers of `england-2010` were fitted to {figures} published figures" in on_one_line(README)
    of = [one for one in kept_figures().values() if one.judged]
    missed = sum(one.missed for one in of)
    assert f"A run can be compared with {len(of)} published figures: " in on_one_line(README)
    assert f"The library's stored runs of this scenario miss {missed} of the {len(of)}." in on_one_line(README)


def test_the_readme_classifies_the_published_figures(page: str) -> None:
    """It counts numbers (as many as the page of a run counts), repetitions, and patterns in words."""
    of = [one for one in kept_figures().values() if one.judged]
    words = sum(one.verdict in ("as reported", "not as reported") for one in of)
    counted = re.search(r"of the (\d+) published numbers that can be compared with it", on_one_line(page))
    assert counted is not None
    numbers = int(counted[1])
    others = len(of) - numbers - words
    counts = (
        f"{numbers} numbers that are each counted once, {others} that repeat or check these numbers, "
        f"and {words} patterns"
    )
    assert f"{counts} described in words." in on_one_line(
        README
    ) and f"(The page of a single run counts only the {numbers}.)" in on_one_line(README)


def test_the_readme_names_the_scenario_before_fitting() -> None:
    """Nothing was fitted in that scenario."""
    assert "`england-2010-prior`" in README and status_of(load_scenario("england-2010-prior")).kind == "prior"
    assert status_of(load_scenario("england-2010-prior")).banner.startswith("UNCALIBRATED: nothing here was fitted")


@pytest.mark.thorough
def test_the_readme_states_the_number_of_people_and_the_years(england: nt.Measures) -> None:
    """People are rounded to the nearest ten thousand."""
    assert f"about {round(england.headlines['opening heads'], -4):,.0f} people" in on_one_line(README)
    scenario = england.run.scenario
    assert f"from {scenario.start.year} to {scenario.end.year}" in on_one_line(README)


def test_the_readme_states_how_many_people_leave_by_mars(england: nt.Measures) -> None:
    mars = england.run.code_of("mars")
    assert "MARS paid about 2,100 people to go." in on_one_line(README)
    assert 2_000 <= len(np.unique(england.run.log.exits.staff[england.run.log.exits.rule == mars])) <= 2_250


@pytest.mark.thorough
def test_the_findings_of_the_readme_are_reproduced(england: nt.Measures) -> None:
    """They are about the people whom MARS paid to leave, and the posts that it saved."""
    comparison = nt.compare(england.run, baseline=england_without("mars"))
    dead = comparison.deadweight("mars").loc[24]
    saved = comparison.posts_saved("mars").loc[24]
    assert "MARS paid about 2,100 people to go." in on_one_line(README) and 2_000 <= dead["takers"] <= 2_250
    assert "about one in ten of them would have left unpaid within two years" in on_one_line(README)
    assert 0.09 <= dead["share"] <= 0.12
    assert "about two thirds would have been paid to go" in on_one_line(README)
    assert 0.62 * dead["takers"] <= dead["paid_otherwise"] <= 0.71 * dead["takers"]
    assert (
        "Of every ten posts removed when people left by MARS, about seven or eight would have been removed"
        in on_one_line(README)
    )
    assert 0.7 <= 1 - saved["net"] / saved["removed"] <= 0.8
    assert "cost about four times as much as each post removed" in on_one_line(README)
    assert 3.5 <= saved["cost_a_net_post"] / saved["cost_a_post"] <= 4.5


def test_the_page_fits_80_columns_and_about_a_hundred_lines(page: str) -> None:
    """The command prints a few more lines."""
    lines = page.splitlines()
    assert max(map(len, lines)) <= 80 and len(lines) <= 135


def test_the_page_says_that_the_scenario_is_fitted_in_part(page: str) -> None:
    """It does not say anywhere that nothing was fitted."""
    assert "FITTED IN PART: 8 numbers were fitted to 27 published figures" in on_one_line(page)
    assert "ncalibrated" not in page and "UNCALIBRATED" not in page


def test_sums_are_rounded_and_policies_have_their_titles(page: str, england: nt.Measures) -> None:
    """The page has no pence and no names of policies from the file."""
    assert f"Paying people to go cost £{england.headlines['exit cost'] / 1e6:.1f}m: redundancy £" in on_one_line(page)
    assert not re.search(r"£[\d,]+\.\d\d\b(?!bn)", page)
    cells = {line.partition("  ")[0] for line in page.splitlines()}
    assert "Competitive slot-in" in cells and not cells & set(england.run.scenario.policies)


def test_ranges_come_from_stored_runs(page: str) -> None:
    """The page says so, and the range beside a figure is the stored one."""
    kept = kept_figures()["mars-share-finance"]
    assert f"Ranges are the middle 80% of {kept.runs} runs stored with the library" in on_one_line(page)
    assert f"{kept.low:.0%} to {kept.high:.0%}" in on_one_line(page)


def test_headlines_have_their_stored_intervals(page: str, england: nt.Measures) -> None:
    """The page shows the lower and upper end of each interval, and says that they are from stored runs."""
    kept = kept_intervals()["left with pay"]
    assert f"chance and the model's own error, and is from {kept.runs} runs stored with the library" in on_one_line(
        page
    )
    assert f"{england.headlines['left with pay']:,.0f} {kept.low_90:,.0f} {kept.high_90:,.0f} people" in on_one_line(
        page
    )


def test_a_variant_is_not_compared_with_published_figures(england: nt.Measures) -> None:
    """Published figures describe England as it happened, so a variant has no comparison and no stored ranges.

    The page depends on the scenario of the run, so the test uses the events of the existing run.
    """
    variant = england.run.scenario.having("policies.rets.cap", 0.5)
    other = nt.measure(attrs.evolve(england.run, scenario=variant))
    text = on_one_line(as_text(story(other, published=beside(other.run))))
    assert "No published figure describes this scenario" in text and "No ranges are stored for this scenario." in text
    assert "Headlines and their 90% intervals" not in text
    assert "NOT FITTED ITSELF: 8 numbers" in text and "Compared with what was published" not in text
