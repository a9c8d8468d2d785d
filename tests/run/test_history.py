"""The history of a run equals a plain replay of its events."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

import attrs
import numpy as np
import pytest
from hypothesis import given
from made_logs import made_runs

import nhstransit as nt
from nhstransit.errors import InputError
from nhstransit.log import MONEY, Kind
from nhstransit.run import Run
from nhstransit.run.exits import came_back, entered, exits, first_exit, last_route
from nhstransit.run.lives import covers, funded_on, lives
from nhstransit.run.lookup import first_of, last_of, latest, named, pence_of
from nhstransit.run.spells import BEGAN, ENDED, held_on, posts_held, spells
from nhstransit.workforce.columns import NEVER
from tests.examples import examples
from tests.shared import hamlet_run

EXIT_PAYMENTS = {Kind.SEVERANCE: "severance", Kind.IN_LIEU: "in_lieu", Kind.PENSION: "pension"}


@attrs.define
class Spell:
    """One person's time in one post."""

    staff: int
    post: int
    start: int
    began: str
    rule: int
    end: int = -1
    ended: str = "still in post"
    route: int = -1


@attrs.define
class Exit:
    """One departure."""

    staff: int
    day: int
    route: int
    post: int
    severance: int = 0
    in_lieu: int = 0
    pension: int = 0
    back: int = NEVER


class Replay:
    """A replay of a run's events: holders of posts, open posts, and payments for each exit."""

    def __init__(self, run: Run) -> None:
        self.days = run.scenario.calendar.days
        staff = run.people.staff.tolist()
        self.post = dict(zip(staff, run.opening_post.tolist(), strict=True))
        self.spells = {
            one: [Spell(one, post, 0, "at the start", -1)] if post >= 0 else [] for one, post in self.post.items()
        }
        self.exits: list[Exit] = []
        self.entered: dict[int, int] = {one: 0 for one, post in self.post.items() if post >= 0}
        self.back = set()
        self.opened = {post: 0 for post, opens in enumerate(run.posts.opens.tolist()) if opens <= 0}
        self.removed: dict[int, tuple[int, int, int]] = {}
        self.covers: list[dict[str, int]] = []
        self.covering: dict[int, dict[str, int]] = {}
        self.paid: dict[int, int] = defaultdict(int)
        self.each_day: dict[int, dict[int, int]] = {}
        self.open_each_day: dict[int, set[int]] = {}
        events = run.log.tuples()
        for day in range(self.days):
            while events and events[0][0] == day:
                self.event(*events.pop(0))
            if day % 7 == 0 or day == self.days - 1:
                self.each_day[day] = dict(self.post)
                self.open_each_day[day] = set(self.opened) - set(self.removed)
        for spells_of_one in self.spells.values():
            if spells_of_one and spells_of_one[-1].end < 0:
                spells_of_one[-1].end = self.days
        for cover in self.covering.values():
            cover["end"] = self.days

    def event(self, day, phase, kind, rule, staff, old, new, pence) -> None:
        if kind in MONEY:
            self.paid[staff] += pence
        if kind is Kind.ARRIVED:
            if staff in self.entered:
                self.back.add(staff)
            self.entered.setdefault(staff, day)
            self.returned(staff, day)
            self.spells[staff].append(Spell(staff, new, day, "arrived", rule))
            self.post[staff] = new
        elif kind is Kind.BACK:
            self.back.add(staff)
            self.returned(staff, day)
        elif kind is Kind.MOVED:
            self.finish(staff, day, "moved on", rule)
            self.spells[staff].append(Spell(staff, new, day, "moved", rule))
            self.post[staff] = new
        elif kind is Kind.DEPARTED:
            self.finish(staff, day, "left", rule)
            self.exits.append(Exit(staff, day, rule, old))
            self.post[staff] = -1
        elif kind in EXIT_PAYMENTS:
            mine = next((left for left in reversed(self.exits) if left.staff == staff), None)
            if mine is not None:
                name = EXIT_PAYMENTS[kind]
                setattr(mine, name, getattr(mine, name) + pence)
        elif kind is Kind.OPENED:
            self.opened[new] = day
        elif kind is Kind.REMOVED:
            self.removed[old] = (day, rule, pence)
        elif kind is Kind.INTERIM:
            self.covering[new] = {"post": new, "staff": staff, "start": day, "rule": rule, "daily": pence, "pence": 0}
            self.covers.append(self.covering[new])
        elif kind is Kind.INTERIM_ENDED:
            self.covering.pop(old)["end"] = day
        elif kind is Kind.AGENCY:
            self.covering[old]["pence"] += pence

    def finish(self, staff: int, day: int, how: str, route: int) -> None:
        last = self.spells[staff][-1]
        last.end = day
        last.ended = how
        last.route = route

    def returned(self, staff: int, day: int) -> None:
        for left in self.exits:
            if left.staff == staff and left.back == NEVER:
                left.back = day


def check(run: Run) -> None:
    """Compare all arrays of the history with the replay."""
    replay = Replay(run)
    staff = run.people.staff
    held = spells(run)
    mine = [
        Spell(*each)
        for each in zip(
            staff[held.row].tolist(),
            held.post.tolist(),
            held.start.tolist(),
            [BEGAN[code] for code in held.began.tolist()],
            held.rule.tolist(),
            held.end.tolist(),
            [ENDED[code] for code in held.ended.tolist()],
            held.exit_rule.tolist(),
            strict=True,
        )
    ]
    assert mine == [spell for one in staff.tolist() for spell in replay.spells[one]]
    left = exits(run)
    columns = (staff[left.row], left.day, left.route, left.post, left.severance, left.in_lieu, left.pension, left.back)
    assert [Exit(*each) for each in zip(*(column.tolist() for column in columns), strict=True)] == replay.exits
    _check_people(run, replay)
    _check_posts(run, replay)


def _check_people(run: Run, replay: Replay) -> None:
    for day, post in replay.each_day.items():
        assert held_on(run, day).tolist() == list(post.values())
        assert funded_on(run, day).nonzero()[0].tolist() == sorted(replay.open_each_day[day])
        held = np.isin(np.arange(len(run.posts)), list(post.values()))
        assert (posts_held(run, np.arange(len(run.posts)), np.full(len(run.posts), day)) == held).all()
    assert entered(run).tolist() == [replay.entered[one] for one in run.people.staff.tolist()]
    assert came_back(run).tolist() == [one in replay.back for one in run.people.staff.tolist()]
    assert pence_of(run, run.log.payments.take(run.log.payments.staff >= 0)).tolist() == [
        replay.paid[one] for one in run.people.staff.tolist()
    ]
    first_day, first_route = first_exit(run)
    for row, one in enumerate(run.people.staff.tolist()):
        mine = [left for left in replay.exits if left.staff == one]
        assert last_route(run)[row] == (mine[-1].route if mine else -1)
        assert (first_day[row], first_route[row]) == ((mine[0].day, mine[0].route) if mine else (-1, -1))


def _check_posts(run: Run, replay: Replay) -> None:
    life = lives(run)
    for post in range(len(run.posts)):
        assert life.opened[post] == replay.opened.get(post, NEVER)
        assert (life.removed[post], life.rule[post], life.saving[post]) == replay.removed.get(post, (NEVER, -1, 0))
    cover = covers(run)
    staff = [run.people.staff[row] if row >= 0 else -1 for row in cover.row.tolist()]
    columns = (cover.post, staff, cover.start, cover.rule, cover.pence_a_day, cover.pence, cover.end)
    names = ("post", "staff", "start", "rule", "daily", "pence", "end")
    mine = [dict(zip(names, map(int, each), strict=True)) for each in zip(*columns, strict=True)]
    assert mine == sorted(replay.covers, key=lambda one: (one["post"], one["start"]))


@pytest.fixture(scope="module")
def hamlet() -> Run:
    return hamlet_run()


def test_the_history_of_the_hamlet_equals_a_replay(hamlet):
    """The hamlet has every bundled policy."""
    check(hamlet)


@examples(6, 300)
@given(made_runs())
def test_the_history_of_any_run_equals_a_replay(run):
    """Random logs have people who leave twice, posts covered twice, and payments for several exits."""
    check(run)


def test_the_first_and_the_last_event_of_each_person_are_found(hamlet):
    """Results are positions of events, and -1 for people without any."""
    moves = hamlet.log.moves
    for row, one in enumerate(hamlet.people.staff.tolist()):
        mine = [index for index, staff in enumerate(moves.staff.tolist()) if staff == one]
        assert first_of(hamlet, moves)[row] == (mine[0] if mine else -1)
        assert last_of(hamlet, moves)[row] == (mine[-1] if mine else -1)
        assert named(hamlet, moves)[row] == bool(mine)
    post = latest(hamlet, moves, moves.to_post, hamlet.opening_post)
    assert (post == hamlet.closing.post).all()


def test_pay_disposition_and_risk_class_of_a_day_equal_the_last_event(hamlet):
    """Without an event, they are the values on entering the run."""
    for day in (0, 300, 800, 1400):
        state = nt.state_on(hamlet, day)
        point = hamlet.people.point.astype(int).copy()
        pay = hamlet.opening_pay.copy()
        disposition = np.zeros(len(point), int)
        risk = {}
        for when, _, kind, _, staff, _, new, pence in hamlet.log.tuples():
            row = hamlet.rows_of(np.array([staff]))[0]
            if when > day:
                break
            if kind is Kind.PAY:
                point[row] = new
                pay[row] = pence
            elif kind is Kind.DISPOSITION:
                disposition[row] = new
            elif kind is Kind.RISK:
                risk[int(row)] = new
        assert state.point.tolist() == point.tolist()
        assert state.pay_pence.tolist() == pay.tolist()
        assert state.disposition.tolist() == disposition.tolist()
        assert all(state.risk_class[row] == code for row, code in risk.items())


TABLES = ("spells", "exits", "moves", "posts", "people", "payments", "promises", "covers")


def test_tables_of_the_history_have_one_row_for_each_thing(hamlet):
    """The number of rows equals the number of events, posts or people."""
    history = hamlet.history
    log = hamlet.log
    rows = {name: len(getattr(history, name)()) for name in TABLES}
    assert rows["exits"] == len(log.of(Kind.DEPARTED))
    assert rows["moves"] == len(log.of(Kind.MOVED, Kind.DEPARTED, Kind.ARRIVED))
    assert rows["posts"] == len(hamlet.posts)
    assert rows["people"] == len(hamlet.people)
    assert rows["payments"] == len(log.of(*MONEY))
    assert rows["promises"] == len(log.of(Kind.CONSULTED, Kind.EXIT_AGREED, Kind.RETAINED))
    assert rows["spells"] == len(spells(hamlet))


def test_payments_add_up_to_the_ledger_of_the_run(hamlet):
    """The engine keeps the ledger separately from the log. Exits include their payments."""
    pounds = hamlet.history.payments().groupby("payment")["pounds"].sum()
    ledger = hamlet.closing.ledger
    assert pounds["severance"] * 100 == pytest.approx(ledger["SEVERANCE"])
    left = hamlet.history.exits()
    assert left["severance"].sum() * 100 == pytest.approx(ledger["SEVERANCE"])
    assert left["total"].sum() == pytest.approx(left[["severance", "in_lieu", "pension"]].sum().sum())


def test_stocks_add_up_to_people_and_posts_at_the_end_of_a_day(hamlet):
    """The day is a date or a number, and the groups are any of the bundled ones."""
    date = dt.date(2012, 3, 31)
    state = nt.state_on(hamlet, date)
    for by in ("all", "kind", "region", "employer", "function", "band"):
        table = hamlet.history.stocks(date, by=by)
        assert table.index.name == by
        assert table["people"].sum() == (state.post >= 0).sum()
        assert table["posts"].sum() == state.funded.sum()
        assert table["vacant"].sum() == state.vacant.sum()
    assert hamlet.history.stocks(0)["people"].sum() == (hamlet.opening_post >= 0).sum()
    with pytest.raises(InputError, match="is outside the scenario"):
        hamlet.history.stocks(dt.date(1999, 1, 1))
    with pytest.raises(InputError, match="'functon'"):
        hamlet.history.stocks(0, by="functon")


def test_the_table_of_the_state_of_a_day(hamlet):
    """It has one row per person, with pay in pounds and categories in words.

    People out of post have no post or group.
    """
    table = hamlet.history.state(900)
    state = nt.state_on(hamlet, 900)
    assert table["post"].isna().to_numpy().tolist() == (state.post < 0).tolist()
    assert table["employer"].isna().tolist() == (state.post < 0).tolist()
    assert set(table["disposition"]) <= {"none", "leaver", "stayer", "mover"}
    assert (table["pay"] * 100).round().astype(int).tolist() == state.pay_pence.tolist()


def test_the_table_of_the_log(hamlet):
    """It has one row per event, with dates, and each value in the column of its meaning."""
    table = hamlet.log.table()
    log = hamlet.log
    assert len(table) == len(log)
    dates = [str(hamlet.scenario.calendar.date(day)) for day in log.day.tolist()]
    assert table["date"].astype(str).tolist() == dates
    agreed = table[table["event"] == "exit agreed"]
    assert agreed["last_day"].notna().all() and agreed["to_post"].isna().all()
    moved = table[table["event"] == "moved"]
    assert moved[["from_post", "to_post"]].notna().all().all() and moved["last_day"].isna().all()
    changes = table[table["event"] == "disposition"]
    assert set(changes["after"]) <= {"leaver", "stayer", "mover"} and changes["to_post"].isna().all()
    assert table["pounds"].sum() == pytest.approx(log.pence.sum() / 100)
    assert set(table["rule"]) <= set(hamlet.rules.values())


def test_a_log_without_a_run_has_no_table(hamlet):
    """Its codes have no names, and the message states what to call instead."""
    bare = attrs.evolve(hamlet.log, words=None)
    with pytest.raises(InputError, match="called on a log without a run, so its codes have no names"):
        bare.table()


def test_a_view_refuses_events_of_other_kinds(hamlet):
    """For example, a payment is not a promise."""
    with pytest.raises(InputError, match="does not contain MOVED events"):
        hamlet.log.steps(Kind.MOVED)
    with pytest.raises(InputError, match="does not contain SEVERANCE events"):
        hamlet.log.promises(Kind.SEVERANCE)
    with pytest.raises(InputError, match="does not contain RETAINED events"):
        hamlet.log.changes(Kind.RETAINED)
