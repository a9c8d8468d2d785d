"""What published figures are read from: who left, applied, moved, was paid, and which posts went, as columns of a run.

The log is gone through once; every figure, and every sample of bodies, is then read from these short columns.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, TypeVar

import attrs
import numpy as np

from nhstransit.arrays import AnyArray, Bools, Bytes, Ints, Longs, Rows, Shorts, guarded
from nhstransit.eventlog import EXIT_MONEY, Kind
from nhstransit.run import Run
from nhstransit.run.spells import held_on

T = TypeVar("T")


@attrs.frozen(eq=False, kw_only=True)
class Exits:
    """Departures, (n,) each: row in people, day, rule, and the post left with its body, function and band."""

    row: Rows
    day: Ints
    rule: Shorts
    post: Ints
    body: Ints
    function: Bytes
    band: Bytes


@attrs.frozen(eq=False, kw_only=True)
class Applications:
    """Applications, (n,) each: row in people, day, rule and body."""

    row: Rows
    day: Ints
    rule: Shorts
    body: Ints


@attrs.frozen(eq=False, kw_only=True)
class Sums:
    """Pence, (n,) each: paid for going, or saved a year by a post that went; day, rule, body and kind of event."""

    day: Ints
    rule: Shorts
    body: Ints
    kind: Bytes
    pence: Longs


@attrs.frozen(eq=False, slots=False, repr=False)
class Record:
    """The columns of one run that figures are read from, each made when first asked for."""

    run: Run
    _held: dict[int, Ints] = attrs.field(factory=dict, init=False)

    @cached_property
    def exits(self) -> Exits:
        """Every departure."""
        left, posts = self.run.log.exits, self.run.posts
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
        """Every payment for going and every saving of a post."""
        paid = self.run.log.steps(*EXIT_MONEY, Kind.REMOVED)
        body = self.run.posts.employer[paid.post].astype("int32")
        return Sums(day=paid.day, rule=paid.rule, body=body, kind=paid.kind, pence=paid.pence)

    @cached_property
    def returns(self) -> tuple[Rows, Ints]:
        """Row in people and day of every arrival in a body of the model, or return to one outside it, in order."""
        came = self.run.log.steps(Kind.ARRIVED, Kind.BACK)
        return self.run.rows_of(came.staff), came.day

    def held_on(self, day: int) -> Ints:
        """The post each person holds at the end of a day, (people,); −1 for none."""
        if day not in self._held:
            self._held[day] = guarded(held_on(self.run, day))
        return self._held[day]

    def in_bodies(self, posts: Ints, bodies: Bools) -> Bools:
        """Whether each of these posts, (n,), is one of these bodies'; −1 is not."""
        safe = np.where(posts >= 0, posts, 0)
        if not len(self.run.posts):
            return np.zeros(len(posts), bool)
        return np.asarray(bodies[self.run.posts.employer[safe]] & (posts >= 0))

    def bodies_of(self, kinds: tuple[str, ...]) -> Bools:
        """Which bodies are of these kinds, (bodies,)."""
        return self.run.scenario.roster.of_kinds(kinds)


def kept(columns: T, mask: AnyArray) -> T:
    """The same columns for some of the rows."""
    chosen = np.flatnonzero(mask)
    fields: Any = attrs.fields(type(columns))  # type: ignore[arg-type]
    return type(columns)(**{field.name: getattr(columns, field.name)[chosen] for field in fields})
