"""A policy that only adds cost never shows a saving, whatever it opens, fills, pays and removes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small import Own, behaving, body, date, newcomers, on, person, played, rows
from worlds import seeds

import nhstransit as nt
from nhstransit.grammar import Appoint, Ask, Depart, Hire, OpenPosts, Pay, RemovePosts, Retain
from nhstransit.log import Kind
from nhstransit.measures import (
    accounts,
    headlines,
    paybacks,
    persistence,
    present_values,
    qipp,
    savings,
    savings_by_year,
    staff_costs,
)
from nhstransit.measures.removals import openings
from tests.examples import examples

DAYS = ("2010-05-03", "2010-06-30", "2010-09-14", "2010-12-31", "2011-04-01")
END = date("2012-03-31")
PEOPLE = (person(1), person(2, pay=60_000, born="1960-01-01", since="1985-04-01"), person(4, wte=0.6), person(7, "New"))
BODIES = (
    body("Old", "pct", ("finance", "6", 3), closes="2011-06-30"),
    body("New", "ccg", ("finance", "6", 1), ("nursing", "7", 1)),
)
SIXTH = 5
SAVING = ("recurrent saving", "net recurrent saving", "cumulative net saving", "posts removed with saving")
NO_SAVING = 1e-9


def opened(count, employer, pence):
    """New posts in finance, band 6, at the usual cost or at `pence`."""
    given_cost = None if pence is None else np.full(count, pence)
    return OpenPosts(
        employer=np.full(count, employer), function=np.zeros(count, int), band=np.full(count, SIXTH), pence=given_cost
    )


def own_posts(situation):
    """Funded posts that the policy has opened."""
    return np.flatnonzero(~situation.posts.credited & situation.posts.funded)


def costly(situation, choice):
    """Effects of a policy that only adds cost, for one drawn choice."""
    people = situation.people
    posts = situation.posts
    what, count, employer, claim = choice
    vacant = own_posts(situation)[posts.vacant[own_posts(situation)]]
    free = np.flatnonzero(people.in_post & ~people.settled & ~np.isin(people.post, own_posts(situation)))
    holders = posts.holder[own_posts(situation)]
    holder_rows = holders[holders >= 0]
    holder_rows = holder_rows[~people.settled[holder_rows]]
    if what == "open":
        return [opened(count, employer, claim)]
    if what == "appoint" and len(vacant) and len(free):
        many = min(len(vacant), len(free), count)
        return [Appoint(rows=free[:many], posts=vacant[:many], start=situation.day)]
    if what == "hire" and len(vacant):
        return [Hire(posts=vacant[:1], newcomers=newcomers(1_000 + situation.day), start=situation.day + 1)]
    if what == "retain" and len(free):
        return [Retain(rows=free[:count], until=situation.day + 200, premium=0.2)]
    if what == "teach" and len(free):
        return [Pay(rows=free[:1], kind=Kind.TRAINING, pence=np.array([250_000]))]
    if what == "let go" and len(holder_rows):
        many = len(holder_rows)
        due = np.full(many, 1_000_000)
        none = np.zeros(many, "int64")
        last = np.full(many, situation.day + 30)
        return [
            Depart(
                rows=holder_rows, last_day=last, severance=due, in_lieu=none, strain=none, remove=np.ones(many, bool)
            )
        ]
    if what == "remove" and len(vacant):
        return [RemovePosts(posts=vacant[:count], pence=np.full(len(vacant[:count]), 9_000_000))]
    return []


CHOICES = st.tuples(
    st.sampled_from(("open", "open", "appoint", "hire", "retain", "teach", "let go", "remove")),
    st.integers(1, 3),
    st.integers(0, 1),
    st.sampled_from((None, None, 0, 2_500_000)),
)


@st.composite
def policies(draw):
    """A user's own policy that acts up to six times on each of five days, and changes only its own posts."""
    plan = {day: draw(st.lists(CHOICES, max_size=6)) for day in DAYS}

    def does(situation):
        day, number = [*situation.stage.split("/"), "0"][:2]
        if int(number) >= len(plan[day]):
            return []
        again = Ask(rows=rows(), day=situation.day, stage=f"{day}/{int(number) + 1}")
        return [*costly(situation, plan[day][int(number)]), again]

    return Own(dates=DAYS, does=does)


def world(**chosen):
    """Arguments for a run of four people in two employers, of which one closes, with random resignations."""
    return {"bodies": BODIES, "policies": chosen, "end": END, "behaviour": behaving(resign=0.2)}


@examples(4, 300)
@given(policies(), seeds())
def test_a_policy_that_only_adds_cost_never_shows_a_saving(policy, seed):
    """This holds in every headline, table, year and payback, also compared with a run without the policy."""
    run = played(*PEOPLE, seed=seed, **world(own=policy))
    baseline = played(*PEOPLE, seed=seed, **world())
    figures = headlines(run)
    holder_rows = headlines(baseline)
    assert all(figures[name] <= holder_rows[name] for name in SAVING)
    assert (savings(run)[["gross", "net"]].to_numpy() <= 0).all()
    assert (persistence(run)[["gross", "net"]].to_numpy() <= 0).all()
    for until in (None, date("2015-03-31")):
        by_year = savings_by_year(run, until=until)
        assert (by_year[["gross", "net", "net_of_interims"]].to_numpy() <= 0).all()
    assert (paybacks(run)["payback_net"] == np.inf).all() and not paybacks(run)["paid_back_on"].notna().any()
    assert (qipp(run)["saved"] <= 0).all()
    table = accounts(run)
    assert not (table["sort"] == "saved a year").any()
    costs = table.loc[table["sort"] == "cost a year"].groupby("rule")["pounds"].sum()
    assert round(100 * costs.sum()) == int(openings(run).pence[openings(run).until > 10**8].sum())
    values = present_values(run)["undiscounted"]
    assert values.get("pay and on-costs of removed posts", 0.0) == 0.0
    assert values.get("pay and on-costs of opened posts", 0.0) <= 0.0


@examples(3, 200)
@given(policies(), seeds())
def test_headlines_and_waterfall_agree_to_the_penny(policy, seed):
    """The waterfall explains the whole gap of staff cost without a residual, and the years add up to it."""
    run = played(*PEOPLE, seed=seed, **world(own=policy))
    baseline = played(*PEOPLE, seed=seed, **world())
    found = nt.compare(run, baseline=baseline)
    assert found.waterfall.residual == 0
    assert found.gaps.loc["staff cost", "gap"] == pytest.approx(float(found.waterfall.gap), abs=0.005)
    for one, edge in ((run, found.waterfall.end), (baseline, found.waterfall.start)):
        assert headlines(one)["staff cost"] == float(edge)
        assert staff_costs(one)["total"].sum() == pytest.approx(float(edge), abs=0.005)


def test_a_replacement_post_is_credited_once_instead_of_the_old_post():
    """The new post has no opening cost and saves its cost when it is removed. Removing the old post saves nothing."""
    instead = OpenPosts(
        employer=np.array([0]), function=np.array([1]), band=np.array([SIXTH]), instead_of=np.array([0], "int32")
    )

    def does(situation):
        if situation.stage == "2010-05-03":
            return [instead, Appoint(rows=rows(0), posts=np.array([5]), start=situation.day)]
        if situation.stage == "2010-06-30":
            return [RemovePosts(posts=np.array([0]), pence=np.array([3_000_000]))]
        none = np.zeros(1, "int64")
        last = np.array([situation.day])
        return [Depart(rows=rows(0), last_day=last, severance=none, in_lieu=none, strain=none, remove=none == 0)]

    run = played(*PEOPLE, bodies=BODIES, policies={"own": Own(dates=DAYS[:3], does=does)}, end=END)
    removed = run.log.of(Kind.REMOVED)
    assert removed.first.tolist()[:2] == [0, 5]
    assert removed.pence[0] == 0 and removed.pence[1] > 0
    row = savings(run).loc["own"]
    assert (row["posts_opened"], row["opened"], row["posts_removed"]) == (0, 0, 1)


def test_an_opened_post_costs_from_its_first_day_to_its_last():
    """At £365 a year from 3 May to 30 June, it costs £59 in 2010-11 and nothing afterwards."""

    def does(situation):
        if situation.stage == "2010-05-03":
            return [opened(1, 1, 36_500)]
        return [RemovePosts(posts=np.array([5]), pence=np.array([36_500]))]

    run = played(*PEOPLE, bodies=BODIES, policies={"own": Own(dates=DAYS[:2], does=does)}, end=END)
    assert on("2010-06-30") - on("2010-05-03") + 1 == 59
    assert savings_by_year(run)["opened"].tolist() == [59.0, 0.0]
    assert headlines(run)["cumulative net saving"] == -59.0
    lines = accounts(run).set_index("line")["pounds"]
    assert lines["recurrent cost begun (a year)"] == 365.0
    assert lines["recurrent cost ended (a year)"] == -365.0
    assert savings(run).loc["own", ["posts_opened", "opened", "net"]].tolist() == [1, 0, 0]
