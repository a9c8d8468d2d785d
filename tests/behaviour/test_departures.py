"""Hazards of leaving by hand: each factor, the look-up tables and their ends, and the four causes."""

from __future__ import annotations

from math import exp, log
from typing import Any

import numpy as np
import pytest

from nhstransit.behaviour.departures import (
    LONGEST_MONTHS,
    OLDEST,
    Departures,
    age_factor,
    premium_factor,
    risk_ratio,
    selection_factor,
    service_factor,
)
from nhstransit.errors import ScenarioError
from nhstransit.grammar import Exposure
from nhstransit.workforce.columns import Disposition


def test_factors_of_the_hazard_by_hand() -> None:
    """No parameter is 0 or 1, so each of them has an effect."""
    assert age_factor(np.array([38.0, 40, 43]), -0.05).tolist() == pytest.approx([exp(0.1), 1.0, exp(-0.15)])
    assert service_factor(np.array([0.0, 3.0]), 0.7, 1.5, 2.0).tolist() == pytest.approx([2.2, 0.7 + 1.5 * exp(-1.5)])
    assert risk_ratio(np.array([0.2, 0.7]), 3.0, 0.5).tolist() == pytest.approx(
        [1 + 2 * (1 - exp(-0.4)), 1 + 2 * (1 - exp(-1.4))]
    )
    found = selection_factor(np.array([0.25, 0.5]), np.array([2.0, -1.0]), np.array([3.0, 0.5]), -0.2, 0.3, 0.1)
    assert found.tolist() == pytest.approx([exp((-0.2 + 0.5 * 0.25) * 2 + 0.3), exp(-(-0.2 + 0.25) + 0.05)])
    assert premium_factor(np.array([0.08, 0.15]), -3.0).tolist() == pytest.approx([1.08**-3, 1.15**-3])


MODEL = Departures(
    resign=0.1,
    within_nhs=0.4,
    other=0.01,
    retire_at_55=0.11,
    retire_56_to_59=0.12,
    retire_at_60=0.13,
    retire_61_to_64=0.14,
    retire_at_65=0.15,
    retire_from_66=0.16,
    age_slope=-0.05,
    service_floor=0.7,
    service_drop=1.5,
    service_scale_years=2.0,
    risk_ratio=3.0,
    risk_saturation=0.5,
    skill_calm=-0.2,
    skill_threat=0.3,
    outside=0.1,
    premium=-3.0,
    leaver=1.7,
    stayer=0.6,
)


def test_retirement_rates_by_age() -> None:
    """The rate is zero before 55, and the last rate applies from 66."""
    table = MODEL.retirement
    assert table.shape == (OLDEST + 1,)
    expected = {0: 0, 54: 0, 55: 0.11, 56: 0.12, 59: 0.12, 60: 0.13, 61: 0.14, 64: 0.14, 65: 0.15, 66: 0.16, 120: 0.16}
    assert {age: table[age] for age in expected} == expected


def test_tables_have_every_age_and_month_of_service() -> None:
    """They are complete years of age to 120 and complete months of service to 720."""
    assert MODEL.by_age.shape == (121,) and MODEL.by_service.shape == (721,)
    assert MODEL.by_age[[0, 40, 120]].tolist() == pytest.approx([exp(2.0), 1.0, exp(-4.0)])
    assert MODEL.by_service[[0, 24, 720]].tolist() == pytest.approx([2.2, 0.7 + 1.5 * exp(-1), 0.7 + 1.5 * exp(-30)])
    kinds = [Disposition.NONE, Disposition.LEAVER, Disposition.STAYER, Disposition.MOVER]
    assert MODEL.by_disposition[kinds].tolist() == pytest.approx([1, 1.7, 0.6, 1])
    assert MODEL.by_disposition.dtype == np.float32


def test_ages_and_service_beyond_the_tables_have_the_value_at_the_end() -> None:
    """Examples are an age of 130, 75 years of service, and negative values."""
    at = MODEL.shape(np.array([130, 40, -1, 40]), np.array([0, 900, 0, -5]))
    expected = [exp(-4.0) * 2.2, MODEL.by_service[LONGEST_MONTHS], exp(2.0) * 2.2, 2.2]
    assert at.tolist() == pytest.approx(expected)
    assert MODEL.shape(np.array([1, 119]), np.array([1, 719])).tolist() == pytest.approx(
        [exp(39 * 0.05) * (0.7 + 1.5 * exp(-1 / 24)), exp(-79 * 0.05) * (0.7 + 1.5 * exp(-719 / 24))]
    )


def test_base_rates_by_function() -> None:
    """A function without its own rate has the general rate."""
    model = Departures(resign=0.1, by_function={"estates": 0.05, "finance": 0.2})  # type: ignore[arg-type]
    assert model.base(("finance", "nursing", "estates")).tolist() == [0.2, 0.1, 0.05]


@pytest.mark.parametrize(
    ("rates", "sentence"),
    [
        ({"finance": 5.1}, "by_function.finance: is 5.1; give a yearly hazard from 0 to 5"),
        ({"finance": -0.1}, "by_function.finance: is -0.1; give a yearly hazard from 0 to 5"),
        ({"finance": float("nan")}, "by_function.finance: is nan; give a yearly hazard from 0 to 5"),
    ],
)
def test_rates_outside_their_limits_are_refused(rates: Any, sentence: str) -> None:
    """A yearly hazard is from 0 to 5, both included."""
    with pytest.raises(ScenarioError) as error:
        Departures(by_function=rates)
    assert str(error.value) == sentence
    assert Departures(by_function={"finance": 5.0, "estates": 0.0}).base(("finance", "estates")).tolist() == [5, 0]  # type: ignore[arg-type]


def test_an_unknown_function_is_refused_with_known_functions() -> None:
    with pytest.raises(ScenarioError) as error:
        Departures(by_function={"fynance": 0.1}).base(("finance", "nursing"))  # type: ignore[arg-type]
    assert str(error.value) == "behaviour.departures.by_function.fynance: is not a function; finance, nursing"


def exposure(**of: list[Any]) -> Exposure:
    """Two people of 40 without any special feature, except for the given columns."""
    plain: dict[str, tuple[list[Any], str]] = {
        "age": ([40, 40], "int32"),
        "service_months": ([24, 24], "int32"),
        "risk": ([0, 0], "float32"),
        "skill": ([0, 0], "float32"),
        "outside": ([0, 0], "float32"),
        "premium": ([0, 0], "float64"),
        "disposition": ([0, 0], "int8"),
        "departed": ([0, 0], "float64"),
        "redundancy_months": ([0, 0], "float64"),
    }
    return Exposure(**{name: np.array(of.get(name, rows), kind) for name, (rows, kind) in plain.items()})


CALM = 0.7 + 1.5 * exp(-1)  # the factor of two years' service at the age of 40
BASE = np.array([0.1, 0.2])


def resigning(model: Departures, people: Exposure) -> Any:
    """The factor on resignation, after a check that it is divided between the NHS and outside as specified."""
    _, _, inside, outside = model.rates(BASE, people)
    assert inside.tolist() == pytest.approx((0.4 * (inside + outside)).tolist())
    return (inside + outside) / BASE / CALM


def test_the_hazards_of_the_four_causes_in_order() -> None:
    """The rows are other causes, retirement, and resignation within and out of the NHS; columns are people."""
    found = MODEL.rates(BASE, exposure(age=[40, 60], service_months=[24, 0]))
    assert found.shape == (4, 2) and found.dtype == np.float64
    assert found[0].tolist() == [0.01, 0.01]
    assert found[1].tolist() == [0.0, 0.13]
    old = exp(-1.0) * 2.2
    assert found[2].tolist() == pytest.approx([0.4 * 0.1 * CALM, 0.4 * 0.2 * old])
    assert found[3].tolist() == pytest.approx([0.6 * 0.1 * CALM, 0.6 * 0.2 * old])


@pytest.mark.parametrize(
    ("of", "factors"),
    [
        ({}, [1, 1]),
        ({"risk": [0.5, 0.0]}, [1 + 2 * (1 - exp(-1)), 1]),
        ({"skill": [2, -1]}, [exp(-0.4), exp(0.2)]),
        ({"skill": [2, -1], "risk": [0, 1]}, [exp(-0.4), exp(-0.3) * (1 + 2 * (1 - exp(-2)))]),
        ({"outside": [3, -2]}, [exp(0.3), exp(-0.2)]),
        ({"disposition": [1, 2]}, [1.7, 0.6]),
        ({"disposition": [3, 0]}, [1, 1]),
        ({"premium": [0.0, 0.15]}, [1, 1.15**-3]),
        ({"premium": [0.15, 0.08]}, [1.15**-3, 1.08**-3]),
        ({"premium": [0.1, 0.1], "disposition": [1, 0]}, [1.7 * 1.1**-3, 1.1**-3]),
        ({"departed": [0.5, 0.5], "redundancy_months": [9, 9], "risk": [0, 0]}, [1, 1]),  # both are off
    ],
)
def test_each_factor_of_resignation(of: dict[str, list[Any]], factors: list[float]) -> None:
    """It is relative to the hazard of the same two people without risk or any special feature."""
    assert resigning(MODEL, exposure(**of)).tolist() == pytest.approx(factors, rel=1e-6)


def with_(**changes: float) -> Departures:
    return Departures(**{field: getattr(MODEL, field) for field in NAMES} | changes)  # type: ignore[arg-type]


NAMES = [name for name in (field.name for field in MODEL.__attrs_attrs__) if name != "by_function"]  # type: ignore[attr-defined]


def test_expected_redundancy_pay_reduces_resignation() -> None:
    """The effect depends on months of pay times perceived risk. Each alone has no effect."""
    people = exposure(risk=[0.5, 1.0], redundancy_months=[10, 4])
    without = resigning(MODEL, people)
    waiting = resigning(with_(waiting=0.05), people)
    assert (waiting / without).tolist() == pytest.approx([exp(-0.25), exp(-0.2)])
    alone = exposure(risk=[0.0, 1.0], redundancy_months=[10, 0])
    assert resigning(with_(waiting=0.05), alone).tolist() == pytest.approx(resigning(MODEL, alone).tolist())


def test_departures_of_colleagues_increase_resignation() -> None:
    """Contagion times twelve times last month's share of departures is added to the person's own yearly hazard."""
    people = exposure(departed=[0.02, 0.0], disposition=[2, 1])
    _, _, inside, outside = with_(contagion=0.1).rates(BASE, people)
    own = BASE * CALM * np.array([0.6, 1.7])
    assert (inside + outside).tolist() == pytest.approx([own[0] + 0.1 * 12 * 0.02, own[1]], rel=1e-6)


def test_the_factor_of_premiums_equals_the_formula() -> None:
    """Hundreds of people have one of a few premiums."""
    terms = np.array([0.0, 0.05, 0.15, 0.3])[np.arange(400) % 4]
    people = Exposure(
        age=np.full(400, 40, "int32"),
        service_months=np.full(400, 24, "int32"),
        risk=np.zeros(400, "float32"),
        skill=np.zeros(400, "float32"),
        outside=np.zeros(400, "float32"),
        premium=terms,
        disposition=np.zeros(400, "int8"),
        departed=np.zeros(400),
        redundancy_months=np.zeros(400),
    )
    found = MODEL.rates(np.full(400, 0.1), people)[2:].sum(0)
    assert np.log(found / 0.1 / CALM).tolist() == pytest.approx([-3 * log(1 + each) for each in terms], abs=1e-9)
