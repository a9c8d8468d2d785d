"""England 2025-28: its margins, its timeline read back, money into posts, levers, and a forecast blind to later facts."""

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
    """The boards of the South East with 250 of their people, once."""
    return simulate(small_england_2025("South East", 250, 4), seed=4)


def test_42_boards_by_name_with_the_payrolls_heads() -> None:
    """25,339 heads in 42 boards and 22,814 FTE within a thousandth; 50,497 people in all."""
    england = england_2025()
    staff = england_2025().workforce
    boards = england.roster.of_kinds(("icb",))
    there = boards[staff.employer]
    assert len(np.unique(staff.employer[there])) == 42 and int(there.sum()) == 25_339
    assert staff.wte_hundredths[there].sum() / 100 == pytest.approx(22_814, rel=1e-3)
    manchester = england.roster.names.index("Greater Manchester")
    assert int((staff.employer == manchester).sum()) == 1_644 and len(staff) == 50_497


def test_36_boards_stand_in_april_2026_and_26_a_year_later() -> None:
    """42 become 36, and 26 if all clusters merge."""

    def standing(day: dt.date) -> int:
        boards = [body for body in england_2025().organisations if body.kind == "icb"]
        return sum((b.opens or dt.date.min) <= day <= (b.closes or dt.date.max) for b in boards)

    assert [standing(dt.date(year, 4, 2)) for year in (2025, 2026, 2027)] == [42, 36, 26]


def test_nhs_england_the_department_and_support_units_end_on_their_day() -> None:
    """Eight parts of NHS England and four support units close on 31 March 2027; in the variant six months later."""
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


def test_boards_in_clusters_merge_with_their_fellows() -> None:
    """Every cluster has boards of one region, and all of a cluster end in the same successor."""
    boards = [body for body in england_2025().organisations if body.kind == "icb" and body.cluster and not body.opens]
    together: dict[str, set[tuple[str, ...]]] = {}
    for body in boards:
        together.setdefault(body.cluster, set()).add((body.region,))
    assert len(boards) >= 20 and all(len(regions) == 1 for regions in together.values())
    by_name = {body.name: body for body in england_2025().organisations}
    for body in boards:
        heirs = [by_name[name] for name in body.successors]
        assert not body.closes or (heirs and all(heir.kind == "icb" for heir in heirs)), body.name


def test_every_dated_event_is_read_back_by_explain() -> None:
    """Each event of the timeline is told on its day with its grade, and policies that play it exist."""
    world = small_england_2025("South West", 60, 1)
    told = [(one.date, one.heading, one.sentences[0]) for one in explain(world).tellings]
    assert len(world.dated) == 42
    for name, event in world.dated.items():
        said = [first for day, heading, first in told if (day, heading) == (event.on, name)]
        assert any(event.what in first and event.quality in first for first in said), name
        assert set(event.played) <= set(england_2025().policies), name


def test_another_allowance_moves_posts_board_by_board() -> None:
    """At £25 a head fewer are paid to go than at £18.76, and no board loses more posts; some lose fewer."""
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
def test_receiving_posts_in_three_cases() -> None:
    """For none, a tenth and a fifth of the work that leaves boards: nobody moves to a provider, some do, and more do."""
    moved = []
    for share in (0.0, 0.1, 0.2):
        world = small_england_2025("South East", 900, 4).having("policies.to-providers.share", share)
        log = simulate(world, seed=4).log
        moved.append(int((log.of(Kind.APPOINTED).rule == world.rules["to-providers"]).sum()))
    assert moved[0] == 0 < moved[1] < moved[2]


def test_routes_of_reduction_add_up() -> None:
    """For every group, start and comings less goings are the end; in heads and in whole-time equivalents."""
    for by in ("kind", "employer", "region", "all"):
        for wte in (False, True):
            table = reduction(run(), by=by, wte=wte)  # type: ignore[arg-type]
            came = table["start"] + table["arrived"] + table["moved_in"]
            left = table["attrition"] + table["volunteers"] + table["compulsory"] + table["moved_out"]
            assert np.allclose(came - left, table["end"])
    whole = reduction(run(), by="all").iloc[0]
    assert whole["moved_in"] == whole["moved_out"] > 0 and whole["deleted_empty"] > 0


def test_figures_of_the_study_have_units_and_agree_with_the_log() -> None:
    """Exits by route are all departures; months under threat are no more than all months in post."""
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
    """Each lever of the brief, moved, changes the log of a region's boards."""
    world = small_england_2025("South East", 900, 4)
    before = simulate(world, seed=4)
    after = simulate(world.having(path, LEVERS[path]), seed=4)
    assert before.log.tuples() != after.log.tuples()


DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.thorough
def test_each_lever_of_the_set_of_variants_changes_an_event() -> None:
    """Every path that a variant sets changes the log of a region's boards, at the value that it has in the set."""
    world = small_england_2025("South East", 900, 4)
    before = simulate(world, seed=4).log.tuples()
    still = []
    for variant in read_set("england-2025")[1].variants:
        for path, value in variant.having.items():
            root, name = names_in(path)[:2]
            here = (
                name in world.policies if root == "policies" else name != "section16_vsm"
            )  # no sample has one of these
            if here and simulate(world.having(path, value), seed=4).log.tuples() == before:
                still.append((path, value))
    too_few = {
        ("law.clawback_vr_2025.vsm", 0),
        ("policies.to-regions.share", 0.2),
    }  # people of a sample on whom it bears
    assert set(still) <= too_few


def test_the_table_of_levers_has_every_lever_and_a_reason_where_nothing_changes() -> None:
    """Each lever with its present value, once; `python -m tests.england.made_levers` plays those that it lacks."""
    table = made_levers.kept()
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
def test_every_lever_changes_something_or_the_reason_is_known(part: int) -> None:
    """Every fortieth lever of the world, moved to the table's value: what it changed then, it changes now.

    Where nothing changed, other values are tried again.
    """
    table = made_levers.kept()
    other = []
    for lever in every_lever(england_2025())[part::40]:
        row = table[lever.path, str(lever.value)]
        if not made_levers.again(lever, row):
            other.append(lever.path)
    assert not other


def _script() -> Any:
    spec = importlib.util.spec_from_file_location("make_england_2025", DOCS / "make_england_2025.py")
    assert spec and spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def test_the_brief_has_its_figures_from_the_kept_tables() -> None:
    """The page is what its script makes of the tables; what it says in words of a sign is checked against them."""
    made = _script()
    assert made.PAGE.read_text("utf-8") == made.page()
    row = {"gap": "-1500000", "low": "-2000000", "high": "-1000000"}
    assert made.difference("one-off cost", row) == "£1.5m less one-off cost (£1.0m to £2.0m)"
    assert (
        made.difference("exits: unpaid", row | {"high": "5"})
        == "no difference beyond chance in people who leave unpaid"
    )
    with pytest.raises(SystemExit, match="guarantee: the reason claims a sign of 'exits: compulsory'"):
        made._bullet(
            "guarantee", {("guarantee", measure): {"gap": "1", "low": "1", "high": "1"} for measure in made.NOUNS}
        )


NUMBER = re.compile(r"(£?)(\d[\d,]*(?:\.\d+)?)(bn|m)?")
SCALES = {"": 1.0, "m": 1e6, "bn": 1e9}


def _stored() -> np.ndarray:
    """Every number of the tables and of the sealed card from which the brief is made, without its sign."""
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
    """But for the days and ages that its sentences say, each is a stored number, rounded as it is printed."""
    made = _script()
    said = made.TEXT + made.WRONG + "".join(f"{title} {why}" for title, _, why, _ in made.VARIANTS.values())
    own = {found[0] for found in NUMBER.finditer(said)}
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
        if found[1] and digits.endswith("00"):  # pounds are said to three digits
            digits = digits[:-2]
            scale = 100.0
        units = (1e6, 1.0) if found[1] else (1.0, 100.0)
        seen += 1
        near = [stored[np.abs(stored * unit / scale - float(digits)).argmin()] * unit / scale for unit in units]
        if not any(_rounds_to(digits, one) for one in near):
            missing.append(found[0])
    assert seen > 400 and not missing


def _rounds_to(text: str, kept: float) -> bool:
    """Whether a number that is kept to six digits may have been printed so."""
    half = 0.5 * 10.0 ** -len(text.partition(".")[2])
    return abs(float(text) - kept) <= half * 1.02 + 5e-6 * abs(kept)


def test_the_table_of_the_brief_is_of_the_stored_gaps() -> None:
    """Each difference and each end of its interval, in millions of pounds or as it is, to the digits that are printed."""
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


def test_the_bundled_study_plays_the_base_and_six_variants() -> None:
    """Seven worlds that share staff and luck; each differs from the base in more than its name."""
    study = read_study(bundled_studies()["england-2025"])
    base, *others = study.scenarios.values()
    assert len(others) == 6
    assert len({scenario_content(world) for world in study.scenarios.values()}) == 7
    assert all(world.staff == base.staff for world in others)


def test_published_figures_speak_of_this_world_and_no_other() -> None:
    """By the scenario's name: those since 2025, or those of 2010 to 2013."""
    assert outcomes_for("england-2025-mars") is outcomes_2025()
    assert outcomes_for("england-2010") is not outcomes_2025()


# The forecast


def test_the_bundled_card_is_sealed_and_is_of_the_scenario_as_it_stands(tmp_path: Path) -> None:
    """A card that was changed is refused, when read and when written."""
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


def test_a_forecast_that_rests_on_a_later_fact_is_refused() -> None:
    """Whether a set part or a range names it; and so is one that rests on nothing."""
    told = load_foresight()
    late = attrs.evolve(told.unknown[0], rests_on=("vr-applications-snee",))
    with pytest.raises(CalibrationError, match="is later than 2025-11-11"):
        attrs.evolve(told, unknown=(late,))
    with pytest.raises(CalibrationError, match="has no source"):
        attrs.evolve(told, unknown=(attrs.evolve(late, rests_on=()),))
    with pytest.raises(CalibrationError, match="law_as_of = 2025-11-11"):
        attrs.evolve(told, of="england-2025").world()


def test_the_forecast_rests_on_no_figure_that_is_kept_for_checking() -> None:
    """No part or range of it names an outcome that a fit may not use, nor a fact of a later day."""
    told = load_foresight()
    rests = {fact for ids in told.rests_on.values() for fact in ids} | {
        fact for one in told.unknown for fact in one.rests_on
    }
    kept = {one.id for one in outcomes_2025().outcome if one.use == "validate"}
    assert len(kept) >= 6 and len(rests) >= 20 and not rests & kept and not rests & set(told.later)


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
    """What the worlds of the forecast are, and one run's log, with the package in a folder."""
    script = folder / "script.py"
    script.write_text(SCRIPT, "utf-8")
    made = subprocess.run([sys.executable, str(script), str(folder), *more], capture_output=True, check=False)
    assert made.returncode == 0, made.stderr.decode()
    return made.stdout


def without_later_facts(folder: Path, day: dt.date) -> int:
    """Delete every later fact from a copy of the package: law, timeline, outcomes, other fits. Returns how many."""
    gone = 0
    for path in sorted((folder / "nhstransit" / "data" / "parameters").glob("*.toml")):
        tables = toml.read(path)
        for group in ("number", "table", "grid"):
            kept = [one for one in tables.get(group, []) if one.get("known", one["since"]) <= day]
            gone += len(tables.get(group, [])) - len(kept)
            if group in tables:
                tables[group] = kept
        toml.write(path, tables)
    timeline = folder / "nhstransit" / "data" / "england" / "timeline-2025.toml"
    tables = toml.read(timeline)
    kept = {name: one for name, one in tables["dated"].items() if one["on"] <= day or one.get("status")}
    gone += len(tables["dated"]) - len(kept)
    toml.write(timeline, {**tables, "dated": kept})
    outcomes = folder / "nhstransit" / "data" / "england" / "outcomes-2025.toml"
    outcomes.unlink()
    (folder / "nhstransit" / "data" / "fits" / "england-2025-forecast.toml").unlink()
    return gone + 2


def test_the_forecast_reads_no_law_that_came_later() -> None:
    """Every entry of its law was public on its day, and the world of what was settled later has more of them."""
    told = load_foresight()
    entries = told.world().dated_law.parameters.entries()
    assert all((entry.known or entry.since) <= told.as_of for entry in entries)
    assert len(entries) < len(england_2025().dated_law.parameters.entries())


@pytest.mark.thorough
@pytest.mark.parametrize("how", [(), ("run",)], ids=["worlds", "a run"])
def test_the_forecast_is_the_same_byte_for_byte_without_later_facts(tmp_path: Path, how: tuple[str, ...]) -> None:
    """The package is copied, every fact after 11 November 2025 deleted: worlds, their law, and a run's log stay the same."""
    whole = tmp_path / "whole"
    cut = tmp_path / "cut"
    for folder in (whole, cut):
        shutil.copytree(ROOT, folder / "nhstransit")
    assert without_later_facts(cut, load_foresight().as_of) >= 15
    assert forecast_of(whole, *how) == forecast_of(cut, *how) != b""


def test_foresight_needs_the_lower_end_first() -> None:
    """A range the wrong way round is refused."""
    told = load_foresight()
    assert isinstance(told, Foresight)
    with pytest.raises(CalibrationError, match="lower end first"):
        attrs.evolve(told, unknown=(attrs.evolve(told.unknown[0], low=2.0, high=1.0),))


@pytest.mark.thorough
def test_a_results_folder_of_this_world_is_written(tmp_path: Path) -> None:
    """Its published figures are in it, and no bridge of 2010-13."""
    few = attrs.evolve(run(), scenario=attrs.evolve(run().scenario, name="england-2025"))
    written = write_results(measure(few), tmp_path / "out", published=beside(few))
    names = {path.name for path in written}
    assert "published.csv" in names and "scope-bridge.csv" not in names
    assert "Compared with what was published" in (tmp_path / "out" / "story.txt").read_text("utf-8")
