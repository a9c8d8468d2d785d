"""Draws and designs: their content, their coverage, and their errors."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhstransit.errors import InputError, NhstransitError, ScenarioError, SweepError
from nhstransit.scenario import load_scenario
from nhstransit.studies import Draws, Levels, Range, crossed, grid, latin_hypercube, read_draws, sobol, zipped
from tests.examples import examples

HAMLET = load_scenario("hamlet")
QUOTA = "policies.mars.quota"
PAYBACK = "policies.mars.payback_months"
CLOSES = "policies.mars.closes"
SERVICE = "policies.mars.min_service_months"
RESIGN = "behaviour.departures.resign"
FINITE = st.floats(allow_nan=False, allow_infinity=False)
WORDS = st.text(st.characters(whitelist_categories=["Ll", "Lu"]), min_size=1, max_size=6)
DATES = st.dates(dt.date(1990, 1, 1), dt.date(2030, 1, 1))
VALUES = st.one_of(st.booleans(), st.integers(-(2**40), 2**40), FINITE, WORDS, DATES, st.lists(WORDS).map(tuple))


@st.composite
def draws(draw: Any) -> Draws:
    paths = draw(st.lists(WORDS, min_size=1, max_size=4, unique=True))
    rows = draw(st.lists(st.tuples(*(VALUES for _ in paths)), min_size=1, max_size=5))
    return Draws(paths=tuple(paths), rows=tuple(rows))


@given(made=draws(), end=st.sampled_from([".csv", ".toml"]))
@examples(8, 150)
def test_draws_are_read_back_from_a_file(made: Draws, end: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """This holds for numbers, dates, flags, texts and lists, in CSV and in TOML."""
    path = tmp_path_factory.mktemp("draws") / f"draws{end}"
    made.write(path)
    back = read_draws(path)
    assert back == made and [list(map(type, row)) for row in back.rows] == [list(map(type, row)) for row in made.rows]


def test_texts_that_look_like_other_types_stay_texts(tmp_path: Path) -> None:
    """They look like numbers, flags, dates, lists and quoted texts."""
    texts = ("18", "0.5", "-3", "true", "inf", "2010-10-29", '["a"]', '"a"', "1 # one", "plain")
    made = Draws(paths=("a",), rows=tuple((text,) for text in texts))
    made.write(tmp_path / "draws.csv")
    assert read_draws(tmp_path / "draws.csv") == made


def test_draws_convert_numbers_of_numpy() -> None:
    """They become Python's own numbers, with the same content."""
    made = Draws(paths=("a", "b"), rows=np.array([[1.5, 2.0]]))  # type: ignore[arg-type]
    assert made.rows == ((1.5, 2.0),) and type(made.rows[0][0]) is float
    assert made.content(0) == Draws(paths=("b", "a"), rows=[[2.0, 1.5]]).content(0)  # type: ignore[arg-type]
    assert made.content(0) != Draws(paths=("b", "a"), rows=[[1.5, 2.0]]).content(0)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("paths", "rows", "message"),
    [
        (("a", "a"), [[1, 2]], "draws: have the path 'a' twice; give each path once"),
        (("a", "b"), [[1, 2], [3]], "draws: row 1: has 1 values for 2 paths; give one value per path"),
        (("a",), [], "draws: have no rows; give at least one"),
        (
            ("a",),
            [[float("nan")]],
            "draws: contain nan; give finite numbers, texts, dates, true or false, or lists of them",
        ),
        (("a",), [[None]], "draws: contain None; give finite numbers, texts, dates, true or false, or lists of them"),
    ],
)
def test_invalid_draws_are_refused(paths: Any, rows: Any, message: str) -> None:
    """Each error is one line."""
    with pytest.raises(SweepError) as caught:
        Draws(paths=paths, rows=rows)
    assert str(caught.value) == message


def test_an_error_in_a_file_of_draws_names_the_file(tmp_path: Path) -> None:
    """A list in place of a row, and a missing file."""
    path = tmp_path / "draws.toml"
    path.write_text('format = 1\npaths = ["a"]\nrows = [1, 2]\n', "utf-8")
    with pytest.raises(InputError, match=r"draws\.toml: rows: are not lists"):
        read_draws(path)
    with pytest.raises(InputError, match="no such file"):
        read_draws(tmp_path / "none.csv")


def test_a_draw_sets_its_values_in_the_scenario() -> None:
    """Nothing else changes."""
    made = Draws(paths=(QUOTA, RESIGN), rows=((0.07, 0.2), (0.08, 0.3)))
    world = made.world(HAMLET, 1)
    assert world.policies["mars"].quota == 0.08 and world.behaviour.departures.resign == 0.3
    assert (
        world.having(QUOTA, HAMLET.policies["mars"].quota).having(RESIGN, HAMLET.behaviour.departures.resign) == HAMLET
    )


def test_a_grid_has_every_combination() -> None:
    """The last path changes fastest. The scenario of a point has its values, and its name contains them."""
    made = grid(HAMLET, Levels(PAYBACK, 6, 18), Levels(QUOTA, 0.05, 0.1, 0.2))
    assert made.draws.rows == tuple(product((6, 18), (0.05, 0.1, 0.2)))
    assert list(made)[1] == "payback_months=6, quota=0.1" and len(made) == len(set(made)) == 6
    assert made["payback_months=18, quota=0.2"].policies["mars"].payback_months == 18
    assert dict(made.items()) == {name: made[name] for name in made}


def test_zipped_levels_are_combined_by_position() -> None:
    """Unequal numbers of levels are refused."""
    assert zipped(HAMLET, Levels(PAYBACK, 6, 18), Levels(QUOTA, 0.05, 0.1)).draws.rows == ((6, 0.05), (18, 0.1))
    with pytest.raises(SweepError, match=r"payback_months has 2 values, policies\.mars\.quota has 1"):
        zipped(HAMLET, Levels(PAYBACK, 6, 18), Levels(QUOTA, 0.05))


def test_crossed_designs_have_every_pair() -> None:
    """A path in both designs, and two different bases, are refused."""
    first = grid(HAMLET, Levels(PAYBACK, 6, 18))
    second = zipped(HAMLET, Levels(QUOTA, 0.1, 0.2), Levels(RESIGN, 0.1, 0.3))
    made = crossed(first, second)
    assert made.draws.rows == ((6, 0.1, 0.1), (6, 0.2, 0.3), (18, 0.1, 0.1), (18, 0.2, 0.3))
    with pytest.raises(SweepError, match="twice"):
        crossed(first, first)
    with pytest.raises(SweepError, match="have different base scenarios"):
        crossed(first, grid(HAMLET.without("rets"), Levels(QUOTA, 0.1)))


@given(points=st.integers(1, 40), seed=st.integers(0, 2**63 - 1))
@examples(6, 125)
def test_a_latin_hypercube_has_one_point_in_each_part(points: int, seed: int) -> None:
    """Each of n equal parts of a range contains one of the n points."""
    made = latin_hypercube(HAMLET, Range(QUOTA, 0.1, 0.5), Range(RESIGN, 0.0, 2.0), points=points, seed=seed)
    columns = np.array(made.draws.rows)
    for column, low, width in ((columns[:, 0], 0.1, 0.4), (columns[:, 1], 0.0, 2.0)):
        parts = np.floor((column - low) / width * points * (1 - 1e-12))
        assert sorted(parts.tolist()) == list(range(points))


def test_ranges_of_a_latin_hypercube_are_independent() -> None:
    """Two ranges are hardly correlated, and the points of one do not depend on the presence of the other."""
    both = np.array(latin_hypercube(HAMLET, Range(QUOTA, 0, 1), Range(RESIGN, 0, 1), points=2000, seed=3).draws.rows)
    alone = latin_hypercube(HAMLET, Range(RESIGN, 0, 1), points=2000, seed=3)
    assert abs(np.corrcoef(both.T)[0, 1]) < 4 / np.sqrt(2000)
    assert both[:, 1].tolist() == [row[0] for row in alone.draws.rows]


@given(power=st.integers(0, 6), seed=st.integers(0, 2**63 - 1))
@examples(5, 75)
def test_every_dyadic_box_has_one_sobol_point(power: int, seed: int) -> None:
    """With 2^m points in two dimensions, every box with sides 2^-a and 2^-b, a + b = m, contains exactly one."""
    made = sobol(HAMLET, Range(QUOTA, 0, 1), Range(RESIGN, 0, 1), points=2**power, seed=seed)
    columns = np.array(made.draws.rows)
    for a in range(power + 1):
        boxes = {(int(x * 2**a), int(y * 2 ** (power - a))) for x, y in columns}
        assert len(boxes) == 2**power


def test_more_sobol_points_keep_the_first_points() -> None:
    """So a study can be extended. A number that is no power of two is reported."""
    few, many = (sobol(HAMLET, Range(QUOTA, 0, 1), points=points, seed=5).draws.rows for points in (8, 32))
    assert many[:8] == few
    with pytest.raises(
        SweepError, match="the number is 12, which is not a power of two; give a power of two, such as 16"
    ):
        sobol(HAMLET, Range(QUOTA, 0, 1), points=12)


def test_whole_numbers_and_dates_are_spread_evenly() -> None:
    """If the scenario has a whole number or a date, so have the points, including both ends."""
    made = latin_hypercube(
        HAMLET, Range(SERVICE, 5.5, 8.2), Range(CLOSES, dt.date(2010, 10, 1), dt.date(2010, 10, 3)), points=300, seed=1
    )
    months, dates = zip(*made.draws.rows, strict=True)
    assert {month: months.count(month) for month in set(months)} == {6: 100, 7: 100, 8: 100}
    assert {date.day: dates.count(date) for date in set(dates)} == {1: 100, 2: 100, 3: 100}


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: grid(HAMLET, Levels("policies.mars.quotta", 1)),
            "policies.mars.quotta: does not exist; did you mean 'quota'?",
        ),
        (
            lambda: latin_hypercube(HAMLET, Range("behaviour.departure.resign", 0, 1), points=4),
            "behaviour.departure: does not exist; did you mean 'departures'?",
        ),
        (lambda: sobol(HAMLET, Range(QUOTA, 0.0, 1.5), points=4), "policies.mars.quota: is 1.5"),
        (lambda: grid(HAMLET, Levels(QUOTA, "much")), "policies.mars.quota: is 'much'; write a number"),
        (
            lambda: latin_hypercube(HAMLET, Range(SERVICE, 5.2, 5.8), points=2),
            "range of policies.mars.min_service_months: contains no whole number; give a wider range",
        ),
        (lambda: grid(HAMLET), "the design: has no paths"),
        (lambda: Levels(QUOTA), "levels of policies.mars.quota: are ()"),
        (lambda: Levels(QUOTA, 0.1, 0.1), "levels of policies.mars.quota: are (0.1, 0.1)"),
        (lambda: Range(QUOTA, 0.2, 0.1), "range of policies.mars.quota: is given as 0.2 to 0.1"),
        (lambda: Range(QUOTA, 0.2, dt.date(2010, 1, 1)), "range of policies.mars.quota: is given as 0.2"),
        (
            lambda: latin_hypercube(HAMLET, Range(QUOTA, 0, 1), points=0),
            "points: is 0; give a whole number of 1 or more",
        ),
    ],
)
def test_an_invalid_design_is_refused(make: Callable[[], Any], message: str) -> None:
    """For an unknown path, the error suggests the nearest path; for an invalid value, a valid one."""
    with pytest.raises(NhstransitError) as caught:
        make()
    assert str(caught.value).startswith(message)


def test_points_that_agree_to_six_digits_have_different_names() -> None:
    """No two points have the same name."""
    made = grid(HAMLET, Levels(QUOTA, 0.1, 0.1 + 1e-12))
    assert len(set(made.names)) == 2
    with pytest.raises(KeyError):
        made["nowhere"]


def test_an_unknown_path_is_reported_when_a_draw_is_applied() -> None:
    """The path is looked up when it is set."""
    from nhstransit.scenario import part_at

    assert part_at(HAMLET, QUOTA) == HAMLET.policies["mars"].quota
    with pytest.raises(ScenarioError, match="did you mean 'mars'"):
        part_at(HAMLET, "policies.marz.quota")
