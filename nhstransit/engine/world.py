"""The state of a run: the columns of people and posts, with spare room for newcomers, and the log so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs
import numpy as np

from nhstransit.arrays import AnyArray, Ints, Keys, Longs, Rows, Shorts, guarded
from nhstransit.dates import DAYS_A_YEAR, Calendar, add_months
from nhstransit.engine.instant import Instant
from nhstransit.errors import StaffError
from nhstransit.grammar import Newcomers, People, PostsNow
from nhstransit.law import Law
from nhstransit.log import NOBODY, Kind, Recorder
from nhstransit.organisations.bodies import Roster
from nhstransit.organisations.posts import Posts, post_keys
from nhstransit.scenario.opening import FRESH, next_ordinals, pay_bill, people_columns, post_columns, usual_pay
from nhstransit.workforce.columns import COLUMNS as STAFF_COLUMNS
from nhstransit.workforce.columns import NEVER, RiskClass, Status, Workforce

_SPARE = 8  # one entry in 8 is left free when a column is moved, so that it is copied only once every few years
_EVENTS_A_PERSON = 14  # a national run logs 12 per person; room that is not written to takes no memory


class Room:
    """Stores of columns. Only the first part of each store is in use. The last axis grows."""

    def __init__(self, columns: Mapping[str, AnyArray]) -> None:
        self._stores = dict(columns)

    def with_more(self, size: int, count: int, fresh: Mapping[str, Any]) -> dict[str, AnyArray]:
        """All columns with `count` more entries after their first `size`. The views may share memory with earlier views.

        Args:
            size: entries in use.
            count: entries to add.
            fresh: values of the new entries by column: (count,), or one value for all. The caller must write the columns
                that are not in it.
        """
        end = size + count
        # At first a store may be the staff list's own column, which has no spare room and is copied before it is written.
        if any(store.shape[-1] < end for store in self._stores.values()):
            self._grow(size, end + end // _SPARE)
        for name, given in fresh.items():
            self._stores[name][..., size:end] = given
        return {name: store[..., :end] for name, store in self._stores.items()}

    def _grow(self, size: int, room: int) -> None:
        """Move all columns to larger stores. They grow together."""
        for name, store in self._stores.items():
            larger = np.empty((*store.shape[:-1], room), store.dtype)
            larger[..., :size] = store[..., :size]
            self._stores[name] = larger


CALM = (RiskClass.NONE, RiskClass.GUARANTEED, RiskClass.SAFE)  # the classes of people who feel no risk


# Events are written only through the methods of this class, beside the change of the columns that they report. This keeps
# the log and the columns in agreement.
class World:
    """The present state of people and posts, and the log so far."""

    def __init__(
        self,
        calendar: Calendar,
        bodies: Roster,
        opening: Workforce,
        posts: Posts,
        seats: Ints,
        law: Law,
        keys: Keys | None = None,
    ) -> None:
        """`keys` (people,) are the keys of people's draws; by default their identities."""
        self.opening = opening
        self.calendar = calendar
        self.bodies = bodies
        self.law = law
        self.functions = opening.functions
        self.log = Recorder(_EVENTS_A_PERSON * len(opening))
        self.ledger = dict.fromkeys(Kind, 0)  # pence by kind, counted separately from the log, as a check on it
        columns = people_columns(calendar, opening, seats, law, bodies)
        own_keys = columns["key"] if keys is None else keys
        columns["key"] = bodies.keyed(own_keys, opening.employer)
        self.columns = columns
        self._room = Room(columns)
        self.opening_pay = columns["pay_pence"].copy()  # the column itself changes with every award
        self.entered: list[dict[str, AnyArray]] = []  # newcomers as they entered, one batch per entry
        self.opening_bill = pay_bill(columns, len(bodies))
        self.usual_pay = usual_pay(columns)
        # Posts of an employer that closed before the start exist in the tables, but cannot be filled.
        funded = (posts.opens <= 0) & (bodies.closes[posts.employer] >= 0)
        self.posts = post_columns(posts, seats, funded)
        self.posts["key"] = bodies.keyed(posts.key, posts.employer)
        self.to_find = np.zeros(len(bodies), "int64")
        self.saved: dict[int, Longs] = {}  # pence per year by employer, for each rule that removed posts
        self.applied: dict[int, Longs] = {}  # applications by employer, for each rule under which anybody applied
        self.departed = np.zeros(len(bodies), "int64")  # departures of the month so far
        self.uncover: Callable[[AnyArray, Instant], None] = _nobody_covers  # ends cover of filled or removed posts
        self.followers: list[Callable[[], None]] = []  # called when an employer gets a different closing day
        self._look()

    def _look(self) -> None:
        """Make the read-only views for policies and behaviours. Call it again whenever a column is replaced."""
        self._look_at_people()
        views = {name: guarded(self.posts[name]) for name in PostsNow.__annotations__}
        self.posts_now = PostsNow(**views)

    def _look_at_people(self) -> None:
        """Make the read-only views of people. Call it again whenever one of their columns is replaced."""
        views = {name: guarded(self.columns[name]) for name in People.__annotations__}
        self.people = People(**views)

    def write(
        self,
        at: Instant,
        kind: Kind,
        staff: AnyArray,
        *,
        rules: Shorts | None = None,
        days: Ints | None = None,
        **columns: Any,
    ) -> None:
        """Log one event for each identity in `staff`, outside the ledger.

        Args:
            at: the instant of the events.
            kind: kind of event.
            staff: (n,) identities.
            rules: (n,) rule number of each event; None for the rule of `at`.
            days: (n,) day of each event, in order; None for the day of `at`.
            **columns: further columns of the log, one value or (n,) values each.
        """
        day = at.day if days is None else days
        rule = at.rule if rules is None else rules
        self.log.add(day, at.phase, kind, rule, staff, **columns)

    def record(self, at: Instant, kind: Kind, rows: Any, **columns: Any) -> None:
        """Log one event for each person in `rows`, and enter its pence in the ledger.

        Args:
            at: the instant of the events.
            kind: kind of event.
            rows: (n,) positions of people.
            **columns: rules and days, as for `write`, and further columns of the log, one value or (n,) values each.
        """
        self.write(at, kind, self.columns["staff"][rows], **columns)
        self._enter(kind, columns.get("pence", 0), len(rows))

    def _enter(self, kind: Kind, pence: Any, events: int) -> None:
        """Add the pence of some events to the ledger: one value for each of them, or (events,) values."""
        total = int(np.sum(pence)) if np.ndim(pence) else int(pence) * events
        self.ledger[kind] += total

    def record_posts(self, at: Instant, kind: Kind, posts: Any, pence: Any = 0, first: Any = NOBODY) -> None:
        """Log one event for each post in `posts`.

        Args:
            at: the instant of the events.
            kind: kind of event.
            posts: (n,) positions of posts.
            pence: one value, or (n,) values; entered in the ledger, too.
            first: for posts that open, the (n,) posts that they replace; otherwise not read.
        """
        # In the log, `first` is where something comes from and `second` where it goes to. A new post is thus `second`.
        nobody = np.full(len(posts), NOBODY, "int32")
        side = {"second": posts, "first": first} if kind is Kind.OPENED else {"first": posts}
        self.write(at, kind, nobody, pence=pence, **side)
        self._enter(kind, pence, len(posts))

    def record_bodies(self, at: Instant, kind: Kind, bodies: Any, other: Any, pence: Any = 0) -> None:
        """Log one event for each employer in `bodies`.

        Args:
            at: the instant of the events.
            kind: kind of event.
            bodies: (n,) positions of employers.
            other: the column `second`, one value or (n,) values; its meaning depends on the kind.
            pence: one value, or (n,) values; not entered in the ledger.
        """
        nobody = np.full(len(bodies), NOBODY, "int32")
        self.write(at, kind, nobody, first=bodies, second=other, pence=pence)

    def yearly(self, rows: Rows, day: int) -> Longs:
        """Pence per year that the employer would save permanently if these people's posts were empty, (rows,)."""
        pay = self.columns["pay_pence"][rows]
        wte = self.columns["wte_hundredths"][rows] / 100.0
        return self.law.employer_cost(pay, wte, self.calendar.origin + day)

    def unexpired(self, rows: Rows, last: int) -> Longs:
        """Basic pay and premium in pence for the days of each guarantee after the last day in post, (rows,)."""
        columns = self.columns
        # People without a guarantee have -1 in `retained_until`, and so no days.
        days = np.maximum(columns["retained_until"][rows].astype("int64") - last, 0)
        pay = columns["pay_pence"][rows]
        basic = pay - columns["supplement_pence"][rows]  # a premium is a share of basic pay, without supplement
        wte = columns["wte_hundredths"][rows] / 100.0
        yearly = (pay + basic * columns["premium"][rows]) * wte
        return np.asarray(np.rint(yearly * days / DAYS_A_YEAR), "int64")

    def open_posts(self, posts: Rows, at: Instant, *, pence: Any = 0, instead_of: Any = NOBODY) -> None:
        """Open posts, so that they can be filled from now on. `pence` per year are debited for each.

        Args:
            posts: (n,) positions of posts.
            at: the instant.
            pence: cost per year that is debited, one value or (n,).
            instead_of: (n,) posts whose work these take over; NOBODY for none.
        """
        self.posts["funded"][posts] = True
        self.record_posts(at, Kind.OPENED, posts, pence, first=instead_of)

    def remove_posts(self, posts: Rows, at: Instant, pence: Any = 0) -> None:
        """Remove empty posts permanently, and cancel appointments to them. Each credited post saves `pence` a year.

        Args:
            posts: (n,) positions of vacant posts.
            at: the instant.
            pence: saving per year of each post, one value or (n,).
        """
        # The removal of a post that a policy opened is not a saving: it only ends the cost of that post.
        pence = np.where(self.posts["credited"][posts], pence, 0)
        # Negative codes in `reserved` mean nobody, or a newcomer who is not in the columns yet.
        promised = self.posts["reserved"][posts]
        appointed = promised[promised >= 0]
        self.columns["next_post"][appointed] = NOBODY
        # Cover ends first, so that the log has an interim leave a post that still exists.
        self.uncover(posts, at)
        self.posts["funded"][posts] = False
        self.posts["reserved"][posts] = NOBODY
        self.record_posts(at, Kind.REMOVED, posts, pence)
        saved = self.saved.setdefault(at.rule, np.zeros(len(self.bodies), "int64"))
        np.add.at(saved, self.posts["employer"][posts], pence)

    def add_posts(self, employer: AnyArray, function: AnyArray, band: AnyArray, day: int) -> Rows:
        """Add posts at the end of the table, not yet open. Returns their positions.

        Args:
            employer: (n,) positions of employers.
            function: (n,) codes of functions.
            band: (n,) codes of bands.
            day: first day on which they can be filled.
        """
        # The ordinal makes the key of a post unique in its employer, function and band. So its draws do not depend on
        # posts opened in other employers, functions or bands.
        count = len(employer)
        size = len(self.posts["employer"])
        ordinal = next_ordinals(self.posts, employer, function, band)
        keys = post_keys(self.bodies.names, self.functions, employer, function, band, ordinal)
        fresh: dict[str, AnyArray] = {
            "employer": employer,
            "function": function,
            "band": band,
            "key": self.bodies.keyed(keys, np.asarray(employer)),
            "opens": np.full(count, day),
            "funded": np.zeros(count, bool),
            "holder": np.full(count, NOBODY),
            "reserved": np.full(count, NOBODY),
            "spell": np.zeros(count),
            "emptied": np.full(count, day - 1),
            "interim": np.full(count, NOBODY),
            "credited": np.zeros(count, bool),
            "ordinal": ordinal,
        }
        # Posts are opened on few days of a run. So their columns are copied each time, and have no spare room.
        for name, column in self.posts.items():
            added = np.asarray(fresh[name], column.dtype)
            self.posts[name] = np.concatenate([column, added])
        self._look()
        return np.arange(size, size + count)

    def depart(self, rows: Rows, at: Instant, *, rules: Shorts | None = None, days: Ints | None = None) -> None:
        """People leave their posts and employers. Rule and day are the instant's, or those given for each person.

        Args:
            rows: (n,) positions of people.
            at: the instant.
            rules: (n,) rule number of each departure; None for the rule of `at`.
            days: (n,) day of each departure, in order; None for the day of `at`.
        """
        columns = self.columns
        day = at.day if days is None else days
        # The event needs the post, so it is written before the person leaves it.
        post = columns["post"][rows]
        self.record(at, Kind.DEPARTED, rows, rules=rules, days=days, first=post)
        np.add.at(self.departed, columns["employer"][rows], 1)
        # An earlier departure may have been paid for. If this one is, the caller enters the amount afterwards.
        columns["paid_pence"][rows] = 0
        columns["paid_off"][rows] = False
        # Each post has one holder, so no post is there twice and `+=` counts every one.
        self.posts["holder"][post] = NOBODY
        self.posts["spell"][post] += 1
        self.posts["emptied"][post] = day
        # Posts that were reserved for these people must be released while `next_post` still shows them.
        self._forget(rows)
        columns["post"][rows] = NOBODY
        columns["post_goes"][rows] = -1
        columns["status"][rows] = Status.OUTSIDE
        columns["left_day"][rows] = day
        columns["left_rule"][rows] = at.rule if rules is None else rules
        columns["left_post"][rows] = post
        columns["departures"][rows] += 1

    def count_applications(self, rows: Rows, at: Instant) -> None:
        """Count the applications of `rows`, (n,), at their employers, under the rule of an instant."""
        # A new array each time: policies may still have a view of the old one.
        counts = np.bincount(self.columns["employer"][rows], minlength=len(self.bodies))
        none = np.zeros(len(self.bodies), "int64")
        self.applied[at.rule] = self.applied.get(at.rule, none) + counts

    def rejoin(self, rows: Rows, posts: Ints, at: Instant) -> None:
        """People who left return to the posts held for them, at their old pay point in the pay table of that day.

        Args:
            rows: (n,) positions of people.
            posts: (n,) the post of each.
            at: the instant.
        """
        columns = self.columns
        # Pay and supplement depend on the new post's band and employer, so these are entered first.
        for name in ("employer", "function", "band"):
            columns[name][rows] = self.posts[name][posts]
        points = self.law.points(self.calendar.origin + at.day)  # (bands,); 0 for a band without a pay table
        listed = points[columns["band"][rows]] > 0
        old = columns["pay_pence"][rows] - columns["supplement_pence"][rows]
        basic = np.where(listed, self._table_pay(rows, at.day), old)  # without a table they get their old pay again
        supplement = self._supplement(rows, basic, at.day)
        columns["pay_pence"][rows] = basic + supplement
        columns["supplement_pence"][rows] = supplement
        columns["scale_share"][rows] = 1.0
        columns["own_pay"][rows] &= ~listed
        columns["post"][rows] = posts
        columns["status"][rows] = Status.IN_POST
        # A guarantee ended with the departure. The old premium has no effect once the guarantee's last day is removed.
        columns["retained_until"][rows] = -1
        columns["next_post"][rows] = NOBODY
        self._count_service(rows, at.day)
        self.uncover(posts, at)
        self.posts["holder"][posts] = rows
        self.posts["reserved"][posts] = NOBODY
        self.record(at, Kind.ARRIVED, rows, second=posts)
        # Readers of the log find the pay of a spell in the person's last pay event, so returners need a new one.
        point = columns["point"][rows]
        staff = columns["staff"][rows]
        self.write(at, Kind.PAY, staff, first=point, second=point, pence=basic + supplement)
        closes = self.bodies.closes[columns["employer"][rows]] < NEVER
        self.turn_class(rows[closes], RiskClass.EXPOSED, at)
        self.turn_class(rows[~closes], RiskClass.NONE, at)

    def _table_pay(self, rows: Rows, day: int) -> Longs:
        """Basic pay at each person's point in the table of a day; the usual pay of a band without a table, (rows,)."""
        band = self.columns["band"][rows]
        point = self.columns["point"][rows]
        return self.law.annual_pay(band, point, self.calendar.origin + day, usual=self.usual_pay)

    def _supplement(self, rows: Rows, basic: Longs, day: int) -> Longs:
        """The high-cost-area supplement on basic pay, by each person's employer and band, (rows,)."""
        zone = self.bodies.area[self.columns["employer"][rows]]
        band = self.columns["band"][rows]
        return self.law.high_cost_supplement(basic, zone, self.calendar.origin + day, band)

    def _count_service(self, rows: Rows, day: int) -> None:
        """Restart service today for people who were paid for leaving or were away longer than the law bridges."""
        columns = self.columns
        today = self.calendar.origin + day
        free = columns["left_day"][rows] + self.calendar.origin + 1  # the first day out of post
        bridged_to = add_months(free, self.law.reckonable_break_months(today))
        restarts = columns["paid_off"][rows] | (bridged_to < today)
        columns["service_from"][rows[restarts]] = today

    def arrive(self, posts: Ints, newcomers: Newcomers, at: Instant) -> Rows:
        """Newcomers take up vacant posts.

        Args:
            posts: (n,) positions of vacant posts.
            newcomers: (n,) columns of the people who take them up.
            at: the instant of their arrival.

        Returns:
            (n,) positions of the newcomers, which follow those of everyone before them.
        """
        size = len(self.columns["staff"])
        count = len(posts)
        # Every column needs a value for newcomers, because the spare room contains whatever was in memory. The values
        # come from the policy, from the post, from the starting values of a run, and then from the law and this class.
        fresh: dict[str, Any] = {}
        for field in attrs.fields(Newcomers):
            fresh[field.name] = getattr(newcomers, field.name)
        for name in ("employer", "function", "band"):
            fresh[name] = self.posts[name][posts]
        for name, (_, start) in FRESH.items():
            fresh[name] = start
        today = self.calendar.origin + at.day
        basic = self.law.annual_pay(fresh["band"], newcomers.point, today, usual=self.usual_pay)
        zone = self.bodies.area[fresh["employer"]]
        supplement = self.law.high_cost_supplement(basic, zone, today, fresh["band"])
        closing = self.bodies.closes[fresh["employer"]] < NEVER
        fresh |= {
            "staff": self._new_identities(count),
            "post": posts,
            "status": Status.IN_POST,
            "contract": 0,
            "contract_ends": NEVER,
            "critical": False,
            "risk_class": np.where(closing, RiskClass.EXPOSED, RiskClass.NONE),
            "pay_pence": basic + supplement,
            "supplement_pence": supplement,
            "scale_share": 1.0,
            "own_pay": False,
        }
        del self.people  # its views would keep the old columns in memory while they are all moved
        self.columns.clear()
        self.columns.update(self._room.with_more(size, count, fresh))
        self.entered.append({name: self.columns[name][size:].copy() for name in STAFF_COLUMNS})
        rows = np.arange(size, size + count)
        self.uncover(posts, at)
        self.posts["holder"][posts] = rows
        self.posts["reserved"][posts] = NOBODY
        self._look_at_people()
        self.record(at, Kind.ARRIVED, rows, second=posts)
        return rows

    def start(self, rows: Rows, at: Instant) -> None:
        """People start in the posts to which they were appointed."""
        columns = self.columns
        posts = self.posts
        old = columns["post"][rows]
        new = columns["next_post"][rows]
        self.uncover(new, at)
        self.record(at, Kind.MOVED, rows, first=old, second=new)
        # A new post is vacant until now, so it is nobody's old post, and the order of these two lines does not matter.
        posts["holder"][old] = NOBODY
        posts["holder"][new] = rows
        posts["reserved"][new] = NOBODY
        posts["spell"][old] += 1
        posts["emptied"][old] = at.day - 1  # today is the first day in the new post
        columns["post"][rows] = new
        columns["next_post"][rows] = NOBODY
        # A share of the pay table, or pay from the staff list, belongs to the old band and not to another one.
        other_band = rows[columns["band"][rows] != posts["band"][new]]
        columns["scale_share"][other_band] = 1.0
        columns["own_pay"][other_band] = False
        for name in ("employer", "function", "band"):
            columns[name][rows] = posts[name][new]
        self._change_area(rows, at)

    def _change_area(self, rows: Rows, at: Instant) -> None:
        """Pay movers the supplement of the new employer's area, if any. Their basic pay is unchanged."""
        columns = self.columns
        # Without high-cost areas nobody has a supplement, and none can change.
        if not self.bodies.area.any():
            return
        old = columns["supplement_pence"][rows]
        basic = columns["pay_pence"][rows] - old
        new = self._supplement(rows, basic.astype("int64"), at.day)
        changed = new != old
        pay = (basic + new)[changed]
        rows = rows[changed]
        new = new[changed]
        columns["supplement_pence"][rows] = new
        columns["pay_pence"][rows] = pay
        point = columns["point"][rows]
        self.write(at, Kind.PAY, columns["staff"][rows], first=point, second=point, pence=pay)

    def appoint(self, rows: Rows, posts: Ints, at: Instant) -> None:
        """Appoint people to posts. A voidable exit is cancelled, and the person no longer feels at risk.

        Args:
            rows: (n,) positions of people.
            posts: (n,) the post of each.
            at: the instant.
        """
        columns = self.columns
        # The cancelled exit is logged before the appointment that cancels it, and `_forget` clears `next_post`. So both
        # come before the new post is entered.
        void = rows[columns["exit_voidable"][rows]]
        self.record(at, Kind.EXIT_VOID, void, first=columns["post"][void])
        self._forget(void)
        columns["status"][void] = Status.IN_POST
        self.record(at, Kind.APPOINTED, rows, first=columns["post"][rows], second=posts)
        columns["next_post"][rows] = posts
        columns["notice_due"][rows] = -1
        self.posts["reserved"][posts] = rows
        self.turn_class(rows, RiskClass.SAFE, at)

    def turn_class(self, rows: Rows, risk_class: int, at: Instant) -> None:
        """Change risk classes. People who are safe or guaranteed feel no risk while they stay in that class.

        Args:
            rows: positions of people.
            risk_class: the new class of all of them, a code of `RiskClass`.
            at: the instant of the events.
        """
        old = self.columns["risk_class"][rows]
        differs = old != risk_class
        changed = rows[differs]
        self.record(at, Kind.RISK, changed, first=old[differs], second=risk_class)
        self.columns["risk_class"][changed] = risk_class
        if risk_class in CALM:
            self.columns["risk"][rows] = 0.0

    def _new_identities(self, count: int) -> Longs:
        """New staff numbers, (count,), above the highest ever given. So rows stay sorted by staff number."""
        # Identities are stored in 32 bits, and `NEVER` is the highest number that fits.
        first = int(self.columns["staff"].max(initial=-1)) + 1
        if first + count > NEVER:
            wrong = f"has no identities left for {count} newcomers after {first - 1}"
            raise StaffError("staff", wrong, "give staff lower identities")
        return first + np.arange(count)

    def _forget(self, rows: Rows) -> None:
        """Cancel everything that was agreed for a later day."""
        promised = self.columns["next_post"][rows]
        released = promised[promised >= 0]
        self.posts["reserved"][released] = NOBODY
        for name in ("next_post", "notice_due", "last_day", "exit_rule", "exit_batch", "exit_voidable"):
            _, start = FRESH[name]
            self.columns[name][rows] = start


def _nobody_covers(posts: AnyArray, at: Instant) -> None:
    """Do nothing. Used in a run without interims."""
