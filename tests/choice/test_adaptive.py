"""An adaptive policy beside fixed ones: a second round that opens only if a trigger is passed, under the same luck."""

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
from nhstransit.policies import Mars
from tests.choice.made import QUOTA, ROUND, counted, world

LATER = {
    "announced": dt.date(2010, 8, 1),
    "opens": dt.date(2010, 8, 10),
    "closes": dt.date(2010, 9, 1),
    "leaves": dt.date(2010, 9, 30),
}


@attrs.frozen(kw_only=True, field_transformer=strict)
class IfFewWent(Mars):
    """A round that is held only where fewer than a share of the opening staff left by an earlier round."""

    after: str = "mars"
    fewer_than: float = share(0.2, parent=Parent(unit="share of the opening staff"))

    def propose(self, situation: Situation) -> Proposals | None:
        gone = situation.people.left_rule == situation.rule_of(self.after)
        passed = gone.sum() < self.fewer_than * len(gone)
        return super().propose(situation) if passed or situation.stage != "panel" else None


@attrs.frozen(kw_only=True, field_transformer=strict)
class IfCovered(Mars):
    """A round that is held only while a share of a function's posts is filled."""

    function: str = "finance"
    least: float = share(0.5, parent=Parent(unit="share of the function's posts"))

    def propose(self, situation: Situation) -> Proposals | None:
        posts = situation.posts_of(functions=[self.function])
        covered = (situation.posts.holder[posts] >= 0).mean() if posts.any() else 0.0
        return super().propose(situation) if covered >= self.least or situation.stage != "panel" else None


@pytest.fixture(scope="module")
def found() -> Any:
    """A first round whose size is uncertain in effect; then a second: never, always, and by either trigger."""
    fixed = attrs.evolve(ROUND, **LATER)
    terms = {field.name: getattr(fixed, field.name) for field in attrs.fields(Mars)}
    options = {
        "always": {"policies.mars-second": fixed},
        "if fewer than none": {"policies.mars-second": IfFewWent(**terms, fewer_than=0.0)},
        "if fewer than all": {"policies.mars-second": IfFewWent(**terms, fewer_than=1.0)},
        "if fewer than a quarter": {"policies.mars-second": IfFewWent(**terms, fewer_than=0.25)},
        "if covered": {"policies.mars-second": IfCovered(**terms, least=0.6)},
    }
    objectives = (Objective(name="gone", way="more"), Objective(name="paid", way="less"))
    draws = nt.studies.Draws(paths=(QUOTA,), rows=[[0.05 * place] for place in range(1, 11)])
    return nt.choose(world(), options=options, objectives=objectives, uncertainties=draws, measure=counted)


def gone(found: Any, name: str) -> np.ndarray:
    return np.asarray(found.figures[0, found.place(name), :, 0])


def test_a_trigger_that_never_passes_is_no_second_round(found: Any) -> None:
    """Event for event, which the result says by itself."""
    assert "if fewer than none" in found.inert


def test_a_trigger_that_always_passes_is_the_fixed_round(found: Any) -> None:
    assert (gone(found, "if fewer than all") == gone(found, "always")).all()
    assert (gone(found, "always") > gone(found, "small")).any()


def test_a_trigger_decides_future_by_future(found: Any) -> None:
    """Held where the first round was small, and not where it was large: in each future it is one of the fixed two."""
    adaptive, always, never = (gone(found, name) for name in ("if fewer than a quarter", "always", "small"))
    assert ((adaptive == always) | (adaptive == never)).all()
    assert (adaptive[:3] == always[:3]).all() and (adaptive[-3:] == never[-3:]).all()
    covered = gone(found, "if covered")
    assert ((covered == always) | (covered == never)).all() and (covered != never).any()
