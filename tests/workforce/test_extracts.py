"""Payroll extracts of many forms: each is read in one round, or refused with every mistake by line and heading."""

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
    """The rows as a file; `how` is as of `csv.writer`."""
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
    return places(caught.value)


def places(error: InputError) -> list[tuple[int, str]]:
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


def balanced(made: Extracted) -> None:
    """Every row is a person, a further assignment of one, or left out."""
    quality = made.quality
    assert quality.rows == quality.people + quality.rows_further + quality.rows_left_out
    assert quality.people == len(made.people)


def test_the_case_of_nineteen_columns_loads_in_one_round() -> None:
    """Twelve rows of the record system: seven people, one second job, four rows left out, each with its line and reason."""
    made = read_extract(OAKDALE, today=TODAY)
    balanced(made)
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


def test_two_jobs_are_one_person_paid_the_mean_of_both(tmp_path: Path) -> None:
    """0.8 in band 4 and 0.2 in band 3: one person of band 4, whole time, at the mean of both rates by hours."""
    second = {"Employee Number": "101", "Grade": "Band 3", "Spine Point": "10", "FTE": "0.2", "Directorate": "Estates"}
    made = extract(tmp_path, {"Grade": "Band 4", "Spine Point": "15", "FTE": "0.8"}, second)
    balanced(made)
    people = made.people
    assert len(people) == 1 and people.wte.tolist() == [1.0] and BANDS[people.band[0]] == "4"
    assert people.pay_pence[0] == round(0.8 * 20_554_00 + 0.2 * 17_604_00)
    assert people.functions == ("finance",)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    """Commas, semicolons, tabs and bars; the grade's own bars do not mislead where they are quoted."""
    path = written(tmp_path / "extract.txt", rows({"Grade": "NHS|XR05|Review Body Band 5"}), delimiter=delimiter)
    assert len(read_extract(path, on=ON).people) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_any_usual_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    """With and without a byte order mark; an é of Windows is an é here, and the report says how the text was read."""
    plain = written(tmp_path / "plain.csv", rows({"Directorate": "Santé"})).read_text("utf-8")
    path = tmp_path / "extract.csv"
    path.write_bytes(plain.encode(encoding))
    made = read_extract(path, on=ON)
    assert made.mapping.functions["Santé"] == "sante" and len(made.people) == 1
    assert ("Windows-1252" in " ".join(made.quality.notes)) == (encoding == "cp1252")


def test_titles_totals_blank_lines_and_repeated_headings_are_set_aside(tmp_path: Path) -> None:
    """Lines that are no people are named with their lines; the rows keep the lines that the file has."""
    body = written(tmp_path / "body.csv", rows({}, {"FTE": "x"})).read_text("utf-8").splitlines()
    head, first, second = body
    commas = "," * (len(ROW) - 1)
    text = ["Staff in Post Report,,", "As at 31/03/2011", "", head, first, commas, head, second.replace(",x,", ",1,")]
    text += [f"Grand Total{commas}", "End of report"]
    path = tmp_path / "extract.csv"
    path.write_text("\n".join(text), "utf-8")
    made = read_extract(path, today=TODAY)
    assert made.mapping.on == dt.date(2011, 3, 31), "the title's day"
    assert [line for line, _ in made.quality.set_aside] == [1, 2, 7, 9, 10]
    path.write_text("\n".join(text).replace(",1,", ",x,"), "utf-8")
    with pytest.raises(ExtractError) as caught:
        read_extract(path, today=TODAY)
    assert [line for line, _ in places(caught.value)] == [8], "the line of the file"


def test_trailing_commas_are_nothing_and_short_rows_are_mistakes(tmp_path: Path) -> None:
    """Empty cells past the last heading are dropped; a row cut short is not filled with blanks."""
    lines = written(tmp_path / "body.csv", rows({}, {})).read_text("utf-8").splitlines()
    path = tmp_path / "extract.csv"
    path.write_text("\n".join(line + ",," for line in lines), "utf-8")
    assert len(read_extract(path, on=ON).people) == 2
    path.write_text("\n".join([*lines[:2], lines[2].rsplit(",", 2)[0]]), "utf-8")
    with pytest.raises(ExtractError, match="line 3: has 9 cells, but there are 11 headings"):
        read_extract(path, on=ON)


def test_a_cell_of_two_lines_moves_no_line_number(tmp_path: Path) -> None:
    """A mistake below a quoted line break is on the line that an editor shows."""
    assert mistakes(tmp_path, {"Directorate": "Fin\nance"}, {"FTE": "lots"}) == [(4, "FTE")]


def test_a_workbook_and_a_data_frame_give_what_the_file_gives(tmp_path: Path) -> None:
    """`.xlsx` with a title, days as days and numbers as numbers; a DataFrame of the same."""
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
    ("name", "content", "told"),
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
def test_what_is_no_list_is_named(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    """Archives, old workbooks, empty files and other tables are refused for what they are."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=told):
        read_extract(path, on=ON)


def test_missing_headings_are_told_at_once(tmp_path: Path) -> None:
    """Everything that no heading gives, in one message."""
    lines = [
        {name: item for name, item in line.items() if name in ("Employee Number", "Grade", "FTE")} for line in rows({})
    ]
    with pytest.raises(ExtractError) as caught:
        read_extract(written(tmp_path / "extract.csv", lines), on=ON)
    assert [heading for _, heading in places(caught.value)] == ["Date of Birth", "NHS CSD Date", "Employer"]


def test_all_mistakes_are_told_at_once_by_line_and_then_counted(tmp_path: Path) -> None:
    """Thirty mistakes: twenty sentences and a count of the rest, in the order of lines."""
    with pytest.raises(ExtractError) as caught:
        extract(tmp_path, *[{"FTE": "lots"}] * 15, *[{"Date of Birth": "31-FEB-1968"}] * 15)
    told = str(caught.value).splitlines()
    assert len(told) == 21 and told[0].startswith("extract.csv: line 2, FTE: is 'lots'") and told[-1] == "and 10 more"
    assert "line 17, Date of Birth: is '31-FEB-1968'" in told[15]


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
def test_days_as_written_in_britain(tmp_path: Path, text: str, day: dt.date) -> None:
    """Words, numbers, two figures of a year: each has one reading."""
    assert date_of(extract(tmp_path, {"Date of Birth": text}).people.born[0]) == day


def test_the_order_of_a_day_is_found_from_the_whole_column(tmp_path: Path) -> None:
    """03/04/1968 is the 3rd of April beside 14/05/1968, and the 4th of March beside 05/14/1968."""
    british = extract(tmp_path, {"Date of Birth": "03/04/1968"}, {"Date of Birth": "14/05/1968"})
    assert date_of(british.people.born[0]) == dt.date(1968, 4, 3) and british.mapping.dates["Date of Birth"] == "dmy"
    american = extract(tmp_path, {"Date of Birth": "03/04/1968"}, {"Date of Birth": "05/14/1968"})
    assert date_of(american.people.born[0]) == dt.date(1968, 3, 4)


def test_a_day_of_two_readings_is_asked_for_and_never_guessed(tmp_path: Path) -> None:
    """Nothing in the column decides: refused with both readings, and read once the order is said."""
    lines = [{"Date of Birth": "03/04/1968"}, {"Date of Birth": "05/06/1970"}]
    with pytest.raises(ExtractError, match=r"3 April 1968 or 4 March 1968.*--dates dmy"):
        extract(tmp_path, *lines)
    assert date_of(extract(tmp_path, *lines, order="dmy").people.born[0]) == dt.date(1968, 4, 3)
    said = StaffMapping(dates=Named({"Date of Birth": "mdy"}))
    assert date_of(extract(tmp_path, *lines, mapping=said).people.born[0]) == dt.date(1968, 3, 4)


@pytest.mark.parametrize("text", ["31/02/1968", "25337", "1968-W20", "14/05", "spring", "14/13/1968 01:30"])
def test_what_is_no_day_is_a_mistake(tmp_path: Path, text: str) -> None:
    """Spreadsheets' numbers, weeks, halves of a day."""
    assert mistakes(tmp_path, {}, {"Date of Birth": text}) == [(3, "Date of Birth")]


def test_one_column_in_two_orders_is_a_mistake(tmp_path: Path) -> None:
    """14/05/1968 and 05/14/1968 in one column: the odd one out is told."""
    odd = [{"Date of Birth": "14/05/1968"}, {"Date of Birth": "20/05/1968"}, {"Date of Birth": "05/14/1968"}]
    assert mistakes(tmp_path, *odd) == [(4, "Date of Birth")]


def test_days_that_stand_for_none_are_not_taken_for_days(tmp_path: Path) -> None:
    """An NHS date of 1900 counts as not given: service from the start with the employer, and the report says so."""
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
def test_grades_as_payrolls_write_them(tmp_path: Path, text: str, band: str) -> None:
    """Codes and words for one band."""
    made = extract(tmp_path, {"Grade": text, "Spine Point": ""})
    assert BANDS[made.people.band[0]] == band


@pytest.mark.parametrize("text", ["Band 10", "Band 8", "NHS|XR05|Review Body Band 6", "PO3", ""])
def test_a_grade_that_is_not_known_or_says_two_things_is_a_mistake(tmp_path: Path, text: str) -> None:
    """A band 8 without its letter might be any of four; a code and words that differ are no grade."""
    assert mistakes(tmp_path, {}, {"Grade": text, "Spine Point": ""}) == [(3, "Grade")]


def test_one_unknown_grade_is_told_once_with_its_lines(tmp_path: Path) -> None:
    """A hundred people on PO3 are one mistake, and one entry of the mapping file mends it."""
    changes = [{"Grade": "PO3", "Spine Point": ""}] * 100
    assert mistakes(tmp_path, *changes) == [(2, "Grade")]
    said = StaffMapping(grades=Named({"PO3": Grade(pay_pounds=38_000)}))
    people = extract(tmp_path, *changes, mapping=said).people
    assert set(people.pay_pence.tolist()) == {38_000_00} and {BANDS[code] for code in people.band} == {"7"}


def test_spine_points_are_points_within_the_band_by_the_dated_table(tmp_path: Path) -> None:
    """Every spine point of every band of 2010, by code; one of another band is a mistake."""
    for band, (low, high), code in (("2", (1, 8), "02"), ("5", (16, 23), "05"), ("8a", (33, 38), "08")):
        grade = {"Grade": "NHS|XR08|Review Body Band 8 - Range A" if band == "8a" else f"Band {band}"}
        made = extract(tmp_path, *[{**grade, "Spine Point": f"NHS|XN{code}|{n}"} for n in range(low, high + 1)])
        assert made.people.point.tolist() == list(range(high - low + 1))
    with pytest.raises(ExtractError, match="spine points of band 5 are 16 to 23"):
        extract(tmp_path, {"Spine Point": "24"})
    with pytest.raises(ExtractError, match="a point of band 6, but the grade is 5"):
        extract(tmp_path, {"Spine Point": "NHS|XN06|22"})


def test_a_point_of_two_readings_is_asked_for(tmp_path: Path) -> None:
    """Pay point 6 of band 3 is the lowest on the spine or the sixth in the band; 10 can be but one."""
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


def test_steps_by_name_and_years_after_2018(tmp_path: Path) -> None:
    """In 2025 entry, intermediate and top are years in the band; without a point the years since the start count."""
    changes = [
        {"Spine Point": text, "Latest Start Date": "01-APR-2020"} for text in ("Entry Step", "Intermediate", "Top", "")
    ]
    made = extract(tmp_path, *changes, on=dt.date(2025, 12, 1))
    assert made.people.point.tolist() == [1, 3, 4, 4], "band 5 has steps at 0, 2 and 4 years; five are served"


def test_pay_gives_the_point_and_what_is_no_points_pay_is_kept(tmp_path: Path) -> None:
    """£24,554 is the fifth of band 5 in 2010; £26,000 lies between two points and stays the person's own."""
    lines = [
        {**line, "Full Time Salary": pay, "Spine Point": ""}
        for line, pay in zip(rows({}, {}), ("24,554.00", "£26000"), strict=True)
    ]
    people = read_extract(written(tmp_path / "extract.csv", lines), on=ON).people
    assert people.point.tolist() == [4, 5] and people.pay_pence.tolist() == [0, 26_000_00]


def test_pay_is_whole_time_or_at_each_persons_hours_by_the_part_timers(tmp_path: Path) -> None:
    """£14,732 at 0.6 of band 5 is £24,554 whole time; where no part-timer decides, it is asked."""

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
    """Nothing below £10,000 a year whole time is a year's pay."""
    lines = [{**line, "Full Time Salary": pay} for line in rows({"FTE": "1"})]
    with pytest.raises(ExtractError, match="Full Time Salary"):
        read_extract(written(tmp_path / "extract.csv", lines), on=ON)


def test_very_senior_managers_medical_and_local_grades_have_their_own_pay(tmp_path: Path) -> None:
    """A chief executive by pay, a consultant and a local grade in the nearest band; without pay they are left out."""
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
def test_a_salary_is_known_by_many_names(tmp_path: Path, heading: str) -> None:
    """Words around it do not hide it; a monthly one, or the maximum of a scale, is none."""
    path = tmp_path / "extract.csv"
    lines = [{**line, heading: "24554", "Spine Point": ""} for line in rows({})]
    assert read_extract(written(path, lines), on=ON).people.point.tolist() == [4]
    for other in ("Monthly Salary", "Salary Scale Maximum"):
        lines = [{**line, other: "2046", "Spine Point": ""} for line in rows({})]
        assert other in read_extract(written(path, lines), on=ON).quality.unused


def test_a_form_of_days_in_a_heading_does_not_hide_it(tmp_path: Path) -> None:
    """Date of Birth (DD/MM/YYYY) is a date of birth."""
    lines = [{f"{n} (DD/MM/YYYY)" if n == "Date of Birth" else n: item for n, item in ROW.items()}]
    assert len(read_extract(written(tmp_path / "extract.csv", lines), on=ON).people) == 1


# Hours, contracts, status, pension, sex


def test_hours_and_sessions_are_shares_of_a_whole_time_post(tmp_path: Path) -> None:
    """22.5 of 37.5 hours and 6 of 10 sessions are 0.6; hours under the heading of a share are a mistake."""
    for heading, text in (("Contracted Hours", "22.5"), ("Contracted Hours", "22:30"), ("Sessions", "6")):
        lines = [{heading if name == "FTE" else name: text if name == "FTE" else item for name, item in ROW.items()}]
        assert read_extract(written(tmp_path / "extract.csv", lines), on=ON).people.wte.tolist() == [0.6]
    with pytest.raises(ExtractError, match="a whole-time post is 1; if the column contains hours"):
        extract(tmp_path, {"FTE": "37.5"})
    assert extract(tmp_path, {"FTE": "60%"}, {"FTE": "0,6"}, {"FTE": "1.06667"}).people.wte.tolist() == [0.6, 0.6, 1.0]


def test_who_is_not_in_post_is_left_out_with_the_reason(tmp_path: Path) -> None:
    """Bank, honorary, no hours, ended, yet to start, under 16, no birth: nothing goes in silence."""
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
    balanced(made)
    assert sorted(line for lines in left_out(made).values() for line in lines) == list(range(3, 11))
    table = made.quality.lines
    assert table["line"].tolist() == sorted(table["line"].tolist()) and set(table["done"]) == {"left out"}


def test_a_contract_and_its_end_must_agree(tmp_path: Path) -> None:
    """A permanent contract with a last day is a mistake; a fixed term without one runs past the scenario, and says so."""
    lines = [{**line, "Contract End Date": end} for line, end in zip(rows({}, {}), ("30-JUN-2011", ""), strict=True)]
    with pytest.raises(ExtractError, match="line 2, Contract End Date: is the last day of a permanent contract"):
        read_extract(written(tmp_path / "extract.csv", lines), on=ON)
    fixed = [{**line, "Assignment Category": "Fixed Term Temp"} for line in lines]
    made = read_extract(written(tmp_path / "extract.csv", fixed), on=ON)
    assert [CONTRACTS[code] for code in made.people.contract] == ["fixed-term"] * 2
    assert made.people.contract_ends[1] == NEVER and date_of(made.people.contract_ends[0]) == dt.date(2011, 6, 30)


def test_career_breaks_are_out_and_maternity_stays(tmp_path: Path) -> None:
    """By status; the mapping file can say otherwise."""
    lines = [
        {**line, "Assignment Status": status}
        for line, status in zip(
            rows({}, {}, {}), ("Active Assignment", "Maternity & Adoption", "Career Break"), strict=True
        )
    ]
    path = written(tmp_path / "extract.csv", lines)
    assert read_extract(path, on=ON).people.staff.tolist() == [101, 102]
    said = StaffMapping(statuses=Named({"Career Break": "keep", "Maternity & Adoption": "leave out"}))
    assert read_extract(path, on=ON, mapping=said).people.staff.tolist() == [101, 103]


def test_the_pension_section_is_that_of_the_membership_or_of_the_service(tmp_path: Path) -> None:
    """Written sections as written; a member by the day from which service counts; nothing written is no member."""
    texts = ("1995 Section", "NHS Pension", "NHS Pension", "", "Opted Out", "2015 Scheme", "1995/2008 Scheme")
    csd = ("", "01-APR-2008", "02-SEP-1996", "", "", "", "")
    lines = [
        {**line, "Pension Scheme": text, **({"NHS CSD Date": day, "Latest Start Date": day} if day else {})}
        for line, text, day in zip(rows(*[{}] * len(texts)), texts, csd, strict=True)
    ]
    people = read_extract(written(tmp_path / "extract.csv", lines), on=ON).people
    assert [SECTIONS[code] for code in people.section] == ["1995", "2008", "1995", "none", "none", "2015", "1995"]


def test_sex_that_is_not_known_is_unknown(tmp_path: Path) -> None:
    """Not stated is neither; an unknown word is asked for; without a column everyone is unknown."""
    people = extract(tmp_path, {"Gender": "F"}, {"Gender": "Unknown"}, {"Gender": ""}, {"Gender": "Not Stated"}).people
    assert [SEXES[code] for code in people.sex] == ["female", "unknown", "unknown", "unknown"]
    assert mistakes(tmp_path, {"Gender": "Fmale"}) == [(2, "Gender")]


def test_several_employers_may_number_their_staff_alike(tmp_path: Path) -> None:
    """Two employers' 101 are two people."""
    made = extract(tmp_path, {}, {"Employee Number": "101", "Organisation": "999 Elmdale PCT"})
    assert made.people.employers == ("Elmdale PCT", "Oakdale PCT") and len(made.people) == 2


def test_one_row_twice_is_one_person_and_one_assignment_twice_a_mistake(tmp_path: Path) -> None:
    """A row repeated to the letter is counted once; the same assignment with other cells has two readings."""
    lines = [{**line, "Assignment Number": "101-1", "Employee Number": "101"} for line in rows({}, {})]
    made = read_extract(written(tmp_path / "extract.csv", lines), on=ON)
    balanced(made)
    assert made.people.wte.tolist() == [0.6] and made.quality.rows_further == 1
    lines[1]["FTE"] = "0.4"
    with pytest.raises(ExtractError, match="line 3, Assignment Number: is given twice with different cells"):
        read_extract(written(tmp_path / "extract.csv", lines), on=ON)


def test_two_rows_of_one_person_that_differ_in_birth_are_a_mistake(tmp_path: Path) -> None:
    """Two births of one number are two readings."""
    assert mistakes(tmp_path, {}, {"Employee Number": "101", "Date of Birth": "15-MAY-1968"}) == [(3, "Date of Birth")]


def test_ages_stand_in_for_births_and_the_report_says_so(tmp_path: Path) -> None:
    """An age band is read as its middle."""
    lines = [
        {"Age Band" if n == "Date of Birth" else n: "41-45" if n == "Date of Birth" else i for n, i in ROW.items()}
    ]
    made = read_extract(written(tmp_path / "extract.csv", lines), on=ON)
    assert date_of(made.people.born[0]).year == 1966
    assert any("middle of the age" in rule for rule in mended(made))


def test_an_employer_without_a_column_is_said(tmp_path: Path) -> None:
    """The name comes from the user where no heading gives it."""
    lines = [{name: item for name, item in ROW.items() if name != "Organisation"}]
    path = written(tmp_path / "extract.csv", lines)
    with pytest.raises(ExtractError, match="--employer"):
        read_extract(path, on=ON)
    assert read_extract(path, on=ON, employer="Oakdale PCT").people.employers == ("Oakdale PCT",)


# Mapping, identities, round trips


def test_a_mapping_that_was_written_is_read_and_gives_the_same(tmp_path: Path) -> None:
    """What was recognised, written and read again, changes nothing; nor does the report."""
    first = read_extract(OAKDALE, today=TODAY)
    path = tmp_path / "mapping.toml"
    path.write_text(mapping_text(first.mapping), "utf-8")
    again = read_extract(OAKDALE, mapping=path, today=TODAY)
    assert again.people == first.people and again.mapping == first.mapping == read_mapping(path)
    assert left_out(again) == left_out(first) and mended(again) == mended(first)


def test_headings_of_ones_own_are_named_in_the_mapping(tmp_path: Path) -> None:
    """A heading that no rule knows, said to be the identity."""
    lines = [
        {"Nr" if name == "Employee Number" else name: item for name, item in line.items()} for line in rows({}, {})
    ]
    path = written(tmp_path / "extract.csv", lines)
    with pytest.raises(ExtractError, match=r"not recognised: Nr"):
        read_extract(path, on=ON)
    said = StaffMapping(columns=Named({"staff": "Nr"}))
    assert read_extract(path, on=ON, mapping=said).people.staff.tolist() == [101, 102]


def test_mappings_refuse_what_they_do_not_know(tmp_path: Path) -> None:
    """A role, a meaning, a heading that is not there."""
    for how in ({"columns": Named({"stuff": "x"})}, {"statuses": Named({"Active": "stay"})}):
        with pytest.raises(StaffError):
            StaffMapping(**how)
    with pytest.raises(StaffError, match="not a heading of the file"):
        extract(tmp_path, {}, mapping=StaffMapping(columns=Named({"staff": "Number"})))


def test_what_is_read_is_written_and_read_again(tmp_path: Path) -> None:
    """The staff list of an extract is one of the library's own form."""
    people = read_extract(write_extract(tmp_path / "extract.csv", 300)).people
    write_staff(tmp_path / "staff.csv", people)
    assert read_own(tmp_path / "staff.csv", people.employers, people.functions) == people
    assert read_staff(tmp_path / "staff.csv", people.employers, people.functions) == people


def test_the_librarys_own_form_is_an_extract_too(tmp_path: Path) -> None:
    """A staff list with its own headings needs no employers and functions to be named."""
    people = read_extract(write_extract(tmp_path / "extract.csv", 200)).people
    write_staff(tmp_path / "staff.csv", people)
    again = read_staff(tmp_path / "staff.csv", on=ON)
    assert again.staff.tolist() == people.staff.tolist() and again.point.tolist() == people.point.tolist()
    assert again.functions == people.functions


def test_pseudonyms_stay_with_the_key_and_tell_nothing_without() -> None:
    """One key gives one number for a text in any list; another key another; none twice."""
    key = new_key()
    texts = [f"{20_000_000 + number}" for number in range(5_000)]
    numbers = pseudonyms(texts, key)
    assert len(set(numbers.tolist())) == len(texts) and numbers.min() >= 0
    assert pseudonyms(texts[:7], key).tolist() == numbers[:7].tolist()
    assert (pseudonyms(texts, new_key()) == numbers).sum() < 5


@pytest.mark.parametrize("word", ['"', ",", "½", "٣", "\u202e"])
def test_a_word_of_signs_alone_has_no_meaning(tmp_path: Path, word: str) -> None:
    """It is not taken for an empty cell, which for the pension would be no member; as a function it is not stated."""
    assert mistakes(tmp_path, {"Pension Scheme": word}) == [(2, "Pension Scheme")]
    assert mistakes(tmp_path, {"Gender": word}) == [(2, "Gender")]
    made = extract(tmp_path, {"Directorate": word}, {"Directorate": "NULL"})
    assert made.people.functions == ("not-stated",)
    assert mended(made)["no function: the function is called not-stated"] == [2, 3]


def test_a_grade_in_the_column_of_the_pension_is_no_membership(tmp_path: Path) -> None:
    """The three letters of the NHS are not enough."""
    assert mistakes(tmp_path, {"Pension Scheme": "NHS|XR05|Review Body Band 6"}) == [(2, "Pension Scheme")]
    people = extract(tmp_path, *({"Pension Scheme": word} for word in ("NHS", "NHSPS", "NHS Superannuation"))).people
    assert "none" not in [SECTIONS[code] for code in people.section]


def test_letters_with_accents_are_letters(tmp_path: Path) -> None:
    """A Welsh team keeps its name."""
    made = extract(tmp_path, {"Directorate": "Iechyd Môn"})
    assert made.people.functions == ("iechyd-mon",)
