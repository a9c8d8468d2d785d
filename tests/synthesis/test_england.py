"""The bundled staff of England: margins, sizes, sources, and the tables for a board."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import pytest

from nhstransit import england as published
from nhstransit.dates import complete_years, epoch_day
from nhstransit.law import Law
from nhstransit.measures.flows import opening_tables, pay_bill_beside
from nhstransit.synthesis import (
    StaffSynthesis,
    assumed,
    england,
    load_margins,
    load_published,
    margin_report,
    parents,
    provenance,
    provenance_frame,
)
from nhstransit.synthesis.parents import UNSURE, bibliography
from nhstransit.synthesis.staff import MARGINS, START
from tests.shared import opened_england

ROOT = Path(__file__).parents[2]
ON = epoch_day(START)


def test_the_staff_of_england_meet_every_margin() -> None:
    """Each category of a one-way margin is met within one person, and of a two-way margin within 1.02 people."""
    report = margin_report(load_margins(MARGINS), opened_england().staff, ON)
    assert report.worst(1) < 1
    assert report.worst(2) < 1.02
    assert "worst gap" in repr(report) and len(report.frame()) == len(report.lines)


def test_the_documentation_of_margins_is_up_to_date() -> None:
    """Generating docs/data/england-margins.md again changes nothing."""
    page = runpy.run_path(str(ROOT / "docs/data/england_margins.py"))["page"]()
    assert page == (ROOT / "docs/data/england-margins.md").read_text("utf-8")


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("base", "wte", "heads"), [("48300", 48_300, 54_900), ("53100", 53_100, 60_300), ("64200", 64_200, 73_000)]
)
def test_each_named_base_has_its_wte_and_people(base: str, wte: int, heads: int) -> None:
    """WTE agree to the nearest one, people within 0.5%."""
    people = england(base=base).staff
    assert people.wte.sum() == pytest.approx(wte, abs=1)
    assert len(people) == pytest.approx(heads, rel=0.005)


def test_each_kind_of_employer_has_its_share_of_wte() -> None:
    """44,600 WTE in PCTs, 3,700 in SHAs, 2,600 in the Department and 2,200 in arm's-length bodies, within 1.5%."""
    staff = opened_england().staff
    kinds = np.array([body.kind for body in opened_england().bodies])[staff.employer]
    for kind, wte in {"pct": 44_600, "sha": 3_700, "dh": 2_600, "alb": 2_200}.items():
        assert staff.wte[kinds == kind].sum() == pytest.approx(wte, rel=0.015)


def test_the_staff_have_the_intended_shares() -> None:
    """75% women, 18% clinicians, 35% aged 50 and over, 0.88 WTE per head, and basic pay near £33,400."""
    staff = opened_england().staff
    assert (staff.sex == 0).mean() == pytest.approx(0.75, abs=0.004)
    assert staff.clinician.mean() == pytest.approx(0.18, abs=0.006)
    assert (complete_years(staff.born, ON) >= 50).mean() == pytest.approx(0.35, abs=0.001)
    assert staff.wte.mean() == pytest.approx(0.88, abs=0.002)
    assert Law.bundled().annual_pay(staff.band, staff.point, ON).mean() / 100 == pytest.approx(33_400, rel=0.03)


def test_service_has_the_intended_distribution() -> None:
    """Mean service is 8.9 to 9.7 complete years, 18% to 20% have 15 or more, and nobody has more than age less 16."""
    staff = opened_england().staff
    age = complete_years(staff.born, ON)
    service = complete_years(staff.service_from, ON)
    assert 8.9 < service.mean() < 9.7
    assert 0.18 < (service >= 15).mean() < 0.2
    assert (service <= age - 16).all()


def test_seniority_rises_with_service() -> None:
    """Mean service rises with every band from Band 2 to very senior managers."""
    staff = opened_england().staff
    service = complete_years(staff.service_from, ON)
    means = np.array([service[staff.band == band].mean() for band in range(1, 13)])
    assert (np.diff(means) > 0).all()


def test_each_employer_has_at_most_one_chief_executive() -> None:
    """Points 5 to 9 of very senior managers are chief executives; their pay depends on the number of residents."""
    staff = opened_england().staff
    chiefs = (staff.band == 12) & (staff.point >= 5)
    assert np.bincount(staff.employer[chiefs]).max() == 1
    residents = np.array([body.population for body in opened_england().bodies])[staff.employer[chiefs]]
    by_size = staff.point[chiefs][np.argsort(residents, kind="stable")].astype(int)
    served = by_size[(residents == 0).sum() :]
    assert (np.diff(served) >= 0).all() and len(set(served.tolist())) > 2
    assert (by_size[: (residents == 0).sum()] == 9).all()


@pytest.mark.thorough
def test_adding_community_staff_changes_nobody_else() -> None:
    """With the 200,000 staff of provider arms, the other staff are the same people with the same employers."""
    staff = opened_england().staff
    both = england(community=True)
    first = both.staff.staff < 1_000_000
    assert (~first).sum() == 200_000
    assert (both.staff.skill[first] == staff.skill).all()
    names = np.array(both.staff.employers)[both.staff.employer[first]]
    assert (names == np.array(staff.employers)[staff.employer]).all()
    arms = [body for body in both.bodies if body.kind == "pct-provider"]
    assert len(arms) == 151 and all(len(arm.successors) == 1 for arm in arms)


def test_a_file_beside_the_scenario_replaces_the_bundled_file(tmp_path: Path) -> None:
    """The file has the same name as the bundled one."""
    (tmp_path / "england").mkdir()
    text = (
        (ROOT / "nhstransit/data" / MARGINS)
        .read_text("utf-8")
        .replace("pct = 44600, sha = 3700", "pct = 4460, sha = 370")
    )
    (tmp_path / MARGINS).write_text(text, "utf-8")
    spec = StaffSynthesis(margins=MARGINS, base="53100")
    people = spec.workforce(
        opened_england().bodies, opened_england().functions, staff_seed=1, on=START, folder=tmp_path
    )
    assert people.wte.sum() == pytest.approx(4_460 + 370 + 2_600 + 2_200, abs=1)


def test_the_pay_bill_is_compared_with_the_published_cost() -> None:
    """PCT staff cost about a tenth less than the published £1.93bn. The table states the gap."""
    total = load_published().total[0]
    table = pay_bill_beside(
        opened_england().staff, opened_england().bodies, ON, kind=total.kind, published_pounds=total.pounds
    )
    assert table.loc["synthetic", "million_pounds"] - 1_930 == pytest.approx(table.loc["gap", "million_pounds"])
    assert -0.15 < table.loc["gap", "share_of_published"] < -0.07


def test_the_tables_for_a_board_add_up() -> None:
    """Kinds, regions, functions and bands each sum to all staff in people, WTE and pounds.

    Ages by service sum to all people.
    """
    staff = opened_england().staff
    tables = opening_tables(staff, opened_england().bodies, ON)
    for table in (tables.by_kind, tables.by_region, tables.by_function, tables.by_band):
        body = table.iloc[:-1, :4].sum()
        last = table.iloc[-1, :4]
        assert body.to_numpy() == pytest.approx(last.to_numpy())
        assert last["people"] == len(staff) and last["wte"] == pytest.approx(53_100, abs=1)
    assert tables.ages_by_service.to_numpy().sum() == len(staff)
    law = Law.bundled()
    by_hand = (
        law.employer_cost(
            law.annual_pay(staff.band, staff.point, ON),
            staff.wte,
            ON,
        ).sum()
        / 1e8
    )
    assert (
        by_hand < tables.by_band.loc["all", "cost_million"] < 1.03 * by_hand
    )  # the table includes London's supplement
    assert tables.by_band.loc["VSM", "women"] == pytest.approx(0.45, abs=0.002)


def test_every_bundled_number_has_a_source() -> None:
    """Each has a value, a grade, and a source with title, publisher and date.

    An assumption also has a range or a note.
    """
    assert {"parameters", MARGINS} < {number.file for number in provenance()}
    for number in provenance():
        assert number.what and number.value and number.quality and number.sources, number
        assert all(source.title and source.publisher and source.date for source in number.sources)
        assert number.quality != "assumption" or number.range or number.note, number
    assert len(provenance_frame(provenance())) >= len(provenance())


def test_grades_are_no_better_than_their_sources() -> None:
    """A number from the project's own choice is an assumption.

    A number from recollection alone is graded as recalled or worse.
    """
    for number in provenance():
        books = {source.id for source in number.sources}
        if number.file != "parameters" and "project" in books:
            assert number.quality == "assumption", number
        if books <= {"recalled", "recalled-nhs"}:
            assert number.quality in UNSURE, number


def test_every_source_in_the_bibliography_is_used() -> None:
    """The numbers include published outcomes."""
    figures = (*published.provenance(), *published.provenance(published.outcomes_2025()))
    used = {source.id for number in (*provenance(), *figures) for source in number.sources}
    assert set(bibliography()) == used


def test_an_unknown_source_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error contains the file, the number and the source."""
    books = {name: source for name, source in parents.bibliography().items() if name != "unite-transfers"}
    monkeypatch.setattr(parents, "bibliography", lambda: books)
    with pytest.raises(
        parents.FormatError,
        match=r"bridge-2010-13\.toml: transferred, April 2013: sources: has the unknown name 'unite-",
    ):
        parents.provenance()


def test_every_margin_of_england_is_reported_as_an_assumption() -> None:
    """Bases, margins, tilts, odds and draws were not published."""
    margins = load_margins(MARGINS)
    names = {known.what for known in assumed(margins)}
    assert {f"margin of {margin.name}" for margin in margins.margin} <= names
    assert {"base 53100", "latents", "draws"} <= names


def test_staff_are_assigned_to_employers_at_random() -> None:
    """Within a function and band, mean ages vary between employers as at random.

    Hours and service do not depend on the employer.
    """
    staff = opened_england().staff
    age = (ON - staff.born) / 365.25
    cell = staff.function.astype(int) * 13 + staff.band
    within_cell = age - (np.bincount(cell, age) / np.maximum(np.bincount(cell), 1))[cell]
    heads = np.bincount(staff.employer)
    here = heads > 0
    means = np.bincount(staff.employer, within_cell)[here] / heads[here]
    spread = (means**2 * heads[here]).mean() / within_cell.var()
    assert 0.75 < spread < 1.3
    for column in (staff.wte, staff.service_from, within_cell):
        assert abs(np.corrcoef(staff.employer, column)[0, 1]) < 0.02
