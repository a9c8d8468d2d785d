"""The page of the validation is current and says what the kept figures say; the fitted scenario is what the fit writes."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from nhstransit import tables
from nhstransit.england import bundled_fit, bundled_outcomes, fitted_draws, targets_of
from nhstransit.england.validation import Simulated, verdict_of
from nhstransit.organisations.posts import found
from nhstransit.scenario import load_scenario
from nhstransit.scenario.paths import part_at
from nhstransit.studies import read_draws
from nhstransit.studies.fit_file import Asked, read_fit_file

ROOT = Path(__file__).parents[2]


def loaded(path: str) -> Any:
    spec = importlib.util.spec_from_file_location(Path(path).stem, ROOT / path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MAKE = loaded("docs/make_validation.py")


def england() -> Asked:
    """What the library fits of England."""
    return read_fit_file(found("england/fit-2010.toml"), published=targets_of)


def test_the_page_is_current() -> None:
    """Made again from the kept figures, the fit and the card, it is the same."""
    assert MAKE.page() == MAKE.PAGE.read_text("utf-8")


def test_verdicts_follow_from_the_kept_figures() -> None:
    """For every number on file the verdict is the one that published figure, tolerance, band and simulation give."""
    kept = tables.read_csv(MAKE.FIGURES)
    told = {name: {key: kept[key][at] for key in kept} for at, name in enumerate(kept["figure"])}
    fitted_to = bundled_fit().fitted_to
    for outcome in bundled_outcomes().outcome:
        for figure in outcome.figures:
            row = told[f"{outcome.id}: {figure.part}" if figure.part else outcome.id]
            assert (row["role"] == "fitted") == (row["figure"] in fitted_to)
            if row["simulated"] and figure.value is not None:
                mean, low, high = (float(row[name]) for name in ("simulated", "low", "high"))
                simulated = Simulated(mean=mean, spread=0.0, low=low, high=high)
                assert row["verdict"] == verdict_of(figure.value, figure.tolerance, outcome.band, simulated), row


def test_only_what_may_be_fitted_was_fitted() -> None:
    """Every target of the bundled fit has use `calibrate`; fewer parameters than targets, each with a reason and a grade."""
    fit = bundled_fit()
    for target in fit.target:
        assert bundled_outcomes().named(target.name.partition(":")[0]).use == "calibrate"
    assert len(fit.parameter) < len(fit.target) / 2
    assert all(one.reason and one.quality == "calibrated" and one.low <= one.value <= one.high for one in fit.parameter)


def test_no_target_is_a_default() -> None:
    """No fitted number, and no target, is a value of the scenario as it stands, but for the variant's own."""
    plain, fitted = load_scenario("england-2010-prior"), load_scenario("england-2010")
    for one in bundled_fit().parameter:
        assert part_at(fitted, one.path) == pytest.approx(one.value)
        if "appetite." not in one.path:
            assert part_at(plain, one.path) != pytest.approx(one.value)
    assert fitted.without(*fitted.policies).behaviour.departures == plain.behaviour.departures


def test_draws_are_bundled_with_the_fit() -> None:
    """Two hundred parameter sets at the fitted paths, within their ranges, that the scenario takes."""
    draws, fit = read_draws(fitted_draws()), bundled_fit()
    assert draws.paths == tuple(one.path for one in fit.parameter) and len(draws) == 200
    for place, one in enumerate(fit.parameter):
        assert all(one.low * 0.999 <= row[place] <= one.high * 1.001 for row in draws.rows)
    draws.world(load_scenario("england-2010"), 7)


def test_the_bundled_scenario_is_what_the_fit_writes() -> None:
    """From the bundled fit the verb would write the bundled scenario, but for the remarks at its head."""
    lines = (ROOT / "nhstransit" / "data" / "scenarios" / "england-2010.toml").read_text("utf-8").splitlines()
    written = england().variant(bundled_fit()).splitlines()
    assert written == [line for line in lines if not line.startswith("#")]


@pytest.mark.thorough
def test_the_kept_figures_are_current() -> None:
    """Run again, the fitted England gives the figures on file; where it does not, the commit says why."""
    kept = tables.read_csv(MAKE.FIGURES)
    assert {name: list(column) for name, column in kept.items()} == MAKE.columns_of(MAKE.run(2))


@pytest.mark.thorough
def test_the_fit_is_of_the_scenario_as_it_stands() -> None:
    """Scenario and targets have the hashes that the fit was made with."""
    from nhstransit.studies.content import scenario_content

    assert scenario_content(england().scenario) == bundled_fit().scenario_sha256
