"""Every public function has an example that runs: in its docstring, docs/examples.py, a page or a notebook."""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
import re
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import nhstransit as nt
from tests.studies.made import left, pair
from tests.test_docs import codes

DOCS = Path(__file__).parents[1] / "docs"
FOUND = runpy.run_path(str(DOCS / "examples.py"))
PUBLIC = runpy.run_path(str(DOCS / "public.py"))
SHOWN_BY = {  # functions that take too long for an example, with the test or command that calls them
    "nhstransit.studies.matching.match": "studies/made_matching.py",
    "nhstransit.studies.checks.calibrated": "studies/test_matching.py",
    "nhstransit.studies.checks.out_of_block": "studies/test_matching.py",
    "nhstransit.studies.checks.predicted_from": "studies/test_matching.py",
    "nhstransit.studies.importance.importance": "studies/test_matching.py",
    "nhstransit.studies.importance.gaps_at": "studies/test_matching.py",
    "nhstransit.engine.together.simulate_together": "engine/test_together.py",
    "nhstransit.engine.together.why_apart": "engine/test_together.py",
    "nhstransit.grammar.joined": "engine/test_in_one_pass.py",
    "nhstransit.choice.benchmark_policies": "choice/test_benchmark.py",
    "nhstransit.choice.read_benchmark": "choice/test_benchmark.py",
    "nhstransit.choice.choose_file": "../nhstransit/cli/choose.py",
    "nhstransit.england.headline_intervals": "../nhstransit/cli/run.py",
}
DRAWN = ("nhstransit.plots", "nhstransit.report")  # tested by tests/plots, tests/report and the gallery


def functions() -> Iterator[tuple[str, str, Any]]:
    """Every public function, with the module under which the reference lists it."""
    seen: set[int] = set()
    for path in PUBLIC["PUBLIC"]:
        for name in PUBLIC["names"](path):
            thing = getattr(importlib.import_module(path), name)
            if PUBLIC["is_function"](thing) and id(thing) not in seen:
                seen.add(id(thing))
                yield path, name, thing


@pytest.fixture(scope="module")
def given() -> dict[str, Any]:
    space: dict[str, Any] = {"__name__": "example"}
    exec(FOUND["GIVEN"], space)
    return space


def shown(text: str, given: dict[str, Any]) -> Any:
    """The value of the last line of an example, which a notebook would show."""
    lines = ast.parse(text).body
    space = dict(given)
    last = lines.pop() if isinstance(lines[-1], ast.Expr) else None
    exec(compile(ast.Module(lines, []), "example", "exec"), space)
    return eval(compile(ast.Expression(last.value), "example", "eval"), space) if last else None


def undocumented(table: pd.DataFrame, doc: str) -> list[str]:
    """The columns of a table, including its index, that a docstring does not name. `by` stands for columns of groups."""
    names = [str(name) for name in (*table.index.names, *table.columns) if name is not None]
    cuts = {"kind", "region", "employer", "function", "band", "sex", "age", "all", "rule"} if "by" in doc else set()
    return [name for name in names if name not in cuts and not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", doc)]


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
    """It runs in an empty folder. If it returns a table, the docstring of the function names all its columns."""
    monkeypatch.chdir(tmp_path)
    text = (FOUND["EXAMPLES"].get(path, {}) | FOUND["LONG"].get(path, {}))[name]
    found = shown(text, given)
    if isinstance(found, pd.DataFrame) and "table" not in text:
        doc = inspect.getdoc(getattr(importlib.import_module(path), name)) or ""
        assert undocumented(found, doc) == []


def test_every_public_function_has_an_example() -> None:
    """The example is with the function, or in Python of a page or notebook, which other tests run."""
    played = {word for _, text in codes() for word in re.findall(r"\w+(?=\()", text)}
    missing = []
    for path, name, thing in functions():
        text = (FOUND["EXAMPLES"].get(path, {}) | FOUND["LONG"].get(path, {})).get(name, "")
        doc = inspect.getdoc(thing) or ""
        here = name in text or ">>>" in doc or "Example: " in doc or name in played
        by = SHOWN_BY.get(f"{path}.{name}", "")
        here = here or bool(by and f"{name}(" in (DOCS.parent / "tests" / by).read_text("utf-8"))
        if not here and not path.startswith(DRAWN):
            missing.append(f"{path}.{name}")
    assert not missing


def test_every_example_belongs_to_a_public_function() -> None:
    """No example is left for a function that was removed."""
    known = {(path, name) for path, name, _ in functions()}
    assert (
        not {(path, name) for kind in ("EXAMPLES", "LONG") for path, names in FOUND[kind].items() for name in names}
        - known
    )


def test_the_doctests_of_public_names_pass() -> None:
    finder = doctest.DocTestFinder(recurse=False)
    runner = doctest.DocTestRunner()
    tried = 0
    for path in PUBLIC["PUBLIC"]:
        for name in PUBLIC["names"](path):
            thing = getattr(importlib.import_module(path), name)
            if inspect.isfunction(thing) or inspect.isclass(thing):
                module = inspect.getmodule(thing)
                for test in finder.find(thing, name, module=module):
                    tried += runner.run(test).attempted
    assert tried > 3 and not runner.failures


def test_docstrings_name_every_column_of_comparisons_histories_logs_and_studies(given: dict[str, Any]) -> None:
    """The columns are named in the docstring of the property or method that returns the table."""
    run = given["run"]
    compared = given["compared"]
    study = nt.sweep(pair(), replications=1, seed=1, measure=left, progress=False)
    tables = {
        **{
            f"comparison.{name}": getattr(compared, name)
            for name in ("strata", "routes", "drain", "gaps", "bounds", "settings")
        },
        "comparison.deadweight": compared.deadweight("mars"),
        **{
            f"history.{name}": getattr(run.history, name)()
            for name in ("covers", "exits", "moves", "payments", "people", "posts", "promises", "spells")
        },
        "history.stocks": run.history.stocks(0, by="kind"),
        "history.state": run.history.state(0),
        "log.table": run.log.table(),
        "study.table": study.table().drop(columns=list(study.measures)),
        "study.tidy": study.tidy(),
        "study.summary": study.summary(),
        "study.failures": study.failures(),
        "study.gaps": study.gaps(baseline="calm", level=None),
    }
    kinds = {"comparison": type(compared), "history": type(run.history), "log": type(run.log), "study": type(study)}
    missing = {}
    for name, table in tables.items():
        kind, _, attribute = name.partition(".")
        doc = inspect.getdoc(getattr(kinds[kind], attribute)) or ""
        if "see `deadweight`" in doc:
            doc = inspect.getdoc(nt.comparison.deadweight) or ""
        if gone := undocumented(table, doc):
            missing[name] = gone
    assert not missing
