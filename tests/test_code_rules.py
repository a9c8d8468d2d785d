"""Rules for the code that no linter checks: one source of random numbers, nothing pickled, British spelling."""

from __future__ import annotations

import ast
import inspect
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import nhstransit
from tests.source import nodes_of

PACKAGE = Path(nhstransit.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
AMERICAN = re.compile(
    r"organiz|behavior|favor|\blabor\b|\bfulfill\b|\bjudgment|analyz"
    r"|(?:real|recogn|summar|optim|minim|maxim|initial|normal|standard|random|synthes|categor)iz",
    re.IGNORECASE,
)
AMERICAN_PROSE = re.compile(r"color|\bcenter", re.IGNORECASE)  # words of CSS and of plotting, so only in prose
MANY = 3  # a docstring lists the parameters if there are at least so many
VAGUE = re.compile(r"(^|_)(manager|handler|helper|utils?|misc|tmp)(_|$)", re.IGNORECASE)

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@cache
def text(path: Path) -> str:
    return path.read_text("utf-8")


def nodes(path: Path) -> tuple[ast.AST, ...]:
    return nodes_of(text(path))


def location(path: Path, line: int = 1) -> str:
    """File and line, in the form that editors and terminals understand."""
    return f"{path.relative_to(PACKAGE.parent)}:{line}"


def docstrings(path: Path) -> Iterator[tuple[int, str]]:
    for node in nodes(path):
        if isinstance(node, (ast.Module, Definition)) and (docstring := ast.get_docstring(node, clean=False)):
            first = node.body[0].lineno
            yield from ((first + n, line) for n, line in enumerate(docstring.splitlines()))


def comments(path: Path) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(text(path)).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def names(path: Path) -> Iterator[tuple[int, str]]:
    """The names that a module defines: its own name, and its classes, functions, arguments and variables."""
    yield 1, path.stem
    for node in nodes(path):
        if isinstance(node, Definition):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id


def snake(name: str) -> str:
    """A CamelCase name with underscores between its words."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)


def sentences(path: Path) -> Iterator[tuple[int, str]]:
    """Strings with a space, such as messages."""
    for node in nodes(path):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield node.lineno, node.value


def test_the_modules_of_the_package_are_found() -> None:
    assert {"errors.py", "arrays.py", "dates.py", "streams.py", "toml.py"} <= {path.name for path in MODULES}


def test_every_module_has_a_docstring() -> None:
    assert not [location(path) for path in MODULES if ast.get_docstring(nodes(path)[0]) is None]  # type: ignore[arg-type]


def test_only_streams_uses_random_generators() -> None:
    """No other module uses Python's or NumPy's random numbers."""
    words = re.compile(
        r"\bdefault_rng\b|\bnp\.random\b|\bnumpy\.random\b|^\s*(import|from) (random|secrets)\b", re.MULTILINE
    )
    assert not [location(path) for path in MODULES if path.name != "streams.py" and words.search(text(path))]


def test_input_is_never_checked_by_assert() -> None:
    """`python -O` removes `assert`, so the package has none."""
    assert not [location(path, node.lineno) for path in MODULES for node in nodes(path) if isinstance(node, ast.Assert)]


def test_nothing_is_pickled() -> None:
    """Stored files can be read without running code: the package uses no pickle, also not through NumPy.

    `artist.py` is an exception. It stores nothing, but sends a run to a separate process.
    """
    words = re.compile(r"^\s*(import|from) (pickle|shelve|marshal)\b|allow_pickle\s*=\s*True", re.MULTILINE)
    assert not [location(path) for path in MODULES if path.name != "artist.py" and words.search(text(path))]


def test_no_module_imports_names_from_the_package_itself() -> None:
    """Inside the package a name is imported from the module that defines it."""
    modules = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or path.is_dir()}
    found = [
        location(path, node.lineno)
        for path in MODULES
        for node in nodes(path)
        if isinstance(node, ast.ImportFrom) and node.module == "nhstransit" and node.level == 0
        if not {name.name for name in node.names} <= modules
    ]
    assert not found


def test_imports_are_absolute() -> None:
    """No import is relative, so that each line shows the full name of the module."""
    assert not [
        location(path, node.lineno)
        for path in MODULES
        for node in nodes(path)
        if isinstance(node, ast.ImportFrom) and node.level > 0
    ]


def test_spelling_is_british() -> None:
    """This covers names, docstrings, comments and messages."""
    slips = []
    for path in MODULES:
        # Splitting a module into words takes a hundred times as long as searching its text.
        if AMERICAN.search(text(path)):
            words = [*names(path), *docstrings(path), *comments(path), *sentences(path)]
            slips += [f"{location(path, line)} {word}" for line, word in words if AMERICAN.search(word)]
        if AMERICAN_PROSE.search(text(path)):
            prose = [*docstrings(path), *comments(path)]
            slips += [f"{location(path, line)} {words}" for line, words in prose if AMERICAN_PROSE.search(words)]
    assert not slips


def test_no_name_is_vague() -> None:
    """No name contains manager, handler, helper, util, misc or tmp."""
    assert not [
        f"{location(path, line)} {name}" for path in MODULES for line, name in names(path) if VAGUE.search(snake(name))
    ]


def parameters(function: ast.FunctionDef) -> list[str]:
    """Names of a function's parameters, without `self` and `cls`."""
    given = function.args
    several = [one for one in (given.vararg, given.kwarg) if one is not None]
    every = [*given.posonlyargs, *given.args, *given.kwonlyargs, *several]
    return [one.arg for one in every if one.arg not in ("self", "cls")]


def listed(function: ast.FunctionDef) -> list[str]:
    """Names in the section `Args:` of a docstring, which are before a colon at the lowest indentation."""
    docstring = inspect.cleandoc(ast.get_docstring(function) or "")
    section = re.search(r"^Args:\n((?:    .*\n?|\n(?=    ))+)", docstring, re.MULTILINE)
    if section is None:
        return []
    heads = re.findall(r"^    (\S[^:\n]*):", section.group(1), re.MULTILINE)
    return [name.strip().lstrip("*") for head in heads for name in head.split(",")]


def public_functions(path: Path) -> Iterator[ast.FunctionDef]:
    """Public functions and methods of a module, without overloads and commands. Commands have help texts instead."""
    for node in nodes(path):
        for part in node.body if isinstance(node, (ast.Module, ast.ClassDef)) else ():
            if isinstance(part, ast.FunctionDef) and not part.name.startswith("_"):
                decorators = " ".join(ast.unparse(one) for one in part.decorator_list)
                if "overload" not in decorators and "command" not in decorators:
                    yield part


def test_a_public_function_with_three_or_more_parameters_lists_each_of_them() -> None:
    found = [(path, one) for path in MODULES for one in public_functions(path) if len(parameters(one)) >= MANY]
    assert len(found) > 500
    wrong = {
        f"{location(path, one.lineno)} {one.name}": sorted({*parameters(one)} ^ {*listed(one)})
        for path, one in found
        if sorted(parameters(one)) != sorted(listed(one))
    }
    assert wrong == {}


@pytest.mark.parametrize(
    ("section", "names"),
    [
        ("Args:\n        a: one.\n        b, c: as in `other`.", ["a", "b", "c"]),
        ("Args:\n        a: one: and more,\n            over two: lines.\n        **c: more.", ["a", "c"]),
        ("Arguments as in `other`.", []),
        ("Returns:\n        a: one.", []),
    ],
)
def test_the_names_that_a_docstring_lists_are_read(section: str, names: list[str]) -> None:
    (function,) = ast.parse(f'def function(a, b, c):\n    """Do it.\n\n    {section}\n    """\n').body
    assert isinstance(function, ast.FunctionDef)
    assert listed(function) == names
