"""The requirements of WCAG 2.2 AA on pages that can be computed, and the accessibility of the workbook."""

from __future__ import annotations

import re
import tempfile
from itertools import pairwise
from pathlib import Path

import attrs
import openpyxl
import pytest

import nhstransit as nt
from nhstransit.plots.contrast import LEAST_CONTRAST, contrast
from nhstransit.report.document import as_markdown
from nhstransit.report.page import as_html
from nhstransit.report.verb import Report
from nhstransit.toml import Named
from tests.comparison.planted import pays, restless, with_policy
from tests.england.made_validation import made
from tests.report.reading import Element, read, rules
from tests.small import body

EVIL = "<script>alert(1)</script>"
LEAST_TARGET = 24.0  # pixels, success criterion 2.5.8
NARROW = 320.0  # pixels, success criterion 1.4.10


def world(**facts: object) -> nt.Scenario:
    """Thirty people, of whom half leave within a year, and a scheme that pays eight people to leave."""
    return with_policy(restless(30, **facts), "mars-planted", pays(range(8)))


def of_a_run() -> Report:
    """The report of one run."""
    return nt.report(nt.simulate(world(), seed=1), real=False)


def of_a_comparison() -> Report:
    """The report of ten pairs of runs."""
    runs, baselines = ([nt.simulate(one, seed=seed) for seed in range(10)] for one in (world(), restless(30)))
    return nt.report(nt.compare(runs, baseline=baselines), real=False)


def of_a_study() -> Report:
    """The report of two scenarios with ten runs each."""
    base = restless(30)
    worlds = {"as is": base, "slower": base.having("behaviour.departures.resign", 0.1)}
    with tempfile.TemporaryDirectory() as folder:
        study = nt.sweep(worlds, replications=10, seed=1, store=Path(folder) / "s.db", progress=False)
        report = nt.report(study, real=False)
        assert report.document.parts
    return report


def of_a_validation() -> Report:
    """The report of a validation in which the model misses its one figure by far."""
    return nt.report(made(1.0, 0.1))


LONG = pytest.mark.thorough  # many runs and many figures
KINDS = (
    of_a_run,
    pytest.param(of_a_comparison, marks=LONG),
    pytest.param(of_a_study, marks=LONG),
    pytest.param(of_a_validation, marks=LONG),
)


@pytest.fixture(scope="module", params=KINDS)
def report(request: pytest.FixtureRequest) -> Report:
    """Each report in turn."""
    found: Report = request.param()
    return found


@pytest.fixture(scope="module")
def page(report: Report) -> str:
    """The page of each report."""
    return as_html(report.document)


def name_of(element: Element, root: Element) -> str:
    """The accessible name of an element: its label, the element that labels it, or its text."""
    if "aria-label" in element.facts:
        return element.facts["aria-label"]
    by = element.facts.get("aria-labelledby")
    if by:
        return next(one.text() for one in root.all() if one.facts.get("id") == by)
    return element.text()


def test_a_page_has_a_language_a_title_and_one_main_part(page: str) -> None:
    """3.1.1, 2.4.2, 2.4.1: the first link leads to the main part."""
    root = read(page)
    (html,) = root.all("html")
    assert html.facts["lang"] == "en-GB"
    (title,) = [one for one in root.all("title") if one.within("svg") is None]
    (heading,) = root.all("h1")
    assert title.text() == heading.text()
    (main,) = root.all("main")
    assert root.all("a")[0].facts["href"] == f"#{main.facts['id']}"


def test_no_level_of_headings_is_skipped(page: str) -> None:
    """1.3.1: no heading is empty."""
    levels = [(int(one.tag[1]), one.text()) for one in read(page).all("h1", "h2", "h3", "h4")]
    assert levels[0][0] == 1 and all(text for _, text in levels)
    assert all(after[0] <= before[0] + 1 for before, after in pairwise(levels))


def test_tables_have_captions_and_headers_with_scope(page: str) -> None:
    """1.3.1: a caption, a header for each column, a header for each row, as many cells in every row."""
    tables = read(page).all("table")
    assert tables
    for table in tables:
        (caption,) = table.all("caption")
        assert caption.text()
        head, *rows = table.all("tr")
        assert all(one.tag == "th" and one.facts["scope"] == "col" and one.text() for one in head.all("th", "td"))
        for row in rows:
            first, *others = row.all("th", "td")
            assert (first.tag, first.facts["scope"]) == ("th", "row")
            assert len(others) + 1 == len(head.all("th")) and all(one.tag == "td" for one in others)


def test_figures_have_a_text_alternative_with_numbers(page: str) -> None:
    """1.1.1: every drawing is one image whose name contains numbers, and the same text is below it."""
    root = read(page)
    drawings = root.all("svg")
    assert drawings
    for drawing in drawings:
        holder = drawing.parent
        assert holder is not None and holder.facts["role"] == "img"
        alt = holder.facts["aria-label"]
        figure = drawing.within("figure")
        assert figure is not None
        assert re.search(r"\d", alt) and alt in figure.text()


def test_links_with_different_targets_have_different_names(page: str) -> None:
    """2.4.4, 4.1.2: every element that can have the focus has a name and a role."""
    root = read(page)
    links = [(name_of(one, root), one.facts["href"]) for one in root.all("a")]
    assert all(name for name, _ in links)
    assert len({name for name, _ in links}) == len({to for _, to in links})
    for one in root.all():
        if "tabindex" in one.facts:
            assert one.facts["tabindex"] == "0" and one.facts["role"] in ("region", "img") and one.facts["aria-label"]
    regions = [name_of(one, root) for one in root.all() if one.facts.get("role") == "region"]
    assert len(regions) == len(set(regions))


def test_text_has_enough_contrast(page: str) -> None:
    """1.4.3: each text colour on each background that it may have, and all text of figures on white."""
    style = rules(page)
    ink = style["body"]["color"]
    grounds = {"#ffffff", style[".status"]["background"], style["a:focus"]["background"]}
    assert all(contrast(ink, ground) >= LEAST_CONTRAST for ground in grounds)
    assert contrast(style["a"]["color"], style["body"]["background"]) >= LEAST_CONTRAST
    used = {
        colour
        for one in read(page).all("text")
        for colour in re.findall(r"fill: (#[0-9a-f]{6})", one.facts.get("style", ""))
    }
    assert used and {colour for colour in used if contrast(colour) < LEAST_CONTRAST} == set()


def test_only_figures_and_tables_may_be_wider_than_a_phone(page: str) -> None:
    """1.4.10: no width is over 320 pixels, except in a box that scrolls by itself and by keyboard."""
    style = rules(page)
    for selector, declarations in style.items():
        for name in ("width", "min-width"):
            if declarations.get(name, "").endswith("rem"):
                assert float(declarations[name].removesuffix("rem")) * 16 <= NARROW or selector == "figure svg", (
                    selector
                )
    assert style[".wide"]["overflow-x"] == "auto"
    for one in read(page).all("svg", "table"):
        assert one.parent is not None and "wide" in one.parent.classes()
        assert one.parent.facts["tabindex"] == "0"


def test_targets_are_large_enough(page: str) -> None:
    """2.5.8: a line of text with its padding is at least 24 pixels high."""
    style = rules(page)
    size, height = re.findall(r"([\d.]+)rem/([\d.]+)", style["body"]["font"])[0]
    assert 16 * float(size) * float(height) >= LEAST_TARGET
    assert style["a:focus"]["outline"].startswith("3px solid")


@pytest.mark.thorough
def test_names_with_markup_are_shown_as_text(tmp_path: Path) -> None:
    """Title, description, policy, organisation and region are shown unchanged in page, Markdown and workbook."""
    evil = attrs.evolve(
        world(bodies=[body("Old", region=EVIL)]),
        title=EVIL,
        about=f"About {EVIL}",
        titles=Named({"mars-planted": EVIL}),
    )
    run = nt.simulate(evil, seed=1)
    other = nt.simulate(evil.without("mars-planted"), seed=1)
    both = nt.report(nt.compare(run, baseline=other), real=False)
    for one in (nt.report(run, real=False), both):
        text = as_html(one.document)
        assert "<script" not in text and "&lt;script&gt;" in text
        assert not read(text).all("script")
        assert re.search(r"(?<!\\)<script", as_markdown(one.document)) is None
    book = openpyxl.load_workbook(both.save(tmp_path / "evil.xlsx"))
    assert EVIL in str(book["Cover"]["A1"].value)


@pytest.mark.thorough
def test_a_workbook_meets_the_checklist(report: Report, tmp_path: Path) -> None:
    """The checklist is that of the Government Analysis Function.

    The contents link to each sheet. Each sheet has one marked table with different headers, without merged, empty or hidden
    cells and without pictures. Numbers are stored as numbers, and the document has a title.
    """
    book = openpyxl.load_workbook(report.save(tmp_path / "brief.xlsx"))
    assert book.properties.title == report.document.title
    assert book.sheetnames[:2] == ["Cover", "Contents"]
    names = book.sheetnames[2:]
    assert names and all(len(name) <= 31 for name in names)
    cells = [cell for row in book["Contents"].iter_rows() for cell in row]
    leads = {str(cell.hyperlink.location) for cell in cells if cell.hyperlink is not None}
    for name in names:
        assert f"'{name}'!A1" in leads, name
        sheet = book[name]
        assert sheet.sheet_state == "visible" and not sheet.merged_cells.ranges and not sheet._images
        assert isinstance(sheet["A1"].value, str) and sheet["A1"].value
        (table,) = sheet.tables.values()
        head, *rows = sheet[table.ref]
        titles = [str(cell.value) for cell in head]
        assert len(set(titles)) == len(titles) and all(titles)
        assert rows and all(cell.value not in (None, "") for row in rows for cell in row)
        plain = [cell.value for row in rows for cell in row if re.fullmatch(r"-?\d+(\.\d+)?", str(cell.value))]
        if name.startswith("Figure"):
            assert all(isinstance(value, int | float) for value in plain)


def test_a_validation_page_names_the_figures_that_the_model_misses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The figure is named in words, with readable numbers."""
    monkeypatch.setattr("nhstransit.plots.svg", lambda axes, name: "<svg></svg>")
    text = as_markdown(of_a_validation().document)
    assert "Over 5 runs, the model misses 1 of 1 published figures that can be compared." in text
    missed, met = text.split("## Where the model misses")[1].split("## Where the model does not miss")
    assert "| redundancies-total, WTE | 1 | 67 |" in missed
    assert "Met: none." in met and "| miss | the model's mean is further from the published figure" in text
    assert "e+0" not in text


@LONG
def test_a_validation_page_says_when_the_model_misses_no_figure() -> None:
    """Here the published figure equals the run's."""
    simulated = float(made(1.0, 0.1).table.loc["redundancies-total", "simulated"])
    other = as_markdown(nt.report(made(simulated, 0.1)).document)
    assert "It misses none of 1 published figures" in other and "Missed: none." in other
