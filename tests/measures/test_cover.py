"""Cover, months below the minimum, lost work and single holders, compared with a replay and with examples by hand."""

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
from tests.shared import hamlet_run

ODD = Cover(start=0.4, whole_start=0.8, ramp_months=2.0, drag=0.25, lent_share=0.7, minimum=0.6, winter_minimum=0.8)
MONTH = 365.25 / 12


def with_events(run, *added):
    """The run with further events in its log, each (day, phase, kind, rule, staff, from, to, pence), sorted by day."""
    every = sorted([*run.log.tuples(), *added], key=lambda event: event[0])
    columns = zip(*every, strict=True)
    log = Log(**{name: np.array(column, dtype) for (name, dtype), column in zip(COLUMNS.items(), columns, strict=True)})
    return attrs.evolve(run, log=log)


def lending(run):
    """The run with everyone lent on day 20, half of them back on day 70, and an interim in each vacant post."""
    run = attrs.evolve(run, log=run.log.take(run.log.kind != Kind.RISK))
    here = run.opening_post >= 0
    added = []
    for number, staff in enumerate(run.people.staff[here].tolist()):
        added.append((20, 2, Kind.RISK, 0, staff, 0, RiskClass.ASSIGNED, 0))
        if number % 2:
            added.append((70, 2, Kind.RISK, 0, staff, RiskClass.ASSIGNED, RiskClass.EXPOSED, 0))
    vacant = sorted({post for post, opens in enumerate(run.posts.opens) if opens <= 0} - set(run.opening_post.tolist()))
    for number, post in enumerate(vacant):
        added.append((10, 3, Kind.INTERIM, 0, -1, -1, post, 100))
        if number % 2:
            added.append((50, 3, Kind.INTERIM_ENDED, 0, -1, post, -1, 0))
    return with_events(run, *(event for event in added if event[0] < run.scenario.calendar.days))


def check_against_replay(run):
    """Compare every cell of the grid, and work by kind of loss, with the replay."""
    days = month_days(run).tolist()
    plain = Replay(run, Knowledge(), ODD, days).finish()
    seen = grid(run, ODD)
    for month, snapshot in enumerate(plain.snapshots):
        month_of_year = run.scenario.calendar.date(days[month]).month
        least = 0.8 if month_of_year in (12, 1, 2) else 0.6
        for employer in range(seen.heads.shape[0]):
            for function in range(seen.heads.shape[1]):
                cell = snapshot["cells"].get((employer, function), [0.0, 0.0, 0, 0])
                at = employer, function, month
                computed = seen.productive[at], seen.establishment[at], seen.heads[at], seen.posts[at]
                assert computed == pytest.approx(tuple(cell), abs=1e-8), at
                assert seen.asked[at] == (cell[1] > 0)
                if abs(cell[0] - least * cell[1]) > 1e-7:
                    assert seen.below[at] == (cell[1] > 0 and cell[0] < least * cell[1])
    work = lost_work(run, by="all", cover=ODD).sum()
    for name, months in plain.days.items():
        assert work[name] == pytest.approx(months, abs=1e-8), name
    return seen


@examples(5, 50)
@given(runs())
def test_the_grid_equals_a_plain_replay(run):
    """Heads, posts, output and establishment are equal in each cell and month of any scenario."""
    check_against_replay(run)


@examples(5, 50)
@given(worlds(), seeds())
def test_lending_and_interims_equal_a_plain_replay(world, seed):
    """Everyone is lent for a time, and interims cover the posts that are vacant at the start."""
    hire = (name for name, policy in world.policies.items() if isinstance(policy, Hiring | Inflow))
    check_against_replay(lending(nt.simulate(world.without(*hire), seed=seed)))


@pytest.mark.thorough
@settings(max_examples=150)
@given(runs(crowded=True))
def test_the_grid_of_scenarios_with_every_policy_equals_a_plain_replay(run):
    """It is compared with and without lending."""
    check_against_replay(run)
    check_against_replay(lending(run))


def test_the_output_of_a_newcomer_by_hand():
    """One of two full-time posts is filled in July: cover is 0.5, and then (1 + 1 − 0.5 e^(−m/3)) / 2."""
    hired = Hire(posts=np.array([1]), newcomers=newcomers(7), start=on("2010-07-01"))
    run = played(
        person(1), bodies=(body("Old", "pct", ("finance", "6", 2)),), policies={"hire": once("2010-06-01", hired)}
    )
    share = grid(run).share[0, 0]
    assert share[:3].tolist() == [0.5] * 3
    for month, days in ((3, 30), (4, 61), (8, 183)):
        assert share[month] == pytest.approx((2 - 0.5 * math.exp(-days / MONTH / 3)) / 2)
    hire = {"transfer-whole": once("2010-06-01", hired)}  # a newcomer does not come with the work
    same = played(person(1), bodies=(body("Old", "pct", ("finance", "6", 2)),), policies=hire)
    assert grid(same).share[0, 0].tolist() == share.tolist()
    table = months_below(run).loc["Old"]
    assert table["months_lost_grip"] == 3 == table["function_months_below"] and table["body_months"] == 9
    assert table["lowest_cover"] == 0.5 and table["share_below"] == pytest.approx(3 / 9)
    work = lost_work(run).loc["pct"]
    assert work["lost_to_newness"] == pytest.approx(0.5 * 3 * (1 - math.exp(-184 / MONTH / 3)))
    assert work["vacant"] == pytest.approx(91 / MONTH) and work["in_post"] == pytest.approx((275 + 184) / MONTH)


def test_output_after_a_move_by_hand():
    """Output starts at 0.5 in another employer, at 0.9 after a whole transfer, and at 1 if the work is the same."""
    bodies = (body("Old", "pct", ("finance", "6", 2), ("finance", "7", 1)), body("New", "ccg", ("finance", "6", 1)))
    move = once("2010-06-01", Appoint(rows=rows(0), posts=np.array([3]), start=on("2010-06-30")))
    run = played(person(1), bodies=bodies, policies={"transfer-whole": move})
    assert grid(run).share[1, 0, 2] == pytest.approx(0.9)
    assert grid(run, Cover(whole=())).share[1, 0, 2] == pytest.approx(0.5)
    up = once("2010-06-01", Appoint(rows=rows(0), posts=np.array([2]), start=on("2010-06-30")))
    promoted = played(person(1), bodies=bodies[:1], policies={"up": up})
    assert grid(promoted).productive[0, 0].tolist() == [1.0] * 9


@pytest.mark.parametrize("name", ["transfer-whole", "lift-and-shift"])
def test_the_type_of_a_policy_decides_whether_work_moves_with_people(name):
    """The name of the policy does not matter: a filling round with the name of a transfer is not a transfer."""
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


def test_the_type_of_a_policy_decides_whether_it_is_bridging():
    """A person who moves after bridging keeps 0.9 of their knowledge, whatever the name of the policy."""
    bodies = (body("Old", "sha", closes="2010-06-29"), body("New", "ccg", ("finance", "6", 1)))
    bridging = Bridging(announced=START, offered=START, until=date("2010-06-29"), functions=("finance",))
    move = once("2010-05-10", Appoint(rows=rows(0), posts=np.array([1]), start=on("2010-06-30")))
    lost = [
        knowledge_by_month(played(person(1), bodies=bodies, policies={name: bridging, "move": move}))[
            "lost_on_moves"
        ].sum()
        for name in ("bridging", "holding-on")
    ]
    assert lost[0] == lost[1] > 0


@pytest.mark.parametrize(("off", "lost"), [((), 0.1), (("drag",), 0.0)])
def test_no_work_is_lost_to_drag_if_drag_is_off(off, lost):
    """With drag off, disaffected people have full output in every table."""
    disaffected = once("2010-05-03", Turn(rows=rows(0), disposition=np.array([Disposition.LEAVER])))
    behaviour = attrs.evolve(behaving(), off=off)
    run = played(
        person(1), bodies=(body("Old", "pct", ("finance", "6", 1)),), policies={"a": disaffected}, behaviour=behaviour
    )
    assert grid(run).productive[0, 0, 1:].tolist() == pytest.approx([1.0 - lost] * 8)
    assert lost_work(run).loc["pct", "lost_to_drag"] == pytest.approx(lost * (on("2010-12-31") + 1 - 32) / MONTH)


def test_output_of_disaffected_and_lent_people_by_hand():
    """A leaver in post has an output of 0.9.

    A person on loan has a quarter of that, until they move to another post.
    """
    disaffected = once("2010-05-03", Turn(rows=rows(0), disposition=np.array([Disposition.LEAVER])))
    lent = once("2010-06-01", Turn(rows=rows(0), risk_class=RiskClass.ASSIGNED))
    move = once("2010-07-02", Appoint(rows=rows(0), posts=np.array([1]), start=on("2010-08-31")))
    bodies = body("Old", "pct", ("finance", "6", 1)), body("New", "ccg", ("finance", "6", 1))
    run = played(person(1), bodies=bodies, policies={"a": disaffected, "b": lent, "c": move})
    seen = grid(run)
    assert seen.productive[0, 0].tolist() == pytest.approx([1.0, 0.9, 0.225, 0.225, 0, 0, 0, 0, 0])
    assert seen.productive[1, 0, 4] == pytest.approx(0.5 * 0.9)
    assert grid(run, Cover(lent_share=0.5)).productive[0, 0, 2] == pytest.approx(0.45)
    work = lost_work(run, by="kind")
    assert work.loc["pct", "lost_to_drag"] == pytest.approx(0.1 * (29 + 0.25 * 91) / MONTH)
    assert work.loc["pct", "lent"] == pytest.approx(0.75 * 91 / MONTH)


def test_an_interim_covers_a_post_at_a_share():
    """While cover lasts, the post counts 0.9 of the mean whole-time equivalent."""
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


def test_the_minimum_can_be_higher_in_winter():
    """With cover of 0.8, only December is below a winter minimum of 0.9."""
    people = [person(number) for number in range(4)]
    run = played(*people, bodies=(body("Old", "pct", ("finance", "6", 5)),))
    assert months_below(run).loc["Old", "months_lost_grip"] == 0
    winter = months_below(run, by="month", cover=Cover(winter_minimum=0.9))
    assert winter.index[winter["months_lost_grip"] > 0].tolist() == ["2010-12-31"]
    assert (
        months_below(run, cover=Cover(minimum=0.8)).loc["Old", "months_lost_grip"] == 0
    )  # cover equal to the minimum is not below it


def test_only_critical_functions_count():
    """A vacancy in nursing does not count if only finance is critical. Unknown functions are refused."""
    run = played(person(1), bodies=(body("Old", "pct", ("finance", "6", 1), ("nursing", "5", 1)),))
    assert months_below(run).loc["Old", "months_lost_grip"] == 9
    critical = Cover(functions=("finance",))
    assert months_below(run, cover=critical).loc["Old", "months_lost_grip"] == 0
    assert months_below(run, by="function", cover=critical).index.tolist() == ["finance"]
    with pytest.raises(InputError, match="did you mean 'finance'"):
        months_below(run, cover=Cover(functions=("finanse",)))
    with pytest.raises(ScenarioError, match="give months as 1 to 12"):
        Cover(winter=(13,))


def test_an_employer_needs_cover_from_its_opening_to_the_day_before_its_last():
    """An employer in shadow form needs no cover, nor does an employer on its last day."""
    bodies = (
        body("Old", closes="2010-06-30"),
        body("New", "ccg", ("finance", "6", 1), shadow="2010-05-01", opens="2010-07-01"),
    )
    asked = grid(played(person(1), bodies=bodies)).asked[:, 0]
    assert asked[0].tolist() == [True, True] + [False] * 7
    assert asked[1].tolist() == [False] * 3 + [True] * 6


def test_all_groupings_count_the_same_cells():
    """The total of function-months is the same by employer, kind, region, function, month and for all."""
    run = hamlet_run()
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


def test_work_in_post_is_lent_lost_or_productive():
    """If everyone leaves on the first day, all work is vacant."""
    run = hamlet_run()
    work = lost_work(run, by="function")
    parts = work[["lent", "lost_to_newness", "lost_to_drag", "productive"]].sum(axis=1)
    assert parts.to_numpy() == pytest.approx(work["in_post"].to_numpy())
    assert work["lost_to_newness"].sum() > 0 and work["lost_to_drag"].sum() > 0
    all_left = lost_work(played(person(1), behaviour=behaving(resign=CERTAIN)), by="all").loc["all"]
    assert all_left["in_post"] == 0 and all_left["vacant"] == pytest.approx(275 / MONTH)
    assert not len(lost_work(empty_run())) and not len(months_below(empty_run())) and not len(holders(empty_run()))


def test_holders_and_truck_factor_by_hand():
    """Nursing has a single holder, so its truck factor is 1.

    In finance, the third departure breaks a minimum of 0.5.
    """
    people = [person(number) for number in range(4)] + [person(4, wte=0.5), person(5, function="nursing")]
    run = played(*people)
    row = holders(run).loc["Old"]
    assert row["functions"] == 2 and row["single_holder_functions"] == 1 and row["share_single"] == 0.5
    assert row["truck_factor"] == 1 and row["weakest"] == "nursing"
    finance = holders(run, cover=Cover(functions=("finance",), minimum=0.5)).loc["Old"]
    assert finance["truck_factor"] == 3  # of 4.5 WTE, 2.25 are needed: 3.5, 2.5, 1.5
    short = played(person(1), bodies=(body("Old", "pct", ("finance", "6", 2)),))
    assert holders(short).loc["Old", "truck_factor"] == 0
    with pytest.raises(InputError, match="give one from 2010-04-30 to 2010-12-31"):
        holders(run, on=dt.date(2010, 4, 10))


@pytest.mark.thorough
def test_the_truck_factor_is_the_number_of_exits_that_breaks_cover():
    """In the hamlet, the most productive people are removed one by one until cover is below the minimum."""
    run = hamlet_run()
    for month in (20, 40):
        days = month_days(run).tolist()
        table = holders(run, on=run.scenario.calendar.date(days[month]))
        seen = grid(run)
        plain = Replay(run, Knowledge(), Cover(), days[: month + 1])
        for name, row in table.iterrows():
            employer = run.scenario.roster.names.index(name)
            least = math.inf
            for function in np.flatnonzero(seen.asked[employer, :, month]).tolist():
                here = [
                    one
                    for one in plain.people.values()
                    if one.post >= 0 and plain.place(one.post) == (employer, function)
                ]
                left = sorted((one.wte * plain.output(one, days[month])[3] for one in here), reverse=True)
                need = 0.75 * seen.establishment[employer, function, month]
                count = 0
                while left and sum(left) >= need - 1e-9:
                    left = left[1:]
                    count = count + 1
                least = min(least, count)
            assert row["truck_factor"] == least


def test_employers_that_open_after_the_end_of_the_scenario_need_no_cover() -> None:
    """The successors open after the end, so cover is required of the other employers only."""
    early = attrs.evolve(nt.load_scenario("hamlet"), end=dt.date(2010, 12, 31))
    seen = grid(nt.simulate(early, seed=1))
    successors = early.roster.of_kinds(["ccg"])
    assert successors.any() and not seen.asked[successors].any() and seen.asked[~successors].any()
