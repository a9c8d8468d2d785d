"""Make the organisations of a layout, region by region, with parents and successors.

England's trusts, groups and area teams have names, from `trusts-2010.csv` and `groups-2013.csv`. Councils and support
units are numbered. For a layout without those tables, every organisation of a region is numbered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import Longs
from nhstransit.england.payroll import bundled_payroll, trust_sizes
from nhstransit.organisations.bodies import Organisation, check
from nhstransit.organisations.layout import Layout, Region, beside, clusters, sizes
from nhstransit.organisations.posts import found
from nhstransit.rounding import in_turn, largest_remainder

ENGLAND = "England"  # the region of a national organisation
DEPARTMENT = "Department of Health (work that moved or ended)"
ARMS_LENGTH = "Arm's-length bodies (work that moved or ended)"
BOARD = "NHS Commissioning Board, national team"
PROPERTY = "NHS Property Services"
OTHERS = {
    "phe": "Public Health England",
    "hee": "Health Education England",
    "hscic": "Health and Social Care Information Centre",
    "property": PROPERTY,
    "tda": "NHS Trust Development Authority",
}
DESTINATIONS = {
    "mental-health-trust": "Mental health trusts",
    "acute-trust": "Acute trusts",
    "community-provider": "Community trusts",
    "social-enterprise": "Social enterprises",
    "nhs-elsewhere": "Other bodies",
}
ELSEWHERE = "Elsewhere in the NHS, {region}"
MARKS = {"ccg": "CCG", "csu": "CSU", "board-area": "area team", "council": "council public health", "pct": "PCT"}


@attrs.frozen(kw_only=True)
class Place:
    """A trust or group with a name: its region, cluster and area team, and its residents in thousands."""

    name: str
    region: str
    cluster: str
    area_team: str
    thousands: int


@attrs.frozen(eq=False, kw_only=True)
class Names:
    """The trusts and groups of a layout, in order."""

    pct: tuple[Place, ...]
    ccg: tuple[Place, ...]

    def teams(self) -> dict[str, str]:
        """The region of each area team: the one with most of its residents."""
        served: dict[str, Counter[str]] = {}
        for group in self.ccg:
            served.setdefault(group.area_team, Counter())[group.region] += group.thousands
        return {team: regions.most_common(1)[0][0] for team, regions in served.items()}


def names_in(layout: Layout) -> Names:
    """The trusts and groups from the tables of a layout."""
    trusts, groups = layout.names
    return Names(pct=_places(trusts), ccg=_places(groups))


def _places(file: str) -> tuple[Place, ...]:
    cells = tables.read_csv(found(file))
    columns = [cells[name] for name in ("name", "region", "cluster", "area_team", "thousands")]
    return tuple(
        Place(name=name, region=region, cluster=cluster, area_team=team, thousands=int(thousands))
        for name, region, cluster, team, thousands in zip(*columns, strict=True)
    )


@attrs.frozen(eq=False)
class _Patch:
    """One region: residents, names and clusters of its organisations by kind, and the area team of each."""

    layout: Layout
    region: Region
    people: dict[str, Longs]
    names: dict[str, list[str]]
    homes: dict[str, list[str]]
    teams: dict[str, list[str]]

    def along(self, kind: str, other: str) -> list[str]:
        """For each organisation of `kind`, the name of the one of kind `other` that serves the middle of its residents."""
        return [self.names[other][at] for at in beside(self.people[kind], self.people[other]).tolist()]

    def body(self, kind: str, at: int, **more: Any) -> Organisation:
        """One organisation of the region."""
        home = self.homes[kind][at] if kind in self.homes else ""
        residents = int(self.people[kind][at])
        region = self.region.name
        return Organisation(
            name=self.names[kind][at], kind=kind, region=region, cluster=home, population=residents, **more
        )


def lay_out(layout: Layout, names: Names | None = None) -> tuple[Organisation, ...]:
    """All organisations of a layout without provider arms, those that close first, with the checks of a file.

    Without `names`, trusts, groups and area teams are numbered.
    """
    patches = [_patch(layout, region, names) for region in layout.region]
    waves = iter(_waves(layout))
    kin = _kin(patches)
    senders = [*_national_senders(layout), *(body for patch in patches for body in _senders(patch, kin))]
    boards = sorted({region.board for region in layout.region})
    heirs = [body for patch in patches for body in _heirs(patch, waves)]
    bodies = (*senders, *_national_heirs(layout), *(_board_region(layout, name) for name in boards), *heirs)
    check(bodies)
    return bodies


def sized(bodies: Sequence[Organisation]) -> tuple[Organisation, ...]:
    """The same organisations, with the sizes of trusts and provider arms according to the payroll, and the method."""
    residents = {body.name: body.population for body in bodies if body.kind == "pct"}
    arms = {body.parent: body.population for body in bodies if body.kind == "pct-provider"}
    read = {one.name: one for one in trust_sizes(bundled_payroll(), residents or arms)}
    whole = dict(zip(bundled_payroll().names, bundled_payroll().fte[:, 0].tolist(), strict=True))
    out = []
    for body in bodies:
        if body.kind == "pct":
            one = read[body.name]
            sized_by = f"{one.how}, {one.read_on:%Y-%m}" if one.read_on else one.how
            body = attrs.evolve(body, size=round(one.size), sized_by=sized_by)
        elif body.kind == "pct-provider":
            rest = max(whole[body.parent] - read[body.parent].size, 0.0)
            body = attrs.evolve(body, size=round(rest), sized_by="payroll, 2010-04, less the trust")
        out.append(body)
    return tuple(out)


def _kin(patches: Sequence[_Patch]) -> dict[str, list[str]]:
    """The groups and councils of each cluster; a cluster may cross a regional border."""
    kin: dict[str, list[str]] = {}
    for kind in ("ccg", "council"):
        for patch in patches:
            for name, home in zip(patch.names[kind], patch.homes[kind], strict=True):
                kin.setdefault(home, []).append(name)
    return kin


def lay_out_arms(layout: Layout, names: Names | None = None) -> tuple[Organisation, ...]:
    """One provider arm for each PCT, and the organisations that receive them: one per kind and region.

    The layout's shares apply to arms, not people. Remainders are carried from region to region.
    """
    kinds = list(layout.arms)
    counts = in_turn([region.pcts for region in layout.region], [layout.arms[kind] for kind in kinds])
    out = []
    for region, row in zip(layout.region, counts.tolist(), strict=True):
        patch = _patch(layout, region, names)
        destinations = np.repeat(np.arange(len(kinds)), row)[
            np.argsort(np.arange(region.pcts) * 7 % region.pcts, kind="stable")
        ]
        for at, kind in enumerate(destinations.tolist()):
            out.append(_arm(patch, at, _destination(kinds[kind], region)))
        out += [_standing(kinds[kind], region) for kind, count in enumerate(row) if count]
    return tuple(sorted(out, key=lambda body: body.kind != "pct-provider"))


def _patch(layout: Layout, region: Region, names: Names | None) -> _Patch:
    """Divide a region's residents among its organisations; CSUs and numbered area teams serve equal parts."""
    people = {"council": sizes(region.residents, region.councils, layout.spread)}
    people["csu"] = largest_remainder(region.residents, np.ones(region.csus))
    if names is None:
        people["pct"] = sizes(region.residents, region.pcts, layout.spread)
        people["ccg"] = sizes(region.residents, region.ccgs, layout.spread)
        people["board-area"] = largest_remainder(region.residents, np.ones(region.area_teams))
        called = {kind: _names(region.name, MARKS[kind], len(residents)) for kind, residents in people.items()}
        own = clusters(region, people["pct"])
        homes = {"pct": own} | {
            kind: [own[at] for at in beside(people[kind], people["pct"])] for kind in ("ccg", "council")
        }
        near = {kind: beside(people[kind], people["board-area"]) for kind in ("pct", "ccg")}
        teams = {kind: [called["board-area"][at] for at in indices.tolist()] for kind, indices in near.items()}
        return _Patch(layout, region, people, called, homes, teams)
    called = {kind: _names(region.name, MARKS[kind], len(people[kind])) for kind in people}
    homes = {}
    teams = {}
    for kind, every in (("pct", names.pct), ("ccg", names.ccg)):
        mine = [place for place in every if place.region == region.name]
        people[kind] = largest_remainder(region.residents, [place.thousands for place in mine])
        called[kind] = [place.name for place in mine]
        homes[kind] = [f"{place.cluster} cluster" for place in mine]
        teams[kind] = [_team(place.area_team) for place in mine]
    homes["council"] = [homes["pct"][at] for at in beside(people["council"], people["pct"])]
    regions = {one.name: one.residents for one in layout.region}
    here = [team for team, where in names.teams().items() if where == region.name]
    called["board-area"] = [_team(team) for team in here]
    people["board-area"] = np.array([_served(names, team, regions) for team in here], "int64")
    return _Patch(layout, region, people, called, homes, teams)


def _team(area: str) -> str:
    return f"{area} area team"


def _served(names: Names, team: str, residents: Mapping[str, int]) -> int:
    """Residents of an area team: those of its groups in all regions."""
    total = 0
    for region, people in residents.items():
        mine = [place for place in names.ccg if place.region == region]
        shares = largest_remainder(people, [place.thousands for place in mine])
        total += int(shares[[place.area_team == team for place in mine]].sum())
    return total


def _names(region: str, mark: str, count: int) -> list[str]:
    return [f"{region} {mark} {number:02d}" for number in range(1, count + 1)]


def _national_senders(layout: Layout) -> list[Organisation]:
    """The parts of the Department and of its arm's-length bodies whose work moves or ends; so these parts close."""
    close = layout.dates.close
    heirs = (BOARD, OTHERS["phe"], OTHERS["hee"], OTHERS["tda"], OTHERS["hscic"])
    return [
        Organisation(name=DEPARTMENT, kind="dh", region=ENGLAND, closes=close, successors=heirs),
        Organisation(name=ARMS_LENGTH, kind="alb", region=ENGLAND, closes=close, successors=heirs),
    ]


def _senders(patch: _Patch, kin: Mapping[str, Sequence[str]]) -> list[Organisation]:
    """A region's strategic health authority and its primary care trusts."""
    close = patch.layout.dates.close
    region = patch.region
    sha = Organisation(
        name=f"{region.name} SHA",
        kind="sha",
        region=region.name,
        cluster=region.board,
        population=region.residents,
        closes=patch.layout.dates.regions_close,
        parent=DEPARTMENT,
        successors=(_board_name(region.board), *patch.names["board-area"], OTHERS["hee"], OTHERS["tda"], OTHERS["phe"]),
    )
    heirs = _pct_heirs(patch, kin)
    return [
        sha,
        *(patch.body("pct", at, closes=close, parent=sha.name, successors=names) for at, names in enumerate(heirs)),
    ]


def _pct_heirs(patch: _Patch, kin: Mapping[str, Sequence[str]]) -> list[tuple[str, ...]]:
    """Successors of each PCT: those of its cluster, those nearest to it, and those for the rest of the region."""
    rest = (PROPERTY, ELSEWHERE.format(region=patch.region.name))
    near = [patch.along("pct", kind) for kind in ("council", "csu")]
    out = []
    for at, home in enumerate(patch.homes["pct"]):
        beside_it = [names[at] for names in near]
        out.append((*dict.fromkeys([*kin.get(home, ()), *beside_it, patch.teams["pct"][at]]), *rest))
    return out


def _national_heirs(layout: Layout) -> list[Organisation]:
    dates = layout.dates
    board = Organisation(
        name=BOARD, kind="board-national", region=ENGLAND, shadow=dates.board_shadow, opens=dates.board_opens
    )
    others = [
        Organisation(name=name, kind=kind, region=ENGLAND, shadow=dates.posts_open, opens=dates.live)
        for kind, name in OTHERS.items()
    ]
    return [board, *others]


def _board_region(layout: Layout, name: str) -> Organisation:
    """A regional team of the Commissioning Board, with the residents of its regions."""
    residents = sum(region.residents for region in layout.region if region.board == name)
    dates = layout.dates
    return Organisation(
        name=_board_name(name),
        kind="board-region",
        region=name,
        population=residents,
        shadow=dates.board_shadow,
        opens=dates.board_opens,
        parent=BOARD,
    )


def _board_name(board: str) -> str:
    return f"NHS Commissioning Board, {board}"


def _heirs(patch: _Patch, waves: Iterator[int]) -> list[Organisation]:
    """The successors in a region.

    An area team is the parent of its commissioning groups and belongs to a regional team.
    """
    dates = patch.layout.dates
    later = {"shadow": dates.posts_open, "opens": dates.live}
    out = []
    for at, team in enumerate(patch.teams["ccg"]):
        wave = next(waves)
        day = dates.waves[wave - 1]
        out.append(
            patch.body("ccg", at, shadow=dates.ccg_shadow, opens=dates.live, wave=wave, authorised=day, parent=team)
        )
    parents = {"csu": "", "board-area": _board_name(patch.region.board), "council": ""}
    for kind, parent in parents.items():
        out += [patch.body(kind, at, parent=parent, **later) for at in range(len(patch.names[kind]))]
    return [*out, _elsewhere(patch, later)]


def _elsewhere(patch: _Patch, later: dict[str, Any]) -> Organisation:
    """An organisation for reported posts of the region that belong to no named organisation."""
    region = patch.region
    name = ELSEWHERE.format(region=region.name)
    return Organisation(name=name, kind="nhs-elsewhere", region=region.name, population=region.residents, **later)


def _waves(layout: Layout) -> list[int]:
    """The wave of each commissioning group, from 1; waves are spread evenly over the list of groups."""
    left = np.array(layout.wave_sizes, "float64")
    due = np.zeros(len(left))
    out: list[int] = []
    for _ in range(int(left.sum())):
        due += np.array(layout.wave_sizes) / sum(layout.wave_sizes)
        wave = int(np.argmax(np.where(left > 0, due, -np.inf)))
        due[wave] -= 1
        left[wave] -= 1
        out.append(wave + 1)
    return out


def _arm(patch: _Patch, at: int, destination: str) -> Organisation:
    arm = patch.body("pct", at, closes=patch.layout.dates.arms_close, successors=(destination,))
    return attrs.evolve(arm, name=f"{arm.name} provider arm", kind="pct-provider", parent=arm.name)


def _destination(kind: str, region: Region) -> str:
    return f"{DESTINATIONS[kind]}, {region.name}"


def _standing(kind: str, region: Region) -> Organisation:
    """One organisation for all of a kind in a region that exist before and after the reform."""
    return Organisation(name=_destination(kind, region), kind=kind, region=region.name, population=region.residents)


def names_of(bodies: Sequence[Organisation], kind: str) -> tuple[str, ...]:
    """The names of the organisations of one kind, in order."""
    return tuple(body.name for body in bodies if body.kind == kind)
