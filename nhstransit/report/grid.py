"""A table of cells as lines of text that fit a width. Lines break between words."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

GAP = "  "  # between columns
LEAST_WORDS = 16  # the narrowest width of a text column, in characters
RULE = "─"


def grid_lines(columns: Sequence[str], rows: Sequence[Sequence[object]], width: int) -> list[str]:
    """Lay out a table as lines: column names, a rule, and the rows; numbers are right-aligned.

    If the table is too wide, text columns become narrower and their text wraps. Columns that still do not fit are put
    into further tables below, each of which repeats the first column.

    Args:
        columns: the names of the columns.
        rows: the cells, row by row.
        width: the most characters in a line.

    Returns:
        The lines.
    """
    cells = [[_flat(cell) for cell in row] for row in rows]
    names = [_flat(name) for name in columns]
    right = [numeric(row[place] for row in cells) for place in range(len(names))]
    wide = _widths(names, cells, right, width)
    lines: list[str] = []
    for block in _blocks(wide, width):
        lines += _block(names, cells, [wide[place] for place in block], right, block)
    return lines


def _widths(names: Sequence[str], cells: Sequence[Sequence[str]], right: Sequence[bool], width: int) -> list[int]:
    """Width of each column in characters, from its cells and the longest word of its name; text columns may shrink."""
    # A column is at least as wide as its longest word, so that no word is broken.
    columns = [[row[place] for row in cells] for place in range(len(names))]
    least = [_longest([name, *column]) for name, column in zip(names, columns, strict=True)]
    # Without rows the names alone decide.
    wide = least
    if cells:
        longest = [max(map(len, column)) for column in columns]
        wide = [max(word, whole, 1) for word, whole in zip(least, longest, strict=True)]
    # `spare` is how many characters the table is too wide; negative if there is room.
    spare = sum(wide) + len(GAP) * (len(wide) - 1) - width
    # Take one character at a time from the widest text column. Numbers never wrap.
    while spare > 0:
        wider = [wide[place] > max(LEAST_WORDS, least[place]) for place in range(len(names))]
        words = [place for place in range(len(names)) if wider[place] and not right[place]]
        if not words:
            break
        wide[max(words, key=lambda place: wide[place])] -= 1
        spare -= 1
    for place, name in enumerate(names):  # keep a column name on one line if there is room
        more = min(len(name) - wide[place], -spare)
        if more > 0:
            wide[place] += more
            spare += more
    beside_first = max(width - wide[0] - len(GAP), LEAST_WORDS)  # a longer word is broken, so that no line is too wide
    return [wide[0], *(min(letters, beside_first) for letters in wide[1:])]


def _longest(texts: Sequence[str]) -> int:
    """Length of the longest word."""
    return max((len(word) for text in texts for word in text.split()), default=1)


def _blocks(wide: Sequence[int], width: int) -> Iterator[list[int]]:
    """Indices of the columns that fit side by side, block by block; every block begins with the first column."""
    block = [0]
    for place in range(1, len(wide)):
        # A block is full if one more column, with the gaps between columns, would be too wide; but a block has at
        # least two.
        needed = sum(wide[each] for each in block) + wide[place] + len(GAP) * len(block)
        if needed > width and len(block) > 1:
            yield block
            block = [0]
        block.append(place)
    yield block


def _block(
    names: Sequence[str],
    cells: Sequence[Sequence[str]],
    wide: Sequence[int],
    right: Sequence[bool],
    block: Sequence[int],
) -> Iterator[str]:
    to_right = [right[place] for place in block]
    yield from _row([names[place] for place in block], wide, to_right, foot=True)
    yield RULE * (sum(wide) + len(GAP) * (len(wide) - 1))
    for row in cells:
        yield from _row([row[place] for place in block], wide, to_right)


def _row(cells: Sequence[str], wide: Sequence[int], right: Sequence[bool], *, foot: bool = False) -> Iterator[str]:
    """One row on as many lines as its longest cell needs; column names (`foot`) are aligned to the last line."""
    wrapped = [_wrapped(cell, size) for cell, size in zip(cells, wide, strict=True)]
    deep = max(len(lines) for lines in wrapped)
    # Fill shorter cells with blank lines: above for column names, below for cells.
    filled = []
    for lines in wrapped:
        blank = [""] * (deep - len(lines))
        filled.append(blank + lines if foot else lines + blank)
    for parts in zip(*filled, strict=True):
        aligned = (
            part.rjust(size) if to_right else part.ljust(size)
            for part, size, to_right in zip(parts, wide, right, strict=True)
        )
        yield GAP.join(aligned).rstrip()


def _wrapped(cell: str, size: int) -> list[str]:
    return textwrap.wrap(cell, size, break_on_hyphens=False) or [""]


def _flat(cell: object) -> str:
    """A cell on one line."""
    return " ".join(str(cell).split())


def numeric(cells: Iterable[str]) -> bool:
    """Whether every cell of a column is a number, possibly with £, m or %; blank cells and dashes are ignored."""
    filled = [cell for cell in cells if cell.strip("–")]
    return bool(filled) and all(_number(cell) for cell in filled)


def _number(cell: str) -> bool:
    # What remains of a number, an interval or an amount is digits only.
    digits = cell.replace(" to ", "").translate(str.maketrans("", "", "£mbnk%-−+,. "))
    return digits.isdigit()
