"""Policies act in order of class and then of the file. Random numbers are keyed by the policy's key, not its name."""

from __future__ import annotations

from typing import Any, ClassVar

import attrs
import numpy as np
import pytest
from oracle import day as by_hand
from small import date, small_world

import nhstransit as nt
from nhstransit import toml
from nhstransit.errors import ScenarioError
from nhstransit.grammar import NOTHING, Keyed, Occasion, Proposals, luck_of, place_of
from nhstransit.log import COLUMNS, ENGINE_RULES, NO_RULE, RULES, Log, codes_of
from nhstransit.policies import POLICIES
from nhstransit.scenario import differences
from nhstransit.scenario.tables import from_tables, to_tables
from nhstransit.toml import InOrder
from tests.shared import hamlet_run

HAMLET = nt.load_scenario("hamlet")


def renamed(scenario: nt.Scenario, old: str, new: str, *, key: bool) -> nt.Scenario:
    """A scenario in which a policy has another name; with `key`, it has its old random numbers."""
    policies = {new if name == old else name: policy for name, policy in scenario.policies.items()}
    if key:
        policies[new] = attrs.evolve(policies[new], luck=old)
    return attrs.evolve(scenario, policies=policies)


def in_names(run: nt.Run, called: dict[str, str]) -> list[tuple[Any, ...]]:
    """All events in the order of the log, with the names of rules, of which `called` replaces some."""
    words = {code: called.get(name, name) for code, name in run.rules.items()}
    columns = [getattr(run.log, name).tolist() for name in COLUMNS if name != "rule"]
    return [(words[rule], *rest) for rule, *rest in zip(run.log.rule.tolist(), *columns, strict=True)]


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["filling", "mars", "rets", "redundancy", "hiring-successors", "announcement"])
def test_renaming_a_policy_but_keeping_its_key_changes_nothing(name: str) -> None:
    """All events stay in the same order, wherever the new name is in the alphabet."""
    before = in_names(hamlet_run(), {})
    for new in ("a-round", "zz-last"):
        run = nt.simulate(renamed(HAMLET, name, new, key=True), seed=1)
        assert in_names(run, {new: name}) == before


def test_renaming_a_policy_without_its_key_changes_its_random_numbers() -> None:
    """The default key is the name."""
    before = in_names(hamlet_run(), {})
    run = nt.simulate(renamed(HAMLET, "filling", "vacancy-round", key=False), seed=1)
    assert in_names(run, {"vacancy-round": "filling"}) != before


@attrs.frozen(kw_only=True)
class Notes(Keyed):
    """A policy that records that it acts, and asks nobody anything."""

    question: ClassVar[None] = None
    signed: ClassVar[bool] = False
    called: str
    order: list[str] = attrs.field(factory=list, eq=False)

    @property
    def announced(self) -> Any:
        return date("2010-04-01")

    def days(self, calendar: Any, bodies: Any) -> list[Occasion]:
        return [Occasion(3, "noted")]

    def propose(self, situation: Any) -> Proposals:
        self.order.append(self.called)
        return Proposals(rows=np.empty(0, np.intp))

    def select(self, situation: Any, proposals: Any, answers: Any, chances: Any) -> Any:
        return NOTHING


@attrs.frozen(kw_only=True)
class Early(Notes):
    place: ClassVar[int] = 5


@attrs.frozen(kw_only=True)
class Late(Notes):
    place: ClassVar[int] = 99


def acted(**kinds: type[Notes]) -> list[str]:
    """The names of policies of these classes in the order in which they acted on one day."""
    order: list[str] = []
    policies = {name: kind(called=name, order=order) for name, kind in kinds.items()}
    nt.simulate(small_world(policies=policies), seed=1)
    return order


def test_order_comes_from_the_class_and_then_from_the_file() -> None:
    """Policies of one class act in the order of the file. A policy of an earlier class acts before them."""
    assert acted(zebra=Notes, ant=Notes, mule=Early) == ["mule", "zebra", "ant"]
    assert acted(ant=Late, zebra=Notes, mule=Early) == ["mule", "zebra", "ant"]


def test_well_known_names_have_no_order_of_their_own() -> None:
    """A user's own policy called "returns" or "rets" acts in the order of the file."""
    assert acted(returns=Notes, rets=Notes, other=Notes) == ["returns", "rets", "other"]


def test_two_hundred_names_have_different_codes() -> None:
    """The policies act in the order of the file."""
    names = [f"policy-{number * 7919 % 200}" for number in range(200)]
    assert len(set(codes_of(names).values())) == 200 + len(RULES)
    assert acted(**dict.fromkeys(names, Notes)) == names


def test_a_stored_run_has_the_names_of_its_rules(tmp_path: Any) -> None:
    """A run has the code of each rule in its log, also after it is saved and loaded."""
    run = nt.simulate(renamed(HAMLET, "filling", "vacancy-round", key=True), seed=1)
    code = run.code_of("vacancy-round")
    assert run.rules[code] == "vacancy-round" and (run.log.rule == code).any()
    assert run.code_of("never-heard-of") == NO_RULE and not (run.log.rule == NO_RULE).any()
    nt.save_run(run, tmp_path / "run")
    assert nt.load_run(tmp_path / "run").codes == run.codes


def test_a_file_contains_the_order_and_the_keys_of_policies() -> None:
    """They are the same after writing and reading. A key that equals the name is not written."""
    world = renamed(HAMLET, "mars", "zz-scheme", key=True)
    text = toml.dumps(to_tables(world))
    again = from_tables(toml.loads(text, "written"), staff=world.workforce)
    assert list(again.policies) == list(world.policies)
    assert again.policies["zz-scheme"].luck == "mars" and again.policies == world.policies
    assert text.count("luck") == 1


def test_scenarios_with_policies_in_another_order_differ() -> None:
    """They are not equal, and `differences` reports the order."""
    turned = attrs.evolve(HAMLET, policies=dict(reversed(list(HAMLET.policies.items()))))
    assert turned != HAMLET and isinstance(HAMLET.policies, InOrder)
    [change] = differences(HAMLET, turned)
    assert change.path == "policies.(order)" and change.new == tuple(turned.policies)


def test_an_invalid_place_in_the_day_is_refused() -> None:
    """A place is a whole number from 0 to 99."""

    @attrs.frozen(kw_only=True)
    class Beyond(Notes):
        place: ClassVar[int] = 100

    with pytest.raises(ScenarioError, match=r"policies\.beyond\.place: is 100; declare a whole number from 0 to 99"):
        acted(beyond=Beyond)


def test_a_class_that_declares_nothing_acts_after_the_library() -> None:
    """A class needs neither a place nor a key."""

    class Plain:
        luck = 7

    assert place_of(Plain()) > max(place_of(kind) for kind in POLICIES.values())
    assert luck_of("plain", Plain()) == "plain"


def test_every_policy_class_of_the_library_has_its_own_place_and_a_key() -> None:
    places = [vars(kind)["place"] for kind in POLICIES.values()]
    assert len(set(places)) == len(places)
    assert all(attrs.fields_dict(kind)["luck"].default == "" for kind in POLICIES.values())


def test_the_oracle_has_the_same_order() -> None:
    """The oracle has its own table, written from the documentation, so a change in one of the two is found here."""
    classes = sorted(POLICIES.values(), key=place_of)
    assert tuple(kind.__name__ for kind in classes) == by_hand.PLACES
    assert {name: RULES[name] for name in ENGINE_RULES} == by_hand.RULES
    assert {**by_hand.RULES, **by_hand.NAMES} == RULES


def test_the_oracle_imports_no_order_of_the_library() -> None:
    """Its phases, rules and places are independent of the engine's tables."""
    import ast
    from pathlib import Path

    for file in Path(by_hand.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "nhstransit.log":
                assert not {alias.name for alias in node.names} & {
                    "Phase",
                    "RULES",
                    "ENGINE_RULES",
                    "codes_of",
                    "rule_code",
                }


def test_logs_are_compared_by_the_names_of_rules() -> None:
    """Removing a policy changes the codes of the policies after it, but that alone is no difference between logs."""
    twice = {"first": Notes(called="first"), "second": Notes(called="second")}
    world = attrs.evolve(HAMLET, policies={**twice, **HAMLET.policies})
    both = nt.simulate(world, seed=1)
    one = nt.simulate(world.without("first"), seed=1)
    assert both.code_of("destinations") != one.code_of("destinations")
    assert isinstance(both.log, Log) and nt.compare(both, baseline=one).divergence.same
