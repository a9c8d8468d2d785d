"""Every public function has an example that runs: in its docstring, or in docs/examples.py."""

from __future__ import annotations

import doctest
import importlib
import inspect
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

DOCS = Path(__file__).parents[1] / "docs"
FOUND = runpy.run_path(str(DOCS / "examples.py"))
PUBLIC = runpy.run_path(str(DOCS / "public.py"))
DRAWN = ("nhstransit.plots", "nhstransit.report")  # drawn and written by tests/plots, tests/report and the gallery


def functions() -> Iterator[tuple[str, str, Any]]:
    """Every public function, under the module that has its entry in the reference."""
    seen: set[int] = set()
    for path in PUBLIC["PUBLIC"]:
        for name in PUBLIC["names"](path):
            thing = getattr(importlib.import_module(path), name)
            if inspect.isfunction(thing) and id(thing) not in seen:
                seen.add(id(thing))
                yield path, name, thing


@pytest.fixture(scope="module")
def given() -> dict[str, Any]:
    space: dict[str, Any] = {"__name__": "example"}
    exec(FOUND["GIVEN"], space)
    return space


@pytest.mark.parametrize(
    ("path", "name"),
    [
        pytest.param(path, name, id=f"{path}.{name}", marks=[pytest.mark.thorough] if kind == "LONG" else [])
        for kind in ("EXAMPLES", "LONG")
        for path, names in FOUND[kind].items()
        for name in names
    ],
)
def test_an_example_runs(
    path: str, name: str, given: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In an empty folder, after what is given."""
    monkeypatch.chdir(tmp_path)
    text = (FOUND["EXAMPLES"].get(path, {}) | FOUND["LONG"].get(path, {}))[name]
    exec(compile(text, f"example of {path}.{name}", "exec"), dict(given))


def test_every_public_function_has_an_example() -> None:
    """In which its name is written."""
    missing = []
    for path, name, thing in functions():
        text = (FOUND["EXAMPLES"].get(path, {}) | FOUND["LONG"].get(path, {})).get(name, "")
        doc = inspect.getdoc(thing) or ""
        if name not in text and ">>>" not in doc and "Example: " not in doc and not path.startswith(DRAWN):
            missing.append(f"{path}.{name}")
    assert not missing


def test_every_example_is_of_a_public_function() -> None:
    """None is left of a function that is gone."""
    known = {(path, name) for path, name, _ in functions()}
    assert (
        not {(path, name) for kind in ("EXAMPLES", "LONG") for path, names in FOUND[kind].items() for name in names}
        - known
    )


def test_the_questions_of_docstrings_are_answered_so() -> None:
    """What stands after `>>>` in the docstring of a public name gives what stands under it."""
    finder, runner = doctest.DocTestFinder(recurse=False), doctest.DocTestRunner()
    tried = 0
    for path in PUBLIC["PUBLIC"]:
        for name in PUBLIC["names"](path):
            thing = getattr(importlib.import_module(path), name)
            if inspect.isfunction(thing) or inspect.isclass(thing):
                module = inspect.getmodule(thing)
                for test in finder.find(thing, name, module=module):
                    tried += runner.run(test).attempted
    assert tried > 3 and not runner.failures
