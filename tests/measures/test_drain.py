"""Whom a run lost: boundaries, mixes, ratios, against plain counts and hand-worked worlds."""

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
    """Who of the opening staff is beyond each boundary at the end of a day, told event by event."""
    bodies = run.scenario.organisations
    posts = run.posts.employer.tolist()
    post = dict(zip(run.people.staff.tolist(), run.opening_post.tolist(), strict=True))
    began = dict(post)
    still = defaultdict(bool)
    for day, _, kind, rule, staff, _, new, _ in run.log.tuples():
        if day > last or staff < 0:
            continue
        if kind in (Kind.MOVED, Kind.ARRIVED):
            post[staff] = new
        elif kind is Kind.DEPARTED:
            post[staff] = -1
            still[staff] = run.rules[rule] == "resignation-within-nhs"
        elif kind is Kind.BACK:
            still[staff] = True
    found = {name: set() for name in BOUNDARIES}
    for staff, first in began.items():
        if first < 0:
            continue
        now = post[staff]
        if now < 0 or posts[now] != posts[first]:
            found["employer"].add(staff)
        if now < 0 or bodies[posts[now]].kind == "nhs-elsewhere":
            found["system"].add(staff)
        if now < 0 and not still[staff]:
            found["nhs"].add(staff)
    return found


@examples(5, 50)
@given(runs())
def test_boundaries_are_those_of_a_plain_count(run):
    """In any world and at any time, who is lost across each boundary is who a plain reading of the log says."""
    for share in (0.3, 0.7, 1.0):
        day = int((run.scenario.calendar.days - 1) * share)
        plain = beyond(run, day)
        for boundary in BOUNDARIES:
            found = lost(run, boundary, on=run.scenario.calendar.date(day))
            assert set(run.people.staff[found.rows[found.left]].tolist()) == plain[boundary]


def test_the_table_of_the_hamlet(hamlet):
    """Every column of every row is what a plain loop over the lost gives; knowledge is people times selection."""
    table = losses(hamlet)
    plain = beyond(hamlet, 10_000)
    people = hamlet.people
    k = weights(hamlet)
    origin = dt.date(2010, 4, 1)
    opening = np.flatnonzero(hamlet.opening_post >= 0)
    for boundary in BOUNDARIES:
        row = table.loc[boundary]
        who = [int(np.flatnonzero(people.staff == s)[0]) for s in sorted(plain[boundary])]
        assert row["people"] == len(who) > 0
        assert row["wte"] == pytest.approx(people.wte[who].sum())
        assert row["knowledge"] == pytest.approx(sum(k[w] for w in who))
        assert row["share_of_knowledge"] == pytest.approx(sum(k[w] for w in who) / k[opening].sum())
        assert row["share_of_knowledge"] == pytest.approx(row["share_of_people"] * row["selection_ratio"])
        since = [dt.date(1970, 1, 1) + dt.timedelta(int(people.service_from[w])) for w in who]
        assert row["experience_years"] == pytest.approx(sum((origin - day).days for day in since) / 365.25)
        long = [day.replace(year=day.year + 15) <= origin for day in since if (day.month, day.day) != (2, 29)]
        assert row["share_over_15_years"] == pytest.approx(np.mean(long), abs=0.01)
        assert row["share_clinicians"] == pytest.approx(np.mean([people.clinician[w] for w in who]))
        assert row["share_band_8a_up"] == pytest.approx(np.mean([people.band[w] >= 7 for w in who]))
    first = table.loc["opening staff"]
    assert first["people"] == 300 and first["share_of_people"] == first["selection_ratio"] == 1.0


def test_back_elsewhere_is_not_lost_to_the_nhs():
    """Who leaves and is back in another body is lost to the employer and the system, not to the NHS."""
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


def test_elsewhere_in_the_nhs_is_out_of_the_system():
    """Who moves to a body that stands for the rest of the NHS is lost to employer and system; to a successor, to neither."""
    bodies = (body("Old"), body("Rest", "nhs-elsewhere", ("finance", "6", 1)), body("New", "ccg", ("finance", "6", 1)))
    move = once("2010-06-01", Appoint(rows=rows(0, 1), posts=np.array([2, 3]), start=on("2010-07-01")))
    table = losses(played(person(1), person(2), bodies=bodies, policies={"move": move}))
    assert table.loc[list(BOUNDARIES), "people"].tolist() == [2, 1, 0]


def test_only_those_who_left_by_a_rule(hamlet):
    """Asked of MARS alone, the lost are those whose last exit it was; a rule that is none is refused with the nearest."""
    table = losses(hamlet, rules=("mars",))
    left = hamlet.log.of(Kind.DEPARTED)
    assert table.loc["system", "people"] == (left.rule == 40).sum() > 0
    with pytest.raises(InputError, match="did you mean 'mars'"):
        losses(hamlet, rules=("marz",))
    with pytest.raises(InputError, match="did you mean 'nhs'"):
        lost(hamlet, "nhss")
    with pytest.raises(InputError, match="give one from 2010-04-01 to 2014-03-31"):
        losses(hamlet, on=dt.date(2015, 1, 1))


def test_routes_share_out_the_losses(hamlet):
    """Route by route, people and knowledge add up to those lost; the row of MARS is what is lost by MARS alone."""
    for boundary in BOUNDARIES:
        routes = losses_by_route(hamlet, boundary)
        whole = losses(hamlet).loc[boundary]
        for column in ("people", "wte", "knowledge", "experience_years", "share_of_knowledge"):
            assert routes[column].sum() == pytest.approx(whole[column])
        alone = losses(hamlet, rules=("mars",)).loc[boundary].drop("meaning")
        assert routes.loc["mars"].to_dict() == alone.to_dict()
        assert ("moved" in routes.index) == (boundary == "employer")
    assert not len(losses_by_route(empty_run()))


def test_nobody_lost_and_everybody():
    """Without people nothing can be said; without exits nothing is lost; where all leave, all is lost and nobody chosen."""
    assert math.isnan(losses(empty_run()).loc["nhs", "share_of_people"])
    assert not len(leaver_mix(empty_run()))
    calm = losses(played(person(1)))
    assert calm.loc["nhs", "share_of_knowledge"] == 0.0 and math.isnan(calm.loc["nhs", "selection_ratio"])
    gone = losses(played(person(1), person(2, since="1990-05-01"), behaviour=behaving(other=CERTAIN)))
    assert (gone["selection_ratio"] == 1.0).all() and (gone["people"] == 2).all()
    assert knowledge_lost(played(person(1), behaviour=behaving(other=CERTAIN))) == 1.0


def test_leavers_drawn_by_lot_are_not_selected(hamlet):
    """The mean selection ratio of 2,000 groups drawn by lot from the hamlet is 1 within sampling error."""
    k = weights(hamlet)[:300]
    luck = np.random.default_rng(8)
    means = [k[luck.choice(300, 40, replace=False)].mean() / k.mean() for _ in range(2_000)]
    assert abs(np.mean(means) - 1) < 4 * np.std(means) / math.sqrt(2_000)


@pytest.mark.parametrize("by", CHARACTERISTICS)
def test_mixes_add_up(hamlet, by):
    """By any characteristic, people, people lost and knowledge lost are those of the whole; shares add up to one."""
    table = leaver_mix(hamlet, by)
    whole = losses(hamlet)
    assert table["people_at_start"].sum() == 300
    assert table["people_lost"].sum() == whole.loc["nhs", "people"]
    assert table["knowledge_lost"].sum() == pytest.approx(whole.loc["nhs", "knowledge"])
    assert table["share_of_lost"].sum() == pytest.approx(1) and table["share_of_start"].sum() == pytest.approx(1)
    assert (table["representation"] * table["share_of_start"]).sum() == pytest.approx(1)


def test_functions_of_leavers_by_plain_count(hamlet):
    """Leavers by function are those of a plain count."""
    people = hamlet.people
    function = dict(zip(people.staff.tolist(), people.function.tolist(), strict=True))
    plain = Counter(people.functions[function[staff]] for staff in beyond(hamlet, 10_000)["nhs"])
    assert {name: count for name, count in leaver_mix(hamlet)["people_lost"].items() if count} == plain


def test_shifts_are_those_of_scipy(hamlet):
    """Dissimilarity and divergence of each cut are those worked out from the mixes themselves."""
    shifts = mix_shift(hamlet, ("function", "band", "age"))
    for by, row in shifts.iterrows():
        mix = leaver_mix(hamlet, by)
        p = mix["people_lost"].to_numpy(float)
        q = mix["people_at_start"].to_numpy(float)
        assert row["dissimilarity"] == pytest.approx(np.abs(p / p.sum() - q / q.sum()).sum() / 2)
        assert row["jensen_shannon_bits"] == pytest.approx(jensenshannon(p, q, base=2) ** 2)
    assert mix_shift(played(person(1)))["dissimilarity"].isna().all()


def test_regions_that_lose_alike_and_not():
    """Two regions with two each: all of one region gone gives Theil ln 2 and Gini a half; one of each gives zero."""
    bodies = (body("Old", region="North", closes="2010-06-30"), body("Other", region="South"))
    run = played(person(1), person(2), person(3, "Other"), person(4, "Other"), bodies=bodies)
    one = concentration(run).loc["nhs"]
    assert one["theil_of_people"] == pytest.approx(math.log(2)) and one["gini_of_people"] == pytest.approx(0.5)
    assert one["gini_of_knowledge"] == pytest.approx(0.5)
    even = concentration(played(person(1), person(2, "Other"), bodies=bodies, behaviour=behaving(other=CERTAIN)))
    assert (even.abs() < 1e-12).all(axis=None)
    assert concentration(played(person(1))).isna().all(axis=None)


@pytest.mark.thorough
def test_knowledge_at_risk_over_runs():
    """Over eight replications of the hamlet, at 0.75: the sixth worst, and the mean of the worst two."""
    world = nt.load_scenario("hamlet")
    shares = np.array([knowledge_lost(nt.simulate(world, seed=seed)) for seed in range(1, 9)])
    found = knowledge_at_risk(shares, 0.75)
    ordered = np.sort(shares)
    assert found.at_risk == ordered[5] and found.shortfall == pytest.approx(ordered[6:].mean())


def test_weights_can_count_all_bands_alike(hamlet):
    """With a power of zero the band is of no account: then only service and skill tell people apart."""
    plain = Knowledge(band_power=0.0, skill_slope=0.0)
    k = weights(hamlet, plain)[:300]
    served = (14_700 - hamlet.people.service_from[:300]) / 365.25
    assert k == pytest.approx(1 - np.exp(-np.maximum(served, 1 / 12) / 5))
