"""Every lever of England 2025 moved, one at a time: which change an event, which the opening staff, and which nothing.

`python -m tests.england.made_levers FILE` plays it and writes the table, row by row; the same call resumes.
"""

from __future__ import annotations

import csv
import datetime as dt
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from nhstransit.engine.simulate import simulate
from nhstransit.errors import InputError
from nhstransit.measures.decision import events_digest
from nhstransit.scenario import Scenario, names_in
from nhstransit.scenario.levers import Lever, every_lever
from tests.small_england_2025 import REGIONS_2025, england_2025, small_england_2025

COLUMNS = ("path", "value", "moved_to", "seen_in", "reason")
EVENTS, STAFF, REFUSED, NOTHING = "events", "opening staff", "refused", ""
PEOPLE = 250
FIRST, LAST = 5, 2  # values that are tried in the boards of a region, and in the whole of England
SEED = 4

APPRAISAL = "read when a run is appraised, not by the run"
NO_CASE = {  # why a lever changes no event, by the beginning of its path; the longest that fits counts
    "law.discount_": APPRAISAL,
    "law.gdp_deflator": APPRAISAL,
    "law.severance_tax_free": APPRAISAL,
    "law.qipp_aim": "read where a saving is set beside the aim of 2010",
    "law.mars_2010": "no scheme of this world has these terms",
    "law.clawback_mars_2010": "no scheme of this world has these terms",
    "law.clawback_vr_nhsps": "no scheme of this world has these terms",
    "law.rets": "policies.retention.cap is 0: nobody is offered a guarantee",
    "law.retention_premium_ceiling": "policies.retention.cap is 0: nobody is offered a guarantee",
    "behaviour.retention": "policies.retention.cap is 0: nobody is offered a guarantee",
    "policies.retention": "its cap is 0: nobody is offered a guarantee",
}


def moved(lever: Lever) -> Iterator[Any]:
    """Other values of a lever, the likeliest to bind first."""
    value = lever.value
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, dt.date):
        for days in (45, -45, 5, -5, 365):
            yield value + dt.timedelta(days=days)
    elif isinstance(value, (int, float)):
        kind = type(value)
        for end in sorted(lever.range or (), key=lambda one: -abs(one - value)):
            yield kind(end)
        for share in (1.5, 0.5, 0.0, 10.0, 0.1):
            yield kind(round(value * share)) if kind is int else value * share
        if not value:
            for other in (1, 0.5, 0.1, 60):
                yield kind(other)
    elif value is None:  # the law's own, or a term that the tariff lacks
        yield from (1.0, 50.0, 30_000.0, 0.0)


@cache
def world(name: str) -> Scenario:
    """A region's boards with a sample of their staff, or England as it is for ""."""
    return small_england_2025(name, PEOPLE, SEED) if name else england_2025()


@cache
def before(name: str) -> float:
    """The digest of the events of a world as it stands."""
    return events_digest(simulate(world(name), seed=SEED))


@cache
def _staff() -> str:
    return england_2025().workforce.content


def effect(lever: Lever) -> tuple[Any, str]:
    """What a lever was moved to, and where that is seen: in events, in the opening staff, in a refusal, or nowhere.

    It is moved in the boards of a region; and, where nothing is seen there, in the whole of England.
    """
    refused: Any = None
    tried: Any = None
    if names_in(lever.path)[0] in ("margins", "staff", "staff_seed"):
        return _on_staff(lever)
    known = why(lever.path)
    for name in (*_regions(lever), *(() if known else ("",))):
        values = [value for value in moved(lever) if value != lever.value]
        for value in values[: 1 if known else FIRST if name else LAST]:
            try:
                changed = world(name).having(lever.path, value)
                if events_digest(simulate(changed, seed=SEED)) != before(name):
                    return value, EVENTS
                tried = value
            except InputError:
                refused = value
    return (refused, REFUSED) if tried is None else (tried, NOTHING)


def _regions(lever: Lever) -> tuple[str, ...]:
    """The small worlds in which to look first: those that have the policy or the body, the last of them."""
    found = []
    for region in REGIONS_2025:
        names = names_in(lever.path)
        here = world(region)
        if names[0] == "policies" and names[1] not in here.policies:
            continue
        if names[0] == "organisations" and names[1] not in here.roster.names:
            continue
        found.append(region)
    return tuple(found[-1:])


def _on_staff(lever: Lever) -> tuple[Any, str]:
    """A margin is seen in the opening staff, from which a run begins."""
    tried: Any = None
    for value in ("march-2024",) if isinstance(lever.value, str) else moved(lever):
        tried = value
        try:
            if england_2025().having(lever.path, value).workforce.content != _staff():
                return value, STAFF
        except InputError:
            return value, REFUSED
    return tried, NOTHING


def why(path: str) -> str:
    """The reason that is known, by the longest beginning of the path."""
    found = max((start for start in NO_CASE if path.startswith(start)), key=len, default="")
    return NO_CASE.get(found, "")


def rows(start: int = 0) -> Iterator[dict[str, Any]]:
    """One row per lever."""
    for lever in every_lever(england_2025())[start:]:
        to, seen = effect(lever)
        reason = "" if seen else why(lever.path)
        yield dict(zip(COLUMNS, (lever.path, lever.value, to, seen, reason), strict=True))


def main(path: Path) -> None:
    """Play every lever that the file does not hold yet, and write it row by row."""
    done = sum(1 for _ in path.open(encoding="utf-8")) - 1 if path.exists() else -1
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        if done < 0:
            writer.writeheader()
        for row in rows(max(done, 0)):
            writer.writerow(row)
            file.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
