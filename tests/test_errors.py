"""Errors: one sentence says where the fault is, what is wrong and what would be right."""

from __future__ import annotations

import inspect
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhstransit import errors
from nhstransit.errors import FormatError, InputError, Mistakes, NhstransitError, ScenarioError, nearest, shown
from tests.examples import examples

CLASSES = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if kind.__module__ == errors.__name__]
EVERY = [kind for kind in CLASSES if issubclass(kind, BaseException) and not issubclass(kind, Warning)]


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__name__)
def test_every_error_is_an_nhstransit_error(kind: type) -> None:
    """None of them is also a ValueError, TypeError or LookupError."""
    assert issubclass(kind, NhstransitError)
    assert not issubclass(kind, (ValueError, TypeError, LookupError))


@pytest.mark.parametrize(
    "kind", [kind for kind in EVERY if issubclass(kind, InputError)], ids=lambda kind: kind.__name__
)
def test_an_input_error_has_place_fault_and_remedy_in_this_order(kind: type[InputError]) -> None:
    """The message is one line, and pickling does not change it."""
    error = kind("mars.toml: budget", "is -5", "give pounds of 0 or more")
    copy = pickle.loads(pickle.dumps(error))
    for one in (error, copy):
        assert type(one) is kind
        assert str(one) == "mars.toml: budget: is -5; give pounds of 0 or more"
        assert (one.where, one.wrong, one.right) == ("mars.toml: budget", "is -5", "give pounds of 0 or more")


def test_an_error_without_a_place_begins_with_the_fault() -> None:
    """The message has no colon before the fault."""
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
def test_an_error_can_get_an_outer_place(where: str, place: str, whole: str) -> None:
    """`within` returns an error with a key, an index or a file before the place. The first error does not change."""
    error = ScenarioError(where, "is wrong", "put it right")
    outer = error.within(place)
    assert type(outer) is ScenarioError
    assert str(outer) == f"{whole}: is wrong; put it right"
    assert error.where == where


def test_the_nearest_name_is_suggested_for_a_mistyped_one() -> None:
    """All known names are listed in order."""
    assert nearest("retz", ["rets", "mars"]) == "did you mean 'rets'? known: mars, rets"


def test_no_name_is_suggested_if_none_is_similar() -> None:
    """The known names are listed, or the message says that there are none."""
    assert nearest("zzzz", iter(["mars", "rets"])) == "known: mars, rets"
    assert nearest("zzzz", []) == "no such names are defined"


def test_a_long_list_is_cut_at_twelve() -> None:
    """At most twelve names are listed and the rest are counted. The suggested name may be among the rest."""
    hint = nearest("name-29", [f"name-{n:02d}" for n in range(30)])
    assert hint.startswith("did you mean 'name-29'? known: name-00, ")
    assert hint.endswith("name-11 and 18 more")
    assert "more" not in nearest("x", [f"name-{n:02d}" for n in range(12)])


@pytest.mark.thorough
@examples(10, 1_000)
@given(st.text(), st.lists(st.text()))
def test_a_hint_is_returned_for_any_names(name: str, known: list[str]) -> None:
    """No combination of names raises an error."""
    assert nearest(name, known)


def test_the_difference_between_similar_names_is_described() -> None:
    """Such as capital letters, spaces, invisible characters, similar letters of other scripts, and composed accents."""
    for wrong, right, difference in (
        ("8A", "8a", "capital letters"),
        ("Oakdale  PCT", "Oakdale PCT", "spaces"),
        ("OakdalePCT", "Oakdale PCT", "spaces"),
        ("Oakdale\u00a0PCT", "Oakdale PCT", "no-break space (U+00A0)"),
        ("Oakdale\u200b PCT", "Oakdale PCT", "zero width space (U+200B)"),
        ("\u041eakdale PCT", "Oakdale PCT", "cyrillic capital letter o (U+041E)"),
        ("St John\u2019s", "St John's", "right single quotation mark (U+2019)"),
        ("W\u0302y", "\u0174y", "how an accent is written"),
    ):
        hint = nearest(wrong, ["Elsewhere", "8d", right])
        assert hint.startswith(f"did you mean {right!r}? they differ in ") and difference in hint


def test_a_known_name_within_a_longer_one_is_suggested() -> None:
    """Such as the band in "Band 8a"."""
    assert nearest("Band 8a", ["8a", "8d"]).startswith("did you mean '8a'? ")


def test_spaces_within_a_name_are_shown() -> None:
    """Two spaces are shown as two, so that the reader sees the refused text. Only line breaks are removed."""
    assert str(InputError("a", "is 'two  spaces'", "b")) == "a: is 'two  spaces'; b"
    assert str(InputError("two\r\n lines", "is", "b")) == "two lines: is; b"


def test_long_messages_are_cut() -> None:
    """Values, names and parts of a sentence with 200,000 letters are cut, and their length is stated."""
    long = "x" * 200_000
    assert len(shown(long)) < 100 and "200,000 letters" in shown(long)
    assert len(str(InputError(long, f"is {long!r}", nearest(long, [long])))) < 2_000
    assert shown(10**70) == "a number of more than 60 digits" and len(shown(["a"] * 1_000)) < 100


def test_several_mistakes_are_reported_together_in_order() -> None:
    """Up to twenty mistakes have a line each. The rest are only counted, and their messages are never made."""
    mistakes = Mistakes()
    made = []

    def late(line: int) -> FormatError:
        made.append(line)
        return FormatError(f"line {line}", "is bad", "mend it")

    for line in range(23, 1, -1):
        mistakes.add(lambda line=line: late(line), line)  # type: ignore[misc]
    with mistakes.noted(1):
        raise ScenarioError("name", "is empty", "give one")
    with pytest.raises(ScenarioError) as caught:
        mistakes.tell()
    lines = str(pickle.loads(pickle.dumps(caught.value))).split("\n")
    assert lines[:2] == ["name: is empty; give one", "line 2: is bad; mend it"]
    assert len(lines) == 21 and lines[-1] == "and 3 more" and len(made) == 19
    assert str(caught.value.in_file("a.csv")).split("\n")[1] == "a.csv: line 2: is bad; mend it"
    Mistakes().tell()


def test_an_error_with_a_file_gets_no_further_file_or_key() -> None:
    """Only the name of a task can be added before the file."""
    error = FormatError("line 3", "is bad", "mend it").in_file("staff.csv")
    for same in (error.in_file("world.toml"), error.within("staff"), error.within("world.toml")):
        assert str(same) == "staff.csv: line 3: is bad; mend it"
    assert str(error.after("draws")) == "draws: staff.csv: line 3: is bad; mend it"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("8", "did you mean '8a' or '8b' or '8c'? "),
        ("8A", "did you mean '8a'? they differ in capital letters; "),
        ("8c2", "did you mean '8c'? "),
    ],
)
def test_all_equally_similar_names_are_suggested(name: str, hint: str) -> None:
    """If one name is nearest, only that one is suggested."""
    assert nearest(name, ["8a", "8b", "8c", "9"]).startswith(hint)


def test_no_name_is_suggested_if_too_many_are_equally_similar() -> None:
    assert nearest("x-0", [f"x-{number}" for number in range(1, 7)]).startswith("known: ")
