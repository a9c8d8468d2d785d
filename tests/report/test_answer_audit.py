"""Disclosure control of one organisation's page: no small count can be worked out from all its tables together.

The attacker knows every count that is not hidden, unrounded, from all tables and sentences. They also know which groups are
empty, and which sets of people contain each other. For each small count, integer programmes find its smallest and largest
possible value. This code is independent of the code that hides the counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nhstransit.engine.simulate import simulate
from nhstransit.log import Kind
from nhstransit.measures.suppression import HIDDEN, LEAST
from nhstransit.report.answer import Answer, answer
from nhstransit.scenario import Scenario, load_scenario
from nhstransit.workforce.columns import BANDS
from tests.made_extract import made_folder, write_extract

COLUMNS = {  # of the table of people who would leave
    "at the start": "everyone",
    "leave under the scheme": "scheme",
    "of these, would have left anyway": "anyway",
    "leave by other routes": "themselves",
}


def people_of(world: Scenario, scheme: str, path: str) -> dict[str, Any]:
    """Whether each person is in each set that the page counts, and in each set that follows by subtraction."""
    run = simulate(world, seed=1)
    otherwise = simulate(world.without(*(name for name in (scheme, path) if name)), seed=1)
    opening = len(world.workforce)
    exits = run.log.exits
    codes = [run.code_of(name) for name in (scheme, path, "closure") if name]
    left = {
        one: np.isin(np.arange(opening), run.rows_of(exits.staff[np.isin(exits.rule, codes) == one]))
        for one in (True, False)
    }
    anyway = np.isin(np.arange(opening), otherwise.rows_of(otherwise.log.exits.staff))
    themselves = left[False] & ~left[True]
    made = {
        "everyone": np.ones(opening, bool),
        "scheme": left[True],
        "anyway": left[True] & anyway,
        "themselves": themselves,
        "only by it": left[True] & ~anyway,
        "stay": ~left[True] & ~themselves,
    }
    if scheme:
        policy = world.policies[scheme]
        from nhstransit.scenario.opening import opening_situation

        for occasion in policy.days(world.calendar, world.roster):
            offer = policy.propose(opening_situation(world, occasion.day, occasion.stage, number=occasion.round))
        made["may"] = np.isin(np.arange(opening), offer.rows)
        made["may not"] = ~made["may"]
    if path:
        policy = world.policies[path]
        notified = run.log.promises(Kind.CONSULTED if policy.by_law else Kind.EXIT_AGREED)
        for at, occasion in enumerate(policy.days(world.calendar, world.roster)):
            mine = notified.staff[(notified.rule == run.code_of(path)) & (notified.day == occasion.day)]
            made[f"step {at}"] = np.isin(np.arange(len(run.people)), run.rows_of(mine))  # newcomers can be selected too
    return {name: within(mask, len(run.people)) for name, mask in made.items()}


def within(mask: Any, people: int) -> Any:
    """Extend a mask of the opening staff to all people of a run; newcomers are in none of its sets."""
    return np.append(mask, np.zeros(people - len(mask), bool))


def published(found: Answer, scheme: str, path: str) -> Iterator[tuple[str, str, str]]:
    """Set, group and text of every count of the opening staff on the page."""
    for _, row in found.tables["lost"].iterrows():
        for column, name in COLUMNS.items():
            yield name, f"{row['by']} {row['group']}", str(row[column])
    sections = {section.heading: section.text for section in found.sections}
    words = sections["Which people would leave"].split()
    yield "scheme", "all", words[words.index("people") - 1]
    yield "themselves", "all", words[words.index("accord") - 4]
    if scheme:
        for _, row in found.tables[f"{scheme}-eligible"].iterrows():
            yield "may", f"{row['by']} {row['group']}", str(row["people"])
            assert (row["people"] == HIDDEN) == (row["mean payment"] == HIDDEN)
        first, _, everyone = sections[f"Who may apply: {scheme}"].split()[:3]
        yield "may", "all", first
        yield "everyone", "all", everyone
    if path:
        for at, text in enumerate(found.tables[f"{path}-dates"]["selected to leave"]):
            yield f"step {at}", "all", str(text)


def groups_of(world: Scenario) -> dict[str, Any]:
    """Whether each person is in each group."""
    staff = world.workforce
    made = {f"function {name}": staff.function == code for code, name in enumerate(staff.functions)}
    made |= {f"band {name}": staff.band == code for code, name in enumerate(BANDS)}
    return {"all": np.ones(len(staff), bool)} | made


def narrowest(world: Scenario, found: Answer, scheme: str, path: str, *, naive: bool = False) -> int:
    """The narrowest possible range of any small count. With `naive`, only small counts are taken as hidden."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    sets = people_of(world, scheme, path)
    people = len(sets["everyone"])
    groups = {name: within(mask, people) for name, mask in groups_of(world).items()}
    groups["all"] = np.ones(people, bool)
    every = {(one, group): sets[one] & groups[group] for one in sets for group in groups}
    atoms, of = np.unique(np.column_stack([*sets.values(), *groups.values()]), axis=0, return_inverse=True)
    counts = np.bincount(of.ravel(), minlength=len(atoms))

    def line(cell: tuple[str, str]) -> Any:
        return np.bincount(of.ravel()[every[cell]], minlength=len(atoms)) > 0

    known = []
    for one, group, text in published(found, scheme, path):
        size = int(every[one, group].sum())
        assert text == HIDDEN or not 0 < size < LEAST, f"{size} is shown as {text}: {one}, {group}"
        if text != HIDDEN or (naive and size >= LEAST):
            known.append((one, group))
            assert naive or abs(int(text.replace(",", "")) - size) <= 2, (one, group)
    rows = np.array([line(cell) for cell in known], float)
    sizes = rows @ counts
    rule = LinearConstraint(rows, sizes, sizes)
    limit = Bounds(0, len(of) + 50)
    ranges = [len(of)]
    for cell, mine in every.items():
        if 0 < mine.sum() < LEAST:
            ends = [
                milp(sign * line(cell).astype(float), constraints=rule, bounds=limit, integrality=np.ones(len(atoms)))
                for sign in (1, -1)
            ]
            ranges.append(round(-ends[1].fun - ends[0].fun))
    return min(ranges)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Scenario, Answer]]:
    """The answer for a small organisation, with small counts in every table."""
    folder = tmp_path_factory.mktemp("audit")
    made_folder(folder / "vr", write_extract(folder / "extract.csv", 90), question="vr")
    world = load_scenario(folder / "vr" / "scenario.toml")
    return {"vr": (world, answer(world, runs=1, draws=1))}


@pytest.mark.thorough
def test_no_small_count_can_be_worked_out_from_all_tables(asked: dict[str, tuple[Scenario, Answer]]) -> None:
    """Counts of eligible people, leavers, people who would have left anyway, and their differences, by function and band."""
    world, found = asked["vr"]
    assert narrowest(world, found, "vr", "") >= LEAST


@pytest.mark.thorough
def test_the_attacker_finds_counts_when_only_small_ones_are_hidden(asked: dict[str, tuple[Scenario, Answer]]) -> None:
    """This shows that the test above can fail."""
    world, found = asked["vr"]
    assert narrowest(world, found, "vr", "", naive=True) < LEAST


@pytest.mark.thorough
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(1, 7))
@pytest.mark.parametrize(("question", "scheme", "path"), [("vr", "vr", ""), ("halve", "vr", "cost-reduction")])
def test_no_small_count_can_be_worked_out_for_many_organisations(
    question: str, scheme: str, path: str, seed: int, tmp_path: Path
) -> None:
    """Twelve invented organisations of 60 to 360 people."""
    made_folder(tmp_path / "own", write_extract(tmp_path / "e.csv", 60 * seed, seed=seed), question=question)
    world = load_scenario(tmp_path / "own" / "scenario.toml")
    assert narrowest(world, answer(world, runs=1, draws=1), scheme, path) >= LEAST
