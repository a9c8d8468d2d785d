"""Letters that a terminal or file of another encoding than UTF-8 has no place for: printed as the nearest it has."""

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
    """Have standard output and standard error print the nearest letter where their encoding lacks one, and never fail."""
    codecs.register_error(_NAMED, _nearest)
    for stream in (sys.stdout, sys.stderr):
        encoding = (getattr(stream, "encoding", None) or "utf-8").lower().replace("_", "-")
        if hasattr(stream, "reconfigure"):
            # surrogates, of file names that are no text, are beyond UTF-8 too
            stream.reconfigure(errors="backslashreplace" if encoding in ("utf-8", "utf8") else _NAMED)


def _nearest(error: UnicodeError) -> tuple[str, int]:
    """What stands for letters that an encoding lacks: without their accents, as plain signs, or question marks."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(_plainly(letter, error.encoding) for letter in error.object[error.start : error.end]), error.end


def _plainly(letter: str, encoding: str) -> str:
    """One letter as the encoding can hold it."""
    parts = unicodedata.normalize("NFKD", letter)
    bare = "".join(part for part in parts if not unicodedata.combining(part))
    for instead in (_PLAINLY.get(letter, ""), bare):
        try:
            instead.encode(encoding)
        except UnicodeEncodeError:
            continue
        if instead:
            return instead
    return "" if bare == "" else "?"
