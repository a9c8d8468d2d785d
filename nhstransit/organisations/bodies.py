"""Bodies that send and receive staff, and what must hold among them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import attrs

from nhstransit.errors import Mistakes, OrganisationError, nearest, shown
from nhstransit.fields import Parent, one_of, whole
from nhstransit.workforce.codes import BANDS, ZONES

AREAS = ZONES[1:]  # zones in which a supplement is paid

KINDS = {
    "sha": "strategic health authority",
    "pct": "primary care trust",
    "pct-provider": "provider arm of a primary care trust",
    "dh": "Department of Health",
    "alb": "arm's-length body",
    "ccg": "clinical commissioning group",
    "csu": "commissioning support unit",
    "board-national": "NHS Commissioning Board, national team",
    "board-region": "NHS Commissioning Board, regional team",
    "board-area": "NHS Commissioning Board, area team",
    "council": "council's public health team",
    "phe": "Public Health England",
    "hee": "Health Education England",
    "hscic": "Health and Social Care Information Centre",
    "property": "NHS Property Services",
    "tda": "NHS Trust Development Authority",
    "community-provider": "community provider",
    "mental-health-trust": "mental health trust",
    "acute-trust": "acute trust",
    "social-enterprise": "social enterprise",
    "nhs-england": "NHS England",
    "icb": "integrated care board",
    "nhs-elsewhere": "elsewhere in the NHS",
}


@attrs.frozen(kw_only=True)
class Establishment:
    """Funded posts of one function and band; from the body's first day, or from a later one."""

    function: str
    band: str = one_of(BANDS)
    posts: int = whole(parent=Parent(unit="posts"))
    since: dt.date | None = None


@attrs.frozen(kw_only=True)
class Organisation:
    """One body; without dates it was there before and goes on after.

    `shadow` is the day from which its posts can be filled, `opens` the day from which it employs, `closes` its last day.
    `high_cost_area` is the zone whose supplement its staff are paid on top of basic pay ("inner", "outer" or "fringe"). A
    clinical commissioning group is `authorised` in one of several waves, counted from 1, while it is in shadow form.
    """

    name: str
    kind: str = one_of(KINDS)
    region: str
    cluster: str = ""
    population: int = whole(0, parent=Parent(unit="residents"))
    shadow: dt.date | None = None
    opens: dt.date | None = None
    closes: dt.date | None = None
    wave: int = whole(0, high=99, parent=Parent(unit="waves"))
    authorised: dt.date | None = None
    parent: str = ""
    high_cost_area: str = one_of(("", *AREAS), "")
    successors: tuple[str, ...] = ()
    establishment: tuple[Establishment, ...] = ()

    def __attrs_post_init__(self) -> None:
        first = self.founded
        if self.shadow and self.opens and self.opens < self.shadow:
            raise OrganisationError(self.name, f"opens {self.opens}, before its shadow form", "give a later `opens`")
        if first and self.closes and self.closes < first:
            raise OrganisationError(self.name, f"closes {self.closes}, before it opens ({first})", "give a later date")
        if self.authorised and self.opens and self.opens < self.authorised:
            raise OrganisationError(self.name, f"opens {self.opens}, before it is authorised", "give a later `opens`")
        for line in self.establishment:
            if line.since and self.closes and line.since > self.closes:
                wrong = f"has {line.function} posts from {line.since}, when it is shut ({self.closes})"
                raise OrganisationError(self.name, wrong, "give an earlier `since`, or the posts to a successor")
            if line.since and first and line.since < first:
                wrong = f"has {line.function} posts from {line.since}, before it stands ({first})"
                raise OrganisationError(self.name, wrong, "give a later `since`")

    @property
    def founded(self) -> dt.date | None:
        """The first day on which its posts can be filled; None where it was there before."""
        return self.shadow or self.opens


def check(bodies: Iterable[Organisation]) -> None:
    """Raise OrganisationError for each name given twice, each dangling parent or successor, or a circle of successors."""
    mistakes, by_name = Mistakes(), dict[str, Organisation]()
    for body in bodies:
        if body.name in by_name:
            mistakes.add(OrganisationError(body.name, "is named twice", "give each body a name of its own"))
        by_name[body.name] = body
    for body in by_name.values():
        for role, names in (("successor", body.successors), ("parent", (body.parent,) if body.parent else ())):
            for name in names:
                if name not in by_name:
                    wrong = f"names {shown(name)}"
                    mistakes.add(OrganisationError(f"{body.name}: {role}", wrong, nearest(name, by_name)))
    mistakes.tell()
    for relation in ("successors", "parent"):
        _refuse_circle(by_name, relation)


def _refuse_circle(by_name: dict[str, Organisation], relation: str) -> None:
    """Raise OrganisationError where following a relation from a body leads back to it."""
    from graphlib import CycleError, TopologicalSorter

    def following(body: Organisation) -> tuple[str, ...]:
        return body.successors if relation == "successors" else ((body.parent,) if body.parent else ())

    try:
        TopologicalSorter({name: following(body) for name, body in by_name.items()}).prepare()
    except CycleError as error:
        circle = " → ".join(error.args[1][::-1])
        raise OrganisationError(relation, f"go round in a circle: {circle}", "break it at one of them") from None
