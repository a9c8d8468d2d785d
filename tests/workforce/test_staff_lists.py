"""Staff lists: what is written is what is read, and each bad cell is told by file, line and column."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhstransit.dates import epoch_day
from nhstransit.errors import FormatError, InputError, StaffError
from nhstransit.workforce.columns import COLUMNS, NEVER, Workforce
from nhstransit.workforce.read import read_staff, write_staff

BODIES, FUNCTIONS = ("Old PCT", "Vale SHA"), ("finance", "public-health")
HEADER = "staff,employer,function,band,point,wte,born,service_from,sex"
LINE = "7,Vale SHA,finance,8a,2,0.6,1965-03-31,1990-07-01,female"


def read(tmp_path: Path, *lines: str, header: str = HEADER) -> Workforce:
    path = tmp_path / "staff.csv"
    path.write_text("\n".join((header, *lines)) + "\n", "utf-8")
    return read_staff(path, BODIES, FUNCTIONS)


def refused(tmp_path: Path, *lines: str, header: str = HEADER) -> str:
    with pytest.raises(InputError) as caught:
        read(tmp_path, *lines, header=header)
    sentence = str(caught.value)
    assert sentence.startswith(str(tmp_path / "staff.csv")) and "\n" not in sentence
    return sentence.removeprefix(str(tmp_path) + "/")


def test_the_needed_columns_are_enough(tmp_path: Path) -> None:
    """A line of the nine needed columns, and the defaults of the rest."""
    people = read(tmp_path, LINE)
    row = {name: column[0].item() for name, column in people.columns().items()}
    assert row == {
        "staff": 7,
        "employer": 1,
        "function": 0,
        "band": 7,
        "point": 1,
        "pay_pence": 0,
        "wte_hundredths": 60,
        "born": epoch_day(dt.date(1965, 3, 31)),
        "service_from": epoch_day(dt.date(1990, 7, 1)),
        "sex": 0,
        "clinician": False,
        "contract": 0,
        "contract_ends": NEVER,
        "section": 0,
        "critical": False,
        "skill": 0.0,
        "outside": 0.0,
        "attitude": 0.0,
    }
    assert people.source == "staff.csv" and people.wte.tolist() == [0.6]


def test_rows_and_columns_in_any_order(tmp_path: Path) -> None:
    """Columns in another order, spaces around cells, and lines by no order of identity."""
    swapped = ",".join(reversed(HEADER.split(",")))
    first = " , ".join(reversed(LINE.split(",")))
    people = read(tmp_path, first, first.replace("7", "3", 1).replace(" 7", " 3"), header=swapped)
    assert people.staff.tolist() == [3, 7] and people.band.tolist() == [7, 7]


CELLS = {
    "staff": ("", "-1", "1.0", "x", "2147483647", "9" * 30),
    "employer": ("", "Vale", "vale sha"),
    "function": ("", "finanse"),
    "band": ("", "10", "8e", "8A"),
    "point": ("", "0", "13", "-1", "1.5"),
    "wte": ("", "0", "-0.5", "1.01", "0.001", "60%", "nan", "inf", "x"),
    "born": ("", "31/03/1965", "1965-02-30", "x", "19650-01-01"),
    "service_from": ("", "1990", "1990-13-01"),
    "sex": ("", "f", "Female"),
    "pay_pounds": ("", "-1", "x", "nan", "inf", "20000001"),
    "clinician": ("", "true", "1", "YES"),
    "contract": ("", "temporary"),
    "contract_ends": ("soon", "2012-02-30"),
    "section": ("", "1996"),
    "critical": ("", "maybe"),
    "skill": ("", "high", "nan", "inf", "-10.1", "11"),
    "outside": ("x",),
    "attitude": ("x",),
}


@pytest.mark.parametrize(("column", "cell"), [(column, cell) for column, cells in CELLS.items() for cell in cells])
def test_a_bad_cell(column: str, cell: str, tmp_path: Path) -> None:
    """Told by line (the header is line 1) and column, with what would be right."""
    names, good, bad = HEADER.split(","), LINE.split(","), LINE.split(",")
    if column in names:
        bad[names.index(column)] = cell
    else:
        names, good, bad = [*names, column], [*good, _usual(column)], [*bad, cell]
    sentence = refused(tmp_path, ",".join(good), ",".join(bad), header=",".join(names))
    assert sentence.startswith(f"staff.csv: line 3: {column}: is {cell!r}; ")


def _usual(column: str) -> str:
    words = {"pay_pounds": "0", "contract": "permanent", "contract_ends": "", "section": "1995"}
    return words.get(column, "no" if column in ("clinician", "critical") else "0")


def test_the_nearest_word_is_offered(tmp_path: Path) -> None:
    """A mistyped body is told with the nearest."""
    assert "did you mean 'Vale SHA'?" in refused(tmp_path, LINE.replace("Vale SHA", "Vale SHAA"))


def test_headers_that_cannot_be(tmp_path: Path) -> None:
    """An unknown column, a missing one, one twice."""
    unknown = refused(tmp_path, LINE + ",x", header=HEADER + ",skil")
    assert unknown.startswith("staff.csv: column 'skil': is not known; did you mean 'skill'?")
    missing = refused(tmp_path, LINE.rsplit(",", 1)[0], header=HEADER.rsplit(",", 1)[0])
    assert missing.startswith("staff.csv: column 'sex': is missing; add it; needed: staff, employer")
    assert "names the column 'staff' twice" in refused(tmp_path, LINE + ",7", header=HEADER + ",staff")


def test_files_that_cannot_be(tmp_path: Path) -> None:
    """None there, a folder, empty, a header alone, not UTF-8, lines of unequal length."""
    path = tmp_path / "staff.csv"
    for content, fault in (
        (None, "no such file"),
        (b"", "is empty"),
        (HEADER.encode(), "names nobody"),
        ((HEADER + "\n" + LINE).encode("utf-16"), "is not UTF-8 text"),
        ((HEADER + "\n" + LINE + ",more").encode(), "is not a rectangular CSV"),
    ):
        if content is not None:
            path.write_bytes(content)
        with pytest.raises((FormatError, StaffError), match=fault) as caught:
            read_staff(path, BODIES, FUNCTIONS)
        assert str(path) in str(caught.value) and "\n" not in str(caught.value)
    with pytest.raises(FormatError, match="cannot be read"):
        read_staff(tmp_path, BODIES, FUNCTIONS)


def test_people_who_cannot_be(tmp_path: Path) -> None:
    """One identity twice, or service from before the sixteenth birthday: told by identity, with the file."""
    assert "staff 7: staff: is given twice (7)" in refused(tmp_path, LINE, LINE)
    early = refused(tmp_path, LINE.replace("1990-07-01", "1981-03-30"))
    assert early.startswith("staff.csv: staff 7: service_from: lies before the 16th birthday")
    assert len(read(tmp_path, LINE.replace("1990-07-01", "1981-03-31"))) == 1


@st.composite
def people(draw: st.DrawFn) -> Workforce:
    """A handful of people with every column drawn, to the precision of a staff file."""
    staff = draw(st.lists(st.integers(0, 2**31 - 2), min_size=1, max_size=6, unique=True))

    def column(strategy: st.SearchStrategy[Any]) -> np.ndarray:
        return np.array([draw(strategy) for _ in staff])

    score = st.integers(-40_000, 40_000).map(lambda ten_thousandths: ten_thousandths / 10_000)
    born = column(st.integers(-10_000, 5_000))
    return Workforce(
        staff=np.array(staff),
        employer=column(st.integers(0, 1)),
        function=column(st.integers(0, 1)),
        band=column(st.integers(0, 12)),
        point=column(st.integers(0, 11)),
        pay_pence=column(st.integers(0, 20_000_000_00)),
        wte_hundredths=column(st.integers(1, 100)),
        born=born,
        service_from=born + 5_845 + column(st.integers(0, 9_000)),
        sex=column(st.integers(0, 1)),
        clinician=column(st.booleans()),
        contract=column(st.integers(0, 1)),
        contract_ends=column(st.just(NEVER) | st.integers(14_700, 16_000)),
        section=column(st.integers(0, 3)),
        critical=column(st.booleans()),
        skill=column(score),
        outside=column(score),
        attitude=column(score),
        employers=BODIES,
        functions=FUNCTIONS,
    )


@given(people())
def test_what_is_written_is_what_is_read(tmp_path_factory: Any, workforce: Workforce) -> None:
    """Every column comes back, pay to the penny and scores to the fourth decimal."""
    path = tmp_path_factory.mktemp("staff") / "staff.csv"
    write_staff(path, workforce)
    back = read_staff(path, BODIES, FUNCTIONS)
    for name in COLUMNS:
        assert getattr(back, name).tolist() == getattr(workforce, name).tolist(), name
    assert back == workforce and back.source != workforce.source
