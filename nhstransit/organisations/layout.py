"""Creates organisations in regions from counts, such as England's councils and support units.

Only the kind, region and dates of such an organisation are known. Its name is a number, and its residents are a share
of the region's, by a stated spread. Organisations are lined up along the region by their residents, and those at the
same place become its cluster and successors. England's trusts, groups and area teams have names, and their clusters and
residents come from tables.
"""

from __future__ import annotations

import datetime as dt

import attrs
import numpy as np

from nhstransit.arithmetic import power
from nhstransit.arrays import Longs
from nhstransit.errors import OrganisationError
from nhstransit.fields import QUALITIES, Parent, number, one_of, whole
from nhstransit.rounding import largest_remainder
from nhstransit.toml import Named

_GOLDEN = 0.6180339887498949


@attrs.frozen(kw_only=True)
class Region:
    """One region: its residents, and the number of organisations of each kind that serve them."""

    name: str
    board: str  # region of the Commissioning Board
    residents: int = whole(1, parent=Parent(unit="residents"))
    pcts: int = whole(1, low=1, parent=Parent(unit="bodies"))
    clusters: int = whole(1, low=1, parent=Parent(unit="clusters"))
    alone: int = whole(0, parent=Parent(unit="clusters of one body"))
    ccgs: int = whole(1, low=1, parent=Parent(unit="bodies"))
    csus: int = whole(1, low=1, parent=Parent(unit="bodies"))
    area_teams: int = whole(1, low=1, parent=Parent(unit="bodies"))
    councils: int = whole(1, low=1, parent=Parent(unit="bodies"))

    def __attrs_post_init__(self) -> None:
        if not (self.alone < self.clusters <= self.pcts or self.alone == self.clusters == self.pcts):
            wrong = f"has {self.clusters} clusters, {self.alone} of them of one body, for {self.pcts} PCTs"
            raise OrganisationError(
                f"region {self.name}", wrong, "give at most one cluster per PCT, and some clusters of several PCTs"
            )


@attrs.frozen(kw_only=True)
class Dates:
    """The days on which organisations close, and on which their successors can fill posts and employ staff."""

    close: dt.date
    regions_close: dt.date
    arms_close: dt.date
    ccg_shadow: dt.date
    posts_open: dt.date
    board_shadow: dt.date
    board_opens: dt.date
    live: dt.date
    waves: tuple[dt.date, ...]


@attrs.frozen(kw_only=True)
class Given:
    """The sources of some of a layout's numbers."""

    what: str
    sources: tuple[str, ...]
    quality: str = one_of(QUALITIES)
    note: str = ""


@attrs.frozen(kw_only=True)
class Layout:
    """Everything needed to make a table of organisations.

    Attributes:
        spread: residents of the largest organisation of a kind in a region, divided by those of the smallest.
        wave_sizes: number of commissioning groups authorised in each wave; they add up to all groups.
        arms: share of provider arms by destination, a kind of organisation; optional, see `lay_out_arms`.
        names: tables of the organisations that have names, with their region, cluster, area team and residents.
        sizes: table of staff by organisation and month end, which gives the sizes of trusts and arms.
    """

    about: str = ""
    names: tuple[str, ...] = ()
    sizes: str = ""
    spread: float = number(low=1.0, high=100.0, parent=Parent(unit="times"))
    wave_sizes: tuple[int, ...]
    dates: Dates
    arms: Named[float]
    region: tuple[Region, ...]
    given: tuple[Given, ...] = ()

    def __attrs_post_init__(self) -> None:
        groups = sum(region.ccgs for region in self.region)
        if sum(self.wave_sizes) != groups or len(self.wave_sizes) != len(self.dates.waves):
            wrong = f"authorise {sum(self.wave_sizes)} groups on {len(self.dates.waves)} days"
            raise OrganisationError("wave_sizes", wrong, f"give one number for each wave, adding up to {groups}")


def sizes(residents: int, count: int, spread: float) -> Longs:
    """Residents of `count` organisations, as whole people. Sizes rise in equal log steps from 1 to `spread`, in
    golden-ratio order.

    Args:
        residents: residents of the region.
        count: number of organisations.
        spread: residents of the largest divided by those of the smallest.
    """
    # Multiples of the golden ratio are spread evenly. Their ranks are an order in which large and small sizes alternate.
    scattered = (np.arange(count) + 1) * _GOLDEN % 1.0
    order = np.argsort(np.argsort(scattered, kind="stable"), kind="stable")
    return largest_remainder(residents, power(spread, order / max(count - 1, 1)))


def clusters(region: Region, people: Longs) -> list[str]:
    """The cluster of each PCT of a region. The largest PCTs form a cluster alone; the other PCTs are grouped in order,
    in equal numbers.
    """
    alone = set(np.argsort(-people, kind="stable")[: region.alone].tolist())
    rest = [place for place in range(len(people)) if place not in alone]
    groups = region.clusters - region.alone
    # Clusters of several PCTs are numbered first, then clusters of one.
    number_of = {place: 1 + rank * groups // len(rest) for rank, place in enumerate(rest)}
    number_of |= {place: groups + 1 + rank for rank, place in enumerate(sorted(alone))}
    return [f"{region.name} cluster {number_of[place]}" for place in range(len(people))]


def beside(people: Longs, others: Longs) -> Longs:
    """For each organisation of a region, the position of the organisation of another kind that serves its middle
    resident.
    """
    # Both as shares of the region's residents, because the two kinds may count slightly different residents.
    middles = (np.cumsum(people) - people / 2) / people.sum()
    ends = np.cumsum(others) / others.sum()
    return np.asarray(np.minimum(np.searchsorted(ends, middles), len(others) - 1))
