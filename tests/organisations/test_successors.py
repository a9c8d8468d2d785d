"""The numbers of the plans for successors' posts: they are set by path, and the posts change with them."""

from __future__ import annotations

from collections import Counter
from functools import cache

import attrs
import pytest

import nhstransit as nt
from nhstransit.errors import InputError
from nhstransit.organisations.bodies import Establishment, Organisation
from nhstransit.organisations.posts import Places
from nhstransit.organisations.successors import Plans, funding_with, numbers_in
from nhstransit.scenario import Scenario
from nhstransit.scenario.tables import from_tables, to_tables
from nhstransit.studies.sensitivity import ranges_of

PLACES = Places(bodies=("england/bodies-2010.csv",), funding="england/posts-2013.toml")


@cache
def bodies() -> tuple[Organisation, ...]:
    """The bundled organisations with the posts of their plans."""
    return PLACES.organisations(())


@cache
def prior() -> Scenario:
    """The scenario of England before fitting."""
    return nt.load_scenario("england-2010-prior")


def plans() -> Plans:
    found = PLACES.plans()
    assert found is not None
    return found


def posts(scenario: Scenario, kind: str) -> int:
    bodies = (body for body in scenario.organisations if body.kind == kind)
    return sum(line.posts for body in bodies for line in body.establishment)


def everything(scenario: Scenario) -> int:
    return sum(line.posts for body in scenario.organisations for line in body.establishment)


def test_each_number_set_to_its_own_value_changes_nothing() -> None:
    funding = plans().funding
    for number in numbers_in(funding):
        assert funding_with(funding, {number.path: number.value}) == funding, number.path


def test_a_higher_vacancy_rate_moves_posts_to_commissioning_groups() -> None:
    """From 0.03 to 0.15, groups gain as many posts as the rest of the NHS loses."""
    low, high = (prior().having("successors.vacancy_rate", rate) for rate in (0.03, 0.15))
    gained = posts(high, "ccg") - posts(low, "ccg")
    assert gained == pytest.approx(8_296.4 / 0.88 * (1 / 0.85 - 1 / 0.97), abs=12)
    assert posts(low, "nhs-elsewhere") - posts(high, "nhs-elsewhere") == gained
    assert everything(low) == everything(high) == everything(prior()) == 49_600


def test_odds_of_bands_move_posts_between_functions_and_bands() -> None:
    """Corporate services have fewer junior posts and other functions more.

    The totals of functions and bands stay the same.
    """
    fewer = prior().having("successors.bands_within.corporate.2", 1.0)

    def counted(world: Scenario, *fields: str) -> Counter[tuple[str, ...]]:
        found: Counter[tuple[str, ...]] = Counter()
        for line in (line for body in world.organisations for line in body.establishment):
            found[tuple(getattr(line, field) for field in fields)] += line.posts
        return found

    before, after = (counted(world, "function", "band") for world in (prior(), fewer))
    assert after["corporate", "2"] < 0.8 * before["corporate", "2"]
    for field in ("function", "band"):
        sums = [counted(world, field) for world in (prior(), fewer)]
        assert all(abs(sums[0][name] - sums[1][name]) < 0.01 * sums[0][name] + 20 for name in sums[0])


def test_setting_none_restores_the_number_of_the_file() -> None:
    """The posts are then also as before."""
    there = prior().having("successors.posts.council", 6_000).having("successors.total", 48_000)
    assert posts(there, "council") == 6_000 and everything(there) == 48_000
    back = there.having("successors.total", None).having("successors.posts.council", None)
    assert back == prior() and back.organisations == prior().organisations


def test_a_scenario_file_keeps_the_numbers_of_plans() -> None:
    """After writing and reading tables, numbers and posts are the same."""
    changed = prior().having("successors.vacancy_rate", 0.1)
    again = from_tables(to_tables(changed), folder=prior().home)
    assert again == changed and dict(again.successors) == {"vacancy_rate": 0.1}
    with pytest.raises(InputError, match="the organisations' posts do not come from plans"):
        again.having("successors.vacancy_rate", 0.2)


def test_posts_that_no_plan_gives_are_kept() -> None:
    """An additional line is kept. An employer without the posts of its plan is refused."""
    own = Establishment(function="finance", band="9", posts=3)
    index = next(at for at, body in enumerate(bodies()) if body.kind == "ccg")
    more = list(bodies())
    more[index] = attrs.evolve(more[index], establishment=(*more[index].establishment, own))
    made = plans().given_anew(more, {}, {"vacancy_rate": 0.15})
    assert own in made[index].establishment
    assert len(made[index].establishment) > 1
    more[index] = attrs.evolve(more[index], establishment=(own,))
    with pytest.raises(InputError, match="has different posts from those of its plan"):
        plans().given_anew(more, {}, {"vacancy_rate": 0.15})


def test_the_numbers_of_plans_are_levers() -> None:
    """The numbers that a plan uses are listed, and a study can vary those with a range."""
    table = nt.levers(prior())
    mine = table[table.index.str.startswith("successors.")]
    assert tuple(mine.loc["successors.vacancy_rate", ["value", "low", "high"]]) == (0.08, 0.03, 0.15)
    assert "successors.own_pay_share" not in mine.index
    varied = {one.path: one for one in ranges_of(prior(), "successors")}
    assert {"successors.vacancy_rate", "successors.unseen", "successors.total"} <= set(varied)
    funding = plans().funding
    for one in varied.values():
        low, high = (funding_with(funding, {one.path.removeprefix("successors."): end}) for end in (one.low, one.high))
        assert low != high
    assert prior().plans is not None and nt.load_scenario("hamlet").plans is None


@pytest.mark.parametrize(
    ("path", "number", "message"),
    [
        ("successors.vacancy_rat", 0.1, "successors.vacancy_rat: does not exist; did you mean 'vacancy_rate'"),
        ("successors.total", 100.5, "successors.total: is 100.5; give a whole number"),
        ("successors.vacancy_rate", 1.0, "vacancy_rate: is 1; give a share below 1"),
    ],
)
def test_an_invalid_number_of_a_plan_is_refused(path: str, number: float, message: str) -> None:
    """The error says where, what is wrong, and what would be right."""
    with pytest.raises(InputError) as caught:
        prior().having(path, number)
    assert message in str(caught.value)
