"""Write concepts/policy-vocabulary.md from the code: everything that a policy may see, propose and cause.

`python docs/make_vocabulary.py` writes it; a test makes it again and compares.
"""

from __future__ import annotations

import ast
import inspect
import io
import re
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from pathlib import Path
from typing import get_args

from nhstransit.grammar import (
    Answers,
    Effect,
    Newcomers,
    News,
    Occasion,
    Opened,
    People,
    PostOffer,
    PostsNow,
    Proposals,
    Prospects,
    Purse,
    RetentionOffer,
    SeveranceOffer,
    Situation,
)
from nhstransit.log import Phase
from nhstransit.organisations.bodies import KINDS, Roster
from nhstransit.streams import Chances
from nhstransit.workforce import BANDS, CONTRACTS, SECTIONS, SEXES, Disposition, RiskClass, Status, columns
from nhstransit.workforce.columns import ZONES

PAGE = Path(__file__).parent / "concepts" / "policy-vocabulary.md"
HEAD = """# The vocabulary of a policy

This page lists everything that [a policy of your own](../how-to/own-policy.md) may see, propose and cause. Names are in
`nhstransit.grammar` unless another module is given. `python docs/make_vocabulary.py` makes the page from the code.

- A **row** is the index of a person in `situation.people`, of a post in `situation.posts` or of an employer in
  `situation.bodies`. A **mask** is an array of booleans; `np.flatnonzero(mask)` returns its rows.
- A **rule** is a policy, or one of the engine's own reasons for an event, such as the closure of an employer. Columns
  contain the number of the rule.
- A **code** is the index of a word in a tuple listed under [codes](#codes).
- A **day** counts from the first day of the scenario, an **epoch day** from 1 January 1970. `situation.calendar.day(date)`
  and `.date(day)` convert between days and dates. Money is in whole pence, and working time in hundredths of a
  whole-time equivalent.

## A post that was just opened

A post that an effect opens has no row before the effect is carried out. A later effect in the same `Effects` refers to it as
`OpenPosts.posts`, which can be indexed by a mask or by indices:

```python
import numpy as np

from nhstransit.grammar import Appoint, Effects, OpenPosts

rows = np.array([3, 8])  # two people
made = OpenPosts(employer=np.array([1, 1]), function=np.array([0, 2]), band=np.array([6, 7]))
both = Effects(then=(made, Appoint(rows=rows, posts=made.posts, start=30)))
second_only = Effects(then=(made, Appoint(rows=rows[1:], posts=made.posts[1:], start=30)))
```

On a later day, `situation.posts_of(...)` finds the new post like any other.
"""


def page() -> str:
    """The page as Markdown."""
    parts = [
        *_columns("The situation", "`propose` and `select` get a `Situation`, with these fields", Situation),
        *_columns(
            "People", "`situation.people` has one row per person who was ever in the run. Its columns are", People
        ),
        *_columns("Posts", "`situation.posts` has one row per post. Its columns are", PostsNow),
        *_columns("Employers", "`situation.bodies` has one row per employer. Its columns are", Roster),
        *_columns("Funds", "`situation.purses[name]` is the money of the fund with that name. Its columns are", Purse),
        *_codes(),
        "## What may be proposed\n",
        *_forms((Proposals, SeveranceOffer, RetentionOffer, PostOffer, News)),
        "## What comes back\n",
        *_forms((Answers, Prospects)),
        "## What may follow\n",
        "These are the effects that a policy may have. They are carried out in the order of `Effects(then=(...))`:\n",
        *_forms((*get_args(Effect), Newcomers, Opened)),
        "## Days and draws\n",
        *_forms((Occasion, Chances)),
    ]
    return (HEAD + "\n" + "\n".join(parts)).rstrip() + "\n"


def _columns(heading: str, where: str, kind: type) -> Iterator[str]:
    """The fields of a class as a list, then its methods."""
    yield f"## {heading}\n"
    yield f"{where}:\n"
    yield _list((f"`{name}`", comment or STAFF.get(name, "")) for name, _, comment in fields(kind))
    found = [(f"`{name}{signature}`", sentence) for name, signature, sentence in methods(kind)]
    if found:
        yield "Its methods and properties are:\n"
        yield _list(found)


def _forms(kinds: Iterable[type]) -> Iterator[str]:
    """Each class with its fields and the first sentences of its docstring."""
    rows = []
    for kind in kinds:
        held = [f"`{name}`{' (' + comment + ')' if comment else ''}" for name, _, comment in fields(kind)]
        held += [f"`{name}{signature}`" for name, signature, _ in methods(kind) if name != "explain"]
        about = " ".join(_paragraph(kind).split())
        rows.append((f"`{kind.__name__}`", f"{about} It has {_and(held)}." if held else about))
    yield _list(rows)


def _and(names: Sequence[str]) -> str:
    """The names as a list with "and" before the last."""
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def fields(kind: type) -> list[tuple[str, str, str]]:
    """Name, declared type and trailing comment of every field that a class and its bases declare."""
    found: dict[str, tuple[str, str, str]] = {}
    for base in reversed(kind.__mro__):
        if not base.__module__.startswith("nhstransit"):
            continue
        source = inspect.cleandoc("\n" + inspect.getsource(base))
        comments = _comments(source)
        (body,) = [node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]
        for node in body.body:
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                declared = ast.unparse(node.annotation)
                if "ClassVar" not in declared and not node.target.id.startswith("_"):
                    comment = comments.get(node.end_lineno or node.lineno, "")
                    found[node.target.id] = (node.target.id, declared, comment)
    return list(found.values())


def _comments(source: str) -> dict[int, str]:
    """The comment at the end of each line that has one."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {
        token.start[0]: re.sub(r"^#:?\s*", "", token.string)
        for token in tokens
        if token.type == tokenize.COMMENT and not token.string.startswith("# type")
    }


def methods(kind: type) -> Iterator[tuple[str, str, str]]:
    """Name, arguments and first paragraph of every public method and property that a class defines."""
    for name, member in vars(kind).items():
        plain = member.fget if isinstance(member, property) else getattr(member, "func", member)
        if name.startswith("_") or not inspect.isfunction(plain):
            continue
        arguments = inspect.signature(plain).parameters.values()
        names = [
            argument.name if argument.default is inspect.Parameter.empty else f"{argument.name}="
            for argument in arguments
            if argument.name != "self"
        ]
        asked = "" if not isinstance(member, type(plain)) else f"({', '.join(names)})"
        yield name, asked, " ".join(_paragraph(plain).split())


def _codes() -> Iterator[str]:
    """The words behind each column of codes."""
    listed = {
        "band": (BANDS, "`workforce.BANDS`; use `rank_of` and `at_least` to compare, never the code"),
        "sex": (SEXES, "`workforce.SEXES`"),
        "contract": (CONTRACTS, "`workforce.CONTRACTS`"),
        "section": (SECTIONS, "`workforce.SECTIONS`"),
        "zone": (ZONES, "the high-cost zone of an employer"),
    }
    rows = [(f"`{name}`", f"{where}: {', '.join(map(str, words))}") for name, (words, where) in listed.items()]
    functions = "`situation.functions`, the functions of the scenario; `function_codes(names)` returns their codes"
    rows.append(("`function`", functions))
    counted: dict[str, tuple[type[IntEnum], str]] = {
        "disposition": (Disposition, "`workforce.Disposition`"),
        "risk_class": (RiskClass, "`workforce.RiskClass`"),
        "status": (Status, "`workforce.Status`"),
        "phase": (Phase, "`log.Phase`"),
    }
    for name, (enum, where) in counted.items():
        rows.append((f"`{name}`", f"{where}: {', '.join(f'{one.value} {one.name}' for one in enum)}"))
    rows.append(
        ("`kind`", "`organisations.KINDS`: " + "; ".join(f"{key} ({meaning})" for key, meaning in KINDS.items()))
    )
    yield "## Codes\n"
    yield "Words are in the order of their codes, from 0, unless a number is given:\n"
    yield _list(rows)


def _paragraph(kind: type) -> str:
    return (inspect.getdoc(kind) or "").split("\n\n")[0]


def _staff_columns() -> dict[str, str]:
    """What each column of a staff list holds, from the comments of `workforce.columns.COLUMNS`."""
    source = inspect.getsource(columns)
    comments = _comments(source)
    (written,) = [node.value for node in ast.parse(source).body if _is_columns(node)]
    keys = [key for key in written.keys if isinstance(key, ast.Constant)]
    return {str(key.value): comments.get(key.lineno, "yes or no") for key in keys}


def _is_columns(node: ast.AST) -> bool:
    """Whether a statement is `COLUMNS = {...}`."""
    names = [target.id for target in getattr(node, "targets", ()) if isinstance(target, ast.Name)]
    return names == ["COLUMNS"]


def _list(rows: Iterable[tuple[str, str]]) -> str:
    """A list with one entry per name and description."""
    return "\n".join(f"- {name}: {text}" for name, text in rows) + "\n"


STAFF = _staff_columns()

if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
