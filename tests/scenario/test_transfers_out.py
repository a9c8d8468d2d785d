"""A function transfers out of an employer that stays open, with its posts, people, terms and service (TUPE)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from oracle import oracle
from oracle.words import first_difference

from nhstransit.engine.simulate import simulate
from nhstransit.errors import InputError
from nhstransit.log import Kind
from nhstransit.report.answer import answer
from nhstransit.run import Run
from nhstransit.run.state import state_on
from nhstransit.scenario import load_scenario
from tests.made_extract import made_folder, write_extract


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """A run of sixty people for each question, in which two functions transfer to a council and the employer stays open."""
    folder = tmp_path_factory.mktemp("out")
    source = write_extract(folder / "extract.csv", 60)
    found = {}
    for question in ("vr", "mars", "halve"):
        to = {"quality": "Dale Council", "finance": "Dale Council"}
        made_folder(folder / question, source, question=question, transfers=to)
        found[question] = simulate(load_scenario(folder / question / "scenario.toml"), seed=1)
    return found


def test_everyone_of_the_function_who_stays_transfers_and_nobody_else(runs: dict[str, Run]) -> None:
    """The employer stays open. Each post is created at the council and removed at its old employer, without a saving."""
    for question, run in runs.items():
        world = run.scenario
        log = run.log
        staff = world.workforce
        assert [(body.name, body.closes) for body in world.organisations] == [
            ("Oakdale PCT", None),
            ("Dale Council", None),
        ]
        moved = run.rows_of(log.transfers.staff)
        codes = [world.functions.index(name) for name in ("finance", "quality")]
        in_functions = np.flatnonzero(np.isin(staff.function, codes))
        day = world.calendar.day(world.policies["transfer-finance"].starts)
        leaving = [*log.exits.take(log.exits.day < day).staff.tolist()]
        leaving += log.of(Kind.EXIT_AGREED).staff[log.of(Kind.EXIT_AGREED).day < day].tolist()
        stay = in_functions[~np.isin(staff.staff[in_functions], leaving)]
        assert sorted(moved.tolist()) == stay.tolist() and len(stay) > 5, question
        assert set(run.posts.employer[log.transfers.to_post].tolist()) == {1}
        removed = log.of(Kind.REMOVED)
        by_transfer = np.isin(removed.rule, [world.rules["transfer-finance"], world.rules["transfer-quality"]])
        assert not removed.pence[by_transfer].any() and by_transfer.sum() >= len(stay), question


def test_terms_pay_and_service_are_kept(runs: dict[str, Run]) -> None:
    """On the day of the transfer everyone has the pay, band and function of the day before."""
    run = runs["vr"]
    day = run.scenario.calendar.day(run.scenario.policies["transfer-finance"].starts)
    before = state_on(run, day - 1)
    after = state_on(run, day)
    moved = run.rows_of(run.log.transfers.staff)
    assert (before.employer[moved] == 0).all() and (after.employer[moved] == 1).all()
    for name in ("pay_pence", "band", "function"):
        assert np.array_equal(getattr(before, name)[moved], getattr(after, name)[moved]), name
    assert np.array_equal(run.people.service_from[moved], run.scenario.workforce.service_from[moved])


@pytest.mark.parametrize(
    "question", ["mars", *(pytest.param(name, marks=pytest.mark.thorough) for name in ("vr", "halve"))]
)
def test_engine_and_oracle_agree_on_a_transfer_out(question: str, runs: dict[str, Run]) -> None:
    """They agree event for event, together with the policies of each question."""
    run = runs[question]
    assert not first_difference(run.log, oracle(run.scenario, 1), run.scenario)


@pytest.mark.thorough
def test_the_page_lists_the_functions_that_transfer(runs: dict[str, Run]) -> None:
    """It lists function, employer and day, and says that a transfer is neither a cost nor a saving."""
    world = runs["vr"].scenario
    found = answer(world, runs=1, draws=1)
    (section,) = [one for one in found.sections if one.heading == "Functions that transfer"]
    assert "On 2010-10-01: quality, to Dale Council." in section.text and section.table is None
    assert "neither a cost nor a saving" in section.text


def test_a_transfer_to_the_employer_itself_is_refused(tmp_path: Path) -> None:
    source = write_extract(tmp_path / "extract.csv", 30)
    with pytest.raises(InputError, match="for which its people already work; name another employer"):
        made_folder(tmp_path / "own", source, question="vr", transfers={"quality": "Oakdale PCT"})


def test_a_transfer_does_not_move_the_receiving_employers_own_people(tmp_path: Path) -> None:
    """Both employers are in one staff extract; only the staff of the other employer move."""
    one = write_extract(tmp_path / "one.csv", 40, seed=1)
    two = write_extract(tmp_path / "two.csv", 40, seed=2, employer="998 Elmdale PCT")
    both = tmp_path / "both.csv"
    both.write_text(one.read_text("utf-8") + "".join(two.read_text("utf-8").splitlines(keepends=True)[1:]), "utf-8")
    made_folder(tmp_path / "own", both, question="vr", transfers={"quality": "Elmdale PCT"})
    world = load_scenario(tmp_path / "own" / "scenario.toml")
    run = simulate(world, seed=1)
    moved = run.rows_of(run.log.transfers.staff)
    names = [world.organisations[index].name for index in world.workforce.employer[moved].tolist()]
    assert set(names) == {"Oakdale PCT"}
