"""The figures that compare variants of 2025, each computed again by a plain replay of the log."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

import numpy as np
import pytest
from small_england_2025 import small_england_2025

from nhstransit.dates import complete_years
from nhstransit.engine.simulate import simulate
from nhstransit.log import EXIT_MONEY, Kind
from nhstransit.measures.cover import grid, lost_work
from nhstransit.measures.reorganisation import (
    BELOW,
    DAYS_A_MONTH,
    months_under_threat,
    reduction,
    reorganisation,
    reorganisation_by_month,
)
from nhstransit.run import Run
from nhstransit.run.conserve import conserve
from nhstransit.workforce.columns import BANDS, SEXES, RiskClass

REGION = "South East"


@cache
def run() -> Run:
    """A run of the boards of the South East with 250 of their people."""
    return simulate(small_england_2025(REGION, 250, 4), seed=4)


@cache
def paid_leavers() -> list[tuple[int, int]]:
    """Staff number and day of each paid departure, in the order of the log."""
    last: dict[int, int] = {}
    found = []
    for index, (_, _, kind, _, staff, *_) in enumerate(run().log.tuples()):
        if kind == Kind.DEPARTED:
            last[staff] = index
        elif kind in EXIT_MONEY and staff in last:
            found.append(last[staff])
    events = run().log.tuples()
    return [(events[index][4], events[index][0]) for index in dict.fromkeys(found)]


def test_equality_by_sex_age_and_band_is_a_ratio_of_shares() -> None:
    """It is the group's share among paid leavers over its share among the opening staff."""
    staff = run().scenario.workforce
    origin = run().scenario.calendar.origin
    rank = BANDS.index("8a")
    groups = {
        "women among those paid": {
            number
            for number, sex in zip(staff.staff.tolist(), staff.sex.tolist(), strict=True)
            if SEXES[sex] == "female"
        },
        "aged 50 or over among those paid": {
            number
            for number, born in zip(staff.staff.tolist(), staff.born.tolist(), strict=True)
            if complete_years(np.array([born]), origin)[0] >= 50
        },
        "Band 8a or over among those paid": {
            number for number, band in zip(staff.staff.tolist(), staff.band.tolist(), strict=True) if band >= rank
        },
    }
    found = reorganisation(run())
    paid = [number for number, _ in paid_leavers()]
    assert len(paid) > 20
    for name, group in groups.items():
        share = sum(number in group for number in paid) / len(paid)
        assert found[name] == pytest.approx(share / (len(group) / len(staff))), name


def test_back_within_12_months_counts_each_paid_leaver_once() -> None:
    """They return to these organisations or elsewhere in the NHS within 365 days."""
    events = run().log.tuples()
    back = 0
    for staff, day in paid_leavers():
        returns = [event[0] for event in events if event[4] == staff and event[2] in (Kind.BACK, Kind.ARRIVED)]
        later = [when for when in returns if when >= day]
        back += bool(later) and min(later) - day <= 365
    assert back > 0
    assert reorganisation(run())["back within 12 months"] == pytest.approx(100 * back / len(paid_leavers()))


def test_staff_months_under_threat_are_the_days_in_either_class() -> None:
    """Days run from a change of risk class to the next change, to the day of leaving, or to the end."""
    threat = {int(RiskClass.EXPOSED), int(RiskClass.AT_RISK)}
    since: dict[int, int] = {}
    days = 0
    for day, _, kind, _, staff, _, second, _ in run().log.tuples():
        if kind not in (Kind.RISK, Kind.DEPARTED):
            continue
        if staff in since:
            days += day - since.pop(staff)
        if kind == Kind.RISK and int(second) in threat:
            since[staff] = day
    days += sum(run().scenario.calendar.days - day for day in since.values())
    assert days > 0 and months_under_threat(run()) == pytest.approx(days / DAYS_A_MONTH)
    assert reorganisation(run())["months under threat"] == months_under_threat(run())


def test_critical_work_below_a_safe_level_by_month_agrees_with_years_and_total() -> None:
    """Weighted by the functions that need cover, the months have the shares of each year and of the total."""
    series = reorganisation_by_month(run())[BELOW]
    found = reorganisation(run())
    seen = grid(run())
    calendar = run().scenario.calendar
    weight = [0] * len(series)
    below = [0] * len(series)
    for employer in range(seen.asked.shape[0]):
        for function in range(seen.asked.shape[1]):
            for month in range(len(series)):
                weight[month] += int(seen.asked[employer, function, month])
                low = seen.productive[employer, function, month] < 0.75 * seen.establishment[employer, function, month]
                below[month] += int(seen.asked[employer, function, month] and low)
    assert len(series) == 36 and sum(below) > 0
    assert series == pytest.approx([100 * part / whole for part, whole in zip(below, weight, strict=True)])
    assert found[BELOW] == pytest.approx(100 * sum(below) / sum(weight))
    for year, name in ((2025, "2025-26"), (2026, "2026-27"), (2027, "2027-28")):
        mine = [
            month
            for month, day in enumerate(seen.days.tolist())
            if (calendar.date(day).year - (calendar.date(day).month < 4)) == year
        ]
        share = 100 * sum(below[month] for month in mine) / sum(weight[month] for month in mine)
        assert len(mine) == 12 and found[f"{BELOW} in {name}"] == pytest.approx(share)


def test_work_that_nobody_does_equals_the_days_of_vacant_posts() -> None:
    """Each day of a vacant post in an open employer counts. The run also obeys the laws of conservation."""
    one = run()
    conserve(one)
    calendar = one.scenario.calendar
    posts = one.posts
    roster = one.scenario.roster
    opened = {post: 0 for post in range(len(posts.opens)) if posts.opens[post] <= 0}
    removed: dict[int, int] = {}
    held = {post: 0 for post in one.opening_post.tolist() if post >= 0}
    filled: dict[int, list[tuple[int, int]]] = defaultdict(list)
    closure = one.code_of("closure")
    moves = 0
    for day, _, kind, rule, _, first, second, _ in one.log.tuples():
        if kind == Kind.OPENED:
            opened[second] = day
        if kind == Kind.REMOVED:
            removed[first] = day - (rule == closure)
        if kind in (Kind.MOVED, Kind.DEPARTED):
            filled[first].append((held.pop(first), day))
        if kind in (Kind.MOVED, Kind.ARRIVED):
            held[second] = day
        moves += kind == Kind.MOVED
    for post, day in held.items():
        filled[post].append((day, calendar.days))
    vacant_days = 0
    for post, day in opened.items():
        start = max(day, int(roster.opens[posts.employer[post]]))
        end = min(removed.get(post, calendar.days), calendar.days)
        at_work = sum(max(min(until, end) - max(since, start), 0) for since, until in filled[post])
        vacant_days += max(end - start, 0) - at_work
    there = one.opening_post >= 0
    mean = one.people.wte_hundredths[there].mean() / 100
    assert moves > 0 and vacant_days > 0
    work = lost_work(one, by="all")["vacant"].sum()
    assert work == pytest.approx(vacant_days * mean / DAYS_A_MONTH)
    assert reorganisation(one)["work that nobody does"] == pytest.approx(work)


def test_a_transferred_post_is_opened_once_and_removed_once() -> None:
    """Each transfer of functions removes only posts that it replaces, in the same function and without a saving."""
    one = run()
    for name in ("to-providers", "to-regions", "merge", "boards-merged", "merge-clusters"):
        if name not in one.scenario.policies:
            continue
        code = one.scenario.rules.get(name)
        opened = one.log.of(Kind.OPENED)
        removed = one.log.of(Kind.REMOVED)
        to = opened.second[(opened.rule == code) & (opened.first >= 0)]
        instead = opened.first[(opened.rule == code) & (opened.first >= 0)]
        assert len(set(instead.tolist())) == len(instead), name
        assert (one.posts.function[to] == one.posts.function[instead]).all(), name
        assert set(removed.first[removed.rule == code].tolist()) <= set(instead.tolist()), name
        assert not removed.pence[removed.rule == code].any(), name


def test_attrition_exits_and_removed_posts_are_counted_separately() -> None:
    """Each paid departure, unpaid departure and removed post is counted once."""
    table = reduction(run(), by="all").iloc[0]
    departures = sum(event[2] == Kind.DEPARTED for event in run().log.tuples())
    paid = len(paid_leavers())
    assert table["volunteers"] + table["compulsory"] == paid
    assert table["attrition"] == departures - paid
    credited = sum(event[2] == Kind.REMOVED and event[7] > 0 for event in run().log.tuples())
    assert table["deleted_with_exit"] + table["deleted_empty"] == credited
