"""The errors that the library raises on purpose, so that users can distinguish their own mistakes from its faults.

A message is one sentence: where the mistake is, what is wrong and what would be right. On the command line, each of
these errors ends the program with exit status 2 and no traceback.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

_ALIKE = 4  # up to this many names that are equally close to a mistyped one are suggested; of more, none is
MOST = 20  # mistakes that a message lists; further ones are only counted
_CELL = 60  # characters shown of one item; _NAME: of a known name; _PART: of any part of a sentence
_NAME = 80
_PART = 600
_BREAKS = re.compile(r"\s*[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]\s*")


class NhstransitError(Exception):
    """Base of every error raised on purpose. `except nhstransit.NhstransitError` catches them all."""


class InputError(NhstransitError):
    """A mistake in what a user wrote: where it is, what is wrong, and what would be right.

    >>> str(InputError("mars.toml: budget", "is -5", "give pounds of 0 or more"))
    'mars.toml: budget: is -5; give pounds of 0 or more'

    Attributes:
        where, wrong, right: the parts of the sentence.
        also: further mistakes found at the same time, in order; each gets its own line.
        file: the file named at the beginning of `where`; "" if none is named yet.
        order: sort key among other mistakes, such as the line number; empty if none is set.
    """

    also: tuple[InputError, ...] = ()
    file: str = ""
    order: tuple[int, ...] = ()

    def __init__(self, where: str, wrong: str, right: str) -> None:
        self.where = where
        self.wrong = wrong
        self.right = right
        super().__init__(where, wrong, right)

    def __str__(self) -> str:
        """One line for each mistake, even if a name in it contains a line break."""
        listed = [one.sentence for one in (self, *self.also)[:MOST]]
        more = 1 + len(self.also) - len(listed)
        return "\n".join([*listed, f"and {more:,} more"] if more else listed)

    @property
    def sentence(self) -> str:
        """The sentence of this mistake alone."""
        parts = (shortened(part, _PART) for part in (self.where, self.wrong, self.right))
        where, wrong, right = (_BREAKS.sub(" ", part).strip() for part in parts)
        return f"{where}: {wrong}; {right}".removeprefix(": ")

    def each(self) -> tuple[InputError, ...]:
        """This mistake and the further ones found with it, as separate errors."""
        # Copies, because the caller may change the location of an error.
        return tuple(one._copied(one.where) for one in (self, *self.also))

    def within(self, place: str) -> Any:
        """The same mistakes with the name of the enclosing table, `place`, before each location.

        A mistake that already names its file is unchanged.
        """
        if place.endswith((".toml", ".csv")):
            return self.in_file(place)

        # An index follows its list directly, any other name after a full stop.
        def move(where: str) -> str:
            joint = "" if not where or where.startswith("[") else "."
            return f"{place}{joint}{where}"

        return self._moved(move, "")

    def in_file(self, path: object) -> Any:
        """The same mistakes with the file's name, except those that already name another file."""
        place = str(path)
        return self._moved(lambda where: f"{place}: {where}" if where else place, place)

    def after(self, place: str) -> Any:
        """The same mistakes with `place` and a colon before each location, even if it begins with a file."""
        return self._moved(lambda where: f"{place}: {where}" if where else place, "", always=True)

    def _moved(self, move: Callable[[str], str], file: str, *, always: bool = False) -> InputError:
        """A copy with each mistake's location changed.

        Args:
            move: function from the old location to the new one.
            file: the file that the new locations name.
            always: whether to change mistakes that already name a file.
        """
        made = []
        for one in self.each():
            # A location that begins with a file is complete.
            stays = one.file and not always
            copy = one._copied(one.where if stays else move(one.where))
            copy.file = one.file or file
            made.append(copy)
        # The first mistake carries the others.
        made[0].also = tuple(made[1:])
        return made[0]

    def _copied(self, where: str) -> InputError:
        """This mistake alone, with another location."""
        copy = type(self)(where, self.wrong, self.right)
        copy.file = self.file
        copy.order = self.order
        return copy


def gathered(errors: Iterable[InputError]) -> InputError:
    """One error that reports all mistakes of the given errors, in order."""
    copies = [one for error in errors for one in error.each()]
    copies[0].also = tuple(copies[1:])
    return copies[0]


class Mistakes:
    """Collects mistakes as they are found, each with its order, so that all mistakes of a file are reported at once.

    >>> mistakes = Mistakes()
    >>> mistakes.add(InputError("line 3", "is 7", "give 8"), 3)
    >>> with mistakes.noted(2):
    ...     raise InputError("line 2", "is empty", "give a name")
    >>> [error.where for error in mistakes.error().each()]
    ['line 2', 'line 3']
    """

    def __init__(self) -> None:
        self._found: list[tuple[tuple[int, ...], InputError | Callable[[], InputError]]] = []

    def __len__(self) -> int:
        return len(self._found)

    def add(self, error: InputError | Callable[[], InputError], *order: int) -> None:
        """Add a mistake, or a function that returns it. The function is called only if the mistake is listed.

        Further mistakes that an error carries are sorted by their own `order`, if they have one.
        """
        if isinstance(error, InputError):
            self._found += [(one.order or order, one) for one in error.each()]
        else:
            self._found.append((order, error))

    @contextmanager
    def noted(self, *order: int) -> Iterator[None]:
        """Collect an InputError raised in the `with` block, instead of letting it through."""
        try:
            yield
        except InputError as error:
            self.add(error, *order)

    def error(self) -> InputError:
        """One error that reports all mistakes, sorted by `order` and then as they were found."""
        errors = []
        for position, (order, item) in enumerate(sorted(self._found, key=lambda pair: pair[0])):
            if isinstance(item, InputError):
                error = item._copied(item.where)
            # Beyond the mistakes that are listed, only their number is needed.
            else:
                error = item() if position < MOST else _UNLISTED._copied("")
            error.order = order
            errors.append(error)
        return gathered(errors)

    def tell(self) -> None:
        """Raise the error that reports all mistakes, if there are any."""
        if self._found:
            raise self.error() from None


class ScenarioError(InputError):
    """A scenario, or a part of one, is not valid."""


class CodeError(ScenarioError):
    """A file refers to a user's own code that is not allowed to run, or cannot be found."""


class FormatError(InputError):
    """A file does not have the required form: unknown key, wrong type, wrong `format`."""


class ParameterError(InputError):
    """A legal or financial value is needed for a day on which no entry is in force."""


class StaffError(InputError):
    """A row or a column of a staff list is not valid."""


class OrganisationError(InputError):
    """An organisation, its dates or its posts do not fit together."""


class RunError(InputError):
    """A stored run cannot be written or read."""


class RestoredWarning(UserWarning):
    """A program was interrupted while it replaced results; the earlier results have been restored."""


class StoreError(InputError):
    """A store of a sweep's runs cannot be written or read, or contains something that does not fit the request."""


class SweepError(InputError):
    """A sweep cannot be made as requested, or its workers failed."""


class CalibrationError(InputError):
    """A fit, or a check against published figures, cannot be made as requested."""


class PolicyError(InputError):
    """A policy or a behaviour returned something the engine cannot carry out."""


class ConservationError(NhstransitError):
    """People, posts or pence were lost or created by mistake: a fault in the engine or in a policy."""


_UNLISTED = InputError("", "is not right", "see the others")  # placeholder for a mistake that is only counted


def shortened(text: str, most: int) -> str:
    """A text of at most about `most` characters. A longer text is cut in the middle, and its length is added.

    >>> shortened("a" * 50 + "z", 20)
    'aaaaaaaaaaaaaa…aaaaz (51 letters)'
    """
    if len(text) <= most:
        return text
    tail = most // 4
    return f"{text[: most - tail - 1]}…{text[-tail:]} ({len(text):,} letters)"


# Characters that could control the terminal on which they are printed, or change the order in which text is shown.
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def without_controls(text: str) -> str:
    """A text with its control characters as Python escapes, except tabs and line ends.

    >>> without_controls("a \\x1b[31mred")
    'a \\\\x1b[31mred'
    """
    return CONTROLS.sub(lambda found: repr(found.group())[1:-1], text)


def shown(item: Any) -> str:
    """An item as a message shows it: its Python `repr`, shortened to fit a sentence.

    >>> shown("8z"), shown("x" * 200_000)[-20:]
    ("'8z'", 'xxx' (200,000 letters)')
    """
    if isinstance(item, str) and len(item) > _CELL:
        tail = _CELL // 4
        return f"{(item[: _CELL - tail] + '…' + item[-tail:])!r} ({len(item):,} letters)"
    if isinstance(item, int) and abs(item) >= 10**_CELL:
        return "a number of more than 60 digits"
    return shortened(repr(item), _CELL)


def to_install(extra: str) -> str:
    """How to install a missing package of one of the library's extras."""
    return f'install it with: pip install "nhstransit[{extra}]", or in a checkout: pip install ".[{extra}]"'


def nearest(name: str, known: Iterable[str]) -> str:
    """The end of a sentence about a mistyped name: the nearest known name, then all names (at most twelve).

    If the two differ only in something hard to see, the sentence says what: capital letters, spaces, invisible
    characters or the encoding of an accent.

    >>> nearest("marz", ["mars", "rets"])
    "did you mean 'mars'? known: mars, rets"
    >>> nearest("MARS", ["mars", "rets"])
    "did you mean 'mars'? they differ in capital letters; known: mars, rets"
    """
    names = sorted(known)
    listed = ", ".join(shortened(one, _NAME) for one in names[:12])
    listed += f" and {len(names) - 12:,} more" if len(names) > 12 else ""
    hint = _hint(name, names)
    return f"{hint}known: {listed}" if names else "no such names are defined"


def _hint(name: str, names: list[str]) -> str:
    """The question "did you mean ...?", with the difference between the names if it is hard to see."""
    # A name of several hundred letters is no misspelling, and comparing it would take long.
    if len(name) > 4 * _NAME:
        return ""
    if name in names:
        return f"did you mean {shown(name)}? "
    # First a difference that is hard to see, which is then described.
    plain = _plain(name)
    alike = next((one for one in names if _plain(one) == plain), None) if plain else None
    if alike is not None:
        return f"did you mean {shown(alike)}? they differ in {_difference(name, alike)}; "
    # Then names with similar letters. If two names differ only in capitals, the first in order is suggested.
    lower = {one.casefold(): one for one in reversed(names)}
    close = _closest(name.casefold(), list(lower))
    close = close or [word for word in name.casefold().split() if word in lower][:1]  # "Band 8a"
    meant = [shown(lower[one]) for one in sorted(close)]
    # Many equally close names are no help.
    if len(meant) > _ALIKE or not meant:
        return ""
    return f"did you mean {' or '.join(meant)}? "


def _closest(name: str, known: list[str]) -> list[str]:
    """The nearest known name, or all names that are equally near."""
    # difflib returns the best first, but cuts equally good ones off at a number; one more than needed shows this.
    near = difflib.get_close_matches(name, known, n=_ALIKE + 1, cutoff=0.5)
    likeness = [difflib.SequenceMatcher(None, one, name).ratio() for one in near]
    return [one for one, like in zip(near, likeness, strict=True) if like == likeness[0]]


_TWINS = str.maketrans(  # characters of other alphabets, dashes and quotation marks that look like another character
    dict(zip("АВСЕНІЈКМОРЅТХУасеіјорѕхуΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABCEHIJKMOPSTXYaceijopsxyABEZHIKMNOPTYXo", strict=True))
    | dict.fromkeys("‐‑‒–—−", "-")
    | dict.fromkeys("’‘ʼ", "'")
    | dict.fromkeys("“”", '"')
)


def _plain(name: str) -> str:
    """A name in a form for comparison, without accents, invisible characters, spaces, capitals and look-alikes."""
    text = unicodedata.normalize("NFKC", name).translate(_TWINS)
    return "".join(each for each in text if unicodedata.category(each) not in ("Cf", "Cc", "Zs")).casefold()


def _difference(one: str, other: str) -> str:
    """How two names that look alike differ."""
    if one.casefold() == other.casefold():
        return "capital letters"
    strange = _strange(one, other) or _strange(other, one)
    if strange:
        return strange
    if unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other):
        return "how an accent is written: as part of its letter, or as a character after it"
    same_letters = "".join(one.split()).casefold() == "".join(other.split()).casefold()
    return "spaces" if same_letters else "how they are written"


def _strange(one: str, other: str) -> str:
    """The first hard-to-see or look-alike character of `one` that `other` does not have, with its Unicode name."""
    for each in one:
        invisible = unicodedata.category(each) in ("Cf", "Cc", "Zs") and each != " "
        if each not in other and (invisible or each.translate(_TWINS) != each):
            called = unicodedata.name(each, "a control character").lower()
            return f"a character that is hard to see: {called} (U+{ord(each):04X})"
    return ""


MAKERS = {  # how a user makes the objects that public functions need
    "Comparison": "compare(run, baseline=...)",
    "Law": "Law.bundled()",
    "Run": "simulate(scenario, seed=...) or load_run(folder)",
    "Scenario": "load_scenario(name)",
    "Study": "sweep(scenarios, ...) or open_study(store)",
}


def check_kind(name: str, thing: object, kind: type | tuple[type, ...], right: str = "") -> None:
    """Raise InputError unless the argument `name` of a public function is of the right type.

    Args:
        name: name of the argument.
        thing: what was given.
        kind: the type or types that are allowed.
        right: what to give; by default the type and a function that makes such an object.

    >>> check_kind("seed", 1, int)
    >>> check_kind("law", 1, str, "give a name")
    Traceback (most recent call last):
    nhstransit.errors.InputError: law: is 1; give a name
    """
    if isinstance(thing, kind):
        return
    if not right:
        wanted = kind if isinstance(kind, type) else kind[0]
        right = f"give {_with_article(wanted)}"
        if wanted.__name__ in MAKERS:
            right += f", such as {MAKERS[wanted.__name__]}"
    raise InputError(name, f"is {_shown(thing)}", right)


def check_several(name: str, things: object) -> None:
    """Raise InputError unless the argument `name` is a list, a tuple or a similar collection; text is not."""
    if isinstance(things, (str, bytes)) or not isinstance(things, Iterable):
        raise InputError(name, f"is {_shown(things)}", "give a list or a tuple")


def check_path(name: str, thing: object) -> None:
    """Raise InputError unless the argument `name` is a path: text, or a `pathlib.Path`."""
    if not hasattr(type(thing), "__fspath__"):  # as in `os.PathLike`; this module does not import `os`
        check_kind(name, thing, str, "give a path, as text or as pathlib.Path")


def _shown(thing: object) -> str:
    """How a message shows a wrong argument: a short text or a number as written, anything else by its type."""
    if thing is None or isinstance(thing, (bool, int, float, str)):
        text = repr(thing)
        return text if len(text) <= 60 else f"{text[:57]}..."
    return _with_article(type(thing))


def _with_article(kind: type) -> str:
    """The name of a type with its article: a Run, an int."""
    return f"{'an' if kind.__name__[:1] in 'AEIOUaeiou' else 'a'} {kind.__name__}"
