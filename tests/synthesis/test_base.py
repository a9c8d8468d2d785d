"""The base is one number. Every number of England's margins has a range, and all can be varied together."""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pytest

from nhstransit.errors import StaffError
from nhstransit.synthesis import Margins, load_margins, margin_at, margins_with, numbers_in, synthesise
from nhstransit.synthesis.margins import Base, Margin, in_proportion
from nhstransit.synthesis.staff import MARGINS, START
from nhstransit.toml import Named
from nhstransit.workforce.columns import BANDS, COLUMNS, Workforce
from tests.shared import opened_england
from tests.synthesis.made import margins as made

EX_ANTE = "england/margins-ex-ante-2011.toml"


@cache
def margins_of_england() -> Margins:
    """The bundled margins."""
    return load_margins(MARGINS)


PARENT: dict[str, Any] = {"sources": ("project",), "quality": "assumption"}


def staff(margins: Margins, base: str = "53100") -> Workforce:
    return synthesise(margins, opened_england().bodies, opened_england().functions, base=base, staff_seed=1, on=START)


def same(first: Workforce, second: Workforce) -> bool:
    return all(np.array_equal(getattr(first, name), getattr(second, name)) for name in COLUMNS)


@pytest.mark.parametrize("file", [MARGINS, EX_ANTE])
@pytest.mark.parametrize("base", ["48300", "53100", "64200"])
def test_every_margin_has_a_range_that_contains_its_value(file: str, base: str) -> None:
    """This holds for sizes, shares, tilts, odds, correlations and draws."""
    numbers = list(numbers_in(load_margins(file), base))
    assert len(numbers) > 100
    for number in numbers:
        assert number.range is not None, number.path
        assert number.range[0] <= number.value <= number.range[1] and number.range[0] < number.range[1], number.path


@pytest.mark.thorough
def test_a_named_base_equals_the_preferred_base_with_its_total() -> None:
    """The bases named 48300 and 64200 have the same people as the preferred base with that total."""
    for total in (48_300, 64_200):
        by_path = margins_with(margins_of_england(), "53100", {"base.total": total})
        assert margin_at(by_path, "53100", "base.total") == pytest.approx(total)
        assert same(staff(by_path), staff(margins_of_england(), base=str(total)))
    assert same(staff(margins_of_england()), staff(margins_with(margins_of_england(), "53100", {"base.total": 53_100})))
    split = Named({"pct": 40_568.0, "sha": 3_366.0, "dh": 2_365.0, "alb": 2_001.0})  # the parts of the base of 48,300
    written = attrs.evolve(margins_of_england(), base=Named({"48300": Base(wte=split, **PARENT)}))
    assert same(staff(written, base="48300"), staff(margins_of_england(), base="48300"))


def test_a_named_base_has_its_own_sources_and_scaled_ranges() -> None:
    """The base of 48,300 has the sources of its count, and the ranges of the preferred base in proportion."""
    base = margins_of_england().heads_base("48300")
    assert base.sources == ("hsj-revised-2011-09", "project")
    assert base.ranges["pct"][0] == pytest.approx(42_000 * 483 / 531)
    assert base.ranges["total"] == (48_300.0, 64_200.0)


def test_parts_that_are_not_set_fill_the_total_in_proportion() -> None:
    """With 4,000 of 60,000 WTE in SHAs, the other kinds share 56,000 in their former proportions."""
    changed = (
        margins_with(margins_of_england(), "53100", {"base.total": 60_000, "base.sha": 4_000}).heads_base("53100").sizes
    )
    assert changed["sha"] == 4_000 and sum(changed.values()) == pytest.approx(60_000)
    assert changed["pct"] / changed["dh"] == pytest.approx(44_600 / 2_600, rel=1e-3)
    every = {"base.pct": 2.0, "base.sha": 1.0, "base.dh": 1.0, "base.alb": 1.0, "base.total": 50_000}
    assert margins_with(margins_of_england(), "53100", every).heads_base("53100").sizes["pct"] == pytest.approx(20_000)
    with pytest.raises(StaffError, match=r"base\.total: is 3000, but the sizes that are set add up to 4000"):
        margins_with(margins_of_england(), "53100", {"base.total": 3_000, "base.sha": 4_000})


def test_a_base_in_people_is_scaled_to_whole_people() -> None:
    """It is rounded by largest remainder."""
    assert dict(in_proportion(Named({"a": 10, "b": 5}), 4.0)) == {"a": 3, "b": 1}


def test_shares_of_a_row_always_add_up_to_one() -> None:
    """When both shares of a row are set to 0.3 and 0.9, they become 0.25 and 0.75.

    When one is set, the other fills the rest.
    """
    both = margins_with(margins_of_england(), "53100", {"contract.permanent": 0.9, "contract.fixed-term": 0.3})
    assert margin_at(both, "53100", "contract.permanent") == pytest.approx(0.75)
    one = margins_with(margins_of_england(), "53100", {"contract.fixed-term": 0.3})
    assert margin_at(one, "53100", "contract.permanent") == pytest.approx(0.7)


@pytest.mark.thorough
@pytest.mark.parametrize("end", [0.0, 0.5, 1.0, None])
def test_all_margins_can_be_varied_together(end: float | None) -> None:
    """At either end of every range, in the middle, or at random, the staff meet the margins."""
    numbers = list(numbers_in(margins_of_england(), "53100"))
    ends = np.array([number.range or (0.0, 0.0) for number in numbers])
    shares = np.random.default_rng(5).random(len(numbers)) if end is None else np.full(len(numbers), end)
    values = ends[:, 0] + shares * (ends[:, 1] - ends[:, 0])
    changes = {
        number.path: float(round(value) if isinstance(number.value, int) else value)
        for number, value in zip(numbers, values.tolist(), strict=True)
    }
    people = staff(margins_with(margins_of_england(), "53100", changes))
    assert people.wte.sum() == pytest.approx(changes["base.total"], rel=0.01)
    senior = margin_at(margins_with(margins_of_england(), "53100", changes), "53100", "band.8a")
    assert (people.band == BANDS.index("8a")).mean() == pytest.approx(senior, abs=1e-4)


def test_the_longest_fixed_term_can_be_set() -> None:
    """It is set to 12 months here."""
    changed = margins_with(margins_of_england(), "53100", {"draws.fixed_term_months": 12})
    assert changed.draws.fixed_term_months == (1, 12)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: Base(like="53100", **PARENT), "base: has a total of 0; give `like` and a `total`"),
        (lambda: Base(wte=Named({"pct": 1.0}), total=5.0, **PARENT), "base: has a total of 5"),
        (
            lambda: attrs.evolve(margins_of_england(), base=Named({"a": Base(like="b", total=5.0, **PARENT)})),
            "base: a: like: is 'b'",
        ),
        (
            lambda: Margin(of="sex", shares=Named({"female": 0.7, "male": 0.3}), spread=0.5, **PARENT),
            "sex: spread: is 0.5; give an odds ratio from 1 to 100",
        ),
    ],
)
def test_invalid_bases_and_margins_are_refused(wrong: Any, message: str) -> None:
    """The error says where, what is wrong, and what would be right."""
    with pytest.raises(StaffError) as caught:
        wrong()
    assert message in str(caught.value)


def test_margins_without_a_spread_have_no_range() -> None:
    """A range comes from the margin's `spread`; there is no default."""
    own = {number.path: number.range for number in numbers_in(made(), next(iter(made().base)))}
    assert own["sex.female"] is None


def test_bundled_margins_are_cached_and_a_users_margins_are_not(tmp_path: Path) -> None:
    """A bundled file does not change; a file beside a scenario may."""
    assert load_margins(MARGINS) is load_margins(MARGINS)
    with as_file(files("nhstransit.data") / MARGINS) as bundled:
        text = bundled.read_text("utf-8")
    own = tmp_path / "own.toml"
    own.write_text(text, "utf-8")
    assert load_margins("own.toml", tmp_path) == load_margins(MARGINS)
    own.write_text(text.replace('about = "', 'about = "My own. ', 1), "utf-8")
    assert load_margins("own.toml", tmp_path).about.startswith("My own. ")
