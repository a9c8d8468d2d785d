"""Types of people and cells of posts: whoever may take the same posts, and posts that suit the same people, are as one."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import numpy as np

from nhstransit.arrays import Bools, Ints, Longs, Rows
from nhstransit.bounds.spells import Spells
from nhstransit.bounds.suitable import Suitable
from nhstransit.errors import InputError
from nhstransit.run import Run
from nhstransit.workforce.codes import BANDS

_BITS = 8  # for a band; a region follows above it, and a function above that
_BEYOND = 1 << 3 * _BITS  # marks types of people whom the run moved beyond the rule
_CELL = 32  # bits of a cell in the code of a type and a cell


@attrs.frozen(eq=False, slots=False, kw_only=True)
class Cells:
    """What each spell and each post counts as under a rule of suitable posts.

    A type is the function, region and band of the post in which a spell began, a cell those of a post. Whoever the run moved
    to a post that the rule forbids is of a type apart, which posts of such cells suit as well. A part is a function, or a
    function in a region, or several that such people tie together: no post of another part suits its people.
    """

    suitable: Suitable
    functions: tuple[str, ...]
    regions: tuple[str, ...]  # the last is everywhere
    names: tuple[str, ...]  # of the parts
    type_of_spell: Longs
    cell_of_post: Longs
    part_of_spell: Ints
    part_of_post: Ints
    allowed: Longs  # types above cells, in one code, that the run's own moves allow beyond the rule

    @property
    def parts(self) -> int:
        """How many there are."""
        return len(self.names)

    @property
    def beyond(self) -> Bools:
        """Which spells are of people whom the run moved beyond the rule, (n,)."""
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
    """Types and cells under `suitable`, or under the scenario's own rule and the moves of the run beyond it.

    Raises InputError where the run moves somebody to a post that `suitable` forbids.
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
    moved, to = spells.moves[wrong], spells.moved_to[wrong]
    types[moved] |= _BEYOND
    linked = bool(open_to_all.any())  # posts for all regions tie the regions of a function together
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
    """Whether the rule alone lets people of a type have posts of a cell, pair by pair as they broadcast."""
    down = (types & 255) - (cells & 255)
    place = cells >> _BITS & 255
    near = (place == everywhere) | (place == types >> _BITS & 255)
    trade = cells >> 2 * _BITS == types >> 2 * _BITS & 255
    return np.asarray(trade & near & (down <= rule.bands_down) & (down >= -rule.bands_up))


def _parts(
    run: Run, function: Longs, region: Longs, across: bool, linked: bool, moves: tuple[Ints, Ints]
) -> tuple[tuple[str, ...], Ints]:
    """Names of the parts, and the part of each post, (posts,); moves from and to a post tie their parts together."""
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
    """The narrowest rule that allows what `rule` does and every move of the run."""
    began, to = spells.post[spells.moves], spells.moved_to
    band, region = run.posts.band.astype("int64"), run.scenario.roster.region[run.posts.employer]
    national = run.scenario.roster.of_kinds(rule.national)[run.posts.employer]
    down = band[began] - band[to]
    far = (region[began] != region[to]) & ~national[to]
    return attrs.evolve(
        rule,
        bands_down=max(rule.bands_down, int(down.max(initial=0))),
        bands_up=max(rule.bands_up, int((-down).max(initial=0))),
        reach="anywhere" if far.any() else rule.reach,
        across_functions=rule.across_functions or bool((run.posts.function[began] != run.posts.function[to]).any()),
    )


def _refused(run: Run, spells: Spells, rule: Suitable, wrong: Bools) -> InputError:
    """What to say of the first move of the run that the rule forbids."""
    at = int(np.argmax(wrong))
    began, to = spells.post[spells.moves[at]], spells.moved_to[at]
    count, staff = int(wrong.sum()), int(run.people.staff[spells.row[spells.moves[at]]])
    told = f"forbids {count} of the run's own moves, such as that of staff {staff} from {_told(run, began)} to "
    return InputError("suitable", told + _told(run, to), f"allow {_widened(rule, run, spells)}")


def _told(run: Run, post: Rows) -> str:
    """A post in words."""
    posts, bodies = run.posts, run.scenario.roster
    place = bodies.names[posts.employer[post]]
    return f"{run.scenario.functions[posts.function[post]]} band {BANDS[posts.band[post]]} at {place}"
