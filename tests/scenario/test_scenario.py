"""Scenarios are values: changed by dotted path, compared, written and read as tables, and refused when parts conflict."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import attrs
import pytest

from nhstransit.behaviour import Behaviour
from nhstransit.errors import FormatError, InputError, OrganisationError, ScenarioError, StaffError
from nhstransit.grammar import Designate
from nhstransit.log import ENGINE_RULES
from nhstransit.policies import Mars, Milestone
from nhstransit.scenario import Scenario, bundled_names, differences, from_tables, load_scenario, to_tables
from nhstransit.toml import Named
from tests.small import body, date, once, person, rows, small_world

HAMLET = load_scenario("hamlet")


def refused(make: Any, error: type[InputError] = ScenarioError) -> str:
    with pytest.raises(error) as caught:
        make()
    return str(caught.value)


def test_bundled_scenarios_are_loaded_by_name() -> None:
    """The error for an unknown name contains the nearest name and the list."""
    assert "hamlet" in bundled_names()
    sentence = refused(lambda: load_scenario("hamlett"))
    assert sentence.startswith("scenario 'hamlett': is not bundled; did you mean 'hamlet'? known: ")


def test_having_changes_one_path() -> None:
    """Everything else stays the same, and so does the original scenario."""
    slower = HAMLET.having("policies.mars.payback_months", 18)
    assert slower.policies["mars"].payback_months == 18.0 and HAMLET.policies["mars"].payback_months == 24.0
    assert [str(change) for change in differences(HAMLET, slower)] == ["policies.mars.payback_months: 24.0 → 18.0"]
    assert slower.having("policies.mars.payback_months", 24.0) == HAMLET


@pytest.mark.parametrize(
    ("path", "item"),
    [
        ("title", "Another"),
        ("end", dt.date(2013, 12, 31)),
        ("staff_seed", 7),
        ("behaviour.departures.resign", 0.2),
        ("behaviour.departures.by_function", {"finance": 0.3}),
        ("organisations.Eastmoor PCT.population", 1),
        ("organisations.Eastmoor PCT.closes", dt.date(2013, 2, 28)),
        ("policies.mars.kinds", ["pct"]),
        ("policies.mars.budget_pounds", 1_000),
        ("policies.rets", Milestone(announced=dt.date(2011, 5, 1))),
    ],
)
def test_having_can_change_every_part(path: str, item: Any) -> None:
    """Fields of the scenario, of behaviour, of an employer and of a policy; and a whole part."""
    changed = HAMLET.having(path, item)
    assert changed != HAMLET
    assert all(change.path.startswith(path) for change in differences(HAMLET, changed))
    assert differences(changed, changed) == ()


@pytest.mark.parametrize(
    ("path", "item", "fault"),
    [
        ("polices.mars", None, "polices: does not exist; did you mean 'policies'?"),
        ("policies.marz.quota", 0.1, "policies.marz: does not exist; did you mean 'mars'?"),
        ("policies.mars.quotas", 0.1, "policies.mars.quotas: does not exist; did you mean 'quota'?"),
        ("policies.mars.quota.x", 0.1, "policies.mars.quota.x: does not exist; end the path one step earlier"),
        ("organisations.Eastmor PCT.closes", None, "organisations.Eastmor PCT: does not exist; did you mean 'Eastmoor"),
        ("", 1, ": does not exist; "),
        ("policies.mars.quota", 1.5, "policies.mars.quota: is 1.5; give a share from 0 to 1"),
        ("policies.mars.quota", "0.1", "policies.mars.quota: is '0.1'; write a number"),
        ("policies.mars.quota", True, "policies.mars.quota: is True; write a number"),
        ("policies.mars.quota", math.nan, "policies.mars.quota: is nan; "),
        ("policies.mars.min_service_months", 1.9, "policies.mars.min_service_months: is 1.9; write a whole number"),
        ("policies.mars.closes", dt.date(2010, 9, 1), "policies.mars.closes: is 2010-09-01, before `opens`"),
        ("policies.mars.closes", "2010-10-30", "policies.mars.closes: is '2010-10-30'; write a date"),
        ("policies.mars.announced", dt.date(2010, 3, 1), "policies.mars.announced: is 2010-03-01, before the scenario"),
        (
            "policies.filling.kindred",
            ["finanse"],
            "policies.filling.kindred: has the unknown name 'finanse'; did you mean 'finance'?",
        ),
        (
            "policies.mars.protected",
            ["finanse"],
            "policies.mars.protected: has the unknown name 'finanse'; did you mean 'finance'?",
        ),
        ("end", dt.date(2009, 1, 1), "end: is 2009-01-01, before the start"),
        ("staff_seed", -1, "staff_seed: is -1; "),
        ("behaviour.departures.premium", 0.5, "behaviour.departures.premium: is 0.5; "),
    ],
)
def test_having_refuses_unknown_paths_and_invalid_values(path: str, item: Any, fault: str) -> None:
    """The error for an unknown path contains the nearest path.

    The error for an invalid value contains the whole path.
    """
    assert refused(lambda: HAMLET.having(path, item), InputError).startswith(fault.removeprefix(": "))


def test_without_removes_policies_by_name() -> None:
    """The error for an unknown policy contains the nearest name."""
    assert set(HAMLET.policies) - set(HAMLET.without("mars", "rets").policies) == {"mars", "rets"}
    assert refused(lambda: HAMLET.without("marz")).startswith("policies.marz: is not in this scenario; did you mean")
    paths = {change.path for change in differences(HAMLET, HAMLET.without("mars"))}
    assert paths and all(path.startswith("policies.mars.") for path in paths)


def test_a_scenario_is_the_same_after_writing_and_reading_tables() -> None:
    changed = HAMLET.having("behaviour.departures.by_function", {"finance": 0.3}).having(
        "policies.mars.budget_pounds", 1
    )
    for scenario in (HAMLET, changed, HAMLET.without(*HAMLET.policies), small_world(person(1))):
        back = from_tables(to_tables(scenario), staff=scenario.workforce)
        assert back == scenario and hash(back) == hash(scenario)
        assert differences(scenario, back) == ()


def test_a_policy_that_cannot_be_imported_is_not_written() -> None:
    """The error names the policy."""
    own = small_world(person(1), policies={"own": once("2010-05-01", Designate(rows=rows(0)))})
    assert refused(lambda: to_tables(own)).startswith(
        "policies.own: is a Own, which cannot be written in a scenario file; "
    )


def test_tables_without_staff_are_refused() -> None:
    """Neither a staff list nor margins nor a workforce are given."""
    assert refused(lambda: from_tables(to_tables(HAMLET)), FormatError).startswith("staff: is missing; ")


MARS = Mars(**{name: date("2010-05-01") for name in ("announced", "opens", "closes", "leaves")})


def test_invalid_policies_are_refused() -> None:
    """An object that is no policy, a policy announced before the start, and a policy with a reserved name."""
    assert refused(lambda: small_world(policies={"own": 7})).startswith("policies.own: is a int; give an object that")
    early = attrs.evolve(MARS, announced=dt.date(2010, 3, 31))
    assert refused(lambda: small_world(policies={"m": early})).startswith("policies.m.announced: is 2010-03-31, before")
    for name in ENGINE_RULES:
        sentence = refused(lambda name=name: small_world(policies={name: MARS}))
        assert sentence == f"policies.{name}: uses a name that is reserved for the simulation; rename it"


def test_invalid_lists_of_functions_are_refused() -> None:
    """No function, a repeated function, and more than a hundred."""
    for functions in ((), ("finance", "finance"), tuple(map(str, range(101)))):
        assert refused(lambda these=functions: attrs.evolve(HAMLET, functions=these)).startswith("functions: are ")


def test_staff_that_do_not_fit_the_scenario_are_refused() -> None:
    """Staff of unknown or closed employers, more staff than posts, and staff who start later or have left."""
    sentence = refused(
        lambda: attrs.evolve(small_world(person(1)), staff=small_world(person(1, "X"), bodies=[body("X")]).staff)
    )
    assert sentence.startswith("staff: names different organisations or functions; ")
    for dates in ({"opens": "2010-05-01"}, {"closes": "2010-03-30"}):
        late = body("Old", **dates)
        sentence = refused(lambda late=late: small_world(person(1), bodies=[late]), OrganisationError)
        assert sentence.startswith("Old: has staff on 2010-04-01, when it is not open; ")
    full = body("Old", "pct", ("finance", "6", 1))
    sentence = refused(lambda: small_world(person(1), person(2), bodies=[full]), OrganisationError)
    assert sentence.startswith("Old: has 2 finance staff in band 6 at the start but only 1 posts; ")
    sentence = refused(lambda: small_world(person(4, since="2010-04-02")), StaffError)
    assert sentence.startswith("staff 4: service_from: is 2010-04-02, after the scenario starts (2010-04-01); ")
    sentence = refused(lambda: small_world(person(4, ends="2010-03-31")), StaffError)
    assert sentence.startswith("staff 4: contract_ends: is 2010-03-31, before the scenario starts (2010-04-01); ")


def test_conflicting_organisations_are_refused() -> None:
    """An unknown function and a repeated name."""
    odd = body("Odd", "pct", ("finanse", "6", 1))
    sentence = refused(lambda: small_world(bodies=[odd]), OrganisationError)
    assert sentence.startswith("organisations.Odd.establishment: names the function 'finanse'; did you mean 'finance'?")
    assert "occurs twice" in refused(lambda: small_world(bodies=[body("A"), body("A")]), OrganisationError)


def test_a_scenario_is_shown_in_one_line_and_as_html() -> None:
    """`repr` is one line; the table for notebooks escapes HTML."""
    assert repr(HAMLET).startswith("Scenario('hamlet': 2010-04-01 to 2014-03-31, 7 organisations, ")
    shown = attrs.evolve(HAMLET, title="<b>")._repr_html_()
    assert "&lt;b&gt;" in shown and "<b>" not in shown


def test_scenarios_are_values() -> None:
    """Scenarios with equal content are equal and have one hash; a scenario cannot be changed in place."""
    again = load_scenario("hamlet")
    assert again == HAMLET and hash(again) == hash(HAMLET) and len({again, HAMLET}) == 1
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        HAMLET.title = "other"  # type: ignore[misc]
    assert (
        isinstance(HAMLET, Scenario) and isinstance(HAMLET.policies, Named) and isinstance(HAMLET.behaviour, Behaviour)
    )
