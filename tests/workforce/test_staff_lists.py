"""Staff lists: a written list is read back unchanged, and each invalid cell is reported with file, line and column."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhstransit.dates import epoch_day
from nhstransit.errors import FormatError, InputError, StaffError
from nhstransit.workforce.columns import COLUMNS, NEVER, Workforce
from nhstransit.workforce.faults import Opening
from nhstransit.workforce.read import read_staff, write_staff

BODIES = ("Old PCT", "Vale SHA")
FUNCTIONS = ("finance", "public-health")
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


def test_the_required_columns_are_enough(tmp_path: Path) -> None:
    """The other columns have defaults."""
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


def test_rows_and_columns_may_be_in_any_order(tmp_path: Path) -> None:
    """Spaces around cells are ignored too."""
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
def test_an_invalid_cell_is_refused(column: str, cell: str, tmp_path: Path) -> None:
    """The error contains the line (the header is line 1), the column, and what would be right."""
    names = HEADER.split(",")
    good = LINE.split(",")
    bad = LINE.split(",")
    if column in names:
        bad[names.index(column)] = cell
    else:
        names = [*names, column]
        good = [*good, _usual(column)]
        bad = [*bad, cell]
    sentence = refused(tmp_path, ",".join(good), ",".join(bad), header=",".join(names))
    assert sentence.startswith(f"staff.csv: line 3: {column}: is {cell!r}; ")


def _usual(column: str) -> str:
    words = {"pay_pounds": "0", "contract": "permanent", "contract_ends": "", "section": "1995"}
    return words.get(column, "no" if column in ("clinician", "critical") else "0")


def test_the_nearest_known_name_is_suggested(tmp_path: Path) -> None:
    """For a misspelt employer, the error contains the nearest name."""
    assert "did you mean 'Vale SHA'?" in refused(tmp_path, LINE.replace("Vale SHA", "Vale SHAA"))


def test_invalid_headers_are_refused(tmp_path: Path) -> None:
    """An unknown column, a missing column, and a repeated column."""
    unknown = refused(tmp_path, LINE + ",x", header=HEADER + ",skil")
    assert unknown.startswith("staff.csv: column 'skil': is not known; did you mean 'skill'?")
    missing = refused(tmp_path, LINE.rsplit(",", 1)[0], header=HEADER.rsplit(",", 1)[0])
    assert missing.startswith("staff.csv: column 'sex': is missing; add it; needed: staff, employer")
    assert "has two columns 'staff'" in refused(tmp_path, LINE + ",7", header=HEADER + ",staff")


def test_unreadable_files_are_refused(tmp_path: Path) -> None:
    """A missing file, a folder, an empty file, only a header, text that is not UTF-8, and lines of unequal length."""
    path = tmp_path / "staff.csv"
    for content, fault in (
        (None, "no such file"),
        (b"", "is empty"),
        (HEADER.encode(), "contains no people"),
        ((HEADER + "\n" + LINE).encode("utf-16"), "is not UTF-8 text"),
        ((HEADER + "\n" + LINE + ",more").encode(), "line 2: has 10 cells, not 9"),
    ):
        if content is not None:
            path.write_bytes(content)
        with pytest.raises((FormatError, StaffError), match=fault) as caught:
            read_staff(path, BODIES, FUNCTIONS)
        assert str(path) in str(caught.value) and "\n" not in str(caught.value)
    with pytest.raises(FormatError, match="cannot be read"):
        read_staff(tmp_path, BODIES, FUNCTIONS)


def test_impossible_people_are_refused(tmp_path: Path) -> None:
    """A repeated identity, and service before the sixteenth birthday.

    The error contains the line and the identity.
    """
    assert "line 3, staff 7: staff: is given twice (7)" in refused(tmp_path, LINE, LINE)
    early = refused(tmp_path, LINE.replace("1990-07-01", "1981-03-30"))
    assert early.startswith(
        "staff.csv: line 2, staff 7: service_from: is 1981-03-30, which is before the 16th birthday of a person born on "
        "1965-03-31; "
    )
    assert len(read(tmp_path, LINE.replace("1990-07-01", "1981-03-31"))) == 1


@st.composite
def people(draw: st.DrawFn) -> Workforce:
    """A few people with random values in every column, to the precision of a staff file."""
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
def test_a_written_list_is_read_back_unchanged(tmp_path_factory: Any, workforce: Workforce) -> None:
    """Every column is the same, pay to the penny and scores to four decimals."""
    path = tmp_path_factory.mktemp("staff") / "staff.csv"
    write_staff(path, workforce)
    back = read_staff(path, BODIES, FUNCTIONS)
    for name in COLUMNS:
        assert getattr(back, name).tolist() == getattr(workforce, name).tolist(), name
    assert back == workforce and back.source != workforce.source


def test_line_numbers_are_those_of_the_file(tmp_path: Path) -> None:
    """Blank lines, lines of commas and cells over two lines count.

    A mistake is reported at the first line of its row.
    """
    bad = LINE.replace("8a", "8z").replace("7,", "9,", 1)
    assert refused(tmp_path, LINE, "", ",,,,,,,,", "  ", bad).startswith("staff.csv: line 6: band: is '8z'; ")
    assert refused(tmp_path, '"7\n",' + LINE.split(",", 1)[1], bad).startswith("staff.csv: line 4: band: is '8z'; ")
    assert len(read(tmp_path, LINE, "", ",,,,,,,,")) == 1


def test_all_mistakes_are_reported_together_in_order_of_lines(tmp_path: Path) -> None:
    """Invalid cells, short rows and impossible people are in one error.

    After twenty mistakes, the rest are counted.
    """
    lines = [
        LINE.replace("1965-03-31", "14/05/1968"),
        LINE.replace("7,", "8,", 1).rsplit(",", 1)[0],
        LINE.replace("7,", "9,", 1).replace("1990-07-01", "1981-03-30"),
        LINE.replace("7,", "10,", 1).replace("0.6", "80%").replace("female", "F"),
    ]
    errors = refused_lines(tmp_path, *lines)
    assert [line.split(":")[1].strip() for line in errors] == [
        "line 2",
        "line 3",
        "line 4, staff 9",
        "line 5",
        "line 5",
    ]
    assert errors[1].endswith("line 3: has 8 cells, not 9; give every line as many cells as the header")
    many = refused_lines(tmp_path, *(LINE.replace("8a", f"8z{row}") for row in range(25)))
    assert len(many) == 21 and many[19].startswith("staff.csv: line 21: band") and many[-1] == "and 5 more"


def refused_lines(tmp_path: Path, *lines: str) -> list[str]:
    """The lines of the error for a file, one for each mistake."""
    with pytest.raises(InputError) as caught:
        read(tmp_path, *lines)
    return [line.removeprefix(f"{tmp_path}/") for line in str(caught.value).split("\n")]


@pytest.mark.thorough
def test_thousands_of_mistakes_are_reported_quickly(tmp_path: Path) -> None:
    """The nearest name is looked up only for the mistakes that are shown: ten thousand unknown names take no longer."""
    before = time.process_time()
    names = (f"{row},Vale {row} SHA,{LINE.split(',', 2)[2]}" for row in range(10_000))
    assert refused_lines(tmp_path, *names)[-1] == "and 9,980 more"
    assert time.process_time() - before < 5.0


@pytest.mark.parametrize("cell", ["1968-W20", "1968-W20-2", "19680514", "1968-5-14", "1968-05-14T00:00", "1968-135"])
def test_only_one_form_of_date_is_accepted(cell: str, tmp_path: Path) -> None:
    """Weeks, days of the year and dates without hyphens are refused."""
    error = refused(tmp_path, LINE.replace("1965-03-31", cell))
    assert error == f"staff.csv: line 2: born: is {cell!r}; give a date such as 1965-03-31"


@pytest.mark.parametrize(
    ("column", "cell"), [("staff", "٣"), ("staff", "1_0"), ("wte", "0_1"), ("wte", "०.6"), ("point", "²")]
)
def test_only_plain_numbers_are_accepted(column: str, cell: str, tmp_path: Path) -> None:
    """Python would also accept digits of other scripts and underscores; these are refused."""
    cells = dict(zip(HEADER.split(","), LINE.split(","), strict=True)) | {column: cell}
    assert refused(tmp_path, ",".join(cells.values())).startswith(f"staff.csv: line 2: {column}: is ")


def test_a_very_long_cell_is_shortened_in_the_error(tmp_path: Path) -> None:
    """A cell beyond the limit of the csv module, and a quotation mark that never closes, are reported with their line."""
    assert len(refused(tmp_path, LINE.replace("Vale SHA", "x" * 100_000))) < 500
    endless = refused(tmp_path, LINE, LINE.replace("Vale SHA", "x" * 200_000))
    assert endless.startswith("staff.csv: line 3: has a cell of more than 131,000 letters; ")
    open_quote = refused(tmp_path, LINE, '8,"Vale SHA' + LINE[10:], LINE, LINE)
    assert open_quote.startswith("staff.csv: line 3: opens a quotation mark that is never closed; ")


NEEDS = Opening(
    start=dt.date(2010, 4, 1),
    points=np.array([3, 8, 7, 7, 8, 9, 9, 6, 6, 6, 6, 6, 10]),
    first_pence=np.full(13, 38_851_00),
    sections=2,
)


def unfit(tmp_path: Path, line: str = LINE, header: str = HEADER) -> str:
    """The error for one person who cannot be in post on 1 April 2010."""
    path = tmp_path / "staff.csv"
    path.write_text(f"{header}\n{line}\n", "utf-8")
    assert len(read_staff(path, BODIES, FUNCTIONS)) == 1, "without a first day the line is valid"
    with pytest.raises(StaffError) as caught:
        read_staff(path, BODIES, FUNCTIONS, opening=NEEDS)
    return str(caught.value).removeprefix(f"{path}: line 2, staff 7: ")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("8a,2", "8a,7", "point: is pay point 7, but band 8a has 6 pay points on 2010-04-01; give a point from 1 to 6"),
        ("1965", "0001", "born: is 0001-03-31, more than 100 years before the scenario starts (2010-04-01); "),
        (
            "female",
            "female,2015",
            "section: is 2015, a section that nobody could join when the scenario starts (2010-04-01); ",
        ),
        ("1990-07-01", "2010-04-02", "service_from: is 2010-04-02, after the scenario starts (2010-04-01); "),
    ],
)
def test_people_who_cannot_be_in_post_on_the_first_day_are_refused(
    old: str, new: str, message: str, tmp_path: Path
) -> None:
    """A pay point that the band does not have, an impossible age, and service that has not begun."""
    header = f"{HEADER},section" if "section" in message else HEADER
    assert unfit(tmp_path, LINE.replace(old, new), header).startswith(message)


def test_a_birth_after_the_start_of_service_is_reported_as_a_wrong_birth(tmp_path: Path) -> None:
    """A two-digit year was read as 20xx; the error suggests 19xx."""
    error = refused(tmp_path, LINE.replace("1965", "2065"))
    assert error.startswith("staff.csv: line 2, staff 7: born: is 2065-03-31, after service began (1990-07-01); ")
    assert error.endswith("two digits, 1965")


@pytest.mark.parametrize(
    ("contract", "ends", "message"),
    [
        ("permanent", "2011-06-30", "is 2011-06-30, although the contract is permanent; "),
        ("fixed-term", "", "is empty, although the contract is fixed-term; "),
        ("fixed-term", "2010-03-31", "is 2010-03-31, before the scenario starts (2010-04-01); "),
        ("fixed-term", "1989-03-31", "is 1989-03-31, before service began (1990-07-01); "),
    ],
)
def test_contradictory_contracts_are_refused(contract: str, ends: str, message: str, tmp_path: Path) -> None:
    """A permanent contract has no last day; a fixed-term contract has one, and it is in the future."""
    error = unfit(tmp_path, f"{LINE},{contract},{ends}", f"{HEADER},contract,contract_ends")
    assert error.startswith(f"contract_ends: {message}")


@pytest.mark.parametrize(
    ("pay", "meant"),
    [
        ("37", "; if it is thousands of pounds, write 37000"),
        ("3500", "; if it is a month's pay, write 42000"),
        ("800", "; if it is a week's pay, write 41712"),
        ("20.5", "; if it is an hour's pay, write 40078"),
        ("15000", ""),
        ("4500000", "give pounds, not pence (£45,000?), up to £1,000,000"),
    ],
)
def test_impossible_annual_pay_is_refused(pay: str, meant: str, tmp_path: Path) -> None:
    """Pay below half of the band's first point, or above any salary, is refused with the likely meaning."""
    error = unfit(tmp_path, f"{LINE},{pay}", f"{HEADER},pay_pounds")
    assert error.startswith(f"pay_pounds: is £{float(pay):,.2f}".removesuffix(".00")[:16]) and error.endswith(meant)


def test_pay_of_a_band_without_a_pay_table_has_limits_too(tmp_path: Path) -> None:
    """Very senior managers have the limits of the highest band. Without a date, one limit applies to everyone."""
    vsm = f"{LINE.replace('8a', 'VSM')},12000"
    header = f"{HEADER},pay_pounds"
    first = np.where(np.arange(13) == 12, 0, NEEDS.first_pence)
    for opening in (attrs.evolve(NEEDS, first_pence=first), attrs.evolve(NEEDS, first_pence=np.zeros(13, "int64"))):
        with pytest.raises(StaffError, match=r"pay_pounds: is £[0-9,]+, too low") as caught:
            read_staff(
                written(tmp_path, header, vsm if opening.first_pence.any() else vsm[:-3]),
                BODIES,
                FUNCTIONS,
                opening=opening,
            )
        assert "give £19,426 or more" in str(caught.value) or "give £10,000 or more" in str(caught.value)


def written(tmp_path: Path, *lines: str) -> Path:
    (tmp_path / "staff.csv").write_text("\n".join(lines), "utf-8")
    return tmp_path / "staff.csv"
