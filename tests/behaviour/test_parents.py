"""Every number of a behaviour, policy or measure has a unit, a source, a quality, and a default within its range."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import attrs
import pytest

from nhstransit.behaviour import Behaviour
from nhstransit.errors import ScenarioError
from nhstransit.fields import QUALITIES, parent_of
from nhstransit.measures.cover import Cover
from nhstransit.measures.knowledge import Knowledge
from nhstransit.measures.readiness import Readiness, ServiceChange
from nhstransit.policies import POLICIES

NUMERIC = ("float", "int", "float | None", "int | None")


def models() -> Iterator[type]:
    """Every specification of behaviour, policies and measures, including nested ones."""
    pending: list[Any] = [Behaviour, *POLICIES.values(), Knowledge, Cover, ServiceChange, Readiness]
    seen: set[type] = set()
    while pending:
        kind = pending.pop()
        if kind in seen:
            continue
        seen.add(kind)
        yield kind
        fields = attrs.fields(attrs.resolve_types(kind))
        pending += [field.type for field in fields if isinstance(field.type, type) and attrs.has(field.type)]


def numbers() -> list[tuple[type, Any]]:
    return [(kind, field) for kind in models() for field in attrs.fields(kind) if _named(field.type) in NUMERIC]


def _named(kind: Any) -> str:
    return kind.__name__ if isinstance(kind, type) else str(kind)


NUMBERS = sorted(numbers(), key=lambda each: (each[0].__name__, each[1].name))
IDS = [f"{kind.__name__}.{field.name}" for kind, field in NUMBERS]


def test_the_search_finds_the_numbers_of_all_models() -> None:
    """Otherwise the tests below would be empty."""
    assert len(NUMBERS) > 60
    assert {"Departures", "Outlook", "SeveranceChoice", "RetentionChoice", "PostChoice", "Mars"} <= {
        kind.__name__ for kind, _ in NUMBERS
    }


@pytest.mark.parametrize(("kind", "field"), NUMBERS, ids=IDS)
def test_every_number_has_a_unit_a_source_and_a_quality(kind: type, field: Any) -> None:
    """An assumption also has a range, which includes the default."""
    parent = parent_of(field)
    assert parent is not None
    assert parent.unit.strip() and parent.source.strip() and parent.quality in QUALITIES
    if parent.quality == "assumption":
        assert parent.range is not None, "an assumption needs a range"
    if parent.range is not None:
        low, high = parent.range
        assert low <= high
        if isinstance(field.default, (int, float)):
            assert low <= field.default <= high


@pytest.mark.parametrize(("kind", "field"), NUMBERS, ids=IDS)
def test_every_number_refuses_invalid_values(kind: type, field: Any) -> None:
    """NaN, infinity, text and booleans are refused. The default and the ends of the range are accepted."""
    if field.validator is None:
        pytest.fail("has no validator")
    for wrong in (math.nan, math.inf, -math.inf, "0.1", True, [1]):
        with pytest.raises(ScenarioError, match=rf"^{field.name}: is "):
            field.validator(None, field, wrong)
    if field.default is not attrs.NOTHING:
        field.validator(None, field, field.default)
    parent = parent_of(field)
    for end in parent.range if parent and parent.range else ():
        field.validator(None, field, end if _named(field.type).startswith("float") else int(end))


def test_every_specification_is_frozen_and_keyword_only() -> None:
    """It also has a docstring."""
    for kind in models():
        assert all(field.kw_only for field in attrs.fields(kind)), kind
        assert kind.__setattr__ is not object.__setattr__, kind
        assert kind.__doc__, kind
