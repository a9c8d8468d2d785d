"""The history of a run in tables: where people were and when, promises and payments, and the life of each post.

`run.history` reads the log once and gives tables whose columns join. `staff` names a person, `post` a row of
`run.history.posts()`, and `rule` and `route` a policy or a rule of the engine. Employer, kind, region, function and
band are the groups of `nhstransit.run.groups`. Rooms of the library use the arrays behind these tables: `spells`,
`exits`, `lives`, `covers` and `state_on` in `nhstransit.run`.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import AnyArray
from nhstransit.dates import dates_from
from nhstransit.log import Kind
from nhstransit.run.exits import entered, exits
from nhstransit.run.groups import Cut, grouping, groups, of_posts
from nhstransit.run.lives import covers, lives
from nhstransit.run.run import Run
from nhstransit.run.spells import BEGAN, ENDED, spells
from nhstransit.run.state import state_on
from nhstransit.workforce.columns import NEVER, Disposition, RiskClass

if TYPE_CHECKING:
    import pandas as pd

PAYMENTS = {
    Kind.SEVERANCE: "severance",
    Kind.IN_LIEU: "in lieu",
    Kind.PENSION: "pension",
    Kind.PREMIUM: "premium",
    Kind.AGENCY: "interim",
    Kind.TRAINING: "training",
    Kind.CLAWBACK: "paid back",
    Kind.BOUGHT_OUT: "bought out",
}
PROMISES = {Kind.CONSULTED: "consultation", Kind.EXIT_AGREED: "exit agreed", Kind.RETAINED: "guarantee"}
MOVEMENTS = {Kind.ARRIVED: "arrived", Kind.MOVED: "moved", Kind.DEPARTED: "left"}


@attrs.frozen(eq=False)
class History:
    """The history of one run.

    Each method returns a table. The method's name says what a row is, such as a spell, an exit or a move.
    """

    run: Run

    def spells(self) -> pd.DataFrame:
        """One row per time that a person held a post, by person and in order of time.

        Columns: staff, post, employer, kind, region, function, band (of the post); wte; began ("at the start",
        "arrived", "moved"), start (the first day) and rule (of its beginning); ended ("still in post", "left", "moved
        on"), end (the day it ended, missing for people still in post) and route (the rule of its end); days. The person
        holds the post at the ends of the days from `start` to the day before `end`, which are its `days`.
        """
        run = self.run
        held = spells(self.run)
        # The arrays end a spell that continues on the day after the last.
        still = held.end >= run.scenario.calendar.days
        return tables.frame(
            {
                "staff": run.people.staff[held.row],
                **self._of_posts(held.post),
                "wte": run.people.wte[held.row],
                "began": _words(BEGAN, held.began),
                "start": self._date(held.start),
                "rule": self._rule(held.rule),
                "ended": _words(ENDED, held.ended),
                "end": self._date(np.where(still, NEVER, held.end)),
                "route": self._rule(held.exit_rule),
                "days": held.end - held.start,
            }
        )

    def exits(self) -> pd.DataFrame:
        """One row per departure, in order.

        Columns: date, staff, route (the rule by which they left), the post left with its employer, kind, region,
        function and band; wte; severance, in_lieu, pension (capital) and bought_out (guarantees), and their total, in
        pounds; back_on (the first day on which they are in the NHS again, in these organisations or elsewhere; missing
        if that is not before the run ends).
        """
        left = exits(self.run)
        people = self.run.people
        return tables.frame(
            {
                "date": self._date(left.day),
                "staff": people.staff[left.row],
                "route": self._rule(left.route),
                **self._of_posts(left.post),
                "wte": people.wte[left.row],
                "severance": left.severance / 100.0,
                "in_lieu": left.in_lieu / 100.0,
                "pension": left.pension / 100.0,
                "bought_out": left.bought_out / 100.0,
                "total": left.paid / 100.0,
                "back_on": self._date(left.back),
            }
        )

    def moves(self) -> pd.DataFrame:
        """One row per arrival, move from post to post, or departure, in order.

        Columns: date, movement ("arrived", "moved", "left"), staff, rule; from_post, from_employer, to_post, to_employer
        (missing from or to outside).
        """
        # Post −1 is outside the model. It reads the −1 at the end, whose name is missing.
        moves = self.run.log.moves
        bodies = self.run.scenario.roster.names
        employer = np.append(self.run.posts.employer, np.int16(-1))
        columns: dict[str, Any] = {
            "date": self._date(moves.day),
            "movement": _coded(moves.kind, MOVEMENTS),
            "staff": moves.staff,
            "rule": self._rule(moves.rule),
        }
        for name, post in (("from", moves.from_post), ("to", moves.to_post)):
            columns[f"{name}_post"] = tables.whole(post)
            columns[f"{name}_employer"] = _words(bodies, employer[post])
        return tables.frame(columns)

    def posts(self) -> pd.DataFrame:
        """One row per post that ever existed, indexed by post.

        Columns: employer, kind, region, function, band; opened (missing if it was there at the start, or never opened),
        ever_open; removed (the day of removal, missing if it remains), rule (that removed it) and saving (pounds a year
        permanently, 0 if its employer closed).
        """
        life = lives(self.run)
        there = life.opened <= 0
        return tables.frame(
            {
                **self._of_posts(np.arange(len(life))),
                "opened": self._date(np.where(there, NEVER, life.opened)),
                "ever_open": life.opened < NEVER,
                "removed": self._date(life.removed),
                "rule": self._rule(life.rule),
                "saving": life.saving / 100.0,
            },
            index="post",
        )

    def people(self) -> pd.DataFrame:
        """One row per person who was ever in the run, indexed by staff.

        Columns: entered (missing for the opening staff), the characteristics with which they entered (sex, age, service,
        employer, kind, region, function, band), wte; opening_post and closing_post (missing for none).
        """
        run = self.run
        came = entered(self.run)
        cuts = ("sex", "age", "service", "employer", "kind", "region", "function", "band")
        return tables.frame(
            {
                "staff": run.people.staff,
                "entered": self._date(np.where(run.opening_post >= 0, NEVER, came)),
                **{cut: grouping(run, cut).words for cut in cuts},
                "wte": run.people.wte,
                "opening_post": tables.whole(run.opening_post),
                "closing_post": tables.whole(run.closing.post),
            },
            index="staff",
        )

    def payments(self) -> pd.DataFrame:
        """One row per payment, in order: to people, for them (pension, training, interims), or by them ("paid back").

        Columns: date, payment, rule, staff (missing for an agency's interim), the post concerned with its employer,
        kind, region, function and band (missing if there is no post), and pounds.
        """
        paid = self.run.log.payments
        return tables.frame(
            {
                "date": self._date(paid.day),
                "payment": _coded(paid.kind, PAYMENTS),
                "rule": self._rule(paid.rule),
                "staff": tables.whole(paid.staff),
                **self._of_posts(paid.post),
                "pounds": paid.pence / 100.0,
            }
        )

    def promises(self) -> pd.DataFrame:
        """One row per agreed exit, guarantee or consultation, in order of kind and time.

        Columns: date, promise ("consultation", "exit agreed", "guarantee"), rule, staff, the post held with its employer,
        kind, region, function and band; last_day; pounds (to be paid on the last day of an exit, or premium a year).
        """
        log = self.run.log
        given = [log.promises(kind) for kind in PROMISES]

        def joined(name: str) -> AnyArray:
            return np.concatenate([getattr(each, name) for each in given])

        return tables.frame(
            {
                "date": self._date(joined("day")),
                "promise": _coded(joined("kind"), PROMISES),
                "rule": self._rule(joined("rule")),
                "staff": joined("staff"),
                **self._of_posts(joined("post")),
                "last_day": self._date(joined("last_day")),
                "pounds": joined("pence") / 100.0,
            }
        )

    def covers(self) -> pd.DataFrame:
        """One row per time that an interim covered a vacant post, by post and in order of time.

        Columns: post with its employer, kind, region, function and band; staff (a person who came back as the interim,
        missing for an agency's); rule; start and end (missing if cover continues); days; pounds_a_day and pounds paid
        in all.
        """
        run = self.run
        cover = covers(self.run)
        still = cover.end >= run.scenario.calendar.days
        staff = np.append(run.people.staff, np.int32(-1))[cover.row]
        return tables.frame(
            {
                **self._of_posts(cover.post),
                "staff": tables.whole(staff),
                "rule": self._rule(cover.rule),
                "start": self._date(cover.start),
                "end": self._date(np.where(still, NEVER, cover.end)),
                "days": cover.end - cover.start,
                "pounds_a_day": cover.pence_a_day / 100.0,
                "pounds": cover.pence / 100.0,
            }
        )

    def stocks(self, day: dt.date | int, *, by: Cut = "kind") -> pd.DataFrame:
        """People and posts at the end of a day, one row per group of posts, indexed by group.

        Columns: people and wte in post; posts (open and not removed); vacant. Groups without people and posts are left
        out.

        Args:
            day: a date, or a day counted from the start of the scenario.
            by: "all", "kind", "region", "employer", "function" or "band".

        Raises:
            InputError: the day is outside the scenario, or the group is unknown.
        """
        # People are in the group of the post that they hold, so people and posts of one row belong together.
        run = self.run
        now = state_on(self.run, day)
        codes, names = groups(run, by)
        here = np.flatnonzero(now.post >= 0)
        mine = codes[now.post[here]] if len(codes) else now.post[here]
        people = np.bincount(mine, minlength=len(names))
        hundredths = np.bincount(mine, run.people.wte_hundredths[here], len(names))
        posts = np.bincount(codes[now.funded], minlength=len(names))
        vacant = np.bincount(codes[now.vacant], minlength=len(names))
        there = np.flatnonzero(people + posts)
        columns = {"people": people, "wte": hundredths / 100.0, "posts": posts, "vacant": vacant}
        shown = {name: column[there] for name, column in columns.items()}
        labels = [names[code] for code in there.tolist()]
        return tables.frame({by: labels, **shown}, index=by)

    def state(self, day: dt.date | int) -> pd.DataFrame:
        """Everyone at the end of a day, one row per person, indexed by staff.

        Columns: the post held with its employer, kind, region, function and band (missing for people in no post); wte;
        point (from 1) and pay (pounds a year, whole-time); disposition and risk in words. Raises InputError for a day
        outside the scenario.
        """
        run = self.run
        now = state_on(self.run, day)
        dispositions = [item.name.lower() for item in Disposition]
        risks = [item.name.lower().replace("_", " ") for item in RiskClass]
        return tables.frame(
            {
                "staff": run.people.staff,
                **self._of_posts(now.post),
                "wte": run.people.wte,
                "point": now.point + 1,
                "pay": now.pay_pence / 100.0,
                "disposition": _words(dispositions, now.disposition),
                "risk": _words(risks, now.risk_class),
            },
            index="staff",
        )

    def _of_posts(self, post: AnyArray) -> dict[str, Any]:
        """Posts with their groups in words, missing for -1."""
        columns: dict[str, Any] = {"post": tables.whole(post)}
        for cut in ("employer", "kind", "region", "function", "band"):
            group = of_posts(self.run, cut)
            codes = np.append(group.codes, np.int32(-1))  # the entry for post −1
            columns[cut] = _words(group.names, codes[post])
        return columns

    def _date(self, day: AnyArray) -> AnyArray:
        """Days of the run as dates, missing for `NEVER`."""
        # `NEVER` is too late a day for a date, so it is replaced before days are converted.
        never = day == NEVER
        dates = dates_from(self.run.scenario.start, np.where(never, 0, day))
        return np.where(never, np.datetime64("NaT", "D"), dates)

    def _rule(self, rule: AnyArray) -> AnyArray:
        """Rules by name, missing for -1."""
        return _coded(rule, self.run.rules)


def _words(names: Any, codes: AnyArray) -> AnyArray:
    """The name at each position, None for -1, (n,)."""
    return np.array([*names, None], object)[codes]


def _coded(codes: AnyArray, words: Any) -> AnyArray:
    """The word of each code, None for -1, (n,)."""
    # Each distinct code is looked up once, because there are few of them and many rows.
    found, index = np.unique(codes, return_inverse=True)
    each = [None if code < 0 else words[code] for code in found.tolist()]
    return _words(each, index.ravel())
