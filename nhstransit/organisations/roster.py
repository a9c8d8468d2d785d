"""The bodies of a scenario as columns, so that rules can ask about many people's employers at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs
import numpy as np

from nhstransit.arrays import Bools, Ints, Longs, guarded
from nhstransit.dates import Calendar
from nhstransit.organisations.bodies import KINDS, Organisation
from nhstransit.workforce.codes import ZONES
from nhstransit.workforce.columns import NEVER


@attrs.frozen(eq=False, kw_only=True)
class Roster:
    """Bodies in the scenario's order: names, and (bodies,) columns of codes and days."""

    names: tuple[str, ...]
    regions: tuple[str, ...]
    kind: Ints  # position in KINDS
    region: Ints  # position in `regions`
    stands: Ints  # first day its posts can be filled; 0 or less where it was there before
    opens: Ints  # first day it employs; 0 or less where it was there before
    closes: Ints  # last day; NEVER where it goes on
    area: Ints  # position in ZONES of the supplement that its staff are paid; 0 for none
    population: Longs  # residents; 0 where none are told
    clusters: tuple[str, ...]
    cluster: Ints  # position in `clusters`; −1 where it stands alone
    heirs: tuple[tuple[int, ...], ...]  # of each body, the positions of its successors
    wave: Ints  # in which a commissioning group is authorised, from 1; 0 for all others
    authorised: Ints  # first day it may employ by itself, from which it hires; 0 or less where none was needed

    @classmethod
    def of(cls, bodies: Sequence[Organisation], calendar: Calendar) -> Roster:
        """The roster of these bodies, with days counted by this calendar."""
        regions = tuple(sorted({body.region for body in bodies}))
        clusters = tuple(sorted({body.cluster for body in bodies if body.cluster}))
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

    def of_kinds(self, kinds: Iterable[str]) -> Bools:
        """Which bodies are of these kinds, (bodies,)."""
        wanted = [list(KINDS).index(kind) for kind in kinds]
        return np.isin(self.kind, wanted)
