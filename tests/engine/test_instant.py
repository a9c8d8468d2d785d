"""The instant of an occasion: one thing in place of a day, a phase, a rule and a name."""

from __future__ import annotations

import ast
from pathlib import Path

from nhstransit import engine
from nhstransit.engine.instant import Instant
from nhstransit.log import RULES, Phase


def test_a_later_instant_keeps_the_rule() -> None:
    """What a policy agreed for another day happens there by its rule."""
    agreed = Instant(day=5, phase=Phase.WINDOWS, rule=1_000, name="own")
    assert agreed.later(9, Phase.DEPARTURES) == Instant(9, Phase.DEPARTURES, 1_000, "own")


def test_the_engine_s_own_rules_are_named() -> None:
    """Their numbers are those of the log."""
    at = Instant.of_engine(7, Phase.CLOSURES, "closure")
    assert (at.day, at.phase, at.rule, at.name) == (7, Phase.CLOSURES, RULES["closure"], "closure")


def test_no_function_of_the_engine_takes_an_instant_in_parts() -> None:
    """Nothing but the instant itself is given a phase or the rule that acts."""
    found = []
    for file in sorted(Path(engine.__path__[0]).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and file.name != "instant.py":
                names = {each.arg for each in (*node.args.args, *node.args.kwonlyargs)}
                if "phase" in names or {"day", "rule"} <= names:
                    found.append(f"{file.name}: {node.name}")
    assert found == []
