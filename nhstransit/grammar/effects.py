"""The effects that a policy may have. The set is fixed, so that the engine carries out all of them in the same way.

Effects are carried out in the order in which `Effects.then` lists them. Posts that an effect opens have no positions
before it is carried out. A later effect in the same list refers to them by `OpenPosts.posts`.

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

    By default, the cost of a post is that of a full-time person on the lowest point of its band; `pence` sets a
    different cost. A post may replace another post, given in `instead_of`, which is to be removed without a saving.
    Such a post causes no additional cost. The right to a credited saving then passes to the new post; it can pass only
    once.
    """

    employer: Ints
    function: Ints
    band: Ints
    pence: Longs | None = None
    instead_of: Ints | None = None  # −1: it replaces none

    @property
    def posts(self) -> Opened:
        """The posts that this effect opens, one for each of its rows, in order. A later effect can refer to them."""
        return Opened(self, np.arange(len(self.employer)))


@attrs.frozen(eq=False)
class Opened:
    """Placeholders for posts that an effect is to open, whose positions are not known yet.

    A later effect in the same list accepts them in place of positions of posts. They can be indexed like an array, by a
    mask or by positions: `made.posts[accepted]`.
    """

    by: OpenPosts
    which: Rows  # positions among the rows of `by`

    def __len__(self) -> int:
        return len(self.which)

    def __getitem__(self, some: Any) -> Opened:
        """Some of these posts, by a mask or by positions among them."""
        return Opened(self.by, self.which[some])


def _posts(posts: Ints | Opened) -> Ints:
    """The posts unchanged, for type checking. The engine replaces placeholders by positions before it carries out the
    effect.
    """
    return cast("Ints", posts)


@attrs.frozen(eq=False, kw_only=True)
class Depart:
    """An exit is agreed or notice is given, with the last day, the payments on that day, and whether the post is
    removed.

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
    """People get posts and start in them today or on a later day. A redundancy agreed before is cancelled."""

    rows: Rows
    posts: Ints = attrs.field(converter=_posts)
    start: int


@attrs.frozen(eq=False, kw_only=True)
class Lodge:
    """People with an agreed exit work in other posts until their last day, from midnight of a day. The exit remains
    agreed.
    """

    rows: Rows
    posts: Ints = attrs.field(converter=_posts)
    start: int


@attrs.frozen(eq=False, kw_only=True)
class Retain:
    """A guarantee of a job until a day, with a premium. Perceived risk is zero while the guarantee runs.

    The guarantee is binding. If a person already has one, the later day and the higher premium apply. A fixed term that
    would end sooner is extended to that day. The guarantee moves with the person to another post. A person who is made
    redundant before that day without having applied, or whose employer closes, is paid basic pay and premium for the
    remaining days.
    """

    rows: Rows
    until: int
    premium: float


@attrs.frozen(eq=False, kw_only=True)
class Designate:
    """People are designated business-critical, or lose that status. People who have it in the staff list keep it."""

    rows: Rows
    critical: bool = True


@attrs.frozen(eq=False, kw_only=True)
class Turn:
    """People's expectations change: their disposition, their risk class, or the target of their perceived risk."""

    rows: Rows
    disposition: Bytes | None = None
    risk_class: int | None = None
    target: Floats | None = None
    weight: float = 1.0
    ramp_months: float | None = None  # months over which the effect of this news builds up; None: as for all news
    half_life_months: float | None = None


@attrs.frozen(eq=False, kw_only=True)
class Consult:
    """Collective consultation opens with these people, until a last day. `chosen`: they are selected for redundancy."""

    rows: Rows
    until: Ints
    chosen: bool = False


@attrs.frozen(eq=False, kw_only=True)
class Newcomers:
    """People who are new to the run, in (n,) columns with the meanings of the staff columns. Their posts determine the
    rest.
    """

    key: Keys  # keys of their draws, from the post that they will hold and its number of earlier holders
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
    """Newcomers are hired for vacant posts, one post each. They start on a later day if the post then still exists."""

    posts: Ints = attrs.field(converter=_posts)
    newcomers: Newcomers
    start: int


@attrs.frozen(eq=False, kw_only=True)
class Rejoin:
    """People who left return today to vacant posts, one post per person. They get new contracts and departure clocks.

    Service counts from today for people who were paid for leaving, or were away for longer than the law allows for
    continuous service. For others it continues. `until` is the last day of a fixed term, or NEVER. If it is None, all
    contracts are permanent.
    """

    rows: Rows
    posts: Ints = attrs.field(converter=_posts)
    until: Ints | None = None


@attrs.frozen(eq=False, kw_only=True)
class Back:
    """People who left are back in the NHS from today, in organisations outside the model. This happens at most once to
    a person.
    """

    rows: Rows


@attrs.frozen(eq=False, kw_only=True)
class Engage:
    """Interims cover vacant posts from today to a last day, or until the post is filled or removed.

    `who` is a former employee who returns as an interim without being on the payroll, or −1 for a person from an
    agency. The cost is per day.
    """

    posts: Ints = attrs.field(converter=_posts)
    who: Ints
    until: Ints
    pence: Longs


@attrs.frozen(eq=False, kw_only=True)
class Draw:
    """Money is drawn from a fund of the scenario for employers, one entry each. The fund never falls below zero."""

    fund: str
    employer: Ints
    pence: Longs


@attrs.frozen(eq=False, kw_only=True)
class Find:
    """Employers must cut their pay bill by an amount per year, earlier than planned. There is one entry per employer."""

    employer: Ints
    pence: Longs


@attrs.frozen(eq=False, kw_only=True)
class Extend:
    """Employers that are going to close get a new closing day, today or later. There is one entry per employer."""

    employer: Ints
    closes: Ints


@attrs.frozen(eq=False, kw_only=True)
class RemovePosts:
    """Vacant posts are removed; `pence` is the saving per year for each. If a policy opened a post, only its cost ends."""

    posts: Ints = attrs.field(converter=_posts)
    pence: Longs


@attrs.frozen(eq=False, kw_only=True)
class Pay:
    """Money is paid to people today; `kind` is one of the log's kinds of payment. People who have left can only repay.

    If it pays for a course of training, `until` is the day on which the course ends.
    """

    rows: Rows
    kind: Kind
    pence: Longs
    until: int = -1


@attrs.frozen(eq=False, kw_only=True)
class Ask:
    """A reminder: the policy is called again for these people, on a day that its own calendar does not contain."""

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
PERSONAL = (Depart, Appoint, Retain)  # effects that need a signature if the policy is `signed`


@attrs.frozen(eq=False, kw_only=True)
class Effects:
    """The effects in order. `chosen` (proposals,) is the employer's selection; None: everyone who said yes."""

    then: tuple[Effect, ...] = ()
    chosen: Bools | None = None


NOTHING = Effects()


def joined(several: Sequence[tuple[Effect, ...]]) -> tuple[Effect, ...]:
    """The effects of separate parts of the proposals, joined as if one selection had returned them.

    Effects on people at the same position in each part that differ only in their columns become one effect, with the
    people in order. All other effects follow one another, in the order of the parts.

    Args:
        several: the effects of each part, in order.
    """
    check_several("several", several)
    if len(several) == 1:
        return several[0]
    # The first effects of all parts, then the second ones, and so on; a part with fewer effects has None.
    by_place = zip_longest(*several)
    return tuple(effect for places in by_place for effect in _together(places))


def _together(places: Sequence[Effect | None]) -> Sequence[Effect]:
    """One effect joined from those at the same position in each part, or all of them if they cannot be joined."""
    effects = [effect for effect in places if effect is not None]
    first = effects[0]
    columns, settings = _divided(first)
    # Effects can be joined if they are of one class and have the same settings, and only if they are about people.
    alike = all(type(one) is type(first) and _divided(one) == (columns, settings) for one in effects[1:])
    if len(effects) == 1 or not alike or "rows" not in columns:
        return effects
    every: dict[str, Any] = {name: np.concatenate([getattr(one, name) for one in effects]) for name in columns}
    # In the order of people, as one selection would have returned them.
    order = np.argsort(every["rows"], kind="stable")
    whole: Any = first  # an effect of any kind
    ordered = {name: column[order] for name, column in every.items()}
    return [attrs.evolve(whole, **ordered)]


def _divided(effect: Effect) -> tuple[list[str], dict[str, Any]]:
    """The names of an effect's columns, and its other fields with their values."""
    given = {field.name: getattr(effect, field.name) for field in attrs.fields(type(effect))}
    columns = [name for name, value in given.items() if isinstance(value, np.ndarray)]
    return columns, {name: value for name, value in given.items() if name not in columns}
