"""People and knowledge lost in a run, compared with plain counts and examples by hand."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter, defaultdict

import numpy as np
import pytest
from empty import empty_run
from hypothesis import given
from scipy.spatial.distance import jensenshannon
from small import CERTAIN, behaving, body, on, once, person, played, rows
from worlds import runs

import nhstransit as nt
from nhstransit.errors import InputError
from nhstransit.grammar import Appoint, Back
from nhstransit.log import Kind
from nhstransit.measures.drain import (
    BOUNDARIES,
    concentration,
    knowledge_at_risk,
    knowledge_lost,
    leaver_mix,
    losses,
    losses_by_route,
    lost,
    mix_shift,
)
from nhstransit.measures.knowledge import Knowledge, weights
from nhstransit.run.groups import CHARACTERISTICS
from tests.examples import examples
from tests.shared import hamlet_run


@pytest.fixture(scope="module")
def hamlet():
    """The hamlet."""
    return hamlet_run()


def beyond(run, last):
    """The opening staff lost across each boundary by the end of a day, from a walk through the events."""
    bodies = run.scenario.organisations
    posts = run.posts.employer.tolist()
    post = dict(zip(run.people.staff.tolist(), run.opening_post.tolist(), strict=True))
    start_post = dict(post)
    still_in_nhs = defaultdict(bool)
    for day, _, kind, rule, staff, _, new, _ in run.log.tuples():
        if day > last or staff < 0:
            continue
        if kind in (Kind.MOVED, Kind.ARRIVED):
            post[staff] = new
        elif kind is Kind.DEPARTED:
            post[staff] = -1
            still_in_nhs[staff] = run.rules[rule] == "resignation-within-nhs"
        elif kind is Kind.BACK:
            still_in_nhs[staff] = True
    found = {name: set() for name in BOUNDARIES}
    for staff, first in start_post.items():
        if first < 0:
            continue
        now = post[staff]
        if now < 0 or posts[now] != posts[first]:
            found["employer"].add(staff)
        if now < 0 or bodies[posts[now]].kind == "nhs-elsewhere":
            found["system"].add(staff)
        if now < 0 and not still_in_nhs[staff]:
            found["nhs"].add(staff)
    return found


@examples(5, 50)
@given(runs())
def test_losses_across_each_boundary_equal_a_plain_count(run):
    """They are equal in any scenario on several days."""
    for share in (0.3, 0.7, 1.0):
        day = int((run.scenario.calendar.days - 1) * share)
        plain = beyond(run, day)
        for boundary in BOUNDARIES:
            found = lost(run, boundary, on=run.scenario.calendar.date(day))
            assert set(run.people.staff[found.rows[found.left]].tolist()) == plain[boundary]


def test_the_table_of_losses_in_the_hamlet(hamlet):
    """Every column equals a plain loop. The share of knowledge is the share of people times the selection ratio."""
    table = losses(hamlet)
    plain = beyond(hamlet, 10_000)
    people = hamlet.people
    k = weights(hamlet)
    origin = dt.date(2010, 4, 1)
    opening = np.flatnonzero(hamlet.opening_post >= 0)
    for boundary in BOUNDARIES:
        row = table.loc[boundary]
        lost_rows = [int(np.flatnonzero(people.staff == s)[0]) for s in sorted(plain[boundary])]
        assert row["people"] == len(lost_rows) > 0
        assert row["wte"] == pytest.approx(people.wte[lost_rows].sum())
        assert row["knowledge"] == pytest.approx(sum(k[w] for w in lost_rows))
        assert row["share_of_knowledge"] == pytest.approx(sum(k[w] for w in lost_rows) / k[opening].sum())
        assert row["share_of_knowledge"] == pytest.approx(row["share_of_people"] * row["selection_ratio"])
        since = [dt.date(1970, 1, 1) + dt.timedelta(int(people.service_from[w])) for w in lost_rows]
        assert row["experience_years"] == pytest.approx(sum((origin - day).days for day in since) / 365.25)
        long = [day.replace(year=day.year + 15) <= origin for day in since if (day.month, day.day) != (2, 29)]
        assert row["share_over_15_years"] == pytest.approx(np.mean(long), abs=0.01)
        assert row["share_clinicians"] == pytest.approx(np.mean([people.clinician[w] for w in lost_rows]))
        assert row["share_band_8a_up"] == pytest.approx(np.mean([people.band[w] >= 7 for w in lost_rows]))
    first = table.loc["opening staff"]
    assert first["people"] == 300 and first["share_of_people"] == first["selection_ratio"] == 1.0


def test_a_person_who_returns_to_another_employer_is_not_lost_to_the_nhs():
    """They are lost to the employer and the system."""
    run = played(
        person(1),
        person(2),
        behaviour=behaving(resign=CERTAIN),
        policies={"back": once("2010-08-02", Back(rows=rows(0)))},
    )
    table = losses(run)
    within = (run.log.of(Kind.DEPARTED).rule == 3).sum()
    assert table.loc["employer", "people"] == table.loc["system", "people"] == 2
    assert table.loc["nhs", "people"] == 2 - within - (run.log.of(Kind.DEPARTED).rule[0] != 3)
    early = losses(run, on=dt.date(2010, 8, 1))
    assert early.loc["nhs", "people"] == 2 - within


def test_a_move_to_the_rest_of_the_nhs_is_lost_to_the_system():
    """A move to a successor is lost to the employer only."""
    bodies = (body("Old"), body("Rest", "nhs-elsewhere", ("finance", "6", 1)), body("New", "ccg", ("finance", "6", 1)))
    move = once("2010-06-01", Appoint(rows=rows(0, 1), posts=np.array([2, 3]), start=on("2010-07-01")))
    table = losses(played(person(1), person(2), bodies=bodies, policies={"move": move}))
    assert table.loc[list(BOUNDARIES), "people"].tolist() == [2, 1, 0]


def test_losses_can_be_limited_to_rules(hamlet):
    """With MARS alone, people count if their last exit was under MARS.

    Unknown rules are refused with the nearest name.
    """
    table = losses(hamlet, rules=("mars",))
    left = hamlet.log.of(Kind.DEPARTED)
    assert table.loc["system", "people"] == (left.rule == 40).sum() > 0
    with pytest.raises(InputError, match="did you mean 'mars'"):
        losses(hamlet, rules=("marz",))
    with pytest.raises(InputError, match="did you mean 'nhs'"):
        lost(hamlet, "nhss")
    with pytest.raises(InputError, match="give one from 2010-04-01 to 2014-03-31"):
        losses(hamlet, on=dt.date(2015, 1, 1))


def test_losses_by_route_add_up_to_all_losses(hamlet):
    """The row of MARS equals the losses under MARS alone."""
    for boundary in BOUNDARIES:
        routes = losses_by_route(hamlet, boundary)
        whole = losses(hamlet).loc[boundary]
        for column in ("people", "wte", "knowledge", "experience_years", "share_of_knowledge"):
            assert routes[column].sum() == pytest.approx(whole[column])
        alone = losses(hamlet, rules=("mars",)).loc[boundary].drop("meaning")
        assert routes.loc["mars"].to_dict() == alone.to_dict()
        assert ("moved" in routes.index) == (boundary == "employer")
    assert not len(losses_by_route(empty_run()))


def test_losses_without_people_without_exits_and_if_everyone_leaves():
    """Without people, shares are NaN. Without exits, losses are zero. If everyone leaves, the selection ratio is 1."""
    assert math.isnan(losses(empty_run()).loc["nhs", "share_of_people"])
    assert not len(leaver_mix(empty_run()))
    calm = losses(played(person(1)))
    assert calm.loc["nhs", "share_of_knowledge"] == 0.0 and math.isnan(calm.loc["nhs", "selection_ratio"])
    all_left = losses(played(person(1), person(2, since="1990-05-01"), behaviour=behaving(other=CERTAIN)))
    assert (all_left["selection_ratio"] == 1.0).all() and (all_left["people"] == 2).all()
    assert knowledge_lost(played(person(1), behaviour=behaving(other=CERTAIN))) == 1.0


def test_random_leavers_have_a_mean_selection_ratio_of_one(hamlet):
    """The mean over 2,000 random groups from the hamlet is 1 within sampling error."""
    k = weights(hamlet)[:300]
    rng = np.random.default_rng(8)
    means = [k[rng.choice(300, 40, replace=False)].mean() / k.mean() for _ in range(2_000)]
    assert abs(np.mean(means) - 1) < 4 * np.std(means) / math.sqrt(2_000)


@pytest.mark.parametrize("by", CHARACTERISTICS)
def test_the_mix_of_leavers_adds_up(hamlet, by):
    """By any characteristic, people, people lost and knowledge lost sum to the totals, and shares sum to 1."""
    table = leaver_mix(hamlet, by)
    whole = losses(hamlet)
    assert table["people_at_start"].sum() == 300
    assert table["people_lost"].sum() == whole.loc["nhs", "people"]
    assert table["knowledge_lost"].sum() == pytest.approx(whole.loc["nhs", "knowledge"])
    assert table["share_of_lost"].sum() == pytest.approx(1) and table["share_of_start"].sum() == pytest.approx(1)
    assert (table["representation"] * table["share_of_start"]).sum() == pytest.approx(1)


def test_leavers_by_function_equal_a_plain_count(hamlet):
    people = hamlet.people
    function = dict(zip(people.staff.tolist(), people.function.tolist(), strict=True))
    plain = Counter(people.functions[function[staff]] for staff in beyond(hamlet, 10_000)["nhs"])
    assert {name: count for name, count in leaver_mix(hamlet)["people_lost"].items() if count} == plain


def test_shifts_of_the_mix_agree_with_scipy(hamlet):
    """Dissimilarity and divergence are computed from the mixes for comparison."""
    shifts = mix_shift(hamlet, ("function", "band", "age"))
    for by, row in shifts.iterrows():
        mix = leaver_mix(hamlet, by)
        p = mix["people_lost"].to_numpy(float)
        q = mix["people_at_start"].to_numpy(float)
        assert row["dissimilarity"] == pytest.approx(np.abs(p / p.sum() - q / q.sum()).sum() / 2)
        assert row["jensen_shannon_bits"] == pytest.approx(jensenshannon(p, q, base=2) ** 2)
    assert mix_shift(played(person(1)))["dissimilarity"].isna().all()


def test_concentration_of_losses_by_region_by_hand():
    """Of two equal regions, one loses everyone: Theil's T is ln 2 and the Gini coefficient 0.5.

    Equal losses have zero.
    """
    bodies = (body("Old", region="North", closes="2010-06-30"), body("Other", region="South"))
    run = played(person(1), person(2), person(3, "Other"), person(4, "Other"), bodies=bodies)
    one = concentration(run).loc["nhs"]
    assert one["theil_of_people"] == pytest.approx(math.log(2)) and one["gini_of_people"] == pytest.approx(0.5)
    assert one["gini_of_knowledge"] == pytest.approx(0.5)
    even = concentration(played(person(1), person(2, "Other"), bodies=bodies, behaviour=behaving(other=CERTAIN)))
    assert (even.abs() < 1e-12).all(axis=None)
    assert concentration(played(person(1))).isna().all(axis=None)


@pytest.mark.thorough
def test_knowledge_at_risk_over_replications():
    """Over eight replications at level 0.75: the sixth smallest loss, and the mean of the two largest."""
    world = nt.load_scenario("hamlet")
    shares = np.array([knowledge_lost(nt.simulate(world, seed=seed)) for seed in range(1, 9)])
    found = knowledge_at_risk(shares, 0.75)
    ordered = np.sort(shares)
    assert found.at_risk == ordered[5] and found.shortfall == pytest.approx(ordered[6:].mean())


def test_weights_can_ignore_bands(hamlet):
    """With a band power and skill slope of zero, weights depend on service only."""
    plain = Knowledge(band_power=0.0, skill_slope=0.0)
    k = weights(hamlet, plain)[:300]
    served = (14_700 - hamlet.people.service_from[:300]) / 365.25
    assert k == pytest.approx(1 - np.exp(-np.maximum(served, 1 / 12) / 5))
