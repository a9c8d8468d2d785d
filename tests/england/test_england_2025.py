"""England 2025-28: margins, timeline, allowances and posts, levers, the brief, and the sealed forecast."""

from __future__ import annotations

import csv
import datetime as dt
import importlib.util
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pytest
from small_england_2025 import REGIONS_2025, england_2025, small_england_2025

import nhstransit
from nhstransit import toml
from nhstransit.choice.benchmark import read_set
from nhstransit.engine.simulate import simulate
from nhstransit.england import outcomes_2025, outcomes_for
from nhstransit.england.foresight import Foresight, load_foresight, read_card, save_card
from nhstransit.errors import CalibrationError
from nhstransit.log import Kind
from nhstransit.measures import measure
from nhstransit.measures.reorganisation import UNITS, months_under_threat, reduction, reorganisation
from nhstransit.report import beside, write_results
from nhstransit.run import Run
from nhstransit.scenario import load_scenario, names_in
from nhstransit.scenario.explain import explain
from nhstransit.scenario.levers import every_lever
from nhstransit.studies.content import scenario_content
from nhstransit.studies.study_file import bundled_studies, read_study
from tests.england import made_levers

ROOT = Path(nhstransit.__file__).parent


@cache
def run() -> Run:
    """A run of the boards of the South East with 250 of their people."""
    return simulate(small_england_2025("South East", 250, 4), seed=4)


def test_42_boards_have_the_headcount_of_the_payroll() -> None:
    """There are 25,339 people and, within 0.1%, 22,814 FTE in 42 boards, and 50,497 people in all."""
    england = england_2025()
    staff = england_2025().workforce
    boards = england.roster.of_kinds(("icb",))
    in_boards = boards[staff.employer]
    assert len(np.unique(staff.employer[in_boards])) == 42 and int(in_boards.sum()) == 25_339
    assert staff.wte_hundredths[in_boards].sum() / 100 == pytest.approx(22_814, rel=1e-3)
    manchester = england.roster.names.index("Greater Manchester")
    assert int((staff.employer == manchester).sum()) == 1_644 and len(staff) == 50_497


def test_42_boards_become_36_in_april_2026_and_26_a_year_later() -> None:
    """In the last year, all clusters have merged."""

    def open_boards(day: dt.date) -> int:
        boards = [body for body in england_2025().organisations if body.kind == "icb"]
        return sum((b.opens or dt.date.min) <= day <= (b.closes or dt.date.max) for b in boards)

    assert [open_boards(dt.date(year, 4, 2)) for year in (2025, 2026, 2027)] == [42, 36, 26]


def test_nhs_england_and_support_units_close_on_their_day() -> None:
    """Eight parts of NHS England and four support units close on 31 March 2027, or six months later in the variant."""
    for name, closes, first in (
        ("england-2025", dt.date(2027, 3, 31), dt.date(2027, 4, 1)),
        ("england-2025-late-abolition", dt.date(2027, 9, 30), dt.date(2027, 10, 1)),
    ):
        world = england_2025() if name == "england-2025" else load_scenario(name)
        kinds = {kind: [body for body in world.organisations if body.kind == kind] for kind in ("nhs-england", "csu")}
        assert [len(bodies) for bodies in kinds.values()] == [8, 4]
        assert {body.closes for bodies in kinds.values() for body in bodies} == {closes}
        assert {body.region for body in kinds["nhs-england"]} == {*REGIONS_2025, "England"}
        assert world.policies["abolition"].starts == first
        assert [body.name for body in world.organisations if body.kind == "dhsc" and not body.opens]


def test_boards_of_a_cluster_are_in_one_region_and_have_successors() -> None:
    """A board that closes has boards as successors."""
    boards = [body for body in england_2025().organisations if body.kind == "icb" and body.cluster and not body.opens]
    together: dict[str, set[tuple[str, ...]]] = {}
    for body in boards:
        together.setdefault(body.cluster, set()).add((body.region,))
    assert len(boards) >= 20 and all(len(regions) == 1 for regions in together.values())
    by_name = {body.name: body for body in england_2025().organisations}
    for body in boards:
        heirs = [by_name[name] for name in body.successors]
        assert not body.closes or (heirs and all(heir.kind == "icb" for heir in heirs)), body.name


def test_the_explanation_has_every_event_of_the_timeline() -> None:
    """Each event is on its day with its grade, and the policies that implement it exist."""
    world = small_england_2025("South West", 60, 1)
    entries = [(one.date, one.heading, one.sentences[0]) for one in explain(world).tellings]
    assert len(world.dated) == 42
    for name, event in world.dated.items():
        sentences = [first for day, heading, first in entries if (day, heading) == (event.on, name)]
        assert any(event.what in first and event.quality in first for first in sentences), name
        assert set(event.played) <= set(england_2025().policies), name


def test_a_higher_allowance_removes_no_more_posts_in_any_board() -> None:
    """At £25 a head instead of £18.76, fewer people are paid to leave, and at least three boards lose fewer posts."""
    low = run()
    world = low.scenario
    for name in ("vr-boards", "second-round", "compulsory"):
        world = world.having(f"policies.{name}.path.1.target", 25.0)
    high = simulate(world, seed=4)
    frames = [reduction(one, by="employer") for one in (low, high)]
    paid = [frame["volunteers"].sum() + frame["compulsory"].sum() for frame in frames]
    assert paid[1] < paid[0]
    boards = [name for name, body in zip(world.roster.names, world.organisations, strict=True) if body.kind == "icb"]
    lost = [frame["deleted_with_exit"] + frame["deleted_empty"] for frame in frames]
    shared = [name for name in boards if name in lost[0].index and name in lost[1].index]
    low_lost, high_lost = (one.loc[shared] for one in lost)
    assert (high_lost <= low_lost).all() and (high_lost < low_lost).sum() >= 3


@pytest.mark.thorough
def test_more_people_move_to_providers_if_more_work_moves() -> None:
    """The shares of the boards' work that moves are 0%, 10% and 20%."""
    moved = []
    for share in (0.0, 0.1, 0.2):
        world = small_england_2025("South East", 900, 4).having("policies.to-providers.share", share)
        log = simulate(world, seed=4).log
        moved.append(int((log.of(Kind.APPOINTED).rule == world.rules["to-providers"]).sum()))
    assert moved[0] == 0 < moved[1] < moved[2]


def test_routes_of_reduction_add_up() -> None:
    """In every group, start plus inflows less outflows equals the end, in heads and in whole-time equivalents."""
    for by in ("kind", "employer", "region", "all"):
        for wte in (False, True):
            table = reduction(run(), by=by, wte=wte)  # type: ignore[arg-type]
            inflow = table["start"] + table["arrived"] + table["moved_in"]
            left = table["attrition"] + table["volunteers"] + table["compulsory"] + table["moved_out"]
            assert np.allclose(inflow - left, table["end"])
    whole = reduction(run(), by="all").iloc[0]
    assert whole["moved_in"] == whole["moved_out"] > 0 and whole["deleted_empty"] > 0


def test_figures_of_the_reorganisation_have_units_and_agree_with_the_log() -> None:
    """Exits by route sum to all departures, and months under threat are at most all months in post."""
    found = reorganisation(run())
    named = {name for name in found if " in 20" not in name}
    assert named == set(UNITS)
    routes = sum(found[f"exits: {route}"] for route in ("volunteers", "compulsory", "unpaid"))
    assert routes == len(run().log.of(Kind.DEPARTED))
    assert 0 < months_under_threat(run()) < 250 * 36


LEVERS = {
    "policies.clustering.on": False,
    "policies.retention.cap": 0.3,
    "policies.vr-boards.on": False,
    "policies.second-round.on": False,
    "policies.compulsory.on": False,
    "policies.to-providers.share": 0.6,
    "policies.hiring.refill": 0.9,
    "law.section16@2015-04-01.salary_cap": 30_000,
    "law.section16@2015-04-01.most_months": 3,
    "law.afc_assumed_award": 0.0,
    "law.clawback_vr_2025.all_staff": 60,
    "behaviour.better_offer.belief": 1.0,
}


@pytest.mark.thorough
@pytest.mark.parametrize("path", LEVERS)
def test_every_lever_changes_some_event(path: str) -> None:
    """Changing a lever of the brief changes the log of one region's boards."""
    world = small_england_2025("South East", 900, 4)
    before = simulate(world, seed=4)
    after = simulate(world.having(path, LEVERS[path]), seed=4)
    assert before.log.tuples() != after.log.tuples()


DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.thorough
def test_each_lever_of_the_set_of_variants_changes_an_event() -> None:
    """Every setting of a variant changes the log of one region's boards."""
    world = small_england_2025("South East", 900, 4)
    before = simulate(world, seed=4).log.tuples()
    without_effect = []
    for variant in read_set("england-2025")[1].variants:
        for path, value in variant.having.items():
            root, name = names_in(path)[:2]
            here = (
                name in world.policies if root == "policies" else name != "section16_vsm"
            )  # the sample has no very senior managers
            if here and simulate(world.having(path, value), seed=4).log.tuples() == before:
                without_effect.append((path, value))
    too_few = {
        ("law.clawback_vr_2025.vsm", 0),
        ("policies.to-regions.share", 0.2),
    }  # people in the sample whom it affects
    assert set(without_effect) <= too_few


def test_the_table_of_levers_has_every_lever_and_a_reason_if_it_has_no_effect() -> None:
    """Each lever is in it once. `python -m tests.england.made_levers` adds missing levers."""
    table = made_levers.stored_rows()
    assert list(table) == [(lever.path, str(lever.value)) for lever in every_lever(england_2025())]
    for path, row in zip((path for path, _ in table), table.values(), strict=True):
        if row["seen_in"] == made_levers.NOTHING:
            assert row["reason"] == made_levers.why(path) != "", path
        if row["seen_in"] == made_levers.REFUSED:
            assert row["reason"], path
        if row["seen_in"] in (made_levers.EVENTS, made_levers.STAFF):
            assert row["moved_to"] != row["value"] and not row["reason"], path
    seen = [row["seen_in"] for row in table.values()]
    assert seen.count(made_levers.EVENTS) > 400 and seen.count(made_levers.STAFF) > 100


@pytest.mark.thorough
@pytest.mark.parametrize("part", range(40))
def test_every_lever_has_the_effect_in_the_table(part: int) -> None:
    """Each part has every fortieth lever, changed to the value in the table.

    If there was no effect, other values are tried again.
    """
    table = made_levers.stored_rows()
    other = []
    for lever in every_lever(england_2025())[part::40]:
        row = table[lever.path, str(lever.value)]
        if not made_levers.same_effect(lever, row):
            other.append(lever.path)
    assert not other


def _script() -> Any:
    spec = importlib.util.spec_from_file_location("make_england_2025", DOCS / "make_england_2025.py")
    assert spec and spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def test_the_brief_has_the_figures_of_the_stored_tables() -> None:
    """The page equals the output of its script, which checks statements about signs against the tables."""
    made = _script()
    assert made.PAGE.read_text("utf-8") == made.page()
    row = {"gap": "-1500000", "low": "-2000000", "high": "-1000000"}
    assert made.difference("one-off cost", row) == "the one-off cost falls by £1.5m (£1.0m to £2.0m)"
    assert (
        made.difference("exits: unpaid", row | {"high": "5"})
        == "the difference in people who leave unpaid may be due to chance"
    )
    with pytest.raises(SystemExit, match="guarantee: the reason claims a sign of 'exits: compulsory'"):
        made._bullet(
            "guarantee", {("guarantee", measure): {"gap": "1", "low": "1", "high": "1"} for measure in made.NOUNS}
        )


NUMBER = re.compile(r"(£?)(\d[\d,]*(?:\.\d+)?)(bn|m)?")
SCALES = {"": 1.0, "m": 1e6, "bn": 1e9}


def _stored() -> np.ndarray:
    """The absolute value of every number in the tables and the sealed card from which the brief is made."""
    found = [
        float(text)
        for name in ("gaps", "table", "months", "checks")
        for cell in (DOCS / "data" / f"england-2025-{name}.csv").read_text("utf-8").replace("(", ",").split(",")
        for text in re.findall(r"[-+]?\d+(?:\.\d+)?(?:e[-+]\d+)?", cell)
    ]
    for one in read_card().quantity:
        found += [one.middle, one.low, one.high]
    with (DOCS / "data" / "england-2025-table.csv").open(encoding="utf-8") as file:
        for row in csv.reader(file):
            for cell in row[1:]:
                found += [float(text.replace(",", "")) for text in re.findall(r"\d[\d,]*(?:\.\d+)?", cell)]
    return np.abs(np.array(found))


def test_each_number_of_the_brief_is_in_the_stored_tables() -> None:
    """Except for numbers in its fixed sentences, each is a stored number, rounded as printed."""
    made = _script()
    fixed_text = made.TEXT + made.WRONG + "".join(f"{title} {why}" for title, _, why, _ in made.VARIANTS.values())
    own = {found[0] for found in NUMBER.finditer(fixed_text)}
    body = made.PAGE.read_text("utf-8").split("## Which to choose")[0]
    body = re.sub(r"`[^`]*`", "", body)
    stored = _stored()
    missing = []
    seen = 0
    for found in NUMBER.finditer(body):
        if found[0] in own or re.match(r"20\d\d$", found[2]):
            continue
        digits = found[2].replace(",", "")
        scale = SCALES[found[3] or ""]
        if found[1] and digits.endswith("00"):  # pounds have three significant digits
            digits = digits[:-2]
            scale = 100.0
        units = (1e6, 1.0) if found[1] else (1.0, 100.0)
        seen += 1
        nearest = [stored[np.abs(stored * unit / scale - float(digits)).argmin()] * unit / scale for unit in units]
        if not any(_rounds_to(digits, one) for one in nearest):
            missing.append(found[0])
    assert seen > 400 and not missing


def _rounds_to(text: str, value: float) -> bool:
    """Whether a number that is stored with six digits can be printed as this text."""
    half = 0.5 * 10.0 ** -len(text.partition(".")[2])
    return abs(float(text) - value) <= half * 1.02 + 5e-6 * abs(value)


def test_the_table_of_the_brief_equals_the_stored_gaps() -> None:
    """Each difference and each end of its interval is equal to the printed digits."""
    with (DOCS / "data" / "england-2025-gaps.csv").open(encoding="utf-8") as file:
        gaps = {(row["scenario"], row["measure"]): row for row in csv.DictReader(file)}
    with (DOCS / "data" / "england-2025-table.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    compared = 0
    for row in rows:
        measure, _, unit = row["measure"].rpartition(" (")
        size = 1e6 if unit.startswith("£m") else 1.0
        for scenario in list(row)[2:]:
            kept = gaps[scenario, measure]
            texts = re.findall(r"[-+]?\d[\d,]*(?:\.\d+)?", row[scenario].replace(",", ""))
            names = ("gap", "low", "high")
            assert len(texts) in (0, 3) and (texts or not any(float(kept[name]) for name in names)), row["measure"]
            for text, name in zip(texts, names, strict=bool(texts)):
                assert _rounds_to(text, float(kept[name]) / size), (scenario, measure, name)
                compared += 1
        first = re.sub(",", "", row["england-2025"])
        base = float(next(iter(kept for (_, other), kept in gaps.items() if other == measure))["base"]) / size
        assert _rounds_to(first, base), measure
    assert compared > 250


def test_the_bundled_study_has_the_base_and_six_variants() -> None:
    """They share their staff, and each differs from the base in more than its name."""
    study = read_study(bundled_studies()["england-2025"])
    base, *others = study.scenarios.values()
    assert len(others) == 6
    assert len({scenario_content(world) for world in study.scenarios.values()}) == 7
    assert all(world.staff == base.staff for world in others)


def test_published_figures_depend_on_the_name_of_the_scenario() -> None:
    """They are the figures since 2025, or those of 2010 to 2013."""
    assert outcomes_for("england-2025-mars") is outcomes_2025()
    assert outcomes_for("england-2010") is not outcomes_2025()


# The forecast


def test_the_bundled_card_is_sealed_and_belongs_to_the_present_scenario(tmp_path: Path) -> None:
    """A changed card is refused when it is read and when it is written."""
    card = read_card()
    assert card.as_of == "2025-11-11" and card.scenario_sha256 == scenario_content(load_foresight().world())
    assert all(one.low <= one.middle <= one.high for one in card.quantity)
    save_card(card, tmp_path / "card.toml")
    text = (tmp_path / "card.toml").read_text("utf-8").replace("worlds = 24", "worlds = 25")
    (tmp_path / "changed.toml").write_text(text, "utf-8")
    with pytest.raises(CalibrationError, match="was changed after it was sealed"):
        read_card(tmp_path / "changed.toml")
    with pytest.raises(CalibrationError, match="not sealed"):
        save_card(attrs.evolve(card, worlds=3), tmp_path / "other.toml")


def test_a_forecast_based_on_a_later_fact_is_refused() -> None:
    """So is a forecast without a source."""
    foresight = load_foresight()
    late = attrs.evolve(foresight.unknown[0], rests_on=("vr-applications-snee",))
    with pytest.raises(CalibrationError, match="is later than 2025-11-11"):
        attrs.evolve(foresight, unknown=(late,))
    with pytest.raises(CalibrationError, match="has no source"):
        attrs.evolve(foresight, unknown=(attrs.evolve(late, rests_on=()),))
    with pytest.raises(CalibrationError, match="law_as_of = 2025-11-11"):
        attrs.evolve(foresight, of="england-2025").world()


def test_the_forecast_is_based_on_no_figure_for_validation() -> None:
    """No part or range of it uses an outcome for validation, or a later fact."""
    foresight = load_foresight()
    sources = {fact for ids in foresight.rests_on.values() for fact in ids} | {
        fact for one in foresight.unknown for fact in one.rests_on
    }
    held_out = {one.id for one in outcomes_2025().outcome if one.use == "validate"}
    assert len(held_out) >= 6 and len(sources) >= 20
    assert not sources & held_out and not sources & set(foresight.later)


SCRIPT = """
import sys, attrs
sys.path.insert(0, sys.argv[1])
from nhstransit.england.foresight import load_foresight, worlds_of
from nhstransit.studies.content import scenario_content
from nhstransit.engine.simulate import simulate
import nhstransit, hashlib, numpy as np
assert nhstransit.__file__.startswith(sys.argv[1]), nhstransit.__file__
told = load_foresight()
for name, world in worlds_of(told, 2, 7).items():
    law = [(e.parameter, e.since, getattr(e, "value", None)) for e in world.dated_law.parameters.entries()]
    print(name, scenario_content(world), hashlib.sha256(repr(law).encode()).hexdigest())
if len(sys.argv) > 2:
    run = simulate(world, seed=3)
    print(hashlib.sha256(np.array(run.log.tuples()).tobytes()).hexdigest())
"""


def forecast_of(folder: Path, *more: str) -> bytes:
    """Digests of the forecast's scenarios and laws, and of one run on request, with the package in a folder."""
    script = folder / "script.py"
    script.write_text(SCRIPT, "utf-8")
    made = subprocess.run([sys.executable, str(script), str(folder), *more], capture_output=True, check=False)
    assert made.returncode == 0, made.stderr.decode()
    return made.stdout


def without_later_facts(folder: Path, day: dt.date) -> int:
    """Delete every later fact from a copy of the package, and return the number of deleted facts."""
    deleted = 0
    for path in sorted((folder / "nhstransit" / "data" / "parameters").glob("*.toml")):
        tables = toml.read(path)
        for group in ("number", "table", "grid"):
            kept = [one for one in tables.get(group, []) if one.get("known", one["since"]) <= day]
            deleted += len(tables.get(group, [])) - len(kept)
            if group in tables:
                tables[group] = kept
        toml.write(path, tables)
    timeline = folder / "nhstransit" / "data" / "england" / "timeline-2025.toml"
    tables = toml.read(timeline)
    kept = {name: one for name, one in tables["dated"].items() if one["on"] <= day or one.get("status")}
    deleted += len(tables["dated"]) - len(kept)
    toml.write(timeline, {**tables, "dated": kept})
    outcomes = folder / "nhstransit" / "data" / "england" / "outcomes-2025.toml"
    outcomes.unlink()
    (folder / "nhstransit" / "data" / "fits" / "england-2025-forecast.toml").unlink()
    return deleted + 2


def test_the_forecast_uses_no_later_law() -> None:
    """Every entry of its law was public on its day. The scenario of 2025 has more entries."""
    foresight = load_foresight()
    entries = foresight.world().dated_law.parameters.entries()
    assert all((entry.known or entry.since) <= foresight.as_of for entry in entries)
    assert len(entries) < len(england_2025().dated_law.parameters.entries())


@pytest.mark.thorough
@pytest.mark.parametrize("how", [(), ("run",)], ids=["worlds", "a run"])
def test_the_forecast_is_the_same_without_later_facts(tmp_path: Path, how: tuple[str, ...]) -> None:
    """In a copy of the package without facts after 11 November 2025, scenarios, laws and a run's log are the same."""
    whole = tmp_path / "whole"
    cut = tmp_path / "cut"
    for folder in (whole, cut):
        shutil.copytree(ROOT, folder / "nhstransit")
    assert without_later_facts(cut, load_foresight().as_of) >= 15
    assert forecast_of(whole, *how) == forecast_of(cut, *how) != b""


def test_a_range_of_the_forecast_needs_the_lower_end_first() -> None:
    """A reversed range is refused."""
    foresight = load_foresight()
    assert isinstance(foresight, Foresight)
    with pytest.raises(CalibrationError, match="lower end first"):
        attrs.evolve(foresight, unknown=(attrs.evolve(foresight.unknown[0], low=2.0, high=1.0),))


@pytest.mark.thorough
def test_a_results_folder_has_the_published_figures_of_2025(tmp_path: Path) -> None:
    """It has no scope bridge of 2010-13."""
    few = attrs.evolve(run(), scenario=attrs.evolve(run().scenario, name="england-2025"))
    written = write_results(measure(few), tmp_path / "out", published=beside(few))
    names = {path.name for path in written}
    assert "published.csv" in names and "scope-bridge.csv" not in names
    assert "Compared with what was published" in (tmp_path / "out" / "story.txt").read_text("utf-8")
