"""Returns to the NHS of people who were paid to leave: the return curve, the policy, and repayment of severance.

On the return curve a `share` of leavers returns in the end. Of these people, a part 1 − exp(−(t/`scale`)^`shape`) is
back within t years, but nobody returns before `least` years.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import attrs
import numpy as np
from numpy.typing import ArrayLike

from nhstransit import arithmetic
from nhstransit.arithmetic import log1p, power
from nhstransit.arrays import Bools, Floats, Ints, Longs, Rows, among
from nhstransit.dates import DAYS_A_YEAR, Calendar, add_months
from nhstransit.errors import ScenarioError, nearest
from nhstransit.fields import Parent, amount, assumed, from_law, number, share, some_of, strict, whole
from nhstransit.grammar import (
    NOTHING,
    Answers,
    Back,
    BasePolicy,
    Effect,
    Effects,
    Occasion,
    Pay,
    Proposals,
    Rejoin,
    Situation,
)
from nhstransit.log import NOBODY, Kind
from nhstransit.organisations.bodies import KINDS, Roster
from nhstransit.phrases import listed, percentage
from nhstransit.policies.interims import dearer, engaged, months_at_a_time
from nhstransit.policies.redundancy import seats
from nhstransit.streams import Chances
from nhstransit.toml import Named
from nhstransit.workforce.columns import NEVER, VSM, at_least


def still_away(years: ArrayLike, *, share: float, scale: float, shape: float, least: float = 0.0) -> Floats:
    """The chance of still being away a number of years after leaving, (n,).

    Args:
        years: (n,) years after leaving.
        share: share that returns in the end, 0 to 1.
        scale: scale of the time to return, in years.
        shape: shape of the time to return.
        least: years before which nobody returns.
    """
    time = np.maximum(np.asarray(years, "float64"), 0.0)
    curve = 1.0 - share * -arithmetic.expm1(-arithmetic.power(time / scale, shape))
    return np.where(time < least, 1.0, curve)


def away_years(years: ArrayLike, *, share: float, scale: float, shape: float, least: float = 0.0) -> Floats:
    """Expected years away in the first `years` after leaving, (n,): the integral of `still_away`.

    The integral of exp(−(t/s)^k) from 0 to t is s/k Γ(1/k) P(1/k, (t/s)^k), P the regularised lower incomplete gamma
    function.

    Args:
        years: (n,) years after leaving.
        share: share that returns in the end, 0 to 1.
        scale: scale of the time to return, in years.
        shape: shape of the time to return.
        least: years before which nobody returns.
    """
    from scipy.special import gamma, gammainc

    time = np.maximum(np.asarray(years, "float64"), 0.0)

    def within(until: Floats | float) -> Floats:
        return np.asarray(scale / shape * gamma(1.0 / shape) * gammainc(1.0 / shape, (until / scale) ** shape))

    later = np.maximum(time, least)
    after = (1.0 - share) * (later - least) + share * (within(later) - within(least))
    return np.asarray(np.minimum(time, least) + after)


# Returns: some people who were paid to leave return to a post, elsewhere in the NHS, or as interims.

_CURVE = (
    "a written answer of January 2019, from the Electronic Staff Record, shows how many "
    "people made redundant by the NHS in each year had returned by September 2018"
)
_PERMANENT = "you decide the value; the range is based on a written answer of January 2019"
_PUT_OFF = (
    "few people are assumed to return inside a clawback window, and some people deterred by it return just after it"
)
_SENIOR = "8a"
_FAR = 2**40  # a day beyond any scenario


def _repaying(repays: Any) -> Named[str]:
    return Named(repays) if isinstance(repays, dict) else repays


@attrs.frozen(kw_only=True, field_transformer=strict)
class Returns(BasePolicy):
    """People who left under a policy in `after` return with the chance `share`, after a randomly drawn time.

    Whether the person returns, and after what time, are drawn again each time the person leaves. The time has the
    distribution `1 − exp(−(t/scale)^shape)`. On the 1st of each month, people who are due to return get a vacant post
    in an employer of `kinds`, in their region, function and band. If there is no such post, they return elsewhere in
    the NHS. The new contract is permanent with the chance `permanent`, and otherwise lasts `term_months`. Service for
    which severance was paid, or before a break of more than a year, no longer counts.

    `repays` sets, for a policy, the terms on which severance is repaid. People who return within the window of these
    terms pay back the unexpired months, net of tax. For other policies the window is `clawback_months`, by default the
    law's four weeks. A share `deterred` of the people due to return inside their window does not return at that time.
    Of these people a share `after_window` returns within `after_months` of the end of the window, and the rest never
    return.

    In addition, some people return within two years as interims, for `months`, if a post is vacant and not covered. They
    are a share `unseen` of the people in Band 8a and above, and a third of that share in lower bands. A day costs
    `dearer` times the cost of an employee.
    """

    place: ClassVar[int] = 75

    announced: dt.date
    after: tuple[str, ...] = ("mars", "redundancy", "cost-reduction", "voluntary-redundancy")
    kinds: tuple[str, ...] = some_of(KINDS, ())
    scale_years: float = number(
        1.12, low=0.01, high=50.0, parent=Parent(unit="years", source=_CURVE, quality="derived", range=(0.6, 2.0))
    )
    shape: float = number(
        0.58,
        low=0.1,
        high=10.0,
        parent=Parent(unit="shape of the distribution", source=_CURVE, quality="derived", range=(0.4, 1.0)),
    )
    clawback_months: float | None = amount(
        None, parent=from_law("months within which returners repay", "alternative_window_days")
    )
    repays: Named[str] = attrs.field(factory=Named, converter=_repaying)
    tax_rate: float = share(
        0.4, parent=assumed("marginal rate", 0.2, 0.45, "the rate of income tax on sums above £30,000 is a judgement")
    )
    deterred: float = share(1.0, parent=assumed("share of the people due", 0.5, 1.0, _PUT_OFF))
    after_window: float = share(1.0, parent=assumed("share of the people deterred", 0.3, 1.0, _PUT_OFF))
    after_months: float = amount(0.0, parent=assumed("months", 0.0, 6.0, _PUT_OFF))
    permanent: float = share(1.0, parent=Parent(unit="share of returners", source=_PERMANENT, range=(0.57, 1.0)))
    term_months: int = whole(
        12, low=1, high=120, parent=assumed("months", 6.0, 24.0, "the length of a returner's fixed term is a judgement")
    )
    unseen: float = share(
        0.0,
        parent=assumed(
            "share of people paid to leave",
            0.0,
            0.25,
            "no number was found of people who returned as interims off the payroll, so by default nobody does",
        ),
    )
    share: float = share(
        0.262, parent=Parent(unit="share of people paid to leave", source=_CURVE, quality="derived", range=(0.22, 0.28))
    )
    months: int = months_at_a_time()
    dearer: float = dearer()

    def __attrs_post_init__(self) -> None:
        for name, terms in self.repays.items():
            if terms not in TERMS:
                raise ScenarioError(f"repays.{name}", f"is {terms!r}", nearest(str(terms), TERMS))

    def days(self, calendar: Calendar, bodies: Roster) -> Sequence[Occasion]:
        """The 1st of each month from the announcement on."""
        first = calendar.day(self.announced)
        return [Occasion(int(day), "returns") for day in calendar.month_starts if day >= first]

    def select(self, situation: Situation, proposals: Proposals, answers: Answers, chances: Chances) -> Effects:
        """Bring back people whose day of return has come since the last 1st of a month.

        Args:
            situation, proposals, answers, chances: as in `grammar.Policy.select`.
        """
        people = situation.people
        posts = situation.posts
        # `away` is everyone who left under one of these policies and has not returned, here or elsewhere in the NHS.
        rules = [situation.rule_of(name) for name in self.after]
        out = (people.post < 0) & (people.next_post < 0) & ~people.returned
        away = np.flatnonzero(out & among(people.left_rule, rules))
        # One draw decides whether and when a person returns. The curve then leaves few people whose day must be computed.
        drawn = _drawn(situation, away, chances, "return")
        days_away = situation.day + 1 - people.left_day[away]
        come = drawn < self.share
        come &= drawn < self.back_within(situation.day + 2)[days_away]
        rows = away[come]
        rows = rows[self._due(situation, rows, drawn[come], chances) <= situation.day]
        hidden = self._hidden(situation, away, drawn) if self.unseen else away[:0]
        if not len(rows) and not len(hidden):
            return NOTHING
        vacant = np.flatnonzero(posts.vacant & situation.bodies.of_kinds(self.kinds)[posts.employer])
        got = seats(situation, vacant, _wanted(situation, rows))
        here = got >= 0
        placed = rows[here]
        back = Rejoin(rows=placed, posts=got[here], until=self._until(situation, placed, chances))
        then = (*self._repaid(situation, rows), back, Back(rows=rows[~here]))
        if len(hidden):
            # Posts that people return to today are no longer vacant, but the state does not show it yet.
            filled = np.zeros(len(posts.employer), bool)
            filled[got[here]] = True
            free = vacant[(posts.interim[vacant] == NOBODY) & ~filled[vacant]]
            covers = seats(situation, free, _wanted(situation, hidden))
            found = covers >= 0
            covered = np.asarray(covers[found], np.intp)
            then += (engaged(situation, covered, hidden[found], self.months, self.dearer),)
        return Effects(then=then)

    def back_within(self, days: int) -> Floats:
        """The share of people who are back within 0, 1, 2 … days on the curve, (days,), increased by one millionth.

        A person who is due by a day has a draw below this share, because repayment terms only delay a return. So the few
        people who may be due are found without working out a day for everyone. The millionth covers any rounding error.
        """
        back = 1.0 - still_away(
            np.arange(days) / DAYS_A_YEAR, share=self.share, scale=self.scale_years, shape=self.shape
        )
        return back * (1.0 + 1e-6)

    def _due(self, situation: Situation, rows: Rows, drawn: Floats, chances: Chances) -> Longs:
        """The day when each person returns, or a day far beyond any scenario, (rows,).

        `drawn` (rows,) is each person's draw, which is below `share`: nobody else returns.
        """
        # Divided by `share`, the draw is uniform among people who return, and the inverse of the curve gives their time.
        within = drawn / max(self.share, 1e-12)
        days = self.scale_years * power(-log1p(-within), 1.0 / self.shape) * DAYS_A_YEAR
        window = windows(situation, rows, self.repays, self.clawback_months)
        # `early` is positions in `rows`. A draw below `deterred` defers the return. The same draw, scaled twice, is then the
        # share of `after_months` that passes after the window; 1 or more means that the person never returns.
        early = np.flatnonzero(days < window)
        put_off = _drawn(situation, rows[early], chances, "deterred") / max(self.deterred, 1e-12)
        early = early[put_off < 1.0]
        put_off = put_off[put_off < 1.0]
        later = put_off / max(self.after_window, 1e-12)
        days[early] = window[early] + later * (self.after_months / 12.0 * DAYS_A_YEAR)
        due = situation.people.left_day[rows] + np.minimum(np.ceil(days), 1e6)
        due[early[later >= 1.0]] = _FAR
        return np.asarray(due.astype("int64"))

    def _hidden(self, situation: Situation, rows: Rows, drawn: Floats) -> Rows:
        """People who return without being on the payroll. Their draws are just above `share`, the limit of the curve.

        `drawn` (rows,) is the draw that decides who returns.
        """
        people = situation.people
        above = drawn - self.share
        senior = at_least(people.band[rows], _SENIOR)
        chance = np.minimum(np.where(senior, self.unseen, self.unseen / 3.0), 1.0 - self.share)
        # No person is in both groups. Above `share`, the draw is uniform up to `chance`, which spreads the returns evenly
        # over two years.
        comes = (above >= 0) & (above < chance)
        days = np.ceil(2.0 * DAYS_A_YEAR * above / np.maximum(chance, 1e-12))
        gone = situation.day - people.left_day[rows]
        return rows[comes & (gone >= days) & (gone <= 2.0 * DAYS_A_YEAR)]

    def _repaid(self, situation: Situation, rows: Rows) -> tuple[Effect, ...]:
        """Repayments by people who return within their window."""
        pence = owed(situation, rows, self.repays, self.tax_rate)
        some = pence > 0
        if not some.any():
            return ()
        return (Pay(rows=rows[some], kind=Kind.CLAWBACK, pence=pence[some]),)

    def _until(self, situation: Situation, rows: Rows, chances: Chances) -> Ints:
        """The last day of each new contract, or NEVER, (rows,)."""
        lasts = _drawn(situation, rows, chances, "contract") < self.permanent
        last = int(add_months(situation.epoch_day, self.term_months)) - 1 - situation.calendar.origin
        return np.where(lasts, NEVER, last).astype("int32")

    title: ClassVar[str] = "Returns to the NHS"
    about: ClassVar[str] = (
        "Some of the people who left under a scheme return to the NHS, each after a time drawn at random."
    )

    def explain(self, situation: Situation, proposals: Proposals | None) -> tuple[str, ...]:
        """The share of leavers who return, how soon, what they repay, and how many return off the payroll."""
        half_years = self.scale_years * float(power(log1p(1.0), 1.0 / self.shape))
        sentences = [
            f"Of people who left under {listed(self.after)}, {percentage(self.share)} return to the NHS in the end, half of "
            f"them within {12 * half_years:.0f} months. Which people return depends on what happens before."
        ]
        if self.repays:
            terms = listed(f"{rule} ({terms})" for rule, terms in self.repays.items())
            sentences.append(
                f"People who left under {terms} and return within the window of those terms repay the unexpired months, "
                "net of tax."
            )
        if self.unseen:
            sentences.append(
                f"Another {percentage(self.unseen)} of the people paid to leave in Band 8a and above, and a third of that "
                "share in lower bands, return as interims off the payroll."
            )
        return tuple(sentences)


def _wanted(situation: Situation, rows: Rows) -> Longs:
    """The region, function and band in which each person last worked, as one integer, (rows,)."""
    people = situation.people
    return situation.patch(people.employer[rows], people.function[rows], people.band[rows])


def _drawn(situation: Situation, rows: Rows, chances: Chances, what: str) -> Floats:
    """A draw for each person's latest departure, (rows,). The number of earlier departures is the round."""
    keys = situation.people.key[rows]
    before = situation.people.departures[rows] - 1
    drawn = np.empty(len(rows))
    # The round is one number for a whole call, so there is one call per number of departures, of which there are few.
    for spell in range(int(before.max(initial=-1)) + 1):
        again = np.flatnonzero(before == spell)
        drawn[again] = Chances(chances.luck, chances.policy, spell).uniform(what, keys[again])
    return drawn


# Clawback: the months within which a return costs money, by the terms of leaving, and how much.

REDUNDANCY = "section16"  # redundancy pay is lost if NHS work starts within four weeks
TERMS = ("mars_2010", "mars_later", "vr_2025", "vr_nhsps", REDUNDANCY)


def windows(situation: Situation, rows: Rows, repays: Mapping[str, str], otherwise: float | None) -> Floats:
    """Days from leaving to the first day when a return is no longer deterred, (rows,).

    Args:
        situation: the present state of the run.
        rows: (rows,) positions of people who have left.
        repays: for a policy, the terms of repayment, as they are today.
        otherwise: months for policies that are not in `repays`. None: the window of section 16.
    """
    law = situation.law
    today = situation.epoch_day
    section16 = law.alternative_window_days(today) + 1.0
    out = np.full(len(rows), section16 if otherwise is None else otherwise / 12.0 * DAYS_A_YEAR)
    for name, terms in repays.items():
        mine = _left_by(situation, rows, name)
        if terms == REDUNDANCY:
            out[mine] = section16
        elif mine.any():
            senior = situation.people.band[rows[mine]] == VSM
            for_staff = law.clawback_months(terms, today, vsm=False)
            for_vsm = law.clawback_months(terms, today, vsm=True)
            left = situation.people.left_day[rows[mine]] + situation.calendar.origin
            # Calendar months from the day after leaving, as the law counts them, turned into days.
            out[mine] = add_months(left + 1, np.where(senior, for_vsm, for_staff)) - left
    return out


def owed(situation: Situation, rows: Rows, repays: Mapping[str, str], tax_rate: float) -> Longs:
    """Pence of severance that each person back today repays, (rows,); zero without terms or after the window.

    Args:
        situation: the present state of the run.
        rows: (rows,) positions of people who return today.
        repays: for a policy, the terms of repayment.
        tax_rate: share of the severance that was paid as tax.
    """
    people = situation.people
    law = situation.law
    today = situation.epoch_day
    out = np.zeros(len(rows), "int64")
    for name, terms in repays.items():
        place = np.flatnonzero(_left_by(situation, rows, name))
        mine = rows[place]
        if not len(mine):
            continue
        net = law.net_of_tax(people.paid_pence[mine], today, tax_rate=tax_rate)
        leaving = people.left_day[mine] + situation.calendar.origin
        if terms == REDUNDANCY:
            # All of it within the window, and nothing after it. Other terms claim the unexpired months.
            back = np.where(today - leaving <= law.alternative_window_days(today), net, 0)
        else:
            months = np.ones(len(mine))
            if terms.startswith("mars"):
                months = law.mars_months(people.service_from[mine], leaving, terms=terms)
            senior = people.band[mine] == VSM
            back = law.clawback(net, months, leaving, today, terms=terms, vsm=senior)
        out[place] = back
    return out


def _left_by(situation: Situation, rows: Rows, name: str) -> Bools:
    return np.asarray(situation.people.left_rule[rows] == situation.rule_of(name))
