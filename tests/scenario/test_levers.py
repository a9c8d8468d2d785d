"""Levers: the numbers, dates and switches of a scenario.

Each has a path, is part of the scenario, and is listed once.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pytest
from oracle import oracle
from oracle.words import first_difference

import nhstransit as nt
from nhstransit import toml
from nhstransit.errors import InputError
from nhstransit.law.changes import EVIDENCE
from nhstransit.law.parameters import NumberEntry, Series, TableEntry, bundled
from nhstransit.log import Kind
from nhstransit.policies import Mars, Redundancy
from nhstransit.run.accrual import accrued
from nhstransit.scenario import Scenario, assumptions, differences, from_tables, load_scenario, part_at, to_tables
from nhstransit.scenario.draws import Draws, applied
from nhstransit.studies import Levels, Range, grid, latin_hypercube, sobol
from nhstransit.studies.content import scenario_content
from nhstransit.studies.sensitivity import ranges_of
from nhstransit.studies.study_file import read_study
from nhstransit.synthesis import StaffSynthesis
from nhstransit.toml import Changes, Named
from tests.examples import THOROUGH
from tests.shared import hamlet_run
from tests.small import body, date, person, small_world

HAMLET = load_scenario("hamlet")


@cache
def england() -> Scenario:
    """The fitted scenario of England."""
    return load_scenario("england-2010")


START = date("2010-05-01")

# A scheme for which everyone applies. Under the bundled tariff, 24 years of service at £24,000 are 12 months of pay, and
# three years are the minimum of 3 months.
SCHEME = Mars(
    announced=START,
    opens=date("2010-05-10"),
    closes=date("2010-06-30"),
    leaves=date("2010-09-30"),
    quota=1.0,
    removed=0.0,
)
LEAVERS = person(1, since="1986-04-01"), person(2, since="2007-04-01")
SCHEME_WORLD = small_world(*LEAVERS, bodies=[body("Old", "pct", ("finance", "6", 2))], policies={"mars": SCHEME})
CLOSING = small_world(
    person(1, since="1986-04-01", pay=60_000),
    bodies=[body("Old", closes="2010-09-30")],
    policies={"redundancy": Redundancy(announced=START, letters=START, consults=date("2010-06-10"))},
)


def severance(world: Scenario, **law: Any) -> list[int]:
    """Pence paid to each person who leaves, in order of the log."""
    found: list[int] = nt.simulate(world, seed=1, **law).log.of(Kind.SEVERANCE).pence.tolist()
    return found


def by_hand(name: str, **terms: float) -> nt.Law:
    """The bundled law with changed terms in one table, made without the paths that this file tests."""
    parameters = bundled()
    series = parameters.table(name)
    first = attrs.evolve(series.entries[0], value=Named({**series.entries[0].value, **terms}))
    tables = Named({**parameters.tables, name: Series(name, (first, *series.entries[1:]))})
    return nt.Law(attrs.evolve(parameters, tables=tables))


# The law


def test_a_changed_number_of_the_law_changes_payments() -> None:
    """A maximum of nine months instead of twelve pays £18,000 for 24 years.

    A minimum of six months changes only short service.
    """
    assert severance(SCHEME_WORLD) == [2_400_000, 600_000]
    assert severance(SCHEME_WORLD.having("law.mars_2010.most_months", 9)) == [1_800_000, 600_000]
    assert severance(SCHEME_WORLD.having("law.mars_2010.least_months", 6)) == [2_400_000, 1_200_000]


@pytest.mark.parametrize(
    ("world", "path", "number", "law"),
    [
        (SCHEME_WORLD, "law.mars_2010.most_months", 9, by_hand("mars_2010", most_months=9.0)),
        (SCHEME_WORLD, "law.mars_2010.salary_cap", 20_000, by_hand("mars_2010", salary_cap=20_000.0)),
        (CLOSING, "law.section16@2006-10-01.salary_cap", 30_000, by_hand("section16", salary_cap=30_000.0)),
        (CLOSING, 'law."section16@2006-10-01".most_months', 12, by_hand("section16", most_months=12.0)),
    ],
)
def test_engine_and_oracle_agree_under_a_changed_law(world: Scenario, path: str, number: float, law: nt.Law) -> None:
    """The oracle, with parameters changed by hand, has the same events; under the bundled law it has others."""
    run = nt.simulate(world.having(path, number), seed=1)
    assert not first_difference(run.log, oracle(world, 1, law=law), world)
    assert first_difference(run.log, oracle(world, 1), world)


def test_a_published_cap_can_be_swept() -> None:
    """24 years of service are 24 months of pay, so that each pound of the cap adds two pounds."""
    design = grid(CLOSING, Levels("law.section16.salary_cap", 25_000, 30_000, 40_000))
    paid = [severance(world)[0] / 100 for world in design.values()]
    assert paid == pytest.approx([50_000, 60_000, 80_000], rel=0.002)  # 4.35 weeks are slightly more than a month
    assert list(design) == ["salary_cap=25000", "salary_cap=30000", "salary_cap=40000"]


def test_a_path_without_a_day_changes_every_entry_and_one_with_a_day_changes_that_entry() -> None:
    """When both are set, the number for the day applies, whatever the order of setting."""
    name = "law.statutory_week_cap"
    for paths in ((name, f"{name}@2011-02-01"), (f"{name}@2011-02-01", name)):
        world = HAMLET
        for path in paths:
            world = world.having(path, 500 if path == name else 600)
        series = world.dated_law.parameters.number("statutory_week_cap")
        assert [entry.value for entry in series.entries] == [500, 600, 500, 500, 500, 500]
    assert part_at(HAMLET, f"{name}@2011-02-01") == 400
    assert part_at(HAMLET, name) == (380, 400, 430, 450, 700, 719)


def test_a_changed_entry_is_graded_as_set_by_the_scenario() -> None:
    """Other entries keep their grade and source, and so does an entry that is set to its own number."""
    law = HAMLET.having("law.mars_2010.most_months", 9).dated_law
    entry = law.parameters.table("mars_2010").entries[0]
    assert (entry.quality, entry.sources) == ("set by the scenario", ("the scenario",))
    assert law.parameters.sources["the scenario"].title == "Set by the scenario"
    assert law.parameters.table("section16") == bundled().table("section16")
    same = HAMLET.having("law.mars_2010.most_months", 12).dated_law
    assert same.parameters.table("mars_2010") == bundled().table("mars_2010")


def test_none_restores_the_bundled_number() -> None:
    """The scenario then equals the one before the change."""
    changed = HAMLET.having("law.mars_2010.most_months", 9)
    assert changed.having("law.mars_2010.most_months", None) == HAMLET
    assert HAMLET.having("law.mars_2010.salary_cap", None) == HAMLET


def test_explanation_accounts_and_differences_use_the_scenarios_law() -> None:
    """They find the law in the scenario: the caller does not pass it."""
    changed = HAMLET.having("law.mars_2010.most_months", 9).having("law.employer_pension@2010-04-01.employer", 0.2)
    text = " ".join(str(nt.explain(changed)).split())
    assert "law.mars_2010.most_months" in text and "set by the scenario" in text
    run = nt.simulate(changed, seed=1)
    first, again = accrued(run)
    assert int(first.sum() + again.sum()) == run.closing.pay
    assert {one.path for one in assumptions(changed)} - {one.path for one in assumptions(HAMLET)} == {
        "law.mars_2010.most_months",
        "law.employer_pension@2010-04-01.employer",
    }
    old_and_new = [(change.path, change.old, change.new) for change in differences(HAMLET, changed)]
    assert ("law.mars_2010.most_months", 12.0, 9.0) in old_and_new


def test_scenarios_with_different_law_are_compared_each_at_its_own_prices() -> None:
    """The comparison lists the law as a changed setting, and the waterfall has no residual."""
    base = nt.simulate(SCHEME_WORLD, seed=1)
    run = nt.simulate(SCHEME_WORLD.having("law.employer_pension@2010-04-01.employer", 0.3), seed=1)
    compared = nt.compare(run, baseline=base)
    assert [change.path for change in compared.changes] == ["law.employer_pension@2010-04-01.employer"]
    assert "dated parameters" not in compared.sentences()[0]
    assert compared.waterfall.gap > 0 and compared.waterfall.residual == 0
    other_law = nt.simulate(SCHEME_WORLD, seed=1, law=by_hand("mars_2010", most_months=9.0))
    with pytest.raises(InputError, match="different pay and severance rules"):
        _ = nt.compare(other_law, baseline=base).waterfall


def test_a_saved_run_keeps_its_law(tmp_path: Path) -> None:
    """The saved scenario has it, and the accounts of the loaded run are the same."""
    run = nt.simulate(SCHEME_WORLD.having("law.employer_pension@2010-04-01.employer", 0.3), seed=1)
    nt.save_run(run, tmp_path / "kept")
    again = nt.load_run(tmp_path / "kept")
    assert again.scenario.law == run.scenario.law
    assert accrued(again)[0].tolist() == accrued(run)[0].tolist()


def test_pay_points_that_the_scenario_sets_apply_to_opening_pay() -> None:
    """Pay at the first point of Band 6 in April 2010, for a person whose pay comes from the pay table."""
    world = small_world(person(1, pay=0)).having("law.afc_points@2010-04-01.6.1", 25_000)
    assert nt.simulate(world, seed=1).opening_pay.tolist() == [2_500_000]


@pytest.mark.parametrize(
    ("path", "number", "wrong"),
    [
        ("law.mars_2010.most_month", 9, "law.mars_2010.most_month: does not exist; did you mean 'most_months'"),
        ("law.mars_201.most_months", 9, "law.mars_201: is not a parameter; did you mean 'mars_2010'"),
        ("law.mars_2010", 9, "law.mars_2010: is a table, not a number; known: least_months"),
        ("law.exit_cap.pounds", 9, "law.exit_cap.pounds: does not exist: the parameter is one number; end the path"),
        (
            "law.exit_cap@2010-01-01",
            9,
            "law.exit_cap@2010-01-01: has no entry that begins on 2010-01-01; its entries begin on 2020",
        ),
        ("law.mars_2010.most_months", -1, "law.mars_2010.most_months: is -1; give 0 or more"),
        ("law.mars_2010.most_months", "9", "law.mars_2010.most_months: is '9'; give a number"),
        ("law.mars_2010.most_months", True, "law.mars_2010.most_months: is True; give a number"),
        ("law.mars_2010.most_months", float("nan"), "law.mars_2010.most_months: is nan; give a number"),
        ("law.mars_2010.least_months", 13, "law.mars_2010.least_months: is 13 from 2010-04-01, above most_months"),
        ("law.employer_pension.employer", 14, "law.employer_pension.employer: is 14; give a share from 0 to 1"),
        ("law.consultation.large_days", 4.5, "law.consultation.large_days: is 4.5; give a whole number"),
        (
            "law.vsm_award",
            0.1,
            "law.vsm_award: is evidence that no formula uses; change a parameter that was derived from it",
        ),
        ("law", 9, "law: is 9; give a table, or a path such as law.mars_2010.most_months"),
        ("margins.function.finance", 0.1, "margins: are set, but the staff are a list"),
        ("policies.mars.on", 1, "policies.mars.on: is 1; give True or False: whether the policy is in force"),
        ("policies.marz.on", False, "policies.marz: is not in this scenario; did you mean 'mars'"),
    ],
)
def test_an_invalid_path_or_value_is_refused(path: str, number: Any, wrong: str) -> None:
    """The error says where, what is wrong and what would be right."""
    with pytest.raises(InputError, match=re.escape(wrong)):
        HAMLET.having(path, number)


def test_all_mistakes_in_a_law_table_are_reported_together() -> None:
    """Each mistake is reported with the path of its key in the scenario's file."""
    tables = {**to_tables(HAMLET), "law": {"mars_2010": {"most_month": 9}, "exit_cop": 1}}
    with pytest.raises(InputError) as caught:
        from_tables(tables, staff=HAMLET.workforce)
    assert "law.mars_2010.most_month: does not exist" in str(caught.value)
    assert "law.exit_cop: is not a parameter; did you mean 'exit_cap'" in str(caught.value)


LISTS = (
    "changes.py",
    "parameters.py",
)  # the list of evidence, and the list of numbers that apply only to their own year


def test_a_parameter_that_a_rule_reads_is_not_evidence() -> None:
    """Conversely, every name in the list of evidence is a parameter."""
    house = Path(nt.__file__).parent
    code = "".join(path.read_text("utf-8") for path in house.rglob("*.py") if path.name not in LISTS)
    parameters = bundled()
    assert set(EVIDENCE) <= {*parameters.numbers, *parameters.tables, *parameters.grids}
    assert not [name for name in EVIDENCE if name in code]


# Margins


def test_setting_a_share_scales_the_other_shares_of_its_row() -> None:
    """With a fifth in finance instead of a tenth, the staff have that share, and the other shares keep their proportions."""
    world = england().having("margins.function.finance", 0.2)
    assert isinstance(world.staff, StaffSynthesis)
    margins = world.staff.margins_with(world.margins, world.home)
    row = next(margin for margin in margins.margin if margin.name == "function").shares
    assert sum(row.values()) == pytest.approx(1)
    assert row["commissioning"] / row["corporate"] == pytest.approx(0.2 / 0.18)
    people = world.workforce
    share = float(np.mean(people.function == people.functions.index("finance")))
    assert share == pytest.approx(0.2, abs=0.001)
    assert scenario_content(world) != scenario_content(england())


@pytest.mark.thorough
def test_the_size_of_the_base_can_be_changed() -> None:
    """A thousand more WTE in PCTs are a thousand more people divided by their mean hours."""
    # Not the fitted scenario: its total is fixed, so that a larger part would not add people.
    before = nt.load_scenario("england-2010-prior")
    more = before.having("margins.base.pct", 45_600)
    gap = len(more.workforce) - len(before.workforce)
    assert 1_000 <= gap <= 1_300


@pytest.mark.parametrize(
    ("path", "number", "wrong"),
    [
        ("margins.function.financ", 0.1, "margins.function.financ: does not exist; did you mean 'function.finance'"),
        ("margins.function.finance", 1.1, "margins.function.finance: the shares set here add up to 1.1"),
        ("margins.latents.skill_outside", 2, "margins.latents: cannot have the correlations 2.0"),
        ("margins.draws.critical_share", 2, "margins.draws: critical_share: is 2.0; give a share from 0 to 1"),
    ],
)
def test_impossible_margins_are_refused(path: str, number: float, wrong: str) -> None:
    """They are refused when the scenario is made, before its staff are made."""
    with pytest.raises(InputError, match=re.escape(wrong)):
        england().having(path, number)


# Policies on and off


def test_a_policy_can_be_switched_off_and_on() -> None:
    """Off removes the policy, and on keeps it; a design can vary the switch."""
    assert HAMLET.having("policies.mars.on", False) == HAMLET.without("mars")
    assert HAMLET.having("policies.mars.on", True) == HAMLET
    assert part_at(HAMLET, "policies.mars.on") is True
    design = grid(HAMLET, Levels("policies.mars.on", True, False), Levels("policies.rets.on", True, False))
    assert [tuple(name in world.policies for name in ("mars", "rets")) for world in design.values()] == [
        (True, True),
        (True, False),
        (False, True),
        (False, False),
    ]
    assert list(design)[1] == "mars.on=True, rets.on=False"


def test_a_policy_that_is_switched_off_can_be_set() -> None:
    """A draw sets the numbers of a policy before it switches the policy off, whatever the order of the paths."""
    draws = Draws(paths=("policies.mars.on", "policies.mars.quota"), rows=((False, 0.1), (True, 0.1)))
    assert draws.world(HAMLET, 0) == HAMLET.without("mars")
    assert draws.world(HAMLET, 1) == HAMLET.having("policies.mars.quota", 0.1)


# The list


def test_levers_are_listed_once_with_value_range_source_and_kind() -> None:
    """The kind says whether a lever is a decision, an assumption or unknown."""
    table = nt.levers(HAMLET)
    assert table.index.name == "path" and table.index.is_unique
    assert list(table.columns) == ["value", "low", "high", "unit", "source", "quality", "kind", "changed"]
    assert set(table["kind"]) <= {"decision", "assumption", "unknown"}
    cap = table.loc["law.mars_2010.most_months"]
    assert (cap["value"], cap["kind"], cap["quality"]) == (12.0, "decision", "recalled")
    rate = table.loc["law.release_real_rate"]
    assert (rate["low"], rate["high"], rate["kind"]) == (0.0, 0.05, "assumption")
    assert table.loc["policies.mars.closes", "value"] == dt.date(2010, 10, 29)
    assert table.loc["policies.mars.on", "kind"] == "decision"
    assert table.loc["organisations.Eastmoor PCT.closes", "kind"] == "decision"
    assert table.loc["behaviour.departures.resign", "kind"] == "assumption"
    assert not [path for path in table.index if path.startswith("margins")]
    assert "law.mars_later.most_months" not in table.index  # not in force before April 2014
    assert (table["unit"] != "").all() or set(table.index[table["unit"] == ""]) <= set(table.index[table["changed"]])


def test_england_lists_its_margins() -> None:
    """Every margin of the opening staff has a range, so it is an assumption that a study can vary."""
    table = nt.levers(england())
    assert table.index.is_unique
    assert tuple(table.loc["margins.function.finance", ["value", "low", "high", "kind"]]) == (
        0.1,
        0.07,
        0.13,
        "assumption",
    )
    margins = table[table.index.str.startswith("margins.")]
    assert (margins["kind"] == "assumption").all() and (margins["low"] < margins["high"]).all()
    total = dict(england().calibrated)["margins.base.total"]
    assert tuple(table.loc["margins.base.total", ["value", "low", "high"]]) == (total, 48_300.0, 64_200.0)
    assert table.loc["staff.base", "value"] == "53100"
    changed = nt.levers(england().having("margins.function.finance", 0.12)).loc["margins.function.finance"]
    assert (changed["value"], changed["changed"]) == (0.12, True)


def test_each_lever_set_to_its_own_value_changes_nothing() -> None:
    """The scenario is the same apart from its list of set numbers of the law, and the log is the same event for event."""
    values = {str(path): value for path, value in nt.levers(HAMLET)["value"].items()}
    law = {path: value for path, value in values.items() if path.startswith("law.") and value is not None}
    everything = HAMLET
    for path, value in values.items():
        own = part_at(HAMLET, path)
        assert own == value or (own is None and value is None), path
        if path not in law:
            everything = everything.having(path, own)
    assert everything == HAMLET
    everything = attrs.evolve(HAMLET, law={path.removeprefix("law."): value for path, value in law.items()})
    assert len(everything.law) == len(law) > 400
    assert everything.dated_law == HAMLET.dated_law
    assert nt.simulate(everything, seed=1).log.tuples() == hamlet_run().log.tuples()


def _with_another(path: str) -> tuple[Scenario, float]:
    """The hamlet with another number at a path of the law, and that number: the first valid one of three candidates."""
    old = part_at(HAMLET, path)
    for number in (50_000.0,) if old is None else (old + 1, old * 0.5 + 0.001, old - 1):
        try:
            return HAMLET.having(path, number), number
        except InputError:
            continue
    raise AssertionError(path)


def test_each_changed_number_of_the_law_is_stored_and_written() -> None:
    """A store and a file both distinguish a scenario with a changed number."""
    contents = {scenario_content(HAMLET)}
    paths = [str(path) for path in nt.levers(HAMLET).index if str(path).startswith("law.")]
    sample = [path for path in paths if not path.startswith("law.afc_")] + ["law.afc_points@2010-04-01.5.2"]
    if not THOROUGH:
        sample = sample[::12]
    for path in sample:
        world, new = _with_another(path)
        contents.add(scenario_content(world))
        assert part_at(world, path) == new
        again = from_tables(toml.loads(toml.dumps(to_tables(world))), staff=HAMLET.workforce)
        assert again == world and again.law == world.law
    assert len(contents) == len(sample) + 1


@pytest.mark.thorough
def test_other_changed_levers_are_stored_and_written() -> None:
    """Levers of behaviour, dates, switches and margins."""
    paths = {
        "behaviour.departures.resign": 0.1,
        "policies.mars.closes": dt.date(2010, 10, 28),
        "policies.mars.on": False,
        "end": dt.date(2014, 3, 30),
        "organisations.Eastmoor PCT.closes": dt.date(2013, 3, 30),
    }
    contents = {scenario_content(HAMLET), *(scenario_content(HAMLET.having(path, new)) for path, new in paths.items())}
    assert len(contents) == len(paths) + 1
    world = england().having("margins.function.finance", 0.12)
    assert from_tables(toml.loads(toml.dumps(to_tables(world))), folder=england().home) == world


# Where levers are used


def test_space_filling_designs_can_vary_the_law() -> None:
    """Points of a Sobol' sequence and of a Latin hypercube are within the range and distinct."""
    one = Range("law.mars_2010.most_months", 6, 12)
    for design in (sobol(HAMLET, one, points=4), latin_hypercube(HAMLET, one, points=4)):
        numbers = [part_at(world, one.path) for world in design.values()]
        assert len(set(numbers)) == 4 and all(6 <= number <= 12 for number in numbers)


def test_a_study_file_can_set_the_law(tmp_path: Path) -> None:
    """It can do so with a table or a path, in scenarios, designs and draws."""
    (tmp_path / "caps.toml").write_text(
        """format = 1
seed = 1
replications = 1
[[scenarios]]
name = "nine"
base = "hamlet"
having.law.mars_2010.most_months = 9
[[scenarios]]
name = "capped"
base = "hamlet"
having = { 'law."section16@2006-10-01".salary_cap' = 80000 }
[[designs]]
base = "hamlet"
levels = [{ path = "law.mars_2010.least_months", values = [1, 2] }, { path = "policies.rets.on", values = [true, false] }]
[draws]
kind = "sobol"
points = 2
ranges = [{ path = "law.release_real_rate", low = 0.0, high = 0.05 }]
""",
        "utf-8",
    )
    study = read_study(tmp_path / "caps.toml")
    assert study.scenarios["nine"].law == Changes({"mars_2010.most_months": 9})
    assert study.scenarios["capped"].law == Changes({"section16@2006-10-01.salary_cap": 80_000})
    assert len(study.scenarios) == 6
    assert study.draws is not None
    assert study.draws.world(HAMLET, 0).law.keys() == {"release_real_rate"}


def test_a_draw_with_a_misspelt_path_of_the_law_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean 'most_months'"):
        applied(HAMLET, (("law.mars_2010.most_month", 9),))


def test_ranges_of_the_law_and_of_the_margins_are_returned_by_name() -> None:
    """All ranges of a part, or one by its path. Without a name, the ranges of behaviour and policies are returned."""
    assert [one.path for one in ranges_of(england(), "law")] == [
        "law.own_pay_award@2010-04-01",
        "law.release_factor",
        "law.release_real_rate",
    ]
    margins = {one.path: one for one in ranges_of(england(), "margins")}
    assert margins["margins.function.finance"] == Range("margins.function.finance", 0.07, 0.13)
    assert ranges_of(england(), ["margins.function.finance", "behaviour.departures.resign"])[0].high == 0.13
    assert not [one for one in ranges_of(england()) if one.path.startswith(("law", "margins"))]
    every = (*ranges_of(england(), "law"), *ranges_of(england(), "margins"))
    for one in every if THOROUGH else every[::24]:
        for end in (one.low, one.high):
            england().having(one.path, end)


def test_numbers_tables_and_rows_of_the_law_have_paths() -> None:
    for path, kind in (("exit_cap", NumberEntry), ("mars_2010.most_months", TableEntry)):
        name = path.partition(".")[0]
        assert isinstance({**bundled().numbers, **bundled().tables}[name].entries[0], kind)
        assert part_at(HAMLET, f"law.{path}") is not None
    assert part_at(HAMLET, "law.high_cost_area@2010-04-01.inner.2") == 4036
