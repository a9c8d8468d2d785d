"""A scenario's status (fitted, varied or not) is worked out from the scenario and shown in its banner."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest

import nhstransit as nt
from nhstransit.england import bundled_fit, kept_figures, status_of, statuses_of
from nhstransit.england.fits import FITTED
from nhstransit.errors import CalibrationError
from nhstransit.scenario import bundled_names, load_scenario
from nhstransit.studies import Study, open_study
from nhstransit.studies.plan import planned
from nhstransit.studies.store import opened
from nhstransit.toml import Named
from tests.shared import hamlet_run

KINDS = {"england-2010": "fitted", "england-2010-prior": "prior", "hamlet": "example"}


# Of the variants, which take long to load, one of either country's in the usual session.
USUAL = {*KINDS, "england-2010-slower", "england-2025"}
WORLDS = [pytest.param(name, marks=[] if name in USUAL else [pytest.mark.thorough]) for name in bundled_names()]


@pytest.mark.parametrize("name", WORLDS)
def test_every_bundled_scenario_has_the_right_status(name: str) -> None:
    """One is fitted, one is the prior, the hamlet is an example, and the others vary the fitted one."""
    status = status_of(load_scenario(name))
    assert status.kind == ("prior" if name.startswith("england-2025") else KINDS.get(name, "varied"))
    assert status.calibrated == (name == "england-2010")
    assert status.banner.startswith("UNCALIBRATED") == (status.kind in ("prior", "example"))


def test_the_fitted_banner_counts_numbers_and_figures() -> None:
    """Counts match the fit, and misses match the stored figures that were fitted to."""
    status = status_of(load_scenario("england-2010"))
    fit = bundled_fit()
    missed = sum(one.missed for one in kept_figures().values() if one.role == FITTED)
    assert set(status.fitted) == set(fit.setting) and not status.undone
    assert (status.targets, status.missed) == (len(fit.target), missed)
    numbers = f"{len(fit.setting)} numbers"
    figures = f"{len(fit.target)} published figures, {missed} of which are not reproduced."
    assert status.banner.startswith(f"FITTED IN PART: {numbers} were fitted to {figures}")
    assert status.note == f"Fitted in part: {numbers} to {figures}"


def test_a_changed_scenario_is_no_longer_fitted() -> None:
    """Moving a lever, changing a fitted number or removing a policy changes the status and the banner."""
    england = load_scenario("england-2010")
    lever = status_of(england.having("policies.rets.cap", 0.5))
    many = len(england.calibrated)
    assert (lever.kind, len(lever.fitted), lever.undone) == ("varied", many, ())
    assert lever.banner == (
        f"NOT FITTED ITSELF: {many} numbers were fitted in England 2010-13. The settings that differ "
        "here were not fitted."
    )
    sooner = status_of(england.having("behaviour.severance.typical", 0.01))
    assert sooner.undone == ("behaviour.severance.typical",)
    assert sooner.banner.endswith("1 fitted number has been changed.")
    without = status_of(england.without("mars", "cost-reduction"))
    assert set(without.undone) == {path for path in england.calibrated if path.startswith("policies.cost-reduction")}
    assert set(without.fitted) == set(england.calibrated) - set(without.undone) and len(without.undone) == 2
    assert f"{many - 2} numbers were fitted in" in without.banner
    assert without.banner.endswith("2 fitted numbers have been changed.")


def test_a_user_s_scenario_has_status_own(tmp_path: Path) -> None:
    """Covers a renamed hamlet, a hamlet in other regions, and a file that varies the hamlet."""
    hamlet = load_scenario("hamlet")
    fewer = attrs.evolve(
        hamlet, organisations=tuple(attrs.evolve(body, region="Elsewhere") for body in hamlet.organisations)
    )
    (tmp_path / "mine.toml").write_text('format = 1\nof = "hamlet"\nname = "mine"\n', "utf-8")
    for world in (attrs.evolve(hamlet, name="mine"), fewer, load_scenario(tmp_path / "mine.toml")):
        assert status_of(world).kind == "own"
        assert status_of(world).banner.startswith("UNCALIBRATED: a scenario of your own.")
    assert status_of(hamlet.having("policies.mars.quota", 0.1)).kind == "example"


def test_a_user_s_fit_has_status_own_fit() -> None:
    """The library knows that numbers were fitted, but not to which figures."""
    fitted = attrs.evolve(load_scenario("hamlet"), calibrated=Named({"policies.mars.quota": 0.15}))
    status = status_of(fitted.having("policies.mars.quota", 0.15))
    assert status.kind == "own fit"
    assert (
        status.banner
        == "FITTED IN PART: 1 number was fitted by the scenario's author, to figures unknown to the library."
    )
    assert status.note == "Fitted in part: 1 number, by its author."


@pytest.mark.thorough
def test_a_study_gives_each_scenario_the_same_status(tmp_path: Path) -> None:
    """A store holds enough to work out the status, without the staff list."""
    hamlet = load_scenario("hamlet")
    england = load_scenario("england-2010")
    mine = tuple(attrs.evolve(body, region="Elsewhere") for body in hamlet.organisations)
    fitted = attrs.evolve(hamlet, calibrated=Named({"policies.mars.quota": 0.16}))
    worlds = {
        "hamlet": hamlet,
        "no mars": hamlet.without("mars"),
        "mine": attrs.evolve(hamlet, name="mine", organisations=mine),
        "my fit": fitted.having("policies.mars.quota", 0.16),
    }
    nt.sweep(worlds, replications=1, seed=1, store=tmp_path / "study.db", measure=persons)
    found = statuses_of(open_study(tmp_path / "study.db"))
    assert found == {name: status_of(world) for name, world in worlds.items()}
    both = {"as it is": england, "no rets": england.without("rets")}
    plan = planned(both, replications=1, seed=1, draws=None, measure=persons, series=None, keep=None)
    store = opened(None, writing=True)
    study = Study(source=store, sweep=store.register(plan))
    assert [one.kind for one in statuses_of(study).values()] == ["fitted", "varied"]


def persons(run: nt.Run) -> dict[str, float]:
    """A cheap measure."""
    return {"people": float(len(run.people))}


def test_a_loaded_run_has_the_same_status(tmp_path: Path) -> None:
    """Saving and loading a run preserves its status."""
    run = hamlet_run()
    nt.save_run(run, tmp_path)
    assert status_of(nt.load_run(tmp_path).scenario) == status_of(run.scenario)


def test_stored_figures_have_a_range_around_their_mean() -> None:
    """A scenario without stored figures is refused, with the nearest name that has some."""
    for one in kept_figures().values():
        assert one.low == one.high or not (one.mean < one.low or one.mean > one.high), one
    with pytest.raises(
        CalibrationError, match=r"scenario 'england': has no stored figures; did you mean 'england-2010'"
    ):
        kept_figures("england")
