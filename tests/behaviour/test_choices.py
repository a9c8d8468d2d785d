"""The choices of people: what changes each chance, and how random numbers are keyed."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pytest

from nhstransit.behaviour import Behaviour, Departures, SeveranceChoice
from nhstransit.errors import ScenarioError
from nhstransit.grammar import QUESTIONS, Exposure, Prospects, SeveranceOffer
from nhstransit.streams import Chances, Luck
from nhstransit.toml import Named
from nhstransit.workforce.columns import Disposition

COUNT = 20_000
ROWS = np.arange(COUNT)
CHANCES = Chances(Luck(3), "mars", 0)


@attrs.frozen(eq=False)
class Crowd:
    """The columns of people that the choice reads."""

    key: np.ndarray = attrs.field(factory=lambda: ROWS.astype("uint64"))
    outside: np.ndarray = attrs.field(factory=lambda: np.zeros(COUNT))
    skill: np.ndarray = attrs.field(factory=lambda: np.zeros(COUNT))
    disposition: np.ndarray = attrs.field(factory=lambda: np.zeros(COUNT, "int8"))


def applying(
    model: SeveranceChoice, people: Any = None, *, months: float = 6.0, chances: Chances = CHANCES, **prospects: Any
) -> np.ndarray:
    """True for the people in a crowd who apply for one offer."""
    usual: dict[str, Any] = {"risk": 0.0, "redundancy_months": 0.0, "pension_reached": False, "disaffected": 0.0}
    columns = {name: np.full(COUNT, prospects.get(name, default)) for name, default in usual.items()}
    offer = SeveranceOffer(
        rows=ROWS,
        pence=np.full(COUNT, 1_000_000),
        months=np.full(COUNT, months),
        last_day=90,
        clawback_months=prospects.get("clawback", 0.0),
        early_pension=prospects.get("early_pension", True),
    )
    crowd: Any = people or Crowd()
    return model.answer(offer, Prospects(**columns), crowd, chances).yes


def test_an_average_person_applies_with_the_typical_chance() -> None:
    """This is so for an average mover without risk and an offer of six months, whatever share of the taste lasts."""
    for lasting in (0.0, 0.7, 1.0):
        share = applying(SeveranceChoice(typical=0.06, lasting=lasting)).mean()
        assert share == pytest.approx(0.06, abs=4 * np.sqrt(0.06 * 0.94 / COUNT))


def test_a_lasting_taste_is_the_same_in_every_round_and_scheme() -> None:
    """If all of the taste lasts, every round has the same applicants; if nothing lasts, it has others."""
    for lasting, alone in ((1.0, True), (0.0, False)):
        model = SeveranceChoice(typical=0.3, lasting=lasting)
        first = applying(model)
        for other in (Chances(Luck(3), "mars", 1), Chances(Luck(3), "mars-again", 0)):
            assert (applying(model, chances=other) == first).all() == alone


MORE: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("a better offer", {"months": 6.0}, {"months": 9.0}),
    ("a higher risk", {"risk": 0.0}, {"risk": 0.8}),
    ("a pension in reach", {"pension_reached": False}, {"pension_reached": True}),
    ("less clawback", {"clawback": 12.0}, {"clawback": 0.0}),
]


@pytest.mark.parametrize(("what", "less", "more"), MORE, ids=[what for what, _, _ in MORE])
def test_a_more_attractive_offer_loses_no_applicant(what: str, less: dict[str, Any], more: dict[str, Any]) -> None:
    """Everyone who applied before still applies, and so do more people."""
    model = SeveranceChoice(typical=0.2)
    before = applying(model, **less)
    after = applying(model, **more)
    assert (before <= after).all() and after.sum() > before.sum()


def test_reaching_pension_age_counts_only_if_the_offer_has_an_early_pension() -> None:
    """Otherwise it has no effect, unless `pension_alone` is set."""
    model = SeveranceChoice(typical=0.2)
    young = applying(model, early_pension=False)
    assert (applying(model, early_pension=False, pension_reached=True) == young).all()
    own = attrs.evolve(model, pension_alone=0.693)
    alone = applying(own, early_pension=False, pension_reached=True)
    assert alone.sum() > young.sum()
    assert (alone == applying(model, early_pension=True, pension_reached=True)).all()


def test_expected_redundancy_pay_deters_applicants_if_switched_on() -> None:
    """It does so with `better_later` above zero."""
    model = SeveranceChoice(typical=0.2, better_later=0.1, risk=0.0)
    tempted = applying(model, risk=0.9, redundancy_months=24.0)
    assert tempted.sum() < applying(model, risk=0.9, redundancy_months=0.0).sum()


@pytest.mark.parametrize("kind", [Disposition.LEAVER, Disposition.STAYER])
def test_leavers_and_stayers_have_different_odds(kind: Disposition) -> None:
    """The parameter of the disposition is added to the log-odds."""
    people = Crowd(disposition=np.full(COUNT, kind, "int8"))
    shift = {Disposition.LEAVER: 1.5, Disposition.STAYER: 0.3}[kind]
    odds = 0.2 / 0.8 * np.exp(shift)
    share = applying(SeveranceChoice(typical=0.2, leaver=1.5, stayer=0.3), people).mean()
    assert share == pytest.approx(odds / (1 + odds), abs=0.015)


@pytest.mark.parametrize(("typical", "applicants"), [(0.0, 0), (1.0, COUNT)])
def test_a_chance_of_zero_or_one_is_certain(typical: float, applicants: int) -> None:
    """Nobody applies, or everyone does."""
    assert applying(SeveranceChoice(typical=typical)).sum() == applicants


def exposure(**columns: Any) -> Exposure:
    usual: dict[str, Any] = {"age": 40, "service_months": 60, "risk": 0.0, "skill": 0.0, "outside": 0.0, "premium": 0.0}
    usual |= {"disposition": 0, "departed": 0.0, "redundancy_months": 0.0}
    return Exposure(**{name: np.array([columns.get(name, default)]) for name, default in usual.items()})


def rates(model: Departures, **columns: Any) -> list[float]:
    return model.rates(np.array([0.1]), exposure(**columns))[:, 0].tolist()


def test_the_hazards_of_the_four_causes() -> None:
    """Death has its rate, retirement depends on age, and resignation is divided by the share within the NHS."""
    model = Departures(other=0.02, within_nhs=0.25, service_drop=0.0, service_floor=1.0)
    assert rates(model) == pytest.approx([0.02, 0.0, 0.025, 0.075])
    assert rates(model, age=60)[1] == model.retire_at_60 and rates(model, age=54)[1] == 0.0


def test_each_factor_multiplies_resignation_only() -> None:
    """Risk, disposition, premium, skill and outside option multiply both hazards of resignation by the same factor."""
    model = Departures()
    calm = rates(model)
    for column in (
        {"risk": 0.5},
        {"disposition": 1},
        {"disposition": 2},
        {"premium": 0.1},
        {"skill": 1.0},
        {"outside": 1.0},
    ):
        moved = rates(model, **column)
        assert moved[:2] == calm[:2]
        assert moved[2] / calm[2] == pytest.approx(moved[3] / calm[3]) != pytest.approx(1.0)


def test_ages_and_service_beyond_the_tables_have_the_value_at_the_end() -> None:
    """An age of 130 and a century of service have the last value; a negative age has the first."""
    model = Departures()
    assert rates(model, age=130) == rates(model, age=120)
    assert rates(model, service_months=1_200) == rates(model, service_months=720)
    assert rates(model, age=-1) == rates(model, age=0)


def test_a_rate_for_an_unknown_function_or_outside_its_limits_is_refused() -> None:
    """`by_function` has functions of the scenario, with yearly rates from 0 to 5."""
    with pytest.raises(ScenarioError, match=r"by_function\.finanse: is not a function; "):
        Departures(by_function=Named({"finanse": 0.1})).base(("finance",))
    with pytest.raises(ScenarioError, match=r"by_function\.finance: is 6\.0; "):
        Departures(by_function=Named({"finance": 6.0}))
    with pytest.raises(ScenarioError, match=r"by_function\.finance: is nan; "):
        Departures(by_function=Named({"finance": float("nan")}))


def test_every_question_has_a_choice_model() -> None:
    """It can answer, and it can sign."""
    for question in QUESTIONS:
        choice = Behaviour().choice(question)
        assert callable(choice.answer) and choice.sign(ROWS[:2], Crowd(), CHANCES).shape == (2,)  # type: ignore[arg-type]
