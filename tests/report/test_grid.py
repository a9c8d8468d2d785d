"""A table in the terminal fits its width, keeps whole words, and shows every cell."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nhstransit.report.grid import GAP, grid_lines
from nhstransit.report.story import Section, as_text

WORDS = st.lists(st.text("abcdefg", min_size=1, max_size=12), min_size=1, max_size=6).map(" ".join)
TABLES = st.integers(1, 9).flatmap(
    lambda wide: st.lists(st.lists(WORDS, min_size=wide, max_size=wide), min_size=1, max_size=5)
)


@given(TABLES, st.integers(40, 120))
def test_every_line_fits_and_every_word_is_complete(rows: list[list[str]], width: int) -> None:
    """Columns that do not fit continue below, after the first column."""
    lines = grid_lines([f"name {index}" for index in range(len(rows[0]))], rows, width)
    assert max(map(len, lines)) <= width
    printed = " ".join(lines).split()
    for row in rows:
        for cell in row:
            assert all(word in printed for word in cell.split())


def test_wide_tables_continue_below() -> None:
    """Numbers are never shortened; the other columns continue below, after the first column."""
    lines = grid_lines(["body", *(f"2010-{month:02}" for month in range(1, 13))], [["Ash", *["1,000"] * 12]], 40)
    assert [line.split()[0] for line in lines].count("Ash") == 3
    assert sum(line.count("1,000") for line in lines) == 12


def test_numbers_are_aligned_right_and_words_left() -> None:
    """Pounds, shares and ranges count as numbers; blank cells count as neither."""
    rows = [["one", "£1.0m", "yes"], ["two", "", "no"], ["three", "−£20,000", "yes"]]
    assert grid_lines(["what", "cost", "so"], rows, 80) == [
        GAP.join(["what ", "    cost", "so"]),
        "─" * (5 + 8 + 3 + 2 * len(GAP)),
        GAP.join(["one  ", "   £1.0m", "yes"]),
        GAP.join(["two  ", "        ", "no"]),
        GAP.join(["three", "−£20,000", "yes"]),
    ]


def test_markup_for_the_terminal_is_printed_as_text() -> None:
    """Names with brackets are printed unchanged."""
    section = Section(heading="[bold]", sentences=("[red]x[/red]",), columns=("[i]",), rows=(("[/]",),))
    assert as_text([section]).split() == ["[bold]", "[red]x[/red]", "[i]", "───", "[/]"]


def test_a_section_has_a_paragraph_and_a_table() -> None:
    """It returns both."""
    made = Section(heading="a", sentences=("b", "c"), columns=("x",), rows=(("1",),))
    again = Section.of("a", made.text, made.table)
    assert (again.text, again.columns, again.rows) == ("b c", ("x",), (("1",),))
    assert Section.of("a").table is None and Section.of("a").sentences == ()
