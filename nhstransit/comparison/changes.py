"""The differences between two scenarios in plain words, for tables of options, variants and scenarios."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from nhstransit.comparison.people import telling
from nhstransit.phrases import date, inside, listed, number_of, pounds
from nhstransit.policies.titles import words_of
from nhstransit.scenario import Change, Scenario, differences, names_in
from nhstransit.scenario.assumptions import inputs_with_paths

MOST = 5  # changes that are described
NAMED = 3  # policies that are named if the dates of several move together
TOGETHER = 3  # fewest dates with an equal shift that are described together
MONTHS = 12
NONE = "none"
ROWS = ("path", "panels", "freezes")  # lists of rows; the name of the list is left out of the description
PARTS_OF = {"opens": "opening", "closes": "closing", "shadow": "shadow form", "authorised": "authorisation"}


def changes_in_words(base: Scenario, other: Scenario, *, most: int = MOST) -> str:
    """What another scenario changes, in words; "" if no setting that could have an effect differs.

    Policies appear under their titles. A policy left out or added is one change; changes that follow from it elsewhere
    are not described. Dates that move together are one change.

    Args:
        base: the scenario to compare with.
        other: the other scenario.
        most: how many changes are described; further changes are only counted.

    >>> import nhstransit as nt
    >>> hamlet = nt.load_scenario("hamlet")
    >>> changes_in_words(hamlet, hamlet.without("mars"))
    'without MARS'
    >>> changes_in_words(hamlet, hamlet.having("policies.mars.quota", 0.5))
    'MARS: quota from 15% to 50%'
    """
    titles = base.policy_titles | other.policy_titles
    gone = [name for name in base.policies if name not in other.policies]
    added = [name for name in other.policies if name not in base.policies]
    described = []
    for word, names in (("without", gone), ("with", added)):
        if names:
            described.append(f"{word} {listed(inside(titles[name]) for name in names)}")
    changes = _own(telling(differences(base, other)), frozenset(gone + added))
    rest = list(_parts(changes))
    moved = [one for one in rest if isinstance(one.old, dt.date) and isinstance(one.new, dt.date)]
    # Finding the unit of every setting is slow, so it is left out if no setting remains to be described.
    units: dict[str, str] = {}
    for world in (base, other) if rest else ():
        units |= {one.path: one.unit for one in inputs_with_paths(world)}
    # Dates that move together are described first, and no longer one by one.
    together = list(_together(moved, titles))
    described += [words for words, _ in together]
    dealt = {one.path for _, changes in together for one in changes}
    described += _by_owner((one for one in rest if one.path not in dealt), titles, units)
    more = len(described) - most
    if more > 0:
        described = [*described[:most], number_of(more, "further change")]
    return "; ".join(described)


def _own(changes: Iterable[Change], lone: frozenset[str]) -> Iterator[Change]:
    """The changes, without those that follow from policies that only one scenario has."""
    for change in changes:
        names = names_in(change.path)
        if names[0] == "policies" and len(names) > 1 and names[1] in lone:
            continue
        # A list of policies, such as the order, changes because one is left out: then both lists differ in these names only.
        both = [item for item in (change.old, change.new) if isinstance(item, tuple)]
        lists_them = False
        if len(both) == 2:
            in_one_only = set(map(str, both[0])) ^ set(map(str, both[1]))
            lists_them = lone.issuperset(in_one_only)
        if names[-1] not in lone and not lists_them:
            yield change


def _parts(changes: Iterable[Change]) -> Iterator[Change]:
    """The changes, with lists of rows of equal length (such as the steps of a path) split into one change per setting."""
    for change in changes:
        old = change.old
        new = change.new
        alike = isinstance(old, tuple) and isinstance(new, tuple) and len(old) == len(new)
        # Lists of anything else than rows, such as names, remain one change.
        if not alike or not all(_is_row(row) for row in (*old, *new)):
            yield change
            continue
        # Rows are numbered from 1, unless there is only one.
        for place, (before, after) in enumerate(zip(old, new, strict=True), 1):
            where = change.path if len(old) == 1 else f"{change.path}.{place}"
            if isinstance(before, dt.date):
                yield Change(where, before, after)
                continue
            for field in attrs.fields(type(after)):
                was = getattr(before, field.name, None)
                now = getattr(after, field.name)
                if was != now:
                    yield Change(f"{where}.{field.name}", was, now)


def _is_row(item: object) -> bool:
    """Whether an item of a list can be described by itself: an object with fields, or a date."""
    return attrs.has(type(item)) or isinstance(item, dt.date)


def _together(moved: list[Change], titles: Mapping[str, str]) -> Iterator[tuple[str, list[Change]]]:
    """Dates that move together, in words, with their changes. Dates of organisations are grouped by setting, and dates
    of policies by shift.
    """
    of_bodies: dict[str, list[Change]] = {}
    of_policies: dict[str, list[Change]] = {}
    for one in moved:
        names = names_in(one.path)
        if names[0] == "organisations":
            of_bodies.setdefault(names[-1], []).append(one)
        elif names[0] == "policies":
            of_policies.setdefault(_shift(one.old, one.new), []).append(one)
    for what, changes in of_bodies.items():
        shifts = dict.fromkeys(_shift(one.old, one.new) for one in changes)
        how = next(iter(shifts)) if len(shifts) == 1 else "on a different day"
        yield f"{PARTS_OF.get(what, what)} {how} in {number_of(len(changes), 'organisation')}", changes
    for shift, changes in of_policies.items():
        policies = [names_in(one.path)[1] for one in changes]
        named = list(dict.fromkeys(inside(titles[name]) for name in policies))
        # "1 more" would be as long as the name itself, so a single further policy is named.
        rest = len(named) - NAMED
        shown = [*named[:NAMED], f"{rest:,} more"] if rest > 1 else named
        if len(changes) >= TOGETHER:
            yield f"{listed(shown)}: {shift}", changes


def _shift(old: dt.date, new: dt.date) -> str:
    """How far a day moves: "a year earlier", "9 months later", "10 days later"."""
    first, last = sorted((old, new))
    way = "later" if new > old else "earlier"
    months = MONTHS * (last.year - first.year) + last.month - first.month
    # A shift is in months if both are the same day of the month, or both the last day of one.
    ends = [(day + dt.timedelta(days=1)).day == 1 for day in (first, last)]
    if months and (first.day == last.day or all(ends)):
        years, rest = divmod(months, MONTHS)
        if rest:
            return f"{number_of(months, 'month')} {way}"
        return f"a year {way}" if years == 1 else f"{number_of(years, 'year')} {way}"
    return f"{number_of((last - first).days, 'day')} {way}"


def _by_owner(changes: Iterable[Change], titles: Mapping[str, str], units: Mapping[str, str]) -> Iterator[str]:
    """Changes in words, grouped by policy or by table of the law."""
    ways_of: dict[str, list[str]] = {}
    for change in changes:
        owner, what = _placed(change, titles)
        unit = units.get(change.path, "")
        old = _setting(change.old, unit, what)
        new = _setting(change.new, unit, what)
        how = f"{new} instead of {old}" if isinstance(change.new, dt.date) else f"from {old} to {new}"
        if new == old:  # lists of rows that cannot be described one by one
            how = "otherwise"
        elif old == NONE:
            how = f"{new}, which was not set before"
        elif new == NONE:
            how = f"not set, and {old} before"
        ways_of.setdefault(owner, []).append(f"{what} {how}".lstrip())
    for owner, ways in ways_of.items():
        yield f"{inside(owner)}: {listed(dict.fromkeys(ways))}" if owner else listed(ways)


def _placed(change: Change, titles: Mapping[str, str]) -> tuple[str, str]:
    """The title of the policy, table or other part that a change belongs to, and the setting that changes."""
    names = names_in(change.path)
    if change.path == "policies.(order)":
        return "", "the order of policies"
    if len(names) < 3:
        return "", " ".join(map(words_of, names))
    whose = words_of(names[0])
    steps = names[1:]
    if names[0] == "policies":
        whose = titles[names[1]]
        steps = names[2:]
    elif names[0] == "law":
        # An entry of the law may have its first day in the path: "mars_2010@2011-04-01".
        name, _, since = names[1].partition("@")
        whose = f"the terms {words_of(name)}"
        if since:
            whose += f" of {date(dt.date.fromisoformat(since))}"
        steps = names[2:]
    if len(steps) > 1 and steps[0] in ROWS:
        steps = steps[1:]
    return whose, " ".join(words_of(step) for step in steps)


def _setting(item: Any, unit: str, name: str) -> str:
    """A setting in words, by its unit."""
    if item is None or item == "":
        return NONE
    if isinstance(item, bool):
        return "yes" if item else "no"
    if isinstance(item, dt.date):
        return date(item)
    if isinstance(item, int | float):
        return _number(float(item), unit, name)
    if isinstance(item, str):
        return item
    if isinstance(item, tuple) and all(isinstance(one, str) for one in item):
        return listed(item) or "all"
    return "another"


def _number(number: float, unit: str, name: str) -> str:
    """A number by its unit: shares and chances in per cent, money in pounds, months and days with their unit."""
    if unit.startswith(("share", "chance", "leavers a year")):
        return f"{round(100.0 * number, 2):g}%"
    if name.endswith((" cap", " pounds")) or unit.startswith("pounds"):
        return pounds(number)
    for thing in ("month", "week", "day", "year"):
        if unit.startswith(f"{thing}s"):
            return number_of(number, thing) if unit == f"{thing}s" else f"{number:,g}"
    return f"{number:,g}"
