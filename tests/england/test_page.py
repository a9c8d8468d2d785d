"""The validation page matches the stored figures, and the fitted scenario matches the fit."""

from __future__ import annotations

import importlib.util
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import pytest

from nhstransit import tables
from nhstransit.england import bundled_fit, bundled_outcomes, coverage, fitted_draws, kept_intervals, targets_of
from nhstransit.england.validation import Simulated, verdict_of
from nhstransit.organisations.posts import found
from nhstransit.scenario import load_scenario
from nhstransit.scenario.levers import every_lever
from nhstransit.scenario.paths import part_at
from nhstransit.studies import read_draws
from nhstransit.studies.checks import calibrated
from nhstransit.studies.ensemble import read_ensemble
from nhstransit.studies.fit_file import Asked, read_fit_file

ROOT = Path(__file__).parents[2]


def loaded(path: str) -> Any:
    spec = importlib.util.spec_from_file_location(Path(path).stem, ROOT / path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MAKE = loaded("docs/make_validation.py")
PAGES = loaded("docs/make_fit_pages.py")


def england() -> Asked:
    """The bundled fit file of England."""
    return read_fit_file(found("england/fit-2010.toml"), published=targets_of)


def test_the_page_is_up_to_date() -> None:
    """Remade from the stored figures, the fit and the card, the page is the same."""
    assert MAKE.page() == MAKE.PAGE.read_text("utf-8")


def test_verdicts_follow_from_the_stored_figures() -> None:
    """Each stored verdict follows from the published figure, tolerance, band and simulation."""
    stored = tables.read_csv(MAKE.FIGURES)
    rows = {name: {key: stored[key][at] for key in stored} for at, name in enumerate(stored["figure"])}
    fitted_to = bundled_fit().fitted_to
    for outcome in bundled_outcomes().outcome:
        for figure in outcome.figures:
            row = rows[f"{outcome.id}: {figure.part}" if figure.part else outcome.id]
            assert (row["role"] == "fitted") == (row["figure"] in fitted_to)
            if row["simulated"] and figure.value is not None:
                mean, low, high = (float(row[name]) for name in ("simulated", "low", "high"))
                simulated = Simulated(mean=mean, spread=0.0, low=low, high=high)
                assert row["verdict"] == verdict_of(figure.value, figure.tolerance, outcome.band, simulated), row


def test_only_targets_for_calibration_were_fitted() -> None:
    """Every target of the fit has use `calibrate`; fitted numbers are fewer than half the targets, and sourced."""
    fit = bundled_fit()
    for target in fit.target:
        assert bundled_outcomes().named(target.name.partition(":")[0]).use == "calibrate"
    assert 0 < len(fit.moved) < len(fit.target) / 2
    assert all(one.reason and one.quality == "calibrated" and one.low <= one.value <= one.high for one in fit.parameter)


def test_no_fitted_number_is_a_default() -> None:
    """Fitted numbers are set only in the fitted scenario; the scenario before fitting has other values."""
    plain = load_scenario("england-2010-prior")
    fitted = load_scenario("england-2010")
    for path, value in bundled_fit().setting.items():
        assert part_at(fitted, path) == pytest.approx(value)
        assert part_at(plain, path) != pytest.approx(value)
    for one in bundled_fit().parameter:
        if not one.moved:
            assert part_at(fitted, one.path) == part_at(plain, one.path) == pytest.approx(one.value)


@pytest.mark.thorough
def test_the_bundled_draws_are_within_their_priors() -> None:
    """There are 200 parameter sets, within their priors, and the scenario accepts them."""
    draws = read_draws(fitted_draws())
    fit = bundled_fit()
    paths = [(path, one) for one in fit.parameter for path in (one.path, *one.also)]
    assert draws.paths == tuple(path for path, _ in paths) and len(draws) == 200
    for column, (_, one) in enumerate(paths):
        assert all(one.low * 0.999 <= row[column] <= one.high * 1.001 for row in draws.rows)
    draws.world(load_scenario("england-2010"), 7)


def test_the_bundled_scenario_matches_the_fit() -> None:
    """The fit writes the bundled scenario exactly, apart from the comments at its head."""
    lines = (ROOT / "nhstransit" / "data" / "scenarios" / "england-2010.toml").read_text("utf-8").splitlines()
    written = england().variant(bundled_fit()).splitlines()
    assert written == [line for line in lines if not line.startswith("#")]


def test_priors_and_discrepancy_have_the_stored_hashes() -> None:
    """Files written before the fit have the hashes stored in it, and every input is a lever with a source."""
    fit = bundled_fit()
    asked = england()
    assert asked.hashes == {"priors": fit.priors_sha256, "discrepancy": fit.discrepancy_sha256}
    assert 20 <= len(asked.parameters) <= 25 and all(one.source and one.what for one in asked.parameters)
    known = {lever.path: lever for lever in every_lever(load_scenario("england-2010-prior"))}
    for one in asked.parameters:
        for path in (one.path, *one.also):
            assert path in known and one.low <= known[path].value <= one.high


def test_every_fitted_figure_and_headline_has_an_interval() -> None:
    """Intervals have roles, the 50% interval lies within the 90%, and model error is included."""
    stored = kept_intervals()
    assert {one.name for one in stored.values() if one.role == "fitted"} == bundled_fit().fitted_to
    assert {"exit cost", "left with pay", "knowledge lost"} <= {
        one.name for one in stored.values() if one.role == "headline"
    }
    assert all(one.low_90 <= one.low_50 <= one.high_50 <= one.high_90 for one in stored.values())
    assert stored["exit cost"].by_discrepancy > 0 and stored["exit cost"].by_parameter > stored["exit cost"].by_chance
    roles = coverage().index
    assert "fitted, predicted out of block" in roles and "held out" in roles


def test_fit_pages_are_up_to_date() -> None:
    """The pages of priors, influences and checks, remade, are the same."""
    assert PAGES.checks() == PAGES.CHECKS.read_text("utf-8")
    assert PAGES.priors() == PAGES.PRIORS.read_text("utf-8")
    assert PAGES.matters() == PAGES.MATTERS.read_text("utf-8")


@pytest.mark.thorough
def test_the_posterior_follows_from_the_stored_ensemble() -> None:
    """Remade from the ensemble, without running, the fit is the stored one."""
    asked = england()
    fit = bundled_fit()
    with as_file(files("nhstransit.data") / "fits") as folder:
        found = asked.matched(begun=read_ensemble(folder / "england-2010-ensemble.csv"))
    assert {path: pytest.approx(value, rel=1e-4) for path, value in fit.setting.items()} == dict(found.setting)
    ranks = calibrated(found, trials=200)
    assert ranks.worst > 0.01 and ranks.effective.mean() > 30


@pytest.mark.thorough
def test_the_stored_figures_are_up_to_date() -> None:
    """Rerunning the fitted England gives the stored figures."""
    stored = tables.read_csv(MAKE.FIGURES)
    assert {name: list(column) for name, column in stored.items()} == MAKE.columns_of(MAKE.run(2))


@pytest.mark.thorough
def test_the_fit_was_made_with_the_current_scenario() -> None:
    """The scenario has the hash stored in the fit."""
    from nhstransit.studies.content import scenario_content

    assert scenario_content(england().scenario) == bundled_fit().scenario_sha256
