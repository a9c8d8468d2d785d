"""Reports of a run: order, safety and contrast of the page, the workbook, and invalid requests."""

from __future__ import annotations

import csv
import re
import sys
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

import attrs
import openpyxl
import pytest
from empty import empty_run

import nhstransit as nt
from nhstransit import tables
from nhstransit.england.intervals import KeptInterval
from nhstransit.errors import InputError, RunError
from nhstransit.phrases import pounds
from nhstransit.plots.contrast import LEAST_CONTRAST, contrast, readable
from nhstransit.report.document import Document, Part, Picture, as_markdown
from nhstransit.report.mattering import MATTER
from nhstransit.report.page import as_html
from nhstransit.report.run_document import switching_values, worth_told
from nhstransit.report.story import Section
from nhstransit.report.verb import Report
from nhstransit.report.words import explained
from nhstransit.report.workbook import write_workbook
from tests.report.reading import read
from tests.shared import hamlet_run, hamlet_without
from tests.small import body, person, small_world

ORDER = [
    "The question and the answer",
    "Five numbers",
    "Compared with what",
    "Who was affected",
    "What was lost",
    "When",
    "Where people went",
    "Money",
    "How sure",
    "Where the model misses",
    "Assumptions and scope",
    "Words used here",
    "How it was made",
]
EVIL = "<script>alert(1)</script>"
GOLDEN = Path(__file__).with_name("hamlet-page.md")


@pytest.fixture(scope="module")
def hamlet() -> nt.Run:
    """A run of the hamlet."""
    return hamlet_run()


@pytest.fixture(scope="module")
def whole(hamlet: nt.Run) -> Report:
    """The report of the run; its parts are made once."""
    return nt.report(hamlet)


@pytest.fixture(scope="module")
def page(whole: Report) -> str:
    """The report as a page."""
    return as_html(whole.document)


class Reader(HTMLParser):
    """Tags, identifiers, references and headings of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.to: list[str] = []
        self.open: list[str] = []
        self.colours: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name in ("href", "xlink:href") and (value or "").startswith("#"):
                self.to.append((value or "")[1:])
            if name.startswith("on"):
                raise AssertionError(f"{tag} has {name}")
            if tag == "text" and name == "style":
                self.colours |= set(re.findall(r"fill: (#[0-9a-f]{6})", value or ""))


def test_the_parts_of_the_page_are_in_order(whole: Report, page: str) -> None:
    """The order is that of the document."""
    assert [part.heading for part in whole.document.parts] == ORDER
    assert re.findall(r"<h2 [^>]*>([^<]+)</h2>", page) == ORDER


def test_the_banner_comes_before_any_number(page: str) -> None:
    """The banner says whether the numbers were fitted."""
    assert page.index("UNCALIBRATED: an invented example") < page.index("Of 300 people")


def test_abbreviations_are_explained_at_their_first_use(whole: Report) -> None:
    """The list of abbreviations has each one that occurs, once."""
    sentences = " ".join(
        text for part in whole.document.parts for section in part.sections for text in section.sentences
    )
    assert sentences.count("MARS (mutually agreed resignations)") == 1
    assert sentences.index("MARS") == sentences.index("MARS (mutually")
    (section,) = whole.document.parts[-2].sections
    words = [word for word, _ in section.rows]
    assert {"MARS", "severance", "knowledge", "net present value"} <= set(words) and len(words) == len(set(words))
    assert "95% interval" not in words


def test_abbreviations_in_quoted_names_are_not_explained() -> None:
    """The abbreviation is explained at its first use outside a name. An apostrophe is not a quotation mark."""
    section = Section(heading="a", sentences=("Choose 'no MARS' or \"late MARS\".", "The NHS's MARS and its 'MARS'."))
    document = Document(title="t", about="", status=(), parts=(Part(heading="a", sections=(section,)),))
    sentences = explained(document).parts[-1].sections[0].sentences
    assert sentences[0] == section.sentences[0]
    assert sentences[1] == "The NHS's MARS (mutually agreed resignations) and its 'MARS'."


def test_the_text_of_the_page_equals_the_stored_text(whole: Report) -> None:
    """It includes sentences, tables and text alternatives, but not versions and digests."""
    text = as_markdown(whole.document)
    assert text[: text.index("## How it was made")] == GOLDEN.read_text("utf-8")


def test_the_page_has_no_script_or_external_resource(page: str) -> None:
    """Every identifier is unique, and every internal reference has a target."""
    read = Reader(page)
    assert "script" not in read.tags and "link" not in read.tags and "img" not in read.tags
    assert len(read.ids) == len(set(read.ids))
    assert set(read.to) <= set(read.ids)
    assert not re.findall(r'(?:src|href)="https?:', page)
    assert read.tags.count("h1") == 1 and read.tags.count("svg") == 6


def test_switching_values_make_the_total_zero() -> None:
    """For a cost of 8 and a gain of 10, the cost must rise by 25% or the gain fall by 20%.

    Entered lines are left out.
    """
    worth = tables.frame(
        {
            "line": ["cost", "gain", "small", "own", "total simulated"],
            "exchequer": [-8.0, 10.0, 0.1, -9.0, 2.0],
            "social": [0.0, 10.0, 0.0, -9.0, -10.0],
        },
        index="line",
    )
    section = switching_values(worth, entered={"own"})
    assert section.rows == (("cost", "25% larger", "not in it"), ("gain", "20% smaller", "100% larger"))
    assert not switching_values(worth.loc[["small", "total simulated"]]).rows


def test_important_assumptions_have_values_and_ranges(whole: Report) -> None:
    """They are in words, with the grade and the values of this scenario; shares are percentages."""
    (section,) = (
        one for part in whole.document.parts for one in part.sections if one.heading == "Assumptions that matter"
    )
    assert ("share of people who resign in a normal year", "7%", "5.5% to 9%", "derived") in section.rows
    assert ("Hiring: share of vacancies that are filled again", "50%", "20% to 80%", "assumption") in section.rows
    assert len({row[0] for row in section.rows}) == len(section.rows)


def test_important_assumptions_are_those_with_the_largest_total_index() -> None:
    """They are in order of the largest index over the headline figures, down to 0.05, without margins and cuts."""
    with (Path(__file__).parents[2] / "docs" / "data" / "what-matters.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["figure"].startswith("headline: ")]
    total = dict.fromkeys((row["input"] for row in rows), 0.0)
    for row in rows:
        total[row["input"]] = max(total[row["input"]], float(row["total"]))
    first = [path for path in total if total[path] >= 0.05 and not re.search(r"^margins\.|cut$", path)]
    first.sort(key=lambda path: -total[path])
    found = [next((pattern for pattern in MATTER if re.fullmatch(pattern, path)), path) for path in first]
    assert list(dict.fromkeys(found)) == list(MATTER)


def test_nothing_is_cut_off_in_print() -> None:
    """Long digests are broken, wide tables do not scroll, rows and figures stay whole, and screen controls are hidden."""
    text = files("nhstransit.report").joinpath("templates", "page.html").read_text("utf-8")
    paper = text.split("@media print {")[1].split("\n}")[0]
    assert "@page { margin: 16mm 14mm; }" in text
    assert ".wide { overflow: visible; }" in paper and ".digest { overflow-wrap: anywhere;" in text
    assert "max-height: 225mm" in paper and "figure, tr, caption, .whole { break-inside: avoid; }" in paper
    assert re.search(r"nav, \.skip, \.download, details, footer \{ display: none; \}", paper)


def test_text_in_figures_has_enough_contrast(page: str) -> None:
    """Each text colour has a contrast of at least 4.5 with white."""
    colours = Reader(page).colours
    assert len(colours) >= 3
    assert {colour: contrast(colour) for colour in colours if contrast(colour) < LEAST_CONTRAST} == {}


def test_contrast_follows_the_guidelines() -> None:
    """Black on white, a grey that is known to pass, and a yellow that is darkened until it passes."""
    assert contrast("#000000") == pytest.approx(21.0)
    assert contrast("#767676") == pytest.approx(4.54, abs=0.005)
    assert contrast("#E69F00") < LEAST_CONTRAST <= contrast(readable("#E69F00"))
    assert readable("#222222") == "#222222"


def test_every_figure_has_a_title_a_text_alternative_and_data(whole: Report) -> None:
    """The title states a finding, and the text alternative contains numbers."""
    for picture in whole.document.pictures:
        assert len(picture.title) > 20 and len(picture.data)
        assert re.search(r"\d", picture.alt) and picture.title.split(",")[0] in picture.alt


def evil(text: str) -> Document:
    """A document in which every text, including that of its figure, is this one."""
    ax = nt.plots.tornado(
        tables.frame({"assumption": [text], "low": [-1.0], "high": [2.0]}, index="assumption"), what=text
    )
    section = Section(heading=text, sentences=(text,), columns=(text, "b"), rows=((text, "1"),))
    part = Part(heading=text, sections=(section,), pictures=(Picture.of("tornado", ax),))
    return Document(title=text, about=text, status=(text,), parts=(part,))


@pytest.mark.thorough
def test_markup_in_names_of_a_scenario_is_shown_as_text(tmp_path: Path) -> None:
    """This includes organisations, regions, functions, the title and the description."""
    staff = [person(number, employer=f"A {EVIL}") for number in range(1, 13)]
    world = small_world(*staff, bodies=(body(f"A {EVIL}", region=f"B {EVIL}"), body("Old", region="Dale")))
    world = attrs.evolve(world, title=f"C {EVIL}", about=f"D {EVIL}")
    report = nt.report(nt.simulate(world, seed=1), real=False)
    made = as_html(report.document)
    for name in "CD":
        assert f"{name} &lt;script&gt;" in made, name
    assert "<script" not in made and not read(made).all("script")
    assert re.search(r"(?<!\\)<script", as_markdown(report.document)) is None
    book = openpyxl.load_workbook(report.save(tmp_path / "brief.xlsx"))
    assert f"C {EVIL}" in str(book["Cover"]["A1"].value)
    people = attrs.evolve(world.workforce, functions=(EVIL, "nursing"))
    run = nt.simulate(attrs.evolve(world, functions=(EVIL, "nursing"), staff=people), seed=1)
    made = as_html(nt.report(run, real=False).document)
    assert "<script" not in made and "&lt;script" in made and not read(made).all("script")


def test_markup_in_any_text_of_a_document_is_shown_as_text() -> None:
    """A script is shown in the page, in figures and in Markdown, and never executed."""
    document = evil(EVIL)
    made = as_html(document)
    assert "<script" not in made and made.count("&lt;script&gt;") > 10
    assert "script" not in Reader(made).tags
    assert re.search(r"(?<!\\)<script", as_markdown(document)) is None


def test_quotation_marks_do_not_end_an_attribute() -> None:
    """A title with a quotation mark adds no attribute."""
    read = Reader(as_html(evil('x" onclick="alert(1)')))
    assert "section" in read.tags


@pytest.mark.thorough
def test_a_workbook_has_one_plain_table_per_sheet(whole: Report, tmp_path: Path) -> None:
    """It has a cover and contents. Each sheet has a title in A1, complete headers, and no merged or empty cell."""
    book = openpyxl.load_workbook(whole.save(tmp_path / "brief.xlsx"))
    tables = [sheet for sheet in book if sheet.title not in ("Cover", "Contents")]
    assert book.sheetnames[:2] == ["Cover", "Contents"] and len(tables) > 15
    for sheet in tables:
        assert sheet["A1"].value and not sheet.merged_cells.ranges
        (table,) = sheet.tables.values()
        assert all(cell.value not in (None, "") for row in sheet[table.ref] for cell in row)
    assert "300" in {str(cell.value) for row in book[tables[0].title].iter_rows() for cell in row}


def test_a_workbook_contains_no_formula(tmp_path: Path) -> None:
    """Text that begins like a formula stays text."""
    write_workbook(evil("=1+1"), tmp_path / "brief.xlsx")
    book = openpyxl.load_workbook(tmp_path / "brief.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert any("=1+1" in str(cell.value) for cell in cells)
    links = [cell for cell in cells if cell.data_type == "f" and not str(cell.value).startswith("=HYPERLINK(")]
    assert links == []


def test_small_counts_of_real_staff_are_hidden(hamlet: nt.Run) -> None:
    """Counts below five are hidden, other counts are multiples of five, and there are no figures."""
    document = nt.report(hamlet, real=True).document
    assert document.real and not document.pictures
    cells = [
        cell for part in document.parts[:2] for section in part.sections for row in section.rows for cell in row[1:]
    ]
    assert "[c]" in cells
    assert all(cell == "[c]" or int(cell.replace(",", "")) % 5 == 0 for cell in cells)
    assert "122" not in as_markdown(document).split("## How it was made")[0]


def test_other_suffixes_are_refused_before_the_report_is_made(hamlet: nt.Run, tmp_path: Path) -> None:
    """The error lists the possible suffixes. In a missing folder nothing is written."""
    with pytest.raises(InputError, match=r"\.html, \.xlsx, \.md"):
        nt.report(hamlet).save(tmp_path / "brief.docx")
    with pytest.raises(RunError, match="cannot be written"):
        nt.report(hamlet, real=True).save(tmp_path / "none" / "brief.md")
    with pytest.raises(InputError, match="give a run"):
        nt.report("hamlet")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="not the report of a study"):
        nt.report(hamlet, baseline="a")
    assert list(tmp_path.iterdir()) == []


def test_report_stays_a_function_after_its_package_is_imported(hamlet: nt.Run) -> None:
    import nhstransit.report.verb

    assert nhstransit.report is nt.report and nhstransit.report.verb.report
    assert nhstransit.report(hamlet, real=True).document.title == "A hamlet in transition"


def test_a_run_without_people_has_a_report() -> None:
    assert "<h2" in as_html(nt.report(empty_run(), real=False).document)


def test_the_sentence_on_net_present_value_depends_on_its_sign() -> None:
    """It breaks even if exits cost more, if they cost less, or never."""
    worth = nt.measure(hamlet_without("mars")).present_values

    def with_exits(cost: float, value: float) -> str:
        table = worth.copy()
        table["exchequer"] = 0.0
        table.loc["severance", "exchequer"] = -cost
        table.loc["total simulated", "exchequer"] = value
        return worth_told(table, 10)[1]

    assert "cost 50% more" in with_exits(100.0, 50.0)
    assert "would have to cost 25% less" in with_exits(100.0, -25.0)
    assert "would not break even" in with_exits(100.0, -150.0)


def test_entered_costs_are_named_with_the_net_present_value() -> None:
    """They are not part of the value, so readers must see how large they are."""
    worth = nt.measure(hamlet_run()).present_values
    assert not any("entered" in sentence for sentence in worth_told(worth, 10))
    worth.loc["total entered", "exchequer"] = -1_500_000.0
    sentence = worth_told(worth, 10)[1]
    both = worth.loc["total simulated", "exchequer"] - 1_500_000.0
    assert sentence == (
        "This leaves out lines that the scenario's author entered and that are not simulated: −£1.5m in all. With them it "
        f"is {pounds(both)} to the Exchequer."
    )


@pytest.mark.thorough
def test_stored_intervals_are_shown_with_their_sources(hamlet: nt.Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sources of spread are inputs, chance and model error, and their shares add up to 100%."""
    numbers = {field.name: float("nan") for field in attrs.fields(KeptInterval) if field.type == "float"}
    numbers |= {"low_90": 1_500_000.0, "high_90": 3_100_000.0, "by_parameter": 300_000.0, "by_chance": 400_000.0}
    kept = {"exit cost": KeptInterval(name="exit cost", role="headline", block="", runs=50, **numbers)}
    for name in ("story", "run_document"):
        monkeypatch.setattr(sys.modules[f"nhstransit.report.{name}"], "intervals_of", lambda run: kept)
    parts = {part.heading: part for part in nt.report(hamlet).document.parts}
    (five,) = parts["Five numbers"].sections
    assert five.columns[-1] == "90% interval" and five.rows[3][-1] == "£1.5m to £3.1m" and five.rows[1][-1] == ""
    source = next(one for one in parts["How sure"].sections if one.heading == "Where the spread comes from")
    assert source.rows == (("cost of paying people to go", "±£300,000 (36%)", "±£400,000 (64%)", "±£0 (0%)"),)
    assert "A single run cannot show" not in parts["How sure"].sections[0].text
