"""The instant at which a policy acts: its day, phase, rule and name in one object."""

from __future__ import annotations

import ast
from pathlib import Path

from nhstransit import engine
from nhstransit.engine.instant import Instant
from nhstransit.log import RULES, Phase


def test_a_later_instant_keeps_the_rule() -> None:
    """An effect that a policy agreed for a later day is logged under the rule of the policy."""
    agreed = Instant(day=5, phase=Phase.WINDOWS, rule=1_000, name="own")
    assert agreed.later(9, Phase.DEPARTURES) == Instant(9, Phase.DEPARTURES, 1_000, "own")


def test_an_instant_of_the_engine_has_the_rule_of_the_log() -> None:
    at = Instant.of_engine(7, Phase.CLOSURES, "closure")
    assert (at.day, at.phase, at.rule, at.name) == (7, Phase.CLOSURES, RULES["closure"], "closure")


def test_no_function_of_the_engine_has_the_parts_of_an_instant_as_parameters() -> None:
    """Functions take an `Instant` instead of a phase, or of a day and a rule."""
    found = []
    for file in sorted(Path(engine.__path__[0]).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and file.name != "instant.py":
                names = {each.arg for each in (*node.args.args, *node.args.kwonlyargs)}
                if "phase" in names or {"day", "rule"} <= names:
                    found.append(f"{file.name}: {node.name}")
    assert found == []
