"""An allowance as a cost path: pounds a head become posts, employer by employer; volunteers only; empty posts deleted."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from nhstransit.errors import ScenarioError
from nhstransit.log import Kind
from nhstransit.policies import CostReduction
from nhstransit.policies.cost_reduction import Step
from tests.small import START, behaving, body, date, person, played


def allowance(pounds: float, **fields: Any) -> CostReduction:
    """One step in May: so many pounds a head, half of it for pay, at £50,000 a post."""
    usual = {"pay_share": 0.5, "post_cost": 50_000.0, "measure": "allowance", "consultation_days": 0}
    path = (Step(by=date("2010-05-03"), target=pounds),)
    return CostReduction(announced=START, path=path, **{**usual, **fields})


def trust(name: str, residents: int, *posts: tuple[str, str, int]) -> Any:
    return attrs.evolve(body(name, "pct", *posts), population=residents)


def gone(policy: CostReduction, *bodies: Any, people: int = 4, applies: bool = False) -> list[int]:
    """Who leaves; the first half work for the first employer, the rest for the second, if there is one."""
    names = [one.name for one in bodies]
    staff = [person(n, names[min((n - 1) * len(names) // people, len(names) - 1)]) for n in range(1, people + 1)]
    run = played(*staff, bodies=bodies, policies={"path": policy}, behaviour=behaving(applies=applies))
    return sorted(run.log.of(Kind.DEPARTED).staff.tolist())


def test_pounds_times_people_times_pay_share_over_the_cost_of_a_post() -> None:
    """£10 for 20,000 residents, half of it for pay, buys two posts at £50,000: two of four go."""
    assert len(gone(allowance(10.0), trust("Old", 20_000))) == 2
    assert len(gone(allowance(5.0), trust("Old", 20_000))) == 3
    assert len(gone(allowance(20.0), trust("Old", 20_000))) == 0


def test_another_allowance_moves_posts_board_by_board() -> None:
    """Of two boards with the same staff the one with fewer residents loses more; where money is enough nobody goes."""
    lost = gone(allowance(10.0), trust("Small", 10_000), trust("Large", 40_000), people=6)
    assert len([staff for staff in lost if staff <= 3]) == 2 and not [staff for staff in lost if staff > 3]


def test_only_volunteers_go_where_nobody_is_made_to() -> None:
    """Without compulsion the unwilling stay; the willing go as far as the step asks."""
    voluntary = allowance(5.0, compulsory=False)
    assert gone(voluntary, trust("Old", 20_000)) == []
    assert len(gone(voluntary, trust("Old", 20_000), applies=True)) == 3


def test_empty_posts_without_money_are_deleted_first() -> None:
    """Two people and three empty posts where money is for three: two empty posts go, with a saving, and nobody else."""
    trusts = (trust("Old", 30_000, ("finance", "6", 5)),)
    run = played(person(1), person(2), bodies=trusts, policies={"path": allowance(10.0, vacancies=True)})
    removed = run.log.of(Kind.REMOVED)
    assert len(removed) == 2 and (removed.pence > 0).all() and len(run.log.of(Kind.DEPARTED)) == 0
    kept = played(person(1), person(2), bodies=trusts, policies={"path": allowance(10.0)})
    assert len(kept.log.of(Kind.REMOVED)) == 0


def test_only_the_employers_named_are_held() -> None:
    """Of two boards far above the allowance the one that is named is cut."""
    policy = allowance(0.0, bodies=("Large",))
    assert gone(policy, trust("Small", 10), trust("Large", 10)) == [3, 4]
    with pytest.raises(ScenarioError, match="Large"):
        gone(attrs.evolve(policy, bodies=("Lage",)), trust("Small", 10), trust("Large", 10))


def test_a_cut_of_an_allowance_and_a_path_for_nobody_are_refused() -> None:
    """A cut is a share of the bill; and somebody has to go, willing or not."""
    with pytest.raises(ScenarioError, match="give a target"):
        CostReduction(announced=START, path=(Step(by=date("2010-05-03"), cut=0.5),), measure="allowance")
    with pytest.raises(ScenarioError, match="set at least one of them to true"):
        allowance(5.0, compulsory=False, volunteers=False)
