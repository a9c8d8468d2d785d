"""Cuts of management costs along a path: voluntary redundancy first, then compulsory redundancy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import ClassVar

import attrs
import numpy as np

from nhstransit.arrays import Bools, Ints, Longs, Rows
from nhstransit.dates import Calendar, add_months, epoch_day
from nhstransit.errors import ScenarioError, nearest
from nhstransit.fields import Parent, amount, from_law, number, one_of, share, some_of, strict, whole
from nhstransit.grammar import (
    NOTHING,
    Answers,
    BasePolicy,
    Depart,
    Effect,
    Effects,
    Occasion,
    Proposals,
    Question,
    RemovePosts,
    SeveranceOffer,
    Situation,
    Turn,
)
from nhstransit.grammar.explained import TO_BE_SEEN, explained_by_proposals
from nhstransit.grammar.policy import among
from nhstransit.organisations.bodies import KINDS, Roster
from nhstransit.phrases import number_of, percentage, sum_of_money
from nhstransit.policies.terms import consulted, made_redundant, notice_weeks, staying, until_met, yearly_pay
from nhstransit.selection import order_within
from nhstransit.streams import Chances, plain_keys
from nhstransit.workforce.columns import BANDS, NEVER, RiskClass

MEASURES = ("pay", "heads", "wte", "pounds-a-head", "allowance")
_TARGETS = {  # wording of a target in each measure
    "pay": "£{:,.0f} of basic pay a year",
    "heads": "{:,.0f} people",
    "wte": "{:,.1f} whole-time equivalents",
    "pounds-a-head": "£{:,.2f} of basic pay a year for each resident",
    "allowance": "the whole-time posts that £{:,.2f} a year for each resident pays for",
}
_FIRST = {  # who is selected first, by `order`
    "skill": "the people assessed lowest",
    "service": "the people with the shortest service",
    "cost": "the people whose redundancy pay is lowest for the saving",
}


@attrs.frozen(kw_only=True, field_transformer=strict)
class Step:
    """By this day the pay bill must be cut by a share of its opening value (`cut`), or to a `target`.

    A target is for each employer, in the policy's measure: pounds of basic pay per year, people, whole-time equivalents,
    or pounds per year for each resident (of basic pay or of the allowance).
    """

    by: dt.date
    cut: float | None = share(
        None,
        parent=Parent(
            unit="share of the opening pay bill", source="your decision: the path that employers must follow"
        ),
    )
    target: float | None = amount(
        None, parent=Parent(unit="of the policy's measure", source="your decision: the path that employers must follow")
    )

    def __attrs_post_init__(self) -> None:
        if (self.cut is None) == (self.target is None):
            wrong = "has both a cut and a target" if self.cut is not None else "has neither a cut nor a target"
            raise ScenarioError("step", wrong, "give one of the two")


@attrs.frozen(kw_only=True, field_transformer=strict)
class CostReduction(BasePolicy):
    """At each step, employers with a pay bill above the planned path reduce the bill. Removed posts do not come back.

    `path` lists the steps in order, each with a cut or a target. Pay saved by exits already agreed and by empty posts
    counts first. Then, with `volunteers`, people are offered voluntary redundancy. Those who accept are selected in
    order of the saving for each pound of redundancy pay, the highest first. With `compulsory`, compulsory redundancy
    meets the rest. `order` sets who is selected first: people with the lowest assessment ("skill"), the shortest
    service ("service") or the lowest redundancy pay for the saving ("cost"). Business-critical staff, people with a
    guarantee, and people whose fixed term ends before their notice would end are left out. Notice starts when
    consultation ends, which is `consultation_days` after the step.

    The bill is the pay of everyone in post without an agreed exit. A person under notice who wins another post moves to
    it, and their own post is removed then. `measure` sets what is reduced: the bill ("pay"), the people in post
    ("heads"), their whole-time equivalents ("wte"), or the bill for each resident ("pounds-a-head"). With "allowance",
    an employer with residents may keep as many whole-time equivalents as its allowance pays for, at `post_cost` each.
    The allowance is pounds per resident × residents × `pay_share`. With "heads", "wte" or "allowance", each step must
    have a target, because a cut is a share of the bill.

    Steps take effect `forward_months` earlier, but never before the announcement. If an employer must save an amount
    sooner than planned, the amount is added to its next step, up to what the last step requires. `functions` and
    `bands` limit who may be made redundant, and `bodies` (names) limits the employers. People who return within
    `clawback_months` (by default the law's number on that day) pay money back, and the offer says so. `most_months`
    limits the months of pay that are offered. You may set this limit only if `compulsory` is false, because people made
    redundant have a contractual right to their pay. A share `notice_worked` of the notice is worked and the rest is
    paid in lieu. With `vacancies`, employers first remove empty posts for which the step leaves no money.

    With `by_law`, consultation with the people selected lasts as long as the law requires. Then the bill is compared
    again with the latest step. As many people as are still needed get notice, in the order of selection, and the others
    are no longer at risk.
    """

    place: ClassVar[int] = 44
    question: ClassVar[Question | None] = "severance"

    announced: dt.date
    path: tuple[Step, ...]
    kinds: tuple[str, ...] = some_of(KINDS, ("pct", "sha"))
    consultation_days: int | None = whole(None, high=365, parent=from_law("days", "consultation.large_days"))
    forward_months: int = whole(0, high=60, parent=Parent(unit="months"))
    functions: tuple[str, ...] = ()
    bands: tuple[str, ...] = some_of(BANDS, ())
    volunteers: bool = True
    order: str = one_of(("skill", "service", "cost"), "skill")
    by_law: bool = False
    measure: str = one_of(MEASURES, "pay")
    bodies: tuple[str, ...] = ()
    compulsory: bool = attrs.field(default=True, validator=attrs.validators.instance_of(bool))
    vacancies: bool = attrs.field(default=False, validator=attrs.validators.instance_of(bool))
    clawback_months: float | None = number(
        None, low=0, high=60, parent=from_law("months", "clawback_vr_2025.all_staff")
    )
    most_months: float | None = number(
        None, low=0, high=240, parent=from_law("months of pay", "section16.most_months", later=True)
    )
    notice_worked: float = share(
        1.0,
        parent=Parent(
            unit="share of notice",
            source="your decision: the rest of the notice is paid in lieu",
            quality="choice",
            later=True,
        ),
    )
    pay_share: float = number(
        0.85,
        low=0.01,
        high=1.0,
        parent=Parent(
            unit="share of the allowance",
            source=(
                "in 2025 the staff budget of a large board was 0.97 of its costs before the cut; a lower "
                "share is assumed after it"
            ),
            quality="assumption",
            range=(0.75, 0.95),
        ),
    )
    post_cost: float = number(
        68_000.0,
        low=1.0,
        parent=Parent(
            unit="pounds a whole-time post a year, on-costs included",
            source=(
                "figures given in Parliament in 2025 were £56,000 to £60,000 per person, and one board reported"
                " £69,900 per whole-time post; the value is a judgement between them"
            ),
            quality="assumption",
            range=(55_000.0, 75_000.0),
        ),
    )

    def __attrs_post_init__(self) -> None:
        if not (self.volunteers or self.compulsory):
            raise ScenarioError(
                "volunteers", "is false, and `compulsory` is false too", "set at least one of them to true"
            )
        if self.most_months is not None and self.compulsory:
            wrong = (
                "applies only to voluntary redundancy: people made redundant have a contractual right to section 16 pay"
            )
            raise ScenarioError("most_months", wrong, "set compulsory = false, or change law.section16.most_months")
        # A path may have both cuts and targets. From step to step, cuts may not become smaller, nor targets larger.
        before = self.announced
        cut = 0.0
        target = float("inf")
        for place, step in enumerate(self.path):
            if step.cut is not None and self.measure in ("heads", "wte", "allowance"):
                wrong = f"is a share of the pay bill, but the path is measured in {self.measure}"
                raise ScenarioError(f"path[{place}].cut", wrong, "give a target")
            if step.by < before or (step.cut or cut) < cut:
                wrong = f"is a cut of {step.cut or 0:g} by {step.by}, after a cut of {cut:g} by {before}"
                raise ScenarioError(
                    f"path[{place}]", wrong, "give steps in order, each cut no smaller than the one before"
                )
            if step.target is not None and step.target > target:
                wrong = f"is a target of {step.target:g} by {step.by}, after a target of {target:g}"
                raise ScenarioError(
                    f"path[{place}]", wrong, "give steps in order, each target no larger than the one before"
                )
            before = step.by
            cut = cut if step.cut is None else step.cut
            target = target if step.target is None else step.target

    def days(self, calendar: Calendar, bodies: Roster) -> Sequence[Occasion]:
        """The day of each step, with its position as the round. Raises ScenarioError for an unknown employer."""
        for name in self.bodies:
            if name not in bodies.names:
                raise ScenarioError("bodies", f"has the unknown name {name!r}", nearest(name, bodies.names))
        return [Occasion(int(day), "step", round=place) for place, day in enumerate(self._step_days(calendar))]

    def _step_days(self, calendar: Calendar) -> Longs:
        """The day when each step takes effect, (steps,)."""
        planned = np.array([epoch_day(step.by) for step in self.path], "int64")
        sooner = add_months(planned, -self.forward_months)
        return np.asarray(np.maximum(sooner - calendar.origin, calendar.day(self.announced)))

    def propose(self, situation: Situation) -> Proposals | None:
        """Offer redundancy terms to people with a right to redundancy pay whose employer is above the path."""
        if situation.stage == "notice":
            people = situation.people
            due = (people.notice_due == situation.day) & ~people.settled
            due &= people.retained_until < situation.day  # people who got a guarantee since then are left out
            return Proposals(rows=situation.asked[due[situation.asked]])
        pool = self._pool(situation)
        # Without a pool, `select` must still be called if it may have empty posts to remove.
        if not len(pool):
            return Proposals(rows=pool) if self.vacancies else None
        if not self.volunteers:
            return Proposals(rows=pool)
        # Only people with a right to redundancy pay get an offer. The others can still be made redundant.
        pence = self._severance(situation, pool)
        rows = pool[pence > 0]
        pence = pence[pence > 0]
        leaving = self._last_days(situation, rows, self._notice_given(situation)) + situation.calendar.origin
        since = situation.people.service_from[rows]
        born = situation.people.born[rows]
        months = situation.law.redundancy_months(
            since, leaving, born=born, terms_on=situation.epoch_day, most_months=self.most_months
        )
        # The offer has one last day: that of the person with the longest notice.
        last = int(leaving.max(initial=situation.epoch_day)) - situation.calendar.origin
        return SeveranceOffer(
            rows=rows,
            pence=pence,
            months=months,
            last_day=last,
            clawback_months=self._clawback(situation),
            early_pension=True,
        )

    def _clawback(self, situation: Situation) -> float:
        """Months within which a return costs money: the local term, or the law's on the day of the offer."""
        if self.clawback_months is not None:
            return self.clawback_months
        return situation.law.scheme_clawback_months("section16", situation.epoch_day)

    def select(self, situation: Situation, proposals: Proposals, answers: Answers, chances: Chances) -> Effects:
        """Select people who accept terms, then other people in order, until each employer's bill is on the path.

        Args:
            situation, proposals, answers, chances: as in `grammar.Policy.select`.
        """
        if situation.stage == "notice":
            return self._notice(situation, proposals.rows)
        removed = self._vacancies(situation) if self.vacancies else ()
        people = situation.people
        # The pool also contains people without a right to redundancy pay, who were not asked.
        rows = self._pool(situation)
        saving = yearly_pay(situation, rows)
        pence = self._severance(situation, rows)
        asked = isinstance(proposals, SeveranceOffer)
        accepted = np.isin(rows, proposals.rows[answers.yes]) & asked
        # `worth` is the sort key, lowest first. For people who accept it is always redundancy pay for the saving, and
        # for the others what `order` sets.
        worth = pence / np.maximum(saving, 1)
        if self.order == "skill":
            assessed = people.skill[rows] + chances.normal("assessment", people.key[rows])
            worth = np.where(accepted, worth, assessed)
        if self.order == "service":
            worth = np.where(accepted, worth, -people.service_from[rows].astype("float64"))
        # By employer, people who accept first. Ties are resolved by identity.
        order = order_within(people.employer[rows], ~accepted, worth, people.staff[rows])
        if not self.compulsory:
            order = order[accepted[order]]
        # `go` marks people selected, (rows,). It is filled through `order`, in which each employer's people are together.
        in_order = rows[order]
        go = np.zeros(len(rows), bool)
        go[order] = until_met(people.employer[in_order], self._counted(situation, in_order), self._excess(situation))
        if not go.any():
            return Effects(then=removed) if removed else NOTHING
        chosen = np.isin(proposals.rows, rows[go & accepted]) if asked else None
        if self.by_law:
            # Nobody leaves yet. People get an at-risk letter, and notice follows after the law's consultation, in the
            # order of selection, for as many as are still needed then.
            selected = rows[go]
            certain = Turn(rows=selected, risk_class=RiskClass.AT_RISK, target=np.ones(len(selected)))
            opened = consulted(situation, rows[order][go[order]], chosen=True)
            return Effects(then=(*removed, certain, *opened), chosen=chosen)
        given = self._notice_given(situation)
        exits = self._let_go(situation, rows[go], given, situation.day)
        return Effects(then=(*removed, exits), chosen=chosen)

    def _vacancies(self, situation: Situation) -> tuple[Effect, ...]:
        """Remove the empty posts that the step leaves no room for. Posts with the lowest keys remain."""
        posts = situation.posts
        # −1 marks employers without a path, whose empty posts are left alone.
        allowed = self._level(situation, self.path[situation.round])
        level = np.where(self._held(situation), allowed, -1)
        on_path = level >= 0
        empty = np.flatnonzero(posts.vacant & on_path[posts.employer] & (posts.opens <= situation.day))
        if not len(empty):
            return ()
        # By employer, then by the part of the key that is the same in every replication.
        keys = plain_keys(posts.key[empty])
        empty = empty[np.lexsort((keys, posts.employer[empty]))]
        room = np.maximum(level - self._bill(situation), 0)
        saving = situation.pay_in(empty, 0)
        # What an empty post counts as, in the units of `_counted`: a full-time person on the lowest point of its band.
        counted = {"heads": np.ones(len(empty), "int64"), "wte": np.full(len(empty), 100)}
        counted["allowance"] = counted["wte"]
        size = counted.get(self.measure, saving)
        # `within` is the running total inside each employer, this post included: the overall total less the total
        # before the employer's first post. Posts that do not fit into the room are removed.
        total = np.cumsum(size)
        first = np.searchsorted(posts.employer[empty], posts.employer[empty])
        within = total - (total[first] - size[first])
        gone = within > room[posts.employer[empty]]
        if not gone.any():
            return ()
        pay = saving[gone]
        cost = situation.law.employer_cost(pay, np.ones(len(pay)), situation.epoch_day)
        order = np.argsort(empty[gone], kind="stable")
        removed = empty[gone][order].astype("int32")
        return (RemovePosts(posts=removed, pence=cost[order]),)

    def _notice(self, situation: Situation, rows: Rows) -> Effects:
        """Give notice to people consulted, in the order of selection, until each employer's bill is on the path."""
        employer = situation.people.employer
        # The reminder lists people in the order of selection, which a stable sort by employer does not change.
        rows = rows[np.argsort(employer[rows], kind="stable")]
        needed = until_met(employer[rows], self._counted(situation, rows), self._excess(situation))
        opened = int(self._step_days(situation.calendar)[situation.round])
        let_go = self._let_go(situation, np.sort(rows[needed]), situation.day, opened)
        return Effects(then=(let_go, *_spared(situation, rows[~needed])))

    def _notice_given(self, situation: Situation) -> int:
        """The day when consultation ends, after `consultation_days` or the law's number of days for a large group."""
        days = self.consultation_days
        if days is None:
            days = situation.law.consultation_span("large", situation.epoch_day)
        return situation.day + days

    def _let_go(self, situation: Situation, rows: Rows, given: int, opened: int) -> Depart:
        """Make people redundant, with their posts. People whose fixed term ends sooner are left out.

        Args:
            situation: the present state of the run.
            rows: (n,) positions of people.
            given: day on which notice is given.
            opened: day on which consultation opened. The terms of that day apply.
        """
        last = self._last_days(situation, rows, given)
        lasts = situation.people.contract_ends[rows] > last
        return made_redundant(
            situation, rows[lasts], last[lasts], given, opened, with_posts=True, most_months=self.most_months
        )

    def _pool(self, situation: Situation) -> Rows:
        """People who may be selected, by employers above the path. Their fixed term does not end during notice."""
        people = situation.people
        over = self._excess(situation) > 0
        free = situation.staff_of(self.kinds, functions=self.functions or None, bands=self.bands or None, free=True)
        free &= self._named(situation)[people.employer]
        # People whose consultation is still running have been selected already, and a guarantee protects from selection.
        free &= ~people.critical & (people.notice_due < situation.day) & (people.retained_until < situation.day)
        rows = np.flatnonzero(free & over[people.employer])
        return rows[people.contract_ends[rows] > self._last_days(situation, rows, self._notice_given(situation))]

    def _last_days(self, situation: Situation, rows: Rows, given: int) -> Ints:
        """Last day of each person if notice starts on the day `given`, at the latest the employer's closing day."""
        served = given + _days_worked(notice_weeks(situation, rows, given), self.notice_worked)
        closes = situation.bodies.closes[situation.people.employer[rows]]
        return np.minimum(served, closes).astype("int32")

    def _severance(self, situation: Situation, rows: Rows) -> Longs:
        """Redundancy pay in pence of each person if notice starts when consultation ends, (rows,)."""
        last = self._last_days(situation, rows, self._notice_given(situation))
        people = situation.people
        leaving = last + situation.calendar.origin
        pay = people.pay_pence[rows]
        wte = people.wte(rows)
        since = people.service_from[rows]
        born = people.born[rows]
        band = people.band[rows]
        terms_on = situation.epoch_day
        return situation.law.redundancy(
            pay, wte, born, since, leaving, band, terms_on=terms_on, most_months=self.most_months
        )

    def _named(self, situation: Situation) -> Bools:
        """Which employers are in `bodies`, (bodies,); all of them if it is empty."""
        return situation.bodies_of(bodies=self.bodies or None)

    def _held(self, situation: Situation) -> Bools:
        """Which employers have a path, (bodies,). With an allowance that includes successors without staff at the start."""
        on_path = situation.bodies.of_kinds(self.kinds) & self._named(situation)
        if self.measure in ("pounds-a-head", "allowance"):
            on_path &= situation.bodies.population > 0
        if self.measure != "allowance":
            on_path &= situation.opening_bill > 0
        return np.asarray(on_path)

    def _bill(self, situation: Situation) -> Longs:
        """The total of `_counted` over the people who stay, by employer, (bodies,)."""
        people = situation.people
        notice = situation.stage == "notice"
        stay = staying(situation, notice=notice)
        bill = np.zeros(len(situation.bodies), "int64")
        np.add.at(bill, people.employer[stay], self._counted(situation, stay))
        return bill

    def _excess(self, situation: Situation) -> Longs:
        """How far each employer is above the path, (bodies,), in units of `_counted`; zero without a path."""
        # When notice is given, a later step may have come into force since the people were selected.
        due = situation.round
        if situation.stage == "notice":
            due = int((self._step_days(situation.calendar) <= situation.day).sum()) - 1
        now = self._level(situation, self.path[due])
        least = self._level(situation, self.path[-1])
        # `to_find` is in pence, so it can only be added to a path in pence. It never goes beyond the last step.
        sooner = situation.to_find if self.measure in ("pay", "pounds-a-head") else 0
        allowed = np.maximum(now - sooner, least)
        above = np.maximum(self._bill(situation) - allowed, 0)
        return np.asarray(np.where(self._held(situation), above, 0))

    def _level(self, situation: Situation, step: Step) -> Longs:
        """The level that a step allows each employer, (bodies,), in units of `_counted`."""
        if step.cut is not None:
            return np.asarray(np.floor(situation.opening_bill * (1.0 - step.cut)), "int64")
        if self.measure == "allowance":
            pounds = (step.target or 0.0) * situation.bodies.population.astype("int64")
            # Hundredths of a whole-time post, rounded down. The small addition absorbs the rounding error of the product.
            return np.asarray(np.floor(pounds * self.pay_share / self.post_cost * 100.0 + 1e-6), "int64")
        # Targets are in pounds, people or whole-time equivalents; `_counted` is in pence, people or hundredths.
        scale = np.array({"pay": 100, "heads": 1, "wte": 100, "pounds-a-head": 100}[self.measure], "int64")
        if self.measure == "pounds-a-head":
            scale = scale * situation.bodies.population.astype("int64")
        target = 0.0 if step.target is None else step.target
        level = target * scale * np.ones(len(situation.bodies))
        return np.asarray(np.floor(level + 1e-6).astype("int64"))

    def _counted(self, situation: Situation, rows: Rows) -> Longs:
        """What each person counts as: pence per year, 1, or hundredths of a whole-time equivalent, (rows,)."""
        if self.measure == "heads":
            return np.ones(len(rows), "int64")
        if self.measure in ("wte", "allowance"):
            return situation.people.wte_hundredths[rows].astype("int64")
        return yearly_pay(situation, rows)

    title: ClassVar[str] = "Cut of management costs"
    about: ClassVar[str] = (
        "On the day of each step, employers whose pay bill is above the path bring it down; posts that are removed do "
        "not come back."
    )

    def explain(self, situation: Situation, proposals: Proposals | None) -> tuple[str, ...]:
        """Which people are offered terms, how far costs are to fall by this step, and the order in which people go."""
        if proposals is None:
            return TO_BE_SEEN
        return (*self._explain_offer(situation, proposals), *self._explain_path(situation))

    def _explain_offer(self, situation: Situation, proposals: Proposals) -> tuple[str, ...]:
        if not isinstance(proposals, SeveranceOffer) or not len(proposals):
            return explained_by_proposals(self, situation, proposals)
        return (
            f"{among(len(proposals), situation, self.kinds)} would be offered redundancy terms.",
            *proposals.explain_sums(situation),
        )

    def _explain_path(self, situation: Situation) -> tuple[str, ...]:
        """How far each employer's costs are to fall by this step, the order of exits, and the law's terms and days."""
        step = self.path[situation.round]
        law = situation.law.parameters
        today = situation.epoch_day
        if step.cut is None:
            aim = f"Each employer is to have at most {_TARGETS[self.measure].format(step.target)}."
        else:
            bill = float(situation.opening_bill[situation.bodies.of_kinds(self.kinds)].sum())
            aim = (
                f"Each employer's basic pay is to be {percentage(step.cut)} below its level at the start: a cut of "
                f"{sum_of_money(step.cut * bill)} from {sum_of_money(bill)} a year in all."
            )
        begin = "People who accept the terms go first, and then" if self.volunteers else "The first to go are"
        who = f"{begin} {_FIRST[self.order]}." if self.compulsory else "Only people who accept the terms go."
        if self.measure == "allowance":
            aim += f" The allowance pays for {self._posts_bought(situation, step)}."
        return (
            f"{aim} {who}",
            f"The terms are those of section 16 (quality: {law.table('section16').on(today).quality}). Consultation lasts "
            f"{self._explain_consultation()} before notice is given (quality of the law's number of days: "
            f"{law.table('consultation').on(today).quality}).",
            *self._explain_local(),
        )

    def _explain_local(self) -> tuple[str, ...]:
        """The local limit of pay and the share of notice that is worked, if they differ from the law's."""
        sentences = []
        if self.most_months is not None:
            sentences.append(f"Nobody who accepts gets more than {number_of(self.most_months, 'month')} of pay.")
        if self.notice_worked < 1.0:
            sentences.append(f"{percentage(self.notice_worked)} of notice is worked, and the rest is paid in lieu.")
        return tuple(sentences)

    def _posts_bought(self, situation: Situation, step: Step) -> str:
        """How many posts a step's allowance pays for in all employers with staff, and how many they have, in words."""
        here = self._held(situation) & (situation.opening_bill > 0)
        posts = self._level(situation, step)[here].sum() / 100.0
        have = self._bill(situation)[here].sum() / 100.0
        return (
            f"{posts:,.0f} whole-time posts compared with {have:,.0f} held ({percentage(self.pay_share)} of it pays "
            f"for staff, at £{self.post_cost:,.0f} a post)"
        )

    def _explain_consultation(self) -> str:
        """How long consultation lasts, worded to follow "lasts"."""
        if self.by_law:
            return "as long as the law requires for the number of people"
        if self.consultation_days is None:
            return "as long as the law requires for 100 people or more"
        return number_of(self.consultation_days, "day")


def _spared(situation: Situation, rows: Rows) -> tuple[Turn, Turn]:
    """Reset the risk class of people who were consulted but are no longer needed."""
    rows = rows[situation.people.risk_class[rows] == RiskClass.AT_RISK]
    closing = situation.bodies.closes[situation.people.employer[rows]] < NEVER
    return (
        Turn(rows=rows[closing], risk_class=RiskClass.EXPOSED),
        Turn(rows=rows[~closing], risk_class=RiskClass.NONE),
    )


def _days_worked(weeks: Ints, worked: float) -> Longs:
    """Days of notice that are worked, to the nearest whole day, (rows,)."""
    return np.asarray(np.floor(7.0 * weeks * worked + 0.5), "int64")
