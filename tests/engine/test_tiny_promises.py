"""Guarantees of a job in tiny scenarios, event by event: how they protect people, and what it costs to break them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nhstransit.errors import PolicyError, ScenarioError
from nhstransit.grammar import Answers, Appoint, Depart, Effects, Occasion, OpenPosts, Retain, SeveranceOffer
from nhstransit.log import Kind, Phase
from nhstransit.policies import CostReduction, Extension, Redundancy, Rets
from nhstransit.policies.cost_reduction import Step
from nhstransit.run import Run
from tests.small import body, date, events_of, on, once, person, played, row, rows, small_world

OUT = Phase.DEPARTURES
NIGHT = Phase.CLOSURES
DESK = Phase.WINDOWS
PAY = 36_525  # £100 a day
OLD = body("Old", closes="2010-09-30")


def dated(kind: Any, **fields: Any) -> Any:
    return kind(**{name: date(item) if str(item)[:2] == "20" else item for name, item in fields.items()})


def redundancy(**fields: Any) -> Redundancy:
    return dated(Redundancy, **{"announced": "2010-04-02", "letters": "2010-05-01", "consults": "2010-05-10", **fields})


def rets(guaranteed: str, **fields: Any) -> Rets:
    usual = {"announced": "2010-04-02", "offered": "2010-04-10", "cap": 1.0, "premium": 0.1}
    return dated(Rets, **{**usual, "guaranteed": guaranteed, **fields})


def guarantee(until: str, *places: int, premium: float = 0.0) -> Retain:
    return Retain(rows=rows(*places or (0,)), until=on(until), premium=premium)


def leave(last: str, place: int = 0) -> Depart:
    """One person's exit on a day, without payment."""
    pence = {name: np.zeros(1, "int64") for name in ("severance", "in_lieu", "strain")}
    return Depart(rows=rows(place), last_day=np.array([on(last)]), remove=np.array([False]), **pence)


def bought_out(run: Run) -> list[tuple[int, int]]:
    """Pairs of a person and the pence paid for the rest of their guarantee."""
    log = run.log.of(Kind.BOUGHT_OUT)
    return list(zip(log.staff.tolist(), log.pence.tolist(), strict=True))


def test_the_rest_of_a_guarantee_is_bought_out_on_an_early_exit() -> None:
    """Ten days remain, at £100 of pay and £10 of premium a day, and are paid with the departure under its rule."""
    policies = {
        "own": once("2010-04-05", guarantee("2010-09-10", premium=0.1)),
        "cut": once("2010-05-03", leave("2010-08-31")),
    }
    assert events_of(person(4, pay=PAY), policies=policies)[-2:] == [
        row("2010-08-31", OUT, Kind.DEPARTED, "cut", 4, 0),
        row("2010-08-31", OUT, Kind.BOUGHT_OUT, "cut", 4, 0, -1, 110_000),
    ]


def test_a_guarantee_past_the_closing_day_is_bought_out() -> None:
    """Ten days from 1 to 10 October are paid, at £100 a day and half time."""
    policies = {"own": once("2010-04-05", guarantee("2010-10-10"))}
    events = events_of(person(4, pay=PAY, wte=0.5), bodies=[OLD], policies=policies)
    assert [event for event in events if event[2] in (Kind.DEPARTED, Kind.BOUGHT_OUT)] == [
        row("2010-10-01", NIGHT, Kind.DEPARTED, "closure", 4, 0),
        row("2010-10-01", NIGHT, Kind.BOUGHT_OUT, "closure", 4, 0, -1, 50_000),
    ]


def test_the_cost_path_gives_no_notice_under_a_guarantee() -> None:
    """Two people are consulted. One of them then gets a guarantee, and only the other gets notice."""
    path = (Step(by=date("2010-05-03"), cut=1.0),)
    cut = CostReduction(announced=date("2010-05-01"), path=path, by_law=True, volunteers=False)
    policies = {"cost-reduction": cut, "own": once("2010-05-03", guarantee("2010-12-31"))}
    log = played(person(1), person(2), policies=policies).log
    assert sorted(log.of(Kind.CONSULTED).staff.tolist()) == [1, 2]
    assert log.of(Kind.EXIT_AGREED).staff.tolist() == [2]


def test_people_who_apply_for_severance_give_up_their_guarantee() -> None:
    """The rest of the guarantee is not bought out."""

    class Offer:
        """A severance offer to everyone."""

        question = "severance"
        signed = False
        announced = date("2010-05-03")

        def days(self, calendar: Any, bodies: Any) -> list[Occasion]:
            return [Occasion(on("2010-05-03"), "offer")]

        def propose(self, situation: Any) -> SeveranceOffer:
            everyone = np.flatnonzero(situation.people.in_post)
            pence = np.full(len(everyone), 1_000)
            return SeveranceOffer(rows=everyone, pence=pence, months=np.ones(len(everyone)), last_day=on("2010-05-31"))

        def select(self, situation: Any, proposals: Any, answers: Answers, chances: Any) -> Effects:
            return Effects(then=(leave("2010-05-31"),), chosen=answers.yes)

    policies = {"own": once("2010-04-05", guarantee("2010-12-31")), "offer": Offer()}
    run = played(person(4), policies=policies)
    assert run.log.of(Kind.DEPARTED).day.tolist() == [on("2010-05-31")]
    assert bought_out(run) == []


def test_a_second_guarantee_does_not_reduce_the_first() -> None:
    """The later day and the higher premium apply, whichever policy gave them."""
    first = guarantee("2010-09-30", premium=0.2)
    second = guarantee("2010-06-30", premium=0.1)
    policies = {"own": once("2010-04-05", first), "two": once("2010-05-03", second)}
    given = played(person(4, pay=PAY), policies=policies).log.of(Kind.RETAINED)
    assert given.second.tolist() == [on("2010-09-30")] * 2
    assert given.pence.tolist() == [730_500] * 2


def test_a_guarantee_extends_a_fixed_term() -> None:
    """A contract to 30 June with a guarantee to 31 August ends on 31 August, and nothing is owed."""
    run = played(person(4, ends="2010-06-30"), policies={"own": once("2010-04-05", guarantee("2010-08-31"))})
    assert run.log.of(Kind.DEPARTED).day.tolist() == [on("2010-08-31")]
    assert bought_out(run) == []


def test_a_guarantee_moves_with_the_person() -> None:
    """A person who moved to another employer leaves on 5 October. Five days of a guarantee to 10 October are owed."""
    post = OpenPosts(employer=np.array([1]), function=np.array([0]), band=np.array([5]))
    place = Appoint(rows=rows(0), posts=np.array([1]), start=on("2010-10-01"))
    policies = {
        "own": once("2010-04-05", guarantee("2010-10-10"), post, place),
        "cut": once("2010-10-02", leave("2010-10-05")),
    }
    run = played(person(4, pay=PAY), bodies=[OLD, body("New", "ccg")], policies=policies)
    assert bought_out(run) == [(4, 50_000)]


def test_retention_terms_end_no_later_than_the_employer_or_the_contract() -> None:
    """They end in June for the employer that closes in June, and in May for a contract that ends in May."""
    bodies = [OLD, body("Soon", closes="2010-06-30")]
    people = person(1), person(2, "Soon"), person(3, ends="2010-05-31")
    policies = {"rets": rets("2010-09-30"), "redundancy": redundancy()}
    log = played(*people, bodies=bodies, policies=policies).log
    ends = dict(zip(log.of(Kind.RETAINED).staff.tolist(), log.of(Kind.RETAINED).second.tolist(), strict=True))
    assert ends == {1: on("2010-09-30"), 2: on("2010-06-30"), 3: on("2010-05-31")}
    left = dict(zip(log.of(Kind.DEPARTED).staff.tolist(), log.of(Kind.DEPARTED).day.tolist(), strict=True))
    assert left == ends
    assert len(log.of(Kind.BOUGHT_OUT)) == 0


def test_risk_returns_when_terms_end_before_an_extended_closing_day() -> None:
    """The terms end on the old closing day in June. The employer is extended, so risk returns on 1 July."""
    later = dated(Extension, announced="2010-05-03", until="2010-12-31", kinds=("pct",))
    soon = body("Soon", closes="2010-06-30")
    policies = {"rets": rets("2010-09-30"), "extension": later}
    log = played(person(2, "Soon"), bodies=[OLD, soon], policies=policies).log
    ended = log.take((log.kind == Kind.RISK) & (log.day == on("2010-07-01")))
    assert ended.staff.tolist() == [2]


def test_a_guarantee_past_closure_is_kept_in_a_residuary_body() -> None:
    """The person works there until the guarantee ends, and nothing is bought out."""
    bodies = [OLD, body("Rest", "nhs-elsewhere")]
    policies = {
        "own": once("2010-04-05", guarantee("2010-11-15")),
        "redundancy": redundancy(kinds=("pct",), residuary="Rest"),
    }
    run = played(person(5), bodies=bodies, policies=policies)
    assert run.log.of(Kind.DEPARTED).day.tolist() == [on("2010-11-15")]
    assert bought_out(run) == []


def test_terms_that_end_after_every_employer_has_closed_are_refused() -> None:
    """The message states the employer that closes last, its closing day, and the latest valid date."""
    message = r"policies.rets.guaranteed: is 2010-12-01, after Old closes \(2010-09-30\).*give 2010-09-30 or an earlier"
    bodies = [body("Soon", closes="2010-06-30"), OLD]
    with pytest.raises(ScenarioError, match=message):
        small_world(person(1), bodies=bodies, policies={"rets": rets("2010-12-01")})


def test_terms_within_an_extension_are_accepted() -> None:
    """So are terms if one of the employers does not close."""
    later = dated(Extension, announced="2010-05-03", until="2010-12-31", kinds=("pct",))
    small_world(person(1), bodies=[OLD], policies={"rets": rets("2010-12-01"), "extension": later})
    small_world(person(1), bodies=[OLD, body("New")], policies={"rets": rets("2010-12-01")})


def test_an_appointment_that_starts_after_closure_is_refused() -> None:
    """Nobody would employ the person between the closure and the start."""
    post = OpenPosts(employer=np.array([1]), function=np.array([0]), band=np.array([5]))
    late = Appoint(rows=rows(0), posts=np.array([1]), start=on("2010-10-02"))
    with pytest.raises(PolicyError, match=r"policies\.own: promises a post that starts after the employer has closed"):
        events_of(person(4), bodies=[OLD, body("New", "ccg")], policies={"own": once("2010-04-05", post, late)})
