"""Types of people and cells of posts: whoever may take the same posts, and posts that suit the same people, are as one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import attrs
import numpy as np

from nhstransit.arrays import Bools, Ints, Longs, Rows
from nhstransit.bounds.spells import Spells
from nhstransit.bounds.suitable import Suitable
from nhstransit.errors import InputError
from nhstransit.run import Run
from nhstransit.workforce.codes import BANDS

_BITS = 8  # for a band; a region follows above it


@attrs.frozen(eq=False, slots=False, kw_only=True)
class Cells:
    """What each spell and each post counts as under a rule of suitable posts.

    A type is the region and band of the post in which a spell began, a cell those of a post. A part is a function, or a
    function in a region: no post of another part suits its people.
    """

    suitable: Suitable
    regions: tuple[str, ...]  # the last is everywhere
    names: tuple[str, ...]  # of the parts
    type_of_spell: Longs
    cell_of_post: Longs
    part_of_spell: Ints
    part_of_post: Ints

    @property
    def parts(self) -> int:
        """How many there are."""
        return len(self.names)

    @cached_property
    def everywhere(self) -> int:
        """The region code of posts that suit people of every region."""
        return len(self.regions) - 1

    def fits(self, types: Longs, cells: Longs) -> Bools:
        """Whether posts of each cell suit people of each type, of the same part: (types, cells)."""
        band, there = types[:, None] & 255, cells[None, :] & 255
        region, place = types[:, None] >> _BITS, cells[None, :] >> _BITS
        level = (there <= band + self.suitable.bands_up) & (there >= band - self.suitable.bands_down)
        return np.asarray(level & ((place == self.everywhere) | (place == region)))

    def cell_names(self, cells: Longs) -> Iterator[tuple[str, str]]:
        """Region and band of each cell, in words."""
        for code in cells.tolist():
            yield self.regions[code >> _BITS], BANDS[code & 255]


def cells_of(run: Run, spells: Spells, suitable: Suitable | None) -> Cells:
    """Types and cells under `suitable`, or under the scenario's own rule widened to hold every move of the run.

    Raises InputError where the run moves somebody to a post that `suitable` forbids.
    """
    rule = suitable or _widened(Suitable.of(run), run, spells)
    open_to_all = run.scenario.roster.of_kinds(rule.national)[run.posts.employer] | (rule.reach == "anywhere")
    everywhere = len(run.scenario.roster.regions)
    region = run.scenario.roster.region[run.posts.employer].astype("int64")
    band = run.posts.band.astype("int64")
    function = run.posts.function.astype("int64") * (not rule.across_functions)
    linked = bool(open_to_all.any())  # posts for all regions tie the regions of a function together
    names, part = _parts(run, function, region, rule.across_functions, linked)
    cells = Cells(
        suitable=rule,
        regions=(*run.scenario.roster.regions, "everywhere"),
        names=names,
        type_of_spell=(region << _BITS | band)[spells.post],
        cell_of_post=np.where(open_to_all, everywhere, region) << _BITS | band,
        part_of_spell=part[spells.post],
        part_of_post=part,
    )
    if suitable is not None:
        _check(run, spells, cells)
    return cells


def _parts(run: Run, function: Longs, region: Longs, across: bool, linked: bool) -> tuple[tuple[str, ...], Ints]:
    """Names of the parts, and the part of each post, (posts,)."""
    regions = run.scenario.roster.regions
    code = function * len(regions) + (0 if linked else region)
    known, part = np.unique(code, return_inverse=True)
    names = []
    for one in known.tolist():
        trade = "all functions" if across else run.scenario.functions[one // len(regions)]
        names.append(trade if linked or len(regions) == 1 else f"{trade}, {regions[one % len(regions)]}")
    return tuple(names), part.astype("int32")


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


def _check(run: Run, spells: Spells, cells: Cells) -> None:
    """Raise InputError for the first move of the run that the rule forbids."""
    began, to = spells.post[spells.moves], spells.moved_to
    wrong = cells.part_of_post[began] != cells.part_of_post[to]
    wrong |= ~_fits_each(cells, cells.type_of_spell[spells.moves], cells.cell_of_post[to])
    if wrong.any():
        at = int(np.argmax(wrong))
        count, staff = int(wrong.sum()), int(run.people.staff[spells.row[spells.moves[at]]])
        told = f"forbids {count} of the run's own moves, such as that of staff {staff} from {_told(run, began[at])} to "
        needed = _widened(cells.suitable, run, spells)
        raise InputError("suitable", told + _told(run, to[at]), f"allow {needed}")


def _fits_each(cells: Cells, types: Longs, posts: Longs) -> Bools:
    """Whether each post suits each type, pair by pair, (n,)."""
    known, which = np.unique(types, return_inverse=True)
    places, where = np.unique(posts, return_inverse=True)
    return np.asarray(cells.fits(known, places)[which, where])


def _told(run: Run, post: Rows) -> str:
    """A post in words."""
    posts, bodies = run.posts, run.scenario.roster
    place = bodies.names[posts.employer[post]]
    return f"{run.scenario.functions[posts.function[post]]} band {BANDS[posts.band[post]]} at {place}"
