"""A policy inherits every step that it does not define."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

import attrs
import numpy as np
import pytest

from nhstransit.errors import ScenarioError
from nhstransit.fields import strict
from nhstransit.grammar import (
    NOTHING,
    Appoint,
    BasePolicy,
    Effects,
    OpenPosts,
    Policy,
    Proposals,
    RetentionOffer,
    Turn,
    place_of,
)
from nhstransit.log import Kind, Phase
from nhstransit.policies import POLICIES
from nhstransit.workforce.columns import RiskClass
from tests.small import body, date, events_of, on, person, played, row


@attrs.frozen(kw_only=True, field_transformer=strict)
class Bare(BasePolicy):
    """A policy with no step of its own."""


@attrs.frozen(kw_only=True, field_transformer=strict)
class Reassurance(BasePolicy):
    """The example in the docstring of `BasePolicy`: long-serving staff of a closing employer become safe."""

    years: int = 10

    def select(self, situation: Any, proposals: Any, answers: Any, chances: Any) -> Effects:
        staff = situation.staff_of(closing=True, served_months=12 * self.years)
        return Effects(then=(Turn(rows=np.flatnonzero(staff), risk_class=RiskClass.SAFE),))


@attrs.frozen(kw_only=True, field_transformer=strict)
class Redeployment(BasePolicy):
    """The staff of a closing employer get posts like their own in its first successor."""

    starts: dt.date

    def propose(self, situation: Any) -> Proposals:
        return Proposals(rows=np.flatnonzero(situation.staff_of(closing=True, free=True)))

    def select(self, situation: Any, proposals: Any, answers: Any, chances: Any) -> Effects:
        people = situation.people
        rows = proposals.rows
        heirs = np.array([heirs[0] for heirs in situation.bodies.heirs if heirs])
        opened = OpenPosts(employer=np.repeat(heirs, len(rows)), function=people.function[rows], band=people.band[rows])
        appointed = Appoint(rows=rows, posts=opened.posts, start=situation.calendar.day(self.starts))
        return Effects(then=(opened, appointed))


def test_a_policy_without_steps_does_nothing_on_the_day_it_is_announced() -> None:
    """It follows the protocol, asks nobody anything, and acts after the policies of the library."""
    bare = Bare(announced=date("2010-05-03"))
    assert isinstance(bare, Policy) and bare.question is None and not bare.signed
    assert place_of(bare) > max(place_of(kind) for kind in POLICIES.values()) and bare.luck == ""
    assert bare.select(None, None, None, None) is NOTHING  # type: ignore[arg-type]
    assert events_of(person(1), policies={"bare": bare}) == []


def test_select_is_called_although_nothing_was_proposed() -> None:
    """The default `propose` returns an empty proposal, so `select` still follows."""
    old = body("Old", "pct", ("finance", "6", 2), closes="2010-12-31")
    policies = {"own": Reassurance(announced=date("2010-05-03"))}
    events = events_of(person(1), person(2, since="2004-01-01"), bodies=(old,), policies=policies)
    assert events[0] == row("2010-05-03", Phase.WINDOWS, Kind.RISK, "own", 1, RiskClass.NONE, RiskClass.SAFE)
    assert not [each for each in events if each[2] == Kind.RISK and each[4] == 2]


def test_the_fields_of_a_policy_are_checked() -> None:
    """The types of inherited and own fields are checked, and the announcement is required."""
    with pytest.raises(ScenarioError, match="announced: is '2010-05-03'; give a date"):
        Reassurance(announced="2010-05-03")
    with pytest.raises(ScenarioError, match=r"years: is 2\.5; give a whole number"):
        Reassurance(announced=date("2010-05-03"), years=2.5)
    with pytest.raises(TypeError, match="announced"):
        Bare()  # type: ignore[call-arg]


def test_one_answer_can_open_posts_and_fill_them() -> None:
    """Everyone in the old employer starts in a new post in its successor on the day after closure."""
    old = body("Old", "pct", ("finance", "6", 2), closes="2010-09-30")
    old = attrs.evolve(old, successors=("New",))
    new = body("New", "ccg")
    policy = Redeployment(announced=date("2010-05-03"), starts=date("2010-10-01"))
    run = played(person(1), person(2), bodies=(old, new), policies={"own": policy})
    moved = run.log.of(Kind.MOVED)
    assert moved.day.tolist() == [on("2010-10-01")] * 2 and moved.second.tolist() == [2, 3]


def test_no_policy_of_the_library_repeats_an_inherited_default() -> None:
    """Every class inherits from `BasePolicy` and does not restate a default of it."""
    for kind in POLICIES.values():
        assert issubclass(kind, BasePolicy), kind.__name__
        own = vars(kind)
        assert own.get("question", "") is not None and own.get("signed", True), kind.__name__


def test_a_class_can_declare_a_question() -> None:
    """A declared question replaces the inherited one."""

    @attrs.frozen(kw_only=True)
    class Asks(BasePolicy):
        question: ClassVar[Any] = "retention"

        def propose(self, situation: Any) -> Proposals:
            rows = np.flatnonzero(situation.staff_of())
            return RetentionOffer(rows=rows, premium=0.1, until=situation.day + 30)

        def select(self, situation: Any, proposals: Any, answers: Any, chances: Any) -> Effects:
            return Effects(chosen=answers.yes)

    events = events_of(person(1), policies={"own": Asks(announced=date("2010-05-03"))})
    assert [each[2] for each in events] == [Kind.APPLIED, Kind.APPROVED]
