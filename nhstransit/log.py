"""The event log: the only record of a run, from which its results are computed.

It has eight columns, which take 28 bytes per row. The meaning of the two value columns (`first` and `second`) and of
`pence` depends on the kind of event; the comment on each kind below states it. Within a day, rows are in the order of
phase, then rule, and a cause comes before its effect. `Log.ordered` gives the canonical order for comparing two logs.

Read a log through its views, in which every column has the name of its content: `log.moves.from_post` is a post and
`log.promises(Kind.RETAINED).last_day` is a day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import Bools, Bytes, Ints, Longs, Rows, Shorts, guarded
from nhstransit.dates import dates_from
from nhstransit.errors import InputError, nearest

if TYPE_CHECKING:
    import pandas as pd

FORMAT = 2  # version of the stored columns; a change of meaning needs a new number
NOBODY = -1  # in `staff`: an event of the post itself; in a post column: no post


class Phase(IntEnum):
    """The declared order within a day.

    Openings come before closures, so that people who transfer at midnight have a post to move to.
    """

    OPENINGS = 0
    CLOSURES = 1
    MILESTONES = 2
    WINDOWS = 3
    APPOINTMENTS = 4
    DEPARTURES = 5
    ARRIVALS = 6
    MONTH_END = 7


class Kind(IntEnum):
    """What happened, with the contents of the value columns (`first`, `second`) and `pence`; -1 if a column is unused.

    Append new kinds, and never renumber: stored runs contain the numbers.
    """

    OPENED = 1  # second: the post; opened by a policy, first: the post that it replaces, or pence: its cost a year
    REMOVED = 2  # first: the post; pence saved a year permanently, 0 if its employer closed or a policy had opened it
    DISPOSITION = 10  # first, second: dispositions before and after
    RISK = 11  # first, second: risk classes before and after
    DESIGNATED = 12  # designated business-critical; first: post
    LAPSED = 13  # no longer business-critical, because the retention terms have ended; first: post
    APPLIED = 20  # accepted a proposal; first: post; pence offered
    APPROVED = 21  # selected by the employer; first: post
    REFUSED = 22  # applied and not selected; first: post
    WITHDREW = 23  # selected and did not sign; first: post
    CONSULTED = 30  # collective consultation opened; first: post; second: its last day
    EXIT_AGREED = 31  # first: post; second: the last day in the post; pence to be paid on that day
    EXIT_VOID = 32  # an agreed exit was cancelled, because the person got another post; first: post
    RETAINED = 33  # first: post; second: the last day of the guarantee; pence of premium a year
    APPOINTED = 34  # first: the post held now; second: the post promised
    MOVED = 40  # first: the post left; second: the new post
    DEPARTED = 41  # first: the post left; the rule is the cause
    ARRIVED = 42  # a new person or a returner; second: the post filled
    BACK = 43  # a leaver is back in the NHS, in an organisation outside the model
    INTERIM = 44  # an interim covers a vacant post; second: the post; staff: only if a former employee; pence a day
    INTERIM_ENDED = 45  # the cover ends; first: the post; staff as in INTERIM
    PAY = 50  # first, second: pay points before and after; pence of whole-time basic pay a year from then on
    SEVERANCE = 60  # pence paid for leaving: MARS or redundancy
    IN_LIEU = 61  # pence paid for notice not served
    PENSION = 62  # pence of capital paid into the pension scheme for early release
    PREMIUM = 63  # pence of retention premium for the month
    AGENCY = 64  # pence paid for an interim since the last AGENCY event; first: post; staff as in INTERIM
    CLAWBACK = 65  # pence of severance paid back
    TRAINING = 66  # pence paid for development or retraining
    BOUGHT_OUT = 67  # pence paid for the rest of a guarantee that ends early
    DRAWN = 70  # first: employer; second: fund; pence drawn from it
    TO_FIND = 71  # first: employer; pence a year of pay that it must save earlier than planned
    EXTENDED = 72  # first: employer; second: its new last day


MOVEMENTS = (Kind.MOVED, Kind.DEPARTED, Kind.ARRIVED)
MONEY = (
    Kind.SEVERANCE,
    Kind.IN_LIEU,
    Kind.PENSION,
    Kind.PREMIUM,
    Kind.AGENCY,
    Kind.CLAWBACK,
    Kind.TRAINING,
    Kind.BOUGHT_OUT,
)  # payments to people or for them, except CLAWBACK, which people pay back
EXIT_MONEY = (Kind.SEVERANCE, Kind.IN_LIEU, Kind.PENSION, Kind.BOUGHT_OUT)  # the part paid when a person leaves
OF_BODIES = (Kind.DRAWN, Kind.TO_FIND, Kind.EXTENDED)  # kinds whose `first` is an employer
_PROMISES = (Kind.CONSULTED, Kind.EXIT_AGREED, Kind.RETAINED)
_CHANGES = (Kind.DISPOSITION, Kind.RISK, Kind.PAY)
NOT_FROM_POSTS = (*_CHANGES, *OF_BODIES)  # kinds whose `first` is not a post
TO_POSTS = (Kind.OPENED, Kind.APPOINTED, Kind.MOVED, Kind.ARRIVED, Kind.INTERIM)  # kinds whose `second` is a post
_STARTS = (Kind.OPENED, Kind.ARRIVED, Kind.INTERIM)  # kinds whose one post is `second`
_OF_ONE_POST = tuple(kind for kind in Kind if kind not in (Kind.APPOINTED, Kind.MOVED, *_CHANGES, *OF_BODIES))

# The numbers of rules in the log: for each of the engine's own rules, and for well-known names of policies. The number
# of a name never changes. It is only a label: neither the order of events nor random draws depend on it.
RULES = {
    "month": 0,
    "death-or-dismissal": 1,
    "retirement": 2,
    "resignation-within-nhs": 3,
    "resignation": 4,
    "pay": 6,
    "opening": 7,
    "transfer": 8,
    "closure": 9,
    "announcement": 20,
    "milestones": 21,
    "bill": 22,
    "one-to-ones": 23,
    "destination-letters": 24,
    "extension": 26,
    "split": 27,
    "rets": 30,
    "bridging": 31,
    "development": 32,
    "second-thoughts": 33,
    "mars": 40,
    "mars-local": 41,
    "mars-second": 42,
    "start-up": 43,
    "cost-reduction": 44,
    "clustering": 45,
    "inflow": 46,
    "clustering-shas": 47,
    "transfer-whole": 48,
    "transfer-arms": 49,
    "filling": 50,
    "filling-senior": 51,
    "filling-second": 52,
    "slot-in": 53,
    "ring-fenced": 54,
    "open-competition": 55,
    "assignment": 56,
    "best-people": 58,
    "redundancy": 60,
    "voluntary-redundancy": 61,
    "voluntary-redundancy-second": 62,
    "hiring": 70,
    "hiring-successors": 71,
    "interims": 72,
    "returns": 75,
    "contract-end": 900,
}
CAUSES = (
    "death-or-dismissal",
    "retirement",
    "resignation-within-nhs",
    "resignation",
)  # rules for natural departures, by departure clock
ENGINE_RULES = ("month", *CAUSES, "pay", "opening", "transfer", "closure", "contract-end")  # reserved names
NO_RULE = -2  # returned for a name that no rule of the run has; no event has this number
_FIRST_OWN = 1_000
_LAST_OWN = 32_767

COLUMNS = {
    "day": "int32",
    "phase": "int8",
    "kind": "int8",
    "rule": "int16",
    "staff": "int32",
    "first": "int32",
    "second": "int32",
    "pence": "int64",
}


def rule_code(name: str) -> int:
    """The number of a rule with a well-known name. For any other name it depends on the run: see `Run.code_of`.

    Raises InputError for a name that is not in `RULES`.
    """
    if name not in RULES:
        raise InputError("rule", f"{name!r} has no number of its own", "get it from a run: run.code_of(name)")
    return RULES[name]


def codes_of(policies: Iterable[str]) -> dict[str, int]:
    """The number of each rule in the log of a scenario with these policies, including the engine's own rules.

    A well-known name has its number in `RULES`. The other names are numbered from 1,000 in the order given. Raises
    InputError for more than 31,768 of them.
    """
    codes = dict(RULES)
    # The order is that of the scenario, so a further name at the end changes no other number.
    own = [name for name in policies if name not in RULES]
    if len(own) > _LAST_OWN - _FIRST_OWN + 1:
        raise InputError(
            "policies", f"have {len(own):,} names of your own", f"give at most {_LAST_OWN - _FIRST_OWN + 1:,}"
        )
    codes |= {name: _FIRST_OWN + place for place, name in enumerate(own)}
    return codes


def marked(kinds: Iterable[Kind]) -> Bools:
    """A look-up table for each code as an unsigned byte, (256,): whether it is one of these kinds. Faster than `isin`."""
    # Codes are used as unsigned bytes, so a table of 256 has an entry for each.
    marks = np.zeros(256, bool)
    marks[list(kinds)] = True
    return marks


_HOLDS = dict.fromkeys(_PROMISES, ("from_post", "last_day"))  # contents of the two value columns, if not posts
_HOLDS |= dict.fromkeys(_CHANGES, ("before", "after"))
_HOLDS |= {Kind.DRAWN: ("body", "fund"), Kind.TO_FIND: ("body", ""), Kind.EXTENDED: ("body", "last_day")}
_VALUES = ("from_post", "to_post", "last_day", "before", "after", "body", "fund")

View = TypeVar("View", bound="Events")


@attrs.frozen
class Event:
    """One event, with each value under its own name; None for values that its kind does not have.

    `before` and `after` are dispositions, risk classes or pay points; `body` and `fund` are positions in the scenario.
    """

    day: int
    phase: Phase
    kind: Kind
    rule: int
    staff: int | None
    pence: int
    from_post: int | None
    to_post: int | None
    last_day: int | None
    before: int | None
    after: int | None
    body: int | None
    fund: int | None


@attrs.frozen(kw_only=True)
class Words:
    """The meanings of the codes of a log, with which a run puts its events into words."""

    start: dt.date
    rules: Mapping[int, str]
    bodies: Sequence[str] = ()
    funds: Sequence[str] = ()
    states: Mapping[Kind, Sequence[str]] = attrs.field(factory=dict)  # dispositions and risk classes


@attrs.frozen(eq=False, kw_only=True)
class Events:
    """Some of the events of a log, in its order, as columns of equal length (n,).

    `order` is the position of each event in the log, by which events of different views can be sorted. `staff` is -1 if
    an event is not about a person.
    """

    order: Rows
    day: Ints
    kind: Bytes
    rule: Shorts
    staff: Ints

    def __len__(self) -> int:
        return len(self.day)

    def take(self: View, rows: Any) -> View:
        """Some of these events, by position, mask or slice."""
        columns = {field.name: getattr(self, field.name)[rows] for field in attrs.fields(type(self))}
        return type(self)(**columns)

    def until(self: View, day: int) -> View:
        """The events up to the end of a day."""
        # A log is in order of day, so the events up to a day are at its beginning.
        end = int(self.day.searchsorted(day, side="right"))
        return self.take(slice(0, end))

    def by(self: View, *rules: int) -> View:
        """The events caused by the rules with these numbers."""
        return self.take(np.flatnonzero(np.isin(self.rule, rules)))

    def of(self: View, *kinds: Kind) -> View:
        """The events of these kinds."""
        return self.take(np.flatnonzero(np.isin(self.kind, kinds)))


@attrs.frozen(eq=False, kw_only=True)
class Moves(Events):
    """People who take or leave posts: `from_post` and `to_post` are posts, -1 for none."""

    from_post: Ints
    to_post: Ints


@attrs.frozen(eq=False, kw_only=True)
class Steps(Events):
    """Events that concern one post, or none (-1), with pence: applications, payments, departures, openings, removals."""

    post: Ints
    pence: Longs


@attrs.frozen(eq=False, kw_only=True)
class Promises(Steps):
    """Events with a later day: an agreed exit, a guarantee or a consultation."""

    last_day: Ints


@attrs.frozen(eq=False, kw_only=True)
class Changes(Events):
    """Events that change a person's disposition, risk class or pay point; `pence` is pay a year from then on."""

    before: Ints
    after: Ints
    pence: Longs


@attrs.frozen(eq=False, kw_only=True)
class BodyEvents(Events):
    """Events about an employer: pence drawn from a fund or to be saved, or a new last day (-1 if there is none)."""

    body: Ints
    fund: Ints
    last_day: Ints
    pence: Longs


@attrs.frozen(eq=False, slots=False)
class Log:
    """The events of a run as read-only columns of equal length.

    `words` contains the meanings of the codes, if the log belongs to a run.
    """

    day: Ints
    phase: Bytes
    kind: Bytes
    rule: Shorts
    staff: Ints
    first: Ints
    second: Ints
    pence: Longs
    words: Words | None = attrs.field(default=None, kw_only=True, repr=False)

    def __attrs_post_init__(self) -> None:
        # The class is frozen, so its columns are set in the way that attrs itself uses.
        for name, dtype in COLUMNS.items():
            object.__setattr__(self, name, guarded(np.ascontiguousarray(getattr(self, name), dtype)))

    def __len__(self) -> int:
        return len(self.day)

    def __repr__(self) -> str:
        return f"Log({len(self):,} events)"

    def columns(self) -> dict[str, Any]:
        """The columns by name, in their declared order."""
        return {name: getattr(self, name) for name in COLUMNS}

    def take(self, rows: Any) -> Log:
        """Some of the events, by position or mask."""
        return Log(*(column[rows] for column in self.columns().values()), words=self.words)

    def caused_by(self, rule: int) -> int:
        """The number of events that the rule with this number caused."""
        return int((self.rule == rule).sum())

    def about(self, staff: int) -> Log:
        """The events about one person."""
        return self.take(np.flatnonzero(self.staff == staff))

    def each(self) -> Iterator[Event]:
        """The events one by one, for the history of one person or a small log."""
        names = ("day", "phase", "kind", "rule", "staff", "pence")
        columns: dict[str, Any] = {name: getattr(self, name) for name in names} | self._values()
        for cells in zip(*(column.tolist() for column in columns.values()), strict=True):
            event = dict(zip(columns, cells, strict=True))
            # A negative number means that the event does not have the value.
            unsaid = {name: None for name in (*_VALUES, "staff") if event[name] < 0}
            kinds = {"phase": Phase(event["phase"]), "kind": Kind(event["kind"])}
            yield Event(**{**event, **kinds, **unsaid})

    def table(self) -> pd.DataFrame:
        """The events in words, one row per event, in order.

        Columns: date; phase, event and rule in words; staff; from_post and to_post, which join with
        `run.history.posts()`; last_day (of a guarantee, an agreed exit, a consultation, or an employer whose closure is
        delayed); before and after (disposition or risk class in words, or pay point from 1 up); body and fund by name;
        pounds. A value is missing if the kind of event does not have it. Raises InputError for a log that does not
        belong to a run.
        """
        if self.words is None:
            raise InputError(
                "log.table", "is called on a log without a run, so its codes have no names", "use run.log.table"
            )
        words = self.words
        values = self._values()
        last_day = np.where(
            values["last_day"] < 0, np.datetime64("NaT", "D"), dates_from(words.start, values["last_day"])
        )
        return tables.frame(
            {
                "date": dates_from(words.start, self.day),
                "phase": _worded(self.phase, {item: item.name.lower().replace("_", " ") for item in Phase}),
                "event": _worded(self.kind, {item: item.name.lower().replace("_", " ") for item in Kind}),
                "rule": _worded(self.rule, words.rules),
                "staff": tables.whole(self.staff),
                "from_post": tables.whole(values["from_post"]),
                "to_post": tables.whole(values["to_post"]),
                "last_day": last_day,
                "before": self._states(values["before"]),
                "after": self._states(values["after"]),
                "body": _worded(values["body"], dict(enumerate(words.bodies))),
                "fund": _worded(values["fund"], dict(enumerate(words.funds))),
                "pounds": self.pence / 100.0,
            }
        )

    def _values(self) -> dict[str, Ints]:
        """The contents of the two value columns, each under its own name, -1 if the kind does not have it."""
        values = {name: np.full(len(self), NOBODY, "int32") for name in _VALUES}
        # Most kinds have posts in both columns. For the other kinds the posts are cleared, and the values are written
        # under their own names.
        values["from_post"][:] = self.first
        values["to_post"][:] = self.second
        for kind, (first, second) in _HOLDS.items():
            rows = self.places(kind)
            values["from_post"][rows] = NOBODY
            values["to_post"][rows] = NOBODY
            values[first][rows] = self.first[rows]
            if second:
                values[second][rows] = self.second[rows]
        return values

    def _states(self, codes: Ints) -> Any:
        """Dispositions and risk classes in words, pay points from 1 up, None elsewhere, (n,)."""
        words = np.full(len(self), None, object)
        for kind in _CHANGES:
            rows = self.places(kind)
            names = self.words.states.get(kind) if self.words else None
            points = {code: code + 1 for code in np.unique(codes[rows]).tolist()}
            words[rows] = _worded(codes[rows], dict(enumerate(names)) if names else points)
        return words

    def of(self, *kinds: Kind) -> Log:
        """The events of these kinds, in order. Raises InputError for an unknown kind, with the nearest valid one."""
        for kind in kinds:
            _check_event_kind(kind)
        # Comparing with a single kind is faster than `isin`.
        return self.take(np.isin(self.kind, kinds) if len(kinds) != 1 else self.kind == kinds[0])

    def places(self, *kinds: Kind) -> Rows:
        """Positions in the log of the events of these kinds, in order, (n,)."""
        order, ends = self._by_kind
        parts = [order[ends[kind] : ends[kind + 1]] for kind in kinds]
        # Positions of one kind are in order already.
        return parts[0] if len(parts) == 1 else np.sort(np.concatenate(parts), kind="stable")

    @cached_property
    def moves(self) -> Moves:
        """Arrivals, moves and departures."""
        return self._moves(*MOVEMENTS)

    @cached_property
    def transfers(self) -> Moves:
        """Moves from one post to another."""
        return self._moves(Kind.MOVED)

    @cached_property
    def appointments(self) -> Moves:
        """Posts promised: the post held now, and the one that will follow."""
        return self._moves(Kind.APPOINTED)

    @property
    def exits(self) -> Steps:
        """Departures, each with the post left."""
        return self.steps(Kind.DEPARTED)

    @property
    def arrivals(self) -> Steps:
        """Arrivals of new people or returners from outside, each with the post filled."""
        return self.steps(Kind.ARRIVED)

    @property
    def openings(self) -> Steps:
        """Posts that open after the start."""
        return self.steps(Kind.OPENED)

    @property
    def closures(self) -> Steps:
        """Posts that are removed; pence saved a year permanently, 0 if their employer closed."""
        return self.steps(Kind.REMOVED)

    @property
    def payments(self) -> Steps:
        """Every payment to people, for them or by them (`MONEY`)."""
        return self.steps(*MONEY)

    def steps(self, *kinds: Kind) -> Steps:
        """Events of kinds that concern one post. Raises InputError for any other kind."""
        if kinds not in self._views:
            _only(kinds, _OF_ONE_POST, "steps")
            order = self.places(*kinds)
            # The one post is in `second` for some kinds and in `first` for others; both may be requested together.
            starts = [kind in _STARTS for kind in kinds]
            post = self.second[order] if all(starts) else self.first[order]
            if any(starts) and not all(starts):
                post = np.where(np.isin(self.kind[order], _STARTS), self.second[order], post)
            self._views[kinds] = Steps(**self._common(order), post=guarded(post), pence=guarded(self.pence[order]))
        found: Steps = self._views[kinds]
        return found

    def promises(self, kind: Kind) -> Promises:
        """Agreed exits, guarantees or consultations, each with its last day. Raises InputError for any other kind."""
        if (Promises, kind) not in self._views:
            _only((kind,), _PROMISES, "promises")
            order = self.places(kind)
            self._views[Promises, kind] = Promises(
                **self._common(order),
                post=guarded(self.first[order]),
                last_day=guarded(self.second[order]),
                pence=guarded(self.pence[order]),
            )
        found: Promises = self._views[Promises, kind]
        return found

    def changes(self, kind: Kind) -> Changes:
        """Changes of disposition, risk class or pay point. Raises InputError for any other kind."""
        if (Changes, kind) not in self._views:
            _only((kind,), _CHANGES, "changes")
            order = self.places(kind)
            self._views[Changes, kind] = Changes(
                **self._common(order),
                before=guarded(self.first[order]),
                after=guarded(self.second[order]),
                pence=guarded(self.pence[order]),
            )
        found: Changes = self._views[Changes, kind]
        return found

    @cached_property
    def of_bodies(self) -> BodyEvents:
        """Money that employers drew from funds or must save, and delayed closures."""
        order = self.places(*OF_BODIES)
        kind = self.kind[order]
        value = self.second[order]
        return BodyEvents(
            **self._common(order),
            body=guarded(self.first[order]),
            fund=guarded(np.where(kind == Kind.DRAWN, value, NOBODY)),
            last_day=guarded(np.where(kind == Kind.EXTENDED, value, NOBODY)),
            pence=guarded(self.pence[order]),
        )

    @cached_property
    def _views(self) -> dict[Any, Any]:
        return {}

    @cached_property
    def _by_kind(self) -> tuple[Rows, Longs]:
        """The positions of all events by kind, in order within each, and the start of each kind."""
        # Kinds as unsigned bytes, which NumPy sorts by counting. One more count gives the end of the last kind.
        kinds = self.kind.view("uint8")
        counts = np.bincount(kinds, minlength=257)
        return np.argsort(kinds, kind="stable"), np.concatenate(([0], np.cumsum(counts)))

    def _moves(self, *kinds: Kind) -> Moves:
        order = self.places(*kinds)
        from_post = guarded(self.first[order])
        return Moves(**self._common(order), from_post=from_post, to_post=guarded(self.second[order]))

    def _common(self, order: Rows) -> dict[str, Any]:
        """The columns that every view has, for the events at these positions."""
        columns: dict[str, Any] = {"day": self.day, "kind": self.kind, "rule": self.rule, "staff": self.staff}
        return {"order": guarded(order)} | {name: guarded(column[order]) for name, column in columns.items()}

    def ordered(self) -> Log:
        """The same events sorted by day, phase, rule, staff, kind and the other columns, to compare two logs."""
        # The last key of `lexsort` is the first to sort by.
        keys = ("pence", "second", "first", "kind", "staff", "rule", "phase", "day")
        order: Rows = np.lexsort([getattr(self, key) for key in keys])
        return self.take(order)

    def to_bytes(self) -> bytes:
        """All columns one after another, little-endian: equal bytes mean equal logs."""
        columns = self.columns().values()
        return b"".join(column.astype(column.dtype.newbyteorder("<")).tobytes() for column in columns)

    def tuples(self) -> list[tuple[int, Phase, Kind, int, int, int, int, int]]:
        """Every event as a plain tuple: for small logs and tests."""
        plain = zip(*(column.tolist() for column in self.columns().values()), strict=True)
        return [(day, Phase(phase), Kind(kind), *rest) for day, phase, kind, *rest in plain]


def _check_event_kind(kind: Any) -> None:
    """Raise InputError for anything that is not a kind of event.

    Without this check, a word would match nothing and raise no error.
    """
    if isinstance(kind, Kind):
        return
    if isinstance(kind, (int, np.integer)) and not isinstance(kind, bool) and int(kind) in set(Kind):
        return
    names = [f"Kind.{one.name}" for one in Kind]
    near = f"Kind.{kind.upper().replace('-', '_')}" if isinstance(kind, str) else str(kind)
    raise InputError("log.of", f"{kind!r} is not a kind of event", f"{nearest(near, names)} (nhstransit.log.Kind)")


def _worded(codes: Any, words: Mapping[Any, Any]) -> Any:
    """Codes as their words, None for a negative one, (n,)."""
    # Each distinct code is looked up once.
    found, place = np.unique(codes, return_inverse=True)
    names = [None if code < 0 else words[code] for code in found.tolist()]
    return np.array([*names, None], object)[place.ravel()]


def _only(kinds: tuple[Kind, ...], known: tuple[Kind, ...], view: str) -> None:
    """Raise InputError for a kind of event that a view does not contain."""
    for kind in kinds:
        if kind not in known:
            names = ", ".join(one.name for one in known)
            raise InputError(f"log.{view}", f"does not contain {Kind(kind).name} events", f"it contains {names}")


class Recorder:
    """Collects events during a run, column by column; `log` returns them as one log.

    Each column is one array with spare room at its end. A full column is moved to an array of twice the size. So the
    log can be made without a copy.
    """

    def __init__(self, room: int = 1_024) -> None:
        """`room` is the number of events that fit at first. The memory is allocated when the first event is added."""
        self._size = 0
        self._room = room
        self._columns = [np.empty(0, dtype) for dtype in COLUMNS.values()]

    def add(
        self,
        day: Any,
        phase: int,
        kind: int,
        rule: Any,
        staff: Any,
        *,
        first: Any = NOBODY,
        second: Any = NOBODY,
        pence: Any = 0,
    ) -> None:
        """Append one event for each of `staff` (n,).

        Args:
            day: counted from the start of the scenario, one number or (n,).
            phase: the phase of the day.
            kind: the kind of event.
            rule: one number or (n,).
            staff: (n,) identities; `NOBODY` for an event of the post itself.
            first: one number or (n,); its meaning depends on the kind.
            second: one number or (n,); its meaning depends on the kind.
            pence: one number or (n,).
        """
        start = self._size
        end = start + np.size(staff)
        if end == start:
            return
        if end > len(self._columns[0]):
            self._grow(end)
        # A single number is broadcast to all of the new rows.
        given_columns = (day, phase, kind, rule, staff, first, second, pence)
        for column, given in zip(self._columns, given_columns, strict=True):
            column[start:end] = given
        self._size = end

    def _grow(self, least: int) -> None:
        """Move each column to twice its room, or to `least` if that is more."""
        room = max(self._room, 2 * len(self._columns[0]), least)
        for place, column in enumerate(self._columns):
            larger = np.empty(room, column.dtype)
            larger[: self._size] = column[: self._size]
            self._columns[place] = larger

    def log(self) -> Log:
        """All events so far as one log."""
        for column in self._columns:
            column.resize(self._size, refcheck=False)  # releases the spare room without a copy
        return Log(*self._columns)
