"""What a table of margins may say, and how a mistake in it is told."""

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
from tests.synthesis.made import margins, said, within

PARENT: dict[str, Any] = {"sources": ("project",), "quality": "assumption"}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (
            lambda: said("sex", {"female": 0.7, "male": 0.2}),
            "margin of sex: adds up to 0.9; give shares that add up to 1",
        ),
        (lambda: said("sex", {"female": 1.1, "male": -0.1}), "margin of sex: male: is -0.1"),
        (lambda: Margin(of="sex", **PARENT), "sex: has none or several of"),
        (lambda: within("sex", "sex", {"female": {"male": 1.0}}), "sex within sex: has only one of `by` and `within`"),
        (
            lambda: margins(said("hours", {"60": 0.5, "sixty": 0.5})),
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
def test_a_mistake_is_told_in_a_sentence(wrong: Any, told: str) -> None:
    """Where, what is wrong, and what would be right."""
    with pytest.raises(StaffError) as caught:
        wrong()
    assert told in str(caught.value)


def test_a_file_is_read_strictly(tmp_path: Path) -> None:
    """A key that may not stand there is told with file, path and the nearest known."""
    text = found("england/margins-2010.toml").read_text("utf-8")
    path = tmp_path / "mine.toml"
    path.write_text(text.replace("[draws]\n", "[draws]\ncritical = 0.1\n"), "utf-8")
    with pytest.raises(
        InputError, match=r"mine\.toml: draws\.critical: is not a key that is allowed here; did you mean"
    ):
        toml.load(path, Margins)


def test_margins_survive_the_way_to_toml_and_back(tmp_path: Path) -> None:
    """Written as TOML and read again, England's margins are equal."""
    england = load_margins("england/margins-2010.toml")
    path = tmp_path / "copy.toml"
    toml.write(path, toml.unstructure(england))
    assert toml.load(path, Margins) == england


@pytest.mark.parametrize("name", ["../margins.toml", "/etc/margins.toml", "england/none.toml", ""])
def test_a_name_that_leads_nowhere_or_out_is_refused(name: str) -> None:
    """Only files beside the scenario or among the bundled data are read."""
    with pytest.raises(InputError, match=r"is no|is neither"):
        load_margins(name)
