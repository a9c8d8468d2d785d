"""Every run conserves people, posts and pence, and a planted fault is reported under the law that it breaks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import cache
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhstransit.engine.simulate import simulate
from nhstransit.errors import ConservationError
from nhstransit.log import COLUMNS, RULES, Kind, Log, Phase
from nhstransit.run import Run, conserve
from nhstransit.scenario import load_scenario
from nhstransit.toml import Named
from tests.examples import examples
from tests.worlds import runs

PAID = (Kind.SEVERANCE, Kind.IN_LIEU, Kind.PENSION, Kind.PREMIUM)  # kinds of money that the hamlet has
LEDGER = "pence in the log are the pence of the accounts"


@cache
def hamlet() -> Run:
    """A run of the hamlet with such late notice that some is paid in lieu."""
    late = load_scenario("hamlet").having("policies.redundancy.consults", dt.date(2013, 3, 1))
    return simulate(late, seed=1)


def having(run: Run, log: Log) -> Run:
    return attrs.evolve(run, log=log)


def changed(run: Run, where: int, **cells: int) -> Run:
    """The run with some cells of one event changed."""
    columns = {name: column.copy() for name, column in run.log.columns().items()}
    for name, cell in cells.items():
        columns[name][where] = cell
    return having(run, Log(**columns))


def without(run: Run, *where: int) -> Run:
    return having(run, run.log.take(np.delete(np.arange(len(run.log)), where)))


def added(run: Run, after: int, **cells: int) -> Run:
    """The run with a copy of an event after it, with some cells changed."""
    doubled = run.log.take(np.insert(np.arange(len(run.log)), after + 1, after))
    return changed(having(run, doubled), after + 1, **cells)


def swapped(run: Run, first: int, second: int) -> Run:
    order = np.arange(len(run.log))
    order[[first, second]] = order[[second, first]]
    return having(run, run.log.take(order))


def event(run: Run, kind: Kind, *, nth: int = 0, where: Any = None) -> int:
    """The index in the log of the nth event of a kind, within a mask."""
    mask = run.log.kind == kind
    return int(np.flatnonzero(mask if where is None else mask & where)[nth])


def ledger(run: Run, **pence: int) -> Run:
    sums = dict(run.closing.ledger)
    for name, more in pence.items():
        sums[name] = sums.get(name, 0) + more
    return attrs.evolve(run, closing=attrs.evolve(run.closing, ledger=Named(sums)))


def elsewhere(run: Run) -> Run:
    """In the closing state, a person who left still holds their post."""
    post = run.closing.post.copy()
    departure = event(run, Kind.DEPARTED)
    post[run.rows_of(run.log.staff[[departure]])] = run.log.first[departure]
    return attrs.evolve(run, closing=attrs.evolve(run.closing, post=post))


def filled_after_removal(run: Run) -> Run:
    """A transfer to a removed post, in the log and in the closing state."""
    move = event(run, Kind.MOVED)
    lost = int(run.log.first[event(run, Kind.REMOVED, where=run.log.pence > 0)])
    return _moved_to(run, move, lost)


def two_in_a_post(run: Run) -> Run:
    """A transfer to a post that somebody else holds throughout."""
    move = event(run, Kind.MOVED)
    stays = run.closing.post[(run.closing.post >= 0) & (run.closing.post == run.opening_post)][0]
    return _moved_to(run, move, int(stays))


def early(run: Run) -> Run:
    """A transfer to a post that never opened."""
    opened = event(run, Kind.OPENED, where=np.isin(run.log.second, run.log.second[run.log.kind == Kind.MOVED]))
    return without(run, opened)


def _moved_to(run: Run, move: int, post: int) -> Run:
    """A person's last move leads to another post, in the log and in the closing state."""
    staff = run.log.staff[move]
    later = np.flatnonzero((run.log.staff == staff) & np.isin(run.log.kind, (Kind.DEPARTED, Kind.MOVED)))
    after = later[later > move]
    moved = changed(run, move, second=post)
    if len(after):
        return changed(moved, int(after[0]), first=post)
    closing = run.closing.post.copy()
    closing[run.rows_of(np.array([staff]))] = post
    return attrs.evolve(moved, closing=attrs.evolve(run.closing, post=closing))


def removed_while_held(run: Run) -> Run:
    """The post of a person who is in post at the end is removed."""
    held = run.closing.post[run.closing.post >= 0][0]
    removal = {"kind": Kind.REMOVED, "staff": -1, "first": int(held), "second": -1, "pence": 0}
    return added(run, len(run.log) - 1, **removal)


def paid_twice(kind: Kind) -> Callable[[Run], Run]:
    def twice(run: Run) -> Run:
        payment = event(run, kind)
        return ledger(added(run, payment), **{kind.name: int(run.log.pence[payment])})

    return twice


def penny_off(kind: Kind, penny: int) -> Callable[[Run], Run]:
    return lambda run: ledger(run, **{kind.name: penny})


def moved_for_good(run: Run) -> int:
    """The index of the move of a person who is in post at the end."""
    staying = run.people.staff[run.closing.post >= 0]
    return event(run, Kind.MOVED, where=np.isin(run.log.staff, staying))


def last(run: Run) -> int:
    return len(run.log) - 1


def day_apart(run: Run) -> int:
    """The index of the first event on the second day with events."""
    return int(np.flatnonzero(np.diff(run.log.day))[0]) + 1


def on_day(run: Run) -> int:
    """The last day of the first agreed exit."""
    return int(run.log.second[event(run, Kind.EXIT_AGREED)])


def first_appointment(run: Run) -> int:
    """The index of the first appointment to a post that somebody then moved into."""
    moved = run.log.of(Kind.MOVED)
    return event(run, Kind.APPOINTED, where=np.isin(run.log.second, moved.second))


def second_appointment(run: Run) -> int:
    """The index of a later appointment to another such post."""
    moved = run.log.of(Kind.MOVED)
    return event(run, Kind.APPOINTED, where=np.isin(run.log.second, moved.second), nth=1)


def guarantee(run: Run) -> int:
    """The index of a guarantee of a person who was made redundant."""
    left = run.log.of(Kind.DEPARTED)
    return event(run, Kind.RETAINED, where=np.isin(run.log.staff, left.staff[left.rule == RULES["redundancy"]]))


def paid_for_no_guarantee(run: Run) -> Run:
    """A person without a guarantee is paid the rest of one."""
    held = run.log.of(Kind.RETAINED).staff
    payment = event(run, Kind.SEVERANCE, where=~np.isin(run.log.staff, held))
    return added(run, payment, kind=Kind.BOUGHT_OUT)


def saved_though_opened(run: Run) -> Run:
    """According to the log, a policy opened a post on the first day that was later removed with a saving."""
    removal = event(run, Kind.REMOVED, where=run.log.pence > 0)
    post = int(run.log.first[removal])
    return added(run, 0, kind=Kind.OPENED, rule=RULES["split"], staff=-1, first=-1, second=post, pence=7)


def taken_over_twice(run: Run) -> Run:
    """According to the log, two planned posts replace the same post."""
    first, second = (event(run, Kind.OPENED, nth=nth) for nth in (0, 1))
    return changed(changed(run, first, first=0), second, first=0)


FAULTS: list[tuple[str, Callable[[Run], Run]]] = [
    ("time runs forward", lambda run: swapped(run, day_apart(run) - 1, day_apart(run))),
    ("time runs forward", lambda run: changed(run, 0, day=-1)),
    ("time runs forward", lambda run: changed(run, last(run), day=run.scenario.calendar.days)),
    ("time runs forward", lambda run: changed(run, day_apart(run) - 1, phase=Phase.MONTH_END, day=9_000)),
    ("kinds are known", lambda run: changed(run, 5, kind=99)),
    ("people are known", lambda run: changed(run, event(run, Kind.APPLIED), staff=10**9)),
    ("people are known", lambda run: changed(run, event(run, Kind.DEPARTED), staff=10**9)),
    ("posts are known", lambda run: changed(run, event(run, Kind.DEPARTED), first=10**6)),
    ("posts are known", lambda run: changed(run, event(run, Kind.OPENED), second=10**6)),
    ("posts are known", lambda run: changed(run, event(run, Kind.SEVERANCE), first=-7)),
    ("movements are whole", lambda run: changed(run, event(run, Kind.DEPARTED), second=3)),
    ("movements are whole", lambda run: changed(run, event(run, Kind.MOVED), kind=Kind.ARRIVED)),
    ("movements are whole", lambda run: changed(run, event(run, Kind.ARRIVED), staff=-1)),
    ("movements are whole", lambda run: changed(run, event(run, Kind.REMOVED), staff=int(run.people.staff[0]))),
    ("people move from where they are", lambda run: changed(run, event(run, Kind.DEPARTED), first=0)),
    ("people move from where they are", lambda run: changed(run, event(run, Kind.MOVED), first=0)),
    ("people move from where they are", lambda run: added(run, event(run, Kind.DEPARTED))),
    ("people move from where they are", lambda run: added(run, event(run, Kind.ARRIVED))),
    ("opening + arrivals − departures = closing", lambda run: without(run, event(run, Kind.DEPARTED))),
    ("opening + arrivals − departures = closing", lambda run: without(run, moved_for_good(run))),
    ("opening + arrivals − departures = closing", elsewhere),
    ("a post holds one person", two_in_a_post),
    ("a removed post stays empty", filled_after_removal),
    ("a removed post stays empty", removed_while_held),
    ("a post opens before it is filled", early),
    ("a post opens once and is removed once", lambda run: added(run, event(run, Kind.OPENED))),
    ("a post opens once and is removed once", lambda run: added(run, event(run, Kind.REMOVED))),
    *[("one exit is paid once", paid_twice(kind)) for kind in (Kind.SEVERANCE, Kind.IN_LIEU, Kind.PENSION)],
    ("a last day is kept", lambda run: changed(run, event(run, Kind.EXIT_AGREED), second=on_day(run) + 1)),
    ("a last day is kept", lambda run: changed(run, event(run, Kind.EXIT_AGREED), second=on_day(run) - 1)),
    ("a promised post is kept", lambda run: changed(run, first_appointment(run), second=0)),
    (
        "a promised post is kept",
        lambda run: changed(run, second_appointment(run), staff=int(run.log.staff[first_appointment(run)])),
    ),
    ("a guarantee is kept or bought out", lambda run: changed(run, guarantee(run), second=9_000)),
    ("a guarantee is kept or bought out", paid_for_no_guarantee),
    ("a post is credited once", lambda run: changed(run, event(run, Kind.OPENED), pence=1)),
    ("a post is credited once", lambda run: changed(run, event(run, Kind.OPENED), pence=-1)),
    ("a post is credited once", saved_though_opened),
    ("a post is credited once", taken_over_twice),
    *[(LEDGER, penny_off(kind, sign)) for kind in (*PAID, Kind.REMOVED, Kind.OPENED) for sign in (1, -1)],
    (
        LEDGER,
        lambda run: changed(run, event(run, Kind.PREMIUM), pence=1 + int(run.log.pence[event(run, Kind.PREMIUM)])),
    ),
    (LEDGER, lambda run: without(run, event(run, Kind.SEVERANCE))),
    (
        LEDGER,
        lambda run: changed(run, event(run, Kind.APPLIED), kind=Kind.PREMIUM),
    ),
]


@pytest.mark.parametrize(("law", "fault"), FAULTS, ids=[f"{n}-{law}" for n, (law, _) in enumerate(FAULTS)])
def test_a_planted_fault_is_reported_under_its_law(law: str, fault: Callable[[Run], Run]) -> None:
    """The message starts with the law that the fault breaks."""
    with pytest.raises(ConservationError) as caught:
        conserve(fault(hamlet()))
    assert str(caught.value).startswith(f"{law}: ")
    assert "\n" not in str(caught.value)


def test_the_hamlet_conserves() -> None:
    """It has every kind of movement and money of the hamlet, and breaks no law."""
    run = hamlet()
    assert {Kind.MOVED, Kind.DEPARTED, Kind.ARRIVED, Kind.REMOVED, Kind.OPENED, *PAID} <= set(run.log.kind.tolist())
    conserve(run)


@pytest.mark.thorough
@examples(5, 250)  # the tests of the oracle simulate many more
@given(runs())
def test_every_generated_scenario_conserves(run: Run) -> None:
    """`simulate` checks the laws itself; here they are checked again from outside."""
    conserve(run)


@given(st.data())
def test_any_changed_cell_of_a_movement_is_reported(data: st.DataObject) -> None:
    """Whichever person, post or kind of a movement is changed, some law is broken."""
    run = hamlet()
    moves = np.flatnonzero(np.isin(run.log.kind, (Kind.MOVED, Kind.DEPARTED, Kind.ARRIVED)))
    where = int(data.draw(st.sampled_from(moves.tolist())))
    name = data.draw(st.sampled_from(("staff", "first", "second", "kind")))
    options = {"staff": run.people.staff, "kind": np.array(list(Kind))}.get(name, np.arange(-1, len(run.posts)))
    cell = int(data.draw(st.sampled_from(options.tolist())))
    if cell != int(getattr(run.log, name)[where]):
        with pytest.raises(ConservationError):
            conserve(changed(run, where, **{name: cell}))


def test_an_empty_log_conserves() -> None:
    from tests.small import person, played

    run = played(person(1))
    assert len(run.log) == 0 and set(run.log.columns()) == set(COLUMNS)
    conserve(run)
