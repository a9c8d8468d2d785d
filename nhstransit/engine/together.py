"""Replications side by side: several runs of a small scenario are simulated together, and then divided into runs.

A small scenario takes most of its time for the thousands of steps of its calendar, however few people each step
concerns. Replications that are simulated side by side share these steps. Nothing else is shared: every replication has
its own people, posts, organisations, clusters and regions, and each draw follows from its own seed (`streams.Lucks`). So
the run of a seed is the same, byte for byte, whether it is simulated alone or with others.

This is true of policies and behaviour that stay within an employer, a cluster, a region or `Roster.replication`.
`why_apart` finds what in a scenario does not, and such a scenario is simulated one run at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import attrs
import numpy as np

from nhstransit.arrays import AnyArray, Ints, Longs
from nhstransit.behaviour import (
    Behaviour,
    Departures,
    Outlook,
    PostChoice,
    RetentionChoice,
    SeveranceChoice,
    WaitingLeavers,
)
from nhstransit.behaviour.better_offer import WaitingApplicants
from nhstransit.engine.outcome import without_pay
from nhstransit.engine.simulate import play, simulate
from nhstransit.engine.world import World
from nhstransit.errors import InputError, check_kind
from nhstransit.law.law import Law, law_digest
from nhstransit.log import MONEY, NOBODY, NOT_FROM_POSTS, OF_BODIES, TO_POSTS, Kind, Log, marked
from nhstransit.organisations.bodies import MOST_BODIES
from nhstransit.organisations.posts import Posts
from nhstransit.policies import POLICIES
from nhstransit.run import Closing, Run, conserve
from nhstransit.run.accrual import accrued
from nhstransit.scenario import Scenario
from nhstransit.scenario.spec import check_law_reaches
from nhstransit.selection import nth_within
from nhstransit.streams import Lucks
from nhstransit.toml import Named
from nhstransit.workforce.columns import Workforce

MOST_PEOPLE = 5_000  # in a scenario; in a larger one the steps of the calendar are a small part of the time
_SIDE_BY_SIDE = 48_000  # most people of all replications that are simulated at a time; more would save no time
_ACCOUNTS = sorted((*MONEY, Kind.REMOVED, Kind.OPENED))  # kinds of event in the ledger of a run
_MODELS = {  # models of behaviour in which a person depends only on people of the same employer
    "departures": (Departures, WaitingLeavers),
    "outlook": (Outlook,),
    "severance": (SeveranceChoice, WaitingApplicants),
    "retention": (RetentionChoice,),
    "post": (PostChoice,),
}


def simulate_together(scenario: Scenario, *, seeds: Sequence[int], law: Law | None = None) -> tuple[Run, ...]:
    """The run of each seed, in order, as `simulate` returns it byte for byte. A small scenario takes much less time.

    Args:
        scenario: a scenario for which `why_apart` returns "".
        seeds: the root of all draws of each run, 0 to 2⁶³−1.
        law: dated parameters instead of the scenario's own, as for `simulate`.

    Returns:
        The runs, (seeds,).

    Raises:
        InputError: for a scenario whose replications must be simulated one at a time, and as `simulate` does. An error in
            one replication stops all of them: simulate them one at a time to find it.
        ConservationError: for a fault in the engine.
    """
    check_kind("scenario", scenario, Scenario)
    if law is not None:
        check_kind("law", law, Law)
    apart = why_apart(scenario)
    if apart:
        raise InputError(f"scenario {scenario.name!r}", f"cannot be run side by side: {apart}", "use simulate")
    law = law or scenario.dated_law
    check_law_reaches(scenario, law)
    # The results do not depend on the size of a batch, only the time and the memory do.
    most = most_together(scenario)
    runs: list[Run] = []
    for start in range(0, len(seeds), most):
        runs += _together(scenario, tuple(seeds[start : start + most]), law)
    return tuple(runs)


def most_together(scenario: Scenario) -> int:
    """The most replications of a scenario that are simulated side by side: more would save no time."""
    # Employers are stored in 16 bits, which limits the employers of all replications together.
    people = max(len(scenario.workforce), 1)
    bodies = max(len(scenario.organisations), 1)
    fits = min(_SIDE_BY_SIDE // people, MOST_BODIES // bodies)
    return max(1, fits)


def why_apart(scenario: Scenario) -> str:
    """Why replications of a scenario are simulated one at a time, worded to follow a colon; "" if they need not be.

    Large scenarios gain nothing. In other scenarios the reason is a class of the user's own: the engine cannot know
    whether it would mix people of different replications.
    """
    check_kind("scenario", scenario, Scenario)
    people = len(scenario.workforce)
    if people > MOST_PEOPLE:
        return f"it has {people:,} people, and only scenarios of up to {MOST_PEOPLE:,} are faster side by side"
    return next(_reasons(scenario), "")


def _reasons(scenario: Scenario) -> Iterator[str]:
    """Each reason why a scenario's replications cannot be simulated side by side, in a sentence."""
    # A subclass counts as the user's own: it may override any step. So the type itself is compared, not `isinstance`.
    known = set(POLICIES.values())
    for name, policy in scenario.policies.items():
        if type(policy) not in known:
            yield f"the policy {name!r} is of a class of your own, {type(policy).__name__}"
    yield from _behaviour(scenario.behaviour.in_force())


def _behaviour(behaviour: Behaviour) -> Iterator[str]:
    for name, models in _MODELS.items():
        model = getattr(behaviour, name)
        # A model may wrap another one in its field `model`, and then both must be known.
        for part in (model, getattr(model, "model", model)):
            if type(part) not in models:
                yield f"behaviour.{name} is of a class of your own, {type(part).__name__}"
                return


def _together(scenario: Scenario, seeds: tuple[int, ...], law: Law) -> list[Run]:
    """The runs of these seeds, simulated together."""
    if len(seeds) == 1:
        return [simulate(scenario, seed=seeds[0], law=law)]
    luck = Lucks(seeds)
    roster = scenario.roster.side_by_side(len(seeds))
    opening = _opening(scenario, len(seeds))
    # A person's draws must be those of a run alone. So the keys are the identities of the scenario's staff, repeated,
    # and not the identities within all replications.
    keys = np.tile(scenario.workforce.staff, len(seeds)).astype("uint64")
    world = World(scenario.calendar, roster, opening.people, opening.posts, opening.seats, law, keys)
    play(scenario, world, luck)
    whole = without_pay(world, scenario, seeds[0], opening.seats, law_digest(law))
    conserve(whole)  # the checks are of single people, posts and sums, so they cover each replication
    return _parted(whole, world, scenario, seeds)


@attrs.frozen(kw_only=True, eq=False)
class _Opening:
    """The opening of all replications, one after another. People are numbered by position."""

    people: Workforce
    posts: Posts
    seats: Ints  # (people,) post that each person holds


def _opening(scenario: Scenario, count: int) -> _Opening:
    # Replication r has the people from r · people on, and in the same way its own posts and employers.
    one = scenario.workforce
    posts, seats = scenario.opening
    bodies = len(scenario.organisations)

    def ahead(each: int, step: int) -> Ints:
        """What is added to a position in each replication, for columns of `each` entries."""
        return np.repeat(np.arange(count, dtype="int32") * step, each)

    # Identities must differ between replications, because the log names people by identity.
    columns = {name: np.tile(column, count) for name, column in one.columns().items()}
    columns["staff"] = np.arange(count * len(one), dtype="int32")
    columns["employer"] = columns["employer"] + ahead(len(one), bodies)
    jobs = {name: np.tile(column, count) for name, column in posts.columns().items()}
    jobs["employer"] = jobs["employer"] + ahead(len(posts), bodies)
    return _Opening(
        people=one.having(**columns, employers=one.employers * count),
        posts=Posts(**jobs),
        seats=np.tile(seats, count) + ahead(len(one), len(posts)),
    )


def _parted(whole: Run, world: World, scenario: Scenario, seeds: tuple[int, ...]) -> list[Run]:
    """The run of each seed, from the run of all replications."""
    count = len(seeds)
    roster = world.bodies
    bodies = len(roster) // count
    # Newcomers and new posts of all replications are mixed at the end of the tables. The employer of an entry determines
    # its replication, and the entries of one replication are numbered in the order of the whole table.
    of_person = roster.replication[whole.people.employer]
    of_post = roster.replication[whole.posts.employer]
    row = nth_within(of_person)
    post = nth_within(of_post)
    staff = _identities(scenario.workforce, row)
    # Every column that contains identities, posts or employers is renumbered before the columns are divided.
    of_event = _of_event(whole.log, of_person, of_post, bodies)
    log = _Parts.of(of_event, count, _within(whole.log, staff, post, bodies))
    people = whole.people.columns() | {"employer": whole.people.employer % bodies, "staff": staff}
    everybody = _Parts.of(of_person, count, people)
    jobs = whole.posts.columns() | {"employer": whole.posts.employer % bodies}
    posts = _Parts.of(of_post, count, jobs)
    held = {
        "opening_post": _placed(whole.opening_post, post),
        "opening_pay": whole.opening_pay,
        "closing": _placed(whole.closing.post, post),
    }
    states = _Parts.of(of_person, count, held)
    # Kinds of event are stored in one byte, so 256 columns have room for every kind.
    ledgers = np.zeros((count, 256), "int64")
    kind_of_event = whole.log.kind.view("uint8")
    np.add.at(ledgers, (of_event, kind_of_event), whole.log.pence)
    pay = np.zeros(count, "int64")
    np.add.at(pay, of_person, sum(accrued(whole, world.law)))
    runs = []
    for number, seed in enumerate(seeds):
        state = states.part(number)
        sums = ledgers[number]
        ledger = {kind.name: int(sums[kind]) for kind in _ACCOUNTS if sums[kind]}
        # Without newcomers all runs share the scenario's own staff columns, which saves memory.
        entered = everybody.part(number)
        events: dict[str, Any] = log.part(number)
        same = len(entered["staff"]) == len(scenario.workforce)
        run = Run(
            scenario=scenario,
            seed=int(seed),
            log=Log(**events),
            people=scenario.workforce if same else scenario.workforce.having(**entered),
            posts=Posts(**posts.part(number)),
            opening_post=state["opening_post"],
            opening_pay=state["opening_pay"],
            closing=Closing(post=state["closing"], ledger=Named(ledger), pay=int(pay[number])),
            provenance=whole.provenance,
        )
        runs.append(run)
    return runs


@attrs.frozen(eq=False)
class _Parts:
    """Columns sorted by replication, and where each replication begins and ends in them."""

    columns: dict[str, AnyArray]
    ends: Longs

    @classmethod
    def of(cls, replication: AnyArray, count: int, columns: dict[str, AnyArray]) -> _Parts:
        """Columns (n,) divided by the replication of each entry. Within each, the order is unchanged.

        Args:
            replication: (n,) number of each entry's replication.
            count: number of replications.
            columns: (n,) columns by name.
        """
        # `ends` has one more entry than there are replications: part i is from ends[i] up to ends[i + 1].
        order = np.argsort(replication, kind="stable")
        ends = np.searchsorted(replication[order], np.arange(count + 1))
        return cls({name: column[order] for name, column in columns.items()}, ends)

    def part(self, number: int) -> dict[str, Any]:
        """The columns of one replication."""
        rows = slice(self.ends[number], self.ends[number + 1])
        return {name: column[rows] for name, column in self.columns.items()}


def _identities(opening: Workforce, row: AnyArray) -> Longs:
    """The staff number of each person by row within a replication, (n,). Those of newcomers follow the highest."""
    size = len(opening)
    highest = int(opening.staff.max(initial=-1))
    newcomers = highest + 1 + row - size
    if not size:
        return newcomers
    # `where` computes both branches for everyone, so the rows of newcomers are limited to rows that exist.
    known = opening.staff[np.minimum(row, size - 1)]
    return np.where(row < size, known, newcomers)


def _of_event(log: Log, of_person: Ints, of_post: Ints, bodies: int) -> Longs:
    """The replication of each event: that of its person, or else of its post or employer, (events,)."""
    # `first` and `second` contain different things in events of different kinds. Positions that are not posts are
    # replaced by 0 before the look-up, and the outer `where` discards what is found there.
    post = np.where(_has_post(log, TO_POSTS, log.second), log.second, log.first)
    of_body = marked(OF_BODIES)[log.kind.view("uint8")]
    by_post = of_post[np.where(of_body, 0, post)] if len(of_post) else 0
    by_place = np.where(of_body, log.first // bodies, by_post)
    if not len(of_person):
        return by_place
    by_person = of_person[np.maximum(log.staff, 0)]
    return np.where(log.staff >= 0, by_person, by_place)


def _within(log: Log, staff: Longs, post: Longs, bodies: int) -> dict[str, AnyArray]:
    """The columns of a log, with people, posts and employers as each replication numbers them."""
    columns = log.columns()
    # In the common run an identity equals a row, because both count from 0, so identities can index `staff`.
    if len(staff):
        own = staff[np.maximum(log.staff, 0)]
        columns["staff"] = np.where(log.staff >= 0, own, NOBODY)
    # Only values that are posts or employers are renumbered. Days, classes and pay points stay as they are.
    from_posts = [kind for kind in Kind if kind not in NOT_FROM_POSTS]
    is_post = _has_post(log, from_posts, log.first)
    is_body = marked(OF_BODIES)[log.kind.view("uint8")]
    first = np.where(is_post, _placed(log.first, post), log.first)
    columns["first"] = np.where(is_body, log.first % bodies, first)
    is_post = _has_post(log, TO_POSTS, log.second)
    columns["second"] = np.where(is_post, _placed(log.second, post), log.second)
    return columns


def _has_post(log: Log, kinds: Sequence[Kind], column: Ints) -> AnyArray:
    """Which events have a post in a column of the log, (events,), if only events of these kinds can have one there."""
    return np.asarray(marked(kinds)[log.kind.view("uint8")] & (column >= 0))


def _placed(posts: Ints, place: Longs) -> Ints:
    """Posts as their replications number them, (n,). Values below zero or beyond the last post are unchanged."""
    # The copy keeps the type of the column, which `where` could widen.
    post = (posts >= 0) & (posts < len(place))
    out = posts.copy()
    out[post] = place[posts[post]]
    return out
