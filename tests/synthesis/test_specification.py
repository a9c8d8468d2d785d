"""Tables of margins: which are valid, and how mistakes are reported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import pytest

from nhstransit import toml
from nhstransit.errors import InputError, StaffError
from nhstransit.organisations.posts import found
from nhstransit.synthesis import Margins, load_margins
from nhstransit.synthesis.margins import Base, Latents, Margin, Tilt
from nhstransit.toml import Named
from tests.synthesis.made import margins, shares_of, within

PARENT: dict[str, Any] = {"sources": ("project",), "quality": "assumption"}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            lambda: shares_of("sex", {"female": 0.7, "male": 0.2}),
            "margin of sex: adds up to 0.9; give shares that add up to 1",
        ),
        (lambda: shares_of("sex", {"female": 1.1, "male": -0.1}), "margin of sex: male: is -0.1"),
        (lambda: Margin(of="sex", **PARENT), "sex: has none or several of"),
        (lambda: within("sex", "sex", {"female": {"male": 1.0}}), "sex within sex: has only one of `by` and `within`"),
        (
            lambda: margins(shares_of("hours", {"60": 0.5, "sixty": 0.5})),
            "margin of hours: contains 'sixty'; give hundredths",
        ),
        (
            lambda: margins(band={"3": 0.5, "8e": 0.5}),
            "margin of band: band: has the unknown name '8e'; did you mean '8",
        ),
        (lambda: margins(age=None), "margin of age: is missing; add one"),
        (lambda: Tilt(of=("band",), strength=1.0, **PARENT), "tilt of ('band',): is not valid"),
        (
            lambda: Latents(skill_outside=0.9, skill_attitude=0.9, outside_attitude=-0.9, **PARENT),
            "cannot have the correlations",
        ),
        (lambda: Base(**PARENT), "base: has no size, or more than one"),
        (
            lambda: attrs.evolve(margins(), ages=Named({"a": (18, 40), "b": (30, 50)})),
            "ages: has [18, 40] and [30, 50]",
        ),
        (lambda: attrs.evolve(margins(), years=Named({"a": (5, 5)})), "years: has the interval [5, 5]"),
    ],
)
def test_an_invalid_margin_is_refused(wrong: Any, message: str) -> None:
    """The error says where, what is wrong, and what would be right."""
    with pytest.raises(StaffError) as caught:
        wrong()
    assert message in str(caught.value)


def test_an_unknown_key_in_a_margin_file_is_refused(tmp_path: Path) -> None:
    """For an unknown key, the error contains the file, the path and the nearest known key."""
    text = found("england/margins-2010.toml").read_text("utf-8")
    path = tmp_path / "mine.toml"
    path.write_text(text.replace("[draws]\n", "[draws]\ncritical = 0.1\n"), "utf-8")
    with pytest.raises(
        InputError, match=r"mine\.toml: draws\.critical: is not a key that is allowed here; did you mean"
    ):
        toml.load(path, Margins)


def test_margins_are_the_same_after_writing_and_reading_toml(tmp_path: Path) -> None:
    england = load_margins("england/margins-2010.toml")
    path = tmp_path / "copy.toml"
    toml.write(path, toml.unstructure(england))
    assert toml.load(path, Margins) == england


@pytest.mark.parametrize("name", ["../margins.toml", "/etc/margins.toml", "england/none.toml", ""])
def test_margins_are_read_only_from_the_scenario_folder_or_the_bundled_data(name: str) -> None:
    """Other names are refused."""
    with pytest.raises(InputError, match=r"is no|is neither"):
        load_margins(name)
