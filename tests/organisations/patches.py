"""The bodies of a layout, made: region by region, each in its patch, with parents and successors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import attrs
import numpy as np

from nhstransit.arrays import Longs
from nhstransit.organisations.bodies import Organisation, check
from nhstransit.organisations.layout import Layout, Region, beside, clusters, sizes
from nhstransit.rounding import in_turn, largest_remainder

ENGLAND = "England"  # the region of a national body
DEPARTMENT, ARMS_LENGTH = (
    "Department of Health (work that moved or ended)",
    "Arm's-length bodies (work that moved or ended)",
)
BOARD, PROPERTY = "NHS Commissioning Board, national team", "NHS Property Services"
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


@attrs.frozen(eq=False)
class _Patch:
    """One region laid out: residents, names and home clusters of its bodies by kind."""

    layout: Layout
    region: Region
    people: dict[str, Longs]
    names: dict[str, list[str]]
    homes: dict[str, list[str]]

    def along(self, kind: str, other: str) -> list[str]:
        """For each body of a kind the name of the body of another that serves the middle of its residents."""
        return [self.names[other][at] for at in beside(self.people[kind], self.people[other]).tolist()]

    def body(self, kind: str, at: int, **more: Any) -> Organisation:
        """One body of the patch."""
        home = self.homes[kind][at] if kind in self.homes else ""
        residents = int(self.people[kind][at])
        region = self.region.name
        return Organisation(
            name=self.names[kind][at], kind=kind, region=region, cluster=home, population=residents, **more
        )


def lay_out(layout: Layout) -> tuple[Organisation, ...]:
    """All bodies of a layout without provider arms, senders first; checked as a table read from a file would be."""
    patches = [_patch(layout, region) for region in layout.region]
    waves = iter(_waves(layout))
    senders = [*_national_senders(layout), *(body for patch in patches for body in _senders(patch))]
    boards = sorted({region.board for region in layout.region})
    heirs = [body for patch in patches for body in _heirs(patch, waves)]
    bodies = (*senders, *_national_heirs(layout), *(_board_region(layout, name) for name in boards), *heirs)
    check(bodies)
    return bodies


def lay_out_arms(layout: Layout) -> tuple[Organisation, ...]:
    """The option of provider arms: one for each PCT, and the bodies they go to whole, one of a kind a region.

    Destinations are shared out over arms, not people, by the layout's shares; remainders go on from region to region.
    """
    kinds = list(layout.arms)
    counts = in_turn([region.pcts for region in layout.region], [layout.arms[kind] for kind in kinds])
    out = []
    for region, row in zip(layout.region, counts.tolist(), strict=True):
        patch = _patch(layout, region)
        places = np.repeat(np.arange(len(kinds)), row)[
            np.argsort(np.arange(region.pcts) * 7 % region.pcts, kind="stable")
        ]
        for at, place in enumerate(places.tolist()):
            out.append(_arm(patch, at, _destination(kinds[place], region)))
        out += [_standing(kinds[place], region) for place, count in enumerate(row) if count]
    return tuple(sorted(out, key=lambda body: body.kind != "pct-provider"))


def _patch(layout: Layout, region: Region) -> _Patch:
    """A region's residents shared out over its bodies; CSUs and area teams serve equal parts of it."""
    people = {
        kind: sizes(region.residents, count, layout.spread)
        for kind, count in (("pct", region.pcts), ("ccg", region.ccgs), ("council", region.councils))
    }
    for kind, count in (("csu", region.csus), ("board-area", region.area_teams)):
        people[kind] = largest_remainder(region.residents, np.ones(count))
    names = {kind: _names(region.name, MARKS[kind], len(residents)) for kind, residents in people.items()}
    own = clusters(region, people["pct"])
    homes = {kind: [own[at] for at in beside(people[kind], people["pct"])] for kind in ("ccg", "council")}
    return _Patch(layout, region, people, names, {"pct": own, **homes})


def _names(region: str, mark: str, count: int) -> list[str]:
    return [f"{region} {mark} {place:02d}" for place in range(1, count + 1)]


def _national_senders(layout: Layout) -> list[Organisation]:
    """The Department and its arm's-length bodies: only the part whose work moves or ends, so they close."""
    close = layout.dates.close
    heirs = (BOARD, OTHERS["phe"], OTHERS["hee"], OTHERS["tda"], OTHERS["hscic"])
    return [
        Organisation(name=DEPARTMENT, kind="dh", region=ENGLAND, closes=close, successors=heirs),
        Organisation(name=ARMS_LENGTH, kind="alb", region=ENGLAND, closes=close, successors=heirs),
    ]


def _senders(patch: _Patch) -> list[Organisation]:
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
    heirs = _pct_heirs(patch)
    return [
        sha,
        *(patch.body("pct", at, closes=close, parent=sha.name, successors=names) for at, names in enumerate(heirs)),
    ]


def _pct_heirs(patch: _Patch) -> list[tuple[str, ...]]:
    """Successors of each PCT: those of its cluster, those beside it, and who takes what is left in the region."""
    rest = (PROPERTY, ELSEWHERE.format(region=patch.region.name))
    near = [patch.along("pct", kind) for kind in ("ccg", "council", "csu", "board-area")]
    out = []
    for at, home in enumerate(patch.homes["pct"]):
        kin = [
            name
            for kind in ("ccg", "council")
            for name, other in zip(patch.names[kind], patch.homes[kind], strict=True)
            if other == home
        ]
        out.append((*dict.fromkeys([*kin, *(names[at] for names in near)]), *rest))
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
    """A region's successor bodies; an area team rates the commissioning groups beside it, and is rated by its region."""
    dates = patch.layout.dates
    later = {"shadow": dates.posts_open, "opens": dates.live}
    out = []
    for at, team in enumerate(patch.along("ccg", "board-area")):
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
    """Posts that some body of the region has, none of those named: the balance of what was reported."""
    region = patch.region
    name = ELSEWHERE.format(region=region.name)
    return Organisation(name=name, kind="nhs-elsewhere", region=region.name, population=region.residents, **later)


def _waves(layout: Layout) -> list[int]:
    """The wave, from 1, of each commissioning group in order: every stretch of them holds each wave in proportion."""
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
    """A body that was there before and goes on: all of a kind in a region, taken as one."""
    return Organisation(name=_destination(kind, region), kind=kind, region=region.name, population=region.residents)


def names_of(bodies: Sequence[Organisation], kind: str) -> tuple[str, ...]:
    """The names of the bodies of one kind, in order."""
    return tuple(body.name for body in bodies if body.kind == kind)
