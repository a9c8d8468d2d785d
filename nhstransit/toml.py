"""Strict conversion of TOML to frozen objects and back: the only module that uses cattrs and TOML.

Nothing is converted except an integer to a float. An unknown key, "0.1" for a number, `true` for a share and 1.9 for a
count are each refused with the file, the key and what would be right.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from math import inf
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

import attrs

from nhstransit.arrays import plain
from nhstransit.errors import CONTROLS, FormatError, InputError, check_kind, gathered, nearest, shown
from nhstransit.files import content_of, write_text

T = TypeVar("T")
V = TypeVar("V")
MOST_BYTES = 50_000_000  # the limit of a TOML file; the largest in this package has 100,000
MOST_LETTERS = 1_000_000  # the limit of one text; the time to wrap lines grows with the square of the longest word
FORMAT = 1
_PART = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')"""
# A key of more names, joined by full stops, than any file needs. Python's time to read it grows with the square of
# their number.
_CHAINED = re.compile(rf"(?<![\w-]){_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{100}}")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"(?:\.(?=.)|$)')  # a quoted name and the full stop after it


class Named(Mapping[str, V], Generic[V]):
    """An immutable mapping from names to values, sorted by name. It can be hashed, compared and pickled.

    >>> Named({"b": 2, "a": 1})
    Named({'a': 1, 'b': 2})
    """

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[str, V] | None = None) -> None:
        self._items = {name: items[name] for name in sorted(items)} if items else {}

    def __getitem__(self, name: str) -> V:
        return self._items[name]

    def __contains__(self, name: object) -> bool:
        return name in self._items  # faster than in `Mapping`; a run needs this test thousands of times

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        return hash(tuple(self._items.items()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._items!r})"

    def having(self, name: str, item: V) -> Named[V]:
        """This mapping with one item set."""
        return type(self)({**self._items, name: item})

    def without(self, name: str) -> Named[V]:
        """This mapping without one item."""
        return type(self)({key: item for key, item in self._items.items() if key != name})


class InOrder(Named[V]):
    """A `Named` whose items keep their order. Two with different orders are not equal. A new item is added at the end.

    >>> InOrder({"b": 2, "a": 1}).having("b", 3)
    InOrder({'b': 3, 'a': 1})
    """

    __slots__ = ()

    def __init__(self, items: Mapping[str, V] | None = None) -> None:
        self._items = dict(items or {})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, InOrder) and list(self._items.items()) == list(other._items.items())

    __hash__ = Named.__hash__


class Changes(Named[float]):
    """Numbers by dotted path that replace those of another file, such as the dated parameters.

    The input may mix nested tables and dotted paths. Each number is stored under its dotted path. Raises FormatError,
    with the path, for anything that is not a number.

    >>> Changes({"mars_2010": {"most_months": 9}})
    Changes({'mars_2010.most_months': 9.0})
    """

    __slots__ = ()

    def __init__(self, items: Mapping[str, Any] | None = None) -> None:
        super().__init__(dict(_single_numbers(items or {}, ())))

    def nested(self) -> dict[str, Any]:
        """The same numbers as nested tables, as in a TOML file."""
        tables: dict[str, Any] = {}
        for path, number in self.items():
            # Names are written as in a file, so that a name with a full stop stays one key.
            *names, last = (written(name) for name in names_in(path))
            inner = tables
            for name in names:
                inner = inner.setdefault(name, {})
            inner[last] = number
        return tables


def _single_numbers(items: Mapping[str, Any], before: tuple[str, ...]) -> Iterator[tuple[str, float]]:
    """Each number of nested tables, by its dotted path."""
    for key, given in items.items():
        # A key may be a dotted path itself.
        names = (*before, *names_in(key))
        item = plain(given)
        if isinstance(item, Mapping):
            yield from _single_numbers(item, names)
        # True is an int in Python. The limit refuses NaN and infinity too.
        elif isinstance(item, bool) or not isinstance(item, (int, float)) or not abs(item) < 1e300:
            raise FormatError(joined(*names), f"is {_shown(item)}", "give a number")
        else:
            yield joined(*names), float(item)


def joined(*names: str) -> str:
    """Names as one dotted path. A name with a full stop or a quotation mark is put in quotation marks.

    >>> joined("policies", "mars 1.5", "quota")
    'policies."mars 1.5".quota'
    """
    return ".".join(written(name) for name in names)


def names_in(path: str) -> tuple[str, ...]:
    """The names in a path that `joined` made.

    >>> names_in('policies."mars 1.5".quota')
    ('policies', 'mars 1.5', 'quota')
    """
    check_kind("path", path, str, "give text")
    found: list[str] = []
    rest = path
    while rest:
        name, rest = first_name(rest)
        found.append(name)
    return tuple(found)


def first_name(path: str, done: str = "") -> tuple[str, str]:
    """The first name of a path and the rest of it. A name is in quotation marks, or ends at a full stop.

    `done` is the path before it, for the error. Raises FormatError if a quotation mark is not closed.
    """
    if not path.startswith('"'):
        name, _, rest = path.partition(".")
        return name, rest
    match = _QUOTED.match(path)
    if match is None:
        place = f"{done}.{path}" if done else path
        raise FormatError(place, "lacks a closing quotation mark", "add it, and continue with a full stop")
    return re.sub(r"\\(.)", r"\1", match[1]), path[match.end() :]


def written(name: str) -> str:
    """One name of a path, in quotation marks if it could be read as several names."""
    if not any(mark in name for mark in '."='):
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def read(path: Path) -> dict[str, Any]:
    """The tables of a TOML file whose first key is `format = 1`. That key is removed. A byte order mark is allowed.

    Raises FormatError if there is no such file, it is not TOML in UTF-8, or `format` is missing or not 1.
    """
    try:
        text = content_of(path, MOST_BYTES).decode("utf-8-sig")
        # Windows line ends would otherwise stay in texts of several lines.
        return loads(text.replace("\r\n", "\n"))
    except FileNotFoundError:
        raise FormatError("", "no such file", "check the path").in_file(path) from None
    except OSError as error:
        raise FormatError("", f"cannot be read ({error.strerror})", "give a TOML file").in_file(path) from None
    except UnicodeDecodeError:
        raise FormatError("", "is not UTF-8 text", "save it as UTF-8").in_file(path) from None
    except FormatError as error:
        raise error.in_file(path) from None


def loads(text: str, place: str = "") -> dict[str, Any]:
    """As `read`, from TOML text. `place` is its name in errors."""
    if _CHAINED.search(text):
        raise FormatError(place, "has a key of more than a hundred names", "write fewer names with full stops between")
    try:
        tables = tomllib.loads(text)
    except ValueError as error:  # tomllib's own, or a number with too many digits
        raise FormatError(place, f"is not TOML: {error}", "correct it at that place") from None
    except RecursionError:
        raise FormatError(place, "is nested too deeply", "write fewer brackets inside brackets") from None
    # type() instead of isinstance, because `format = true` would count as 1.
    version = tables.pop("format", None)
    if type(version) is not int or version != FORMAT:
        wrong = "is missing" if version is None else f"is {_shown(version)}"
        where = f"{place}: format" if place else "format"
        raise FormatError(where, wrong, f"write `format = {FORMAT}` at the top")
    refuse_controls(tables, "", MOST_LETTERS)
    return tables


def refuse_controls(item: Any, place: str, most: float = inf) -> None:
    """Raise FormatError for a text or key with a control character, or of more than `most` letters.

    A control character could change what the terminal shows.

    Args:
        item: what was read: a text, number, list or table.
        place: where it is in the file, for the error.
        most: the most letters of one text.
    """
    if isinstance(item, str):
        if len(item) > most:
            raise FormatError(place, f"is a text of {len(item):,} letters", f"write {most:,} at most")
        if CONTROLS.search(item) or "\r" in item:
            raise FormatError(place, f"contains a control character ({item!r:.60})", "write printable characters only")
    elif isinstance(item, dict):
        for key, part in item.items():
            refuse_controls(key, place, most)
            refuse_controls(part, f"{place}.{written(key)}" if place else key, most)
    elif isinstance(item, list):
        for number, part in enumerate(item):
            refuse_controls(part, f"{place}[{number}]", most)


def load(path: Path, kind: type[T]) -> T:
    """A TOML file as an object of `kind`: `read`, then `structure`. Errors state the file and the dotted path."""
    tables = read(path)
    try:
        return structure(tables, kind)
    except InputError as error:
        raise error.in_file(path) from None


def write(path: Path, tables: Mapping[str, Any]) -> None:
    """Write `tables` as TOML under `format = 1`, in UTF-8: the whole file, or none."""
    write_text(path, dumps(tables))


def dumps(tables: Mapping[str, Any]) -> str:
    """`tables` as TOML text under `format = 1`. None values are left out."""
    import tomli_w

    return tomli_w.dumps({"format": FORMAT, **_present(tables)})


def structure(tables: Any, kind: type[T]) -> T:
    """`tables` as an object of `kind` (an attrs class, or a tuple or mapping of them), strictly.

    Raises FormatError (or the class's own InputError) for every fault, with the dotted path of its key, in the order of
    the tables.
    """
    from cattrs import BaseValidationError

    try:
        return cast(T, _converter().structure(tables, kind))
    except BaseValidationError as group:
        raise gathered(_every(group, tables)) from None
    except InputError:
        raise
    except (TypeError, ValueError, KeyError, AttributeError, NotImplementedError) as error:
        raise _plain(error, "") from None


def unstructure(thing: Any) -> Any:
    """The plain tables (dicts, lists, numbers, text, dates) of an attrs object, as `structure` would read them."""
    return _converter().unstructure(thing)


@cache
def _converter() -> Any:
    """The one strict converter of the library, made at first use and never at import."""
    import cattrs

    converter = cattrs.Converter(forbid_extra_keys=True, detailed_validation=True)
    # Each plain type is read strictly, and written as it is.
    for kind, strict in ((bool, _flag), (int, _whole), (float, _number), (str, _text), (dt.date, _date)):
        converter.register_structure_hook(kind, strict)
        converter.register_unstructure_hook(kind, lambda item: item)
    # The factories are called once for each class, list type or mapping type that occurs.
    converter.register_structure_hook_factory(attrs.has, lambda kind: _table_of(converter, kind))
    converter.register_structure_hook_factory(_is_tuple, lambda kind: _list_of(converter, kind))
    converter.register_structure_hook_factory(
        lambda kind: getattr(kind, "__origin__", None) is Named,
        lambda kind: lambda tables, _: _named(converter, tables, kind.__args__[0]),
    )
    converter.register_unstructure_hook_factory(
        lambda kind: kind is Named or getattr(kind, "__origin__", None) is Named,
        lambda _: lambda items: {name: converter.unstructure(item) for name, item in items.items()},
    )
    return converter


def _table_of(converter: Any, kind: Any) -> Callable[[Any, Any], Any]:
    """A function that reads an attrs class as cattrs does, but accepts only a table."""
    from cattrs import BaseValidationError
    from cattrs.gen import make_dict_structure_fn

    fill = make_dict_structure_fn(kind, converter, _cattrs_forbid_extra_keys=True)

    def read_table(tables: Any, target: Any) -> Any:
        if not isinstance(tables, Mapping):
            raise FormatError("", f"is {_shown(tables)}", "write a table")
        try:
            return fill(tables, target)
        except BaseValidationError as group:
            found = _every(group, tables)
            # cattrs stops before the class is made, so the checks of fields that it could read are made here.
            known = {_first_step(error.where) for error in found}
            others = {key: tables[key] for key in tables if key not in known}
            found += _of_validators(converter, kind, others, tables)
            raise gathered(sorted(found, key=lambda error: error.order)) from None

    return read_table


def _of_validators(converter: Any, kind: Any, fields: Mapping[str, Any], tables: Any) -> list[InputError]:
    """All errors of single-field checks. The class itself reports only the first, and none after a wrong type.

    Args:
        converter: the converter.
        kind: the attrs class.
        fields: its fields by name.
        tables: the table that was read.
    """
    found: list[InputError] = []
    for field in attrs.fields(attrs.resolve_types(kind)):
        if field.alias not in fields or field.validator is None or not field.init:
            continue
        try:
            item = converter.structure(fields[field.alias], field.type)
            item = field.converter(item) if callable(field.converter) else item
            field.validator(None, field, item)
        except InputError as error:
            found += _moved(error, "", _position(tables, field.alias))
        except Exception:  # a check that needs the whole object runs once it is made
            continue
    return found


def _is_tuple(kind: Any) -> bool:
    return getattr(kind, "__origin__", None) is tuple and kind.__args__[-1] is Ellipsis


def _list_of(converter: Any, kind: Any) -> Callable[[Any, Any], Any]:
    """A function that reads a tuple of any length from a list. cattrs reads the items and notes their positions."""
    from cattrs import BaseValidationError
    from cattrs.cols import list_structure_factory

    fill = list_structure_factory(list[kind.__args__[0]], converter)

    def read_list(items: Any, _: Any) -> Any:
        if not isinstance(items, (list, tuple)):
            raise FormatError("", f"is {_shown(items)}", "write a list in square brackets")
        try:
            return tuple(fill(items, list))
        except BaseValidationError as group:
            raise gathered(_every(group, items)) from None

    return read_list


def _named(converter: Any, tables: Any, kind: Any) -> Named[Any]:
    """A table of names. An error in one item gives its name."""
    from cattrs import BaseValidationError

    if not isinstance(tables, Mapping):
        raise FormatError("", f"is {_shown(tables)}", "write a table of names")
    # All items are read, so that every fault is reported at once.
    items = {}
    found = []
    for place, (name, item) in enumerate(tables.items()):
        try:
            items[name] = converter.structure(item, kind)
        except BaseValidationError as group:
            found += _moved(gathered(_every(group, item)), name, place)
        except InputError as error:
            found += _moved(error, name, place)
        except (TypeError, ValueError) as error:
            found += _moved(_plain(error, ""), name, place)
    if found:
        raise gathered(found)
    return Named(items)


def _flag(given: Any, _: type) -> bool:
    item = plain(given)
    if not isinstance(item, bool):
        raise FormatError("", f"is {_shown(item)}", "write true or false")
    return item


def _whole(given: Any, _: type) -> int:
    item = plain(given)
    if isinstance(item, bool) or not isinstance(item, int):
        raise FormatError("", f"is {_shown(item)}", "write a whole number")
    if not -(2**63) <= item < 2**63:
        raise FormatError("", f"is {_shown(item)}", "write a whole number of at most 18 digits")
    return item


def _number(given: Any, _: type) -> float:
    item = plain(given)
    if isinstance(item, bool) or not isinstance(item, (int, float)) or not abs(item) < 1e300:
        raise FormatError("", f"is {_shown(item)}", "write a number")
    return float(item)


def _text(given: Any, _: type) -> str:
    item = plain(given)
    if not isinstance(item, str):
        raise FormatError("", f"is {_shown(item)}", "write text in quotation marks")
    return item


def _date(given: Any, _: type) -> dt.date:
    item = plain(given)
    if not isinstance(item, dt.date) or isinstance(item, dt.datetime):
        raise FormatError("", f"is {_shown(item)}", "write a date such as 2010-09-15, without quotation marks")
    return item


def _every(group: Any, tables: Any) -> list[InputError]:
    """Every fault in cattrs's tree of exceptions, with its dotted path, in the order of the tables."""
    from cattrs import AttributeValidationNote, BaseValidationError, IterableValidationNote
    from cattrs.errors import ForbiddenExtraKeysError

    found: list[InputError] = []
    for fault in group.exceptions:
        step: str = ""
        key: Any = None
        # cattrs notes the field or the index at which a fault occurred.
        for note in getattr(fault, "__notes__", []):
            if isinstance(note, AttributeValidationNote):
                step = note.name
                key = note.name
            elif isinstance(note, IterableValidationNote):
                step = f"[{note.index}]"
                key = note.index
        place = _position(tables, key)
        # The cases: a group of faults deeper inside, unknown keys, an error of the library, a missing key, another
        # error.
        if isinstance(fault, BaseValidationError):
            found += _moved(gathered(_every(fault, _at(tables, key))), step, place)
        elif isinstance(fault, ForbiddenExtraKeysError):
            known = [field.alias for field in attrs.fields(fault.cl) if field.init]
            for extra in fault.extra_fields:
                error = FormatError(extra, "is not a key that is allowed here", nearest(extra, known))
                found += _moved(error, "", _position(tables, extra))
        elif isinstance(fault, InputError):
            here = _position(tables, _first_step(fault.where)) if key is None else place
            found += _moved(fault, step, here)
        elif isinstance(fault, KeyError) and fault.args and step == fault.args[0]:
            found += _moved(FormatError("", "is missing", "add it"), step, place)
        else:
            found += _moved(_plain(fault, ""), step, place)
    return sorted(found, key=lambda error: error.order)


def _moved(error: InputError, step: str, place: int) -> list[InputError]:
    """The same faults one level further out, at position `place` among its neighbours."""
    moved = (error.within(step) if step else error).each()
    for one in moved:
        one.order = (place, *one.order)
    return list(moved)


def _position(tables: Any, key: Any) -> int:
    """The position of a key in a table, or of an item in a list. Missing ones come last."""
    if isinstance(tables, Mapping):
        return list(tables).index(key) if key in tables else len(tables)
    return key if isinstance(key, int) else 0


def _at(tables: Any, key: Any) -> Any:
    try:
        return tables[key]
    except (KeyError, IndexError, TypeError):
        return None


def _first_step(where: str) -> str:
    """The first key of a dotted path."""
    return where.partition(".")[0].partition("[")[0]


def _plain(error: Exception, place: str) -> InputError:
    return FormatError(place, f"is not right ({error})", "see the reference for what is allowed here")


def _shown(item: Any) -> str:
    """An offending item, shortened to fit a sentence."""
    if isinstance(item, (dict, list)):
        return "a table" if isinstance(item, dict) else "a list"
    return shown(item)


def _present(item: Any) -> Any:
    """Without None values, which TOML cannot express."""
    if isinstance(item, Mapping):
        return {key: _present(part) for key, part in item.items() if part is not None}
    if isinstance(item, (list, tuple)):
        return [_present(part) for part in item]
    return item
