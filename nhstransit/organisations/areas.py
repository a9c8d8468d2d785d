"""Decides by region and name which organisations pay a high-cost-area supplement."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from nhstransit.errors import FormatError, nearest
from nhstransit.fields import QUALITIES, one_of, some_of
from nhstransit.organisations.bodies import AREAS, KINDS, Organisation


@attrs.frozen(kw_only=True)
class Area:
    """One zone, and the organisations in it: some by name, and all of certain kinds in certain regions."""

    zone: str = one_of(AREAS)
    regions: tuple[str, ...] = ()
    kinds: tuple[str, ...] = some_of(KINDS, ())
    names: tuple[str, ...] = ()
    sources: tuple[str, ...]
    quality: str = one_of(QUALITIES)
    note: str = ""


@attrs.frozen(kw_only=True)
class Areas:
    """Zones in order of precedence: the first zone that includes an organisation applies, unless it already has a zone."""

    about: str = ""
    area: tuple[Area, ...]

    def of(self, bodies: Sequence[Organisation]) -> tuple[Organisation, ...]:
        """The organisations with their zones. Raises FormatError for an unknown name, with the nearest known one."""
        # A misspelled name would otherwise leave its organisation without a supplement.
        known = {body.name for body in bodies}
        for area in self.area:
            for name in area.names:
                if name not in known:
                    raise FormatError(
                        f"area {area.zone}: names", f"contains the unknown name {name!r}", nearest(name, known)
                    )
        # A zone in the organisation's own table has precedence.
        zoned = []
        for body in bodies:
            zone = body.high_cost_area or self._zone(body)
            zoned.append(attrs.evolve(body, high_cost_area=zone))
        return tuple(zoned)

    def _zone(self, body: Organisation) -> str:
        for area in self.area:
            if body.name in area.names or (body.region in area.regions and body.kind in area.kinds):
                return area.zone
        return ""
