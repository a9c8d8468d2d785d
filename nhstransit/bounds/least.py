"""The fewest redundancies possible under any policy, given which posts are suitable for which people."""

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
_WORKING_RULE = Parent(
    unit="bands", source="by the usual rule, a suitable post is up to one band lower", quality="recalled"
)


@attrs.frozen(kw_only=True)
class Suitable:
    """Which posts are suitable for a person, given the function, region and band of the person's first post.

    A suitable post has the same function and region, and the same band or up to `bands_down` bands lower. Posts of
    `national` kinds of organisation are suitable in every region, and so are all posts if `reach` is "anywhere". With
    `bands_up`, posts up to this many bands higher are suitable too; with `across_functions`, posts of any function.
    """

    bands_down: int = whole(1, high=len(BANDS) - 1, parent=_WORKING_RULE)
    bands_up: int = whole(0, high=len(BANDS) - 1, parent=Parent(unit="bands"))
    reach: str = one_of(REACHES, "region")
    national: tuple[str, ...] = some_of(KINDS, ())
    across_functions: bool = attrs.field(default=False, validator=attrs.validators.instance_of(bool))

    @classmethod
    def of(cls, run: Run) -> Suitable:
        """The widest definition among the scenario's policies that fill posts, with at least one band down."""
        policies = list(run.scenario.policies.values())
        # A policy without one of these fields does not widen the definition.
        policies = list(run.scenario.policies.values())
        anywhere = "anywhere" in _values(policies, "reach", "")
        national = {kind for kinds in _values(policies, "national", ()) for kind in kinds}
        return cls(
            bands_down=max(1, *_values(policies, "bands_down", 0), 0),
            reach="anywhere" if anywhere else "region",
            national=tuple(sorted(national)),
        )

    def __str__(self) -> str:
        bands = [_bands(self.bands_down, "lower"), _bands(self.bands_up, "higher")]
        trade = "of any function" if self.across_functions else "of the same function"
        where = "anywhere" if self.reach == "anywhere" else "in the same region"
        if self.national and self.reach == "region":
            where += f" or in an organisation of a national kind ({', '.join(self.national)})"
        return f"posts {trade}, in the same band{''.join(bands)}, {where}"


def _bands(count: int, way: str) -> str:
    """A clause about bands above or below: " or up to 2 bands lower"; "" for none."""
    if not count:
        return ""
    return f" or one band {way}" if count == 1 else f" or up to {count} bands {way}"


def _values(policies: Iterable[Any], field: str, unknown: Any) -> list[Any]:
    """The value of a field in each policy; `unknown` for policies without the field."""
    return [getattr(policy, field, unknown) for policy in policies]


# Types of people and cells of posts: people with the same suitable posts form a type, and posts that are suitable for
# the same people form a cell.

_BITS = 8  # bits of the band in a code; the next higher bits are the region, and then the function
_BEYOND = 1 << 3 * _BITS  # marks types of people that the run moved to a post that is not suitable
_CELL = 32  # bits of the cell in the code of a pair of type and cell


@attrs.frozen(eq=False, slots=False, kw_only=True)
class Cells:
    """The type of each spell and the cell of each post, given which posts are suitable.

    A type is the function, region and band of the post in which a spell began. A cell is the function, region and band
    of a post. People that the run moved to a post that is not suitable have a separate type, for which posts of that
    cell are suitable too. A part is a function, or a function in a region, or several of these that such moves connect.
    People have suitable posts only in their own part.
    """

    suitable: Suitable
    functions: tuple[str, ...]
    regions: tuple[str, ...]  # the last stands for all regions
    names: tuple[str, ...]  # the names of the parts
    type_of_spell: Longs
    cell_of_post: Longs
    part_of_spell: Ints
    part_of_post: Ints
    allowed: Longs  # codes of pairs of type and cell that are allowed only because the run made such a move

    @property
    def parts(self) -> int:
        """The number of parts."""
        return len(self.names)

    @property
    def beyond(self) -> Bools:
        """Whether each spell is of a person that the run moved to a post that is not suitable, (n,)."""
        return np.asarray(self.type_of_spell >= _BEYOND)

    def fits(self, types: Longs, cells: Longs) -> Bools:
        """Whether posts of each cell are suitable for people of each type, (types, cells)."""
        rule = _by_rule(self.suitable, types[:, None], cells[None, :], len(self.regions) - 1)
        # One code for each pair, with the type above the cell, so that a pair can be looked up.
        pairs = types[:, None] << _CELL | cells[None, :]
        return rule | np.isin(pairs, self.allowed)

    def cell_names(self, cells: Longs) -> Iterator[tuple[str, str, str]]:
        """Function, region and band of each cell, in words."""
        for code in cells.tolist():
            trade = "all functions" if self.suitable.across_functions else self.functions[code >> 2 * _BITS]
            yield trade, self.regions[code >> _BITS & 255], BANDS[code & 255]


def cells_of(run: Run, spells: Spells, suitable: Suitable | None) -> Cells:
    """The types of people and cells of posts in a run.

    Args:
        run: the run.
        spells: the spells of the run.
        suitable: which posts are suitable; None for the scenario's own definition, and moves that the run made beyond
            it.

    Raises:
        InputError: if the run moved a person to a post that `suitable` does not allow.
    """
    rule = suitable or Suitable.of(run)
    bodies = run.scenario.roster
    open_to_all = bodies.of_kinds(rule.national)[run.posts.employer] | (rule.reach == "anywhere")
    # The code of a region that stands for all regions is one above the last.
    everywhere = len(bodies.regions)
    region = bodies.region[run.posts.employer].astype("int64")
    # If functions do not matter, all posts have the code 0.
    function = run.posts.function.astype("int64") * (not rule.across_functions)
    level = function << 2 * _BITS | run.posts.band.astype("int64")
    # A person's type has the real region of the first post; a cell that is open to all has the code for all regions.
    types = (level | region << _BITS)[spells.post]
    cells = level | np.where(open_to_all, everywhere, region) << _BITS
    # Moves of the run that the definition does not allow.
    wrong = ~_by_rule(rule, types[spells.moves], cells[spells.moved_to], everywhere)
    if suitable is not None and wrong.any():
        raise _refused(run, spells, rule, wrong)
    moved = spells.moves[wrong]
    to = spells.moved_to[wrong]
    types[moved] |= _BEYOND
    linked = bool(open_to_all.any())  # posts that are suitable in all regions connect the regions of a function
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
    """Whether posts of a cell are suitable for people of a type, without exceptions; the arrays broadcast."""
    # Codes have the band in bits 0 to 7, the region in 8 to 15, and the function in 16 to 23; types also have a mark.
    down = rank_of(types & 255) - rank_of(cells & 255)
    place = cells >> _BITS & 255
    near = (place == everywhere) | (place == types >> _BITS & 255)
    trade = cells >> 2 * _BITS == types >> 2 * _BITS & 255
    return np.asarray(trade & near & (down <= rule.bands_down) & (down >= -rule.bands_up))


def _parts(
    run: Run, function: Longs, region: Longs, across: bool, linked: bool, moves: tuple[Ints, Ints]
) -> tuple[tuple[str, ...], Ints]:
    """The names of the parts, and the part of each post, (posts,). Each of `moves`, from post to post, connects parts."""
    regions = run.scenario.roster.regions
    known, part = np.unique(function * len(regions) + (0 if linked else region), return_inverse=True)
    # Parts that a move connects are merged: all parts with the higher number get the lower one. Each pair of parts is
    # looked at once, however many moves connect it.
    joined = np.arange(len(known))
    pairs = np.stack([joined[part[posts]] for posts in moves], axis=1)
    for one, other in np.unique(pairs, axis=0).tolist():
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
    """The narrowest definition that allows everything that `rule` allows and every move of the run."""
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
    """The error for a run that made moves which the definition does not allow."""
    at = int(np.argmax(wrong))
    began = spells.post[spells.moves[at]]
    to = spells.moved_to[at]
    count = int(wrong.sum())
    staff = int(run.people.staff[spells.row[spells.moves[at]]])
    move = f"the move of person {staff} from {_cell_in_words(run, began)} to {_cell_in_words(run, to)}"
    wrong_moves = f"does not allow {count:,} of the run's moves, such as {move}"
    return InputError("suitable", wrong_moves, f"allow {_widened(rule, run, spells)}")


def _cell_in_words(run: Run, post: Rows) -> str:
    """The function, band and employer of a post, in words."""
    posts = run.posts
    bodies = run.scenario.roster
    place = bodies.names[posts.employer[post]]
    return f"{run.scenario.functions[posts.function[post]]} band {BANDS[posts.band[post]]} at {place}"


# The fewest redundancies by linear programming


def bound(
    run: Run, *, rules: Iterable[str] | None = None, suitable: Suitable | None = None, newcomers: bool = True
) -> Bound:
    """The fewest redundancies possible with the run's own opening staff, funded posts, arrivals and other departures.

    On every day each person in post needs a suitable funded post. No policy that has to accept the same staff, posts,
    arrivals and other departures can make fewer people redundant, whenever it acts and even if it knows the future.

    Args:
        run: the run; its own redundancies are reported next to the bound.
        rules: the names of policies whose departures count as redundancies, and "closure". By default closure and every
            policy that needs no signature. All other departures, such as those by a signed scheme, do not change.
        suitable: which posts are suitable for which people; by default what the scenario's policies that fill posts
            allow. People that the run moved beyond that may then also have posts of the cell that it moved them to.
        newcomers: whether people who joined during the run are included. With False, nobody is hired.

    Raises:
        InputError: for a rule by which nobody can be made redundant, and if the run made a move that `suitable` does not
            allow.
    """
    check_kind("run", run, Run)
    counted = redundancy_rules(run) if rules is None else known_rules(run, rules)
    spells = spells_of(run, counted)
    simulated = int((spells.let_go < NEVER).sum())
    # A return after a redundancy exists only because of the redundancy, so it is not given to the best plan.
    spells = spells.only(~after_redundancy(spells) & (newcomers | spells.opening))
    cells = cells_of(run, spells, suitable)
    first, gone = funded_days(run)
    # Parts share neither people nor posts, so each is a small programme of its own.
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
    """The people of one part by type and day, and its posts by cell and day."""

    days: Ints  # the days on which a post was removed or a person joined, (t,)
    here: Longs  # people in post at the end of each day if nobody were made redundant, (types, t)
    later: Longs  # how many of them would still be in post before the next of these days, (types, t)
    posts: Longs  # posts funded at the end of each day, (cells, t)


def _part(run: Run, spells: Spells, cells: Cells, first: Ints, gone: Ints, part: int) -> Part:
    """The bound of one part, which shares neither people nor suitable posts with other parts."""
    mine = cells.part_of_spell == part
    ours = cells.part_of_post == part
    # Types and cells of this part only, numbered from 0.
    types, kind = np.unique(cells.type_of_spell[mine], return_inverse=True)
    places, cell = np.unique(cells.cell_of_post[ours], return_inverse=True)
    last = run.scenario.calendar.days - 1
    stocks = _stocks(spells.began[mine], spells.ends[mine], kind, len(types), first[ours], gone[ours], cell, last)
    # Pairs of a type and a cell whose posts are suitable for it, (pairs, 2).
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
        # A price is the change of the minimum with one more post, so the redundancies avoided are its negative.
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
    """The stocks of one part on the days that can require a redundancy.

    Only a day on which a post is removed or a person joins can. On any other day there are at least as many posts and
    no more people than the day before.
    """
    cells = int(cell.max(initial=-1)) + 1
    days = np.unique(np.concatenate([began[began >= 0], gone[gone <= last]])).astype("int32")
    here = _present(began, ends, kind, types, days)
    # For each day, the day before the next one in `days`. For the last one, it is the last day of the run.
    before_next = np.append(days[1:] - 1, last)[: len(days)]
    later = _present(began, ends, kind, types, before_next)
    return _Stocks(days=days, here=here, later=later, posts=_present(first, gone, cell, cells, days))


def _present(start: Ints, stop: Ints, group: Rows, groups: int, days: Ints) -> Longs:
    """The number in each group that have started but not stopped by the end of each day, (groups, days)."""
    # Changes by group and day, with a further column for starts and stops after the last day, which is cut off.
    out = np.zeros((groups, len(days) + 1), "int64")
    np.add.at(out, (group, np.searchsorted(days, start)), 1)
    # A post that is removed before it opens is never there.
    np.add.at(out, (group, np.searchsorted(days, np.maximum(stop, start))), -1)
    return np.cumsum(out, axis=1)[:, :-1]


def _solved(stocks: _Stocks, pairs: Rows) -> tuple[Optimum, Rows]:
    """The fewest people made redundant over all days, and the indices of the limits on posts, (cells, t).

    The variables by type and day are the people made redundant, the people away because they were made redundant, and
    the people in post, who are also divided by the cell of their post. A person counts as away only for as long as the
    person would have stayed without redundancy.
    """
    types, days = stocks.here.shape
    programme = Programme()
    # Three blocks of variables, by type and day or by pair and day.
    let_go = programme.variables(types, days, cost=1.0)
    away = programme.variables(types, days, most=stocks.here)
    held = programme.variables(len(pairs), days)
    # Everyone who would be there without redundancies is either away or in a suitable post.
    cells = np.arange(types * days).reshape(types, days)
    programme.equal(stocks.here, (cells, away, 1.0), (cells[pairs[:, 0]], held, 1.0))
    # No more people in the posts of a cell than are funded.
    places = np.arange(stocks.posts.size).reshape(stocks.posts.shape)
    limits = programme.at_most(stocks.posts, (places[pairs[:, 1]], held, 1.0))
    # People away today were away on the day before, or are made redundant today.
    programme.at_most(
        np.zeros(cells.shape),
        (cells, away, 1.0),
        (cells, let_go, -1.0),
        (cells[:, 1:], away[:, :-1], -1.0),
    )
    # Of people away before, no more than would still be in post; nobody was away before the first day.
    still = np.hstack([np.zeros((types, 1)), stocks.later[:, :-1]])
    programme.at_most(still, (cells, away, 1.0), (cells, let_go, -1.0))
    return programme.least(where="bound"), limits.reshape(stocks.posts.shape)


# The result of a bound, part by part, compared with the run

_ROUNDING = 1e-6  # a smaller number of people counts as zero


@attrs.frozen(eq=False, kw_only=True)
class Part:
    """The bound of one part of the scenario, which shares neither people nor suitable posts with other parts.

    `least` is the optimum of the linear programme. `violation` and `gap` show how exact it is: see `Optimum`. `prices`
    has the redundancies that one more post of each cell on each day would avoid, (cells, days).
    """

    name: str
    opening: int
    arrived: int
    left: int  # departures other than redundancies
    posts: int  # posts funded on the last day
    simulated: int  # redundancies in the run of the people counted in the bound
    least: float
    violation: float
    gap: float
    days: Ints
    cells: tuple[tuple[str, str, str], ...]  # function, region and band
    funded: Longs
    prices: Floats

    @property
    def whole(self) -> int:
        """The bound in whole people: `least` rounded up."""
        # The solver's optimum may be slightly above a whole number, which must not be rounded up to the next.
        return ceil(self.least - _ROUNDING)


@attrs.frozen(eq=False, slots=False, repr=False, kw_only=True)
class Bound:
    """The fewest redundancies possible under any policy, and by how much the run exceeds it (the regret)."""

    run: Run
    rules: tuple[str, ...]  # the rules whose departures count as redundancies
    suitable: Suitable
    beyond: int  # the number of people that the run moved to posts that `suitable` does not allow
    newcomers: bool
    simulated: int
    parts: tuple[Part, ...]

    @property
    def least(self) -> int:
        """The bound, in people: the sum of the parts' bounds."""
        return sum(part.whole for part in self.parts)

    @property
    def regret(self) -> int:
        """The redundancies of the run less the fewest possible, 0 or more."""
        return self.simulated - self.least

    @property
    def violation(self) -> float:
        """The largest amount by which the plan of any part exceeds a limit, in people."""
        return max((part.violation for part in self.parts), default=0.0)

    @property
    def gap(self) -> float:
        """The largest distance of any part's optimum from the value of its dual, in people."""
        return max((part.gap for part in self.parts), default=0.0)

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per part with people or posts, and the rows "others" (if not zero) and "all"; indexed by part.

        "others" has redundancies of people who had been made redundant before, or who joined in the run if newcomers are
        left out. A better policy could avoid all of these, so their bound is 0.
        """
        shown = [part for part in self.parts if part.opening or part.arrived or part.posts]
        others = self.simulated - sum(part.simulated for part in shown)
        rows: list[tuple[Any, ...]] = [
            (part.name, part.opening, part.arrived, part.left, part.posts, part.simulated, part.whole) for part in shown
        ]
        rows += [("others", 0, 0, 0, 0, others, 0)] if others else []
        # The sums of all columns but the first, which has the names.
        sums = [0] * 6
        if rows:
            sums = [sum(column) for column in list(zip(*rows, strict=True))[1:]]
        rows.append(("all", *sums))
        names = ("part", "opening", "arrived", "left", "posts", "simulated", "least")
        columns: dict[str, list[object]] = {name: [row[place] for row in rows] for place, name in enumerate(names)}
        columns["regret"] = [row[5] - row[6] for row in rows]
        return tables.frame(columns, index="part")

    @cached_property
    def scarce(self) -> pd.DataFrame:
        """The cells and days on which one more post would avoid redundancies even in the best plan.

        There is one row per cell and day, with the most redundancies avoided first. Columns: part, function, region,
        band, date, posts (funded on that day), saved (redundancies avoided by one more post).
        """
        date = self.run.scenario.calendar.date
        rows = []
        for part in self.parts:
            for cell, day in np.argwhere(part.prices > _ROUNDING).tolist():
                name = (part.name, *part.cells[cell])
                saved = round(part.prices[cell, day], 6)
                rows.append((*name, date(part.days[day]), part.funded[cell, day], saved))
        rows.sort(key=lambda row: (-row[-1], row[4], *row[:4]))
        names = ("part", "function", "region", "band", "date", "posts", "saved")
        return tables.frame({name: [row[place] for row in rows] for place, name in enumerate(names)})

    def _sentences(self) -> list[str]:
        """The result in three sentences."""
        come = "the same arrivals" if self.newcomers else "nobody hired"
        noun = "redundancy" if self.simulated == 1 else "redundancies"
        rules = ", ".join(rule for rule in self.rules if self._used(rule)) or "none by any rule"
        return [
            f"{self.run.scenario.name}, seed {self.run.seed}: {self.simulated:,} {noun} ({rules}).",
            f"With the same staff, funded posts and other departures, and {come}, no policy could have had fewer than "
            f"{self.least:,}, so at most {self.regret:,} could have been avoided.",
            f"Suitable posts are {self.suitable}{self._exceptions()}.",
        ]

    def _exceptions(self) -> str:
        """A clause about the people that the run moved to posts that are not suitable; "" if there are none."""
        if not self.beyond:
            return ""
        people = "1 person" if self.beyond == 1 else f"{self.beyond:,} people"
        return f"; and, for {people} that the run moved to other posts, also posts of the same kind as those"

    def _used(self, rule: str) -> bool:
        """Whether this rule made anyone redundant."""

        return bool(len(self.run.log.exits.by(self.run.code_of(rule))))

    def __repr__(self) -> str:
        return "\n".join([*self._sentences(), "", self.table.to_string(float_format="{:,.0f}".format)])

    def _repr_html_(self) -> str:
        shown = tables.html(self.table, "The fewest redundancies that any policy could have", form="{:,.0f}".format)
        return tables.paragraphs(self._sentences()) + shown
