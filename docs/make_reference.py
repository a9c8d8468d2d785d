"""Writes reference.md: every public name with its signature and the first line of what it says of itself.

`python docs/make_reference.py` writes it; a test makes it again and compares.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs

import nhstransit

PAGE = Path(__file__).with_name("reference.md")
HEAD = """# Reference: the public names

Made by `python docs/make_reference.py` from the code; a test makes it again. `import nhstransit as nt` gives all of these,
each loaded when it is first used. What stands in no list here may change without notice.
"""


def page() -> str:
    """The page as Markdown."""
    groups: dict[str, list[str]] = {"Functions": [], "Classes": [], "Rooms": []}
    for name in nhstransit.__all__:
        thing = getattr(nhstransit, name)
        group = "Rooms" if inspect.ismodule(thing) else "Classes" if inspect.isclass(thing) else "Functions"
        groups[group] += _told(name, thing)
    parts = [f"## {group}\n\n" + "\n".join(lines) for group, lines in groups.items() if lines]
    return HEAD + "\n" + "\n".join(parts).rstrip() + "\n"


def _told(name: str, thing: Any) -> Iterator[str]:
    """One name: what it is, its first line, and for a class or a room what can be asked of it."""
    yield from (f"### `{name}`", "", _first(thing), "")
    if signature := _signature(thing):
        yield from (f"`{name}{signature}`", "")
    if inspect.ismodule(thing):
        parts = [(part, getattr(thing, part)) for part in thing.__all__]
        yield from (*(f"- `{part}{_signature(made)}`: {_first(made)}" for part, made in parts), "")
    elif inspect.isclass(thing) and not issubclass(thing, Exception):
        members = list(_members(thing))
        yield from (*members, "") if members else ()


def _members(kind: type) -> Iterator[str]:
    """Public methods and properties of a class; fields stand in its signature."""
    fields = {field.name for field in attrs.fields(kind)} if attrs.has(kind) else set()
    for name, member in vars(kind).items():
        if name.startswith("_") or name in fields or not (_doc(member)):
            continue
        plain = member.__func__ if isinstance(member, (staticmethod, classmethod)) else member
        yield f"- `{name}{_signature(plain) if callable(plain) else ''}`: {_first(member)}"


def _doc(member: Any) -> str:
    return inspect.getdoc(getattr(member, "func", None) or member) or "" if not isinstance(member, str) else ""


def _first(thing: Any) -> str:
    """The first paragraph line of a docstring."""
    return _doc(thing).split("\n")[0]


def _signature(thing: Any) -> str:
    """Arguments and what comes back, as written; nothing for a room, a property or an error."""
    if inspect.ismodule(thing) or not callable(thing) or (inspect.isclass(thing) and issubclass(thing, Exception)):
        return ""
    signature = inspect.signature(thing)
    types = {
        name: text for kind in reversed(_kinds(thing)) for name, text in vars(kind).get("__annotations__", {}).items()
    }
    arguments = [
        argument.replace(annotation=types.get(name, argument.annotation), default=_shown(argument.default))
        for name, argument in signature.parameters.items()
        if name not in ("self", "cls")
    ]
    back = inspect.Signature.empty if inspect.isclass(thing) else signature.return_annotation
    text = str(inspect.Signature(arguments, return_annotation=back))
    return re.sub(r"(: |-> )'([^']*)'", r"\1\2", text)


def _kinds(thing: Any) -> tuple[type, ...]:
    """An attrs class and those it inherits from, whose fields are told as they are written; nothing else."""
    return thing.__mro__ if attrs.has(thing) else ()


class _Word:
    """A default that is told in one word."""

    def __init__(self, word: str) -> None:
        self.word = word

    def __repr__(self) -> str:
        return self.word


def _shown(default: Any) -> Any:
    """A default as it is told: `…` for what is made anew each time, a function by its name."""
    if default is attrs.NOTHING:
        return _Word("…")
    return _Word(default.__name__) if inspect.isfunction(default) else default


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
