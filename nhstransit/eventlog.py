"""The event log: the one record of a run, from which everything else is read.

Eight columns of 28 bytes a row, written in chunks and joined once. What the two post columns and the pence hold depends
on the kind, and stands beside each kind below. Rows come in the order of the day: phase, then rule, then what follows
from what; `Log.ordered` gives the canonical order for comparing two logs.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import Any

import attrs
import numpy as np

from nhstransit.arrays import Bytes, Ints, Longs, Rows, Shorts, guarded
from nhstransit.errors import InputError, nearest

FORMAT = 2  # of the stored columns; a change of meaning is a new number
NOBODY = -1  # in `staff`: an event of the post itself; in a post column: no post


class Phase(IntEnum):
    """The declared order within a day.

    Openings come before closures, so that who transfers at midnight has a post to land in.
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
    """What happened. Append, never renumber: stored runs hold the numbers."""

    OPENED = (
        1  # a post: to_post; by a policy, from_post the post whose work it takes over, or pence a year that it costs
    )
    REMOVED = 2  # a post: from_post; pence a year saved for good, 0 where its body closed or a policy had opened it
    DISPOSITION = 10  # from and to hold dispositions
    RISK = 11  # from and to hold risk classes
    DESIGNATED = 12  # business-critical; from_post
    LAPSED = 13  # business-critical no more: the terms for which they were named are over; from_post
    APPLIED = 20  # said yes to a proposal; from_post; pence offered
    APPROVED = 21  # chosen by the employer; from_post
    REFUSED = 22  # applied and not chosen; from_post
    WITHDREW = 23  # chosen and did not sign; from_post
    CONSULTED = 30  # collective consultation opened; from_post; to_post holds its last day
    EXIT_AGREED = 31  # from_post; to_post holds the last day in post; pence to be paid on it
    EXIT_VOID = 32  # an agreed exit fell away, for another post; from_post
    RETAINED = 33  # from_post; to_post holds the last day of the guarantee; pence of premium a year
    APPOINTED = 34  # from_post now, to_post when it starts
    MOVED = 40  # from_post to to_post
    DEPARTED = 41  # from_post; the rule is the cause
    ARRIVED = 42  # to_post; somebody new, or back
    BACK = 43  # somebody who left is back in the NHS, in a body outside the model
    INTERIM = 44  # an interim covers a vacant post: to_post; staff of who came back so, unseen by payroll; pence a day
    INTERIM_ENDED = 45  # the cover ends: from_post; the same staff
    PAY = 50  # from and to hold pay points; pence of whole-time basic pay a year from now on
    SEVERANCE = 60  # pence paid for going: MARS or redundancy
    IN_LIEU = 61  # pence paid for notice not served
    PENSION = 62  # pence of capital paid into the pension scheme for early release
    PREMIUM = 63  # pence of retention premium for the month
    AGENCY = 64  # pence paid for an interim since the last such event; from_post; staff as in INTERIM
    CLAWBACK = 65  # pence of severance paid back
    TRAINING = 66  # pence paid for development or retraining
    BOUGHT_OUT = 67  # pence paid for the rest of a guarantee that ends before its day
    DRAWN = 70  # from_post holds a body, to_post a fund; pence drawn from it
    TO_FIND = 71  # from_post holds a body; pence a year of pay that it must find sooner
    EXTENDED = 72  # from_post holds a body, to_post its new last day


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
)  # paid to people or for them, or by them: CLAWBACK alone comes in
EXIT_MONEY = (Kind.SEVERANCE, Kind.IN_LIEU, Kind.PENSION, Kind.BOUGHT_OUT)  # of that, what is paid when somebody goes
OF_BODIES = (Kind.DRAWN, Kind.TO_FIND, Kind.EXTENDED)  # whose `from_post` holds a body

# What the log calls a rule: a number for each of the engine's own rules and for policies of well-known names. A name keeps
# its number for ever. It is a label and nothing else: no order and no luck follows from it.
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
)  # of natural departures, by clock
ENGINE_RULES = ("month", *CAUSES, "pay", "opening", "transfer", "closure", "contract-end")  # names no policy may have
NO_RULE = -2  # the number of a name that no rule has: no event is by it, and no person left by it
_FIRST_OWN, _LAST_OWN = 1_000, 32_767

COLUMNS = {
    "day": "int32",
    "phase": "int8",
    "kind": "int8",
    "rule": "int16",
    "staff": "int32",
    "from_post": "int32",
    "to_post": "int32",
    "pence": "int64",
}


def rule_code(name: str) -> int:
    """The number of a rule of a well-known name; of any other a run alone can tell: see `Run.code_of`.

    Raises InputError for a name that is not in `RULES`.
    """
    if name not in RULES:
        raise InputError("rule", f"{name!r} has no number of its own", "ask a run for it: run.code_of(name)")
    return RULES[name]


def codes_of(policies: Iterable[str]) -> dict[str, int]:
    """The number by which the log of a scenario with these policies knows each rule, the engine's own included.

    A well-known name has its number of `RULES`; every other has the next from 1,000 on, in the order given, so that no two
    share one. Raises InputError for more than 31,768 names of the user's own.
    """
    codes = dict(RULES)
    own = [name for name in policies if name not in RULES]
    if len(own) > _LAST_OWN - _FIRST_OWN + 1:
        raise InputError("policies", f"are {len(own):,}", f"give at most {_LAST_OWN - _FIRST_OWN + 1:,}")
    codes |= {name: _FIRST_OWN + place for place, name in enumerate(own)}
    return codes


@attrs.frozen(eq=False)
class Log:
    """The events of a run as equally long, read-only columns."""

    day: Ints
    phase: Bytes
    kind: Bytes
    rule: Shorts
    staff: Ints
    from_post: Ints
    to_post: Ints
    pence: Longs

    def __attrs_post_init__(self) -> None:
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
        return Log(*(column[rows] for column in self.columns().values()))

    def of(self, *kinds: Kind) -> Log:
        """The events of these kinds, in order. Raises InputError for what is no kind, with the nearest."""
        for kind in kinds:
            _check_event_kind(kind)
        return self.take(np.isin(self.kind, kinds) if len(kinds) != 1 else self.kind == kinds[0])

    def ordered(self) -> Log:
        """The same events by day, phase, rule, staff, kind and the rest: the canonical order for comparing."""
        keys = ("pence", "to_post", "from_post", "kind", "staff", "rule", "phase", "day")
        order: Rows = np.lexsort([getattr(self, key) for key in keys])
        return self.take(order)

    def to_bytes(self) -> bytes:
        """All columns one after another, little-endian: equal bytes are equal logs."""
        return b"".join(column.astype(column.dtype.newbyteorder("<")).tobytes() for column in self.columns().values())

    def tuples(self) -> list[tuple[int, Phase, Kind, int, int, int, int, int]]:
        """Every event as a plain tuple: for small logs and tests."""
        plain = zip(*(column.tolist() for column in self.columns().values()), strict=True)
        return [(day, Phase(phase), Kind(kind), *rest) for day, phase, kind, *rest in plain]


def _check_event_kind(kind: Any) -> None:
    """Raise InputError for what is no kind of event: a word would otherwise find nothing, and say nothing."""
    if isinstance(kind, Kind):
        return
    if isinstance(kind, (int, np.integer)) and not isinstance(kind, bool) and int(kind) in set(Kind):
        return
    names = [f"Kind.{one.name}" for one in Kind]
    near = f"Kind.{kind.upper().replace('-', '_')}" if isinstance(kind, str) else str(kind)
    raise InputError("log.of", f"{kind!r} is no kind of event", f"{nearest(near, names)} (nhstransit.eventlog.Kind)")


class Recorder:
    """Collects events in chunks while a run goes on; `log` joins them, once."""

    def __init__(self) -> None:
        self._chunks: list[list[Any]] = []

    def add(
        self,
        day: int,
        phase: int,
        kind: int,
        rule: Any,
        staff: Any,
        *,
        from_post: Any = NOBODY,
        to_post: Any = NOBODY,
        pence: Any = 0,
    ) -> None:
        """Append one event for each of `staff` (n,); `rule` and the columns after it are one number or (n,)."""
        people = np.array(staff, "int32", ndmin=1)
        if len(people):
            self._chunks.append([day, phase, kind, rule, people, _kept(from_post), _kept(to_post), _kept(pence)])

    def log(self) -> Log:
        """All events so far as one log."""
        sizes = [len(chunk[4]) for chunk in self._chunks]
        ends = np.cumsum([0, *sizes])
        joined: list[Any] = []
        for place, dtype in enumerate(COLUMNS.values()):
            column = np.empty(ends[-1], dtype)
            for chunk, start, end in zip(self._chunks, ends[:-1], ends[1:], strict=True):
                column[start:end] = chunk[place]
                chunk[place] = None  # let go once it is copied, so that no column is held twice
            joined.append(column)
        self._chunks = [joined]
        return Log(*joined)


def _kept(piece: Any) -> Any:
    """A column as it stands now: the caller may go on to change its array."""
    return piece if isinstance(piece, (int, np.integer)) else np.array(piece)
