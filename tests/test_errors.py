"""Errors for readers: one sentence that says where, what is wrong and what would be right."""

from __future__ import annotations

import inspect
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhstransit import errors
from nhstransit.errors import FormatError, InputError, NhstransitError, ScenarioError, nearest

EVERY = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if kind.__module__ == errors.__name__]


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__name__)
def test_one_base_catches_every_error(kind: type) -> None:
    """Each error raised on purpose is a NhstransitError, and none is a ValueError or the like by accident."""
    assert issubclass(kind, NhstransitError)
    assert not issubclass(kind, (ValueError, TypeError, LookupError))


@pytest.mark.parametrize(
    "kind", [kind for kind in EVERY if issubclass(kind, InputError)], ids=lambda kind: kind.__name__
)
def test_an_input_error_says_where_what_and_what_instead(kind: type[InputError]) -> None:
    """The message is one line in the order place, fault, remedy, and crosses to another process whole."""
    error = kind("mars.toml: budget", "is -5", "give pounds of 0 or more")
    copy = pickle.loads(pickle.dumps(error))
    for one in (error, copy):
        assert type(one) is kind
        assert str(one) == "mars.toml: budget: is -5; give pounds of 0 or more"
        assert (one.where, one.wrong, one.right) == ("mars.toml: budget", "is -5", "give pounds of 0 or more")


def test_an_error_without_a_place_begins_with_the_fault() -> None:
    """Where there is no place yet, no empty colon stands before the sentence."""
    assert str(FormatError("", "is 5", "write a table")) == "is 5; write a table"


@pytest.mark.parametrize(
    ("where", "place", "whole"),
    [
        ("budget", "policies.mars", "policies.mars.budget"),
        ("[2].end", "policies", "policies[2].end"),
        ("policies.mars", "a/mars.toml", "a/mars.toml: policies.mars"),
        ("", "policies.mars", "policies.mars"),
    ],
)
def test_an_error_can_be_told_from_further_out(where: str, place: str, whole: str) -> None:
    """`within` puts a key, an index or a file before the place, keeps the rest, and leaves the first error alone."""
    error = ScenarioError(where, "is wrong", "put it right")
    outer = error.within(place)
    assert type(outer) is ScenarioError
    assert str(outer) == f"{whole}: is wrong; put it right"
    assert error.where == where


def test_a_mistyped_name_is_told_the_nearest() -> None:
    """One slip of the finger is put right, and all names are listed in order."""
    assert nearest("retz", ["rets", "mars"]) == "did you mean 'rets'? known: mars, rets"


def test_a_name_like_no_other_is_told_only_what_is_known() -> None:
    """No far-fetched guess is made; and where nothing is known, it says so."""
    assert nearest("zzzz", iter(["mars", "rets"])) == "known: mars, rets"
    assert nearest("zzzz", []) == "none is known"


def test_a_long_list_is_cut_at_twelve() -> None:
    """At most twelve names are listed, and the rest are counted; the nearest may be among the rest."""
    said = nearest("name-29", [f"name-{n:02d}" for n in range(30)])
    assert said.startswith("did you mean 'name-29'? known: name-00, ")
    assert said.endswith("name-11 and 18 more")
    assert "more" not in nearest("x", [f"name-{n:02d}" for n in range(12)])


@given(st.text(), st.lists(st.text()))
def test_any_names_at_all_make_a_sentence(name: str, known: list[str]) -> None:
    """Whatever is asked and whatever is known, a sentence comes back and never an error."""
    assert nearest(name, known)
