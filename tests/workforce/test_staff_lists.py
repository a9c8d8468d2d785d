"""Staff lists: what is written is what is read, and each bad cell is told by file, line and column."""

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


def test_the_nearest_word_is_offered(tmp_path: Path) -> None:
    """A mistyped body is told with the nearest."""
    assert "did you mean 'Vale SHA'?" in refused(tmp_path, LINE.replace("Vale SHA", "Vale SHAA"))


def test_headers_that_cannot_be(tmp_path: Path) -> None:
    """An unknown column, a missing one, one twice."""
    unknown = refused(tmp_path, LINE + ",x", header=HEADER + ",skil")
    assert unknown.startswith("staff.csv: column 'skil': is not known; did you mean 'skill'?")
    missing = refused(tmp_path, LINE.rsplit(",", 1)[0], header=HEADER.rsplit(",", 1)[0])
    assert missing.startswith("staff.csv: column 'sex': is missing; add it; needed: staff, employer")
    assert "has two columns 'staff'" in refused(tmp_path, LINE + ",7", header=HEADER + ",staff")


def test_files_that_cannot_be(tmp_path: Path) -> None:
    """None there, a folder, empty, a header alone, not UTF-8, lines of unequal length."""
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


def test_people_who_cannot_be(tmp_path: Path) -> None:
    """One identity twice, or service from before the sixteenth birthday: told by line and identity, days as dates."""
    assert "line 3, staff 7: staff: is given twice (7)" in refused(tmp_path, LINE, LINE)
    early = refused(tmp_path, LINE.replace("1990-07-01", "1981-03-30"))
    assert early.startswith(
        "staff.csv: line 2, staff 7: service_from: is 1981-03-30, which is before the 16th birthday of a person born on "
        "1965-03-31; "
    )
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


def test_lines_are_counted_as_the_file_has_them(tmp_path: Path) -> None:
    """Blank lines, lines of commas and cells over two lines count; a mistake is told at the line on which its row begins."""
    bad = LINE.replace("8a", "8z").replace("7,", "9,", 1)
    assert refused(tmp_path, LINE, "", ",,,,,,,,", "  ", bad).startswith("staff.csv: line 6: band: is '8z'; ")
    assert refused(tmp_path, '"7\n",' + LINE.split(",", 1)[1], bad).startswith("staff.csv: line 4: band: is '8z'; ")
    assert len(read(tmp_path, LINE, "", ",,,,,,,,")) == 1


def test_all_mistakes_are_told_at_once_in_order_of_lines(tmp_path: Path) -> None:
    """Cells, short rows and impossible people together; of more than twenty the rest are counted."""
    lines = [
        LINE.replace("1965-03-31", "14/05/1968"),
        LINE.replace("7,", "8,", 1).rsplit(",", 1)[0],
        LINE.replace("7,", "9,", 1).replace("1990-07-01", "1981-03-30"),
        LINE.replace("7,", "10,", 1).replace("0.6", "80%").replace("female", "F"),
    ]
    told = refused_lines(tmp_path, *lines)
    assert [line.split(":")[1].strip() for line in told] == ["line 2", "line 3", "line 4, staff 9", "line 5", "line 5"]
    assert told[1].endswith("line 3: has 8 cells, not 9; give every line as many cells as the header")
    many = refused_lines(tmp_path, *(LINE.replace("8a", f"8z{row}") for row in range(25)))
    assert len(many) == 21 and many[19].startswith("staff.csv: line 21: band") and many[-1] == "and 5 more"


def refused_lines(tmp_path: Path, *lines: str) -> list[str]:
    """What is said of a file, a line for each mistake."""
    with pytest.raises(InputError) as caught:
        read(tmp_path, *lines)
    return [line.removeprefix(f"{tmp_path}/") for line in str(caught.value).split("\n")]


@pytest.mark.thorough
def test_a_thousand_mistakes_are_told_quickly(tmp_path: Path) -> None:
    """Only those that are told are put in words: ten thousand names unlike all known take no longer than a file does."""
    before = time.process_time()
    names = (f"{row},Vale {row} SHA,{LINE.split(',', 2)[2]}" for row in range(10_000))
    assert refused_lines(tmp_path, *names)[-1] == "and 9,980 more"
    assert time.process_time() - before < 5.0


@pytest.mark.parametrize("cell", ["1968-W20", "1968-W20-2", "19680514", "1968-5-14", "1968-05-14T00:00", "1968-135"])
def test_only_one_way_of_writing_a_date_is_read(cell: str, tmp_path: Path) -> None:
    """Weeks, days of the year and dates without dashes are refused, not read as some day."""
    told = refused(tmp_path, LINE.replace("1965-03-31", cell))
    assert told == f"staff.csv: line 2: born: is {cell!r}; give a date such as 1965-03-31"


@pytest.mark.parametrize(
    ("column", "cell"), [("staff", "٣"), ("staff", "1_0"), ("wte", "0_1"), ("wte", "०.6"), ("point", "²")]
)
def test_only_plain_numbers_are_read(column: str, cell: str, tmp_path: Path) -> None:
    """Digits of other scripts and underscores, which Python would take for numbers, are refused."""
    cells = dict(zip(HEADER.split(","), LINE.split(","), strict=True)) | {column: cell}
    assert refused(tmp_path, ",".join(cells.values())).startswith(f"staff.csv: line 2: {column}: is ")


def test_a_cell_of_200_000_letters_is_not_printed(tmp_path: Path) -> None:
    """A long cell is shortened, one beyond all measure told by its line, and an open quotation mark by where it opens."""
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
    """What is said of one person who cannot be in post on 1 April 2010."""
    path = tmp_path / "staff.csv"
    path.write_text(f"{header}\n{line}\n", "utf-8")
    assert len(read_staff(path, BODIES, FUNCTIONS)) == 1, "without a first day it is right"
    with pytest.raises(StaffError) as caught:
        read_staff(path, BODIES, FUNCTIONS, opening=NEEDS)
    return str(caught.value).removeprefix(f"{path}: line 2, staff 7: ")


@pytest.mark.parametrize(
    ("old", "new", "told"),
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
def test_people_who_cannot_be_in_post_on_the_first_day(old: str, new: str, told: str, tmp_path: Path) -> None:
    """A pay point the band has not, an impossible age, service that has not begun: by line, with dates."""
    header = f"{HEADER},section" if "section" in told else HEADER
    assert unfit(tmp_path, LINE.replace(old, new), header).startswith(told)


def test_a_birth_after_the_start_of_service_is_told_as_the_birth(tmp_path: Path) -> None:
    """A year of two digits that became one of this century is what is wrong, and the right one is told."""
    told = refused(tmp_path, LINE.replace("1965", "2065"))
    assert told.startswith("staff.csv: line 2, staff 7: born: is 2065-03-31, after service began (1990-07-01); ")
    assert told.endswith("two digits, 1965")


@pytest.mark.parametrize(
    ("contract", "ends", "told"),
    [
        ("permanent", "2011-06-30", "is 2011-06-30, although the contract is permanent; "),
        ("fixed-term", "", "is empty, although the contract is fixed-term; "),
        ("fixed-term", "2010-03-31", "is 2010-03-31, before the scenario starts (2010-04-01); "),
        ("fixed-term", "1989-03-31", "is 1989-03-31, before service began (1990-07-01); "),
    ],
)
def test_contracts_that_contradict_themselves(contract: str, ends: str, told: str, tmp_path: Path) -> None:
    """A permanent contract has no end, a fixed-term one has, and it lies ahead."""
    said = unfit(tmp_path, f"{LINE},{contract},{ends}", f"{HEADER},contract,contract_ends")
    assert said.startswith(f"contract_ends: {told}")


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
def test_pay_that_is_no_years_pay(pay: str, meant: str, tmp_path: Path) -> None:
    """Less than half of a band's first point, or more than anybody has: refused, with what was likely meant."""
    told = unfit(tmp_path, f"{LINE},{pay}", f"{HEADER},pay_pounds")
    assert told.startswith(f"pay_pounds: is £{float(pay):,.2f}".removesuffix(".00")[:16]) and told.endswith(meant)


def test_pay_of_a_band_without_a_table(tmp_path: Path) -> None:
    """Very senior managers without a table are held to the highest band; where no day is known, to a bound for everybody."""
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
