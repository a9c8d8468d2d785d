"""Replacement of characters that the encoding of a terminal or file lacks by the nearest available characters."""

from __future__ import annotations

import codecs
import sys
import unicodedata

_PLAINLY = {
    "−": "-",
    "–": "-",
    "—": "-",
    "‘": "'",
    "’": "'",
    "“": '"',
    "”": '"',
    "…": "...",
    "→": "->",
    "←": "<-",
    "·": "*",
    "£": "GBP ",
    "≤": "<=",
    "≥": ">=",
    "×": "x",
    "³": "3",
}
_NAMED = "nhstransit.nearest"


def printable() -> None:
    """Make standard output and standard error print the nearest character if their encoding lacks one."""
    codecs.register_error(_NAMED, _nearest)
    for stream in (sys.stdout, sys.stderr):
        encoding = (getattr(stream, "encoding", None) or "utf-8").lower().replace("_", "-")
        if hasattr(stream, "reconfigure"):
            # even UTF-8 cannot encode surrogates, which come from file names that are not valid text
            stream.reconfigure(errors="backslashreplace" if encoding in ("utf-8", "utf8") else _NAMED)


def _nearest(error: UnicodeError) -> tuple[str, int]:
    """Replace characters that an encoding lacks: by letters without accents, plain signs or question marks."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(_plainly(letter, error.encoding) for letter in error.object[error.start : error.end]), error.end


def _plainly(letter: str, encoding: str) -> str:
    """One character as the encoding can represent it."""
    # NFKD splits a letter into its base and its accents, which are then left out.
    parts = unicodedata.normalize("NFKD", letter)
    bare = "".join(part for part in parts if not unicodedata.combining(part))
    # The replacement from the list comes first, then the letter without accents.
    for instead in (_PLAINLY.get(letter, ""), bare):
        try:
            instead.encode(encoding)
        except UnicodeEncodeError:
            continue
        if instead:
            return instead
    # A lone accent disappears; a letter without any replacement becomes a question mark.
    return "" if bare == "" else "?"
