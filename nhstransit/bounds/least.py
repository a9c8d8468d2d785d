"""The fewest redundancies that any policy could have had, by linear programme, beside those of a run."""

from __future__ import annotations

from collections.abc import Iterable

import attrs
import numpy as np

from nhstransit.arrays import Ints, Longs, Rows
from nhstransit.bounds.bound import Bound, Part
from nhstransit.bounds.cells import Cells, cells_of
from nhstransit.bounds.programme import Optimum, Programme
from nhstransit.bounds.spells import Spells, after_redundancy, funded_days, known_rules, redundancy_rules, spells_of
from nhstransit.bounds.suitable import Suitable
from nhstransit.run import Run
from nhstransit.workforce.columns import NEVER


def bound(
    run: Run, *, rules: Iterable[str] | None = None, suitable: Suitable | None = None, newcomers: bool = True
) -> Bound:
    """The fewest redundancies for the run's own opening stocks, funded posts, other departures and arrivals.

    Any policy that must take these as they are makes at least so many people redundant, however it moves people, whenever
    it looks, and whatever it knows of the days to come: on every day each person in post needs a suitable funded post.

    Args:
        run: the run; its own redundancies stand beside the bound.
        rules: by which departures count as redundancy; by default closure and every policy that needs no signature.
            Departures by all other rules, such as a signed scheme, are taken as they came.
        suitable: which posts suit whom; by default what the scenario's rounds of filling allow. Whoever the run moved
            beyond that may then have posts of the sort to which it moved them as well, and nobody else.
        newcomers: False leaves out everybody who came in the run, as if nobody had been hired.

    Raises InputError for rules that nobody can be made redundant by, or a move of the run that `suitable` forbids.
    """
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
    """Of one part: people by type and day, and posts by cell and day."""

    days: Ints  # on which a post went or somebody came, (t,)
    here: Longs  # spells that would be there but for redundancy, at the end of each day, (types, t)
    later: Longs  # how many of them still would be when the next of these days begins, (types, t)
    posts: Longs  # funded at the end of each day, (cells, t)


def _part(run: Run, spells: Spells, cells: Cells, first: Ints, gone: Ints, part: int) -> Part:
    """One part of the world, which shares neither people nor posts with the others."""
    mine, ours = cells.part_of_spell == part, cells.part_of_post == part
    types, kind = np.unique(cells.type_of_spell[mine], return_inverse=True)
    places, cell = np.unique(cells.cell_of_post[ours], return_inverse=True)
    last = run.scenario.calendar.days - 1
    stocks = _stocks(spells.began[mine], spells.ends[mine], kind, len(types), first[ours], gone[ours], cell, last)
    pairs = np.argwhere(cells.fits(types, places))
    least, prices, violation, gap = 0.0, np.zeros(stocks.posts.shape), 0.0, 0.0
    if len(types) and len(stocks.days):
        best, limits = _solved(stocks, pairs)
        least, violation, gap = max(best.cost, 0.0), best.violation, abs(best.gap)
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
    """Only days on which a post goes or somebody comes can bind: on others there are no fewer posts and no more people."""
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
    """Fewest let go over all days; and the positions of the limits on posts, (cells, t).

    Variables, by type and day: people let go; people away, who would be there had nobody been let go; and those there, by
    the cell of posts that holds them. Whoever is away was let go, and is so no longer than he or she would have stayed.
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
