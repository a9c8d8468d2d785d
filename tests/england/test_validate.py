"""Validation: each figure in its place, identities exact, and verdicts that follow from the numbers."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

from nhstransit.engine.simulate import simulate
from nhstransit.england import (
    Published,
    bundled_fit,
    bundled_outcomes,
    checked_figures,
    fit_of,
    observed_figures,
    published_beside,
)
from nhstransit.england import (
    table as figures,
)
from nhstransit.england import validation as verdicts
from nhstransit.england.identities import IDENTITIES, PATTERNS, broken, holds
from nhstransit.england.validation import Simulated, role_of, standardised, validate, verdict_of
from nhstransit.errors import CalibrationError
from nhstransit.run import Run
from nhstransit.scenario import load_scenario
from tests.england.made import hamlet_scenario
from tests.england.made_validation import judged, made

TEN = Simulated(mean=10.0, spread=2.0, low=7.0, high=13.0)


@pytest.mark.parametrize(
    ("published", "tolerance", "band", "verdict"),
    [
        (10.4, 0.5, (), verdicts.WITHIN),
        (12.0, 0.5, (), verdicts.CHANCE),
        (13.4, 0.5, (), verdicts.CHANCE),
        (13.6, 0.5, (), verdicts.MISS),
        (6.6, 0.5, (), verdicts.CHANCE),
        (6.4, 0.5, (), verdicts.MISS),
        (20.0, 0.5, (9.0, 21.0), verdicts.BAND),
        (10.4, 0.5, (9.0, 21.0), verdicts.WITHIN),
        (None, None, (), verdicts.SHOWN),
    ],
)
def test_verdicts_follow_from_numbers(
    published: float | None, tolerance: float | None, band: tuple[float, ...], verdict: str
) -> None:
    """Within the tolerance; the wider band; the middle 80% with the tolerance granted; or a miss: the first that holds."""
    assert verdict_of(published, tolerance, band, TEN) == verdict


def test_no_run_no_verdict() -> None:
    """What was not simulated is said to be so, and has no size."""
    assert verdict_of(5.0, 1.0, (), None) == verdicts.NOT_SIMULATED
    assert standardised(5.0, 1.0, None) is None and standardised(None, None, TEN) is None


def test_a_miss_has_a_size() -> None:
    """Difference over tolerance and chance together."""
    assert standardised(4.0, 1.5, TEN) == pytest.approx(6.0 / 2.5)


def test_every_published_figure_has_a_line() -> None:
    """None is left out, in the published order, each with its source, quality and use."""
    table = judged().table
    names = [
        f"{one.id}: {part.part}" if part.part else one.id for one in bundled_outcomes().outcome for part in one.figures
    ]
    assert list(table.index) == names
    assert (table["source"].str.len() > 4).all() and (table["quality"] != "").all()
    assert judged().tally().to_numpy().sum() == len(names)


@pytest.mark.thorough
def test_the_table_is_what_the_runs_say() -> None:
    """Mean and ends of a figure are those of the runs, one by one, each with an observer of its own."""
    from nhstransit.streams import branch_seed

    runs = [simulate(hamlet_scenario(), seed=branch_seed(57, 0, number)) for number in range(5)]
    for name in ("mars-round1-leavers", "redundancies-cost", "staff-transferred"):
        seen = np.array([observed_figures(run)[name] for run in runs])
        told = judged().simulated[name]
        assert told.mean == pytest.approx(seen.mean()) and told.spread == pytest.approx(seen.std(ddof=1))
        assert [told.low, told.high] == pytest.approx(np.quantile(seen, (0.1, 0.9)).tolist())
    run = runs[0]
    rows = {row.figure: row for row in published_beside(run, observer=run.seed, draws=0).rows}
    for name, number in observed_figures(run).items():
        assert rows[name].comparable and rows[name].simulated == number


def test_in_every_run_others_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is asked follows from the run's own seed, once."""
    asked: dict[str, int] = {}
    plain = figures.published_beside

    def noted(run: Run, *, observer: int, draws: int) -> Published:
        asked.update(observer=observer, draws=draws)
        return plain(run, observer=observer, draws=draws)

    monkeypatch.setattr(figures, "published_beside", noted)
    observed_figures(simulate(hamlet_scenario(), seed=4))
    assert asked == {"observer": 4, "draws": 0}


def test_identities_hold_in_every_run() -> None:
    """All six are asked of the hamlet, and none fails."""
    assert len(judged().identities) == len(IDENTITIES) == 6 and judged().broken == ()


def test_a_broken_identity_is_told() -> None:
    """A cost that is a pound too much is found, with the run and the size."""
    columns = {"mars-payback-years": np.full(3, 0.5), "mars-round1-saving": np.full(3, 10.0)}
    assert broken({**columns, "mars-round1-cost": np.full(3, 5.0)}) == ()
    told = broken({**columns, "mars-round1-cost": np.array([5.0, 5.0, 5.1])})
    assert len(told) == 1 and "in 1 runs" in told[0]


def test_a_figure_of_its_own_is_met_and_another_is_missed() -> None:
    """A figure at the simulated mean is within tolerance; one of twice that is a miss of that many standard deviations."""
    mean = judged().simulated["redundancies-total"].mean
    assert made(round(mean), 2.0).lines[0].verdict == verdicts.WITHIN
    missed = made(round(2 * mean), 2.0)
    assert missed.misses == missed.lines and missed.lines[0].standardised < -2.0  # type: ignore[operator]


def test_nothing_may_hold_out_and_be_fitted() -> None:
    """A figure fitted to is called fitted whatever its use; others by their use."""
    assert role_of("calibrate", "a", frozenset({"a"})) == verdicts.FITTED
    assert role_of("calibrate", "a", frozenset()) == role_of("validate", "a", frozenset()) == verdicts.HELD_OUT
    assert (
        role_of("check", "a", frozenset()) == verdicts.CHECK
        and role_of("context", "a", frozenset()) == verdicts.CONTEXT
    )


def test_patterns_are_asked_of_every_direction_reported() -> None:
    """Every outcome that was reported in words has its question, and no question is about another."""
    assert set(PATTERNS) == {one.id for one in bundled_outcomes().outcome if one.said}
    assert holds("redundancies-women", {"redundancies-women": 1.05}) is True
    assert holds("redundancies-women", {"redundancies-women": 0.98}) is False
    assert holds("no-surplus-skill", {}) is None
    regions = dict.fromkeys(("South East Coast", "South Central", "South West"), 1.1)
    regions |= {"North East": 0.9, "Yorkshire and the Humber": 0.95, "North West": 0.8}
    means = {f"region-balance: {name}": found for name, found in regions.items()}
    assert holds("region-balance", means) is True
    assert holds("region-balance", means | {"region-balance: South West": 0.93}) is False
    assert holds("region-balance", means | {"region-balance: North West": 0.92}) is False


def test_parts_of_a_redundancy_make_its_cost() -> None:
    """Pay, notice and pension for each person, times the people, are the cost."""
    run = simulate(hamlet_scenario(), seed=4)
    told = checked_figures(run)
    parts = sum(told[f"redundancy, a person: {name}"] for name in ("pay", "notice", "pension"))
    people = told["scope-bridge: redundancies"]
    assert people > 0 and told["redundancies-cost-to-2014"] * 1e6 == pytest.approx(parts * people, rel=1e-9)


def test_the_fit_of_a_scenario_is_what_it_carries() -> None:
    """The fitted England has the bundled fit; the world before fitting, a variant, and one's own of that name, none."""
    prior = load_scenario("england-2010-prior")
    assert fit_of(load_scenario("england-2010")) == bundled_fit("england-2010")
    assert fit_of(prior) is None and fit_of(load_scenario("england-2010-slower")) is None
    assert fit_of(attrs.evolve(prior, name="england-2010")) is None


def test_too_few_runs_are_refused() -> None:
    """An interval over four runs is none."""
    with pytest.raises(CalibrationError, match="5 or more"):
        validate(hamlet_scenario(), replications=4)


def test_it_is_readable() -> None:
    """The head says how many were missed; the table prints."""
    assert "missed" in repr(judged()) and "<table" in judged()._repr_html_()
