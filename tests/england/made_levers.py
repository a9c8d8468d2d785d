"""The effect of every lever of England 2025, changed one at a time: on events, on the opening staff, or none.

`python -m tests.england.made_levers` simulates the levers that are missing from the table in docs/data and writes it again.
If it is interrupted, the same call resumes. `NO_CASE` has the reason for a lever without an effect.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import attrs
import numpy as np

from nhstransit.engine.simulate import simulate
from nhstransit.errors import InputError
from nhstransit.measures.decision import events_digest
from nhstransit.run import Run
from nhstransit.scenario import Scenario, names_in
from nhstransit.scenario.levers import Lever, every_lever
from tests.small_england_2025 import REGIONS_2025, england_2025, small_england_2025

TABLE = Path(__file__).parents[2] / "docs" / "data" / "england-2025-levers.csv"
COLUMNS = ("path", "value", "moved_to", "seen_in", "reason")
EVENTS = "events"
PEOPLE_SEEN = "newcomers"
STAFF = "opening staff"
REFUSED = "refused"
NOTHING = ""
PEOPLE = 250
FIRST = 5  # number of values tried in the boards of a region, and in the whole of England
LAST = 4
SEED = 4

APPRAISAL = "used in the appraisal of a run, not in the run"
NO_GUARANTEE = "policies.retention.cap is 0: nobody is offered a guarantee"
NO_OFFER = "no policy of this scenario offers a post that may be declined: policies.redundancy.alternatives is empty"
NO_SCHEME = "no scheme of this scenario has these terms"
NO_INTERIMS = "policies.returns.unseen is 0: nobody returns as an interim"
NO_TOP_UP = "law.release_top_up is 0 since 2015: an early pension costs the employer nothing more"
NO_STATUTORY = "everyone's contract gives more than the statutory sum"
NO_BAND = "none of the opening staff are in this band"
ALL_GO = "whatever share of the allowance is pay, it requires more cuts than there are empty posts and applicants"
ITS_DAYS = "this is only the day of announcement; the policy acts on other days"
NO_CASE = {  # why a lever changes no event, by path; a star matches anything, and the longest matching pattern counts
    "law.discount_*": APPRAISAL,
    "law.gdp_deflator*": APPRAISAL,
    "law.severance_tax_free": APPRAISAL,
    "law.qipp_aim*": "used only when a saving is compared with the aim of 2010",
    "law.mars_2010*": NO_SCHEME,
    "law.clawback_mars_2010*": NO_SCHEME,
    "law.clawback_vr_nhsps*": NO_SCHEME,
    "law.ccg_start_up_a_head": "no policy of this scenario pays for new employers",
    "law.own_pay_award*": "none of the opening staff have pay outside the tables: very senior managers have a table",
    "law.reckonable_break_months": "people who return were paid to leave, so their service begins again in any case",
    "law.release_*": NO_TOP_UP,
    "law.protection_cutoff": NO_TOP_UP,
    "law.normal_pension_age*": NO_TOP_UP,
    "law.pension_accrual*": NO_TOP_UP,
    "law.minimum_pension_age*.protected_1995": NO_TOP_UP,
    "law.employer_ni@*.rebate": "contracting out has ended: there is no pay to which the rebate would apply",
    "law.employer_ni@*.lower_limit": "this limits a rebate that has been 0 since contracting out ended",
    "law.employer_ni@*.upper_accrual": "this limits a rebate that has been 0 since contracting out ended",
    "law.employer_pension@*.central": "the centre pays this for employers, so it is not part of any employer's cost",
    "law.clawback_mars_later.vsm": "no very senior manager who leaves on these terms comes back",
    "law.statutory_redundancy*": NO_STATUTORY,
    "law.afc_points@*.1.*": NO_BAND,
    "law.afc_points@*.2.*": NO_BAND,
    "law.afc_years_to_point*.1.*": NO_BAND,
    "law.afc_years_to_point*.2.*": NO_BAND,
    "law.high_cost_area*.outer.*": "no employer of this scenario is in this area",
    "law.high_cost_area*.fringe.*": "no employer of this scenario is in this area",
    "margins.draws.vacant": "draws.vacant_kinds is empty",
    "law.contract_notice.1": NO_BAND,
    "law.contract_notice.2": NO_BAND,
    "law.statutory_week_cap*": NO_STATUTORY,
    "law.rets*": NO_GUARANTEE,
    "law.retention_premium_ceiling": NO_GUARANTEE,
    "behaviour.retention*": NO_GUARANTEE,
    "behaviour.departures.premium": NO_GUARANTEE,
    "behaviour.severance.wait_discount": "behaviour.severance.better_later is 0: nobody waits for a later round",
    "behaviour.post.*": NO_OFFER,
    "policies.*.announced": ITS_DAYS,
    "policies.*.search_months": "the policy's `redeployed` is 0: no post is reserved for people at risk",
    "policies.department-exit.opens": "only the closing day decides who may apply and for what",
    "policies.mars-sussex-surrey.opens": "only the closing day decides who may apply and for what",
    "policies.mergers-announced.half_life_months": "news of the Treasury's deal replaces this news before it begins to fade",
    "policies.hiring.women": "no event depends on the sex of newcomers",
    "policies.vr-greater-manchester.pay_share": ALL_GO,
    "policies.vr-norfolk-suffolk.pay_share": ALL_GO,
    "policies.vr-centre.pay_share": "the policy's target is a share of the pay bill, not an allowance",
    "policies.vr-centre.post_cost": "the policy's target is a share of the pay bill, not an allowance",
    "policies.compulsory.clawback_months": "the policy has no voluntary redundancies",
    "policies.compulsory.consultation_days": "the policy's `by_law` is set: consultation lasts as long as the law requires",
    "policies.redundancy.bands_down": NO_OFFER,
    "policies.redundancy.unreasonable": NO_OFFER,
    "policies.retention*": "the policy's cap is 0: nobody is offered a guarantee",
    "policies.returns.months": NO_INTERIMS,
    "policies.returns.dearer": NO_INTERIMS,
}


def other_values(lever: Lever) -> Iterator[Any]:
    """Other values of a lever, with those most likely to have an effect first."""
    value = lever.value
    if isinstance(value, str):
        yield "march-2024"
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, dt.date):
        for days in (45, -45, 5, -5, 365):
            yield value + dt.timedelta(days=days)
    elif isinstance(value, (int, float)):
        kind = type(value)
        for end in sorted(lever.range or (), key=lambda one: -abs(one - value)):
            yield kind(end)
        for share in (0.0, 10.0, 0.1, 1.5, 0.5):
            yield kind(round(value * share)) if kind is int else value * share
        if not value:
            for other in (1, 12, 0.1, 60):
                yield kind(other)
    elif value is None:  # the default of the law, or a term that the tariff lacks
        yield from (1.0, 24, 250_000.0, 0, 30_000.0)


@cache
def world(name: str) -> Scenario:
    """A region's boards with a sample of their staff, or the whole of England for ""."""
    return small_england_2025(name, PEOPLE, SEED) if name else england_2025()


@cache
def before(name: str) -> tuple[float, str]:
    """The digests of a run of the unchanged scenario."""
    return _digests(simulate(world(name), seed=SEED))


def _digests(run: Run) -> tuple[float, str]:
    """A digest of the events, and a digest of all people, including newcomers."""
    columns = [getattr(run.people, one.name) for one in attrs.fields(type(run.people))]
    content = b"".join(column.tobytes() for column in columns if isinstance(column, np.ndarray))
    return events_digest(run), hashlib.sha256(content).hexdigest()


@cache
def _staff() -> str:
    return england_2025().workforce.content


def effect(lever: Lever, *only: Any) -> tuple[Any, str, str]:
    """Return the new value of a lever, where its effect is seen, and the reason if there is none.

    An effect is seen in events, newcomers, the opening staff, or a refusal, which has its own reason. The lever is changed
    in the boards of a region and then, if there is no effect, in the whole of England. Only the values in `only` are
    tried, if any are given.
    """
    refused: Any = None
    sentence = ""
    tried: Any = None
    if names_in(lever.path)[0] in ("margins", "staff", "staff_seed"):
        return _on_staff(lever, *only)
    known = why(lever.path)
    for name in (*_regions(lever), *(() if known and not only else ("",))):
        left = 1 if known else FIRST if name else LAST
        for value in only or other_values(lever):
            if value == lever.value or not left:
                continue
            try:
                found = _digests(simulate(world(name).having(lever.path, value), seed=SEED))
            except InputError as error:
                if refused is None:  # the value most likely to have an effect has the most useful message
                    refused = value
                    sentence = " ".join(str(error).split())
                continue
            if found[0] != before(name)[0]:
                return value, EVENTS, ""
            if found[1] != before(name)[1]:
                return value, PEOPLE_SEEN, known
            tried = value
            left -= 1
    return (refused, REFUSED, sentence) if tried is None else (tried, NOTHING, known)


def _regions(lever: Lever) -> tuple[str, ...]:
    """The region to try first: the last one with the lever's policy or organisation, if any."""
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


def _on_staff(lever: Lever, *only: Any) -> tuple[Any, str, str]:
    """The effect of a margin: on the opening staff or, as for vacant posts, on the run."""
    found: tuple[Any, str, str] = (None, NOTHING, why(lever.path))
    for value in only or other_values(lever):
        try:
            changed = england_2025().having(lever.path, value)
            if changed.workforce.content != _staff():
                return value, STAFF, ""
            if _digests(simulate(changed, seed=SEED)) != before(""):
                return value, EVENTS, ""
            found = value, NOTHING, why(lever.path)
        except InputError as error:
            found = (value, REFUSED, " ".join(str(error).split())) if found[0] is None else found
    return found


def why(path: str) -> str:
    """The reason in `NO_CASE` with the longest matching pattern."""
    found = max((pattern for pattern in NO_CASE if fnmatchcase(path, pattern)), key=len, default="")
    return NO_CASE.get(found, "")


def row(lever: Lever) -> dict[str, str]:
    """The row of the table for one lever, as text."""
    to, seen, reason = effect(lever)
    return dict(zip(COLUMNS, (lever.path, str(lever.value), str(to), seen, reason), strict=True))


def same_effect(lever: Lever, stored_row: dict[str, str]) -> bool:
    """Whether a lever has the effect in the table, with the row's value or, if there was no effect, with any value."""
    only = (
        [value for value in other_values(lever) if str(value) == stored_row["moved_to"]]
        if stored_row["seen_in"]
        else []
    )
    _, seen, reason = effect(lever, *only)
    return (seen, reason) == (stored_row["seen_in"], stored_row["reason"])


def stored_rows(path: Path = TABLE) -> dict[tuple[str, str], dict[str, str]]:
    """The rows of a table, by path and value; empty if the file does not exist."""
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {(one["path"], one["value"]): one for one in csv.DictReader(file)}


def main(path: Path) -> None:
    """Simulate every lever that the table lacks at its present value, and write the table in order of levers.

    Each result is saved at once in a file beside the table, from which the same call resumes.
    """
    part = path.with_suffix(".part.csv")
    known = stored_rows(path) | stored_rows(part)
    levers = every_lever(england_2025())
    begun = part.exists()
    with part.open("a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        if not begun:
            writer.writeheader()
        for lever in levers:
            name = lever.path, str(lever.value)
            if name not in known:
                known[name] = row(lever)
                writer.writerow(known[name])
                file.flush()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(known[lever.path, str(lever.value)] for lever in levers)
    part.unlink()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else TABLE)
