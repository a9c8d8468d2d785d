"""News that changes what people expect: the announcement, and each later milestone that makes the future clearer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, ClassVar

import attrs
import numpy as np

from nhstransit.arrays import Floats, Rows
from nhstransit.dates import Calendar, add_months, epoch_day
from nhstransit.errors import ScenarioError, nearest
from nhstransit.fields import Parent, assumed, number, share, some_of, strict, whole
from nhstransit.grammar import Answers, BasePolicy, Effects, News, Occasion, Proposals, Question, Situation, Turn
from nhstransit.log import Phase
from nhstransit.organisations.bodies import KINDS, Roster
from nhstransit.streams import Chances
from nhstransit.workforce.columns import BANDS, NEVER, RiskClass


def _months(source: str, low: float, high: float) -> Any:
    """A field for a number of months, for this news alone. None: the number for all news (`behaviour.outlook`)."""
    return number(None, low=0.01, high=1200.0, parent=assumed("months", low, high, source))


@attrs.frozen(kw_only=True, field_transformer=strict)
class Milestone(BasePolicy):
    """On one day, news reaches the staff of some kinds of employer.

    Perceived risk moves towards a target, by the share `weight` of the difference. By default the target is the share
    of the function's posts in the region that is expected to be removed, given the posts that exist or are planned on
    that day. If `target` is given, it replaces this share: 0 for news that secures people's jobs, 1 for news that ends
    them. Dispositions are scored again. People with an agreed exit, a guarantee, an at-risk letter or another post are
    not affected. With `moved`, the news also reaches people who have started in another post, and exposes them to
    redundancy again.

    The news comes `later_months` after the day `announced`. `functions`, `bands` and `employers` (names) limit the
    people that the news reaches; by default it reaches all. `ramp_months` and `half_life_months` let the effect of this
    news build up and fade at its own pace.
    """

    place: ClassVar[int] = 20
    question: ClassVar[Question | None] = "outlook"

    announced: dt.date
    kinds: tuple[str, ...] = some_of(KINDS, ("pct", "sha"))
    weight: float = share(
        0.5,
        parent=Parent(
            unit="share of the way to the target",
            source=("no study was found of how far one announcement changes perceived risk; the value is a judgement"),
            quality="assumption",
            range=(0.2, 0.9),
        ),
    )

    later_months: int = whole(0, high=60, parent=Parent(unit="months"))
    functions: tuple[str, ...] = ()
    bands: tuple[str, ...] = some_of(BANDS, ())
    employers: tuple[str, ...] = ()
    target: float | None = share(None, parent=Parent(unit="share of similar posts that are removed"))
    moved: bool = attrs.field(default=False, validator=attrs.validators.instance_of(bool))
    ramp_months: float | None = _months("how quickly the effect of news builds up is a judgement", 1.0, 6.0)
    half_life_months: float | None = _months("how quickly the effect of news fades is a judgement", 6.0, 24.0)

    def days(self, calendar: Calendar, bodies: Roster) -> Sequence[Occasion]:
        """The day of the news. Raises ScenarioError for an employer that does not exist."""
        for name in self.employers:
            if name not in bodies.names:
                raise ScenarioError("employers", f"has the unknown name {name!r}", nearest(name, bodies.names))
        day = int(add_months(epoch_day(self.announced), self.later_months)) - calendar.origin
        return [Occasion(day, "news", phase=Phase.MILESTONES)]

    def propose(self, situation: Situation) -> Proposals | None:
        """The news, for staff of these kinds of employer without an agreed exit or another post."""
        reached = situation.staff_of(
            self.kinds,
            bodies=self.employers or None,
            functions=self.functions or None,
            bands=self.bands or None,
            free=True,
        )
        settled = situation.people.risk_class > RiskClass.EXPOSED
        if self.moved:
            settled &= situation.people.risk_class != RiskClass.SAFE  # `free` has left out people who are yet to start
        reached &= ~settled
        rows = np.flatnonzero(reached)
        target = going(situation, rows) if self.target is None else np.full(len(rows), self.target)
        return News(rows=rows, target=target, weight=self.weight) if len(rows) else None

    def select(self, situation: Situation, proposals: News, answers: Answers, chances: Chances) -> Effects:
        """Mark everyone as exposed, with the disposition that each answered and the risk that the news suggests.

        Args:
            situation, proposals, answers, chances: as in `grammar.Policy.select`.
        """
        turn = Turn(
            rows=proposals.rows,
            disposition=answers.said,
            risk_class=RiskClass.EXPOSED,
            target=proposals.target,
            weight=proposals.weight,
            ramp_months=self.ramp_months,
            half_life_months=self.half_life_months,
        )
        return Effects(then=(turn,))

    title: ClassVar[str] = "News"
    about: ClassVar[str] = "On one day, news reaches the staff of some kinds of employer."


def going(situation: Situation, rows: Rows) -> Floats:
    """Share of the posts of each person's function in the region that is expected to be removed, (rows,).

    The numerator is the number of posts in closing employers, less the empty posts, present or planned, in continuing
    ones. The denominator is the number of posts in closing employers. The share is 0 if the employer does not close.
    """
    posts = situation.posts
    bodies = situation.bodies
    people = situation.people
    # A cell is a region and a function. Posts and people are counted in cells by one integer.
    width = int(posts.function.max(initial=0)) + 1
    cell = bodies.region[posts.employer].astype("int64") * width + posts.function
    size = len(bodies.regions) * width
    closing = bodies.closes[posts.employer] < NEVER
    going = np.bincount(cell[closing & posts.funded], minlength=size)
    to_fill = (posts.holder < 0) & (posts.funded | (posts.opens > situation.day))
    coming = np.bincount(cell[~closing & to_fill], minlength=size)
    # A cell without closing posts has 0 in both, and `maximum` prevents a division by zero.
    share_going = np.maximum(going - coming, 0) / np.maximum(going, 1)
    own = bodies.region[people.employer[rows]].astype("int64") * width + people.function[rows]
    return np.where(bodies.closes[people.employer[rows]] < NEVER, share_going[own], 0.0)
