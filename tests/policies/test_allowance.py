"""An allowance for management costs, in pounds for each resident, sets the number of posts of each employer."""

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
    """One step in May: an allowance of `pounds` for each resident, half of it for pay, at £50,000 a post."""
    usual = {"pay_share": 0.5, "post_cost": 50_000.0, "measure": "allowance", "consultation_days": 0}
    path = (Step(by=date("2010-05-03"), target=pounds),)
    return CostReduction(announced=START, path=path, **{**usual, **fields})


def trust(name: str, residents: int, *posts: tuple[str, str, int]) -> Any:
    return attrs.evolve(body(name, "pct", *posts), population=residents)


def leavers(policy: CostReduction, *bodies: Any, people: int = 4, applies: bool = False) -> list[int]:
    """Staff numbers of the people who leave. With two employers, the first half work for the first employer."""
    names = [one.name for one in bodies]
    staff = [person(n, names[min((n - 1) * len(names) // people, len(names) - 1)]) for n in range(1, people + 1)]
    run = played(*staff, bodies=bodies, policies={"path": policy}, behaviour=behaving(applies=applies))
    return sorted(run.log.of(Kind.DEPARTED).staff.tolist())


def test_the_number_of_posts_is_the_allowance_for_pay_divided_by_the_cost_of_a_post() -> None:
    """£10 for 20,000 residents, half of it for pay, pays for two posts at £50,000: two of four people leave."""
    assert len(leavers(allowance(10.0), trust("Old", 20_000))) == 2
    assert len(leavers(allowance(5.0), trust("Old", 20_000))) == 3
    assert len(leavers(allowance(20.0), trust("Old", 20_000))) == 0


def test_the_employer_with_fewer_residents_loses_more_posts() -> None:
    """Two employers have the same number of staff. Nobody leaves the employer whose allowance pays for them all."""
    lost = leavers(allowance(10.0), trust("Small", 10_000), trust("Large", 40_000), people=6)
    assert len([staff for staff in lost if staff <= 3]) == 2 and not [staff for staff in lost if staff > 3]


def test_without_compulsory_redundancy_only_people_who_apply_leave() -> None:
    """When everyone applies, as many leave as the step requires."""
    voluntary = allowance(5.0, compulsory=False)
    assert leavers(voluntary, trust("Old", 20_000)) == []
    assert len(leavers(voluntary, trust("Old", 20_000), applies=True)) == 3


def test_vacant_posts_above_the_allowance_are_removed_first() -> None:
    """With two people, three vacancies and money for three posts, two vacancies are removed, with a saving."""
    trusts = (trust("Old", 30_000, ("finance", "6", 5)),)
    run = played(person(1), person(2), bodies=trusts, policies={"path": allowance(10.0, vacancies=True)})
    removed = run.log.of(Kind.REMOVED)
    assert len(removed) == 2 and (removed.pence > 0).all() and len(run.log.of(Kind.DEPARTED)) == 0
    without_vacancies = played(person(1), person(2), bodies=trusts, policies={"path": allowance(10.0)})
    assert len(without_vacancies.log.of(Kind.REMOVED)) == 0


def test_only_the_listed_employers_are_cut() -> None:
    """Both employers are far above the allowance, and the policy lists one of them."""
    policy = allowance(0.0, bodies=("Large",))
    assert leavers(policy, trust("Small", 10), trust("Large", 10)) == [3, 4]
    with pytest.raises(ScenarioError, match="Large"):
        leavers(attrs.evolve(policy, bodies=("Lage",)), trust("Small", 10), trust("Large", 10))


def test_a_cut_of_an_allowance_and_a_path_without_leavers_are_refused() -> None:
    """A cut is a share of the pay bill. At least one of compulsory and voluntary redundancy must be allowed."""
    with pytest.raises(ScenarioError, match="give a target"):
        CostReduction(announced=START, path=(Step(by=date("2010-05-03"), cut=0.5),), measure="allowance")
    with pytest.raises(ScenarioError, match="set at least one of them to true"):
        allowance(5.0, compulsory=False, volunteers=False)
