"""Errors for readers: one sentence that says where, what is wrong and what would be right."""

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
    assert nearest("zzzz", []) == "no such names are defined"


def test_a_long_list_is_cut_at_twelve() -> None:
    """At most twelve names are listed, and the rest are counted; the nearest may be among the rest."""
    said = nearest("name-29", [f"name-{n:02d}" for n in range(30)])
    assert said.startswith("did you mean 'name-29'? known: name-00, ")
    assert said.endswith("name-11 and 18 more")
    assert "more" not in nearest("x", [f"name-{n:02d}" for n in range(12)])


@pytest.mark.thorough
@examples(10, 1_000)
@given(st.text(), st.lists(st.text()))
def test_any_names_at_all_make_a_sentence(name: str, known: list[str]) -> None:
    """Whatever is asked and whatever is known, a sentence comes back and never an error."""
    assert nearest(name, known)


def test_names_that_look_alike_are_told_apart() -> None:
    """Capitals, spaces, invisible characters, look-alikes and accents in two parts are named, not shown as the same."""
    for wrong, right, said in (
        ("8A", "8a", "capital letters"),
        ("Oakdale  PCT", "Oakdale PCT", "spaces"),
        ("OakdalePCT", "Oakdale PCT", "spaces"),
        ("Oakdale\u00a0PCT", "Oakdale PCT", "no-break space (U+00A0)"),
        ("Oakdale\u200b PCT", "Oakdale PCT", "zero width space (U+200B)"),
        ("\u041eakdale PCT", "Oakdale PCT", "cyrillic capital letter o (U+041E)"),
        ("St John\u2019s", "St John's", "right single quotation mark (U+2019)"),
        ("W\u0302y", "\u0174y", "how an accent is written"),
    ):
        told = nearest(wrong, ["Elsewhere", "8d", right])
        assert told.startswith(f"did you mean {right!r}? they differ in ") and said in told


def test_a_known_word_within_a_name_is_offered() -> None:
    """The band in "Band 8a", however unlike the whole is."""
    assert nearest("Band 8a", ["8a", "8d"]).startswith("did you mean '8a'? ")


def test_spaces_within_a_name_are_kept() -> None:
    """Two spaces are told as two, so that what was refused can be seen; only line breaks go."""
    assert str(InputError("a", "is 'two  spaces'", "b")) == "a: is 'two  spaces'; b"
    assert str(InputError("two\r\n lines", "is", "b")) == "two lines: is; b"


def test_a_message_is_never_endless() -> None:
    """Items, names and whole parts of a sentence of 200,000 letters are cut, with their length."""
    long = "x" * 200_000
    assert len(shown(long)) < 100 and "200,000 letters" in shown(long)
    assert len(str(InputError(long, f"is {long!r}", nearest(long, [long])))) < 2_000
    assert shown(10**70) == "a number of more than 60 digits" and len(shown(["a"] * 1_000)) < 100


def test_mistakes_are_told_together_in_order() -> None:
    """Up to twenty, a line each; the rest are counted, and never put in words; copies travel whole."""
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


def test_what_is_told_by_its_file_stays_so() -> None:
    """A file goes before a place once; a key or another file does not change it, a task's name goes before it."""
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
def test_names_that_are_equally_near_are_all_told(name: str, hint: str) -> None:
    """None is picked among them; where one is nearest, it alone is told."""
    assert nearest(name, ["8a", "8b", "8c", "9"]).startswith(hint)


def test_where_too_many_are_equally_near_none_is_told() -> None:
    """A hint that names five is no hint."""
    assert nearest("x-0", [f"x-{place}" for place in range(1, 7)]).startswith("known: ")
