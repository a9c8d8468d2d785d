"""The events of a run that published figures are computed from: departures, applications, payments, posts removed.

The log is read once. Every figure, for every sample of organisations, is then computed from these short columns.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, TypeVar

import attrs
import numpy as np

from nhstransit.arrays import AnyArray, Bools, Bytes, Ints, Longs, Rows, Shorts, guarded
from nhstransit.england.figures import Figure, Reading
from nhstransit.log import EXIT_MONEY, Kind
from nhstransit.run import Run
from nhstransit.run.spells import held_on

T = TypeVar("T")


@attrs.frozen(eq=False, kw_only=True)
class Exits:
    """Departures, (n,) each: row in people, day, rule, post, and the post's organisation, function and band."""

    row: Rows
    day: Ints
    rule: Shorts
    post: Ints
    body: Ints
    function: Bytes
    band: Bytes


@attrs.frozen(eq=False, kw_only=True)
class Applications:
    """Applications, (n,) each: row in people, day, rule and organisation."""

    row: Rows
    day: Ints
    rule: Shorts
    body: Ints


@attrs.frozen(eq=False, kw_only=True)
class Sums:
    """Amounts in pence, (n,) each, with day, rule, organisation and kind of event.

    Each is a payment on departure, or the yearly saving of a removed post.
    """

    day: Ints
    rule: Shorts
    body: Ints
    kind: Bytes
    pence: Longs


@attrs.frozen(eq=False, slots=False, repr=False)
class Record:
    """The columns of one run that figures are computed from, each computed on first use."""

    run: Run
    _held: dict[int, Ints] = attrs.field(factory=dict, init=False)
    codes: dict[tuple[tuple[str, ...], str], AnyArray] = attrs.field(factory=dict, init=False)  # by reading and role
    kept: dict[str, Any] = attrs.field(factory=dict, init=False)  # results that measures share, computed once, by name

    @cached_property
    def exits(self) -> Exits:
        """Every departure."""
        left = self.run.log.exits
        posts = self.run.posts
        return Exits(
            row=self.run.rows_of(left.staff),
            day=left.day,
            rule=left.rule,
            post=left.post,
            body=posts.employer[left.post].astype("int32"),
            function=posts.function[left.post],
            band=posts.band[left.post],
        )

    @cached_property
    def applications(self) -> Applications:
        """Every application."""
        made = self.run.log.steps(Kind.APPLIED)
        body = self.run.posts.employer[made.post].astype("int32")
        return Applications(row=self.run.rows_of(made.staff), day=made.day, rule=made.rule, body=body)

    @cached_property
    def sums(self) -> Sums:
        """Every payment on departure and every saving from a removed post."""
        paid = self.run.log.steps(*EXIT_MONEY, Kind.REMOVED)
        body = self.run.posts.employer[paid.post].astype("int32")
        return Sums(day=paid.day, rule=paid.rule, body=body, kind=paid.kind, pence=paid.pence)

    @cached_property
    def returns(self) -> tuple[Rows, Ints]:
        """Arrivals in organisations of the scenario and returns to others: row in people and day, in order."""
        came = self.run.log.steps(Kind.ARRIVED, Kind.BACK)
        return self.run.rows_of(came.staff), came.day

    def held_on(self, day: int) -> Ints:
        """The post that each person holds at the end of a day, (people,); −1 for no post."""
        if day not in self._held:
            self._held[day] = guarded(held_on(self.run, day))
        return self._held[day]

    def in_bodies(self, posts: Ints, bodies: Bools) -> Bools:
        """Whether each of these posts, (n,), belongs to one of these organisations; False for −1, which means no post."""
        # An index of −1 would read the last post. It is replaced by 0 here, and masked again in the result.
        safe = np.where(posts >= 0, posts, 0)
        # A run without posts has no post 0 either.
        if not len(self.run.posts):
            return np.zeros(len(posts), bool)
        return np.asarray(bodies[self.run.posts.employer[safe]] & (posts >= 0))

    def bodies_of(self, kinds: tuple[str, ...]) -> Bools:
        """Which organisations are of these kinds, (organisations,)."""
        return self.run.scenario.roster.of_kinds(kinds)


def kept(columns: T, mask: AnyArray) -> T:
    """The same columns, for the selected rows."""
    # Indices are computed once and used for every column.
    chosen = np.flatnonzero(mask)
    fields: Any = attrs.fields(type(columns))  # type: ignore[arg-type]
    return type(columns)(**{field.name: getattr(columns, field.name)[chosen] for field in fields})


# The part of a run that a published figure covers: its organisations, days and policies.


@attrs.frozen
class Missing:
    """No figure, with the reason in words."""

    why: str


@attrs.frozen
class Carried:
    """A figure extended beyond the run's last day by the run's own curves, and how. It is compared like any other."""

    value: float
    why: str


@attrs.frozen
class Partial:
    """A figure that covers less than the published figure, and why. It is shown without a difference."""

    value: float
    why: str


Answer = float | Missing | Partial | Carried
Seen = TypeVar("Seen", Exits, Applications, Sums)


@attrs.frozen(eq=False, kw_only=True, slots=False)
class View:
    """The part of a run that one figure covers: organisations, days and given numbers.

    `bodies` (bodies,) are the organisations in the view. Its days are `first` to `last`, inclusive.
    """

    record: Record
    reading: Reading
    figure: Figure
    given: Mapping[str, float]
    bodies: Bools
    first: int
    last: int
    wider: View | None = None  # the view that this view was restricted from

    @property
    def run(self) -> Run:
        """The run that is viewed."""
        return self.record.run

    @cached_property
    def exits(self) -> Exits:
        """Departures in the view."""
        # The view that this one was restricted from has fewer rows than the whole record.
        return self._seen((self.wider or self.record).exits)

    @cached_property
    def applications(self) -> Applications:
        """Applications in the view."""
        return self._seen((self.wider or self.record).applications)

    @cached_property
    def sums(self) -> Sums:
        """Amounts in pence in the view."""
        return self._seen((self.wider or self.record).sums)

    def _seen(self, columns: Seen) -> Seen:
        in_time = (columns.day >= self.first) & (columns.day <= self.last)
        return kept(columns, self.bodies[columns.body] & in_time)

    def by(self, role: str, rules: AnyArray) -> Bools:
        """Which of these rule codes belong to policies with a role, such as "redundancy"."""
        return np.isin(rules, self.codes(role))

    def codes(self, role: str) -> AnyArray:
        """The rule codes of the scenario's policies that have a role. Computed once, because hundreds of views need
        them.
        """
        held = self.record.codes
        key = (self.reading.scenarios, role)  # its scenarios identify a reading
        if key not in held:
            held[key] = codes(self.run, self.reading, role)
        return held[key]

    def seeing(self, bodies: Bools) -> View:
        """This view, restricted to organisations that are also in `bodies`."""
        return attrs.evolve(self, bodies=self.bodies & bodies, wider=self)

    def date(self, day: int) -> dt.date:
        """The date of a day."""
        return self.run.scenario.calendar.date(day)


Read = Callable[[View], Answer]


@attrs.frozen(kw_only=True)
class Measure:
    """How a figure is computed from a view: the quantity that it measures (see `Unit`), and the policy roles that it
    needs.

    A `partial` measure may stop at the run's last day although the published period continues.
    """

    measures: str
    read: Read
    needs: tuple[str, ...] = ()
    partial: bool = False


def codes(run: Run, reading: Reading, role: str) -> AnyArray:
    """The rule codes of the run's policies that have a role, (n,).

    Args:
        run: the run.
        reading: the policies that have each role.
        role: the role, such as "redundancy".
    """
    names = reading.named(role, run.scenario.policies)
    return np.array([run.code_of(name) for name in names], "int16")


def ratio(above: float, below: float, nobody: str) -> Answer:
    """The ratio of two numbers; `Missing`, with the reason, if the denominator is zero.

    Args:
        above: the numerator.
        below: the denominator.
        nobody: the reason if the denominator is zero.
    """
    return Missing(nobody) if below == 0 else float(above / below)


def view_of(record: Record, reading: Reading, given: Mapping[str, float], figure: Figure) -> View:
    """The view of a figure: its kinds of organisation, region and days.

    Args:
        record: the columns of the run.
        reading: the policies and organisations that the published figures refer to.
        given: numbers that measures need and that are not in a run, by name.
        figure: the figure.
    """
    calendar = record.run.scenario.calendar
    roster = record.run.scenario.roster
    bodies = record.bodies_of(figure.kinds or reading.senders)
    if figure.region:
        # No organisation has the region −1, so an unknown region makes an empty view and not an error.
        place = roster.regions.index(figure.region) if figure.region in roster.regions else -1
        bodies = bodies & (roster.region == place)
    if figure.employers:
        bodies = bodies & np.isin(np.array(roster.names), figure.employers)
    first = calendar.day(figure.since) if figure.since else 0
    last = calendar.days - 1
    # A period that continues after the run is cut off here; `hindrance` decides whether the figure may be computed.
    if figure.until:
        last = min(calendar.day(figure.until), last)
    return View(
        record=record,
        reading=reading,
        figure=figure,
        given=given,
        bodies=bodies,
        first=first,
        last=last,
    )


def hindrance(view: View, measure: Measure) -> Missing | None:
    """Why this figure cannot be computed from this run, or None.

    The scenario may lack a policy, organisation or period that the figure refers to.
    """
    figure = view.figure
    scenario = view.run.scenario
    # Only the first reason is reported: a missing policy, a missing organisation, or the period.
    for role in measure.needs:
        if not view.reading.named(role, scenario.policies):
            names = " or ".join(getattr(view.reading, role))
            return Missing(f"the scenario has no policy {names}")
    lost = [name for name in figure.employers if name not in scenario.roster.names]
    if lost:
        return Missing(f"the scenario has no {lost[0]}")
    if not view.bodies.any():
        where = f" in {figure.region}" if figure.region else ""
        return Missing(f"the scenario has no such organisation{where}")
    if figure.since and scenario.calendar.day(figure.since) < 0:
        return Missing(f"the scenario starts on {scenario.start}, after {figure.since}")
    if figure.until and figure.until > scenario.end and not measure.partial:
        return Missing(f"the scenario ends on {scenario.end}, before {figure.until}")
    return None
