"""Strict TOML: nothing is coerced, every fault is told by file and dotted path, and what is written is read back."""

from __future__ import annotations

import datetime as dt
import pickle
from pathlib import Path
from typing import Any, Literal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhstransit.errors import FormatError, InputError, ScenarioError
from nhstransit.toml import MOST_LETTERS, Named, dumps, load, loads, read, structure, unstructure, write
from tests.examples import some

NUMBERS = {"count": 3, "share": 0.5, "open": True, "name": "Devon", "starts": dt.date(2010, 9, 15)}


@attrs.frozen(kw_only=True)
class Round:
    """One of each thing that can stand in a file."""

    count: int = attrs.field()
    share: float
    open: bool
    name: str
    starts: dt.date
    ends: dt.date | None = None
    paid: Literal["lump", "monthly"] = "lump"

    @count.validator
    def _check(self, _: object, count: int) -> None:
        if count < 0:
            raise ScenarioError("count", f"is {count}", "give 0 or more")


@attrs.frozen(kw_only=True)
class Plan:
    """Rounds in a list and by name, and plain lists."""

    first: Round | None = None
    rounds: tuple[Round, ...] = ()
    named: Named[Round] = attrs.field(factory=Named)
    shares: tuple[float, ...] = ()
    weights: Named[float] = attrs.field(factory=Named)


def told(tables: Any, kind: type = Plan) -> str:
    with pytest.raises(InputError) as caught:
        structure(tables, kind)
    return str(caught.value)


@pytest.mark.parametrize(
    ("key", "item", "fault"),
    [
        ("share", "0.1", "share: is '0.1'; write a number"),
        ("share", True, "share: is True; write a number"),
        ("share", float("nan"), "share: is nan; write a number"),
        ("share", float("inf"), "share: is inf; write a number"),
        ("share", dt.date(2010, 1, 1), "share: is datetime.date(2010, 1, 1); write a number"),
        ("count", 1.9, "count: is 1.9; write a whole number"),
        ("count", 2.0, "count: is 2.0; write a whole number"),
        ("count", False, "count: is False; write a whole number"),
        ("count", "3", "count: is '3'; write a whole number"),
        ("count", 10**60, "count: is a number of more than 60 digits; write a whole number of at most 18 digits"),
        ("count", -(2**63) - 1, "count: is -9223372036854775809; write a whole number of at most 18 digits"),
        ("open", 1, "open: is 1; write true or false"),
        ("open", "true", "open: is 'true'; write true or false"),
        ("name", 5, "name: is 5; write text in quotation marks"),
        ("name", {"first": "x"}, "name: is a table; write text in quotation marks"),
        ("starts", "2010-09-15", "starts: is '2010-09-15'; write a date such as 2010-09-15, without quotation marks"),
        (
            "starts",
            dt.datetime(2010, 9, 15),
            "starts: is datetime.datetime(2010, 9, 15, 0, 0); write a date such as 2010-09-15, without quotation marks",
        ),
        ("starts", [], "starts: is a list; write a date such as 2010-09-15, without quotation marks"),
        ("count", -1, "count: is -1; give 0 or more"),
    ],
)
def test_nothing_is_coerced(key: str, item: object, fault: str) -> None:
    """A value of another type is refused at its key, whatever could have been made of it."""
    assert told({**NUMBERS, key: item}, Round) == fault


def test_a_whole_number_may_stand_for_a_float() -> None:
    """The one thing that is converted: 1 is read as 1.0 where a number is wanted."""
    share = structure({**NUMBERS, "share": 1}, Round).share
    assert (share, type(share)) == (1.0, float)


def test_a_missing_key_is_named() -> None:
    """A key without a default must be there, and is asked for by its path."""
    short = {key: item for key, item in NUMBERS.items() if key != "share"}
    assert told({"rounds": [short]}) == "rounds[0].share: is missing; add it"


def test_a_mistyped_key_is_told_the_nearest() -> None:
    """An unknown key is refused under its table, with the nearest that may stand there."""
    fault = told({"named": {"autumn": {**NUMBERS, "shares": 1.0}}})
    assert fault.startswith(
        "named.autumn.shares: is not a key that is allowed here; did you mean 'share'? known: count, "
    )


@pytest.mark.parametrize(
    ("tables", "place"),
    [
        ({"first": {**NUMBERS, "count": 1.5}}, "first.count"),
        ({"rounds": [NUMBERS, {**NUMBERS, "count": 1.5}]}, "rounds[1].count"),
        ({"named": {"a": NUMBERS, "b": {**NUMBERS, "count": -1}}}, "named.b.count"),
        ({"named": {"a b": 5}}, "named.a b"),
        ({"shares": [0.1, 0.2, "x"]}, "shares[2]"),
        ({"weights": {"x": "1"}}, "weights.x"),
        ({"shares": 0.1}, "shares"),
        ({"rounds": {"a": 1}}, "rounds"),
        ({"named": []}, "named"),
        ({"rounds": [[]]}, "rounds[0]"),
        ({"first": {**NUMBERS, "paid": "weekly"}}, "first.paid"),
        ({"first": {**NUMBERS, "ends": 5}}, "first.ends"),
    ],
)
def test_a_fault_is_told_by_file_and_dotted_path(tables: dict[str, Any], place: str, tmp_path: Path) -> None:
    """Through tables, lists and names the path leads to the very key, after the file it stands in."""
    path = tmp_path / "plan.toml"
    write(path, tables)
    with pytest.raises(InputError) as caught:
        load(path, Plan)
    assert str(caught.value).startswith(f"{path}: {place}: ")
    assert "\n" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_the_classes_own_errors_keep_their_kind() -> None:
    """A validator's error comes through as what it was, further out: here a ScenarioError."""
    with pytest.raises(ScenarioError, match=r"^rounds\[0\]\.count: is -1; give 0 or more$"):
        structure({"rounds": [{**NUMBERS, "count": -1}]}, Plan)


def test_a_file_that_is_no_table_is_told_plainly() -> None:
    """Where there is no key to name, the sentence begins with the fault."""
    assert told(5) == "is 5; write a table"
    assert told([]) == "is a list; write a table"


BAD_FILES = {
    "format missing": (b"x = 1", "format: is missing; write `format = 1` at the top"),
    "format 2": (b"format = 2", "format: is 2; write `format = 1` at the top"),
    "format in words": (b'format = "1"', "format: is '1'; write `format = 1` at the top"),
    "format true": (b"format = true", "format: is True; write `format = 1` at the top"),
    "format a float": (b"format = 1.0", "format: is 1.0; write `format = 1` at the top"),
    "endless format": (
        b"format = 0x" + b"f" * 9_000,
        "format: is a number of more than 60 digits; write `format = 1` at the top",
    ),
    "not UTF-8": (b"format = 1\nname = '\xff'", "is not UTF-8 text; save it as UTF-8"),
    "not TOML": (b"format = = 1", "is not TOML: "),
    "a key twice": (b"format = 1\nx = 1\nx = 2", "is not TOML: "),
    "no such day": (b"format = 1\nx = 2010-02-30", "is not TOML: "),
    "an endless number": (b"format = 1\nx = " + b"9" * 9_000, "is not TOML: "),
    "a thousand brackets": (b"format = 1\nx = " + b"[" * 9_000, "is nested too deeply; "),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_file_that_cannot_be_read_is_told_by_name(case: str, tmp_path: Path) -> None:
    """Wrong format, encoding or grammar: one sentence with the file first, of FormatError's kind."""
    content, fault = BAD_FILES[case]
    path = tmp_path / "plan.toml"
    path.write_bytes(content)
    with pytest.raises(FormatError) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}: {fault}")


def test_a_file_that_is_not_there_is_told_by_name(tmp_path: Path) -> None:
    """No file, a folder in its place, or a file in place of a folder: each is a sentence."""
    (tmp_path / "file").touch()
    for path, fault in (
        (tmp_path / "none.toml", "no such file; check the path"),
        (tmp_path, "cannot be read (Is a directory); give a TOML file"),
        (tmp_path / "file" / "x.toml", "cannot be read (Not a directory); give a TOML file"),
        (tmp_path / ("x" * 300), "cannot be read (File name too long); give a TOML file"),
    ):
        with pytest.raises(FormatError) as caught:
            read(path)
        assert str(caught.value) == f"{path}: {fault}"


READ = "\t\n"  # of control characters, those that a file may hold
TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # show a text in another order than it has
letters = st.characters(
    codec="utf-8", exclude_categories=("Cs", "Cc", "Zl", "Zp"), include_characters=READ, exclude_characters=TURNS
)
text = st.text(letters, max_size=6)
floats = st.floats(-1e9, 1e9)
rounds = st.builds(
    Round,
    count=st.integers(0, 10**9),
    share=floats,
    open=st.booleans(),
    name=text,
    starts=st.dates(),
    ends=st.none() | st.dates(),
    paid=st.sampled_from(["lump", "monthly"]),
)
plans = st.builds(
    Plan,
    first=st.none() | rounds,
    rounds=st.lists(rounds, max_size=3).map(tuple),
    named=st.dictionaries(text, rounds, max_size=3).map(Named),
    shares=st.lists(floats, max_size=3).map(tuple),
    weights=st.dictionaries(text, floats, max_size=3).map(Named),
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | text | st.dates() | st.datetimes() | st.times(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(text | st.sampled_from(list(NUMBERS)), inner, max_size=5)
    ),
    max_leaves=8,
)


@given(plans)
def test_what_is_written_is_read_back(tmp_path_factory: pytest.TempPathFactory, plan: Plan) -> None:
    """Any plan survives the way into a file and out of it, to the last digit and the last letter."""
    path = tmp_path_factory.getbasetemp() / "plan.toml"
    write(path, unstructure(plan))
    assert load(path, Plan) == plan
    assert path.read_text("utf-8") == dumps(unstructure(load(path, Plan)))


@given(anything, st.sampled_from([*attrs.fields_dict(Plan), "other"]))
def test_whatever_is_written_there_is_taken_or_told(item: object, key: str) -> None:
    """No content of a file whatever brings any error but a sentence to the reader."""
    for tables in (
        item,
        {key: item},
        {"rounds": [{**NUMBERS, "share": item}]},
        {"named": {"a": {**NUMBERS, "x": item}}},
    ):
        try:
            structure(tables, Plan)
        except InputError as error:
            assert "; " in str(error)


@given(anything, st.sampled_from(list(attrs.fields_dict(Round))))
def test_a_field_takes_its_own_type_only(item: object, key: str) -> None:
    """What is taken is of the very type the class declares."""
    wanted: dict[str, type | tuple[type, ...]] = {
        "count": int,
        "share": float,
        "open": bool,
        "name": str,
        "starts": dt.date,
        "ends": (dt.date, type(None)),
        "paid": str,
    }
    try:
        taken = getattr(structure({**NUMBERS, key: item}, Round), key)
    except InputError:
        return
    assert isinstance(taken, wanted[key])
    assert not (isinstance(taken, bool) and key != "open")
    assert not isinstance(taken, dt.datetime)


def test_what_is_none_is_left_out() -> None:
    """TOML has no word for nothing, so a key without a value is not written, at any depth."""
    assert dumps({"a": None, "b": {"c": None, "d": [{"e": None}]}}) == "format = 1\n\n[b]\nd = [\n    {},\n]\n"


def test_named_things_are_a_value() -> None:
    """Sorted by name, equal whatever the order written, a key in a dict, and whole after pickling."""
    one = Named({"b": 2, "a": 1})
    other = Named({"a": 1, "b": 2})
    assert list(one) == ["a", "b"]
    assert one == other == pickle.loads(pickle.dumps(one)) == {"a": 1, "b": 2}
    assert hash(one) == hash(other)
    assert repr(one) == "Named({'a': 1, 'b': 2})"
    assert (len(one), len(Named())) == (2, 0)


def test_named_things_change_by_making_others() -> None:
    """`having` and `without` give new mappings and leave the old as it was; there is no assignment."""
    one = Named({"b": 2})
    assert one.having("a", 1) == {"a": 1, "b": 2}
    assert list(one.having("a", 1)) == ["a", "b"]
    assert one.without("b") == {}
    assert one.without("c") == one == {"b": 2}
    with pytest.raises(TypeError):
        one["b"] = 3  # type: ignore[index]


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "text",
    ["{} = 1", "[{}]", "[[{}]]", "x = {{ {} = 1 }}", "'a' . {} = 1"],
    ids=["key", "table", "array", "inline", "quoted"],
)
@pytest.mark.parametrize("name", some(["a", '"a b"', "'c'", "-"], ['"a b"']))
def test_a_key_of_thousands_of_names_is_refused_at_once(text: str, name: str) -> None:
    """Time went with the square of their number, and doubled with each name of the path that a sentence would show.

    A hundred are read at once, and full stops in a text are full stops.
    """
    with pytest.raises(FormatError, match="has a key of more than a hundred names"):
        loads(text.format(" . ".join([name] * 20_000)))
    assert loads(f"format = 1\n{'.'.join([name] * 100)} = 1")
    assert loads('format = 1\nabout = "' + "It is so. And so it goes on... " * 10_000 + '"')


def test_a_text_of_millions_of_letters_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaking one word of ten million letters into lines took many minutes; a million are read."""
    assert MOST_LETTERS == 1_000_000
    monkeypatch.setattr("nhstransit.toml.MOST_LETTERS", 1_000)
    for text, place in (("about = '{}'", "about"), ("[a]\nb = ['{}']", r"a.b\[0\]"), ("'{}' = 1", "")):
        with pytest.raises(FormatError, match=f"^{place}.*is a text of 1,001 letters; write 1,000 at most"):
            loads("format = 1\n" + text.format("x" * 1_001))
    assert loads("format = 1\nabout = '" + "x" * 1_000 + "'")
