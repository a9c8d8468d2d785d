"""Cover, months below it, work lost and single holders, against a replay of the log and hand-worked worlds."""

from __future__ import annotations

import datetime as dt
import math

import attrs
import numpy as np
import pytest
from empty import empty_run
from hypothesis import given, settings
from replayed import Replay
from small import CERTAIN, START, behaving, body, date, newcomers, on, once, person, played, rows
from worlds import runs, seeds, worlds

import nhstransit as nt
from nhstransit.errors import InputError, ScenarioError
from nhstransit.grammar import Appoint, Hire, Turn
from nhstransit.log import COLUMNS, Kind, Log
from nhstransit.measures.cover import Cover, grid, holders, lost_work, months_below
from nhstransit.measures.expertise import knowledge_by_month
from nhstransit.measures.knowledge import Knowledge, weights
from nhstransit.policies import Bridging, Filling, Hiring, Inflow, TransferWhole
from nhstransit.run.spells import month_days
from nhstransit.workforce.columns import Disposition, RiskClass
from tests.examples import examples

ODD = Cover(start=0.4, whole_start=0.8, ramp_months=2.0, drag=0.25, lent_share=0.7, minimum=0.6, winter_minimum=0.8)
MONTH = 365.25 / 12


def with_events(run, *added):
    """The run with other events in its log: (day, phase, kind, rule, staff, from, to, pence) each, in order of day."""
    every = sorted([*run.log.tuples(), *added], key=lambda event: event[0])
    columns = zip(*every, strict=True)
    log = Log(**{name: np.array(column, dtype) for (name, dtype), column in zip(COLUMNS.items(), columns, strict=True)})
    return attrs.evolve(run, log=log)


def lending(run):
    """The run with everybody lent on day 20 and half of them back on day 70, and an interim in each post that is empty."""
    run = attrs.evolve(run, log=run.log.take(run.log.kind != Kind.RISK))
    here = run.opening_post >= 0
    added = []
    for place, staff in enumerate(run.people.staff[here].tolist()):
        added.append((20, 2, Kind.RISK, 0, staff, 0, RiskClass.ASSIGNED, 0))
        if place % 2:
            added.append((70, 2, Kind.RISK, 0, staff, RiskClass.ASSIGNED, RiskClass.EXPOSED, 0))
    empty = sorted({post for post, opens in enumerate(run.posts.opens) if opens <= 0} - set(run.opening_post.tolist()))
    for place, post in enumerate(empty):
        added.append((10, 3, Kind.INTERIM, 0, -1, -1, post, 100))
        if place % 2:
            added.append((50, 3, Kind.INTERIM_ENDED, 0, -1, post, -1, 0))
    return with_events(run, *(event for event in added if event[0] < run.scenario.calendar.days))


def compare(run):
    """Every cell of the grid, and work by kind of loss, against the replay."""
    days = month_days(run).tolist()
    plain = Replay(run, Knowledge(), ODD, days).finish()
    seen = grid(run, ODD)
    for month, snapshot in enumerate(plain.snapshots):
        month_of_year = run.scenario.calendar.date(days[month]).month
        least = 0.8 if month_of_year in (12, 1, 2) else 0.6
        for body_place in range(seen.heads.shape[0]):
            for function in range(seen.heads.shape[1]):
                cell = snapshot["cells"].get((body_place, function), [0.0, 0.0, 0, 0])
                at = body_place, function, month
                told = seen.productive[at], seen.establishment[at], seen.heads[at], seen.posts[at]
                assert told == pytest.approx(tuple(cell), abs=1e-8), at
                assert seen.asked[at] == (cell[1] > 0)
                if abs(cell[0] - least * cell[1]) > 1e-7:
                    assert seen.below[at] == (cell[1] > 0 and cell[0] < least * cell[1])
    work = lost_work(run, by="all", cover=ODD).sum()
    for name, months in plain.days.items():
        assert work[name] == pytest.approx(months, abs=1e-8), name
    return seen


@examples(5, 50)
@given(runs())
def test_the_grid_is_that_of_a_plain_replay(run):
    """In any world, heads, posts, output and establishment of each cell and month are those of one person at a time."""
    compare(run)


@examples(5, 50)
@given(worlds(), seeds())
def test_lending_and_interims_are_those_of_a_plain_replay(world, seed):
    """The same where everybody is lent out for a while and interims cover the posts that are empty at the start."""
    hire = (name for name, policy in world.policies.items() if isinstance(policy, Hiring | Inflow))
    compare(lending(nt.simulate(world.without(*hire), seed=seed)))


@pytest.mark.thorough
@settings(max_examples=150)
@given(runs(crowded=True))
def test_the_grid_of_crowded_worlds_is_that_of_a_plain_replay(run):
    """The same in many worlds in which every policy plays, as they are and with everybody lent."""
    compare(run)
    compare(lending(run))


def test_a_newcomer_climbs_by_hand():
    """Of two finance posts of full hours one is filled in July: cover is a half, then (1 + 1 − 0.5 e^(−m/3)) / 2."""
    hired = Hire(posts=np.array([1]), newcomers=newcomers(7), start=on("2010-07-01"))
    run = played(
        person(1), bodies=(body("Old", "pct", ("finance", "6", 2)),), policies={"hire": once("2010-06-01", hired)}
    )
    share = grid(run).share[0, 0]
    assert share[:3].tolist() == [0.5] * 3
    for month, days in ((3, 30), (4, 61), (8, 183)):
        assert share[month] == pytest.approx((2 - 0.5 * math.exp(-days / MONTH / 3)) / 2)
    hire = {"transfer-whole": once("2010-06-01", hired)}  # nobody who is new comes with the work
    same = played(person(1), bodies=(body("Old", "pct", ("finance", "6", 2)),), policies=hire)
    assert grid(same).share[0, 0].tolist() == share.tolist()
    told = months_below(run).loc["Old"]
    assert told["months_lost_grip"] == 3 == told["function_months_below"] and told["body_months"] == 9
    assert told["lowest_cover"] == 0.5 and told["share_below"] == pytest.approx(3 / 9)
    work = lost_work(run).loc["pct"]
    assert work["lost_to_newness"] == pytest.approx(0.5 * 3 * (1 - math.exp(-184 / MONTH / 3)))
    assert work["vacant"] == pytest.approx(91 / MONTH) and work["in_post"] == pytest.approx((275 + 184) / MONTH)


def test_a_move_is_a_new_start_unless_the_work_is_the_same():
    """Who goes to another body starts at half, at nine tenths with a whole function; in the same work, at all."""
    bodies = (body("Old", "pct", ("finance", "6", 2), ("finance", "7", 1)), body("New", "ccg", ("finance", "6", 1)))
    move = once("2010-06-01", Appoint(rows=rows(0), posts=np.array([3]), start=on("2010-06-30")))
    run = played(person(1), bodies=bodies, policies={"transfer-whole": move})
    assert grid(run).share[1, 0, 2] == pytest.approx(0.9)
    assert grid(run, Cover(whole=())).share[1, 0, 2] == pytest.approx(0.5)
    up = once("2010-06-01", Appoint(rows=rows(0), posts=np.array([2]), start=on("2010-06-30")))
    risen = played(person(1), bodies=bodies[:1], policies={"up": up})
    assert grid(risen).productive[0, 0].tolist() == [1.0] * 9


@pytest.mark.parametrize("name", ["transfer-whole", "lift-and-shift"])
def test_work_moves_with_people_by_the_type_of_the_policy(name):
    """What a transfer of whole functions is called makes no difference; a filling round that borrows its name is none."""
    bodies = (body("Old", closes="2010-06-29"), body("New", "ccg", ("finance", "6", 1)))
    days = {"announced": START, "held": date("2010-05-01"), "starts": date("2010-06-30")}
    run = played(person(1), bodies=bodies, policies={name: TransferWhole(**days, receivers=("ccg",))})
    assert grid(run).share[1, 0, 2] == pytest.approx(0.9)
    assert knowledge_by_month(run)["lost_on_moves"].sum() == pytest.approx(0.05 * weights(run)[0], rel=0.02)
    round_ = played(person(1), bodies=bodies, policies={name: Filling(**days)})
    assert grid(round_).share[1, 0, 2] == pytest.approx(0.5)
    assert grid(round_, Cover(whole=("lift-and-shift",))).share[1, 0, 2] == pytest.approx(
        0.9 if name == "lift-and-shift" else 0.5
    )


def test_a_bridge_is_one_by_its_type():
    """Who moves out of a post in which bridging kept them keeps nine tenths, whatever that policy is called."""
    bodies = (body("Old", "sha", closes="2010-06-29"), body("New", "ccg", ("finance", "6", 1)))
    kept = Bridging(announced=START, offered=START, until=date("2010-06-29"), functions=("finance",))
    move = once("2010-05-10", Appoint(rows=rows(0), posts=np.array([1]), start=on("2010-06-30")))
    lost = [
        knowledge_by_month(played(person(1), bodies=bodies, policies={name: kept, "move": move}))["lost_on_moves"].sum()
        for name in ("bridging", "holding-on")
    ]
    assert lost[0] == lost[1] > 0


@pytest.mark.parametrize(("off", "lost"), [((), 0.1), (("drag",), 0.0)])
def test_nothing_is_lost_to_drag_where_it_is_switched_off(off, lost):
    """The disaffected who stay do all of their work in a run whose behaviour has drag off, in every table."""
    sour = once("2010-05-03", Turn(rows=rows(0), disposition=np.array([Disposition.LEAVER])))
    behaviour = attrs.evolve(behaving(), off=off)
    run = played(
        person(1), bodies=(body("Old", "pct", ("finance", "6", 1)),), policies={"a": sour}, behaviour=behaviour
    )
    assert grid(run).productive[0, 0, 1:].tolist() == pytest.approx([1.0 - lost] * 8)
    assert lost_work(run).loc["pct", "lost_to_drag"] == pytest.approx(lost * (on("2010-12-31") + 1 - 32) / MONTH)


def test_the_disaffected_and_the_lent_by_hand():
    """A leaver in post does nine tenths; who is lent does a quarter at home until they come into another post."""
    sour = once("2010-05-03", Turn(rows=rows(0), disposition=np.array([Disposition.LEAVER])))
    lent = once("2010-06-01", Turn(rows=rows(0), risk_class=RiskClass.ASSIGNED))
    move = once("2010-07-02", Appoint(rows=rows(0), posts=np.array([1]), start=on("2010-08-31")))
    bodies = body("Old", "pct", ("finance", "6", 1)), body("New", "ccg", ("finance", "6", 1))
    run = played(person(1), bodies=bodies, policies={"a": sour, "b": lent, "c": move})
    seen = grid(run)
    assert seen.productive[0, 0].tolist() == pytest.approx([1.0, 0.9, 0.225, 0.225, 0, 0, 0, 0, 0])
    assert seen.productive[1, 0, 4] == pytest.approx(0.5 * 0.9)
    assert grid(run, Cover(lent_share=0.5)).productive[0, 0, 2] == pytest.approx(0.45)
    work = lost_work(run, by="kind")
    assert work.loc["pct", "lost_to_drag"] == pytest.approx(0.1 * (29 + 0.25 * 91) / MONTH)
    assert work.loc["pct", "lent"] == pytest.approx(0.75 * 91 / MONTH)


def test_an_interim_covers_at_a_share():
    """A post with an interim counts nine tenths of a mean whole-time equivalent, while the cover lasts."""
    run = played(person(1), bodies=(body("Old", "pct", ("finance", "6", 2)),))
    covered = with_events(
        run,
        (on("2010-05-10"), 3, Kind.INTERIM, 0, -1, -1, 1, 100),
        (on("2010-06-11"), 3, Kind.INTERIM_ENDED, 0, -1, 1, -1, 0),
    )
    assert grid(covered).productive[0, 0, :3].tolist() == pytest.approx([1.0, 1.9, 1.0])
    assert holders(covered, on=dt.date(2010, 5, 31)).loc["Old", "truck_factor"] == 1  # the interim alone is too little
    assert holders(covered, on=dt.date(2010, 6, 30)).loc["Old", "truck_factor"] == 0
    work = lost_work(covered).loc["pct"]
    assert work["interims"] == pytest.approx(0.9 * 32 / MONTH) and work["vacant"] == pytest.approx(275 / MONTH)


def test_winter_may_ask_for_more():
    """At four fifths covered, only a December that asks for more is below."""
    people = [person(number) for number in range(4)]
    run = played(*people, bodies=(body("Old", "pct", ("finance", "6", 5)),))
    assert months_below(run).loc["Old", "months_lost_grip"] == 0
    winter = months_below(run, by="month", cover=Cover(winter_minimum=0.9))
    assert winter.index[winter["months_lost_grip"] > 0].tolist() == ["2010-12-31"]
    assert (
        months_below(run, cover=Cover(minimum=0.8)).loc["Old", "months_lost_grip"] == 0
    )  # at the minimum is not below


def test_only_critical_functions_are_counted():
    """An empty nursing post is no loss of grip where only finance is critical; a function there is not is refused."""
    run = played(person(1), bodies=(body("Old", "pct", ("finance", "6", 1), ("nursing", "5", 1)),))
    assert months_below(run).loc["Old", "months_lost_grip"] == 9
    critical = Cover(functions=("finance",))
    assert months_below(run, cover=critical).loc["Old", "months_lost_grip"] == 0
    assert months_below(run, by="function", cover=critical).index.tolist() == ["finance"]
    with pytest.raises(InputError, match="did you mean 'finance'"):
        months_below(run, cover=Cover(functions=("finanse",)))
    with pytest.raises(ScenarioError, match="give months as 1 to 12"):
        Cover(winter=(13,))


def test_a_body_is_asked_for_cover_from_its_opening_to_the_day_before_its_last():
    """A body in shadow form need not be covered yet; on a body's last day whoever goes with it has gone."""
    bodies = (
        body("Old", closes="2010-06-30"),
        body("New", "ccg", ("finance", "6", 1), shadow="2010-05-01", opens="2010-07-01"),
    )
    asked = grid(played(person(1), bodies=bodies)).asked[:, 0]
    assert asked[0].tolist() == [True, True] + [False] * 7
    assert asked[1].tolist() == [False] * 3 + [True] * 6


def test_cuts_count_the_same_cells():
    """By employer, kind, region, function, month or all together, the months of functions are the same."""
    run = nt.simulate(nt.load_scenario("hamlet"), seed=1)
    tables = {by: months_below(run, by=by) for by in ("employer", "kind", "region", "function", "month", "all")}
    for table in tables.values():
        assert table["function_months"].sum() == tables["all"].loc["all", "function_months"]
        assert table["function_months_below"].sum() == tables["all"].loc["all", "function_months_below"] > 0
    for by in ("kind", "region", "month"):
        assert tables[by]["months_lost_grip"].sum() == tables["employer"]["months_lost_grip"].sum()
    seen = grid(run)
    assert tables["employer"]["months_lost_grip"].sum() == seen.below.any(axis=1).sum()
    assert tables["function"]["bodies"].sum() == seen.asked.any(axis=2).sum()
    with pytest.raises(InputError, match="did you mean 'region'"):
        months_below(run, by="regions")


def test_work_adds_up():
    """Hours in post are lent, lost or productive; everyone gone on the first day leaves only vacancies."""
    run = nt.simulate(nt.load_scenario("hamlet"), seed=1)
    work = lost_work(run, by="function")
    parts = work[["lent", "lost_to_newness", "lost_to_drag", "productive"]].sum(axis=1)
    assert parts.to_numpy() == pytest.approx(work["in_post"].to_numpy())
    assert work["lost_to_newness"].sum() > 0 and work["lost_to_drag"].sum() > 0
    gone = lost_work(played(person(1), behaviour=behaving(resign=CERTAIN)), by="all").loc["all"]
    assert gone["in_post"] == 0 and gone["vacant"] == pytest.approx(275 / MONTH)
    assert not len(lost_work(empty_run())) and not len(months_below(empty_run())) and not len(holders(empty_run()))


def test_holders_and_truck_factor_by_hand():
    """Of five in finance two may go, the third not; nursing has a single holder, who may not go at all."""
    people = [person(number) for number in range(4)] + [person(4, wte=0.5), person(5, function="nursing")]
    run = played(*people)
    told = holders(run).loc["Old"]
    assert told["functions"] == 2 and told["single_holder_functions"] == 1 and told["share_single"] == 0.5
    assert told["truck_factor"] == 1 and told["weakest"] == "nursing"
    finance = holders(run, cover=Cover(functions=("finance",), minimum=0.5)).loc["Old"]
    assert finance["truck_factor"] == 3  # of 4.5 WTE, 2.25 are needed: 3.5, 2.5, 1.5
    short = played(person(1), bodies=(body("Old", "pct", ("finance", "6", 2)),))
    assert holders(short).loc["Old", "truck_factor"] == 0
    with pytest.raises(InputError, match="give one from 2010-04-30 to 2010-12-31"):
        holders(run, on=dt.date(2010, 4, 10))


@pytest.mark.thorough
def test_going_breaks_cover_and_not_sooner():
    """In the hamlet, taking the most productive out one by one breaks cover at the truck factor and not before."""
    run = nt.simulate(nt.load_scenario("hamlet"), seed=1)
    for month in (20, 40):
        days = month_days(run).tolist()
        table = holders(run, on=run.scenario.calendar.date(days[month]))
        seen = grid(run)
        plain = Replay(run, Knowledge(), Cover(), days[: month + 1])
        for name, row in table.iterrows():
            place = run.scenario.roster.names.index(name)
            least = math.inf
            for function in np.flatnonzero(seen.asked[place, :, month]).tolist():
                here = [
                    one for one in plain.people.values() if one.post >= 0 and plain.place(one.post) == (place, function)
                ]
                left = sorted((one.wte * plain.output(one, days[month])[3] for one in here), reverse=True)
                need = 0.75 * seen.establishment[place, function, month]
                count = 0
                while left and sum(left) >= need - 1e-9:
                    left = left[1:]
                    count = count + 1
                least = min(least, count)
            assert row["truck_factor"] == least


def test_employers_that_open_after_the_end_need_no_cover() -> None:
    """A world that ends before its successors begin: cover is counted for the others, and asked of none of theirs."""
    early = attrs.evolve(nt.load_scenario("hamlet"), end=dt.date(2010, 12, 31))
    seen = grid(nt.simulate(early, seed=1))
    successors = early.roster.of_kinds(["ccg"])
    assert successors.any() and not seen.asked[successors].any() and seen.asked[~successors].any()
