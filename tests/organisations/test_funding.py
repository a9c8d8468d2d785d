"""Money to posts: the rule by hand, and England's posts beside what was planned."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from functools import cache
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhstransit import tables, toml
from nhstransit.dates import epoch_day
from nhstransit.errors import InputError, OrganisationError
from nhstransit.law import Law
from nhstransit.organisations.bodies import Organisation
from nhstransit.organisations.funds import (
    Allowance,
    AllPosts,
    BandsWithin,
    Funding,
    InPost,
    Mix,
    Plan,
    establishments,
    fund,
    posts_by_body,
)
from nhstransit.organisations.posts import Places, found
from nhstransit.synthesis.staff import load_margins
from nhstransit.toml import Named
from nhstransit.workforce.columns import BANDS


@cache
def england() -> Funding:
    """The bundled funding."""
    return toml.load(found("england/posts-2013.toml"), Funding)


@cache
def bodies() -> tuple[Organisation, ...]:
    """The bundled organisations with the posts that it gives them."""
    return Places(bodies=("england/bodies-2010.csv",), funding="england/posts-2013.toml").organisations(())


ALLOWANCE = Allowance(
    pounds_a_head=25.0,
    own_pay_share=0.2,
    bought_in_share=0.3,
    own_post_cost=50_000.0,
    support_post_cost=40_000.0,
    participation=0.8,
)
MIX = Mix(functions=Named({"a": 0.5, "b": 0.5}), bands=Named({"5": 0.75, "7": 0.25}), sources=("x",), quality="choice")


def bundled_bodies() -> tuple[Organisation, ...]:
    return Places(bodies=("england/bodies-2010.csv",)).organisations(())


def group(name: str, residents: int, **more: Any) -> Organisation:
    return Organisation(name=name, kind="ccg", region="Here", population=residents, **more)


def funding(*plans: Plan, **more: Any) -> Funding:
    return Funding(allowance=ALLOWANCE, mix=Named({"m": MIX}), plan=plans, **more)


def posts(kind: str) -> list[int]:
    return [sum(line.posts for line in body.establishment) for body in bodies() if body.kind == kind]


def test_the_rule_by_hand() -> None:
    """£25 for 200,000 residents is £5m: £1m buys 20 whole-time posts at £50,000, and £1.5m 37.5 in support at £40,000."""
    assert ALLOWANCE.own_wte(200_000) == pytest.approx(20)
    assert ALLOWANCE.support_wte(200_000) == pytest.approx(37.5)
    assert ALLOWANCE.non_pay_share == pytest.approx(0.5)


def test_whole_time_posts_become_posts_of_one_person_each() -> None:
    """Twenty whole-time posts at 0.8 WTE a person are 25 posts, by residents over the groups."""
    plan = Plan(kind="ccg", money="own pay", mix="m", sources=("x",), quality="choice")
    bodies = [group("One", 50_000), group("Two", 150_000)]
    assert posts_by_body(bodies, plan, funding(plan)).tolist() == [6, 19]


def test_posts_follow_from_the_staff_in_post() -> None:
    """90 WTE in post at a vacancy rate of a tenth are 100 posts, 125 of one person each at 0.8, by residents."""
    plan = Plan(kind="ccg", by="payroll", mix="m", sources=("x",), quality="choice")
    there = InPost(wte=Named({"Here": 90.0, "There": 8.0}), vacancy_rate=0.1)
    bodies = [group("One", 50_000), group("Two", 150_000), attrs.evolve(group("Three", 10), region="There")]
    assert posts_by_body(bodies, plan, funding(plan, payroll=there)).tolist() == [31, 94, 11]
    more = attrs.evolve(there, unseen=0.1)
    assert posts_by_body(bodies, plan, funding(plan, payroll=more)).sum() == round(90 * 1.1 / 0.9 / 0.8) + 12


def test_one_kind_gets_what_is_left_of_all_posts() -> None:
    """Of 500 posts groups get what their payroll gives, and elsewhere the rest, whatever the vacancy rate."""
    plans = [Plan(kind="ccg", by="payroll", mix="m", sources=("x",), quality="choice")]
    plans.append(Plan(kind="nhs-elsewhere", by="rest", mix="m", sources=("x",), quality="choice"))
    bodies = [group("One", 50_000), Organisation(name="Else", kind="nhs-elsewhere", region="Here")]
    found_posts = []
    for rate in (0.03, 0.15):
        there = InPost(wte=Named({"Here": 90.0}), vacancy_rate=rate)
        made = fund(bodies, funding(*plans, payroll=there, total=AllPosts(posts=500)))
        found_posts.append([sum(line.posts for line in body.establishment) for body in made])
    assert found_posts[0][0] < found_posts[1][0]
    assert sum(found_posts[0]) == sum(found_posts[1]) == 500


def test_commissioning_groups_have_the_posts_of_their_payroll() -> None:
    """8,296 WTE were in post in April 2013: at a vacancy rate of 0.08, 9,018 whole-time posts, region by region."""
    payroll = england().payroll
    assert payroll is not None and sum(payroll.wte.values()) == pytest.approx(8_296.4, abs=0.1)
    whole_time = sum(posts("ccg")) * england().allowance.participation
    assert whole_time * (1 - payroll.vacancy_rate) == pytest.approx(8_296, abs=5)
    for region, wte in payroll.wte.items():
        mine = sum(
            line.posts
            for body in bodies()
            if body.kind == "ccg" and body.region == region
            for line in body.establishment
        )
        assert mine == pytest.approx(wte / 0.92 / 0.88, abs=0.5)
    assert min(posts("ccg")) >= 3 and max(posts("ccg")) <= 300


def test_the_payroll_of_groups_is_that_of_their_table() -> None:
    """Each region's staff in post are the entries of its groups; 147 of 211 have one."""
    cells = tables.read_csv(found("england/groups-2013.csv"))
    seen: dict[str, float] = {}
    for region, fte in zip(cells["region"], cells["fte"], strict=True):
        seen[region] = seen.get(region, 0.0) + float(fte or 0)
    assert sum(bool(fte) for fte in cells["fte"]) == 147
    assert england().payroll is not None
    assert {region: round(wte, 1) for region, wte in seen.items()} == dict(england().payroll.wte)


def test_support_units_land_in_the_planned_range() -> None:
    """7,000 to 8,000 were planned: the whole-time posts lie there, the people between there and the 9,000 of 2014."""
    residents = sum(body.population for body in bodies() if body.kind == "ccg")
    assert 7_000 <= england().allowance.support_wte(residents) <= 8_000
    assert 7_000 <= sum(posts("csu")) <= 9_000


def test_the_new_system_has_about_the_posts_reported() -> None:
    """All receivers together have 48,000 to 50,000 posts; every plan with a number gets exactly that."""
    assert 48_000 <= sum(line.posts for body in bodies() for line in body.establishment) <= 50_000
    for plan in england().plan:
        assert not plan.posts or sum(posts(plan.kind)) == plan.posts


def test_six_thousand_posts_are_for_people_from_outside() -> None:
    """Left out, the Health Protection Agency's 3,686 and others' are gone from their bodies, and nobody else's."""
    inside = fund(bundled_bodies(), england(), include_outside=False)
    less = sum(line.posts for body in bodies() for line in body.establishment) - sum(
        line.posts for body in inside for line in body.establishment
    )
    assert less == sum(plan.outside for plan in england().plan) == 6_000


def shares_of_posts() -> tuple[dict[str, float], dict[str, float]]:
    """Shares of all successors' posts, less those for people from outside, by function and by band."""
    functions: Counter[str] = Counter()
    bands: Counter[str] = Counter()
    for one in bodies():
        for line in one.establishment:
            functions[line.function] += line.posts
            bands[line.band] += line.posts
    for plan in england().plan:
        functions.subtract({name: plan.outside * size for name, size in england().mix[plan.mix].functions.items()})
        bands.subtract({name: plan.outside * size for name, size in england().mix[plan.mix].bands.items()})
    by_function, by_band = ({name: n / each.total() for name, n in each.items()} for each in (functions, bands))
    return by_function, by_band


def test_no_function_is_in_surplus_and_senior_posts_are_fewer_than_seniors() -> None:
    """Against the opening staff's shares: no function has far fewer posts, junior bands have theirs, the top has fewer."""
    wanted = (one for one in load_margins("england/margins-2010.toml").margin if one.of in ("function", "band"))
    margins = {one.of: one.shares or one.by["pct"] for one in wanted}
    functions, bands = shares_of_posts()
    assert all(functions[name] > 0.75 * size for name, size in margins["function"].items())
    top = [bands[band] / margins["band"][band] for band in ("8c", "8d", "9", "VSM")]
    others = [bands[band] / margins["band"][band] for band in ("2", "3", "4", "5", "6", "7")]
    assert max(top) < min(0.95, *others) and min(others) > 0.9


@pytest.mark.parametrize("what", ["function", "band"])
def test_each_margin_of_successors_posts_has_a_range_that_holds_it(what: str) -> None:
    """Every share of every mix has one; a range for nothing, or that leaves the share out, is refused."""
    for mix in england().mix.values():
        shares, ranges = (mix.functions, mix.function_ranges) if what == "function" else (mix.bands, mix.band_ranges)
        assert set(shares) == set(ranges)
    name, other = ("finance", "finanse") if what == "function" else ("6", "10")
    for wrong, told in (({name: (0.0, 0.5)}, "whose share is 1"), ({other: (0.0, 1.0)}, "has no share")):
        with pytest.raises(OrganisationError, match=told):
            Mix(
                functions=Named({"finance": 1.0}),
                bands=Named({"6": 1.0}),
                sources=("project",),
                quality="assumption",
                **{f"{what}_ranges": Named(wrong)},
            )


def test_a_post_costs_what_the_allowance_says() -> None:
    """At the middle of each band in April 2013 a support unit's post costs £45,000, a group's about that."""
    law = Law.bundled()
    on = epoch_day(dt.date(2013, 4, 1))
    points = law.points(on)
    pounds = {
        band: law.employer_cost(law.annual_pay(np.full(points[at], at), np.arange(points[at]), on), 1.0, on).mean()
        / 100
        for at, band in enumerate(BANDS)
    }
    allowance = england().allowance
    assert 40_000 <= england().mix["group"].mean(Named(pounds)) <= 52_000
    assert england().mix["support"].mean(Named(pounds)) == pytest.approx(allowance.support_post_cost, rel=0.02)


@given(st.lists(st.integers(0, 80), min_size=1, max_size=30))
def test_posts_are_whole_and_their_mix_holds_over_all_bodies(sizes: list[int]) -> None:
    """Each body gets its number of posts, and every function and band its share of all within two."""
    lines = establishments(np.array(sizes), MIX, None)
    assert [sum(line.posts for line in body) for body in lines] == sizes
    senior = sum(line.posts for body in lines for line in body if line.function == "a" and line.band == "7")
    assert abs(senior - sum(sizes) * 0.125) < 2


def within(**odds: dict[str, float]) -> BandsWithin:
    """Relative odds of bands, by function."""
    rows = {function: Named(row) for function, row in odds.items()}
    return BandsWithin(odds=Named(rows), sources=("x",), quality="choice")


SIZES = st.lists(st.floats(0.05, 1.0), min_size=3, max_size=3)
ODDS = st.lists(st.floats(0.1, 10.0), min_size=9, max_size=9)


def named_shares(names: str, sizes: list[float]) -> Named[float]:
    """Shares that add up to 1, one for each letter."""
    return Named({name: size / sum(sizes) for name, size in zip(names, sizes, strict=True)})


@given(SIZES, SIZES, ODDS)
def test_odds_shape_the_table_and_leave_both_shares_as_they_are(
    functions: list[float], bands: list[float], odds: list[float]
) -> None:
    """Rows and columns are the shares of the mix, and every ratio of odds is the one given, times independence's."""
    mix = Mix(
        functions=named_shares("abc", functions), bands=named_shares("567", bands), sources=("x",), quality="choice"
    )
    rows = {name: dict(zip("567", odds[3 * at : 3 * at + 3], strict=True)) for at, name in enumerate("abc")}
    table = mix.table(within(**rows))[:, [BANDS.index(band) for band in "567"]]
    assert table.sum(axis=1) == pytest.approx(list(mix.functions.values()), abs=1e-6)
    assert table.sum(axis=0) == pytest.approx(list(mix.bands.values()), abs=1e-9)
    wanted = np.array(odds).reshape(3, 3)
    for one in (table, wanted):
        one /= one[:, :1] * one[:1] / one[0, 0]
    assert table == pytest.approx(wanted, rel=1e-6)


def test_without_odds_every_function_has_the_same_bands() -> None:
    """And odds of 1 change nothing."""
    assert MIX.table(None) == pytest.approx(MIX.table(within(a={"5": 1.0})))
    assert MIX.table(None)[0, BANDS.index("5")] == 0.5 * 0.75


def test_bundled_posts_have_the_bands_of_the_staff_who_did_the_work() -> None:
    """No clinical post in the community below Band 5, and the odds that the opening staff has, where it has any."""
    given_odds = england().bands_within
    assert given_odds is not None
    lines = [line for one in bodies() for line in one.establishment if line.function == "community-clinical"]
    assert lines and not {line.band for line in lines} & {"2", "3", "4"}
    theirs = next(one for one in load_margins("england/margins-2010.toml").odds if one.within == "function")
    same = [name for name in theirs.by if name != "public-health"]  # in part registered: fewer posts below Band 5
    assert {name: dict(given_odds.odds[name]) for name in same} == {name: dict(theirs.by[name]) for name in same}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda: within(a={"10": 1.0}), "bands_within: a: has the unknown name '10'"),
        (lambda: within(a={"5": -1.0}), "bands_within: a: gives band 5 odds of -1; give odds of 0 or more"),
        (
            lambda: MIX.table(within(a={"5": 0.0, "7": 0.0})),
            "mix: has posts in a that the odds rule out; give odds above 0 there",
        ),
        (
            lambda: attrs.evolve(ALLOWANCE, own_pay_share=0.8),
            "allowance: has pay shares of 0.8 and 0.3, which add up to more than 1",
        ),
        (lambda: attrs.evolve(MIX, bands=Named({"5": 0.5})), "mix: bands: add up to 0.5"),
        (
            lambda: attrs.evolve(MIX, bands=Named({"5": 0.5, "8e": 0.5})),
            "mix: bands: has the unknown name '8e'; did you mean '8",
        ),
        (lambda: Plan(kind="ccg", mix="m", sources=("x",), quality="choice"), "plan for ccg: has none or several of"),
        (
            lambda: Plan(kind="ccg", posts=5, outside=5, mix="m", sources=("x",), quality="choice"),
            "reserves 5 of 5 posts for people from outside",
        ),
        (lambda: attrs.evolve(england(), mix=england().mix.without("support")), "plan for csu: mix: is 'support'"),
        (lambda: fund([group("One", 5)], england()), "is for a kind without organisations"),
        (
            lambda: attrs.evolve(england(), payroll=None),
            "plan for ccg: uses payroll, but the table [payroll] is missing",
        ),
        (
            lambda: attrs.evolve(england(), total=None),
            "plan for nhs-elsewhere: uses rest, but the table [total] is missing",
        ),
        (lambda: InPost(wte=Named({}), vacancy_rate=1.0), "payroll: vacancy_rate: is 1; give a share below 1"),
        (lambda: InPost(wte=Named({}), vacancy_rate=0.1).posts_wte("Here"), "payroll: wte: has no staff in 'Here'"),
        (
            lambda: fund(bundled_bodies(), attrs.evolve(england(), total=AllPosts(posts=9))),
            "plan for nhs-elsewhere: gets -",
        ),
    ],
)
def test_a_mistake_is_told_in_a_sentence(wrong: Any, told: str) -> None:
    """Where, what is wrong, and what would be right."""
    with pytest.raises(InputError) as caught:
        wrong()
    assert told in str(caught.value)


def test_posts_for_a_body_that_is_shut_are_refused() -> None:
    """A plan whose posts come after a body's last day names the body, the day and the remedy."""
    plan = Plan(kind="ccg", posts=5, mix="m", since=dt.date(2013, 5, 1), sources=("x",), quality="choice")
    with pytest.raises(InputError, match="One: has a posts from 2013-05-01, after it closes"):
        fund([group("One", 5, closes=dt.date(2013, 3, 31))], funding(plan))
