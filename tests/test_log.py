"""`Log.of` selects events by kind, and refuses values that are no kind of event."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nhstransit.errors import InputError
from nhstransit.log import Kind, Log
from tests.shared import hamlet_run


@pytest.fixture(scope="module")
def log() -> Log:
    return hamlet_run().log


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("departed", "log.of: 'departed' is not a kind of event; did you mean 'Kind.DEPARTED'?"),
        ("in-lieu", "did you mean 'Kind.IN_LIEU'?"),
        ("resigned", "known: Kind."),
        (99, "log.of: 99 is not a kind of event"),
        (None, "log.of: None is not a kind"),
        (True, "log.of: True is not a kind"),
        ([Kind.DEPARTED], "is not a kind of event"),
    ],
)
def test_a_value_that_is_no_kind_of_event_is_refused(log: Log, kind: Any, message: str) -> None:
    """This holds for a word, another number or a list, alone and beside a valid kind."""
    for kinds in ((kind,), (Kind.MOVED, kind)):
        with pytest.raises(InputError) as caught:
            log.of(*kinds)
        assert message in str(caught.value)


def test_events_can_be_selected_by_kind_or_by_its_number(log: Log) -> None:
    left = log.of(Kind.DEPARTED)
    assert 0 < len(left) == len(log.of(np.int8(41))) == len(log.of(41)) and (left.kind == Kind.DEPARTED).all()
    assert len(log.of(Kind.DEPARTED, Kind.MOVED)) == len(left) + len(log.of(Kind.MOVED))
