"""Dotted paths: names with full stops, values of NumPy and pandas, and invalid values at every path."""

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
    """The longest known name is meant; quotation marks also work."""
    assert part_at(SEVERAL.having(path, 0.07), path) == 0.07
    assert [change.path for change in differences(SEVERAL, SEVERAL.having(path, 0.07))] == ['policies."mars 1.5".quota']


def test_the_longest_name_is_meant_unless_there_are_quotation_marks() -> None:
    """A policy has the name mars.quota, which is also the path of a field of the policy mars.

    Without quotation marks the path leads to the policy, with them to the field.
    """
    world = attrs.evolve(HAMLET, policies=HAMLET.policies.having("mars.quota", HAMLET.policies["mars"]))
    assert part_at(world, "policies.mars.quota") == HAMLET.policies["mars"]
    assert part_at(world, 'policies."mars".quota') == HAMLET.policies["mars"].quota  # type: ignore[attr-defined]


@pytest.mark.parametrize("names", [("a", "b"), ("a", "b.c", "d"), ("a", 'say "b"', "c\\d.e"), ("x=y", "z")])
def test_joined_names_are_split_into_the_same_names(names: tuple[str, ...]) -> None:
    assert names_in(joined(*names)) == names


def test_every_path_that_the_library_returns_can_be_used() -> None:
    """Paths of assumptions, ranges and differences, also in a scenario with full stops in its names."""
    made = [one.path for one in assumptions(SEVERAL)] + [one.path for one in ranges_of(SEVERAL)]
    assert sum("1.5" in path for path in made) > 5
    for path in made:
        assert SEVERAL.having(path, part_at(SEVERAL, path)) == SEVERAL, path
    for path in flat(SEVERAL):
        if not path.endswith(".type"):
            part_at(SEVERAL, path)


@pytest.mark.parametrize("path", ["policies.mars 1.5", 'policies."mars 1.5"'])
def test_a_policy_with_a_full_stop_in_its_name_can_be_added(path: str) -> None:
    """Its name may be written with or without quotation marks."""
    mars = HAMLET.policies["mars"]
    assert HAMLET.having(path, mars).policies["mars 1.5"] == mars


def test_a_missing_quotation_mark_is_refused() -> None:
    with pytest.raises(InputError, match="lacks a closing quotation mark"):
        HAMLET.having('policies."mars.quota', 0.1)


@pytest.mark.parametrize(
    ("path", "given", "expected"),
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
def test_numbers_and_dates_of_numpy_and_pandas_are_converted(path: str, given: Any, expected: Any) -> None:
    """They become Python's own types, so that stored and compared values are the same."""
    found = part_at(HAMLET.having(path, given), path)
    assert found == expected and type(found) is type(expected)
    *way, field = path.split(".")
    if way:
        policy = attrs.evolve(part_at(HAMLET, ".".join(way)), **{field: given})
        assert type(getattr(policy, field)) is type(expected) and getattr(policy, field) == expected


def test_a_date_with_a_time_of_day_is_refused() -> None:
    """The time is not dropped silently."""
    for given in (pd.Timestamp("2010-10-28 12:00"), np.datetime64("2010-10-28T12:00"), dt.datetime(2010, 10, 28)):
        with pytest.raises(InputError, match=r"policies\.mars\.closes: is .*; write a date"):
            HAMLET.having("policies.mars.closes", given)


def test_a_study_accepts_numbers_of_numpy() -> None:
    """A study with NumPy's numbers equals the study with Python's numbers."""
    levels = Levels("policies.mars.payback_months", *np.arange(12, 37, 12))
    assert levels == Levels("policies.mars.payback_months", 12, 24, 36)
    span = Range("policies.mars.quota", np.float64(0.05), np.float64(0.2))
    assert latin_hypercube(HAMLET, span, points=np.int64(3)).draws == latin_hypercube(HAMLET, span, points=3).draws
    study = nt.sweep(HAMLET, replications=np.int64(1), seed=np.int64(1), executor=np.int64(1))
    assert study.table().equals(nt.sweep(HAMLET, replications=1, seed=1).table())
    for wrong in (True, np.bool_(True), 1.0, np.float64(1.0), "1"):
        with pytest.raises(NhstransitError, match="replications: the number is"):
            nt.sweep(HAMLET, replications=wrong, seed=1)


VALUES: list[Any] = [
    *("text", "", True, -1, 0, 1.9, 2**63, float("nan"), float("inf"), None, object(), b"x", set(), len),
    *(dt.date(1900, 1, 1), dt.date(2040, 1, 1), dt.datetime(2010, 9, 2, 12), [], ["text"], [1, 2], (), {}, {"text": 1}),
    *([{"text": 1}], np.int64(3), np.array([1, 2]), HAMLET, HAMLET.policies["mars"], HAMLET.policies, HAMLET.behaviour),
    *(HAMLET.organisations, HAMLET.organisations[0], HAMLET.staff),
]


def test_any_value_at_any_path_is_accepted_or_refused_with_a_short_error() -> None:
    """At every path of a scenario and of its parts, the result is a scenario or an error of the library."""
    paths = {path for path in flat(HAMLET) if not path.endswith(".type")}
    paths |= {path.rpartition(".")[0] for path in paths if "." in path}
    for path in sorted(paths)[:: 1 if THOROUGH else 6]:
        for item in VALUES:
            try:
                assert isinstance(HAMLET.having(path, item), Scenario)
            except NhstransitError as error:
                assert len(str(error)) < 3_000
            except Exception as fault:
                raise AssertionError(f"{path} = {item!r}") from fault


@pytest.mark.parametrize(
    ("path", "item", "message"),
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
def test_a_value_of_the_wrong_kind_is_refused(path: str, item: Any, message: str) -> None:
    """The error contains the path, the value, and what to give instead."""
    with pytest.raises(InputError) as caught:
        HAMLET.having(path, item)
    assert str(caught.value).startswith(message)
