"""A scenario's opening staff as a specification of margins and base; and the bundled England from its files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import attrs
import numpy as np

from nhstransit import toml
from nhstransit.arrays import Longs
from nhstransit.errors import InputError, check_kind
from nhstransit.law import Law
from nhstransit.organisations.bodies import Organisation
from nhstransit.organisations.posts import Places, found
from nhstransit.synthesis.changes import margins_with
from nhstransit.synthesis.margins import Margins
from nhstransit.synthesis.opening import synthesise, vacancies
from nhstransit.workforce.columns import COLUMNS, Workforce

APART = 1_000_000  # identities between one layer of staff and the next
MARGINS = "england/margins-2010.toml"
COMMUNITY = "england/margins-community-2010.toml"
BODIES = "england/bodies-2010.csv"
ARMS = "england/provider-arms-2010.csv"
FUNDING = "england/posts-2013.toml"
AREAS = "england/high-cost-areas-2010.toml"
START = dt.date(2010, 4, 1)


@attrs.frozen(kw_only=True)
class Layer:
    """Further staff with margins of their own, such as another service or another kind of employer."""

    margins: str
    base: str


@attrs.frozen(kw_only=True)
class StaffSynthesis:
    """Synthesised opening staff. `margins` names a TOML file, `base` one of its bases, `also` further layers.

    Files are beside the scenario's own or among the bundled data.
    """

    margins: str
    base: str
    also: tuple[Layer, ...] = ()

    def can_be_read(self, folder: Path | None = None) -> bool:
        """Whether the file of margins is in `folder` or among the bundled data."""
        try:
            found(self.margins, folder)
        except InputError:
            return False
        return True

    def margins_with(self, changes: Mapping[str, float], folder: Path | None = None) -> Margins:
        """The margins of the first layer with some numbers set: see `nhstransit.synthesis.changes`."""
        return margins_with(load_margins(self.margins, folder), self.base, changes)

    def vacancies(
        self,
        bodies: Sequence[Organisation],
        people: Workforce,
        folder: Path | None = None,
        changes: Mapping[str, float] | None = None,
    ) -> Longs:
        """Posts of each employer that nobody holds at the opening, (bodies,), from the draws of the first layer.

        Args:
            bodies: all organisations of the scenario, in its order.
            people: the opening staff.
            folder: folder of the scenario's own files.
            changes: numbers of the first layer's margins to set, by path.
        """
        return vacancies(self.margins_with(changes or {}, folder).draws, bodies, people)

    def workforce(
        self,
        bodies: Sequence[Organisation],
        functions: Sequence[str],
        *,
        staff_seed: int,
        on: dt.date,
        folder: Path | None = None,
        changes: Mapping[str, float] | None = None,
        law: Law | None = None,
    ) -> Workforce:
        """The staff on a day. Each layer's identities start at a new million, so further layers do not change the first.

        Args:
            bodies: all organisations of the scenario, in its order.
            functions: all functions of the scenario, in its order.
            staff_seed: root of the staff's random draws.
            on: the opening day.
            folder: folder of the scenario's own files.
            changes: numbers of the first layer's margins to set, by path.
            law: the law, for pay points and pension sections; by default the bundled law.

        Raises:
            FormatError: for a file that is not valid.
            StaffError: for margins that contradict each other.
        """
        out: list[Workforce] = []
        layers = (Layer(margins=self.margins, base=self.base), *self.also)
        for number, layer in enumerate(layers):
            margins = load_margins(layer.margins, folder)
            if number == 0 and changes:
                margins = margins_with(margins, layer.base, changes)
            made = synthesise(
                margins,
                bodies,
                functions,
                base=layer.base,
                staff_seed=staff_seed,
                on=on,
                first_staff=number * APART,
                law=law,
            )
            out.append(made)
        return joined(out)


@attrs.frozen(eq=False)
class Opened:
    """An opening: organisations with their posts, functions, and the staff."""

    bodies: tuple[Organisation, ...]
    functions: tuple[str, ...]
    staff: Workforce

    def __repr__(self) -> str:
        return f"Opened({len(self.bodies)} bodies, {len(self.functions)} functions, {self.staff!r})"


def load_margins(name: str, folder: Path | None = None) -> Margins:
    """The margins in a file of this name, in `folder` or among the bundled data."""
    check_kind("name", name, str, "give text")
    # A user may edit a file of their own between two calls, so only bundled files are cached.
    path = found(name, folder)
    own = folder is not None and path == folder / name
    return toml.load(path, Margins) if own else _bundled_margins(path)


@lru_cache(maxsize=8)
def _bundled_margins(path: Path) -> Margins:
    """Bundled margins, read once: they do not change, and a report reads their numbers one by one."""
    return toml.load(path, Margins)


def joined(parts: Sequence[Workforce]) -> Workforce:
    """One workforce made from several over the same organisations and functions. Identities must differ."""
    if len(parts) == 1:
        return parts[0]
    columns: dict[str, Any] = {}
    for name in COLUMNS:
        columns[name] = np.concatenate([getattr(part, name) for part in parts])
    first = parts[0]
    source = "; ".join(part.source for part in parts)
    return Workforce(**columns, employers=first.employers, functions=first.functions, source=source)


def england(*, base: str = "53100", community: bool = False, staff_seed: int = 2010) -> Opened:
    """England on 1 April 2010 from the bundled data: organisations with the posts of 2013, and the opening staff.

    Args:
        base: number of staff in scope: "48300", "53100" or "64200" whole-time equivalents.
        community: whether to include the 200,000 staff of PCT provider arms.
        staff_seed: root of the staff's random draws.
    """
    functions = tuple(load_margins(MARGINS).functions)
    places = Places(bodies=(BODIES, ARMS) if community else (BODIES,), funding=FUNDING, areas=AREAS)
    bodies = places.organisations(functions)
    also = (Layer(margins=COMMUNITY, base="200000"),) if community else ()
    spec = StaffSynthesis(margins=MARGINS, base=base, also=also)
    return Opened(bodies, functions, spec.workforce(bodies, functions, staff_seed=staff_seed, on=START))
