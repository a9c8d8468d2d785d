"""The assumptions of a scenario: every number with its grade. A number that the scenario sets loses the default's grade."""

from __future__ import annotations

from importlib import import_module

import attrs
import pytest

import nhstransit as nt
import nhstransit.scenario
from nhstransit.fields import QUALITIES, parent_of
from nhstransit.scenario import assumptions


@pytest.fixture(scope="module")
def hamlet():
    return {one.path: one for one in assumptions(nt.load_scenario("hamlet"))}


def test_every_number_with_a_source_is_listed_once(hamlet):
    """The numbers of behaviour and of policies, by dotted path."""
    scenario = nt.load_scenario("hamlet")
    parts = {f"behaviour.{name}": getattr(scenario.behaviour, name) for name in ("departures", "outlook", "severance")}
    parts |= {f"policies.{name}": policy for name, policy in scenario.policies.items()}
    for path, part in parts.items():
        for field in attrs.fields(type(part)):
            assert (f"{path}.{field.name}" in hamlet) == (parent_of(field) is not None)


def test_each_listed_path_can_be_set(hamlet):
    """`having` accepts each path, and setting the same value there changes nothing."""
    scenario = nt.load_scenario("hamlet")
    for path in ("behaviour.severance.typical", "policies.mars.quota", "policies.rets.cap"):
        assert scenario.having(path, hamlet[path].value) == scenario


def test_a_default_has_the_source_and_grade_of_its_field(hamlet):
    """Value, unit, grade and range come from the definition of the field."""
    one = hamlet["policies.redundancy.unreasonable"]
    assert (one.value, one.unit, one.quality, one.range) == (0.05, "share of refusals", "assumption", (0.0, 0.1))
    assert one.unsure and not one.changed and one.width == pytest.approx(2.0)


def test_a_term_that_the_policy_leaves_open_is_listed_as_the_laws(hamlet):
    """The list then names the legal number that applies."""
    one = hamlet["policies.mars.min_service_months"]
    assert (one.value, one.changed, one.law) == ("the law's", False, "mars_2010.qualifying_months")


def test_a_number_that_replaces_the_laws_is_an_assumption(hamlet):
    """The cap is the law's by default. Another number is an assumption, and its source says what it replaces."""
    one = hamlet["policies.rets.cap"]
    assert (one.value, one.default, one.changed, one.quality) == (0.1, None, True, "assumption")
    assert "the law's rets.most_share is replaced" in one.source


def test_a_choice_that_is_set_stays_a_choice():
    """A quota is graded as a choice, whether it is the default or set."""
    changed = nt.load_scenario("hamlet").having("policies.mars.quota", 0.2)
    (one,) = [one for one in assumptions(changed) if one.path == "policies.mars.quota"]
    assert (one.quality, one.changed, one.unsure) == ("choice", True, False)


def test_a_number_in_a_users_table_is_listed():
    """For example a rate for one function, for which the library has no default."""
    from nhstransit.toml import Named

    changed = nt.load_scenario("hamlet").having("behaviour.departures.by_function", Named({"finance": 0.2}))
    (one,) = [one for one in assumptions(changed) if one.path == "behaviour.departures.by_function.finance"]
    assert (one.value, one.changed, one.quality) == (0.2, True, "assumption")


def test_margins_are_listed_when_staff_are_synthetic():
    """England's staff are made from margins, each with source and grade; the hamlet's staff are a list."""
    found = assumptions(nt.load_scenario("england-2010-prior"))
    margins = [one for one in found if one.path.startswith("england/margins-2010.toml")]
    assert len(margins) > 10 and all(one.source and one.quality in QUALITIES for one in margins)
    assert not [one for one in assumptions(nt.load_scenario("hamlet")) if "margins" in one.path]


def test_widths_compare_ranges(hamlet):
    """A range over its number; none where there is no range."""
    one = hamlet["behaviour.severance.typical"]
    assert one.width == pytest.approx((0.06 - 0.005) / 0.02)
    assert hamlet["policies.mars.quota"].width == 0.0


def test_the_function_is_not_hidden_by_its_module():
    """Importing the module does not replace the function."""
    import_module("nhstransit.scenario.assumptions")
    assert callable(nhstransit.scenario.assumptions)
