"""What may follow from a policy: a closed set, so that one path through the engine carries out all of it.

Effects are carried out in the order in which an answer gives them. Posts that one of them opens have no positions until
then: a later effect of the same answer names them by `OpenPosts.posts`.

    made = OpenPosts(employer=successors, function=functions, band=bands)
    Effects(then=(made, Appoint(rows=rows, posts=made.posts, start=day)))
"""

from __future__ import annotations

from typing import Any, cast

import attrs
import numpy as np

from nhstransit.arrays import Bools, Bytes, Floats, Ints, Keys, Longs, Rows, Singles
from nhstransit.log import Kind


@attrs.frozen(eq=False, kw_only=True)
class OpenPosts:
    """New funded posts, a row each. What they cost a year is debited from today until they go.

    By default a post costs what somebody full time on the lowest point of its band costs; `pence` says otherwise. A post
    that takes over the work of another, which is to go without a saving, costs nothing more: `instead_of` names that one.
    The right to be credited when it goes passes to the new post, and can pass only once.
    """

    employer: Ints
    function: Ints
    band: Ints
    pence: Longs | None = None
    instead_of: Ints | None = None  # −1: of none

    @property
    def posts(self) -> Opened:
        """The posts that this effect opens, one for each of its rows and in their order, for a later effect to name."""
        return Opened(self, np.arange(len(self.employer)))


@attrs.frozen(eq=False)
class Opened:
    """Posts that an effect opens, before it is carried out: they stand for positions that are not yet known.

    They are given to a later effect of the same answer wherever that takes positions of posts, and can be picked from by
    a mask or by positions, as an array is: `made.posts[accepted]`.
    """

    by: OpenPosts
    which: Rows  # of the rows of `by`, (n,)

    def __len__(self) -> int:
        return len(self.which)

    def __getitem__(self, some: Any) -> Opened:
        """Some of these posts, by a mask (n,) or by positions among them."""
        return Opened(self.by, self.which[some])


def _posts(posts: Ints | Opened) -> Ints:
    """Posts as they were given. What stands for posts not yet open is replaced by positions before it is carried out."""
    return cast("Ints", posts)


@attrs.frozen(eq=False, kw_only=True)
class Depart:
    """An exit is agreed, or notice given: last day, what is paid on it, and whether the post goes with its holder.

    A `voidable` exit, a redundancy, falls away if the person gets another post first.
    """

    rows: Rows
    last_day: Ints
    severance: Longs
    in_lieu: Longs
    strain: Longs
    remove: Bools
    voidable: bool = False


@attrs.frozen(eq=False, kw_only=True)
class Appoint:
    """People get posts, to start on a day, today included; a redundancy agreed before falls away."""

    rows: Rows
    posts: Ints = attrs.field(converter=_posts)
    start: int


@attrs.frozen(eq=False, kw_only=True)
class Lodge:
    """People whose exit is agreed serve the rest of it in other posts, from midnight of a day; the exit stands."""

    rows: Rows
    posts: Ints = attrs.field(converter=_posts)
    start: int


@attrs.frozen(eq=False, kw_only=True)
class Retain:
    """A guarantee of a job to a day, with a premium; perceived risk is zero while it runs.

    It binds. Where one runs already the later day and the higher premium hold; a fixed term that would end sooner is
    prolonged to that day; it stays with the person in another post. Who is let go before that day without having applied
    for it, or is left when the employer closes, is paid the rest of it: basic pay and premium for the days that are left.
    """

    rows: Rows
    until: int
    premium: float


@attrs.frozen(eq=False, kw_only=True)
class Designate:
    """People are named business-critical; or are so no longer, but for those whom the staff list names."""

    rows: Rows
    critical: bool = True


@attrs.frozen(eq=False, kw_only=True)
class Turn:
    """What people expect changes: disposition, risk class, or where perceived risk heads and how far it moves there."""

    rows: Rows
    disposition: Bytes | None = None
    risk_class: int | None = None
    target: Floats | None = None
    weight: float = 1.0
    ramp_months: float | None = None  # how fast this news builds up and fades; None: as fast as all news does
    half_life_months: float | None = None


@attrs.frozen(eq=False, kw_only=True)
class Consult:
    """Collective consultation opens with these people, to a last day; `chosen` says that it is they who are to go."""

    rows: Rows
    until: Ints
    chosen: bool = False


@attrs.frozen(eq=False, kw_only=True)
class Newcomers:
    """People new to the world, (n,) columns with the meanings of the staff columns; the post says the rest."""

    key: Keys  # what their luck hangs on: the post they come for and its spell
    point: Bytes
    wte_hundredths: Bytes
    born: Ints
    service_from: Ints
    sex: Bytes
    clinician: Bools
    section: Bytes
    skill: Singles
    outside: Singles
    attitude: Singles


@attrs.frozen(eq=False, kw_only=True)
class Hire:
    """Newcomers for vacant posts, a post each, to start on a later day if the post still stands."""

    posts: Ints = attrs.field(converter=_posts)
    newcomers: Newcomers
    start: int


@attrs.frozen(eq=False, kw_only=True)
class Rejoin:
    """People who left come back today to vacant posts, one each, on a new contract; their clocks are wound anew.

    Service counts from today for who was paid for going, or was away longer than the law bridges; else it goes on.
    `until` is the last day of a fixed term, or NEVER; None: all are permanent.
    """

    rows: Rows
    posts: Ints = attrs.field(converter=_posts)
    until: Ints | None = None


@attrs.frozen(eq=False, kw_only=True)
class Back:
    """People who left are back in the NHS from today, in bodies outside the model: once each."""

    rows: Rows


@attrs.frozen(eq=False, kw_only=True)
class Engage:
    """Interims for vacant posts from today to a last day, or until somebody takes the post or it goes.

    `who` comes back so, unseen by payroll, or is −1: somebody from an agency. What each costs a day.
    """

    posts: Ints = attrs.field(converter=_posts)
    who: Ints
    until: Ints
    pence: Longs


@attrs.frozen(eq=False, kw_only=True)
class Draw:
    """Money taken from a fund of the scenario's for bodies, an entry each; no purse goes below nothing."""

    fund: str
    employer: Ints
    pence: Longs


@attrs.frozen(eq=False, kw_only=True)
class Find:
    """Bodies must bring their pay bill down by so much a year, sooner than their path has it; an entry each."""

    employer: Ints
    pence: Longs


@attrs.frozen(eq=False, kw_only=True)
class Extend:
    """Bodies that close will close on another day, today or later; an entry each."""

    employer: Ints
    closes: Ints


@attrs.frozen(eq=False, kw_only=True)
class RemovePosts:
    """Vacant posts go; what each saves a year. A post that a policy opened saves nothing: it costs no more, that is all."""

    posts: Ints = attrs.field(converter=_posts)
    pence: Longs


@attrs.frozen(eq=False, kw_only=True)
class Pay:
    """Money to people today, of one of the log's kinds of money; those who have left can pay some back, and no more.

    Where it is for a course of training, `until` is the day on which that is over.
    """

    rows: Rows
    kind: Kind
    pence: Longs
    until: int = -1


@attrs.frozen(eq=False, kw_only=True)
class Ask:
    """The policy wants to act again, on a day its own calendar did not know, on these people."""

    rows: Rows
    day: int
    stage: str


Effect = (
    Depart
    | Appoint
    | Hire
    | Rejoin
    | Back
    | Lodge
    | Retain
    | Designate
    | Turn
    | Consult
    | Engage
    | Draw
    | Find
    | Extend
    | OpenPosts
    | RemovePosts
    | Pay
    | Ask
)
PERSONAL = (Depart, Appoint, Retain)  # effects that need a signature where the policy asks for one


@attrs.frozen(eq=False, kw_only=True)
class Effects:
    """What follows, in order. `chosen` (proposals,) is the panel's word where there is one; None: all who said yes."""

    then: tuple[Effect, ...] = ()
    chosen: Bools | None = None


NOTHING = Effects()
