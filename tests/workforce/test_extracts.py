"""Payroll extracts in many forms: each is read, or refused with all mistakes by line and heading."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from nhstransit.dates import date_of
from nhstransit.errors import FormatError, InputError, StaffError
from nhstransit.scenario.extract import mapping_text, read_extract, read_mapping, read_staff
from nhstransit.toml import Named
from nhstransit.workforce.assignments import Extracted
from nhstransit.workforce.columns import BANDS, CONTRACTS, NEVER, SECTIONS, SEXES
from nhstransit.workforce.identities import new_key, pseudonyms
from nhstransit.workforce.mapping import Grade, StaffMapping
from nhstransit.workforce.quality import ExtractError
from nhstransit.workforce.read import read_staff as read_own
from nhstransit.workforce.read import write_staff
from tests.made_extract import write_extract

OAKDALE = Path(__file__).with_name("extracts") / "oakdale.csv"
ON = dt.date(2010, 4, 1)
TODAY = dt.date(2026, 11, 28)
ROW = {
    "Employee Number": "101",
    "Organisation": "Oakdale PCT",
    "Directorate": "Finance",
    "Grade": "Band 5",
    "Spine Point": "20",
    "FTE": "0.6",
    "Date of Birth": "14-MAY-1968",
    "Latest Start Date": "01-APR-2004",
    "NHS CSD Date": "02-SEP-1996",
    "Gender": "Female",
    "Assignment Category": "Permanent",
}


def rows(*changes: dict[str, str]) -> list[dict[str, str]]:
    """One row for each set of changes, numbered from 101."""
    return [{**ROW, "Employee Number": str(101 + number), **change} for number, change in enumerate(changes)]


def written(path: Path, lines: Iterable[dict[str, str]], **how: Any) -> Path:
    """Write the rows to a file, with options of `csv.writer`."""
    lines = list(lines)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, **how)
        writer.writerow(lines[0])
        writer.writerows(line.values() for line in lines)
    return path


def extract(tmp_path: Path, *changes: dict[str, str], **how: Any) -> Extracted:
    return read_extract(written(tmp_path / "extract.csv", rows(*changes)), on=how.pop("on", ON), today=TODAY, **how)


def mistakes(tmp_path: Path, *changes: dict[str, str], **how: Any) -> list[tuple[int, str]]:
    """Line and heading of each mistake."""
    with pytest.raises(ExtractError) as caught:
        extract(tmp_path, *changes, **how)
    return locations(caught.value)


def locations(error: InputError) -> list[tuple[int, str]]:
    """Line and heading of each mistake; line 0 for a whole column."""
    found = []
    for one in error.each():
        where = re.fullmatch(r"[^:]+: (?:line (\d+)|row (\d+)|the whole column)(?:, (.*))?", one.where)
        assert where, one.where
        found.append((int(where[1] or where[2] or 0), where[3] or ""))
    return found


def left_out(made: Extracted) -> dict[str, list[int]]:
    return {one.rule: one.lines.tolist() for one in made.quality.left_out}


def mended(made: Extracted) -> dict[str, list[int]]:
    return {one.rule: one.lines.tolist() for one in made.quality.mended}


def check_rows_add_up(made: Extracted) -> None:
    """Check that every row is a person, a further assignment of a person, or left out."""
    quality = made.quality
    assert quality.rows == quality.people + quality.rows_further + quality.rows_left_out
    assert quality.people == len(made.people)


def test_an_extract_of_nineteen_columns_is_read_without_a_mapping() -> None:
    """Twelve rows of the record system: seven people, one second job, and four rows left out with their reasons."""
    made = read_extract(OAKDALE, today=TODAY)
    check_rows_add_up(made)
    assert (made.quality.rows, made.quality.people, made.quality.rows_further) == (12, 7, 1)
    assert sorted(line for lines in left_out(made).values() for line in lines) == [8, 10, 11, 13]
    people = made.people
    assert [BANDS[code] for code in people.band] == ["7", "5", "8a", "4", "6", "VSM", "6"]
    assert (people.point + 1).tolist() == [5, 8, 3, 5, 1, 6, 5]
    assert people.wte.tolist() == [1.0, 0.6, 1.0, 1.0, 1.0, 1.0, 1.0]
    assert people.employers == ("Oakdale PCT",) and people.functions == ("chief-exec", "commissioning", "finance")
    assert made.mapping.kinds["Oakdale PCT"] == "pct" and made.mapping.on == ON
    assert [CONTRACTS[code] for code in people.contract].count("fixed-term") == 1
    assert made.quality.unused == ("Employee Category", "Ethnic Origin")


def test_a_person_with_two_jobs_has_the_mean_pay_of_both(tmp_path: Path) -> None:
    """0.8 WTE in Band 4 and 0.2 in Band 3 are one whole-time person in Band 4, with the mean pay weighted by hours."""
    second = {"Employee Number": "101", "Grade": "Band 3", "Spine Point": "10", "FTE": "0.2", "Directorate": "Estates"}
    made = extract(tmp_path, {"Grade": "Band 4", "Spine Point": "15", "FTE": "0.8"}, second)
    check_rows_add_up(made)
    people = made.people
    assert len(people) == 1 and people.wte.tolist() == [1.0] and BANDS[people.band[0]] == "4"
    assert people.pay_pence[0] == round(0.8 * 20_554_00 + 0.2 * 17_604_00)
    assert people.functions == ("finance",)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_detected(tmp_path: Path, delimiter: str) -> None:
    """Commas, semicolons, tabs and vertical bars; quoted bars within a grade are not read as delimiters."""
    path = written(tmp_path / "extract.txt", rows({"Grade": "NHS|XR05|Review Body Band 5"}), delimiter=delimiter)
    assert len(read_extract(path, on=ON).people) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_usual_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    """With and without a byte order mark.

    An é in a Windows encoding is read as é, and the report names the encoding.
    """
    plain = written(tmp_path / "plain.csv", rows({"Directorate": "Santé"})).read_text("utf-8")
    path = tmp_path / "extract.csv"
    path.write_bytes(plain.encode(encoding))
    made = read_extract(path, on=ON)
    assert made.mapping.functions["Santé"] == "sante" and len(made.people) == 1
    assert ("Windows-1252" in " ".join(made.quality.notes)) == (encoding == "cp1252")


def test_titles_totals_blank_lines_and_repeated_headings_are_not_people(tmp_path: Path) -> None:
    """They are reported with their line numbers, and the other rows keep the line numbers of the file."""
    body = written(tmp_path / "body.csv", rows({}, {"FTE": "x"})).read_text("utf-8").splitlines()
    head, first, second = body
    commas = "," * (len(ROW) - 1)
    text = ["Staff in Post Report,,", "As at 31/03/2011", "", head, first, commas, head, second.replace(",x,", ",1,")]
    text += [f"Grand Total{commas}", "End of report"]
    path = tmp_path / "extract.csv"
    path.write_text("\n".join(text), "utf-8")
    made = read_extract(path, today=TODAY)
    assert made.mapping.on == dt.date(2011, 3, 31), "the day in the title"
    assert [line for line, _ in made.quality.set_aside] == [1, 2, 7, 9, 10]
    path.write_text("\n".join(text).replace(",1,", ",x,"), "utf-8")
    with pytest.raises(ExtractError) as caught:
        read_extract(path, today=TODAY)
    assert [line for line, _ in locations(caught.value)] == [8], "the line of the file"


def test_trailing_commas_are_ignored_and_short_rows_are_mistakes(tmp_path: Path) -> None:
    """Empty cells after the last heading are dropped. A row that is too short is not filled with blanks."""
    lines = written(tmp_path / "body.csv", rows({}, {})).read_text("utf-8").splitlines()
    path = tmp_path / "extract.csv"
    path.write_text("\n".join(line + ",," for line in lines), "utf-8")
    assert len(read_extract(path, on=ON).people) == 2
    path.write_text("\n".join([*lines[:2], lines[2].rsplit(",", 2)[0]]), "utf-8")
    with pytest.raises(ExtractError, match="line 3: has 9 cells, but there are 11 headings"):
        read_extract(path, on=ON)


def test_a_cell_of_two_lines_keeps_line_numbers_correct(tmp_path: Path) -> None:
    """A mistake below a quoted line break is reported with the line number that an editor shows."""
    assert mistakes(tmp_path, {"Directorate": "Fin\nance"}, {"FTE": "lots"}) == [(4, "FTE")]


def test_a_workbook_and_a_data_frame_are_read_like_a_csv_file(tmp_path: Path) -> None:
    """The workbook has a title, dates and numbers; the DataFrame has the same rows."""
    lines = rows({}, {"Gender": "Male", "FTE": "1"})
    plain = read_extract(written(tmp_path / "extract.csv", lines), on=ON).people
    frame = pd.DataFrame(lines)
    for name in ("Date of Birth", "Latest Start Date", "NHS CSD Date"):
        frame[name] = pd.to_datetime(frame[name], format="%d-%b-%Y")
    frame["FTE"] = frame["FTE"].astype(float)
    frame["Employee Number"] = frame["Employee Number"].astype(int)
    assert read_staff(frame, on=ON) == plain
    with pd.ExcelWriter(tmp_path / "book.xlsx") as book:
        pd.DataFrame({"note": ["nothing here"]}).to_excel(book, sheet_name="Notes", index=False)
        frame.to_excel(book, sheet_name="Staff", index=False, startrow=2)
    made = read_extract(tmp_path / "book.xlsx", on=ON)
    assert made.people == plain and "'Staff'" in made.quality.notes[0]
    with pd.ExcelWriter(tmp_path / "two.xlsx") as book:
        frame.to_excel(book, sheet_name="April", index=False)
        frame.to_excel(book, sheet_name="May", index=False)
    with pytest.raises(FormatError, match="several lists: April, May; name one with --sheet"):
        read_extract(tmp_path / "two.xlsx", on=ON)
    assert read_extract(tmp_path / "two.xlsx", on=ON, sheet="May").people == plain


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("extract.csv.gz", gzip.compress(b"x", mtime=0), "a gzip archive"),
        ("extract.csv", b"PK\x03\x04rest", "a zip archive or a workbook"),
        ("extract.xls", b"\xd0\xcf\x11\xe0rest", "old format"),
        ("extract.xlsx", b"PK\x03\x04rest", "not a workbook that can be read"),
        ("extract.csv", b"", "is empty"),
        ("extract.csv", b"a,b\n1,2\n", "no line with the headings"),
        ("extract.csv", b"Employee Number\x00,Grade,FTE\n", "zero bytes"),
    ],
)
def test_a_file_that_is_no_staff_list_is_refused(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    """Archives, old workbooks, empty files and other tables are refused, and the error says what they are."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_extract(path, on=ON)


def test_all_missing_headings_are_reported_together(tmp_path: Path) -> None:
    lines = [
        {name: item for name, item in line.items() if name in ("Employee Number", "Grade", "FTE")} for line in rows({})
    ]
    with pytest.raises(ExtractError) as caught:
        read_extract(written(tmp_path / "extract.csv", lines), on=ON)
    assert [heading for _, heading in locations(caught.value)] == ["Date of Birth", "NHS CSD Date", "Employer"]


def test_mistakes_are_reported_by_line_and_counted_after_twenty(tmp_path: Path) -> None:
    """Thirty mistakes are twenty sentences in the order of lines, and a count of the rest."""
    with pytest.raises(ExtractError) as caught:
        extract(tmp_path, *[{"FTE": "lots"}] * 15, *[{"Date of Birth": "31-FEB-1968"}] * 15)
    lines = str(caught.value).splitlines()
    assert (
        len(lines) == 21 and lines[0].startswith("extract.csv: line 2, FTE: is 'lots'") and lines[-1] == "and 10 more"
    )
    assert "line 17, Date of Birth: is '31-FEB-1968'" in lines[15]


# Days


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("14-MAY-1968", dt.date(1968, 5, 14)),
        ("14 May 1968", dt.date(1968, 5, 14)),
        ("14/05/1968", dt.date(1968, 5, 14)),
        ("14.05.1968", dt.date(1968, 5, 14)),
        ("1968-05-14", dt.date(1968, 5, 14)),
        ("1968-05-14 00:00:00", dt.date(1968, 5, 14)),
        ("14/05/68", dt.date(1968, 5, 14)),
        ("14-May-68", dt.date(1968, 5, 14)),
        ("03/03/1968", dt.date(1968, 3, 3)),
    ],
)
def test_british_forms_of_dates_are_read(tmp_path: Path, text: str, day: dt.date) -> None:
    """Each form, with names of months, numbers or two-digit years, has one meaning."""
    assert date_of(extract(tmp_path, {"Date of Birth": text}).people.born[0]) == day


def test_the_order_of_day_and_month_is_found_from_the_whole_column(tmp_path: Path) -> None:
    """03/04/1968 is 3 April in a column with 14/05/1968, and 4 March in a column with 05/14/1968."""
    british = extract(tmp_path, {"Date of Birth": "03/04/1968"}, {"Date of Birth": "14/05/1968"})
    assert date_of(british.people.born[0]) == dt.date(1968, 4, 3) and british.mapping.dates["Date of Birth"] == "dmy"
    american = extract(tmp_path, {"Date of Birth": "03/04/1968"}, {"Date of Birth": "05/14/1968"})
    assert date_of(american.people.born[0]) == dt.date(1968, 3, 4)


def test_an_ambiguous_date_is_refused_until_the_mapping_decides(tmp_path: Path) -> None:
    """The error contains both dates. With the order in the mapping, the date is read."""
    lines = [{"Date of Birth": "03/04/1968"}, {"Date of Birth": "05/06/1970"}]
    with pytest.raises(ExtractError, match=r"3 April 1968 or 4 March 1968.*--dates dmy"):
        extract(tmp_path, *lines)
    assert date_of(extract(tmp_path, *lines, order="dmy").people.born[0]) == dt.date(1968, 4, 3)
    mapping = StaffMapping(dates=Named({"Date of Birth": "mdy"}))
    assert date_of(extract(tmp_path, *lines, mapping=mapping).people.born[0]) == dt.date(1968, 3, 4)


@pytest.mark.parametrize("text", ["31/02/1968", "25337", "1968-W20", "14/05", "spring", "14/13/1968 01:30"])
def test_an_invalid_date_is_a_mistake(tmp_path: Path, text: str) -> None:
    """Serial numbers of spreadsheets, weeks, and times of day."""
    assert mistakes(tmp_path, {}, {"Date of Birth": text}) == [(3, "Date of Birth")]


def test_one_column_in_two_orders_is_a_mistake(tmp_path: Path) -> None:
    """With 14/05/1968 and 05/14/1968 in one column, the less usual form is reported."""
    odd = [{"Date of Birth": "14/05/1968"}, {"Date of Birth": "20/05/1968"}, {"Date of Birth": "05/14/1968"}]
    assert mistakes(tmp_path, *odd) == [(4, "Date of Birth")]


def test_placeholder_dates_count_as_not_given(tmp_path: Path) -> None:
    """For an NHS start date in 1900, service counts from the start with the employer, and the report says so."""
    made = extract(tmp_path, {"NHS CSD Date": "01-JAN-1900"}, {"NHS CSD Date": ""})
    assert [date_of(day) for day in made.people.service_from] == [dt.date(2004, 4, 1)] * 2
    rules = mended(made)
    assert [lines for rule, lines in rules.items() if "stands for 'not known'" in rule] == [[2]]
    assert [lines for rule, lines in rules.items() if "no NHS service date" in rule] == [[2, 3]]


# Grades and points


@pytest.mark.parametrize(
    ("text", "band"),
    [
        ("NHS|XR07|Review Body Band 7", "7"),
        ("NHS|XR08|Review Body Band 8 - Range A", "8a"),
        ("NHS|XR10|Review Body Band 8 - Range C", "8c"),
        ("NHS|XN12|Non Review Body Band 9", "9"),
        ("Band 8a", "8a"),
        ("8A", "8a"),
        ("AfC Band 8 Range B", "8b"),
        ("BAND 08D", "8d"),
        ("B6", "6"),
        ("XR09", "8b"),
    ],
)
def test_grades_of_payrolls_are_recognised(tmp_path: Path, text: str, band: str) -> None:
    """Codes and words for a band."""
    made = extract(tmp_path, {"Grade": text, "Spine Point": ""})
    assert BANDS[made.people.band[0]] == band


@pytest.mark.parametrize("text", ["Band 10", "Band 8", "NHS|XR05|Review Body Band 6", "PO3", ""])
def test_an_unknown_or_contradictory_grade_is_a_mistake(tmp_path: Path, text: str) -> None:
    """Band 8 without its letter could be one of four bands; a code and words can contradict each other."""
    assert mistakes(tmp_path, {}, {"Grade": text, "Spine Point": ""}) == [(3, "Grade")]


def test_an_unknown_grade_is_reported_once_with_its_lines(tmp_path: Path) -> None:
    """A hundred people on PO3 are one mistake, and one entry in the mapping corrects it."""
    changes = [{"Grade": "PO3", "Spine Point": ""}] * 100
    assert mistakes(tmp_path, *changes) == [(2, "Grade")]
    mapping = StaffMapping(grades=Named({"PO3": Grade(pay_pounds=38_000)}))
    people = extract(tmp_path, *changes, mapping=mapping).people
    assert set(people.pay_pence.tolist()) == {38_000_00} and {BANDS[code] for code in people.band} == {"7"}


def test_spine_points_are_converted_to_points_within_the_band(tmp_path: Path) -> None:
    """This holds for every spine point of every band in 2010; a spine point of another band is a mistake."""
    for band, (low, high), code in (("2", (1, 8), "02"), ("5", (16, 23), "05"), ("8a", (33, 38), "08")):
        grade = {"Grade": "NHS|XR08|Review Body Band 8 - Range A" if band == "8a" else f"Band {band}"}
        made = extract(tmp_path, *[{**grade, "Spine Point": f"NHS|XN{code}|{n}"} for n in range(low, high + 1)])
        assert made.people.point.tolist() == list(range(high - low + 1))
    with pytest.raises(ExtractError, match="spine points of band 5 are 16 to 23"):
        extract(tmp_path, {"Spine Point": "24"})
    with pytest.raises(ExtractError, match="a point of band 6, but the grade is 5"):
        extract(tmp_path, {"Spine Point": "NHS|XN06|22"})


def test_an_ambiguous_pay_point_is_refused_until_the_mapping_decides(tmp_path: Path) -> None:
    """Pay point 6 of Band 3 could be spine point 6 or the sixth point of the band; 10 has one meaning."""
    either = [{"Grade": "Band 3", "Spine Point": "6"}]

    def renamed(changes: list[dict[str, str]], **how: Any) -> Extracted:
        lines = [
            {"Pay Point" if name == "Spine Point" else name: item for name, item in line.items()}
            for line in rows(*changes)
        ]
        return read_extract(written(tmp_path / "extract.csv", lines), on=ON, **how)

    with pytest.raises(ExtractError, match="may be a spine point or a point within band 3"):
        renamed(either)
    assert renamed([*either, {"Grade": "Band 3", "Spine Point": "10"}]).people.point.tolist() == [0, 4]
    assert renamed(either, mapping=StaffMapping(points="within-band")).people.point.tolist() == [5]


def test_named_steps_are_read_as_years_in_the_band(tmp_path: Path) -> None:
    """In 2025, "entry", "intermediate" and "top" mean years in the band.

    Without a point, the years since the start count.
    """
    changes = [
        {"Spine Point": text, "Latest Start Date": "01-APR-2020"} for text in ("Entry Step", "Intermediate", "Top", "")
    ]
    made = extract(tmp_path, *changes, on=dt.date(2025, 12, 1))
    assert made.people.point.tolist() == [1, 3, 4, 4], "Band 5 has steps at 0, 2 and 4 years; these people have five"


def test_pay_of_a_point_is_read_as_that_point_and_other_pay_is_kept(tmp_path: Path) -> None:
    """£24,554 is the fifth point of Band 5 in 2010; £26,000 is between two points and stays individual pay."""
    lines = [
        {**line, "Full Time Salary": pay, "Spine Point": ""}
        for line, pay in zip(rows({}, {}), ("24,554.00", "£26000"), strict=True)
    ]
    people = read_extract(written(tmp_path / "extract.csv", lines), on=ON).people
    assert people.point.tolist() == [4, 5] and people.pay_pence.tolist() == [0, 26_000_00]


def test_pay_of_part_timers_shows_whether_pay_is_whole_time(tmp_path: Path) -> None:
    """£14,732 for 0.6 WTE in Band 5 is £24,554 whole time.

    Without a clear part-timer, the user must say which it is.
    """

    def paid(*pay: str, **how: Any) -> Extracted:
        lines = [
            {**line, "Salary": text, "Spine Point": ""} for line, text in zip(rows(*[{}] * len(pay)), pay, strict=True)
        ]
        return read_extract(written(tmp_path / "extract.csv", lines), on=ON, **how)

    assert paid("14732.40", "14732.40").people.point.tolist() == [4, 4]
    assert paid("24554", "24554").people.point.tolist() == [4, 4]
    with pytest.raises(ExtractError, match='pay = "whole-time" or pay = "actual"'):
        paid("14732.40", "24554")


@pytest.mark.parametrize("pay", ["37", "2046.17", "14.53", "35,18", "x"])
def test_pay_of_a_month_or_an_hour_is_a_mistake(tmp_path: Path, pay: str) -> None:
    """Whole-time pay below £10,000 is not a year's pay."""
    lines = [{**line, "Full Time Salary": pay} for line in rows({"FTE": "1"})]
    with pytest.raises(ExtractError, match="Full Time Salary"):
        read_extract(written(tmp_path / "extract.csv", lines), on=ON)


def test_staff_on_medical_local_and_senior_grades_have_individual_pay(tmp_path: Path) -> None:
    """A chief executive, a consultant and a local grade have the pay of the extract.

    Without pay they are left out.
    """
    lines = [
        {**line, "Salary FTE": pay}
        for line, pay in zip(
            rows(
                {"Grade": "Local|VSM"},
                {"Grade": "NHS|MC01|Consultant"},
                {"Grade": "Local|GPADV"},
                {"Grade": "Local|APPR"},
            ),
            ("145000", "89000", "52000", ""),
            strict=True,
        )
    ]
    made = read_extract(written(tmp_path / "extract.csv", [{**line, "Spine Point": ""} for line in lines]), on=ON)
    assert made.people.pay_pence.tolist() == [145_000_00, 89_000_00, 52_000_00]
    assert [BANDS[code] for code in made.people.band] == ["VSM", "9", "8b"]
    assert [lines for rule, lines in left_out(made).items() if "local grade without pay" in rule] == [[5]]


@pytest.mark.parametrize(
    "heading", ["Annual Salary FTE", "Salary (Full Time) £ p.a.", "FTE Basic Pay", "WTE Annual Salary GBP"]
)
def test_a_heading_for_annual_pay_is_recognised(tmp_path: Path, heading: str) -> None:
    """Additional words do not matter; monthly pay and the maximum of a scale are not annual pay."""
    path = tmp_path / "extract.csv"
    lines = [{**line, heading: "24554", "Spine Point": ""} for line in rows({})]
    assert read_extract(written(path, lines), on=ON).people.point.tolist() == [4]
    for other in ("Monthly Salary", "Salary Scale Maximum"):
        lines = [{**line, other: "2046", "Spine Point": ""} for line in rows({})]
        assert other in read_extract(written(path, lines), on=ON).quality.unused


def test_a_heading_may_contain_the_form_of_its_dates(tmp_path: Path) -> None:
    """For example Date of Birth (DD/MM/YYYY)."""
    lines = [{f"{n} (DD/MM/YYYY)" if n == "Date of Birth" else n: item for n, item in ROW.items()}]
    assert len(read_extract(written(tmp_path / "extract.csv", lines), on=ON).people) == 1


# Hours, contracts, status, pension, sex


def test_hours_and_sessions_are_converted_to_wte(tmp_path: Path) -> None:
    """22.5 of 37.5 hours and 6 of 10 sessions are 0.6 WTE. Hours in the column for WTE are a mistake."""
    for heading, text in (("Contracted Hours", "22.5"), ("Contracted Hours", "22:30"), ("Sessions", "6")):
        lines = [{heading if name == "FTE" else name: text if name == "FTE" else item for name, item in ROW.items()}]
        assert read_extract(written(tmp_path / "extract.csv", lines), on=ON).people.wte.tolist() == [0.6]
    with pytest.raises(ExtractError, match="a whole-time post is 1; if the column contains hours"):
        extract(tmp_path, {"FTE": "37.5"})
    assert extract(tmp_path, {"FTE": "60%"}, {"FTE": "0,6"}, {"FTE": "1.06667"}).people.wte.tolist() == [0.6, 0.6, 1.0]


def test_people_who_are_not_in_post_are_left_out_with_a_reason(tmp_path: Path) -> None:
    """Bank and honorary staff, no hours, ended or future contracts, under 16, and no date of birth."""
    made = extract(
        tmp_path,
        {},
        {"Assignment Category": "Bank"},
        {"Assignment Category": "Honorary"},
        {"FTE": "0.00000"},
        {"Latest Start Date": "01-JUN-2010", "NHS CSD Date": ""},
        {"Date of Birth": "01-MAY-1994", "NHS CSD Date": ""},
        {"Date of Birth": ""},
        {"Assignment Category": "Non-Exec Director"},
        {"Latest Start Date": "", "NHS CSD Date": ""},
    )
    check_rows_add_up(made)
    assert sorted(line for lines in left_out(made).values() for line in lines) == list(range(3, 11))
    table = made.quality.lines
    assert table["line"].tolist() == sorted(table["line"].tolist()) and set(table["done"]) == {"left out"}


def test_a_contract_and_its_end_must_agree(tmp_path: Path) -> None:
    """A permanent contract with a last day is a mistake.

    A fixed term without a last day outlasts the scenario, and the report says so.
    """
    lines = [{**line, "Contract End Date": end} for line, end in zip(rows({}, {}), ("30-JUN-2011", ""), strict=True)]
    with pytest.raises(ExtractError, match="line 2, Contract End Date: is the last day of a permanent contract"):
        read_extract(written(tmp_path / "extract.csv", lines), on=ON)
    fixed = [{**line, "Assignment Category": "Fixed Term Temp"} for line in lines]
    made = read_extract(written(tmp_path / "extract.csv", fixed), on=ON)
    assert [CONTRACTS[code] for code in made.people.contract] == ["fixed-term"] * 2
    assert made.people.contract_ends[1] == NEVER and date_of(made.people.contract_ends[0]) == dt.date(2011, 6, 30)


def test_career_breaks_are_left_out_and_maternity_leave_is_kept(tmp_path: Path) -> None:
    """The mapping can decide otherwise for each status."""
    lines = [
        {**line, "Assignment Status": status}
        for line, status in zip(
            rows({}, {}, {}), ("Active Assignment", "Maternity & Adoption", "Career Break"), strict=True
        )
    ]
    path = written(tmp_path / "extract.csv", lines)
    assert read_extract(path, on=ON).people.staff.tolist() == [101, 102]
    mapping = StaffMapping(statuses=Named({"Career Break": "keep", "Maternity & Adoption": "leave out"}))
    assert read_extract(path, on=ON, mapping=mapping).people.staff.tolist() == [101, 103]


def test_the_pension_section_follows_the_membership_or_the_start_of_service(tmp_path: Path) -> None:
    """A written section is used. Other members get the section for their start of service.

    An empty cell means no member.
    """
    texts = ("1995 Section", "NHS Pension", "NHS Pension", "", "Opted Out", "2015 Scheme", "1995/2008 Scheme")
    csd = ("", "01-APR-2008", "02-SEP-1996", "", "", "", "")
    lines = [
        {**line, "Pension Scheme": text, **({"NHS CSD Date": day, "Latest Start Date": day} if day else {})}
        for line, text, day in zip(rows(*[{}] * len(texts)), texts, csd, strict=True)
    ]
    people = read_extract(written(tmp_path / "extract.csv", lines), on=ON).people
    assert [SECTIONS[code] for code in people.section] == ["1995", "2008", "1995", "none", "none", "2015", "1995"]


def test_sex_that_is_not_stated_is_unknown(tmp_path: Path) -> None:
    """An unrecognised word is a mistake. Without a column, everyone's sex is unknown."""
    people = extract(tmp_path, {"Gender": "F"}, {"Gender": "Unknown"}, {"Gender": ""}, {"Gender": "Not Stated"}).people
    assert [SEXES[code] for code in people.sex] == ["female", "unknown", "unknown", "unknown"]
    assert mistakes(tmp_path, {"Gender": "Fmale"}) == [(2, "Gender")]


def test_employers_may_use_the_same_staff_numbers(tmp_path: Path) -> None:
    """Number 101 of two employers is two people."""
    made = extract(tmp_path, {}, {"Employee Number": "101", "Organisation": "999 Elmdale PCT"})
    assert made.people.employers == ("Elmdale PCT", "Oakdale PCT") and len(made.people) == 2


def test_a_repeated_row_counts_once_and_a_changed_repeat_is_a_mistake(tmp_path: Path) -> None:
    """An identical row counts once. The same assignment with other cells is ambiguous."""
    lines = [{**line, "Assignment Number": "101-1", "Employee Number": "101"} for line in rows({}, {})]
    made = read_extract(written(tmp_path / "extract.csv", lines), on=ON)
    check_rows_add_up(made)
    assert made.people.wte.tolist() == [0.6] and made.quality.rows_further == 1
    lines[1]["FTE"] = "0.4"
    with pytest.raises(ExtractError, match="line 3, Assignment Number: is given twice with different cells"):
        read_extract(written(tmp_path / "extract.csv", lines), on=ON)


def test_two_dates_of_birth_for_one_person_are_a_mistake(tmp_path: Path) -> None:
    assert mistakes(tmp_path, {}, {"Employee Number": "101", "Date of Birth": "15-MAY-1968"}) == [(3, "Date of Birth")]


def test_ages_replace_missing_dates_of_birth_and_the_report_says_so(tmp_path: Path) -> None:
    """A person in an age band has the age in its middle."""
    lines = [
        {"Age Band" if n == "Date of Birth" else n: "41-45" if n == "Date of Birth" else i for n, i in ROW.items()}
    ]
    made = read_extract(written(tmp_path / "extract.csv", lines), on=ON)
    assert date_of(made.people.born[0]).year == 1966
    assert any("middle of the age" in rule for rule in mended(made))


def test_the_user_names_the_employer_when_there_is_no_column(tmp_path: Path) -> None:
    """Without a name, the error mentions the option --employer."""
    lines = [{name: item for name, item in ROW.items() if name != "Organisation"}]
    path = written(tmp_path / "extract.csv", lines)
    with pytest.raises(ExtractError, match="--employer"):
        read_extract(path, on=ON)
    assert read_extract(path, on=ON, employer="Oakdale PCT").people.employers == ("Oakdale PCT",)


# Mapping, identities, round trips


def test_reading_with_the_written_mapping_changes_nothing(tmp_path: Path) -> None:
    """The people, the mapping and the report are the same."""
    first = read_extract(OAKDALE, today=TODAY)
    path = tmp_path / "mapping.toml"
    path.write_text(mapping_text(first.mapping), "utf-8")
    again = read_extract(OAKDALE, mapping=path, today=TODAY)
    assert again.people == first.people and again.mapping == first.mapping == read_mapping(path)
    assert left_out(again) == left_out(first) and mended(again) == mended(first)


def test_the_mapping_can_name_an_unknown_heading(tmp_path: Path) -> None:
    """Here it is the column of staff numbers."""
    lines = [
        {"Nr" if name == "Employee Number" else name: item for name, item in line.items()} for line in rows({}, {})
    ]
    path = written(tmp_path / "extract.csv", lines)
    with pytest.raises(ExtractError, match=r"not recognised: Nr"):
        read_extract(path, on=ON)
    mapping = StaffMapping(columns=Named({"staff": "Nr"}))
    assert read_extract(path, on=ON, mapping=mapping).people.staff.tolist() == [101, 102]


def test_an_invalid_mapping_is_refused(tmp_path: Path) -> None:
    """An unknown role, an unknown meaning, and a heading that the file does not have."""
    for how in ({"columns": Named({"stuff": "x"})}, {"statuses": Named({"Active": "stay"})}):
        with pytest.raises(StaffError):
            StaffMapping(**how)
    with pytest.raises(StaffError, match="not a heading of the file"):
        extract(tmp_path, {}, mapping=StaffMapping(columns=Named({"staff": "Number"})))


def test_people_of_an_extract_are_the_same_after_writing_and_reading(tmp_path: Path) -> None:
    """They are written as a staff list in the library's own form."""
    people = read_extract(write_extract(tmp_path / "extract.csv", 300)).people
    write_staff(tmp_path / "staff.csv", people)
    assert read_own(tmp_path / "staff.csv", people.employers, people.functions) == people
    assert read_staff(tmp_path / "staff.csv", people.employers, people.functions) == people


def test_a_staff_list_in_the_librarys_form_can_be_read_as_an_extract(tmp_path: Path) -> None:
    """The caller then does not have to name employers and functions."""
    people = read_extract(write_extract(tmp_path / "extract.csv", 200)).people
    write_staff(tmp_path / "staff.csv", people)
    again = read_staff(tmp_path / "staff.csv", on=ON)
    assert again.staff.tolist() == people.staff.tolist() and again.point.tolist() == people.point.tolist()
    assert again.functions == people.functions


def test_pseudonyms_depend_on_the_key() -> None:
    """With one key a text has the same number in every list; with another key it has another number.

    No number repeats.
    """
    key = new_key()
    texts = [f"{20_000_000 + number}" for number in range(5_000)]
    numbers = pseudonyms(texts, key)
    assert len(set(numbers.tolist())) == len(texts) and numbers.min() >= 0
    assert pseudonyms(texts[:7], key).tolist() == numbers[:7].tolist()
    assert (pseudonyms(texts, new_key()) == numbers).sum() < 5


@pytest.mark.parametrize("word", ['"', ",", "½", "٣", "\u202e"])
def test_a_cell_of_punctuation_is_not_an_empty_cell(tmp_path: Path, word: str) -> None:
    """In the pension column, an empty cell means no member.

    In the column of functions, punctuation means "not stated".
    """
    assert mistakes(tmp_path, {"Pension Scheme": word}) == [(2, "Pension Scheme")]
    assert mistakes(tmp_path, {"Gender": word}) == [(2, "Gender")]
    made = extract(tmp_path, {"Directorate": word}, {"Directorate": "NULL"})
    assert made.people.functions == ("not-stated",)
    assert mended(made)["no function: the function is called not-stated"] == [2, 3]


def test_a_grade_in_the_pension_column_is_a_mistake(tmp_path: Path) -> None:
    """The letters NHS alone do not make a member of the NHS Pension Scheme when a grade follows."""
    assert mistakes(tmp_path, {"Pension Scheme": "NHS|XR05|Review Body Band 6"}) == [(2, "Pension Scheme")]
    people = extract(tmp_path, *({"Pension Scheme": word} for word in ("NHS", "NHSPS", "NHS Superannuation"))).people
    assert "none" not in [SECTIONS[code] for code in people.section]


def test_letters_with_accents_lose_the_accent(tmp_path: Path) -> None:
    """A Welsh team keeps its other letters."""
    made = extract(tmp_path, {"Directorate": "Iechyd Môn"})
    assert made.people.functions == ("iechyd-mon",)
