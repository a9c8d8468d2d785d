"""Tables made of rows."""

from __future__ import annotations

from nhstransit import tables


def test_rows_become_columns_in_the_order_of_the_names() -> None:
    """Each row has one entry per name, and a column keeps the type of its entries."""
    table = tables.of_rows(("name", "people"), [("mars", 3), ("rets", 5)])
    assert list(table.columns) == ["name", "people"]
    assert table["name"].tolist() == ["mars", "rets"]
    assert table["people"].tolist() == [3, 5] and table["people"].dtype == "int64"


def test_rows_may_be_indexed_by_one_or_more_columns() -> None:
    """The columns of the index are no longer columns of the table."""
    rows = [("all", "left", 1), ("all", "stayed", 2)]
    assert tables.of_rows(("within", "stratum", "people"), rows, index="stratum").loc["stayed", "people"] == 2
    both = tables.of_rows(("within", "stratum", "people"), rows, index=["within", "stratum"])
    assert both.loc[("all", "left"), "people"] == 1 and list(both.columns) == ["people"]


def test_a_table_without_rows_has_its_columns() -> None:
    """All of them are empty."""
    table = tables.of_rows(("name", "people"), [])
    assert list(table.columns) == ["name", "people"] and table.empty
