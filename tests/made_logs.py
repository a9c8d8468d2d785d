"""Small random logs of a few people. They are valid, but not written by an engine, so any event may follow any other."""

from __future__ import annotations

from functools import cache
from typing import Any

import attrs
import numpy as np
from hypothesis import strategies as st
from small import body, date, once, person, played

from nhstransit.log import Kind, Phase, Recorder, rule_code
from nhstransit.policies import Mars, Returns
from nhstransit.run import Closing, Run, conserve
from nhstransit.run.accrual import accrued
from nhstransit.toml import Named

END = date("2012-03-31")
DAILY = 30_000  # pence a day of an interim
RULES = ("mars", "redundancy", "resignation")
STEPS = ("leave", "leave", "leave", "remove", "move", "returns", "returns", "back", "pay", "cover", "repay", "risen")


@cache
def blank() -> Run:
    """A run without events: five people (one at 0.6 WTE) and eight posts of three groups at two employers."""
    staff = (person(1), person(2), person(4, wte=0.6), person(7, band="7"), person(9, "New"))
    bodies = (
        body("Old", "pct", ("finance", "6", 4), ("finance", "7", 1), closes="2012-02-29"),
        body("New", "ccg", ("finance", "6", 3), region="Dale"),
    )
    day = date("2010-05-01")
    days = {"opens": day, "closes": day, "leaves": day}
    policies = {
        "mars": Mars(announced=day, **days, quota=0.0),
        "redundancy": once("2010-05-01"),
        "returns": Returns(announced=day, after=("mars", "redundancy"), kinds=("ccg",)),
    }
    return played(*staff, bodies=bodies, policies=policies, end=END)


@st.composite
def made_runs(draw: st.DrawFn, *, most: int = 25) -> Run:
    """A run of at most `most` steps. No step is on an earlier day than the one before."""
    run = blank()
    state = Steps()
    for _ in range(draw(st.integers(0, most))):
        state.day = min(state.day + draw(st.sampled_from((0, 1, 30, 90)) | st.integers(0, 60)), 730)
        getattr(state, draw(st.sampled_from(STEPS)))(draw)
    return finished(run, state)


def finished(run: Run, state: Any) -> Run:
    """The run with this log. Checks that its conservation laws hold."""
    state.close()
    post = np.array([state.post[staff] for staff in run.people.staff.tolist()], "int32")
    ledger = {kind.name: sum_ for kind, sum_ in state.ledger.items() if sum_}
    made = attrs.evolve(run, log=state.log.log(), closing=Closing(post=post, ledger=Named(ledger), pay=0))
    pay = sum(int(cost.sum()) for cost in accrued(made))
    made = attrs.evolve(made, closing=attrs.evolve(made.closing, pay=pay))
    conserve(made)
    return made


class Steps:
    """Events of the blank run, step by step, with each person's present post and the log so far."""

    def __init__(self) -> None:
        run = blank()
        self.day = 0
        self.log = Recorder()
        self.ledger = dict.fromkeys(Kind, 0)
        seats = zip(run.people.staff.tolist(), run.opening_post.tolist(), strict=True)
        self.post: dict[int, int] = dict(seats)
        self.gone: set[int] = set()
        self.back_again: set[int] = set()
        self.covered: dict[int, int] = {}
        self.count = len(run.posts)

    def write(self, kind: Kind, rule: str, staff: int, come: int = -1, go: int = -1, pence: int = 0) -> None:
        self.log.add(self.day, Phase.DEPARTURES, kind, rule_code(rule), staff, first=come, second=go, pence=pence)
        self.ledger[kind] += pence

    def empty(self) -> list[int]:
        held = set(self.post.values())
        return [post for post in range(self.count) if post not in held and post not in self.gone]

    def leave(self, draw: st.DrawFn, *, rule: str | None = None, removed: bool | None = None) -> None:
        here = [staff for staff, post in self.post.items() if post >= 0]
        if not here:
            return
        staff = draw(st.sampled_from(here))
        rule = rule or draw(st.sampled_from(RULES))
        post = self.post[staff]
        self.post[staff] = -1
        self.write(Kind.DEPARTED, rule, staff, come=post)
        self.back_again.discard(staff)
        for kind in (Kind.SEVERANCE, Kind.IN_LIEU, Kind.PENSION):
            if rule != "resignation" and draw(st.booleans()):
                self.write(kind, rule, staff, come=post, pence=draw(st.integers(1, 9_000_000)))
        if draw(st.booleans()) if removed is None else removed:
            self.gone.add(post)
            self.write(Kind.REMOVED, rule, -1, come=post, pence=draw(st.sampled_from((0, 2_812_345, 4_000_000))))

    def remove(self, draw: st.DrawFn) -> None:
        if vacant := [post for post in self.empty() if post not in self.covered]:
            post = draw(st.sampled_from(vacant))
            self.gone.add(post)
            self.write(Kind.REMOVED, "redundancy", -1, come=post, pence=draw(st.sampled_from((0, 1, 3_333_333))))

    def move(self, draw: st.DrawFn) -> None:
        here = [staff for staff, post in self.post.items() if post >= 0]
        if here and self.empty():
            staff = draw(st.sampled_from(here))
            post = draw(st.sampled_from(self.empty()))
            self.uncover(post)
            self.write(Kind.MOVED, "transfer", staff, come=self.post[staff], go=post)
            self.post[staff] = post

    def returns(self, draw: st.DrawFn) -> None:
        away = [staff for staff, post in self.post.items() if post < 0]
        if away and self.empty():
            staff = draw(st.sampled_from(away))
            post = draw(st.sampled_from(self.empty()))
            self.uncover(post)
            self.write(Kind.ARRIVED, "returns", staff, go=post)
            self.post[staff] = post

    def back(self, draw: st.DrawFn) -> None:
        if away := [staff for staff, post in self.post.items() if post < 0 and staff not in self.back_again]:
            staff = draw(st.sampled_from(away))
            self.back_again.add(staff)
            self.write(Kind.BACK, "returns", staff)

    def pay(self, draw: st.DrawFn) -> None:
        staff = draw(st.sampled_from(sorted(self.post)))
        if self.post[staff] >= 0:
            kind = draw(st.sampled_from((Kind.PREMIUM, Kind.TRAINING)))
            self.write(kind, "month", staff, come=self.post[staff], pence=draw(st.integers(1, 50_000)))

    def cover(self, draw: st.DrawFn) -> None:
        if self.covered and draw(st.booleans()):
            self.uncover(draw(st.sampled_from(sorted(self.covered))))
        elif vacant := [post for post in self.empty() if post not in self.covered]:
            post = draw(st.sampled_from(vacant))
            self.covered[post] = self.day
            self.write(Kind.INTERIM, "redundancy", -1, go=post, pence=DAILY)

    def uncover(self, post: int) -> None:
        """End the cover of a post, if it has one, and pay for it up to yesterday."""
        if post in self.covered:
            self.settle(post, self.day)
            self.write(Kind.INTERIM_ENDED, "redundancy", -1, come=post)
            del self.covered[post]

    def settle(self, post: int, day: int) -> None:
        if due := DAILY * (day - self.covered[post]):
            self.write(Kind.AGENCY, "redundancy", -1, come=post, pence=due)

    def close(self) -> None:
        """Pay for all remaining cover on the last day."""
        self.day = blank().scenario.calendar.days - 1
        for post in self.covered:
            self.settle(post, self.day + 1)

    def repay(self, draw: st.DrawFn) -> None:
        if away := [staff for staff, post in self.post.items() if post < 0]:
            self.write(Kind.CLAWBACK, "returns", draw(st.sampled_from(away)), pence=draw(st.integers(1, 10**6)))

    def risen(self, draw: st.DrawFn) -> None:
        staff = draw(st.sampled_from(sorted(self.post)))
        self.write(Kind.PAY, "pay", staff, come=1, go=2, pence=draw(st.integers(2_000_000, 6_000_000)))
        self.ledger[Kind.PAY] = 0


def all_leave_at_once() -> Run:
    """Everyone leaves on day 0 by MARS, with £100 each. Each removed post saves £1,000 a year."""
    state = Steps()
    for staff, post in list(state.post.items()):
        state.post[staff] = -1
        state.gone.add(post)
        state.write(Kind.DEPARTED, "mars", staff, come=post)
        state.write(Kind.SEVERANCE, "mars", staff, come=post, pence=10_000)
        state.write(Kind.REMOVED, "mars", -1, come=post, pence=100_000)
    return finished(blank(), state)
