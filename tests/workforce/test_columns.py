"""The staff columns: sorted, read-only, compared by content, and refused when a value is impossible."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from nhstransit.errors import StaffError
from nhstransit.workforce.columns import COLUMNS, NEVER, Workforce
from tests.small import person, workforce

TEAM = workforce([person(9), person(2, wte=0.5), person(5, band="7")], ["Old"])


def refused(**columns: Any) -> str:
    with pytest.raises(StaffError) as caught:
        TEAM.having(**columns)
    return str(caught.value)


def test_columns_are_sorted_by_identity_and_read_only() -> None:
    """Each column also has its declared type."""
    assert TEAM.staff.tolist() == [2, 5, 9] and TEAM.wte.tolist() == [0.5, 1.0, 1.0]
    for name, kind in COLUMNS.items():
        column = getattr(TEAM, name)
        assert column.dtype == kind
        with pytest.raises(ValueError, match="read-only"):
            column[0] = 0


def test_workforces_are_compared_by_content() -> None:
    """The order of rows and the source do not matter; another value or another name of an employer does."""
    shuffled = {name: column[[2, 0, 1]] for name, column in TEAM.columns().items()}
    assert TEAM.having(**shuffled) == TEAM and hash(TEAM.having(**shuffled)) == hash(TEAM)
    assert TEAM.having(source="elsewhere") == TEAM
    assert TEAM.having(point=np.array([0, 0, 1])) != TEAM
    assert TEAM.having(employers=("New",)) != TEAM
    assert TEAM != "a workforce" and len({TEAM, TEAM.having()}) == 1
    assert repr(TEAM) == "Workforce(3 people, 2.5 WTE, 1 employers)"


WRONG = [
    ("staff", -1, "is negative"),
    ("staff", 5, "is given twice"),
    ("employer", 1, "is not a known code"),
    ("employer", -1, "is not a known code"),
    ("function", 2, "is not a known code"),
    ("band", 13, "is not a known code"),
    ("sex", 3, "is not a known code"),
    ("contract", 2, "is not a known code"),
    ("section", 4, "is not a known code"),
    ("point", -1, "is negative"),
    ("pay_pence", -1, "is negative"),
    ("wte_hundredths", 0, "is outside 1 to 100"),
    ("wte_hundredths", 101, "is outside 1 to 100"),
    ("service_from", 0, "is before the 16th birthday"),
    ("skill", np.nan, "is not a number"),
    ("outside", np.inf, "is not a number"),
    ("attitude", -np.inf, "is not a number"),
]


@pytest.mark.parametrize(("column", "cell", "fault"), WRONG)
def test_an_impossible_value_is_refused(column: str, cell: Any, fault: str) -> None:
    """The error contains the column and the fault."""
    cells = getattr(TEAM, column).astype("float64" if isinstance(cell, float) else "int64")
    cells[2] = cell
    assert fault in refused(**{column: cells}) and column in refused(**{column: cells})


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("staff", 2**32),
        ("employer", 65_536),
        ("band", 256),
        ("wte_hundredths", 300),
        ("wte_hundredths", 99.5),
        ("point", 1.5),
        ("pay_pence", 2**33),
        ("born", np.nan),
        ("contract_ends", 1e12),
    ],
)
def test_a_number_that_does_not_fit_its_column_is_refused(column: str, cell: Any) -> None:
    """A value that is too large or not whole never becomes another number."""
    cells = getattr(TEAM, column).astype("float64" if isinstance(cell, float) else "int64")
    cells[0] = cell
    sentence = refused(**{column: cells})
    assert column in sentence and "does not fit" in sentence


def test_columns_of_unequal_length_are_refused() -> None:
    assert refused(skill=np.zeros(2)).startswith("skill: has shape (2,); give 3 entries, one per person")


def test_a_workforce_may_be_empty() -> None:
    nobody = {name: np.empty(0, kind) for name, kind in COLUMNS.items()}
    empty = Workforce(**nobody, employers=(), functions=())
    assert len(empty) == 0 and empty.wte.tolist() == [] and NEVER == 2**31 - 1


@pytest.mark.parametrize(
    ("column", "cells", "message"),
    [
        ("staff", ["A9", "A2", "A5"], "staff[0]: is 'A9', which is not a number; give a whole number for each person"),
        ("staff", [9, "2", 5], "staff[1]: is '2', which is not a number; "),
        ("staff", [9, None, 5], "staff[1]: is None, which is not a number; "),
        ("band", ["6", "6", "7"], "band[0]: is '6', which is not a number; give indices of workforce.BANDS"),
        ("clinician", ["yes", "no", "no"], "clinician[0]: is 'yes', which is not a number; give True or False"),
        ("skill", ["high", 0.0, 1.0], "skill[0]: is 'high', which is not a number; give numbers"),
        ("staff", [[1, 2, 3]], "staff: has shape (1, 3); give 1 entries"),
        ("staff", [10**30, 2, 5], "staff[0]: is 1000000"),
    ],
)
def test_text_in_a_column_is_refused(column: str, cells: list[Any], message: str) -> None:
    """Text from pandas is refused with its index and is never read as a number."""
    assert refused(
        **{column: pd.Series(cells, dtype="object") if cells and not isinstance(cells[0], list) else cells}
    ).startswith(message)


def test_columns_of_a_data_frame_are_accepted(tmp_path: Any) -> None:
    """Whole numbers may have any numeric type or be objects.

    Strings and dates are refused, with what to give instead.
    """
    for kind in ("object", "Int64", "int64", "float64"):
        assert TEAM.having(staff=pd.Series([2, 5, 9], dtype=kind)) == TEAM
    assert refused(staff=pd.Series(["2", "5", "9"], dtype="string")).startswith(
        "staff[0]: is '2', which is not a number"
    )
    dates = pd.to_datetime(["1970-01-01"] * 3)
    assert "which is not a number; give epoch days" in refused(born=pd.Series(dates))


def test_all_people_with_impossible_values_are_reported() -> None:
    """The mistakes are in order of identity, and days are shown as dates."""
    lines = refused(born=np.array([0, 20_000, 20_000]), point=np.array([-1, 0, 0])).split("\n")
    assert [line.partition(":")[0] for line in lines] == ["staff 2", "staff 5", "staff 9"]
    assert "born: is 2024-10-04, after service began (2000-04-01); give the date of birth" in lines[1]
