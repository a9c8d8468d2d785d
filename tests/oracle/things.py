"""What there is in the oracle's world: people, their clocks, posts and bodies, as plain objects."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nhstransit.dates import Calendar, complete_months
from nhstransit.workforce.columns import Disposition, RiskClass

NEVER = 10**9  # a day that does not come
CALM = (RiskClass.NONE, RiskClass.GUARANTEED, RiskClass.SAFE)
NEWCOMER = "a newcomer"  # to whom a post may be promised

single = np.float32  # the staff columns hold scores in single precision, and so does a person here


@dataclass(eq=False)
class Body:
    """An employer; `closes` is its last day."""

    place: int
    name: str
    kind: str
    region: str
    area: str = ""  # of the high-cost-area supplement
    closes: int = NEVER

    @property
    def goes_on(self) -> bool:
        return self.closes == NEVER


@dataclass(eq=False)
class Post:
    """A job of a body. It stands from the day it opens until it is removed."""

    number: int
    body: Body
    function: int
    band: int
    key: int
    opens: int
    stands: bool
    removed: bool = False
    holder: Person | None = None
    promised: Any = None
    spell: int = 0
    last_held: int | None = None  # the day on which it was last held; None before anyone held it
    cover: Any = None  # the interim at work in it, if any
    credited: bool = True  # whether its going saves anything

    @property
    def vacant(self) -> bool:
        return self.stands and self.holder is None and self.promised is None

    @property
    def emptied(self) -> int:
        """The day on which it was last held, or the day before it could first be."""
        return max(self.opens, 0) - 1 if self.last_held is None else self.last_held


@dataclass
class Clock:
    """The units of hazard still to run before a cause strikes, and how many run a day."""

    left: int
    since: int = 0  # the first day that has not been taken off yet
    rate: int = 0

    def run_at(self, rate: int, day: int) -> None:
        """Another rate holds from this day on."""
        if day > self.since:
            self.left -= self.rate * (day - self.since)
            self.since = day
        self.rate = rate

    def strikes(self) -> int:
        """The day on which what is left runs out."""
        return self.since + -(-self.left // self.rate) - 1 if self.rate else NEVER


@dataclass
class Exit:
    """What was agreed about somebody's going."""

    rule: int
    last_day: int
    severance: int = 0
    in_lieu: int = 0
    strain: int = 0
    removes_post: bool = False
    voidable: bool = False
    willing: bool = False  # they applied for it


@dataclass
class Guarantee:
    """Terms for staying."""

    since: int
    until: int
    premium: float


@dataclass(eq=False)
class Person:
    """Somebody, with all that is known of them."""

    staff: int
    key: int
    post: Post | None
    point: int
    pay: int  # a year, whole time, with the supplement
    wte: float
    born: int
    service_from: int
    contract: int
    contract_ends: int
    section: int
    critical: bool
    skill: np.float32
    outside: np.float32
    attitude: np.float32
    supplement: int = 0  # of that, for a high-cost area
    scale_share: float = 1.0  # of their point's pay, for those who were paid less than it from the start
    own_pay: bool = False  # paid a sum of their own from the start, no less than their point's
    clinician: bool = False
    listed: bool = False  # critical by the staff list
    clocks: list[Clock] = field(default_factory=list)
    disposition: int = Disposition.NONE
    risk_class: int = RiskClass.NONE
    risk: np.float32 = field(default_factory=lambda: single(0))
    risk_from: np.float32 = field(default_factory=lambda: single(0))
    risk_to: np.float32 = field(default_factory=lambda: single(0))
    risk_since: int = 0
    pace: tuple[float | None, float | None] = (None, None)  # months, of the latest news; None: as all news
    exit: Exit | None = None
    next_post: Post | None = None
    void: Exit | None = None  # a redundancy that fell away for another post, until that is taken up
    notice_due: int = -1  # the day after consultation, for those chosen to go
    guarantee: Guarantee | None = None
    learns_until: int = -1  # the day on which the latest course is over
    process: Any = None
    last_post: Post | None = None
    left_day: int = -1
    left_rule: int = -1
    paid: int = 0  # severance when last gone
    bought_out: bool = False  # whether anything was paid for going then
    departures: int = 0
    returned: bool = False  # back in a body outside the model

    @property
    def body(self) -> Body:
        assert self.post is not None
        return self.post.body

    @property
    def basic(self) -> int:
        """Pay without the supplement."""
        return self.pay - self.supplement

    @property
    def settled(self) -> bool:
        """Has somewhere to go: an agreed exit or another post."""
        return self.exit is not None or self.next_post is not None

    def guaranteed_on(self, day: int) -> bool:
        return self.guarantee is not None and self.guarantee.until >= day

    def months(self, since: int, epoch_day: int) -> int:
        """Complete calendar months since a day of the past; none since one to come."""
        return max(int(complete_months(since, epoch_day)), 0)


def first_of_month(calendar: Calendar, day: int) -> int:
    """The epoch day of the 1st of the month in which a day lies."""
    date = calendar.date(day)
    return calendar.origin + day - (date.day - 1)
