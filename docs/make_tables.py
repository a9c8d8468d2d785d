"""Writes the tables of the documentation that are read from the code: after the mark on each page named in `PAGES`.

`python docs/make_tables.py` writes them; a test makes them again and compares.
"""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import click

from nhstransit.behaviour import Behaviour
from nhstransit.cli.main import VERBS, cli
from nhstransit.fields import QUALITIES, parent_of
from nhstransit.measures.cover import Cover
from nhstransit.measures.knowledge import Knowledge
from nhstransit.measures.readiness import Readiness, ServiceChange
from nhstransit.policies import POLICIES
from nhstransit.scenario import Input, assumptions, bundled_names, load_scenario
from nhstransit.synthesis import provenance

DOCS = Path(__file__).parent
MARK = "<!-- What follows is made by `python docs/make_tables.py`; a test makes it again. -->"
SHARED = ("luck", "announced")  # fields that every policy has: the page says so once
FIRST = ("england-2010", "england-2025")  # the worlds that others are variants of
MOST = 40  # characters of a value
PLAIN = {  # of declared types
    "dt.date": "date",
    "bool": "true or false",
    "str": "a word",
    "tuple[str, ...]": "words",
    "tuple[int, ...]": "whole numbers",
    "ServiceChange": "a specification",
    "Cover": "a specification",
}


def table(heading: Sequence[str], rows: Iterable[Sequence[object]], right: Sequence[str] = ()) -> list[str]:
    """A Markdown table, line by line; columns named in `right` are set to the right."""
    lines = [_row(heading), _row(["---:" if name in right else "---" for name in heading])]
    return lines + [_row(row) for row in rows]


def _row(cells: Iterable[object]) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") or " " for cell in cells) + " |"


def policies() -> Iterator[str]:
    """Every type of policy that a file may name: all in one table, then each with its fields."""
    asked = {"severance": "to go for money", "retention": "to stay", "post": "to take a post", "outlook": "news"}
    rows = [
        (
            f"[`{name}`](#{name})",
            f"`{kind.__name__}`",
            kind.title,
            asked.get(kind.question or "", "nobody is asked"),
            kind.place,
        )
        for name, kind in POLICIES.items()
    ]
    yield from (*table(("type", "class", "title", "what people are asked", "place"), rows), "")
    for name, kind in POLICIES.items():
        yield from _specification(f"`{name}`", kind)


def behaviour() -> Iterator[str]:
    """Every model of behaviour, with its fields."""
    for field in (field for field in attrs.fields(Behaviour) if field.name != "off"):
        yield from _specification(f"`behaviour.{field.name}`", type(getattr(Behaviour(), field.name)))


def expertise() -> Iterator[str]:
    """What measures of expertise, cover, capacity and readiness assume."""
    for kind in (Knowledge, Cover, ServiceChange, Readiness):
        yield from _specification(f"`{kind.__name__}`", kind)


def _specification(heading: str, kind: Any) -> Iterator[str]:
    """What a class says of itself, and its fields."""
    yield from (f"## {heading}", "", inspect.getdoc(kind) or "", "")
    heads = ("field", "default", "unit", "quality", "range", "source")
    fields = [field for field in attrs.fields(kind) if field.name not in SHARED]
    rows = [_field(field, _declared(kind, field.name)) for field in fields]
    yield from (*table(heads, _without_repeats(rows)), "")


def _declared(kind: Any, name: str) -> str:
    """The type of a field as it is written."""
    written = [vars(base).get("__annotations__", {}) for base in kind.__mro__]
    return str(next(types[name] for types in written if name in types))


def _field(field: Any, declared: str) -> tuple[str, ...]:
    """One field as a row."""
    parent = parent_of(field)
    if parent is None:
        unit = PLAIN.get(declared, "a table" if declared.startswith("Named") else "a list of tables")
        return f"`{field.name}`", _default(field.default), unit, "", "", ""
    span = "" if parent.range is None else f"{parent.range[0]:g} to {parent.range[1]:g}"
    return f"`{field.name}`", _default(field.default), parent.unit, parent.quality, span, parent.source


def _default(default: Any) -> str:
    if default is attrs.NOTHING:
        return "must be given"
    if isinstance(default, attrs.Factory):  # type: ignore[arg-type]
        return "empty"
    if isinstance(default, tuple):
        return _words(default)
    if attrs.has(type(default)):
        return f"`{type(default).__name__}()`"
    if isinstance(default, bool):
        return str(default).lower()
    return "none" if default is None else f"{default:g}" if isinstance(default, float) else str(default)


def _words(items: Sequence[object], most: int = 5) -> str:
    if len(items) > most:
        return f"all {len(items)}"
    return ", ".join(map(str, items)) or "empty"


def numbers() -> Iterator[str]:
    """How many bundled numbers there are of each grade, by file."""
    known = provenance()
    counts = Counter((number.file, number.quality) for number in known)
    files = list(dict.fromkeys(number.file for number in known))
    grades = [grade for grade in QUALITIES if any(counts[file, grade] for file in files)]
    rows = [(f"`{file}`", *(counts[file, grade] or "" for grade in grades)) for file in files]
    total = [sum(counts[file, grade] for file in files) for grade in grades]
    yield f"{len(known)} numbers, or sets of numbers stated together, come with the library."
    yield from ("", *table(("where", *grades), [*rows, ("all", *total)], right=grades))


def assumed() -> Iterator[str]:
    """Inputs of the bundled scenarios that are assumed, recalled or fitted, each said once.

    Defaults are left out, since they stand with the policy or the behaviour. Of a scenario only that is told in which
    it differs from an earlier one, the one most like it.
    """
    known: dict[str, dict[str, tuple[str, ...]]] = {}
    for name in sorted(bundled_names(), key=lambda name: (name not in FIRST, name)):
        inputs = assumptions(load_scenario(name))
        shown = {one.path: _input(one) for one in inputs if one.unsure or one.quality == "calibrated"}
        yield from (f"## `{name}`", "", _counted(inputs), "")
        like = max(known, key=lambda other: _shared(shown, known[other]), default="")
        own = sum(row[-1] != "default" for row in shown.values())
        if _shared(shown, known.get(like, {})) * 2 < own:
            like = ""  # a world of its own
        left = {path: row for path, row in shown.items() if known.get(like, {}).get(path) != row}
        rows = [row for row in left.values() if row[-1] != "default"]
        defaults = len(left) - len(rows)
        yield from (" ".join([*_others(like, len(shown) - len(left)), *_by_default(defaults)]), "")
        if rows:
            heads = ("input", "value", "range", "unit", "quality", "source")
            yield from (*table(heads, _without_repeats(rows), right=("value",)), "")
        known[name] = shown


def _shared(some: Mapping[str, tuple[str, ...]], others: Mapping[str, tuple[str, ...]]) -> int:
    """How many inputs other than defaults are the same."""
    return sum(row[-1] != "default" for _, row in some.items() & others.items())


def _counted(inputs: Sequence[Input]) -> str:
    unsure = sum(one.unsure for one in inputs)
    fitted = sum(not one.unsure and one.quality == "calibrated" for one in inputs)
    return f"{unsure} of {len(inputs)} inputs are assumed or recalled{f'; {fitted} are calibrated' if fitted else ''}."


def _others(like: str, many: int) -> Iterator[str]:
    if like:
        yield f"{many} of them are those of `{like}`."


def _by_default(many: int) -> Iterator[str]:
    if many:
        yield f"{many} {'is a default' if many == 1 else 'are defaults'} of policies or behaviour."


def _without_repeats(rows: Iterable[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Rows in which the last cell, a source, says "as above" where it is the same as in the row before."""
    before = ""
    for *cells, source in rows:
        yield (*cells, "as above" if len(source.split()) > 2 and source == before else source)
        before = source or before


def _default_sources() -> set[str]:
    """The sources of the defaults of policies and behaviour, which stand on the pages of these."""
    models = [type(getattr(Behaviour(), field.name)) for field in attrs.fields(Behaviour) if field.name != "off"]
    parents = [parent_of(field) for kind in (*POLICIES.values(), *models) for field in attrs.fields(kind)]
    return {parent.source for parent in parents if parent is not None}


def _input(one: Input) -> tuple[str, ...]:
    value = f"{one.value:g}" if isinstance(one.value, float) else str(one.value)
    span = one.ranges if one.range is None else f"{one.range[0]:g} to {one.range[1]:g}"
    source = "default" if one.source in DEFAULTS else one.source.removeprefix("set in this scenario; ")
    if len(value) > MOST:  # a margin: `show --all` has its numbers
        value = f"{value.count(', ') + 1} numbers"
        span = f"{span.count(' to ')} ranges" if span else ""
    return f"`{one.path}`", value, span, one.unit, one.quality, source


def verbs() -> Iterator[str]:
    """Every verb of the command with its arguments and options, as click holds them."""
    rows = []
    for name, about in VERBS.items():
        verb = cli.get_command(click.Context(cli), name)
        for words, one in _commands(name, verb):
            rows.append((_asked(words, one), about if one is verb else one.get_short_help_str(200), _options(one)))
    yield from (*table(("verb", "does", "options"), rows), "")


def _commands(words: str, verb: click.Command | None) -> Iterator[tuple[str, click.Command]]:
    """A verb, or those below it where it is a group."""
    if isinstance(verb, click.Group):
        for name in sorted(verb.commands):
            yield from _commands(f"{words} {name}", verb.commands[name])
    elif verb is not None:
        yield words, verb


def _asked(words: str, verb: click.Command) -> str:
    """A verb with its arguments, as the first line of its help has them; options have a column of their own."""
    pieces = verb.collect_usage_pieces(click.Context(verb))
    return "`" + " ".join([words, *(one for one in pieces if one != verb.options_metavar)]) + "`"


def _options(verb: click.Command) -> str:
    """The options of a verb by their longest names, in the order in which its help has them."""
    found = [one for one in verb.params if isinstance(one, click.Option) and not one.hidden]
    return ", ".join(f"`{max(one.opts, key=len)}`" for one in found)


DEFAULTS = _default_sources()
PAGES: dict[str, Callable[[], Iterator[str]]] = {
    "concepts/policies.md": policies,
    "concepts/behaviour.md": behaviour,
    "concepts/cli.md": verbs,
    "concepts/expertise.md": expertise,
    "data/README.md": numbers,
    "data/assumptions.md": assumed,
}


def page(name: str) -> str:
    """A page with its tables made anew: what was written by hand stands before the mark and is kept."""
    head, mark, _ = (DOCS / name).read_text("utf-8").partition(MARK)
    assert mark, f"{name} lacks the mark after which its tables stand"
    return f"{head}{MARK}\n\n" + "\n".join(PAGES[name]()).rstrip() + "\n"


if __name__ == "__main__":
    for name in PAGES:
        (DOCS / name).write_text(page(name), "utf-8")
