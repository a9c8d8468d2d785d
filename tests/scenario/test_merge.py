"""Two boards merge: a structure from a table, a ring-fenced round with slotting in, and a transfer to a third employer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nhstransit.engine.simulate import simulate
from nhstransit.errors import InputError
from nhstransit.scenario import load_scenario
from nhstransit.scenario.folder import make_folder
from nhstransit.scenario.structure import read_structure
from tests.made_extract import made_folder, write_extract

FUNCTIONS = ("commissioning", "corporate", "finance", "informatics", "primary-care", "quality")


def both(tmp_path: Path) -> Path:
    """One staff extract with two boards."""
    one = write_extract(tmp_path / "one.csv", 90, seed=1)
    two = write_extract(tmp_path / "two.csv", 70, seed=2, employer="998 Elmdale PCT")
    path = tmp_path / "both.csv"
    path.write_text(one.read_text("utf-8") + "".join(two.read_text("utf-8").splitlines(keepends=True)[1:]), "utf-8")
    return path


def structure(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "structure.csv"
    path.write_text(text, "utf-8")
    return path


def test_a_merger_with_a_structure_and_a_transfer(tmp_path: Path) -> None:
    """The successor has the posts of the table, and all staff of one function transfer to another employer.

    No more people are appointed than there are posts, and people who slot in stay in their band.
    """
    table = structure(
        tmp_path, "function,band,posts\nFinance,5,6\nFinance,Band 6,4\ncommissioning,7,5\nNew Things,8a,2\n"
    )
    made_folder(
        tmp_path / "own",
        both(tmp_path),
        question="merge",
        successor="Dale PCT",
        structure=table,
        transfers={"quality": "Dale Council"},
    )
    world = load_scenario(tmp_path / "own" / "scenario.toml")
    assert [body.name for body in world.organisations] == ["Elmdale PCT", "Oakdale PCT", "Dale PCT", "Dale Council"]
    assert "new-things" in world.functions
    posts = {(line.function, line.band): line.posts for line in world.organisations[2].establishment}
    assert posts == {("finance", "5"): 6, ("finance", "6"): 4, ("commissioning", "7"): 5, ("new-things", "8a"): 2}
    run = simulate(world, seed=1)
    moves = run.log.transfers
    to = run.posts.employer[moves.to_post]
    council = world.organisations[3]
    quality = world.functions.index("quality")
    staff = world.workforce
    assert sum(line.posts for line in council.establishment) == int((staff.function == quality).sum())
    moved = run.rows_of(moves.staff)
    assert set(staff.function[moved[to == 3]].tolist()) == {quality}
    left = run.rows_of(run.log.exits.staff)
    here = left[left < len(staff)]
    stayed = np.setdiff1d(np.flatnonzero(staff.function == quality), here)
    assert np.isin(stayed, moved[to == 3]).all(), "everyone of the function who has not left transfers"
    promised = run.log.appointments
    slot = promised.rule == run.code_of("slot-in")
    down = run.posts.band[promised.to_post[slot]] != staff.band[run.rows_of(promised.staff[slot])]
    assert slot.any() and not down.any()
    assert 0 < int((to == 2).sum()) <= 15


def test_a_function_that_transfers_has_no_posts_in_the_successor(tmp_path: Path) -> None:
    """Also when the merger has no table of posts."""
    made_folder(tmp_path / "own", both(tmp_path), question="merge", transfers={"quality": "Dale Council"})
    world = load_scenario(tmp_path / "own" / "scenario.toml")
    assert not [line for line in world.organisations[2].establishment if line.function == "quality"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("function,band\nFinance,5\n", "has no column 'posts'"),
        ("function,band,posts\n", "has no posts"),
        ("function,band,posts\nFinance,5,2\nfinance,5,1\n", "line 3: has finance in band 5 a second time"),
        ("function,band,posts\nFinance,10,2\n", "line 2: band: is '10'"),
        ("function,band,posts\nFinance,5,-2\n", "line 2: posts: is '-2'"),
        ("function,band,posts\nFinance,5,1.5\n", "line 2: posts: is '1.5'"),
    ],
)
def test_an_invalid_structure_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_structure(structure(tmp_path, text), FUNCTIONS)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"question": "vr", "transfers": {"quality": "Somebody"}}, "whose name does not show its kind"),
        ({"question": "mars", "transfers": {"qualitty": "Dale Council"}}, "did you mean 'quality'"),
        ({"question": "merge", "transfers": {"qualitty": "Dale Council"}}, "did you mean 'quality'"),
        ({"question": "merge", "transfers": {"quality": "Somebody"}}, "whose name does not show its kind"),
        ({"question": "merge", "transfers": {"quality": "Oakdale PCT"}}, "which closes"),
    ],
)
def test_an_impossible_transfer_is_refused_and_nothing_is_written(tmp_path: Path, how: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        make_folder(tmp_path / "own", both(tmp_path), **how)
    assert not (tmp_path / "own").exists()
