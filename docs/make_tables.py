"""Write the tables of the documentation that are made from the code, after the mark on each page of `PAGES`.

`python docs/make_tables.py` writes them; a test makes them again and compares.
"""

from __future__ import annotations

import inspect
import re
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
SHARED = ("luck", "announced")  # fields that every policy has, which the page explains once
FIRST = ("england-2010", "england-2025")  # the scenarios of which others are variants
OURS = "Assumption of this project"
FITTED = "fitted to published figures"
WEIGHT = "share of the way to the target"  # the unit of the weight of an announcement
GRADES = {"recalled": "From memory, source not checked"}  # grades whose name needs an explanation
MARGINS = ".toml: "  # in the path of a margin, between its file and its name
PLAIN = {  # words for declared types
    "dt.date": "date",
    "tuple[dt.date, ...]": "dates",
    "bool": "true or false",
    "str": "a word",
    "tuple[str, ...]": "words",
    "tuple[int, ...]": "whole numbers",
    "ServiceChange": "a specification",
    "Cover": "a specification",
}


def table(heading: Sequence[str], rows: Iterable[Sequence[object]], right: Sequence[str] = ()) -> list[str]:
    """A Markdown table, line by line; columns listed in `right` are aligned to the right."""
    lines = [_row(heading), _row(["---:" if name in right else "---" for name in heading])]
    return lines + [_row(row) for row in rows]


def _row(cells: Iterable[object]) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") or " " for cell in cells) + " |"


def policies() -> Iterator[str]:
    """Every type of policy that a file may name: all in one table, then each with its fields."""
    asked = {
        "severance": "leave for a payment?",
        "retention": "stay under a guarantee?",
        "post": "take a post?",
        "outlook": "none: people only get news",
    }
    rows = [
        (
            f"[`{name}`](#{name})",
            f"`{kind.__name__}`",
            kind.title,
            asked.get(kind.question or "", "none"),
            kind.place,
        )
        for name, kind in POLICIES.items()
    ]
    yield from (*table(("type", "class", "title", "question to people", "`place`"), rows), "")
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
    """The docstring of a class, then its other fields in a line and its numbers as a list."""
    yield from (f"## {heading}", "", inspect.getdoc(kind) or "", "")
    fields = [field for field in attrs.fields(kind) if field.name not in SHARED]
    others = [field for field in fields if not _assumed(field)]
    numbers = [field for field in fields if _assumed(field)]
    if others:
        yield from (_others_of(kind, others), "")
    if numbers:
        yield from (*_numbers(numbers), "")


def _assumed(field: Any) -> bool:
    """Whether a field is a number that was found or assumed, not one that a user decides."""
    parent = parent_of(field)
    return parent is not None and (parent.quality != "choice" or parent.range is not None)


def _numbers(fields: Iterable[Any]) -> Iterator[str]:
    """One entry per grade and source, with its numbers, each with default, unit and range."""
    entries: list[tuple[tuple[str, str], list[str]]] = []
    for field in fields:
        parent = parent_of(field)
        span = "" if parent.range is None else f"; range {parent.range[0]:g} to {parent.range[1]:g}"
        basis = (parent.quality, parent.source)
        if not entries or entries[-1][0] != basis:
            entries.append((basis, []))
        entries[-1][1].append(f"`{field.name}`: {_value(field)[:-1]}{span})")
    for (quality, source), named in entries:
        if quality == "assumption":
            source = re.sub("(^|[,;] )assumed$", "", source)
        basis = ": ".join(filter(None, (GRADES.get(quality, quality.capitalize()), source)))
        yield f"- {'; '.join(named)}. {basis}."


def _others_of(kind: Any, fields: Sequence[Any]) -> str:
    """What a user decides: required fields with their types, then the defaults of the other fields."""
    needed = [f"`{field.name}` ({_holds(kind, field)})" for field in fields if field.default is attrs.NOTHING]
    rest: dict[str, list[str]] = {}
    for field in fields:
        if field.default is not attrs.NOTHING:
            rest.setdefault(_value(field), []).append(f"`{field.name}`")
    sentences = [f"You must give {', '.join(needed)}."] if needed else []
    if rest:
        shared = [f"{', '.join(names)} = {value}" for value, names in rest.items()]
        whose = " of the other fields" if needed else ""
        sentences.append(f"The defaults{whose} are: {'; '.join(shared)}.")
    return " ".join(sentences)


def _value(field: Any) -> str:
    """A default, or the name of the number in law that is the default, with the unit in brackets at the end."""
    parent = parent_of(field)
    if parent is None:
        return _default(field.default) or "empty"
    if parent.law and field.default is None:
        return f"the law's `{parent.law}` ({parent.unit})"
    return f"{_default(field.default)} ({parent.unit})"


def _holds(kind: Any, field: Any) -> str:
    """What a field holds, in a word or two."""
    parent = parent_of(field)
    if parent is not None:
        return parent.unit
    written = [vars(base).get("__annotations__", {}) for base in kind.__mro__]
    declared = str(next(types[field.name] for types in written if field.name in types))
    return PLAIN.get(declared, "a table" if declared.startswith("Named") else "a list of tables")


def _default(default: Any) -> str:
    if default is attrs.NOTHING:
        return "must be given"
    if isinstance(default, attrs.Factory):  # type: ignore[arg-type]
        return "empty"
    if isinstance(default, (tuple, Mapping)):
        return _words(tuple(default))
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
    """The number of bundled numbers of each grade, by file."""
    known = provenance()
    counts = Counter((number.file, number.quality) for number in known)
    files = list(dict.fromkeys(number.file for number in known))
    grades = [grade for grade in QUALITIES if any(counts[file, grade] for file in files)]
    rows = [(f"`{file}`", *(counts[file, grade] or "" for grade in grades)) for file in files]
    total = [sum(counts[file, grade] for file in files) for grade in grades]
    yield f"{len(known)} numbers, or sets of numbers stated together, come with the library."
    yield from ("", *table(("file or folder", *grades), [*rows, ("all files", *total)], right=grades))


def assumed() -> Iterator[str]:
    """Inputs of the bundled scenarios that are assumed, recalled or fitted, each listed once.

    Defaults are left out, because they are listed with the policy or the behaviour. A scenario's list has only the inputs
    that differ from the most similar earlier scenario.
    """
    known: dict[str, dict[str, Input]] = {}
    counts = []
    lists = []
    for name in sorted(bundled_names(), key=lambda name: (name not in FIRST, name)):
        inputs = assumptions(load_scenario(name))
        shown = {one.path: one for one in inputs if one.unsure or one.quality == "calibrated"}
        like = max(known, key=lambda other: _shared(shown, known[other]), default="")
        own = sum(not _is_default(one) for one in shown.values())
        if _shared(shown, known.get(like, {})) * 2 < own:
            like = ""  # not a variant
        left = [one for path, one in shown.items() if not _same(one, known.get(like, {}).get(path))]
        rows = [one for one in left if not _is_default(one)]
        unsure = sum(one.unsure for one in inputs)
        as_in = f"{len(shown) - len(left)}, as in `{like}`" if like else "0"
        counts.append((f"`{name}`", len(inputs), unsure, len(shown) - unsure, as_in, len(left) - len(rows), len(rows)))
        if rows:
            lists += [f"## `{name}`", "", *_listed(rows), ""]
        known[name] = shown
    heads = (
        "scenario",
        "inputs",
        "assumed or from memory",
        "fitted",
        "same as in another scenario",
        "library defaults",
        "listed below",
    )
    yield from (*table(heads, counts, right=heads[1:4] + heads[5:]), "", *lists)


def _listed(rows: Sequence[Input]) -> Iterator[str]:
    """The settings of a scenario by unit and replaced number, then the assumptions of its margins by file."""
    settings: dict[tuple[str, str], list[str]] = {}
    for one in rows:
        if MARGINS not in one.path:
            value, instead = _setting(one)
            settings.setdefault((one.unit, instead), []).append(f"`{one.path}` = {value}")
    for (unit, instead), named in settings.items():
        of_unit = unit.replace("as the margin", "the unit of the margin").replace(
            WEIGHT, "change in perceived risk, as a share of its distance to the target"
        )
        yield f"- {', '.join(named)}. Unit: {of_unit}. {instead[:1].upper()}{instead[1:]}."
    files: dict[str, dict[str, list[str]]] = {}
    for one in rows:
        file, mark, margin = one.path.partition(MARGINS)
        if mark:
            other = "; ".join(source for source in one.source.split("; ") if source != OURS)
            files.setdefault(file, {}).setdefault(other, []).append(margin.removeprefix("margin of "))
    for file, sources in files.items():
        yield f"- Margins in `{file}.toml`:"
        for source, margins in sources.items():
            yield f"  - {f'Source: *{source}*' if source else 'Assumed'}. Margins: {', '.join(margins)}."


def _setting(one: Input) -> tuple[str, str]:
    """The value of an input, and the number of the library or the law that it replaces."""
    value = f"{one.value:g}" if isinstance(one.value, float) else str(one.value)
    source = one.source.removeprefix("set in this scenario; ").replace(FITTED, "fitted")
    for words in ("the library's own is ", "the margins' own is "):
        source = source.replace(words, "default: ")
    source = re.sub(r"the law's (\S+) is replaced", r"default: the law's `\1`", source)
    return value, source.replace(" is replaced", "").replace("fitted; default", "fitted. Default")


def _is_default(one: Input) -> bool:
    return one.source in DEFAULTS


def _same(one: Input, other: Input | None) -> bool:
    """Whether two inputs look the same on the page, which does not show the numbers of a margin."""
    return other is not None and (MARGINS in one.path or one.value == other.value) and one.source == other.source


def _shared(some: Mapping[str, Input], others: Mapping[str, Input]) -> int:
    """How many inputs other than defaults are the same."""
    return sum(not _is_default(one) and _same(one, others.get(path)) for path, one in some.items())


def _default_sources() -> set[str]:
    """The sources of the defaults of policies and behaviour, which are listed on other pages."""
    models = [type(getattr(Behaviour(), field.name)) for field in attrs.fields(Behaviour) if field.name != "off"]
    parents = [parent_of(field) for kind in (*POLICIES.values(), *models) for field in attrs.fields(kind)]
    return {parent.source for parent in parents if parent is not None}


def verbs() -> Iterator[str]:
    """Every verb of the command with its arguments and options, as click has them."""
    for name, about in VERBS.items():
        verb = cli.get_command(click.Context(cli), name)
        for words, one in _commands(name, verb):
            does = about if one is verb else one.get_short_help_str(200)
            options = _options(one)
            yield f"- {_asked(words, one)}: {does}{f' Options: {options}.' if options else ''}"
    yield ""


def _commands(words: str, verb: click.Command | None) -> Iterator[tuple[str, click.Command]]:
    """A verb, or the verbs of a group."""
    if isinstance(verb, click.Group):
        for name in sorted(verb.commands):
            yield from _commands(f"{words} {name}", verb.commands[name])
    elif verb is not None:
        yield words, verb


def _asked(words: str, verb: click.Command) -> str:
    """A verb with its arguments, as in the first line of its help, without options."""
    pieces = verb.collect_usage_pieces(click.Context(verb))
    return "`" + " ".join([words, *(one for one in pieces if one != verb.options_metavar)]) + "`"


def _options(verb: click.Command) -> str:
    """The options of a verb by their longest names, in the order of its help."""
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
    """A page with new tables; the text before the mark is written by hand and does not change."""
    head, mark, _ = (DOCS / name).read_text("utf-8").partition(MARK)
    assert mark, f"{name} has no mark after which its tables can be written"
    return f"{head}{MARK}\n\n" + "\n".join(PAGES[name]()).rstrip() + "\n"


if __name__ == "__main__":
    for name in PAGES:
        (DOCS / name).write_text(page(name), "utf-8")
