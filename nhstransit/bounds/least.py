"""Which posts suit which people: the one rule that a bound on redundancies needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from math import ceil
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import Bools, Floats, Ints, Longs, Rows
from nhstransit.bounds.programme import Optimum, Programme
from nhstransit.bounds.spells import Spells, after_redundancy, funded_days, known_rules, redundancy_rules, spells_of
from nhstransit.errors import InputError, check_kind
from nhstransit.fields import Parent, one_of, some_of, whole
from nhstransit.organisations.bodies import KINDS
from nhstransit.run import Run
from nhstransit.workforce.columns import BANDS, NEVER, rank_of

if TYPE_CHECKING:
    import pandas as pd


REACHES = ("region", "anywhere")
_WORKING_RULE = Parent(unit="bands", source="usual rule for suitable posts", quality="recalled")


@attrs.frozen(kw_only=True)
class Suitable:
    """A post suits a person who began in the same function and region, in its band or up to `bands_down` higher.

    Posts of `national` kinds of organisation suit people of every region. If `reach` is "anywhere", all posts do. With
    `bands_up`, posts of higher bands suit as well; with `across_functions`, those of any function.
    """

    bands_down: int = whole(1, high=len(BANDS) - 1, parent=_WORKING_RULE)
    bands_up: int = whole(0, high=len(BANDS) - 1, parent=Parent(unit="bands"))
    reach: str = one_of(REACHES, "region")
    national: tuple[str, ...] = some_of(KINDS, ())
    across_functions: bool = attrs.field(default=False, validator=attrs.validators.instance_of(bool))

    @classmethod
    def of(cls, run: Run) -> Suitable:
        """The widest rule among the rounds of filling in the run's scenario, and at least the working rule."""
        policies = list(run.scenario.policies.values())
        anywhere = "anywhere" in _told(policies, "reach", "")
        return cls(
            bands_down=max(1, *_told(policies, "bands_down", 0), 0),
            reach="anywhere" if anywhere else "region",
            national=tuple(sorted({kind for kinds in _told(policies, "national", ()) for kind in kinds})),
        )

    def __str__(self) -> str:
        bands = f"up to {self.bands_down} bands lower" if self.bands_down > 1 else "or one band lower"
        bands = bands if self.bands_down else "no lower"
        higher = f" or up to {self.bands_up} higher" if self.bands_up else ""
        trade = "of any function" if self.across_functions else "of their function"
        where = "anywhere" if self.reach == "anywhere" else "in their region"
        if self.national and self.reach == "region":
            where += f" or in a body of a national kind ({', '.join(self.national)})"
        return f"posts {trade} in their band, {bands}{higher}, {where}"


def _told(policies: Iterable[Any], field: str, unknown: Any) -> list[Any]:
    """The values of this field in the policies that have it; a user's own policy may have none."""
    return [getattr(policy, field, unknown) for policy in policies]


# Types of people and cells of posts: people who may take the same posts form a type, and posts that suit the same
# people form a cell.

_BITS = 8  # for a band; a region follows above it, and a function above that
_BEYOND = 1 << 3 * _BITS  # marks types of people moved by the run beyond the rule
_CELL = 32  # bits of a cell in the code of a type and a cell


@attrs.frozen(eq=False, slots=False, kw_only=True)
class Cells:
    """The type of each spell and the cell of each post under a rule of suitable posts.

    A type is the function, region and band of the post in which a spell began; a cell is those of a post. People
    moved by the run to a post that the rule forbids have a type of their own, which posts of that cell suit as well. A
    part is a function, or a function in a region, or several that such people connect. No post of another part suits
    its people.
    """

    suitable: Suitable
    functions: tuple[str, ...]
    regions: tuple[str, ...]  # the last is all regions
    names: tuple[str, ...]  # of the parts
    type_of_spell: Longs
    cell_of_post: Longs
    part_of_spell: Ints
    part_of_post: Ints
    allowed: Longs  # pairs of type and cell, in one code, that the run's own moves allow beyond the rule

    @property
    def parts(self) -> int:
        """The number of parts."""
        return len(self.names)

    @property
    def beyond(self) -> Bools:
        """Which spells are of people moved by the run beyond the rule, (n,)."""
        return np.asarray(self.type_of_spell >= _BEYOND)

    def fits(self, types: Longs, cells: Longs) -> Bools:
        """Whether posts of each cell suit people of each type: (types, cells)."""
        rule = _by_rule(self.suitable, types[:, None], cells[None, :], len(self.regions) - 1)
        return rule | np.isin(types[:, None] << _CELL | cells[None, :], self.allowed)

    def cell_names(self, cells: Longs) -> Iterator[tuple[str, str, str]]:
        """Function, region and band of each cell, in words."""
        for code in cells.tolist():
            trade = "all functions" if self.suitable.across_functions else self.functions[code >> 2 * _BITS]
            yield trade, self.regions[code >> _BITS & 255], BANDS[code & 255]


def cells_of(run: Run, spells: Spells, suitable: Suitable | None) -> Cells:
    """Types and cells under `suitable` or, if it is None, under the scenario's own rule and the run's moves beyond it.

    Args:
        run: the run.
        spells: its spells.
        suitable: which posts suit which people.

    Raises:
        InputError: the run moves a person to a post that `suitable` forbids.
    """
    rule = suitable or Suitable.of(run)
    open_to_all = run.scenario.roster.of_kinds(rule.national)[run.posts.employer] | (rule.reach == "anywhere")
    everywhere = len(run.scenario.roster.regions)
    region = run.scenario.roster.region[run.posts.employer].astype("int64")
    function = run.posts.function.astype("int64") * (not rule.across_functions)
    level = function << 2 * _BITS | run.posts.band.astype("int64")
    types = (level | region << _BITS)[spells.post]
    cells = level | np.where(open_to_all, everywhere, region) << _BITS
    wrong = ~_by_rule(rule, types[spells.moves], cells[spells.moved_to], everywhere)
    if suitable is not None and wrong.any():
        raise _refused(run, spells, rule, wrong)
    moved = spells.moves[wrong]
    to = spells.moved_to[wrong]
    types[moved] |= _BEYOND
    linked = bool(open_to_all.any())  # posts for all regions connect the regions of a function
    names, part = _parts(run, function, region, rule.across_functions, linked, (spells.post[moved], to))
    return Cells(
        suitable=rule,
        functions=run.scenario.functions,
        regions=(*run.scenario.roster.regions, "everywhere"),
        names=names,
        type_of_spell=types,
        cell_of_post=cells,
        part_of_spell=part[spells.post],
        part_of_post=part,
        allowed=np.unique(types[moved] << _CELL | cells[to]),
    )


def _by_rule(rule: Suitable, types: Longs, cells: Longs, everywhere: int) -> Bools:
    """Whether the rule alone allows people of a type to have posts of a cell, pair by pair as they broadcast."""
    down = rank_of(types & 255) - rank_of(cells & 255)
    place = cells >> _BITS & 255
    near = (place == everywhere) | (place == types >> _BITS & 255)
    trade = cells >> 2 * _BITS == types >> 2 * _BITS & 255
    return np.asarray(trade & near & (down <= rule.bands_down) & (down >= -rule.bands_up))


def _parts(
    run: Run, function: Longs, region: Longs, across: bool, linked: bool, moves: tuple[Ints, Ints]
) -> tuple[tuple[str, ...], Ints]:
    """Names of the parts, and the part of each post, (posts,). Moves from post to post connect their parts."""
    regions = run.scenario.roster.regions
    known, part = np.unique(function * len(regions) + (0 if linked else region), return_inverse=True)
    joined = np.arange(len(known))
    for one, other in np.unique(np.stack([joined[part[posts]] for posts in moves], axis=1), axis=0).tolist():
        low, high = sorted((int(joined[one]), int(joined[other])))
        joined[joined == high] = low
    first, place = np.unique(joined, return_inverse=True)
    trades = ["all functions" if across else run.scenario.functions[code // len(regions)] for code in known.tolist()]
    names = [
        trade if linked or len(regions) == 1 else f"{trade}, {regions[code % len(regions)]}"
        for trade, code in zip(trades, known.tolist(), strict=True)
    ]
    together = (" and ".join(names[at] for at in np.flatnonzero(joined == low)) for low in first)
    return tuple(together), place[part].astype("int32")


def _widened(rule: Suitable, run: Run, spells: Spells) -> Suitable:
    """The narrowest rule that allows what `rule` allows and every move of the run."""
    began = spells.post[spells.moves]
    to = spells.moved_to
    band = run.posts.band.astype("int64")
    region = run.scenario.roster.region[run.posts.employer]
    national = run.scenario.roster.of_kinds(rule.national)[run.posts.employer]
    down = rank_of(band[began]) - rank_of(band[to])
    far = (region[began] != region[to]) & ~national[to]
    return attrs.evolve(
        rule,
        bands_down=max(rule.bands_down, int(down.max(initial=0))),
        bands_up=max(rule.bands_up, int((-down).max(initial=0))),
        reach="anywhere" if far.any() else rule.reach,
        across_functions=rule.across_functions or bool((run.posts.function[began] != run.posts.function[to]).any()),
    )


def _refused(run: Run, spells: Spells, rule: Suitable, wrong: Bools) -> InputError:
    """The error for the first move of the run that the rule forbids."""
    at = int(np.argmax(wrong))
    began = spells.post[spells.moves[at]]
    to = spells.moved_to[at]
    count = int(wrong.sum())
    staff = int(run.people.staff[spells.row[spells.moves[at]]])
    told = (
        f"forbids {count} of the run's own moves, such as that of staff {staff} from {_cell_in_words(run, began)} to "
    )
    return InputError("suitable", told + _cell_in_words(run, to), f"allow {_widened(rule, run, spells)}")


def _cell_in_words(run: Run, post: Rows) -> str:
    """A post in words."""
    posts = run.posts
    bodies = run.scenario.roster
    place = bodies.names[posts.employer[post]]
    return f"{run.scenario.functions[posts.function[post]]} band {BANDS[posts.band[post]]} at {place}"


# The fewest redundancies possible under any policy, by linear programme, compared with those of a run.


def bound(
    run: Run, *, rules: Iterable[str] | None = None, suitable: Suitable | None = None, newcomers: bool = True
) -> Bound:
    """The fewest redundancies for the run's own opening stocks, funded posts, other departures and arrivals.

    Any policy that must take these as given makes at least this number of people redundant, however it moves people,
    whenever it acts, and whatever it knows of the future: on every day each person in post needs a suitable funded
    post.

    Args:
        run: the run; its own redundancies are reported next to the bound.
        rules: departures by these rules count as redundancy; by default closure and every policy that needs no
            signature. Departures by all other rules, such as a signed scheme, are taken as given.
        suitable: which posts suit which people; by default what the scenario's rounds of filling allow. People moved by
            the run beyond that may then also have posts of the sort that it moved them to, and nobody else may.
        newcomers: False leaves out everyone who came in the run, as if nobody had been hired.

    Raises:
        InputError: nobody can be made redundant by one of the rules, or `suitable` forbids a move of the run.
    """
    check_kind("run", run, Run)
    counted = redundancy_rules(run) if rules is None else known_rules(run, rules)
    spells = spells_of(run, counted)
    simulated = int((spells.let_go < NEVER).sum())
    spells = spells.only(~after_redundancy(spells) & (newcomers | spells.opening))
    cells = cells_of(run, spells, suitable)
    first, gone = funded_days(run)
    parts = tuple(_part(run, spells, cells, first, gone, part) for part in range(cells.parts))
    return Bound(
        run=run,
        rules=counted,
        suitable=cells.suitable,
        beyond=len(np.unique(spells.row[cells.beyond])),
        newcomers=newcomers,
        simulated=simulated,
        parts=parts,
    )


@attrs.frozen(eq=False, kw_only=True)
class _Stocks:
    """For one part: people by type and day, and posts by cell and day."""

    days: Ints  # days on which a post was removed or a person came, (t,)
    here: Longs  # spells that would exist without redundancy, at the end of each day, (types, t)
    later: Longs  # how many of them would still exist when the next of these days begins, (types, t)
    posts: Longs  # funded at the end of each day, (cells, t)


def _part(run: Run, spells: Spells, cells: Cells, first: Ints, gone: Ints, part: int) -> Part:
    """One part of the world, which shares neither people nor posts with the others."""
    mine = cells.part_of_spell == part
    ours = cells.part_of_post == part
    types, kind = np.unique(cells.type_of_spell[mine], return_inverse=True)
    places, cell = np.unique(cells.cell_of_post[ours], return_inverse=True)
    last = run.scenario.calendar.days - 1
    stocks = _stocks(spells.began[mine], spells.ends[mine], kind, len(types), first[ours], gone[ours], cell, last)
    pairs = np.argwhere(cells.fits(types, places))
    least = 0.0
    prices = np.zeros(stocks.posts.shape)
    violation = 0.0
    gap = 0.0
    if len(types) and len(stocks.days):
        best, limits = _solved(stocks, pairs)
        least = max(best.cost, 0.0)
        violation = best.violation
        gap = abs(best.gap)
        prices = -best.at_most_prices[limits]
    begun = spells.began[mine]
    return Part(
        name=cells.names[part],
        opening=int(spells.opening[mine].sum()),
        arrived=int((begun >= 0).sum()),
        left=int((spells.ends[mine] < NEVER).sum()),
        posts=int((gone[ours] > last).sum() - (first[ours] > last).sum()),
        simulated=int((spells.let_go[mine] < NEVER).sum()),
        least=least,
        violation=violation,
        gap=gap,
        days=stocks.days,
        cells=tuple(cells.cell_names(places)),
        funded=stocks.posts,
        prices=prices,
    )


def _stocks(began: Ints, ends: Ints, kind: Rows, types: int, first: Ints, gone: Ints, cell: Rows, last: int) -> _Stocks:
    """The stocks of one part on the days that can bind.

    Only a day on which a post is removed or a person comes can bind. On other days there are at least as many posts and
    no more people.
    """
    cells = int(cell.max(initial=-1)) + 1
    days = np.unique(np.concatenate([began[began >= 0], gone[gone <= last]])).astype("int32")
    here = _present(began, ends, kind, types, days)
    before_next = np.append(days[1:] - 1, last)[: len(days)]
    later = _present(began, ends, kind, types, before_next)
    return _Stocks(days=days, here=here, later=later, posts=_present(first, gone, cell, cells, days))


def _present(start: Ints, stop: Ints, group: Rows, groups: int, days: Ints) -> Longs:
    """How many of each group have started and not stopped at the end of each day, (groups, days)."""
    out = np.zeros((groups, len(days) + 1), "int64")
    np.add.at(out, (group, np.searchsorted(days, start)), 1)
    np.add.at(out, (group, np.searchsorted(days, np.maximum(stop, start))), -1)
    return np.cumsum(out, axis=1)[:, :-1]


def _solved(stocks: _Stocks, pairs: Rows) -> tuple[Optimum, Rows]:
    """The fewest people made redundant over all days, and the positions of the limits on posts, (cells, t).

    The variables are, by type and day: people made redundant; people away because of redundancies; and
    people there, by the cell of the posts that they hold. A person who is away was made redundant, and counts as away
    only for as long as they would have stayed.
    """
    types, days = stocks.here.shape
    programme = Programme()
    let_go = programme.variables(types, days, cost=1.0)
    away = programme.variables(types, days, most=stocks.here)
    held = programme.variables(len(pairs), days)
    cells = np.arange(types * days).reshape(types, days)
    programme.equal(stocks.here, (cells, away, 1.0), (cells[pairs[:, 0]], held, 1.0))
    places = np.arange(stocks.posts.size).reshape(stocks.posts.shape)
    limits = programme.at_most(stocks.posts, (places[pairs[:, 1]], held, 1.0))
    programme.at_most(
        np.zeros(cells.shape), (cells, away, 1.0), (cells, let_go, -1.0), (cells[:, 1:], away[:, :-1], -1.0)
    )
    still = np.hstack([np.zeros((types, 1)), stocks.later[:, :-1]])
    programme.at_most(still, (cells, away, 1.0), (cells, let_go, -1.0))
    return programme.least(where="bound"), limits.reshape(stocks.posts.shape)


# The result of a bound on redundancies, part by part, compared with the simulated figure.

_ROUNDING = 1e-6  # people; a smaller difference counts as none


@attrs.frozen(eq=False, kw_only=True)
class Part:
    """One part of the world, which shares neither people nor suitable posts with the others.

    `least` is the programme's own figure; `violation` and `gap` are its proof. `prices` (cells, days) are the
    redundancies that one more post of each cell on each day would save.
    """

    name: str
    opening: int
    arrived: int
    left: int  # by rules other than redundancy
    posts: int  # funded on the last day
    simulated: int  # redundancies of the people counted in the bound
    least: float
    violation: float
    gap: float
    days: Ints
    cells: tuple[tuple[str, str, str], ...]  # function, region and band
    funded: Longs
    prices: Floats

    @property
    def whole(self) -> int:
        """The least in whole people, because no policy can divide a person."""
        return ceil(self.least - _ROUNDING)


@attrs.frozen(eq=False, slots=False, repr=False, kw_only=True)
class Bound:
    """The fewest redundancies possible under any policy, and the regret of the policy simulated."""

    run: Run
    rules: tuple[str, ...]  # rules whose departures count as redundancy
    suitable: Suitable
    beyond: int  # people moved by the run to posts that `suitable` forbids: such posts suit them as well
    newcomers: bool
    simulated: int
    parts: tuple[Part, ...]

    @property
    def least(self) -> int:
        """The bound, in people: the parts' figures, each rounded up."""
        return sum(part.whole for part in self.parts)

    @property
    def regret(self) -> int:
        """Redundancies of the run above the fewest possible: 0 or more."""
        return self.simulated - self.least

    @property
    def violation(self) -> float:
        """The greatest amount by which any part's plan exceeds a limit, in people."""
        return max((part.violation for part in self.parts), default=0.0)

    @property
    def gap(self) -> float:
        """The greatest distance of any part's figure from the value that its dual proves, in people."""
        return max((part.gap for part in self.parts), default=0.0)

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per part with people or posts, one for others if there are some, and one for all; indexed by part.

        *Others* are redundancies of people who had been made redundant before, or who came in the run if newcomers are
        left out. No policy needs to have them, so the bound excludes them.
        """
        shown = [part for part in self.parts if part.opening or part.arrived or part.posts]
        others = self.simulated - sum(part.simulated for part in shown)
        rows: list[tuple[Any, ...]] = [
            (part.name, part.opening, part.arrived, part.left, part.posts, part.simulated, part.whole) for part in shown
        ]
        rows += [("others", 0, 0, 0, 0, others, 0)] if others else []
        sums = [sum(column) for column in list(zip(*rows, strict=True))[1:]] if rows else [0] * 6
        rows.append(("all", *sums))
        names = ("part", "opening", "arrived", "left", "posts", "simulated", "least")
        columns: dict[str, list[object]] = {name: [row[place] for row in rows] for place, name in enumerate(names)}
        columns["regret"] = [row[5] - row[6] for row in rows]
        return tables.frame(columns, index="part")

    @cached_property
    def scarce(self) -> pd.DataFrame:
        """Cells and days on which one more post would save redundancies even in the best plan, most saved first.

        There is one row per cell and day. Columns: part, function, region, band, date, posts (funded that day), saved
        (redundancies per post).
        """
        date = self.run.scenario.calendar.date
        rows = [
            (
                part.name,
                *part.cells[cell],
                date(part.days[day]),
                part.funded[cell, day],
                round(part.prices[cell, day], 6),
            )
            for part in self.parts
            for cell, day in np.argwhere(part.prices > _ROUNDING).tolist()
        ]
        rows.sort(key=lambda row: (-row[-1], row[4], *row[:4]))
        names = ("part", "function", "region", "band", "date", "posts", "saved")
        return tables.frame({name: [row[place] for row in rows] for place, name in enumerate(names)})

    def _sentences(self) -> list[str]:
        """The bound in three sentences."""
        come = "the same arrivals" if self.newcomers else "nobody hired"
        return [
            f"{self.run.scenario.name}, seed {self.run.seed}: {self.simulated:,} redundancies "
            f"({', '.join(rule for rule in self.rules if self._used(rule)) or 'none by any rule'}).",
            f"With the same stocks, funded posts and other departures, and {come}, no policy could have had fewer than "
            f"{self.least:,}, so {self.regret:,} could have been avoided.",
            f"These count as suitable: {self.suitable}{self._exceptions()}.",
        ]

    def _exceptions(self) -> str:
        """In words: how many people may have more posts than the rule allows."""
        if not self.beyond:
            return ""
        people = "1 person" if self.beyond == 1 else f"{self.beyond:,} people"
        return f"; and, for {people} that the run moved further, posts like the ones that the run gave them"

    def _used(self, rule: str) -> bool:
        """Whether this rule made anyone redundant."""

        return bool(len(self.run.log.exits.by(self.run.code_of(rule))))

    def __repr__(self) -> str:
        return "\n".join([*self._sentences(), "", self.table.to_string(float_format="{:,.0f}".format)])

    def _repr_html_(self) -> str:
        shown = tables.html(self.table, "The fewest redundancies that any policy could have", form="{:,.0f}".format)
        return tables.paragraphs(self._sentences()) + shown
