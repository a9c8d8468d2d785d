"""An adaptive policy compared with fixed policies: a second round is held only if a trigger is met."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import numpy as np
import pytest

import nhstransit as nt
from nhstransit.choice import Objective
from nhstransit.fields import Parent, share, strict
from nhstransit.grammar import Proposals, Situation
from nhstransit.log import Kind
from nhstransit.policies import Mars
from tests.choice.made import QUOTA, ROUND, counted, world
from tests.examples import every

END = dt.date(2010, 8, 15)
LATER = {
    "announced": dt.date(2010, 7, 1),
    "opens": dt.date(2010, 7, 5),
    "closes": dt.date(2010, 7, 20),
    "leaves": dt.date(2010, 7, 31),
}


@attrs.frozen(kw_only=True, field_transformer=strict)
class IfFewWent(Mars):
    """A round that is held only if less than a share of the opening staff left through an earlier round."""

    after: str = "mars"
    fewer_than: float = share(0.2, parent=Parent(unit="share of the opening staff"))

    def propose(self, situation: Situation) -> Proposals | None:
        left = situation.people.left_rule == situation.rule_of(self.after)
        passed = left.sum() < self.fewer_than * len(left)
        return super().propose(situation) if passed or situation.stage != "panel" else None


@attrs.frozen(kw_only=True, field_transformer=strict)
class IfFewApplied(Mars):
    """A round that is held only if fewer than a number of people applied in an earlier round."""

    after: str = "mars"
    fewer_than: int = 4

    def propose(self, situation: Situation) -> Proposals | None:
        passed = situation.applications(self.after).sum() < self.fewer_than
        return super().propose(situation) if passed or situation.stage != "panel" else None


@attrs.frozen(kw_only=True, field_transformer=strict)
class IfCovered(Mars):
    """A round that is held only if a share of a function's posts is filled."""

    function: str = "finance"
    least: float = share(0.5, parent=Parent(unit="share of the function's posts"))

    def propose(self, situation: Situation) -> Proposals | None:
        posts = situation.posts_of(functions=[self.function])
        covered = (situation.posts.holder[posts] >= 0).mean() if posts.any() else 0.0
        return super().propose(situation) if covered >= self.least or situation.stage != "panel" else None


@pytest.fixture(scope="module")
def found() -> Any:
    """A choice in which the size of the first round is uncertain, and the second is held never, always or on a trigger."""
    fixed = attrs.evolve(ROUND, **LATER)
    terms = {field.name: getattr(fixed, field.name) for field in attrs.fields(Mars)}
    options = {
        "always": {"policies.mars-second": fixed},
        "if fewer than none": {"policies.mars-second": IfFewWent(**terms, fewer_than=0.0)},
        "if fewer than all": {"policies.mars-second": IfFewWent(**terms, fewer_than=1.0)},
        "if fewer than a quarter": {"policies.mars-second": IfFewWent(**terms, fewer_than=0.25)},
        "if covered": {"policies.mars-second": IfCovered(**terms, least=0.6)},
        "if fewer than none applied": {"policies.mars-second": IfFewApplied(**terms, fewer_than=0)},
        "if fewer than a million applied": {"policies.mars-second": IfFewApplied(**terms, fewer_than=1_000_000)},
    }
    objectives = (Objective(name="gone", way="more"), Objective(name="paid", way="less"))
    draws = nt.studies.Draws(paths=(QUOTA,), rows=[[0.05 * index] for index in range(1, 11)])
    return nt.choose(world(end=END), options=options, objectives=objectives, uncertainties=draws, measure=counted)


def leavers(found: Any, name: str) -> np.ndarray:
    return np.asarray(found.figures[0, found.place(name), :, 0])


def test_a_trigger_that_is_never_met_holds_no_second_round(found: Any) -> None:
    """The result reports by itself that the option changed no event."""
    assert "if fewer than none" in found.inert and "if fewer than none applied" in found.inert


def test_a_trigger_that_is_always_met_equals_the_fixed_round(found: Any) -> None:
    assert (leavers(found, "if fewer than all") == leavers(found, "always")).all()
    assert (leavers(found, "if fewer than a million applied") == leavers(found, "always")).all()
    assert (leavers(found, "always") > leavers(found, "small")).any()


def test_a_trigger_decides_in_each_future(found: Any) -> None:
    """The second round is held if the first was small. In each future, the result equals that of a fixed policy."""
    adaptive, always, never = (leavers(found, name) for name in ("if fewer than a quarter", "always", "small"))
    assert ((adaptive == always) | (adaptive == never)).all()
    assert (adaptive[:3] == always[:3]).all() and (adaptive[-3:] == never[-3:]).all()
    covered = leavers(found, "if covered")
    assert ((covered == always) | (covered == never)).all() and (covered != never).any()


@pytest.mark.parametrize("seed", every(2, range(1, 5)))
def test_a_trigger_compares_with_the_number_of_applications(seed: int) -> None:
    """With a threshold one above the applications in the log, the second round is held; at their number it is not."""
    fixed = attrs.evolve(ROUND, **LATER)
    terms = {field.name: getattr(fixed, field.name) for field in attrs.fields(Mars)}
    few_apply = world(end=END).having("behaviour.severance.typical", 0.3)
    first = nt.simulate(few_apply, seed=seed)
    applied = len(first.log.steps(Kind.APPLIED).by(first.scenario.rules["mars"]).staff)
    assert applied
    for least, held in ((applied + 1, True), (applied, False)):
        run = nt.simulate(few_apply.having("policies.mars-second", IfFewApplied(**terms, fewer_than=least)), seed=seed)
        assert bool(run.log.caused_by(run.scenario.rules["mars-second"])) is held


def test_applications_are_counted_for_each_employer() -> None:
    """Counts are added up over rounds; a policy without applications has zero."""
    seen: list[Any] = []

    @attrs.frozen(kw_only=True, field_transformer=strict)
    class Looks(Mars):
        """A policy that stores the counts of applications."""

        def propose(self, situation: Situation) -> Proposals | None:
            seen.append((situation.applications("mars"), situation.applications("none such")))
            return None

    fixed = attrs.evolve(ROUND, **LATER)
    terms = {field.name: getattr(fixed, field.name) for field in attrs.fields(Mars)}
    run = nt.simulate(world(end=END).having("policies.looks", Looks(**terms)), seed=1)
    steps = run.log.steps(Kind.APPLIED).by(run.scenario.rules["mars"])
    rows = run.rows_of(steps.staff)
    at = run.posts.employer[run.opening_post[rows]]
    assert seen[-1][0].tolist() == np.bincount(at, minlength=len(run.scenario.roster)).tolist()
    assert seen[-1][0].sum() == len(steps.staff) and not seen[-1][1].any() and len(seen[-1][1]) == len(seen[-1][0])
