"""Dotted paths: names with full stops, NumPy's values, and whatever else may be put anywhere."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest

import nhstransit as nt
from nhstransit.errors import InputError, NhstransitError
from nhstransit.scenario import Scenario, assumptions, differences, joined, load_scenario, names_in, part_at
from nhstransit.scenario.paths import flat
from nhstransit.studies import Levels, Range, latin_hypercube
from nhstransit.studies.sensitivity import ranges_of
from tests.examples import THOROUGH

HAMLET = load_scenario("hamlet")
SEVERAL = attrs.evolve(
    HAMLET, policies=HAMLET.policies.without("mars").having("mars 1.5", attrs.evolve(HAMLET.policies["mars"]))
)


@pytest.mark.parametrize(
    "path", ["policies.mars 1.5.quota", 'policies."mars 1.5".quota', joined("policies", "mars 1.5", "quota")]
)
def test_a_name_with_a_full_stop_can_be_addressed(path: str) -> None:
    """By the longest name that is known, or in quotation marks."""
    assert part_at(SEVERAL.having(path, 0.07), path) == 0.07
    assert [change.path for change in differences(SEVERAL, SEVERAL.having(path, 0.07))] == ['policies."mars 1.5".quota']


def test_the_longest_name_is_meant_unless_quotation_marks_say_otherwise() -> None:
    """A policy named like a field of another is reached without them, the field with them."""
    world = attrs.evolve(HAMLET, policies=HAMLET.policies.having("mars.quota", HAMLET.policies["mars"]))
    assert part_at(world, "policies.mars.quota") == HAMLET.policies["mars"]
    assert part_at(world, 'policies."mars".quota') == HAMLET.policies["mars"].quota  # type: ignore[attr-defined]


@pytest.mark.parametrize("names", [("a", "b"), ("a", "b.c", "d"), ("a", 'say "b"', "c\\d.e"), ("x=y", "z")])
def test_joined_names_come_apart_again(names: tuple[str, ...]) -> None:
    """Whatever stands in a name."""
    assert names_in(joined(*names)) == names


def test_every_path_that_the_library_makes_leads_somewhere() -> None:
    """Those of assumptions, ranges and differences, also in a world whose names have full stops."""
    made = [one.path for one in assumptions(SEVERAL)] + [one.path for one in ranges_of(SEVERAL)]
    assert sum("1.5" in path for path in made) > 5
    for path in made:
        assert SEVERAL.having(path, part_at(SEVERAL, path)) == SEVERAL, path
    for path in flat(SEVERAL):
        if not path.endswith(".type"):
            part_at(SEVERAL, path)


@pytest.mark.parametrize("path", ["policies.mars 1.5", 'policies."mars 1.5"'])
def test_a_policy_with_a_full_stop_can_be_put_in(path: str) -> None:
    """Under its whole name, in quotation marks or without."""
    mars = HAMLET.policies["mars"]
    assert HAMLET.having(path, mars).policies["mars 1.5"] == mars


def test_a_quotation_mark_too_few() -> None:
    """It is told, not taken for a name."""
    with pytest.raises(InputError, match="lacks a closing quotation mark"):
        HAMLET.having('policies."mars.quota', 0.1)


@pytest.mark.parametrize(
    ("path", "given", "kept"),
    [
        ("policies.mars.min_service_months", np.int64(12), 12),
        ("policies.mars.min_service_months", np.uint8(12), 12),
        ("policies.mars.quota", np.float32(0.25), 0.25),
        ("policies.mars.closes", np.datetime64("2010-10-28"), dt.date(2010, 10, 28)),
        ("policies.mars.closes", pd.Timestamp("2010-10-28"), dt.date(2010, 10, 28)),
        ("policies.mars.kinds", np.array(["pct"]), ("pct",)),
        ("end", pd.Timestamp("2014-03-30"), dt.date(2014, 3, 30)),
    ],
)
def test_numbers_and_days_of_numpy_and_pandas_are_taken(path: str, given: Any, kept: Any) -> None:
    """As Python's own, so that what is kept and compared is the same."""
    found = part_at(HAMLET.having(path, given), path)
    assert found == kept and type(found) is type(kept)
    *way, field = path.split(".")
    if way:
        policy = attrs.evolve(part_at(HAMLET, ".".join(way)), **{field: given})
        assert type(getattr(policy, field)) is type(kept) and getattr(policy, field) == kept


def test_a_time_of_day_is_no_day() -> None:
    """Nothing is cut off in silence."""
    for given in (pd.Timestamp("2010-10-28 12:00"), np.datetime64("2010-10-28T12:00"), dt.datetime(2010, 10, 28)):
        with pytest.raises(InputError, match=r"policies\.mars\.closes: is .*; write a date"):
            HAMLET.having("policies.mars.closes", given)


def test_levels_ranges_points_and_replications_of_numpy() -> None:
    """A study by NumPy's numbers is the study by Python's own."""
    levels = Levels("policies.mars.payback_months", *np.arange(12, 37, 12))
    assert levels == Levels("policies.mars.payback_months", 12, 24, 36)
    span = Range("policies.mars.quota", np.float64(0.05), np.float64(0.2))
    assert latin_hypercube(HAMLET, span, points=np.int64(3)).draws == latin_hypercube(HAMLET, span, points=3).draws
    study = nt.sweep(HAMLET, replications=np.int64(1), seed=np.int64(1), executor=np.int64(1))
    assert study.table().equals(nt.sweep(HAMLET, replications=1, seed=1).table())
    for wrong in (True, np.bool_(True), 1.0, np.float64(1.0), "1"):
        with pytest.raises(NhstransitError, match="replications: the number is"):
            nt.sweep(HAMLET, replications=wrong, seed=1)


STRANGE: list[Any] = [
    *("text", "", True, -1, 0, 1.9, 2**63, float("nan"), float("inf"), None, object(), b"x", set(), len),
    *(dt.date(1900, 1, 1), dt.date(2040, 1, 1), dt.datetime(2010, 9, 2, 12), [], ["text"], [1, 2], (), {}, {"text": 1}),
    *([{"text": 1}], np.int64(3), np.array([1, 2]), HAMLET, HAMLET.policies["mars"], HAMLET.policies, HAMLET.behaviour),
    *(HAMLET.organisations, HAMLET.organisations[0], HAMLET.staff),
]


def test_whatever_is_put_anywhere_stands_there_or_is_refused_in_a_sentence() -> None:
    """At every path of a world and every part of one: nothing but a scenario, or an error raised on purpose."""
    paths = {path for path in flat(HAMLET) if not path.endswith(".type")}
    paths |= {path.rpartition(".")[0] for path in paths if "." in path}
    for path in sorted(paths)[:: 1 if THOROUGH else 6]:
        for item in STRANGE:
            try:
                assert isinstance(HAMLET.having(path, item), Scenario)
            except NhstransitError as error:
                assert len(str(error)) < 3_000
            except Exception as fault:
                raise AssertionError(f"{path} = {item!r}") from fault


@pytest.mark.parametrize(
    ("path", "item", "told"),
    [
        ("end", None, "end: is None; "),
        ("staff", "other.csv", "staff: is 'other.csv'; give a Workforce or a StaffSynthesis"),
        ("organisations.Eastmoor PCT", {}, "organisations.Eastmoor PCT: is a table; give an Organisation"),
        ("policies.mars", None, "policies.mars: is None; give a policy"),
        ("policies", {"mars": {}}, "policies: is a table; set one of its parts, as policies.NAME"),
        ("behaviour", 3, "behaviour: is 3; give a Behaviour"),
        ("name", "../other", "name: is '../other', which would be a path; "),
    ],
)
def test_what_is_said_of_what_may_not_stand_there(path: str, item: Any, told: str) -> None:
    """The path, what was given, and what would be right."""
    with pytest.raises(InputError) as caught:
        HAMLET.having(path, item)
    assert str(caught.value).startswith(told)
