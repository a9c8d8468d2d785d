"""Strict TOML: no value is converted, every fault has a file and a dotted path, and written files can be read."""

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
    """One field of each type that a file can contain."""

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
    """Rounds in a list and by name, and plain lists of numbers."""

    first: Round | None = None
    rounds: tuple[Round, ...] = ()
    named: Named[Round] = attrs.field(factory=Named)
    shares: tuple[float, ...] = ()
    weights: Named[float] = attrs.field(factory=Named)


def message_for(tables: Any, kind: type = Plan) -> str:
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
def test_a_value_of_another_type_is_refused(key: str, item: object, fault: str) -> None:
    """It is not converted, even if that would be possible."""
    assert message_for({**NUMBERS, key: item}, Round) == fault


def test_a_whole_number_is_converted_to_a_float() -> None:
    """This is the only conversion."""
    share = structure({**NUMBERS, "share": 1}, Round).share
    assert (share, type(share)) == (1.0, float)


def test_a_missing_key_is_reported_with_its_path() -> None:
    """Every key without a default is required."""
    short = {key: item for key, item in NUMBERS.items() if key != "share"}
    assert message_for({"rounds": [short]}) == "rounds[0].share: is missing; add it"


def test_an_unknown_key_is_refused_with_the_nearest_known_key() -> None:
    fault = message_for({"named": {"autumn": {**NUMBERS, "shares": 1.0}}})
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
def test_a_fault_is_reported_with_file_and_dotted_path(tables: dict[str, Any], place: str, tmp_path: Path) -> None:
    """The path leads through tables, lists and names to the key."""
    path = tmp_path / "plan.toml"
    write(path, tables)
    with pytest.raises(InputError) as caught:
        load(path, Plan)
    assert str(caught.value).startswith(f"{path}: {place}: ")
    assert "\n" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_an_error_of_a_validator_keeps_its_class() -> None:
    """Only the outer path is added to it."""
    with pytest.raises(ScenarioError, match=r"^rounds\[0\]\.count: is -1; give 0 or more$"):
        structure({"rounds": [{**NUMBERS, "count": -1}]}, Plan)


def test_the_message_about_a_value_that_is_no_table_begins_with_the_fault() -> None:
    """There is no key that it could name."""
    assert message_for(5) == "is 5; write a table"
    assert message_for([]) == "is a list; write a table"


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
def test_a_file_with_wrong_content_is_refused_with_its_name(case: str, tmp_path: Path) -> None:
    """The format number, encoding or syntax may be wrong. The error is a FormatError."""
    content, fault = BAD_FILES[case]
    path = tmp_path / "plan.toml"
    path.write_bytes(content)
    with pytest.raises(FormatError) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}: {fault}")


def test_a_file_that_does_not_exist_is_reported_with_its_path(tmp_path: Path) -> None:
    """The same holds for a folder in place of a file, a file in place of a folder, and a name that is too long."""
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


READ = "\t\n"  # control characters that a file may contain
TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # characters that change the displayed order of a text
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
def test_a_written_file_is_read_back_unchanged(tmp_path_factory: pytest.TempPathFactory, plan: Plan) -> None:
    path = tmp_path_factory.getbasetemp() / "plan.toml"
    write(path, unstructure(plan))
    assert load(path, Plan) == plan
    assert path.read_text("utf-8") == dumps(unstructure(load(path, Plan)))


@given(anything, st.sampled_from([*attrs.fields_dict(Plan), "other"]))
def test_any_content_is_accepted_or_refused_with_an_input_error(item: object, key: str) -> None:
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
def test_an_accepted_value_has_the_declared_type(item: object, key: str) -> None:
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
        accepted = getattr(structure({**NUMBERS, key: item}, Round), key)
    except InputError:
        return
    assert isinstance(accepted, wanted[key])
    assert not (isinstance(accepted, bool) and key != "open")
    assert not isinstance(accepted, dt.datetime)


def test_keys_with_the_value_none_are_not_written() -> None:
    """TOML has no null value. This holds at any depth."""
    assert dumps({"a": None, "b": {"c": None, "d": [{"e": None}]}}) == "format = 1\n\n[b]\nd = [\n    {},\n]\n"


def test_named_is_a_sorted_and_hashable_mapping() -> None:
    """Two mappings with the same items in another order are equal. Pickling does not change a mapping."""
    one = Named({"b": 2, "a": 1})
    other = Named({"a": 1, "b": 2})
    assert list(one) == ["a", "b"]
    assert one == other == pickle.loads(pickle.dumps(one)) == {"a": 1, "b": 2}
    assert hash(one) == hash(other)
    assert repr(one) == "Named({'a': 1, 'b': 2})"
    assert (len(one), len(Named())) == (2, 0)


def test_named_is_immutable() -> None:
    """`having` and `without` return new mappings. Assignment raises TypeError."""
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
    """Reading such a key took too long. A key of a hundred names is accepted, and full stops in texts do not count."""
    with pytest.raises(FormatError, match="has a key of more than a hundred names"):
        loads(text.format(" . ".join([name] * 20_000)))
    assert loads(f"format = 1\n{'.'.join([name] * 100)} = 1")
    assert loads('format = 1\nabout = "' + "It is so. And so it goes on... " * 10_000 + '"')


def test_a_text_that_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaking one word of ten million letters into lines took many minutes. A million letters are allowed."""
    assert MOST_LETTERS == 1_000_000
    monkeypatch.setattr("nhstransit.toml.MOST_LETTERS", 1_000)
    for text, place in (("about = '{}'", "about"), ("[a]\nb = ['{}']", r"a.b\[0\]"), ("'{}' = 1", "")):
        with pytest.raises(FormatError, match=f"^{place}.*is a text of 1,001 letters; write 1,000 at most"):
            loads("format = 1\n" + text.format("x" * 1_001))
    assert loads("format = 1\nabout = '" + "x" * 1_000 + "'")
