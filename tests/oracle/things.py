"""People, their clocks, posts and employers of the oracle, as plain objects."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nhstransit.dates import Calendar, complete_months
from nhstransit.workforce.columns import Disposition, RiskClass

NEVER = 10**9  # a day after the end of every scenario
CALM = (RiskClass.NONE, RiskClass.GUARANTEED, RiskClass.SAFE)
NEWCOMER = "a newcomer"  # marks a post that is reserved for a newcomer

single = np.float32  # scores are in single precision, as in the staff columns


@dataclass(eq=False)
class Body:
    """An employer; `closes` is its last day."""

    number: int
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
    """A post. It exists (`stands`) from the day on which it opens until it is removed."""

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
    last_held: int | None = None  # None if nobody has held it yet
    cover: Any = None  # the present cover by an interim, if any
    credited: bool = True  # whether its removal is credited as a saving

    @property
    def vacant(self) -> bool:
        return self.stands and self.holder is None and self.promised is None

    @property
    def emptied(self) -> int:
        """The day on which it was last held, or the day before it opened."""
        return max(self.opens, 0) - 1 if self.last_held is None else self.last_held


@dataclass
class Clock:
    """A clock of one cause: units of hazard left until its threshold, and units per day."""

    left: int
    since: int = 0  # the first day that is not yet subtracted from `left`
    rate: int = 0

    def run_at(self, rate: int, day: int) -> None:
        """Set the rate from a day on."""
        if day > self.since:
            self.left -= self.rate * (day - self.since)
            self.since = day
        self.rate = rate

    def strikes(self) -> int:
        """The day on which the clock reaches its threshold."""
        return self.since + -(-self.left // self.rate) - 1 if self.rate else NEVER


@dataclass
class Exit:
    """The terms of an agreed exit. Sums are in pence."""

    rule: int
    last_day: int
    severance: int = 0
    in_lieu: int = 0
    strain: int = 0
    removes_post: bool = False
    voidable: bool = False
    willing: bool = False  # whether the person applied for it


@dataclass
class Guarantee:
    """A guarantee of a job, with a premium as a share of basic pay."""

    since: int
    until: int
    premium: float


@dataclass(eq=False)
class Person:
    """A person, with all that the model stores about them."""

    staff: int
    key: int
    post: Post | None
    point: int
    pay: int  # pence per year, full time, with the supplement
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
    supplement: int = 0  # the part of `pay` for a high-cost area
    scale_share: float = 1.0  # basic pay as a share of the table's, if it was below the table at the opening
    own_pay: bool = False  # whether the staff list sets pay at or above the table
    clinician: bool = False
    listed: bool = False  # whether the staff list labels the person as business-critical
    clocks: list[Clock] = field(default_factory=list)
    disposition: int = Disposition.NONE
    risk_class: int = RiskClass.NONE
    risk: np.float32 = field(default_factory=lambda: single(0))
    risk_from: np.float32 = field(default_factory=lambda: single(0))
    risk_to: np.float32 = field(default_factory=lambda: single(0))
    risk_since: int = 0
    pace: tuple[float | None, float | None] = (
        None,
        None,
    )  # ramp and half-life of the latest news in months; None: the usual ones
    exit: Exit | None = None
    next_post: Post | None = None
    void: Exit | None = None  # a redundancy that a new post cancelled, until the person starts in that post
    notice_due: int = -1  # the day after consultation, for people selected in a cost reduction
    guarantee: Guarantee | None = None
    learns_until: int = -1  # the last day of the latest course
    process: Any = None
    last_post: Post | None = None
    left_day: int = -1
    left_rule: int = -1
    paid: int = 0  # severance at the latest departure
    bought_out: bool = False  # whether the latest departure paid severance, notice in lieu or pension capital
    departures: int = 0
    returned: bool = False  # whether the person returned to an organisation outside the model

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
        """Whether the person has an agreed exit or a promised post."""
        return self.exit is not None or self.next_post is not None

    def guaranteed_on(self, day: int) -> bool:
        return self.guarantee is not None and self.guarantee.until >= day

    def months(self, since: int, epoch_day: int) -> int:
        """Complete calendar months since a day. Zero for a later day."""
        return max(int(complete_months(since, epoch_day)), 0)


def first_of_month(calendar: Calendar, day: int) -> int:
    """The epoch day of the 1st of a day's month."""
    date = calendar.date(day)
    return calendar.origin + day - (date.day - 1)
