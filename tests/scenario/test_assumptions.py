"""What a scenario rests on: every number of it, graded; what it sets itself is no longer graded as the default is."""

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


def test_every_number_with_a_parent_is_listed_once(hamlet):
    """Behaviour and policies, by their dotted paths."""
    scenario = nt.load_scenario("hamlet")
    parts = {f"behaviour.{name}": getattr(scenario.behaviour, name) for name in ("departures", "outlook", "severance")}
    parts |= {f"policies.{name}": policy for name, policy in scenario.policies.items()}
    for path, part in parts.items():
        for field in attrs.fields(type(part)):
            assert (f"{path}.{field.name}" in hamlet) == (parent_of(field) is not None)


def test_paths_lead_to_the_numbers(hamlet):
    """Each path is one that `having` takes, and the same value there changes nothing."""
    scenario = nt.load_scenario("hamlet")
    for path in ("behaviour.severance.typical", "policies.mars.quota", "policies.rets.cap"):
        assert scenario.having(path, hamlet[path].value) == scenario


def test_a_default_keeps_its_parent(hamlet):
    """Unit, source, grade and range are those of the field."""
    one = hamlet["policies.redundancy.unreasonable"]
    assert (one.value, one.unit, one.quality, one.range) == (0.05, "share of refusals", "assumption", (0.0, 0.1))
    assert one.unsure and not one.changed and one.width == pytest.approx(2.0)


def test_a_local_term_that_is_not_given_is_the_laws(hamlet):
    """Where a policy leaves a legal number to the law, that is what is listed, with the number's name."""
    one = hamlet["policies.mars.min_service_months"]
    assert (one.value, one.changed, one.law) == ("the law's", False, "mars_2010.qualifying_months")


def test_what_the_scenario_sets_is_its_own(hamlet):
    """The cap is the law's by default; another number is an assumption, and says in whose place it stands."""
    one = hamlet["policies.rets.cap"]
    assert (one.value, one.default, one.changed, one.quality) == (0.1, None, True, "assumption")
    assert "the law's rets.most_share is replaced" in one.source


def test_a_lever_stays_a_lever():
    """A quota that is set is a choice, as it was."""
    changed = nt.load_scenario("hamlet").having("policies.mars.quota", 0.2)
    (one,) = [one for one in assumptions(changed) if one.path == "policies.mars.quota"]
    assert (one.quality, one.changed, one.unsure) == ("choice", True, False)


def test_a_number_in_a_table_of_the_users_is_listed():
    """A rate for one function, which the library does not hold."""
    from nhstransit.toml import Named

    changed = nt.load_scenario("hamlet").having("behaviour.departures.by_function", Named({"finance": 0.2}))
    (one,) = [one for one in assumptions(changed) if one.path == "behaviour.departures.by_function.finance"]
    assert (one.value, one.changed, one.quality) == (0.2, True, "assumption")


def test_margins_are_listed_where_staff_are_made():
    """England's staff rest on its margins, each with source and grade; the hamlet's are a list."""
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
    """Importing the module leaves the function in its place."""
    import_module("nhstransit.scenario.assumptions")
    assert callable(nhstransit.scenario.assumptions)
