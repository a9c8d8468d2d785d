"""Fields accept only values of their declared types, in all notations of type annotations."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from nhstransit.errors import ScenarioError

SOURCE = """
import datetime
from datetime import date
import datetime as dt
from typing import Optional

import attrs

from nhstransit.fields import strict
from nhstransit.toml import Named


@attrs.frozen(kw_only=True)
class Part:
    size: int = 1


@attrs.frozen(kw_only=True)
class Finer(Part):
    pass


@attrs.frozen(kw_only=True, field_transformer=strict)
class Own:
    day: dt.date = dt.date(2010, 4, 1)
    other_day: date = date(2010, 4, 1)
    third_day: datetime.date = date(2010, 4, 1)
    flag: bool = False
    title: str = ""
    rate: float = 0.5
    count: int = 1
    until: Optional[dt.date] = None
    most: int | None = None
    names: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    heads: Named[int] = Named()


@attrs.frozen(kw_only=True, field_transformer=strict)
class Heir(Own):
    needed: tuple[int, ...]
"""
WRONG: list[tuple[str, Any, str]] = [
    ("day", "2010-04-01", "give a date"),
    ("other_day", 1, "give a date"),
    ("third_day", "soon", "give a date"),
    ("flag", 1, "give True or False"),
    ("title", 7, "give text"),
    ("rate", "half", "give a number"),
    ("count", 1.5, "give a whole number"),
    ("until", 5, "give a date .*, or None"),
    ("most", "many", "give a whole number, or None"),
    ("names", "finance", "give names in a tuple or list"),
    ("parts", (1,), "give each as a Part"),
    ("heads", {"pct": "many"}, "right type"),
]


@pytest.fixture(params=["", "from __future__ import annotations\n"], ids=["plain", "future"])
def own(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A user's module, with and without annotations stored as text."""
    name = f"own_fields_{'future' if request.param else 'plain'}"
    (tmp_path / f"{name}.py").write_text(request.param + SOURCE, "utf-8")
    monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    return __import__(name)


@pytest.mark.parametrize(("field", "given", "right"), WRONG, ids=[field for field, _, _ in WRONG])
def test_a_value_of_another_type_is_refused_with_the_name_of_its_field(
    own: ModuleType, field: str, given: Any, right: str
) -> None:
    """This holds in a user's module as in the library."""
    with pytest.raises(ScenarioError, match=rf"^{field}\S*: .*{right}"):
        own.Own(**{field: given})


def test_compatible_types_are_accepted(own: ModuleType) -> None:
    """A list is accepted as a tuple, a whole number as a number, and an instance of a subclass in a tuple."""
    made = own.Own(names=["finance"], rate=1, most=None, parts=[own.Finer(size=2)], until=None)
    assert made.names == ("finance",) and made.parts == (own.Finer(size=2),)


def test_inherited_fields_are_checked_and_a_required_tuple_must_not_be_empty(own: ModuleType) -> None:
    """A subclass of a user's class checks the fields of both."""
    with pytest.raises(ScenarioError, match="needed: is empty; give at least one"):
        own.Heir(needed=())
    with pytest.raises(ScenarioError, match="flag: is 'yes'; give True or False"):
        own.Heir(needed=(1,), flag="yes")
