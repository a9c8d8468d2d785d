"""Groups have the same name and labels in every table, so any two tables can be joined."""

from __future__ import annotations

import re
from itertools import combinations

import numpy as np
import pytest

import nhstransit as nt
from nhstransit.errors import InputError
from nhstransit.measures import cover as grip
from nhstransit.measures import drain, expertise, flows, measures, money, survival
from nhstransit.measures import turnover as rates
from nhstransit.measures.drain import clinicians_leaving
from nhstransit.measures.flows import opening_tables
from nhstransit.measures.readiness import capacity_gap
from nhstransit.run.groups import (
    AGES,
    ALL,
    CHARACTERISTICS,
    CUTS,
    SERVICE,
    Characteristic,
    bands,
    grouping,
    groups,
    in_bands,
    of_bodies,
    of_posts,
)
from tests.shared import hamlet_run, hamlet_without

SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
HISTORY = ("spells", "exits", "moves", "posts", "people", "payments", "promises", "covers")
# Columns on which tables are joined: groups, things and times. The start and end of spells are not among them.
THINGS = {"staff", "post", "rule", "policy", "route", "month", "financial_year", "boundary", "stratum", "payment"}
KEYS = THINGS | {*CUTS, *CHARACTERISTICS}


@pytest.fixture(scope="module")
def run():
    """The hamlet."""
    return hamlet_run()


@pytest.fixture(scope="module")
def tables(run):
    """Every table of a run and of a comparison by name, with its index as a column."""
    history = run.history
    full = nt.measure(run)
    scenario = run.scenario
    without = hamlet_without("mars")
    pair = nt.compare(run, baseline=without)
    opening = opening_tables(scenario.workforce, scenario.organisations, scenario.calendar.origin)
    made = {f"history.{name}": getattr(history, name)() for name in HISTORY}
    made |= {f"history.stocks by {by}": history.stocks(500, by=by) for by in CUTS}
    made |= {"history.state": history.state(500), "log": run.log.table()}
    made |= {f"measures.{name}": getattr(full, name) for name in measures.TABLES}
    made |= {f"stocks by {by}": flows.stocks(run, by=by) for by in CUTS}
    made |= {f"knowledge by {by}": expertise.knowledge_by_month(run, by=by) for by in CUTS}
    made |= {f"lost work by {by}": grip.lost_work(run, by=by) for by in CUTS}
    made |= {f"exit costs by {by}": money.exit_costs(run, by=by) for by in CUTS}
    made |= {f"capacity by {by}": capacity_gap(run, by=by) for by in ("employer", "kind", "region", "month")}
    made |= {f"clinicians by {by}": clinicians_leaving(run, by=by) for by in ("employer", "region", "month")}
    for by in CHARACTERISTICS:
        made |= {f"leavers by {by}": drain.leaver_mix(run, by), f"staying by {by}": survival.staying(run, by=by)}
        made |= {f"turnover by {by}": rates.turnover(run, by=by), f"at risk by {by}": rates.time_at_risk(run, by=by)}
    made |= {f"strata by {by}": pair.strata_by(by) for by in ("all", "age", "service", "kind", "region", "band", "sex")}
    made |= {"strata": pair.strata, "drain": pair.drain, "routes compared": pair.routes, "bounds": pair.bounds}
    made |= {"deadweight": pair.deadweight("mars"), "posts saved": pair.posts_saved("mars"), "gaps": pair.gaps}
    made |= {"opening by kind": opening.by_kind, "opening by region": opening.by_region}
    made |= {"opening by function": opening.by_function, "opening by band": opening.by_band}
    made |= {"opening ages": opening.ages_by_service[[]]}
    return {name: table.reset_index() if table.index.names != [None] else table for name, table in made.items()}


def test_columns_are_in_snake_case(tables):
    """Column names are lower-case words with underscores."""
    assert not [(name, column) for name, table in tables.items() for column in table if not SNAKE.fullmatch(column)]


def test_a_group_has_the_same_labels_in_every_table(run, tables):
    """The labels are those of `run.groups`, or "all"."""
    known = {by: {*of_posts(run, by).names, ALL} for by in CUTS}
    known |= {by: known.get(by, {ALL}) | set(grouping(run, by).names) for by in CHARACTERISTICS}
    seen = set()
    for name, table in tables.items():
        for by in known.keys() & set(table.columns):
            found = set(table[by].dropna())
            assert found <= known[by] | {"none"}, (name, by, found - known[by])
            seen.add(by)
    assert seen == known.keys()


def test_any_two_tables_with_a_common_key_can_be_joined(tables):
    """The cells of a common key have the same type, and a join finds the common values."""
    cells = {}  # by key: name, type of cells, distinct cells and their frame for each table
    for name, table in tables.items():
        for key in KEYS & set(table.columns):
            distinct = table[[key]].dropna().drop_duplicates()
            if len(distinct):
                sort = np.asarray(distinct[key])[0].__class__.__name__.rstrip("_0123456789")
                cells.setdefault(key, []).append((name, sort, set(distinct[key]), distinct))
    joined = 0
    tried = set()
    for key, found in cells.items():
        for (one, mine, ours, left), (other, its, theirs, right) in combinations(found, 2):
            assert mine == its, (one, other, key, mine, its)
            joined += bool(ours & theirs)
            how = (key, left[key].dtype, right[key].dtype, bool(ours & theirs))
            if how not in tried:  # one join for each pair of dtypes is enough
                tried.add(how)
                assert set(left.merge(right, on=key)[key]) == ours & theirs, (one, other, key)
    assert joined > 500


def test_rules_policies_and_routes_have_the_names_of_the_runs_rules(run, tables):
    """Columns of rules, policies and routes use the same names, such as "mars" or "resignation"."""
    known = set(run.rules.values()) | {ALL}
    others = {"another employer", "still there", "here", "moved", ""}
    for name, table in tables.items():
        for column in {"rule", "policy", "route"} & set(table.columns):
            found = set(table[column].dropna())
            assert found <= known | others, (name, column, found - known)


def test_bands_of_years_have_the_right_limits():
    """A band starts at its first year and ends before the next band. The first and last bands are open."""
    assert bands(AGES)[0] == "under 30" and bands(AGES)[-1] == "60 and over"
    years = np.array([0, 29, 30, 39, 49, 50, 54, 59, 60, 99])
    assert [bands(AGES)[code] for code in in_bands(years, AGES)] == [
        "under 30",
        "under 30",
        "30–39",
        "30–39",
        "40–49",
        "50–54",
        "50–54",
        "55–59",
        "60 and over",
        "60 and over",
    ]
    assert len(bands(SERVICE)) == len(SERVICE) + 1


def test_posts_and_employers_have_the_groups_of_the_scenario(run):
    """A post has the name, kind and region of its employer."""
    bodies = run.scenario.organisations
    for by, expected in (
        ("employer", [body.name for body in bodies]),
        ("kind", [body.kind for body in bodies]),
        ("region", [body.region for body in bodies]),
    ):
        assert of_bodies(run, by).words.tolist() == expected
        assert of_posts(run, by).words.tolist() == [expected[body] for body in run.posts.employer.tolist()]
    codes, names = groups(run, "band")
    assert [names[code] for code in codes.tolist()] == of_posts(run, "band").words.tolist()


def test_an_unknown_group_is_refused_with_the_nearest_name(run):
    with pytest.raises(InputError, match="region"):
        of_posts(run, "regon")
    with pytest.raises(InputError, match="service"):
        grouping(run, "servce")


def test_a_characteristic_must_not_have_the_name_of_another_column(run):
    """A characteristic called "left" would overwrite a column in tables of rates."""
    with pytest.raises(InputError, match="has the same name as another column"):
        Characteristic(name="left", staff=run.people.staff, groups=["a"] * len(run.people))
    plain = Characteristic(name="ethnicity", staff=run.people.staff, groups=["a"] * len(run.people))
    made = (
        rates.turnover(run, by=plain),
        rates.time_at_risk(run, by=plain).reset_index(),
        rates.half_life(run, by=plain).reset_index(),
        survival.staying(run, by=plain),
        survival.routes_out(run, by=plain),
        drain.leaver_mix(run, plain).reset_index(),
    )
    for table in made:
        for column in set(table.columns) - {"ethnicity"}:
            with pytest.raises(InputError, match="has the same name as another column"):
                Characteristic(name=column, staff=run.people.staff, groups=["a"] * len(run.people))
