"""Validation: every figure listed, identities exact, and verdicts that follow from the numbers."""

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
    """The first that holds: within tolerance, within the band, within the middle 80% plus tolerance, or a miss."""
    assert verdict_of(published, tolerance, band, TEN) == verdict


def test_a_figure_not_simulated_has_no_size() -> None:
    """Its verdict is that it was not simulated."""
    assert verdict_of(5.0, 1.0, (), None) == verdicts.NOT_SIMULATED
    assert standardised(5.0, 1.0, None) is None and standardised(None, None, TEN) is None


def test_the_size_of_a_miss_is_standardised() -> None:
    """The difference divided by tolerance and spread combined."""
    assert standardised(4.0, 1.5, TEN) == pytest.approx(6.0 / 2.5)


def test_every_published_figure_is_validated() -> None:
    """None is left out; they are in file order, with source and quality."""
    table = judged().table
    names = [
        f"{one.id}: {part.part}" if part.part else one.id for one in bundled_outcomes().outcome for part in one.figures
    ]
    assert list(table.index) == names
    assert (table["source"].str.len() > 4).all() and (table["quality"] != "").all()
    assert judged().tally().to_numpy().sum() == len(names)


@pytest.mark.thorough
def test_the_table_summarises_the_runs() -> None:
    """Mean, spread and quantiles of a figure are those over single runs, each with its own observer."""
    from nhstransit.streams import branch_seed

    runs = [simulate(hamlet_scenario(), seed=branch_seed(57, 0, number)) for number in range(5)]
    for name in ("mars-round1-leavers", "redundancies-cost", "staff-transferred"):
        seen = np.array([observed_figures(run)[name] for run in runs])
        summary = judged().simulated[name]
        assert summary.mean == pytest.approx(seen.mean()) and summary.spread == pytest.approx(seen.std(ddof=1))
        assert [summary.low, summary.high] == pytest.approx(np.quantile(seen, (0.1, 0.9)).tolist())
    run = runs[0]
    rows = {row.figure: row for row in published_beside(run, observer=run.seed, draws=0).rows}
    for name, number in observed_figures(run).items():
        assert rows[name].comparable and rows[name].simulated == number


def test_each_run_has_its_own_observer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The observer is the run's seed, and there are no further draws."""
    asked: dict[str, int] = {}
    plain = figures.published_beside

    def recorded(run: Run, *, observer: int, draws: int) -> Published:
        asked.update(observer=observer, draws=draws)
        return plain(run, observer=observer, draws=draws)

    monkeypatch.setattr(figures, "published_beside", recorded)
    observed_figures(simulate(hamlet_scenario(), seed=4))
    assert asked == {"observer": 4, "draws": 0}


def test_identities_hold_in_every_run() -> None:
    """All six are checked in the hamlet, and none fails."""
    assert len(judged().identities) == len(IDENTITIES) == 6 and judged().broken == ()


def test_a_broken_identity_is_reported() -> None:
    """A cost £0.1 million too high in one run is reported, with the number of runs."""
    columns = {"mars-payback-years": np.full(3, 0.5), "mars-round1-saving": np.full(3, 10.0)}
    assert broken({**columns, "mars-round1-cost": np.full(3, 5.0)}) == ()
    messages = broken({**columns, "mars-round1-cost": np.array([5.0, 5.0, 5.1])})
    assert len(messages) == 1 and "in 1 runs" in messages[0]


def test_a_figure_at_the_mean_is_met_and_twice_it_is_missed() -> None:
    """A figure at the simulated mean is within tolerance; one of twice that is a miss."""
    mean = judged().simulated["redundancies-total"].mean
    assert made(round(mean), 2.0).lines[0].verdict == verdicts.WITHIN
    missed = made(round(2 * mean), 2.0)
    assert missed.misses == missed.lines and missed.lines[0].standardised < -2.0  # type: ignore[operator]


def test_a_fitted_figure_is_never_held_out() -> None:
    """A figure fitted to has the role fitted; other figures have roles by their use."""
    assert role_of("calibrate", "a", frozenset({"a"})) == verdicts.FITTED
    assert role_of("calibrate", "a", frozenset()) == role_of("validate", "a", frozenset()) == verdicts.HELD_OUT
    assert (
        role_of("check", "a", frozenset()) == verdicts.CHECK
        and role_of("context", "a", frozenset()) == verdicts.CONTEXT
    )


def test_every_outcome_reported_in_words_has_a_pattern() -> None:
    """Patterns match the outcomes reported in words, one for one."""
    assert set(PATTERNS) == {one.id for one in bundled_outcomes().outcome if one.said}
    assert holds("redundancies-women", {"redundancies-women": 1.05}) is True
    assert holds("redundancies-women", {"redundancies-women": 0.98}) is False
    assert holds("no-surplus-skill", {}) is None
    regions = dict.fromkeys(("South East Coast", "South Central", "South West"), 1.1)
    regions |= {"North East": 0.9, "Yorkshire and the Humber": 0.95, "North West": 0.8}
    means = {f"region-balance: {name}": ratio for name, ratio in regions.items()}
    assert holds("region-balance", means) is True
    assert holds("region-balance", means | {"region-balance: South West": 0.93}) is False
    assert holds("region-balance", means | {"region-balance: North West": 0.92}) is False


def test_parts_of_a_redundancy_sum_to_its_cost() -> None:
    """Pay, notice and pension a person, times the people, equal the cost."""
    run = simulate(hamlet_scenario(), seed=4)
    simulated = checked_figures(run)
    parts = sum(simulated[f"redundancy, a person: {name}"] for name in ("pay", "notice", "pension"))
    people = simulated["scope-bridge: redundancies"]
    assert people > 0 and simulated["redundancies-cost-to-2014"] * 1e6 == pytest.approx(parts * people, rel=1e-9)


def test_only_the_fitted_scenario_has_a_fit() -> None:
    """The prior, a variant, and a user's scenario of the same name have no fit."""
    prior = load_scenario("england-2010-prior")
    assert fit_of(load_scenario("england-2010")) == bundled_fit("england-2010")
    assert fit_of(prior) is None and fit_of(load_scenario("england-2010-slower")) is None
    assert fit_of(attrs.evolve(prior, name="england-2010")) is None


def test_too_few_runs_are_refused() -> None:
    """Four runs are too few for an interval."""
    with pytest.raises(CalibrationError, match="5 or more"):
        validate(hamlet_scenario(), replications=4)


def test_validation_prints_as_text_and_html() -> None:
    """The text says how many figures were missed."""
    assert "missed" in repr(judged()) and "<table" in judged()._repr_html_()
