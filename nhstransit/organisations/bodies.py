"""Organisations that send and receive staff, and the checks of a set of organisations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import cached_property

import attrs
import numpy as np

from nhstransit.arrays import AnyArray, Bools, Ints, Keys, Longs, among, guarded
from nhstransit.dates import Calendar
from nhstransit.errors import Mistakes, OrganisationError, nearest, shown
from nhstransit.fields import Parent, one_of, whole
from nhstransit.phrases import listed
from nhstransit.streams import name_key, replicated
from nhstransit.workforce.columns import BANDS, NEVER, ZONES

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
    "dhsc": "Department of Health and Social Care",
    "dhsc-region": "regional team of the Department of Health and Social Care",
}
_ONE_AND_SEVERAL = {  # kinds that may have many members and whose plural is not just an added "s"
    "sha": ("strategic health authority", "strategic health authorities"),
    "pct-provider": ("provider arm of a primary care trust", "provider arms of primary care trusts"),
    "alb": ("arm's-length body", "arm's-length bodies"),
    "board-region": ("NHS Commissioning Board regional team", "NHS Commissioning Board regional teams"),
    "board-area": ("NHS Commissioning Board area team", "NHS Commissioning Board area teams"),
    "council": ("council's public health team", "councils' public health teams"),
    "dhsc-region": (
        "regional team of the Department of Health and Social Care",
        "regional teams of the Department of Health and Social Care",
    ),
    "nhs-elsewhere": ("body elsewhere in the NHS", "bodies elsewhere in the NHS"),
}
_ALONE = {  # kinds with only one member
    "dh": "the Department of Health",
    "board-national": "the NHS Commissioning Board's national team",
    "phe": "Public Health England",
    "hee": "Health Education England",
    "hscic": "the Health and Social Care Information Centre",
    "property": "NHS Property Services",
    "tda": "the NHS Trust Development Authority",
    "nhs-england": "NHS England",
    "dhsc": "the Department of Health and Social Care",
}
_KIND_CODES = {kind: code for code, kind in enumerate(KINDS)}
LISTED = 5  # a sentence lists up to this many kinds or employers; of more, it gives only the number


def number_of_bodies(count: int, kind: str) -> str:
    """A number of organisations of a kind, such as "151 primary care trusts". For a kind with one member, its name."""
    if kind in _ALONE:
        return _ALONE[kind] if count == 1 else f"{count:,} × {KINDS[kind]}"
    one, several = _ONE_AND_SEVERAL.get(kind, (KINDS[kind], f"{KINDS[kind]}s"))
    return f"{count:,} {one if count == 1 else several}"


def kinds_in_words(kinds: Sequence[str]) -> str:
    """Some kinds of organisation, such as "primary care trusts and the Department of Health"; of many, the number."""
    if len(kinds) > LISTED:
        return f"bodies of {len(kinds)} kinds"
    # A kind with one member has a name; others have a plural, which may be irregular.
    plurals = (_ALONE.get(kind) or _ONE_AND_SEVERAL.get(kind, ("", f"{KINDS[kind]}s"))[1] for kind in kinds)
    return listed(plurals) or "no body"


MOST_BODIES = 32_000  # employers are stored in 16 bits
MOST_POSTS = 5_000_000  # in a scenario: more than three times the posts of the whole NHS in England
MOST_RESIDENTS = 1_000_000_000


@attrs.frozen(kw_only=True)
class Establishment:
    """Funded posts of one function and band, from the organisation's first day or from a later day."""

    function: str
    band: str = one_of(BANDS)
    posts: int = whole(high=MOST_POSTS, parent=Parent(unit="posts"))
    since: dt.date | None = None


@attrs.frozen(kw_only=True)
class Organisation:
    """One organisation. Without dates it existed before the scenario and continues after it.

    `shadow` is the first day on which its posts can be filled, `opens` is the first day on which it employs staff, and
    `closes` is its last day. `high_cost_area` is the zone whose supplement its staff get on top of basic pay ("inner",
    "outer" or "fringe"). A clinical commissioning group is `authorised` while it is in shadow form, in one of several
    waves, counted from 1.

    `size` is its staff in whole-time equivalents in a published count, and `sized_by` names that count. Staff who are
    synthesised by kind are divided by size if every organisation of the kind was counted.
    """

    name: str
    kind: str = one_of(KINDS)
    region: str
    cluster: str = ""
    population: int = whole(0, high=MOST_RESIDENTS, parent=Parent(unit="residents"))
    size: int = whole(0, high=MOST_POSTS, parent=Parent(unit="whole-time equivalents"))
    sized_by: str = ""
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
                wrong = f"has {line.function} posts from {line.since}, after it closes ({self.closes})"
                raise OrganisationError(self.name, wrong, "give an earlier `since`, or give the posts to a successor")
            if line.since and first and line.since < first:
                wrong = f"has {line.function} posts from {line.since}, before it opens ({first})"
                raise OrganisationError(self.name, wrong, "give a later `since`")

    @property
    def founded(self) -> dt.date | None:
        """The first day on which its posts can be filled. None if it existed before the scenario."""
        return self.shadow or self.opens


_USUAL_STEPS = 3  # from an organisation to a last successor


def check(bodies: Iterable[Organisation]) -> None:
    """Raise OrganisationError for each repeated name, each parent or successor that does not exist, and each circle."""
    mistakes = Mistakes()
    by_name = dict[str, Organisation]()
    bodies = tuple(bodies)
    # The limits come first, because the checks below would take long for a file beyond them.
    if len(bodies) > MOST_BODIES:
        wrong = f"are too many ({len(bodies):,})"
        raise OrganisationError("organisations", wrong, f"give at most {MOST_BODIES:,}")
    posts = sum(line.posts for body in bodies for line in body.establishment)
    if posts > MOST_POSTS:
        wrong = f"have too many posts ({posts:,})"
        mistakes.add(OrganisationError("organisations", wrong, f"give at most {MOST_POSTS:,} in total"))
    for body in bodies:
        if body.name in by_name:
            mistakes.add(OrganisationError(body.name, "occurs twice", "give each organisation a different name"))
        by_name[body.name] = body
    for body in by_name.values():
        for role, names in (("successor", body.successors), ("parent", (body.parent,) if body.parent else ())):
            for name in names:
                if name not in by_name:
                    wrong = f"refers to the unknown organisation {shown(name)}"
                    mistakes.add(OrganisationError(f"{body.name}: {role}", wrong, nearest(name, by_name)))
    mistakes.tell()
    # Circles are looked for only when every name is known.
    for relation in ("successors", "parent"):
        _refuse_circle(by_name, relation)


def _refuse_circle(by_name: dict[str, Organisation], relation: str) -> None:
    """Raise OrganisationError if following a relation from an organisation leads back to it."""
    from graphlib import CycleError, TopologicalSorter

    def following(body: Organisation) -> tuple[str, ...]:
        if relation == "successors":
            return body.successors
        return (body.parent,) if body.parent else ()

    graph = {name: following(body) for name, body in by_name.items()}
    for _ in range(_USUAL_STEPS):  # faster than sorting: organisations that lead nowhere are in no circle
        graph = {name: names for name, names in graph.items() if any(after in graph for after in names)}
    if not graph:
        return
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        # The error's second argument is the circle, with its first name again at the end.
        circle = " → ".join(error.args[1][::-1])
        raise OrganisationError(relation, f"form a circle: {circle}", "remove one of these links") from None


# The organisations of a scenario as columns, so that policies can look up many people's employers at once.


@attrs.frozen(eq=False, kw_only=True)
class Roster:
    """Organisations in the scenario's order: names, and (bodies,) columns of codes and days."""

    names: tuple[str, ...]  # name of each employer
    regions: tuple[str, ...]  # names of the regions
    kind: Ints  # code of the kind
    region: Ints  # index of the employer's region in `regions`
    stands: Ints  # first day on which its posts can be filled; 0 or less if it existed before the scenario
    opens: Ints  # first day on which it employs staff; 0 or less if it existed before the scenario
    closes: Ints  # last day of the employer; NEVER if it continues
    area: Ints  # code of the high-cost zone whose supplement its staff get; 0 for none
    population: Longs  # number of residents; 0 if not given
    clusters: tuple[str, ...]  # names of the clusters
    cluster: Ints  # index of the employer's cluster in `clusters`; −1 if the employer is in none
    heirs: tuple[tuple[int, ...], ...]  # for each employer, the rows of its successors
    wave: Ints  # wave of authorisation of a commissioning group, from 1; 0 for all others
    authorised: Ints  # first day on which it may employ and hire by itself; 0 or less if it needs no authorisation
    replications: int = 1  # number of replications simulated together, one after another

    @classmethod
    def of(cls, bodies: Sequence[Organisation], calendar: Calendar) -> Roster:
        """The roster of these organisations, with days in this calendar."""
        regions = tuple(sorted({body.region for body in bodies}))
        clusters = tuple(sorted({body.cluster for body in bodies if body.cluster}))
        # Positions by name; an organisation without a cluster has −1.
        place = {body.name: number for number, body in enumerate(bodies)}
        group = {"": -1} | {name: number for number, name in enumerate(clusters)}
        kinds = tuple(KINDS)

        def column(items: Iterable[int]) -> Ints:
            return guarded(np.fromiter(items, "int32", len(bodies)))

        return cls(
            names=tuple(body.name for body in bodies),
            regions=regions,
            kind=column(kinds.index(body.kind) for body in bodies),
            region=column(regions.index(body.region) for body in bodies),
            stands=column(calendar.day(body.founded or calendar.start) for body in bodies),
            opens=column(calendar.day(body.opens or body.shadow or calendar.start) for body in bodies),
            closes=column(calendar.day(body.closes) if body.closes else NEVER for body in bodies),
            area=column(ZONES.index(body.high_cost_area or "none") for body in bodies),
            population=guarded(np.array([body.population for body in bodies], "int64")),
            clusters=clusters,
            cluster=column(group[body.cluster] for body in bodies),
            heirs=tuple(tuple(place[name] for name in body.successors) for body in bodies),
            wave=column(body.wave for body in bodies),
            authorised=column(calendar.day(body.authorised) if body.authorised else 0 for body in bodies),
        )

    def __len__(self) -> int:
        return len(self.names)

    def side_by_side(self, replications: int) -> Roster:
        """The same organisations several times, one replication after another. Each replication has its own regions and
        clusters.

        Names are not changed, so each occurs once in every replication.
        """

        def again(column: Ints, step: int) -> Ints:
            """A column of positions, which rise by `step` in each replication; negative ones do not change."""
            moved = np.tile(column, replications)
            ahead = np.repeat(np.arange(replications, dtype="int32") * step, len(self))
            return guarded(np.where(moved >= 0, moved + ahead, moved).astype("int32"))

        # Codes and days are the same in every replication; positions of organisations, regions and clusters rise.
        same = ("kind", "stands", "opens", "closes", "area", "population", "wave", "authorised")
        heirs: list[tuple[int, ...]] = []
        for number in range(replications):
            ahead = number * len(self)
            heirs += [tuple(heir + ahead for heir in each) for each in self.heirs]
        return attrs.evolve(
            self,
            names=self.names * replications,
            regions=self.regions * replications,
            clusters=self.clusters * replications,
            region=again(self.region, len(self.regions)),
            cluster=again(self.cluster, len(self.clusters)),
            heirs=tuple(heirs),
            replications=replications,
            **{name: guarded(np.tile(getattr(self, name), replications)) for name in same},
        )

    @cached_property
    def replication(self) -> Ints:
        """The replication of each organisation: all zero if there is only one."""
        each = len(self) // self.replications
        return guarded(np.repeat(np.arange(self.replications, dtype="int32"), each))

    def keyed(self, keys: Keys, employer: AnyArray) -> AnyArray:
        """Keys of random draws about these employers, or their people or posts.

        If several replications are simulated together, each key includes the replication of its employer.

        Args:
            keys: (n,) keys as in a run of one replication.
            employer: (n,) positions of the employers concerned.
        """
        return keys if self.replications == 1 else replicated(keys, self.replication[employer])

    @cached_property
    def keys(self) -> AnyArray:
        """Keys for draws about whole organisations, made from their names."""
        keys = np.array([name_key(name) for name in self.names], "uint64")
        return self.keyed(keys, np.arange(len(self)))

    def named(self, names: Iterable[str]) -> Bools:
        """Whether each organisation, in every replication, has one of these known names."""
        return self._among(names, self.names, np.arange(len(self)))

    def in_regions(self, names: Iterable[str]) -> Bools:
        """Whether each organisation, in every replication, is in one of these known regions."""
        return self._among(names, self.regions, self.region)

    def _among(self, names: Iterable[str], known: tuple[str, ...], column: AnyArray) -> Bools:
        """Whether the name at each position in a column is one of `names`."""
        each = len(known) // self.replications
        # Positions within the replication, because the names of all replications are the same.
        within = column % max(each, 1)
        return among(within, [known.index(name) for name in names])

    def fellow(self, name: str, employer: AnyArray) -> Ints:
        """The organisation called `name` in the same replication as each of these employers."""
        each = len(self) // self.replications
        return np.asarray(self.names.index(name) + self.replication[employer] * each, "int32")

    def of_kinds(self, kinds: Iterable[str]) -> Bools:
        """Whether each organisation is of one of these kinds."""
        return among(self.kind, [_KIND_CODES[kind] for kind in kinds])

    def succeeds(self, old: AnyArray, new: AnyArray) -> Bools:
        """Whether the second organisation of each pair is a successor of the first."""
        keys = self._successions
        # One code for each pair, looked up among the sorted codes of all successions.
        pair = np.asarray(old, "int64") * len(self) + new
        if not len(keys):
            return np.zeros(pair.shape, bool)
        at = np.minimum(np.searchsorted(keys, pair), len(keys) - 1)
        return np.asarray(keys[at] == pair)

    @cached_property
    def _successions(self) -> Longs:
        """One number for each pair of an organisation and a successor, sorted."""
        each = [old * len(self) + new for old, heirs in enumerate(self.heirs) for new in heirs]
        return np.array(sorted(each), "int64")
