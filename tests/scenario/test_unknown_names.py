"""Names in the fields of policies: an unknown name is refused when the scenario is made, with the nearest known name."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from small import START, body, date, person, small_world

from nhstransit.errors import ScenarioError
from nhstransit.grammar import Policy
from nhstransit.organisations.funds import Fund
from nhstransit.policies import Filling, Mars, Milestone, Redundancy, Returns, StartUp
from nhstransit.scenario import Scenario, load_scenario
from nhstransit.toml import Named

BODIES = [
    body("Old", closes="2010-09-30"),
    attrs.evolve(
        body("New", "ccg", ("finance", "6", 1), region="Dale"), wave=1, parent="", authorised=date("2010-06-01")
    ),
]
DAYS = {"announced": START, "opens": START, "closes": START, "leaves": START}


def world(**policies: Policy) -> Scenario:
    """A scenario with one person, two employers in two regions, and a fund."""
    bare = attrs.evolve(small_world(person(1), bodies=BODIES), funds=Named({"reserve": Fund(pounds_a_head=1.0)}))
    return attrs.evolve(bare, policies=Named({name.replace("_", "-"): policy for name, policy in policies.items()}))


@pytest.mark.parametrize(
    ("policies", "message"),
    [
        (
            {"returns": Returns(announced=START, after=("marz",))},
            r"returns\.after: has the unknown name 'marz'; did you mean 'mars'\?",
        ),
        (
            {"returns": Returns(announced=START, repays=Named({"marz": "mars_2010"}))},
            r"returns\.repays: has the unknown name 'marz'; did you mean 'mars'\?",
        ),
        (
            {"start-up": StartUp(announced=START, paid=START, savers=("early-exits",)), "early-exit": Mars(**DAYS)},
            r"start-up\.savers: has the unknown name 'early-exits'; did you mean 'early-exit'\?",
        ),
        (
            {"start-up": StartUp(announced=START, paid=START, funds=("reserves",))},
            r"start-up\.funds: has the unknown name 'reserves'; did you mean 'reserve'\?",
        ),
        (
            {"mars": Mars(**DAYS, fund="reserves")},
            r"mars\.fund: has the unknown name 'reserves'; did you mean 'reserve'\?",
        ),
        (
            {"mars": Mars(**DAYS, regions=("Vail",))},
            r"mars\.regions: has the unknown name 'Vail'; did you mean 'Vale'\?",
        ),
        ({"mars": Mars(**DAYS, bodies=("Odl",))}, r"mars\.bodies: has the unknown name 'Odl'; did you mean 'Old'\?"),
        (
            {"mars": Mars(**DAYS, appetite=Named({"Vail": 1.0}))},
            r"mars\.appetite: has the unknown name 'Vail'; did you mean 'Vale'\?",
        ),
        (
            {"news": Milestone(announced=START, employers=("Odl",))},
            r"news\.employers: has the unknown name 'Odl'; did you mean 'Old'\?",
        ),
        (
            {"redundancy": Redundancy(announced=START, letters=START, consults=START, residuary="Newt")},
            r"redundancy\.residuary: has the unknown name 'Newt'; did you mean 'New'\?",
        ),
        (
            {"filling": Filling(announced=START, held=START, starts=START, waves=(9,))},
            r"filling\.waves: are \(9,\), but no organisation is in these waves; known: 0, 1",
        ),
    ],
)
def test_an_unknown_name_is_refused_when_the_scenario_is_made(policies: dict[str, Any], message: str) -> None:
    """The error contains the dotted path, the name, and the nearest name in the scenario."""
    with pytest.raises(ScenarioError, match=rf"^policies\.{message}"):
        world(**policies)


def test_policies_named_by_default_may_be_absent() -> None:
    """By default, `Returns` names MARS and redundancy, which this scenario does not have."""
    assert set(world(returns=Returns(announced=START)).policies["returns"].after) >= {"mars", "redundancy"}


def test_removing_a_policy_removes_its_name_from_other_policies() -> None:
    """A name that a user chose is removed from the other policies; the name of a bundled policy may stay."""
    both = world(
        early_exit=Mars(**DAYS),
        mars=Mars(**DAYS),
        returns=Returns(announced=START, after=("mars", "early-exit"), repays={"early-exit": "mars_2010"}),
        start_up=StartUp(announced=START, paid=START, savers=("early-exit", "mars")),
    )
    assert both.without("mars").policies["returns"] == both.policies["returns"]
    fewer = both.without("early-exit").policies
    assert fewer["returns"].after == ("mars",) and fewer["returns"].repays == Named()
    assert fewer["start-up"].savers == ("mars",)


def test_returners_after_early_closures_of_regions_repay_like_others() -> None:
    """`Returns` names the early redundancies of the SHAs, but not their clustering, which this scenario leaves out."""
    returns = load_scenario("england-2010-as-planned").policies["returns"]
    assert set(returns.after) == set(returns.repays) >= {"redundancy", "redundancy-shas"}
    assert "clustering-shas" not in returns.after
