"""Numbers that identify people here: their own where these are integers, or pseudonyms made with a lasting key."""

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
_MOST_KEY = 1_000  # bytes of the file of a key
KEY_BYTES = 32


def own_numbers(texts: Sequence[str]) -> Longs:
    """The identities themselves where all are integers that fit; otherwise 0, 1, 2 … by the order of the texts."""
    if all(text.isdecimal() and len(text) <= 10 for text in texts):
        numbers = np.array(texts, "int64")
        if len(numbers) and numbers.max() <= _MOST and len(np.unique(numbers)) == len(numbers):
            return numbers
    _, ranks = np.unique(np.array(texts, str), return_inverse=True)
    return np.asarray(ranks, "int64")


def pseudonyms(texts: Sequence[str], key: bytes) -> Longs:
    """An integer from 0 to 2,147,483,646 for each identity: the same for the same key, and of no use without it.

    It is a keyed digest (HMAC-SHA-256) of the text. Where two texts of one list have the same number, the later one in
    alphabetical order gets another.
    """
    taken: dict[int, str] = {}
    number_of: dict[str, int] = {}
    for text in sorted(texts):
        attempt = 0
        while True:
            digest = hmac.digest(key, f"{attempt}:{text}".encode(), "sha256")
            number = int.from_bytes(digest[:8], "big") % (_MOST + 1)
            if number not in taken:
                break
            attempt += 1
        taken[number] = text
        number_of[text] = number
    return np.array([number_of[text] for text in texts], "int64")


def new_key() -> bytes:
    """A key from the operating system's randomness."""
    return os.urandom(KEY_BYTES)


def read_key(path: Path) -> bytes:
    """The key in a file. Raises StaffError where the file holds none."""
    try:
        key = bytes.fromhex(content_of(path, _MOST_KEY).decode("ascii").strip())
    except (OSError, ValueError):
        raise StaffError(
            str(path), "holds no key", "restore the file, or remove it: a new key gives new numbers"
        ) from None
    if len(key) != KEY_BYTES:
        raise StaffError(str(path), f"holds a key of {len(key)} bytes", "restore the file, or remove it")
    return key


def key_text(key: bytes) -> str:
    """A key as text for its file."""
    return key.hex() + "\n"
