"""The forecast of January 2011 uses nothing known later, is sealed, and is scored with interval scores."""

from __future__ import annotations

import math
from pathlib import Path

import attrs
import numpy as np
import pytest

from nhstransit import toml
from nhstransit.england import bundled_outcomes
from nhstransit.england.exante import BUNDLED, ExAnte, Known, bundled_ex_ante, forecast_parameters, load_ex_ante
from nhstransit.england.forecast import CARD, bundled_card, bundled_hindcast, load_card, quantities, scored
from nhstransit.errors import CalibrationError, FormatError, ScenarioError
from nhstransit.organisations.posts import found
from nhstransit.scenario import bundled_variant, load_scenario
from nhstransit.studies.scores import interval_score

KNOWN = toml.load(found("england/known-2011-01-19.toml"), Known)


def test_every_part_rests_on_facts_known_on_the_day() -> None:
    """Each policy, setting and target cites facts that were public, or permitted, on 19 January 2011."""
    for part, ids in bundled_ex_ante().rests_on.items():
        assert ids and set(ids) <= KNOWN.ids, part


def test_facts_known_later_are_refused() -> None:
    """A setting that rests on the outturn, or on nothing, is refused."""
    ex_ante = bundled_ex_ante()
    for ids, message in ((("redundancies-total",), "not known on 2011-01-19"), ((), "has no source")):
        late = attrs.evolve(ex_ante, set=(attrs.evolve(ex_ante.set[0], rests_on=ids), *ex_ante.set[1:]))
        with pytest.raises(CalibrationError, match=message):
            late.check(KNOWN)


def test_outcomes_fitted_to_are_for_fitting() -> None:
    """Outcomes the forecast is fitted to were known on the day and have use `calibrate`."""
    outcomes = next(part for part in KNOWN.of if part.what == "outcomes")
    assert set(bundled_ex_ante().fitted.targets) <= set(outcomes.known)
    for name in bundled_ex_ante().fitted.targets:
        assert bundled_outcomes().named(name).use == "calibrate"


def test_the_scenario_uses_only_what_was_known() -> None:
    """Its policies are those listed; posts in the receiving bodies are proportional to the share of pay kept."""
    ex_ante = bundled_ex_ante()
    world = ex_ante.world()
    assert set(world.policies) == {one.name for one in ex_ante.policy} and "rets" not in world.policies
    assert world.staff.base == "64200" and world.behaviour.severance.risk == 0.0  # type: ignore[union-attr]
    less = ex_ante.world(pay_kept=0.27, refill=0.3)
    senders = bundled_outcomes().reading.senders

    def posts(scenario: object) -> int:
        bodies = scenario.organisations  # type: ignore[attr-defined]
        return sum(line.posts for body in bodies if body.kind not in senders for line in body.establishment)

    assert posts(less) == pytest.approx(posts(world) / 2, abs=1)
    assert less.policies["hiring"].refill == 0.3  # type: ignore[attr-defined]


def test_the_forecast_uses_no_numbers_fitted_later() -> None:
    """The plan is a variant of the fitted scenario; the forecast applies it to the scenario before fitting."""
    ex_ante = bundled_ex_ante()
    plan = load_scenario(ex_ante.of)
    prior = load_scenario(ex_ante.base)
    assert plan.calibrated and not prior.calibrated and not ex_ante.world().calibrated
    take_up = [world.behaviour.severance.typical for world in (ex_ante.world(), prior, plan)]
    assert take_up[0] == take_up[1] != take_up[2]
    with pytest.raises(CalibrationError, match=r"base: 'england-2010' is a scenario with fitted numbers"):
        attrs.evolve(ex_ante, base="england-2010").world()
    with pytest.raises(ScenarioError, match=r"scenario 'hamlet': is not a bundled variant"):
        bundled_variant("hamlet", prior)


def test_settings_lie_within_their_ranges() -> None:
    """Every number a forecaster could not know lies within its range and is a named parameter."""
    ex_ante = bundled_ex_ante()
    for one in ex_ante.set:
        if one.range:
            assert one.value is not None and one.range[0] <= one.value <= one.range[1]
    assert {"refill", "payout", "resign", "risk_ratio", "pay_kept"} == set(forecast_parameters(ex_ante))


def test_the_card_is_sealed(tmp_path: Path) -> None:
    """The card's hash is that of its content; a changed card is refused."""
    card = bundled_card()
    assert card.sha256 == card.content and card.as_of == "2011-01-19"
    tables = toml.unstructure(attrs.evolve(card, typical=card.typical * 2))
    toml.write(tmp_path / "card.toml", tables)
    with pytest.raises(CalibrationError, match="changed after it was sealed"):
        load_card(tmp_path / "card.toml")
    assert load_card(found(CARD)) == card


def test_the_hindcast_differs_only_in_mechanisms() -> None:
    """Its parts rest on what was known on the day; it adds volunteers and routes for filling posts."""
    ex_ante = load_ex_ante(found("england/hindcast-2011-01-19.toml"))
    assert set(ex_ante.rests_on) > set(bundled_ex_ante().rests_on) and ex_ante.set == bundled_ex_ante().set
    assert all(set(ids) <= KNOWN.ids for ids in ex_ante.rests_on.values())
    card = bundled_hindcast()
    assert card.sha256 == card.content and card.as_of == "2011-01-19"
    assert ("redundancies", "this library, hindcast") in scored().index
    assert ("redundancies", "this library, hindcast") not in scored(bundled_card()).index


def test_the_interval_score() -> None:
    """For an 80% interval: its width if it contains the value, plus ten times the distance if it does not."""
    assert interval_score(8.0, 12.0, 10.0) == pytest.approx(4.0)
    assert interval_score(8.0, 12.0, 13.0) == pytest.approx(14.0)
    assert interval_score(8.0, 12.0, 7.0) == pytest.approx(14.0)


def test_an_impossible_interval_is_refused() -> None:
    """Refuses a level of 0 or 1, and a lower end above the upper."""
    for level in (0.0, 1.0):
        with pytest.raises(CalibrationError, match=r"level: is .*; give a share between 0 and 1"):
            interval_score(8.0, 12.0, 10.0, level)
    with pytest.raises(CalibrationError, match=r"interval: is given as 12\.0 to 8\.0; give the lower end first"):
        interval_score(12.0, 8.0, 10.0)


def test_forecasts_are_scored_in_one_table() -> None:
    """The table has the Department's forecasts and the card's, with their errors; vacancies have no score."""
    table = scored()
    january = table.loc[("redundancies", "the Department, January 2011")]
    assert january[["forecast", "low", "high", "happened"]].tolist() == [20900.0, 15800.0, 26200.0, 10094.0]
    assert january["absolute error"] == 10806.0
    assert january["interval score"] == pytest.approx(10400 + 10 * (15800 - 10094))
    assert table.loc[("cost", "the Department, September 2011"), "absolute error"] == 375.0
    assert math.isnan(table.loc[("vacancies", "this library"), "interval score"])  # type: ignore[arg-type]
    ours = table.loc[("redundancies", "this library")]
    assert ours["absolute error"] == pytest.approx(abs(bundled_card().named("redundancies").middle - 10094))


def test_a_quantity_is_described_by_quantiles() -> None:
    """The median and the 10% and 90% quantiles."""
    one = quantities({"cost": np.arange(101.0)})[0]
    assert (one.low, one.middle, one.high, one.unit) == (10.0, 50.0, 90.0, "£ million")


def test_an_unknown_key_in_a_file_is_refused(tmp_path: Path) -> None:
    """The message names the key."""
    text = found(BUNDLED).read_text("utf-8").replace("pay_kept = 0.54", "pay_keept = 0.54")
    (tmp_path / "ex-ante.toml").write_text(text, "utf-8")
    with pytest.raises(FormatError, match="pay_keept"):
        load_ex_ante(tmp_path / "ex-ante.toml")
    assert isinstance(bundled_ex_ante(), ExAnte)
