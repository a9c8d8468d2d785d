"""The total of a store's table: its number of rows, and a digest of their seals (checksums) that ignores their order.

A store updates the total of each table in the same transaction as the rows. The total shows if a row was added or
deleted by another program, even though every remaining row has a correct seal. The digest is the sum of the seals as
numbers of 128 bits, modulo 2**128. A sum does not depend on order, and a term can be subtracted:

- a new row adds its seal, and a removed row subtracts its seal;
- the total of two merged stores is the sum of their totals, less the total of the rows that are in both.

Totals guard against accidents and manual edits. They do not stop a program that also computes seals and totals.
"""

from __future__ import annotations

from collections.abc import Iterable

import attrs

_SEALS = 2**128  # the number of possible seals: a seal has 16 bytes


@attrs.frozen
class Total:
    """A number of rows, and the sum of their seals modulo 2**128. In a difference of totals `rows` may be negative.

    >>> one, other = Total.of([bytes(15) + b"a"]), Total.of([bytes(15) + b"b", bytes(15) + b"c"])
    >>> one + other == other + one and (one + other - one) == other
    True
    """

    rows: int = 0
    digest: int = 0

    @classmethod
    def of(cls, seals: Iterable[bytes]) -> Total:
        """The total of rows with these seals, in any order."""
        rows = 0
        digest = 0
        for seal in seals:
            rows += 1
            digest += int.from_bytes(seal, "big")
        return cls(rows, digest % _SEALS)

    def __add__(self, other: Total) -> Total:
        return Total(self.rows + other.rows, (self.digest + other.digest) % _SEALS)

    def __sub__(self, other: Total) -> Total:
        return Total(self.rows - other.rows, (self.digest - other.digest) % _SEALS)

    def told(self) -> str:
        """The digest as text, 32 hexadecimal digits."""
        return f"{self.digest:032x}"
