"""Kinds of organisation in words: singular, plural, and kinds with only one organisation."""

from __future__ import annotations

import pytest

from nhstransit.organisations.bodies import KINDS, LISTED, kinds_in_words, number_of_bodies


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_words(kind: str) -> None:
    """With the number 1, with a larger number, and without a number."""
    assert number_of_bodies(1, kind)
    assert number_of_bodies(3, kind).startswith("3 ")
    assert kinds_in_words((kind,))


@pytest.mark.parametrize(
    ("count", "kind", "text"),
    [
        (1, "sha", "1 strategic health authority"),
        (151, "pct", "151 primary care trusts"),
        (1_000, "alb", "1,000 arm's-length bodies"),
        (1, "phe", "Public Health England"),
        (2, "dh", "2 × Department of Health"),
    ],
)
def test_a_number_of_organisations_is_written_in_words(count: int, kind: str, text: str) -> None:
    """Irregular plurals are right. A kind with only one organisation has its name instead of a number."""
    assert number_of_bodies(count, kind) == text


def test_kinds_are_listed_or_counted() -> None:
    """A few kinds are listed, more are counted, and no kind is "no body"."""
    assert kinds_in_words(("pct", "sha", "dh")) == (
        "primary care trusts, strategic health authorities and the Department of Health"
    )
    assert kinds_in_words(tuple(KINDS)[: LISTED + 1]) == f"bodies of {LISTED + 1} kinds"
    assert kinds_in_words(()) == "no body"
