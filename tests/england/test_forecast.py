"""The forecast of January 2011 borrows nothing from its outcome, is sealed, and is scored as forecasts are."""

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


def test_every_part_rests_on_what_was_known() -> None:
    """Each policy, setting and target names facts, and each of these was public, or permitted, on the day."""
    for part, ids in bundled_ex_ante().rests_on.items():
        assert ids and set(ids) <= KNOWN.ids, part


def test_what_came_later_is_barred() -> None:
    """A setting that rests on the outturn, or on nothing, is refused by its path."""
    told = bundled_ex_ante()
    for ids, said in ((("redundancies-total",), "not known on 2011-01-19"), ((), "has no source")):
        late = attrs.evolve(told, set=(attrs.evolve(told.set[0], rests_on=ids), *told.set[1:]))
        with pytest.raises(CalibrationError, match=said):
            late.check(KNOWN)


def test_no_outcome_held_out_was_known_but_forecasts_and_a_survey() -> None:
    """Of the outcomes that were known, those fitted to are for fitting: neither the official forecast nor a survey is."""
    outcomes = next(part for part in KNOWN.of if part.what == "outcomes")
    assert set(bundled_ex_ante().fitted.targets) <= set(outcomes.known)
    for name in bundled_ex_ante().fitted.targets:
        assert bundled_outcomes().named(name).use == "calibrate"


def test_the_world_holds_only_what_was_known() -> None:
    """Its policies are those of the list, its base that of the day, its posts what the pay kept would pay for."""
    told = bundled_ex_ante()
    world = told.world()
    assert set(world.policies) == {one.name for one in told.policy} and "rets" not in world.policies
    assert world.staff.base == "64200" and world.behaviour.severance.risk == 0.0  # type: ignore[union-attr]
    less = told.world(pay_kept=0.27, refill=0.3)
    senders = bundled_outcomes().reading.senders

    def posts(scenario: object) -> int:
        bodies = scenario.organisations  # type: ignore[attr-defined]
        return sum(line.posts for body in bodies if body.kind not in senders for line in body.establishment)

    assert posts(less) == pytest.approx(posts(world) / 2, abs=1)
    assert less.policies["hiring"].refill == 0.3  # type: ignore[attr-defined]


def test_nothing_fitted_later_is_in_it() -> None:
    """The plan is told as a variant of the fitted world; the forecast takes it on the world before fitting, and no other."""
    told = bundled_ex_ante()
    plan = load_scenario(told.of)
    prior = load_scenario(told.base)
    assert plan.calibrated and not prior.calibrated and not told.world().calibrated
    take_up = [world.behaviour.severance.typical for world in (told.world(), prior, plan)]
    assert take_up[0] == take_up[1] != take_up[2]
    with pytest.raises(CalibrationError, match=r"base: 'england-2010' is a scenario with fitted numbers"):
        attrs.evolve(told, base="england-2010").world()
    with pytest.raises(ScenarioError, match=r"scenario 'hamlet': is not a bundled variant"):
        bundled_variant("hamlet", prior)


def test_ranges_hold_their_numbers() -> None:
    """Every number that a forecaster could not know lies within its range, and moves by its own name."""
    told = bundled_ex_ante()
    for one in told.set:
        if one.range:
            assert one.value is not None and one.range[0] <= one.value <= one.range[1]
    assert {"refill", "payout", "resign", "risk_ratio", "pay_kept"} == set(forecast_parameters(told))


def test_the_card_is_sealed(tmp_path: Path) -> None:
    """Its hash is its content's; a card that was changed is refused."""
    card = bundled_card()
    assert card.sha256 == card.content and card.as_of == "2011-01-19"
    tables = toml.unstructure(attrs.evolve(card, typical=card.typical * 2))
    toml.write(tmp_path / "card.toml", tables)
    with pytest.raises(CalibrationError, match="changed after it was sealed"):
        load_card(tmp_path / "card.toml")
    assert load_card(found(CARD)) == card


def test_the_hindcast_has_later_mechanisms_and_nothing_else_that_is_later() -> None:
    """Its parts rest on what was known on the day; beside the forecast's it has volunteers and routes of filling."""
    told = load_ex_ante(found("england/hindcast-2011-01-19.toml"))
    assert set(told.rests_on) > set(bundled_ex_ante().rests_on) and told.set == bundled_ex_ante().set
    assert all(set(ids) <= KNOWN.ids for ids in told.rests_on.values())
    card = bundled_hindcast()
    assert card.sha256 == card.content and card.as_of == "2011-01-19"
    assert ("redundancies", "this library, hindcast") in scored().index
    assert ("redundancies", "this library, hindcast") not in scored(bundled_card()).index


def test_the_interval_score() -> None:
    """Width within; ten times the distance more without, for an interval of 80%."""
    assert interval_score(8.0, 12.0, 10.0) == pytest.approx(4.0)
    assert interval_score(8.0, 12.0, 13.0) == pytest.approx(14.0)
    assert interval_score(8.0, 12.0, 7.0) == pytest.approx(14.0)


def test_an_interval_that_is_none_has_no_score() -> None:
    """Nor has one whose level is certain, or that ends before it begins."""
    for level in (0.0, 1.0):
        with pytest.raises(CalibrationError, match=r"level: is .*; give a share between 0 and 1"):
            interval_score(8.0, 12.0, 10.0, level)
    with pytest.raises(CalibrationError, match=r"interval: is given as 12\.0 to 8\.0; give the lower end first"):
        interval_score(12.0, 8.0, 10.0)


def test_forecasts_are_scored_beside_each_other() -> None:
    """The Department's cases and this card's, with the errors that follow from what happened; vacancies have no score."""
    table = scored()
    january = table.loc[("redundancies", "the Department, January 2011")]
    assert january[["forecast", "low", "high", "happened"]].tolist() == [20900.0, 15800.0, 26200.0, 10094.0]
    assert january["absolute error"] == 10806.0
    assert january["interval score"] == pytest.approx(10400 + 10 * (15800 - 10094))
    assert table.loc[("cost", "the Department, September 2011"), "absolute error"] == 375.0
    assert math.isnan(table.loc[("vacancies", "this library"), "interval score"])  # type: ignore[arg-type]
    ours = table.loc[("redundancies", "this library")]
    assert ours["absolute error"] == pytest.approx(abs(bundled_card().named("redundancies").middle - 10094))


def test_a_quantity_is_its_quantiles() -> None:
    """Middle and ends of 80% of the worlds."""
    one = quantities({"cost": np.arange(101.0)})[0]
    assert (one.low, one.middle, one.high, one.unit) == (10.0, 50.0, 90.0, "£ million")


def test_a_file_that_is_not_right_is_told(tmp_path: Path) -> None:
    """An unknown key is refused with file and key."""
    text = found(BUNDLED).read_text("utf-8").replace("pay_kept = 0.54", "pay_keept = 0.54")
    (tmp_path / "told.toml").write_text(text, "utf-8")
    with pytest.raises(FormatError, match="pay_keept"):
        load_ex_ante(tmp_path / "told.toml")
    assert isinstance(bundled_ex_ante(), ExAnte)
