"""Numbers that identify people here: payroll numbers if these are integers, or pseudonyms made with a stored key."""

from __future__ import annotations

import hmac
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nhstransit.arrays import Longs
from nhstransit.errors import StaffError
from nhstransit.files import content_of

_MOST = 2**31 - 2
_MOST_KEY = 1_000  # bytes; a file with more does not contain a key
KEY_BYTES = 32


def own_numbers(texts: Sequence[str]) -> Longs:
    """The identities themselves if all are integers that fit; otherwise 0, 1, 2 … in the order of the texts."""
    # Integers that repeat, or that are too large for the column, cannot identify people.
    if all(text.isdecimal() and len(text) <= 10 for text in texts):
        numbers = np.array(texts, "int64")
        if len(numbers) and numbers.max() <= _MOST and len(np.unique(numbers)) == len(numbers):
            return numbers
    # Ranks in alphabetical order do not depend on the order of the rows.
    _, ranks = np.unique(np.array(texts, str), return_inverse=True)
    return np.asarray(ranks, "int64")


def pseudonyms(texts: Sequence[str], key: bytes) -> Longs:
    """An integer from 0 to 2,147,483,646 for each identity. It is the same for the same key; without the key, it
    identifies nobody.

    It is a keyed digest (HMAC-SHA-256) of the text. If two texts of one list have the same number, the later one in
    alphabetical order gets another number.
    """
    used: dict[int, str] = {}
    number_of: dict[str, int] = {}
    # In alphabetical order, so that a collision is resolved in the same way for every order of the rows.
    for text in sorted(texts):
        attempt = 0
        # The attempt is part of the digested text, so a collision leads to an unrelated number.
        while True:
            digest = hmac.digest(key, f"{attempt}:{text}".encode(), "sha256")
            number = int.from_bytes(digest[:8], "big") % (_MOST + 1)
            if number not in used:
                break
            attempt += 1
        used[number] = text
        number_of[text] = number
    return np.array([number_of[text] for text in texts], "int64")


def new_key() -> bytes:
    """A random key from the operating system."""
    return os.urandom(KEY_BYTES)


def read_key(path: Path) -> bytes:
    """The key in a file. Raises StaffError if the file contains none."""
    try:
        key = bytes.fromhex(content_of(path, _MOST_KEY).decode("ascii").strip())
    except (OSError, ValueError):
        raise StaffError(
            str(path), "does not contain a key", "restore the file, or remove it: a new key gives new numbers"
        ) from None
    if len(key) != KEY_BYTES:
        raise StaffError(str(path), f"contains a key of {len(key)} bytes", "restore the file, or remove it")
    return key


def key_text(key: bytes) -> str:
    """A key as text for its file."""
    return key.hex() + "\n"
