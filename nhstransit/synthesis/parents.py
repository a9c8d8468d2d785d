"""Every bundled number with its sources: law, England's margins, organisations, posts and bridge, in one table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from nhstransit import tables, toml
from nhstransit.errors import FormatError, check_kind, check_several, nearest
from nhstransit.fields import QUALITIES, one_of
from nhstransit.law import parameters
from nhstransit.law.parameters import Source
from nhstransit.organisations.areas import Areas
from nhstransit.organisations.bodies import KINDS
from nhstransit.organisations.funds import Funding
from nhstransit.organisations.layout import Layout
from nhstransit.organisations.posts import found
from nhstransit.synthesis.bridge import Bridge
from nhstransit.synthesis.margins import Margins
from nhstransit.synthesis.staff import AREAS, COMMUNITY, FUNDING, MARGINS, load_margins

if TYPE_CHECKING:
    import pandas as pd

LAYOUT = "england/layout-2010.toml"
BRIDGE = "england/bridge-2010-13.toml"
PUBLISHED = "england/published-2010.toml"
SOURCES = "england/sources.toml"
SINCE_2025 = tuple(f"england/margins-{part}-2025.toml" for part in ("icb", "clinical-leads", "centre"))
UNSURE = ("recalled", "assumption")  # grades never shown as evidence


@attrs.frozen(kw_only=True)
class Known:
    """One bundled number or set of numbers: location, meaning, source, quality, and the reason for its use."""

    file: str
    what: str
    value: str
    unit: str
    sources: tuple[Source, ...]
    quality: str
    note: str
    range: str = ""


@attrs.frozen(kw_only=True)
class Total:
    """A published total of one kind of organisation, in pounds per year, to compare with a table of the opening."""

    id: str
    title: str
    kind: str = one_of(KINDS)
    pounds: float
    sources: tuple[str, ...]
    quality: str = one_of(QUALITIES)
    note: str = ""


@attrs.frozen(kw_only=True)
class Published:
    """Published totals to compare with a run or an opening."""

    about: str = ""
    total: tuple[Total, ...]


@attrs.frozen(kw_only=True)
class _Bibliography:
    about: str = ""
    source: tuple[Source, ...]


def load_bridge() -> Bridge:
    """The bundled scope bridge of 2010 to 2013."""
    return toml.load(found(BRIDGE), Bridge)


def load_published() -> Published:
    """The bundled published totals of 2010."""
    return toml.load(found(PUBLISHED), Published)


def bibliography() -> Mapping[str, Source]:
    """Every bundled source by its id, from England's bibliography and the law's."""
    own = {source.id: source for source in toml.load(found(SOURCES), _Bibliography).source}
    return {**parameters.bundled().sources, **own}


def provenance() -> tuple[Known, ...]:
    """Every bundled number, law first. Raises FormatError for a number whose source is not in the bibliography."""
    books = bibliography()
    england = [_known(books, **row) for row in _england()]
    return (*_law(books), *england)


def provenance_frame(numbers: Sequence[Known]) -> pd.DataFrame:
    """One line per number and source.

    Columns: file, what, value, unit, quality and range of the number; title, publisher, date and reference (address or
    id) of the source; why (the note of the number, otherwise of the source).
    """
    check_several("numbers", numbers)
    rows = [(number, source) for number in numbers for source in number.sources]
    own = ("file", "what", "value", "unit", "quality", "range")
    columns: dict[str, Any] = {name: [getattr(number, name) for number, _ in rows] for name in own}
    columns |= {name: [getattr(source, name) for _, source in rows] for name in ("title", "publisher", "date")}
    columns["reference"] = [source.url or source.id for _, source in rows]
    columns["why"] = [number.note or source.note for number, source in rows]
    return tables.frame(columns)


def assumed(margins: Margins, where: str = "margins") -> tuple[Known, ...]:
    """The numbers of a user's or the bundled margins that are from memory or assumed, so that a board knows them."""
    check_kind("margins", margins, Margins)
    return tuple(row for row in known(margins, where) if row.quality in UNSURE)


def known(margins: Margins, where: str = "margins") -> tuple[Known, ...]:
    """Every number of a user's or the bundled margins. A source that is in no bibliography is given by its id."""
    # Every source gets an entry with only its id. Entries of the bibliography then replace those that it has.
    books = {identity: Source(id=identity, title=identity, publisher="", date="") for identity in _ids(margins)}
    books |= dict(bibliography())
    return tuple(_known(books, **row) for row in _margins(where, margins))


def _ids(margins: Margins) -> set[str]:
    parts: list[Any] = [
        *margins.base.values(),
        *margins.margin,
        *margins.mix,
        *margins.median,
        *margins.tilt,
        *margins.odds,
        margins.latents,
        margins.draws,
    ]
    return {identity for part in parts for identity in part.sources}


def _known(books: Mapping[str, Source], *, file: str, what: str, part: Any, value: Any, unit: str) -> Known:
    """One line, with its sources looked up."""
    for identity in part.sources:
        if identity not in books:
            raise FormatError(
                f"{file}: {what}: sources", f"has the unknown name {identity!r}", nearest(identity, books)
            )
    # Parts differ in how they state ranges: several by category, one, or a factor of the odds.
    span = getattr(part, "ranges", None) or getattr(part, "range", None)
    spread = getattr(part, "spread", 0.0)
    ranges = []
    if span:
        ranges.append(_shown(span))
    if spread:
        ranges.append(f"odds divided and multiplied by {spread:g}")
    return Known(
        file=file,
        what=what,
        value=_shown(value),
        unit=unit,
        sources=tuple(books[identity] for identity in part.sources),
        quality=part.quality,
        note=part.note,
        range="; ".join(ranges),
    )


def _shown(value: Any) -> str:
    """A number, or several by name, on one line."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_shown(item)}" for name, item in value.items())
    if isinstance(value, (list, tuple)):
        return " to ".join(_shown(item) for item in value)
    return f"{value:g}" if isinstance(value, float) and abs(value) < 1e6 else f"{value}"


def _law(books: Mapping[str, Source]) -> list[Known]:
    """The dated parameters. A parameter that is derived from others has their sources."""
    store = parameters.bundled()
    entries = store.entries()
    out = []
    for entry in entries:
        # A source that is not a work is the name of a parameter, whose own works are then listed.
        parents = [identity for identity in entry.sources if identity in books]
        follows = [identity for identity in entry.sources if identity not in books]
        for other in entries:
            if other.parameter in follows:
                parents += [book for book in other.sources if book in books]
        out.append(
            Known(
                file="parameters",
                what=f"{entry.parameter}, from {entry.since}",
                value=_shown(getattr(entry, "value", "")),
                unit=entry.unit,
                sources=tuple(books[identity] for identity in dict.fromkeys(parents)),
                quality=entry.quality,
                note=entry.note,
                range=_shown(entry.range) if entry.range else "",
            )
        )
    return out


def _england() -> Iterator[dict[str, Any]]:
    """Each number of the bundled England files, with its location."""
    for name in (MARGINS, COMMUNITY, *SINCE_2025):
        yield from _margins(name, load_margins(name))
    layout = toml.load(found(LAYOUT), Layout)
    for given in layout.given:
        yield {"file": LAYOUT, "what": given.what, "part": given, "value": _laid_out(layout, given.what), "unit": ""}
    for area in toml.load(found(AREAS), Areas).area:
        value = (*area.names, *(f"others of {region}" for region in area.regions))
        yield {"file": AREAS, "what": f"zone {area.zone}", "part": area, "value": ", ".join(value), "unit": ""}
    yield from _posts(toml.load(found(FUNDING), Funding))
    for step in load_bridge().step:
        span = (step.low,) if step.low == step.high else (step.low, step.high)
        yield {"file": BRIDGE, "what": step.name, "part": step, "value": span, "unit": "people"}
    for total in load_published().total:
        yield {"file": PUBLISHED, "what": total.title, "part": total, "value": total.pounds, "unit": "pounds a year"}


def _margins(file: str, margins: Margins) -> Iterator[dict[str, Any]]:
    for name in margins.base:
        base = margins.heads_base(name)
        yield {"file": file, "what": f"base {name}", "part": base, "value": base.sizes, "unit": base.unit}
    for margin in margins.margin:
        shares: Any = margin.by or margin.shares or margin.counts
        unit = "people" if margin.counts else "share of people"
        yield {"file": file, "what": f"margin of {margin.name}", "part": margin, "value": shares, "unit": unit}
    for mix in margins.mix:
        what = f"bands in {KINDS[mix.kind]}"
        yield {"file": file, "what": what, "part": mix, "value": mix.shares, "unit": "share of people"}
    for one in margins.median:
        what = f"median of {one.of} within {one.within} {one.group}"
        yield {"file": file, "what": what, "part": one, "value": one.years, "unit": "years"}
    for tilt in margins.tilt:
        what = f"tilt of {' and '.join(tilt.of)}"
        yield {"file": file, "what": what, "part": tilt, "value": tilt.strength, "unit": "log odds"}
    for odds in margins.odds:
        what = f"odds of {odds.of} within {odds.within}"
        yield {"file": file, "what": what, "part": odds, "value": odds.by, "unit": "odds"}
    for what in ("latents", "draws"):
        part = getattr(margins, what)
        skipped = ("sources", "quality", "ranges", "note")
        value = {
            field.name: getattr(part, field.name) for field in attrs.fields(type(part)) if field.name not in skipped
        }
        yield {"file": file, "what": what, "part": part, "value": value, "unit": "as named"}


def _laid_out(layout: Layout, what: str) -> Any:
    """The value of one part of a layout: a column over regions, a date, or a number."""
    if what.startswith("dates."):
        return getattr(layout.dates, what.removeprefix("dates."))
    if hasattr(layout, what):
        return getattr(layout, what)
    return {region.name: getattr(region, what) for region in layout.region}


def _posts(funding: Funding) -> Iterator[dict[str, Any]]:
    skipped = ("sources", "quality", "ranges", "note")
    for what in ("allowance", "payroll"):
        part = getattr(funding, what)
        fields = [field.name for field in attrs.fields(type(part)) if field.name not in skipped]
        value: dict[str, Any] = {name: getattr(part, name) for name in fields}
        yield {"file": FUNDING, "what": what, "part": part, "value": value, "unit": "as named"}
    if funding.total is not None:
        yield {
            "file": FUNDING,
            "what": "all posts",
            "part": funding.total,
            "value": funding.total.posts,
            "unit": "posts",
        }
    if funding.bands_within is not None:
        for function, odds in funding.bands_within.odds.items():
            what = f"bands of posts in {function}"
            yield {"file": FUNDING, "what": what, "part": funding.bands_within, "value": odds, "unit": "relative odds"}
    for name, mix in funding.mix.items():
        value = {**mix.functions, **mix.bands}
        yield {"file": FUNDING, "what": f"mix {name}", "part": mix, "value": value, "unit": "share of posts"}
    for plan in funding.plan:
        what = f"posts of {KINDS[plan.kind]}"
        given = plan.posts or plan.money or plan.by
        yield {"file": FUNDING, "what": what, "part": plan, "value": given, "unit": "posts"}
