"""The answer page for one organisation: its order, its warnings, and disclosure control of what may be shared."""

from __future__ import annotations

import csv
import datetime as dt
import re
import stat
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import attrs
import numpy as np
import pytest

from nhstransit.errors import FormatError, InputError, RunError
from nhstransit.measures.suppression import HIDDEN, Rule
from nhstransit.report.answer import OWN_TURNOVER, Answer, _step_of_shares, answer, written
from nhstransit.report.own_folder import write_own
from nhstransit.report.published import other_pages
from nhstransit.report.verb import report
from nhstransit.scenario import Scenario, load_scenario
from nhstransit.tables import harmless, write_csv
from tests.made_extract import made_folder, write_extract
from tests.shared import Once


@pytest.fixture(scope="module", autouse=True)
def cache_runs() -> Iterator[None]:
    """Run each scenario only once per seed, because pages with different disclosure rules use the same runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nhstransit.report.answer.simulate", Once())
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("own")
    made_folder(folder / "oakdale", write_extract(folder / "extract.csv", 240), question="vr")
    return folder / "oakdale"


@pytest.fixture(scope="module")
def world(folder: Path) -> Scenario:
    return load_scenario(folder / "scenario.toml")


@pytest.fixture(scope="module")
def plain(world: Scenario) -> Answer:
    """The answer from one run and one draw of the sweep."""
    return answer(world, runs=1, draws=1)


@pytest.mark.thorough
def test_the_page_begins_with_its_limits(plain: Answer) -> None:
    """The first section says that the model is not calibrated, must not select people, and how small counts are hidden."""
    found = plain
    first = found.sections[0]
    assert first.table is None and first.text.startswith("Not calibrated:")
    assert "never to select people" in first.text and found.rule.sentence in first.text
    headings = [section.heading for section in found.sections[1:]]
    assert headings == [
        "Who may apply: vr",
        "What it would cost: vr",
        "Which people would leave",
        "Cover of functions",
        "What is not known, and what follows",
        "All assumptions at once",
    ]


def test_cost_is_in_proportion_to_take_up(plain: Answer) -> None:
    """Savings are too, so that the payback period is the same for every take-up."""
    table = plain.tables["vr-take-up"]
    cost = [float(re.sub(r"[£,]", "", text)) for text in table["cost"]]
    assert cost[4] == pytest.approx(6 * cost[0], abs=4_000) and cost[1] == pytest.approx(2 * cost[0], abs=2_000)
    assert len(set(table["payback months"])) == 1
    once = int(table["payback months"][0])
    refilled = int(table["with 50% refilled"][0])
    assert refilled == pytest.approx(2 * once, abs=1), "with half of the saving, payback takes twice as long"


@pytest.mark.thorough
def test_a_date_that_the_law_does_not_allow_has_a_warning(tmp_path: Path) -> None:
    """Consultation only starts on the target date for halving the pay bill, so that the last people leave months later."""
    made = made_folder(tmp_path / "halve", write_extract(tmp_path / "extract.csv", 240), question="halve")
    assert made.files
    found = answer(load_scenario(tmp_path / "halve" / "scenario.toml"), runs=1, draws=1)
    table = found.tables["cost-reduction-dates"]
    assert set(table["consultation"]) == {"30 days"}, "of 240 people, fewer than 100 are selected at each step"
    assert table["in time"].str.startswith("no: ").any()
    section = next(section for section in found.sections if section.heading.startswith("Can the dates"))
    assert "Warning:" in section.text and "forward_months" in section.text


@pytest.mark.thorough
def test_all_uncertain_numbers_are_varied_together(world: Scenario) -> None:
    """The middle of the sweep is between its ends.

    Given ranges replace those of the model, and the page then says that turnover is the organisation's own.
    """
    exact = Rule(threshold=1, base=1)
    ranges = {"behaviour.departures.resign": (0.0, 0.0001), "behaviour.severance.typical": (0.3, 0.3)}
    found = answer(world, runs=1, draws=6, rule=exact, ranges=ranges)
    table = found.tables["sweep"]
    assert table["of the runs"].tolist() == ["1 in 10 is below", "half are below", "1 in 10 is above"]
    for name in ("leave under the scheme", "leave by other routes"):
        numbers = [int(text.replace(",", "")) for text in table[name]]
        assert numbers == sorted(numbers)
    usual = answer(world, runs=1, draws=6, rule=exact)
    most = int(table["leave by other routes"][2].replace(",", ""))
    assert most < int(usual.tables["sweep"]["leave by other routes"][0].replace(",", ""))
    assert OWN_TURNOVER in found.sections[0].text and OWN_TURNOVER not in usual.sections[0].text
    with pytest.raises(InputError, match="draws: is 0"):
        answer(world, draws=0)


@pytest.mark.thorough
def test_assumed_pay_awards_are_stated(tmp_path: Path) -> None:
    """The page of a scenario beyond the last pay table states the assumed rise and the setting that changes it."""
    on = dt.date(2026, 2, 1)
    text = write_extract(tmp_path / "extract.csv", 60).read_text("utf-8")
    later = re.sub(r"NHS\|XN\d\d\|\d+", "", re.sub(r"(\d\d-[A-Z]{3}-)(19|20)(\d\d)", _later, text))
    (tmp_path / "extract.csv").write_text(later, "utf-8")
    made_folder(tmp_path / "own", tmp_path / "extract.csv", question="vr", on=on, kind="icb")
    world = load_scenario(tmp_path / "own" / "scenario.toml").having("law.own_pay_award", 0.01)
    section = answer(world, runs=1, draws=1).sections[-1]
    assert section.heading == "Pay awards that are assumed"
    assert "raised by 2.5% each 1 April" in section.text and "by 1.0% (`law.own_pay_award`)" in section.text


def _later(day: re.Match[str]) -> str:
    """A date of the invented extract, sixteen years later."""
    return f"{day[1]}{int(day[2] + day[3]) + 16}"


def test_a_second_page_about_the_same_staff_has_a_warning(world: Scenario, tmp_path: Path, plain: Answer) -> None:
    """Two pages with different seeds, thresholds or rounding reveal more than each alone.

    The same page again does not count.
    """
    home = tmp_path / "oakdale"
    home.mkdir()
    alone = attrs.evolve(world, home=home)
    one = attrs.evolve(plain, run=attrs.evolve(plain.run, scenario=alone))

    def earlier(found: Answer, folder: Path) -> dict[str, int]:
        pages = other_pages(written(found), alone, folder)
        return {str(path.relative_to(tmp_path)): count for path, count in pages.items()}

    assert earlier(one, home) == {}
    write_own(one, home)
    assert earlier(one, home) == {}
    other = attrs.evolve(one, sections=one.sections[:-1])
    assert earlier(other, home) == {"oakdale/published.csv": 1}
    write_own(other, home, overwrite=True)
    third = attrs.evolve(one, sections=one.sections[:-2])
    assert earlier(third, home) == {"oakdale/published.csv": 2}
    assert stat.S_IMODE((home / "published.csv").stat().st_mode) == 0o600


def test_a_second_page_in_another_folder_has_a_warning(world: Scenario, tmp_path: Path, plain: Answer) -> None:
    """This covers two --out folders of one organisation and two folders from one extract, but not other employers."""
    for name in ("vr", "mars", "elsewhere"):
        (tmp_path / name).mkdir()
    first = attrs.evolve(plain, run=attrs.evolve(plain.run, scenario=attrs.evolve(world, home=tmp_path / "vr")))
    write_own(first, tmp_path / "far" / "out")
    text = "another page"
    assert sum(other_pages(text, first.run.scenario, tmp_path / "a" / "b" / "out").values()) == 1, "found by scenario"
    beside = attrs.evolve(world, home=tmp_path / "mars")
    found = other_pages(text, beside, tmp_path / "a" / "b" / "out")
    assert found == {tmp_path / "vr" / "published.csv": 1}, "found in the neighbouring folder"
    assert sum(other_pages(written(plain), beside, tmp_path / "mars").values()) == 0, "the same page"
    staff = world.workforce
    others = attrs.evolve(
        beside,
        staff=staff.having(employers=tuple(f"New {name}" for name in staff.employers)),
        organisations=tuple(attrs.evolve(body, name=f"New {body.name}") for body in world.organisations),
    )
    assert other_pages(text, others, tmp_path / "mars") == {}, "other employers"
    (tmp_path / "elsewhere" / "published.csv").write_text("figure,published\nstock,1\n", "utf-8")
    assert other_pages(text, beside, tmp_path / "mars") == found, "another file of that name is ignored"
    (tmp_path / "mars" / "published.csv").write_text("figure,published\nstock,1\n", "utf-8")
    with pytest.raises(FormatError, match="has no column 'page'; restore it"):
        other_pages(text, beside, tmp_path / "mars")


def test_shares_of_cover_do_not_reveal_whether_a_few_people_stay(plain: Answer) -> None:
    """Each share is rounded to a step of at least five posts: 25% of 20 posts, 1% of 500."""
    assert [_step_of_shares(posts, Rule()) for posts in (19.0, 20.0, 50.0, 100.0, 499.0, 500.0)] == [0, 25, 10, 5, 5, 1]
    shares = [text for name in ("first month", "lowest", "last month") for text in plain.tables["cover"][name]]
    assert all(text == HIDDEN or int(text[:-1]) % 5 == 0 for text in shares)
    assert any(text != HIDDEN for text in shares)


@pytest.mark.thorough
def test_one_assumption_at_a_time_is_varied(world: Scenario) -> None:
    """The first row has the assumed values, then each assumption is at either end. More applications cost more."""
    table = answer(world, runs=2, draws=1, rule=Rule(threshold=1, base=1)).tables["not-known"]
    assert table["assumption"].tolist()[0] == "as assumed" and table["value"].tolist()[0].count("%") == 3
    assert [len(part) for part in np.split(table["assumption"].to_numpy()[1:], 3)] == [2, 2, 2]
    went = [int(text.replace(",", "")) for text in table["leave under the scheme"]]
    assert went[1] <= went[0] <= went[2] and went[1] < went[2]


@pytest.mark.thorough
def test_shared_files_contain_no_row_of_a_person(folder: Path, tmp_path: Path, plain: Answer) -> None:
    """Shared files contain no pseudonyms, birth dates or service dates.

    Only the owner can read the files of the run.
    """
    shared, private = write_own(plain, tmp_path / "out")
    text = "".join(path.read_text("utf-8") for path in shared)
    with (folder / "staff.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            assert not re.search(rf"\b{row['staff']}\b", text)
            assert row["born"] not in text and row["service_from"] not in text
    assert {path.name for path in private} == {"run.json", "run.npz", "manifest.json"}
    assert stat.S_IMODE((tmp_path / "out" / "private").stat().st_mode) == 0o700
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in private)
    with_people = write_own(plain, tmp_path / "asked", people=True)[1]
    assert "people.csv" in {path.name for path in with_people}, "rows of people are written on request"


def test_writing_an_answer_keeps_other_files(tmp_path: Path, plain: Answer) -> None:
    """With overwrite, a user's files in both folders stay.

    A user's file with the name of a shared table is refused.
    """
    found = plain
    write_own(found, tmp_path)
    for name in ("share", "private"):
        (tmp_path / name / "notes.txt").write_text("mine")
    with pytest.raises(RunError, match="already contains a run"):
        write_own(found, tmp_path)
    shared, private = write_own(found, tmp_path, overwrite=True)
    for folder, files in (("share", shared), ("private", private)):
        assert (tmp_path / folder / "notes.txt").read_text() == "mine"
        assert {path.name for path in (tmp_path / folder).iterdir()} == {path.name for path in files} | {"notes.txt"}
    other = tmp_path / "other" / "share"
    other.mkdir(parents=True)
    (other / "answer.md").write_text("mine")
    with pytest.raises(RunError, match=r"are not the library's and would be overwritten \(answer\.md\)"):
        write_own(found, tmp_path / "other")
    assert (other / "answer.md").read_text() == "mine" and not (tmp_path / "other" / "private").exists()


def test_small_counts_are_hidden(world: Scenario) -> None:
    """Every count of people is hidden, zero, or a multiple of the rounding base of at least the threshold."""
    rule = Rule(threshold=10, base=10)
    found = answer(world, runs=1, draws=1, rule=rule)
    counts = [*found.tables["vr-eligible"]["people"], *found.tables["vr-take-up"]["people"]]
    for name in ("at the start", "leave under the scheme", "of these, would have left anyway", "leave by other routes"):
        counts += found.tables["lost"][name].tolist()
    for text in counts:
        assert text == HIDDEN or int(text.replace(",", "")) % 10 == 0
    assert HIDDEN in counts and "[c]" in written(found)


def linked(rule: Rule, *parts: int) -> tuple[tuple[str, ...], str]:
    """The shown texts of a table with these parts, and of its total."""
    codes = np.repeat(np.arange(len(parts)), parts)
    shown = rule.linked([codes], [len(parts)], [np.ones(len(codes), bool)])
    return shown.parts[0][0], shown.totals[0]


def test_a_hidden_count_is_never_the_only_one_in_a_table() -> None:
    """The total would reveal a single hidden part; another part or the total is hidden too."""
    rule = Rule()
    for parts in ((3, 40, 20, 0), (3, 2, 40), (1, 9)):
        shown, total = linked(rule, *parts)
        small = [index for index, part in enumerate(parts) if 0 < part < 5]
        assert all(shown[index] == HIDDEN for index in small)
        assert [*shown, total].count(HIDDEN) >= 2
    assert linked(rule, 7, 12, 13, 0) == (("5", "10", "15", "0"), "30")
    assert (rule.one(4), rule.one(0), rule.one(1_043)) == (HIDDEN, "0", "1,045")
    assert (rule.percentage(4, 17), rule.percentage(9, 20), rule.percentage(20, 20)) == (HIDDEN, "45%", "100%")


def test_a_hidden_count_cannot_be_worked_out_from_parts_and_total() -> None:
    """Among all tables that are shown alike, every small part has at least two possible values, even without rounding."""
    rule = Rule(threshold=4, base=1)
    tables_by_text: dict[tuple[tuple[str, ...], str], list[tuple[int, ...]]] = {}
    for parts in product(range(9), repeat=2):
        tables_by_text.setdefault(linked(rule, *parts), []).append(parts)
    for shown, tables in tables_by_text.items():
        if max(map(max, tables)) > 6:  # larger tables that are shown alike are not all tried
            continue
        for position in range(2):
            possible = {table[position] for table in tables}
            if min(possible) and min(possible) < rule.threshold:
                assert len(possible) > 1, (shown, tables)


def test_a_difference_of_two_counts_reveals_nobody() -> None:
    """28 of 30 people in a set would reveal 2 people outside it, so the count is hidden when both are protected."""
    rule = Rule(base=1)
    among = np.arange(30) < 28
    codes = np.zeros(30, int)
    open_, shut = (rule.linked([codes], [1], [np.ones(30, bool), among], guarded) for guarded in ((), [~among]))
    assert open_.totals == ("30", "28") and HIDDEN in shut.totals


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    """Text that a spreadsheet would read as a formula begins with an apostrophe; numbers stay numbers."""
    assert [harmless(text) for text in ("=1+1", "+44", "-5", "@a", "\tx", "a=b")] == [
        "'=1+1",
        "+44",
        "-5",
        "'@a",
        "'\tx",
        "a=b",
    ]
    write_csv(tmp_path / "t.csv", {"=name": ["=HYPERLINK(1)", "fine"], "n": [-1, 2]})
    assert (tmp_path / "t.csv").read_text("utf-8") == "'=name,n\n'=HYPERLINK(1),-1\nfine,2\n"


def test_the_report_of_an_answer_has_only_its_tables(plain: Answer) -> None:
    """A report of the run would be a second page about the same staff, and could reveal hidden counts."""
    document = report(plain).document
    assert document.real and not document.pictures
    ours = [section.rows for section in plain.sections if section.rows]
    apart = ("Words used here", "How it was made")
    assert [
        one.rows for part in document.parts if part.heading not in apart for one in part.sections if one.rows
    ] == ours
    assert document.parts[0].heading == "The question and the answer"
    assert not any(part.heading.endswith(": vr") for part in document.parts)
