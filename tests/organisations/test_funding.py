"""From money to posts: the formula by hand, and England's posts compared with the published plans."""

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
    """The bundled organisations with the posts of the bundled funding."""
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


def test_the_allowance_buys_the_expected_wte() -> None:
    """£25 for 200,000 residents is £5m: £1m buys 20 WTE at £50,000, and £1.5m buys 37.5 WTE of support at £40,000."""
    assert ALLOWANCE.own_wte(200_000) == pytest.approx(20)
    assert ALLOWANCE.support_wte(200_000) == pytest.approx(37.5)
    assert ALLOWANCE.non_pay_share == pytest.approx(0.5)


def test_wte_are_converted_to_posts_of_one_person_each() -> None:
    """20 WTE at 0.8 WTE per person are 25 posts, shared between groups in proportion to residents."""
    plan = Plan(kind="ccg", money="own pay", mix="m", sources=("x",), quality="choice")
    bodies = [group("One", 50_000), group("Two", 150_000)]
    assert posts_by_body(bodies, plan, funding(plan)).tolist() == [6, 19]


def test_posts_follow_from_the_staff_in_post() -> None:
    """90 WTE in post at a vacancy rate of 0.1 are 100 WTE, or 125 posts of 0.8 WTE, shared in proportion to residents."""
    plan = Plan(kind="ccg", by="payroll", mix="m", sources=("x",), quality="choice")
    there = InPost(wte=Named({"Here": 90.0, "There": 8.0}), vacancy_rate=0.1)
    bodies = [group("One", 50_000), group("Two", 150_000), attrs.evolve(group("Three", 10), region="There")]
    assert posts_by_body(bodies, plan, funding(plan, payroll=there)).tolist() == [31, 94, 11]
    more = attrs.evolve(there, unseen=0.1)
    assert posts_by_body(bodies, plan, funding(plan, payroll=more)).sum() == round(90 * 1.1 / 0.9 / 0.8) + 12


def test_one_kind_can_receive_the_rest_of_all_posts() -> None:
    """Of 500 posts, groups have those of their payroll, and other employers have the rest, at any vacancy rate."""
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


def test_commissioning_groups_have_the_posts_that_their_payroll_implies() -> None:
    """8,296 WTE were in post in April 2013.

    At a vacancy rate of 0.08 that is 9,018 WTE of posts, region by region.
    """
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


def test_the_payroll_of_groups_equals_the_table_of_groups() -> None:
    """The staff in post of each region are the sum over its groups; 147 of 211 groups have an entry."""
    cells = tables.read_csv(found("england/groups-2013.csv"))
    seen: dict[str, float] = {}
    for region, fte in zip(cells["region"], cells["fte"], strict=True):
        seen[region] = seen.get(region, 0.0) + float(fte or 0)
    assert sum(bool(fte) for fte in cells["fte"]) == 147
    assert england().payroll is not None
    assert {region: round(wte, 1) for region, wte in seen.items()} == dict(england().payroll.wte)


def test_support_units_have_the_planned_posts() -> None:
    """7,000 to 8,000 WTE were planned. The number of posts is between 7,000 and the 9,000 people of 2014."""
    residents = sum(body.population for body in bodies() if body.kind == "ccg")
    assert 7_000 <= england().allowance.support_wte(residents) <= 8_000
    assert 7_000 <= sum(posts("csu")) <= 9_000


def test_successors_have_about_the_reported_number_of_posts() -> None:
    """All successors together have 48,000 to 50,000 posts. Every plan with a number has exactly that number."""
    assert 48_000 <= sum(line.posts for body in bodies() for line in body.establishment) <= 50_000
    for plan in england().plan:
        assert not plan.posts or sum(posts(plan.kind)) == plan.posts


def test_six_thousand_posts_are_for_people_from_outside() -> None:
    """They include 3,686 posts for staff of the Health Protection Agency.

    `include_outside=False` removes exactly these posts.
    """
    inside = fund(bundled_bodies(), england(), include_outside=False)
    less = sum(line.posts for body in bodies() for line in body.establishment) - sum(
        line.posts for body in inside for line in body.establishment
    )
    assert less == sum(plan.outside for plan in england().plan) == 6_000


def shares_of_posts() -> tuple[dict[str, float], dict[str, float]]:
    """Shares of all successors' posts by function and by band, without posts for people from outside."""
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


def test_only_senior_bands_have_clearly_fewer_posts_than_staff() -> None:
    """Shares of posts are compared with shares of the opening staff, by function and band."""
    chosen = (one for one in load_margins("england/margins-2010.toml").margin if one.of in ("function", "band"))
    margins = {one.of: one.shares or one.by["pct"] for one in chosen}
    functions, bands = shares_of_posts()
    assert all(functions[name] > 0.75 * size for name, size in margins["function"].items())
    top = [bands[band] / margins["band"][band] for band in ("8c", "8d", "9", "VSM")]
    others = [bands[band] / margins["band"][band] for band in ("2", "3", "4", "5", "6", "7")]
    assert max(top) < min(0.95, *others) and min(others) > 0.9


@pytest.mark.parametrize("what", ["function", "band"])
def test_each_share_of_successors_posts_has_a_range_that_contains_it(what: str) -> None:
    """A range for an unknown name, or one that does not contain the share, is refused."""
    for mix in england().mix.values():
        shares, ranges = (mix.functions, mix.function_ranges) if what == "function" else (mix.bands, mix.band_ranges)
        assert set(shares) == set(ranges)
    name, other = ("finance", "finanse") if what == "function" else ("6", "10")
    for wrong, message in (({name: (0.0, 0.5)}, "whose share is 1"), ({other: (0.0, 1.0)}, "has no share")):
        with pytest.raises(OrganisationError, match=message):
            Mix(
                functions=Named({"finance": 1.0}),
                bands=Named({"6": 1.0}),
                sources=("project",),
                quality="assumption",
                **{f"{what}_ranges": Named(wrong)},
            )


def test_posts_cost_what_the_allowance_assumes() -> None:
    """At the mean pay of each band in April 2013, a post of a support unit costs what the allowance assumes, within 2%."""
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
def test_posts_are_whole_and_their_mix_is_met_over_all_employers(sizes: list[int]) -> None:
    """Each employer has its number of posts, and the mix of functions and bands is met within two posts."""
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
def test_odds_do_not_change_the_shares_of_functions_and_bands(
    functions: list[float], bands: list[float], odds: list[float]
) -> None:
    """The table has the shares of the mix and the odds ratios that are given."""
    mix = Mix(
        functions=named_shares("abc", functions), bands=named_shares("567", bands), sources=("x",), quality="choice"
    )
    rows = {name: dict(zip("567", odds[3 * at : 3 * at + 3], strict=True)) for at, name in enumerate("abc")}
    table = mix.table(within(**rows))[:, [BANDS.index(band) for band in "567"]]
    assert table.sum(axis=1) == pytest.approx(list(mix.functions.values()), abs=1e-6)
    assert table.sum(axis=0) == pytest.approx(list(mix.bands.values()), abs=1e-9)
    expected = np.array(odds).reshape(3, 3)
    for one in (table, expected):
        one /= one[:, :1] * one[:1] / one[0, 0]
    assert table == pytest.approx(expected, rel=1e-6)


def test_without_odds_every_function_has_the_same_bands() -> None:
    """Odds of 1 change nothing."""
    assert MIX.table(None) == pytest.approx(MIX.table(within(a={"5": 1.0})))
    assert MIX.table(None)[0, BANDS.index("5")] == 0.5 * 0.75


def test_bundled_posts_have_the_bands_of_the_opening_staff() -> None:
    """The odds equal those of the opening staff, and no clinical post in the community is below Band 5."""
    given_odds = england().bands_within
    assert given_odds is not None
    lines = [line for one in bodies() for line in one.establishment if line.function == "community-clinical"]
    assert lines and not {line.band for line in lines} & {"2", "3", "4"}
    theirs = next(one for one in load_margins("england/margins-2010.toml").odds if one.within == "function")
    same = [
        name for name in theirs.by if name != "public-health"
    ]  # some posts need registration: fewer are below Band 5
    assert {name: dict(given_odds.odds[name]) for name in same} == {name: dict(theirs.by[name]) for name in same}


@pytest.mark.parametrize(
    ("wrong", "message"),
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
def test_invalid_funding_is_refused(wrong: Any, message: str) -> None:
    """The error says where, what is wrong, and what would be right."""
    with pytest.raises(InputError) as caught:
        wrong()
    assert message in str(caught.value)


def test_posts_after_an_organisation_closes_are_refused() -> None:
    """The error names the organisation and the date."""
    plan = Plan(kind="ccg", posts=5, mix="m", since=dt.date(2013, 5, 1), sources=("x",), quality="choice")
    with pytest.raises(InputError, match="One: has a posts from 2013-05-01, after it closes"):
        fund([group("One", 5, closes=dt.date(2013, 3, 31))], funding(plan))
