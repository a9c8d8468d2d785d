"""The total of a table of a store: how many rows it holds, and a digest of their seals that does not depend on order.

A store keeps the total of each of its tables beside the rows, in the same transaction. So a row that was deleted, or
put in, past the library is seen, although each row that is left has its right seal. The digest is the sum of the seals, each
read as a number of 128 bits, modulo 2**128. A sum has no order and can be taken back:

- a row that is added adds its seal, a row that is replaced gives its old seal back;
- the total of two stores merged is the sum of their totals, less that of the rows that both hold.

It guards against accidents and edits by hand. Someone who writes rows with right seals can write a right total too.
"""

from __future__ import annotations

from collections.abc import Iterable

import attrs

_SEALS = 2**128  # how many seals there are: a seal has 16 bytes


@attrs.frozen
class Total:
    """How many rows there are, and the sum of their seals modulo 2**128; of changes, `rows` may be negative.

    >>> one, other = Total.of([bytes(15) + b"a"]), Total.of([bytes(15) + b"b", bytes(15) + b"c"])
    >>> one + other == other + one and (one + other - one) == other
    True
    """

    rows: int = 0
    digest: int = 0

    @classmethod
    def of(cls, seals: Iterable[bytes]) -> Total:
        """The total of rows with these seals, in whatever order they come."""
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
        """The digest as text: 32 digits in base 16."""
        return f"{self.digest:032x}"
