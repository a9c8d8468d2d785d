"""How people answer: what moves each chance, and that luck is a person's own."""

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
    """As much of the people as the choice reads."""

    key: np.ndarray = attrs.field(factory=lambda: ROWS.astype("uint64"))
    outside: np.ndarray = attrs.field(factory=lambda: np.zeros(COUNT))
    skill: np.ndarray = attrs.field(factory=lambda: np.zeros(COUNT))
    disposition: np.ndarray = attrs.field(factory=lambda: np.zeros(COUNT, "int8"))


def applying(
    model: SeveranceChoice, people: Any = None, *, months: float = 6.0, chances: Chances = CHANCES, **prospects: Any
) -> np.ndarray:
    """Who applies, of a crowd with one offer."""
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


def test_the_typical_chance_is_the_typical_persons() -> None:
    """A mover of average traits at no risk takes six months' pay with the chance named, whatever lasts of their taste."""
    for lasting in (0.0, 0.7, 1.0):
        share = applying(SeveranceChoice(typical=0.06, lasting=lasting)).mean()
        assert share == pytest.approx(0.06, abs=4 * np.sqrt(0.06 * 0.94 / COUNT))


def test_a_lasting_taste_lasts_over_rounds_and_schemes() -> None:
    """Where all of a taste lasts, every round of every scheme finds the same applicants; where none does, others."""
    for lasting, same in ((1.0, True), (0.0, False)):
        model = SeveranceChoice(typical=0.3, lasting=lasting)
        first = applying(model)
        for other in (Chances(Luck(3), "mars", 1), Chances(Luck(3), "mars-again", 0)):
            assert (applying(model, chances=other) == first).all() == same


MORE: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("a better offer", {"months": 6.0}, {"months": 9.0}),
    ("a higher risk", {"risk": 0.0}, {"risk": 0.8}),
    ("a pension in reach", {"pension_reached": False}, {"pension_reached": True}),
    ("less clawback", {"clawback": 12.0}, {"clawback": 0.0}),
]


@pytest.mark.parametrize(("what", "less", "more"), MORE, ids=[what for what, _, _ in MORE])
def test_what_makes_more_apply_loses_no_applicant(what: str, less: dict[str, Any], more: dict[str, Any]) -> None:
    """Whoever applies without it applies with it, and some more do."""
    model = SeveranceChoice(typical=0.2)
    before = applying(model, **less)
    after = applying(model, **more)
    assert (before <= after).all() and after.sum() > before.sum()


def test_a_pension_in_reach_counts_as_far_as_the_offer_carries_it() -> None:
    """Without an early pension on offer, age does nothing unless a number of its own says so."""
    model = SeveranceChoice(typical=0.2)
    young = applying(model, early_pension=False)
    assert (applying(model, early_pension=False, pension_reached=True) == young).all()
    own = attrs.evolve(model, pension_alone=0.693)
    same = applying(own, early_pension=False, pension_reached=True)
    assert same.sum() > young.sum()
    assert (same == applying(model, early_pension=True, pension_reached=True)).all()


def test_waiting_for_redundancy_deters_where_it_is_turned_on() -> None:
    """With `better_later` above zero a large redundancy payment that is likely keeps people from applying."""
    model = SeveranceChoice(typical=0.2, better_later=0.1, risk=0.0)
    tempted = applying(model, risk=0.9, redundancy_months=24.0)
    assert tempted.sum() < applying(model, risk=0.9, redundancy_months=0.0).sum()


@pytest.mark.parametrize("kind", [Disposition.LEAVER, Disposition.STAYER])
def test_leavers_and_stayers_have_their_own_odds(kind: Disposition) -> None:
    """The log-odds of a leaver are higher by the parameter, and so for a stayer."""
    people = Crowd(disposition=np.full(COUNT, kind, "int8"))
    shift = {Disposition.LEAVER: 1.5, Disposition.STAYER: 0.3}[kind]
    odds = 0.2 / 0.8 * np.exp(shift)
    share = applying(SeveranceChoice(typical=0.2, leaver=1.5, stayer=0.3), people).mean()
    assert share == pytest.approx(odds / (1 + odds), abs=0.015)


@pytest.mark.parametrize(("typical", "everybody"), [(0.0, 0), (1.0, COUNT)])
def test_none_and_all(typical: float, everybody: int) -> None:
    """A chance of zero or one is certain, to within one in a thousand million."""
    assert applying(SeveranceChoice(typical=typical)).sum() == everybody


def exposure(**columns: Any) -> Exposure:
    usual: dict[str, Any] = {"age": 40, "service_months": 60, "risk": 0.0, "skill": 0.0, "outside": 0.0, "premium": 0.0}
    usual |= {"disposition": 0, "departed": 0.0, "redundancy_months": 0.0}
    return Exposure(**{name: np.array([columns.get(name, default)]) for name, default in usual.items()})


def rates(model: Departures, **columns: Any) -> list[float]:
    return model.rates(np.array([0.1]), exposure(**columns))[:, 0].tolist()


def test_the_four_hazards_of_one_person() -> None:
    """Death by its rate, retirement by age, resignation in its two kinds by the share within the service."""
    model = Departures(other=0.02, within_nhs=0.25, service_drop=0.0, service_floor=1.0)
    assert rates(model) == pytest.approx([0.02, 0.0, 0.025, 0.075])
    assert rates(model, age=60)[1] == model.retire_at_60 and rates(model, age=54)[1] == 0.0


def test_each_factor_multiplies_resignation_alone() -> None:
    """Risk, disposition, premium, skill and outside option change the last two hazards by one factor."""
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


def test_ages_and_services_beyond_the_tables_are_read_at_their_ends() -> None:
    """A hundred and thirty years of age, or a century of service, is read as the last entry; a negative one as the first."""
    model = Departures()
    assert rates(model, age=130) == rates(model, age=120)
    assert rates(model, service_months=1_200) == rates(model, service_months=720)
    assert rates(model, age=-1) == rates(model, age=0)


def test_a_rate_for_a_function_that_is_none() -> None:
    """`by_function` names functions of the scenario, with rates a year from 0 to 5."""
    with pytest.raises(ScenarioError, match=r"by_function\.finanse: is not a function; "):
        Departures(by_function=Named({"finanse": 0.1})).base(("finance",))
    with pytest.raises(ScenarioError, match=r"by_function\.finance: is 6\.0; "):
        Departures(by_function=Named({"finance": 6.0}))
    with pytest.raises(ScenarioError, match=r"by_function\.finance: is nan; "):
        Departures(by_function=Named({"finance": float("nan")}))


def test_every_question_has_a_choice_that_answers() -> None:
    """A behaviour answers each question of the grammar, and can sign."""
    for question in QUESTIONS:
        choice = Behaviour().choice(question)
        assert callable(choice.answer) and choice.sign(ROWS[:2], Crowd(), CHANCES).shape == (2,)  # type: ignore[arg-type]
