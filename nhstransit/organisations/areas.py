"""Which organisations pay a high-cost-area supplement, by region and name."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from nhstransit.errors import FormatError, nearest
from nhstransit.fields import QUALITIES, one_of, some_of
from nhstransit.organisations.bodies import AREAS, KINDS, Organisation


@attrs.frozen(kw_only=True)
class Area:
    """One zone, and the organisations in it: those named, and those of these kinds in these regions."""

    zone: str = one_of(AREAS)
    regions: tuple[str, ...] = ()
    kinds: tuple[str, ...] = some_of(KINDS, ())
    names: tuple[str, ...] = ()
    sources: tuple[str, ...]
    quality: str = one_of(QUALITIES)
    note: str = ""


@attrs.frozen(kw_only=True)
class Areas:
    """Zones in order: the first that an organisation is in holds. One with a zone of its own keeps it."""

    about: str = ""
    area: tuple[Area, ...]

    def of(self, bodies: Sequence[Organisation]) -> tuple[Organisation, ...]:
        """The organisations with their zones. Raises FormatError for a name that none has, with the nearest."""
        known = {body.name for body in bodies}
        for area in self.area:
            for name in area.names:
                if name not in known:
                    raise FormatError(f"area {area.zone}: names", f"has {name!r}", nearest(name, known))
        return tuple(
            body if body.high_cost_area else attrs.evolve(body, high_cost_area=self._zone(body)) for body in bodies
        )

    def _zone(self, body: Organisation) -> str:
        for area in self.area:
            if body.name in area.names or (body.region in area.regions and body.kind in area.kinds):
                return area.zone
        return ""
