"""Checks of source code that does not run: imports of modules, and operations whose last bits depend on the processor."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import nhstransit

ROOT = Path(nhstransit.__file__).parent
PROCESSORS_DIFFER = frozenset(
    {
        "exp",
        "expm1",
        "exp2",
        "log",
        "log1p",
        "log2",
        "log10",
        "pow",
        "power",
        "float_power",
        "tanh",
        "sinh",
        "cosh",
        "sin",
        "cos",
        "tan",
        "arctan",
        "arctan2",
        "arcsin",
        "arccos",
        "hypot",
        "cbrt",
        "logaddexp",
        "logaddexp2",
        "einsum",
        "dot",
        "vdot",
        "inner",
        "outer",
        "matmul",
        "tensordot",
        "interp",
        "convolve",
        "cov",
        "corrcoef",
        "linalg",
        "fft",
        "gamma",
        "lgamma",
        "erf",
        "erfc",
        "sinc",
        "argpartition",
        "partition",
        "random",
    }
)


def module_file(name):
    """The file of a module or package by its dotted name, or None if there is no such module."""
    path = ROOT.parent.joinpath(*name.split("."))
    return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None)


def reached(*starts):
    """Every module of the library that the given modules import, directly or through other modules."""
    found = set()
    queue = list(starts)
    while queue:
        name = queue.pop()
        file = module_file(name)
        if name in found or file is None:
            continue
        found.add(name)
        queue.extend(_imports(file.read_text("utf-8")))
    return found


@cache
def nodes_of(text):
    """Every node of a module's syntax tree. The result is stored, because many tests need it."""
    return tuple(ast.walk(ast.parse(text)))


@cache
def _imports(text):
    found = []
    for node in nodes_of(text):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name.startswith("nhstransit.")]
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("nhstransit"):
            if node.module != "nhstransit":  # the package lists every room, but loads none
                found.append(node.module)
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return tuple(found)


@cache
def unlike(text):
    """Operations in a source that may give other bits or another order of ties on another processor: (line, operation)."""
    return sorted({(node.lineno, what) for node in nodes_of(text) for what in _unlike(node)})


def _unlike(node):
    match node:
        case ast.Attribute(value=ast.Name(id="np" | "numpy" | "math" | "cmath" as module_name), attr=name):
            if name in PROCESSORS_DIFFER:
                yield f"{module_name}.{name}"
        case ast.ImportFrom(module=str(module)) if module.split(".")[0] == "scipy":
            yield module
        case ast.ImportFrom(module="math" | "cmath" | "numpy" as module, names=names):
            if {alias.name for alias in names} & PROCESSORS_DIFFER:
                yield module
        case ast.Import(names=names):
            yield from (alias.name for alias in names if alias.name.split(".")[0] == "scipy")
        case ast.BinOp(op=ast.MatMult()):
            yield "@"
        case ast.BinOp(op=ast.Pow(), left=left, right=right):
            if not (_constant(left) and _constant(right)):  # the compiler computes a power of two constants
                yield "**"
        case ast.AugAssign(op=ast.Pow()):
            yield "**"
        case ast.Call(func=ast.Attribute(attr="argsort"), keywords=keywords):
            if "kind" not in {keyword.arg for keyword in keywords}:
                yield "argsort without kind"


def _constant(node):
    return isinstance(node, ast.Constant) or (isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant))
