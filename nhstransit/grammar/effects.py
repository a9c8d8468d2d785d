"""What may follow from a policy. The set of effects is closed, so that one path through the engine carries out all.

Effects are carried out in the order in which an answer gives them. Posts that one of them opens have no positions
before that. A later effect of the same answer names them by `OpenPosts.posts`.

    made = OpenPosts(employer=successors, function=functions, band=bands)
    Effects(then=(made, Appoint(rows=rows, posts=made.posts, start=day)))
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any, cast

import attrs
import numpy as np

from nhstransit.arrays import Bools, Bytes, Floats, Ints, Keys, Longs, Rows, Singles
from nhstransit.errors import check_several
from nhstransit.log import Kind


@attrs.frozen(eq=False, kw_only=True)
class OpenPosts:
    """New funded posts, one per row. Their yearly cost is debited from today until they are removed.

    By default a post costs what a full-time person on the lowest point of its band costs; `pence` sets another cost. A
    post may take over the work of another post, named by `instead_of`, which is to be removed without a saving. Such a
    post costs nothing more. The right to a credited saving then passes to the new post, and can pass only once.
    """

    employer: Ints
    function: Ints
    band: Ints
    pence: Longs | None = None
    instead_of: Ints | None = None  # −1: of none

    @property
    def posts(self) -> Opened:
        """The posts that this effect opens, one for each of its rows, in order. A later effect can name them."""
        return Opened(self, np.arange(len(self.employer)))


@attrs.frozen(eq=False)
class Opened:
    """Posts that an effect opens, before it is carried out. They stand for positions that are not known yet.

    A later effect of the same answer takes them wherever it takes positions of posts. They can be indexed like an
    array, by a mask or by positions: `made.posts[accepted]`.
    """

    by: OpenPosts
    which: Rows  # (n,) positions among the rows of `by`

    def __len__(self) -> int:
        return len(self.which)

    def __getitem__(self, some: Any) -> Opened:
        """Some of these posts, by a mask, (n,), or by positions among them."""
        return Opened(self.by, self.which[some])


def _posts(posts: Ints | Opened) -> Ints:
    """Posts as given. Posts that are not open yet are replaced by positions before the effect is carried out."""
    return cast("Ints", posts)


@attrs.frozen(eq=False, kw_only=True)
class Depart:
    """An exit is agreed or notice given: last day, payments on that day, and whether the post is removed.

    A `voidable` exit, a redundancy, is cancelled if the person gets another post first.
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
    """People get posts and start on a day, today included. A redundancy agreed before is cancelled."""

    rows: Rows
    posts: Ints = attrs.field(converter=_posts)
    start: int


@attrs.frozen(eq=False, kw_only=True)
class Lodge:
    """People with an agreed exit serve the rest of it in other posts, from midnight of a day. The exit stays agreed."""

    rows: Rows
    posts: Ints = attrs.field(converter=_posts)
    start: int


@attrs.frozen(eq=False, kw_only=True)
class Retain:
    """A guarantee of a job until a day, with a premium. Perceived risk is zero while it runs.

    The guarantee binds. Where one runs already, the later day and the higher premium apply. A fixed term that would end
    sooner is extended to that day. The guarantee stays with the person in another post. A person who is let go before
    that day without having applied for it, or is in post when the employer closes, is paid the rest: basic pay and
    premium for the remaining days.
    """

    rows: Rows
    until: int
    premium: float


@attrs.frozen(eq=False, kw_only=True)
class Designate:
    """People are named business-critical, or lose that status. People named by the staff list keep it."""

    rows: Rows
    critical: bool = True


@attrs.frozen(eq=False, kw_only=True)
class Turn:
    """What people expect changes: disposition, risk class, or perceived risk, by its target and how far it moves."""

    rows: Rows
    disposition: Bytes | None = None
    risk_class: int | None = None
    target: Floats | None = None
    weight: float = 1.0
    ramp_months: float | None = None  # pace at which this news builds up; None: the pace of all news
    half_life_months: float | None = None


@attrs.frozen(eq=False, kw_only=True)
class Consult:
    """Collective consultation opens with these people, to a last day. `chosen`: they are the people who are to go."""

    rows: Rows
    until: Ints
    chosen: bool = False


@attrs.frozen(eq=False, kw_only=True)
class Newcomers:
    """People new to the world, in (n,) columns with the meanings of the staff columns. The post gives the rest."""

    key: Keys  # keys of their draws: the post they come for and its spell
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
    """Newcomers for vacant posts, one post each. They start on a later day if the post still exists."""

    posts: Ints = attrs.field(converter=_posts)
    newcomers: Newcomers
    start: int


@attrs.frozen(eq=False, kw_only=True)
class Rejoin:
    """People who left return today to vacant posts, one each, on a new contract, with newly drawn departure clocks.

    Service counts from today for people who were paid for leaving or were away longer than the law bridges. For others
    it continues. `until` is the last day of a fixed term, or NEVER. None: all contracts are permanent.
    """

    rows: Rows
    posts: Ints = attrs.field(converter=_posts)
    until: Ints | None = None


@attrs.frozen(eq=False, kw_only=True)
class Back:
    """People who left are back in the NHS from today, in organisations outside the model: once each."""

    rows: Rows


@attrs.frozen(eq=False, kw_only=True)
class Engage:
    """Interims for vacant posts from today to a last day, or until the post is filled or removed.

    `who` is a person who returns as an interim, unseen by payroll, or −1 for someone from an agency. The cost is per
    day.
    """

    posts: Ints = attrs.field(converter=_posts)
    who: Ints
    until: Ints
    pence: Longs


@attrs.frozen(eq=False, kw_only=True)
class Draw:
    """Money taken from a fund of the scenario for employers, one entry each. The fund never goes below zero."""

    fund: str
    employer: Ints
    pence: Longs


@attrs.frozen(eq=False, kw_only=True)
class Find:
    """Employers must cut their pay bill by an amount per year, sooner than planned. One entry each."""

    employer: Ints
    pence: Longs


@attrs.frozen(eq=False, kw_only=True)
class Extend:
    """Employers that are to close will close on another day, today or later. One entry each."""

    employer: Ints
    closes: Ints


@attrs.frozen(eq=False, kw_only=True)
class RemovePosts:
    """Vacant posts are removed; `pence` is what each saves per year. If a policy opened it, only its cost ends."""

    posts: Ints = attrs.field(converter=_posts)
    pence: Longs


@attrs.frozen(eq=False, kw_only=True)
class Pay:
    """Money to people today, of one of the log's kinds of money. People who have left can only repay.

    Where it is for a course of training, `until` is the day on which the course ends.
    """

    rows: Rows
    kind: Kind
    pence: Longs
    until: int = -1


@attrs.frozen(eq=False, kw_only=True)
class Ask:
    """The policy asks to act again on these people, on a day that its own calendar did not give."""

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
    """What follows, in order. `chosen` (proposals,) is the panel's decision, if any. None: all who said yes."""

    then: tuple[Effect, ...] = ()
    chosen: Bools | None = None


NOTHING = Effects()


def joined(several: Sequence[tuple[Effect, ...]]) -> tuple[Effect, ...]:
    """The effects of parts that never met, as if one selection had given them.

    Effects on people that stand at the same place in each part, and differ in their columns only, become one effect
    with its people in order. Any others follow one another, in the order of the parts.

    Args:
        several: the effects of each part, in order.
    """
    check_several("several", several)
    if len(several) == 1:
        return several[0]
    return tuple(effect for places in zip_longest(*several) for effect in _together(places))


def _together(places: Sequence[Effect | None]) -> Sequence[Effect]:
    """One effect of those at the same place of each part, or all of them where they cannot be one."""
    effects = [effect for effect in places if effect is not None]
    first = effects[0]
    columns, settings = _divided(first)
    alike = all(type(one) is type(first) and _divided(one) == (columns, settings) for one in effects[1:])
    if len(effects) == 1 or not alike or "rows" not in columns:
        return effects
    every: dict[str, Any] = {name: np.concatenate([getattr(one, name) for one in effects]) for name in columns}
    order = np.argsort(every["rows"], kind="stable")
    whole: Any = first  # of any of the kinds of effect
    return [attrs.evolve(whole, **{name: column[order] for name, column in every.items()})]


def _divided(effect: Effect) -> tuple[list[str], dict[str, Any]]:
    """The names of an effect's columns, and its other fields with their values."""
    given = {field.name: getattr(effect, field.name) for field in attrs.fields(type(effect))}
    columns = [name for name, value in given.items() if isinstance(value, np.ndarray)]
    return columns, {name: value for name, value in given.items() if name not in columns}
